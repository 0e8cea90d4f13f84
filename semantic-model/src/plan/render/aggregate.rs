//! Aggregates.

use sqlparser::ast::{self, Expr, Value};

use super::{literal, tree};
use crate::layer::Aggregation;
use crate::plan::dialect::Dialect;
use crate::plan::error::{PlanError, Reason};
use crate::plan::scalar::Type;

/// An aggregate of a value, or of whole rows if there is none.
pub(super) fn aggregate(
    dialect: Dialect,
    aggregation: Aggregation,
    value: Option<Expr>,
) -> Result<Expr, PlanError> {
    let Some(value) = value else {
        return Ok(count_rows());
    };
    Ok(match aggregation {
        Aggregation::Sum => tree::call("SUM", vec![value]),
        Aggregation::SumBoolean => {
            let one = literal::integer(1);
            let counted = tree::case(value, one, Some(literal::integer(0)));
            tree::call("SUM", vec![counted])
        }
        Aggregation::Count => tree::call("COUNT", vec![value]),
        Aggregation::CountDistinct => distinct("COUNT", value),
        Aggregation::ApproximateCountDistinct => approximate_count(dialect, value),
        Aggregation::Average => tree::call("AVG", vec![averaged(dialect, value)]),
        Aggregation::Min => tree::call("MIN", vec![value]),
        Aggregation::Max => tree::call("MAX", vec![value]),
        Aggregation::StandardDeviation { population: true } => {
            tree::call("STDDEV_POP", vec![averaged(dialect, value)])
        }
        Aggregation::StandardDeviation { population: false } => {
            tree::call("STDDEV_SAMP", vec![averaged(dialect, value)])
        }
        Aggregation::Variance { population: true } => {
            tree::call("VAR_POP", vec![averaged(dialect, value)])
        }
        Aggregation::Variance { population: false } => {
            tree::call("VAR_SAMP", vec![averaged(dialect, value)])
        }
        Aggregation::Median => percentile(dialect, 0.5, false, false, value)?,
        Aggregation::Percentile {
            share,
            discrete,
            approximate,
        } => percentile(dialect, share, discrete, approximate, value)?,
    })
}

fn count_rows() -> Expr {
    let mut function = tree::function("COUNT", Vec::new());
    if let ast::FunctionArguments::List(list) = &mut function.args {
        list.args
            .push(ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Wildcard));
    }
    Expr::Function(function)
}

/// Some engines round the mean of decimals to about as many digits as these have.
fn averaged(dialect: Dialect, value: Expr) -> Expr {
    match dialect {
        Dialect::DataFusion | Dialect::Spark | Dialect::Trino => {
            tree::cast(value, literal::data_type(dialect, Type::Double))
        }
        _ => value,
    }
}

fn distinct(name: &str, value: Expr) -> Expr {
    let mut function = tree::function(name, vec![value]);
    if let ast::FunctionArguments::List(list) = &mut function.args {
        list.duplicate_treatment = Some(ast::DuplicateTreatment::Distinct);
    }
    Expr::Function(function)
}

/// An exact count is a right approximation where there is no other.
fn approximate_count(dialect: Dialect, value: Expr) -> Expr {
    match dialect {
        Dialect::Postgres => distinct("COUNT", value),
        Dialect::DataFusion | Dialect::Trino => tree::call("APPROX_DISTINCT", vec![value]),
        _ => tree::call("APPROX_COUNT_DISTINCT", vec![value]),
    }
}

fn percentile(
    dialect: Dialect,
    share: f64,
    discrete: bool,
    approximate: bool,
    value: Expr,
) -> Result<Expr, PlanError> {
    let at = Expr::value(Value::Number(share.to_string(), false));
    if approximate {
        match dialect {
            Dialect::DuckDb => return Ok(tree::call("APPROX_QUANTILE", vec![value, at])),
            Dialect::Trino | Dialect::Snowflake | Dialect::Spark => {
                return Ok(tree::call("APPROX_PERCENTILE", vec![value, at]));
            }
            Dialect::BigQuery => return Ok(quantiles(share, value)),
            // An exact percentile is a right approximation.
            Dialect::DataFusion | Dialect::Postgres => {}
        }
    }
    if matches!(dialect, Dialect::Trino | Dialect::BigQuery) {
        return Err(PlanError {
            reason: Reason::NotSupported,
            message: format!(
                "{dialect} has no exact percentile of a group; declare the metric as approximate"
            ),
            name: None,
            choices: Vec::new(),
        });
    }
    let name = if discrete {
        "PERCENTILE_DISC"
    } else {
        "PERCENTILE_CONT"
    };
    let mut function = tree::function(name, vec![at]);
    function.within_group = vec![ast::OrderByExpr {
        expr: value,
        options: ast::OrderByOptions {
            asc: None,
            nulls_first: None,
        },
        with_fill: None,
    }];
    Ok(Expr::Function(function))
}

/// The value between two of a thousand approximate quantiles.
fn quantiles(share: f64, value: Expr) -> Expr {
    const PARTS: f64 = 1000.0;
    let all = tree::call("APPROX_QUANTILES", vec![value, tree::number(1000)]);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share lies between 0 and 1, so the place lies between 0 and 1000"
    )]
    let place = (share.clamp(0.0, 1.0) * PARTS).round() as usize;
    let place = tree::call("OFFSET", vec![tree::number(place)]);
    Expr::CompoundFieldAccess {
        root: Box::new(all),
        access_chain: vec![ast::AccessExpr::Subscript(ast::Subscript::Index {
            index: place,
        })],
    }
}
