//! Writing the graph out, in the same order whatever the history of the store.
//!
//! ```
//! use graph_core::Store;
//! use graph_core::export::{Selection, write};
//! use graph_core::results::GraphFormat;
//!
//! # fn main() -> graph_core::Result<()> {
//! let mut out = Vec::new();
//! let statements = write(&Store::in_memory().snapshot(), Selection::Claims, GraphFormat::NQuads, &[], &mut out)?;
//! assert_eq!(statements, 0);
//! # Ok(())
//! # }
//! ```

use std::io::Write;

use oxrdf::{GraphName, Triple};
use oxrdfio::RdfSerializer;

mod labels;

use labels::Labels;

use crate::error::{Error, Result};
use crate::names::SourceId;
use crate::results::GraphFormat;
use crate::snapshot::{IdStatement, Scope, Snapshot};

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Every claim, each in the named graph of its source. For formats that name graphs. The labels of blank nodes carry
    /// the name of their source: read back into sources of the same names, the same text comes out.
    Claims,
    /// The merged view, each statement once, in the default graph.
    Merged,
    /// What one source says, in the default graph and with its own blank node labels.
    Source(SourceId),
}

/// Writes statements sorted by graph, subject, predicate and object, and returns their number. Overlays are left out.
///
/// `prefixes` are pairs of name and IRI for the formats that shorten IRIs; ones that are no IRI are left out. Needs
/// memory for the statements of the largest graph: 16 bytes each, and their text while they are sorted.
///
/// # Errors
/// [`Error::WrongFormat`] for [`Selection::Claims`] in a format without named graphs, [`Error::Output`] from `out`.
pub fn write(
    snapshot: &Snapshot,
    selection: Selection,
    format: GraphFormat,
    prefixes: &[(&str, &str)],
    out: impl Write,
) -> Result<u64> {
    if selection == Selection::Claims && !format.names_graphs() {
        return Err(Error::WrongFormat {
            format: format.media_type(),
            content: "named graphs",
        });
    }
    let mut serializer = serializer(format, prefixes).for_writer(out);
    let mut written = 0;
    let labels = match selection {
        Selection::Source(_) => None,
        Selection::Claims | Selection::Merged => Some(Labels::of(snapshot)),
    };
    let mut graph = |found: Vec<IdStatement>, name: &GraphName| -> Result<()> {
        for statement in sorted(snapshot, found, labels.as_ref()) {
            serializer
                .serialize_quad(&statement.in_graph(name.clone()))
                .map_err(Error::Output)?;
            written += 1;
        }
        Ok(())
    };
    let of_source = |source| {
        let found = snapshot.matching(None, None, None, Scope::Source(source));
        found.collect::<Vec<IdStatement>>()
    };
    match selection {
        Selection::Merged => {
            let merged = snapshot.merged_claims();
            let found = merged.map(|row| snapshot.id_statement(row)).collect();
            graph(found, &GraphName::DefaultGraph)?;
        }
        Selection::Source(source) => {
            graph(of_source(source), &GraphName::DefaultGraph)?;
        }
        Selection::Claims => {
            let claimed = snapshot.sources().iter().filter(|source| !source.derived);
            let mut sources: Vec<_> = claimed.collect();
            sources.sort_by(|a, b| a.name.cmp(&b.name));
            for source in sources {
                let name = source.name.graph_iri().into();
                graph(of_source(source.id), &name)?;
            }
        }
    }
    serializer.finish().map_err(Error::Output)?;
    Ok(written)
}

/// Writes statements that are in no snapshot, in their order: a report, for instance.
///
/// # Errors
/// [`Error::Output`] from `out`.
pub fn write_statements(
    statements: &[Triple],
    format: GraphFormat,
    prefixes: &[(&str, &str)],
    out: impl Write,
) -> Result<()> {
    let mut serializer = serializer(format, prefixes).for_writer(out);
    for statement in statements {
        serializer
            .serialize_triple(statement)
            .map_err(Error::Output)?;
    }
    serializer.finish().map_err(Error::Output)?;
    Ok(())
}

fn serializer(format: GraphFormat, prefixes: &[(&str, &str)]) -> RdfSerializer {
    let mut serializer = RdfSerializer::from_format(format.inner());
    for (name, iri) in prefixes {
        serializer = match serializer.clone().with_prefix(*name, *iri) {
            Ok(with_prefix) => with_prefix,
            Err(_) => serializer,
        };
    }
    serializer
}

/// Statements in the order of their text, which does not depend on the numbers of terms and sources.
fn sorted<'a>(
    snapshot: &'a Snapshot,
    mut found: Vec<IdStatement>,
    labels: Option<&'a Labels>,
) -> impl Iterator<Item = Triple> + use<'a> {
    let make = move |found| match labels {
        Some(labels) => labels.apply(snapshot.make_statement(found, true)),
        None => snapshot.make_statement(found, false),
    };
    found.sort_by_cached_key(|&found| {
        let statement = make(found);
        (
            statement.subject.to_string(),
            statement.predicate.into_string(),
            statement.object.to_string(),
        )
    });
    found.into_iter().map(make)
}
