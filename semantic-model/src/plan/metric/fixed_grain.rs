//! Metrics at a grain of their own, for shares of a total.

use std::sync::Arc;

use super::combine::names_of;
use super::{Ask, Flow, Group, Part, Shown};
use crate::layer::{Aggregation, FixedGrain, FixedGroups, GroupBy, MetricKind};
use crate::plan::body::{Body, Input};
use crate::plan::planner::Planner;
use crate::plan::relation::{Block, JoinKind, Name, Rows};
use crate::plan::scalar::{Operator, Scalar};
use crate::plan::{PlanError, Reason};

impl<'c> Planner<'c> {
    /// Plans a metric at a grain of its own, shown for every combination of the query's groups that it has.
    pub(super) fn fixed_grain(
        &mut self,
        declared: &'c FixedGrain,
        input: &'c Input,
        ask: &Ask<'c>,
        name: &Name,
    ) -> Result<Flow, PlanError> {
        let inner = ask.input(input);
        match &declared.by {
            FixedGroups::Only(names) => {
                let keep = |group: &Group| names.iter().any(|name| called(group, name));
                self.coarser(&inner, input, name, &keep)
            }
            FixedGroups::Without(names) => {
                let keep = |group: &Group| !names.iter().any(|name| called(group, name));
                self.coarser(&inner, input, name, &keep)
            }
            FixedGroups::With(names) => self.finer(&inner, input, name, names),
        }
    }

    /// The metric by some of the groups, beside each combination of all of them.
    fn coarser(
        &mut self,
        ask: &Ask<'c>,
        input: &'c Input,
        name: &Name,
        keep: &dyn Fn(&Group) -> bool,
    ) -> Result<Flow, PlanError> {
        let offset = input.offset.as_ref();
        let kept: Vec<Group> = ask
            .groups
            .iter()
            .filter(|group| keep(group))
            .cloned()
            .collect();
        if kept.len() == ask.groups.len() {
            let part = self.part(input.metric, ask, offset, name)?;
            return self.combine(vec![part], ask);
        }
        let rows_name: Name = format!("{name}_here").into();
        let part = self.part(input.metric, ask, offset, &rows_name)?;
        let all = self.combine(vec![part], ask)?;
        let own = Ask {
            groups: kept.into(),
            ..ask.clone()
        };
        let part = self.part(input.metric, &own, offset, name)?;
        let fixed = self.combine(vec![part], &own)?;
        let on = own.groups.iter().map(|group| {
            Scalar::binary(
                Scalar::column(0, &group.name),
                Operator::Same,
                Scalar::column(1, &group.name),
            )
        });
        let on: Vec<Scalar> = on.collect();
        let join = if on.is_empty() {
            JoinKind::Cross
        } else {
            JoinKind::Left
        };
        let mut block = Block::reading(Rows::Block(all.block), &"groups".into());
        block.join(join, Rows::Block(fixed.block), &"fixed".into(), on);
        for group in ask.groups.iter() {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        block.push(name, Scalar::column(1, name));
        Ok(Flow {
            block: self.plan.add(block),
            metrics: vec![Shown {
                name: Arc::clone(name),
                fill: None,
            }],
        })
    }

    /// The metric by more groups, put together to the query's by an aggregation that allows it.
    fn finer(
        &mut self,
        ask: &Ask<'c>,
        input: &'c Input,
        name: &Name,
        more: &[String],
    ) -> Result<Flow, PlanError> {
        let mut datasets = Vec::new();
        self.grouped_datasets(input.metric, &mut datasets, 0)?;
        let items: Vec<GroupBy> = more.iter().map(GroupBy::new).collect();
        let mut groups = ask.groups.to_vec();
        for group in self.groups(&items, &datasets)? {
            if groups.iter().all(|known| known.name != group.name) {
                groups.push(group);
            }
        }
        let again = self.again(input)?;
        let own = Ask {
            groups: groups.into(),
            ..ask.clone()
        };
        let names = names_of([&**name].into_iter(), &own);
        let value = names.first().unwrap_or(name);
        let part = self.part(input.metric, &own, input.offset.as_ref(), value)?;
        let Part::Leaf(leaf) = part else {
            return Err(not_additive(self, input));
        };
        let flow = self.leaf(&leaf)?;
        let mut block = Block::reading(Rows::Block(flow.block), &"finer".into());
        for group in ask.groups.iter() {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        let argument = Some(Box::new(Scalar::column(0, value)));
        block.push(name, Scalar::Aggregate(again, argument));
        let keys = ask
            .groups
            .iter()
            .map(|group| Scalar::column(0, &group.name));
        block.groups = Some(keys.collect());
        Ok(Flow {
            block: self.plan.add(block),
            metrics: vec![Shown {
                name: Arc::clone(name),
                fill: None,
            }],
        })
    }

    /// The aggregation that puts numbers of a metric together.
    fn again(&self, input: &Input) -> Result<Aggregation, PlanError> {
        let catalog = self.catalog;
        let declared = match (
            catalog.body(input.metric)?,
            &catalog.metric(input.metric).kind,
        ) {
            (Body::Simple(_), MetricKind::Simple(simple)) => Some(simple.aggregation),
            _ => None,
        };
        match declared {
            Some(Aggregation::Sum | Aggregation::SumBoolean | Aggregation::Count) => {
                Ok(Aggregation::Sum)
            }
            Some(Aggregation::Min) => Ok(Aggregation::Min),
            Some(Aggregation::Max) => Ok(Aggregation::Max),
            _ => Err(not_additive(self, input)),
        }
    }
}

fn called(group: &Group, name: &str) -> bool {
    &*group.name == name
        || group
            .members
            .iter()
            .any(|(_, member)| member.name == name || member.column_name() == name)
}

fn not_additive(planner: &Planner<'_>, input: &Input) -> PlanError {
    let name = &planner.catalog.metric(input.metric).name;
    PlanError::new(
        Reason::NotAdditive,
        format!("numbers of `{name}` at a finer grain cannot be put together"),
    )
    .about(name)
}
