//! One value for a period of many moments, of a metric that is shown at each.

use super::leaf::{HIDDEN_MOMENT, Leaf, LeafGroup};
use crate::layer::PeriodAggregation;
use crate::plan::planner::Planner;
use crate::plan::relation::{Block, BlockId, Name, Rows};
use crate::plan::scalar::{Scalar, Window, WindowFunction};

impl<'c> Planner<'c> {
    /// Leaves one row for each period, with the first, last or mean value of its moments.
    pub(super) fn reaggregate(
        &mut self,
        leaf: &Leaf<'c>,
        groups: &[LeafGroup],
        inner: BlockId,
    ) -> BlockId {
        let shown: Vec<&LeafGroup> = groups
            .iter()
            .filter(|group| &*group.name != HIDDEN_MOMENT)
            .collect();
        let label: Name = "by_moment".into();
        let mut block = Block::reading(Rows::Block(inner), &label);
        let mut partition = Vec::new();
        for group in &shown {
            let value = Scalar::column(0, &group.name);
            partition.push(value.clone());
            block.push(&group.name, value);
        }
        for measure in &leaf.measures {
            let (function, ordered) = match measure.period {
                PeriodAggregation::First => (WindowFunction::First, true),
                PeriodAggregation::Last => (WindowFunction::Last, true),
                PeriodAggregation::Average => (WindowFunction::Average, false),
            };
            let moment = Scalar::Column(0, HIDDEN_MOMENT.into());
            let value = Scalar::Window(Box::new(Window {
                function,
                argument: Some(Scalar::column(0, &measure.shown.name)),
                partition: partition.clone(),
                order: if ordered {
                    vec![(moment, false)]
                } else {
                    Vec::new()
                },
            }));
            block.push(&measure.shown.name, value);
        }
        let windows = self.plan.add(block);
        let mut block = Block::reading(Rows::Block(windows), &"by_period".into());
        for group in &shown {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        for measure in &leaf.measures {
            let name = &measure.shown.name;
            block.push(name, Scalar::column(0, name));
        }
        block.distinct = true;
        self.plan.add(block)
    }
}
