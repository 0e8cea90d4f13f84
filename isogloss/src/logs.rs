//! Query logs, resolved again when the tables change that they may mean: what they say must not hang on what was read first.

use connectors::sql::Dialect;
use connectors::usage::resolve_again;
use connectors::{Kind, KnownTables, UsageOptions};
use graph_core::rdf::{RdfTerm, Statement};
use graph_core::{Change, Commit, Receipt, SourceName, Timestamp};
use ontologies::{csvw, dcat, iso, rdf, skos};

use crate::{Isogloss, known};

/// Who changed the tables, and when: the logs that follow are committed in that name.
pub(crate) struct Cause {
    pub(crate) actor: String,
    pub(crate) time: Timestamp,
}

impl Cause {
    /// Gives the cause if one of the commits may change which tables there are; `None` for all others.
    pub(crate) fn of(commits: &[Commit]) -> Option<Self> {
        let found = commits.iter().find(|commit| concerns_tables(commit))?;
        Some(Self {
            actor: found.actor.clone(),
            time: found.time,
        })
    }
}

impl Isogloss {
    /// Resolves the query logs again, if something was changed for a cause.
    ///
    /// What caused it is committed and stays so: if the logs cannot be committed too, the next change brings them along.
    pub(crate) fn follow_tables(&self, cause: Option<Cause>, receipts: &[Receipt]) {
        let Some(cause) = cause else { return };
        let is_changed = receipts.iter().any(|receipt| !receipt.unchanged);
        if is_changed && has_logs(self.snapshot().graph()) {
            self.commit_logs(&cause).ok();
        }
    }
}

/// Gives the commits that bring the stored query logs up to date with the tables of a graph.
pub(crate) fn commits(
    graph: &graph_core::Snapshot,
    besides: &[SourceName],
    cause: &Cause,
) -> Vec<Commit> {
    let logs = graph.sources().iter();
    let logs = logs.filter(|info| info.kind == Kind::QueryLog.as_str());
    let logs = logs.filter(|info| !besides.contains(&info.name));
    let again = logs.filter_map(|info| {
        let statements = graph.statements_of(info.id);
        let statements = resolve_again(&info.name, statements, |usage| known_to(usage, graph))?;
        Some(Commit {
            source: info.name.clone(),
            kind: info.kind.clone(),
            actor: cause.actor.clone(),
            time: cause.time,
            change: Change::Replace(statements),
        })
    });
    again.collect()
}

/// Tells whether the graph holds a query log.
pub(crate) fn has_logs(graph: &graph_core::Snapshot) -> bool {
    let log = Kind::QueryLog.as_str();
    graph.sources().iter().any(|info| info.kind == log)
}

/// Gives the tables that a log may mean.
pub(crate) fn known_to(usage: &UsageOptions, graph: &graph_core::Snapshot) -> KnownTables {
    let dialect = usage.dialect.map(Dialect::as_str);
    known::tables(graph, usage.platform.as_deref().or(dialect))
}

/// Tells whether a commit may change which tables, columns or domains there are.
fn concerns_tables(commit: &Commit) -> bool {
    if commit.kind == Kind::QueryLog.as_str() {
        return false;
    }
    match &commit.change {
        Change::Patch { remove, add } => remove.iter().chain(add).any(is_of_table),
        Change::Replace(_) | Change::Remove => true,
    }
}

/// Tells whether a statement is one of those that [`known::tables`] reads.
fn is_of_table(statement: &Statement) -> bool {
    const WORDS: [&str; 7] = [
        iso::QUALIFIED_NAME,
        iso::IN_DOMAIN,
        iso::POSITION,
        csvw::TABLE_SCHEMA,
        csvw::COLUMN,
        csvw::NAME,
        skos::PREF_LABEL,
    ];
    let predicate = statement.predicate.as_str();
    let is_dataset = |object: &RdfTerm| match object {
        RdfTerm::NamedNode(class) => class.as_str() == dcat::DATASET_CLASS,
        _ => false,
    };
    WORDS.contains(&predicate) || predicate == rdf::TYPE && is_dataset(&statement.object)
}
