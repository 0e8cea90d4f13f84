//! The type `QueryReading`: a question in words as a query for metrics.

use async_graphql::SimpleObject;
use isogloss::Snapshot;
use isogloss::semantics::Reading;
use std::sync::Arc;

use crate::types::{Outcome, QueryableMetric};

/// What a question in words is read as. What it gives is what `query` takes.
#[derive(SimpleObject)]
pub struct QueryReading {
    /// RESOLVED for a query, AMBIGUOUS for words that mean several things alike, UNKNOWN where no metric is named.
    outcome: Outcome,
    /// Metrics that are asked for.
    metrics: Vec<QueryableMetric>,
    /// Dimensions and times to group by.
    group_by: Vec<String>,
    /// Conditions on dimensions.
    #[graphql(name = "where")]
    filters: Vec<String>,
    /// First day.
    start: Option<String>,
    /// Last day, itself included.
    end: Option<String>,
    /// Words that say something and found no place.
    unplaced: Vec<String>,
    /// Words that mean several things alike.
    ambiguous: Option<String>,
    /// What they may mean, three at most.
    choices: Vec<String>,
    /// How it was read, in words.
    reasons: Vec<String>,
}

impl QueryReading {
    fn nothing(outcome: Outcome) -> Self {
        Self {
            outcome,
            metrics: Vec::new(),
            group_by: Vec::new(),
            filters: Vec::new(),
            start: None,
            end: None,
            unplaced: Vec::new(),
            ambiguous: None,
            choices: Vec::new(),
            reasons: Vec::new(),
        }
    }

    /// Takes what was read.
    pub(crate) fn read(snapshot: &Arc<Snapshot>, reading: Reading) -> Self {
        match reading {
            Reading::Query(found) => {
                let range = found.range.unwrap_or_default();
                let metrics = found.metrics.into_iter();
                Self {
                    metrics: metrics
                        .map(|metric| QueryableMetric::read(snapshot, metric))
                        .collect(),
                    group_by: found.group_by,
                    filters: found.filters,
                    start: range.start,
                    end: range.end,
                    unplaced: found.unplaced,
                    reasons: found.reasons,
                    ..Self::nothing(Outcome::Resolved)
                }
            }
            Reading::Ambiguous { words, choices } => Self {
                ambiguous: Some(words),
                choices,
                ..Self::nothing(Outcome::Ambiguous)
            },
            Reading::Unknown { unplaced } => Self {
                unplaced,
                ..Self::nothing(Outcome::Unknown)
            },
        }
    }
}
