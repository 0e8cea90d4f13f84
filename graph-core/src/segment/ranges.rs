//! The columns of one segment as slices, for readers that go through many rows at once.

use super::Segment;
use super::columns::Narrow;

/// The statements of one predicate: runs of subjects by ascending object.
#[derive(Clone, Copy)]
pub(crate) struct Pairs<'a> {
    objects: &'a [u32],
    /// Where each run starts; one more than there are runs.
    starts: &'a [u32],
    subjects: &'a [u32],
}

impl<'a> Pairs<'a> {
    /// Number of runs: of distinct objects.
    pub(crate) fn len(&self) -> usize {
        self.objects.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The object of a run and its subjects, ascending; each claim of a statement comes.
    #[inline]
    pub(crate) fn run(&self, at: usize) -> (u32, &'a [u32]) {
        let (start, end) = (self.starts[at] as usize, self.starts[at + 1] as usize);
        (self.objects[at], &self.subjects[start..end])
    }
}

/// Predicates and objects of a subject, sorted by both.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    predicates: &'a Narrow,
    start: usize,
    pub(crate) objects: &'a [u32],
}

impl Around<'_> {
    pub(crate) fn len(&self) -> usize {
        self.objects.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.objects.is_empty()
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

    /// Subjects of a predicate and an object, in ascending order; each claim of a statement comes.
    pub(crate) fn subjects_of(&self, predicate: u16, object: u32) -> &[u32] {
        match self.runs_with(object, Some(predicate)) {
            [run, ..] => {
                let (start, end) = self.run(*run as usize);
                &self.pos_subjects[start..end]
            }
            [] => &[],
        }
    }

    /// Objects and subjects of a predicate, sorted by both.
    pub(crate) fn pairs_of(&self, predicate: u16) -> Pairs<'_> {
        let (from, to) = self.runs_of(predicate);
        Pairs {
            objects: &self.run_objects[from..to],
            starts: &self.run_starts[from..=to],
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
