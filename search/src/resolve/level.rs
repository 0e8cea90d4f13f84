//! Weighted postings of one level: products, datasets, columns or concepts.

use rustc_hash::FxHashMap;

use super::analyze::Name;
use super::vocabulary::WordId;

/// For every word the items that hold it, with a ready BM25F weight.
#[derive(Debug, Default)]
pub(crate) struct Level {
    starts: Vec<u32>,
    items: Vec<u32>,
    weights: Vec<f32>,
    idf: Vec<f32>,
    idf_max: f32,
    len: usize,
    /// For words that very many items hold, the items that the word tells most about.
    frequent: FxHashMap<WordId, (Vec<u32>, Vec<f32>)>,
}

/// A word is read in the names and texts of at most this many items, those that it tells most about.
const TELLING_MAX: usize = 20_000;
/// A word that at most this many items hold is looked for in all of them.
const CHECKED_MAX: usize = 100_000;

/// How much a field counts and how strongly its length dampens it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) weight: f32,
    pub(super) length: f32,
}

/// What a word counts that only says by what something is told apart.
const ASIDE: f32 = 0.5;

/// Takes the words of one item, field by field.
pub(super) struct Sink {
    words: Vec<(WordId, u8, f32)>,
    lengths: Vec<f32>,
}

impl Sink {
    /// Adds a word to a field.
    pub(super) fn add(&mut self, field: usize, word: WordId, count: f32) {
        self.words.push((word, field as u8, count));
        self.lengths[field] += count;
    }

    /// Adds a name to a field; the readings of one place count as one word in its length.
    pub(super) fn add_name(&mut self, field: usize, name: &Name) {
        for slot in name {
            let share = if slot.aside { ASIDE } else { 1.0 };
            self.words.extend(
                slot.words
                    .iter()
                    .map(|&(word, strength)| (word, field as u8, share * strength)),
            );
            self.lengths[field] += 1.0;
        }
    }

    /// Adds the words of a text to a field.
    pub(super) fn add_text(&mut self, field: usize, words: &[WordId]) {
        for &word in words {
            self.add(field, word, 1.0);
        }
    }

    fn clear(&mut self) {
        self.words.clear();
        self.lengths.fill(0.0);
    }
}

impl Level {
    /// Builds the postings of `len` items over `words` words.
    ///
    /// `fill` gives the words of an item and is called twice for each: once for lengths, once for weights.
    pub(super) fn build(
        len: usize,
        words: usize,
        saturation: f32,
        fields: &[Field],
        mut fill: impl FnMut(usize, &mut Sink),
    ) -> Self {
        let mut sink = Sink {
            words: Vec::new(),
            lengths: vec![0.0; fields.len()],
        };
        let mut totals = vec![0.0f64; fields.len()];
        let mut holders = vec![0u32; fields.len()];
        for item in 0..len {
            sink.clear();
            fill(item, &mut sink);
            for (field, length) in sink.lengths.iter().enumerate() {
                totals[field] += f64::from(*length);
                holders[field] += u32::from(*length > 0.0);
            }
        }
        let averages: Vec<f32> = totals
            .iter()
            .zip(&holders)
            .map(|(t, &n)| (t / f64::from(n.max(1))) as f32)
            .collect();
        let mut triples: Vec<(WordId, u32, f32)> = Vec::new();
        let mut frequencies = vec![0u32; words];
        for item in 0..len {
            sink.clear();
            fill(item, &mut sink);
            sink.words
                .sort_unstable_by_key(|&(word, field, _)| (word, field));
            for run in sink.words.chunk_by(|a, b| a.0 == b.0) {
                let mut mass = 0.0;
                for &(_, field, count) in run {
                    let Field { weight, length } = fields[usize::from(field)];
                    let ratio = sink.lengths[usize::from(field)]
                        / averages[usize::from(field)].max(f32::EPSILON);
                    mass += weight * count / (1.0 - length + length * ratio);
                }
                if mass > 0.0 {
                    frequencies[run[0].0 as usize] += 1;
                    triples.push((run[0].0, item as u32, mass / (saturation + mass)));
                }
            }
        }
        Self::pack(len, &frequencies, &triples)
    }

    fn pack(len: usize, frequencies: &[u32], triples: &[(WordId, u32, f32)]) -> Self {
        let count = len as f32;
        let rarity = |n: u32| (1.0 + (count - n as f32 + 0.5) / (n as f32 + 0.5)).ln();
        let idf: Vec<f32> = frequencies
            .iter()
            .map(|&n| if n == 0 { 0.0 } else { rarity(n) })
            .collect();
        let mut starts = Vec::with_capacity(frequencies.len() + 1);
        let mut sum = 0;
        starts.push(0);
        for &n in frequencies {
            sum += n;
            starts.push(sum);
        }
        let mut next = starts.clone();
        let mut items = vec![0; triples.len()];
        let mut weights = vec![0.0; triples.len()];
        for &(word, item, mass) in triples {
            let at = &mut next[word as usize];
            items[*at as usize] = item;
            weights[*at as usize] = mass * idf[word as usize];
            *at += 1;
        }
        let mut level = Self {
            starts,
            items,
            weights,
            idf,
            idf_max: rarity(1),
            len,
            frequent: FxHashMap::default(),
        };
        level.frequent = (0..frequencies.len() as u32)
            .filter(|&word| frequencies[word as usize] as usize > TELLING_MAX)
            .map(|word| (word, level.most_telling(word)))
            .collect();
        level
    }

    fn most_telling(&self, word: WordId) -> (Vec<u32>, Vec<f32>) {
        let (items, weights) = self.postings(word);
        let mut best: Vec<(u32, f32)> =
            items.iter().copied().zip(weights.iter().copied()).collect();
        best.select_nth_unstable_by(TELLING_MAX - 1, |a, b| {
            b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
        });
        best.truncate(TELLING_MAX);
        best.sort_unstable_by_key(|&(item, _)| item);
        best.into_iter().unzip()
    }

    /// Returns the items to score for a word, ascending, and their weights: all that hold it, or of very many the 20,000 that
    /// it tells most about (static pruning of postings; Carmel et al., SIGIR 2001).
    pub(crate) fn telling(&self, word: WordId) -> (&[u32], &[f32]) {
        match self.frequent.get(&word) {
            Some((items, weights)) => (items, weights),
            None => self.postings(word),
        }
    }

    /// Returns the items to look for those in that other words have found: all that hold a word, or of very many as
    /// [`Self::telling`].
    pub(crate) fn checked(&self, word: WordId) -> (&[u32], &[f32]) {
        let all = self.postings(word);
        if all.0.len() <= CHECKED_MAX {
            all
        } else {
            self.telling(word)
        }
    }

    /// Returns the number of items.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Returns the items that hold a word, ascending, and their weights.
    pub(crate) fn postings(&self, word: WordId) -> (&[u32], &[f32]) {
        let at = |i: usize| self.starts.get(i).copied().unwrap_or(0) as usize;
        let range = at(word as usize)..at(word as usize + 1).max(at(word as usize));
        (
            self.items.get(range.clone()).unwrap_or(&[]),
            self.weights.get(range).unwrap_or(&[]),
        )
    }

    /// Tells whether an item holds a word anywhere.
    pub(crate) fn holds(&self, item: u32, word: WordId) -> bool {
        self.postings(word).0.binary_search(&item).is_ok()
    }

    /// Returns how rare a word is on this level; 0 when no item holds it.
    pub(crate) fn idf(&self, word: WordId) -> f32 {
        self.idf.get(word as usize).copied().unwrap_or(0.0)
    }

    /// Returns the rarity of a word that one item holds.
    pub(crate) fn idf_max(&self) -> f32 {
        self.idf_max
    }
}
