//! Where the rows of a key start: the offsets beside a sorted column.

/// Ranges of positions by leading key.
pub(crate) enum KeyIndex {
    /// One offset for each term: a look-up is an array access.
    Dense(Vec<u32>),
    /// Only the keys that occur: a look-up is a binary search. For segments much smaller than the dictionary.
    Sparse { keys: Vec<u32>, starts: Vec<u32> },
}

/// Up to this many terms for each key that occurs, an offset for each term is worth its memory.
const DENSE_FACTOR: usize = 4;

impl KeyIndex {
    /// Builds the index over keys in ascending order.
    pub(crate) fn build(terms: u32, sorted: impl Iterator<Item = u32> + Clone) -> Self {
        let mut distinct = 0;
        let mut last = None;
        for key in sorted.clone() {
            distinct += usize::from(last != Some(key));
            last = Some(key);
        }
        if terms as usize <= distinct * DENSE_FACTOR {
            let mut starts = vec![0_u32; terms as usize + 1];
            for key in sorted {
                starts[key as usize + 1] += 1;
            }
            let mut sum = 0;
            for start in &mut starts {
                sum += *start;
                *start = sum;
            }
            return Self::Dense(starts);
        }
        let mut keys = Vec::with_capacity(distinct);
        let mut starts = Vec::with_capacity(distinct + 1);
        let mut end = 0;
        for key in sorted {
            if keys.last() != Some(&key) {
                keys.push(key);
                starts.push(end);
            }
            end += 1;
        }
        starts.push(end);
        Self::Sparse { keys, starts }
    }

    /// Positions of the rows with this key.
    pub(crate) fn range(&self, key: u32) -> (usize, usize) {
        match self {
            Self::Dense(starts) => {
                let key = key as usize;
                match (starts.get(key), starts.get(key + 1)) {
                    (Some(&start), Some(&end)) => (start as usize, end as usize),
                    _ => (0, 0),
                }
            }
            Self::Sparse { keys, .. } => {
                keys.binary_search(&key).map_or((0, 0), |at| self.nth(at).1)
            }
        }
    }

    /// Number of slots to walk for all rows.
    pub(crate) fn slots(&self) -> usize {
        match self {
            Self::Dense(starts) => starts.len() - 1,
            Self::Sparse { keys, .. } => keys.len(),
        }
    }

    /// Key and positions of a slot.
    pub(crate) fn nth(&self, slot: usize) -> (u32, (usize, usize)) {
        match self {
            Self::Dense(starts) => (
                slot as u32,
                (starts[slot] as usize, starts[slot + 1] as usize),
            ),
            Self::Sparse { keys, starts } => (
                keys[slot],
                (starts[slot] as usize, starts[slot + 1] as usize),
            ),
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Dense(starts) => starts.capacity() * 4,
            Self::Sparse { keys, starts } => (keys.capacity() + starts.capacity()) * 4,
        }
    }
}
