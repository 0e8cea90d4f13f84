//! Functions over the rows around a row.

use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, Function, WindowFrameUnits, WindowType, visit_expressions, visit_expressions_mut,
};

use super::{PlanError, Reason};

/// Returns whether an expression looks at the rows around a row.
pub(super) fn has_window(ast: &Expr) -> bool {
    visit_expressions(ast, |expr| match expr {
        Expr::Function(function) if function.over.is_some() => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}

/// Refuses windows within windows, and frames that not every engine has.
pub(super) fn check(sql: &str, ast: &Expr) -> Result<(), PlanError> {
    let found = visit_expressions(ast, |expr| match expr {
        Expr::Function(function) if function.over.is_some() => match fault(function) {
            Some(fault) => ControlFlow::Break(fault),
            None => ControlFlow::Continue(()),
        },
        _ => ControlFlow::Continue(()),
    });
    match found {
        ControlFlow::Break((reason, why)) => {
            Err(PlanError::new(reason, format!("`{sql}` {why}")).about(sql))
        }
        ControlFlow::Continue(()) => Ok(()),
    }
}

fn fault(function: &Function) -> Option<(Reason, &'static str)> {
    let mut inside = function.clone();
    let over = inside.over.take();
    let Some(WindowType::WindowSpec(window)) = over else {
        return Some((
            Reason::NestedWindow,
            "names a window that it does not define",
        ));
    };
    let mut within = window
        .partition_by
        .iter()
        .chain(window.order_by.iter().map(|order| &order.expr));
    if has_window(&Expr::Function(inside)) || within.any(has_window) {
        return Some((Reason::NestedWindow, "has a window inside of a window"));
    }
    let groups = window
        .window_frame
        .is_some_and(|frame| frame.units == WindowFrameUnits::Groups);
    groups.then_some((
        Reason::DeferredFrameMode,
        "counts groups of rows in its frame, which few engines do",
    ))
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
