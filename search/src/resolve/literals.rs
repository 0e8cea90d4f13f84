//! Values of columns: which words of a question are values, and of what.

use rustc_hash::FxHashMap;

use super::resolution::{Valued, ValuedColumn};
use crate::document::Documents;
use crate::text::{fold::fold, fold::fold_phrase, split, stop};

/// A value of more words than this is not looked for in a text.
const SPAN_MAX: usize = 6;
/// A value that more columns hold than this says nothing about any.
const COLUMNS_MAX: usize = 64;
/// So many words of a question are looked at.
const WORDS_MAX: usize = 200;
/// So many values are spotted in one question.
const SPOTTED_MAX: usize = 16;

/// How surely a lone word is meant as a value when nothing around it says so.
const BARE: f32 = 0.3;
/// The same after a word that values follow: "in Berlin", "is open".
const LED: f32 = 0.7;
/// Quoted, written with a capital, of several words, or beside the name of its column.
const SURE: f32 = 1.0;

/// Which columns hold which values.
#[derive(Debug, Default)]
pub(crate) struct Values {
    of: FxHashMap<String, Vec<u32>>,
}

/// Some words of a question that are a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spotted {
    /// The words, folded.
    pub(crate) words: Vec<String>,
    /// The value as it is folded for lookup.
    pub(crate) value: String,
    /// The columns that hold it, each with how surely it is meant.
    pub(crate) columns: Vec<(u32, f32)>,
}

impl Spotted {
    /// Names the columns, with the value as each one's source writes it.
    pub(crate) fn valued(&self, documents: &Documents) -> Valued {
        let column = |&(column, _): &(u32, f32)| {
            let doc = documents.columns.get(column as usize)?;
            let mut values = doc.values.iter();
            let value = values.find(|value| fold_phrase(value) == self.value)?;
            Some(ValuedColumn {
                iri: doc.entity.iri.clone(),
                name: doc.entity.name.clone(),
                dataset: documents.datasets.get(doc.dataset)?.entity.iri.clone(),
                value: value.clone(),
            })
        };
        Valued {
            words: self.words.clone(),
            columns: self.columns.iter().filter_map(column).collect(),
        }
    }
}

/// A word of the question with what stands around it.
struct Token {
    text: String,
    quoted: bool,
    capital: bool,
    led: bool,
}

impl Values {
    /// Collects the values of all columns.
    pub(crate) fn build(documents: &Documents) -> Self {
        let mut of: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for (at, column) in (0u32..).zip(&documents.columns) {
            for value in &column.values {
                let key = fold_phrase(value);
                if key.is_empty() || key.split(' ').count() > SPAN_MAX {
                    continue;
                }
                let list = of.entry(key).or_default();
                if list.last() != Some(&at) && list.len() <= COLUMNS_MAX {
                    list.push(at);
                }
            }
        }
        of.retain(|_, columns| columns.len() <= COLUMNS_MAX);
        Self { of }
    }

    /// Finds the values in a question, the longest first at each place; `named` tells whether a column's name holds a word.
    pub(crate) fn spot(&self, text: &str, named: impl Fn(u32, &str) -> bool) -> Vec<Spotted> {
        if self.of.is_empty() {
            return Vec::new();
        }
        let tokens = tokens(text);
        let mut spotted = Vec::new();
        let mut at = 0;
        while at < tokens.len() && spotted.len() < SPOTTED_MAX {
            let longest = (1..=SPAN_MAX.min(tokens.len() - at)).rev();
            let mut found =
                longest.filter_map(|len| Some((len, self.span(&tokens, at, len, &named)?)));
            match found.next() {
                Some((len, value)) => {
                    spotted.push(value);
                    at += len;
                }
                None => at += 1,
            }
        }
        spotted
    }

    fn span(
        &self,
        tokens: &[Token],
        at: usize,
        len: usize,
        named: &impl Fn(u32, &str) -> bool,
    ) -> Option<Spotted> {
        let span = &tokens[at..at + len];
        let words: Vec<String> = span.iter().map(|token| token.text.clone()).collect();
        let value = words.join(" ");
        let columns = self.of.get(&value)?;
        let first = &span[0];
        let number = words
            .iter()
            .all(|word| word.bytes().all(|b| b.is_ascii_digit()));
        let sure = match () {
            () if first.quoted => SURE,
            // A number alone may be anything's value, and a small word is none unless it is quoted.
            () if number || (len == 1 && stop::is_function(&words[0])) => 0.0,
            () if len > 1 || first.capital => SURE,
            () if first.led => LED,
            () => BARE,
        };
        let near = tokens[at.saturating_sub(4)..at]
            .iter()
            .chain(tokens[at + len..].iter().take(2));
        let near: Vec<&str> = near.map(|token| token.text.as_str()).collect();
        // The more columns hold it, the less it says about each.
        let spread = 1.0 / (1.0 + (columns.len() as f32).ln());
        let weighed = columns.iter().map(|&column| {
            let beside = near.iter().any(|word| named(column, word));
            (column, if beside { SURE } else { sure * spread })
        });
        let columns: Vec<(u32, f32)> = weighed.filter(|(_, weight)| *weight > 0.0).collect();
        (!columns.is_empty()).then_some(Spotted {
            words,
            value,
            columns,
        })
    }
}

/// Cuts a question into the words that values are compared with.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut quoted = false;
    let mut sentence_start = true;
    let mut led = false;
    for piece in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        if !word.is_empty() && tokens.len() < WORDS_MAX {
            let folded = fold(word);
            let capital = !sentence_start && word.chars().next().is_some_and(char::is_uppercase);
            tokens.push(Token {
                capital,
                quoted,
                led,
                text: folded.clone(),
            });
            led = leads(&folded);
            sentence_start = false;
        }
        let mark = piece.chars().last().filter(|c| !c.is_alphanumeric());
        match mark {
            Some('"' | '“' | '”' | '«' | '»' | '`') => quoted = !quoted,
            Some('\'' | '‘' | '’') if word.is_empty() || quoted => quoted = !quoted,
            Some('.' | '?' | '!') => sentence_start = true,
            Some('=' | ':') => led = true,
            _ => {}
        }
    }
    tokens
}

/// Tells whether a value often follows a word.
fn leads(word: &str) -> bool {
    matches!(
        word,
        "in" | "is"
            | "are"
            | "was"
            | "were"
            | "for"
            | "of"
            | "from"
            | "at"
            | "with"
            | "where"
            | "equals"
            | "by"
            | "on"
            | "as"
            | "not"
            | "only"
            | "than"
            | "status"
            | "type"
            | "named"
            | "called"
    )
}

/// Tells whether a name holds a word, as written.
pub(crate) fn holds(name: &str, word: &str) -> bool {
    !stop::is_function(word) && split::words(name).iter().any(|own| own == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{ColumnDoc, Entity};

    fn values() -> Values {
        let column = |name: &str, values: &[&str]| ColumnDoc {
            entity: Entity {
                name: name.to_owned(),
                ..Entity::default()
            },
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            ..ColumnDoc::default()
        };
        let columns = vec![
            column("city", &["Berlin", "New York", "in"]),
            column("status", &["open", "closed", "1"]),
        ];
        Values::build(&Documents {
            columns,
            ..Documents::default()
        })
    }

    fn spot(text: &str) -> String {
        let names = ["city", "status"];
        let spotted = values().spot(text, |column, word| holds(names[column as usize], word));
        let show = |s: &Spotted| format!("{} {:?}", s.value, s.columns);
        spotted.iter().map(show).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn words_are_values_as_surely_as_their_surroundings_say() {
        assert_eq!(spot("orders in Berlin"), "berlin [(0, 1.0)]");
        assert_eq!(spot("orders in New York"), "new york [(0, 1.0)]");
        assert_eq!(spot("tickets where status = open"), "open [(1, 1.0)]");
        assert_eq!(spot("the tickets that are open"), "open [(1, 0.7)]");
        assert_eq!(spot("open tickets"), "open [(1, 0.3)]");
        assert_eq!(spot("tickets with '1'"), "1 [(1, 1.0)]");
        assert_eq!(spot("in 1 place"), "");
    }

    #[test]
    fn what_everything_holds_says_nothing() {
        let column = |_| ColumnDoc {
            values: vec!["yes".to_owned()],
            ..ColumnDoc::default()
        };
        let columns = (0..100).map(column).collect();
        let values = Values::build(&Documents {
            columns,
            ..Documents::default()
        });
        assert!(values.spot("\"yes\"", |_, _| false).is_empty());
    }
}
