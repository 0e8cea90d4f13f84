//! Semantic manifests of MetricFlow.

use std::fs;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use semantic_model::formats::metricflow::read_manifest;
use semantic_model::layer::{Aggregation, Layer, MetricKind};

use super::{json, problems, shared};

fn layer(text: &str) -> Layer {
    let read = read_manifest("m.json", text).expect("it is a manifest");
    assert_eq!(problems(&read), "");
    read.layer
}

fn check_problems(text: &str, expected: &Expect) {
    let found = match read_manifest("m.json", text) {
        Ok(read) => problems(&read),
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&found);
}

pub(super) fn manifests() -> Vec<PathBuf> {
    let mut paths = Vec::new();
    if let Some(folder) = shared("semantic/mf_suite/manifests") {
        for entry in fs::read_dir(folder)
            .expect("the folder can be read")
            .flatten()
        {
            paths.push(entry.path().join("semantic_manifest.json"));
        }
    }
    paths.extend(shared(
        "corpora/dbt/metricflow_tutorial/semantic_manifest.json",
    ));
    paths
}

#[test]
fn every_real_manifest_is_understood() {
    for path in manifests() {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let raw: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        let read = read_manifest("m.json", &text).expect("it is a manifest");
        let length = |key: &str| raw[key].as_array().map_or(0, Vec::len);
        let name = path.display();
        assert_eq!(
            read.layer.datasets.len(),
            length("semantic_models"),
            "{name}"
        );
        assert_eq!(
            read.layer.saved_queries.len(),
            length("saved_queries"),
            "{name}"
        );
        assert!(read.layer.metrics.len() >= length("metrics"), "{name}");
        assert!(!read.layer.time_spines.is_empty(), "{name}");
        for problem in &read.report.problems {
            assert_eq!(problem.code, "unused_measure", "{name}: {problem}");
        }
        let again: Layer = serde_json::from_str(&json(&read.layer)).expect("it reads again");
        assert_eq!(again, read.layer, "{name}");
    }
}

/// The layer of a manifest that MetricFlow has transformed is the one of the same manifest before.
#[test]
fn both_forms_of_a_metric_give_the_same_layer() {
    for path in manifests() {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let mut raw: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        let transformed = read_manifest("m.json", &text)
            .expect("it is a manifest")
            .layer;
        for metric in raw["metrics"].as_array_mut().expect("a list") {
            untransform(metric);
        }
        let before = read_manifest("m.json", &raw.to_string()).expect("it is a manifest");
        assert_eq!(problems_but_unused(&before.report.problems), "");
        for metric in &transformed.metrics {
            let same = before
                .layer
                .metrics
                .iter()
                .find(|other| other.name == metric.name);
            let same = same.unwrap_or_else(|| panic!("{} is missing", metric.name));
            let (mut one, mut other) = (metric.clone(), same.clone());
            // Private metrics that MetricFlow made are made here too.
            if one.notes.hidden {
                one.notes = other.notes.clone();
            }
            one.filters.dedup();
            other.filters.dedup();
            assert_eq!(json(&one), json(&other), "{}", path.display());
        }
    }
}

fn problems_but_unused(problems: &[semantic_model::formats::Problem]) -> String {
    let mut rest = problems.to_vec();
    rest.retain(|problem| problem.code != "unused_measure");
    super::lines(&rest)
}

/// Takes away what MetricFlow's transformations added, where a measure says the same.
fn untransform(metric: &mut serde_json::Value) {
    let hidden = metric["type_params"]["is_private"] == true;
    let filter = metric["type_params"]["measure"]["filter"].clone();
    let simple = metric["type"] == "simple";
    let parameters = &mut metric["type_params"];
    if simple && parameters["measure"].is_object() {
        parameters["metric_aggregation_params"] = serde_json::Value::Null;
        parameters["expr"] = serde_json::Value::Null;
        // What it filled is only said of the metric once it is transformed.
        for key in ["fill_nulls_with", "join_to_timespine"] {
            parameters["measure"][key] = parameters[key].take();
        }
    }
    if let Some(conversion) = parameters["conversion_type_params"].as_object_mut() {
        conversion.remove("base_metric");
        conversion.remove("conversion_metric");
    }
    if simple && !hidden && !filter.is_null() && metric["filter"] == filter {
        metric["filter"] = serde_json::Value::Null;
    }
}

#[test]
fn measures_become_the_metrics_that_use_them() {
    let layer = layer(
        r#"{
        "semantic_models": [{
            "name": "visits", "node_relation": {"alias": "visits", "schema_name": "web", "database": null},
            "defaults": {"agg_time_dimension": "ds"},
            "entities": [{"name": "user", "type": "foreign", "expr": "user_id"}],
            "dimensions": [{"name": "ds", "type": "time", "type_params": {"time_granularity": "day"}}],
            "measures": [
                {"name": "visits", "agg": "sum", "expr": 1, "create_metric": true, "label": "Visits"},
                {"name": "visitors", "agg": "count_distinct", "expr": "user_id"},
                {"name": "p99", "agg": "percentile", "agg_params": {"percentile": 0.99}}
            ]
        }],
        "metrics": [
            {"name": "late", "type": "SIMPLE", "filter": "a", "type_params": {"measure": {
                "name": "p99", "filter": {"where_filters": [{"where_sql_template": "b"}]}, "fill_nulls_with": 0}}},
            {"name": "to_date", "type": "cumulative", "type_params": {
                "measure": "visitors", "window": "7 days"}},
            {"name": "rate", "type": "conversion", "type_params": {"conversion_type_params": {
                "entity": "user", "base_measure": {"name": "visits"},
                "conversion_measure": {"name": "visitors", "fill_nulls_with": 0, "filter": "c"},
                "window": {"count": 2, "granularity": "weeks"}}}}
        ]}"#,
    );
    expect![[r#"
        late: Simple(Simple { dataset: "visits", aggregation: Percentile { share: 0.99, discrete: false, approximate: false }, expression: Some(Expression { sql: "p99", dialects: {} }), time: None, non_additive: None, fill_nulls_with: Some(0), join_to_time_spine: false }) [Filter("a"), Filter("b")]
        to_date: Cumulative(Cumulative { input: MetricInput { metric: "visitors", alias: None, filters: [], offset: None }, window: Some(Window { count: 7, grain: Standard(Day) }), leading: None, grain_to_date: None, period: First }) []
        rate: Conversion(Conversion { base: MetricInput { metric: "visits", alias: None, filters: [], offset: None }, conversion: MetricInput { metric: "visitors_fill_nulls_with_0", alias: None, filters: [Filter("c")], offset: None }, entity: "user", calculation: Rate, window: Some(Window { count: 2, grain: Standard(Week) }), constant_properties: [], fill_nulls_with: Some(0) }) []
        visits: Simple(Simple { dataset: "visits", aggregation: Sum, expression: Some(Expression { sql: "1", dialects: {} }), time: None, non_additive: None, fill_nulls_with: None, join_to_time_spine: false }) []
        visitors: Simple(Simple { dataset: "visits", aggregation: CountDistinct, expression: Some(Expression { sql: "user_id", dialects: {} }), time: None, non_additive: None, fill_nulls_with: None, join_to_time_spine: false }) []
        visitors_fill_nulls_with_0: Simple(Simple { dataset: "visits", aggregation: CountDistinct, expression: Some(Expression { sql: "user_id", dialects: {} }), time: None, non_additive: None, fill_nulls_with: Some(0), join_to_time_spine: false }) []
    "#]]
    .assert_eq(
        &layer
            .metrics
            .iter()
            .map(|metric| format!("{}: {:?} {:?}\n", metric.name, metric.kind, metric.filters))
            .collect::<Vec<_>>()
            .concat(),
    );
    let hidden: Vec<bool> = layer
        .metrics
        .iter()
        .map(|metric| metric.notes.hidden)
        .collect();
    assert_eq!(hidden, [false, false, false, false, true, true]);
    assert_eq!(layer.metrics[3].notes.label.as_deref(), Some("Visits"));
}

#[test]
fn older_spines_and_plural_grains_of_ones_own_are_read() {
    let layer = layer(
        r#"{"semantic_models": [], "metrics": [
            {"name": "b", "type": "simple", "type_params": {"expr": "x",
                "metric_aggregation_params": {"semantic_model": "s", "agg": "median"}}},
            {"name": "a", "type": "derived", "type_params": {"expr": "b - c", "metrics": [
                "b", {"name": "b", "alias": "c", "offset_window": "2 Alien_Days"}]}}],
          "project_configuration": {
            "time_spines": [{"node_relation": {"relation_name": "\"d.b\".cal.days"},
                "primary_column": {"name": "day", "time_granularity": "DAY"},
                "custom_granularities": [{"name": "Alien_Day"}]}],
            "time_spine_table_configurations": [
                {"location": "cal.older", "column_name": "ds", "grain": "day"},
                {"location": "cal.hours", "column_name": "ts", "grain": "hour"}]}}"#,
    );
    expect![[r#"
        TimeSpine { relation: Table(["d.b", "cal", "days"]), column: "day", grain: Day, custom_grains: [CustomGrain { name: "alien_day", column: None }] }
        TimeSpine { relation: Table(["cal", "hours"]), column: "ts", grain: Hour, custom_grains: [] }
    "#]]
    .assert_eq(&layer.time_spines.iter().map(|spine| format!("{spine:?}\n")).collect::<Vec<_>>().concat());
    assert!(json(&layer.metrics[1]).contains(r#""grain": "alien_day""#));
    assert!(matches!(
        &layer.metrics[0].kind,
        MetricKind::Simple(simple) if simple.aggregation == Aggregation::Median
    ));
}

#[test]
fn what_is_not_understood_has_its_place() {
    check_problems(
        "{\"semantic_models\": [\n {\"name\": \"o\", \"color\": \"red\",\n  \"node_relation\": {\"alias\": 7},\n  \
         \"entities\": [{\"name\": \"e\", \"type\": \"alien\"}, 5],\n  \"dimensions\": \"none\",\n  \
         \"measures\": [{\"name\": \"m\", \"agg\": \"guess\"}, {\"name\": \"n\", \"agg\": \"sum\"}]}],\n \
         \"metrics\": [{\"name\": \"r\", \"type\": \"ratio\", \"type_params\": {\"numerator\": \"x\"}},\n  \
         {\"name\": \"s\", \"type\": \"simple\", \"type_params\": {\"measure\": \"gone\"}},\n  \
         {\"name\": \"s\", \"type\": \"wild\", \"type_params\": {}}, {\"type\": \"simple\"}]}",
        &expect![[r#"
            m.json:2:25 at `semantic_models[0].color`: `color` is kept as it is; it has no meaning here [unknown_key]
            m.json:4:16 at `semantic_models[0].entities[0].type`: `alien` is no type of an entity, so `e` is left out [unknown_type]
            m.json:4:48 at `semantic_models[0].entities[1]`: expected an object, found a number [wrong_type]
            m.json:5:17 at `semantic_models[0].dimensions`: expected a list, found a text [wrong_type]
            m.json:6:16 at `semantic_models[0].measures[0].agg`: `guess` is no aggregation, so this is left out [unknown_aggregation]
            m.json:6:47 at `semantic_models[0].measures[1]`: measure `n` is used by no metric, so it cannot be asked for [unused_measure]
            m.json:7:60 at `metrics[0].type_params.denominator`: `denominator` is missing, so the metric is left out [missing_key]
            m.json:8:62 at `metrics[1].type_params.measure`: measure `gone` is in no semantic model [unresolved_reference]
            m.json:9:3 at `metrics[2].type`: `wild` is no type of a metric, so `s` is left out [unknown_type]
            m.json:9:3 at `metrics[2].name`: `s` is defined twice [duplicate_name]
            m.json:9:53 at `metrics[3].name`: `name` is missing, so this is left out [missing_key]
        "#]],
    );
}

#[test]
fn hostile_texts_are_errors_with_a_place() {
    check_problems(
        "",
        &expect![[r#"
        m.json:1:1: EOF while parsing a value
    "#]],
    );
    check_problems(
        "{\"metrics\": [",
        &expect![[r#"
        m.json:1:13: EOF while parsing a list
    "#]],
    );
    check_problems(
        &"[".repeat(1_000_000),
        &expect![[r#"
        m.json:1:128: recursion limit exceeded
    "#]],
    );
    check_problems(
        "{\"nodes\": {}}",
        &expect![[r#"
        m.json: this is no semantic manifest: it has neither `semantic_models` nor `metrics`
    "#]],
    );
    check_problems(
        "[1]",
        &expect![[r#"
        m.json: this is no semantic manifest: it has neither `semantic_models` nor `metrics`
    "#]],
    );
}
