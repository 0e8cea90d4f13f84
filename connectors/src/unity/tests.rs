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
    let other = vec![Input::text("x.json", "{\"catalogs\": []}")];
    assert!(crate::read(Kind::UnityCatalog, other, &options()).is_err());
}
