//! Walking the graph along chosen predicates: reach, paths, and petgraph's algorithms over the same arrays.
//!
//! A statement `s p o` of a lineage predicate reads "s derives from o": *up* goes from s to o, *down* from o to s.
//!
//! ```
//! use graph_core::rdf::{NamedNode, Statement};
//! use graph_core::traverse::{Direction, Limits, walk};
//! use graph_core::{Change, Commit, Store, Timestamp};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let derived = NamedNode::new("http://www.w3.org/ns/prov#wasDerivedFrom")?;
//! let [report, orders, raw] = ["urn:report", "urn:orders", "urn:raw"].map(NamedNode::new_unchecked);
//! let store = Store::in_memory();
//! store.commit(Commit {
//!     source: "shop".try_into()?,
//!     kind: "dbt".to_owned(),
//!     actor: "ada".to_owned(),
//!     time: Timestamp(0),
//!     change: Change::Replace(vec![
//!         Statement::new(report, derived.clone(), orders.clone()),
//!         Statement::new(orders, derived.clone(), raw),
//!     ]),
//! })?;
//! let snapshot = store.snapshot();
//! let starts = [snapshot.id_of_iri("urn:report").ok_or("unknown")?];
//! let edges = [snapshot.id_of_iri(derived.as_str()).ok_or("unknown")?];
//! let found = walk(&snapshot, &starts, &edges, Direction::Up, Limits::default());
//! assert_eq!(found.nodes.len(), 3);
//! assert!(!found.partial && !found.cycles);
//! # Ok(())
//! # }
//! ```

mod centrality;
mod cycles;
mod detours;
mod explore;
mod graph;
mod paths;
mod term_set;
mod terrain;
mod walk;

pub use centrality::{Rank, RankOptions, Ranks, page_rank};
pub use cycles::{Cycle, cycles};
pub use explore::{Exploration, Found, Link, explore};
pub use graph::{EdgeGraph, EdgeReference, EdgeReferences, Edges, Neighbors};
pub use paths::{Path, paths, paths_over};
pub use term_set::TermSet;
pub use terrain::{OpenTerrain, Pass, Terrain};
pub use walk::{Reached, Walk, walk};

use crate::names::TermId;
use crate::snapshot::{Scope, Snapshot};

/// What a traversal sees: each statement once, whoever makes it.
const VIEW: Scope = Scope::Union;

/// Which way to go along an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the subject to the object: to what something derives from.
    Up,
    /// From the object to the subject: to what derives from it.
    Down,
    /// Both ways.
    Both,
}

impl Direction {
    fn goes_up(self) -> bool {
        self != Self::Down
    }

    fn goes_down(self) -> bool {
        self != Self::Up
    }

    fn reversed(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
            Self::Both => Self::Both,
        }
    }
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The greatest number of edges from a start.
    pub max_hops: u32,
    /// The greatest number of nodes, starts included.
    pub max_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_hops: 64,
            max_nodes: 10_000,
        }
    }
}

/// A statement seen as an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// Its subject.
    pub subject: TermId,
    /// Its predicate.
    pub predicate: TermId,
    /// Its object.
    pub object: TermId,
}

/// Iterates over the edges at a node and the node at their other end; literals are no nodes.
fn edges_at<'a>(
    snapshot: &'a Snapshot,
    node: TermId,
    predicates: &'a [TermId],
    direction: Direction,
) -> impl Iterator<Item = (Edge, TermId)> + use<'a> {
    let up = predicates
        .iter()
        .filter(move |_| direction.goes_up())
        .flat_map(move |&predicate| {
            let found = snapshot.matching(Some(node), Some(predicate), None, VIEW);
            found.map(move |found| {
                (
                    Edge {
                        subject: node,
                        predicate,
                        object: found.object,
                    },
                    found.object,
                )
            })
        });
    let down = predicates
        .iter()
        .filter(move |_| direction.goes_down())
        .flat_map(move |&predicate| {
            let found = snapshot.matching(None, Some(predicate), Some(node), VIEW);
            found.map(move |found| {
                (
                    Edge {
                        subject: found.subject,
                        predicate,
                        object: node,
                    },
                    found.subject,
                )
            })
        });
    up.filter(|&(_, object)| !snapshot.is_literal(object))
        .chain(down)
}
