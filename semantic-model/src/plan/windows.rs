//! Functions over the rows around a row.

use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{Expr, WindowType, visit_expressions, visit_expressions_mut};

/// Returns whether an expression looks at the rows around a row.
pub(super) fn has_window(ast: &Expr) -> bool {
    visit_expressions(ast, |expr| match expr {
        Expr::Function(function) if function.over.is_some() => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}

/// Says where NULL stands in the order of windows: after all values, and so first where the greatest comes first.
///
/// Engines differ where nothing is said.
pub(super) fn say_null_order(ast: &mut Expr) {
    let _: ControlFlow<Infallible> = visit_expressions_mut(ast, |expr| {
        if let Expr::Function(function) = expr
            && let Some(WindowType::WindowSpec(window)) = &mut function.over
        {
            for order in &mut window.order_by {
                let descending = order.options.asc == Some(false);
                order.options.nulls_first.get_or_insert(descending);
            }
        }
        ControlFlow::Continue(())
    });
}
