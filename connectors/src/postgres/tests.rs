//! Documents that show one thing each, and the databases of the shared data counted by other means.

use std::collections::BTreeSet;

use expect_test::expect;
use ontologies::{csvw, dcterms, iso};
use serde_json::{Value, json};

use crate::shared::{lines, options, read_shared, read_texts, report_lines, shared};
use crate::{Input, InputLimits, Kind, Mapping, Options, SourceStatements};

fn read_with(document: &Value, options: &Options) -> SourceStatements {
    let text = document.to_string();
    read_texts(Kind::PostgresCatalog, &[("catalog.json", &text)], options)
}

fn read(document: &Value) -> SourceStatements {
    read_with(document, &options())
}

fn shop() -> Value {
    json!({
        "format": "isogloss.postgres.catalog/1",
        "database": {"name": "shop", "host": "db.example", "port": 5432, "server_version": "15.18"},
        "schemas": [{"name": "public", "comment": "Everything."}],
        "relations": [
            {"schema": "public", "name": "customers", "kind": "table", "row_estimate": 7, "owner": "ann"},
            {"schema": "public", "name": "orders", "kind": "partitioned_table", "comment": "One row per order."},
            {"schema": "public", "name": "orders_2026", "kind": "partition",
             "parents": [{"schema": "public", "name": "orders"}], "partition_bound": "FOR VALUES IN (2026)"},
            {"schema": "public", "name": "open.orders", "kind": "view", "definition": "SELECT 1", "row_estimate": -1}
        ],
        "columns": [
            {"schema": "public", "relation": "customers", "name": "id", "position": 1, "type": "bigint", "nullable": false, "identity": "always"},
            {"schema": "public", "relation": "orders", "name": "customer", "position": 2, "type": "bigint", "comment": "Who ordered."},
            {"schema": "public", "relation": "nowhere", "name": "x", "position": 1}
        ],
        "constraints": [
            {"schema": "public", "relation": "customers", "name": "pk", "kind": "primary_key", "columns": ["id"]},
            {"schema": "public", "relation": "orders", "name": "fk", "kind": "foreign_key", "columns": ["customer"],
             "references": {"schema": "public", "name": "customers"}, "referenced_columns": ["id"]},
            {"schema": "public", "relation": "orders", "name": "lost", "kind": "foreign_key", "columns": ["customer"],
             "references": {"schema": "public", "name": "gone"}, "referenced_columns": ["id"]}
        ],
        "dependencies": [{"schema": "public", "relation": "open.orders", "from": {"schema": "public", "name": "orders"}}],
        "roles": [{"name": "ann", "login": true, "member_of": ["sales"]}, {"name": "sales"}],
        "grants": [
            {"schema": "public", "relation": "orders", "grantee": "public", "privileges": ["SELECT"]},
            {"schema": "public", "relation": "customers", "column": "id", "grantee": "sales", "privileges": ["SELECT", "UPDATE"]}
        ],
        "missing": [{"part": "statements", "reason": "the extension is not installed"}]
    })
}

#[test]
fn a_catalog_becomes_datasets_with_keys_lineage_and_rights() {
    let read = read(&shop());
    let text = lines(&read);
    for line in [
        "dataset:s/shop.public.orders iso:qualifiedName \"postgres://shop.public.orders\"",
        "dataset:s/shop.public.%22open.orders%22 prov:wasDerivedFrom dataset:s/shop.public.orders",
        "dataset:s/shop.public.orders prov:wasDerivedFrom dataset:s/shop.public.orders_2026",
        "dataset:s/shop.public.orders_2026 dcterms:isPartOf dataset:s/shop.public.orders",
        "column:s/shop.public.orders/customer iso:references column:s/shop.public.customers/id",
        "column:s/shop.public.customers/id csvw:required \"true\"^^<xsd:boolean>",
        "schema:s/shop.public.customers csvw:primaryKey \"id\"",
        "policy:s/shop/public/orders/public odrl:action odrl:read",
        "policy:s/shop/public/customers/id/sales odrl:target column:s/shop.public.customers/id",
        "owner:s/role/ann org:memberOf owner:s/role/sales",
        "service:s/shop dcat:endpointURL \"postgres://db.example:5432/shop\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n\n{text}");
    }
    // An estimate that nobody has made is none.
    assert!(!text.contains("-1"));
    expect![[r#"
        column 2, constraint 3, database 1, dataset 4, foreign_key 1, grant 2, lineage 1, partition 1, partitioned_table 1, role 2, schema 1, table 1, view 1
        skipped 3
        warning: catalog.json at `statements`: `statements` could not be read: the extension is not installed [part_missing]
        warning: catalog.json at `columns`: column `x` is of relation `public.nowhere`, which is not in the document [unknown_relation]
        warning: catalog.json at `constraints`: foreign key `lost` refers to columns of `public.gone` that are not in the document [unresolved_reference]
    "#]]
    .assert_eq(&report_lines(&read.report));
}

#[test]
fn names_that_differ_by_case_alone_stay_two_tables() {
    let mut document = shop();
    document["relations"] = json!([
        {"schema": "public", "name": "orders"}, {"schema": "public", "name": "Orders"},
        {"schema": "public", "name": "ITEMS"}, {"schema": "public", "name": "Items"}
    ]);
    let read = read(&document);
    let text = lines(&read);
    let qualified: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(" iso:qualifiedName "))
        .collect();
    assert_eq!(
        qualified,
        ["dataset:s/shop.public.orders iso:qualifiedName \"postgres://shop.public.orders\""]
    );
    assert_eq!(read.report.count("case_twins"), 3);
    assert_eq!(read.report.understood["dataset"], 4);
}

#[test]
fn the_mapping_places_tables() {
    let mapping = Mapping::parse(
        "[[mapping.rules]]\nschema = \"pub*\"\nname = \"ord*\"\ndomain = \"Sales\"\nproduct = \"Orders\"\n",
    )
    .unwrap();
    let options = Options {
        mapping,
        ..options()
    };
    let text = lines(&read_with(&shop(), &options));
    assert!(text.contains("dataset:s/shop.public.orders iso:inDomain domain:mesh/sales"));
    assert!(
        text.contains("product:mesh/sales/orders dprod:outputDataset dataset:s/shop.public.orders")
    );
    assert!(!text.contains("dataset:s/shop.public.customers iso:inDomain"));
}

#[test]
fn a_broken_entry_costs_nothing_but_itself() {
    let mut document = shop();
    document["relations"][0]["row_estimate"] = json!("many");
    document["columns"][1]["colour"] = json!("red");
    document["extra"] = json!([]);
    let read = read(&document);
    assert_eq!(read.report.understood["dataset"], 3);
    let text = report_lines(&read.report);
    assert!(
        text.contains("catalog.json at `relations[0]`: invalid type"),
        "{text}"
    );
    assert!(
        text.contains("at `columns.colour`: key `colour` is not known"),
        "{text}"
    );
    assert!(
        text.contains("at `extra`: key `extra` is not known"),
        "{text}"
    );
}

#[test]
fn what_is_no_catalog_is_an_error_with_its_place() {
    for (text, code) in [
        ("{", "bad_json"),
        ("[1]", "wrong_type"),
        (r#"{"a": 1}"#, "not_a_catalog"),
        (
            r#"{"format": "isogloss.postgres.catalog/2"}"#,
            "unknown_format",
        ),
    ] {
        let inputs = vec![Input::text("x.json", text)];
        let error = crate::read(Kind::PostgresCatalog, inputs, &options()).unwrap_err();
        let crate::Error::NothingRead { report, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(report.count(code), 1, "{text}: {:?}", report.diagnostics);
    }
}

/// Reads one dump of the shared data, and as plain JSON.
fn dump(name: &str) -> Option<(SourceStatements, Value)> {
    let path = format!("corpora/databases/{name}/information_schema.json.gz");
    let read = read_shared(Kind::PostgresCatalog, &[&path])?;
    let bytes = std::fs::read(shared(&path)?).unwrap();
    let input = Input::decode("x", bytes, &InputLimits::default()).unwrap();
    Some((read, serde_json::from_slice(&input.bytes).unwrap()))
}

fn objects_of(read: &SourceStatements, predicate: &str) -> usize {
    let of = |found: &&graph_core::rdf::Statement| found.predicate.as_str() == predicate;
    read.statements.iter().filter(of).count()
}

#[test]
fn the_dumps_of_the_shared_data_are_read_whole() {
    for name in ["chinook", "northwind", "pagila", "shopify_wh"] {
        let Some((read, dump)) = dump(name) else {
            return;
        };
        let count = |key: &str| dump[key].as_array().unwrap().len();
        assert_eq!(
            read.report.understood["dataset"],
            count("tables") as u64,
            "{name}"
        );
        assert_eq!(objects_of(&read, csvw::NAME), count("columns"), "{name}");
        assert_eq!(
            objects_of(&read, csvw::DATATYPE),
            count("columns"),
            "{name}"
        );
        assert_eq!(
            objects_of(&read, dcterms::DESCRIPTION),
            count("comments"),
            "{name}"
        );
        // A key's columns and those that refer to it, counted over the rows.
        let keys = dump["key_column_usage"].as_array().unwrap();
        let places: BTreeSet<String> = keys
            .iter()
            .filter(|row| row["position_in_unique_constraint"].is_number())
            .map(|row| {
                format!(
                    "{}{}{}",
                    row["table_name"], row["constraint_name"], row["column_name"]
                )
            })
            .collect();
        assert_eq!(objects_of(&read, iso::REFERENCES), places.len(), "{name}");
        assert_eq!(
            read.report.skipped, 0,
            "{name}: {:?}",
            read.report.diagnostics
        );
    }
}

/// A database whose server counted statements, one of them our own.
fn counted() -> SourceStatements {
    let text = r#"{"format": "isogloss.postgres.catalog/1", "database": {"name": "shop", "search_path": ["public"]},
        "relations": [{"schema": "public", "name": "orders"}, {"schema": "public", "name": "customers"}],
        "columns": [{"schema": "public", "relation": "orders", "name": "id", "position": 1},
            {"schema": "public", "relation": "orders", "name": "customer_id", "position": 2},
            {"schema": "public", "relation": "customers", "name": "id", "position": 1}],
        "statements": [
            {"user": "ann", "query": "select c.id from orders o join customers c on c.id = o.customer_id where o.id = $1", "calls": 7},
            {"user": "ann", "query": "select * from dropped_table where x = $1", "calls": 3},
            {"user": "reader", "query": "select relname from pg_catalog.pg_class", "calls": 5000}]}"#;
    read_texts(Kind::PostgresCatalog, &[("shop.json", text)], &options())
}

#[test]
fn counted_statements_are_use_of_the_tables_that_there_are() {
    let read = counted();
    let text = lines(&read);
    for part in [
        "prov:used dataset:s/shop.public.orders",
        "prov:used dataset:s/shop.public.customers",
        "iso:queryCount \"7\"",
        "dataset:s/shop.public.customers iso:usedWith dataset:s/shop.public.orders",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(
        !text.contains("dropped_table") && !text.contains("5000"),
        "{text}"
    );
    assert_eq!(read.report.understood["usage_pattern"], 1);
    assert_eq!(read.report.understood["dataset"], 2);
    assert_eq!(read.report.count("aside_catalog"), 1);
}

#[test]
fn a_column_chosen_by_case_comes_from_what_chooses_it() {
    let text = r#"{"format": "isogloss.postgres.catalog/1", "database": {"name": "shop", "search_path": ["public"]},
        "relations": [{"schema": "public", "name": "orders"}, {"schema": "public", "name": "v", "kind": "view",
            "definition": "SELECT CASE WHEN o.total > 5 THEN 'large' ELSE 'small' END AS size FROM orders o WHERE o.id > 0"}],
        "columns": [{"schema": "public", "relation": "orders", "name": "id", "position": 1},
            {"schema": "public", "relation": "orders", "name": "total", "position": 2},
            {"schema": "public", "relation": "v", "name": "size", "position": 1}]}"#;
    let read = read_texts(Kind::PostgresCatalog, &[("shop.json", text)], &options());
    let text = lines(&read);
    let (view, table) = ("shop.public.v", "shop.public.orders");
    let made = format!("column:s/{view}/size prov:wasDerivedFrom column:s/{table}/total");
    assert!(text.contains(&made), "{text}");
    assert!(
        text.contains("iso:transformation \"CONDITIONAL\"")
            && text.contains("iso:transformation \"FILTER\""),
        "{text}"
    );
}
