//! Whether a condition speaks of rows, of groups, or of both.

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, visit_expressions};
use std::ops::ControlFlow;

/// What the parts of a condition speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Levels {
    /// Of rows alone.
    Rows,
    /// Of groups alone.
    Groups,
    /// Some of rows and some of groups.
    Both,
}

/// Tells what the parts of a condition speak of, which `AND`, `OR` and `NOT` put together.
///
/// A part with an aggregate inside speaks of groups, also where it compares the aggregate with something else.
pub(super) fn of(ast: &Expr, is_aggregated: &dyn Fn(&Expr) -> bool) -> Levels {
    match ast {
        Expr::Nested(inner)
        | Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: inner,
        } => of(inner, is_aggregated),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And | BinaryOperator::Or,
            right,
        } => {
            let (left, right) = (of(left, is_aggregated), of(right, is_aggregated));
            if left == right { left } else { Levels::Both }
        }
        part => {
            let found = visit_expressions(part, |inner| {
                if is_aggregated(inner) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            if found.is_break() {
                Levels::Groups
            } else {
                Levels::Rows
            }
        }
    }
}
