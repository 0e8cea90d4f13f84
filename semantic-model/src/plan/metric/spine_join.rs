//! Moments without rows: aggregated rows joined to a calendar.

use super::leaf::{Leaf, LeafGroup};
use crate::layer::GrainName;
use crate::plan::assembly::is_time;
use crate::plan::planner::Planner;
use crate::plan::relation::{Block, BlockId, JoinKind, Name, Rows};
use crate::plan::scalar::{Operator, Scalar};
use crate::plan::{Item, PlanError, Reason};

impl<'c> Planner<'c> {
    /// Joins aggregated rows to a calendar, which has every period that is shown.
    ///
    /// Conditions hold again for the rows that the calendar adds, where they speak of nothing but groups.
    pub(super) fn join_spine(
        &mut self,
        leaf: &Leaf<'c>,
        groups: &[LeafGroup],
        aggregated: BlockId,
    ) -> Result<BlockId, PlanError> {
        let times: Vec<&LeafGroup> = groups.iter().filter(|group| group.is_time).collect();
        let calendar = self.periods(leaf, &times)?;
        let label: Name = "time_spine".into();
        let mut block = Block::reading(Rows::Block(calendar), &label);
        let on = times.iter().map(|group| {
            Scalar::binary(
                Scalar::column(0, &group.name),
                Operator::Equal,
                Scalar::column(1, &group.name),
            )
        });
        let on = on.collect();
        let dataset = self.catalog.dataset(leaf.rows.simple.dataset);
        block.join(
            JoinKind::Left,
            Rows::Block(aggregated),
            &dataset.name.as_str().into(),
            on,
        );
        for group in groups {
            let source = usize::from(!group.is_time);
            block.push(&group.name, Scalar::column(source, &group.name));
        }
        for measure in &leaf.measures {
            let name = &measure.shown.name;
            block.push(name, Scalar::column(1, name));
        }
        let joined = self.plan.add(block);
        self.restrict_again(leaf, groups, joined)
    }

    /// The periods of a calendar at the grains that are shown, each once.
    fn periods(&mut self, leaf: &Leaf<'c>, times: &[&LeafGroup]) -> Result<BlockId, PlanError> {
        let field = leaf.rows.simple.time;
        let Some(field) = field else {
            return Err(PlanError::new(
                Reason::NeedsMetricTime,
                "a metric without a time cannot be joined to a time spine",
            ));
        };
        // A date part of a calendar coarser than days would miss parts.
        let finest = self.field_grain(field);
        let calendar = self.spine(finest)?;
        let mut block = Block::reading(Rows::Block(calendar.block), &"time_spine".into());
        let moment = Scalar::column(0, &calendar.moment);
        let mut is_finest = false;
        for group in times {
            let value = match (&group.member.grain, group.member.date_part) {
                (_, Some(part)) => Scalar::Part(part, Box::new(moment.clone())),
                (Some(GrainName::Custom(name)), None) => {
                    let periods = self.calendar(name)?;
                    let place = block.sources.len();
                    let on = Scalar::binary(
                        moment.clone().truncate(periods.grain),
                        Operator::Equal,
                        Scalar::column(place, &periods.moment),
                    );
                    let label: Name = "calendar".into();
                    block.join(JoinKind::Left, Rows::Block(periods.block), &label, vec![on]);
                    Scalar::Column(place, name.as_str().into())
                }
                (Some(GrainName::Standard(grain)), None) => {
                    is_finest = is_finest || *grain == calendar.grain;
                    moment.clone().truncate(*grain)
                }
                (None, None) => {
                    is_finest = true;
                    moment.clone()
                }
            };
            block.push(&group.name, value);
        }
        if let Some(range) = &leaf.rows.ask.time {
            block.filters = range.conditions(&moment);
        }
        block.distinct = !is_finest;
        Ok(self.plan.add(block))
    }

    /// Applies the conditions once more that speak of nothing but groups.
    fn restrict_again(
        &mut self,
        leaf: &Leaf<'c>,
        groups: &[LeafGroup],
        joined: BlockId,
    ) -> Result<BlockId, PlanError> {
        let mut filters = Vec::new();
        for restriction in &leaf.rows.ask.restrictions {
            if restriction.depth > 0 {
                continue;
            }
            let mut leaves = Vec::new();
            for item in &restriction.condition.leaves {
                let Item::Group(item) = item else { break };
                let time = leaf.rows.simple.time;
                let member = self.filter_member(item, leaf.rows.simple.dataset)?;
                let same = groups.iter().find(|group| {
                    let both_times = group.is_time && is_time(time, &member);
                    let same_target =
                        group.member.target == member.target && group.member.path == member.path;
                    (both_times || same_target)
                        && group.member.grain == member.grain
                        && group.member.date_part == member.date_part
                });
                let Some(group) = same else { break };
                leaves.push(Scalar::column(0, &group.name));
            }
            if leaves.len() == restriction.condition.leaves.len() {
                filters.push(crate::plan::assembly::sql(restriction.condition, leaves));
            }
        }
        if filters.is_empty() {
            return Ok(joined);
        }
        let mut block = Block::reading(Rows::Block(joined), &"time_spine".into());
        for group in groups {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        for measure in &leaf.measures {
            let name = &measure.shown.name;
            block.push(name, Scalar::column(0, name));
        }
        block.filters = filters;
        Ok(self.plan.add(block))
    }
}
