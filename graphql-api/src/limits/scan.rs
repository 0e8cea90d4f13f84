//! A pass over the raw text, without recursion, before the parser sees it.

use super::{Limits, most};
use crate::error::{Error, Measured, Result};

/// Refuses a text that is too long, has too many tokens or nests too deeply.
///
/// Brackets in strings and comments do not count. A text that is not GraphQL passes or fails here by the same
/// counts; the parser then says what is wrong with it.
pub(super) fn scan(text: &str, limits: &Limits) -> Result<()> {
    most(
        Measured::Bytes,
        text.len() as u64,
        limits.query_bytes as u64,
    )?;
    let mut rest = text.as_bytes();
    let (mut tokens, mut open) = (0_usize, 0_usize);
    while let Some((&first, tail)) = rest.split_first() {
        rest = match first {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                rest = tail;
                continue;
            }
            b'#' => {
                rest = after_line(tail);
                continue;
            }
            b'"' => after_string(rest),
            b'{' | b'[' | b'(' => {
                open += 1;
                if open > limits.nesting {
                    return Err(Error::TooDeep {
                        max: limits.nesting as u64,
                    });
                }
                tail
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                tail
            }
            _ if is_word(first) => after_word(tail),
            _ => tail,
        };
        tokens += 1;
        if tokens > limits.tokens {
            return Err(Error::TooMany {
                what: Measured::Tokens,
                found: tokens as u64,
                max: limits.tokens as u64,
            });
        }
    }
    Ok(())
}

/// Letters, digits, and the bytes of characters beyond ASCII, which are one (wrong) token.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

fn after_word(rest: &[u8]) -> &[u8] {
    let end = rest
        .iter()
        .position(|byte| !is_word(*byte))
        .unwrap_or(rest.len());
    rest.get(end..).unwrap_or_default()
}

fn after_line(rest: &[u8]) -> &[u8] {
    let end = rest
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(rest.len());
    rest.get(end..).unwrap_or_default()
}

/// Skips a string or block string; one without an end is skipped to the end of its line or of the text.
fn after_string(rest: &[u8]) -> &[u8] {
    if let Some(mut block) = rest.strip_prefix(b"\"\"\"") {
        while !block.is_empty() {
            if let Some(after) = block.strip_prefix(b"\"\"\"") {
                return after;
            }
            let escaped = block.starts_with(b"\\\"\"\"");
            block = block.get(if escaped { 4 } else { 1 }..).unwrap_or_default();
        }
        return block;
    }
    let mut string = rest.get(1..).unwrap_or_default();
    while let Some((&byte, tail)) = string.split_first() {
        match byte {
            b'"' => return tail,
            b'\\' => string = tail.get(1..).unwrap_or_default(),
            b'\n' | b'\r' => return string,
            _ => string = tail,
        }
    }
    string
}
