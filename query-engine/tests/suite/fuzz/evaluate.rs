//! Answers worked out row by row.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};

use super::question::{Aggregate, Asked, Leaf, Question, Span, Test, TimeGroup};
use super::world::{Row, Style, World, calendar};

/// A cell of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Number(f64),
    Text(String),
}

impl Cell {
    /// Reads a number, or else text.
    pub(crate) fn read(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Text(text.to_owned()), Self::Number)
    }

    pub(crate) fn show(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            // A zero has no sign here.
            Self::Number(number) => format!("{:.9}", number + 0.0),
            Self::Text(text) => format!("'{text}'"),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

type Key = Vec<Option<String>>;
type Values = BTreeMap<Key, Cell>;

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
    for leaf in question.metrics.iter().flat_map(Asked::leaves) {
        let reachable = world.reachable(leaf.fact);
        if named().all(|at| reachable.contains(at)) {
            continue;
        }
        if style == Style::Entities {
            return Expected::Refusal;
        }
        let adds = matches!(
            leaf.aggregate,
            Aggregate::Sum | Aggregate::SumOfBoth | Aggregate::Count
        );
        unjudged |= !adds || finer(world, question, leaf.fact).is_none();
    }
    if unjudged {
        return Expected::Unjudged;
    }
    if style == Style::Joins && question.groups.is_empty() && !is_shared(world, question) {
        return Expected::Refusal;
    }
    Expected::Rows(evaluate(world, question, style))
}

/// The one table of a question whose rows each lead to a row of the fact, if all others are found from the fact.
fn finer(world: &World, question: &Question, fact: usize) -> Option<usize> {
    let tests = question.tests.iter().map(|(at, _)| *at);
    let known = world.reachable(fact);
    let beyond = question.groups.iter().copied().chain(tests);
    let beyond: BTreeSet<usize> = beyond.filter(|at| !known.contains(at)).collect();
    let only = *beyond.first().filter(|_| beyond.len() == 1)?;
    world.reachable(only).contains(&fact).then_some(only)
}

/// The rows of a finer table that lead to a row of the fact; none of them is there too.
fn rows_beyond(world: &World, fact: usize, at: usize, table: usize) -> Vec<Option<usize>> {
    let rows = 0..world.tables[table].rows.len();
    let found: Vec<Option<usize>> = rows
        .filter(|row| world.look_up(table, *row, fact) == Some(Some(at)))
        .map(Some)
        .collect();
    if found.is_empty() { vec![None] } else { found }
}

/// Whether all facts of a question lead to some table in common with the first.
fn is_shared(world: &World, question: &Question) -> bool {
    let leaves: Vec<Leaf> = question.metrics.iter().flat_map(Asked::leaves).collect();
    let first = world.reachable(leaves[0].fact);
    let mut facts = leaves.iter().map(|leaf| world.reachable(leaf.fact));
    facts.all(|others| others.iter().any(|table| first.contains(table)))
}

/// The answer to a question, each row of each fact looked at once.
fn evaluate(world: &World, question: &Question, style: Style) -> Vec<Vec<Cell>> {
    let values = |leaf: Leaf| values(world, question, leaf);
    let parts: Vec<Vec<Values>> = question
        .metrics
        .iter()
        .map(|asked| asked.leaves().into_iter().map(values).collect())
        .collect();
    // A group of any part is one of the answer.
    let keys: BTreeSet<&Key> = parts.iter().flatten().flat_map(BTreeMap::keys).collect();
    let mut rows = Vec::new();
    for key in keys {
        let metrics = question.metrics.iter().zip(&parts);
        let cells: Vec<Cell> = metrics
            .map(|(asked, parts)| {
                let leaves = asked.leaves();
                let nothing = |at: usize| match leaves[at].aggregate {
                    // There, no rows are counted as none.
                    Aggregate::Count | Aggregate::CountDistinct if style == Style::Joins => {
                        Cell::Number(0.0)
                    }
                    _ => Cell::Null,
                };
                let of = |at: usize| parts[at].get(key).cloned().unwrap_or_else(|| nothing(at));
                combined(asked, of)
            })
            .collect();
        let passes = |(at, least): (usize, i64)| {
            let number = cells[at].number();
            number.is_some_and(|number| number > least as f64)
        };
        if question.having.is_none_or(passes) {
            let key = key
                .iter()
                .map(|cell| cell.as_deref().map_or(Cell::Null, Cell::read));
            rows.push(key.chain(cells).collect());
        }
    }
    rows
}

/// A metric out of the values of its leaves.
fn combined(asked: &Asked, of: impl Fn(usize) -> Cell) -> Cell {
    let both = || Some((of(0).number()?, of(1).number()?));
    match asked {
        Asked::Leaf(_) => of(0),
        Asked::Filled(_) => match of(0) {
            Cell::Null => Cell::Number(0.0),
            value => value,
        },
        Asked::Difference(..) => {
            both().map_or(Cell::Null, |(one, other)| Cell::Number(one - other))
        }
        Asked::Ratio(..) => match both() {
            Some((one, other)) if other != 0.0 => Cell::Number(one / other),
            _ => Cell::Null,
        },
    }
}

/// The values of a leaf by group; one group of all if there are none to make.
fn values(world: &World, question: &Question, leaf: Leaf) -> Values {
    let mut groups: BTreeMap<Key, Vec<&Row>> = BTreeMap::new();
    if question.groups.is_empty() && question.time.is_none() {
        groups.insert(Key::new(), Vec::new());
    }
    let finer = finer(world, question, leaf.fact);
    for (at, row) in world.tables[leaf.fact].rows.iter().enumerate() {
        let beyond = finer.map_or(vec![None], |table| rows_beyond(world, leaf.fact, at, table));
        // Whatever repeats a row, it counts once in each group.
        let mut keys: BTreeSet<Key> = BTreeSet::new();
        for repeated in beyond {
            let there = |table: usize| {
                let found = if Some(table) == finer {
                    repeated
                } else {
                    world.look_up(leaf.fact, at, table).unwrap()
                };
                found.map(|place| &world.tables[table].rows[place])
            };
            let own = leaf.only.iter().map(|test| (leaf.fact, *test));
            let mut tests = question.tests.iter().copied().chain(own);
            if !tests.all(|(table, test)| holds(test, there(table))) {
                continue;
            }
            let colour =
                |table: &usize| there(*table).and_then(|row| row.colour).map(str::to_owned);
            let colours: Key = question.groups.iter().map(colour).collect();
            keys.extend(
                moments(row, question.time, leaf.span)
                    .into_iter()
                    .map(|mut key| {
                        key.extend(colours.iter().cloned());
                        key
                    }),
            );
        }
        for key in keys {
            groups.entry(key).or_default().push(row);
        }
    }
    groups
        .into_iter()
        .map(|(key, rows)| (key, aggregated(leaf.aggregate, &rows)))
        .collect()
}

/// The first parts of the keys that a row counts for: a moment each, or one of nothing where no time is asked for.
fn moments(row: &Row, time: Option<TimeGroup>, span: Span) -> Vec<Key> {
    let Some(time) = time else {
        return vec![Key::new()];
    };
    if span == Span::Own {
        return vec![vec![row.day.map(|day| shown(day, time))]];
    }
    // A row without a day is in no window.
    let Some(own) = row.day else {
        return Vec::new();
    };
    let reaches = |day: &NaiveDate| match span {
        Span::Own | Span::Ever => own <= *day,
        Span::Days(count) => own <= *day && own + Days::new(count.into()) > *day,
        Span::Month => own <= *day && (own.year(), own.month()) == (day.year(), day.month()),
        Span::Before(count) => own + Days::new(count.into()) == *day,
    };
    calendar()
        .filter(reaches)
        .map(|day| vec![Some(shown(day, time))])
        .collect()
}

fn shown(day: NaiveDate, time: TimeGroup) -> String {
    let weekday = day.weekday();
    match time {
        TimeGroup::Day => day.to_string(),
        TimeGroup::Week => (day - Days::new(weekday.num_days_from_monday().into())).to_string(),
        TimeGroup::Month => day.format("%Y-%m-01").to_string(),
        TimeGroup::Weekday => weekday.number_from_monday().to_string(),
    }
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
    let mut values: Vec<i64> = rows.iter().filter_map(value).collect();
    values.sort_unstable();
    let number = |number: i64| Cell::Number(number as f64);
    let (Some(least), Some(most)) = (values.first(), values.last()) else {
        return match aggregate {
            Aggregate::Count | Aggregate::CountDistinct => number(0),
            _ => Cell::Null,
        };
    };
    let count = values.len();
    match aggregate {
        Aggregate::Count => number(i64::try_from(count).unwrap()),
        Aggregate::CountDistinct => {
            let distinct: BTreeSet<i64> = values.into_iter().collect();
            number(i64::try_from(distinct.len()).unwrap())
        }
        Aggregate::Sum | Aggregate::SumOfBoth => number(values.iter().sum()),
        Aggregate::Average => Cell::Number(values.iter().sum::<i64>() as f64 / count as f64),
        Aggregate::Min => number(*least),
        Aggregate::Max => number(*most),
        Aggregate::Median => {
            Cell::Number((values[(count - 1) / 2] + values[count / 2]) as f64 / 2.0)
        }
    }
}
