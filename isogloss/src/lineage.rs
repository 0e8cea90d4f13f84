//! Where data comes from and where it goes, in IRIs.

use graph_core::TermId;
use graph_core::traverse::{Direction, Limits, Link, Path};
use semantic_model::{Entity, Model, lineage};
use serde::Serialize;

use crate::impact::sources_of;
use crate::{Error, Result, Snapshot};

pub use semantic_model::lineage::{
    Filter as LineageFilter, Level as LineageLevel, Rest as LineageRest,
};

/// What lineage is asked for.
#[derive(Clone, Debug)]
pub struct LineageRequest {
    /// Up to the origins, down to the consumers, or both: all origins and all consumers.
    pub direction: Direction,
    /// Between datasets or between columns.
    pub level: LineageLevel,
    /// The predicates to follow, by IRI or last segment of it; `prov:wasDerivedFrom` if there are none.
    pub predicates: Vec<String>,
    /// What to show, and what becomes of the rest.
    pub filter: LineageFilter,
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
            predicates: Vec::new(),
            filter: LineageFilter::default(),
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
    /// Whether a limit left something out that the filters allow.
    pub partial: bool,
    /// Whether the reached part contains a cycle.
    pub has_cycle: bool,
    /// The cycles, each as IRIs in the order in which data goes round, the first not repeated at the end; one shortest
    /// cycle for each set of nodes that all lead to each other.
    pub cycles: Vec<Vec<String>>,
}

/// One entity on the lineage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineageNode {
    /// IRI of the entity.
    pub iri: String,
    /// Steps from the root.
    pub hops: u32,
    /// IRI of the node that is the same thing in another source, where that was reached first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
}

/// One step of the lineage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineageEdge {
    /// IRI of the upstream entity.
    pub from: String,
    /// IRI of the downstream entity.
    pub to: String,
    /// IRI of the predicate; of one on the way where the edge is indirect.
    pub predicate: String,
    /// Whether something that the filters do not show lies between.
    pub indirect: bool,
    /// Names of sources that say so, eight at most; none for an indirect edge.
    pub sources: Vec<String>,
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
    /// Walks the lineage of an entity breadth first; at most `max_nodes` nodes are shown.
    ///
    /// A data product starts at the datasets that it offers. What two sources call by two names (one table, by its
    /// qualified name or `owl:sameAs`) is walked as one, wherever it is met.
    ///
    /// # Errors
    /// [`Error::UnknownEntity`] if the graph says nothing about the IRI.
    pub fn lineage(&self, iri: &str, request: &LineageRequest) -> Result<Lineage> {
        let model = self.model();
        let root = known(&model, iri)?;
        let asked = lineage::Request {
            level: request.level,
            direction: request.direction,
            predicates: request.predicates.clone(),
            filter: request.filter.clone(),
            limits: Limits {
                max_hops: request.max_hops,
                max_nodes: request.max_nodes,
            },
        };
        let walk = lineage::walk(root, &asked);
        let name = |id: TermId| model.entity_of(id).iri();
        let nodes = walk.nodes.iter().map(|node| LineageNode {
            iri: name(node.id),
            hops: node.hops,
            same_as: node.same_as.map(name),
        });
        let cycles = walk.cycles.iter();
        Ok(Lineage {
            root: iri.to_owned(),
            nodes: nodes.collect(),
            edges: walk.links.iter().map(|link| edge(&model, link)).collect(),
            partial: walk.partial,
            has_cycle: !walk.cycles.is_empty(),
            cycles: cycles
                .map(|cycle| cycle.along.iter().map(|id| name(*id)).collect())
                .collect(),
        })
    }

    /// Finds at most `k` shortest ways by which data gets from one entity to another; no way visits a thing twice.
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

/// A statement says that its subject derives from its object: the object is upstream.
fn edge(model: &Model<'_>, link: &Link) -> LineageEdge {
    let name = |id| Entity::iri(model.entity_of(id));
    LineageEdge {
        from: name(link.object),
        to: name(link.subject),
        predicate: name(link.predicate),
        indirect: link.indirect,
        sources: if link.indirect {
            Vec::new()
        } else {
            sources_of(model, Some(link.subject), link.predicate, Some(link.object))
        },
    }
}

pub(crate) fn known<'m>(model: &'m Model<'_>, iri: &str) -> Result<Entity<'m>> {
    model.entity(iri).ok_or_else(|| Error::UnknownEntity {
        iri: iri.to_owned(),
    })
}
