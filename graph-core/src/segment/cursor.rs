//! Walking the rows of one segment that match a pattern.

use super::{Pattern, Row, Segment, equal_range};

/// Below this many rows of an object, filtering them beats two more binary searches.
const SHORT_RUN: usize = 16;

enum Order<'a> {
    /// One subject.
    Spo,
    /// One predicate.
    Pos,
    /// One object.
    Osp,
    /// All subjects.
    All { slot: usize },
    /// The subjects of one source.
    Source { subjects: &'a [u32] },
}

/// Rows of a segment in one of its orders; [`Cursor::next`] gives every match, of whatever source.
pub(crate) struct Cursor<'a> {
    segment: &'a Segment,
    order: Order<'a>,
    key: u32,
    position: usize,
    end: usize,
    predicate: Option<u16>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn empty(segment: &'a Segment) -> Self {
        Self {
            segment,
            order: Order::Spo,
            key: 0,
            position: 0,
            end: 0,
            predicate: None,
        }
    }

    /// Chooses the order with the fewest rows; with `source`, rows of other sources may still come.
    pub(crate) fn new(segment: &'a Segment, pattern: Pattern, source: Option<u16>) -> Self {
        let at = |order, key, (position, end), predicate| Self {
            segment,
            order,
            key,
            position,
            end,
            predicate,
        };
        match (pattern.subject, pattern.predicate, pattern.object) {
            (Some(s), None, Some(o)) => {
                let (start, end) = segment.objects.range(o);
                at(
                    Order::Osp,
                    o,
                    equal_range(&segment.osp_subjects, start, end, s),
                    None,
                )
            }
            (Some(s), p, o) => at(Order::Spo, s, segment.spo_range(s, p, o), None),
            (None, p, Some(o)) => {
                let (start, end) = segment.objects.range(o);
                match p {
                    Some(p) if end - start > SHORT_RUN => at(
                        Order::Pos,
                        u32::from(p),
                        segment.pos_range(p, Some(o)),
                        None,
                    ),
                    p => at(Order::Osp, o, (start, end), p),
                }
            }
            (None, p, None) => Self::scan(segment, p, source),
        }
    }

    fn scan(segment: &'a Segment, predicate: Option<u16>, source: Option<u16>) -> Self {
        let of_predicate = predicate.map(|p| (p, segment.predicate_range(p)));
        if let Some(source) = source {
            let Some((subjects, statements)) = segment.source_range(source) else {
                return Self::empty(segment);
            };
            if of_predicate.is_none_or(|(_, (start, end))| statements as usize * 2 < end - start) {
                let order = Order::Source { subjects };
                return Self {
                    segment,
                    order,
                    key: 0,
                    position: 0,
                    end: 0,
                    predicate,
                };
            }
        }
        match of_predicate {
            Some((p, (position, end))) => Self {
                segment,
                order: Order::Pos,
                key: u32::from(p),
                position,
                end,
                predicate: None,
            },
            None => Self {
                segment,
                order: Order::All { slot: 0 },
                key: 0,
                position: 0,
                end: 0,
                predicate: None,
            },
        }
    }

    fn next_run(&mut self) -> bool {
        match &mut self.order {
            Order::All { slot } => {
                if *slot >= self.segment.subjects.slots() {
                    return false;
                }
                let (key, (position, end)) = self.segment.subjects.nth(*slot);
                *slot += 1;
                (self.key, self.position, self.end) = (key, position, end);
                true
            }
            Order::Source { subjects } => {
                let Some((&subject, rest)) = subjects.split_first() else {
                    return false;
                };
                *subjects = rest;
                self.key = subject;
                (self.position, self.end) = self.segment.spo_range(subject, self.predicate, None);
                true
            }
            _ => false,
        }
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
            let row = match self.order {
                Order::Pos => Row {
                    subject: segment.pos_subjects[at],
                    predicate: self.key as u16,
                    object: segment.pos_objects[at],
                    source: segment.pos_sources[at],
                },
                Order::Osp => Row {
                    subject: segment.osp_subjects[at],
                    predicate: segment.osp_predicates[at],
                    object: self.key,
                    source: segment.osp_sources[at],
                },
                Order::Spo | Order::All { .. } | Order::Source { .. } => Row {
                    subject: self.key,
                    predicate: segment.spo_predicates[at],
                    object: segment.spo_objects[at],
                    source: segment.spo_sources[at],
                },
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
