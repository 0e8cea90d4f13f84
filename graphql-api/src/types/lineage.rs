//! The type `Lineage`: where data comes from and where it goes.

use std::sync::Arc;

use async_graphql::{Enum, InputObject, SimpleObject};
use isogloss::Snapshot;
use isogloss::graph::traverse::Direction;

use crate::types::{Entity, EntityKind, kinds_of_model};

/// Which way to follow lineage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum LineageDirection {
    /// Up to what it is made from.
    Up,
    /// Down to what is made from it.
    Down,
    /// Both ways: all origins and all that is made from it.
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

/// What becomes of what a filter does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "isogloss::LineageRest")]
pub enum LineageRest {
    /// It is passed through: what lies on either side is linked directly, in one step.
    Contract,
    /// The walk ends before it.
    Stop,
}

/// Which entities a walk shows; the entity that was asked about is always shown.
#[derive(Debug, Clone, InputObject)]
pub struct LineageFilter {
    /// Only entities of one of these domains, by IRI or label.
    domains: Option<Vec<String>>,
    /// Only entities of which one of these sources speaks, by name.
    sources: Option<Vec<String>>,
    /// Only these kinds of entities.
    kinds: Option<Vec<EntityKind>>,
    /// Of datasets only those that are kept in one of these ways, such as `table`.
    materializations: Option<Vec<String>>,
    /// What becomes of all others.
    #[graphql(default_with = "LineageRest::Contract")]
    rest: LineageRest,
}

impl Default for LineageFilter {
    fn default() -> Self {
        Self {
            domains: None,
            sources: None,
            kinds: None,
            materializations: None,
            rest: LineageRest::Contract,
        }
    }
}

impl LineageFilter {
    /// Makes the filter of the crate below.
    pub(crate) fn into_model(self) -> isogloss::LineageFilter {
        isogloss::LineageFilter {
            domains: self.domains.unwrap_or_default(),
            sources: self.sources.unwrap_or_default(),
            kinds: kinds_of_model(self.kinds),
            materializations: self.materializations.unwrap_or_default(),
            rest: self.rest.into(),
        }
    }
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
    /// Whether a limit left something out that the filter allows.
    partial: bool,
    /// Whether the reached part goes round in a circle somewhere.
    has_cycle: bool,
    /// The circles, each as IRIs in the order in which data goes round; a shortest one for each set of entities that
    /// all lead to each other.
    cycles: Vec<Vec<String>>,
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
    /// IRI of the node that is the same thing in another source and was reached first.
    same_as: Option<String>,
}

/// A step of the lineage, by IRI.
#[derive(SimpleObject)]
pub struct LineageEdge {
    /// IRI of what is upstream.
    from: String,
    /// IRI of what is downstream, made from the other.
    to: String,
    /// IRI of the predicate; of one on the way where the step is indirect.
    predicate: String,
    /// Whether something that the filter does not show lies between.
    indirect: bool,
    /// Names of sources that say so, eight at most; none for an indirect step.
    sources: Vec<String>,
}

impl Lineage {
    /// Takes a walk over `snapshot`.
    pub(crate) fn read(snapshot: &Arc<Snapshot>, lineage: isogloss::Lineage) -> Self {
        let nodes = lineage.nodes.iter().filter_map(|node| {
            Some(LineageNode {
                entity: Entity::find(snapshot, &node.iri)?,
                hops: node.hops.into(),
                same_as: node.same_as.clone(),
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
                    predicate: edge.predicate,
                    indirect: edge.indirect,
                    sources: edge.sources,
                })
                .collect(),
            partial: lineage.partial,
            has_cycle: lineage.has_cycle,
            cycles: lineage.cycles,
            version: snapshot.version().0,
        }
    }
}
