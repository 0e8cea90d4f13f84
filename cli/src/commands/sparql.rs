//! `isogloss sparql`: a query from a file or standard input, or an update.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use isogloss::graph::entail::Regime;
use isogloss::graph::rdf::{RdfTerm, Variable};
use isogloss::graph::results::{self, Format, GraphFormat, ResultsFormat};
use isogloss::graph::sparql::{
    MayWrite, ParseLimits, QueryOptions, QueryResults, Update, UpdateOptions,
};
use serde_json::json;

use crate::arguments::Sparql;
use crate::client;
use crate::clock::now;
use crate::commands::{Outcome, open, open_then};
use crate::config::source_name;
use crate::failure::{Failure, FailureKind};
use crate::output;

/// Bytes of an update that is applied to a data folder.
const UPDATE_BYTES_MAX: usize = 64 << 20;

pub(super) fn run(options: &Sparql) -> Outcome {
    if let Some(text) = &options.update {
        return update(text, options);
    }
    let text = read_query(options.query.as_deref().unwrap_or(Path::new("-")))?;
    let snapshot = open_then(&options.data, options.then)?;
    let limits = QueryOptions {
        deadline: Some(Duration::from_secs(options.timeout)),
        text: Some(snapshot.text_search()),
        ..QueryOptions::default()
    };
    let regime = Regime::choose(&options.entailment).map_err(isogloss::Error::from)?;
    let snapshot = snapshot.with_entailment(regime)?;
    let results = snapshot.sparql(&text, &limits)?;
    let format = match (&options.format, options.output.json) {
        (Some(format), _) => format.as_str(),
        (None, true) => "json",
        (None, false) => "table",
    };
    write(results, format)
}

/// Applies an update and says what it changed.
fn update(given: &str, options: &Sparql) -> Outcome {
    let path = Path::new(given);
    let text = if given == "-" || path.is_file() {
        read_query(path)?
    } else {
        given.to_owned()
    };
    if let Some(url) = &options.server {
        return client::update(url, &text);
    }
    let limits = ParseLimits {
        max_bytes: UPDATE_BYTES_MAX,
        ..ParseLimits::default()
    };
    let update = Update::parse(&text, None, &limits).map_err(isogloss::Error::from)?;
    let listed = options.may_write.iter().map(|name| source_name(name));
    let listed = listed.collect::<Result<Vec<_>, _>>()?;
    let settings = UpdateOptions {
        actor: "cli".to_owned(),
        time: now(),
        may_write: if listed.is_empty() {
            MayWrite::People
        } else {
            MayWrite::Listed(listed)
        },
        query: QueryOptions {
            deadline: Some(Duration::from_secs(options.timeout)),
            ..QueryOptions::default()
        },
        ..UpdateOptions::default()
    };
    let report = open(&options.data)?.update(&update, &settings)?;
    let changed = report.receipts.iter().filter(|receipt| !receipt.unchanged);
    if options.output.json {
        let sources: Vec<_> = changed
            .map(|receipt| {
                json!({
                    "source": receipt.source.as_str(),
                    "added": receipt.added,
                    "removed": receipt.removed,
                    "statements": receipt.statements,
                })
            })
            .collect();
        return output::json(&json!({
            "version": report.version.0,
            "added": report.added,
            "removed": report.removed,
            "sources": sources,
        }));
    }
    let rows: Vec<Vec<String>> = changed
        .map(|receipt| {
            let counts = [receipt.added, receipt.removed, receipt.statements];
            let counts = counts.iter().map(ToString::to_string);
            std::iter::once(receipt.source.to_string())
                .chain(counts)
                .collect()
        })
        .collect();
    if rows.is_empty() {
        return output::text("nothing changed\n");
    }
    output::text(&output::table(
        &["source", "added", "removed", "statements"],
        &rows,
    ))?;
    output::note(&format!("version {}", report.version));
    Ok(())
}

fn read_query(path: &Path) -> Result<String, Failure> {
    let read = if path.as_os_str() == "-" {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|e| {
        Failure::new(
            FailureKind::Input,
            format!("could not read the query `{}`: {e}", path.display()),
        )
    })
}

fn write(results: QueryResults<'_>, format: &str) -> Outcome {
    let format: Format = match (&results, format) {
        (QueryResults::Graph(_), "table") => GraphFormat::NTriples.into(),
        (QueryResults::Graph(_), name) => graph_format(name)?.into(),
        (_, "table") => return table(results),
        (_, name) => results_format(name)?.into(),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    results::write(results, format, &mut out).map_err(isogloss::Error::from)?;
    out.flush()?;
    Ok(())
}

fn table(results: QueryResults<'_>) -> Outcome {
    match results {
        QueryResults::Boolean(answer) => output::text(&format!("{answer}\n")),
        QueryResults::Solutions(solutions) => {
            let header = solutions.variables().to_vec();
            let mut rows = Vec::new();
            for row in solutions {
                let row = row.map_err(isogloss::Error::from)?;
                rows.push(
                    row.iter()
                        .map(|cell| cell.as_ref().map(short).unwrap_or_default())
                        .collect(),
                );
            }
            let header: Vec<&str> = header.iter().map(Variable::as_str).collect();
            output::text(&output::table(&header, &rows))?;
            output::note(&format!("{} rows", rows.len()));
            Ok(())
        }
        QueryResults::Graph(_) => Ok(()),
    }
}

/// A term as a person reads it: literals without their datatype, IRIs without brackets.
fn short(term: &RdfTerm) -> String {
    match term {
        RdfTerm::Literal(literal) => literal.value().replace(['\n', '\r', '\t'], " "),
        RdfTerm::NamedNode(node) => node.as_str().to_owned(),
        other => other.to_string(),
    }
}

fn results_format(name: &str) -> Result<ResultsFormat, Failure> {
    match name {
        "json" => Ok(ResultsFormat::Json),
        "xml" => Ok(ResultsFormat::Xml),
        "csv" => Ok(ResultsFormat::Csv),
        "tsv" => Ok(ResultsFormat::Tsv),
        other => Err(Failure::new(
            FailureKind::Usage,
            format!("`{other}` is no format for rows"),
        )
        .with_hint("formats for rows are table, json, xml, csv and tsv")),
    }
}

fn graph_format(name: &str) -> Result<GraphFormat, Failure> {
    match name {
        "turtle" => Ok(GraphFormat::Turtle),
        "ntriples" => Ok(GraphFormat::NTriples),
        "nquads" => Ok(GraphFormat::NQuads),
        "trig" => Ok(GraphFormat::TriG),
        "rdfxml" => Ok(GraphFormat::RdfXml),
        "jsonld" | "json" => Ok(GraphFormat::JsonLd),
        other => Err(Failure::new(
            FailureKind::Usage,
            format!("`{other}` is no format for a graph"),
        )
        .with_hint("formats for graphs are turtle, ntriples, nquads, trig, rdfxml and jsonld")),
    }
}
