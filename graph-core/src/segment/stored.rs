//! A segment as bytes and back. What is read is checked whole: no byte can make a later look-up fail or go astray.

use std::io::{Read, Write};

use super::build::runs_by_object;
use super::columns::{KeyIndex, Narrow};
use super::{PredicateCounts, Segment, SourceRange};
use crate::snapshot::dump::{self, Broken};

/// Bounds of the numbers that a segment may hold.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) terms: u32,
    pub(crate) predicates: usize,
    pub(crate) sources: usize,
}

const ODD: Broken = Broken::Bytes("the columns of a segment do not fit together");

impl Segment {
    /// Writes the arrays as they lie in memory, little-endian.
    pub(crate) fn write_to(&self, out: &mut dyn Write) -> std::io::Result<()> {
        write_index(&self.subjects, out)?;
        write_narrow(&self.spo_predicates, out)?;
        dump::put_words(out, &self.spo_objects)?;
        write_narrow(&self.spo_sources, out)?;
        dump::put_words(out, &self.predicate_runs)?;
        dump::put_words(out, &self.run_objects)?;
        dump::put_words(out, &self.run_starts)?;
        dump::put_words(out, &self.pos_subjects)?;
        write_narrow(&self.pos_sources, out)?;
        let ranges = self.source_ranges.iter();
        let ranges: Vec<u32> = ranges
            .flat_map(|range| [u32::from(range.source), range.start, range.statements])
            .collect();
        dump::put_words(out, &ranges)?;
        dump::put_words(out, &self.source_subjects)
    }

    /// Reads what [`Segment::write_to`] wrote.
    pub(crate) fn read_from(input: &mut dyn Read, limits: Limits) -> Result<Self, Broken> {
        let subjects = read_index(input)?;
        let spo_predicates = read_narrow(input)?;
        let spo_objects = dump::get_words(input)?;
        let spo_sources = read_narrow(input)?;
        let predicate_runs = dump::get_words(input)?;
        let run_objects = dump::get_words(input)?;
        let run_starts = dump::get_words(input)?;
        let pos_subjects = dump::get_words(input)?;
        let pos_sources = read_narrow(input)?;
        let ranges = dump::get_words(input)?;
        let source_subjects = dump::get_words(input)?;
        let (objects, object_runs) = match run_objects.iter().max() {
            Some(&object) if object >= limits.terms => return Err(ODD),
            _ => runs_by_object(&run_objects),
        };
        let mut segment = Self {
            subjects,
            spo_predicates,
            spo_objects,
            spo_sources,
            predicate_runs,
            run_objects,
            run_starts,
            pos_subjects,
            pos_sources,
            objects,
            object_runs,
            source_ranges: source_ranges(&ranges, limits)?,
            source_subjects,
            counts: Vec::new(),
        };
        segment.check_shape(limits)?;
        segment.check_sources(limits)?;
        segment.count(limits)?;
        Ok(segment)
    }

    fn check_shape(&self, limits: Limits) -> Result<(), Broken> {
        let rows = self.spo_objects.len();
        let columns = [
            self.spo_predicates.len(),
            self.spo_sources.len(),
            self.pos_subjects.len(),
            self.pos_sources.len(),
        ];
        let fits = u32::try_from(rows).is_ok()
            && columns.iter().all(|length| *length == rows)
            && ascends(&self.predicate_runs, self.run_objects.len())
            && self.predicate_runs.len() <= limits.predicates + 1
            && ascends(&self.run_starts, rows)
            && self.run_starts.len() == self.run_objects.len() + 1
            && index_fits(&self.subjects, rows, limits.terms)
            && below(&self.spo_objects, limits.terms)
            && below(&self.pos_subjects, limits.terms)
            && narrow_fits(&self.spo_predicates, self.predicate_runs.len() - 1)
            && narrow_fits(&self.spo_sources, limits.sources)
            && narrow_fits(&self.pos_sources, limits.sources);
        if fits { Ok(()) } else { Err(ODD) }
    }

    fn check_sources(&self, limits: Limits) -> Result<(), Broken> {
        let mut statements = 0_u64;
        let mut last = None;
        for range in &self.source_ranges {
            if last.is_some_and(|(source, start)| source >= range.source || start > range.start)
                || range.start as usize > self.source_subjects.len()
            {
                return Err(ODD);
            }
            last = Some((range.source, range.start));
            statements += u64::from(range.statements);
        }
        let fits = statements == self.spo_objects.len() as u64
            && below(&self.source_subjects, limits.terms);
        if fits { Ok(()) } else { Err(ODD) }
    }

    /// Counts each predicate and checks that both orders are sorted and hold the same statements.
    fn count(&mut self, limits: Limits) -> Result<(), Broken> {
        let mut counts = vec![PredicateCounts::default(); limits.predicates];
        let (mut left, mut right) = (0_u64, 0_u64);
        for slot in 0..self.subjects.slots() {
            let (subject, (start, end)) = self.subjects.nth(slot);
            let mut last: Option<(u16, u32, u16)> = None;
            for at in start..end {
                let (predicate, object) = (self.spo_predicates.get(at), self.spo_objects[at]);
                let source = self.spo_sources.get(at);
                let row = (predicate, object, source);
                if last.is_some_and(|last| last >= row) {
                    return Err(ODD);
                }
                let count = &mut counts[usize::from(predicate)];
                count.statements += 1;
                count.subjects += u32::from(last.is_none_or(|last| last.0 != predicate));
                last = Some(row);
                left = left.wrapping_add(mixed(subject, predicate, object, source));
            }
        }
        for (predicate, bounds) in (0_u16..).zip(self.predicate_runs.windows(2)) {
            let mut last_object = None;
            for run in bounds[0] as usize..bounds[1] as usize {
                let object = self.run_objects[run];
                let (start, end) = self.run(run);
                if last_object.is_some_and(|last| last >= object) || start == end {
                    return Err(ODD);
                }
                last_object = Some(object);
                let mut last = None;
                for at in start..end {
                    let row = (self.pos_subjects[at], self.pos_sources.get(at));
                    if last.is_some_and(|last| last >= row) {
                        return Err(ODD);
                    }
                    last = Some(row);
                    right = right.wrapping_add(mixed(row.0, predicate, object, row.1));
                }
            }
            counts[usize::from(predicate)].objects = bounds[1] - bounds[0];
        }
        self.counts = counts;
        if left == right { Ok(()) } else { Err(ODD) }
    }
}

/// A statement as one number, so that two orders of the same statements have the same sum.
fn mixed(subject: u32, predicate: u16, object: u32, source: u16) -> u64 {
    let left = (u64::from(subject) << 32 | u64::from(object)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let right = (u64::from(predicate) << 16 | u64::from(source)).wrapping_add(0x2545_F491);
    (left ^ left >> 29).wrapping_mul(right.wrapping_mul(0xD6E8_FEB8_6659_FD93) | 1)
}

fn source_ranges(words: &[u32], limits: Limits) -> Result<Vec<SourceRange>, Broken> {
    let (ranges, []) = words.as_chunks::<3>() else {
        return Err(ODD);
    };
    let range = |&[source, start, statements]: &[u32; 3]| {
        let source = u16::try_from(source).map_err(|_| ODD)?;
        if usize::from(source) >= limits.sources {
            return Err(ODD);
        }
        Ok(SourceRange {
            source,
            start,
            statements,
        })
    };
    ranges.iter().map(range).collect()
}

fn ascends(starts: &[u32], end: usize) -> bool {
    starts.first() == Some(&0) && starts.last() == Some(&(end as u32)) && starts.is_sorted()
}

fn below(numbers: &[u32], limit: u32) -> bool {
    numbers.iter().fold(0, |max, &number| number.max(max)) < limit || numbers.is_empty()
}

fn index_fits(index: &KeyIndex, rows: usize, terms: u32) -> bool {
    match index {
        KeyIndex::Dense { first, starts } => {
            ascends(starts, rows) && u64::from(*first) + starts.len() as u64 <= u64::from(terms) + 1
        }
        KeyIndex::Sparse { keys, starts } => {
            ascends(starts, rows)
                && starts.len() == keys.len() + 1
                && keys.is_sorted_by(|left, right| left < right)
                && keys.last().is_none_or(|&key| key < terms)
        }
    }
}

fn narrow_fits(column: &Narrow, limit: usize) -> bool {
    let small = |value: &u16| usize::from(*value) < limit;
    match column {
        Narrow::One { value, len } => *len == 0 || small(value),
        Narrow::Bytes { values, column } => {
            let greatest = column.iter().fold(0, |max, &place| place.max(max));
            values.iter().all(small)
                && values.is_sorted_by(|left, right| left < right)
                && usize::from(greatest) < values.len()
        }
        Narrow::Halves(column) => column.iter().all(small),
    }
}

fn write_index(index: &KeyIndex, out: &mut dyn Write) -> std::io::Result<()> {
    match index {
        KeyIndex::Dense { first, starts } => {
            dump::put_words(out, &[0, *first])?;
            dump::put_words(out, starts)
        }
        KeyIndex::Sparse { keys, starts } => {
            dump::put_words(out, &[1])?;
            dump::put_words(out, keys)?;
            dump::put_words(out, starts)
        }
    }
}

fn read_index(input: &mut dyn Read) -> Result<KeyIndex, Broken> {
    match dump::get_words(input)?[..] {
        [0, first] => Ok(KeyIndex::Dense {
            first,
            starts: dump::get_words(input)?,
        }),
        [1] => Ok(KeyIndex::Sparse {
            keys: dump::get_words(input)?,
            starts: dump::get_words(input)?,
        }),
        _ => Err(ODD),
    }
}

fn write_narrow(column: &Narrow, out: &mut dyn Write) -> std::io::Result<()> {
    match column {
        Narrow::One { value, len } => dump::put_words(out, &[0, u32::from(*value), *len as u32]),
        Narrow::Bytes { values, column } => {
            dump::put_words(out, &[1])?;
            dump::put_halves(out, values)?;
            dump::put_bytes(out, column)
        }
        Narrow::Halves(column) => {
            dump::put_words(out, &[2])?;
            dump::put_halves(out, column)
        }
    }
}

fn read_narrow(input: &mut dyn Read) -> Result<Narrow, Broken> {
    match dump::get_words(input)?[..] {
        [0, value, len] => Ok(Narrow::One {
            value: u16::try_from(value).map_err(|_| ODD)?,
            len: len as usize,
        }),
        [1] => Ok(Narrow::Bytes {
            values: dump::get_halves(input)?,
            column: dump::get_bytes(input)?,
        }),
        [2] => Ok(Narrow::Halves(dump::get_halves(input)?)),
        _ => Err(ODD),
    }
}
