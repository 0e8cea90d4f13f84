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

use crate::error::{Error, Result};
use crate::names::SourceId;
use crate::results::GraphFormat;
use crate::snapshot::{IdStatement, Scope, Snapshot};

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Every claim, each in the named graph of its source. For formats that name graphs.
    Claims,
    /// The merged view, each statement once, in the default graph.
    Merged,
    /// What one source says, in the default graph and with its own blank node labels.
    Source(SourceId),
}

/// Writes statements sorted by graph, subject, predicate and object, and returns their number.
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
    let mut serializer = RdfSerializer::from_format(format.inner());
    for (name, iri) in prefixes {
        serializer = match serializer.clone().with_prefix(*name, *iri) {
            Ok(with_prefix) => with_prefix,
            Err(_) => serializer,
        };
    }
    let mut serializer = serializer.for_writer(out);
    let mut written = 0;
    let mut graph = |scope, name: &GraphName, scoped| -> Result<()> {
        for statement in sorted(snapshot, scope, scoped) {
            serializer
                .serialize_quad(&statement.in_graph(name.clone()))
                .map_err(Error::Output)?;
            written += 1;
        }
        Ok(())
    };
    match selection {
        Selection::Merged => graph(Scope::Union, &GraphName::DefaultGraph, true)?,
        Selection::Source(source) => graph(Scope::Source(source), &GraphName::DefaultGraph, false)?,
        Selection::Claims => {
            let mut sources: Vec<_> = snapshot.sources().iter().collect();
            sources.sort_by(|a, b| a.name.cmp(&b.name));
            for source in sources {
                graph(
                    Scope::Source(source.id),
                    &source.name.graph_iri().into(),
                    true,
                )?;
            }
        }
    }
    serializer.finish().map_err(Error::Output)?;
    Ok(written)
}

/// Statements in the order of their text, which does not depend on the numbers of the terms.
fn sorted(
    snapshot: &Snapshot,
    scope: Scope,
    scoped: bool,
) -> impl Iterator<Item = Triple> + use<'_> {
    let mut found: Vec<IdStatement> = snapshot.matching(None, None, None, scope).collect();
    found.sort_by_cached_key(|&found| {
        let statement = snapshot.make_statement(found, scoped);
        (
            statement.subject.to_string(),
            statement.predicate.into_string(),
            statement.object.to_string(),
        )
    });
    found
        .into_iter()
        .map(move |found| snapshot.make_statement(found, scoped))
}
