//! The cycles of a set of edges, without recursion: a chain of 100,000 edges is walked like one of ten.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::names::TermId;

/// Nodes each of which leads to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// All of them, in the order of their numbers.
    pub nodes: Vec<TermId>,
    /// A shortest way round that begins and ends at the first of them, named once: each leads to the next, the last
    /// to the first. One node for an edge from a node to itself.
    pub along: Vec<TermId>,
}

/// Finds the strongly connected parts of these edges that have more than one node or an edge to itself.
///
/// They come in the order of their first nodes.
pub fn cycles(edges: impl IntoIterator<Item = (TermId, TermId)>) -> Vec<Cycle> {
    let mut edges: Vec<(TermId, TermId)> = edges.into_iter().collect();
    edges.sort_unstable();
    edges.dedup();
    let mut nodes: Vec<TermId> = edges.iter().flat_map(|&(from, to)| [from, to]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let number: FxHashMap<TermId, u32> = nodes.iter().copied().zip(0..).collect();
    let arcs = Arcs::new(
        nodes.len(),
        edges.iter().map(|(from, to)| (number[from], number[to])),
    );
    let mut found: Vec<Cycle> = arcs
        .components()
        .into_iter()
        .filter(|part| part.len() > 1 || arcs.of(part[0]).contains(&part[0]))
        .map(|mut part| {
            part.sort_unstable();
            let name = |part: &[u32]| part.iter().map(|&at| nodes[at as usize]).collect();
            Cycle {
                along: name(&arcs.way_round(&part)),
                nodes: name(&part),
            }
        })
        .collect();
    found.sort_unstable_by_key(|cycle| cycle.nodes[0]);
    found
}

/// Arcs between numbered nodes, those of one node next to each other.
pub(super) struct Arcs {
    starts: Vec<usize>,
    targets: Vec<u32>,
}

impl Arcs {
    /// Takes arcs in the order of the nodes that they leave.
    pub(super) fn new(nodes: usize, sorted: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut starts = vec![0; nodes + 1];
        let mut targets = Vec::new();
        for (from, to) in sorted {
            targets.push(to);
            starts[from as usize + 1] = targets.len();
        }
        for at in 1..starts.len() {
            starts[at] = starts[at].max(starts[at - 1]);
        }
        Self { starts, targets }
    }

    /// The places of a node's arcs among all.
    pub(super) fn range(&self, node: u32) -> std::ops::Range<usize> {
        self.starts[node as usize]..self.starts[node as usize + 1]
    }

    pub(super) fn of(&self, node: u32) -> &[u32] {
        &self.targets[self.range(node)]
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Tarjan's strongly connected components, with a stack of its own in place of recursion.
    fn components(&self) -> Vec<Vec<u32>> {
        let mut search = Search {
            order: vec![NONE; self.len()],
            low: vec![NONE; self.len()],
            waiting: vec![false; self.len()],
            stack: Vec::new(),
            next: 0,
        };
        let mut found = Vec::new();
        // A node being visited and the place of its next arc.
        let mut visits: Vec<(u32, usize)> = Vec::new();
        for root in 0..self.len() as u32 {
            if search.order[root as usize] != NONE {
                continue;
            }
            search.open(root);
            visits.push((root, self.range(root).start));
            while let Some((node, arc)) = visits.last_mut() {
                let node = *node;
                if *arc < self.range(node).end {
                    let to = self.targets[*arc];
                    *arc += 1;
                    if search.order[to as usize] == NONE {
                        search.open(to);
                        visits.push((to, self.range(to).start));
                    } else if search.waiting[to as usize] {
                        search.lower(node, search.order[to as usize]);
                    }
                } else {
                    visits.pop();
                    if let Some((parent, _)) = visits.last() {
                        search.lower(*parent, search.low[node as usize]);
                    }
                    found.extend(search.close(node));
                }
            }
        }
        found
    }

    /// A shortest way from the first node of a component back to it.
    fn way_round(&self, part: &[u32]) -> Vec<u32> {
        let first = part[0];
        let mut before: FxHashMap<u32, u32> = FxHashMap::default();
        let mut queue = VecDeque::from([first]);
        while let Some(node) = queue.pop_front() {
            for &to in self.of(node) {
                if to == first {
                    let mut way = vec![node];
                    let mut at = node;
                    while at != first {
                        at = before[&at];
                        way.push(at);
                    }
                    way.reverse();
                    return way;
                }
                if part.binary_search(&to).is_ok() && !before.contains_key(&to) {
                    before.insert(to, node);
                    queue.push_back(to);
                }
            }
        }
        vec![first]
    }
}

const NONE: u32 = u32::MAX;

/// What Tarjan's algorithm knows of each node.
struct Search {
    order: Vec<u32>,
    low: Vec<u32>,
    waiting: Vec<bool>,
    stack: Vec<u32>,
    next: u32,
}

impl Search {
    fn open(&mut self, node: u32) {
        self.order[node as usize] = self.next;
        self.low[node as usize] = self.next;
        self.next += 1;
        self.stack.push(node);
        self.waiting[node as usize] = true;
    }

    fn lower(&mut self, node: u32, to: u32) {
        let low = &mut self.low[node as usize];
        *low = (*low).min(to);
    }

    /// Takes the component of a node off the stack, if the node is where it was entered.
    fn close(&mut self, node: u32) -> Option<Vec<u32>> {
        if self.low[node as usize] != self.order[node as usize] {
            return None;
        }
        let mut part = Vec::new();
        while let Some(member) = self.stack.pop() {
            self.waiting[member as usize] = false;
            part.push(member);
            if member == node {
                break;
            }
        }
        Some(part)
    }
}
