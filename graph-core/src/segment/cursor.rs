//! Walking the rows of one segment that match a pattern.

use super::{Pattern, Row, Segment, SourceSubjects, equal_range};

/// Up to this many rows of a subject, filtering them beats more binary searches.
const SHORT_RUN: usize = 64;

enum Order<'a> {
    /// One subject.
    Subject,
    /// The subjects from a slot on.
    Subjects { slot: usize },
    /// The subjects of one source.
    Source { subjects: &'a [u32] },
    /// Runs of one object, or of one object and one subject.
    Object {
        runs: &'a [u32],
        subject: Option<u32>,
    },
    /// The runs of one predicate.
    Predicate { run: usize, end: usize },
}

/// Rows of a segment in one of its orders; [`Cursor::next`] gives every match, of whatever source.
pub(crate) struct Cursor<'a> {
    segment: &'a Segment,
    order: Order<'a>,
    /// Rows come from the POS columns.
    by_run: bool,
    /// The subject in SPO order, the object in POS order.
    key: u32,
    /// The predicate of the run, in POS order.
    run_predicate: u16,
    position: usize,
    end: usize,
    /// What rows in SPO order are filtered by.
    predicate: Option<u16>,
    object: Option<u32>,
}

impl<'a> Cursor<'a> {
    fn over(segment: &'a Segment, order: Order<'a>) -> Self {
        let by_run = matches!(order, Order::Object { .. } | Order::Predicate { .. });
        Self {
            segment,
            order,
            by_run,
            key: 0,
            run_predicate: 0,
            position: 0,
            end: 0,
            predicate: None,
            object: None,
        }
    }

    /// Chooses the order with the fewest rows; with `source`, rows of other sources may still come.
    pub(crate) fn new(segment: &'a Segment, pattern: Pattern, source: Option<u16>) -> Self {
        match (pattern.subject, pattern.predicate, pattern.object) {
            (Some(s), None, Some(o)) => {
                let (start, end) = segment.subjects.range(s);
                if end - start <= SHORT_RUN {
                    return Self {
                        object: Some(o),
                        ..Self::subject(segment, s, (start, end))
                    };
                }
                let runs = segment.runs_with(o, None);
                let order = Order::Object {
                    runs,
                    subject: Some(s),
                };
                Self {
                    key: o,
                    ..Self::over(segment, order)
                }
            }
            (Some(s), p, o) => Self::subject(segment, s, segment.spo_range(s, p, o)),
            (None, p, Some(o)) => {
                let runs = segment.runs_with(o, p);
                let order = Order::Object {
                    runs,
                    subject: None,
                };
                Self {
                    key: o,
                    ..Self::over(segment, order)
                }
            }
            (None, p, None) => Self::scan(segment, p, source),
        }
    }

    fn subject(segment: &'a Segment, key: u32, (position, end): (usize, usize)) -> Self {
        Self {
            key,
            position,
            end,
            ..Self::over(segment, Order::Subject)
        }
    }

    fn scan(segment: &'a Segment, predicate: Option<u16>, source: Option<u16>) -> Self {
        if let Some(source) = source {
            let Some((subjects, statements)) = segment.source_range(source) else {
                return Self::over(segment, Order::Subject);
            };
            let fewer = |p| statements as usize * 2 < segment.counts(p).statements as usize;
            if let SourceSubjects::Some(subjects) = subjects
                && predicate.is_none_or(fewer)
            {
                return Self {
                    predicate,
                    ..Self::over(segment, Order::Source { subjects })
                };
            }
        }
        let Some(predicate) = predicate else {
            return Self::over(segment, Order::Subjects { slot: 0 });
        };
        let (run, end) = segment.runs_of(predicate);
        Self {
            run_predicate: predicate,
            ..Self::over(segment, Order::Predicate { run, end })
        }
    }

    fn next_run(&mut self) -> bool {
        let segment = self.segment;
        match &mut self.order {
            Order::Subject => return false,
            Order::Subjects { slot } => {
                if *slot >= segment.subjects.slots() {
                    return false;
                }
                (self.key, (self.position, self.end)) = segment.subjects.nth(*slot);
                *slot += 1;
            }
            Order::Source { subjects } => {
                let Some((&subject, rest)) = subjects.split_first() else {
                    return false;
                };
                *subjects = rest;
                self.key = subject;
                (self.position, self.end) = segment.spo_range(subject, self.predicate, None);
            }
            Order::Object { runs, subject } => {
                let Some((&run, rest)) = runs.split_first() else {
                    return false;
                };
                *runs = rest;
                self.run_predicate = segment.predicate_of_run(run);
                let (start, end) = segment.run(run as usize);
                (self.position, self.end) = match *subject {
                    Some(subject) => equal_range(&segment.pos_subjects, start, end, subject),
                    None => (start, end),
                };
            }
            Order::Predicate { run, end } => {
                if *run >= *end {
                    return false;
                }
                self.key = segment.run_objects[*run];
                (self.position, self.end) = segment.run(*run);
                *run += 1;
            }
        }
        true
    }
}

impl Iterator for Cursor<'_> {
    type Item = Row;

    #[inline]
    fn next(&mut self) -> Option<Row> {
        loop {
            while self.position >= self.end {
                if !self.next_run() {
                    return None;
                }
            }
            let at = self.position;
            self.position += 1;
            let segment = self.segment;
            if self.by_run {
                return Some(Row {
                    subject: segment.pos_subjects[at],
                    predicate: self.run_predicate,
                    object: self.key,
                    source: segment.pos_sources.get(at),
                });
            }
            let object = segment.spo_objects[at];
            if self.object.is_some_and(|wanted| wanted != object) {
                continue;
            }
            let row = Row {
                subject: self.key,
                predicate: segment.spo_predicates.get(at),
                object,
                source: segment.spo_sources.get(at),
            };
            if self
                .predicate
                .is_none_or(|predicate| predicate == row.predicate)
            {
                return Some(row);
            }
        }
    }
}
