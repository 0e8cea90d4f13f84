//! A question as words: what they are compared by, and which only hold it together.

use frostem::{Algorithm, Stemmer};

/// More words than this are left out.
const WORDS_MAX: usize = 64;

/// A word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As written.
    pub(super) text: String,
    /// In lower case.
    pub(super) lower: String,
    /// Without its ending.
    pub(super) stem: String,
    /// Whether it stands in quotes, is a number or is written like a name in the middle of the question.
    pub(super) is_value: bool,
    /// What it has become, once it has a place.
    pub(super) taken: bool,
}

/// Words that hold a question together and say nothing of what is asked for.
const FILLERS: [&str; 63] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "could", "did", "do", "does", "each",
    "every", "find", "for", "from", "get", "give", "grouped", "has", "have", "how", "i", "in",
    "is", "it", "its", "list", "many", "me", "much", "my", "of", "on", "or", "our", "out", "over",
    "per", "please", "s", "see", "show", "split", "tell", "that", "the", "their", "there", "to",
    "us", "want", "was", "we", "were", "what", "where", "which", "with", "would", "you",
];

/// Words after which comes what is grouped by.
const CUES: [&str; 6] = ["per", "by", "each", "every", "across", "split"];

/// Takes a question apart.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut quoted = false;
    let mut word = String::new();
    let push = |word: &mut String, quoted: bool, words: &mut Vec<Word>| {
        if !word.is_empty() && words.len() < WORDS_MAX {
            let is_first = words.is_empty();
            words.push(self::word(std::mem::take(word), quoted, is_first));
        }
        word.clear();
    };
    for c in text.chars() {
        match c {
            '"' | '\'' | '“' | '”' | '`' if quoted || word.is_empty() || c != '\'' => {
                push(&mut word, quoted, &mut words);
                quoted = !quoted;
            }
            c if quoted => word.push(c),
            // A date and a decimal number are one word.
            '-' | '.' if word.ends_with(|last: char| last.is_ascii_digit()) => word.push(c),
            c if c.is_alphanumeric() => word.push(c),
            _ => push(&mut word, false, &mut words),
        }
    }
    push(&mut word, quoted, &mut words);
    words
}

fn word(text: String, quoted: bool, is_first: bool) -> Word {
    let text = if quoted {
        text.trim().to_owned()
    } else {
        text.trim_end_matches(['-', '.']).to_owned()
    };
    let lower = text.to_lowercase();
    let starts = |test: fn(char) -> bool| text.starts_with(test);
    Word {
        stem: stem(&lower),
        is_value: quoted
            || starts(|c| c.is_ascii_digit())
            || (!is_first && starts(char::is_uppercase)),
        lower,
        text,
        taken: false,
    }
}

/// Takes the ending off a word in lower case.
pub(super) fn stem(word: &str) -> String {
    if word.len() < 3 || !word.is_ascii() {
        return word.to_owned();
    }
    Stemmer::new(Algorithm::English).stem(word).into_owned()
}

/// The stems of a name: cut at underscores, blanks and where small letters meet capitals.
pub(super) fn stems(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        let starts = !before.is_alphanumeric() || (before.is_lowercase() && c.is_uppercase());
        if c.is_alphanumeric() {
            if starts || parts.is_empty() {
                parts.push(String::new());
            }
            if let Some(part) = parts.last_mut() {
                part.extend(c.to_lowercase());
            }
        }
        before = c;
    }
    parts.iter().map(|part| stem(part)).collect()
}

impl Word {
    /// Tells whether it only holds the question together.
    pub(super) fn is_filler(&self) -> bool {
        !self.is_quoted_filler() && FILLERS.contains(&self.lower.as_str())
    }

    fn is_quoted_filler(&self) -> bool {
        self.text.contains(' ')
    }

    /// Tells whether what is grouped by comes after it.
    pub(super) fn is_cue(&self) -> bool {
        CUES.contains(&self.lower.as_str())
    }

    /// Tells whether it is one of some words.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.lower.as_str())
    }
}

/// Where the stems of a phrase stand among words that are free: the places, if all of them do, close together.
///
/// The order does not count, nor do words between that say nothing.
pub(super) fn find(phrase: &[String], words: &[Word]) -> Option<Vec<usize>> {
    let first = phrase.first()?;
    let starts = words.iter().enumerate();
    let starts = starts.filter(|(_, word)| !word.taken && phrase.contains(&word.stem));
    starts
        .filter_map(|(start, _)| from(start, phrase, words))
        .min_by_key(|places| (span(places), usize::from(words[places[0]].stem != *first)))
}

fn span(places: &[usize]) -> usize {
    match (places.iter().min(), places.iter().max()) {
        (Some(min), Some(max)) => max - min,
        _ => 0,
    }
}

/// Collects the phrase from one place on.
fn from(start: usize, phrase: &[String], words: &[Word]) -> Option<Vec<usize>> {
    let mut open: Vec<&String> = phrase.iter().collect();
    let mut places = Vec::with_capacity(phrase.len());
    for (at, word) in words.iter().enumerate().skip(start) {
        let wanted = open.iter().position(|stem| **stem == word.stem);
        match wanted {
            Some(place) if !word.taken => {
                open.swap_remove(place);
                places.push(at);
            }
            _ if word.is_filler() && !word.taken => {}
            _ => return None,
        }
        if open.is_empty() {
            return Some(places);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.lower).collect()
    }

    #[test]
    fn a_question_is_cut_into_words_dates_and_quoted_values() {
        assert_eq!(
            lower("Claims paid since 2025-07-01, for \"New York\"?"),
            ["claims", "paid", "since", "2025-07-01", "for", "new york"]
        );
        assert_eq!(
            lower("the member's state."),
            ["the", "member", "s", "state"]
        );
        assert_eq!(lower(""), Vec::<String>::new());
        assert_eq!(lower("'unfinished"), ["unfinished"]);
    }

    #[test]
    fn names_and_words_meet_in_their_stems() {
        assert_eq!(stems("claims_paid"), stems("claim paid"));
        assert_eq!(stems("revenuePerOrder"), stems("Revenue per order"));
    }

    #[test]
    fn a_phrase_is_found_in_any_order_and_not_across_other_words() {
        let text = words("paid claims of the region");
        assert_eq!(find(&stems("claims_paid"), &text), Some(vec![0, 1]));
        assert_eq!(find(&stems("claims_region"), &text), Some(vec![1, 4]));
        assert_eq!(find(&stems("paid_region"), &text), None);
        assert_eq!(find(&stems(""), &text), None);
    }
}
