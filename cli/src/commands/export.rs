//! `isogloss export`: the graph, or what one source says, as RDF, as data contracts or as a catalog.

use std::io::{self, Write as _};

use isogloss::Snapshot;
use isogloss::connectors::export::{self as documents, Syntax};
use isogloss::graph::export::{self, Selection};
use isogloss::graph::rdf::{NamedNode, Statement};
use isogloss::graph::results::GraphFormat;
use isogloss::graph::{Scope, SourceId, SourceName};

use crate::arguments::{Export, ExportFormat};
use crate::commands::{Outcome, open_then};
use crate::failure::{Failure, FailureKind};

/// What a catalog that is written is called.
const CATALOG: &str = "urn:isogloss:catalog";

pub(super) fn run(options: &Export) -> Outcome {
    let source: Option<SourceName> = match &options.source {
        Some(name) => Some(
            name.parse()
                .map_err(|e| Failure::new(FailureKind::Usage, format!("{e}")))?,
        ),
        None => None,
    };
    let snapshot = open_then(&options.data, options.then)?;
    let source = match &source {
        None => None,
        Some(name) => match snapshot.graph().source_id(name) {
            Some(id) => Some(id),
            None => return Err(unknown(name, &snapshot)),
        },
    };
    match options.format {
        ExportFormat::Odcs => contracts(&snapshot, source),
        ExportFormat::Dcat => catalog(&snapshot, source, Syntax::Turtle),
        ExportFormat::DcatJsonld => catalog(&snapshot, source, Syntax::JsonLd),
        ExportFormat::Nquads => rdf(&snapshot, source, GraphFormat::NQuads),
        ExportFormat::Trig => rdf(&snapshot, source, GraphFormat::TriG),
        ExportFormat::Turtle => rdf(&snapshot, source, GraphFormat::Turtle),
        ExportFormat::Ntriples => rdf(&snapshot, source, GraphFormat::NTriples),
        ExportFormat::Rdfxml => rdf(&snapshot, source, GraphFormat::RdfXml),
        ExportFormat::Jsonld => rdf(&snapshot, source, GraphFormat::JsonLd),
    }
}

/// Writes RDF: formats that can name graphs carry every claim with its source, the others the merged view.
fn rdf(snapshot: &Snapshot, source: Option<SourceId>, format: GraphFormat) -> Outcome {
    let selection = match source {
        Some(source) => Selection::Source(source),
        None if format.names_graphs() => Selection::Claims,
        None => Selection::Merged,
    };
    let prefixes = isogloss::model::prefixes();
    let mut out = io::BufWriter::new(io::stdout().lock());
    export::write(snapshot.graph(), selection, format, prefixes, &mut out)
        .map_err(isogloss::Error::from)?;
    out.flush()?;
    Ok(())
}

/// The statements of one source, or of the merged view.
fn statements(
    snapshot: &Snapshot,
    source: Option<SourceId>,
) -> impl Iterator<Item = Statement> + use<'_> {
    let graph = snapshot.graph();
    let scope = source.map_or(Scope::Merged, Scope::Source);
    graph
        .matching(None, None, None, scope)
        .map(|found| graph.statement(found))
}

/// Writes data contracts; what a contract lacks or cannot say goes to the error output.
fn contracts(snapshot: &Snapshot, source: Option<SourceId>) -> Outcome {
    let written = documents::contracts(statements(snapshot, source));
    if written.is_empty() {
        let message = "there is no data contract, and no data product with datasets";
        return Err(Failure::new(FailureKind::NotFound, message.to_owned()));
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut errors = io::stderr().lock();
    for document in &written {
        let text = document.to_yaml().map_err(io::Error::other)?;
        // Each starts with the mark, so that files can be cut apart and put together again.
        writeln!(out, "---\n{}", text.trim_end())?;
        for note in &document.notes {
            writeln!(errors, "note: contract `{}`: {note}", document.name)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn catalog(snapshot: &Snapshot, source: Option<SourceId>, syntax: Syntax) -> Outcome {
    let root = NamedNode::new_unchecked(CATALOG);
    let written = documents::catalog(statements(snapshot, source), &root);
    let mut out = io::BufWriter::new(io::stdout().lock());
    documents::write_catalog(&written, syntax, isogloss::model::prefixes(), &mut out)?;
    out.flush()?;
    Ok(())
}

fn unknown(name: &SourceName, snapshot: &Snapshot) -> Failure {
    let names: Vec<_> = snapshot.sources().iter().map(|s| s.name.as_str()).collect();
    Failure::new(
        FailureKind::NotFound,
        format!("source `{name}` does not exist"),
    )
    .with_hint(format!("sources are: {}", names.join(", ")))
}
