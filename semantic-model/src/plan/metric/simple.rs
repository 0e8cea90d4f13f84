//! Simple and cumulative metrics, as leaves.

use super::leaf::{EdgeOf, Leaf, LeafRows, Measure};
use super::{Ask, Shown};
use crate::layer::{Cumulative, MetricKind, Simple};
use crate::plan::body::{Body, Input, SimpleBody};
use crate::plan::planner::Planner;
use crate::plan::relation::Name;
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

    fn declared(&self, metric: MetricId) -> Result<&'c Simple, PlanError> {
        let catalog = self.catalog;
        match &catalog.metric(metric).kind {
            MetricKind::Simple(simple) => Ok(simple),
            _ => Err(super::not_planned(self, metric)),
        }
    }

    /// Refuses what means nothing without a time to show it by.
    pub(super) fn check_time(&self, leaf: &Leaf<'c>, reads_time: bool) -> Result<(), PlanError> {
        if reads_time {
            return Ok(());
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

fn bounded(cumulative: &Cumulative) -> bool {
    cumulative.window.is_some() || cumulative.grain_to_date.is_some()
}
