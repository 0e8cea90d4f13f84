//! Random questions, in the words of either style.

use semantic_model::layer::{Aggregation, DatePart, Filter, GroupBy, MetricRequest, Query};

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
    Median,
    /// The sum of an expression over two columns.
    SumOfBoth,
}

const AGGREGATES: [Aggregate; 8] = [
    Aggregate::Sum,
    Aggregate::Count,
    Aggregate::CountDistinct,
    Aggregate::Average,
    Aggregate::Min,
    Aggregate::Max,
    Aggregate::SumOfBoth,
    Aggregate::Median,
];

impl Aggregate {
    pub(super) fn aggregation(self) -> Aggregation {
        match self {
            Self::Sum | Self::SumOfBoth => Aggregation::Sum,
            Self::Count => Aggregation::Count,
            Self::CountDistinct => Aggregation::CountDistinct,
            Self::Average => Aggregation::Average,
            Self::Min => Aggregation::Min,
            Self::Max => Aggregation::Max,
            Self::Median => Aggregation::Median,
        }
    }

    pub(super) fn argument(self) -> &'static str {
        match self {
            Self::SumOfBoth => "v * 2 + w",
            _ => "v",
        }
    }

    /// The aggregate as an expression over fields of a dataset.
    pub(super) fn call(self, table: usize) -> String {
        let table = format!("t{table}");
        match self {
            Self::Sum => format!("SUM({table}.v)"),
            Self::Count => format!("COUNT({table}.v)"),
            Self::CountDistinct => format!("COUNT(DISTINCT {table}.v)"),
            Self::Average => format!("AVG({table}.v)"),
            Self::Min => format!("MIN({table}.v)"),
            Self::Max => format!("MAX({table}.v)"),
            Self::Median => format!("MEDIAN({table}.v)"),
            Self::SumOfBoth => format!("SUM({table}.v * 2 + {table}.w)"),
        }
    }
}

/// A condition on a column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    ColourIs(&'static str),
    NumberAbove(i64),
    ColourIsNull,
    /// The number is below, or there is no colour.
    Either(i64),
}

impl Test {
    fn random(random: &mut Random) -> Self {
        match random.below(4) {
            0 => Self::ColourIs(["red", "it's"][random.below(2)]),
            1 => Self::NumberAbove(i64::try_from(random.below(4)).unwrap() - 1),
            2 => Self::ColourIsNull,
            _ => Self::Either(2),
        }
    }

    pub(super) fn filter(self, table: usize, style: Style) -> Filter {
        let item = |column: &str| match style {
            Style::Entities => format!("{{{{ Dimension('{}') }}}}", name(table, column, style)),
            Style::Joins => name(table, column, style),
        };
        Filter(match self {
            Self::ColourIs(colour) => format!("{} = '{}'", item("c"), colour.replace('\'', "''")),
            Self::NumberAbove(least) => format!("{} > {least}", item("w")),
            Self::ColourIsNull => format!("{} IS NULL", item("c")),
            Self::Either(most) => format!("{} < {most} OR {} IS NULL", item("w"), item("c")),
        })
    }
}

fn name(table: usize, column: &str, style: Style) -> String {
    match style {
        Style::Entities => format!("e{table}__{column}"),
        Style::Joins => format!("t{table}.{column}"),
    }
}

/// Which rows a day has, where days are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    /// Its own.
    Own,
    /// All until it.
    Ever,
    /// Those of so many days until it.
    Days(u32),
    /// Those of its month until it.
    Month,
    /// Those of so many days before.
    Before(u32),
}

/// One aggregate over rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) fact: usize,
    pub(crate) aggregate: Aggregate,
    /// A condition of the metric's own, on its own table.
    pub(crate) only: Option<Test>,
    pub(crate) span: Span,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Leaf(Leaf),
    /// Zero where there is nothing.
    Filled(Leaf),
    Ratio(Leaf, Leaf),
    Difference(Leaf, Leaf),
}

impl Asked {
    pub(crate) fn leaves(&self) -> Vec<Leaf> {
        match *self {
            Self::Leaf(leaf) | Self::Filled(leaf) => vec![leaf],
            Self::Ratio(one, other) | Self::Difference(one, other) => vec![one, other],
        }
    }
}

/// How the time of the metrics is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeGroup {
    Day,
    Week,
    Month,
    Weekday,
}

/// Metrics of some tables by colours of others, of the rows that meet conditions.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) metrics: Vec<Asked>,
    pub(crate) time: Option<TimeGroup>,
    pub(crate) groups: Vec<usize>,
    pub(crate) tests: Vec<(usize, Test)>,
    /// Groups whose metric at a place is above a number.
    pub(crate) having: Option<(usize, i64)>,
}

impl Question {
    pub(crate) fn random(world: &World, random: &mut Random, style: Style) -> Self {
        let count = world.tables.len();
        let timed = style == Style::Entities && random.once_in(2);
        let times = [
            TimeGroup::Day,
            TimeGroup::Day,
            TimeGroup::Week,
            TimeGroup::Month,
            TimeGroup::Weekday,
        ];
        let time = timed.then(|| times[random.below(times.len())]);
        let tables = if random.once_in(3) { 2 } else { 1 };
        let facts: Vec<usize> = (0..tables).map(|_| random.below(count.min(3))).collect();
        let mut metrics = Vec::new();
        for _ in 0..=random.below(3) {
            let metric = asked(random, &facts, time, style);
            if !metrics.contains(&metric) {
                metrics.push(metric);
            }
        }
        let reachable = |at: &usize| {
            let leaves = metrics.iter().flat_map(Asked::leaves);
            leaves
                .map(|leaf| leaf.fact)
                .all(|fact| world.reachable(fact).contains(at))
        };
        let shared: Vec<usize> = (0..count).filter(reachable).collect();
        // Mostly where all facts lead to, now and then where none may.
        let place = |random: &mut Random| {
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
        let tests = (0..random.below(3))
            .map(|_| (place(random), Test::random(random)))
            .collect();
        let having = random.once_in(4).then(|| {
            let least = i64::try_from(random.below(4)).unwrap() - 1;
            (random.below(metrics.len()), least)
        });
        Self {
            metrics,
            time,
            groups,
            tests,
            having,
        }
    }

    /// The query; metrics are called by their places.
    pub(crate) fn query(&self, style: Style) -> Query {
        let group = |table: &usize| GroupBy {
            alias: Some(format!("group_{table}")),
            ..GroupBy::new(name(*table, "c", style))
        };
        let time = self.time.map(|time| match time {
            TimeGroup::Day => GroupBy::new("metric_time__day"),
            TimeGroup::Week => GroupBy::new("metric_time__week"),
            TimeGroup::Month => GroupBy::new("metric_time__month"),
            TimeGroup::Weekday => GroupBy {
                date_part: Some(DatePart::Dow),
                ..GroupBy::new("metric_time")
            },
        });
        let metrics = 0..self.metrics.len();
        let having = |(at, least): (usize, i64)| Filter(format!("metric_{at} > {least}"));
        Query {
            metrics: metrics
                .map(|at| MetricRequest {
                    name: format!("metric_{at}"),
                    alias: None,
                })
                .collect(),
            group_by: time
                .into_iter()
                .chain(self.groups.iter().map(group))
                .collect(),
            filters: self
                .tests
                .iter()
                .map(|(table, test)| test.filter(*table, style))
                .collect(),
            having: self.having.map(having).into_iter().collect(),
            ..Query::default()
        }
    }
}

fn asked(random: &mut Random, facts: &[usize], time: Option<TimeGroup>, style: Style) -> Asked {
    let leaf = |random: &mut Random| {
        let fact = facts[random.below(facts.len())];
        let aggregates = if style == Style::Entities { 8 } else { 7 };
        let leaf = Leaf {
            fact,
            aggregate: AGGREGATES[random.below(aggregates)],
            only: None,
            span: Span::Own,
        };
        if style == Style::Joins {
            return leaf;
        }
        let length = u32::try_from(random.below(5)).unwrap() + 1;
        let spans = [
            Span::Ever,
            Span::Days(length),
            Span::Month,
            Span::Before(length),
        ];
        let spanned = time == Some(TimeGroup::Day) && random.once_in(2);
        Leaf {
            only: random.once_in(4).then(|| Test::random(random)),
            span: if spanned {
                spans[random.below(4)]
            } else {
                Span::Own
            },
            ..leaf
        }
    };
    let one = leaf(random);
    match random.below(6) {
        0 if style == Style::Entities => Asked::Ratio(one, leaf(random)),
        1 => Asked::Difference(one, leaf(random)),
        2 if style == Style::Entities && one.span == Span::Own => Asked::Filled(one),
        _ => Asked::Leaf(one),
    }
}
