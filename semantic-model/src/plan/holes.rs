//! Takes the names out of an expression.

use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, visit_expressions_mut,
};

use super::fragment::{Fragment, hole, hole_index};
use crate::layer::{DatePart, Grain};

/// Functions with a bare word among their arguments that says a unit of time, not a column.
const UNIT_FUNCTIONS: [&str; 16] = [
    "date_add",
    "date_diff",
    "date_part",
    "date_sub",
    "date_trunc",
    "dateadd",
    "datediff",
    "datepart",
    "datetime_diff",
    "datetime_trunc",
    "last_day",
    "timestamp_diff",
    "timestamp_trunc",
    "timestampadd",
    "timestampdiff",
    "trunc",
];

/// Replaces every name of an expression by a hole; a leaf is the parts of a name.
pub(super) fn take_names(mut ast: Expr) -> Fragment<Vec<Ident>> {
    let mut names: Vec<Vec<Ident>> = Vec::new();
    let _: ControlFlow<Infallible> = visit_expressions_mut(&mut ast, |expr| {
        match expr {
            Expr::Identifier(name) => {
                names.push(vec![name.clone()]);
                *expr = hole(names.len() - 1);
            }
            Expr::CompoundIdentifier(parts) => {
                names.push(parts.clone());
                *expr = hole(names.len() - 1);
            }
            Expr::Function(function) => give_back_units(function, &names),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    Fragment { ast, leaves: names }.compact()
}

/// Makes a unit of time a bare word again; its arguments are visited before a function is.
fn give_back_units(function: &mut Function, names: &[Vec<Ident>]) {
    let called = function.name.to_string().to_lowercase();
    if !UNIT_FUNCTIONS.contains(&called.as_str()) {
        return;
    }
    let FunctionArguments::List(list) = &mut function.args else {
        return;
    };
    for arg in &mut list.args {
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = arg else {
            continue;
        };
        let Some([word]) = hole_index(expr)
            .and_then(|at| names.get(at))
            .map(Vec::as_slice)
        else {
            continue;
        };
        if word.quote_style.is_none() && is_unit(&word.value) {
            *expr = Expr::Identifier(word.clone());
        }
    }
}

fn is_unit(word: &str) -> bool {
    Grain::parse(word).is_some() || DatePart::parse(word).is_some()
}

impl<L: Clone> Fragment<L> {
    /// Drops leaves that no hole stands for.
    fn compact(mut self) -> Self {
        let mut kept = Vec::new();
        let leaves = &self.leaves;
        let _: ControlFlow<Infallible> = visit_expressions_mut(&mut self.ast, |expr| {
            if let Some(leaf) = hole_index(expr).and_then(|index| leaves.get(index)) {
                kept.push(leaf.clone());
                *expr = hole(kept.len() - 1);
            }
            ControlFlow::Continue(())
        });
        self.leaves = kept;
        self
    }
}
