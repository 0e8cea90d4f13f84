//! Runs the cases of a conformance suite and writes what came out, for the suite's own scorer.
//!
//! A suite is a folder with cases, models and data. Each case is a query to a model with the rows or the refusal that are right;
//! here nothing is compared, so that nothing can be fitted.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use arrow::record_batch::RecordBatch;
use semantic_model::layer::Query;
use semantic_model::plan::{Compiled, PlanError};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::budget::Budget;
use crate::engine::Engine;
use crate::print;

mod answers;
pub mod metricflow;
pub mod ossie;

/// Why a suite could not be run at all.
#[derive(Debug, thiserror::Error)]
#[error("`{file}`: {message}")]
pub struct SuiteError {
    /// The file or folder.
    pub file: String,
    /// What is wrong with it.
    pub message: String,
}

impl SuiteError {
    /// Says what is wrong with a file or folder.
    pub fn new(file: &Path, message: impl ToString) -> Self {
        Self {
            file: file.display().to_string(),
            message: message.to_string(),
        }
    }
}

/// What came out of one case.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Rows.
    Rows {
        /// The names of the columns.
        columns: Vec<String>,
        /// The cells, row by row.
        rows: Vec<Vec<Value>>,
    },
    /// A refusal, or a failure of the engine.
    Error {
        /// The suite's word for the fault, or the engine's code.
        error: String,
        /// What was said.
        message: String,
    },
}

/// What came out of a suite.
#[derive(Debug, Default)]
pub struct Results {
    /// Outcomes by the ids of the cases, in their order.
    pub outcomes: Vec<(String, Outcome)>,
    /// How long each query took to become SQL, warm.
    pub compile_times: Vec<Duration>,
    /// What was not understood of the models.
    pub problems: Vec<String>,
}

impl Results {
    /// The outcomes as one JSON object by id.
    pub fn to_json(&self) -> Value {
        let outcome = |outcome: &Outcome| serde_json::to_value(outcome).unwrap_or_default();
        let outcomes = self
            .outcomes
            .iter()
            .map(|(id, out)| (id.clone(), outcome(out)));
        Value::Object(outcomes.collect::<Map<_, _>>())
    }

    /// The time within which this share of the queries became SQL.
    pub fn compile_time(&self, share: f64) -> Option<Duration> {
        let mut times = self.compile_times.clone();
        times.sort_unstable();
        let last = times.len().checked_sub(1)?;
        times.get((share * last as f64).round() as usize).copied()
    }
}

/// How often a query is compiled before its time is taken: the first meets cold caches.
const WARM: usize = 3;

/// Compiles a query warm and runs it.
async fn run(
    results: &mut Results,
    engine: &dyn Engine,
    refusal: fn(&PlanError) -> String,
    compile: impl Fn() -> Result<Compiled, PlanError>,
) -> Outcome {
    for _ in 0..WARM {
        drop(compile());
    }
    let start = Instant::now();
    let compiled = compile();
    results.compile_times.push(start.elapsed());
    match compiled {
        Ok(compiled) => ask(engine, &compiled.sql).await,
        Err(error) => refused(refusal, &error),
    }
}

fn refused(refusal: fn(&PlanError) -> String, error: &PlanError) -> Outcome {
    Outcome::Error {
        error: refusal(error),
        message: error.to_string(),
    }
}

async fn ask(engine: &dyn Engine, sql: &str) -> Outcome {
    let answer = match engine.query(sql, &Budget::DEFAULT).await {
        Ok(rows) => rows.collect_all().await,
        Err(error) => Err(error),
    };
    let failed = |error: &str, message: String| Outcome::Error {
        error: error.to_owned(),
        message: format!("{message}; SQL: {sql}"),
    };
    match answer.map(|batch| cells(&batch)) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(cause)) => failed("UNREADABLE", cause.to_string()),
        Err(error) => failed(error.code(), error.to_string()),
    }
}

fn cells(batch: &RecordBatch) -> std::io::Result<Outcome> {
    let row = |row| {
        batch
            .columns()
            .iter()
            .map(move |column| print::value(column, row))
            .collect()
    };
    let rows: Result<Vec<Vec<Value>>, _> = (0..batch.num_rows()).map(row).collect();
    let schema = batch.schema();
    let columns = schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    Ok(Outcome::Rows {
        columns,
        rows: rows?,
    })
}

fn read(path: &Path) -> Result<String, SuiteError> {
    fs::read_to_string(path).map_err(|cause| SuiteError::new(path, cause))
}

/// The objects of `{"cases": [...]}`.
fn cases(folder: &Path, split: &str) -> Result<Vec<Value>, SuiteError> {
    let path = folder.join(split).join("cases.json");
    let document: Value =
        serde_json::from_str(&read(&path)?).map_err(|cause| SuiteError::new(&path, cause))?;
    match document.get("cases").unwrap_or(&document) {
        Value::Array(cases) => Ok(cases.clone()),
        _ => Err(SuiteError::new(&path, "there is no array of `cases`")),
    }
}

/// Texts of a value that is one or holds several.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(texts)) => texts
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// A limit as cases write it; one that is no number of rows is for the planner to refuse.
fn limit(case: &Value, query: &mut Query) -> Result<(), PlanError> {
    let Some(value) = case.get("limit").filter(|value| !value.is_null()) else {
        return Ok(());
    };
    query.limit = Some(value.as_u64().ok_or_else(|| answers::bad_limit(value))?);
    Ok(())
}
