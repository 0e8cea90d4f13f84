//! Moments without rows: aggregated rows joined to a calendar.

use super::leaf::{Leaf, LeafGroup};
use crate::layer::{Grain, GrainName};
use crate::plan::assembly::is_time;
use crate::plan::planner::Planner;
use crate::plan::relation::{Block, BlockId, JoinKind, Name, Rows};
use crate::plan::scalar::{Operator, Scalar, nests};
use crate::plan::spine::Calendar;
use crate::plan::{Condition, FieldId, Item, Member, PlanError, Reason};

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
    ///
    /// Conditions that speak of nothing but the time hold for the moments of the calendar, at whatever grain they ask.
    fn periods(&mut self, leaf: &Leaf<'c>, times: &[&LeafGroup]) -> Result<BlockId, PlanError> {
        let Some(field) = leaf.rows.simple.time else {
            return Err(PlanError::new(
                Reason::NeedsMetricTime,
                "a metric without a time cannot be joined to a time spine",
            ));
        };
        let conditions = self.time_conditions(leaf, field)?;
        let asked: Vec<&Member> = times
            .iter()
            .map(|group| &group.member)
            .chain(conditions.iter().flat_map(|(_, members)| members))
            .collect();
        let grain = self.period_grain(leaf, field, &asked)?;
        let calendar = self.spine(grain)?;
        let mut block = Block::reading(Rows::Block(calendar.block), &"time_spine".into());
        let mut is_finest = false;
        for group in times {
            let member = &group.member;
            is_finest |= member.date_part.is_none()
                && member
                    .grain
                    .as_ref()
                    .is_none_or(|shown| *shown == calendar.grain.into());
            let value = self.period(&mut block, &calendar, member)?;
            block.push(&group.name, value);
        }
        let moment = Scalar::column(0, &calendar.moment);
        if let Some(range) = &leaf.rows.ask.time {
            block.filters = range.conditions(&moment);
        }
        for (condition, members) in conditions {
            let mut values = Vec::with_capacity(members.len());
            for member in &members {
                values.push(self.period(&mut block, &calendar, member)?);
            }
            block
                .filters
                .push(crate::plan::assembly::sql(condition, values));
        }
        block.distinct = !is_finest;
        Ok(self.plan.add(block))
    }

    /// The conditions of a leaf that speak of nothing but its time, with what they ask of it.
    fn time_conditions(
        &self,
        leaf: &Leaf<'c>,
        field: FieldId,
    ) -> Result<Vec<(&'c Condition, Vec<Member>)>, PlanError> {
        let mut found = Vec::new();
        for restriction in &leaf.rows.ask.restrictions {
            let mut members = Vec::new();
            for item in &restriction.condition.leaves {
                let Item::Group(item) = item else { break };
                let member = self.filter_member(item, leaf.rows.simple.dataset)?;
                if !is_time(Some(field), &member) {
                    break;
                }
                members.push(member);
            }
            let all = members.len() == restriction.condition.leaves.len();
            if restriction.depth == 0 && all && !members.is_empty() {
                found.push((restriction.condition, members));
            }
        }
        Ok(found)
    }

    /// The coarsest grain whose moments tell all that is asked of the time.
    ///
    /// A coarse spine often reaches further than a fine one, so no finer one is taken than is needed.
    fn period_grain(
        &self,
        leaf: &Leaf<'c>,
        field: FieldId,
        asked: &[&Member],
    ) -> Result<Grain, PlanError> {
        let own = self.field_grain(field);
        let mut finest = Grain::Year;
        for member in asked {
            let grain = match (&member.grain, member.date_part) {
                (_, Some(part)) => part.grain(),
                (Some(GrainName::Standard(grain)), None) => *grain,
                (Some(GrainName::Custom(name)), None) => self.grain_under(name)?,
                (None, None) => own,
            };
            // Weeks lie in no month, so that whatever else is asked has to be told from days.
            let coarser = finest.max(grain);
            let both = finest.min(grain);
            finest = if nests(both, coarser) {
                both
            } else {
                Grain::Day.min(both)
            };
        }
        if leaf.rows.ask.time.is_some() {
            finest = finest.min(Grain::Day.max(own));
        }
        Ok(finest)
    }

    /// What a condition or group asks of the moments of a calendar.
    fn period(
        &mut self,
        block: &mut Block,
        calendar: &Calendar,
        member: &Member,
    ) -> Result<Scalar, PlanError> {
        let moment = Scalar::column(0, &calendar.moment);
        Ok(match (&member.grain, member.date_part) {
            (_, Some(part)) => Scalar::Part(part, Box::new(moment)),
            (Some(GrainName::Standard(grain)), None) => moment.truncate(*grain),
            (None, None) => moment,
            (Some(GrainName::Custom(name)), None) => {
                let periods = self.calendar(name)?;
                let place = block.sources.len();
                let on = Scalar::binary(
                    moment.truncate(periods.grain),
                    Operator::Equal,
                    Scalar::column(place, &periods.moment),
                );
                let label: Name = "calendar".into();
                block.join(JoinKind::Left, Rows::Block(periods.block), &label, vec![on]);
                Scalar::Column(place, name.as_str().into())
            }
        })
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
            let mut only_time = true;
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
                only_time &= is_time(time, &member);
                leaves.push(Scalar::column(0, &group.name));
            }
            // What speaks of the time alone was a condition on the calendar.
            if !only_time && leaves.len() == restriction.condition.leaves.len() {
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
