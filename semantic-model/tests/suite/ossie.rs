//! The draft compliance suite of Ossie: what must be refused is, with the right reason, and the rest compiles.
//!
//! The rows are compared where an engine runs them (`query-engine`); `--nocapture` prints the SQL of each case.

use std::fs;
use std::path::{Path, PathBuf};

use semantic_model::formats::ossie;
use semantic_model::layer::{Filter, GroupBy, MetricRequest, OrderBy, Query};
use semantic_model::plan::{Catalog, Dialect, Options, PlanError, Reason, compile};
use serde_json::{Value, json};

fn suite() -> Option<PathBuf> {
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("data/semantic/osi_suite");
    folder.is_dir().then_some(folder)
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn query(value: &Value) -> Query {
    let filters = |key: &str| {
        texts(&value[key])
            .into_iter()
            .map(Filter)
            .collect::<Vec<_>>()
    };
    let measures = value["measures"].as_array().cloned().unwrap_or_default();
    let orders = value["order_by"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut having = filters("having");
    having.extend(filters("qualify"));
    Query {
        dataset: value["dataset"].as_str().map(str::to_owned),
        group_by: texts(&value["dimensions"])
            .into_iter()
            .map(GroupBy::new)
            .collect(),
        fields: texts(&value["fields"])
            .into_iter()
            .map(GroupBy::new)
            .collect(),
        metrics: measures
            .iter()
            .map(|measure| MetricRequest {
                name: text(&measure["metric"]),
                alias: Some(text(&measure["name"])),
            })
            .collect(),
        filters: filters("filters"),
        having,
        order_by: orders
            .iter()
            .map(|key| OrderBy {
                item: GroupBy::new(text(&key["target"])),
                descending: key["direction"] == "DESC",
                nulls_first: None,
            })
            .collect(),
        limit: value["limit"].as_u64(),
        ..Query::default()
    }
}

/// The suite's code of a refusal.
fn code(error: &PlanError) -> &'static str {
    match error.reason {
        Reason::MixedQueryShape => "E_MIXED_QUERY_SHAPE",
        Reason::AggregateInScalarQuery => "E_AGGREGATE_IN_SCALAR_QUERY",
        Reason::AggregateInWhere => "E_AGGREGATE_IN_WHERE",
        Reason::NonAggregateInHaving => "E_NON_AGGREGATE_IN_HAVING",
        Reason::FanOutInScalarQuery => "E_FAN_OUT_IN_SCALAR_QUERY",
        Reason::NothingShared => "E3013",
        Reason::Unreachable => "E_NO_PATH",
        Reason::UnknownMetric | Reason::UnknownGroup | Reason::UnknownField => "E_NAME_NOT_FOUND",
        Reason::ReservedName => "E_RESERVED_NAME",
        Reason::EmptyQuery => "E_EMPTY_SCALAR_QUERY",
        Reason::AmbiguousPath => "E_AMBIGUOUS_PATH",
        _ => "E_OTHER",
    }
}

#[test]
fn cases_of_ossie_are_refused_or_compiled_as_expected() {
    let Some(folder) = suite() else {
        println!("skipped: shared data not found");
        return;
    };
    let text = fs::read_to_string(folder.join("dev/cases.json")).expect("the cases can be read");
    let cases: Value = serde_json::from_str(&text).expect("the cases are JSON");
    let mut wrong = Vec::new();
    for case in cases["cases"].as_array().expect("cases are a list") {
        let id = case["id"].as_str().unwrap_or_default();
        let read = ossie::read_value(id, &case["model"]).expect("the model is one");
        let catalog = Catalog::new(read.layer);
        let options = Options {
            dialect: Dialect::DuckDb,
            optimize: true,
        };
        let compiled = compile(&catalog, &query(&case["query"]), &options);
        match (compiled, case["expect"]["error"].as_str()) {
            (Ok(compiled), None) => println!("SQL {}", json!({"id": id, "sql": compiled.sql})),
            (Err(error), Some(expected)) if code(&error) == expected => {
                println!("{id}: {error}");
            }
            (Ok(compiled), Some(expected)) => {
                wrong.push(format!("{id}: {expected} but {}", compiled.sql));
            }
            (Err(error), expected) => wrong.push(format!("{id}: expected {expected:?}, {error:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
