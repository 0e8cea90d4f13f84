//! Merging segments: a walk over all of them in both orders, without sorting what is sorted already.
//!
//! Beside the old segments it needs the memory of the new one and nothing that grows with them.

use std::sync::atomic::{AtomicBool, Ordering};

use super::build::{PosWriter, Shape, SpoWriter, assemble};
use super::{Row, Segment};

/// A segment to merge.
pub(crate) struct Input<'a> {
    pub(crate) segment: &'a Segment,
    /// Tells which rows still count; without it all do.
    pub(crate) alive: Option<Box<dyn Fn(Row) -> bool + Sync + 'a>>,
    /// Number of rows that still count.
    pub(crate) live: usize,
}

impl Input<'_> {
    fn counts(&self, row: Row) -> bool {
        self.alive.as_ref().is_none_or(|alive| alive(row))
    }
}

/// Rows between two looks at the stop flag.
const STRIDE: usize = 1 << 16;

/// Watches whether the merge is still wanted.
struct Watch<'a> {
    stop: &'a AtomicBool,
    rows: usize,
}

impl Watch<'_> {
    fn stopped(&mut self, rows: usize) -> bool {
        self.rows += rows;
        if self.rows < STRIDE {
            return false;
        }
        self.rows = 0;
        self.stop.load(Ordering::Relaxed)
    }
}

/// Merges segments into one; `renamed` gives terms new numbers in the same order. `None` when stopped.
pub(crate) fn merge(
    inputs: &[Input<'_>],
    predicates: usize,
    renamed: Option<&[u32]>,
    stop: &AtomicBool,
) -> Option<Segment> {
    let mut shape = Shape {
        rows: inputs.iter().map(|input| input.live).sum(),
        subjects: 0,
        runs: inputs
            .iter()
            .map(|input| input.segment.run_objects.len())
            .sum(),
        predicates,
        predicate_numbers: Vec::new(),
        source_numbers: Vec::new(),
    };
    for input in inputs {
        let segment = input.segment;
        shape
            .predicate_numbers
            .extend(segment.spo_predicates.values());
        shape
            .source_numbers
            .extend(segment.sources().map(|(source, _)| source));
    }
    for numbers in [&mut shape.predicate_numbers, &mut shape.source_numbers] {
        numbers.sort_unstable();
        numbers.dedup();
    }
    let mut spo = SpoWriter::new(&shape);
    let rename = |id: u32| renamed.map_or(id, |renamed| renamed[id as usize]);
    let name = |row: Row| Row {
        subject: rename(row.subject),
        object: rename(row.object),
        ..row
    };
    in_spo_order(inputs, stop, |row| spo.push(name(row)))?;
    let mut pos = PosWriter::new(&shape);
    in_pos_order(inputs, predicates, stop, |row| pos.push(name(row)))?;
    Some(assemble(spo, pos))
}

fn in_spo_order(inputs: &[Input<'_>], stop: &AtomicBool, mut visit: impl FnMut(Row)) -> Option<()> {
    let mut watch = Watch { stop, rows: 0 };
    let mut slots: Vec<usize> = vec![0; inputs.len()];
    // The next subject of each segment; what has no rows is skipped.
    let next = |input: &Input<'_>, slot: &mut usize| -> Option<u32> {
        while *slot < input.segment.subjects.slots() {
            let (key, (start, end)) = input.segment.subjects.nth(*slot);
            if start < end {
                return Some(key);
            }
            *slot += 1;
        }
        None
    };
    let mut keys: Vec<Option<u32>> = inputs
        .iter()
        .zip(&mut slots)
        .map(|(input, slot)| next(input, slot))
        .collect();
    let mut gathered: Vec<Row> = Vec::new();
    while let Some(subject) = keys.iter().flatten().min().copied() {
        let several = keys.iter().filter(|key| **key == Some(subject)).count() > 1;
        for (at, input) in inputs.iter().enumerate() {
            if keys[at] != Some(subject) {
                continue;
            }
            let segment = input.segment;
            let (_, (start, end)) = segment.subjects.nth(slots[at]);
            let rows = (start..end).map(|at| Row {
                subject,
                predicate: segment.spo_predicates.get(at),
                object: segment.spo_objects[at],
                source: segment.spo_sources.get(at),
            });
            let rows = rows.filter(|row| input.counts(*row));
            if several {
                gathered.extend(rows);
            } else {
                rows.for_each(&mut visit);
            }
            slots[at] += 1;
            keys[at] = next(input, &mut slots[at]);
            if watch.stopped(end - start) {
                return None;
            }
        }
        gathered.sort_unstable();
        gathered.drain(..).for_each(&mut visit);
    }
    Some(())
}

fn in_pos_order(
    inputs: &[Input<'_>],
    predicates: usize,
    stop: &AtomicBool,
    mut visit: impl FnMut(Row),
) -> Option<()> {
    let mut watch = Watch { stop, rows: 0 };
    let mut gathered: Vec<Row> = Vec::new();
    for predicate in (0..=u16::MAX).take(predicates) {
        let mut runs: Vec<(usize, usize)> = inputs
            .iter()
            .map(|input| input.segment.runs_of(predicate))
            .collect();
        loop {
            let next = |(input, (run, end)): (&Input<'_>, &(usize, usize))| {
                (run < end).then(|| input.segment.run_objects[*run])
            };
            let Some(object) = inputs.iter().zip(&runs).filter_map(next).min() else {
                break;
            };
            let is_next = |pair: &(&Input<'_>, &(usize, usize))| next(*pair) == Some(object);
            let several = inputs.iter().zip(&runs).filter(is_next).count() > 1;
            for (input, (run, end)) in inputs.iter().zip(&mut runs) {
                let segment = input.segment;
                if *run >= *end || segment.run_objects[*run] != object {
                    continue;
                }
                let (start, end) = segment.run(*run);
                let rows = (start..end).map(|at| Row {
                    subject: segment.pos_subjects[at],
                    predicate,
                    object,
                    source: segment.pos_sources.get(at),
                });
                let rows = rows.filter(|row| input.counts(*row));
                if several {
                    gathered.extend(rows);
                } else {
                    rows.for_each(&mut visit);
                }
                *run += 1;
                if watch.stopped(end - start) {
                    return None;
                }
            }
            // Sorted stretches behind each other: the stable sort merges them.
            gathered.sort_by_key(|row| (row.subject, row.source));
            gathered.drain(..).for_each(&mut visit);
        }
    }
    Some(())
}
