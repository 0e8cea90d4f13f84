//! Metrics: what is computed from the rows of datasets and from other metrics.

use serde::{Deserialize, Serialize};

use super::{Expression, Filter, GrainName, Notes, Window};

/// A number that is asked for by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// The name, unique in its layer, or in its dataset where that is given.
    pub name: String,
    /// The dataset whose measure it is; it is then also called `dataset.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// How it is computed.
    pub kind: MetricKind,
    /// Conditions that the rows must meet before they are aggregated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// The grain at which `metric_time` is shown if none is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_grain: Option<GrainName>,
    /// Description and what else is said of it.
    #[serde(flatten)]
    pub notes: Notes,
}

impl Metric {
    /// Gives the name that is unique in its layer: with its dataset before a dot, where it is a measure of one.
    pub fn full_name(&self) -> String {
        match &self.dataset {
            Some(dataset) => format!("{dataset}.{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// How a metric is computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// One aggregation over the rows of one dataset.
    Simple(Simple),
    /// One metric divided by another; NULL where the divisor is zero.
    Ratio {
        /// What is divided.
        numerator: MetricInput,
        /// By what.
        denominator: MetricInput,
    },
    /// Arithmetic over other metrics, by their names or aliases.
    Derived {
        /// The arithmetic.
        expression: Expression,
        /// The metrics that it names.
        inputs: Vec<MetricInput>,
    },
    /// A metric over a window of time before each moment.
    Cumulative(Cumulative),
    /// How many of one event are followed by another.
    Conversion(Box<Conversion>),
    /// Another metric at a grain of its own, whatever the query groups by: for shares of a total.
    FixedGrain(FixedGrain),
    /// SQL with aggregates over fields qualified by their datasets, as Ossie writes metrics.
    Expression(Expression),
}

impl MetricKind {
    /// Lists the metrics that it names.
    pub fn inputs(&self) -> Vec<&MetricInput> {
        match self {
            Self::Simple(_) | Self::Expression(_) => Vec::new(),
            Self::Ratio {
                numerator,
                denominator,
            } => vec![numerator, denominator],
            Self::Derived { inputs, .. } => inputs.iter().collect(),
            Self::Cumulative(cumulative) => vec![&cumulative.input],
            Self::Conversion(conversion) => vec![&conversion.base, &conversion.conversion],
            Self::FixedGrain(fixed) => vec![&fixed.input],
        }
    }
}

/// One aggregation over the rows of one dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Simple {
    /// The dataset.
    pub dataset: String,
    /// How the values are put together.
    pub aggregation: Aggregation,
    /// What is aggregated, over columns and fields; every row if empty (for a count).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<Expression>,
    /// The time field that `metric_time` is; the dataset's default if empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Over which time it may not be added up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_additive: Option<NonAdditive>,
    /// What stands where there are no rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill_nulls_with: Option<i64>,
    /// Whether moments without rows are shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub join_to_time_spine: bool,
}

/// How values are put together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// The sum.
    Sum,
    /// How many of a condition are true.
    SumBoolean,
    /// How many are not NULL, or how many rows.
    Count,
    /// How many different.
    CountDistinct,
    /// About how many different.
    ApproximateCountDistinct,
    /// The mean.
    Average,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The middle.
    Median,
    /// How far values lie from their mean.
    StandardDeviation {
        /// Whether the values are all there are, not a sample of more.
        population: bool,
    },
    /// The square of the standard deviation.
    Variance {
        /// Whether the values are all there are, not a sample of more.
        population: bool,
    },
    /// The value below which a share lies.
    Percentile {
        /// The share, from 0 to 1.
        share: f64,
        /// Whether it is one of the values, not between two.
        discrete: bool,
        /// Whether it may be approximate.
        approximate: bool,
    },
}

/// The time over which a metric, such as a balance, may not be added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NonAdditive {
    /// The time field.
    pub time: String,
    /// Which moment of a period counts.
    pub edge: Edge,
    /// Entities that have a first or last moment of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub per: Vec<String>,
}

/// An end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// The first moment of the period.
    First,
    /// The last moment of the period.
    Last,
}

/// A metric as another uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricInput {
    /// The metric.
    pub metric: String,
    /// The name under which an expression speaks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Conditions for this use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// How far back in time it is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
}

/// How far back in time a metric is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offset {
    /// By a length of time.
    Window(Window),
    /// To the start of the period of a grain.
    ToGrain(GrainName),
}

/// A metric over a window of time before each moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cumulative {
    /// What is accumulated.
    pub input: MetricInput,
    /// How far back; from the beginning if neither this nor `grain_to_date` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// How far ahead the window reaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leading: Option<Window>,
    /// Since the start of the period of this grain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grain_to_date: Option<GrainName>,
    /// Which value stands for a coarser period.
    #[serde(default)]
    pub period: PeriodAggregation,
}

/// Which value of a period stands for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodAggregation {
    /// The first.
    #[default]
    First,
    /// The last.
    Last,
    /// The mean.
    Average,
}

/// How many of one event are followed by another of the same entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// The event that comes first.
    pub base: MetricInput,
    /// The event that follows.
    pub conversion: MetricInput,
    /// Whose events they are.
    pub entity: String,
    /// What is shown.
    pub calculation: Calculation,
    /// How long after it may follow; ever if empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// What must be the same of both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constant_properties: Vec<ConstantProperty>,
    /// What stands for the number of conversions where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill_nulls_with: Option<i64>,
}

/// What a conversion metric shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calculation {
    /// How many followed.
    Conversions,
    /// How many followed, of how many.
    Rate,
}

/// A property that is the same of a base event and of its conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConstantProperty {
    /// The field of the base event.
    pub base: String,
    /// The field of the conversion.
    pub conversion: String,
}

/// Another metric at a grain of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedGrain {
    /// The metric.
    pub input: MetricInput,
    /// What it is grouped by.
    pub by: FixedGroups,
}

/// What a fixed-grain metric is grouped by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixedGroups {
    /// These of the query's groups and no others; none is the grand total.
    Only(Vec<String>),
    /// The query's groups without these.
    Without(Vec<String>),
    /// The query's groups and these; the result is then put together to the query's by its aggregation.
    With(Vec<String>),
}
