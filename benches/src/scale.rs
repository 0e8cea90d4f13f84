//! A graph as large as the machine holds: loaded source by source, asked, and opened again from its checkpoint.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use graph_core::sparql::{ParseLimits, Query, QueryOptions, QueryResults};
use graph_core::{Change, OpenOptions, Store};
use serde_json::json;

use crate::generate::{Generator, term_iri};
use crate::measure::{Latencies, print, resident_bytes, resident_peak, round, settled_bytes};
use crate::replace::commit;

/// Statements that one dataset brings along, about; as the generator counts.
const STATEMENTS_A_DATASET: usize = 118;

/// What to load.
pub(crate) struct Options<'a> {
    pub(crate) datasets: usize,
    pub(crate) sources: usize,
    /// Where to keep it on disk; in memory only without.
    pub(crate) folder: Option<&'a Path>,
}

pub(crate) fn run(options: &Options<'_>) -> Result<()> {
    let graph = Generator::new(options.datasets * STATEMENTS_A_DATASET, options.sources);
    let store = match options.folder {
        Some(folder) => Store::open(folder, OpenOptions::default())?,
        None => Store::in_memory(),
    };
    let before = resident_bytes();
    let (mut committing, mut loaded) = (Duration::ZERO, 0);
    let started = Instant::now();
    for (at, (name, statements)) in graph.sources().enumerate() {
        let commit = commit(&name, Change::Replace(statements))?;
        let began = Instant::now();
        loaded += store.commit(commit)?.statements;
        committing += began.elapsed();
        if at % 50 == 49 {
            print(&json!({
                "bench": "scale-loading", "sources": at + 1, "statements": loaded, "layers": store.snapshot().layer_count(),
                "seconds": round(started.elapsed().as_secs_f64()), "resident_mb": round(resident_bytes() as f64 / 1e6),
            }));
        }
    }
    let began = Instant::now();
    store.merge_all();
    let merging = began.elapsed();
    let snapshot = store.snapshot();
    let statements = snapshot.len() as f64;
    ensure!(snapshot.len() == loaded, "statements were lost");
    print(&json!({
        "bench": "scale-load", "datasets": graph.datasets, "sources": snapshot.sources().len(), "statements": loaded,
        "terms": snapshot.term_bound(), "seconds_in_all": round(started.elapsed().as_secs_f64()),
        "seconds_committing": round(committing.as_secs_f64()), "seconds_last_merge": round(merging.as_secs_f64() * 10.0) / 10.0,
        "statements_per_s": round(statements / (committing + merging).as_secs_f64()),
        "heap_bytes_per_statement": round(snapshot.heap_bytes() as f64 / statements),
        "resident_bytes_per_statement": round(settled_bytes().saturating_sub(before) as f64 / statements),
        "resident_gb": round(resident_bytes() as f64 / 1e9), "resident_peak_gb": round(resident_peak() as f64 / 1e9),
    }));
    drop(snapshot);
    ask(&store, graph)?;
    let Some(folder) = options.folder else {
        return Ok(());
    };
    restart(store, folder, graph)
}

/// Opens the folder again, from its checkpoint.
fn restart(store: Store, folder: &Path, graph: Generator) -> Result<()> {
    let loaded = store.snapshot().len();
    let began = Instant::now();
    store.checkpoint()?;
    let checkpoint_s = began.elapsed().as_secs_f64();
    drop(store);
    let began = Instant::now();
    let store = Store::open(folder, OpenOptions::default())?;
    let opened = began.elapsed().as_secs_f64();
    ensure!(store.snapshot().len() == loaded, "statements were lost");
    print(&json!({
        "bench": "scale-restart", "statements": loaded, "checkpoint_s": round(checkpoint_s), "open_s": round(opened * 100.0) / 100.0,
        "resident_gb": round(resident_bytes() as f64 / 1e9), "resident_peak_gb": round(resident_peak() as f64 / 1e9),
    }));
    ask(&store, graph)
}

/// Asks some of the catalog's everyday questions.
fn ask(store: &Store, graph: Generator) -> Result<()> {
    const PREFIXES: &str = "PREFIX csvw: <http://www.w3.org/ns/csvw#> PREFIX prov: <http://www.w3.org/ns/prov#> \
        PREFIX iso: <https://isogloss.dev/ns#> ";
    let dataset = |nth| graph.report_dataset(nth, 20);
    let questions = [
        ("point", "SELECT ?p ?o WHERE { <{}> ?p ?o }"),
        (
            "columns",
            "SELECT ?c ?n WHERE { <{}> csvw:tableSchema ?s . ?s csvw:column ?c . ?c csvw:name ?n }",
        ),
        (
            "lineage-up",
            "SELECT ?u WHERE { <{}> prov:wasDerivedFrom+ ?u }",
        ),
        (
            "term-datasets",
            "SELECT DISTINCT ?d WHERE { ?c iso:represents <{t}> . ?s csvw:column ?c . ?d csvw:tableSchema ?s }",
        ),
    ];
    for (name, question) in questions {
        let mut rows = 0;
        let mut microseconds = Vec::new();
        for nth in 0..20 {
            let text = question
                .replace("{}", &dataset(nth))
                .replace("{t}", &term_iri(200 + nth));
            let query = Query::parse(&format!("{PREFIXES}{text}"), None, &ParseLimits::default())?;
            for _ in 0..5 {
                let began = Instant::now();
                rows += count(store, &query)?;
                microseconds.push(began.elapsed().as_secs_f64() * 1e6);
            }
        }
        print(&json!({
            "bench": "scale-query", "name": name, "rows": rows / 100, "latency": Latencies::of(microseconds).as_json(),
        }));
    }
    Ok(())
}

fn count(store: &Store, query: &Query) -> Result<usize> {
    let options = QueryOptions {
        max_statements: u64::MAX,
        ..QueryOptions::default()
    };
    let snapshot = store.snapshot();
    let QueryResults::Solutions(solutions) = snapshot.query(query, &options)? else {
        return Ok(0);
    };
    let mut rows = 0;
    for row in solutions {
        row?;
        rows += 1;
    }
    Ok(rows)
}
