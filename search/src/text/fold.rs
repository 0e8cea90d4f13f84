//! One spelling for equal words: case, accents and compatibility forms folded away.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds one character of a text in compatibility decomposition: nothing for an accent, ASCII for Latin letters.
fn push_folded(out: &mut String, c: char) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
    } else if is_combining_mark(c) {
        // An accent: the letter before it stays.
    } else if matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') {
        // Latin letters that do not decompose, such as ß, ø and ł; other scripts stay as they are.
        let ascii = deunicode::deunicode_char(c).unwrap_or_default();
        out.extend(ascii.chars().map(|letter| letter.to_ascii_lowercase()));
    } else {
        out.extend(c.to_lowercase());
    }
}

/// Folds a word: lower case, without accents, Latin letters as ASCII, other scripts kept.
pub(crate) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(word.len());
    word.nfkd().for_each(|c| push_folded(&mut out, c));
    out
}

/// Folds a text for lookup by its whole: folded words joined by one blank, punctuation dropped.
pub(crate) fn fold_phrase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&fold(word));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_variants_fold_to_one_word() {
        for (left, right) in [
            ("Müller", "muller"),
            ("STRASSE", "straße"),
            ("ﬁnance", "Finance"),
            ("Łódź", "lodz"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} and {right}");
        }
    }

    #[test]
    fn other_scripts_are_kept() {
        assert_eq!(fold("Клиент"), "клиент");
        assert_eq!(fold_phrase("顧客 — Kunde"), "顧客 kunde");
    }
}
