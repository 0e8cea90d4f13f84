//! A leaf: aggregations over the rows of one dataset, read by one time, under the same conditions.

use std::sync::Arc;

use super::{Ask, Flow, Shown};
use crate::layer::{Aggregation, Cumulative, Edge, PeriodAggregation};
use crate::plan::assembly::{Assembly, free_name};
use crate::plan::body::SimpleBody;
use crate::plan::planner::Planner;
use crate::plan::relation::{Block, BlockId, Name, Rows};
use crate::plan::scalar::Scalar;
use crate::plan::{EntityId, FieldId, Member, MetricId, PlanError, Target};

/// An aggregation over the rows of a dataset, with all that decides which rows.
#[derive(Debug, Clone)]
pub(in crate::plan) struct Leaf<'c> {
    /// What decides the rows; leaves of one are aggregated together.
    pub(super) rows: LeafRows<'c>,
    /// What is aggregated.
    pub(super) measures: Vec<Measure<'c>>,
}

/// What decides the rows of a leaf.
#[derive(Debug, Clone)]
pub(super) struct LeafRows<'c> {
    /// The dataset and time.
    pub(super) simple: &'c SimpleBody,
    /// Conditions, offsets and range.
    pub(super) ask: Ask<'c>,
    /// The window of time, if there is one.
    pub(super) cumulative: Option<&'c Cumulative>,
    /// Which moments count, if not all.
    pub(super) edge: Option<EdgeOf<'c>>,
    /// Whether moments without rows are shown.
    pub(super) join_to_time_spine: bool,
}

/// Which moments count of a metric that is not additive over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EdgeOf<'c> {
    /// The time.
    pub(super) time: FieldId,
    /// Which end.
    pub(super) edge: Edge,
    /// Entities that have a moment of their own.
    pub(super) per: &'c [String],
}

/// One aggregation.
#[derive(Debug, Clone)]
pub(super) struct Measure<'c> {
    /// The metric, for its expression.
    pub(super) simple: &'c SimpleBody,
    pub(super) metric: MetricId,
    pub(super) aggregation: Aggregation,
    pub(super) shown: Shown,
    pub(super) period: PeriodAggregation,
}

impl LeafRows<'_> {
    /// Whether two leaves have the same rows.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.simple.dataset == other.simple.dataset
            && self.simple.time == other.simple.time
            && self.ask.restrictions == other.ask.restrictions
            && self.ask.offsets == other.ask.offsets
            && self.ask.time == other.ask.time
            && self.edge == other.edge
            && self.join_to_time_spine == other.join_to_time_spine
            && same_window(self.cumulative, other.cumulative)
    }
}

fn same_window(left: Option<&Cumulative>, right: Option<&Cumulative>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => {
            left.window == right.window
                && left.leading == right.leading
                && left.grain_to_date == right.grain_to_date
        }
        _ => false,
    }
}

/// A group of a leaf.
pub(super) struct LeafGroup {
    pub(super) name: Name,
    pub(super) member: Member,
    /// Whether it is the time by which the rows are read.
    pub(super) is_time: bool,
}

/// The column of the moment at the finest grain, where a coarser one is asked for.
pub(super) const HIDDEN_MOMENT: &str = "finest_time";

impl<'c> Planner<'c> {
    /// Aggregates the rows of a leaf.
    pub(super) fn leaf(&mut self, leaf: &Leaf<'c>) -> Result<Flow, PlanError> {
        let rows = &leaf.rows;
        let mut groups = self.leaf_groups(rows)?;
        let reads_time = groups.iter().any(|group| group.is_time);
        self.check_time(leaf, &groups)?;
        let coarse = rows.cumulative.is_some()
            && reads_time
            && !self.shows_finest(rows.simple.time, &groups);
        if coarse {
            groups.push(self.finest(rows.simple.time));
        }
        let mut assembly = self.timed(rows, reads_time)?;
        let block = self.rows_block(leaf, &groups, &mut assembly)?;
        let block = self.keep_edges(rows, &groups, assembly, block)?;
        let block = self.aggregate(leaf, &groups, block);
        let block = if rows.join_to_time_spine && reads_time {
            self.join_spine(leaf, &groups, block)?
        } else {
            block
        };
        let block = self.fill(leaf, &groups, block);
        let block = if coarse {
            self.reaggregate(leaf, &groups, block)
        } else {
            block
        };
        self.explain_leaf(leaf, &groups);
        Ok(Flow {
            block,
            metrics: leaf
                .measures
                .iter()
                .map(|measure| measure.shown.clone())
                .collect(),
        })
    }

    pub(super) fn leaf_groups(&self, rows: &LeafRows<'c>) -> Result<Vec<LeafGroup>, PlanError> {
        let dataset = rows.simple.dataset;
        let mut groups = Vec::with_capacity(rows.ask.groups.len() + 1);
        for group in rows.ask.groups.iter() {
            let member = group
                .member(dataset)
                .ok_or_else(|| crate::plan::planner::unknown(&group.name))?;
            groups.push(LeafGroup {
                name: Arc::clone(&group.name),
                member: member.clone(),
                is_time: self.is_time_of(group, dataset, rows.simple.time),
            });
        }
        Ok(groups)
    }

    /// The group at the grain of the time field itself.
    fn finest(&self, time: Option<FieldId>) -> LeafGroup {
        let grain = time.map(|field| self.field_grain(field).into());
        LeafGroup {
            name: HIDDEN_MOMENT.into(),
            member: Member {
                target: Target::MetricTime,
                path: crate::plan::Path::default(),
                grain,
                date_part: None,
                name: HIDDEN_MOMENT.to_owned(),
            },
            is_time: true,
        }
    }

    fn shows_finest(&self, time: Option<FieldId>, groups: &[LeafGroup]) -> bool {
        let finest = time.map(|field| self.field_grain(field).into());
        groups.iter().any(|group| {
            group.is_time && group.member.date_part.is_none() && group.member.grain == finest
        })
    }

    /// The rows before they are aggregated: groups, and what is aggregated.
    pub(super) fn rows_block(
        &mut self,
        leaf: &Leaf<'c>,
        groups: &[LeafGroup],
        assembly: &mut Assembly,
    ) -> Result<Block, PlanError> {
        let mut block = Block::default();
        for group in groups {
            let value = assembly.member(self, &group.member)?;
            block.push(&group.name, value);
        }
        for measure in &leaf.measures {
            if let Some(value) = &measure.simple.expression {
                let name = &self.catalog.metric(measure.metric).name;
                let value = assembly.measure(self, value, name)?;
                block.push(&argument(measure), value);
            }
        }
        for restriction in &leaf.rows.ask.restrictions {
            let time = self.time_at(&leaf.rows, assembly, restriction.depth)?;
            assembly.restrict(self, restriction, time)?;
        }
        if let (Some(range), Some(time)) = (&leaf.rows.ask.time, &assembly.time) {
            // Without a time to show, what is accumulated is so up to the end of the range.
            let accumulates = leaf.rows.cumulative.is_some();
            let shows_time = groups.iter().any(|group| group.is_time);
            let conditions = if accumulates && !shows_time {
                range.up_to_end().conditions(time)
            } else {
                range.conditions(time)
            };
            assembly.block.filters.extend(conditions);
        }
        Ok(block)
    }

    /// Groups the rows of a block and aggregates.
    fn aggregate(&mut self, leaf: &Leaf<'c>, groups: &[LeafGroup], rows: BlockId) -> BlockId {
        let label: Name = self
            .catalog
            .dataset(leaf.rows.simple.dataset)
            .name
            .as_str()
            .into();
        let mut block = Block::reading(Rows::Block(rows), &label);
        for group in groups {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        for measure in &leaf.measures {
            let argument = measure
                .simple
                .expression
                .as_ref()
                .map(|_| Box::new(Scalar::Column(0, argument(measure))));
            let value = Scalar::Aggregate(measure.aggregation, argument);
            block.push(&measure.shown.name, value);
        }
        let keys = groups.iter().map(|group| Scalar::column(0, &group.name));
        block.groups = Some(keys.collect());
        self.plan.add(block)
    }

    /// Puts what stands for NULL in its place.
    fn fill(&mut self, leaf: &Leaf<'c>, groups: &[LeafGroup], inner: BlockId) -> BlockId {
        if leaf
            .measures
            .iter()
            .all(|measure| measure.shown.fill.is_none())
        {
            return inner;
        }
        let mut block = Block::reading(Rows::Block(inner), &"filled".into());
        for group in groups {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        for measure in &leaf.measures {
            block.push(&measure.shown.name, measure.shown.filled(0));
        }
        self.plan.add(block)
    }

    /// The entity by which a metric has moments of its own, from the rows of its dataset.
    pub(super) fn own_entity(
        &self,
        rows: &LeafRows<'c>,
        name: &str,
    ) -> Result<EntityId, PlanError> {
        let dataset = rows.simple.dataset;
        self.catalog
            .entity_id(dataset, name)
            .ok_or_else(|| crate::plan::planner::unknown(name))
    }
}

impl Shown {
    /// The value in a source, with what stands for NULL.
    pub(super) fn filled(&self, source: usize) -> Scalar {
        let value = Scalar::column(source, &self.name);
        match self.fill {
            Some(fill) => Scalar::Coalesce(vec![value, Scalar::Integer(fill)]),
            None => value,
        }
    }
}

/// The name of the column with what a measure aggregates.
fn argument(measure: &Measure<'_>) -> Name {
    free_name(&format!("{}_value", measure.shown.name), |_| false)
}
