//! The rows of a fact that are aggregated, with all that the query needs of each.

use crate::plan::assembly::{Assembly, sql};
use crate::plan::fragment::Prepared;
use crate::plan::planner::Planner;
use crate::plan::relation::{Block, BlockId, Name, Rows};
use crate::plan::scalar::Scalar;
use crate::plan::{Condition, DatasetId, PlanError, Reason, Target, windows};

use super::reach::{Reached, Repeats};

/// Rows of a fact while it is being found out what is needed of them.
pub(super) struct FactRows {
    assembly: Assembly,
    dataset: DatasetId,
    shown: Block,
    /// Conditions that speak of windows, over the columns that are shown: windows come after all other conditions.
    later: Vec<Scalar>,
    windows: bool,
}

impl FactRows {
    /// Starts with all rows.
    pub(super) fn new(planner: &Planner<'_>, dataset: DatasetId) -> Self {
        Self {
            assembly: Assembly::new(planner, dataset, None),
            dataset,
            shown: Block::default(),
            later: Vec::new(),
            windows: false,
        }
    }

    /// Shows what a row reaches.
    pub(super) fn show(
        &mut self,
        planner: &mut Planner<'_>,
        name: &Name,
        way: &Reached,
    ) -> Result<(), PlanError> {
        let value = self.value(planner, way)?;
        self.shown.push(name, value);
        Ok(())
    }

    /// Shows a value of a row.
    pub(super) fn show_value(
        &mut self,
        planner: &Planner<'_>,
        name: &Name,
        value: &Prepared,
    ) -> Result<(), PlanError> {
        let value = if windows::has_window(&value.base().ast) {
            self.windows = true;
            let own = crate::plan::Path::default();
            self.assembly.window(planner, value, &own, name)?
        } else {
            self.assembly.measure(planner, value, name)?
        };
        self.shown.push(name, value);
        Ok(())
    }

    fn value(&mut self, planner: &mut Planner<'_>, way: &Reached) -> Result<Scalar, PlanError> {
        let Target::Field(field) = way.member.target else {
            return self.assembly.member(planner, &way.member);
        };
        if !way.window {
            return self.assembly.member(planner, &way.member);
        }
        self.windows |= way.member.path.is_empty();
        let value = planner.catalog.field_expression(field)?;
        self.assembly
            .window(planner, value, &way.member.path, &way.member.name)
    }

    /// Keeps only rows that meet a condition.
    pub(super) fn restrict(
        &mut self,
        planner: &mut Planner<'_>,
        condition: &Condition,
        leaves: &[Reached],
    ) -> Result<(), PlanError> {
        let over_rows = leaves
            .iter()
            .any(|way| way.window && way.member.path.is_empty());
        let mut values = Vec::with_capacity(leaves.len());
        for way in leaves {
            let value = self.value(planner, way)?;
            if !over_rows {
                values.push(value);
                continue;
            }
            let name: Name = format!("condition_{}", self.shown.columns.len() + 1).into();
            self.shown.push(&name, value);
            values.push(Scalar::column(0, &name));
        }
        if over_rows {
            self.later.push(sql(condition, values));
        } else {
            self.assembly.block.filters.push(sql(condition, values));
        }
        Ok(())
    }

    /// Makes the block of the rows, each once for each of its groups.
    pub(super) fn finish(
        self,
        planner: &mut Planner<'_>,
        repeats: Repeats,
    ) -> Result<BlockId, PlanError> {
        let name = planner.catalog.dataset(self.dataset).name.clone();
        if self.windows && repeats != Repeats::Never {
            let message = format!(
                "a window looks at the rows of `{name}`, and these are repeated for the groups of the query"
            );
            return Err(PlanError::new(Reason::WindowOverFanOut, message).about(name));
        }
        let mut block = self.assembly.finish(planner)?;
        block.columns = self.shown.columns;
        if block.columns.is_empty() {
            block.push(&"one".into(), Scalar::Integer(1));
        }
        block.distinct = repeats != Repeats::Never;
        if self.later.is_empty() {
            return Ok(planner.plan.add(block));
        }
        let names: Vec<Name> = block
            .columns
            .iter()
            .map(|column| Name::clone(&column.name))
            .collect();
        let rows = planner.plan.add(block);
        let mut kept = Block::reading(Rows::Block(rows), &name.as_str().into());
        for name in &names {
            kept.push(name, Scalar::column(0, name));
        }
        kept.filters = self.later;
        Ok(planner.plan.add(kept))
    }
}
