//! What an ingest would change, worked out on a graph that is thrown away.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::rdf::Statement;
use graph_core::{Snapshot, SourceName};
use serde_json::json;

/// How many statements of each kind [`Preview::to_json`] lists.
const LISTED_MAX: usize = 1000;

/// What an ingest would change in what its source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Statements that the source would make and does not make now, in the order of their texts.
    pub added: Vec<Statement>,
    /// Statements that it makes now and would not make any more.
    pub removed: Vec<Statement>,
    /// What it would speak of for the first time, by name.
    pub appearing: Vec<String>,
    /// What it would speak of no more.
    pub disappearing: Vec<String>,
}

impl Preview {
    /// Compares what a source says in two graphs.
    pub(crate) fn new(source: &SourceName, before: &Snapshot, after: &Snapshot) -> Self {
        let (old, new) = (statements(source, before), statements(source, after));
        let (was, is) = (subjects(&old), subjects(&new));
        let only = |these: &Said, others: &Said| -> Vec<Statement> {
            let found = these.iter().filter(|(text, _)| !others.contains_key(*text));
            found.map(|(_, statement)| statement.clone()).collect()
        };
        Self {
            added: only(&new, &old),
            removed: only(&old, &new),
            appearing: is.difference(&was).cloned().collect(),
            disappearing: was.difference(&is).cloned().collect(),
        }
    }

    /// Gives the counts, the names, and the first thousand statements of each kind.
    pub fn to_json(&self) -> serde_json::Value {
        let texts = |them: &[Statement]| -> Vec<String> {
            let listed = them.iter().take(LISTED_MAX);
            listed.map(ToString::to_string).collect()
        };
        json!({
            "added": self.added.len(), "removed": self.removed.len(),
            "appearing": self.appearing, "disappearing": self.disappearing,
            "addedStatements": texts(&self.added), "removedStatements": texts(&self.removed),
        })
    }

    /// Tells whether the source says all of it already, and no more.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// Statements by their texts.
type Said = BTreeMap<String, Statement>;

fn statements(source: &SourceName, graph: &Snapshot) -> Said {
    let info = graph.sources().iter().find(|info| info.name == *source);
    let found = info
        .into_iter()
        .flat_map(|info| graph.statements_of(info.id));
    found.map(|it| (it.to_string(), it)).collect()
}

/// The names of what is spoken of; a node without a name is part of something that has one.
fn subjects(statements: &Said) -> BTreeSet<String> {
    let named = statements
        .iter()
        .filter(|(_, it)| it.subject.is_named_node());
    named.map(|(_, it)| it.subject.to_string()).collect()
}
