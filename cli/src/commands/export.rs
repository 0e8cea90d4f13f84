//! `isogloss export`: the graph, or what one source says, as RDF.

use std::io::{self, Write as _};

use isogloss::Snapshot;
use isogloss::graph::SourceName;
use isogloss::graph::export::{self, Selection};
use isogloss::graph::results::GraphFormat;

use crate::arguments::{Export, RdfFormat};
use crate::commands::{Outcome, open_then};
use crate::failure::{Failure, FailureKind};

pub(super) fn run(options: &Export) -> Outcome {
    let source: Option<SourceName> = match &options.source {
        Some(name) => Some(
            name.parse()
                .map_err(|e| Failure::new(FailureKind::Usage, format!("{e}")))?,
        ),
        None => None,
    };
    let snapshot = open_then(&options.data, options.then)?;
    let selection = match &source {
        None => selection(options.format),
        Some(name) => match snapshot.graph().source_id(name) {
            Some(id) => Selection::Source(id),
            None => return Err(unknown(name, &snapshot)),
        },
    };
    let prefixes = isogloss::model::prefixes();
    let mut out = io::BufWriter::new(io::stdout().lock());
    export::write(
        snapshot.graph(),
        selection,
        format(options.format),
        prefixes,
        &mut out,
    )
    .map_err(isogloss::Error::from)?;
    out.flush()?;
    Ok(())
}

/// Formats that can name graphs carry every claim with its source, the others the merged view.
fn selection(format: RdfFormat) -> Selection {
    match format {
        RdfFormat::Nquads | RdfFormat::Trig | RdfFormat::Jsonld => Selection::Claims,
        RdfFormat::Turtle | RdfFormat::Ntriples | RdfFormat::Rdfxml => Selection::Merged,
    }
}

fn unknown(name: &SourceName, snapshot: &Snapshot) -> Failure {
    let names: Vec<_> = snapshot.sources().iter().map(|s| s.name.as_str()).collect();
    Failure::new(
        FailureKind::NotFound,
        format!("source `{name}` does not exist"),
    )
    .with_hint(format!("sources are: {}", names.join(", ")))
}

fn format(name: RdfFormat) -> GraphFormat {
    match name {
        RdfFormat::Nquads => GraphFormat::NQuads,
        RdfFormat::Trig => GraphFormat::TriG,
        RdfFormat::Turtle => GraphFormat::Turtle,
        RdfFormat::Ntriples => GraphFormat::NTriples,
        RdfFormat::Rdfxml => GraphFormat::RdfXml,
        RdfFormat::Jsonld => GraphFormat::JsonLd,
    }
}
