//! The layers of a snapshot.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize};

use crate::segment::{Row, Segment};

/// Statements that commits added together, and those of older layers that they took back.
///
/// A statement counts when its source's floor is not above its layer and no newer layer takes it back.
#[derive(Clone)]
pub(super) struct Layer {
    pub(super) segment: Arc<Segment>,
    /// Rows of older layers that no longer count, sorted.
    pub(super) gone: Option<Arc<[Row]>>,
    /// Statements that count.
    pub(super) live: usize,
    /// For each source, how many statements of this layer newer layers took back since its floor was set; by source.
    pub(super) killed: Arc<Vec<(u16, u32)>>,
}

impl Layer {
    pub(super) fn has_dead(&self) -> bool {
        self.live < self.segment.len()
    }

    pub(super) fn takes_back(&self, row: Row) -> bool {
        let gone = self.gone.as_ref();
        gone.is_some_and(|gone| gone.binary_search(&row).is_ok())
    }

    /// Statements of a source that count, when its floor is not above this layer.
    pub(super) fn live_of(&self, source: u16) -> u32 {
        let killed = self
            .killed
            .binary_search_by_key(&source, |killed| killed.0)
            .map_or(0, |at| self.killed[at].1);
        self.segment.statements_of(source).saturating_sub(killed)
    }

    /// The part of so many statements of this layer that counts, as far as its totals tell; at least one of some.
    pub(super) fn share(&self, statements: usize) -> usize {
        if self.has_dead() && statements > 0 {
            (statements * self.live / self.segment.len()).max(usize::from(self.live > 0))
        } else {
            statements
        }
    }
}

/// What a merge in the background works on at the moment: commits leave it alone.
#[derive(Debug, Default)]
pub(super) struct Busy {
    /// Number of the oldest layers that are being merged.
    pub(super) layers: AtomicUsize,
    /// Number of the terms that are being merged.
    pub(super) terms: AtomicU32,
}
