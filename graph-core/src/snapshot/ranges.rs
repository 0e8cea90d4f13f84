//! The layers of a snapshot for readers that can do with slices: the union of all sources, when nothing in a layer is
//! superseded.

use super::Snapshot;
use crate::segment::{Around, Pairs, Segment};

/// What the layers have for a look-up.
pub(crate) enum Found<T> {
    Nothing,
    /// All of it is in one layer.
    One(T),
    /// Several layers have some, or rows of one are superseded: only [`Snapshot::matches`] tells.
    Several,
}

/// The layers, looked up all at once.
#[derive(Clone, Copy)]
pub(crate) struct Layers<'a> {
    snapshot: &'a Snapshot,
}

impl<'a> Layers<'a> {
    pub(crate) fn of(snapshot: &'a Snapshot) -> Self {
        Self { snapshot }
    }

    #[inline]
    fn find<T>(self, look: impl Fn(&'a Segment) -> T, is_empty: impl Fn(&T) -> bool) -> Found<T> {
        let mut found = Found::Nothing;
        for layer in &self.snapshot.layers {
            let here = look(&layer.segment);
            if is_empty(&here) {
                continue;
            }
            if layer.has_dead() || !matches!(found, Found::Nothing) {
                return Found::Several;
            }
            found = Found::One(here);
        }
        found
    }

    /// See [`Segment::objects_of`].
    #[inline]
    pub(crate) fn objects_of(self, subject: u32, predicate: u16) -> Found<&'a [u32]> {
        self.find(
            |segment| segment.objects_of(subject, predicate),
            |objects| objects.is_empty(),
        )
    }

    /// See [`Segment::subjects_of`].
    #[inline]
    pub(crate) fn subjects_of(self, predicate: u16, object: u32) -> Found<&'a [u32]> {
        self.find(
            |segment| segment.subjects_of(predicate, object),
            |subjects| subjects.is_empty(),
        )
    }

    /// See [`Segment::pairs_of`].
    pub(crate) fn pairs_of(self, predicate: u16) -> Found<Pairs<'a>> {
        self.find(|segment| segment.pairs_of(predicate), Pairs::is_empty)
    }

    /// See [`Segment::around`].
    pub(crate) fn around(self, subject: u32) -> Found<Around<'a>> {
        self.find(|segment| segment.around(subject), Around::is_empty)
    }
}
