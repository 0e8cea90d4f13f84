//! Why a query is refused.

use std::fmt;

use serde::Serialize;

/// More than this many choices are no help.
const CHOICES_MAX: usize = 3;

/// A query that is refused, because any answer might be wrong or there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct PlanError {
    /// What kind of fault it is; stable, for programs.
    pub reason: Reason,
    /// What is wrong, in one sentence that names the thing.
    pub message: String,
    /// The name that the fault is about, as the query or the layer spells it.
    pub name: Option<String>,
    /// What could be meant instead, best first, at most three, each in words.
    pub choices: Vec<String>,
}

impl PlanError {
    /// Gives a refusal with its reason in words.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            name: None,
            choices: Vec::new(),
        }
    }

    /// Says which name the fault is about.
    #[must_use]
    pub fn about(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says what could be meant instead; no more than the first three are kept.
    #[must_use]
    pub fn or(mut self, choices: impl IntoIterator<Item = String>) -> Self {
        self.choices = choices.into_iter().take(CHOICES_MAX).collect();
        self
    }
}

/// What kind of fault makes a query refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// No metric has the name.
    UnknownMetric,
    /// No dimension, entity or field that could be grouped by has the name.
    UnknownGroup,
    /// No field of a dataset has the name that an expression says.
    UnknownField,
    /// A filter names something that does not exist.
    UnknownFilterItem,
    /// No saved query has the name.
    UnknownSavedQuery,
    /// The name exists, but no join leads to it from what is measured.
    Unreachable,
    /// The name can be reached, but only by joins that would count rows more than once.
    FinerGrain,
    /// Several facts are asked for together, and nothing that all of them know could join them.
    NothingShared,
    /// Some of the metrics reach it and others do not.
    NotCommon,
    /// Several paths lead to it that mean different things.
    AmbiguousPath,
    /// A bare name is of several datasets or layers.
    AmbiguousName,
    /// The aggregation may not be put together over what the query leaves out.
    NotAdditive,
    /// The metric needs `metric_time` in the query.
    NeedsMetricTime,
    /// No time spine is declared at the grain that is needed.
    MissingTimeSpine,
    /// The grain is finer than the data, or is not known.
    InvalidGrain,
    /// The limit is not a number of rows.
    InvalidLimit,
    /// A filter, expression or order is not valid SQL or holds what is not allowed there.
    InvalidExpression,
    /// An aggregate stands in a condition on rows.
    AggregateInWhere,
    /// A condition on groups holds no aggregate.
    NonAggregateInHaving,
    /// A condition has parts on rows and parts on groups.
    MixedPredicateLevel,
    /// A field is defined by an aggregate.
    AggregateInField,
    /// An aggregate stands inside another.
    NestedAggregation,
    /// Something has many values for each row or group, and nothing says how to put them together.
    UnaggregatedFinerGrain,
    /// A condition on rows has a function over the rows around a row.
    WindowInWhere,
    /// A function over the rows around a row stands inside another.
    NestedWindow,
    /// A metric is made of another that looks at the rows around a row.
    WindowedMetricComposition,
    /// The frame of a window is of a kind that not every engine has.
    DeferredFrameMode,
    /// The rows that a window looks at would be repeated.
    WindowOverFanOut,
    /// A condition calls a function that is not known to only compute from its arguments.
    UnknownFunction,
    /// Something would change the meaning, and what it means is not settled.
    DeferredFeature,
    /// A query for rows asks for an aggregate.
    AggregateInScalarQuery,
    /// A query for rows would repeat rows of a dataset.
    FanOutInScalarQuery,
    /// A query asks both for rows and for aggregates.
    MixedQueryShape,
    /// A query asks for nothing.
    EmptyQuery,
    /// A name is kept for the planner's own use.
    ReservedName,
    /// Metrics or expressions are defined by each other.
    CyclicDefinition,
    /// Types of a join or comparison do not fit each other.
    TypeMismatch,
    /// The layer itself is not well formed in what the query needs.
    InvalidLayer,
    /// The engine's dialect cannot say what is needed.
    NotSupported,
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = serde_json::to_value(self).unwrap_or_default();
        out.write_str(name.as_str().unwrap_or("INVALID_LAYER"))
    }
}
