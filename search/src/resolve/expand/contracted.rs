//! Words in a row that a name writes as one short one: `fthg`, full time home (team) goals.

use super::{Variant, Why};
use crate::resolve::query::QueryWord;
use crate::resolve::ranker::Ranker;

/// Longer texts are no names.
const WORDS_MAX: usize = 6;
/// One word takes at most this many letters of a contraction.
const LETTERS_MAX: usize = 4;
/// A contraction that is not made of initials alone is less sure.
const MIXED: f32 = 0.8;
/// So many initials do not meet by chance, and are surer by a factor.
const LONG: usize = 4;
const SURE: f32 = 1.25;

impl Ranker {
    /// Finds the short words of the catalog that two or more words of a question in a row are written as.
    pub(super) fn contract(&self, words: &[QueryWord], found: &mut [Vec<Variant>]) {
        if self.tuning.acronym <= 0.0 || !(2..=WORDS_MAX).contains(&words.len()) {
            return;
        }
        let texts: Vec<&[u8]> = words.iter().map(|word| word.text.as_bytes()).collect();
        for start in 0..texts.len() - 1 {
            for word in self.vocabulary.cryptic_from(texts[start][0]) {
                let short = self.vocabulary.surface(word).as_bytes();
                let Some((end, letters)) = align(short, &texts[start..], 0, true) else {
                    continue;
                };
                let sure = match letters {
                    1 if short.len() >= LONG => SURE,
                    1 => 1.0,
                    _ => MIXED,
                };
                for variants in &mut found[start..start + end] {
                    variants.push(Variant {
                        word,
                        strength: self.tuning.acronym * sure,
                        why: Why::Shortened,
                    });
                }
            }
        }
    }
}

/// Spells a contraction by the beginnings of words in order; `skip` lets it leave out one between them.
///
/// Returns how many words it stands for, and the most letters it takes of one.
fn align(short: &[u8], words: &[&[u8]], used: usize, skip: bool) -> Option<(usize, usize)> {
    if short.is_empty() {
        return (used > 1).then_some((0, 0));
    }
    let (word, rest) = words.split_first()?;
    let mut lengths = 1..=short.len().min(LETTERS_MAX);
    let spelt = lengths.find_map(|letters| {
        let (start, more) = short.split_at(letters);
        let fits = spells(start, word);
        let (count, most) = fits.then(|| align(more, rest, used + 1, skip))??;
        Some((count + 1, most.max(letters)))
    });
    // "full time home team goals" is `fthg`.
    let skipped = || {
        let (count, most) = align(short, rest, used, false)?;
        Some((count + 1, most))
    };
    spelt.or_else(|| (skip && used > 0).then(skipped)?)
}

/// Tells whether letters are the first ones of a word, or its initial and consonants in order.
fn spells(letters: &[u8], word: &[u8]) -> bool {
    if word.starts_with(letters) {
        return true;
    }
    let vowel = |b: &u8| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u');
    let [first, more @ ..] = letters else {
        return false;
    };
    let mut rest = word.iter().skip(1);
    word.first() == Some(first)
        && !more.iter().any(vowel)
        && more.iter().all(|b| rest.any(|other| other == b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(short: &str, text: &str) -> Option<usize> {
        let words: Vec<&[u8]> = text.split(' ').map(str::as_bytes).collect();
        align(short.as_bytes(), &words, 0, true).map(|found| found.0)
    }

    #[test]
    fn contractions_are_beginnings_in_order() {
        for (short, text, words) in [
            ("ftr", "full time result", 3),
            ("fthg", "full time home team goals", 5),
            ("gdp", "gross domestic product", 3),
            ("pcode", "postal code", 2),
            ("custnum", "customer number", 2),
        ] {
            assert_eq!(spelt(short, text), Some(words), "{short} and {text}");
        }
        for (short, text) in [
            ("ftr", "full time"),
            ("xyz", "full time result"),
            ("full", "full time result"),
            ("frd", "full result and more duties"),
        ] {
            assert_eq!(spelt(short, text), None, "{short} and {text}");
        }
    }
}
