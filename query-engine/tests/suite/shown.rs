//! Answers as text.

use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use query_engine::{Budget, Engine};

/// The rows of a query, a line each, cells between bars; an error as its code and message.
pub(crate) async fn rows(engine: &dyn Engine, sql: &str) -> String {
    match ask(engine, sql, &Budget::DEFAULT).await {
        Ok(batch) => lines(&batch),
        Err(error) => format!("{}: {error}", error.code()),
    }
}

/// The same with a budget, as one batch.
pub(crate) async fn ask(
    engine: &dyn Engine,
    sql: &str,
    budget: &Budget,
) -> query_engine::Result<RecordBatch> {
    engine.query(sql, budget).await?.collect_all().await
}

pub(crate) fn lines(batch: &RecordBatch) -> String {
    let options = FormatOptions::default().with_null("NULL");
    let cells: Vec<_> = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options).unwrap())
        .collect();
    let line = |row| {
        cells
            .iter()
            .map(|cell| cell.value(row).to_string())
            .collect::<Vec<_>>()
            .join(" | ")
    };
    (0..batch.num_rows())
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}
