//! Iterating over the statements of a snapshot that match a pattern.

use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::Snapshot;
use crate::merge::{Found, MergeState};
use crate::names::{SourceId, TermId};
use crate::segment::{Cursor, Pattern, Row};

/// Whose statements to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The winners of the sources, with the names that mean one thing joined, each statement once: see
    /// [`crate::MergeRules`].
    Merged,
    /// The union of all sources, each statement once.
    Union,
    /// Every statement of every source: what two sources say comes twice, what only an overlay says not at all.
    Claims,
    /// What one source says.
    Source(SourceId),
}

/// A statement in numbers, and a source that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdStatement {
    /// Number of the subject.
    pub subject: TermId,
    /// Number of the predicate.
    pub predicate: TermId,
    /// Number of the object.
    pub object: TermId,
    /// The source; in the merged view the first one found.
    pub source: SourceId,
}

/// The sources whose statements count.
#[derive(Clone, Debug)]
pub(crate) enum Visible {
    /// All, corrected to the merged view; only with each statement once.
    Merged,
    All,
    One(u16),
    Some(Arc<FixedBitSet>),
}

impl Visible {
    fn sees(&self, source: u16) -> bool {
        match self {
            Self::Merged | Self::All => true,
            Self::One(one) => *one == source,
            Self::Some(set) => set.contains(usize::from(source)),
        }
    }
}

/// Iterator over matching statements, see [`Snapshot::matching`].
pub struct Matches<'a> {
    snapshot: &'a Snapshot,
    pattern: Pattern,
    visible: Visible,
    merged: bool,
    layer: usize,
    layer_end: usize,
    check_live: bool,
    cursor: Option<Cursor<'a>>,
    last: Option<(u32, u16, u32)>,
    corrections: Option<(&'a MergeState, Found<'a>)>,
}

impl std::fmt::Debug for Matches<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matches")
            .field("pattern", &self.pattern)
            .field("merged", &self.merged)
            .finish_non_exhaustive()
    }
}

impl<'a> Matches<'a> {
    pub(super) fn nothing(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            pattern: Pattern::default(),
            visible: Visible::All,
            merged: false,
            layer: 0,
            layer_end: 0,
            check_live: false,
            cursor: None,
            last: None,
            corrections: None,
        }
    }

    pub(super) fn new(
        snapshot: &'a Snapshot,
        pattern: Pattern,
        visible: Visible,
        merged: bool,
    ) -> Self {
        let layer_end = snapshot.layers.len();
        let layer = match visible {
            Visible::One(source) => {
                let floor = snapshot.floors.get(usize::from(source));
                floor.map_or(layer_end, |floor| usize::from(*floor))
            }
            _ => 0,
        };
        let (visible, corrections) = match visible {
            Visible::Merged if snapshot.has_merge_rules() => {
                (visible, snapshot.merge_corrections(pattern))
            }
            Visible::Merged => (snapshot.united(), None),
            other => (other, None),
        };
        let mut matches = Self {
            pattern,
            visible,
            merged,
            layer,
            layer_end,
            corrections,
            ..Self::nothing(snapshot)
        };
        matches.open_layer();
        matches
    }

    fn open_layer(&mut self) {
        let snapshot = self.snapshot;
        self.cursor = (self.layer < self.layer_end).then(|| {
            let layer = &snapshot.layers[self.layer];
            self.check_live = layer.has_dead();
            let source = match self.visible {
                Visible::One(source) => Some(source),
                _ => None,
            };
            Cursor::new(&layer.segment, self.pattern, source)
        });
        self.last = None;
    }

    /// Tells whether an earlier layer has already given this statement.
    fn came_before(&self, row: Row) -> bool {
        let snapshot = self.snapshot;
        snapshot.layers[..self.layer]
            .iter()
            .enumerate()
            .any(|(at, layer)| {
                layer
                    .segment
                    .says(row.subject, row.predicate, row.object, |source| {
                        self.visible.sees(source) && snapshot.counts(at, Row { source, ..row })
                    })
            })
    }

    pub(crate) fn next_row(&mut self) -> Option<Row> {
        loop {
            let Some(cursor) = self.cursor.as_mut() else {
                return self.corrections.as_mut()?.1.next();
            };
            let Some(row) = cursor.next() else {
                self.layer += 1;
                self.open_layer();
                continue;
            };
            if !self.visible.sees(row.source)
                || self.check_live && !self.snapshot.counts(self.layer, row)
            {
                continue;
            }
            if self.merged {
                // Within a layer the claims of one statement are neighbours.
                let statement = Some((row.subject, row.predicate, row.object));
                if statement == self.last || self.layer > 0 && self.came_before(row) {
                    continue;
                }
                self.last = statement;
            }
            if let Some((merge, _)) = &self.corrections
                && merge.hides(row)
            {
                continue;
            }
            return Some(row);
        }
    }
}

impl Iterator for Matches<'_> {
    type Item = IdStatement;

    #[inline]
    fn next(&mut self) -> Option<IdStatement> {
        let row = self.next_row()?;
        Some(IdStatement {
            subject: TermId(row.subject),
            predicate: TermId(self.snapshot.predicates.term(row.predicate)),
            object: TermId(row.object),
            source: SourceId(row.source),
        })
    }
}
