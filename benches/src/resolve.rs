//! Ingest rate and latency of resolve, in process, over a catalog in catalog-lines form.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use flate2::read::MultiGzDecoder;
use isogloss::connectors::{InputLimits, Kind, read_paths};
use isogloss::search::ResolveRequest;
use isogloss::{Ingest, Isogloss};
use serde_json::json;

use crate::measure::{Latencies, print, resident_bytes, round};

/// Ingests the catalog of a benchmark, asks its cases, and completes their beginnings.
pub(crate) fn run(bench: &Path, track: Option<&str>, rounds: usize) -> Result<()> {
    let paths = ["catalog.jsonl.gz", "glossary.jsonl.gz"].map(|name| bench.join(name));
    let found = read_paths(Kind::CatalogLines, &paths, &InputLimits::default())?;
    let mesh = Isogloss::in_memory();
    let before = resident_bytes();
    let started = Instant::now();
    let ingested = mesh.ingest(Ingest::new(
        "catalog".parse()?,
        Kind::CatalogLines,
        found.inputs,
    ))?;
    let ingest_s = started.elapsed().as_secs_f64();
    let statements = ingested.report.statements;
    print(&json!({
        "bench": "ingest", "statements": statements, "seconds": round(ingest_s * 1e3) / 1e3,
        "statements_per_s": round(statements as f64 / ingest_s),
        "resident_bytes_more": resident_bytes().saturating_sub(before),
    }));
    let mut cases = cases(&bench.join("queries.jsonl.gz"))?;
    cases.retain(|case| track.is_none_or(|track| case.track == track));
    let snapshot = mesh.snapshot();
    let ask = |case: &Case| snapshot.resolve(&ResolveRequest::new(&case.text));
    for case in cases.iter().take(200) {
        std::hint::black_box(ask(case)?);
    }
    let mut of_track: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for case in std::iter::repeat_n(&cases, rounds).flatten() {
        let started = Instant::now();
        std::hint::black_box(ask(case)?);
        let took = microseconds(started);
        of_track.entry(&case.track).or_default().push(took);
        of_track.entry("all").or_default().push(took);
    }
    for (track, took) in of_track {
        print(
            &json!({ "bench": "resolve", "track": track, "latency": Latencies::of(took).as_json() }),
        );
    }
    let mut completions = Vec::new();
    for case in std::iter::repeat_n(&cases, rounds).flatten() {
        // What a search box asks while its first word is written.
        let prefix: String = case.text.chars().take(4).collect();
        let started = Instant::now();
        std::hint::black_box(snapshot.suggest(&prefix, &[], 10)?);
        completions.push(microseconds(started));
    }
    print(&json!({ "bench": "complete", "latency": Latencies::of(completions).as_json() }));
    Ok(())
}

fn microseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e6
}

/// A case of the benchmark, as far as it takes time.
struct Case {
    track: String,
    text: String,
}

fn cases(path: &Path) -> Result<Vec<Case>> {
    let file = std::fs::File::open(path)
        .with_context(|| format!("could not open `{}`", path.display()))?;
    let mut cases = Vec::new();
    for line in BufReader::new(MultiGzDecoder::new(file)).lines() {
        let case: serde_json::Value = serde_json::from_str(&line?)?;
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        cases.push(Case {
            track: text("track"),
            text: text("text"),
        });
    }
    Ok(cases)
}
