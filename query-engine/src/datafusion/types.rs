//! Columns of unlike types are not compared: the library would turn numbers into text, or text into numbers, and find no
//! row or the wrong ones. Text that a query writes down is another matter: it is a number or a date if it reads as one.

use arrow::datatypes::DataType;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, DataFusionError, ExprSchema, Result};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator};

use crate::kinds::Kind;

/// Two columns whose types have nothing in common.
#[derive(Debug, thiserror::Error)]
#[error("{one} is {one_type} and {other} is {other_type}")]
pub(super) struct Unlike {
    one: String,
    one_type: DataType,
    other: String,
    other_type: DataType,
}

/// Looks through a plan as it was written, before the library makes types fit.
pub(super) fn check(plan: &LogicalPlan) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        let schema = inputs(node);
        if let LogicalPlan::Join(join) = node {
            for (left, right) in &join.on {
                alike(left, right, &schema)?;
            }
        }
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                compared(part, &schema)?;
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(())
}

/// Looks at what one expression compares.
fn compared(expression: &Expr, schema: &dyn ExprSchema) -> Result<()> {
    match expression {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(*op) => {
            alike(left, right, schema)
        }
        Expr::Between(between) => {
            alike(&between.expr, &between.low, schema)?;
            alike(&between.expr, &between.high, schema)
        }
        Expr::InList(list) => {
            let mut items = list.list.iter();
            items.try_for_each(|item| alike(&list.expr, item, schema))
        }
        Expr::InSubquery(inside) => {
            let found = inside.subquery.subquery.schema();
            let (Ok(wanted), Some(found)) = (inside.expr.get_type(schema), found.fields().first())
            else {
                return Ok(());
            };
            let name = inside.expr.to_string();
            same_kind(name, wanted, found.name(), found.data_type().clone())
        }
        _ => Ok(()),
    }
}

/// The columns that the expressions of a node speak of.
fn inputs(node: &LogicalPlan) -> DFSchema {
    let mut all = DFSchema::empty();
    for input in node.inputs() {
        all.merge(input.schema());
    }
    if node.inputs().is_empty() {
        all.merge(node.schema());
    }
    all
}

fn compares(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom
    )
}

fn alike(one: &Expr, other: &Expr, schema: &dyn ExprSchema) -> Result<()> {
    if is_written(one) || is_written(other) {
        return Ok(());
    }
    // What has no type of its own yet is for the library to judge.
    let (Ok(one_type), Ok(other_type)) = (one.get_type(schema), other.get_type(schema)) else {
        return Ok(());
    };
    same_kind(one.to_string(), one_type, &other.to_string(), other_type)
}

fn same_kind(one: String, one_type: DataType, other: &str, other_type: DataType) -> Result<()> {
    match (Kind::of(&one_type), Kind::of(&other_type)) {
        (Some(one_kind), Some(other_kind)) if one_kind != other_kind => {
            Err(DataFusionError::External(Box::new(Unlike {
                one,
                one_type,
                other: other.to_owned(),
                other_type,
            })))
        }
        _ => Ok(()),
    }
}

/// Whether a value stands in the query itself.
fn is_written(expression: &Expr) -> bool {
    match expression {
        Expr::Literal(..) | Expr::Placeholder(_) => true,
        Expr::Negative(inner) => is_written(inner),
        Expr::Alias(alias) => is_written(&alias.expr),
        _ => false,
    }
}
