//! The index over a mesh of any size: time to build, time to build after a commit, memory, latency, and what is lost of
//! the quality of a benchmark's questions when its tables are hidden among many others.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use flate2::read::MultiGzDecoder;
use graph_core::rdf::{Literal, NamedNode, Statement};
use graph_core::{Change, Commit, Store};
use isogloss::connectors::{Input, InputLimits, Kind, Options as Reading, read, read_paths};
use isogloss::search::{Index, IndexOptions, ResolveRequest, SearchRequest};
use serde_json::json;

use crate::generate::distractors;
use crate::measure::{Latencies, print, resident_bytes, resident_peak, round};
use crate::replace::commit;

/// Datasets of one generated source.
const SOURCE_DATASETS: usize = 1_000;
/// Right answers are looked for among so many of the first.
const TOP: usize = 5;

/// What to index.
pub(crate) struct Options<'a> {
    /// Datasets to generate, each with 20 columns on average.
    pub(crate) datasets: usize,
    /// Folder of the benchmark whose questions are asked.
    pub(crate) bench: &'a Path,
    /// Whether the index is also built after commits.
    pub(crate) commits: bool,
}

/// A question with the tables that answer it.
struct Case {
    text: String,
    track: String,
    tables: Vec<String>,
}

pub(crate) fn run(options: &Options<'_>) -> Result<()> {
    let cases = cases(&options.bench.join("queries.jsonl.gz"))?;
    let store = Store::in_memory();
    store.set_merge_rules(isogloss::model::merge::default_rules())?;
    let paths = ["catalog.jsonl.gz", "glossary.jsonl.gz"].map(|name| options.bench.join(name));
    let found = read_paths(Kind::CatalogLines, &paths, &InputLimits::default())?;
    store.commit(catalog("catalog", found.inputs)?)?;
    let alone = Index::build(&store.snapshot(), &IndexOptions::default())?;
    let alone_recall = ask("alone", &alone, &cases);
    drop(alone);
    let started = Instant::now();
    for (number, first) in (0..options.datasets).step_by(SOURCE_DATASETS).enumerate() {
        let last = (first + SOURCE_DATASETS).min(options.datasets);
        let lines = distractors::lines(first..last);
        let name = format!("distractors-{number:04}");
        store.commit(catalog(&name, vec![Input::text("lines.jsonl", lines)])?)?;
    }
    store.merge_all();
    let before = resident_bytes();
    print(&json!({
        "bench": "index-load", "datasets": options.datasets, "statements": store.snapshot().len(),
        "seconds": round(started.elapsed().as_secs_f64()), "resident_mb": round(before as f64 / 1e6),
    }));
    let started = Instant::now();
    let index = Index::build(&store.snapshot(), &IndexOptions::default())?;
    let seconds = started.elapsed().as_secs_f64();
    print(&json!({
        "bench": "index-build", "entities": index.len(), "seconds": round(seconds * 100.0) / 100.0,
        "entities_per_s": round(index.len() as f64 / seconds),
        "index_mb": round(resident_bytes().saturating_sub(before) as f64 / 1e6), "peak_mb": round(resident_peak() as f64 / 1e6),
    }));
    if options.commits {
        after_commits(&store, &index)?;
    }
    let recall = ask("hidden", &index, &cases);
    print(&json!({ "bench": "index-quality", "lost": alone_recall - recall }));
    words(&index, &cases);
    Ok(())
}

fn catalog(source: &str, inputs: Vec<Input>) -> Result<Commit> {
    let options = Reading::new(source.parse()?);
    let read = read(Kind::CatalogLines, inputs, &options)?;
    commit(source, Change::Replace(read.statements))
}

/// Builds the index after commits of different reach, none of which is published.
fn after_commits(store: &Store, index: &Index) -> Result<()> {
    let described = Statement::new(
        NamedNode::new("urn:isogloss:dataset:distractors-0000/t0")?,
        NamedNode::new(ontologies::dcterms::DESCRIPTION)?,
        Literal::from("said anew"),
    );
    let other = vec![Input::text(
        "lines.jsonl",
        distractors::lines(7..SOURCE_DATASETS),
    )];
    let commits = [
        ("nothing", None),
        (
            "one description",
            Some(commit("people", Change::Replace(vec![described]))?),
        ),
        ("one source", Some(catalog("distractors-0000", other)?)),
    ];
    for (what, change) in commits {
        let prepared = store.prepare(change.into_iter().collect())?;
        let started = Instant::now();
        let next = Index::build_after(index, prepared.snapshot(), prepared.changed_subjects())?;
        print(&json!({
            "bench": "index-after", "changed": what, "entities": next.len(),
            "seconds": round(started.elapsed().as_secs_f64() * 1000.0) / 1000.0,
        }));
    }
    Ok(())
}

/// Asks the questions; returns the share of the right tables of questions among the first.
fn ask(name: &str, index: &Index, cases: &[Case]) -> f64 {
    let mut recall = 0.0;
    for track in ["question", "keyword"] {
        let cases: Vec<&Case> = cases.iter().filter(|case| case.track == track).collect();
        let (mut microseconds, mut sum) = (Vec::new(), 0.0);
        for case in &cases {
            let started = Instant::now();
            let resolution = index.resolve(&ResolveRequest::new(&case.text));
            microseconds.push(started.elapsed().as_secs_f64() * 1e6);
            let first = resolution.datasets.iter().take(TOP);
            let found =
                first.filter(|one| case.tables.iter().any(|id| one.iri.ends_with(id.as_str())));
            sum += found.count() as f64 / case.tables.len().clamp(1, TOP) as f64;
        }
        let mean = sum / cases.len().max(1) as f64;
        print(&json!({
            "bench": "index-resolve", "mesh": name, "track": track, "tables_r5": (mean * 1e4).round() / 1e4,
            "latency": Latencies::of(microseconds).as_json(),
        }));
        if track == "question" {
            recall = mean;
        }
    }
    recall
}

/// Searches for and completes the words of the questions.
fn words(index: &Index, cases: &[Case]) {
    let words: Vec<&str> = cases
        .iter()
        .filter_map(|case| case.text.split(' ').find(|word| word.len() > 3))
        .take(500)
        .collect();
    let time = |run: &dyn Fn(&str)| {
        let micro = |word: &&str| {
            let started = Instant::now();
            run(word);
            started.elapsed().as_secs_f64() * 1e6
        };
        Latencies::of(words.iter().map(micro).collect()).as_json()
    };
    print(&json!({
        "bench": "index-words",
        "search": time(&|word| drop(std::hint::black_box(index.search(&SearchRequest::new(word))))),
        "complete": time(&|word| drop(std::hint::black_box(index.suggest(word.get(..3).unwrap_or(word), &[], 10)))),
    }));
}

fn cases(path: &Path) -> Result<Vec<Case>> {
    let file = std::fs::File::open(path)
        .with_context(|| format!("could not open `{}`", path.display()))?;
    let lines: Box<dyn Read> = Box::new(MultiGzDecoder::new(file));
    let mut cases = Vec::new();
    for line in BufReader::new(lines).lines() {
        let case: serde_json::Value = serde_json::from_str(&line?)?;
        let said = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let tables = case["gold"]["tables"].as_array();
        let tables = tables.into_iter().flatten().filter_map(|id| id.as_str());
        cases.push(Case {
            text: said("text"),
            track: said("track"),
            tables: tables.map(str::to_owned).collect(),
        });
    }
    Ok(cases)
}
