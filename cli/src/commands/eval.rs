//! `isogloss eval`: resolution cases in, rankings out, for a scorer that knows the right answers.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::time::Instant;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use isogloss::Snapshot;
use isogloss::model::EntityKind;
use isogloss::search::{Index, IndexOptions, Outcome as Meaning, Ranked, ResolveRequest};
use serde::{Deserialize, Serialize};

use crate::arguments::Eval;
use crate::commands::{Outcome, open};
use crate::failure::{Failure, FailureKind};
use crate::{output, progress};

/// One line of the cases.
#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    text: String,
    #[serde(default)]
    track: String,
    /// `full`, or `physical`: only names, types and keys may be read.
    #[serde(default)]
    view: String,
    #[serde(default)]
    context: Context,
    #[serde(default)]
    hint: String,
}

/// What the asker's surroundings say.
#[derive(Debug, Default, Deserialize)]
struct Context {
    domain: Option<String>,
    product: Option<String>,
    #[serde(default)]
    recent: Vec<String>,
}

/// One line of the run: rankings by the ids that the sources gave.
#[derive(Debug, Serialize)]
struct Run<'a> {
    id: &'a str,
    ranked_products: Vec<&'a str>,
    ranked_tables: Vec<&'a str>,
    ranked_columns: Vec<&'a str>,
    ranked_terms: Vec<&'a str>,
    outcome: &'static str,
    score: f32,
    confidence: f32,
    latency_us: f64,
}

pub(super) fn run(options: &Eval) -> Outcome {
    let cases = read_cases(&options.cases)?;
    let snapshot = open(&options.data)?.snapshot();
    let names = Names::of(&snapshot);
    let physical = cases.iter().any(|case| case.view == "physical");
    let physical = physical.then(|| {
        Index::build(
            snapshot.graph(),
            &IndexOptions {
                physical_only: true,
            },
        )
    });
    let physical = physical.transpose().map_err(isogloss::Error::from)?;
    let mut out = writer(&options.out)?;
    let bar = progress::bar(cases.len() as u64, "resolving");
    for case in &cases {
        let index = match (&physical, case.view.as_str()) {
            (Some(physical), "physical") => physical,
            _ => snapshot.index()?,
        };
        serde_json::to_writer(&mut out, &answer(case, index, &names, options.limit))?;
        out.write_all(b"\n")?;
        bar.inc(1);
    }
    out.finish()?;
    bar.finish_and_clear();
    output::note(&format!(
        "{} cases resolved to `{}`",
        cases.len(),
        options.out.display()
    ));
    Ok(())
}

fn answer<'a>(case: &'a Case, index: &Index, names: &'a Names, limit: usize) -> Run<'a> {
    let request = ResolveRequest {
        domain: case.context.domain.clone(),
        product: case.context.product.as_deref().map(|id| names.iri(id)),
        recent: case.context.recent.iter().map(|id| names.iri(id)).collect(),
        // A question's hint was written by someone who had seen its answer.
        hint: (case.track != "question" && !case.hint.is_empty()).then(|| case.hint.clone()),
        limit,
        ..ResolveRequest::new(&case.text)
    };
    let started = Instant::now();
    let resolution = index.resolve(&request);
    let latency_us = started.elapsed().as_secs_f64() * 1e6;
    Run {
        id: &case.id,
        ranked_products: names.ids(&resolution.products),
        ranked_tables: names.ids(&resolution.datasets),
        ranked_columns: names.ids(&resolution.columns),
        ranked_terms: names.ids(&resolution.terms),
        outcome: match resolution.outcome {
            Meaning::Resolved => "resolved",
            Meaning::Ambiguous => "ambiguous",
            Meaning::Unknown => "none",
        },
        score: resolution.answerability,
        confidence: resolution.confidence,
        latency_us,
    }
}

/// The ids that sources gave their entities, both ways.
struct Names {
    id_of: HashMap<String, String>,
    iri_of: HashMap<String, String>,
}

impl Names {
    fn of(snapshot: &Snapshot) -> Self {
        let model = snapshot.model();
        let mut names = Self {
            id_of: HashMap::new(),
            iri_of: HashMap::new(),
        };
        let entities = EntityKind::ALL
            .into_iter()
            .flat_map(|kind| model.entities(kind));
        for entity in entities {
            let iri = entity.iri();
            for id in entity.identifiers() {
                names.iri_of.insert(id.clone(), iri.clone());
                names.id_of.insert(iri.clone(), id);
            }
        }
        names
    }

    fn iri(&self, id: &str) -> String {
        self.iri_of
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    fn ids(&self, ranked: &[Ranked]) -> Vec<&str> {
        ranked
            .iter()
            .filter_map(|r| self.id_of.get(&r.iri))
            .map(String::as_str)
            .collect()
    }
}

fn read_cases(path: &Path) -> Result<Vec<Case>, Failure> {
    let unreadable = |error: io::Error| {
        Failure::new(
            FailureKind::Input,
            format!("could not read `{}`: {error}", path.display()),
        )
    };
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let gzip = file
        .fill_buf()
        .map_err(unreadable)?
        .starts_with(&[0x1f, 0x8b]);
    let reader: Box<dyn Read> = if gzip {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut cases = Vec::new();
    for (number, line) in BufReader::new(reader).lines().enumerate() {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        let case = serde_json::from_str(&line).map_err(|error| {
            Failure::new(
                FailureKind::Input,
                format!("`{}` line {}: {error}", path.display(), number + 1),
            )
        })?;
        cases.push(case);
    }
    Ok(cases)
}

/// A file that is compressed if its name says so.
enum Out {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Gzip(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Gzip(out) => out.flush(),
        }
    }
}

impl Out {
    fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut out) => out.flush(),
            Self::Gzip(out) => out.finish()?.flush(),
        }
    }
}

fn writer(path: &Path) -> Result<Out, Failure> {
    let file = File::create(path).map_err(|error| {
        Failure::new(
            FailureKind::Input,
            format!("could not write `{}`: {error}", path.display()),
        )
    })?;
    let out = BufWriter::new(file);
    let gzip = path.extension().is_some_and(|extension| extension == "gz");
    Ok(if gzip {
        Out::Gzip(GzEncoder::new(out, Compression::default()))
    } else {
        Out::Plain(out)
    })
}
