//! Replacing one source again and again while a reader works: what a commit costs, what the reader feels of it, and
//! whether memory stays flat.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use graph_core::sparql::{ParseLimits, Query, QueryOptions, QueryResults};
use graph_core::{Change, Commit, OpenOptions, Retention, Store, Timestamp};
use serde_json::{Value, json};

use crate::generate::Generator;
use crate::measure::{Latencies, print, resident_bytes, round};

/// The source that is replaced.
const SOURCE: &str = "small";
/// Statements that a patch adds; the next one removes them.
const PATCH: usize = 3;

/// Loads a graph of so many statements and replaces its small source so many times.
pub(crate) fn run(statements: usize, sources: usize, rounds: usize) -> Result<()> {
    let graph = Generator::new(statements, sources);
    let store = Store::in_memory_with(OpenOptions {
        // Few old versions, so that what grows is the graph and not its history.
        retention: Retention {
            max_versions: Some(8),
            max_age_ms: None,
        },
        ..OpenOptions::default()
    });
    for (name, statements) in graph.sources() {
        store.commit(commit(&name, Change::Replace(statements))?)?;
    }
    store.merge_all();
    print(&measure(&store, graph, rounds)?);
    Ok(())
}

/// Replaces the small source of a loaded store while another thread asks for one dataset.
pub(crate) fn measure(store: &Store, graph: Generator, rounds: usize) -> Result<Value> {
    let question = format!(
        "SELECT ?p ?o WHERE {{ <{}> ?p ?o }}",
        graph.report_dataset(1, 3)
    );
    let query = Query::parse(&question, None, &ParseLimits::default())?;
    let calm = reader(store, &query, 2_000, &AtomicBool::new(false))?;
    let done = AtomicBool::new(false);
    let (written, read) = std::thread::scope(|scope| {
        let reading = scope.spawn(|| reader(store, &query, usize::MAX, &done));
        let written = writer(store, graph, rounds);
        done.store(true, Ordering::Relaxed);
        (written, reading.join())
    });
    let Written {
        commits,
        patches,
        resident,
        size,
    } = written?;
    let read = read.ok().context("the reader panicked")??;
    Ok(json!({
        "bench": "replace", "statements": store.snapshot().len(), "rounds": rounds, "source_statements": size,
        "commit": commits.as_json(), "patch_of_3_on_largest_source": patches.as_json(),
        "reader": read.as_json(), "reader_without_commits": calm.as_json(), "layers": store.snapshot().layer_count(),
        "resident_mb_after_10th": megabytes(resident.first()), "resident_mb_last": megabytes(resident.last()),
        "resident_mb_most": megabytes(resident.iter().max()),
        "heap_bytes_per_statement": round(store.snapshot().heap_bytes() as f64 / store.snapshot().len() as f64),
    }))
}

struct Written {
    commits: Latencies,
    patches: Latencies,
    /// After the tenth round and every tenth from then on.
    resident: Vec<u64>,
    size: usize,
}

fn writer(store: &Store, graph: Generator, rounds: usize) -> Result<Written> {
    let mut commits = Vec::with_capacity(rounds);
    let mut resident = Vec::new();
    let mut size = 0;
    for round in 1..=rounds {
        let statements = graph.small(round);
        size = statements.len();
        let commit = commit(SOURCE, Change::Replace(statements))?;
        let started = Instant::now();
        store.commit(commit)?;
        commits.push(started.elapsed().as_secs_f64() * 1e6);
        if round % 10 == 0 {
            resident.push(resident_bytes());
        }
    }
    let largest = store.snapshot();
    let largest = largest.sources().iter().max_by_key(|info| info.statements);
    let largest = largest.context("no source")?.name.to_string();
    let mut patches = Vec::new();
    for round in 0..rounds.min(200) {
        let few = graph.small(round / 2).into_iter().take(PATCH).collect();
        let (add, remove) = if round % 2 == 0 {
            (few, Vec::new())
        } else {
            (Vec::new(), few)
        };
        let commit = commit(&largest, Change::Patch { remove, add })?;
        let started = Instant::now();
        store.commit(commit)?;
        patches.push(started.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Written {
        commits: Latencies::of(commits),
        patches: Latencies::of(patches),
        resident,
        size,
    })
}

fn reader(store: &Store, query: &Query, most: usize, done: &AtomicBool) -> Result<Latencies> {
    let options = QueryOptions::default();
    let mut microseconds = Vec::new();
    while microseconds.len() < most && !done.load(Ordering::Relaxed) {
        let started = Instant::now();
        if let QueryResults::Solutions(rows) = store.snapshot().query(query, &options)? {
            for row in rows {
                std::hint::black_box(row?);
            }
        }
        microseconds.push(started.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Latencies::of(microseconds))
}

pub(crate) fn commit(source: &str, change: Change) -> Result<Commit> {
    Ok(Commit {
        source: source.parse()?,
        kind: "generated".to_owned(),
        actor: "bench".to_owned(),
        time: Timestamp(0),
        change,
    })
}

fn megabytes(bytes: Option<&u64>) -> Value {
    bytes.map_or(Value::Null, |bytes| json!(round(*bytes as f64 / 1e6)))
}
