//! The names of the items of a level, to tell how much of a name a question covers.

use super::analyze::Name;
use super::level::Level;
use super::vocabulary::WordId;

/// What an affix of a table's name weighs against a telling word.
const AFFIX_WEIGHT: f32 = 0.15;
/// What a word weighs that only says by what something is told apart.
const ASIDE_WEIGHT: f32 = 0.5;

/// Names as nested ranges: items to names to slots to words.
#[derive(Debug, Default)]
pub(crate) struct Names {
    items: Vec<u32>,
    slots: Vec<u32>,
    words: Vec<u32>,
    entries: Vec<(WordId, f32)>,
    weights: Vec<f32>,
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
        for names in items {
            for name in names {
                let last = name.iter().rposition(|slot| !slot.affix && !slot.aside);
                for (at, slot) in name.iter().enumerate() {
                    let rarity = slot
                        .words
                        .iter()
                        .map(|&(word, _)| level.idf(word))
                        .fold(0.0, f32::max);
                    let first = slot
                        .words
                        .first()
                        .map_or(rarity, |&(word, _)| level.idf(word));
                    let place = match () {
                        () if slot.affix => AFFIX_WEIGHT,
                        () if slot.aside => ASIDE_WEIGHT,
                        () if last == Some(at) => 1.0 + head,
                        () => 1.0,
                    };
                    packed.entries.extend_from_slice(&slot.words);
                    packed.words.push(packed.entries.len() as u32);
                    // A run-together or shortened word is rare in itself: its readings tell how rare it truly is.
                    let readings = slot
                        .words
                        .iter()
                        .skip(1)
                        .map(|&(word, _)| level.idf(word))
                        .fold(f32::MAX, f32::min);
                    packed
                        .weights
                        .push(place * (0.2 + first.min(readings).min(rarity)));
                }
                packed.slots.push(packed.weights.len() as u32);
            }
            packed.items.push(packed.slots.len() as u32 - 1);
        }
        packed
    }

    /// Iterates over the names of an item.
    pub(crate) fn of(&self, item: u32) -> impl Iterator<Item = NameRef<'_>> {
        let at = |i: usize| self.items.get(i).copied().unwrap_or(0) as usize;
        let end = at(item as usize + 1);
        (at(item as usize)..end).map(move |name| NameRef { names: self, name })
    }
}

/// One name of an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameRef<'a> {
    names: &'a Names,
    name: usize,
}

impl<'a> NameRef<'a> {
    /// Iterates over the places of the name.
    pub(crate) fn slots(self) -> impl Iterator<Item = SlotRef<'a>> {
        let Self { names, name } = self;
        let range = names.slots[name] as usize..names.slots[name + 1] as usize;
        range.map(move |slot| SlotRef {
            words: &names.entries[names.words[slot] as usize..names.words[slot + 1] as usize],
            weight: names.weights[slot],
        })
    }
}
