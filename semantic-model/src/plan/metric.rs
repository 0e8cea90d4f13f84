//! Metrics to blocks: each kind of metric in a file of its own.
//!
//! Whatever a metric is made of comes down to leaves, each one or several aggregations over the rows of one dataset.
//! Conditions and offsets of time travel down to the leaves, so that a condition is met by rows before they are
//! aggregated, and an offset moves the time by which rows are read and not numbers that are aggregated already.

mod calculated;
mod combine;
mod conversion;
mod explained;
mod fixed_grain;
mod leaf;
mod offset;
mod period;
mod semi_additive;
mod simple;
mod spine_join;

use std::sync::Arc;

use super::body::{Body, Input};
use super::planner::Planner;
use super::relation::{BlockId, Name};
use super::time::Range;
use super::{Condition, DatasetId, FieldId, Member, MetricId, PlanError, Reason};
use crate::layer::{MetricKind, Offset};

pub(super) use leaf::Leaf;

/// What metrics are asked by.
#[derive(Debug, Clone, Default)]
pub(super) struct Ask<'c> {
    /// The groups, in order.
    pub(super) groups: Arc<[Group]>,
    /// Conditions on rows.
    pub(super) restrictions: Vec<Restriction<'c>>,
    /// Offsets of time, the outermost first.
    pub(super) offsets: Vec<&'c Offset>,
    /// The range of the time that is shown.
    pub(super) time: Option<Range>,
}

/// Something that is grouped by, for each of the datasets that are.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The name of the column.
    pub(super) name: Name,
    /// How each dataset gets there.
    pub(super) members: Vec<(DatasetId, Member)>,
}

/// A condition on the rows of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Restriction<'c> {
    /// The condition.
    pub(super) condition: &'c Condition,
    /// How many of the offsets are outside of where it is declared.
    pub(super) depth: usize,
}

/// A block with the groups of an ask and some metrics.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    /// The block.
    pub(super) block: BlockId,
    /// The metrics.
    pub(super) metrics: Vec<Shown>,
}

/// A column of a metric.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// The name.
    pub(super) name: Name,
    /// What stands for NULL.
    pub(super) fill: Option<i64>,
}

/// A part of what is shown: still to be aggregated with others of its dataset, or a block already.
pub(super) enum Part<'c> {
    /// An aggregation of rows.
    Leaf(Box<Leaf<'c>>),
    /// A block.
    Flow(Flow),
}

impl Group {
    /// Returns how a dataset gets to it.
    pub(super) fn member(&self, dataset: DatasetId) -> Option<&Member> {
        let mut members = self.members.iter();
        members
            .find(|(of, _)| *of == dataset)
            .map(|(_, member)| member)
    }
}

impl<'c> Ask<'c> {
    /// Gives an ask by groups alone.
    pub(super) fn new(groups: Vec<Group>) -> Self {
        Self {
            groups: groups.into(),
            ..Self::default()
        }
    }

    /// Adds conditions where the ask is.
    pub(super) fn restrict(&mut self, conditions: &'c [Condition]) {
        let depth = self.offsets.len();
        for condition in conditions {
            let restriction = Restriction { condition, depth };
            if !self.restrictions.contains(&restriction) {
                self.restrictions.push(restriction);
            }
        }
    }

    /// The ask to the input of a metric.
    fn input(&self, input: &'c Input) -> Self {
        let mut ask = self.clone();
        ask.restrict(&input.filters);
        ask
    }
}

impl<'c> Planner<'c> {
    /// Plans metrics together, each under a name.
    pub(super) fn metrics(
        &mut self,
        metrics: &[(MetricId, Name)],
        ask: &Ask<'c>,
    ) -> Result<Flow, PlanError> {
        let mut parts = Vec::with_capacity(metrics.len());
        for (metric, name) in metrics {
            parts.push(self.part(*metric, ask, None, name)?);
        }
        self.combine(parts, ask)
    }

    /// Plans a metric under a name, read some time earlier if there is an offset.
    fn part(
        &mut self,
        metric: MetricId,
        ask: &Ask<'c>,
        offset: Option<&'c Offset>,
        name: &Name,
    ) -> Result<Part<'c>, PlanError> {
        let catalog = self.catalog;
        let mut ask = ask.clone();
        ask.restrict(catalog.metric_filters(metric));
        ask.offsets.extend(offset);
        let body = catalog.body(metric)?;
        self.nested(|planner| match body {
            Body::Simple(simple) => planner.simple(metric, simple, ask, name).map(leaf_part),
            Body::Cumulative { input } => {
                planner.cumulative(metric, input, ask, name).map(leaf_part)
            }
            Body::Ratio {
                numerator,
                denominator,
            } => planner
                .ratio([numerator, denominator], &ask, name)
                .map(Part::Flow),
            Body::Derived { expression, inputs } => planner
                .derived(expression, inputs, &ask, name)
                .map(Part::Flow),
            Body::Conversion { base, conversion } => planner
                .conversion(metric, [base, conversion], ask, name)
                .map(Part::Flow),
            Body::FixedGrain { input } => {
                let MetricKind::FixedGrain(declared) = &catalog.metric(metric).kind else {
                    return Err(not_planned(planner, metric));
                };
                planner
                    .fixed_grain(declared, input, &ask, name)
                    .map(Part::Flow)
            }
            Body::Aggregates(_) | Body::Window { .. } => Err(not_planned(planner, metric)),
        })
    }

    /// Collects the datasets whose rows a metric groups.
    pub(super) fn grouped_datasets(
        &self,
        metric: MetricId,
        found: &mut Vec<DatasetId>,
        depth: usize,
    ) -> Result<(), PlanError> {
        self.grouped(metric, depth, false, &mut |simple| {
            if !found.contains(&simple.dataset) {
                found.push(simple.dataset);
            }
        })
    }

    /// Collects the times by which the rows that a metric groups are read.
    pub(super) fn grouped_times(
        &self,
        metric: MetricId,
        found: &mut Vec<FieldId>,
        depth: usize,
    ) -> Result<(), PlanError> {
        self.grouped(metric, depth, false, &mut |simple| {
            found.extend(simple.time);
        })
    }

    /// Collects the times by which all rows of a metric are read, also those that are only counted.
    pub(super) fn read_times(
        &self,
        metric: MetricId,
        found: &mut Vec<FieldId>,
    ) -> Result<(), PlanError> {
        self.grouped(metric, 0, true, &mut |simple| {
            found.extend(simple.time);
        })
    }

    /// Calls with the aggregations whose rows a metric groups; those of a conversion are only counted, and left out
    /// unless they are asked for.
    fn grouped(
        &self,
        metric: MetricId,
        depth: usize,
        counted: bool,
        call: &mut dyn FnMut(&super::body::SimpleBody),
    ) -> Result<(), PlanError> {
        if depth > super::planner::DEPTH_MAX {
            return Err(PlanError::new(
                Reason::CyclicDefinition,
                format!(
                    "metric `{}` is defined by itself",
                    self.catalog.metric(metric).name
                ),
            ));
        }
        match self.catalog.body(metric)? {
            Body::Simple(simple) => call(simple),
            Body::Cumulative { input } | Body::FixedGrain { input } => {
                self.grouped(input.metric, depth + 1, counted, call)?;
            }
            Body::Conversion { base, conversion } => {
                self.grouped(base.metric, depth + 1, counted, call)?;
                if counted {
                    self.grouped(conversion.metric, depth + 1, counted, call)?;
                }
            }
            Body::Ratio {
                numerator,
                denominator,
            } => {
                self.grouped(numerator.metric, depth + 1, counted, call)?;
                self.grouped(denominator.metric, depth + 1, counted, call)?;
            }
            Body::Derived { inputs, .. } => {
                for input in inputs {
                    self.grouped(input.metric, depth + 1, counted, call)?;
                }
            }
            Body::Aggregates(_) | Body::Window { .. } => return Err(not_planned(self, metric)),
        }
        Ok(())
    }
}

fn leaf_part(leaf: Leaf<'_>) -> Part<'_> {
    Part::Leaf(Box::new(leaf))
}

fn not_planned(planner: &Planner<'_>, metric: MetricId) -> PlanError {
    let name = &planner.catalog.metric(metric).name;
    PlanError::new(
        Reason::NotSupported,
        format!("metric `{name}` is written in a way that cannot be planned"),
    )
    .about(name)
}
