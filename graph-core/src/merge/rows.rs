//! A set of statements that differ from those of the layers: small, sorted three ways, cheap to change.

use std::sync::Arc;

use fixedbitset::FixedBitSet;

use crate::segment::{Pattern, Row};

/// Up to this many rows a change may leave beside the base before both become one.
const FRESH_MAX: usize = 4096;
/// A larger base lets more of them wait: its size divided by this.
const FRESH_SHARE: usize = 64;

/// The same rows in three orders.
#[derive(Default)]
struct Orders {
    spo: Vec<Row>,
    pos: Vec<Row>,
    osp: Vec<Row>,
}

impl Orders {
    fn new(mut rows: Vec<Row>) -> Self {
        rows.sort_unstable();
        rows.dedup();
        rows.shrink_to_fit();
        let spo = rows.clone();
        rows.sort_unstable_by_key(|row| (row.predicate, row.object, row.subject, row.source));
        let pos = rows.clone();
        rows.sort_unstable_by_key(|row| (row.object, row.subject, row.predicate, row.source));
        Self {
            spo,
            pos,
            osp: rows,
        }
    }

    /// The rows that match: they stand together in one of the orders.
    fn find(&self, pattern: Pattern) -> &[Row] {
        match (pattern.subject, pattern.predicate, pattern.object) {
            (None, None, None) => &self.spo,
            (Some(s), None, None) => stretch(&self.spo, s, |row| row.subject),
            (Some(s), Some(p), None) => {
                stretch(&self.spo, (s, p), |row| (row.subject, row.predicate))
            }
            (Some(s), Some(p), Some(o)) => stretch(&self.spo, (s, p, o), |row| {
                (row.subject, row.predicate, row.object)
            }),
            (None, Some(p), None) => stretch(&self.pos, p, |row| row.predicate),
            (None, Some(p), Some(o)) => {
                stretch(&self.pos, (p, o), |row| (row.predicate, row.object))
            }
            (None, None, Some(o)) => stretch(&self.osp, o, |row| row.object),
            (Some(s), None, Some(o)) => stretch(&self.osp, (o, s), |row| (row.object, row.subject)),
        }
    }

    fn heap_bytes(&self) -> usize {
        (self.spo.capacity() + self.pos.capacity() + self.osp.capacity()) * size_of::<Row>()
    }
}

fn stretch<K: Ord + Copy>(rows: &[Row], wanted: K, key: impl Fn(&Row) -> K) -> &[Row] {
    let start = rows.partition_point(|row| key(row) < wanted);
    let length = rows[start..].partition_point(|row| key(row) == wanted);
    &rows[start..start + length]
}

/// A set of rows that shares most of its memory with the set it was made from.
#[derive(Clone, Default)]
pub(crate) struct RowSet {
    base: Arc<Orders>,
    /// Rows of the base that are no longer in the set, in SPO order.
    gone: Arc<Vec<Row>>,
    fresh: Arc<Orders>,
    /// The subjects of rows, and of some that are gone.
    subjects: Arc<FixedBitSet>,
}

impl RowSet {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        let base = Orders::new(rows);
        let mut subjects = FixedBitSet::new();
        if let Some(last) = base.spo.last() {
            subjects.grow(last.subject as usize + 1);
        }
        subjects.extend(base.spo.iter().map(|row| row.subject as usize));
        Self {
            base: Arc::new(base),
            subjects: Arc::new(subjects),
            ..Self::default()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.base.spo.len() - self.gone.len() + self.fresh.spo.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An upper bound of the number of rows that match.
    pub(crate) fn estimate(&self, pattern: Pattern) -> usize {
        if pattern.subject.is_some_and(|s| !self.speaks_of(s)) {
            return 0;
        }
        self.base.find(pattern).len() + self.fresh.find(pattern).len()
    }

    pub(crate) fn find(&self, pattern: Pattern) -> Found<'_> {
        Found {
            base: self.base.find(pattern).iter(),
            gone: &self.gone,
            fresh: self.fresh.find(pattern).iter(),
        }
    }

    pub(super) fn of_subject(&self, subject: u32) -> Found<'_> {
        let pattern = Pattern {
            subject: Some(subject),
            ..Pattern::default()
        };
        self.find(pattern)
    }

    /// Tells whether the statement is here, from whatever source.
    #[inline]
    pub(crate) fn says(&self, subject: u32, predicate: u16, object: u32) -> bool {
        self.speaks_of(subject)
            && (self.find(Pattern {
                subject: Some(subject),
                predicate: Some(predicate),
                object: Some(object),
            }))
            .next()
            .is_some()
    }

    #[inline]
    fn speaks_of(&self, subject: u32) -> bool {
        self.subjects.contains(subject as usize)
    }

    /// The set without the removed rows, which are in it, and with the added ones, which are not.
    pub(super) fn changed(&self, removed: &[Row], added: Vec<Row>) -> Self {
        if removed.is_empty() && added.is_empty() {
            return self.clone();
        }
        let mut next = self.clone();
        let subjects = Arc::make_mut(&mut next.subjects);
        let bound = added.iter().map(|row| row.subject as usize + 1).max();
        subjects.grow(bound.unwrap_or(0));
        subjects.extend(added.iter().map(|row| row.subject as usize));

        let mut gone = Vec::clone(&self.gone);
        let mut fresh = self.fresh.spo.clone();
        for row in removed {
            match fresh.binary_search(row) {
                Ok(at) => {
                    fresh.remove(at);
                }
                Err(_) => gone.push(*row),
            }
        }
        gone.sort_unstable();
        for row in added {
            match gone.binary_search(&row) {
                Ok(at) => {
                    gone.remove(at);
                }
                Err(_) => fresh.push(row),
            }
        }
        if gone.len() + fresh.len() > FRESH_MAX.max(self.base.spo.len() / FRESH_SHARE) {
            let kept = self
                .base
                .spo
                .iter()
                .filter(|row| gone.binary_search(row).is_err());
            fresh.extend(kept);
            return Self::new(fresh);
        }
        next.gone = Arc::new(gone);
        next.fresh = Arc::new(Orders::new(fresh));
        next
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.base.heap_bytes()
            + self.fresh.heap_bytes()
            + self.gone.capacity() * size_of::<Row>()
            + self.subjects.len() / 8
    }
}

/// Rows of a set that match.
pub(crate) struct Found<'a> {
    base: std::slice::Iter<'a, Row>,
    gone: &'a [Row],
    fresh: std::slice::Iter<'a, Row>,
}

impl Iterator for Found<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let gone = self.gone;
        let mut kept =
            (self.base.by_ref()).filter(|row| gone.is_empty() || gone.binary_search(row).is_err());
        kept.next().or_else(|| self.fresh.next()).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn any_changes_give_the_set_of_a_plain_one() {
        let row = |n: u32| Row {
            subject: n % 5,
            predicate: (n / 5 % 3) as u16,
            object: n / 15 % 7,
            source: (n / 105 % 2) as u16,
        };
        let (mut set, mut model) = (RowSet::default(), BTreeSet::new());
        let mut random = 7_u32;
        let mut next = move || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            random >> 8
        };
        for step in 0..300 {
            let picked: BTreeSet<Row> = (0..next() % 9).map(|_| row(next() % 210)).collect();
            let (removed, added): (Vec<Row>, Vec<Row>) =
                picked.into_iter().partition(|row| model.contains(row));
            for row in &removed {
                assert!(model.remove(row));
            }
            model.extend(added.iter().copied());
            set = set.changed(&removed, added);
            if step % 50 == 49 {
                set = RowSet::new(set.find(Pattern::default()).collect());
            }
            assert_eq!(set.len(), model.len());
            for case in 0..8 {
                let like = row(next() % 210);
                let pattern = Pattern {
                    subject: (case & 1 > 0).then_some(like.subject),
                    predicate: (case & 2 > 0).then_some(like.predicate),
                    object: (case & 4 > 0).then_some(like.object),
                };
                let matches = |row: &&Row| {
                    pattern.subject.is_none_or(|s| s == row.subject)
                        && pattern.predicate.is_none_or(|p| p == row.predicate)
                        && pattern.object.is_none_or(|o| o == row.object)
                };
                let expected: BTreeSet<Row> = model.iter().filter(matches).copied().collect();
                let found: Vec<Row> = set.find(pattern).collect();
                assert!(set.estimate(pattern) >= found.len());
                assert_eq!(found.len(), expected.len());
                assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
            }
        }
    }
}
