//! What readers must know of a piece of SQL: the one aggregate that it is, the columns that a join compares.

use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArguments, Ident, Value, visit_expressions, visit_expressions_mut,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use crate::layer::{Aggregation, Expression, Grain, JoinCondition};

/// How many bytes of SQL are looked into; longer pieces are taken as they are.
const SQL_BYTES_MAX: usize = 64 << 10;

/// Parses an expression; `None` if it is none, or no whole one.
pub(super) fn parse(sql: &str) -> Option<Expr> {
    if sql.len() > SQL_BYTES_MAX {
        return None;
    }
    let mut parser = Parser::new(&GenericDialect {})
        .with_recursion_limit(40)
        .try_with_sql(sql)
        .ok()?;
    let expression = parser.parse_expr().ok()?;
    let end = parser.peek_token().token == sqlparser::tokenizer::Token::EOF;
    end.then_some(expression)
}

/// Returns the aggregation and what it aggregates, if the SQL is one plain aggregate; nothing for `COUNT(*)`.
pub(super) fn aggregate(sql: &str) -> Option<(Aggregation, Option<Expression>)> {
    let Expr::Function(function) = parse(sql)? else {
        return None;
    };
    let plain = function.over.is_none()
        && function.filter.is_none()
        && function.within_group.is_empty()
        && function.null_treatment.is_none();
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let [FunctionArg::Unnamed(argument)] = list.args.as_slice() else {
        return None;
    };
    if !plain || !list.clauses.is_empty() {
        return None;
    }
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    let aggregation = match (name_of(&function)?.as_str(), distinct) {
        ("sum", false) => Aggregation::Sum,
        ("count", false) => Aggregation::Count,
        ("count", true) => Aggregation::CountDistinct,
        ("approx_count_distinct", false) => Aggregation::ApproximateCountDistinct,
        ("avg" | "mean", false) => Aggregation::Average,
        ("min", _) => Aggregation::Min,
        ("max", _) => Aggregation::Max,
        ("median", false) => Aggregation::Median,
        _ => return None,
    };
    match argument {
        FunctionArgExpr::Wildcard if aggregation == Aggregation::Count => Some((aggregation, None)),
        FunctionArgExpr::Expr(inner) => {
            Some((aggregation, Some(Expression::new(inner.to_string()))))
        }
        _ => None,
    }
}

/// Returns the grain of `DATE_TRUNC('month', ...)`.
pub(super) fn truncated_to(sql: &str) -> Option<Grain> {
    let Expr::Function(function) = parse(sql)? else {
        return None;
    };
    if name_of(&function)? != "date_trunc" {
        return None;
    }
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))) = list.args.first()
    else {
        return None;
    };
    match &value.value {
        Value::SingleQuotedString(grain) | Value::DoubleQuotedString(grain) => Grain::parse(grain),
        _ => None,
    }
}

/// Takes a condition on two datasets apart into pairs of columns, if it is nothing but their equality.
pub(super) fn join(sql: &str, from: &str, to: &str) -> JoinCondition {
    let mut pairs = Vec::new();
    let whole = parse(sql).and_then(|condition| equalities(&condition, from, to, &mut pairs));
    match whole {
        Some(()) => JoinCondition::Columns(pairs),
        None => JoinCondition::Condition(Expression::new(sql.trim())),
    }
}

fn equalities(
    condition: &Expr,
    from: &str,
    to: &str,
    pairs: &mut Vec<(String, String)>,
) -> Option<()> {
    match condition {
        Expr::Nested(inner) => equalities(inner, from, to, pairs),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => {
            equalities(left, from, to, pairs)?;
            equalities(right, from, to, pairs)
        }
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Eq,
            right,
        } => {
            let (left, right) = (column(left)?, column(right)?);
            let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
            if is(&left.0, from) && is(&right.0, to) {
                pairs.push((left.1, right.1));
            } else if is(&left.0, to) && is(&right.0, from) {
                pairs.push((right.1, left.1));
            } else {
                return None;
            }
            Some(())
        }
        _ => None,
    }
}

/// Returns dataset and column of a qualified name.
fn column(expression: &Expr) -> Option<(String, String)> {
    let Expr::CompoundIdentifier(parts) = expression else {
        return None;
    };
    let [.., dataset, column] = parts.as_slice() else {
        return None;
    };
    Some((dataset.value.clone(), column.value.clone()))
}

/// Returns the first parts of the qualified names, each once, and whether there are bare names too.
pub(super) fn qualifiers(expression: &Expr) -> (Vec<Vec<String>>, bool) {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut bare = false;
    // The walk never breaks off, so that there is nothing to take from it.
    let _whole: ControlFlow<()> = visit_expressions(expression, |inner| {
        match inner {
            Expr::Identifier(_) => bare = true,
            Expr::CompoundIdentifier(parts) => {
                let front = &parts[..parts.len().saturating_sub(1)];
                let front: Vec<String> = front.iter().map(|part| part.value.clone()).collect();
                if !found.contains(&front) {
                    found.push(front);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    (found, bare)
}

/// Writes every qualified name anew, by what a function makes of its front parts; empty for a bare name.
pub(super) fn requalified(
    mut expression: Expr,
    qualifier: impl Fn(&[String]) -> Option<String>,
) -> String {
    let _whole: ControlFlow<()> = visit_expressions_mut(&mut expression, |inner| {
        if let Expr::CompoundIdentifier(parts) = inner
            && let Some((last, front)) = parts.split_last()
        {
            let front: Vec<String> = front.iter().map(|part| part.value.clone()).collect();
            *inner = match qualifier(&front) {
                None => Expr::Identifier(last.clone()),
                Some(name) => Expr::CompoundIdentifier(vec![ident(&name), last.clone()]),
            };
        }
        ControlFlow::Continue(())
    });
    expression.to_string()
}

/// Replaces calls such as `MEASURE(name)` by names, and returns the names; `None` if an argument is anything else.
pub(super) fn without_calls(mut expression: Expr, call: &str) -> Option<(String, Vec<String>)> {
    let mut names = Vec::new();
    let walk = visit_expressions_mut(&mut expression, |inner| {
        let Expr::Function(function) = &*inner else {
            return ControlFlow::Continue(());
        };
        if name_of(function).as_deref() != Some(call) {
            return ControlFlow::Continue(());
        }
        let Some(name) = only_name(function) else {
            return ControlFlow::Break(());
        };
        let replaced = Expr::Identifier(ident(&name));
        if !names.contains(&name) {
            names.push(name);
        }
        *inner = replaced;
        ControlFlow::Continue(())
    });
    walk.is_continue().then(|| (expression.to_string(), names))
}

fn only_name(function: &Function) -> Option<String> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(name)))] => {
            Some(name.value.clone())
        }
        _ => None,
    }
}

/// Writes a name as an identifier, in quotes where it is no plain word.
pub(super) fn ident(name: &str) -> Ident {
    if super::names::is_word(name) {
        Ident::new(name)
    } else {
        Ident::with_quote('"', name)
    }
}

fn name_of(function: &Function) -> Option<String> {
    let [part] = function.name.0.as_slice() else {
        return None;
    };
    part.as_ident().map(|name| name.value.to_lowercase())
}

/// Returns the bare names, each once.
pub(super) fn bare_names(expression: &Expr) -> Vec<String> {
    let mut names = Vec::new();
    let _whole: ControlFlow<()> = visit_expressions(expression, |inner| {
        match inner {
            Expr::Identifier(name) if !names.contains(&name.value) => {
                names.push(name.value.clone());
            }
            Expr::CompoundIdentifier(parts) => names.extend(parts.iter().map(ToString::to_string)),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    names
}

/// Qualifies every bare name with a dataset.
pub(super) fn qualified(mut expression: Expr, dataset: &str) -> String {
    let _whole: ControlFlow<()> = visit_expressions_mut(&mut expression, |inner| {
        if let Expr::Identifier(name) = inner {
            *inner = Expr::CompoundIdentifier(vec![ident(dataset), name.clone()]);
        }
        ControlFlow::Continue(())
    });
    expression.to_string()
}
