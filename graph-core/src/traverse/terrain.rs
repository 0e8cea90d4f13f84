//! Which nodes a walk sees, passes through or stops at, and which it takes for one.

use std::collections::hash_map::Entry;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::TermId;

/// What a walk does at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Shows it and goes on.
    Keep,
    /// Goes on without showing it: what lies on either side is tied directly.
    Through,
    /// Neither shows it nor goes on.
    Stop,
}

/// The rules of a walk.
///
/// Both methods are called at most once for each node of a walk.
pub trait Terrain {
    /// Tells what to do at a node.
    fn pass(&mut self, node: TermId) -> Pass {
        let _ = node;
        Pass::Keep
    }

    /// Adds the nodes that are the same thing as this one, such as one table that two sources describe.
    ///
    /// Who is the same as whom is closed transitively, so a node named before in the same walk may be left out.
    fn same(&mut self, node: TermId, found: &mut Vec<TermId>) {
        let _ = (node, found);
    }
}

/// The terrain without rules: every node is shown and is itself only.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenTerrain;

impl Terrain for OpenTerrain {}

/// Nodes that are the same thing.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Those whose edges are followed; the first is the one by which the group was found.
    pub(super) members: Vec<TermId>,
    /// Those that are shown.
    pub(super) shown: Vec<TermId>,
}

/// The groups that a walk has met.
pub(super) struct Groups<'t> {
    terrain: &'t mut dyn Terrain,
    forced: FxHashSet<TermId>,
    number: FxHashMap<TermId, usize>,
    stopped: FxHashSet<TermId>,
    all: Vec<Group>,
}

impl<'t> Groups<'t> {
    /// Starts with no group; the nodes where a walk starts are shown whatever the terrain says.
    pub(super) fn new(terrain: &'t mut dyn Terrain, starts: &[TermId]) -> Self {
        Self {
            terrain,
            forced: starts.iter().copied().collect(),
            number: FxHashMap::default(),
            stopped: FxHashSet::default(),
            all: Vec::new(),
        }
    }

    pub(super) fn get(&self, group: usize) -> &Group {
        &self.all[group]
    }

    /// The group of a node that was met before.
    pub(super) fn known(&self, node: TermId) -> Option<usize> {
        self.number.get(&node).copied()
    }

    /// The group that one comes to by an edge to this node; `None` where the walk stops.
    pub(super) fn enter(&mut self, node: TermId) -> Option<usize> {
        let group = match self.known(node) {
            Some(group) => group,
            None => self.close(node),
        };
        (!self.stopped.contains(&node)).then_some(group)
    }

    /// Collects everything that is the same as a node that is in no group yet.
    fn close(&mut self, node: TermId) -> usize {
        let number = self.all.len();
        let mut group = Group::default();
        let mut open = vec![node];
        let mut at = 0;
        self.number.insert(node, number);
        let mut same = Vec::new();
        while let Some(&member) = open.get(at) {
            at += 1;
            let pass = if self.forced.contains(&member) {
                Pass::Keep
            } else {
                self.terrain.pass(member)
            };
            match pass {
                Pass::Keep => {
                    group.members.push(member);
                    group.shown.push(member);
                }
                Pass::Through => group.members.push(member),
                Pass::Stop => {
                    self.stopped.insert(member);
                }
            }
            self.terrain.same(member, &mut same);
            for other in same.drain(..) {
                if let Entry::Vacant(entry) = self.number.entry(other) {
                    entry.insert(number);
                    open.push(other);
                }
            }
        }
        self.all.push(group);
        number
    }
}
