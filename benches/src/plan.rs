//! Compiling queries of a semantic layer to SQL: the queries of a suite, a big generated layer, and a wide query.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use isogloss::model::formats::metricflow::read_manifest;
use isogloss::model::layer::{DatePart, Filter, GroupBy, Layer, MetricRequest, Query, TimeRange};
use isogloss::model::plan::{Catalog, Options, compile};
use serde_json::{Value, json};

use crate::measure::{Latencies, print, resident_bytes, round};

/// Datasets of the generated layer.
const DATASETS: usize = 300;
/// Metrics of the generated layer, spread over half of the datasets; the other half is joined to.
const METRICS: usize = 9_450;
/// Datasets with metrics.
const FACTS: usize = 150;
/// Dimensions of each dataset.
const DIMENSIONS: usize = 25;

/// Measures the suite at a folder, if there is one, and what is generated.
pub(crate) fn run(suite: Option<&Path>, rounds: usize) -> Result<()> {
    if let Some(suite) = suite {
        measure_suite(suite, rounds)?;
    }
    let text = generated().to_string();
    let before = resident_bytes();
    let started = Instant::now();
    let layer: Layer = serde_json::from_str(&text)?;
    let parsed_ms = started.elapsed().as_secs_f64() * 1e3;
    let catalog = Catalog::new(layer);
    let loaded_ms = started.elapsed().as_secs_f64() * 1e3;
    anyhow::ensure!(
        catalog.problems().is_empty(),
        "the generated layer is sound"
    );
    print(&json!({
        "bench": "load", "datasets": DATASETS, "metrics": METRICS, "json_ms": round(parsed_ms),
        "load_and_index_ms": round(loaded_ms),
        "resident_bytes_more": resident_bytes().saturating_sub(before),
    }));
    let small = query(
        &["m_0_0"],
        &["d1__c1".to_owned(), "metric_time__month".to_owned()],
    );
    report("big layer, one hop", &catalog, &[small], rounds)?;
    report(
        "200 metrics by 25 dimensions",
        &catalog,
        &[wide()],
        rounds.div_ceil(10),
    )
}

fn measure_suite(folder: &Path, rounds: usize) -> Result<()> {
    let text = std::fs::read_to_string(folder.join("dev/cases.json"))?;
    let cases: Value = serde_json::from_str(&text)?;
    let mut catalogs: BTreeMap<String, Catalog> = BTreeMap::new();
    let mut asked: Vec<(String, Query)> = Vec::new();
    for case in cases["cases"].as_array().into_iter().flatten() {
        let name = case["manifest"].as_str().context("a case has a manifest")?;
        if !catalogs.contains_key(name) {
            let path = folder
                .join("manifests")
                .join(name)
                .join("semantic_manifest.json");
            let read = read_manifest(name, &std::fs::read_to_string(path)?)?;
            catalogs.insert(name.to_owned(), Catalog::new(read.layer));
        }
        asked.push((name.to_owned(), read_query(&case["query"])));
    }
    let mut microseconds = Vec::new();
    let options = Options::default();
    for round in 0..=rounds {
        for (manifest, query) in &asked {
            let started = Instant::now();
            let compiled = compile(&catalogs[manifest], query, &options);
            let taken = started.elapsed().as_secs_f64() * 1e6;
            // The first round warms up, and refusals are not compiled.
            if round > 0 && std::hint::black_box(compiled).is_ok() {
                microseconds.push(taken);
            }
        }
    }
    print(&json!({
        "bench": "suite", "queries": asked.len(), "latency": Latencies::of(microseconds).as_json(),
    }));
    Ok(())
}

fn report(name: &str, catalog: &Catalog, queries: &[Query], rounds: usize) -> Result<()> {
    let options = Options::default();
    let mut microseconds = Vec::with_capacity(rounds);
    let mut bytes = 0;
    for round in 0..=rounds {
        for query in queries {
            let started = Instant::now();
            let compiled = compile(catalog, query, &options)?;
            let taken = started.elapsed().as_secs_f64() * 1e6;
            bytes = compiled.sql.len();
            if round > 0 {
                microseconds.push(taken);
            }
        }
    }
    print(&json!({
        "bench": name, "sql_bytes": bytes, "latency": Latencies::of(microseconds).as_json(),
    }));
    Ok(())
}

/// A layer of facts with metrics, each pointing at every tenth of the datasets that are joined to.
fn generated() -> Value {
    let fields = |time: bool| {
        let mut all: Vec<Value> = (0..DIMENSIONS)
            .map(|field| json!({ "name": format!("c{field}") }))
            .collect();
        if time {
            all.push(json!({ "name": "at", "role": { "time": { "grain": "day" } } }));
        }
        all
    };
    let entity = |number: usize, role: &str| {
        json!({
            "name": format!("d{number}"), "role": role,
            "expressions": [{ "sql": format!("d{number}_id") }],
        })
    };
    let mut datasets = Vec::with_capacity(DATASETS);
    for fact in 0..FACTS {
        let joined = (0..FACTS).filter(|number| number % 10 == fact % 10 || *number == 1);
        let entities: Vec<Value> = joined.map(|number| entity(number, "foreign")).collect();
        datasets.push(json!({
            "name": format!("fact_{fact}"), "relation": { "table": ["s", format!("fact_{fact}")] },
            "scope": "columns", "primary_entity": format!("fact_{fact}"), "default_time": "at",
            "entities": entities, "fields": fields(true),
        }));
    }
    for number in 0..(DATASETS - FACTS) {
        datasets.push(json!({
            "name": format!("dim_{number}"), "relation": { "table": ["s", format!("dim_{number}")] },
            "scope": "columns", "entities": [entity(number, "primary")], "fields": fields(false),
        }));
    }
    let metrics: Vec<Value> = (0..METRICS)
        .map(|number| {
            let (fact, place) = (number % FACTS, number / FACTS);
            json!({
                "name": format!("m_{fact}_{place}"),
                "kind": { "simple": {
                    "dataset": format!("fact_{fact}"), "aggregation": "sum",
                    "expression": { "sql": format!("CASE WHEN v{place} > 0 THEN v{place} ELSE 0 END") },
                } },
            })
        })
        .collect();
    json!({
        "name": "generated", "datasets": datasets, "metrics": metrics,
        "time_spines": [{ "relation": { "table": ["s", "days"] }, "column": "day", "grain": "day" }],
    })
}

/// 40 metrics of each of five facts by the dimensions of a dataset that all of them point at.
fn wide() -> Query {
    let names: Vec<String> = (0..5)
        .flat_map(|fact| (0..40).map(move |place| format!("m_{fact}_{place}")))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let groups: Vec<String> = (0..DIMENSIONS)
        .map(|field| format!("d1__c{field}"))
        .collect();
    query(&names, &groups)
}

fn query(metrics: &[&str], groups: &[String]) -> Query {
    Query {
        metrics: metrics.iter().map(|name| request(name)).collect(),
        group_by: groups.iter().map(GroupBy::new).collect(),
        ..Query::default()
    }
}

fn request(name: &str) -> MetricRequest {
    MetricRequest {
        name: name.to_owned(),
        alias: None,
    }
}

/// Reads a query as the suite writes it.
fn read_query(query: &Value) -> Query {
    let list = |key: &str| query[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Query {
        metrics: list("metrics")
            .iter()
            .filter_map(Value::as_str)
            .map(request)
            .collect(),
        group_by: list("group_by").iter().map(read_group).collect(),
        filters: list("where").iter().filter_map(text).map(Filter).collect(),
        limit: query["limit"].as_u64(),
        time_range: query.get("time_constraint").map(|range| TimeRange {
            start: text(&range["start"]),
            end: text(&range["end"]),
        }),
        saved_query: text(&query["saved_query"]),
        ..Query::default()
    }
}

fn read_group(group: &Value) -> GroupBy {
    let name = group
        .as_str()
        .or_else(|| group["name"].as_str())
        .unwrap_or_default();
    GroupBy {
        grain: group["grain"].as_str().map(|grain| grain.to_owned().into()),
        date_part: group["date_part"].as_str().and_then(DatePart::parse),
        ..GroupBy::new(name)
    }
}
