//! SQL of a declaration: expressions and filters, kept as they were written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A scalar or aggregate expression in SQL, possibly in several dialects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expression {
    /// The text to use where no dialect has one of its own; ANSI SQL, or the only one that was given.
    pub sql: String,
    /// Texts for single dialects, by the dialect's name in lower case (`snowflake`, `bigquery`, ...).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dialects: BTreeMap<String, String>,
}

impl Expression {
    /// Gives an expression with one text for every dialect.
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            dialects: BTreeMap::new(),
        }
    }
}

/// A condition in SQL over members of the layer.
///
/// Members are written as MetricFlow's templates (`{{ Dimension('listing__country') }}`,
/// `{{ TimeDimension('metric_time', 'day') }}`, `{{ Entity('listing') }}`, `{{ Metric('bookings', ['listing']) }}`),
/// as plain names (`listing__country`), or qualified by their dataset (`listings.country`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Filter(pub String);
