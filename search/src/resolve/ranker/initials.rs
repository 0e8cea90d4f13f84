//! Reads shortened names by what stands around them: `rid` in `reviewer` is the reviewer's id.

use super::{Analysed, Builder};
use crate::resolve::analyze::{Name, Slot};
use crate::resolve::vocabulary::{WordId, abbreviates};

/// What a letter of the dataset's name may stand before.
const TAILS: &[&str] = &["id", "no", "nm", "cd", "name", "date", "code", "num", "key"];
/// The longest token that is read as a letter and a tail.
const TOKEN_MAX: usize = 5;

impl Builder<'_> {
    /// Gives shortened words of columns the words of their datasets' names as further readings.
    pub(super) fn read_initials(&mut self) {
        if self.tuning.initial <= 0.0 {
            return;
        }
        for (table, columns) in self.columns_of_table.iter().enumerate() {
            let context = telling_words(&self.tables[table]);
            for &column in columns {
                let column = &mut self.columns[column as usize];
                for name in &mut column.names {
                    let mut read = Vec::with_capacity(name.len());
                    for slot in std::mem::take(name) {
                        read.extend(self.analyzer.read_shortened(
                            slot,
                            &context,
                            self.tuning.initial,
                        ));
                    }
                    *name = read;
                }
            }
        }
    }
}

/// Returns the words of a dataset's names that are not about how it is made.
fn telling_words(table: &Analysed) -> Vec<WordId> {
    let slots = table.names.iter().flatten().filter(|slot| !slot.affix);
    let mut words: Vec<WordId> = slots.flat_map(|s| s.words.iter().map(|w| w.0)).collect();
    words.sort_unstable();
    words.dedup();
    words
}

impl crate::resolve::analyze::Analyzer<'_> {
    fn read_shortened(&mut self, mut slot: Slot, context: &[WordId], strength: f32) -> Name {
        let [(whole, _)] = slot.words[..] else {
            return vec![slot];
        };
        let short = self.vocabulary.surface(whole).to_owned();
        let of = |start: &str| {
            let long = |&&word: &&WordId| {
                let long = self.vocabulary.surface(word);
                long.len() > start.len() + 1
                    && long.len() > 2
                    && (start.len() == 1 && long.starts_with(start) || abbreviates(start, long))
            };
            context.iter().find(long).copied()
        };
        if let Some(long) = of(&short) {
            slot.words.push((long, strength));
            return vec![slot];
        }
        let tail = short.get(1..).filter(|tail| TAILS.contains(tail));
        let (Some(tail), true) = (tail, short.len() <= TOKEN_MAX) else {
            return vec![slot];
        };
        let known = self.lexicon.rank(&short).is_some_and(|rank| rank < 5_000);
        let Some(long) = of(&short[..1]).filter(|_| !known) else {
            return vec![slot];
        };
        slot.words.push((long, strength));
        let mut name = vec![slot];
        for mut part in self.name(tail) {
            part.words.push((whole, 1.0));
            name.push(part);
        }
        name
    }
}
