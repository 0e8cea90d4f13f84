//! Metrics with their names resolved and their SQL parsed.

use super::fragment::{Fragment, Prepared};
use super::{DatasetId, FieldId, Item, MetricId};
use crate::layer::{Aggregation, GroupBy, Offset};

/// How a metric is computed; what is not here is as the layer says it.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// One aggregation over the rows of one dataset.
    Simple(SimpleBody),
    /// One metric divided by another.
    Ratio {
        /// What is divided.
        numerator: Input,
        /// By what.
        denominator: Input,
    },
    /// Arithmetic over other metrics.
    Derived {
        /// The arithmetic; a leaf is the place of an input in `inputs`.
        expression: Prepared<usize>,
        /// The metrics.
        inputs: Vec<Input>,
    },
    /// A metric over a window of time.
    Cumulative {
        /// What is accumulated.
        input: Input,
    },
    /// How many of one event are followed by another.
    Conversion {
        /// The event that comes first.
        base: Input,
        /// The event that follows.
        conversion: Input,
    },
    /// Another metric at a grain of its own.
    FixedGrain {
        /// The metric.
        input: Input,
    },
    /// Arithmetic over aggregates of rows of several datasets.
    Aggregates(Aggregates),
    /// A value for each row, worked out over the rows around it.
    Window {
        /// The dataset whose rows they are.
        dataset: DatasetId,
        /// The value.
        expression: Prepared,
    },
}

/// Arithmetic over aggregates.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregates {
    /// The arithmetic; a leaf is a place in `parts`.
    pub arithmetic: Fragment<usize>,
    /// What is calculated with.
    pub parts: Vec<Part>,
}

/// A part of arithmetic over aggregates.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// An aggregate.
    Atom(Atom),
    /// Another metric.
    Metric(MetricId),
    /// A group of the query, where a condition on groups names one.
    Group(GroupBy),
}

/// One aggregation over the rows of one dataset and of what they look up.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// The dataset whose rows are aggregated, each once.
    pub dataset: DatasetId,
    /// How the values are put together.
    pub aggregation: Aggregation,
    /// What is aggregated; every row if empty.
    pub argument: Option<Prepared>,
}

/// One aggregation over the rows of one dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct SimpleBody {
    /// The dataset.
    pub dataset: DatasetId,
    /// What is aggregated; every row if empty.
    pub expression: Option<Prepared>,
    /// The field that `metric_time` is, if the dataset has any.
    pub time: Option<FieldId>,
    /// The time over which it may not be added up.
    pub non_additive: Option<FieldId>,
}

/// A metric as another uses it.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The metric.
    pub metric: MetricId,
    /// The name under which an expression speaks of it: its alias, or else its name.
    pub name: String,
    /// Conditions for this use.
    pub filters: Vec<Condition>,
    /// How far back in time it is read.
    pub offset: Option<Offset>,
}

/// A condition, parsed; its names are resolved from the dataset that it is applied to.
pub type Condition = Fragment<Item>;
