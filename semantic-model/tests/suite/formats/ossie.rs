//! Models of Apache Ossie, in and out.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};
use semantic_model::formats::ossie::{self, Version};
use semantic_model::layer::Layer;
use serde_json::Value;

use super::{json, lines, shared};

const VERSIONS: [Version; 2] = [Version::V0_1_1, Version::V0_2_0Dev0];

/// Writes a layer in both versions and forms, and reads it again.
pub(super) fn check_round_trip(layer: &Layer) {
    for version in VERSIONS {
        let value = ossie::to_value(layer, version);
        let read = ossie::read_value("m.json", &value).expect("what we write can be read");
        assert_eq!(lines(&read.report.problems), "");
        assert_eq!(json(&read.layer), json(layer), "{version:?}");
        assert_eq!(&read.layer, layer);
        assert_eq!(ossie::to_value(&read.layer, version), value);
        let yaml = ossie::to_yaml(layer, version).expect("it can be written");
        let read = ossie::read("m.yaml", &yaml).expect("what we write can be read");
        assert_eq!(
            json(&read.layers[0]),
            json(layer),
            "{version:?} as YAML:\n{yaml}"
        );
    }
}

fn models() -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for folder in ["semantic/samples", "corpora/semantic/osi_examples"] {
        if let Some(folder) = shared(folder) {
            collect(&folder, &mut paths);
        }
    }
    paths.sort();
    paths
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder)
        .expect("the folder can be read")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|end| end == "yaml") {
            paths.push(path);
        }
    }
}

#[test]
fn real_models_survive_the_way_out_and_in() {
    let mut count = 0;
    for path in models() {
        let text = fs::read_to_string(&path).expect("the file can be read");
        if !text.contains("\nsemantic_model:") || path.ends_with("spec.yaml") {
            continue;
        }
        let read = ossie::read("m.yaml", &text).expect("it is a model");
        let found = lines(&read.report.problems);
        let old = text.contains("version: \"1.0\"") || text.contains("version: 1.0");
        assert!(found.is_empty() || old, "{}: {found}", path.display());
        for layer in &read.layers {
            check_round_trip(layer);
            count += 1;
        }
    }
    println!("{count} models");
}

#[test]
fn manifests_of_metricflow_survive_the_way_out_and_in() {
    for path in super::metricflow::manifests() {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let read = semantic_model::formats::metricflow::read_manifest("m", &text);
        check_round_trip(&read.expect("it is a manifest").layer);
    }
}

/// Every file that we write meets the schema of its version.
#[test]
fn what_is_written_meets_the_schema() {
    let Some(folder) = shared("semantic/samples/osi") else {
        return;
    };
    let schemas = [
        (Version::V0_1_1, "v0.1.1/osi-schema.json"),
        (Version::V0_2_0Dev0, "core/osi-schema.json"),
    ];
    for (version, schema) in schemas {
        let text = fs::read_to_string(folder.join(schema)).expect("the file can be read");
        let schema: Value = serde_json::from_str(&text).expect("it is JSON");
        let validator = jsonschema::validator_for(&schema).expect("it is a schema");
        for layer in all_layers() {
            let value = ossie::to_value(&layer, version);
            let faults: Vec<String> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{version:?} {}: {faults:?}", layer.name);
        }
    }
}

fn all_layers() -> Vec<Layer> {
    let mut layers = Vec::new();
    for path in models() {
        let text = fs::read_to_string(&path).expect("the file can be read");
        if text.contains("\nsemantic_model:") && !path.ends_with("spec.yaml") {
            layers.extend(ossie::read("m.yaml", &text).expect("it is a model").layers);
        }
    }
    for path in super::metricflow::manifests() {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let read = semantic_model::formats::metricflow::read_manifest("m", &text);
        layers.push(read.expect("it is a manifest").layer);
    }
    layers
}

#[test]
fn the_compliance_cases_are_read() {
    let Some(path) = shared("semantic/osi_suite/dev/cases.json") else {
        return;
    };
    let text = fs::read_to_string(path).expect("the file can be read");
    let cases: Value = serde_json::from_str(&text).expect("it is JSON");
    for case in cases["cases"].as_array().expect("a list") {
        let read = ossie::read_value("case", &case["model"]).expect("it is a model");
        for problem in &read.report.problems {
            assert_eq!(problem.code, "unknown_key", "{problem}");
        }
        let length = |key: &str| case["model"][key].as_array().map_or(0, Vec::len);
        assert_eq!(read.layer.metrics.len(), length("metrics"));
        assert_eq!(read.layer.joins.len(), length("relationships"));
        check_round_trip(&read.layer);
    }
}

#[test]
fn what_someone_edits_in_a_written_file_counts() {
    let text = r#"{"semantic_models": [{"name": "o", "node_relation": {"alias": "o"},
        "measures": [{"name": "m", "agg": "sum", "create_metric": true}]}], "metrics": []}"#;
    let layer = semantic_model::formats::metricflow::read_manifest("m", text)
        .expect("it is a manifest")
        .layer;
    let mut value = ossie::to_value(&layer, Version::V0_2_0Dev0);
    assert!(value.to_string().contains("SUM(o.m)"), "{value}");
    let written = &mut value["semantic_model"][0]["datasets"][0];
    written["source"] = "shop.o".into();
    written["description"] = "Orders".into();
    let mut read = ossie::read_value("m", &value).expect("it is a model").layer;
    let dataset = &mut read.datasets[0];
    assert_eq!(dataset.notes.description.take().as_deref(), Some("Orders"));
    assert_eq!(
        std::mem::take(&mut dataset.relation),
        semantic_model::layer::Relation::Table(vec!["shop".into(), "o".into()])
    );
    dataset.relation = layer.datasets[0].relation.clone();
    assert_eq!(read, layer);
}

fn check_problems(text: &str, expected: &Expect) {
    let found = match ossie::read("m.yaml", text) {
        Ok(read) => lines(&read.report.problems),
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&found);
}

#[test]
fn what_is_not_understood_has_its_place() {
    check_problems(
        "version: 9\nsemantic_model:\n- name: m\n  color: red\n  datasets:\n  - name: a\n  - source: b\n  - {name: c, source: d, fields: [\n     \
         {name: e}, {name: f, expression: {dialects: []}}, 7], primary_key: 5, unique_keys: [[{}]]}\n  \
         relationships:\n  - {name: r, from: a, to: b, from_columns: [x], to_columns: []}\n  metrics: {}\n  \
         custom_extensions:\n  - vendor_name: COMMON\n    data: '{\"isogloss\": {\"corrections\": {\"set\": {\"/name/x\": 1}}}}'\n",
        &expect![[r#"
            m.yaml:1:10 at `version`: version `9` is not known; it is read as 0.2.0.dev0 [unknown_version]
            m.yaml:4:10 at `semantic_model[0].color`: `color` is kept as it is; it has no meaning here [unknown_key]
            m.yaml:6:5 at `semantic_model[0].datasets[0].source`: `source` is missing, so this is left out [missing_key]
            m.yaml:7:5 at `semantic_model[0].datasets[1].name`: `name` is missing, so this is left out [missing_key]
            m.yaml:9:6 at `semantic_model[0].datasets[2].fields[0].expression`: `expression` is missing, so this is left out [missing_key]
            m.yaml:9:39 at `semantic_model[0].datasets[2].fields[1].expression.dialects`: the expression has no text, so what it defines is left out [missing_key]
            m.yaml:9:56 at `semantic_model[0].datasets[2].fields[2]`: expected an object, found a number [wrong_type]
            m.yaml:9:91 at `semantic_model[0].datasets[2].unique_keys[0][0]`: expected a text, found an object [wrong_type]
            m.yaml:11:5 at `semantic_model[0].relationships[0]`: relationship `r` matches 1 columns with 0, so it is left out [unequal_columns]
            m.yaml:12:12 at `semantic_model[0].metrics`: expected a list, found an object [wrong_type]
            m.yaml:14:5 at `semantic_model[0].custom_extensions`: the extension `isogloss` is not understood and is left out: `/name/x` leads through something that is no object [unreadable_extension]
        "#]],
    );
}

#[test]
fn hostile_texts_are_errors_with_a_place() {
    check_problems(
        "",
        &expect![[r#"
        m.yaml: the text is empty
    "#]],
    );
    check_problems(
        "a: b: c",
        &expect![[r#"
        m.yaml:1:5: mapping values are not allowed in this context
    "#]],
    );
    check_problems(
        "ontology: []",
        &expect![[r#"
        m.yaml: this is an Ossie ontology, not a semantic model
    "#]],
    );
    check_problems(
        "- 1",
        &expect![[r#"
        m.yaml: this is no Ossie model: it has no `semantic_model`
    "#]],
    );
    check_problems(
        "semantic_model: 5",
        &expect![[r#"
        m.yaml:1:17 at `semantic_model`: expected an object, found a number [wrong_type]
    "#]],
    );
    check_problems(
        "semantic_model: []\n---\na: 1",
        &expect![[r#"
        m.yaml: an Ossie file has one document, and this has more
    "#]],
    );
    check_problems(
        &"[".repeat(1_000_000),
        &expect![[r#"
        m.yaml:1:129: recursion limit exceeded
    "#]],
    );
}
