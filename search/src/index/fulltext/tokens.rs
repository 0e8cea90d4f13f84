//! The index terms of names and texts.

use rustc_hash::FxHashMap;

use crate::lexicon::Lexicon;
use crate::text::{segment, split, stem, stop};

/// Returns the stems of a name.
pub(super) fn of_name(text: &str) -> Vec<String> {
    let lexicon = Lexicon::embedded().ok();
    let mut out = Vec::new();
    for word in split::words(text) {
        match lexicon {
            Some(lexicon) => push_forms(&word, lexicon, &mut out),
            None => out.push(stem::stem(&word).into_owned()),
        }
    }
    out
}

/// Returns the stems of the telling words of a text.
pub(super) fn of_text(text: &str) -> Vec<String> {
    let words = split::words(text)
        .into_iter()
        .filter(|word| !stop::is_function(word));
    words.map(|word| stem::stem(&word).into_owned()).collect()
}

fn push_forms(word: &str, lexicon: &Lexicon, out: &mut Vec<String>) {
    out.push(stem::stem(word).into_owned());
    for long in lexicon.expansions(word) {
        out.push(stem::stem(long).into_owned());
    }
    for piece in segment::segment(word, lexicon).into_iter().flatten() {
        push_forms(piece, lexicon, out);
    }
}

/// Writes texts as blank-separated index terms, remembering each word.
pub(super) struct Writer<'l> {
    lexicon: &'l Lexicon,
    names: FxHashMap<String, String>,
    words: FxHashMap<String, String>,
}

impl<'l> Writer<'l> {
    /// Starts without memories.
    pub(super) fn new(lexicon: &'l Lexicon) -> Self {
        Self {
            lexicon,
            names: FxHashMap::default(),
            words: FxHashMap::default(),
        }
    }

    /// Appends the terms of a name: its stems, the long forms of abbreviations and the parts of run-together words.
    pub(super) fn name(&mut self, text: &str, out: &mut String) {
        for word in split::words(text) {
            let lexicon = self.lexicon;
            let forms = self.names.entry(word).or_insert_with_key(|word| {
                let mut forms = Vec::new();
                push_forms(word, lexicon, &mut forms);
                forms.join(" ")
            });
            out.push_str(forms);
            out.push(' ');
        }
    }

    /// Appends the terms of a text.
    pub(super) fn text(&mut self, text: &str, out: &mut String) {
        split::each_word(text, |word| {
            if !self.words.contains_key(word) {
                let folded = crate::text::fold::fold(word);
                let stem = if stop::is_function(&folded) {
                    String::new()
                } else {
                    stem::stem(&folded).into_owned()
                };
                self.words.insert(word.to_owned(), stem);
            }
            if let Some(stem) = self.words.get(word).filter(|stem| !stem.is_empty()) {
                out.push_str(stem);
                out.push(' ');
            }
        });
    }
}
