//! Load rate, bytes a statement and query latency of the graph, against Oxigraph's in-memory store in the same run.
//!
//! Queries are parsed once, outside of what is timed; the two engines take turns. Their rows must agree. The peer's
//! default graph is the plain union of all sources, and so is ours here: the generated sources contradict each other
//! only in `dcterms:publisher`, for which no precedence rule is declared, and repeat each other only in
//! `dcterms:modified`, which no query counts (the peer would count repeated statements twice).

mod peer;
mod queries;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use graph_core::rdf::RdfTerm;
use graph_core::sparql::{ParseLimits, Query, QueryOptions, QueryResults};
use graph_core::{Change, Commit, Snapshot, Store, Timestamp};
use serde_json::{Value, json};

use crate::generate::Generator;
use crate::measure::{Latencies, print, resident_bytes, round, settled_bytes};
use peer::Peer;
use queries::{QUESTIONS, Question};

/// So long each query is measured, both engines and all variants together.
const QUERY_TIME: Duration = Duration::from_millis(1_600);
const PARSED_TIME: Duration = Duration::from_millis(300);

/// What to measure.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) statements: usize,
    pub(crate) sources: usize,
    pub(crate) against: bool,
    /// Only the query with this name, and no memory.
    pub(crate) only: Option<String>,
}

/// The number of rows, and the sum of their hashes, which does not depend on their order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Rows {
    count: usize,
    hashes: Option<u64>,
}

impl Rows {
    fn hashed() -> Self {
        Self {
            count: 0,
            hashes: Some(0),
        }
    }

    fn add(&mut self, row: &[Option<RdfTerm>]) {
        self.count += 1;
        if let Some(sum) = &mut self.hashes {
            let mut hasher = DefaultHasher::new();
            row.hash(&mut hasher);
            *sum = sum.wrapping_add(hasher.finish());
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let graph = Generator::new(options.statements, options.sources);
    let ours = load(graph)?;
    let snapshot = ours.store.snapshot();
    let total = snapshot.len() as f64;
    let bytes = snapshot.heap_bytes() as f64 / total;
    print(&json!({
        "bench": "load", "statements": snapshot.len(), "sources": snapshot.sources().len(), "datasets": graph.datasets,
        "layers": snapshot.layer_count(), "seconds": round(ours.load_s * 1e3) / 1e3,
        "statements_per_s": round(total / ours.load_s), "heap_bytes_per_statement": round(bytes),
    }));
    let peer = if options.against {
        Some(Peer::load(graph)?)
    } else {
        None
    };
    let mut speedups = Vec::new();
    let wanted = |question: &&Question| {
        options
            .only
            .as_deref()
            .is_none_or(|only| only == question.name)
    };
    for question in QUESTIONS.iter().filter(wanted) {
        let (line, speedup) = measure(question, graph, &snapshot, peer.as_ref())?;
        speedups.extend(speedup);
        print(&line);
    }
    let mut last = json!({ "bench": "graph", "statements": snapshot.len(), "bytes_per_statement": round(bytes) });
    if let Some(peer) = &peer {
        let geomean = (speedups.iter().map(|s| s.ln()).sum::<f64>() / speedups.len() as f64).exp();
        last["geomean_speedup"] = json!(round(geomean));
        last["min_speedup"] = json!(round(
            speedups.iter().copied().fold(f64::INFINITY, f64::min)
        ));
        last["load_ratio"] = json!(round(peer.load_s / ours.load_s));
    }
    drop(peer);
    drop(snapshot);
    drop(ours);
    if options.only.is_none() {
        let own = child_bytes("isogloss", options)?;
        last["resident_bytes_per_statement"] = json!(round(own / total));
        if options.against {
            let theirs = child_bytes("oxigraph", options)?;
            last["peer_resident_bytes_per_statement"] = json!(round(theirs / total));
            last["memory_ratio"] = json!((own / theirs * 1e4).round() / 1e4);
        }
    }
    print(&last);
    Ok(())
}

/// Loads one engine in this process and prints the resident bytes that it took.
pub(crate) fn run_memory(engine: &str, options: &Options) -> Result<()> {
    let graph = Generator::new(options.statements, options.sources);
    let before = resident_bytes();
    if engine == "oxigraph" {
        let peer = Peer::load(graph)?;
        print(&json!({ "resident": settled_bytes().saturating_sub(before) }));
        drop(peer);
    } else {
        let ours = load(graph)?;
        print(&json!({ "resident": settled_bytes().saturating_sub(before) }));
        drop(ours);
    }
    Ok(())
}

fn child_bytes(engine: &str, options: &Options) -> Result<f64> {
    let output = Command::new(std::env::current_exe()?)
        .args(["graph-memory", "--engine", engine])
        .args(["--statements", &options.statements.to_string()])
        .args(["--sources", &options.sources.to_string()])
        .output()?;
    ensure!(
        output.status.success(),
        "loading {engine} in a process of its own failed"
    );
    let line: Value = serde_json::from_slice(&output.stdout)?;
    line["resident"].as_f64().context("`resident` is missing")
}

/// Measures one query in all its variants: the line to print and the speedup.
fn measure(
    question: &Question,
    graph: Generator,
    snapshot: &Snapshot,
    peer: Option<&Peer>,
) -> Result<(Value, Option<f64>)> {
    let texts = question.texts(graph);
    let queries = texts
        .iter()
        .map(|text| Ok(Query::parse(text, None, &ParseLimits::default())?));
    let queries = queries.collect::<Result<Vec<_>>>()?;
    let mut rows = 0;
    for (query, text) in queries.iter().zip(&texts) {
        let mut own = Rows::hashed();
        answer(snapshot, query, &mut own)?;
        rows += own.count;
        if let Some(peer) = peer {
            let mut theirs = Rows::hashed();
            peer.run(Peer::parse(text)?, &mut theirs)?;
            ensure!(
                own.count == theirs.count,
                "`{}`: {} rows, but the peer has {}: {text}",
                question.name,
                own.count,
                theirs.count
            );
            ensure!(
                !question.is_settled() || own == theirs,
                "`{}`: the peer gives other rows: {text}",
                question.name
            );
        }
    }
    let prepared = texts
        .iter()
        .filter(|_| peer.is_some())
        .map(|text| Peer::parse(text));
    let prepared = prepared.collect::<Result<Vec<_>>>()?;
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    while own.len() < 3 * queries.len() || begun.elapsed() < QUERY_TIME {
        for (at, query) in queries.iter().enumerate() {
            own.push(timed(|| answer(snapshot, query, &mut Rows::default()))?);
            if let Some(peer) = peer {
                let query = prepared[at].clone();
                theirs.push(timed(|| peer.run(query, &mut Rows::default()))?);
            }
        }
    }
    let own = Latencies::of(own);
    let mut line = json!({ "bench": "query", "name": question.name, "rows": rows, "variants": texts.len(), "latency": own.as_json() });
    let Some(peer) = peer else {
        return Ok((line, None));
    };
    let theirs = Latencies::of(theirs);
    let speedup = theirs.percentile(50) / own.percentile(50);
    line["peer"] = theirs.as_json();
    line["speedup"] = json!(round(speedup));
    parsed_too(&mut line, &texts, snapshot, peer)?;
    Ok((line, Some(speedup)))
}

/// The same with parsing timed too.
fn parsed_too(line: &mut Value, texts: &[String], snapshot: &Snapshot, peer: &Peer) -> Result<()> {
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    while own.len() < texts.len() || begun.elapsed() < PARSED_TIME {
        for text in texts {
            own.push(timed(|| {
                let query = Query::parse(text, None, &ParseLimits::default())?;
                answer(snapshot, &query, &mut Rows::default())
            })?);
            theirs.push(timed(|| {
                peer.run(Peer::parse(text)?, &mut Rows::default())
            })?);
        }
    }
    line["parsed_p50_us"] = json!(round(Latencies::of(own).percentile(50)));
    line["peer_parsed_p50_us"] = json!(round(Latencies::of(theirs).percentile(50)));
    Ok(())
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed().as_secs_f64() * 1e6)
}

struct Loaded {
    store: Store,
    load_s: f64,
}

fn load(graph: Generator) -> Result<Loaded> {
    let store = Store::in_memory();
    let mut commits = Vec::new();
    for (name, statements) in graph.sources() {
        commits.push(Commit {
            source: name.parse()?,
            kind: "generated".to_owned(),
            actor: "bench".to_owned(),
            time: Timestamp(0),
            change: Change::Replace(statements),
        });
    }
    let started = Instant::now();
    store.prepare(commits)?.publish()?;
    store.merge_all();
    let load_s = started.elapsed().as_secs_f64();
    Ok(Loaded { store, load_s })
}

fn answer(snapshot: &Snapshot, query: &Query, rows: &mut Rows) -> Result<()> {
    let options = QueryOptions {
        deadline: None,
        max_statements: u64::MAX,
        ..QueryOptions::default()
    };
    match snapshot.query(query, &options)? {
        QueryResults::Solutions(solutions) => {
            for row in solutions {
                rows.add(&row?);
            }
        }
        _ => rows.count += 1,
    }
    Ok(())
}
