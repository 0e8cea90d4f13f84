//! `isogloss query`: metrics by dimensions, run where their tables are.

use isogloss::model::layer::{Filter, MetricRequest, OrderBy, Query, TimeRange};
use isogloss::model::plan::Compiled;
use isogloss::semantics::{
    Arrangement, PlannedQuery, QueryError, QueryFault, QueryRequest, group_by,
};
use isogloss::{Isogloss, Snapshot};

use crate::arguments::{Data, Query as Options};
use crate::commands::ingest::config_jobs;
use crate::commands::{Outcome, open_then};
use crate::config::Config;
use crate::failure::{Failure, FailureKind, chain};
use crate::layers::arrange;
use crate::output;

mod ask;
#[cfg(feature = "query")]
mod rows;

pub(super) fn run(options: &Options) -> Outcome {
    let config = Config::read(&options.config)?;
    let arrangement = arrange(&config)?;
    let snapshot = snapshot(options, &config)?;
    let semantics = arrangement.semantics(&snapshot);
    for problem in semantics.problems() {
        output::note(problem);
    }
    let request = match &options.ask {
        Some(text) => ask::read(text, request(options)?, &semantics, &snapshot)?,
        None => request(options)?,
    };
    let planned = semantics.plan(&request, arrangement.engines())?;
    for (place, compiled) in statements(&planned) {
        if options.explain {
            output::note(&format!("{place}: {}", compiled.explanation));
            output::note(&compiled.sql);
        }
        if options.sql_only {
            output::text(&format!("-- {place}\n{};\n", compiled.sql))?;
        }
    }
    if options.sql_only {
        return Ok(());
    }
    write(options, &arrangement, &planned)
}

/// The statements of a query, each with words for where it is run.
fn statements(planned: &PlannedQuery) -> Vec<(String, &Compiled)> {
    let parts = planned.parts.iter().map(|part| {
        let engine = part.engine.as_ref();
        let place = engine.or(part.layers.first()).map_or("", String::as_str);
        (format!("on {place}"), &part.compiled)
    });
    let combined = planned.combined.iter();
    let combined = combined.map(|compiled| ("on the answers together".to_owned(), compiled));
    parts.chain(combined).collect()
}

#[cfg(feature = "query")]
fn write(options: &Options, arrangement: &Arrangement, planned: &PlannedQuery) -> Outcome {
    rows::write(options, arrangement, planned)
}

#[cfg(not(feature = "query"))]
fn write(_: &Options, _: &Arrangement, _: &PlannedQuery) -> Outcome {
    Err(QueryError::NotBuilt.into())
}

/// The graph that declares the layers: a data folder, or else the sources of the configuration, read into memory.
fn snapshot(options: &Options, config: &Config) -> Result<std::sync::Arc<Snapshot>, Failure> {
    if let Some(data) = &options.data {
        let data = Data { data: data.clone() };
        return open_then(&data, options.then);
    }
    let mesh = Isogloss::in_memory();
    let named: Vec<&str> = config.sources_of_layers().collect();
    if named.is_empty() {
        return Ok(mesh.snapshot());
    }
    // A domain decides by what the whole mesh says of it.
    let all = options.domain.is_some();
    let mut requests = Vec::new();
    for job in config_jobs(config)? {
        if all || named.contains(&job.source.as_str()) {
            requests.push(job.read(&config.mapping, false)?);
        }
    }
    mesh.ingest_all(requests)?;
    Ok(mesh.snapshot())
}

fn request(options: &Options) -> Result<QueryRequest, Failure> {
    let metric = |name: &String| MetricRequest {
        name: name.clone(),
        alias: None,
    };
    let range = TimeRange {
        start: options.start.clone(),
        end: options.end.clone(),
    };
    let order = |text: &String| OrderBy {
        item: group_by(text.strip_prefix('-').unwrap_or(text)),
        descending: text.starts_with('-'),
        nulls_first: None,
    };
    let dialect = options.dialect.as_deref().map(|name| {
        let unknown = |message| Failure::new(FailureKind::Usage, message);
        name.parse().map_err(unknown)
    });
    let query = Query {
        metrics: options.metrics.iter().map(metric).collect(),
        group_by: options.group_by.iter().map(|name| group_by(name)).collect(),
        filters: options.filters.iter().cloned().map(Filter).collect(),
        having: options.having.iter().cloned().map(Filter).collect(),
        order_by: options.order_by.iter().map(order).collect(),
        limit: options.limit,
        time_range: Some(range).filter(|range| *range != TimeRange::default()),
        saved_query: options.saved.clone(),
        ..Query::default()
    };
    Ok(QueryRequest {
        query,
        domain: options.domain.clone(),
        layer: options.layer.clone(),
        engine: options.engine.clone(),
        dialect: dialect.transpose()?,
        total_order: false,
    })
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        let failure = Self::new(kind(&error), chain(&error));
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

fn kind(error: &QueryError) -> FailureKind {
    match error.fault() {
        QueryFault::UnknownMetric | QueryFault::UnknownDimension | QueryFault::UnknownName => {
            FailureKind::NotFound
        }
        QueryFault::Ambiguous | QueryFault::Refused | QueryFault::NoEngine => FailureKind::Usage,
        QueryFault::EngineDown => FailureKind::Network,
        QueryFault::EngineFailed => of_code(&error.code()),
        QueryFault::Late | QueryFault::OverBudget => FailureKind::Other,
    }
}

/// What an engine says tells a missing table, a broken file and broken settings from the rest.
fn of_code(code: &str) -> FailureKind {
    match code {
        "UNKNOWN_TABLE" | "UNKNOWN_COLUMN" => FailureKind::NotFound,
        "BAD_FILE" => FailureKind::Input,
        "BAD_SETTINGS" => FailureKind::Usage,
        _ => FailureKind::Other,
    }
}
