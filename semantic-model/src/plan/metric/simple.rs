//! Simple and cumulative metrics, as leaves.

use super::leaf::{EdgeOf, Leaf, LeafGroup, LeafRows, Measure};
use super::{Ask, Shown};
use crate::layer::{Cumulative, DatePart, GrainName, MetricKind, Offset, Simple};
use crate::plan::body::{Body, Input, SimpleBody};
use crate::plan::planner::Planner;
use crate::plan::relation::Name;
use crate::plan::scalar::nests;
use crate::plan::{MetricId, PlanError, Reason};

impl<'c> Planner<'c> {
    /// A simple metric as a leaf.
    pub(super) fn simple(
        &mut self,
        metric: MetricId,
        simple: &'c SimpleBody,
        ask: Ask<'c>,
        name: &Name,
    ) -> Result<Leaf<'c>, PlanError> {
        let declared = self.declared(metric)?;
        let edge =
            simple
                .non_additive
                .zip(declared.non_additive.as_ref())
                .map(|(time, declared)| EdgeOf {
                    time,
                    edge: declared.edge,
                    per: &declared.per,
                });
        Ok(Leaf {
            rows: LeafRows {
                simple,
                ask,
                cumulative: None,
                edge,
                join_to_time_spine: declared.join_to_time_spine,
            },
            measures: vec![Measure {
                simple,
                metric,
                aggregation: declared.aggregation,
                shown: Shown {
                    name: Name::clone(name),
                    fill: declared.fill_nulls_with,
                },
                period: crate::layer::PeriodAggregation::First,
            }],
        })
    }

    /// A cumulative metric as a leaf: its input, over a window.
    pub(super) fn cumulative(
        &mut self,
        metric: MetricId,
        input: &'c Input,
        ask: Ask<'c>,
        name: &Name,
    ) -> Result<Leaf<'c>, PlanError> {
        let catalog = self.catalog;
        let (Body::Simple(simple), MetricKind::Cumulative(declared)) =
            (catalog.body(input.metric)?, &catalog.metric(metric).kind)
        else {
            let own = &catalog.metric(metric).name;
            return Err(PlanError::new(
                Reason::NotSupported,
                format!("cumulative metric `{own}` accumulates a metric that is not simple"),
            )
            .about(own));
        };
        let mut ask = ask.input(input);
        ask.restrict(catalog.metric_filters(input.metric));
        ask.offsets.extend(input.offset.as_ref());
        let mut leaf = self.simple(input.metric, simple, ask, name)?;
        leaf.rows.cumulative = Some(declared);
        for measure in &mut leaf.measures {
            measure.period = declared.period;
        }
        Ok(leaf)
    }

    /// Refuses parts of dates for what has one value at each moment: there are many Mondays, and none is the value.
    fn check_parts(&self, leaf: &Leaf<'c>, groups: &[LeafGroup]) -> Result<(), PlanError> {
        let offsets = &leaf.rows.ask.offsets;
        let to_grain = offsets
            .iter()
            .any(|offset| matches!(offset, Offset::ToGrain(_)));
        if leaf.rows.cumulative.is_none() && !to_grain {
            return Ok(());
        }
        let mut times = groups.iter().filter(|group| group.is_time);
        let untold = times.find(|group| {
            let part = group.member.date_part;
            part.is_some_and(|part| !tells(groups, part))
        });
        let Some(group) = untold else { return Ok(()) };
        let metric = leaf.measures.first().map(|measure| measure.metric);
        let name = metric.map_or("", |metric| self.catalog.metric(metric).name.as_str());
        Err(PlanError::new(
            Reason::InvalidGrain,
            format!(
                "`{name}` has a value for each moment, and `{}` has many moments: none of them is its value",
                group.name
            ),
        )
        .about(&*group.name)
        .or(["metric_time__day".to_owned()]))
    }

    fn declared(&self, metric: MetricId) -> Result<&'c Simple, PlanError> {
        let catalog = self.catalog;
        match &catalog.metric(metric).kind {
            MetricKind::Simple(simple) => Ok(simple),
            _ => Err(super::not_planned(self, metric)),
        }
    }

    /// Refuses what means nothing without a time to show it by.
    pub(super) fn check_time(
        &self,
        leaf: &Leaf<'c>,
        groups: &[LeafGroup],
    ) -> Result<(), PlanError> {
        if groups.iter().any(|group| group.is_time) {
            return self.check_parts(leaf, groups);
        }
        let offset = !leaf.rows.ask.offsets.is_empty();
        let window = leaf.rows.cumulative.is_some_and(bounded);
        if !offset && !window {
            return Ok(());
        }
        let metric = leaf.measures.first().map(|measure| measure.metric);
        let name = metric.map_or("", |metric| self.catalog.metric(metric).name.as_str());
        let why = if offset { "an offset" } else { "a window" };
        Err(PlanError::new(
            Reason::NeedsMetricTime,
            format!("`{name}` is read by {why} of time, so the query must group by `metric_time`"),
        )
        .about(name)
        .or(["metric_time".to_owned()]))
    }
}

/// Whether some group tells the period that a date part is of.
fn tells(groups: &[LeafGroup], part: DatePart) -> bool {
    let mut times = groups.iter().filter(|group| group.is_time);
    times.any(
        |group| match (&group.member.grain, group.member.date_part) {
            (Some(GrainName::Standard(grain)), None) => {
                *grain <= part.grain() && nests(*grain, part.grain())
            }
            _ => false,
        },
    )
}

fn bounded(cumulative: &Cumulative) -> bool {
    cumulative.window.is_some() || cumulative.grain_to_date.is_some()
}
