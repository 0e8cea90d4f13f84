//! Cuts names and sentences into words.

use super::fold::fold;

/// Words longer than this are cut: nobody types them, and they would only fill the vocabulary.
const WORD_BYTES_MAX: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Other,
}

fn class(c: char) -> Class {
    if c.is_uppercase() {
        Class::Upper
    } else if c.is_numeric() {
        Class::Digit
    } else if c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c) {
        Class::Lower
    } else {
        Class::Other
    }
}

/// Cuts a text at punctuation, at changes of case and between letters and digits, and gives the folded words.
///
/// `XMLHttpRequest_v2` becomes `xml`, `http`, `request`, `v`, `2`.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    each_word(text, |word| out.push(fold(word)));
    out
}

/// Calls `take` with every word of a text as it is written; see [`words`].
pub(crate) fn each_word<'a>(text: &'a str, mut take: impl FnMut(&'a str)) {
    let mut start = 0;
    let mut before = Class::Other;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let now = class(c);
        let next = chars.peek().map_or(Class::Other, |&(_, n)| class(n));
        let cut = match (before, now) {
            (Class::Other, _) | (_, Class::Other) => true,
            (Class::Lower, Class::Upper) => true,
            (Class::Upper, Class::Upper) => next == Class::Lower,
            (Class::Digit, Class::Digit) => false,
            (Class::Digit, _) | (_, Class::Digit) => true,
            _ => false,
        };
        if cut || at - start >= WORD_BYTES_MAX {
            if before != Class::Other {
                take(&text[start..at]);
            }
            start = at;
        }
        before = now;
    }
    if before != Class::Other {
        take(&text[start..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(name: &str, expected: &Expect) {
        expected.assert_eq(&words(name).join(" "));
    }

    #[test]
    fn names_are_cut_at_case_snake_and_digits() {
        check("customer_order_dtl", &expect!["customer order dtl"]);
        check("CustomerOrderID", &expect!["customer order id"]);
        check("XMLHttpRequest_v2", &expect!["xml http request v 2"]);
        check("SALES-2024Q1", &expect!["sales 2024 q 1"]);
        check("isMVP", &expect!["is mvp"]);
        check("Überweisungs Datum", &expect!["uberweisungs datum"]);
    }

    #[test]
    fn hostile_text_is_cut_quietly() {
        check("", &expect![""]);
        check("\u{0}\u{7}🙂🙃", &expect![""]);
        check("عميل جديد", &expect!["عميل جديد"]);
        check("e\u{301}te\u{301}", &expect!["ete"]);
    }
}
