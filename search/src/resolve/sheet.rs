//! Arrays of zeros that are cleared where they were written and then used again.
//!
//! A question writes to a few thousand items of millions. To clear an array of all of them would cost more than the question.

use std::ops::{Deref, Index, IndexMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Shorter arrays are cleared whole: to note what is written costs more.
const SPARSE_FROM: usize = 65_536;
/// So many arrays are kept for later questions.
const KEPT_MAX: usize = 64;

/// The arrays that no question uses now.
#[derive(Debug, Default)]
pub(crate) struct Pool<T> {
    free: Mutex<Vec<Kept<T>>>,
}

/// An array of zeros, and room to note what is written.
type Kept<T> = (Vec<T>, Vec<u32>);

/// The pools of a ranker, by what their arrays hold.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    pub(super) floats: Arc<Pool<f32>>,
    pub(super) marks: Arc<Pool<u8>>,
    pub(super) pairs: Arc<Pool<(f32, f32)>>,
}

/// A zero for every item, until something is written.
#[derive(Debug)]
pub(crate) struct Sheet<T: Copy + Default + PartialEq> {
    values: Vec<T>,
    written: Vec<u32>,
    pool: Option<Arc<Pool<T>>>,
}

impl<T: Copy + Default + PartialEq> Pool<T> {
    /// Returns zeros for `len` items.
    pub(super) fn sheet(self: &Arc<Self>, len: usize) -> Sheet<T> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let at = free.iter().rposition(|kept| kept.0.len() == len);
        let kept = at.map(|at| free.swap_remove(at));
        drop(free);
        let (values, written) = kept.unwrap_or_else(|| (vec![T::default(); len], Vec::new()));
        Sheet {
            values,
            written,
            pool: Some(Arc::clone(self)),
        }
    }

    fn keep(&self, kept: Kept<T>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT_MAX {
            free.push(kept);
        }
    }
}

impl<T: Copy + Default + PartialEq> Sheet<T> {
    /// Returns the values, to write to items that are noted before or after.
    pub(super) fn noted(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// Notes items that [`Self::noted`] writes to.
    pub(super) fn note(&mut self, items: &[u32]) {
        if self.values.len() >= SPARSE_FROM {
            self.written.extend_from_slice(items);
        }
    }

    fn clear(&mut self) {
        if self.values.len() < SPARSE_FROM {
            self.values.fill(T::default());
        } else {
            for &at in &self.written {
                self.values[at as usize] = T::default();
            }
        }
        self.written.clear();
    }
}

impl<T: Copy + Default + PartialEq> Default for Sheet<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            written: Vec::new(),
            pool: None,
        }
    }
}

impl<T: Copy + Default + PartialEq> Drop for Sheet<T> {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.take() {
            self.clear();
            pool.keep((
                std::mem::take(&mut self.values),
                std::mem::take(&mut self.written),
            ));
        }
    }
}

impl<T: Copy + Default + PartialEq> Deref for Sheet<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.values
    }
}

impl<T: Copy + Default + PartialEq> Index<usize> for Sheet<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.values[at]
    }
}

impl<T: Copy + Default + PartialEq> IndexMut<usize> for Sheet<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        let sparse = self.values.len() >= SPARSE_FROM;
        let value = &mut self.values[at];
        if sparse && *value == T::default() {
            self.written.push(at as u32);
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_clear_again_whatever_its_size() {
        for len in [10, SPARSE_FROM, 3 * SPARSE_FROM] {
            let pool: Arc<Pool<f32>> = Arc::default();
            let mut sheet = pool.sheet(len);
            for at in [0, 3, len - 1, 3] {
                sheet[at] += 1.5;
            }
            assert_eq!((sheet[3], sheet[1]), (3.0, 0.0));
            let first = sheet.values.as_ptr();
            sheet.note(&[1, 2]);
            sheet.noted()[2] = 4.0;
            drop(sheet);
            let again = pool.sheet(len);
            assert_eq!(again.values.as_ptr(), first, "it is used again");
            assert!(again.iter().all(|value| *value == 0.0));
            assert!(pool.sheet(len).iter().all(|value| *value == 0.0));
        }
    }

    #[test]
    fn sheets_of_other_lengths_are_not_mixed_up() {
        let pool: Arc<Pool<u8>> = Arc::default();
        drop(pool.sheet(4));
        assert_eq!(pool.sheet(7).len(), 7);
        assert_eq!(pool.sheet(4).len(), 4);
    }
}
