//! What a source would lose if it were replaced by what could be read of damaged documents.

use std::collections::BTreeSet;

use graph_core::{Snapshot, SourceName};

use crate::{Error, Result};

/// How many names an error lists.
const NAMED_MAX: usize = 5;

/// Refuses a replacement that takes away what a source says of something: it may be what the damaged part says.
///
/// A value that became another one is no loss, and what is new is welcome: only a named subject with a predicate of which
/// nothing is said any more counts.
pub(crate) fn refuse(
    source: &SourceName,
    report: &connectors::Report,
    before: &Snapshot,
    after: &Snapshot,
) -> Result<()> {
    let is_said = said(source, after);
    let mut lost = said(source, before);
    lost.retain(|pair| !is_said.contains(pair));
    if lost.is_empty() {
        return Ok(());
    }
    let mut names: Vec<String> = lost.iter().map(|(subject, _)| subject.clone()).collect();
    names.dedup();
    let count = names.len();
    names.truncate(NAMED_MAX);
    Err(Error::Damaged {
        source_name: source.as_str().to_owned(),
        lost: count,
        names,
        report: Box::new(report.clone()),
    })
}

/// The named subjects of a source, each with the predicates that it has.
fn said(source: &SourceName, graph: &Snapshot) -> BTreeSet<(String, String)> {
    let statements = graph
        .source_id(source)
        .into_iter()
        .flat_map(|id| graph.statements_of(id));
    statements
        .filter(|statement| statement.subject.is_named_node())
        .map(|it| (it.subject.to_string(), it.predicate.to_string()))
        .collect()
}
