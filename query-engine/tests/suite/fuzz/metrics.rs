//! The metrics of a question, as a layer declares them.

use semantic_model::layer::{
    Cumulative, Expression, Filter, Grain, GrainName, Metric, MetricInput, MetricKind, Notes,
    Offset, PeriodAggregation, Simple, Window,
};

use super::question::{Asked, Leaf, Question, Span};
use super::world::Style;

impl Question {
    /// The metrics that the query names, and those that they are made of.
    pub(crate) fn metrics(&self, style: Style) -> Vec<Metric> {
        let mut metrics = Vec::new();
        for (at, asked) in self.metrics.iter().enumerate() {
            let name = format!("metric_{at}");
            if style == Style::Joins {
                metrics.push(metric(
                    name,
                    MetricKind::Expression(Expression::new(in_sql(asked))),
                    None,
                ));
                continue;
            }
            let mut input = |place: usize, leaf: &Leaf| {
                let part = format!("{name}_{place}");
                metrics.extend(of_leaf(&part, leaf, None));
                MetricInput {
                    alias: Some(format!("input_{place}")),
                    ..plain_input(part)
                }
            };
            match asked {
                Asked::Leaf(leaf) => metrics.extend(of_leaf(&name, leaf, None)),
                Asked::Filled(leaf) => metrics.extend(of_leaf(&name, leaf, Some(0))),
                Asked::Ratio(one, other) => {
                    let (numerator, denominator) = (input(1, one), input(2, other));
                    let kind = MetricKind::Ratio {
                        numerator,
                        denominator,
                    };
                    metrics.push(metric(name, kind, None));
                }
                Asked::Difference(one, other) => {
                    let inputs = vec![input(1, one), input(2, other)];
                    let kind = MetricKind::Derived {
                        expression: Expression::new("input_1 - input_2"),
                        inputs,
                    };
                    metrics.push(metric(name, kind, None));
                }
            }
        }
        metrics
    }
}

fn in_sql(asked: &Asked) -> String {
    let call = |leaf: &Leaf| leaf.aggregate.call(leaf.fact);
    match asked {
        Asked::Leaf(leaf) | Asked::Filled(leaf) => call(leaf),
        Asked::Ratio(one, other) | Asked::Difference(one, other) => {
            format!("{} - {}", call(one), call(other))
        }
    }
}

fn metric(name: String, kind: MetricKind, only: Option<Filter>) -> Metric {
    Metric {
        name,
        dataset: None,
        kind,
        filters: only.into_iter().collect(),
        time_grain: None,
        notes: Notes::default(),
    }
}

fn plain_input(metric: String) -> MetricInput {
    MetricInput {
        metric,
        alias: None,
        filters: Vec::new(),
        offset: None,
    }
}

/// The metric of a leaf, after the one that it accumulates or reads back in time.
fn of_leaf(name: &str, leaf: &Leaf, fill: Option<i64>) -> Vec<Metric> {
    let simple = MetricKind::Simple(Simple {
        dataset: format!("t{}", leaf.fact),
        aggregation: leaf.aggregate.aggregation(),
        expression: Some(Expression::new(leaf.aggregate.argument())),
        time: None,
        non_additive: None,
        fill_nulls_with: fill,
        join_to_time_spine: false,
    });
    let only = leaf
        .only
        .map(|test| test.filter(leaf.fact, Style::Entities));
    let base = format!("{name}_base");
    let days = |count| Window {
        count,
        grain: Grain::Day.into(),
    };
    let cumulative = |window: Option<Window>, to_date: Option<GrainName>| {
        MetricKind::Cumulative(Cumulative {
            input: plain_input(base.clone()),
            window,
            leading: None,
            grain_to_date: to_date,
            period: PeriodAggregation::First,
        })
    };
    let kind = match leaf.span {
        Span::Own => return vec![metric(name.to_owned(), simple, only)],
        Span::Ever => cumulative(None, None),
        Span::Days(count) => cumulative(Some(days(count)), None),
        Span::Month => cumulative(None, Some(Grain::Month.into())),
        Span::Before(count) => MetricKind::Derived {
            expression: Expression::new("earlier"),
            inputs: vec![MetricInput {
                alias: Some("earlier".to_owned()),
                offset: Some(Offset::Window(days(count))),
                ..plain_input(base.clone())
            }],
        },
    };
    vec![
        metric(base.clone(), simple, only),
        metric(name.to_owned(), kind, None),
    ]
}
