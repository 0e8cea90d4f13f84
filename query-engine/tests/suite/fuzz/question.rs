//! Random questions, in the words of either style.

use semantic_model::layer::{Aggregation, Filter, GroupBy, MetricRequest, Query};

use super::Random;
use super::world::{Style, World};

/// An aggregate of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    Sum,
    Count,
    CountDistinct,
    Average,
    Min,
    Max,
    /// The sum of an expression over two columns.
    SumOfBoth,
}

pub(crate) const AGGREGATES: [Aggregate; 7] = [
    Aggregate::Sum,
    Aggregate::Count,
    Aggregate::CountDistinct,
    Aggregate::Average,
    Aggregate::Min,
    Aggregate::Max,
    Aggregate::SumOfBoth,
];

impl Aggregate {
    pub(crate) fn metric(self, table: usize) -> String {
        format!("{self:?}_{table}").to_lowercase()
    }

    pub(crate) fn aggregation(self) -> Aggregation {
        match self {
            Self::Sum | Self::SumOfBoth => Aggregation::Sum,
            Self::Count => Aggregation::Count,
            Self::CountDistinct => Aggregation::CountDistinct,
            Self::Average => Aggregation::Average,
            Self::Min => Aggregation::Min,
            Self::Max => Aggregation::Max,
        }
    }

    pub(crate) fn argument(self) -> &'static str {
        match self {
            Self::SumOfBoth => "v * 2 + w",
            _ => "v",
        }
    }

    /// The aggregate as an expression over fields of a dataset.
    pub(crate) fn call(self, table: &str) -> String {
        match self {
            Self::Sum => format!("SUM({table}.v)"),
            Self::Count => format!("COUNT({table}.v)"),
            Self::CountDistinct => format!("COUNT(DISTINCT {table}.v)"),
            Self::Average => format!("AVG({table}.v)"),
            Self::Min => format!("MIN({table}.v)"),
            Self::Max => format!("MAX({table}.v)"),
            Self::SumOfBoth => format!("SUM({table}.v * 2 + {table}.w)"),
        }
    }
}

/// A condition on a column of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Test {
    ColourIs(&'static str),
    NumberAbove(i64),
    ColourIsNull,
    /// The number is below, or there is no colour.
    Either(i64),
}

/// Metrics of some tables by colours of others, of the rows that meet conditions.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) metrics: Vec<(usize, Aggregate)>,
    pub(crate) groups: Vec<usize>,
    pub(crate) tests: Vec<(usize, Test)>,
}

impl Question {
    pub(crate) fn random(world: &World, random: &mut Random) -> Self {
        let count = world.tables.len();
        let mut metrics = Vec::new();
        let tables = if random.once_in(3) { 2 } else { 1 };
        let facts: Vec<usize> = (0..tables).map(|_| random.below(count.min(3))).collect();
        for _ in 0..=random.below(3) {
            let metric = (
                facts[random.below(facts.len())],
                AGGREGATES[random.below(7)],
            );
            if !metrics.contains(&metric) {
                metrics.push(metric);
            }
        }
        let place = |random: &mut Random| {
            // Mostly where all facts lead to, now and then where none may.
            let shared: Vec<usize> = (0..count)
                .filter(|at| {
                    metrics
                        .iter()
                        .all(|(fact, _)| world.reachable(*fact).contains(at))
                })
                .collect();
            if shared.is_empty() || random.once_in(9) {
                random.below(count)
            } else {
                shared[random.below(shared.len())]
            }
        };
        let mut groups = Vec::new();
        for _ in 0..random.below(3) {
            let group = place(random);
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        let mut tests = Vec::new();
        for _ in 0..random.below(3) {
            let at = place(random);
            let test = match random.below(4) {
                0 => Test::ColourIs(["red", "it's"][random.below(2)]),
                1 => Test::NumberAbove(i64::try_from(random.below(4)).unwrap() - 1),
                2 => Test::ColourIsNull,
                _ => Test::Either(2),
            };
            tests.push((at, test));
        }
        Self {
            metrics,
            groups,
            tests,
        }
    }

    pub(crate) fn query(&self, style: Style) -> Query {
        let name = |table: usize, column: &str| match style {
            Style::Entities => format!("e{table}__{column}"),
            Style::Joins => format!("t{table}.{column}"),
        };
        let group = |table: &usize| GroupBy {
            alias: Some(format!("group_{table}")),
            ..GroupBy::new(name(*table, "c"))
        };
        let filter = |(table, test): &(usize, Test)| {
            let item = |column: &str| match style {
                Style::Entities => format!("{{{{ Dimension('{}') }}}}", name(*table, column)),
                Style::Joins => name(*table, column),
            };
            Filter(match test {
                Test::ColourIs(colour) => {
                    format!("{} = '{}'", item("c"), colour.replace('\'', "''"))
                }
                Test::NumberAbove(least) => format!("{} > {least}", item("w")),
                Test::ColourIsNull => format!("{} IS NULL", item("c")),
                Test::Either(most) => format!("{} < {most} OR {} IS NULL", item("w"), item("c")),
            })
        };
        Query {
            metrics: self
                .metrics
                .iter()
                .map(|(table, aggregate)| MetricRequest {
                    name: aggregate.metric(*table),
                    alias: None,
                })
                .collect(),
            group_by: self.groups.iter().map(group).collect(),
            filters: self.tests.iter().map(filter).collect(),
            ..Query::default()
        }
    }
}
