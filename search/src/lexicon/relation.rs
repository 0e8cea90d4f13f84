//! A weighted relation between rows of the lexicon, packed.

use super::Head;

/// For every row the related rows with a weight, in one array.
#[derive(Debug)]
pub(crate) struct Relation {
    starts: Vec<u32>,
    rows: Vec<u16>,
    weights: Vec<u8>,
}

impl Relation {
    /// Reads `rows` rows; with `mirror` every pair is written once and read in both directions.
    pub(super) fn read(bytes: &[u8], rows: usize, mirror: bool) -> Self {
        let mut pairs: Vec<(u16, u16, u8)> = Vec::with_capacity(bytes.len() / 2);
        let mut reader = Varints::new(bytes);
        for row in 0..rows as u16 {
            let mut other = 0;
            for _ in 0..reader.next().unwrap_or(0) {
                other += reader.next().unwrap_or(0);
                let weight = reader.byte().unwrap_or(0);
                let Ok(other) = u16::try_from(other) else {
                    continue;
                };
                pairs.push((row, other, weight));
                if mirror {
                    pairs.push((other, row, weight));
                }
            }
        }
        pairs.sort_unstable();
        let mut starts = vec![0; rows + 1];
        for &(row, ..) in &pairs {
            if let Some(count) = starts.get_mut(usize::from(row) + 1) {
                *count += 1;
            }
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self {
            starts,
            rows: pairs.iter().map(|p| p.1).collect(),
            weights: pairs.iter().map(|p| p.2).collect(),
        }
    }

    /// Returns the number of rows.
    pub(super) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Iterates over the rows related to one, in the order of rows, with weights 0 to 1.
    pub(super) fn of(&self, head: Head) -> impl Iterator<Item = (Head, f32)> + '_ {
        let at = |i: usize| self.starts.get(i).copied().unwrap_or(0) as usize;
        let row = usize::from(head.0);
        let range = if row < self.rows() {
            at(row)..at(row + 1)
        } else {
            0..0
        };
        let rows = self.rows.get(range.clone()).unwrap_or(&[]);
        let weights = self.weights.get(range).unwrap_or(&[]);
        rows.iter()
            .zip(weights)
            .map(|(&row, &weight)| (Head(row), f32::from(weight) / 255.0))
    }
}

/// A reader of LEB128 numbers.
pub(super) struct Varints<'a> {
    bytes: &'a [u8],
}

impl<'a> Varints<'a> {
    /// Reads from the start of `bytes`.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Takes one plain byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(first)
    }
}

impl Iterator for Varints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let mut value = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}
