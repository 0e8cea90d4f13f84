//! The shortest ways from one node to another.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rustc_hash::FxHashMap;

use super::cycles::Arcs;
use super::detours::Detours;
use super::terrain::{Groups, OpenTerrain, Terrain};
use super::{Direction, Edge, Limits, edges_at};
use crate::names::TermId;
use crate::snapshot::Snapshot;

/// A way between two nodes that visits no node twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The nodes, both ends included.
    pub nodes: Vec<TermId>,
    /// The edges between them, one fewer than nodes.
    ///
    /// Where two nodes are the same thing, an edge may begin at one and the edge before it end at the other.
    pub edges: Vec<Edge>,
}

/// Finds up to `k` paths, shortest first, and tells whether limits may have kept others out.
///
/// Of parallel edges between the same nodes one is shown. Paths of one length come in the same order each time.
pub fn paths(
    snapshot: &Snapshot,
    from: TermId,
    to: TermId,
    edges: &[TermId],
    direction: Direction,
    k: usize,
    limits: Limits,
) -> (Vec<Path>, bool) {
    let open = &mut OpenTerrain;
    paths_over(snapshot, open, (from, to), edges, direction, k, limits)
}

/// As [`paths`], where a terrain tells which nodes are the same thing and which are closed; none is passed unseen.
///
/// This is Yen's algorithm with the partition of Lawler: the first path is a shortest one, each further path leaves
/// one found before at some node. How long a path that leaves at a node is at least is known from the distances to the
/// goal, so that of the many places to leave only those are searched whose turn comes.
pub fn paths_over(
    snapshot: &Snapshot,
    terrain: &mut dyn Terrain,
    (from, to): (TermId, TermId),
    edges: &[TermId],
    direction: Direction,
    k: usize,
    limits: Limits,
) -> (Vec<Path>, bool) {
    if k == 0 {
        return (Vec::new(), false);
    }
    let ends = [to, from];
    let mut groups = Groups::new(terrain, &ends);
    let (Some(goal), Some(start)) = (groups.enter(to), groups.enter(from)) else {
        return (Vec::new(), false);
    };
    let area = Area::around(snapshot, &mut groups, goal, edges, direction, limits);
    let Some(&start_at) = area.number.get(&start) else {
        return (Vec::new(), area.cut);
    };
    if start == goal {
        let nodes = if from == to {
            vec![from]
        } else {
            vec![from, to]
        };
        let edges = Vec::new();
        return (vec![Path { nodes, edges }], false);
    }
    let mut detours = Detours::new(&area.arcs, &area.distance, start_at, limits);
    let mut found = Vec::new();
    while found.len() < k {
        match detours.next_path() {
            Some(path) => found.push(path),
            None => break,
        }
    }
    let full = found.len() == k;
    let partial = detours.gave_up() || area.nodes_cut || (!full && (area.cut || detours.cut()));
    let name = |group: usize| match group {
        group if group == start => from,
        group if group == goal => to,
        group => groups.get(group).shown.first().copied().unwrap_or(to),
    };
    let paths = found
        .iter()
        .map(|path| Path {
            nodes: path
                .iter()
                .map(|&at| name(area.groups[at as usize]))
                .collect(),
            edges: path
                .windows(2)
                .filter_map(|step| area.edge(step[0], step[1]))
                .collect(),
        })
        .collect();
    (paths, partial)
}

/// The groups from which the goal can be reached within the limits, numbered, with their distances to it.
struct Area {
    groups: Vec<usize>,
    number: FxHashMap<usize, u32>,
    distance: Vec<u32>,
    arcs: Arcs,
    /// The edge behind each arc.
    edges: Vec<Edge>,
    /// A limit left groups out.
    cut: bool,
    /// The limit on nodes did.
    nodes_cut: bool,
}

impl Area {
    fn around(
        snapshot: &Snapshot,
        groups: &mut Groups<'_>,
        goal: usize,
        predicates: &[TermId],
        direction: Direction,
        limits: Limits,
    ) -> Self {
        let mut area = Self {
            groups: vec![goal],
            number: FxHashMap::from_iter([(goal, 0)]),
            distance: vec![0],
            arcs: Arcs::new(0, std::iter::empty()),
            edges: Vec::new(),
            cut: false,
            nodes_cut: false,
        };
        let mut arcs: Vec<(u32, u32, Edge)> = Vec::new();
        let mut queue = VecDeque::from([(goal, 0_u32)]);
        while let Some((group, number)) = queue.pop_front() {
            let rest = area.distance[number as usize];
            for member in groups.get(group).members.clone() {
                for (edge, other) in edges_at(snapshot, member, predicates, direction.reversed()) {
                    let Some(before) = groups.enter(other).filter(|before| *before != group) else {
                        continue;
                    };
                    let at = match area.number.get(&before) {
                        Some(&at) => at,
                        None if rest >= limits.max_hops => {
                            area.cut = true;
                            continue;
                        }
                        None if area.groups.len() >= limits.max_nodes => {
                            area.cut = true;
                            area.nodes_cut = true;
                            continue;
                        }
                        None => {
                            let at = area.groups.len() as u32;
                            area.number.insert(before, at);
                            area.groups.push(before);
                            area.distance.push(rest + 1);
                            queue.push_back((before, at));
                            at
                        }
                    };
                    arcs.push((at, number, edge));
                }
            }
        }
        arcs.sort_unstable();
        arcs.dedup_by_key(|(from, to, _)| (*from, *to));
        let ends = arcs.iter().map(|(from, to, _)| (*from, *to));
        area.arcs = Arcs::new(area.groups.len(), ends);
        area.edges = arcs.into_iter().map(|(_, _, edge)| edge).collect();
        area
    }

    fn edge(&self, from: u32, to: u32) -> Option<Edge> {
        let range = self.arcs.range(from);
        let at = self.arcs.of(from).binary_search(&to).ok()?;
        self.edges.get(range.start + at).copied()
    }
}

/// Entries of a heap that gives the smallest first.
pub(super) type Smallest<T> = BinaryHeap<Reverse<T>>;
