//! One answer out of several engines: each aggregates its part to the shared groups, the embedded engine puts the parts together.
//!
//! Parts meet by a FULL OUTER JOIN on all groups in which NULL equals NULL, so that no group of any part is lost and none counted twice. What crosses
//! engines is one row a group, never the rows behind it. What is worked out of several parts (a ratio, arithmetic) is worked out of
//! their finished values. Distinct counts and percentiles are finished inside one part: two parts' values of those cannot be put
//! together to one, and nothing here tries.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;
use datafusion::common::{Column, TableReference};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, JoinType, Operator, binary_expr, col, lit};
use datafusion::prelude::DataFrame;
use futures::future::try_join_all;
use semantic_model::plan::COMBINED;

use crate::budget::{Budget, Meter};
use crate::datafusion::DataFusion;
use crate::engine::{Engine, in_time};
use crate::error::{Error, Result};
use crate::plain::conform;
use crate::rows::Rows;
use crate::table::TableName;

/// What one engine is asked.
#[derive(Debug, Clone)]
pub struct Part {
    /// Who is asked.
    pub engine: Arc<dyn Engine>,
    /// The statement, in that engine's dialect. Its rows are one a group.
    pub sql: String,
    /// How many of its first columns are the groups; the rest are values.
    pub groups: usize,
}

/// Asks every part at once, puts what they answer into one table [`COMBINED`], and asks that, all within one budget.
///
/// `sql` is a query of the embedded engine over that table. No two values may have one name.
pub async fn across(parts: &[Part], sql: &str, budget: &Budget) -> Result<Rows> {
    let meter = Meter::start(budget);
    let answers = try_join_all(parts.iter().map(|part| ask(part, budget)));
    let answers = in_time(NAME, &meter, answers).await?;
    let embedded = DataFusion::new(NAME)?;
    let groups = common_groups(parts, &answers)?;
    for (at, (part, answer)) in parts.iter().zip(&answers).enumerate() {
        let schema = with_groups(&answer.schema(), &groups);
        let batch = conform(part.engine.name(), &schema, answer)?;
        embedded.register_batches(&table(at), schema, vec![batch])?;
    }
    let joined = in_time(NAME, &meter, combined(&embedded, parts, &answers)).await?;
    embedded.register_provider(&TableName::new([COMBINED]), joined.into_view())?;
    let left = Budget {
        time: meter.left(),
        ..*budget
    };
    embedded.query(sql, &left).await
}

/// What errors call the place where parts meet.
const NAME: &str = "across";

async fn ask(part: &Part, budget: &Budget) -> Result<RecordBatch> {
    let answer = part
        .engine
        .query(&part.sql, budget)
        .await?
        .collect_all()
        .await?;
    if answer.num_columns() < part.groups {
        return Err(Error::TypeMismatch {
            engine: part.engine.name().to_owned(),
            message: format!(
                "{} columns came, {} groups were asked for",
                answer.num_columns(),
                part.groups
            ),
        });
    }
    Ok(answer)
}

fn table(at: usize) -> TableName {
    TableName::new([format!("part_{at}")])
}

/// The groups by which all parts meet: one name and one type each.
fn common_groups(parts: &[Part], answers: &[RecordBatch]) -> Result<Vec<Field>> {
    let Some((first, rest)) = parts
        .iter()
        .zip(answers)
        .collect::<Vec<_>>()
        .split_first()
        .map(|(first, rest)| (*first, rest.to_vec()))
    else {
        return Ok(Vec::new());
    };
    let fields =
        |(part, answer): (&Part, &RecordBatch)| answer.schema().fields()[..part.groups].to_vec();
    let mut groups: Vec<Field> = fields(first)
        .iter()
        .map(|field| Field::clone(field))
        .collect();
    for part in rest {
        let others = fields(part);
        if others.len() != groups.len() {
            return Err(unlike(part.0, "the parts have unlike groups".to_owned()));
        }
        for (group, other) in groups.iter_mut().zip(&others) {
            let both = wider(group.data_type(), other.data_type())
                .filter(|_| group.name() == other.name());
            let message = || {
                format!(
                    "group `{}` {} meets `{}` {}",
                    group.name(),
                    group.data_type(),
                    other.name(),
                    other.data_type()
                )
            };
            *group = Field::new(
                group.name(),
                both.ok_or_else(|| unlike(part.0, message()))?,
                true,
            );
        }
    }
    Ok(groups)
}

fn unlike(part: &Part, message: String) -> Error {
    Error::TypeMismatch {
        engine: part.engine.name().to_owned(),
        message,
    }
}

/// The type that holds the values of both without changing one. Numbers never meet text, and fractions no group at all: they are seldom equal.
fn wider(one: &DataType, other: &DataType) -> Option<DataType> {
    let both = (one, other);
    match both {
        _ if one == other => Some(one.clone()),
        _ if one.is_integer() && other.is_integer() => Some(DataType::Int64),
        (DataType::Date32, DataType::Timestamp(..)) => Some(other.clone()),
        (DataType::Timestamp(..), DataType::Date32) => Some(one.clone()),
        // A moment without a zone is one in UTC: every session is set to that.
        (DataType::Timestamp(..), DataType::Timestamp(..)) => {
            Some(DataType::Timestamp(TimeUnit::Microsecond, None))
        }
        (DataType::Null, known) | (known, DataType::Null) => Some(known.clone()),
        _ => None,
    }
}

fn with_groups(schema: &Schema, groups: &[Field]) -> SchemaRef {
    let values = schema
        .fields()
        .iter()
        .skip(groups.len())
        .map(|field| Field::clone(field));
    Arc::new(Schema::new(
        groups.iter().cloned().chain(values).collect::<Vec<_>>(),
    ))
}

/// The table of all parts, over tables `part_0`, `part_1`, ...
async fn combined(
    embedded: &DataFusion,
    parts: &[Part],
    answers: &[RecordBatch],
) -> Result<DataFrame> {
    let failed = |cause| embedded.error(&cause);
    let mut joined: Option<DataFrame> = None;
    for (at, part) in parts.iter().enumerate() {
        let next = embedded.frame(&table(at)).await?;
        joined = Some(match joined {
            None => next,
            Some(before) => before
                .join_on(next, JoinType::Full, meets(at, part, answers))
                .map_err(failed)?,
        });
    }
    match joined {
        Some(joined) => joined.select(columns(parts, answers)).map_err(failed),
        None => Err(Error::Refused {
            engine: NAME.to_owned(),
            message: "nobody is asked".to_owned(),
        }),
    }
}

fn member(at: usize, name: &str) -> Expr {
    col(Column::new(
        Some(TableReference::bare(format!("part_{at}"))),
        name,
    ))
}

/// The group of the first part that has it.
fn group(parts: usize, name: &str) -> Expr {
    let mut members: Vec<Expr> = (0..parts).map(|at| member(at, name)).collect();
    match members.len() {
        1 => members.remove(0),
        _ => coalesce(members),
    }
}

/// Part `at` meets those before it where all groups are the same.
fn meets(at: usize, part: &Part, answers: &[RecordBatch]) -> Vec<Expr> {
    let schema = answers[at].schema();
    let names = schema.fields()[..part.groups]
        .iter()
        .map(|field| field.name().clone());
    let mut conditions: Vec<Expr> = names
        .map(|name| {
            binary_expr(
                group(at, &name),
                Operator::IsNotDistinctFrom,
                member(at, &name),
            )
        })
        .collect();
    if conditions.is_empty() {
        // Without groups every part is one row, and they stand side by side.
        conditions.push(lit(true));
    }
    conditions
}

/// The groups once, and every part's values.
fn columns(parts: &[Part], answers: &[RecordBatch]) -> Vec<Expr> {
    let groups = parts.first().map_or(0, |part| part.groups);
    let mut columns = Vec::new();
    for (at, answer) in answers.iter().enumerate() {
        for (place, field) in answer.schema().fields().iter().enumerate() {
            match (place < groups, at) {
                (true, 0) => columns.push(group(parts.len(), field.name()).alias(field.name())),
                (true, _) => {}
                (false, _) => columns.push(member(at, field.name()).alias(field.name())),
            }
        }
    }
    columns
}
