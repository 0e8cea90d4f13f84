//! The semantic layer as one source declares it: datasets with their fields and keys, joins, metrics, time spines.
//!
//! Every format is read into these types and the planner ([`crate::plan`]) knows nothing else, so
//! that a metric of a dbt project and one of an Ossie model are the same thing. The types hold what was declared, in
//! the words of the declaration: SQL stays text here and is parsed when the layer is prepared for planning. Names are
//! not resolved either; a layer that names what does not exist is a value of these types, and
//! [`crate::plan`] says what is wrong with it.
//!
//! What a format says and these types have no word for is kept in [`Notes::extensions`], by the format's own key.

mod dataset;
mod filter;
mod join;
mod metric;
mod query;
mod stored;
mod time;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use dataset::{
    Dataset, Entity, EntityRole, Field, FieldRole, Relation, Scope, TimeField, Validity,
};
pub use filter::{Expression, Filter};
pub use join::{Cardinality, Join, JoinCondition};
pub use metric::{
    Aggregation, Calculation, ConstantProperty, Conversion, Cumulative, Edge, FixedGrain,
    FixedGroups, Metric, MetricInput, MetricKind, NonAdditive, Offset, PeriodAggregation, Simple,
};
pub use query::{DatePart, GroupBy, MetricRequest, OrderBy, Query, SavedQuery, TimeRange};
pub use stored::{Declared, Iris, Part, Unreadable, layers_of};
pub use time::{CustomGrain, Grain, GrainName, TimeSpine, Window};

/// One semantic layer, as one source declares it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layer {
    /// What the layer is called: the project or model name.
    pub name: String,
    /// What is measured and grouped, each with the relation that holds it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<Dataset>,
    /// Joins that are declared by name; those that shared entities imply are not listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joins: Vec<Join>,
    /// Metrics of the layer and, with [`Metric::dataset`] set, measures of one dataset.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Calendars that metrics are joined to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub time_spines: Vec<TimeSpine>,
    /// Queries with a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saved_queries: Vec<SavedQuery>,
    /// Description and what else is said of the layer.
    #[serde(flatten)]
    pub notes: Notes,
}

/// What is said of anything in a layer besides what it computes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    /// A name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Other words for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// Whether it is for use by others in the layer only.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// What a format says beyond these types, by the format's own key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: BTreeMap<String, serde_json::Value>,
}
