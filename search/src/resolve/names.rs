//! The names of the items of a level, to tell how much of a name a question covers.
//!
//! A name is kept once, however many items bear it: half of a catalog's columns are called like others.

use rustc_hash::FxHashMap;

use super::analyze::{Name, Slot};
use super::level::Level;
use super::vocabulary::WordId;

/// What an affix of a table's name weighs against a telling word.
const AFFIX_WEIGHT: f32 = 0.15;
/// What a word weighs that only says by what something is told apart.
const ASIDE_WEIGHT: f32 = 0.5;

/// Names as nested ranges: items to names, and distinct names to slots to words.
#[derive(Debug, Default)]
pub(crate) struct Names {
    items: Vec<u32>,
    /// The names of each item, as numbers of distinct names.
    borne: Vec<u32>,
    slots: Vec<u32>,
    words: Vec<u32>,
    entries: Vec<(WordId, f32)>,
    weights: Vec<f32>,
    /// For each word, the ranges of `holders`: the distinct names that it may stand in, ascending.
    held: Vec<u32>,
    holders: Vec<u32>,
}

/// A place in a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SlotRef<'a> {
    /// The words that may stand there, with strengths.
    pub(crate) words: &'a [(WordId, f32)],
    /// How telling the place is.
    pub(crate) weight: f32,
}

impl Names {
    /// Packs the names of all items, weighing each place by the rarity of its words.
    ///
    /// `head` is by how much the word counts more that a name ends in, which the words before it only qualify.
    pub(super) fn pack<'a>(
        items: impl Iterator<Item = &'a [Name]>,
        level: &Level,
        head: f32,
    ) -> Self {
        let mut packed = Self {
            items: vec![0],
            slots: vec![0],
            words: vec![0],
            ..Self::default()
        };
        let mut known: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        for names in items {
            for name in names {
                let at = *known
                    .entry(spelled(name))
                    .or_insert_with(|| packed.push(name, level, head));
                packed.borne.push(at);
            }
            packed.items.push(packed.borne.len() as u32);
        }
        packed.index_words();
        packed
    }

    /// Appends a distinct name; returns its number.
    fn push(&mut self, name: &Name, level: &Level, head: f32) -> u32 {
        let last = name.iter().rposition(|slot| !slot.affix && !slot.aside);
        for (at, slot) in name.iter().enumerate() {
            self.entries.extend_from_slice(&slot.words);
            self.words.push(self.entries.len() as u32);
            let more = if last == Some(at) { 1.0 + head } else { 1.0 };
            self.weights.push(more * weight(slot, level));
        }
        self.slots.push(self.weights.len() as u32);
        self.slots.len() as u32 - 2
    }

    fn index_words(&mut self) {
        let mut pairs: Vec<(WordId, u32)> = Vec::with_capacity(self.entries.len());
        for name in 0..self.len() as u32 {
            let slots = self.name(name).slots();
            pairs
                .extend(slots.flat_map(|slot| slot.words.iter().map(move |entry| (entry.0, name))));
        }
        pairs.sort_unstable();
        pairs.dedup();
        self.held.push(0);
        for (at, &(word, _)) in pairs.iter().enumerate() {
            self.held.resize(word as usize + 1, at as u32);
            self.held.push(at as u32 + 1);
        }
        self.holders = pairs.into_iter().map(|pair| pair.1).collect();
    }

    /// Returns how many distinct names there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len().saturating_sub(1)
    }

    /// Returns the numbers of the distinct names that a word may stand in, ascending.
    pub(crate) fn holders(&self, word: WordId) -> &[u32] {
        let at = |word: usize| self.held.get(word).map(|&at| at as usize);
        match (at(word as usize), at(word as usize + 1)) {
            (Some(start), Some(end)) => &self.holders[start..end],
            _ => &[],
        }
    }

    /// Returns a distinct name by its number.
    pub(crate) fn name(&self, name: u32) -> NameRef<'_> {
        NameRef { names: self, name }
    }

    /// Iterates over the names of an item.
    pub(crate) fn of(&self, item: u32) -> impl Iterator<Item = NameRef<'_>> {
        let at = |i: usize| self.items.get(i).copied().unwrap_or(0) as usize;
        let end = at(item as usize + 1);
        let borne = self.borne.get(at(item as usize)..end).unwrap_or(&[]);
        borne.iter().map(|&name| self.name(name))
    }
}

/// Returns what tells a name from others.
fn spelled(name: &Name) -> Vec<u32> {
    let mut spelled = Vec::with_capacity(name.len() * 4);
    for slot in name {
        spelled
            .push(slot.words.len() as u32 * 4 + u32::from(slot.affix) * 2 + u32::from(slot.aside));
        let words = slot.words.iter();
        spelled.extend(words.flat_map(|&(word, strength)| [word, strength.to_bits()]));
    }
    spelled
}

/// Returns how telling a place is.
fn weight(slot: &Slot, level: &Level) -> f32 {
    let idf = |&(word, _): &(WordId, f32)| level.idf(word);
    let rarity = slot.words.iter().map(idf).fold(0.0, f32::max);
    let first = slot.words.first().map_or(rarity, idf);
    let place = match () {
        () if slot.affix => AFFIX_WEIGHT,
        () if slot.aside => ASIDE_WEIGHT,
        () => 1.0,
    };
    // A run-together or shortened word is rare in itself: its readings tell how rare it truly is.
    let readings = slot.words.iter().skip(1).map(idf).fold(f32::MAX, f32::min);
    place * (0.2 + first.min(readings).min(rarity))
}

/// One name of an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameRef<'a> {
    names: &'a Names,
    name: u32,
}

impl<'a> NameRef<'a> {
    /// Returns its number among the distinct names of the level.
    pub(crate) fn number(self) -> usize {
        self.name as usize
    }

    /// Iterates over the places of the name.
    pub(crate) fn slots(self) -> impl Iterator<Item = SlotRef<'a>> {
        let Self { names, name } = self;
        let name = name as usize;
        let range = names.slots[name] as usize..names.slots[name + 1] as usize;
        range.map(move |slot| SlotRef {
            words: &names.entries[names.words[slot] as usize..names.words[slot + 1] as usize],
            weight: names.weights[slot],
        })
    }
}
