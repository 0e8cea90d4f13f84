//! What writers put into JSON though it is none: halves of surrogate pairs, and numbers that JSON does not have.

use crate::{Location, Report};

/// How much of a text was mended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mended {
    /// Halves of escaped surrogate pairs, read as U+FFFD.
    surrogates: u64,
    /// `NaN`, infinities and numbers too large for any type, read as null.
    numbers: u64,
}

impl Mended {
    /// Says what was mended, as warnings.
    pub(crate) fn report(self, report: &mut Report, at: &Location) {
        let message = match self.surrogates {
            0 => None,
            1 => Some("half of a surrogate pair was read as U+FFFD".to_owned()),
            many => Some(format!(
                "{many} halves of surrogate pairs were read as U+FFFD"
            )),
        };
        if let Some(message) = message {
            report.warning("lone_surrogate", message, at.clone());
        }
        let message = match self.numbers {
            0 => None,
            1 => Some("a number that JSON does not have, such as NaN, was read as null".to_owned()),
            many => Some(format!(
                "{many} numbers that JSON does not have, such as NaN, were read as null"
            )),
        };
        if let Some(message) = message {
            report.warning("no_number", message, at.clone());
        }
    }
}

/// Gives a text in which both are mended; `None` where there is nothing to mend.
pub(crate) fn mend(text: &[u8]) -> Option<(Vec<u8>, Mended)> {
    let mut out = Vec::with_capacity(text.len());
    let mut mended = Mended::default();
    let (mut at, mut in_text) = (0, false);
    while let Some(&byte) = text.get(at) {
        let length = match byte {
            b'\\' if in_text => escape(text, at, &mut out, &mut mended),
            b'"' => {
                in_text = !in_text;
                out.push(byte);
                1
            }
            _ if !in_text && is_of_scalar(byte) => scalar(&text[at..], &mut out, &mut mended),
            _ => {
                out.push(byte);
                1
            }
        };
        at += length;
    }
    (mended != Mended::default()).then_some((out, mended))
}

/// Copies an escape; a lone half of a surrogate pair becomes an escaped U+FFFD of the same length, so that places stay.
fn escape(text: &[u8], at: usize, out: &mut Vec<u8>, mended: &mut Mended) -> usize {
    let length = match escaped_unit(text, at) {
        Some(0xd800..=0xdbff) if matches!(escaped_unit(text, at + 6), Some(0xdc00..=0xdfff)) => 12,
        Some(0xd800..=0xdfff) => {
            out.extend_from_slice(b"\\ufffd");
            mended.surrogates += 1;
            return 6;
        }
        _ => 2.min(text.len() - at),
    };
    out.extend_from_slice(&text[at..at + length]);
    length
}

/// Gives the code unit of a `\uXXXX` that starts at a place.
fn escaped_unit(text: &[u8], at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn is_of_scalar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// Copies a word or number outside of texts, or null where it is a number that JSON does not have.
fn scalar(text: &[u8], out: &mut Vec<u8>, mended: &mut Mended) -> usize {
    let length = text
        .iter()
        .position(|byte| !is_of_scalar(*byte))
        .unwrap_or(text.len());
    let word = &text[..length];
    if is_no_number(word) {
        out.extend_from_slice(b"null");
        mended.numbers += 1;
    } else {
        out.extend_from_slice(word);
    }
    length
}

fn is_no_number(word: &[u8]) -> bool {
    let Ok(word) = std::str::from_utf8(word) else {
        return false;
    };
    let bare = word.trim_start_matches(['+', '-']);
    let is_word = ["nan", "inf", "infinity"]
        .iter()
        .any(|name| bare.eq_ignore_ascii_case(name));
    let is_huge = || {
        bare.starts_with(|first: char| first.is_ascii_digit())
            && word.parse::<f64>().is_ok_and(f64::is_infinite)
    };
    is_word || is_huge()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> Option<(String, u64, u64)> {
        let (bytes, mended) = mend(text.as_bytes())?;
        let text = String::from_utf8(bytes).unwrap();
        Some((text, mended.surrogates, mended.numbers))
    }

    #[test]
    fn lone_surrogates_are_mended_and_pairs_kept() {
        let text = r#""\ud800 \ud83d\ude00 \udc00 \\ud800 \ud800\u0041""#;
        let expected = r#""\ufffd \ud83d\ude00 \ufffd \\ud800 \ufffd\u0041""#;
        assert_eq!(mended(text), Some((expected.to_owned(), 3, 0)));
    }

    #[test]
    fn numbers_that_json_does_not_have_are_null_but_not_in_texts() {
        let text = r#"{"NaN": [NaN, -Infinity, "a NaN \" inf", 1e999, -1e400, 1e3, true, null], "x": nan}"#;
        let expected =
            r#"{"NaN": [null, null, "a NaN \" inf", null, null, 1e3, true, null], "x": null}"#;
        assert_eq!(mended(text), Some((expected.to_owned(), 0, 5)));
    }

    #[test]
    fn what_is_sound_or_broken_otherwise_is_left_alone() {
        for text in [
            "",
            "{}",
            "\"\\",
            "\"\\u12",
            "[1, tru",
            "{\"a\": 1e3}",
            "\\ud800",
        ] {
            assert_eq!(mended(text), None, "{text}");
        }
    }
}
