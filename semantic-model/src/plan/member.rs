//! Members: what a query groups and filters by, resolved to a field and the path that leads to it.

use super::{EntityId, FieldId, Path};
use crate::layer::{DatePart, GrainName, GroupBy};

/// A group or an item of a filter, as seen from the rows of one dataset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Member {
    /// What it is.
    pub target: Target,
    /// How it is reached from the dataset.
    pub path: Path,
    /// The grain that it is cut to, if it is a time: the asked one, or else that of the field; `metric_time` has none
    /// if none was asked for.
    pub grain: Option<GrainName>,
    /// The part of the date that it is, if not a moment.
    pub date_part: Option<DatePart>,
    /// The name with the entities on the way, without grain and date part: `listing__user__home_state`.
    pub name: String,
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The time by which a metric is aggregated; each metric has its own.
    MetricTime,
    /// A field.
    Field(FieldId),
    /// The key of an entity.
    Entity(EntityId),
}

impl Member {
    /// Returns the name of the result's column at the grain of the member.
    pub fn column_name(&self) -> String {
        self.column_name_at(self.grain.as_ref())
    }

    /// Returns the name of the result's column at a grain.
    pub fn column_name_at(&self, grain: Option<&GrainName>) -> String {
        match (self.date_part, grain) {
            (Some(part), _) => format!("{}__extract_{}", self.name, part.as_str()),
            (None, Some(grain)) => format!("{}__{grain}", self.name),
            (None, None) => self.name.clone(),
        }
    }
}

/// Something that a condition names, before it is known where the condition starts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// A dimension, entity or `metric_time`.
    Group(GroupBy),
    /// The value of a metric for each of some entities or dimensions.
    Metric {
        /// The metric.
        metric: String,
        /// What it is grouped by.
        group_by: Vec<GroupBy>,
    },
}
