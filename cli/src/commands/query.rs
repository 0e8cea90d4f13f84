//! `isogloss query`: metrics by dimensions, run where their tables are.

use std::io::{self, BufWriter};
use std::time::Duration;

use futures::StreamExt as _;
use query_engine::mesh::{Mesh, MeshError};
use query_engine::print::{Format, Printer};
use query_engine::{Budget, Error, Rows};
use semantic_model::layer::{Filter, GroupBy, MetricRequest, OrderBy, Query, TimeRange};
use semantic_model::plan::Reason;

use crate::arguments::{Query as Options, RowFormat};
use crate::commands::Outcome;
use crate::config::Config;
use crate::failure::{Failure, FailureKind, chain};
use crate::output;

pub(super) fn run(options: &Options) -> Outcome {
    let config = Config::read(&options.config)?;
    let runtime = runtime()?;
    runtime.block_on(ask(options, &config))
}

/// A runtime for one command.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    built.map_err(Failure::from)
}

async fn ask(options: &Options, config: &Config) -> Outcome {
    let mesh = Mesh::open(&config.folder, &config.engines, &config.layers).await?;
    for (layer, report) in mesh.reports() {
        for problem in &report.problems {
            output::note(&format!("layer {layer}: {problem}"));
        }
    }
    let planned = mesh.plan(&query(options), options.engine.as_deref())?;
    for (engine, compiled) in planned.parts() {
        if options.explain {
            output::note(&format!("on {engine}: {}", compiled.explanation));
            output::note(&compiled.sql);
        }
        if options.sql_only {
            output::text(&format!("-- on {engine}\n{};\n", compiled.sql))?;
        }
    }
    if options.sql_only {
        return Ok(());
    }
    let budget = Budget {
        time: Some(Duration::from_secs(options.timeout)),
        rows: Some(options.rows_max),
        ..Budget::DEFAULT
    };
    let rows = planned.run(&budget).await.map_err(MeshError::from)?;
    write(rows, options.format).await
}

async fn write(mut rows: Rows, format: RowFormat) -> Outcome {
    let format = match format {
        RowFormat::Table => Format::Table,
        RowFormat::Csv => Format::Csv,
        RowFormat::Json => Format::Json,
        RowFormat::Arrow => Format::Arrow,
    };
    let out = BufWriter::new(io::stdout());
    let mut printer = Printer::new(out, format, rows.schema())?;
    while let Some(batch) = rows.next().await {
        printer.write(&batch.map_err(MeshError::from)?)?;
    }
    printer.finish()?;
    Ok(())
}

fn query(options: &Options) -> Query {
    let metric = |name: &String| MetricRequest {
        name: name.clone(),
        alias: None,
    };
    let range = TimeRange {
        start: options.start.clone(),
        end: options.end.clone(),
    };
    let order = |text: &String| OrderBy {
        item: GroupBy::new(text.strip_prefix('-').unwrap_or(text)),
        descending: text.starts_with('-'),
        nulls_first: None,
    };
    Query {
        metrics: options.metrics.iter().map(metric).collect(),
        group_by: options.group_by.iter().map(GroupBy::new).collect(),
        filters: options.filters.iter().cloned().map(Filter).collect(),
        order_by: options.order_by.iter().map(order).collect(),
        limit: options.limit,
        time_range: Some(range).filter(|range| *range != TimeRange::default()),
        saved_query: options.saved.clone(),
        ..Query::default()
    }
}

impl From<MeshError> for Failure {
    fn from(error: MeshError) -> Self {
        let (kind, choices): (_, &[String]) = match &error {
            MeshError::Plan(plan) => (of_reason(plan.reason), &plan.choices),
            MeshError::Engine(engine) => (of_engine(engine), engine.suggestions()),
            MeshError::Settings { suggestions, .. } if !suggestions.is_empty() => {
                (FailureKind::NotFound, suggestions)
            }
            _ => (FailureKind::Usage, &[]),
        };
        let failure = Self::new(kind, chain(&error));
        if choices.is_empty() {
            return failure;
        }
        failure.with_hint(format!("did you mean {}?", choices.join(", or ")))
    }
}

fn of_reason(reason: Reason) -> FailureKind {
    match reason {
        Reason::UnknownMetric
        | Reason::UnknownGroup
        | Reason::UnknownFilterItem
        | Reason::UnknownSavedQuery => FailureKind::NotFound,
        _ => FailureKind::Usage,
    }
}

fn of_engine(error: &Error) -> FailureKind {
    match error {
        Error::EngineDown { .. } | Error::LoginRefused { .. } => FailureKind::Network,
        Error::UnknownTable { .. } | Error::UnknownColumn { .. } => FailureKind::NotFound,
        Error::BadFile { .. } => FailureKind::Input,
        Error::BadSettings { .. } => FailureKind::Usage,
        _ => FailureKind::Other,
    }
}
