//! The words of the catalog, numbered.

use rustc_hash::FxHashMap;

use crate::lexicon::{Head, Lexicon};
use crate::text::stem;

/// The number of a word of the catalog.
pub(crate) type WordId = u32;

/// The bases of words that occur in the catalog, with a readable form and a row of the lexicon each.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    ids: FxHashMap<Box<str>, WordId>,
    /// The words of each stem: `generator`, `generation` and `generate`.
    kin: FxHashMap<Box<str>, Vec<WordId>>,
    surfaces: Vec<Box<str>>,
    heads: Vec<Option<Head>>,
    /// `(row, word, whether it is the most frequent of the row)`, sorted.
    of_head: Vec<(Head, WordId, bool)>,
    /// `(first byte, length, word)`, sorted.
    shapes: Vec<(u8, usize, WordId)>,
    /// `(first byte, word)` of short words that no dictionary knows well, sorted.
    cryptic: Vec<(u8, WordId)>,
}

/// The letters of a word that may be a shortened one.
const CRYPTIC: std::ops::RangeInclusive<usize> = 3..=6;
/// A word more frequent than this is itself and no shortened one.
const FREQUENT: u32 = 12_000;

impl Vocabulary {
    /// Numbers a word by its base, remembering the first form it was seen in.
    pub(super) fn intern(&mut self, surface: &str, lexicon: &Lexicon) -> WordId {
        let base = stem::base(surface);
        if let Some(&id) = self.ids.get(&*base) {
            let at = id as usize;
            if self.heads[at].is_none() {
                self.heads[at] = lexicon.head(surface);
            }
            return id;
        }
        let id = self.surfaces.len() as WordId;
        let stem = stem::stem(surface);
        self.kin.entry(stem.as_ref().into()).or_default().push(id);
        let heads = [surface, &*base, &*stem].into_iter();
        self.heads
            .push(heads.into_iter().find_map(|form| lexicon.head(form)));
        self.ids.insert(base.into(), id);
        self.surfaces.push(surface.into());
        id
    }

    /// Sorts the rows for look-up, after the last word.
    pub(super) fn seal(&mut self, lexicon: &Lexicon) {
        let heads = self.heads.iter().zip(0..);
        self.of_head = heads
            .filter_map(|(head, id)| head.map(|head| (head, id, true)))
            .collect();
        self.of_head.sort_unstable();
        // The row is that of its most frequent word: of the others it says less.
        let rank = |id: WordId| {
            lexicon
                .rank(&self.surfaces[id as usize])
                .unwrap_or(u32::MAX)
        };
        for row in self.of_head.chunk_by_mut(|a, b| a.0 == b.0) {
            let first = row.iter().map(|entry| rank(entry.1)).min();
            for entry in row {
                entry.2 = Some(rank(entry.1)) == first;
            }
        }
        let words = self.surfaces.iter().zip(0..);
        self.shapes = words
            .map(|(word, id)| (first_byte(word), word.len(), id))
            .collect();
        self.shapes.sort_unstable();
        let short = |word: &str| {
            let rare = lexicon.rank(word).is_none_or(|rank| rank > FREQUENT);
            // No word, however often it is written: `gdp`.
            let rare = rare || !word.bytes().any(|b| b"aeiouy".contains(&b));
            CRYPTIC.contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_lowercase())
                && (rare || !lexicon.expansions(word).is_empty())
        };
        let words = self.surfaces.iter().zip(0..);
        let short = words.filter(|(word, _)| short(word));
        self.cryptic = short.map(|(word, id)| (first_byte(word), id)).collect();
        self.cryptic.sort_unstable();
    }

    /// Iterates over the words of the catalog that may be a word shortened: `min` and `mnt` for minute.
    pub(crate) fn shortened<'v>(&'v self, word: &'v str) -> impl Iterator<Item = WordId> + 'v {
        let alike = self.cryptic_from(first_byte(word));
        alike.filter(move |&id| abbreviates(self.surface(id), word))
    }

    /// Iterates over the short words with this first letter that no dictionary knows well.
    pub(crate) fn cryptic_from(&self, first: u8) -> impl Iterator<Item = WordId> + '_ {
        let start = self.cryptic.partition_point(|entry| entry.0 < first);
        let alike = self.cryptic[start..].iter();
        alike
            .take_while(move |entry| entry.0 == first)
            .map(|entry| entry.1)
    }

    /// Returns the number of a word, in whatever number or tense it stands.
    pub(crate) fn get(&self, word: &str) -> Option<WordId> {
        self.of_base(&stem::base(word))
    }

    /// Returns the number of a word by its base.
    pub(crate) fn of_base(&self, base: &str) -> Option<WordId> {
        self.ids.get(base).copied()
    }

    /// Returns the words that share the stem of a word, this word among them.
    pub(crate) fn kin(&self, word: &str) -> &[WordId] {
        let kin = self.kin.get(&*stem::stem(word));
        kin.map_or(&[], Vec::as_slice)
    }

    /// Returns a readable form of a word.
    pub(crate) fn surface(&self, id: WordId) -> &str {
        self.surfaces.get(id as usize).map_or("", |s| s)
    }

    /// Returns the row of a word.
    pub(crate) fn head(&self, id: WordId) -> Option<Head> {
        self.heads.get(id as usize).copied().flatten()
    }

    /// Iterates over the words of the catalog in a row of the lexicon: whether each is the most frequent of them.
    pub(crate) fn of_head(&self, head: Head) -> impl Iterator<Item = (WordId, bool)> + '_ {
        let start = self.of_head.partition_point(|entry| entry.0 < head);
        self.of_head[start..]
            .iter()
            .take_while(move |entry| entry.0 == head)
            .map(|entry| (entry.1, entry.2))
    }

    /// Returns the number of words.
    pub(crate) fn len(&self) -> usize {
        self.surfaces.len()
    }

    /// Returns the word one edit away from an unknown one: one letter more, less or other, or two swapped.
    ///
    /// The first letter must agree; of several words the first in the catalog is taken.
    pub(super) fn one_edit_from(&self, word: &str) -> Option<WordId> {
        // The catalog remembers one form of each word, so both numbers are tried.
        let singular = word.strip_suffix('s').unwrap_or(word);
        let plural = format!("{singular}s");
        [word, singular, &plural]
            .iter()
            .filter_map(|form| self.near(form))
            .min()
    }

    fn near(&self, word: &str) -> Option<WordId> {
        let first = first_byte(word);
        let lengths = word.len().saturating_sub(1)..=word.len() + 1;
        let start = self
            .shapes
            .partition_point(|shape| (shape.0, shape.1) < (first, *lengths.start()));
        let alike = self.shapes[start..]
            .iter()
            .take_while(|shape| shape.0 == first && lengths.contains(&shape.1));
        let alike = alike
            .filter(|shape| one_edit(self.surfaces[shape.2 as usize].as_bytes(), word.as_bytes()));
        alike.map(|shape| shape.2).min()
    }
}

/// Tells whether a word may be another one shortened: its first letters, or its consonants in order.
pub(super) fn abbreviates(short: &str, long: &str) -> bool {
    if short.len() < *CRYPTIC.start() || long.len() < short.len() + 2 || !long.is_ascii() {
        return false;
    }
    if long.starts_with(short) {
        return true;
    }
    let vowel = |b: u8| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u');
    let (short, long) = (short.as_bytes(), long.as_bytes());
    if short[0] != long[0] || short[1..].iter().any(|&b| vowel(b)) {
        return false;
    }
    let mut rest = long[1..].iter();
    let in_order = short[1..].iter().all(|b| rest.any(|l| l == b));
    // The second letter of the shortened word is the first consonant of the long one.
    let next = long[1..].iter().find(|&&b| !vowel(b));
    in_order && next == short.get(1)
}

fn first_byte(word: &str) -> u8 {
    word.as_bytes().first().copied().unwrap_or(0)
}

/// Tells whether one edit makes one word of the other.
fn one_edit(a: &[u8], b: &[u8]) -> bool {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    match (&a[..a.len() - suffix], &b[..b.len() - suffix]) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([first, second], [third, fourth]) => first == fourth && second == third,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_words_are_first_letters_or_consonants() {
        for (short, long) in [("min", "minute"), ("qnt", "quantity"), ("cust", "customer")] {
            assert!(abbreviates(short, long), "{short} and {long}");
        }
        for (short, long) in [("mi", "minute"), ("cat", "customer"), ("minute", "minutes")] {
            assert!(!abbreviates(short, long), "{short} and {long}");
        }
    }

    #[test]
    fn one_edit_is_an_insertion_a_deletion_a_change_or_a_swap() {
        for (a, b) in [
            ("custmer", "customer"),
            ("customerr", "customer"),
            ("custamer", "customer"),
            ("csutomer", "customer"),
        ] {
            assert!(one_edit(a.as_bytes(), b.as_bytes()), "{a} and {b}");
        }
        for (a, b) in [
            ("customer", "customer"),
            ("cstmer", "customer"),
            ("order", "border2"),
        ] {
            assert!(!one_edit(a.as_bytes(), b.as_bytes()), "{a} and {b}");
        }
    }
}
