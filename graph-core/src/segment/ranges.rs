//! The columns of one segment as slices, for readers that go through many rows at once.

use super::columns::Narrow;
use super::{Row, Segment};

/// The statements of one predicate: runs of subjects by ascending object.
#[derive(Clone, Copy)]
pub(crate) struct Pairs<'a> {
    objects: &'a [u32],
    /// Where each run starts; one more than there are runs.
    starts: &'a [u32],
    subjects: &'a [u32],
}

impl<'a> Pairs<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Takes the next object and its subjects, ascending; each claim of a statement comes.
    #[inline]
    pub(crate) fn next_run(&mut self) -> Option<(u32, &'a [u32])> {
        let object = *self.objects.first()?;
        let run = &self.subjects[self.starts[0] as usize..self.starts[1] as usize];
        (self.objects, self.starts) = (&self.objects[1..], &self.starts[1..]);
        Some((object, run))
    }
}

/// Predicates and objects of a subject, sorted by both.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    predicates: &'a Narrow,
    start: usize,
    objects: &'a [u32],
}

impl Around<'_> {
    pub(crate) fn len(&self) -> usize {
        self.objects.len()
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> (u16, u32) {
        (self.predicates.get(self.start + at), self.objects[at])
    }
}

impl Segment {
    /// Objects of a subject and a predicate, in ascending order; each claim of a statement comes.
    pub(crate) fn objects_of(&self, subject: u32, predicate: u16) -> &[u32] {
        let (start, end) = self.spo_range(subject, Some(predicate), None);
        &self.spo_objects[start..end]
    }

    /// The rows of [`Segment::objects_of`].
    pub(crate) fn rows_of_subject(
        &self,
        subject: u32,
        predicate: u16,
    ) -> impl Iterator<Item = Row> + '_ {
        let (start, end) = self.spo_range(subject, Some(predicate), None);
        (start..end).map(move |at| Row {
            subject,
            predicate,
            object: self.spo_objects[at],
            source: self.spo_sources.get(at),
        })
    }

    /// Positions in POS order of a predicate and an object.
    fn pos_run(&self, predicate: u16, object: u32) -> (usize, usize) {
        match self.runs_with(object, Some(predicate)) {
            [run, ..] => self.run(*run as usize),
            [] => (0, 0),
        }
    }

    /// Subjects of a predicate and an object, in ascending order; each claim of a statement comes.
    pub(crate) fn subjects_of(&self, predicate: u16, object: u32) -> &[u32] {
        let (start, end) = self.pos_run(predicate, object);
        &self.pos_subjects[start..end]
    }

    /// The rows of [`Segment::subjects_of`].
    pub(crate) fn rows_of_object(
        &self,
        predicate: u16,
        object: u32,
    ) -> impl Iterator<Item = Row> + '_ {
        let (start, end) = self.pos_run(predicate, object);
        (start..end).map(move |at| Row {
            subject: self.pos_subjects[at],
            predicate,
            object,
            source: self.pos_sources.get(at),
        })
    }

    /// The statements of a predicate.
    pub(crate) fn pairs_of(&self, predicate: u16) -> Pairs<'_> {
        let (from, to) = self.runs_of(predicate);
        Pairs {
            objects: &self.run_objects[from..to],
            starts: self.run_starts.get(from..=to).unwrap_or_default(),
            subjects: &self.pos_subjects,
        }
    }

    /// Predicates and objects of a subject, sorted by both.
    pub(crate) fn around(&self, subject: u32) -> Around<'_> {
        let (start, end) = self.subjects.range(subject);
        Around {
            predicates: &self.spo_predicates,
            start,
            objects: &self.spo_objects[start..end],
        }
    }
}
