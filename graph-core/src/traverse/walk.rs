//! Everything that can be reached.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Direction, Edge, Limits, edges_at};
use crate::names::TermId;
use crate::snapshot::Snapshot;

/// A node that a walk reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The node.
    pub id: TermId,
    /// Number of edges on the shortest way from a start; 0 for a start.
    pub hops: u32,
    /// The last edge of such a way; `None` for a start.
    pub via: Option<Edge>,
}

/// What a walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// The nodes, nearest first, starts included.
    pub nodes: Vec<Reached>,
    /// Every edge between these nodes that the walk may follow, each once.
    pub edges: Vec<Edge>,
    /// True when a limit kept at least one reachable node out.
    pub partial: bool,
    /// True when the edges contain a directed cycle.
    pub cycles: bool,
}

/// Walks breadth first from the starts along the predicates `edges`, within the limits.
///
/// Takes time proportional to the edges at the reached nodes. Starts beyond `max_nodes` are left out.
pub fn walk(
    snapshot: &Snapshot,
    starts: &[TermId],
    edges: &[TermId],
    direction: Direction,
    limits: Limits,
) -> Walk {
    let mut walk = Walk::default();
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    let mut known_edges: FxHashSet<Edge> = FxHashSet::default();
    let mut queue = VecDeque::new();
    for &id in starts {
        if seen.contains(&id) {
            continue;
        }
        if seen.len() >= limits.max_nodes {
            walk.partial = true;
            break;
        }
        seen.insert(id);
        let start = Reached {
            id,
            hops: 0,
            via: None,
        };
        walk.nodes.push(start);
        queue.push_back(start);
    }
    while let Some(here) = queue.pop_front() {
        for (edge, id) in edges_at(snapshot, here.id, edges, direction) {
            if !seen.contains(&id) {
                if here.hops >= limits.max_hops || seen.len() >= limits.max_nodes {
                    walk.partial = true;
                    continue;
                }
                seen.insert(id);
                let reached = Reached {
                    id,
                    hops: here.hops + 1,
                    via: Some(edge),
                };
                walk.nodes.push(reached);
                queue.push_back(reached);
            }
            if known_edges.insert(edge) {
                walk.edges.push(edge);
            }
        }
    }
    walk.cycles = has_cycle(&walk.edges);
    walk
}

/// Takes away nodes that nothing leads to, again and again: what remains is cyclic.
fn has_cycle(edges: &[Edge]) -> bool {
    let mut incoming: FxHashMap<TermId, usize> = FxHashMap::default();
    let mut outgoing: FxHashMap<TermId, Vec<TermId>> = FxHashMap::default();
    for edge in edges {
        incoming.entry(edge.subject).or_default();
        *incoming.entry(edge.object).or_default() += 1;
        outgoing.entry(edge.subject).or_default().push(edge.object);
    }
    let total = incoming.len();
    let mut free: Vec<TermId> = edges
        .iter()
        .map(|edge| edge.subject)
        .filter(|node| incoming[node] == 0)
        .collect();
    free.sort_unstable();
    free.dedup();
    let mut taken = 0;
    while let Some(node) = free.pop() {
        taken += 1;
        for next in outgoing.get(&node).into_iter().flatten() {
            if let Some(count) = incoming.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    free.push(*next);
                }
            }
        }
    }
    taken < total
}
