//! Ingest rate and latency of resolve, in process, over a catalog in catalog-lines form.

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

pub(crate) fn run(bench: &Path) -> Result<()> {
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
    let texts = texts(&bench.join("queries.jsonl.gz"))?;
    let snapshot = mesh.snapshot();
    let ask = |text: &String| snapshot.resolve(&ResolveRequest::new(text));
    for text in texts.iter().take(200) {
        std::hint::black_box(ask(text)?);
    }
    let mut microseconds = Vec::with_capacity(texts.len());
    for text in &texts {
        let started = Instant::now();
        std::hint::black_box(ask(text)?);
        microseconds.push(started.elapsed().as_secs_f64() * 1e6);
    }
    let latencies = Latencies::of(microseconds);
    print(&json!({ "bench": "resolve", "latency": latencies.as_json() }));
    Ok(())
}

fn texts(path: &Path) -> Result<Vec<String>> {
    let file = std::fs::File::open(path)
        .with_context(|| format!("could not open `{}`", path.display()))?;
    let mut texts = Vec::new();
    for line in BufReader::new(MultiGzDecoder::new(file)).lines() {
        let case: serde_json::Value = serde_json::from_str(&line?)?;
        texts.push(case["text"].as_str().unwrap_or_default().to_owned());
    }
    Ok(texts)
}
