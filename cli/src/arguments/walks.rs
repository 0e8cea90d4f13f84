//! Options of the commands that walk the graph, and of reading it as it was.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use isogloss::AsOf;

use super::{Data, Output};

/// Which point of the history to read.
#[derive(Args, Clone, Copy, Debug)]
pub struct Then {
    /// Version of the graph to read, or a time such as 2026-11-22T18:30:00Z: the newest version committed by then.
    #[arg(long, value_name = "VERSION|TIME")]
    pub as_of: Option<AsOf>,
}

/// How far a walk goes.
#[derive(Args, Clone, Copy, Debug)]
pub struct Bounds {
    /// Steps to go at most.
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    pub hops: u32,
    /// Entities to reach at most.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    pub nodes: usize,
}

/// Options of `lineage`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss lineage urn:isogloss:dataset:dbt/fct_orders --direction up
  isogloss lineage urn:isogloss:dataset:dbt/fct_orders --materialization table
  isogloss lineage urn:isogloss:dataset:dbt/raw_orders --to urn:isogloss:dataset:dbt/fct_orders")]
pub struct Lineage {
    /// IRI of the dataset, column, metric or data product to start from.
    pub iri: String,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub then: Then,
    /// Which way to go.
    #[arg(long, value_enum, default_value_t = Way::Both)]
    pub direction: Way,
    /// Between what to go.
    #[arg(long, value_enum, default_value_t = Between::Dataset)]
    pub level: Between,
    #[command(flatten)]
    pub bounds: Bounds,
    /// Show the shortest ways by which data gets from the first entity to this one instead.
    #[arg(long, value_name = "IRI")]
    pub to: Option<String>,
    /// How many ways to show.
    #[arg(long, value_name = "COUNT", default_value_t = 3, requires = "to")]
    pub paths: usize,
    /// Show only entities of this kind; may be repeated.
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
    /// Show only entities of this domain, by IRI or label; may be repeated.
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
    /// Show only entities of which this source speaks; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub source: Vec<String>,
    /// Of datasets show only those kept in this way, such as table or view; may be repeated.
    #[arg(long, value_name = "WAY")]
    pub materialization: Vec<String>,
    /// End the walk at what is not shown, instead of passing through it.
    #[arg(long)]
    pub stop: bool,
    /// Predicate to follow instead of prov:wasDerivedFrom, by IRI or its last part; may be repeated.
    #[arg(long, value_name = "PREDICATE")]
    pub predicate: Vec<String>,
    #[command(flatten)]
    pub output: Output,
}

/// Which way a walk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// To what it is made from.
    Up,
    /// To what is made from it.
    Down,
    /// Both.
    Both,
}

/// Between what lineage is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Between {
    /// From dataset to dataset.
    Dataset,
    /// From column to column.
    Column,
}

/// Options of `impact`.
#[derive(Args, Debug)]
pub struct Impact {
    /// IRI of what changes.
    pub iri: String,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub then: Then,
    /// Show what it rests on instead of what a change of it touches.
    #[arg(long)]
    pub foundations: bool,
    #[command(flatten)]
    pub bounds: Bounds,
    /// Show the statements by which each thing is reached.
    #[arg(long)]
    pub why: bool,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `changes`.
#[derive(Args, Debug)]
pub struct Changes {
    #[command(flatten)]
    pub data: Data,
    /// Where to go on from: the cursor of an event, a version, or a time; the beginning, or now with --follow, otherwise.
    #[arg(long, value_name = "CURSOR|VERSION|TIME")]
    pub since: Option<String>,
    /// Go on with what a running server commits, until interrupted.
    #[arg(long, requires = "server")]
    pub follow: bool,
    /// The running server to follow.
    #[arg(long, value_name = "URL", requires = "follow")]
    pub server: Option<String>,
    /// Only entities of this kind; may be repeated.
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
    /// Only what this source changed; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub source: Vec<String>,
    /// Only entities of this domain, by IRI or label; may be repeated.
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
    /// Only this entity; may be repeated.
    #[arg(long, value_name = "IRI")]
    pub iri: Vec<String>,
    /// How many events to print at most.
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<usize>,
    /// Format of the events.
    #[arg(long, value_enum, default_value_t = EventFormat::Text)]
    pub format: EventFormat,
}

/// Options of `diff`.
#[derive(Args, Debug)]
pub struct Diff {
    /// The older version.
    pub before: u64,
    /// The newer version.
    pub after: u64,
    /// Case files, as `test` reads them.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub output: Output,
}

/// Formats of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EventFormat {
    /// For people.
    Text,
    /// One JSON document a line.
    Json,
}
