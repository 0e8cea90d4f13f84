//! What newer versions of dbt write, and what is legal but rare.

use super::{manifest, read_manifest};
use crate::Kind;
use crate::shared::{lines, options, read_texts, report_lines};

/// Says whether all of these are among the statements.
fn assert_has(text: &str, wanted: &[&str]) {
    for line in wanted {
        assert!(text.lines().any(|found| found == *line), "{line}\n{text}");
    }
}

#[test]
fn owners_may_have_several_addresses_and_be_several() {
    let read = read_manifest(
        r#""groups": {"group.s.money": {"name": "money", "owner": {"name": "Money", "email": ["a@example.org", "b@example.org"]}}},
        "nodes": {},
        "exposures": {"exposure.s.one": {"name": "one", "type": "dashboard", "owner": {"name": null, "email": ["a@example.org", "c@example.org"]}, "config": {"tags": ["weekly"]}},
            "exposure.s.two": {"name": "two", "type": "ml", "owner": [{"name": "Ann", "email": "ann@example.org"}, "Bob"]}}"#,
    );
    assert_has(
        &lines(&read),
        &[
            "owner:mesh/money foaf:mbox mailto:a@example.org",
            "owner:mesh/money foaf:mbox mailto:b@example.org",
            "usage:s/exposure.s.one prov:wasAssociatedWith owner:mesh/a-example-org",
            "usage:s/exposure.s.one prov:wasAssociatedWith owner:mesh/c-example-org",
            "usage:s/exposure.s.one dcat:keyword \"weekly\"",
            "usage:s/exposure.s.two prov:wasAssociatedWith owner:mesh/ann",
            "usage:s/exposure.s.two prov:wasAssociatedWith owner:mesh/bob",
        ],
    );
}

#[test]
fn foreign_keys_of_contracts_are_references() {
    let model = |name: &str, more: &str| {
        format!(
            r#""model.s.{name}": {{"name": "{name}", "package_name": "s", "relation_name": "wh.m.{name}", "depends_on": null, "config": null{more}}}"#
        )
    };
    let nodes = [
        model("orders", r#", "columns": {"id": {"name": "id"}, "buyer": {"name": "buyer", "config": {"tags": ["k"], "meta": {"sens": 1}}, "constraints": [{"type": "foreign_key", "to": "ref('people')", "to_columns": ["id"]}]}, "x": {"name": "x"}},
            "constraints": [{"type": "FOREIGN_KEY", "columns": ["x", "id"], "to": "\"wh\".\"m\".\"people\"", "to_columns": ["x", "id"]}, {"type": "PRIMARY_KEY", "columns": ["id"]},
                {"type": "foreign_key", "columns": ["x"], "to": "ref('gone')", "to_columns": ["id"]}]"#),
        model("people", r#", "columns": {"id": {"name": "ID"}, "x": {"name": "x"}}"#),
        model("bare", r#", "columns": null, "tags": null, "meta": null"#),
    ]
    .join(", ");
    let catalog = r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}, "nodes": {}, "sources": {}, "errors": ["no such schema"]}"#;
    let read = read_texts(
        Kind::Dbt,
        &[
            (
                "manifest.json",
                &manifest(&format!(r#""nodes": {{{nodes}}}"#)),
            ),
            ("catalog.json", catalog),
        ],
        &options(),
    );
    assert_has(
        &lines(&read),
        &[
            "column:s/wh.m.orders/buyer iso:references column:s/wh.m.people/id",
            "column:s/wh.m.orders/x iso:references column:s/wh.m.people/x",
            "column:s/wh.m.orders/id iso:references column:s/wh.m.people/id",
            "column:s/wh.m.orders/buyer dcat:keyword \"k\"",
            "column:s/wh.m.orders/buyer iso:extra \"meta.sens=1\"",
            "schema:s/wh.m.orders csvw:primaryKey \"id\"",
            "dataset:s/wh.m.bare a dcat:Dataset",
        ],
    );
    let report = report_lines(&read.report);
    for part in [
        "the foreign key refers to `ref('gone')`, which was not found",
        "dbt met 1 errors when it asked the database",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
}
