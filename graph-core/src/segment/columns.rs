//! Where the rows of a key start, and narrow columns: what stands beside the sorted columns of a segment.

/// Ranges of positions by leading key.
pub(crate) enum KeyIndex {
    /// One offset for each number from `first` on: a look-up is an array access.
    Dense {
        /// The smallest key.
        first: u32,
        /// One more than there are numbers.
        starts: Vec<u32>,
    },
    /// Only the keys that occur: a look-up is a binary search. For keys that lie far apart.
    Sparse {
        /// The keys, ascending.
        keys: Vec<u32>,
        /// One more than there are keys.
        starts: Vec<u32>,
    },
}

/// Up to this many numbers for each key that occurs, an offset for each number is worth its memory.
const DENSE_FACTOR: usize = 4;

/// Tells whether keys between these two are worth an offset each.
pub(super) fn is_dense(first: u32, last: u32, distinct: usize) -> bool {
    (last - first) as usize <= distinct * DENSE_FACTOR
}

impl KeyIndex {
    /// Builds the index from ascending keys and where their rows start; `end` is where the last key's rows end.
    pub(super) fn from_starts(mut keys: Vec<u32>, mut starts: Vec<u32>, end: u32) -> Self {
        starts.push(end);
        let (Some(&first), Some(&last)) = (keys.first(), keys.last()) else {
            return Self::empty();
        };
        if !is_dense(first, last, keys.len()) {
            keys.shrink_to_fit();
            starts.shrink_to_fit();
            return Self::Sparse { keys, starts };
        }
        let mut dense = Vec::with_capacity((last - first) as usize + 2);
        for (&key, &start) in keys.iter().zip(&starts) {
            // Numbers without rows start where the next key does.
            dense.resize((key - first) as usize + 1, start);
        }
        dense.push(end);
        Self::Dense {
            first,
            starts: dense,
        }
    }

    pub(super) fn empty() -> Self {
        Self::Sparse {
            keys: Vec::new(),
            starts: vec![0],
        }
    }

    /// Positions of the rows with this key.
    #[inline]
    pub(crate) fn range(&self, key: u32) -> (usize, usize) {
        match self {
            Self::Dense { first, starts } => {
                let at = key.wrapping_sub(*first) as usize;
                match (starts.get(at), starts.get(at.wrapping_add(1))) {
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
            Self::Dense { starts, .. } => starts.len() - 1,
            Self::Sparse { keys, .. } => keys.len(),
        }
    }

    /// Key and positions of a slot.
    #[inline]
    pub(crate) fn nth(&self, slot: usize) -> (u32, (usize, usize)) {
        match self {
            Self::Dense { first, starts } => (
                first + slot as u32,
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
            Self::Dense { starts, .. } => starts.capacity() * 4,
            Self::Sparse { keys, starts } => (keys.capacity() + starts.capacity()) * 4,
        }
    }
}

/// A column of 16-bit numbers in as few bytes as their variety allows: a segment of one source needs none for it.
pub(crate) enum Narrow {
    /// Every row has the same number.
    One {
        /// That number.
        value: u16,
        /// Number of rows.
        len: usize,
    },
    /// At most 256 different numbers, one byte a row.
    Bytes {
        /// The different numbers, ascending.
        values: Vec<u16>,
        /// For each row the place of its number in `values`.
        column: Vec<u8>,
    },
    /// Anything.
    Halves(Vec<u16>),
}

impl Narrow {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::One { len, .. } => *len,
            Self::Bytes { column, .. } => column.len(),
            Self::Halves(column) => column.len(),
        }
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> u16 {
        match self {
            Self::One { value, .. } => *value,
            Self::Bytes { values, column } => values[usize::from(column[at])],
            Self::Halves(column) => column[at],
        }
    }

    /// The different numbers, ascending.
    pub(super) fn values(&self) -> Vec<u16> {
        match self {
            Self::One { len: 0, .. } => Vec::new(),
            Self::One { value, .. } => vec![*value],
            Self::Bytes { values, .. } => values.clone(),
            Self::Halves(column) => {
                let mut values = column.clone();
                values.sort_unstable();
                values.dedup();
                values
            }
        }
    }

    /// Narrows a stretch that is sorted in this column to the positions that hold the value.
    pub(super) fn equal_range(&self, start: usize, end: usize, value: u16) -> (usize, usize) {
        match self {
            Self::One { value: one, .. } if *one == value => (start, end),
            Self::One { .. } => (start, start),
            Self::Bytes { values, column } => match values.binary_search(&value) {
                Ok(at) => equal_range(column, start, end, at as u8),
                Err(_) => (start, start),
            },
            Self::Halves(column) => equal_range(column, start, end, value),
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::One { .. } => 0,
            Self::Bytes { values, column } => values.capacity() * 2 + column.capacity(),
            Self::Halves(column) => column.capacity() * 2,
        }
    }
}

/// Fills a [`Narrow`] column whose different numbers are known before.
pub(super) struct NarrowBuilder {
    column: Narrow,
    /// The place of each number in the list of different ones.
    places: Vec<u8>,
}

impl NarrowBuilder {
    /// Starts a column that will hold nothing but `values`, which are ascending.
    pub(super) fn new(values: &[u16], capacity: usize) -> Self {
        let mut places = Vec::new();
        let column = match values {
            [] => Narrow::One { value: 0, len: 0 },
            [value] => Narrow::One {
                value: *value,
                len: 0,
            },
            values if values.len() <= 256 => {
                let last = values.last().copied().unwrap_or_default();
                places.resize(usize::from(last) + 1, 0);
                for (&value, place) in values.iter().zip(0_u8..=255) {
                    places[usize::from(value)] = place;
                }
                Narrow::Bytes {
                    values: values.to_vec(),
                    column: Vec::with_capacity(capacity),
                }
            }
            _ => Narrow::Halves(Vec::with_capacity(capacity)),
        };
        Self { column, places }
    }

    #[inline]
    pub(super) fn push(&mut self, value: u16) {
        match &mut self.column {
            Narrow::One { len, .. } => *len += 1,
            Narrow::Bytes { column, .. } => column.push(self.places[usize::from(value)]),
            Narrow::Halves(column) => column.push(value),
        }
    }

    pub(super) fn finish(mut self) -> Narrow {
        match &mut self.column {
            Narrow::One { .. } => (),
            Narrow::Bytes { column, .. } => column.shrink_to_fit(),
            Narrow::Halves(column) => column.shrink_to_fit(),
        }
        self.column
    }
}

/// Narrows a sorted stretch of a column to the positions that hold the value.
pub(super) fn equal_range<T: Ord + Copy>(
    column: &[T],
    start: usize,
    end: usize,
    value: T,
) -> (usize, usize) {
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
