//! `isogloss sparql`: a query from a file or standard input.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use isogloss::graph::Version;
use isogloss::graph::entail::Regime;
use isogloss::graph::rdf::{RdfTerm, Variable};
use isogloss::graph::results::{self, Format, GraphFormat, ResultsFormat};
use isogloss::graph::sparql::{ParseLimits, Query, QueryOptions, QueryResults};

use crate::arguments::Sparql;
use crate::commands::{Outcome, open};
use crate::failure::{Failure, FailureKind};
use crate::output;

pub(super) fn run(options: &Sparql) -> Outcome {
    let text = read_query(&options.query)?;
    let mesh = open(&options.data)?;
    let snapshot = match options.as_of {
        Some(version) => mesh.as_of(Version(version))?,
        None => mesh.snapshot(),
    };
    let limits = QueryOptions {
        deadline: Some(Duration::from_secs(options.timeout)),
        text: Some(snapshot.text_search()),
        ..QueryOptions::default()
    };
    let regime = Regime::choose(&options.entailment).map_err(isogloss::Error::from)?;
    let query =
        Query::parse(&text, None, &ParseLimits::default()).map_err(isogloss::Error::from)?;
    let graph = snapshot.with_entailment(regime)?;
    let results = graph
        .query(&query, &limits)
        .map_err(isogloss::Error::from)?;
    let format = match (&options.format, options.output.json) {
        (Some(format), _) => format.as_str(),
        (None, true) => "json",
        (None, false) => "table",
    };
    write(results, format)
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
