//! The dimensions that a question names: to group by, or with a value to keep.

use super::phrases::{Phrase, longest, of_dimension};
use super::words::{Word, stems};
use super::{CHOICES_MAX, Tie, said};
use crate::semantics::{Dimension, DimensionKind};
use search::Valued;

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
    values: &[Valued],
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
    for valued in values {
        keep(valued, dimensions, words, &mut picked, reasons)?;
    }
    Ok(picked)
}

/// Makes a condition of words that are a value of a dimension, if they are free.
fn keep(
    valued: &Valued,
    dimensions: &[Dimension],
    words: &mut [Word],
    picked: &mut Picked,
    reasons: &mut Vec<String>,
) -> Result<(), Tie> {
    let count = valued.words.len();
    let free = |run: &[Word]| {
        let mut pairs = run.iter().zip(&valued.words);
        pairs.all(|(word, value)| !word.taken && word.lower == *value)
    };
    // A quoted value is one word here.
    let whole = valued.words.join(" ");
    let alone = |word: &Word| !word.taken && word.lower == whole;
    let run = words.windows(count.max(1)).position(free);
    let run = run.map(|at| at..at + count);
    let quoted = || words.iter().position(alone).map(|at| at..at + 1);
    let Some(run) = run.filter(|run| !run.is_empty()).or_else(quoted) else {
        return Ok(());
    };
    let said = said(words, &run.clone().collect::<Vec<_>>());
    let fitting = holding(valued, dimensions);
    if fitting.is_empty() {
        return Ok(());
    }
    let one = nearest(fitting.iter().map(|fit| fit.0).collect(), &said)?;
    let Some((_, value)) = fitting.iter().find(|fit| fit.0.name == one.name) else {
        return Ok(());
    };
    for word in &mut words[run] {
        word.taken = true;
    }
    let condition = format!("{} = {}", one.name, literal(value));
    reasons.push(format!(
        "`{said}` is a value of dimension `{}`: the condition `{condition}`",
        one.name
    ));
    picked.filters.push(condition);
    Ok(())
}

/// Returns the dimensions that a value is one of, each with the value: those of a column's own dataset before namesakes.
fn holding<'a>(valued: &'a Valued, dimensions: &'a [Dimension]) -> Vec<(&'a Dimension, &'a str)> {
    let mut own = Vec::new();
    let mut namesakes = Vec::new();
    for dimension in dimensions {
        if dimension.kind != DimensionKind::Categorical {
            continue;
        }
        let bare = dimension.name.rsplit("__").next().unwrap_or_default();
        let bare = bare.rsplit('.').next().unwrap_or(bare);
        let called = stems(bare);
        let columns = valued.columns.iter();
        let mut columns = columns.filter(|column| stems(&column.name) == called);
        let Some(first) = columns.clone().next() else {
            continue;
        };
        let here = columns.find(|column| dimension.dataset_iri.as_deref() == Some(&column.dataset));
        match here {
            Some(column) => own.push((dimension, column.value.as_str())),
            None => namesakes.push((dimension, first.value.as_str())),
        }
    }
    if own.is_empty() { namesakes } else { own }
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
