//! From the names and texts of entities to numbered words.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::vocabulary::{Vocabulary, WordId};
use crate::lexicon::Lexicon;
use crate::text::{segment, split, stop};

/// The strength of the long form of an abbreviation in a name.
const EXPANSION: f32 = 0.9;
/// Words of a description past this many are left out.
const TEXT_WORDS_MAX: usize = 120;

/// One place in a name with the words that may stand there.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot {
    /// The word as written first, then its readings, each with a strength.
    pub(super) words: Vec<(WordId, f32)>,
    /// Whether the word says how a table is made rather than what it holds.
    pub(super) affix: bool,
    /// Whether the word only says by what something is told apart: `store` of `sales_by_store`.
    pub(super) aside: bool,
}

/// A name as places with words.
pub(super) type Name = Vec<Slot>;

/// Numbers the words of names and texts, remembering each spelling.
pub(super) struct Analyzer<'l> {
    pub(super) lexicon: &'l Lexicon,
    pub(super) vocabulary: Vocabulary,
    slots: FxHashMap<String, Rc<[Slot]>>,
    text_words: FxHashMap<String, Option<WordId>>,
}

impl<'l> Analyzer<'l> {
    /// Starts with an empty vocabulary.
    pub(super) fn new(lexicon: &'l Lexicon) -> Self {
        Self {
            lexicon,
            vocabulary: Vocabulary::default(),
            slots: FxHashMap::default(),
            text_words: FxHashMap::default(),
        }
    }

    /// Analyses a name.
    pub(super) fn name(&mut self, text: &str) -> Name {
        let words = split::words(text);
        let telling = words.iter().any(|word| !stop::is_function(word));
        let mut name: Name = Vec::with_capacity(words.len());
        let mut aside = false;
        for word in words {
            // What stands before the first such word is what the name is about.
            aside |= !name.is_empty() && matches!(word.as_str(), "by" | "per" | "for" | "with");
            if !(telling && stop::is_function(&word)) {
                let slots = self.token(word);
                let marked = slots.iter().cloned().map(|slot| Slot { aside, ..slot });
                name.extend(marked);
            }
        }
        name
    }

    /// Analyses a running text: its telling words, with repetitions.
    pub(super) fn text(&mut self, text: &str) -> Vec<WordId> {
        let mut out = Vec::new();
        split::each_word(text, |word| {
            if out.len() < TEXT_WORDS_MAX {
                out.extend(self.text_word(word));
            }
        });
        out
    }

    fn text_word(&mut self, word: &str) -> Option<WordId> {
        if let Some(&known) = self.text_words.get(word) {
            return known;
        }
        let folded = crate::text::fold::fold(word);
        let telling = folded.len() > 1 && !stop::is_function(&folded);
        let id = telling.then(|| self.word(&folded));
        self.text_words.insert(word.to_owned(), id);
        id
    }

    fn word(&mut self, folded: &str) -> WordId {
        self.vocabulary.intern(folded, self.lexicon)
    }

    fn token(&mut self, word: String) -> Rc<[Slot]> {
        if let Some(known) = self.slots.get(&word) {
            return Rc::clone(known);
        }
        let slots: Rc<[Slot]> = self.read_token(&word).into();
        self.slots.insert(word, Rc::clone(&slots));
        slots
    }

    fn read_token(&mut self, word: &str) -> Vec<Slot> {
        let whole = self.word(word);
        let affix = stop::is_affix(word);
        let long = self.lexicon.expansions(word);
        if !long.is_empty() {
            let slot = |id| Slot {
                words: vec![(whole, 1.0), (id, EXPANSION)],
                affix,
                aside: false,
            };
            return long.iter().map(|long| slot(self.word(long))).collect();
        }
        let Some(pieces) = segment::segment(word, self.lexicon) else {
            return vec![Slot {
                words: vec![(whole, 1.0)],
                affix,
                aside: false,
            }];
        };
        let mut slots = Vec::new();
        for piece in pieces {
            for mut slot in self.read_token(piece) {
                slot.words.push((whole, 1.0));
                slots.push(slot);
            }
        }
        slots
    }
}
