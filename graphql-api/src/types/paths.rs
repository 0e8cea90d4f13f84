//! The type `Paths`: ways by which data gets from one entity to another.

use std::sync::Arc;

use async_graphql::SimpleObject;
use isogloss::Snapshot;

use crate::types::Entity;

/// Ways by which data gets from one entity to another.
#[derive(SimpleObject)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the schema"
)]
pub struct Paths {
    /// The ways, the shortest first; none if data does not get there.
    paths: Vec<Path>,
    /// Whether a limit may have left ways out.
    partial: bool,
    /// Version of the graph that was walked.
    version: u64,
}

/// One way from an entity to another.
#[derive(SimpleObject)]
pub struct Path {
    /// The entities along the way, both ends included.
    nodes: Vec<Entity>,
}

impl Paths {
    /// Takes paths that were found in `snapshot`.
    pub(crate) fn read(snapshot: &Arc<Snapshot>, found: isogloss::Paths) -> Self {
        let along = |path: Vec<String>| Path {
            nodes: path
                .iter()
                .filter_map(|iri| Entity::find(snapshot, iri))
                .collect(),
        };
        Self {
            paths: found.paths.into_iter().map(along).collect(),
            partial: found.partial,
            version: snapshot.version().0,
        }
    }
}
