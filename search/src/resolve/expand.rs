//! What else a word of a question may be called in the catalog.

mod contracted;
mod meanings;

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
/// Weaker variants are left out.
const STRENGTH_MIN: f32 = 0.05;

/// Why a word of the catalog answers a word of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// The same word, in whatever number or tense.
    Same,
    /// A word of the same stem: `owner` and `ownership`.
    Kin,
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
    /// The same in other words: *surname* and *last name*.
    Reworded,
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
    pub(crate) fn expand(&self, words: &[QueryWord], sentence: bool) -> Vec<Group> {
        let joined: Vec<Option<WordId>> = words
            .iter()
            .enumerate()
            .map(|(at, word)| self.joined(words, at, word))
            .collect();
        let mut found: Vec<Vec<Variant>> = words.iter().map(|word| self.variants(word)).collect();
        for (at, variants) in found.iter_mut().enumerate() {
            // "zip code" also means `zipcode`, for both of its words.
            let both = [joined[at], joined.get(at + 1).copied().flatten()];
            variants.extend(both.into_iter().flatten().map(|word| Variant {
                word,
                strength: 1.0,
                why: Why::Joined,
            }));
        }
        let generic = self.reword(words, &mut found);
        // Contractions are read in the names of things, not in sentences, where any letters meet.
        if !sentence {
            self.contract(words, &mut found);
        }
        for variants in &mut found {
            keep_best(variants);
        }
        let titled = self.titled(words, &found);
        let marks = generic.into_iter().zip(titled);
        let read = words.iter().zip(found).zip(marks);
        read.map(|((word, variants), (generic, titled))| {
            let mut word = word.clone();
            word.generic |= generic;
            word.capitalised &= !titled;
            self.weigh(word, variants)
        })
        .collect()
    }

    /// Tells which words with a capital are the name of a product: `Chicago` of `chicago_crime`, but not `Chicago High School`.
    fn titled(&self, words: &[QueryWord], found: &[Vec<Variant>]) -> Vec<bool> {
        let mut titled = vec![false; words.len()];
        let mut start = 0;
        while start < words.len() {
            let after = words[start + 1..].iter();
            let more = after
                .take_while(|word| word.adjacent && word.capitalised)
                .count();
            let end = start + 1 + more;
            let mut named = found[start..end].iter().map(|variants| {
                let mut same = variants.iter().filter(|v| v.why == Why::Same);
                same.any(|v| self.titles.contains(&v.word))
            });
            if words[start].capitalised && named.all(|named| named) {
                titled[start..end].fill(true);
            }
            start = end;
        }
        titled
    }

    fn joined(&self, words: &[QueryWord], at: usize, word: &QueryWord) -> Option<WordId> {
        let before = words.get(at.checked_sub(1)?)?;
        let whole = format!("{}{}", before.text, word.text);
        if word.adjacent {
            self.vocabulary.get(&whole)
        } else {
            None
        }
    }

    fn variants(&self, word: &QueryWord) -> Vec<Variant> {
        let t = &self.tuning;
        let mut found = Vec::new();
        let text = word.text.as_str();
        let same = self.vocabulary.get(text);
        found.extend(same.map(|word| Variant {
            word,
            strength: 1.0,
            why: Why::Same,
        }));
        let kin = self.vocabulary.kin(text).iter();
        found.extend(kin.map(|&word| Variant {
            word,
            strength: t.kin,
            why: Why::Kin,
        }));
        for long in self.lexicon.expansions(text) {
            let word = self.vocabulary.get(long);
            found.extend(word.map(|word| Variant {
                word,
                strength: t.abbreviation,
                why: Why::Abbreviation,
            }));
        }
        if found.is_empty() {
            for piece in segment::segment(text, self.lexicon).into_iter().flatten() {
                let long = self.lexicon.expansions(piece).first().copied();
                for piece in [Some(piece), long].into_iter().flatten() {
                    let word = self.vocabulary.get(piece);
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
            .filter(|v| matches!(v.why, Why::Same | Why::Kin))
            .map(|v| v.strength * level.idf(v.word))
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
