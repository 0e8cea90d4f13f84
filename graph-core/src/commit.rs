//! What a writer hands in and what it gets back.

use oxrdf::Triple;

use crate::names::{SourceId, SourceName, Timestamp, Version};

/// What happens to a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// From now on the source says exactly these statements. Duplicates count once.
    Replace(Vec<Triple>),
    /// A small edit: `remove` first, then `add`. A statement to remove that is not there is ignored.
    Patch {
        /// Statements that the source takes back.
        remove: Vec<Triple>,
        /// Statements that the source says in addition.
        add: Vec<Triple>,
    },
    /// The source and all its statements vanish.
    Remove,
}

/// One change of one source, with who made it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The source that speaks.
    pub source: SourceName,
    /// The kind of connector that read it, such as `dbt`.
    pub kind: String,
    /// Who made the change.
    pub actor: String,
    /// When, by the caller's clock.
    pub time: Timestamp,
    /// What changes.
    pub change: Change,
}

/// What a commit did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The version in which the change can be read; the current one when nothing changed.
    pub version: Version,
    /// The source of the commit.
    pub source: SourceName,
    /// Number of statements the source says now and did not before.
    pub added: u64,
    /// Number of statements the source said before and does not now.
    pub removed: u64,
    /// Number of statements the source says now.
    pub statements: u64,
    /// True when the source already said exactly this: nothing was written.
    pub unchanged: bool,
}

/// One line of the history: a change that made a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// The version that the change made.
    pub version: Version,
    /// The source that changed.
    pub source: SourceName,
    /// The kind of connector that read it.
    pub kind: String,
    /// Who made the change.
    pub actor: String,
    /// When, by the writer's clock.
    pub time: Timestamp,
    /// Number of statements added.
    pub added: u64,
    /// Number of statements removed.
    pub removed: u64,
    /// Number of statements of the source afterwards; 0 when it was removed.
    pub statements: u64,
    /// True when the source itself was removed.
    pub source_removed: bool,
}

/// What a snapshot knows about one of its sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceInfo {
    /// The number of the source inside snapshots.
    pub id: SourceId,
    /// The name of the source.
    pub name: SourceName,
    /// The kind of connector that read it.
    pub kind: String,
    /// Who committed it last.
    pub actor: String,
    /// Number of its statements.
    pub statements: u64,
    /// When it changed last, by the writer's clock.
    pub committed_at: Timestamp,
    /// The version of the graph in which it changed last.
    pub version: Version,
    /// True for an overlay: its statements follow from others, no source claims them.
    pub derived: bool,
}
