//! A segment: immutable statements of one or more sources, sorted two ways in column arrays.
//!
//! The first order is SPO: for each subject its predicates and objects. The second is POS: statements of one predicate
//! and object are a *run* of subjects. An index from each object to its runs stands in for the third order, OSP.

mod build;
mod columns;
mod cursor;
mod merge;
mod ranges;
mod stored;

pub(crate) use build::sort_rows;
use columns::{KeyIndex, Narrow, equal_range};
pub(crate) use cursor::Cursor;
pub(crate) use merge::{Input, merge};
pub(crate) use ranges::{Around, Pairs};
pub(crate) use stored::Limits;

/// A statement of a source in numbers: subject, local predicate, object, source. Sorts in SPO order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Row {
    pub(crate) subject: u32,
    pub(crate) predicate: u16,
    pub(crate) object: u32,
    pub(crate) source: u16,
}

/// What to look for: a part left out matches everything.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pattern {
    pub(crate) subject: Option<u32>,
    pub(crate) predicate: Option<u16>,
    pub(crate) object: Option<u32>,
}

/// Counts of one predicate inside a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PredicateCounts {
    pub(crate) statements: u32,
    pub(crate) subjects: u32,
    pub(crate) objects: u32,
}

/// What one source says in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SourceRange {
    source: u16,
    /// Start of its distinct subjects in `source_subjects`.
    start: u32,
    statements: u32,
}

/// The subjects of one source in a segment.
#[derive(Clone, Copy)]
enum SourceSubjects<'a> {
    /// The segment has no other source.
    All,
    Some(&'a [u32]),
}

pub(crate) struct Segment {
    /// Each subject's positions in the three columns below.
    subjects: KeyIndex,
    spo_predicates: Narrow,
    spo_objects: Vec<u32>,
    spo_sources: Narrow,
    /// Where the runs of each predicate start; one more than there are predicates.
    predicate_runs: Vec<u32>,
    /// The object of each run; ascending within a predicate.
    run_objects: Vec<u32>,
    /// Where each run starts in the two columns below; one more than there are runs.
    run_starts: Vec<u32>,
    pos_subjects: Vec<u32>,
    pos_sources: Narrow,
    /// Each object's positions in `object_runs`.
    objects: KeyIndex,
    object_runs: Vec<u32>,
    source_ranges: Vec<SourceRange>,
    source_subjects: Vec<u32>,
    counts: Vec<PredicateCounts>,
}

impl Segment {
    pub(crate) fn len(&self) -> usize {
        self.spo_objects.len()
    }

    pub(crate) fn counts(&self, predicate: u16) -> PredicateCounts {
        self.counts
            .get(usize::from(predicate))
            .copied()
            .unwrap_or_default()
    }

    /// The sources that had statements here when the segment was built, with their number.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (u16, u32)> + '_ {
        self.source_ranges
            .iter()
            .map(|range| (range.source, range.statements))
    }

    /// Number of statements that a source had here when the segment was built.
    pub(crate) fn statements_of(&self, source: u16) -> u32 {
        self.source_range(source)
            .map_or(0, |(_, statements)| statements)
    }

    fn source_range(&self, source: u16) -> Option<(SourceSubjects<'_>, u32)> {
        let at = self
            .source_ranges
            .binary_search_by_key(&source, |range| range.source)
            .ok()?;
        let range = &self.source_ranges[at];
        if self.source_ranges.len() == 1 {
            return Some((SourceSubjects::All, range.statements));
        }
        let end = self
            .source_ranges
            .get(at + 1)
            .map_or(self.source_subjects.len(), |next| next.start as usize);
        let subjects = &self.source_subjects[range.start as usize..end];
        Some((SourceSubjects::Some(subjects), range.statements))
    }

    /// The runs of a predicate.
    fn runs_of(&self, predicate: u16) -> (usize, usize) {
        let at = usize::from(predicate);
        match (self.predicate_runs.get(at), self.predicate_runs.get(at + 1)) {
            (Some(&start), Some(&end)) => (start as usize, end as usize),
            _ => (0, 0),
        }
    }

    /// The predicate of a run.
    fn predicate_of_run(&self, run: u32) -> u16 {
        (self.predicate_runs.partition_point(|&start| start <= run) - 1) as u16
    }

    /// Positions in POS order of a run.
    fn run(&self, run: usize) -> (usize, usize) {
        (
            self.run_starts[run] as usize,
            self.run_starts[run + 1] as usize,
        )
    }

    /// The runs that hold an object, narrowed to one predicate.
    fn runs_with(&self, object: u32, predicate: Option<u16>) -> &[u32] {
        let (start, end) = self.objects.range(object);
        let runs = &self.object_runs[start..end];
        let Some(predicate) = predicate else {
            return runs;
        };
        let (from, to) = self.runs_of(predicate);
        let at = if runs.len() <= 8 {
            runs.iter()
                .take_while(|run| (**run as usize) < from)
                .count()
        } else {
            runs.partition_point(|run| (*run as usize) < from)
        };
        match runs.get(at) {
            Some(&run) if (run as usize) < to => &runs[at..=at],
            _ => &[],
        }
    }

    /// Positions in SPO order of one subject, narrowed to one predicate and one object.
    fn spo_range(
        &self,
        subject: u32,
        predicate: Option<u16>,
        object: Option<u32>,
    ) -> (usize, usize) {
        let (start, end) = self.subjects.range(subject);
        let Some(predicate) = predicate else {
            return (start, end);
        };
        let (start, end) = self.spo_predicates.equal_range(start, end, predicate);
        match object {
            Some(object) => equal_range(&self.spo_objects, start, end, object),
            None => (start, end),
        }
    }

    /// Number of statements that match, superseded ones and those of several sources included; a few binary searches.
    pub(crate) fn estimate(&self, pattern: Pattern) -> usize {
        let length = |(start, end): (usize, usize)| end - start;
        match (pattern.subject, pattern.predicate, pattern.object) {
            (Some(s), p, None) => length(self.spo_range(s, p, None)),
            (Some(s), Some(p), o) => length(self.spo_range(s, Some(p), o)),
            (Some(s), None, Some(o)) => {
                let (start, end) = self.spo_range(s, None, None);
                let runs = self.runs_with(o, None);
                if end - start <= 64 || runs.len() > 64 {
                    let objects = self.spo_objects[start..end].iter();
                    return objects.filter(|&&found| found == o).count();
                }
                let of_subject = |&run: &u32| {
                    let (start, end) = self.run(run as usize);
                    length(equal_range(&self.pos_subjects, start, end, s))
                };
                runs.iter().map(of_subject).sum()
            }
            (None, p, Some(o)) => {
                let runs = self.runs_with(o, p).iter();
                runs.map(|&run| length(self.run(run as usize))).sum()
            }
            (None, Some(p), None) => self.counts(p).statements as usize,
            (None, None, None) => self.len(),
        }
    }

    /// Tells whether a source that counts says the statement here.
    pub(crate) fn says(
        &self,
        subject: u32,
        predicate: u16,
        object: u32,
        counts: impl Fn(u16) -> bool,
    ) -> bool {
        let (start, end) = self.spo_range(subject, Some(predicate), Some(object));
        (start..end).any(|at| counts(self.spo_sources.get(at)))
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        let words = self.spo_objects.capacity()
            + self.predicate_runs.capacity()
            + self.run_objects.capacity()
            + self.run_starts.capacity()
            + self.pos_subjects.capacity()
            + self.object_runs.capacity()
            + self.source_subjects.capacity()
            + self.source_ranges.capacity() * 3
            + self.counts.capacity() * 3;
        words * 4
            + self.spo_predicates.heap_bytes()
            + self.spo_sources.heap_bytes()
            + self.pos_sources.heap_bytes()
            + self.subjects.heap_bytes()
            + self.objects.heap_bytes()
    }
}
