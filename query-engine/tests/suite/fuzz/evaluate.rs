//! Answers worked out row by row.

use std::collections::{BTreeMap, BTreeSet};

use super::question::{Aggregate, Question, Test};
use super::world::{Row, Style, World};

/// A cell of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Number(f64),
    Text(String),
}

impl Cell {
    pub(crate) fn show(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            // A zero has no sign here.
            Self::Number(number) => format!("{:.9}", number + 0.0),
            Self::Text(text) => format!("'{text}'"),
        }
    }
}

type Key = Vec<Option<String>>;

/// What is to be expected of a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expected {
    /// An answer.
    Rows(Vec<Vec<Cell>>),
    /// A refusal: a row would have to be counted more than once, or leads nowhere.
    Refusal,
    /// A value that does not add up, by what repeats rows: it is not worked out here.
    Unjudged,
}

/// Says what is to be expected of a question to a model of a style.
pub(crate) fn expected(world: &World, question: &Question, style: Style) -> Expected {
    let named = || {
        question
            .groups
            .iter()
            .chain(question.tests.iter().map(|(at, _)| at))
    };
    let mut unjudged = false;
    for (fact, aggregate) in &question.metrics {
        let reachable = world.reachable(*fact);
        if named().all(|at| reachable.contains(at)) {
            continue;
        }
        let adds = matches!(
            aggregate,
            Aggregate::Sum | Aggregate::SumOfBoth | Aggregate::Count
        );
        if adds || style == Style::Entities {
            return Expected::Refusal;
        }
        unjudged = true;
    }
    if unjudged {
        return Expected::Unjudged;
    }
    if style == Style::Joins && question.groups.is_empty() && !is_shared(world, question) {
        return Expected::Refusal;
    }
    Expected::Rows(evaluate(world, question))
}

/// Whether all facts of a question lead to some table in common with the first.
fn is_shared(world: &World, question: &Question) -> bool {
    let first = world.reachable(question.metrics[0].0);
    let mut facts = question
        .metrics
        .iter()
        .map(|(fact, _)| world.reachable(*fact));
    facts.all(|others| others.iter().any(|table| first.contains(table)))
}

/// The answer to a question, each row of each fact looked at once.
fn evaluate(world: &World, question: &Question) -> Vec<Vec<Cell>> {
    let mut answer: BTreeMap<Key, Vec<Cell>> = BTreeMap::new();
    let mut facts: Vec<usize> = question.metrics.iter().map(|(fact, _)| *fact).collect();
    facts.sort_unstable();
    facts.dedup();
    for fact in facts {
        for (key, rows) in groups(world, question, fact) {
            let cells = answer
                .entry(key)
                .or_insert_with(|| vec![Cell::Null; question.metrics.len()]);
            for (at, (of, aggregate)) in question.metrics.iter().enumerate() {
                if *of == fact {
                    cells[at] = aggregated(*aggregate, &rows);
                }
            }
        }
    }
    let row = |(key, cells): (Key, Vec<Cell>)| {
        let key = key
            .into_iter()
            .map(|cell| cell.map_or(Cell::Null, Cell::Text));
        key.chain(cells).collect()
    };
    answer.into_iter().map(row).collect()
}

/// The rows of a fact that meet the conditions, by their groups; one group of all if there are none to make.
fn groups<'w>(world: &'w World, question: &Question, fact: usize) -> BTreeMap<Key, Vec<&'w Row>> {
    let mut groups: BTreeMap<Key, Vec<&Row>> = BTreeMap::new();
    if question.groups.is_empty() {
        groups.insert(Key::new(), Vec::new());
    }
    for (at, row) in world.tables[fact].rows.iter().enumerate() {
        let there = |table: usize| {
            let found = world.look_up(fact, at, table).unwrap();
            found.map(|place| &world.tables[table].rows[place])
        };
        if !question
            .tests
            .iter()
            .all(|(table, test)| holds(*test, there(*table)))
        {
            continue;
        }
        let colour = |table: &usize| there(*table).and_then(|row| row.colour).map(str::to_owned);
        let key: Key = question.groups.iter().map(colour).collect();
        groups.entry(key).or_default().push(row);
    }
    groups
}

/// Whether a condition is true of a row, or of there being none; unknown is not true.
fn holds(test: Test, row: Option<&Row>) -> bool {
    let colour = row.and_then(|row| row.colour);
    let number = row.and_then(|row| row.numbers[1]);
    match test {
        Test::ColourIs(wanted) => colour == Some(wanted),
        Test::NumberAbove(least) => number.is_some_and(|number| number > least),
        Test::ColourIsNull => colour.is_none(),
        Test::Either(most) => number.is_some_and(|number| number < most) || colour.is_none(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
fn aggregated(aggregate: Aggregate, rows: &[&Row]) -> Cell {
    let value = |row: &&Row| match aggregate {
        Aggregate::SumOfBoth => Some(row.numbers[0]? * 2 + row.numbers[1]?),
        _ => row.numbers[0],
    };
    let values: Vec<i64> = rows.iter().filter_map(value).collect();
    let number = |number: i64| Cell::Number(number as f64);
    match aggregate {
        Aggregate::Count => number(i64::try_from(values.len()).unwrap()),
        Aggregate::CountDistinct => {
            let distinct: BTreeSet<i64> = values.into_iter().collect();
            number(i64::try_from(distinct.len()).unwrap())
        }
        _ if values.is_empty() => Cell::Null,
        Aggregate::Sum | Aggregate::SumOfBoth => number(values.iter().sum()),
        Aggregate::Average => Cell::Number(values.iter().sum::<i64>() as f64 / values.len() as f64),
        Aggregate::Min => values
            .iter()
            .min()
            .map_or(Cell::Null, |least| number(*least)),
        Aggregate::Max => values.iter().max().map_or(Cell::Null, |most| number(*most)),
    }
}
