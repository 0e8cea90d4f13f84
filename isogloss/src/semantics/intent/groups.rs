//! The dimensions that a question names: to group by, or with a value to keep.

use super::phrases::{Phrase, longest, of_dimension};
use super::words::Word;
use super::{CHOICES_MAX, Tie, said};
use crate::semantics::Dimension;

/// Words between a dimension and its value.
const IS: [&str; 4] = ["is", "equals", "equal", "being"];

/// What a question says of dimensions.
#[derive(Debug, Default)]
pub(super) struct Picked {
    /// The dimensions to group by.
    pub(super) groups: Vec<String>,
    /// Conditions, as queries have them.
    pub(super) filters: Vec<String>,
}

/// Finds the dimensions that free words name, and takes the words.
pub(super) fn pick(
    dimensions: &[Dimension],
    words: &mut [Word],
    reasons: &mut Vec<String>,
) -> Result<Picked, Tie> {
    let named: Vec<(&Dimension, Vec<Phrase>)> = dimensions
        .iter()
        .filter(|it| it.name != "metric_time")
        .map(|it| {
            (
                it,
                of_dimension(&it.name, it.label.as_deref(), &it.synonyms),
            )
        })
        .collect();
    let mut picked = Picked::default();
    while let Some((places, fitting)) = longest(&named, words, words.len()) {
        let said = said(words, &places);
        let one = nearest(fitting, &said)?;
        for place in &places {
            words[*place].taken = true;
        }
        match value(words, &places) {
            Some(value) => {
                let condition = format!("{} = {value}", one.name);
                reasons.push(format!(
                    "`{said}` with a value is the condition `{condition}`"
                ));
                picked.filters.push(condition);
            }
            None if picked.groups.contains(&one.name) => {}
            None => {
                reasons.push(format!("`{said}` is dimension `{}`", one.name));
                picked.groups.push(one.name.clone());
            }
        }
    }
    Ok(picked)
}

/// Of dimensions that are called alike the one that is fewest entities away is meant, if there is one.
fn nearest<'d>(fitting: Vec<&'d Dimension>, said: &str) -> Result<&'d Dimension, Tie> {
    let away = |it: &Dimension| it.name.matches("__").count();
    let least = fitting.iter().map(|it| away(it)).min();
    let near: Vec<&Dimension> = fitting
        .into_iter()
        .filter(|it| Some(away(it)) == least)
        .collect();
    match near.as_slice() {
        [one] => Ok(one),
        several => Err(Tie {
            words: said.to_owned(),
            choices: several
                .iter()
                .take(CHOICES_MAX)
                .map(|it| format!("`{}`", it.name))
                .collect(),
        }),
    }
}

/// The value beside a dimension, as a literal: behind it, or right before it where it is written like one.
fn value(words: &mut [Word], places: &[usize]) -> Option<String> {
    let (first, last) = (places.iter().min()?, places.iter().max()?);
    let mut next = last + 1;
    let is_said = words.get(next).is_some_and(|word| word.is(&IS));
    next += usize::from(is_said);
    let after = words.get(next).is_some_and(|word| {
        let fits = word.is_value || (is_said && !word.is_filler() && !word.is(&["not"]));
        !word.taken && fits && !word.is_cue()
    });
    let place = if after {
        next
    } else {
        let before = first.checked_sub(1)?;
        let word = &words[before];
        if word.taken || !word.is_value || word.lower.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        before
    };
    words[place].taken = true;
    Some(literal(&words[place].text))
}

fn literal(text: &str) -> String {
    let is_number = text.parse::<i64>().is_ok() && !text.starts_with(['+', '0']) || text == "0";
    if is_number {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}
