//! What a commit tells those who watch: itself, and the entities that it added, removed and changed.

use graph_core::{CommitInfo, Timestamp};
use serde::Serialize;

mod cursor;
mod difference;
mod entity;
mod feed;
mod presence;

pub use cursor::Cursor;
pub use entity::{Action, ChangeValue, ChangedValues, EntityChange, ValueSort};
pub use feed::{ChangeFilter, ChangePage};

/// What the feed has read lately.
#[derive(Default)]
pub(crate) struct Lately {
    presences: presence::Presences,
    differences: difference::Differences,
}

/// One commit as a subscriber sees it; its version is the cursor from which a feed resumes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeEvent {
    /// Version of the graph that the commit made.
    pub version: u64,
    /// Name of the source that spoke.
    pub source: String,
    /// Kind of the connector that read it, for instance `dbt`.
    pub kind: String,
    /// Who committed.
    pub actor: String,
    /// When, in milliseconds since 1970 UTC, by the committer's clock.
    pub time: i64,
    /// Statements that the source says now and did not say before.
    pub added: u64,
    /// Statements that the source no longer says.
    pub removed: u64,
}

impl From<&CommitInfo> for ChangeEvent {
    fn from(commit: &CommitInfo) -> Self {
        let Timestamp(time) = commit.time;
        Self {
            version: commit.version.0,
            source: commit.source.as_str().to_owned(),
            kind: commit.kind.clone(),
            actor: commit.actor.clone(),
            time,
            added: commit.added,
            removed: commit.removed,
        }
    }
}
