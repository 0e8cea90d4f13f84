//! Reads a question: which of its words carry meaning, and how much.

use crate::text::{fold::fold, split, stop};

/// More content words than this are left out.
const WORDS_MAX: usize = 48;
/// Questions with at most this many words keep their words of asking.
const SHORT: usize = 3;

/// A text of more words than this is a sentence.
const SENTENCE: usize = 5;

/// A content word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryWord {
    /// The folded word.
    pub(crate) text: String,
    /// Stands in quotation marks: a value, not a name of data.
    pub(crate) quoted: bool,
    /// Is written with a capital inside a sentence: likely a value.
    pub(crate) capitalised: bool,
    /// Is a number.
    pub(crate) number: bool,
    /// Fits any table.
    pub(crate) generic: bool,
    /// Comes from a hint or purpose, not from the question.
    pub(crate) hint: bool,
    /// Stands right after the content word before it.
    pub(crate) adjacent: bool,
    /// Stands where what is asked for is named: a plural, or after "how many", "each", "of the".
    pub(crate) noun: bool,
}

/// A word as it stands in the text.
struct Token {
    text: String,
    quoted: bool,
    capital: bool,
    sentence_start: bool,
    /// Stands after a comma or the like.
    clause_start: bool,
}

/// Reads the content words of a question, without repetitions.
pub(crate) fn read(text: &str) -> Vec<QueryWord> {
    let tokens = tokens(text);
    let count = tokens.len();
    let capitals = tokens.iter().filter(|t| t.capital).count();
    // In "CUSTOMER ORDERS" or "Customer Orders" capitals tell nothing.
    let sentence = count > SHORT && capitals * 2 < count;
    let mut words: Vec<QueryWord> = Vec::new();
    let mut last = usize::MAX;
    for (at, token) in tokens.iter().enumerate() {
        let asked = count > SHORT && asks(&tokens, at);
        let skipped = stop::is_function(&token.text) || asked || filler(&tokens, at);
        if skipped || words.len() == WORDS_MAX || words.iter().any(|w| w.text == token.text) {
            continue;
        }
        words.push(QueryWord {
            quoted: token.quoted,
            capitalised: sentence && token.capital && !token.sentence_start,
            number: token.text.bytes().all(|b| b.is_ascii_digit()),
            generic: count > SHORT && stop::is_generic(&token.text),
            hint: false,
            adjacent: last.wrapping_add(1) == at && at > 0,
            noun: noun(&tokens, at),
            text: token.text.clone(),
        });
        last = at;
    }
    if words.is_empty() {
        // Nothing but small words: then they are what is asked for.
        words = tokens
            .into_iter()
            .take(WORDS_MAX)
            .map(|token| QueryWord::plain(token.text))
            .collect();
        words.dedup_by(|a, b| a.text == b.text);
    }
    words
}

/// Tells whether a text is a sentence rather than the name of something.
pub(crate) fn is_sentence(text: &str) -> bool {
    let words: Vec<String> = split::words(text);
    let opens = words.first().is_some_and(|w| stop::is_asking(w, true));
    let asks = text.trim_end().ends_with('?');
    words.len() > SENTENCE || (words.len() > SHORT && (opens || asks))
}

/// Reads the content words of a hint that the question does not hold yet.
pub(crate) fn read_hint(text: &str, known: &[QueryWord]) -> Vec<QueryWord> {
    let words = read(text)
        .into_iter()
        .filter(|word| !known.iter().any(|k| k.text == word.text));
    words.map(|word| QueryWord { hint: true, ..word }).collect()
}

impl QueryWord {
    fn plain(text: String) -> Self {
        let number = text.bytes().all(|b| b.is_ascii_digit());
        Self {
            text,
            quoted: false,
            capitalised: false,
            number,
            generic: false,
            hint: false,
            adjacent: false,
            noun: true,
        }
    }
}

/// Tells whether a word only asks: "list" at the start, "provide" after "can you" or a comma.
fn asks(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let before = at
        .checked_sub(1)
        .map_or("", |before| tokens[before].text.as_str());
    let opening = at < 2 || token.sentence_start || matches!(before, "you" | "please");
    let joins = token.clause_start || matches!(before, "and" | "then" | "also");
    stop::is_asking(&token.text, opening) || joins && stop::is_command(&token.text)
}

/// Tells whether a word stands where a question names what it is about.
fn noun(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    if token.quoted || stop::is_generic(&token.text) {
        return false;
    }
    let text = token.text.as_str();
    let plural = text.len() > 3 && text.ends_with('s') && !text.ends_with("ss");
    let mut before = tokens[..at].iter().rev().map(|t| t.text.as_str());
    let opener = before.find(|word| {
        !matches!(
            *word,
            "the" | "a" | "an" | "all" | "different" | "distinct" | "any"
        )
    });
    let named = matches!(
        opener,
        None | Some("of" | "many" | "each" | "every" | "per" | "which" | "by" | "list" | "show")
    );
    plural || named
}

/// Tells whether a word only belongs to a turn of phrase: "the number of", "in descending order".
fn filler(tokens: &[Token], at: usize) -> bool {
    let word = |i: Option<usize>| {
        i.and_then(|i| tokens.get(i))
            .map_or("", |t| t.text.as_str())
    };
    let (before, after) = (word(at.checked_sub(1)), word(Some(at + 1)));
    match word(Some(at)) {
        "number" | "amount" => {
            after == "of" && matches!(before, "the" | "total" | "a" | "any" | "average")
        }
        "order" => matches!(
            before,
            "descending" | "ascending" | "alphabetical" | "decreasing" | "increasing" | "in"
        ),
        "descending" | "ascending" | "alphabetical" | "decreasing" | "increasing" => {
            after == "order"
        }
        "terms" => before == "in",
        _ => false,
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut quote = None;
    let (mut start, mut clause) = (true, true);
    let mut before = ' ';
    let mut run = 0..0;
    let mut flush =
        |run: std::ops::Range<usize>, quoted: bool, start: &mut bool, clause: &mut bool| {
            let raw = &text[run];
            if raw.is_empty() {
                return;
            }
            // `order_items` is the name of data wherever it stands; what is quoted or capitalised else is a value.
            let identifier = raw.trim_matches('_').contains('_');
            let quoted = quoted && !identifier;
            let capital = !identifier && raw.chars().next().is_some_and(char::is_uppercase);
            split::each_word(raw, |word| {
                let text = fold(word);
                if !text.is_empty() {
                    tokens.push(Token {
                        text,
                        quoted,
                        capital,
                        sentence_start: *start,
                        clause_start: *clause,
                    });
                }
                (*start, *clause) = (false, false);
            });
        };
    for (at, c) in text.char_indices() {
        let inside =
            c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) || c == '_';
        if inside {
            run.end = at + c.len_utf8();
            before = c;
            continue;
        }
        let wordy = before.is_alphanumeric();
        flush(run.clone(), quote.is_some(), &mut start, &mut clause);
        run = at + c.len_utf8()..at + c.len_utf8();
        match (quote, c) {
            (Some(open), _) if closes(open, c) && followed_by_gap(text, run.start) => quote = None,
            (None, '"' | '“' | '«' | '`') => quote = Some(c),
            (None, '\'' | '‘') if !wordy => quote = Some(c),
            (_, '.' | '?' | '!' | '\n') => start = true,
            (_, ',' | ';' | ':' | '(') => clause = true,
            _ => {}
        }
        before = c;
    }
    flush(run, false, &mut start, &mut clause);
    tokens
}

fn closes(open: char, c: char) -> bool {
    match open {
        '“' => matches!(c, '”' | '"'),
        '«' => c == '»',
        '‘' => matches!(c, '’' | '\''),
        _ => c == open,
    }
}

fn followed_by_gap(text: &str, at: usize) -> bool {
    text[at..]
        .chars()
        .next()
        .is_none_or(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: &Expect) {
        let show = |word: &QueryWord| {
            let marks = [
                (word.quoted, '"'),
                (word.capitalised, '^'),
                (word.number, '#'),
                (word.generic, '~'),
            ];
            let marks: String = marks.iter().filter(|m| m.0).map(|m| m.1).collect();
            format!("{}{marks}", word.text)
        };
        expected.assert_eq(&read(text).iter().map(show).collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn content_words_stay() {
        check("customer", &expect!["customer"]);
        check("show", &expect!["show"]);
        check(
            "List the names of all pilots in descending order of age.",
            &expect!["names~ pilots age"],
        );
        check(
            "How many users from 'New York' wrote reviews in 2014?",
            &expect![[r#"users new"^~ york"^ wrote reviews 2014#"#]],
        );
        check(
            "What is the customer's first name in Sokolov?",
            &expect!["customer first~ name~ sokolov^"],
        );
        check("what is it", &expect!["what"]);
    }

    #[test]
    fn hostile_text_is_read() {
        assert!(read("").is_empty());
        assert!(read("\u{0}\u{202e}🙂").is_empty());
        assert_eq!(read(&"word".repeat(2_000)).len(), 1);
        assert_eq!(crate::text::cap("aé", 2), "a");
    }
}
