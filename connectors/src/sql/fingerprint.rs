//! The shape of a statement: what stays of it without literals, comments, aliases and layout.

use std::fmt;

use rustc_hash::FxHashMap;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

use super::tokens;

/// The shape of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    /// The same for statements that differ in literals, comments, aliases, layout and case of unquoted words alone.
    pub id: u64,
    /// The statement without literals and comments, as a person may read it; empty when it could not be split into words.
    pub text: String,
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.id)
    }
}

/// What becomes of a word in the shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// It is called otherwise, as any alias would do.
    Called(String),
    /// It is an alias where it is given: it goes, with its `AS`.
    Alias,
    /// It is a text, although it looks like a name.
    Literal,
}

/// The marks by the places of the words.
pub(super) type Marks = FxHashMap<Location, Mark>;

/// The length of a shape for people, in bytes.
const TEXT_MAX: usize = 4000;

/// Makes the fingerprint of a statement; one that was not understood loses its quoted words too, which may be texts.
pub(super) fn make(
    tokens: &[TokenWithSpan],
    ordinals: &[bool],
    marks: &Marks,
    understood: bool,
) -> Fingerprint {
    let mut shape = Writer::default();
    let mut text = Writer::default();
    for (at, token) in tokens.iter().enumerate() {
        let mark = marks.get(&tokens::place(token));
        let is_ordinal = ordinals.get(at).copied().unwrap_or(false);
        if is_text(&token.token, mark, is_ordinal, understood) {
            shape.push("?");
            text.push("?");
            continue;
        }
        text.push(&token.token.to_string());
        match (mark, &token.token) {
            (Some(Mark::Called(name)), _) => shape.push(name),
            (Some(Mark::Alias), _) => {
                if shape.last == "AS" {
                    shape.pop();
                }
            }
            (_, Token::Word(word)) if word.quote_style.is_none() => {
                shape.push(&word.value.to_uppercase());
            }
            (_, Token::Word(word)) => shape.push(&word.value),
            (_, other) => shape.push(&other.to_string()),
        }
    }
    let mut text = text.out;
    if text.len() > TEXT_MAX {
        let end = (0..=TEXT_MAX).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
        text.push_str(" ...");
    }
    Fingerprint {
        id: hash(shape.out.as_bytes()),
        text,
    }
}

/// Says whether a token is a text or a number that a person may have typed.
fn is_text(token: &Token, mark: Option<&Mark>, is_ordinal: bool, understood: bool) -> bool {
    match token {
        Token::Word(word) => {
            mark == Some(&Mark::Literal)
                || (!understood && word.quote_style.is_some() && odd(&word.value))
        }
        other => tokens::is_literal(other) && !is_ordinal,
    }
}

/// The length of a skeleton, in bytes: of a longer one the tables at its beginning can still be guessed.
const SKELETON_MAX: usize = 64 << 10;

/// Writes a statement so that it can be read again and means the same tables and columns, with empty texts and zeros
/// for its literals. Layout stays where there is any, for some dialects split words by it.
///
/// Nothing of it may hang on the tables that are known. Where a dialect takes texts in double quotes, what stands where a
/// value does is one.
pub(super) fn skeleton(
    tokens: &[TokenWithSpan],
    ordinals: &[bool],
    understood: bool,
    quotes_may_be_text: bool,
) -> String {
    let mut out = String::new();
    let mut end = None;
    let values = if quotes_may_be_text {
        tokens::quoted_values(tokens)
    } else {
        Vec::new()
    };
    for (at, token) in tokens.iter().enumerate() {
        let holds = |list: &[bool]| list.get(at).copied().unwrap_or(false);
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let is_text = !is_alias(before, &token.token)
            && (holds(&values) || is_text(&token.token, None, holds(ordinals), understood));
        let written = match &token.token {
            Token::Number(..) if is_text => "0".to_owned(),
            Token::Placeholder(_) => token.token.to_string(),
            _ if is_text => "''".to_owned(),
            other => other.to_string(),
        };
        if out.len() + written.len() >= SKELETON_MAX {
            break;
        }
        let has_gap = end.is_some_and(|end| end != token.span.start);
        // Two texts side by side would become one with a quote in it.
        if has_gap || (out.ends_with('\'') && written.starts_with('\'')) {
            out.push(' ');
        }
        end = Some(token.span.end);
        out.push_str(&written);
    }
    out
}

/// Says whether a text is the name of an output, which what comes later may order by: `count(*) AS 'Count'`.
fn is_alias(before: Option<&TokenWithSpan>, token: &Token) -> bool {
    let Token::SingleQuotedString(text) = token else {
        return false;
    };
    let is_as = |token: &TokenWithSpan| matches!(&token.token, Token::Word(word) if word.keyword == Keyword::AS);
    before.is_some_and(is_as) && !odd(text)
}

/// Says whether a quoted word is unlike a name.
fn odd(word: &str) -> bool {
    word.is_empty()
        || !word
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '-'))
}

/// Makes the fingerprint of a text that could not be split into words: nothing of it is kept.
pub(super) fn of_bytes(sql: &str) -> Fingerprint {
    // Digits are the literals that can be told without a lexer; the rest of the text only goes into the hash.
    let bare: String = sql
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    Fingerprint {
        id: hash(bare.as_bytes()),
        text: String::new(),
    }
}

/// FNV-1a, which is the same on every machine and in every version.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Writes words with the blanks that people put between them.
#[derive(Default)]
struct Writer {
    out: String,
    last: String,
    /// Where the last word starts, with its blank.
    start: usize,
}

impl Writer {
    fn push(&mut self, word: &str) {
        self.start = self.out.len();
        let tight = matches!(word, "," | ")" | "." | "::" | "]" | ";")
            || matches!(self.last.as_str(), "" | "(" | "." | "::" | "[")
            || (word == "(" && is_name(&self.last));
        if !tight {
            self.out.push(' ');
        }
        self.out.push_str(word);
        word.clone_into(&mut self.last);
    }

    fn pop(&mut self) {
        self.out.truncate(self.start);
        self.last.clear();
        // What follows starts with a blank, as it would have after the word before.
        self.last.push(' ');
    }
}

/// Says whether a word may be the name of a function, after which no blank stands.
fn is_name(word: &str) -> bool {
    let spaced = [
        "in", "and", "or", "not", "on", "as", "from", "join", "where", "values", "over", "by",
        "using", "exists", "select", "when", "then", "else", "with", "union", "all", "any", "=",
        "having",
    ];
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && !spaced.iter().any(|other| word.eq_ignore_ascii_case(other))
}
