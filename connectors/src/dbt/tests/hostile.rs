//! Tests of input that nobody wrote in good faith.

use std::fmt::Write;

use expect_test::expect;
use proptest::prelude::*;

use super::{manifest, read_manifest};
use crate::dbt::document::ENTRIES_MAX;
use crate::shared::{lines, options, read_texts, report_lines};
use crate::{Input, Kind, read};

#[test]
fn wrong_types_everywhere_are_reported_with_their_keys() {
    let read = read_manifest(
        r#""nodes": {
            "model.a.b": {"resource_type": 1, "name": [], "fqn": "x", "tags": {"a": 1}, "description": 7, "columns": {"c": {"name": {}, "tags": 1, "constraints": {}, "meta": []}, "d": 5},
                "depends_on": ["x"], "config": 3, "meta": "x", "relation_name": false, "group": [], "database": 1},
            "model.a.c": "not a node",
            "model.a.d": {"depends_on": {"nodes": [1, null, "model.a.b"]}, "columns": [], "fqn": [1, null]},
            "test.a.t": {"test_metadata": 3, "config": [], "column_name": 4}
        }, "sources": 7, "exposures": [[]], "metrics": {"metric.a.m": {"type_params": [], "label": 1}, "metric.a.n": {"type_params": {"measure": 1, "metrics": 5}}},
        "semantic_models": {"semantic_model.a.s": {"depends_on": {"nodes": ["model.a.d"]}, "entities": {}, "measures": [1], "dimensions": [{"name": 1}]}},
        "groups": {"g": {"owner": 4, "name": 3}}, "disabled": 3, "unit_tests": "x""#,
    );
    expect![[r#"
        column 1, dataset 2, group 1, lineage 1, metric 2, model 2, semantic_model 1, test 1
        skipped 30
        warning: manifest.json at `nodes.model.a.c`: expected an object, found a text [wrong_type]
        warning: manifest.json at `sources`: expected an object of entries, found a number [wrong_type]
        warning: manifest.json at `exposures[0]`: expected an object, found a list [wrong_type]
        note: manifest.json at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.10.0 [manifest_version]
        warning: manifest.json at `groups.g.name`: expected a text, found a number [wrong_type]
        warning: manifest.json at `groups.g.owner`: expected an owner, found a number [wrong_type]
        warning: manifest.json at `nodes.model.a.b.resource_type`: expected a text, found a number [wrong_type]
        warning: manifest.json at `nodes.model.a.b.config`: expected an object, found a number [wrong_type]
        warning: manifest.json at `nodes.model.a.b.relation_name`: expected a text, found a boolean [wrong_type]
        warning: manifest.json at `nodes.model.a.b.name`: expected a text, found a list [wrong_type]
        warning: manifest.json at `nodes.model.a.b.database`: expected a text, found a number [wrong_type]
        warning: manifest.json at `nodes.model.a.b.tags`: expected a list, found an object [wrong_type]
        warning: manifest.json at `nodes.model.a.b.group`: expected a text, found a list [wrong_type]
        warning: manifest.json at `nodes.model.a.d.fqn[0]`: expected a text, found a number [wrong_type]
        warning: manifest.json at `nodes.model.a.d.fqn[1]`: expected a text, found null [wrong_type]
        warning: manifest.json at `nodes.model.a.b.description`: expected a text, found a number [wrong_type]
        warning: manifest.json at `nodes.model.a.b.columns.c.name`: expected a text, found an object [wrong_type]
        warning: manifest.json at `nodes.model.a.b.columns.c.tags`: expected a list, found a number [wrong_type]
        warning: manifest.json at `nodes.model.a.b.columns.c.constraints`: expected a list, found an object [wrong_type]
        warning: manifest.json at `nodes.model.a.b.columns.d`: expected an object, found a number [wrong_type]
        warning: manifest.json at `nodes.model.a.b.depends_on`: expected an object, found a list [wrong_type]
        warning: manifest.json at `nodes.model.a.d.columns`: expected an object, found a list [wrong_type]
        warning: manifest.json at `nodes.model.a.d.depends_on.nodes[0]`: expected a text, found a number [wrong_type]
        warning: manifest.json at `nodes.model.a.d.depends_on.nodes[1]`: expected a text, found null [wrong_type]
        warning: manifest.json at `nodes.test.a.t.test_metadata`: expected an object, found a number [wrong_type]
        warning: manifest.json at `nodes.test.a.t.column_name`: expected a text, found a number [wrong_type]
        warning: manifest.json at `semantic_models.semantic_model.a.s.entities`: expected a list, found an object [wrong_type]
        warning: manifest.json at `semantic_models.semantic_model.a.s.dimensions[0].name`: expected a text, found a number [wrong_type]
        warning: manifest.json at `semantic_models.semantic_model.a.s.measures[0]`: expected an object, found a number [wrong_type]
        warning: manifest.json at `metrics.metric.a.m.label`: expected a text, found a number [wrong_type]
        warning: manifest.json at `metrics.metric.a.m.type_params`: expected an object, found a list [wrong_type]
    "#]].assert_eq(&report_lines(&read.report));
    assert!(lines(&read).contains("dataset:s/model.a.d prov:wasDerivedFrom dataset:s/model.a.b"));
}

#[test]
fn deep_nesting_is_an_error_with_its_place() {
    let deep = format!("{{\"nodes\": {{\"model.a.b\": {}", "[".repeat(200_000));
    let error = read(
        Kind::Dbt,
        vec![Input::text("manifest.json", deep)],
        &options(),
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("recursion limit exceeded"),
        "{error}"
    );
    // What nobody reads may be as deep as it likes.
    let deep = format!(
        "\"nodes\": {{\"model.a.m\": {{\"name\": \"m\"}}}}, \"macros\": {}{}",
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    let read = read(
        Kind::Dbt,
        vec![Input::text("manifest.json", manifest(&deep))],
        &options(),
    );
    assert_eq!(read.unwrap().report.errors, 0);
}

#[test]
fn a_chain_of_a_hundred_thousand_models_and_its_cycle_are_read() {
    let count = 100_000;
    let mut nodes = String::new();
    for number in 0..count {
        let before = (number + count - 1) % count;
        write!(
            nodes,
            r#"{}"model.a.m{number}": {{"depends_on": {{"nodes": ["model.a.m{before}", "model.a.m{number}"]}}}}"#,
            if number == 0 { "" } else { "," }
        )
        .unwrap();
    }
    let read = read_manifest(&format!("\"nodes\": {{{nodes}}}"));
    assert_eq!(read.report.understood["model"], count);
    assert_eq!(read.report.understood["lineage"], 2 * count);
}

#[test]
fn a_project_beyond_the_limit_is_refused_with_the_limit() {
    let results = "{},".repeat(ENTRIES_MAX);
    let text = format!("{{\"results\": [{results}{{}}]}}");
    let error = read(
        Kind::Dbt,
        vec![Input::text("run_results.json", text)],
        &options(),
    )
    .unwrap_err();
    expect!["the `dbt` documents hold nothing that could be read: run_results.json:1:1200016: more than 400000 entries in section `results`, which is the limit [too_many_entries]"].assert_eq(&error.to_string());
}

#[test]
fn duplicate_keys_and_lone_surrogates_are_noticed() {
    let text = manifest(
        r#""nodes": {"model.a.b": {"tags": ["before"]}, "model.a.b": {"description": "first", "description": "sad \ud83d face"}}"#,
    );
    let read = read_texts(Kind::Dbt, &[("manifest.json", &text)], &options());
    expect![[r#"
        dataset 1, model 1
        skipped 0
        warning: manifest.json: half of a surrogate pair was read as U+FFFD [lone_surrogate]
        warning: manifest.json at `nodes.model.a.b.description`: the key occurs twice; the last one was taken [duplicate_key]
        warning: manifest.json at `nodes.model.a.b`: the key occurs twice; the last one was taken [duplicate_key]
        note: manifest.json at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.10.0 [manifest_version]
    "#]].assert_eq(&report_lines(&read.report));
    assert!(lines(&read).contains("sad \u{fffd} face"));
}

#[test]
fn names_with_structure_in_them_stay_names() {
    let read = read_manifest(
        r#""nodes": {"model.a.b": {"name": "../../x", "relation_name": "\"a/b\".\"c\u0000d\".\"<e>\"", "columns": {"x y/z": {"name": "x y/z\u202e"}}}}"#,
    );
    for statement in &read.statements {
        let text = statement.to_string();
        graph_core::rdf::NamedNode::new(text.split('>').next().unwrap().trim_start_matches('<'))
            .expect("every subject is a valid IRI");
    }
    assert!(lines(&read).contains("csvw:name \"x y/z\""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,200}") {
        let sections = format!("\"nodes\": {{\"model.a.b\": {text}}}");
        // Whatever comes, it is an answer and not a panic; broken JSON is an error with its place.
        match read(Kind::Dbt, vec![Input::text("manifest.json", manifest(&sections))], &options()) {
            Ok(read) => prop_assert_eq!(read.report.errors, 0),
            Err(error) => prop_assert!(error.to_string().contains("manifest.json:"), "{}", error),
        }
    }
}
