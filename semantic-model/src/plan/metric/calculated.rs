//! Metrics made of other metrics: ratios and arithmetic.

use std::sync::Arc;

use sqlparser::ast::{BinaryOperator, Expr};

use super::combine::names_of;
use super::{Ask, Flow, Shown};
use crate::plan::PlanError;
use crate::plan::body::Input;
use crate::plan::fragment::Prepared;
use crate::plan::planner::Planner;
use crate::plan::relation::{Block, Name, Rows};
use crate::plan::scalar::{Operator, Scalar, Type};

impl<'c> Planner<'c> {
    /// One metric divided by another; NULL where the divisor is zero.
    pub(super) fn ratio(
        &mut self,
        inputs: [&'c Input; 2],
        ask: &Ask<'c>,
        name: &Name,
    ) -> Result<Flow, PlanError> {
        let (flow, columns) = self.inputs(&inputs, ask)?;
        let [numerator, denominator] = &columns[..] else {
            return Ok(flow);
        };
        let value = Scalar::binary(
            Scalar::column(0, numerator),
            Operator::Divide,
            Scalar::column(0, denominator),
        );
        Ok(self.calculated(&flow, ask, name, value))
    }

    /// Arithmetic over metrics.
    pub(super) fn derived(
        &mut self,
        expression: &'c Prepared<usize>,
        inputs: &'c [Input],
        ask: &Ask<'c>,
        name: &Name,
    ) -> Result<Flow, PlanError> {
        let inputs: Vec<&Input> = inputs.iter().collect();
        let (flow, columns) = self.inputs(&inputs, ask)?;
        let fragment = expression.in_dialect(self.dialect);
        let divides = fragment.any(divides);
        let mut leaves = Vec::with_capacity(fragment.leaves.len());
        for input in &fragment.leaves {
            let Some(column) = columns.get(*input) else {
                continue;
            };
            let value = Scalar::column(0, column);
            // Whole numbers would divide to whole numbers on many engines.
            leaves.push(if divides {
                Scalar::Cast(Box::new(value), Type::Double)
            } else {
                value
            });
        }
        let value = crate::plan::assembly::sql(fragment, leaves);
        Ok(self.calculated(&flow, ask, name, value))
    }

    /// Plans the inputs of a metric side by side, and gives the column of each.
    pub(super) fn inputs(
        &mut self,
        inputs: &[&'c Input],
        ask: &Ask<'c>,
    ) -> Result<(Flow, Vec<Name>), PlanError> {
        let names = names_of(inputs.iter().map(|input| input.name.as_str()), ask);
        let mut parts = Vec::with_capacity(inputs.len());
        for (input, name) in inputs.iter().zip(&names) {
            let inner = ask.input(input);
            parts.push(self.part(input.metric, &inner, input.offset.as_ref(), name)?);
        }
        Ok((self.combine(parts, ask)?, names))
    }

    /// A block with the groups and one value made of what a flow shows.
    pub(super) fn calculated(
        &mut self,
        flow: &Flow,
        ask: &Ask<'c>,
        name: &Name,
        value: Scalar,
    ) -> Flow {
        let mut block = Block::reading(Rows::Block(flow.block), &"inputs".into());
        for group in ask.groups.iter() {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        block.push(name, value);
        Flow {
            block: self.plan.add(block),
            metrics: vec![Shown {
                name: Arc::clone(name),
                fill: None,
            }],
        }
    }
}

fn divides(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::BinaryOp {
            op: BinaryOperator::Divide,
            ..
        }
    )
}
