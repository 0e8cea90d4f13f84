//! Running a planned query and writing its rows.

use std::io::{self, BufWriter};
use std::time::Duration;

use futures::StreamExt as _;
use isogloss::semantics::{Arrangement, PlannedQuery, QueryError};
use query_engine::print::{Format, Printer};
use query_engine::{Budget, Rows};

use crate::arguments::{Query as Options, RowFormat};
use crate::commands::{Outcome, runtime};

pub(super) fn write(
    options: &Options,
    arrangement: &Arrangement,
    planned: &PlannedQuery,
) -> Outcome {
    let budget = Budget {
        time: Some(Duration::from_secs(options.timeout)),
        rows: Some(options.rows_max),
        ..Budget::DEFAULT
    };
    runtime()?.block_on(async {
        let rows = arrangement.engines().run(planned, &budget).await?;
        print(rows, options.format).await
    })
}

async fn print(mut rows: Rows, format: RowFormat) -> Outcome {
    let format = match format {
        RowFormat::Table => Format::Table,
        RowFormat::Csv => Format::Csv,
        RowFormat::Json => Format::Json,
        RowFormat::Arrow => Format::Arrow,
    };
    let out = BufWriter::new(io::stdout());
    let mut printer = Printer::new(out, format, rows.schema())?;
    while let Some(batch) = rows.next().await {
        printer.write(&batch.map_err(QueryError::from)?)?;
    }
    printer.finish()?;
    Ok(())
}
