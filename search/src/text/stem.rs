//! Takes English endings off.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// Returns the Snowball stem of a folded word: `orders`, `ordered` and `ordering` give `order`.
pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    // A short word has no ending to lose ("is", "gas" are not plurals), nor has another script.
    if word.len() < 3 || !word.is_ascii() {
        return Cow::Borrowed(word);
    }
    Stemmer::new(Algorithm::English).stem(word)
}
