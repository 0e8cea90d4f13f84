//! Answers as Unity Catalog gives them.

use serde_json::json;

use crate::shared::{lines, options, read_texts, report_lines};
use crate::{Input, Kind};

#[test]
fn tables_become_datasets_with_keys_owners_and_lineage() {
    let answer = json!({"tables": [
        {"name": "orders", "catalog_name": "Main", "schema_name": "shop", "table_type": "MANAGED", "data_source_format": "DELTA", "comment": "All orders.", "owner": "ann@example.org",
         "table_id": "t-1", "created_at": 0, "storage_location": "s3://b/o", "properties": {"quality": "gold"},
         "columns": [
            {"name": "id", "type_text": "bigint", "type_name": "LONG", "type_json": "{\"name\":\"id\",\"type\":\"long\"}", "position": 0, "nullable": false, "comment": "Key."},
            {"name": "place", "type_text": "struct<city:string>", "type_json": "{\"name\":\"place\",\"type\":{\"type\":\"struct\",\"fields\":[{\"name\":\"city\",\"type\":\"string\"}]}}", "position": 1, "partition_index": 0},
            {"name": "buyer", "type_text": "int", "position": 2}, {"position": 3}],
         "table_constraints": [
            {"primary_key_constraint": {"name": "pk", "child_columns": ["id"]}},
            {"foreign_key_constraint": {"name": "fk", "child_columns": ["buyer"], "parent_table": "main.shop.buyers", "parent_columns": ["id"]}},
            {"foreign_key_constraint": {"name": "f2", "child_columns": ["buyer"], "parent_table": "main.shop.gone", "parent_columns": ["id"]}}]},
        {"name": "buyers", "catalog_name": "main", "schema_name": "shop", "table_type": "VIEW", "view_definition": "SELECT 1",
         "view_dependencies": {"dependencies": [{"table": {"table_full_name": "Main.shop.orders"}}]}, "columns": [{"name": "id"}]},
        {"comment": "nameless"}
    ]});
    let read = read_texts(
        Kind::UnityCatalog,
        &[("tables.json", &answer.to_string())],
        &options(),
    );
    let text = lines(&read);
    for line in [
        "dataset:s/Main.shop.orders iso:qualifiedName \"databricks://main.shop.orders\"",
        "dataset:s/Main.shop.orders iso:materialization \"table\"",
        "dataset:s/Main.shop.orders dcterms:description \"All orders.\"",
        "dataset:s/Main.shop.orders iso:extra \"quality=\\\"gold\\\"\"",
        "dataset:s/Main.shop.orders iso:extra \"storage_location=\\\"s3://b/o\\\"\"",
        "dataset:s/Main.shop.orders prov:wasAttributedTo owner:mesh/ann-example-org",
        "schema:s/Main.shop.orders csvw:primaryKey \"id\"",
        "column:s/Main.shop.orders/id iso:position \"1\"^^<xsd:integer>",
        "column:s/Main.shop.orders/id csvw:required \"true\"^^<xsd:boolean>",
        "column:s/Main.shop.orders/place.city csvw:datatype \"string\"",
        "column:s/Main.shop.orders/place iso:extra \"partition_index=0\"",
        "column:s/Main.shop.orders/buyer iso:references column:s/main.shop.buyers/id",
        "dataset:s/main.shop.buyers prov:wasDerivedFrom dataset:s/Main.shop.orders",
        "dataset:s/main.shop.buyers iso:materialization \"view\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let report = report_lines(&read.report);
    for part in [
        "columns of `main.shop.gone` that are not in these answers",
        "`tables[0].columns[3]`: the column has no name",
        "`tables[2]`: the table has no name",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    let other = vec![Input::text("x.json", "{\"metastores\": []}")];
    assert!(crate::read(Kind::UnityCatalog, other, &options()).is_err());
}

#[test]
fn catalogs_schemas_volumes_and_tags_stand_around_tables() {
    let catalogs = json!({"catalogs": [{"name": "main", "owner": "admins", "comment": "All we have.", "catalog_type": "MANAGED_CATALOG", "created_at": 0, "properties": {"k": "v"}}]});
    let schemas = json!({"schemas": [{"name": "shop", "catalog_name": "main", "comment": "Sales.", "schema_id": "s-1"}], "next_page_token": "abc"});
    let table = json!({"name": "orders", "catalog_name": "main", "schema_name": "shop", "table_type": "STREAMING_TABLE",
        "columns": [{"name": "mail", "type_name": "STRING", "position": 0, "mask": {"function_name": "main.shop.hide"}}], "tags": [{"tag_name": "gold", "tag_value": ""}]});
    let others = json!([{"volumes": [{"name": "landing", "catalog_name": "main", "schema_name": "shop", "volume_type": "MANAGED", "comment": "Files."}]},
        {"functions": [{"name": "hide", "catalog_name": "main", "schema_name": "shop"}]}, {"next_page_token": null},
        {"tag_assignments": [{"entity_type": "columns", "entity_name": "main.shop.orders.mail", "tag_key": "pii", "tag_value": "true"}, {"entity_type": "tables", "entity_name": "main.shop.orders", "tag_key": "domain", "tag_value": "sales"}]}]);
    let read = read_texts(
        Kind::UnityCatalog,
        &[
            ("t.json", &table.to_string()),
            ("c.json", &catalogs.to_string()),
            ("s.json", &schemas.to_string()),
            ("o.json", &others.to_string()),
        ],
        &options(),
    );
    let text = lines(&read);
    for line in [
        "service:s/catalog/main a dcat:Catalog",
        "service:s/catalog/main dcterms:description \"All we have.\"",
        "service:s/catalog/main prov:wasAttributedTo owner:mesh/admins",
        "service:s/catalog/main.shop dcterms:isPartOf service:s/catalog/main",
        "service:s/catalog/main.shop dcterms:description \"Sales.\"",
        "dataset:s/main.shop.orders dcterms:isPartOf service:s/catalog/main.shop",
        "dataset:s/main.shop.orders dcat:keyword \"gold\"",
        "dataset:s/main.shop.orders dcat:keyword \"domain: sales\"",
        "column:s/main.shop.orders/mail dcat:keyword \"pii\"",
        "dataset:s/volume/main.shop.landing iso:materialization \"volume\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    expect_test::expect![[r#"
        answer 6, catalog 1, column 1, dataset 1, schema 1, tag 2, volume 1
        skipped 1
        note: s.json at `next_page_token`: there are more pages of this answer [more_pages]
        warning: o.json at `functions`: 1 functions are no data and were left out [not_read]
    "#]]
    .assert_eq(&report_lines(&read.report));
}
