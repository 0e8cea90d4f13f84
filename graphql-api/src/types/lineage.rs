//! The type `Lineage`: where data comes from and where it goes.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use isogloss::Snapshot;
use isogloss::graph::traverse::Direction;

use crate::types::Entity;

/// Which way to follow lineage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum LineageDirection {
    /// Up to what it is made from.
    Up,
    /// Down to what is made from it.
    Down,
    /// Both ways.
    Both,
}

impl From<LineageDirection> for Direction {
    fn from(direction: LineageDirection) -> Self {
        match direction {
            LineageDirection::Up => Self::Up,
            LineageDirection::Down => Self::Down,
            LineageDirection::Both => Self::Both,
        }
    }
}

/// Between what lineage is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "isogloss::LineageLevel")]
pub enum LineageLevel {
    /// From dataset to dataset.
    Dataset,
    /// From column to column.
    Column,
}

/// The part of the lineage around an entity that was reached.
#[derive(SimpleObject)]
pub struct Lineage {
    /// The entity that was asked about.
    root: Option<Entity>,
    /// What was reached, the root included, the nearest first.
    nodes: Vec<LineageNode>,
    /// The steps between the nodes.
    edges: Vec<LineageEdge>,
    /// Whether a limit left something out.
    partial: bool,
    /// Whether the reached part goes round in a circle somewhere.
    has_cycle: bool,
    /// Version of the graph that was walked.
    version: u64,
}

/// An entity on the lineage.
#[derive(SimpleObject)]
pub struct LineageNode {
    /// The entity.
    entity: Entity,
    /// Steps from the root.
    hops: u64,
}

/// A step of the lineage, by IRI.
#[derive(SimpleObject)]
pub struct LineageEdge {
    /// IRI of what is upstream.
    from: String,
    /// IRI of what is downstream, made from the other.
    to: String,
}

impl Lineage {
    /// Takes a walk over `snapshot`.
    pub(crate) fn read(snapshot: &Arc<Snapshot>, lineage: isogloss::Lineage) -> Self {
        let nodes = lineage.nodes.iter().filter_map(|node| {
            Some(LineageNode {
                entity: Entity::find(snapshot, &node.iri)?,
                hops: node.hops.into(),
            })
        });
        Self {
            root: Entity::find(snapshot, &lineage.root),
            nodes: nodes.collect(),
            edges: lineage
                .edges
                .into_iter()
                .map(|edge| LineageEdge {
                    from: edge.from,
                    to: edge.to,
                })
                .collect(),
            partial: lineage.partial,
            has_cycle: lineage.has_cycle,
            version: snapshot.version().0,
        }
    }
}
