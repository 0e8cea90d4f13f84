//! A walk under rules: some nodes are one, some are passed through unseen, some end it.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::cycles::{Cycle, cycles};
use super::terrain::{Groups, Terrain};
use super::{Direction, Edge, Limits, edges_at};
use crate::names::TermId;
use crate::snapshot::Snapshot;

/// Groups passed through unseen at most; a walk that meets more says that it is partial.
const PASSES_MAX: usize = 1_000_000;

/// A node that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The node.
    pub id: TermId,
    /// Number of links on the shortest way from a start; 0 for a start and what is the same as one.
    pub hops: u32,
    /// The node that was found first of those that are the same thing; `None` for that one itself.
    pub same_as: Option<TermId>,
}

/// A tie between two nodes that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The node at the subject's end.
    pub subject: TermId,
    /// The predicate; of the last edge where several lie behind one link.
    pub predicate: TermId,
    /// The node at the object's end.
    pub object: TermId,
    /// True when nodes that are not shown lie between, or when one stands for another that is the same thing.
    pub indirect: bool,
}

/// What a walk under rules found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exploration {
    /// The nodes, nearest first, starts included.
    pub nodes: Vec<Found>,
    /// The ties between these nodes, each once.
    pub links: Vec<Link>,
    /// True when a limit kept a node out that can be reached under the rules, and only then.
    ///
    /// One exception: a walk that passes through more than a million unseen groups gives up and says true.
    pub partial: bool,
    /// The directed cycles among the links; what is the same thing counts as one node.
    pub cycles: Vec<Cycle>,
}

/// Walks breadth first from the starts under the rules of a terrain.
///
/// Unlike [`super::walk`], [`Direction::Both`] is all that lies up and all that lies down, not what lies down from
/// something up. Time is proportional to the edges at the groups met, times the shown nodes around what is passed
/// through. The starts are shown whatever the terrain says of them.
pub fn explore(
    snapshot: &Snapshot,
    terrain: &mut dyn Terrain,
    starts: &[TermId],
    predicates: &[TermId],
    direction: Direction,
    limits: Limits,
) -> Exploration {
    let mut explorer = Explorer {
        snapshot,
        predicates,
        limits,
        groups: Groups::new(terrain, starts),
        places: FxHashMap::default(),
        known_links: FxHashSet::default(),
        seen: FxHashSet::default(),
        queue: VecDeque::new(),
        passes: 0,
        found: Exploration::default(),
    };
    explorer.start(starts, direction);
    while let Some(state) = explorer.queue.pop_front() {
        explorer.visit(state);
    }
    explorer.find_cycles();
    explorer.found
}

/// A group and the way by which the walk goes on from it.
#[derive(Clone, Copy)]
struct State {
    group: usize,
    direction: Direction,
    hops: u32,
}

struct Explorer<'a> {
    snapshot: &'a Snapshot,
    predicates: &'a [TermId],
    limits: Limits,
    groups: Groups<'a>,
    /// The shown nodes and, for those that stand for their group, its number.
    places: FxHashMap<TermId, usize>,
    known_links: FxHashSet<(TermId, TermId, Option<TermId>)>,
    seen: FxHashSet<(usize, Direction)>,
    queue: VecDeque<State>,
    passes: usize,
    found: Exploration,
}

impl Explorer<'_> {
    fn start(&mut self, starts: &[TermId], direction: Direction) {
        let ways: &[Direction] = match direction {
            Direction::Up => &[Direction::Up],
            Direction::Down => &[Direction::Down],
            Direction::Both => &[Direction::Up, Direction::Down],
        };
        for &start in starts {
            let Some(group) = self.groups.enter(start) else {
                continue;
            };
            if !self.is_shown(group) && !self.show(group, 0) {
                continue;
            }
            for &direction in ways {
                self.enqueue(State {
                    group,
                    direction,
                    hops: 0,
                });
            }
        }
    }

    fn is_shown(&self, group: usize) -> bool {
        let shown = &self.groups.get(group).shown;
        shown
            .first()
            .is_some_and(|first| self.places.contains_key(first))
    }

    /// Shows what there is to show of a group, as far as there is room; false when there is none at all.
    fn show(&mut self, group: usize, hops: u32) -> bool {
        let shown = &self.groups.get(group).shown;
        let first = shown.first().copied();
        for &id in shown {
            if self.found.nodes.len() >= self.limits.max_nodes {
                self.found.partial = true;
                break;
            }
            self.places.insert(id, group);
            self.found.nodes.push(Found {
                id,
                hops,
                same_as: first.filter(|first| *first != id),
            });
        }
        self.is_shown(group)
    }

    fn enqueue(&mut self, state: State) {
        if self.seen.insert((state.group, state.direction)) {
            self.queue.push_back(state);
        }
    }

    /// Follows the edges of a group, and of those behind it that are not shown.
    fn visit(&mut self, state: State) {
        let (snapshot, predicates) = (self.snapshot, self.predicates);
        let mut through = vec![state.group];
        let mut passed: FxHashSet<usize> = FxHashSet::default();
        while let Some(at) = through.pop() {
            for member in self.groups.get(at).members.clone() {
                for (edge, other) in edges_at(snapshot, member, predicates, state.direction) {
                    let Some(next) = self.groups.enter(other) else {
                        continue;
                    };
                    if !self.groups.get(next).shown.is_empty() {
                        let near = if at == state.group {
                            Some(member)
                        } else {
                            None
                        };
                        self.reach(state, near, next, other, edge);
                    } else if next != state.group && passed.insert(next) {
                        self.passes += 1;
                        if self.passes > PASSES_MAX {
                            self.found.partial = true;
                        } else {
                            through.push(next);
                        }
                    }
                }
            }
        }
    }

    /// Comes to a group that is to be shown.
    fn reach(
        &mut self,
        from: State,
        near: Option<TermId>,
        group: usize,
        other: TermId,
        edge: Edge,
    ) {
        if group == from.group && near.is_some() && edge.subject != edge.object {
            // Between two nodes that are the same thing there is no way to go.
            return;
        }
        let hops = from.hops.saturating_add(1);
        let is_shown =
            self.is_shown(group) || from.hops < self.limits.max_hops && self.show(group, hops);
        if !is_shown {
            self.found.partial = true;
            return;
        }
        self.link(from, near, group, other, edge);
        self.enqueue(State {
            group,
            direction: from.direction,
            hops,
        });
    }

    fn link(&mut self, from: State, near: Option<TermId>, group: usize, far: TermId, edge: Edge) {
        let here = near.filter(|near| self.places.contains_key(near));
        let there = self.places.contains_key(&far).then_some(far);
        let stand_in = |group: usize| self.groups.get(group).shown.first().copied();
        let Some((near, far)) = here
            .or_else(|| stand_in(from.group))
            .zip(there.or_else(|| stand_in(group)))
        else {
            return;
        };
        let indirect = here.is_none() || there.is_none();
        let (subject, object) = match from.direction {
            Direction::Down => (far, near),
            _ => (near, far),
        };
        let key = (subject, object, (!indirect).then_some(edge.predicate));
        if self.known_links.insert(key) {
            self.found.links.push(Link {
                subject,
                predicate: edge.predicate,
                object,
                indirect,
            });
        }
    }

    fn find_cycles(&mut self) {
        let stand_in = |id: TermId| {
            let group = self.places.get(&id).map(|group| self.groups.get(*group));
            group
                .and_then(|group| group.shown.first().copied())
                .unwrap_or(id)
        };
        let arcs = self.found.links.iter();
        let arcs = arcs.map(|link| (stand_in(link.object), stand_in(link.subject)));
        self.found.cycles = cycles(arcs);
    }
}
