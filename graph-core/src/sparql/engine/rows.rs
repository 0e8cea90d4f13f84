//! Rows of numbers, one after the other in one allocation.

use super::algebra::{Slot, Slots};
use super::context::UNBOUND;

/// Rows of the same width, which is at least one.
pub(super) struct Rows {
    width: usize,
    data: Vec<u32>,
}

impl Rows {
    pub(super) fn new(width: usize) -> Self {
        Self {
            width,
            data: Vec::new(),
        }
    }

    /// One row without any value.
    pub(super) fn unit(width: usize) -> Self {
        Self {
            width,
            data: vec![UNBOUND; width],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.data.len() / self.width
    }

    pub(super) fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.data.clear();
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.data.truncate(rows * self.width);
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> &[u32] {
        &self.data[at * self.width..(at + 1) * self.width]
    }

    pub(super) fn get_mut(&mut self, at: usize) -> &mut [u32] {
        &mut self.data[at * self.width..(at + 1) * self.width]
    }

    /// Appends a row and gives it for changes.
    #[inline]
    pub(super) fn push(&mut self, row: &[u32]) -> &mut [u32] {
        let start = self.data.len();
        self.data.extend_from_slice(row);
        &mut self.data[start..]
    }

    /// Appends a row that differs from `row` in one slot.
    #[inline]
    pub(super) fn push_with(&mut self, row: &[u32], slot: Slot, value: u32) {
        self.push(row)[slot] = value;
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.data.chunks_exact(self.width)
    }

    pub(super) fn row_bytes(&self) -> usize {
        self.width * 4
    }
}

/// Sets a slot unless it has another value already.
#[inline]
pub(super) fn bind(row: &mut [u32], slot: Slot, value: u32) -> bool {
    let place = &mut row[slot];
    if *place == UNBOUND {
        *place = value;
        return true;
    }
    *place == value
}

/// Tells whether no slot has different values in both rows.
pub(super) fn compatible(a: &[u32], b: &[u32], slots: &[Slot]) -> bool {
    slots
        .iter()
        .all(|&slot| a[slot] == b[slot] || a[slot] == UNBOUND || b[slot] == UNBOUND)
}

/// The values of some slots, hashed when there are more than two.
pub(super) fn key(row: &[u32], slots: &[Slot]) -> u64 {
    match slots {
        [] => 0,
        [a] => u64::from(row[*a]),
        [a, b] => u64::from(row[*a]) << 32 | u64::from(row[*b]),
        more => more.iter().fold(0, |hash: u64, slot| {
            (hash.rotate_left(5) ^ u64::from(row[*slot])).wrapping_mul(0x517C_C1B7_2722_0A95)
        }),
    }
}

/// Takes the values that only the other row has.
pub(super) fn merge(row: &mut [u32], other: &[u32], slots: Slots) {
    for (slot, (place, value)) in row.iter_mut().zip(other).enumerate() {
        if *place == UNBOUND && slots.has(slot) {
            *place = *value;
        }
    }
}
