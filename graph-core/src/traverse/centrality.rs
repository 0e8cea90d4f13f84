//! How much leads to a node, in steps of many lengths: page rank and degrees.

use rustc_hash::FxHashMap;

use crate::names::TermId;
use crate::snapshot::Snapshot;

/// How page rank is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankOptions {
    /// The share of a node's rank that flows on along its edges, from 0 to 1.
    pub damping: f64,
    /// Rounds at most.
    pub rounds: u32,
    /// Rounds end when the ranks change by less than this in sum.
    pub tolerance: f64,
}

impl Default for RankOptions {
    fn default() -> Self {
        Self {
            damping: 0.85,
            rounds: 50,
            tolerance: 1e-6,
        }
    }
}

/// What is known of one node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// The page rank; all of them sum up to one.
    pub rank: f64,
    /// Edges that leave the node.
    pub outgoing: u32,
    /// Edges that come to the node.
    pub incoming: u32,
}

/// The ranks of the nodes that some edge touches; about 24 bytes for each.
#[derive(Clone, Debug, Default)]
pub struct Ranks {
    nodes: Vec<TermId>,
    values: Vec<f64>,
    outgoing: Vec<u32>,
    incoming: Vec<u32>,
}

impl Ranks {
    /// Returns what is known of a node; `None` when no edge touches it.
    pub fn get(&self, node: TermId) -> Option<Rank> {
        let at = self.nodes.binary_search(&node).ok()?;
        Some(Rank {
            rank: self.values[at],
            outgoing: self.outgoing[at],
            incoming: self.incoming[at],
        })
    }

    /// Returns the number of ranked nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Tells whether there are no edges at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Iterates over the ranked nodes in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (TermId, f64)> + use<'_> {
        self.nodes.iter().copied().zip(self.values.iter().copied())
    }
}

/// Computes the page rank of the nodes of the statements with these predicates: rank flows from subject to object.
///
/// `weight` is how much a node has to give beside what flows to it, 1 for an ordinary one. Literals are no nodes. The
/// same statements give the same ranks, whatever order they lie in, up to the last bits of a sum.
pub fn page_rank(
    snapshot: &Snapshot,
    predicates: &[TermId],
    weight: impl Fn(TermId) -> f64,
    options: RankOptions,
) -> Ranks {
    let mut edges: Vec<(TermId, TermId)> = Vec::new();
    for &predicate in predicates {
        let found = snapshot.matching(None, Some(predicate), None, super::VIEW);
        let ends = found.map(|found| (found.subject, found.object));
        edges.extend(ends.filter(|&(_, object)| !snapshot.is_literal(object)));
    }
    edges.sort_unstable();
    edges.dedup();
    let mut nodes: Vec<TermId> = edges.iter().flat_map(|&(from, to)| [from, to]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let number: FxHashMap<TermId, u32> = nodes.iter().copied().zip(0..).collect();
    let (mut outgoing, mut incoming) = (vec![0_u32; nodes.len()], vec![0_u32; nodes.len()]);
    let edges: Vec<(u32, u32)> = edges
        .iter()
        .map(|(from, to)| (number[from], number[to]))
        .collect();
    drop(number);
    for &(from, to) in &edges {
        outgoing[from as usize] += 1;
        incoming[to as usize] += 1;
    }
    let given: Vec<f64> = nodes.iter().map(|&node| weight(node).max(0.0)).collect();
    let ranks = flow(&edges, &outgoing, given, options);
    Ranks {
        nodes,
        values: ranks,
        outgoing,
        incoming,
    }
}

/// Lets rank flow until it hardly changes any more.
fn flow(
    edges: &[(u32, u32)],
    outgoing: &[u32],
    mut given: Vec<f64>,
    options: RankOptions,
) -> Vec<f64> {
    let total: f64 = given.iter().sum();
    if total > 0.0 {
        for share in &mut given {
            *share /= total;
        }
    }
    let mut ranks = given.clone();
    let mut next = vec![0.0; ranks.len()];
    for _ in 0..options.rounds {
        next.fill(0.0);
        for &(from, to) in edges {
            next[to as usize] += ranks[from as usize] / f64::from(outgoing[from as usize]);
        }
        // What ends at a node that nothing leaves starts anew.
        let ended: f64 = ranks
            .iter()
            .zip(outgoing)
            .filter(|(_, out)| **out == 0)
            .map(|(rank, _)| rank)
            .sum();
        let mut change = 0.0;
        for ((next, rank), given) in next.iter_mut().zip(&ranks).zip(&given) {
            *next = options.damping * (*next + ended * given) + (1.0 - options.damping) * given;
            change += (*next - rank).abs();
        }
        std::mem::swap(&mut ranks, &mut next);
        if change < options.tolerance {
            break;
        }
    }
    ranks
}
