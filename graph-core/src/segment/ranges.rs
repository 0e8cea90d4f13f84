//! The columns of one segment as slices, for readers that go through many rows at once.

use super::{Segment, equal_range};

/// Below this many rows of an object, filtering them beats a search through the whole predicate.
const SHORT_RUN: usize = 16;

/// Subjects of a predicate and an object, in ascending order; each claim of a statement comes.
#[derive(Clone, Copy)]
pub(crate) enum Subjects<'a> {
    Run(&'a [u32]),
    /// With the predicates beside them, of which only some are meant.
    Mixed(&'a [u32], &'a [u16]),
}

impl Segment {
    /// Objects of a subject and a predicate, in ascending order.
    pub(crate) fn objects_of(&self, subject: u32, predicate: u16) -> &[u32] {
        let (start, end) = self.spo_range(subject, Some(predicate), None);
        &self.spo_objects[start..end]
    }

    pub(crate) fn subjects_of(&self, predicate: u16, object: u32) -> Subjects<'_> {
        let (start, end) = self.objects.range(object);
        if end - start <= SHORT_RUN {
            return Subjects::Mixed(
                &self.osp_subjects[start..end],
                &self.osp_predicates[start..end],
            );
        }
        let (start, end) = self.predicate_range(predicate);
        let (start, end) = equal_range(&self.pos_objects, start, end, object);
        Subjects::Run(&self.pos_subjects[start..end])
    }

    /// Objects and subjects of a predicate, sorted by both.
    pub(crate) fn pairs_of(&self, predicate: u16) -> (&[u32], &[u32]) {
        let (start, end) = self.predicate_range(predicate);
        (
            &self.pos_objects[start..end],
            &self.pos_subjects[start..end],
        )
    }

    /// Predicates and objects of a subject, sorted by both.
    pub(crate) fn around(&self, subject: u32) -> (&[u16], &[u32]) {
        let (start, end) = self.subjects.range(subject);
        (
            &self.spo_predicates[start..end],
            &self.spo_objects[start..end],
        )
    }
}
