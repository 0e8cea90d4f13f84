//! Calls of aggregates.

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    CaseWhen, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Value,
};

use crate::layer::Aggregation;
use crate::plan::{PlanError, Reason, parse};

/// An aggregate as it is called.
pub(super) struct Call {
    /// How the values are put together.
    pub(super) aggregation: Aggregation,
    /// What is aggregated; whole rows if empty.
    pub(super) argument: Option<Expr>,
    /// The dataset whose rows are counted, where it is said by name.
    pub(super) rows_of: Option<String>,
}

impl Call {
    /// Reads a call.
    pub(super) fn new(sql: &str, function: Function) -> Result<Self, PlanError> {
        let name = function.name.to_string().to_lowercase();
        let (mut arguments, distinct) = arguments(sql, &function)?;
        let rows_of = rows_of(&function);
        let ordered = function
            .within_group
            .first()
            .map(|order| order.expr.clone());
        let share = arguments.first().and_then(number);
        let aggregation = match (name.as_str(), distinct) {
            ("sum", false) => Aggregation::Sum,
            ("count", false) => Aggregation::Count,
            ("count", true) => Aggregation::CountDistinct,
            ("count_if" | "countif", false) => {
                let condition = arguments.pop();
                arguments = condition
                    .map(|when| case_when(when, one()))
                    .into_iter()
                    .collect();
                Aggregation::Count
            }
            ("approx_count_distinct" | "approx_distinct", false) => {
                Aggregation::ApproximateCountDistinct
            }
            ("avg" | "mean", false) => Aggregation::Average,
            // The least of different values is the least of all.
            ("min", _) => Aggregation::Min,
            ("max", _) => Aggregation::Max,
            ("stddev" | "stddev_samp", false) => {
                Aggregation::StandardDeviation { population: false }
            }
            ("stddev_pop", false) => Aggregation::StandardDeviation { population: true },
            ("variance" | "var_samp", false) => Aggregation::Variance { population: false },
            ("var_pop", false) => Aggregation::Variance { population: true },
            ("median", false) => Aggregation::Median,
            ("percentile_cont" | "percentile_disc", false) => {
                let share = share.ok_or_else(|| parse::invalid(sql, "it says no share"))?;
                arguments = ordered.into_iter().collect();
                Aggregation::Percentile {
                    share,
                    discrete: name == "percentile_disc",
                    approximate: false,
                }
            }
            _ => {
                let distinct = if distinct { " of different values" } else { "" };
                let message =
                    format!("`{name}`{distinct} in `{sql}` is not an aggregate that is known");
                return Err(PlanError::new(Reason::NotSupported, message).about(name));
            }
        };
        if arguments.len() > 1 {
            return Err(parse::invalid(
                sql,
                &format!("`{name}` has more than one argument"),
            ));
        }
        let argument = arguments.pop();
        if argument.is_none() && aggregation != Aggregation::Count {
            return Err(parse::invalid(sql, &format!("`{name}` has no argument")));
        }
        let argument = match function.filter {
            Some(when) => Some(case_when(*when, argument.unwrap_or_else(one))),
            None => argument,
        };
        Ok(Self {
            aggregation,
            argument,
            rows_of,
        })
    }
}

/// Returns the arguments of a call, none for a `*`, and whether only different values count.
fn arguments(sql: &str, function: &Function) -> Result<(Vec<Expr>, bool), PlanError> {
    let FunctionArguments::List(list) = &function.args else {
        return Ok((Vec::new(), false));
    };
    let mut arguments = Vec::new();
    for argument in &list.args {
        match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => arguments.push(expr.clone()),
            FunctionArg::Unnamed(
                FunctionArgExpr::Wildcard | FunctionArgExpr::QualifiedWildcard(_),
            ) => {}
            _ => {
                return Err(parse::invalid(
                    sql,
                    "an aggregate has an argument of another kind",
                ));
            }
        }
    }
    if !list.clauses.is_empty() {
        return Err(parse::invalid(
            sql,
            "an aggregate has a clause that is not known",
        ));
    }
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    Ok((arguments, distinct))
}

/// Returns the dataset of `COUNT(orders.*)`.
fn rows_of(function: &Function) -> Option<String> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    list.args.iter().find_map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(name)) => {
            let last = name.0.last()?.as_ident()?;
            Some(last.value.clone())
        }
        _ => None,
    })
}

fn case_when(condition: Expr, result: Expr) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen { condition, result }],
        else_result: None,
    }
}

fn one() -> Expr {
    Expr::value(Value::Number("1".to_owned(), false))
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => text.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}
