//! What the tests of several connectors share: finding data, and reading it with the names shortened.

use std::fmt::Write;
use std::path::PathBuf;

use graph_core::rdf::{NamedOrBlankNode, RdfTerm};

use crate::{Input, InputLimits, Kind, Options, Report, SourceStatements, ingest_paths, read};

/// Finds a file or folder of the shared data; says so and gives `None` where there is none.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let found = root().join(path);
    if found.exists() {
        Some(found)
    } else {
        println!("skipped: shared data not found");
        None
    }
}

fn root() -> PathBuf {
    let root = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")),
        PathBuf::from,
    );
    root.join("data")
}

/// Gives the options of the source `s`.
pub(crate) fn options() -> Options {
    Options::new("s".parse().expect("a good name"))
}

/// Reads files of the shared data as the source `s`.
pub(crate) fn read_shared(kind: Kind, paths: &[&str]) -> Option<SourceStatements> {
    let paths: Option<Vec<PathBuf>> = paths.iter().map(|path| shared(path)).collect();
    let read = ingest_paths(kind, &paths?, &InputLimits::default(), &options());
    Some(read.expect("the shared data is readable"))
}

/// Reads texts as the source `s`.
pub(crate) fn read_texts(
    kind: Kind,
    texts: &[(&str, &str)],
    options: &Options,
) -> SourceStatements {
    let inputs = texts
        .iter()
        .map(|(name, text)| Input::text(*name, *text))
        .collect();
    read(kind, inputs, options).expect("something can be read")
}

/// Gives the statements, one a line, with short names.
pub(crate) fn lines(read: &SourceStatements) -> String {
    let lines = read.statements.iter().map(|statement| {
        let subject = match &statement.subject {
            NamedOrBlankNode::NamedNode(iri) => short(iri.as_str()),
            NamedOrBlankNode::BlankNode(node) => node.to_string(),
        };
        let object = match &statement.object {
            RdfTerm::NamedNode(iri) => short(iri.as_str()),
            RdfTerm::Literal(literal) => literal
                .to_string()
                .replace("^^<http://www.w3.org/2001/XMLSchema#", "^^<xsd:"),
            other => other.to_string(),
        };
        format!(
            "{subject} {} {object}\n",
            short(statement.predicate.as_str())
        )
    });
    lines.collect()
}

fn short(iri: &str) -> String {
    match iri.strip_prefix("urn:isogloss:") {
        Some(rest) => rest.to_owned(),
        None if iri == ontologies::rdf::TYPE => "a".to_owned(),
        None => ontologies::shorten(iri).unwrap_or_else(|| iri.to_owned()),
    }
}

/// Gives the report as a person reads it, without the place of the shared data.
pub(crate) fn report_lines(report: &Report) -> String {
    let understood: Vec<String> = report
        .understood
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    let mut text = format!("{}\nskipped {}\n", understood.join(", "), report.skipped);
    for diagnostic in &report.diagnostics {
        writeln!(text, "{}: {diagnostic}", diagnostic.severity).expect("a text takes everything");
    }
    text.replace(&format!("{}/", root().display()), "")
}
