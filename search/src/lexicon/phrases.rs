//! Words and phrases that name the same thing in data of any field: *family name*, *surname*, *last name*.

use rustc_hash::FxHashMap;

use crate::text::{stem, stop};

/// The longest phrase, in telling words.
pub(crate) const WORDS_MAX: usize = 3;

/// Lines of phrases that say the same.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    /// The lines that a phrase stands in, by its bases with a blank between.
    lines: FxHashMap<String, Vec<usize>>,
    phrases: Vec<Vec<Phrase>>,
}

/// A phrase as the bases of its telling words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) bases: Vec<String>,
    /// Whether the words stand side by side: not those of `date of birth`.
    pub(crate) tight: bool,
}

impl Phrases {
    /// Reads lines of phrases with tabs between.
    pub(super) fn read(text: &'static str) -> Self {
        let mut read = Self::default();
        for (at, line) in text.lines().enumerate() {
            let phrases: Vec<Phrase> = line.split('\t').map(Phrase::read).collect();
            for phrase in &phrases {
                read.lines
                    .entry(phrase.bases.join(" "))
                    .or_default()
                    .push(at);
            }
            read.phrases.push(phrases);
        }
        read
    }

    /// Iterates over the phrases in the lines of some bases, the phrase of these among them.
    pub(crate) fn like(&self, bases: &[&str]) -> impl Iterator<Item = &Phrase> {
        let lines = self
            .lines
            .get(&bases.join(" "))
            .map_or(&[][..], Vec::as_slice);
        lines.iter().flat_map(|&line| &self.phrases[line])
    }
}

impl Phrase {
    fn read(text: &str) -> Self {
        let words = text.split(' ');
        let telling = words.clone().filter(|word| !stop::is_function(word));
        let bases: Vec<String> = telling.map(|word| stem::base(word).into()).collect();
        Self {
            tight: bases.len() == words.count(),
            bases,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_by_their_bases() {
        let phrases = Phrases::read("last name\tfamily name\tsurname\nbirthday\tdate of birth");
        let like = |bases: &[&str]| -> Vec<String> {
            phrases.like(bases).map(|p| p.bases.join(" ")).collect()
        };
        assert_eq!(
            like(&["family", "name"]),
            ["last name", "family name", "surnam"]
        );
        assert_eq!(like(&["date", "birth"]), ["birthday", "date birth"]);
        assert!(like(&["famili"]).is_empty());
        assert!(phrases.like(&["birthday"]).any(|p| !p.tight));
    }
}
