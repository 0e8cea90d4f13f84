//! What every engine can do.

use std::fmt;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use semantic_model::plan::Dialect;
use tokio::time::timeout_at;

use crate::budget::{Budget, Meter};
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::table::TableName;

/// Something that runs SQL and answers in Arrow.
#[async_trait]
pub trait Engine: Send + Sync + fmt::Debug {
    /// The name that its user gave it; errors carry it.
    fn name(&self) -> &str;

    /// The SQL that it takes.
    fn dialect(&self) -> Dialect;

    /// The tables that it can read, sorted.
    async fn tables(&self) -> Result<Vec<TableName>>;

    /// The columns of a table.
    async fn schema(&self, table: &TableName) -> Result<SchemaRef>;

    /// Runs one reading statement. The schema is known when this returns; rows come as they are asked for.
    async fn query(&self, sql: &str, budget: &Budget) -> Result<Rows>;
}

/// Waits for a step of a query, but no longer than its deadline.
pub(crate) async fn in_time<T>(
    engine: &str,
    meter: &Meter,
    step: impl Future<Output = Result<T>> + Send,
) -> Result<T> {
    let Some(deadline) = meter.deadline() else {
        return step.await;
    };
    match timeout_at(deadline, step).await {
        Ok(done) => done,
        Err(_) => Err(Error::OverBudget {
            engine: engine.to_owned(),
            exceeded: meter.late(),
        }),
    }
}
