//! How strongly the words of a catalog are asked for, and how much of its names.

use super::expand::Group;
use super::names::{NameRef, Names};
use super::sheet::{Pools, Sheet};
use super::vocabulary::WordId;

/// A question of at most this many words may be a name.
const SHORT: usize = 4;
/// Stands for the share of a name that holds a word of the question and was not read.
const HELD: f32 = -2.0;
/// What a name covers that was read in vain.
const NOTHING: (f32, f32) = (-1.0, 0.0);
/// Names are marked before they are read when there are at most so many for each item.
const MARKED: usize = 8;
/// A word of a name at least this strong is the word of the question.
const SAME: f32 = 0.9;

/// How strongly each word of the catalog is asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    strength: Vec<f32>,
    group: Vec<u8>,
    /// The words asked for.
    list: Vec<WordId>,
    /// How many words the question has, without those of a hint.
    words: usize,
    /// Whether the question is a sentence rather than the name of something.
    pub(crate) sentence: bool,
}

impl Asked {
    /// Collects the strongest group of each word.
    pub(crate) fn new(words: usize, groups: &[Group], sentence: bool) -> Self {
        let mut asked = Self {
            strength: vec![0.0; words],
            group: vec![0; words],
            list: Vec::new(),
            words: groups.iter().filter(|group| !group.word.hint).count(),
            sentence,
        };
        for (at, group) in groups.iter().enumerate() {
            for variant in &group.variants {
                let word = variant.word as usize;
                if variant.strength > asked.strength[word] {
                    if asked.strength[word] <= 0.0 {
                        asked.list.push(variant.word);
                    }
                    asked.strength[word] = variant.strength;
                    asked.group[word] = at as u8;
                }
            }
        }
        asked
    }

    /// Returns how strongly a word is asked for, and by which group.
    pub(crate) fn of(&self, word: u32) -> (f32, usize) {
        (
            self.strength[word as usize],
            usize::from(self.group[word as usize]),
        )
    }

    /// Returns how much of a name is asked for: the share of its weight, and the strength of what matched.
    pub(crate) fn cover(&self, name: NameRef<'_>) -> (f32, f32) {
        let (mut all, mut hit) = (0.0, 0.0);
        for slot in name.slots() {
            let best = slot
                .words
                .iter()
                .map(|&(word, own)| own * self.of(word).0)
                .fold(0.0, f32::max);
            all += slot.weight;
            hit += slot.weight * best;
        }
        if all > 0.0 {
            (hit / all, hit)
        } else {
            (0.0, 0.0)
        }
    }

    /// Tells whether the question is a name of an item, word for word.
    pub(crate) fn calls(&self, names: &Names, item: u32) -> bool {
        names.of(item).any(|name| {
            let mut met = [false; SHORT];
            let whole = name.slots().all(|slot| {
                let same = slot
                    .words
                    .iter()
                    .find(|&&(word, own)| own * self.of(word).0 >= SAME);
                same.map(|&(word, _)| self.of(word).1)
                    .and_then(|group| met.get_mut(group))
                    .is_some_and(|met| {
                        *met = true;
                        true
                    })
            });
            whole && met.iter().filter(|met| **met).count() == self.words
        })
    }

    /// Tells whether the question has few enough words to be a name.
    pub(crate) fn short(&self) -> bool {
        (1..=SHORT).contains(&self.words)
    }

    /// Works out how much of the names of some items is asked for.
    pub(crate) fn covered(&self, names: &Names, pools: &Pools, items: &[u32]) -> Covered {
        let mut of = pools.pairs.sheet(names.len());
        let held: usize = self.list.iter().map(|&w| names.holders(w).len()).sum();
        // A name with no word of the question is not read, unless to find those with one takes longer.
        let mark = held <= MARKED * items.len();
        let words = self.list.iter().filter(|_| mark);
        for &word in words {
            of.note(names.holders(word));
            let of = of.noted();
            for &name in names.holders(word) {
                of[name as usize].0 = HELD;
            }
        }
        for name in items.iter().flat_map(|&item| names.of(item)) {
            let at = name.number();
            let share = of[at].0;
            if share <= HELD || (!mark && share == 0.0) {
                let cover = self.cover(name);
                of[at] = if cover.0 > 0.0 { cover } else { NOTHING };
            }
        }
        Covered { of }
    }
}

/// How much of distinct names of a level is asked for: the share of its weight, and the strength of what matched.
#[derive(Debug, Default)]
pub(crate) struct Covered {
    of: Sheet<(f32, f32)>,
}

impl Covered {
    /// Returns the share of one name that is asked for.
    pub(crate) fn share(&self, name: NameRef<'_>) -> f32 {
        self.of[name.number()].0.max(0.0)
    }

    /// Returns the largest share of a name of an item that is asked for.
    pub(crate) fn best_share(&self, names: &Names, item: u32) -> f32 {
        let shares = names.of(item).map(|name| self.share(name));
        shares.fold(0.0, f32::max)
    }

    /// Returns share and strength of the name of an item that is asked for most.
    pub(crate) fn best(&self, names: &Names, item: u32) -> (f32, f32) {
        let covers = names.of(item).map(|name| self.of[name.number()]);
        covers.fold((0.0, 0.0), |best, next| {
            if next.0 * next.1 > best.0 * best.1 {
                next
            } else {
                best
            }
        })
    }
}
