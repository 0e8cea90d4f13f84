//! Says what of a question is no name of data: values, numbers, dates, aggregations, grain, comparisons, negation.
//!
//! Nothing here changes a score. It shows the asker how the rest of the words was taken, and lets a reading for a
//! query begin from the same understanding.

use serde::Serialize;

use super::literals::Spotted;
use crate::text::fold::fold;

/// So many findings are said of one question.
const FOUND_MAX: usize = 64;
/// So many words are looked at.
const WORDS_MAX: usize = 1_000;

/// What a part of a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A value in quotation marks, or one that a column holds.
    Literal,
    /// A number.
    Number,
    /// A date, or a stretch of time.
    Date,
    /// How rows are counted or summed.
    Aggregation,
    /// By what time answers are given: each month.
    Grain,
    /// How a value is compared.
    Comparison,
    /// That something does not hold.
    Negation,
}

impl Part {
    /// Returns the part as one lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Literal => "literal",
            Self::Number => "number",
            Self::Date => "date",
            Self::Aggregation => "aggregation",
            Self::Grain => "grain",
            Self::Comparison => "comparison",
            Self::Negation => "negation",
        }
    }
}

/// A part of a question that is no name of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Understood {
    /// What it is.
    pub part: Part,
    /// The words, as they stand in the question.
    pub text: String,
    /// How they are read, such as `count`, `month` or the columns that hold a value.
    pub meaning: String,
}

const AGGREGATIONS: &[(&[&str], &str)] = &[
    (&["how", "many"], "count"),
    (&["number", "of"], "count"),
    (&["count", "of"], "count"),
    (&["how", "much"], "sum"),
    (&["total"], "sum"),
    (&["sum", "of"], "sum"),
    (&["average"], "average"),
    (&["avg"], "average"),
    (&["mean"], "average"),
    (&["median"], "median"),
    (&["maximum"], "max"),
    (&["highest"], "max"),
    (&["largest"], "max"),
    (&["most"], "max"),
    (&["minimum"], "min"),
    (&["lowest"], "min"),
    (&["smallest"], "min"),
    (&["distinct"], "distinct"),
    (&["share", "of"], "ratio"),
    (&["percentage", "of"], "ratio"),
    (&["rate", "of"], "ratio"),
];

const COMPARISONS: &[(&[&str], &str)] = &[
    (&["more", "than"], ">"),
    (&["greater", "than"], ">"),
    (&["higher", "than"], ">"),
    (&["less", "than"], "<"),
    (&["fewer", "than"], "<"),
    (&["lower", "than"], "<"),
    (&["at", "least"], ">="),
    (&["at", "most"], "<="),
    (&["between"], "between"),
    (&["equal", "to"], "="),
    (&["starts", "with"], "starts with"),
    (&["contains"], "contains"),
];

const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "without",
    "except",
    "excluding",
    "never",
    "neither",
    "nor",
];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads the parts of a question that are no names; values are those that `spotted` holds, and all in quotation marks.
pub(crate) fn understand(
    text: &str,
    spotted: &[Spotted],
    column: impl Fn(u32) -> String,
) -> Vec<Understood> {
    let mut found = quoted(text);
    for value in spotted {
        let mut columns: Vec<String> = value
            .columns
            .iter()
            .take(3)
            .map(|(at, _)| column(*at))
            .collect();
        columns.dedup();
        let meaning = format!("a value of {}", columns.join(", "));
        match found
            .iter_mut()
            .find(|one| crate::text::fold::fold_phrase(&one.text) == value.value)
        {
            Some(known) => known.meaning = meaning,
            None => found.push(Understood {
                part: Part::Literal,
                text: value.value.clone(),
                meaning,
            }),
        }
    }
    let words: Vec<(String, String)> = text
        .split_whitespace()
        .take(WORDS_MAX)
        .flat_map(comparators)
        .map(|word| {
            (
                word.to_owned(),
                fold(word.trim_matches(|c: char| !c.is_alphanumeric() && !"<>=!".contains(c))),
            )
        })
        .collect();
    let mut at = 0;
    while at < words.len() && found.len() < FOUND_MAX {
        let (len, part) = read(&words, at);
        if let Some((part, meaning)) = part {
            let text: Vec<&str> = words[at..at + len].iter().map(|w| bare(&w.0)).collect();
            let text = text.join(" ");
            if !found
                .iter()
                .any(|one| one.part == Part::Literal && one.text.contains(&text))
            {
                found.push(Understood {
                    part,
                    text,
                    meaning,
                });
            }
        }
        at += len;
    }
    found.truncate(FOUND_MAX);
    found
}

/// Reads what begins at a word: how many words it takes, and what it is.
fn read(words: &[(String, String)], at: usize) -> (usize, Option<(Part, String)>) {
    let word = words[at].1.as_str();
    let after = |by: usize| words.get(at + by).map_or("", |w| w.1.as_str());
    for (table, part) in [
        (AGGREGATIONS, Part::Aggregation),
        (COMPARISONS, Part::Comparison),
    ] {
        let said = table
            .iter()
            .find(|(phrase, _)| phrase.iter().enumerate().all(|(by, w)| after(by) == *w));
        if let Some((phrase, meaning)) = said {
            return (phrase.len(), Some((part, (*meaning).to_owned())));
        }
    }
    if matches!(word, "=" | "==" | "<" | ">" | "<=" | ">=" | "!=" | "<>") {
        return (1, Some((Part::Comparison, word.to_owned())));
    }
    if NEGATIONS.contains(&word) {
        return (1, Some((Part::Negation, "not".to_owned())));
    }
    if let Some((len, meaning)) = time(words, at) {
        return (len, Some((Part::Date, meaning)));
    }
    if let Some(unit) = grain(word) {
        return (1, Some((Part::Grain, unit.to_owned())));
    }
    if matches!(word, "per" | "each" | "every" | "by")
        && let Some(unit) = unit(after(1))
    {
        return (2, Some((Part::Grain, unit.to_owned())));
    }
    if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
        return (1, Some((Part::Number, word.to_owned())));
    }
    (1, None)
}

/// Reads a date or a stretch of time: `2024-03-01`, `2024`, `march 2024`, `last quarter`, `last 30 days`.
fn time(words: &[(String, String)], at: usize) -> Option<(usize, String)> {
    let word = words[at].1.as_str();
    let after = |by: usize| words.get(at + by).map_or("", |w| w.1.as_str());
    if is_date(word) {
        return Some((1, word.to_owned()));
    }
    let month = MONTHS.iter().position(|name| {
        word == *name || (word.len() == 3 && word != "may" && name.starts_with(word))
    });
    if let Some(month) = month {
        if is_year(after(1)) {
            return Some((2, format!("{}-{:02}", after(1), month + 1)));
        }
        // "may" alone is a verb more often than a month.
        return (word != "may" && word.len() > 3).then(|| (1, format!("month {}", month + 1)));
    }
    if is_year(word) {
        return Some((1, format!("year {word}")));
    }
    if matches!(word, "today" | "yesterday" | "tomorrow") {
        return Some((1, word.to_owned()));
    }
    if matches!(
        word,
        "last" | "this" | "next" | "previous" | "past" | "current"
    ) {
        if let Some(unit) = unit(after(1)) {
            return Some((2, format!("{word} {unit}")));
        }
        let count = after(1);
        if !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()) {
            return unit(after(2)).map(|unit| (3, format!("{word} {count} {unit}s")));
        }
    }
    None
}

fn unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "day" | "days" => "day",
        "week" | "weeks" => "week",
        "month" | "months" => "month",
        "quarter" | "quarters" => "quarter",
        "year" | "years" => "year",
        "hour" | "hours" => "hour",
        _ => return None,
    })
}

fn grain(word: &str) -> Option<&'static str> {
    Some(match word {
        "daily" => "day",
        "weekly" => "week",
        "monthly" => "month",
        "quarterly" => "quarter",
        "yearly" | "annual" | "annually" => "year",
        "hourly" => "hour",
        _ => return None,
    })
}

fn is_year(word: &str) -> bool {
    word.len() == 4
        && word.bytes().all(|b| b.is_ascii_digit())
        && (word.starts_with("19") || word.starts_with("20"))
}

fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let numbers = parts
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    numbers
        && matches!(parts.len(), 2 | 3)
        && is_year(parts[0])
        && parts[1..].iter().all(|part| part.len() == 2)
}

/// Cuts the signs of comparison off what stands beside them: `status=open`.
fn comparators(word: &str) -> Vec<&str> {
    let sign = |c: char| "<>=!".contains(c);
    let Some(start) = word.find(sign) else {
        return vec![word];
    };
    let end = start
        + word[start..]
            .find(|c| !sign(c))
            .unwrap_or(word.len() - start);
    let parts = [&word[..start], &word[start..end], &word[end..]];
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

fn bare(word: &str) -> &str {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() { word } else { bare }
}

/// Reads what stands in quotation marks; a mark that is not closed quotes nothing.
fn quoted(text: &str) -> Vec<Understood> {
    let mut found = Vec::new();
    let mut open: Option<(char, usize)> = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match open {
            Some((closing, start)) if c == closing => {
                let inside = text[start..at].trim();
                // `order_items` in quotation marks is a name of data.
                let name = inside.trim_matches('_').contains('_');
                if !inside.is_empty() && !name && inside.len() <= 200 && found.len() < FOUND_MAX {
                    found.push(Understood {
                        part: Part::Literal,
                        text: inside.to_owned(),
                        meaning: "a value".to_owned(),
                    });
                }
                open = None;
            }
            Some(_) => {}
            None => {
                let closing = match c {
                    '"' => Some('"'),
                    '“' => Some('”'),
                    '«' => Some('»'),
                    '`' => Some('`'),
                    '\'' if !before.is_alphanumeric() => Some('\''),
                    '‘' => Some('’'),
                    _ => None,
                };
                open = closing.map(|closing| (closing, at + c.len_utf8()));
            }
        }
        before = c;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: &Expect) {
        let show =
            |one: &Understood| format!("{} `{}`: {}", one.part.as_str(), one.text, one.meaning);
        let found = understand(text, &[], |_| String::new());
        expected.assert_eq(&found.iter().map(show).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn what_is_no_name_is_set_aside() {
        check("customer", &expect![""]);
        check(
            "How many users from 'New York' wrote no reviews in 2014?",
            &expect![[r#"
                literal `New York`: a value
                aggregation `How many`: count
                negation `no`: not
                date `2014`: year 2014"#]],
        );
        check(
            "average claims per month in march 2024, status=open",
            &expect![[r#"
                aggregation `average`: average
                grain `per month`: month
                date `march 2024`: 2024-03
                comparison `=`: ="#]],
        );
        check(
            "monthly revenue of more than 500 for the last 30 days",
            &expect![[r#"
                grain `monthly`: month
                comparison `more than`: >
                number `500`: 500
                date `last 30 days`: last 30 days"#]],
        );
        check(
            "2024-03-01 may be",
            &expect!["date `2024-03-01`: 2024-03-01"],
        );
    }

    #[test]
    fn hostile_text_is_bounded() {
        check("' ' '' \" \u{202e}", &expect![""]);
        assert!(understand(&"not ".repeat(10_000), &[], |_| String::new()).len() <= FOUND_MAX);
        assert!(understand(&"=".repeat(1_000_000), &[], |_| String::new()).len() <= FOUND_MAX);
    }
}
