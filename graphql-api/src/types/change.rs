//! The type `Change`: one commit, as the feed of changes tells it.

use async_graphql::SimpleObject;
use isogloss::ChangeEvent;
use isogloss::graph::Timestamp;

use crate::scalars::DateTime;

/// One commit of one source.
#[derive(SimpleObject)]
pub struct Change {
    /// Version of the graph that the commit made; pass it as `after` to go on from here.
    version: u64,
    /// Name of the source.
    source: String,
    /// Kind of connector that read it, for instance `dbt`.
    kind: String,
    /// Who committed.
    actor: String,
    /// When.
    time: DateTime,
    /// Statements that the source makes now and did not make before.
    added: u64,
    /// Statements that the source no longer makes.
    removed: u64,
}

impl From<ChangeEvent> for Change {
    fn from(event: ChangeEvent) -> Self {
        Self {
            version: event.version,
            source: event.source,
            kind: event.kind,
            actor: event.actor,
            time: DateTime(Timestamp(event.time)),
            added: event.added,
            removed: event.removed,
        }
    }
}
