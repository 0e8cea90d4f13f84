//! Other words for the same: synonyms, near meanings, and phrases that say it differently.

use super::{Variant, Why};
use crate::lexicon::{Head, PHRASE_WORDS_MAX};
use crate::resolve::query::QueryWord;
use crate::resolve::ranker::Ranker;
use crate::resolve::vocabulary::WordId;
use crate::text::{stem, stop};

/// What the less telling words of a phrase count, for a single word that stands for the phrase.
const BESIDE: f32 = 0.3;

impl Ranker {
    /// Adds the words of the catalog that mean nearly the same as a row of the lexicon.
    ///
    /// A synonym that is near in meaning too is more than either; one that is not is often of another sense.
    pub(super) fn add_meanings(&self, head: Head, found: &mut Vec<Variant>) {
        let t = &self.tuning;
        let mut synonyms = self.lexicon.synonyms(head).peekable();
        let mut neighbours = self.lexicon.neighbours(head).peekable();
        loop {
            let heads = [synonyms.peek(), neighbours.peek()];
            let Some(other) = heads.into_iter().flatten().map(|next| next.0).min() else {
                break;
            };
            let synonym = synonyms.next_if(|next| next.0 == other);
            let synonym = t.synonym * synonym.map_or(0.0, |next| next.1);
            let cosine = neighbours.next_if(|next| next.0 == other);
            let cosine = cosine.map_or(0.0, |next| next.1);
            let near = t.neighbour * (cosine - t.neighbour_cut) / (1.0 - t.neighbour_cut);
            let near = near.max(0.0);
            // However near, another word is not the word itself.
            let strength = (near.max(synonym) + t.agreed * near.min(synonym)).min(t.neighbour_max);
            let why = if near > synonym {
                Why::Neighbour
            } else {
                Why::Synonym
            };
            let words = self.vocabulary.of_head(other);
            found.extend(words.map(|(word, own)| Variant {
                word,
                strength: if own {
                    strength
                } else {
                    t.kin_reach * strength
                },
                why,
            }));
        }
    }

    /// Adds the words of phrases that say the same; tells which words are generic as part of a phrase.
    pub(super) fn reword(&self, words: &[QueryWord], found: &mut [Vec<Variant>]) -> Vec<bool> {
        let mut generic = vec![false; words.len()];
        if self.tuning.phrase <= 0.0 {
            return generic;
        }
        let value = |word: &QueryWord| word.quoted || word.number || word.capitalised;
        let bases: Vec<_> = words.iter().map(|word| stem::base(&word.text)).collect();
        for length in (1..=PHRASE_WORDS_MAX).rev() {
            for start in 0..words.len() {
                let Some(run) = words.get(start..start + length) else {
                    break;
                };
                if run.iter().any(value) {
                    continue;
                }
                let own: Vec<&str> = bases[start..start + length].iter().map(|s| &**s).collect();
                let tight = run[1..].iter().all(|word| word.adjacent);
                let phrases = self.lexicon.phrases();
                if !phrases
                    .like(&own)
                    .any(|p| p.bases == own && (tight || !p.tight))
                {
                    continue;
                }
                let found = &mut found[start..start + length];
                if length > 1 {
                    // In a phrase a word means what the phrase means, whatever it means alone.
                    let alone = |v: &Variant| matches!(v.why, Why::Synonym | Why::Neighbour);
                    for variants in found.iter_mut() {
                        variants.retain(|v| !alone(v));
                    }
                }
                for other in phrases.like(&own).filter(|other| other.bases != own) {
                    let known = other.bases.iter().map(|base| self.vocabulary.of_base(base));
                    let Some(known) = known.collect::<Option<Vec<WordId>>>() else {
                        continue;
                    };
                    self.stand_for(&known, found);
                    if length > 1 && other.bases.len() == length {
                        for (generic, base) in generic[start..].iter_mut().zip(&other.bases) {
                            *generic |= stop::is_generic(base);
                        }
                    }
                }
            }
        }
        generic
    }

    /// Lets the words of a question stand for the words of another phrase, one by one as far as they go.
    fn stand_for(&self, other: &[WordId], found: &mut [Vec<Variant>]) {
        let strength = self.tuning.phrase;
        let variant = |word: WordId, share: f32| Variant {
            word,
            strength: strength * share,
            why: Why::Reworded,
        };
        match (found, other) {
            (found, &[word]) => {
                for variants in found {
                    variants.push(variant(word, 1.0));
                }
            }
            ([variants], words) => {
                let rarity = |word: &WordId| self.columns.level.idf(*word);
                let rarest = words.iter().map(rarity).fold(0.0, f32::max);
                for word in words {
                    let telling = rarity(word) >= rarest;
                    variants.push(variant(*word, if telling { 1.0 } else { BESIDE }));
                }
            }
            (found, words) => {
                let last = found.len() - 1;
                for (at, &word) in words.iter().enumerate() {
                    let place = if at + 1 == words.len() {
                        last
                    } else {
                        at.min(last)
                    };
                    found[place].push(variant(word, 1.0));
                }
            }
        }
    }
}
