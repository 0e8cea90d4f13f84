//! A segment: immutable statements of one or more sources, sorted three ways in column arrays.
//!
//! Each order (SPO, POS, OSP) keeps the two columns that its leading key does not give, and the source beside them.

mod columns;
mod cursor;
mod ranges;

pub(crate) use columns::KeyIndex;
pub(crate) use cursor::Cursor;
pub(crate) use ranges::{Around, Pairs};

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
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PredicateCounts {
    pub(crate) statements: u32,
    pub(crate) subjects: u32,
    pub(crate) objects: u32,
}

struct SourceRange {
    source: u16,
    /// Start of its distinct subjects in `source_subjects`.
    start: u32,
    statements: u32,
}

pub(crate) struct Segment {
    subjects: KeyIndex,
    spo_predicates: Vec<u16>,
    spo_objects: Vec<u32>,
    spo_sources: Vec<u16>,
    predicate_starts: Vec<u32>,
    pos_objects: Vec<u32>,
    pos_subjects: Vec<u32>,
    pos_sources: Vec<u16>,
    objects: KeyIndex,
    osp_subjects: Vec<u32>,
    osp_predicates: Vec<u16>,
    osp_sources: Vec<u16>,
    source_ranges: Vec<SourceRange>,
    source_subjects: Vec<u32>,
    counts: Vec<PredicateCounts>,
}

impl Segment {
    /// Sorts the rows and builds the arrays; `terms` and `predicates` are the sizes of the number spaces.
    pub(crate) fn build(mut rows: Vec<Row>, terms: u32, predicates: usize) -> Self {
        rows.sort_unstable();
        rows.dedup();
        let subjects = KeyIndex::build(terms, rows.iter().map(|row| row.subject));
        let spo_predicates = rows.iter().map(|row| row.predicate).collect();
        let spo_objects = rows.iter().map(|row| row.object).collect();
        let spo_sources = rows.iter().map(|row| row.source).collect();
        let (source_ranges, source_subjects) = subjects_by_source(&rows);
        let mut counts = vec![PredicateCounts::default(); predicates];
        let mut last = None;
        for row in &rows {
            let count = &mut counts[usize::from(row.predicate)];
            count.statements += 1;
            count.subjects += u32::from(last != Some((row.subject, row.predicate)));
            last = Some((row.subject, row.predicate));
        }

        rows.sort_unstable_by_key(|row| (row.predicate, row.object, row.subject, row.source));
        let mut predicate_starts = Vec::with_capacity(predicates + 1);
        predicate_starts.push(0);
        let mut end = 0;
        for count in &counts {
            end += count.statements;
            predicate_starts.push(end);
        }
        let mut last = None;
        for row in &rows {
            counts[usize::from(row.predicate)].objects +=
                u32::from(last != Some((row.predicate, row.object)));
            last = Some((row.predicate, row.object));
        }
        let pos_objects = rows.iter().map(|row| row.object).collect();
        let pos_subjects = rows.iter().map(|row| row.subject).collect();
        let pos_sources = rows.iter().map(|row| row.source).collect();

        rows.sort_unstable_by_key(|row| (row.object, row.subject, row.predicate, row.source));
        let objects = KeyIndex::build(terms, rows.iter().map(|row| row.object));
        Self {
            subjects,
            spo_predicates,
            spo_objects,
            spo_sources,
            predicate_starts,
            pos_objects,
            pos_subjects,
            pos_sources,
            objects,
            osp_subjects: rows.iter().map(|row| row.subject).collect(),
            osp_predicates: rows.iter().map(|row| row.predicate).collect(),
            osp_sources: rows.iter().map(|row| row.source).collect(),
            source_ranges,
            source_subjects,
            counts,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.spo_objects.len()
    }

    pub(crate) fn counts(&self, predicate: u16) -> PredicateCounts {
        self.counts
            .get(usize::from(predicate))
            .copied()
            .unwrap_or_default()
    }

    /// The sources that had statements here when the segment was built.
    pub(crate) fn sources(&self) -> impl Iterator<Item = u16> + '_ {
        self.source_ranges.iter().map(|range| range.source)
    }

    fn source_range(&self, source: u16) -> Option<(&[u32], u32)> {
        let at = self
            .source_ranges
            .binary_search_by_key(&source, |range| range.source)
            .ok()?;
        let range = &self.source_ranges[at];
        let end = self
            .source_ranges
            .get(at + 1)
            .map_or(self.source_subjects.len(), |next| next.start as usize);
        Some((
            &self.source_subjects[range.start as usize..end],
            range.statements,
        ))
    }

    fn predicate_range(&self, predicate: u16) -> (usize, usize) {
        let at = usize::from(predicate);
        match (
            self.predicate_starts.get(at),
            self.predicate_starts.get(at + 1),
        ) {
            (Some(&start), Some(&end)) => (start as usize, end as usize),
            _ => (0, 0),
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
        let (start, end) = equal_range(&self.spo_predicates, start, end, predicate);
        match object {
            Some(object) => equal_range(&self.spo_objects, start, end, object),
            None => (start, end),
        }
    }

    fn pos_range(&self, predicate: u16, object: Option<u32>) -> (usize, usize) {
        let (start, end) = self.predicate_range(predicate);
        match object {
            Some(object) => equal_range(&self.pos_objects, start, end, object),
            None => (start, end),
        }
    }

    /// Number of statements that match, duplicates of other sources included; a few binary searches.
    pub(crate) fn estimate(&self, pattern: Pattern) -> usize {
        let (start, end) = match (pattern.subject, pattern.predicate, pattern.object) {
            (Some(s), p, None) => self.spo_range(s, p, None),
            (Some(s), Some(p), o) => self.spo_range(s, Some(p), o),
            (Some(s), None, Some(o)) => {
                let (start, end) = self.objects.range(o);
                equal_range(&self.osp_subjects, start, end, s)
            }
            (None, Some(p), o) => self.pos_range(p, o),
            (None, None, Some(o)) => self.objects.range(o),
            (None, None, None) => (0, self.len()),
        };
        end - start
    }

    /// Tells whether a live source says the statement here.
    pub(crate) fn says(
        &self,
        subject: u32,
        predicate: u16,
        object: u32,
        live: impl Fn(u16) -> bool,
    ) -> bool {
        let (start, end) = self.spo_range(subject, Some(predicate), Some(object));
        self.spo_sources[start..end]
            .iter()
            .any(|&source| live(source))
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        let halves = self.spo_predicates.capacity()
            + self.spo_sources.capacity()
            + self.pos_sources.capacity()
            + self.osp_predicates.capacity()
            + self.osp_sources.capacity();
        let words = self.spo_objects.capacity()
            + self.predicate_starts.capacity()
            + self.pos_objects.capacity()
            + self.pos_subjects.capacity()
            + self.osp_subjects.capacity()
            + self.source_subjects.capacity()
            + self.source_ranges.capacity() * 3
            + self.counts.capacity() * 3;
        halves * 2 + words * 4 + self.subjects.heap_bytes() + self.objects.heap_bytes()
    }
}

/// Narrows a sorted stretch of a column to the positions that hold the value.
fn equal_range<T: Ord + Copy>(column: &[T], start: usize, end: usize, value: T) -> (usize, usize) {
    let stretch = &column[start..end];
    let from = stretch.partition_point(|&found| found < value);
    // Runs are mostly short: look ahead a little before searching.
    let rest = &stretch[from..];
    let length = if rest.len() > 8 && rest[7] == value {
        rest.partition_point(|&found| found == value)
    } else {
        rest.iter().take_while(|&&found| found == value).count()
    };
    (start + from, start + from + length)
}

/// Distinct subjects of each source, for reading a whole source; rows are in SPO order.
fn subjects_by_source(rows: &[Row]) -> (Vec<SourceRange>, Vec<u32>) {
    let mut pairs: Vec<(u16, u32)> = Vec::new();
    let mut statements: Vec<u32> = Vec::new();
    for row in rows {
        let source = usize::from(row.source);
        if statements.len() <= source {
            statements.resize(source + 1, 0);
        }
        statements[source] += 1;
        if pairs.last() != Some(&(row.source, row.subject)) {
            pairs.push((row.source, row.subject));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut ranges: Vec<SourceRange> = Vec::new();
    for (at, &(source, _)) in pairs.iter().enumerate() {
        if ranges.last().is_none_or(|range| range.source != source) {
            let statements = statements[usize::from(source)];
            ranges.push(SourceRange {
                source,
                start: at as u32,
                statements,
            });
        }
    }
    (
        ranges,
        pairs.into_iter().map(|(_, subject)| subject).collect(),
    )
}
