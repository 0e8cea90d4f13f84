//! Writing a segment from rows that come in the right order, and bringing rows into that order.

use fixedbitset::FixedBitSet;

use super::columns::{KeyIndex, NarrowBuilder, is_dense};
use super::{PredicateCounts, Row, Segment, SourceRange};

/// The columns in SPO order, row by row.
pub(super) struct SpoWriter {
    keys: Vec<u32>,
    starts: Vec<u32>,
    predicates: NarrowBuilder,
    objects: Vec<u32>,
    sources: NarrowBuilder,
    counts: Vec<PredicateCounts>,
    last_predicate: Option<u16>,
    /// Statements of each source, in the order of `source_numbers`.
    statements: Vec<u32>,
    source_numbers: Vec<u16>,
    /// For each source, its subjects; empty when there is only one source.
    pairs: Vec<(u16, u32)>,
    seen: Vec<u16>,
}

/// What a segment will hold, known before the first row.
pub(super) struct Shape {
    pub(super) rows: usize,
    pub(super) subjects: usize,
    pub(super) runs: usize,
    /// Number of predicates of the graph.
    pub(super) predicates: usize,
    /// The predicates and sources that occur, ascending.
    pub(super) predicate_numbers: Vec<u16>,
    pub(super) source_numbers: Vec<u16>,
}

impl SpoWriter {
    pub(super) fn new(shape: &Shape) -> Self {
        Self {
            keys: Vec::with_capacity(shape.subjects),
            starts: Vec::with_capacity(shape.subjects + 1),
            predicates: NarrowBuilder::new(&shape.predicate_numbers, shape.rows),
            objects: Vec::with_capacity(shape.rows),
            sources: NarrowBuilder::new(&shape.source_numbers, shape.rows),
            counts: vec![PredicateCounts::default(); shape.predicates],
            last_predicate: None,
            statements: vec![0; shape.source_numbers.len()],
            source_numbers: shape.source_numbers.clone(),
            pairs: Vec::new(),
            seen: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn push(&mut self, row: Row) {
        if self.keys.last() != Some(&row.subject) {
            self.keys.push(row.subject);
            self.starts.push(self.objects.len() as u32);
            self.last_predicate = None;
            self.seen.clear();
        }
        let count = &mut self.counts[usize::from(row.predicate)];
        count.statements += 1;
        if self.last_predicate != Some(row.predicate) {
            count.subjects += 1;
            self.last_predicate = Some(row.predicate);
        }
        self.predicates.push(row.predicate);
        self.objects.push(row.object);
        self.sources.push(row.source);
        if self.source_numbers.len() > 1 && !self.seen.contains(&row.source) {
            self.seen.push(row.source);
            self.pairs.push((row.source, row.subject));
        }
        if self.source_numbers.len() > 1
            && let Ok(at) = self.source_numbers.binary_search(&row.source)
        {
            self.statements[at] += 1;
        }
    }

    /// Subjects of each source, for reading a whole source: sources by number, subjects ascending.
    fn by_source(&mut self) -> (Vec<SourceRange>, Vec<u32>) {
        if let [source] = self.source_numbers[..] {
            let range = SourceRange {
                source,
                start: 0,
                statements: self.objects.len() as u32,
            };
            return (vec![range], Vec::new());
        }
        let place = |source: u16| self.source_numbers.partition_point(|&known| known < source);
        let mut next = vec![0_u32; self.source_numbers.len() + 1];
        for &(source, _) in &self.pairs {
            next[place(source) + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut next {
            sum += *start;
            *start = sum;
        }
        let ranges = self
            .source_numbers
            .iter()
            .zip(&next)
            .zip(&self.statements)
            .filter(|(_, statements)| **statements > 0)
            .map(|((&source, &start), &statements)| SourceRange {
                source,
                start,
                statements,
            })
            .collect();
        let mut subjects = vec![0_u32; self.pairs.len()];
        for &(source, subject) in &self.pairs {
            let at = &mut next[place(source)];
            subjects[*at as usize] = subject;
            *at += 1;
        }
        (ranges, subjects)
    }
}

/// The columns in POS order, row by row; the rows of one predicate and object are a run.
pub(super) struct PosWriter {
    predicate_runs: Vec<u32>,
    run_objects: Vec<u32>,
    run_starts: Vec<u32>,
    subjects: Vec<u32>,
    sources: NarrowBuilder,
    predicates: usize,
    last: Option<(u16, u32)>,
}

impl PosWriter {
    pub(super) fn new(shape: &Shape) -> Self {
        Self {
            predicate_runs: vec![0],
            run_objects: Vec::with_capacity(shape.runs),
            run_starts: Vec::with_capacity(shape.runs + 1),
            subjects: Vec::with_capacity(shape.rows),
            sources: NarrowBuilder::new(&shape.source_numbers, shape.rows),
            predicates: shape.predicates,
            last: None,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, row: Row) {
        if self.last != Some((row.predicate, row.object)) {
            let runs = self.run_objects.len() as u32;
            if self.predicate_runs.len() <= usize::from(row.predicate) {
                self.predicate_runs
                    .resize(usize::from(row.predicate) + 1, runs);
            }
            self.run_objects.push(row.object);
            self.run_starts.push(self.subjects.len() as u32);
            self.last = Some((row.predicate, row.object));
        }
        self.subjects.push(row.subject);
        self.sources.push(row.source);
    }

    fn close(&mut self) {
        self.run_starts.push(self.subjects.len() as u32);
        self.predicate_runs
            .resize(self.predicates + 1, self.run_objects.len() as u32);
        self.run_objects.shrink_to_fit();
        self.run_starts.shrink_to_fit();
        self.subjects.shrink_to_fit();
    }
}

/// For each object the runs that hold it, ascending.
pub(super) fn runs_by_object(run_objects: &[u32]) -> (KeyIndex, Vec<u32>) {
    let (mut first, mut last) = (u32::MAX, 0);
    for &object in run_objects {
        first = first.min(object);
        last = last.max(object);
    }
    if run_objects.is_empty() {
        return (KeyIndex::empty(), Vec::new());
    }
    if is_dense(first, last, run_objects.len()) {
        let mut next = vec![0_u32; (last - first) as usize + 2];
        for &object in run_objects {
            next[(object - first) as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut next {
            sum += *start;
            *start = sum;
        }
        let starts = next.clone();
        let mut runs = vec![0_u32; run_objects.len()];
        for (&object, run) in run_objects.iter().zip(0_u32..) {
            let at = &mut next[(object - first) as usize];
            runs[*at as usize] = run;
            *at += 1;
        }
        return (KeyIndex::Dense { first, starts }, runs);
    }
    let mut pairs: Vec<u64> = run_objects
        .iter()
        .zip(0_u64..)
        .map(|(&object, run)| u64::from(object) << 32 | run)
        .collect();
    pairs.sort_unstable();
    let (mut keys, mut starts) = (Vec::new(), Vec::new());
    for (&pair, at) in pairs.iter().zip(0_u32..) {
        let object = (pair >> 32) as u32;
        if keys.last() != Some(&object) {
            keys.push(object);
            starts.push(at);
        }
    }
    let runs: Vec<u32> = pairs.iter().map(|&pair| pair as u32).collect();
    (KeyIndex::from_starts(keys, starts, runs.len() as u32), runs)
}

/// Puts the two orders together; both have seen the same rows.
pub(super) fn assemble(mut spo: SpoWriter, mut pos: PosWriter) -> Segment {
    let (source_ranges, source_subjects) = spo.by_source();
    drop(std::mem::take(&mut spo.pairs));
    let subjects = KeyIndex::from_starts(spo.keys, spo.starts, spo.objects.len() as u32);
    pos.close();
    for (count, runs) in spo.counts.iter_mut().zip(pos.predicate_runs.windows(2)) {
        count.objects = runs[1] - runs[0];
    }
    let (objects, object_runs) = runs_by_object(&pos.run_objects);
    spo.objects.shrink_to_fit();
    Segment {
        subjects,
        spo_predicates: spo.predicates.finish(),
        spo_objects: spo.objects,
        spo_sources: spo.sources.finish(),
        predicate_runs: pos.predicate_runs,
        run_objects: pos.run_objects,
        run_starts: pos.run_starts,
        pos_subjects: pos.subjects,
        pos_sources: pos.sources.finish(),
        objects,
        object_runs,
        source_ranges,
        source_subjects,
        counts: spo.counts,
    }
}

impl Segment {
    /// Sorts the rows and builds the arrays; `predicates` is the size of that number space. What comes twice counts
    /// once.
    pub(crate) fn build(rows: &[Row], predicates: usize) -> Self {
        let shape = Shape {
            rows: rows.len(),
            subjects: 0,
            runs: 0,
            predicates,
            predicate_numbers: distinct(rows.iter().map(|row| row.predicate)),
            source_numbers: distinct(rows.iter().map(|row| row.source)),
        };
        let widths = Widths::of(rows);
        let mut spo = SpoWriter::new(&shape);
        let mut last = None;
        let push = |row: Row| {
            if last.replace(row) != Some(row) {
                spo.push(row);
            }
        };
        if rows.is_sorted() {
            rows.iter().copied().for_each(push);
        } else {
            sorted_by(rows, &widths, [0, 1, 2, 3], push);
        }
        let mut pos = PosWriter::new(&shape);
        let mut last = None;
        sorted_by(rows, &widths, [1, 2, 0, 3], |row| {
            if last.replace(row) != Some(row) {
                pos.push(row);
            }
        });
        assemble(spo, pos)
    }
}

/// The different numbers, ascending.
fn distinct(numbers: impl Iterator<Item = u16>) -> Vec<u16> {
    let mut set = FixedBitSet::with_capacity(1 << 16);
    numbers.for_each(|number| set.insert(usize::from(number)));
    set.ones().map(|number| number as u16).collect()
}

/// How many bits each part of some rows takes: subject, predicate, object, source.
struct Widths([u32; 4]);

impl Widths {
    fn of(rows: &[Row]) -> Self {
        let mut all = [0_u32; 4];
        for row in rows {
            for (all, part) in all.iter_mut().zip(parts(*row)) {
                *all |= part;
            }
        }
        Self(all.map(|bits| u32::BITS - bits.leading_zeros()))
    }
}

fn parts(row: Row) -> [u32; 4] {
    [
        row.subject,
        u32::from(row.predicate),
        row.object,
        u32::from(row.source),
    ]
}

/// Sorts rows in SPO order. Rows that are sorted already, as most are, cost one pass.
pub(crate) fn sort_rows(rows: &mut Vec<Row>) {
    if rows.is_sorted() {
        return;
    }
    let mut sorted = Vec::with_capacity(rows.len());
    let widths = Widths::of(rows);
    sorted_by(rows, &widths, [0, 1, 2, 3], |row| sorted.push(row));
    *rows = sorted;
}

/// Visits the rows in an order of their parts: numbers of 64 bits sort several times faster than rows do.
fn sorted_by(rows: &[Row], widths: &Widths, order: [usize; 4], mut visit: impl FnMut(Row)) {
    let widths = order.map(|part| widths.0[part]);
    let unpack = |found: [u32; 4]| {
        let mut parts = [0; 4];
        for (part, found) in order.into_iter().zip(found) {
            parts[part] = found;
        }
        Row {
            subject: parts[0],
            predicate: parts[1] as u16,
            object: parts[2],
            source: parts[3] as u16,
        }
    };
    if widths.iter().sum::<u32>() <= u64::BITS {
        let mut keys: Vec<u64> = Vec::with_capacity(rows.len());
        keys.extend(rows.iter().map(|row| {
            let parts = parts(*row);
            let mut key = 0_u64;
            for (&part, &width) in order.iter().zip(&widths) {
                key = key.unbounded_shl(width) | u64::from(parts[part]);
            }
            key
        }));
        keys.sort_unstable();
        for mut key in keys {
            let mut found = [0; 4];
            for at in (0..4).rev() {
                found[at] = (key & (1_u64.unbounded_shl(widths[at])).wrapping_sub(1)) as u32;
                key = key.unbounded_shr(widths[at]);
            }
            visit(unpack(found));
        }
        return;
    }
    let mut keys: Vec<[u32; 4]> = Vec::with_capacity(rows.len());
    keys.extend(rows.iter().map(|row| order.map(|part| parts(*row)[part])));
    keys.sort_unstable();
    for key in keys {
        visit(unpack(key));
    }
}
