//! Arithmetic over aggregates, with a division that is the same in every engine.

use std::sync::Arc;

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator};

use super::super::fragment::{hole, hole_index};
use super::super::scalar::{Operator, Scalar};
use super::super::windows;

/// Puts values into the holes of an expression.
///
/// A division is one of floating-point numbers, and NULL where the divisor is zero: engines differ in both.
pub(super) fn arithmetic(ast: &Expr, leaves: &[Scalar]) -> Scalar {
    if let Some(leaf) = hole_index(ast).and_then(|at| leaves.get(at)) {
        return leaf.clone();
    }
    match ast {
        Expr::Nested(inner) => arithmetic(inner, leaves),
        Expr::BinaryOp { left, op, right } if has_division(ast) => {
            let (left, right) = (arithmetic(left, leaves), arithmetic(right, leaves));
            match op {
                BinaryOperator::Divide => Scalar::binary(left, Operator::Divide, right),
                BinaryOperator::Plus => Scalar::binary(left, Operator::Add, right),
                BinaryOperator::Minus => Scalar::binary(left, Operator::Subtract, right),
                other => {
                    let sql = Expr::BinaryOp {
                        left: Box::new(hole(0)),
                        op: other.clone(),
                        right: Box::new(hole(1)),
                    };
                    Scalar::Sql(Arc::new(sql), vec![left, right])
                }
            }
        }
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => {
            let sql = Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr: Box::new(hole(0)),
            };
            Scalar::Sql(Arc::new(sql), vec![arithmetic(expr, leaves)])
        }
        window if windows::has_window(window) => {
            Scalar::Over(Arc::new(window.clone()), leaves.to_vec())
        }
        other => Scalar::Sql(Arc::new(other.clone()), leaves.to_vec()),
    }
}

fn has_division(ast: &Expr) -> bool {
    match ast {
        Expr::Nested(inner) => has_division(inner),
        Expr::UnaryOp { expr, .. } => has_division(expr),
        Expr::BinaryOp { left, op, right } => {
            *op == BinaryOperator::Divide || has_division(left) || has_division(right)
        }
        _ => false,
    }
}
