//! Queries without metrics: the values of dimensions.

use std::sync::Arc;

use super::assembly::Assembly;
use super::metric::{Group, Restriction};
use super::planner::Planner;
use super::relation::{Block, BlockId, JoinKind, Name, Rows};
use super::scalar::Scalar;
use super::time::Range;
use super::{Condition, DatasetId, Item, Member, PlanError, Target};
use crate::layer::{Grain, GrainName, GroupBy};

/// What values are asked for.
pub(super) struct ValuesAsk<'c> {
    /// The groups, as written.
    pub(super) items: &'c [GroupBy],
    /// Conditions.
    pub(super) conditions: &'c [Condition],
    /// The range of `metric_time`.
    pub(super) time: Option<Range>,
    /// Whether equal rows stay apart.
    pub(super) keep_duplicates: bool,
}

impl<'c> Planner<'c> {
    /// Plans the values of dimensions, with the groups that they are.
    pub(super) fn values(
        &mut self,
        ask: &ValuesAsk<'c>,
    ) -> Result<(BlockId, Vec<Group>), PlanError> {
        let mut items: Vec<GroupBy> = ask.items.to_vec();
        for condition in ask.conditions {
            items.extend(condition.leaves.iter().filter_map(|leaf| match leaf {
                Item::Group(group) => Some(group.clone()),
                Item::Metric { .. } => None,
            }));
        }
        let (source, members) = self.catalog.source_of(&items)?;
        let reads_time = members
            .iter()
            .any(|member| member.target == Target::MetricTime);
        let dataset = source.unwrap_or_else(|| self.any_dataset());
        let groups = self.groups(ask.items, &[dataset])?;
        let block = match source {
            Some(dataset) => {
                let finest = reads_time.then(|| self.finest_grain(&members));
                self.values_of(ask, dataset, finest, &groups)?
            }
            None => self.times(ask, &members, &groups)?,
        };
        self.explain_values(source, &groups);
        Ok((block, groups))
    }

    /// A dataset to resolve `metric_time` from, which is the same from each.
    fn any_dataset(&self) -> DatasetId {
        self.catalog.dataset_ids().next().unwrap_or(DatasetId(0))
    }

    fn values_of(
        &mut self,
        ask: &ValuesAsk<'c>,
        dataset: DatasetId,
        time: Option<Grain>,
        groups: &[Group],
    ) -> Result<BlockId, PlanError> {
        let mut assembly = Assembly::new(self, dataset, None);
        if let Some(grain) = time {
            let calendar = self.spine(grain)?;
            assembly.lead_with(calendar.block, &"time_spine".into(), Vec::new());
            assembly.block.sources[1].join = JoinKind::Cross;
            assembly.time = Some(Scalar::column(0, &calendar.moment));
        }
        // All values of both sides are asked for, also of those that meet none.
        assembly.join = JoinKind::Full;
        let mut chosen = Block::default();
        for group in groups {
            let Some(member) = group.member(dataset) else {
                continue;
            };
            let value = assembly.member(self, member)?;
            chosen.push(&group.name, value);
        }
        self.finish_values(ask, assembly, chosen)
    }

    fn finish_values(
        &mut self,
        ask: &ValuesAsk<'c>,
        mut assembly: Assembly,
        chosen: Block,
    ) -> Result<BlockId, PlanError> {
        for condition in ask.conditions {
            let restriction = Restriction {
                condition,
                depth: 0,
            };
            let time = assembly.time.clone();
            assembly.restrict(self, &restriction, time)?;
        }
        if let (Some(range), Some(time)) = (&ask.time, &assembly.time) {
            assembly.block.filters.extend(range.conditions(time));
        }
        let mut block = assembly.finish(self)?;
        block.columns = chosen.columns;
        Ok(self.distinct(block, ask.keep_duplicates))
    }

    fn distinct(&mut self, mut block: Block, keep_duplicates: bool) -> BlockId {
        block.distinct = !keep_duplicates;
        self.plan.add(block)
    }

    /// The grain of the calendar that has all moments of `metric_time` that are asked for.
    fn finest_grain(&self, members: &[Member]) -> Grain {
        let times = members
            .iter()
            .filter(|member| member.target == Target::MetricTime);
        let grains = times.filter_map(|member| match &member.grain {
            Some(GrainName::Standard(grain)) => Some(*grain),
            Some(GrainName::Custom(name)) => self.grain_under(name).ok(),
            None => None,
        });
        grains.min().unwrap_or(Grain::Day).min(Grain::Day)
    }

    /// Moments of the time spine alone.
    fn times(
        &mut self,
        ask: &ValuesAsk<'c>,
        members: &[Member],
        groups: &[Group],
    ) -> Result<BlockId, PlanError> {
        let finest = self.finest_grain(members);
        let calendar = self.spine(finest)?;
        let dataset = self.any_dataset();
        let mut assembly = Assembly::calendar(dataset, &calendar);
        let mut chosen = Block::default();
        for group in groups {
            let Some(member) = group.member(dataset) else {
                continue;
            };
            let value = assembly.member(self, member)?;
            chosen.push(&group.name, value);
        }
        self.finish_values(ask, assembly, chosen)
    }

    /// The least and the greatest value of each column of a block.
    pub(super) fn bounds(&mut self, inner: BlockId, groups: &[Group]) -> (BlockId, Vec<Name>) {
        let mut block = Block::reading(Rows::Block(inner), &"values".into());
        let mut names = Vec::new();
        for group in groups {
            let value = Scalar::column(0, &group.name);
            let least: Name = format!("{}__min", group.name).into();
            let greatest: Name = format!("{}__max", group.name).into();
            block.push(&least, Scalar::least(value.clone()));
            block.push(&greatest, Scalar::greatest(value));
            names.extend([least, greatest]);
        }
        block.groups = Some(Vec::new());
        (self.plan.add(block), names)
    }

    fn explain_values(&mut self, source: Option<DatasetId>, groups: &[Group]) {
        let told = match source {
            Some(dataset) => {
                let name = &self.catalog.dataset(dataset).name;
                format!("values are read from {name} and what it leads to")
            }
            None => "values are the moments of the time spine".to_owned(),
        };
        self.explanation.notes.push(told);
        if let Some(dataset) = source {
            for group in groups {
                let Some(member) = group.member(dataset) else {
                    continue;
                };
                let path = self.path_in_words(dataset, &member.path);
                self.explanation
                    .notes
                    .push(format!("{}: {path}", group.name));
            }
        }
    }
}

/// The values of a group that a flow shows, by name.
pub(super) fn names(groups: &[Group]) -> Vec<Name> {
    groups.iter().map(|group| Arc::clone(&group.name)).collect()
}
