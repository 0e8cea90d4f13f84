//! The layers of a snapshot for readers that can do with slices: the union of all sources, where one layer has all of
//! it and nothing of that is superseded.

use super::Snapshot;
use crate::segment::{Around, Pairs, Row, Segment};

/// Up to this many rows of a layer with superseded ones are looked at to find that none of these is.
const LOOKED_AT: usize = 64;

/// What the layers have for a look-up.
pub(crate) enum Found<T> {
    Nothing,
    /// All of it is in one layer.
    One(T),
    /// Several layers have some, or rows are superseded: only [`Snapshot::matches`] tells.
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
    fn find<T, R: Iterator<Item = Row>>(
        self,
        look: impl Fn(&'a Segment) -> T,
        length: impl Fn(&T) -> usize,
        rows: impl Fn(&'a Segment) -> Option<R>,
    ) -> Found<T> {
        let mut found = Found::Nothing;
        for (at, layer) in self.snapshot.layers.iter().enumerate() {
            let here = look(&layer.segment);
            let length = length(&here);
            if length == 0 {
                continue;
            }
            if layer.has_dead() {
                let rows = match rows(&layer.segment) {
                    Some(rows) if length <= LOOKED_AT => rows,
                    _ => return Found::Several,
                };
                match rows.filter(|row| self.snapshot.counts(at, *row)).count() {
                    0 => continue,
                    live if live < length => return Found::Several,
                    _ => {}
                }
            }
            if !matches!(found, Found::Nothing) {
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
            |objects| objects.len(),
            |segment| Some(segment.rows_of_subject(subject, predicate)),
        )
    }

    /// See [`Segment::subjects_of`].
    #[inline]
    pub(crate) fn subjects_of(self, predicate: u16, object: u32) -> Found<&'a [u32]> {
        self.find(
            |segment| segment.subjects_of(predicate, object),
            |subjects| subjects.len(),
            |segment| Some(segment.rows_of_object(predicate, object)),
        )
    }

    /// See [`Segment::pairs_of`].
    pub(crate) fn pairs_of(self, predicate: u16) -> Found<Pairs<'a>> {
        self.find(
            |segment| segment.pairs_of(predicate),
            |pairs| usize::from(!pairs.is_empty()),
            |_| None::<std::iter::Empty<Row>>,
        )
    }

    /// See [`Segment::around`].
    pub(crate) fn around(self, subject: u32) -> Found<Around<'a>> {
        self.find(
            |segment| segment.around(subject),
            Around::len,
            |_| None::<std::iter::Empty<Row>>,
        )
    }
}
