//! Conditions on rows, and metrics that conditions ask for.

use super::Assembly;
use crate::layer::GroupBy;
use crate::plan::metric::Restriction;
use crate::plan::planner::Planner;
use crate::plan::relation::{JoinKind, Name, Rows};
use crate::plan::scalar::{Operator, Scalar};
use crate::plan::{Item, PlanError};

impl Assembly {
    /// Keeps only rows that meet a condition.
    pub(in crate::plan) fn restrict(
        &mut self,
        planner: &mut Planner<'_>,
        restriction: &Restriction<'_>,
        time: Option<Scalar>,
    ) -> Result<(), PlanError> {
        let holds = self.holds(planner, restriction, time)?;
        self.block.filters.push(holds);
        Ok(())
    }

    /// Whether a row meets a condition.
    pub(in crate::plan) fn holds(
        &mut self,
        planner: &mut Planner<'_>,
        restriction: &Restriction<'_>,
        time: Option<Scalar>,
    ) -> Result<Scalar, PlanError> {
        let condition = restriction.condition;
        let mut leaves = Vec::with_capacity(condition.leaves.len());
        for item in &condition.leaves {
            leaves.push(self.item(planner, item, time.clone())?);
        }
        Ok(super::sql(condition, leaves))
    }

    fn item(
        &mut self,
        planner: &mut Planner<'_>,
        item: &Item,
        time: Option<Scalar>,
    ) -> Result<Scalar, PlanError> {
        match item {
            Item::Group(group) => {
                let member = planner.filter_member(group, self.dataset)?;
                self.member_at(planner, &member, time)
            }
            Item::Metric { metric, group_by } => {
                if let Some((_, known)) = self.metrics.iter().find(|(known, _)| known == item) {
                    return Ok(known.clone());
                }
                let value = self.metric(planner, metric, group_by)?;
                self.metrics.push((item.clone(), value.clone()));
                Ok(value)
            }
        }
    }

    /// The value of a metric for the entities of a row, looked up in a sub-query of one row for each of them.
    fn metric(
        &mut self,
        planner: &mut Planner<'_>,
        metric: &str,
        group_by: &[GroupBy],
    ) -> Result<Scalar, PlanError> {
        let inner = planner.metric_by(metric, group_by)?;
        let mut on = Vec::new();
        let mut keys = Vec::new();
        for group in group_by {
            let member = planner.outer_member(group, self.dataset)?;
            keys.push(self.member(planner, &member)?);
        }
        let place = self.block.sources.len();
        for (key, name) in keys.into_iter().zip(&inner.groups) {
            let other = Scalar::column(place, name);
            on.push(Scalar::binary(key, Operator::Equal, other));
        }
        let label: Name = metric.into();
        let join = if on.is_empty() {
            JoinKind::Cross
        } else {
            JoinKind::Left
        };
        self.block.join(join, Rows::Block(inner.block), &label, on);
        Ok(Scalar::column(place, &inner.metric))
    }
}
