//! Parts side by side: each aggregated alone, then joined fully on all groups.

use super::leaf::Leaf;
use super::{Ask, Flow, Part};
use crate::plan::PlanError;
use crate::plan::planner::Planner;
use crate::plan::relation::{Block, JoinKind, Name, Rows};
use crate::plan::scalar::{Operator, Scalar};

impl<'c> Planner<'c> {
    /// Puts parts side by side, a row for each combination of groups that any of them has.
    ///
    /// Two groups that are both NULL are the same group. Leaves of the same rows are aggregated together.
    pub(super) fn combine(
        &mut self,
        parts: Vec<Part<'c>>,
        ask: &Ask<'c>,
    ) -> Result<Flow, PlanError> {
        let mut flows = Vec::with_capacity(parts.len());
        for part in self.together(parts) {
            flows.push(match part {
                Part::Leaf(leaf) => self.leaf(&leaf)?,
                Part::Flow(flow) => flow,
            });
        }
        if flows.len() == 1 {
            return Ok(flows.remove(0));
        }
        Ok(self.side_by_side(flows, ask))
    }

    /// Joins leaves of the same rows into one.
    fn together(&self, parts: Vec<Part<'c>>) -> Vec<Part<'c>> {
        if !self.optimize {
            return parts;
        }
        let mut joined: Vec<Part<'c>> = Vec::with_capacity(parts.len());
        for part in parts {
            let Part::Leaf(leaf) = part else {
                joined.push(part);
                continue;
            };
            let same = joined.iter_mut().find_map(|other| match other {
                Part::Leaf(other) if other.rows.same(&leaf.rows) => Some(other),
                _ => None,
            });
            match same {
                Some(other) => other.measures.extend(leaf.measures),
                None => joined.push(Part::Leaf(leaf)),
            }
        }
        joined
    }

    pub(in crate::plan) fn side_by_side(&mut self, flows: Vec<Flow>, ask: &Ask<'c>) -> Flow {
        let mut block = Block::default();
        let mut keys: Vec<Vec<Scalar>> = vec![Vec::new(); ask.groups.len()];
        for (place, flow) in flows.iter().enumerate() {
            let mut on = Vec::new();
            for (group, key) in ask.groups.iter().zip(&mut keys) {
                let column = Scalar::column(place, &group.name);
                if place > 0 {
                    on.push(Scalar::binary(
                        first_of(key),
                        Operator::Same,
                        column.clone(),
                    ));
                }
                key.push(column);
            }
            let join = if ask.groups.is_empty() || place == 0 {
                JoinKind::Cross
            } else {
                JoinKind::Full
            };
            let label: Name = "part".into();
            block.join(join, Rows::Block(flow.block), &label, on);
        }
        for (group, key) in ask.groups.iter().zip(&keys) {
            block.push(&group.name, first_of(key));
        }
        let mut metrics = Vec::new();
        for (place, flow) in flows.into_iter().enumerate() {
            for shown in flow.metrics {
                block.push(&shown.name, shown.filled(place));
                metrics.push(shown);
            }
        }
        Flow {
            block: self.plan.add(block),
            metrics,
        }
    }
}

/// The first of some columns that is not NULL.
fn first_of(columns: &[Scalar]) -> Scalar {
    match columns {
        [one] => one.clone(),
        several => Scalar::Coalesce(several.to_vec()),
    }
}

/// Names of parts that differ, whatever they are called.
pub(in crate::plan) fn names_of<'n>(
    wanted: impl Iterator<Item = &'n str>,
    ask: &Ask<'_>,
) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for name in wanted {
        let taken = |name: &str| {
            names.iter().any(|other| &**other == name)
                || ask.groups.iter().any(|group| &*group.name == name)
        };
        names.push(crate::plan::assembly::free_name(name, taken));
    }
    names
}

impl<'c> From<Leaf<'c>> for Part<'c> {
    fn from(leaf: Leaf<'c>) -> Self {
        Self::Leaf(Box::new(leaf))
    }
}
