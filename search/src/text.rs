//! From names and sentences to comparable words.
//!
//! A technical name goes through four steps: [`split`] cuts it at case, punctuation and digits,
//! [`segment`] cuts run-together words, the abbreviation list of the lexicon expands them, and [`stem`]
//! takes the endings off. A sentence goes through the first and the last.

pub(crate) mod fold;
pub(crate) mod segment;
pub(crate) mod split;
pub(crate) mod stem;
pub(crate) mod stop;

/// Cuts a text to at most `bytes` bytes, at a character.
pub(crate) fn cap(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
