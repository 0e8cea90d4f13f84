//! What else a word of a question may be called in the catalog.

use rustc_hash::FxHashMap;

use super::query::QueryWord;
use super::ranker::Ranker;
use super::vocabulary::WordId;
use crate::lexicon::Head;
use crate::text::{segment, stem};

/// A word reaches at most this many words of the catalog.
const VARIANTS_MAX: usize = 24;
/// A word is looked for in at most this many shortened forms.
const SHORTENED_MAX: usize = 6;
/// Initials are read in the names of things, not in sentences, where any letters meet.
const ACRONYM_WORDS: usize = 5;
/// Weaker variants are left out.
const STRENGTH_MIN: f32 = 0.05;

/// Why a word of the catalog answers a word of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// The same stem.
    Same,
    /// Two words of the question written as one.
    Joined,
    /// The long form of an abbreviation.
    Abbreviation,
    /// A part of a run-together word.
    Piece,
    /// A synonym in `WordNet`.
    Synonym,
    /// Near in meaning.
    Neighbour,
    /// A shortened form, as names write it.
    Shortened,
    /// One letter away.
    Typo,
}

/// A word of the catalog that answers a word of the question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variant {
    pub(crate) word: WordId,
    pub(crate) strength: f32,
    pub(crate) why: Why,
}

/// A word of the question with the words of the catalog that answer it; an item counts its best one.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) word: QueryWord,
    pub(crate) variants: Vec<Variant>,
    /// The weight for products and datasets.
    pub(crate) weight: f32,
    /// The weight for columns.
    pub(crate) column_weight: f32,
    /// What the word would score at most on the level of datasets.
    pub(crate) mass: f32,
    /// The row of its meaning.
    pub(crate) head: Option<Head>,
}

impl Ranker {
    /// Finds the variants of every word of a question.
    pub(crate) fn expand(&self, words: &[QueryWord]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::with_capacity(words.len());
        let joined: Vec<Option<WordId>> = words
            .iter()
            .enumerate()
            .map(|(at, word)| self.joined(words, at, word))
            .collect();
        for (at, word) in words.iter().enumerate() {
            let mut variants = self.variants(word);
            // "zip code" also means `zipcode`, for both of its words.
            let both = [joined[at], joined.get(at + 1).copied().flatten()];
            variants.extend(both.into_iter().flatten().map(|word| Variant {
                word,
                strength: 1.0,
                why: Why::Joined,
            }));
            variants.extend(self.acronyms(words, at));
            keep_best(&mut variants);
            groups.push(self.weigh(word.clone(), variants));
        }
        groups
    }

    fn joined(&self, words: &[QueryWord], at: usize, word: &QueryWord) -> Option<WordId> {
        let before = words.get(at.checked_sub(1)?)?;
        let whole = format!("{}{}", before.text, word.text);
        if word.adjacent {
            self.vocabulary.get(&stem::stem(&whole))
        } else {
            None
        }
    }

    /// Finds the initials of three to five words in a row, for the word at a place among them.
    fn acronyms(&self, words: &[QueryWord], at: usize) -> Vec<Variant> {
        let mut found = Vec::new();
        if self.tuning.acronym <= 0.0 || words.len() > ACRONYM_WORDS {
            return found;
        }
        for length in 3..=5 {
            for start in (at + 1).saturating_sub(length)..=at {
                let Some(run) = words.get(start..start + length) else {
                    continue;
                };
                let initials: String = run.iter().filter_map(|w| w.text.chars().next()).collect();
                let cryptic = self.lexicon.rank(&initials).is_none_or(|rank| rank > 5_000);
                let word = self.vocabulary.get(&initials).filter(|_| cryptic);
                found.extend(word.map(|word| Variant {
                    word,
                    strength: self.tuning.acronym,
                    why: Why::Shortened,
                }));
            }
        }
        found
    }

    fn variants(&self, word: &QueryWord) -> Vec<Variant> {
        let t = &self.tuning;
        let mut found = Vec::new();
        let text = word.text.as_str();
        let same = self.vocabulary.get(&stem::stem(text));
        found.extend(same.map(|word| Variant {
            word,
            strength: 1.0,
            why: Why::Same,
        }));
        for long in self.lexicon.expansions(text) {
            let word = self.vocabulary.get(&stem::stem(long));
            found.extend(word.map(|word| Variant {
                word,
                strength: t.abbreviation,
                why: Why::Abbreviation,
            }));
        }
        if same.is_none() {
            for piece in segment::segment(text, self.lexicon).into_iter().flatten() {
                let long = self.lexicon.expansions(piece).first().copied();
                for piece in [Some(piece), long].into_iter().flatten() {
                    let word = self.vocabulary.get(&stem::stem(piece));
                    found.extend(word.map(|word| Variant {
                        word,
                        strength: t.piece,
                        why: Why::Piece,
                    }));
                }
            }
        }
        if word.number || word.quoted {
            return found;
        }
        if t.shortened > 0.0 && text.len() > 4 {
            found.extend(
                self.vocabulary
                    .shortened(text)
                    .take(SHORTENED_MAX)
                    .map(|word| Variant {
                        word,
                        strength: t.shortened,
                        why: Why::Shortened,
                    }),
            );
        }
        if let Some(head) = self.head(text) {
            self.add_meanings(head, &mut found);
        }
        let strange = found.iter().all(|v| v.why == Why::Shortened)
            && !word.capitalised
            && self.lexicon.rank(text).is_none();
        if strange && text.len() >= 5 {
            let near = self.vocabulary.one_edit_from(text);
            found.extend(near.map(|word| Variant {
                word,
                strength: t.typo,
                why: Why::Typo,
            }));
        }
        found
    }

    fn head(&self, text: &str) -> Option<Head> {
        self.lexicon
            .head(text)
            .or_else(|| self.lexicon.head(&stem::stem(text)))
    }

    fn add_meanings(&self, head: Head, found: &mut Vec<Variant>) {
        let t = &self.tuning;
        for (other, weight) in self.lexicon.synonyms(head) {
            let strength = t.synonym * weight;
            let words = self.vocabulary.of_head(other);
            found.extend(words.map(|word| Variant {
                word,
                strength,
                why: Why::Synonym,
            }));
        }
        for (other, cosine) in self.lexicon.neighbours(head) {
            let nearness = (cosine - t.neighbour_cut) / (1.0 - t.neighbour_cut);
            // However near, another word is not the word itself.
            let strength = (t.neighbour * nearness).min(t.neighbour_max);
            let words = self.vocabulary.of_head(other);
            found.extend(words.map(|word| Variant {
                word,
                strength,
                why: Why::Neighbour,
            }));
        }
    }

    fn weigh(&self, word: QueryWord, variants: Vec<Variant>) -> Group {
        let t = &self.tuning;
        let mut weight = 1.0;
        if word.quoted {
            weight *= t.quoted;
        } else if word.capitalised {
            weight *= t.capitalised;
        }
        if word.number {
            weight *= t.number;
        }
        if word.hint {
            weight *= t.hint;
        }
        let text = word.text.as_str();
        if text.len() > 5 && (text.ends_with("ed") || text.ends_with("ing")) {
            weight *= t.inflected;
        }
        let column_weight = weight * if word.generic { t.generic_column } else { 1.0 };
        if word.generic {
            weight *= t.generic;
        }
        let level = &self.tables.level;
        let own = variants
            .iter()
            .filter(|v| v.why == Why::Same)
            .map(|v| level.idf(v.word))
            .fold(0.0, f32::max);
        let any = variants
            .iter()
            .map(|v| v.strength * level.idf(v.word))
            .fold(0.0, f32::max);
        let rarity = if own > 0.0 {
            own.max(any)
        } else {
            level.idf_max()
        };
        Group {
            head: self
                .head(text)
                .or_else(|| self.vocabulary.head(variants.first()?.word)),
            mass: weight * rarity,
            word,
            variants,
            weight,
            column_weight,
        }
    }
}

/// Keeps the strongest way to each word, strongest first.
fn keep_best(variants: &mut Vec<Variant>) {
    let mut best: FxHashMap<WordId, Variant> = FxHashMap::default();
    for variant in variants.drain(..).filter(|v| v.strength >= STRENGTH_MIN) {
        let entry = best.entry(variant.word).or_insert(variant);
        if variant.strength > entry.strength {
            *entry = variant;
        }
    }
    variants.extend(best.into_values());
    variants.sort_by(|a, b| b.strength.total_cmp(&a.strength).then(a.word.cmp(&b.word)));
    variants.truncate(VARIANTS_MAX);
}
