//! The suite whose oracle is MetricFlow: manifests, tables as CSV with their types, queries in MetricFlow's words.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::datatypes::{DataType, TimeUnit};
use semantic_model::formats::metricflow::read_manifest;
use semantic_model::layer::{Filter, GrainName, GroupBy, MetricRequest, OrderBy, Query, TimeRange};
use semantic_model::plan::{Catalog, Options, PlanError, compile};
use serde::Deserialize;
use serde_json::Value;

use super::{Outcome, Results, SuiteError, answers, cases, limit, read, refused, run, texts};
use crate::datafusion::{CsvOptions, DataFusion};
use crate::engine::Engine;
use crate::table::TableName;

/// Runs every case of a split on the embedded engine.
pub async fn run_suite(folder: &Path, split: &str) -> Result<Results, SuiteError> {
    let engine = tables(&folder.join("tables")).await?;
    run_on(folder, split, &engine).await
}

/// Runs every case of a split on an engine that holds the suite's tables.
pub async fn run_on(
    folder: &Path,
    split: &str,
    engine: &dyn Engine,
) -> Result<Results, SuiteError> {
    let mut results = Results::default();
    let mut catalogs: BTreeMap<String, Catalog> = BTreeMap::new();
    for case in cases(folder, split)? {
        let (Some(id), Some(manifest)) = (case["id"].as_str(), case["manifest"].as_str()) else {
            return Err(SuiteError::new(
                folder,
                format!("a case has no `id` or no `manifest`: {case}"),
            ));
        };
        if !catalogs.contains_key(manifest) {
            let catalog = catalog(folder, manifest, &mut results)?;
            catalogs.insert(manifest.to_owned(), catalog);
        }
        let outcome = one(&case, &catalogs[manifest], engine, &mut results).await;
        results.outcomes.push((id.to_owned(), outcome));
    }
    Ok(results)
}

fn catalog(folder: &Path, manifest: &str, results: &mut Results) -> Result<Catalog, SuiteError> {
    let path = folder
        .join("manifests")
        .join(manifest)
        .join("semantic_manifest.json");
    let name = path.display().to_string();
    let parsed = read_manifest(&name, &read(&path)?)
        .map_err(|cause| SuiteError::new(&path, cause.message))?;
    results
        .problems
        .extend(parsed.report.problems.iter().map(ToString::to_string));
    Ok(Catalog::new(parsed.layer))
}

async fn one(
    case: &Value,
    catalog: &Catalog,
    engine: &dyn Engine,
    results: &mut Results,
) -> Outcome {
    let query = match query(&case["query"]) {
        Ok(query) => query,
        Err(error) => return refused(answers::metricflow, &error),
    };
    let options = Options {
        dialect: engine.dialect(),
        ..Options::default()
    };
    run(results, engine, answers::metricflow, || {
        compile(catalog, &query, &options)
    })
    .await
}

/// A query in the words of the suite.
fn query(case: &Value) -> Result<Query, PlanError> {
    let metric = |name: String| MetricRequest { name, alias: None };
    let mut query = Query {
        metrics: texts(case.get("metrics")).into_iter().map(metric).collect(),
        group_by: each(case.get("group_by"))
            .iter()
            .filter_map(group)
            .collect(),
        filters: texts(case.get("where")).into_iter().map(Filter).collect(),
        order_by: each(case.get("order_by"))
            .iter()
            .filter_map(order)
            .collect(),
        time_range: case.get("time_constraint").map(|range| TimeRange {
            start: range["start"].as_str().map(str::to_owned),
            end: range["end"].as_str().map(str::to_owned),
        }),
        saved_query: case["saved_query"].as_str().map(str::to_owned),
        min_max_only: case["min_max_only"].as_bool().unwrap_or(false),
        keep_duplicates: !case["apply_group_by"].as_bool().unwrap_or(true),
        ..Query::default()
    };
    limit(case, &mut query)?;
    Ok(query)
}

fn each(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::Null) | None => Vec::new(),
        Some(item) => vec![item.clone()],
    }
}

fn group(item: &Value) -> Option<GroupBy> {
    if let Some(name) = item.as_str() {
        return Some(GroupBy::new(name));
    }
    Some(GroupBy {
        entity_path: texts(item.get("entity_path")),
        grain: item["grain"]
            .as_str()
            .map(|grain| GrainName::from(grain.to_lowercase())),
        date_part: serde_json::from_value(Value::String(
            item["date_part"]
                .as_str()
                .unwrap_or_default()
                .to_lowercase(),
        ))
        .ok(),
        ..GroupBy::new(item["name"].as_str()?)
    })
}

/// `-bookings` is descending.
fn order(item: &Value) -> Option<OrderBy> {
    let text = item.as_str();
    let bare = text.map(|text| text.strip_prefix('-').unwrap_or(text));
    Some(OrderBy {
        item: match bare {
            Some(name) => GroupBy::new(name),
            None => group(item)?,
        },
        descending: text.is_some_and(|text| text.starts_with('-'))
            || item["descending"].as_bool().unwrap_or(false),
        nulls_first: None,
    })
}

/// `tables/schema.json`.
#[derive(Debug, Deserialize)]
struct Schema {
    schema: String,
    tables: BTreeMap<String, Table>,
}

#[derive(Debug, Deserialize)]
struct Table {
    columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    data_type: String,
}

async fn tables(folder: &Path) -> Result<DataFusion, SuiteError> {
    let path = folder.join("schema.json");
    let schema: Schema =
        serde_json::from_str(&read(&path)?).map_err(|cause| SuiteError::new(&path, cause))?;
    let engine = DataFusion::new("embedded").map_err(|cause| SuiteError::new(folder, cause))?;
    for (name, table) in &schema.tables {
        let file = folder.join(format!("{name}.csv"));
        let types: Result<Vec<_>, SuiteError> = table
            .columns
            .iter()
            .map(|column| Ok((column.name.clone(), data_type(&path, &column.data_type)?)))
            .collect();
        let options = CsvOptions {
            null: Some("\\N".to_owned()),
            types: types?,
            ..CsvOptions::default()
        };
        let table = TableName::new([schema.schema.as_str(), name.as_str()]);
        let files = file.display().to_string();
        engine
            .register_csv(&table, &files, options)
            .await
            .map_err(|cause| SuiteError::new(&file, cause))?;
    }
    Ok(engine)
}

/// A type of DuckDB.
fn data_type(file: &Path, name: &str) -> Result<DataType, SuiteError> {
    Ok(match name {
        "BOOLEAN" => DataType::Boolean,
        "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" => DataType::Int64,
        "FLOAT" | "REAL" | "DOUBLE" => DataType::Float64,
        "VARCHAR" => DataType::Utf8,
        "DATE" => DataType::Date32,
        "TIMESTAMP" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "TIMESTAMP_NS" => DataType::Timestamp(TimeUnit::Nanosecond, None),
        "TIMESTAMP WITH TIME ZONE" => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        other => {
            return Err(SuiteError::new(
                file,
                format!("`{other}` is no type that we read"),
            ));
        }
    })
}
