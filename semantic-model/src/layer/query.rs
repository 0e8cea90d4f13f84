//! A question to a semantic layer: metrics by dimensions, filtered, ordered and cut.

use serde::{Deserialize, Serialize};

use super::{Filter, Grain, GrainName, Notes};

/// Metrics by groups; or, without metrics, the values of groups; or, with `fields`, rows of datasets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The metrics, in the order of the result's columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricRequest>,
    /// What to group by, in the order of the result's columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<GroupBy>,
    /// Fields to read row by row, qualified by dataset; neither metrics nor groups then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<GroupBy>,
    /// The dataset that bare names are of, and whose rows a scalar query reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Conditions on rows, before they are aggregated.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Conditions on the metrics of a group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub having: Vec<Filter>,
    /// The order of the rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<OrderBy>,
    /// How many rows at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Which `metric_time`, both ends included.
    #[serde(rename = "time_constraint", skip_serializing_if = "Option::is_none")]
    pub time_range: Option<TimeRange>,
    /// The saved query that this one refines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_query: Option<String>,
    /// Whether only the least and greatest value of the group is asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub min_max_only: bool,
    /// Whether equal rows of a query without metrics are kept apart.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_duplicates: bool,
}

/// A metric of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricRequest {
    /// The metric.
    pub name: String,
    /// The name of the result's column, if not the metric's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
}

/// Something to group by: a dimension, an entity, or `metric_time`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupBy {
    /// The name: `metric_time`, `listing`, `listing__country`, `listing__user__state`, `metric_time__month`,
    /// `listings.country`.
    pub name: String,
    /// Entities that the path goes through before those in the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entity_path: Vec<String>,
    /// The grain, where the name does not end with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grain: Option<GrainName>,
    /// A part of the date instead of a moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_part: Option<DatePart>,
    /// The name of the result's column, if not the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
}

impl GroupBy {
    /// Gives a group of a name alone.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            entity_path: Vec::new(),
            grain: None,
            date_part: None,
            alias: None,
        }
    }
}

/// A part of a date, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePart {
    /// The year.
    Year,
    /// The quarter, from 1 to 4.
    Quarter,
    /// The month, from 1 to 12.
    Month,
    /// The day of the month, from 1.
    Day,
    /// The ISO day of the week, from Monday 1 to Sunday 7.
    Dow,
    /// The day of the year, from 1.
    Doy,
}

impl DatePart {
    /// Every part of a date.
    pub const ALL: [Self; 6] = [
        Self::Year,
        Self::Quarter,
        Self::Month,
        Self::Day,
        Self::Dow,
        Self::Doy,
    ];

    /// Returns the part as one lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Day => "day",
            Self::Dow => "dow",
            Self::Doy => "doy",
        }
    }

    /// Returns the coarsest grain whose moments each have one such part.
    pub const fn grain(self) -> Grain {
        match self {
            Self::Year => Grain::Year,
            Self::Quarter => Grain::Quarter,
            Self::Month => Grain::Month,
            Self::Day | Self::Dow | Self::Doy => Grain::Day,
        }
    }

    /// Returns the part of a name in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|part| part.as_str().eq_ignore_ascii_case(name))
    }
}

/// One key of an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderBy {
    /// A metric or group of the query.
    pub item: GroupBy,
    /// Whether the greatest comes first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
    /// Where NULL stands; the default of the planner if empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls_first: Option<bool>,
}

/// A stretch of time, both ends included; a date as an end includes its whole day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeRange {
    /// The first moment, as ISO 8601; from the beginning if empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The last moment or day, as ISO 8601; to the end if empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
}

/// A query with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedQuery {
    /// The name.
    pub name: String,
    /// The query.
    pub query: Query,
    /// Description and what else is said of it.
    #[serde(flatten)]
    pub notes: Notes,
}

impl SavedQuery {
    /// Gives it with what a query says besides: more metrics, groups and conditions, another order or limit.
    #[must_use]
    pub fn refined(&self, query: &Query) -> Query {
        let mut all = self.query.clone();
        all.metrics.extend(query.metrics.iter().cloned());
        all.group_by.extend(query.group_by.iter().cloned());
        all.filters.extend(query.filters.iter().cloned());
        all.having.extend(query.having.iter().cloned());
        if !query.order_by.is_empty() {
            all.order_by.clone_from(&query.order_by);
        }
        all.limit = query.limit.or(all.limit);
        all.time_range = query.time_range.clone().or(all.time_range);
        all.min_max_only |= query.min_max_only;
        all.keep_duplicates |= query.keep_duplicates;
        all.saved_query = None;
        all
    }
}
