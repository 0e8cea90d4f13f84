//! Where data comes from and where it goes, in IRIs.

use graph_core::traverse::{Direction, Limits, Path};
use semantic_model::{Entity, Model, lineage};
use serde::Serialize;

use crate::{Error, Result, Snapshot};

pub use semantic_model::lineage::Level as LineageLevel;

/// What lineage is asked for.
#[derive(Clone, Copy, Debug)]
pub struct LineageRequest {
    /// Up to the origins, down to the consumers, or both.
    pub direction: Direction,
    /// Between datasets or between columns.
    pub level: LineageLevel,
    /// How many steps to walk at most.
    pub max_hops: u32,
    /// How many nodes to reach at most.
    pub max_nodes: usize,
}

impl Default for LineageRequest {
    fn default() -> Self {
        Self {
            direction: Direction::Both,
            level: LineageLevel::Dataset,
            max_hops: 5,
            max_nodes: 1_000,
        }
    }
}

/// The part of the lineage graph that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lineage {
    /// IRI of the entity that was asked about.
    pub root: String,
    /// What was reached, the root included, nearest first.
    pub nodes: Vec<LineageNode>,
    /// The steps between the nodes, each from upstream to downstream.
    pub edges: Vec<LineageEdge>,
    /// Whether a limit left something out.
    pub partial: bool,
    /// Whether the reached part contains a cycle.
    pub has_cycle: bool,
}

/// One entity on the lineage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineageNode {
    /// IRI of the entity.
    pub iri: String,
    /// Steps from the root.
    pub hops: u32,
}

/// One step of the lineage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineageEdge {
    /// IRI of the upstream entity.
    pub from: String,
    /// IRI of the downstream entity.
    pub to: String,
}

/// Ways from one entity to another, shortest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paths {
    /// Each path as the IRIs along it, both ends included.
    pub paths: Vec<Vec<String>>,
    /// Whether a limit may have left paths out.
    pub partial: bool,
}

impl Snapshot {
    /// Walks the lineage of an entity breadth first; at most `max_nodes` nodes are touched.
    ///
    /// A data product starts at the datasets that it offers, a dataset together with its twins in other sources.
    ///
    /// # Errors
    /// [`Error::UnknownEntity`] if the graph says nothing about the IRI.
    pub fn lineage(&self, iri: &str, request: &LineageRequest) -> Result<Lineage> {
        let model = self.model();
        let root = known(&model, iri)?;
        let limits = Limits {
            max_hops: request.max_hops,
            max_nodes: request.max_nodes,
        };
        let walk = lineage::walk(root, request.level, request.direction, limits);
        let name = |id| model.entity_of(id).iri();
        // A statement says that its subject derives from its object: the object is upstream.
        let edges = walk.edges.iter().map(|e| LineageEdge {
            from: name(e.object),
            to: name(e.subject),
        });
        Ok(Lineage {
            root: iri.to_owned(),
            nodes: walk
                .nodes
                .iter()
                .map(|n| LineageNode {
                    iri: name(n.id),
                    hops: n.hops,
                })
                .collect(),
            edges: edges.collect(),
            partial: walk.partial,
            has_cycle: walk.cycles,
        })
    }

    /// Finds at most `k` shortest ways by which data gets from one entity to another.
    ///
    /// # Errors
    /// [`Error::UnknownEntity`] if the graph says nothing about either end.
    pub fn paths(&self, from: &str, to: &str, k: usize, limits: Limits) -> Result<Paths> {
        let model = self.model();
        let (start, end) = (known(&model, from)?, known(&model, to)?);
        let (found, partial) = lineage::paths(start, end, Direction::Down, k, limits);
        let name_all = |path: &Path| {
            path.nodes
                .iter()
                .map(|id| model.entity_of(*id).iri())
                .collect()
        };
        Ok(Paths {
            paths: found.iter().map(name_all).collect(),
            partial,
        })
    }
}

fn known<'m>(model: &'m Model<'_>, iri: &str) -> Result<Entity<'m>> {
    model.entity(iri).ok_or_else(|| Error::UnknownEntity {
        iri: iri.to_owned(),
    })
}
