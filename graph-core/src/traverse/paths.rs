//! The shortest ways from one node to another.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use super::{Direction, Edge, Limits, edges_at, walk};
use crate::names::TermId;
use crate::snapshot::Snapshot;

/// For each path wanted, this many steps per node of the limit may be tried before the search gives up.
const TRIES_PER_NODE: usize = 16;

/// A way between two nodes that visits no node twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The nodes, both ends included.
    pub nodes: Vec<TermId>,
    /// The edges between them, one fewer than nodes.
    pub edges: Vec<Edge>,
}

/// A path under construction: its last step and the step before.
struct Step {
    node: TermId,
    edge: Option<Edge>,
    before: Option<usize>,
    hops: u32,
}

/// Finds up to `k` paths, shortest first, and tells whether limits may have kept others out.
///
/// Of parallel edges between the same nodes one is shown. First the distance of every node to the goal is found by a
/// walk back from it, then partial paths grow in the order of the length they can still reach.
pub fn paths(
    snapshot: &Snapshot,
    from: TermId,
    to: TermId,
    edges: &[TermId],
    direction: Direction,
    k: usize,
    limits: Limits,
) -> (Vec<Path>, bool) {
    let mut found = Vec::new();
    if k == 0 {
        return (found, false);
    }
    let back = walk(snapshot, &[to], edges, direction.reversed(), limits);
    let nodes_were_cut = back.partial && back.nodes.len() >= limits.max_nodes;
    let mut cut = back.partial;
    let distance: FxHashMap<TermId, u32> = back
        .nodes
        .iter()
        .map(|reached| (reached.id, reached.hops))
        .collect();
    let Some(&shortest) = distance.get(&from) else {
        return (found, cut);
    };

    let mut steps = vec![Step {
        node: from,
        edge: None,
        before: None,
        hops: 0,
    }];
    let mut open = BinaryHeap::from([Reverse((shortest, 0_usize))]);
    let tries_max = limits.max_nodes.saturating_mul(TRIES_PER_NODE);
    while let Some(Reverse((_, at))) = open.pop() {
        if steps[at].node == to {
            found.push(trace(&steps, at));
            if found.len() == k {
                return (found, nodes_were_cut);
            }
            continue;
        }
        if steps.len() > tries_max {
            return (found, true);
        }
        let (node, hops) = (steps[at].node, steps[at].hops + 1);
        let mut neighbours: Vec<(TermId, Edge)> = edges_at(snapshot, node, edges, direction)
            .map(|(edge, next)| (next, edge))
            .collect();
        neighbours.sort_unstable();
        neighbours.dedup_by_key(|(next, _)| *next);
        for (next, edge) in neighbours {
            let Some(&rest) = distance.get(&next) else {
                continue;
            };
            if visits(&steps, at, next) {
                continue;
            }
            if hops + rest > limits.max_hops {
                cut = true;
                continue;
            }
            open.push(Reverse((hops + rest, steps.len())));
            steps.push(Step {
                node: next,
                edge: Some(edge),
                before: Some(at),
                hops,
            });
        }
    }
    (found, cut)
}

fn visits(steps: &[Step], at: usize, node: TermId) -> bool {
    let mut step = Some(at);
    while let Some(at) = step {
        if steps[at].node == node {
            return true;
        }
        step = steps[at].before;
    }
    false
}

fn trace(steps: &[Step], at: usize) -> Path {
    let mut path = Path {
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    let mut step = Some(at);
    while let Some(at) = step {
        path.nodes.push(steps[at].node);
        path.edges.extend(steps[at].edge);
        step = steps[at].before;
    }
    path.nodes.reverse();
    path.edges.reverse();
    path
}
