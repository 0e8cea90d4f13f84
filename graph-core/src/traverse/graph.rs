//! The statements of some predicates as a graph for petgraph's algorithms, without a copy.

use std::slice;

use petgraph::visit::{
    Data, EdgeCount, EdgeRef, GraphBase, GraphProp, GraphRef, IntoEdgeReferences, IntoEdges,
    IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers,
    NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
};

use super::Edge;
use super::term_set::TermSet;
use crate::names::TermId;
use crate::snapshot::{Matches, Snapshot};

/// A directed graph from subjects to objects; every term of the snapshot is a node.
///
/// Implements petgraph's visit traits, so that `Bfs`, `Dfs`, `toposort`, `tarjan_scc`, `dijkstra` and others run on it
/// as they are, also behind `Reversed` and `NodeFiltered`. A visit map grows with what is visited, up to a bit for each
/// term of the snapshot. What goes over *all* nodes, as `toposort` and `tarjan_scc` do, goes over all terms; petgraph's
/// `page_rank` takes the square of their number ([`super::page_rank`] does not), and its `tarjan_scc` recurses, which a
/// long chain does not survive ([`super::cycles`] does not).
#[derive(Clone, Copy, Debug)]
pub struct EdgeGraph<'a> {
    snapshot: &'a Snapshot,
    predicates: &'a [TermId],
}

impl<'a> EdgeGraph<'a> {
    /// Views the statements with these predicates as edges.
    pub fn new(snapshot: &'a Snapshot, predicates: &'a [TermId]) -> Self {
        Self {
            snapshot,
            predicates,
        }
    }

    fn at(self, node: TermId, incoming: bool) -> Neighbors<'a> {
        Neighbors {
            snapshot: self.snapshot,
            predicates: self.predicates.iter(),
            node,
            incoming,
            current: None,
        }
    }
}

/// Iterator over the neighbours of a node.
#[derive(Debug)]
pub struct Neighbors<'a> {
    snapshot: &'a Snapshot,
    predicates: slice::Iter<'a, TermId>,
    node: TermId,
    incoming: bool,
    current: Option<Matches<'a>>,
}

impl Neighbors<'_> {
    fn next_edge(&mut self) -> Option<Edge> {
        loop {
            if let Some(found) = self.current.as_mut().and_then(Iterator::next) {
                return Some(Edge {
                    subject: found.subject,
                    predicate: found.predicate,
                    object: found.object,
                });
            }
            let predicate = Some(*self.predicates.next()?);
            let node = Some(self.node);
            let (subject, object) = if self.incoming {
                (None, node)
            } else {
                (node, None)
            };
            self.current = Some(
                self.snapshot
                    .matching(subject, predicate, object, super::VIEW),
            );
        }
    }
}

impl Iterator for Neighbors<'_> {
    type Item = TermId;

    fn next(&mut self) -> Option<TermId> {
        let edge = self.next_edge()?;
        Some(if self.incoming {
            edge.subject
        } else {
            edge.object
        })
    }
}

/// An edge as petgraph's algorithms see it; its weight is the predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdgeReference(Edge);

impl EdgeRef for EdgeReference {
    type NodeId = TermId;
    type EdgeId = Edge;
    type Weight = TermId;

    fn source(&self) -> TermId {
        self.0.subject
    }

    fn target(&self) -> TermId {
        self.0.object
    }

    fn weight(&self) -> &TermId {
        &self.0.predicate
    }

    fn id(&self) -> Edge {
        self.0
    }
}

/// Iterator over the edges that leave a node, or that come to it.
#[derive(Debug)]
pub struct Edges<'a>(Neighbors<'a>);

impl Iterator for Edges<'_> {
    type Item = EdgeReference;

    fn next(&mut self) -> Option<EdgeReference> {
        self.0.next_edge().map(EdgeReference)
    }
}

/// Iterator over all edges.
#[derive(Debug)]
pub struct EdgeReferences<'a> {
    snapshot: &'a Snapshot,
    predicates: slice::Iter<'a, TermId>,
    current: Option<Matches<'a>>,
}

impl Iterator for EdgeReferences<'_> {
    type Item = EdgeReference;

    fn next(&mut self) -> Option<EdgeReference> {
        loop {
            if let Some(found) = self.current.as_mut().and_then(Iterator::next) {
                let edge = Edge {
                    subject: found.subject,
                    predicate: found.predicate,
                    object: found.object,
                };
                return Some(EdgeReference(edge));
            }
            let predicate = *self.predicates.next()?;
            self.current = Some(
                self.snapshot
                    .matching(None, Some(predicate), None, super::VIEW),
            );
        }
    }
}

impl GraphBase for EdgeGraph<'_> {
    type NodeId = TermId;
    type EdgeId = Edge;
}

impl GraphRef for EdgeGraph<'_> {}

impl GraphProp for EdgeGraph<'_> {
    type EdgeType = petgraph::Directed;
}

impl Data for EdgeGraph<'_> {
    type NodeWeight = ();
    type EdgeWeight = TermId;
}

impl<'a> IntoNeighbors for EdgeGraph<'a> {
    type Neighbors = Neighbors<'a>;

    fn neighbors(self, node: TermId) -> Neighbors<'a> {
        self.at(node, false)
    }
}

impl<'a> IntoNeighborsDirected for EdgeGraph<'a> {
    type NeighborsDirected = Neighbors<'a>;

    fn neighbors_directed(self, node: TermId, direction: petgraph::Direction) -> Neighbors<'a> {
        self.at(node, direction == petgraph::Direction::Incoming)
    }
}

impl<'a> IntoEdgeReferences for EdgeGraph<'a> {
    type EdgeRef = EdgeReference;
    type EdgeReferences = EdgeReferences<'a>;

    fn edge_references(self) -> EdgeReferences<'a> {
        EdgeReferences {
            snapshot: self.snapshot,
            predicates: self.predicates.iter(),
            current: None,
        }
    }
}

impl<'a> IntoEdges for EdgeGraph<'a> {
    type Edges = Edges<'a>;

    fn edges(self, node: TermId) -> Edges<'a> {
        Edges(self.at(node, false))
    }
}

impl<'a> IntoEdgesDirected for EdgeGraph<'a> {
    type EdgesDirected = Edges<'a>;

    fn edges_directed(self, node: TermId, direction: petgraph::Direction) -> Edges<'a> {
        Edges(self.at(node, direction == petgraph::Direction::Incoming))
    }
}

impl EdgeCount for EdgeGraph<'_> {
    /// Counts the edges by reading them.
    fn edge_count(&self) -> usize {
        self.edge_references().count()
    }
}

impl Visitable for EdgeGraph<'_> {
    type Map = TermSet;

    fn visit_map(&self) -> TermSet {
        TermSet::new(self.snapshot.term_bound())
    }

    fn reset_map(&self, map: &mut TermSet) {
        *map = self.visit_map();
    }
}

impl NodeIndexable for EdgeGraph<'_> {
    fn node_bound(&self) -> usize {
        self.snapshot.term_bound()
    }

    fn to_index(&self, node: TermId) -> usize {
        node.index()
    }

    fn from_index(&self, index: usize) -> TermId {
        TermId(index as u32)
    }
}

// Every number below the bound is a node.
impl NodeCompactIndexable for EdgeGraph<'_> {}

impl NodeCount for EdgeGraph<'_> {
    fn node_count(&self) -> usize {
        self.snapshot.term_bound()
    }
}

impl IntoNodeIdentifiers for EdgeGraph<'_> {
    type NodeIdentifiers = std::iter::Map<std::ops::Range<u32>, fn(u32) -> TermId>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        (0..self.snapshot.term_bound() as u32).map(TermId)
    }
}
