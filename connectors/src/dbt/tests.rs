//! Tests of the dbt connector on projects written for them.

use expect_test::{Expect, ExpectFile, expect, expect_file};

use crate::shared::{lines, options, read_texts, report_lines};
use crate::{Error, Input, Kind, Mapping, SourceStatements, read};

mod hostile;
mod newer;
mod real;

fn manifest(sections: &str) -> String {
    format!(
        r#"{{"metadata": {{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "dbt_version": "1.10.0", "adapter_type": "Postgres"}}, {sections}}}"#
    )
}

fn read_manifest(sections: &str) -> SourceStatements {
    read_texts(
        Kind::Dbt,
        &[("manifest.json", &manifest(sections))],
        &options(),
    )
}

fn check(sections: &str, statements: &ExpectFile, report: &Expect) {
    let read = read_manifest(sections);
    statements.assert_eq(&lines(&read));
    report.assert_eq(&report_lines(&read.report));
}

#[test]
fn a_model_becomes_a_dataset_of_a_product() {
    check(
        r#""nodes": {"model.shop.orders": {
            "resource_type": "model", "name": "orders", "package_name": "shop", "fqn": ["shop", "marts", "sales", "orders"],
            "relation_name": "\"wh\".\"Main\".\"fct_orders\"", "description": "One row per order.", "tags": ["daily"],
            "config": {"materialized": "table", "meta": {"owner": "ann@example.org", "tier": 1}},
            "columns": {
                "order_id": {"name": "order_id", "description": "The order.", "data_type": "int", "constraints": [{"type": "primary_key"}]},
                "email": {"name": "Email", "meta": {"contains_pii": true, "synonyms": ["mail"]}}
            },
            "depends_on": {"nodes": ["source.shop.raw.orders", "model.shop.gone", "model.shop.orders"]}
        }},
        "sources": {"source.shop.raw.orders": {
            "resource_type": "source", "name": "orders", "source_name": "raw", "identifier": "ORDERS_2", "package_name": "shop",
            "fqn": ["shop", "staging", "raw", "orders"], "database": "wh", "schema": "raw", "columns": {}
        }},
        "disabled": {"model.shop.old": [{"a": 1}, {"a": 2}], "test.shop.t": [{}]},
        "unit_tests": {"unit_test.shop.x": {}}"#,
        &expect_file!["tests/statements/model.txt"],
        &expect![[r#"
            column 2, dataset 2, lineage 2, model 1, owner 1, source 1
            skipped 5
            note: manifest.json at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.10.0 [manifest_version]
            warning: manifest.json at `nodes.model.shop.orders.depends_on.nodes[1]`: node `model.shop.gone` is not in the manifest [unresolved_dependency]
            note: manifest.json at `disabled`: 3 disabled nodes were left out: 2 model, 1 test [disabled]
            note: manifest.json at `unit_tests`: 1 entries have no statements of their own: 1 unit_test [not_modelled]
        "#]],
    );
}

#[test]
fn tests_promise_things_about_columns() {
    check(
        r#""nodes": {
            "model.shop.a": {"resource_type": "model", "name": "a", "columns": {"ID": {"name": "ID"}}},
            "model.shop.b": {"resource_type": "model", "name": "b"},
            "test.shop.nn": {"resource_type": "test", "column_name": "id", "attached_node": "model.shop.a", "test_metadata": {"name": "not_null", "kwargs": {}}},
            "test.shop.un": {"resource_type": "test", "depends_on": {"nodes": ["model.shop.a"]}, "test_metadata": {"name": "unique", "kwargs": {"column_name": "id"}}},
            "test.shop.rel": {"resource_type": "test", "column_name": "a_id", "depends_on": {"nodes": ["model.shop.a", "model.shop.b"]},
                "test_metadata": {"name": "relationships", "kwargs": {"to": "ref('a')", "field": "id", "model": "{{ get_where_subquery(ref('b')) }}"}}},
            "test.shop.where": {"resource_type": "test", "column_name": "x", "attached_node": "model.shop.b", "config": {"where": "y > 1"}, "test_metadata": {"name": "not_null"}},
            "test.shop.values": {"resource_type": "test", "column_name": "x", "attached_node": "model.shop.b", "test_metadata": {"name": "accepted_values", "kwargs": {"values": ["p", "q"]}}}
        }"#,
        &expect_file!["tests/statements/tests.txt"],
        &expect![[r#"
            column 3, dataset 2, model 2, reference 1, test 5
            skipped 0
            note: manifest.json at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.10.0 [manifest_version]
        "#]],
    );
}

#[test]
fn catalog_and_results_are_joined_by_id() {
    let manifest = manifest(
        r#""nodes": {
            "model.shop.a": {"resource_type": "model", "name": "a", "relation_name": "DB.PUBLIC.A",
                "columns": {"id": {"name": "id", "data_type": "number"}, "gone": {"name": "gone"}}},
            "test.shop.nn": {"resource_type": "test", "column_name": "id", "attached_node": "model.shop.a", "test_metadata": {"name": "not_null", "kwargs": {}}}
        }"#,
    );
    let catalog = r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"},
        "nodes": {
            "model.shop.a": {"metadata": {"type": "BASE TABLE", "comment": "From the database.", "owner": "loader"},
                "columns": {"NAME": {"type": "TEXT", "index": 2, "name": "NAME", "comment": "Their name."}, "ID": {"type": "NUMBER(38,0)", "index": 1, "name": "ID"}},
                "stats": {"row_count": {"id": "row_count", "value": 12.0}, "bytes": {"value": 99}, "has_stats": {"value": true}}},
            "model.shop.z": {"columns": {}}
        }, "sources": {}}"#;
    let results = r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "generated_at": "2026-01-02T03:04:05Z"},
        "results": [
            {"unique_id": "model.shop.a", "status": "Success", "execution_time": 0.5, "adapter_response": {"rows_affected": 12},
                "timing": [{"name": "compile"}, {"name": "execute", "started_at": "2026-01-02T03:04:00Z", "completed_at": "2026-01-02T03:04:01Z"}]},
            {"unique_id": "test.shop.nn", "status": "fail", "failures": 3, "message": "Got 3 results,\nconfigured to fail if != 0", "timing": []},
            {"unique_id": "test.shop.other", "status": "pass"},
            {"status": "pass"}
        ]}"#;
    let read = read_texts(
        Kind::Dbt,
        &[
            ("run_results.json", results),
            ("manifest.json", &manifest),
            ("catalog.json", catalog),
        ],
        &options(),
    );
    expect_file!["tests/statements/catalog_and_results.txt"].assert_eq(&lines(&read));
    expect![[r#"
        column 3, dataset 1, measurement 1, model 1, run 1, test 1
        skipped 3
        note: manifest.json at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.10.0 [manifest_version]
        warning: run_results.json at `results[3]`: the result has no `unique_id` [missing_id]
        note: manifest.json at `nodes.model.shop.a.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: catalog.json at `nodes.model.shop.z`: 1 relations of the catalog are in no manifest that was read [catalog_only]
        note: run_results.json at `results`: 1 results are of nodes that no manifest has, such as `test.shop.other` [result_only]
    "#]].assert_eq(&report_lines(&read.report));
}

#[test]
fn metrics_come_from_measures_and_from_each_other() {
    check(
        r#""nodes": {"model.shop.orders": {"resource_type": "model", "name": "orders", "columns": {"amount": {"name": "amount"}}}},
        "semantic_models": {"semantic_model.shop.orders": {"name": "orders", "depends_on": {"nodes": ["model.shop.orders"]},
            "entities": [{"name": "order", "type": "primary", "expr": "order_id", "description": "A purchase."}, {"name": "place", "type": "foreign", "expr": "a || b"}],
            "dimensions": [{"name": "ordered_at", "type": "time", "label": "Order date", "expr": null}, {"name": "is_big", "type": "categorical", "expr": "amount > 9"}],
            "measures": [{"name": "revenue", "agg": "sum", "expr": "amount"}, {"name": "n", "agg": "count_distinct", "expr": "order_id"}]}},
        "metrics": {
            "metric.shop.revenue": {"name": "revenue", "label": "Revenue", "type": "simple", "type_params": {"measure": {"name": "revenue"}, "input_measures": [{"name": "revenue"}]},
                "filter": {"where_filters": [{"where_sql_template": "x = 1"}]}},
            "metric.shop.aov": {"name": "aov", "type": "ratio", "type_params": {"numerator": {"name": "revenue"}, "denominator": {"name": "gone"}, "input_measures": [{"name": "revenue"}, {"name": "n"}]}},
            "metric.shop.old": {"name": "old", "calculation_method": "average", "expression": "amount", "depends_on": {"nodes": ["model.shop.orders"]}},
            "metric.shop.new": {"name": "new", "type": "simple", "depends_on": {"nodes": ["model.shop.orders"]}, "type_params": {"metric_aggregation_params": {"agg": "max", "expr": "amount"}}}
        }"#,
        &expect_file!["tests/statements/metrics.txt"],
        &expect![[r#"
            column 3, dataset 1, dimension 2, entity 2, metric 4, model 1, semantic_model 1
            skipped 0
            note: manifest.json at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.10.0 [manifest_version]
            warning: manifest.json at `metrics.metric.shop.aov.type_params`: metric `gone` is not in the manifest [unresolved_reference]
        "#]],
    );
}

#[test]
fn groups_give_owners_and_exposures_use_data() {
    check(
        r#""nodes": {"model.shop.orders": {"resource_type": "model", "name": "orders", "group": "sales_ops", "access": "public"}},
        "groups": {"group.shop.sales_ops": {"name": "sales_ops", "owner": {"name": "Sales Ops", "email": "sales@example.org"}}},
        "exposures": {"exposure.shop.board": {"name": "board", "label": "The board", "type": "dashboard", "url": "https://example.org/d/1",
            "owner": {"email": "bob@example.org"}, "depends_on": {"nodes": ["model.shop.orders", "model.shop.gone"]}}}"#,
        &expect_file!["tests/statements/groups_and_exposures.txt"],
        &expect![[r#"
            dataset 1, exposure 1, group 1, model 1, owner 2
            skipped 0
            note: manifest.json at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.10.0 [manifest_version]
            warning: manifest.json at `exposures.exposure.shop.board.depends_on.nodes[1]`: node `model.shop.gone` is not in the manifest [unresolved_dependency]
        "#]],
    );
}

#[test]
fn the_mapping_places_models_anew() {
    let mut options = options();
    options.mapping = Mapping::parse(
        "[[mapping.rules]]\nfolder = \"marts/sales\"\ndomain = \"Sales\"\nproduct = \"Order facts\"",
    )
    .unwrap();
    let text = manifest(
        r#""nodes": {"model.shop.orders": {"name": "orders", "fqn": ["shop", "marts", "sales", "orders", "v2"]}}"#,
    );
    let read = read_texts(Kind::Dbt, &[("manifest.json", &text)], &options);
    let text = lines(&read);
    assert!(
        text.contains("product:mesh/sales/order-facts dprod:outputDataset dataset:s/orders"),
        "{text}"
    );
}

#[test]
fn the_version_is_noted_and_the_shape_of_old_and_new_is_read() {
    let version = |version: &str| {
        let text = format!(
            r#"{{"metadata": {{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/{version}.json"}},
                "nodes": {{"model.a.b": {{"resource_type": "Model", "name": "b", "raw_sql": "select 1"}}}},
                "disabled": [{{"unique_id": "model.a.c"}}]}}"#
        );
        let read = read_texts(Kind::Dbt, &[("manifest.json", &text)], &options());
        assert_eq!(read.report.understood["model"], 1);
        assert_eq!(read.report.count("disabled"), 1);
        read.report.diagnostics[0].to_string()
    };
    expect!["manifest.json at `metadata.dbt_schema_version`: manifest schema v1, written by dbt unknown [manifest_version]"].assert_eq(&version("v1"));
    expect!["manifest.json at `metadata.dbt_schema_version`: manifest schema v20, written by dbt unknown [manifest_version]"].assert_eq(&version("v20"));
    expect!["manifest.json at `metadata.dbt_schema_version`: manifest schema `https://schemas.getdbt.com/dbt/manifest/v99.json` is not known; it was read as v12 [unknown_version]"].assert_eq(&version("v99"));
}

#[test]
fn two_nodes_of_one_relation_stay_two() {
    let read = read_manifest(
        r#""nodes": {"seed.shop.raw": {"resource_type": "seed", "name": "raw", "relation_name": "a.b.raw"}},
        "sources": {"source.shop.x.raw": {"resource_type": "source", "name": "raw", "source_name": "x", "relation_name": "a.b.raw"}}"#,
    );
    let text = lines(&read);
    assert!(
        text.contains("dataset:s/a.b.raw dcterms:identifier \"seed.shop.raw\""),
        "{text}"
    );
    assert!(
        text.contains("dataset:s/source.shop.x.raw dcterms:identifier \"source.shop.x.raw\""),
        "{text}"
    );
    assert_eq!(
        text.matches("iso:qualifiedName \"postgres://a.b.raw\"")
            .count(),
        2
    );
}

#[test]
fn what_is_no_artifact_is_an_error_that_names_it() {
    let error = |name: &str, text: &str| {
        let error = read(Kind::Dbt, vec![Input::text(name, text)], &options()).unwrap_err();
        assert!(matches!(error, Error::NothingRead { .. }));
        error.to_string()
    };
    expect!["the `dbt` documents hold nothing that could be read: x.json: this is not an artifact of dbt [unknown_artifact]"].assert_eq(&error("x.json", "{\"a\": 1}"));
    expect!["the `dbt` documents hold nothing that could be read: manifest.json: the document has nothing that a manifest has [not_an_artifact]"].assert_eq(&error("manifest.json", "{\"a\": 1}"));
    expect!["the `dbt` documents hold nothing that could be read: manifest.json:1:1: invalid type: sequence, expected a dbt artifact, which is an object [bad_json]"].assert_eq(&error("manifest.json", "[1]"));
    expect![
        "the `dbt` documents hold nothing that could be read: manifest.json:2:20: expected value [bad_json]"
    ]
    .assert_eq(&error(
        "manifest.json",
        "{\"nodes\": {\n\"model.a.b\": {\"x\": }}}",
    ));
    expect!["the `dbt` documents hold nothing that could be read: there is no manifest, without which the others say little [no_manifest]"].assert_eq(&error("catalog.json", "{\"nodes\": {}}"));
}

#[test]
fn terms_and_labels_in_meta_become_links_and_titles() {
    let read = read_manifest(
        r#""nodes": {"model.shop.orders": {"resource_type": "model", "name": "orders", "package_name": "shop",
            "meta": {"label": "Orders", "terms": ["https://glossary.example/order", "not an iri"]}}}"#,
    );
    let said = lines(&read);
    for part in [
        "iso:represents https://glossary.example/order",
        "dcterms:title \"Orders\"",
        "meta.terms=\\\"not an iri\\\"",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

#[test]
fn freshness_is_a_promise_and_its_measurement() {
    let manifest = manifest(
        r#""nodes": {}, "sources": {"source.shop.raw.orders": {
            "resource_type": "source", "name": "orders", "source_name": "raw", "schema": "raw", "database": "wh", "columns": {},
            "freshness": {"warn_after": {"count": 12, "period": "hour"}, "error_after": {"count": null, "period": null}, "filter": null}}}"#,
    );
    let sources = r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json", "generated_at": "2026-01-02T04:00:00Z"},
        "results": [{"unique_id": "source.shop.raw.orders", "max_loaded_at": "2026-01-01T03:04:05+00:00", "status": "Warn",
            "snapshotted_at": "2026-01-02T03:04:05Z", "max_loaded_at_time_ago_in_s": 86400.0},
          {"unique_id": "source.shop.raw.gone", "status": "pass"}, {"unique_id": "x", "error": "no table", "status": "runtime error"}]}"#;
    let read = read_texts(
        Kind::Dbt,
        &[("manifest.json", &manifest), ("sources.json", sources)],
        &options(),
    );
    let text = lines(&read);
    for part in [
        "dcterms:modified \"2026-01-01T03:04:05",
        "iso:status \"warn\"",
        "dqv:value \"false\"",
        "iso:extra \"age_seconds=86400.0\"",
        "warn_after",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(!text.contains("error_after"), "{text}");
    assert_eq!(read.report.count("freshness_only"), 1);
    assert_eq!(read.report.skipped, 2);
}
