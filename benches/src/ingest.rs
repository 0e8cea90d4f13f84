//! Documents from their files to a graph that can be searched, and query logs folded into patterns.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use isogloss::connectors::{Input, InputLimits, Kind, Options as Reading, read_paths};
use isogloss::search::{Index, IndexOptions, SearchRequest};
use isogloss::{Ingest, Isogloss};
use serde_json::json;

use crate::measure::{print, resident_bytes, resident_file_bytes, resident_peak, round};

/// What to read.
pub(crate) struct Options {
    pub(crate) kind: String,
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) rounds: usize,
    /// Whether to tell the stages apart, once.
    pub(crate) stages: bool,
}

/// Reads files into an empty graph again and again; the peak of memory is that of the first time.
pub(crate) fn run(options: &Options) -> Result<()> {
    let kind: Kind = options.kind.parse()?;
    if options.stages {
        return stages(kind, options);
    }
    let (before, pages_before) = (resident_bytes(), resident_file_bytes());
    let (mut peak, mut pages) = (0, 0);
    let mut seconds = Vec::new();
    let (mut bytes, mut statements, mut found) = (0, 0, 0);
    for _ in 0..options.rounds.max(1) {
        let mesh = Isogloss::in_memory();
        let started = Instant::now();
        let read = read_paths(kind, &options.paths, &InputLimits::default())?;
        bytes = read
            .inputs
            .iter()
            .map(|input| input.bytes.len() as u64)
            .sum();
        let ingested = mesh.ingest(Ingest::new("bench".parse()?, kind, read.inputs))?;
        found = mesh
            .snapshot()
            .search(&SearchRequest::new("patient"))?
            .total;
        seconds.push(round3(started.elapsed().as_secs_f64()));
        statements = ingested.report.statements;
        if peak == 0 {
            peak = resident_peak().saturating_sub(before);
            pages = resident_file_bytes().saturating_sub(pages_before);
        }
    }
    let mut sorted = seconds.clone();
    sorted.sort_by(f64::total_cmp);
    print(&json!({
        "bench": "ingest", "kind": options.kind, "megabytes": round(bytes as f64 / 1e6), "statements": statements,
        "found": found, "searchable_s": seconds, "searchable_s_p50": sorted[sorted.len() / 2],
        "peak_bytes_per_byte": round(peak as f64 / bytes.max(1) as f64),
        "without_program_pages": round(peak.saturating_sub(pages) as f64 / bytes.max(1) as f64),
    }));
    Ok(())
}

/// Tells where the time goes and where memory is highest: reading files, making statements, the graph, the index.
fn stages(kind: Kind, options: &Options) -> Result<()> {
    let stage = |name: &str, started: Instant| {
        print(&json!({
            "bench": "ingest-stage", "stage": name, "seconds": round3(started.elapsed().as_secs_f64()),
            "resident_mb": round(resident_bytes() as f64 / 1e6), "peak_mb": round(resident_peak() as f64 / 1e6),
        }));
    };
    stage("start", Instant::now());
    let started = Instant::now();
    let inputs = read_paths(kind, &options.paths, &InputLimits::default())?.inputs;
    stage("files", started);
    let started = Instant::now();
    let read = isogloss::connectors::read(kind, inputs, &Reading::new("bench".parse()?))?;
    stage("statements", started);
    let started = Instant::now();
    let store = graph_core::Store::in_memory();
    store.commit(crate::replace::commit(
        "bench",
        graph_core::Change::Replace(read.statements),
    )?)?;
    stage("graph", started);
    let started = Instant::now();
    let index = Index::build(&store.snapshot(), &IndexOptions::default())?;
    stage("index", started);
    drop(index);
    Ok(())
}

/// Folds a log of so many statements of so many shapes, by a hundred users.
pub(crate) fn log(statements: usize, shapes: usize) -> Result<()> {
    let mut text = String::new();
    for at in 0..statements {
        let (shape, minute, second) = (at % shapes.max(1), at / 60 % 60, at % 60);
        let (hour, user) = (at / 3600 % 24, at % 100);
        writeln!(
            text,
            "{{\"sql\":\"select o.id, c.name, sum(o.total) as t{shape} from shop.orders_{} o join shop.customers c on c.id = o.customer_id \
             where o.placed_at > '2026-01-{:02}' and o.status_{shape} = {at} group by 1, 2\",\"user\":\"u{user}\",\
             \"time\":\"2026-01-02T{hour:02}:{minute:02}:{second:02}Z\"}}",
            shape % 200,
            1 + at % 28,
        )?;
    }
    let bytes = text.len();
    let before = resident_bytes();
    let mesh = Isogloss::in_memory();
    let started = Instant::now();
    let inputs = vec![Input::text("log.jsonl", text)];
    let ingested = mesh.ingest(Ingest::new("log".parse()?, Kind::QueryLog, inputs))?;
    let seconds = started.elapsed().as_secs_f64();
    let peak = resident_peak().saturating_sub(before);
    print(&json!({
        "bench": "log", "statements": statements, "shapes": shapes, "megabytes": round(bytes as f64 / 1e6), "seconds": round3(seconds),
        "statements_per_s": round(statements as f64 / seconds), "patterns": ingested.report.understood.get("pattern"),
        "peak_megabytes": round(peak as f64 / 1e6),
    }));
    Ok(())
}

fn round3(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
