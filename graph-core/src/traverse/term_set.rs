//! The visit map of a traversal.

use fixedbitset::FixedBitSet;
use petgraph::visit::VisitMap;
use rustc_hash::FxHashSet;

use crate::names::TermId;

/// Once more than one term in this many is in the set, a bit for each takes less memory than a hash table.
const TERMS_PER_MEMBER: usize = 64;

/// A set of terms: a hash table while it is small, a bit for each term of the snapshot after that.
///
/// A walk over ten nodes in a graph of twenty million terms so does not begin by clearing 2.5 MB.
#[derive(Clone, Debug, Default)]
pub struct TermSet {
    few: FxHashSet<u32>,
    many: FixedBitSet,
    bound: usize,
}

impl TermSet {
    /// Makes an empty set of terms below a bound.
    pub(super) fn new(bound: usize) -> Self {
        Self {
            few: FxHashSet::default(),
            many: FixedBitSet::new(),
            bound,
        }
    }

    fn is_bits(&self) -> bool {
        !self.many.is_empty()
    }

    fn turn_to_bits(&mut self) {
        self.many.grow(self.bound);
        let few = std::mem::take(&mut self.few);
        self.many.extend(few.into_iter().map(|term| term as usize));
    }
}

impl VisitMap<TermId> for TermSet {
    fn visit(&mut self, node: TermId) -> bool {
        if self.is_bits() {
            return !self.many.put(node.index());
        }
        let is_new = self.few.insert(node.0);
        if self.few.len() > self.bound / TERMS_PER_MEMBER {
            self.turn_to_bits();
        }
        is_new
    }

    fn is_visited(&self, node: &TermId) -> bool {
        if self.is_bits() {
            self.many.contains(node.index())
        } else {
            self.few.contains(&node.0)
        }
    }

    fn unvisit(&mut self, node: TermId) -> bool {
        if self.is_bits() {
            let was = self.many.contains(node.index());
            self.many.set(node.index(), false);
            was
        } else {
            self.few.remove(&node.0)
        }
    }
}
