//! Which functions a condition may call.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Function, visit_expressions};

use crate::plan::{PlanError, Reason, parse};

/// Functions that only compute from their arguments. A condition comes from a user, so that what is not known to be
/// harmless (reading files, sleeping, settings) is refused.
const SCALAR: &[&str] = &[
    "abs",
    "add_months",
    "array_contains",
    "array_length",
    "ascii",
    "btrim",
    "cardinality",
    "cbrt",
    "ceil",
    "ceiling",
    "char_length",
    "character_length",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "contains",
    "current_date",
    "current_time",
    "current_timestamp",
    "date",
    "date_add",
    "date_bin",
    "date_diff",
    "date_part",
    "date_sub",
    "date_trunc",
    "dateadd",
    "datediff",
    "datepart",
    "datetime",
    "datetime_diff",
    "datetime_trunc",
    "day",
    "dayname",
    "dayofmonth",
    "dayofweek",
    "dayofyear",
    "decode",
    "degrees",
    "div",
    "ends_with",
    "endswith",
    "epoch",
    "exp",
    "floor",
    "from_unixtime",
    "getdate",
    "greatest",
    "hour",
    "if",
    "iff",
    "ifnull",
    "initcap",
    "instr",
    "isnull",
    "isodow",
    "json_extract",
    "json_extract_scalar",
    "json_value",
    "last_day",
    "lcase",
    "least",
    "left",
    "len",
    "length",
    "list_contains",
    "ln",
    "localtime",
    "localtimestamp",
    "log",
    "log10",
    "log2",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "make_timestamp",
    "md5",
    "minute",
    "mod",
    "month",
    "monthname",
    "months_between",
    "now",
    "nullif",
    "nullifzero",
    "nvl",
    "nvl2",
    "overlay",
    "parse_date",
    "parse_timestamp",
    "position",
    "pow",
    "power",
    "quarter",
    "radians",
    "regexp_contains",
    "regexp_extract",
    "regexp_like",
    "regexp_matches",
    "regexp_replace",
    "regexp_substr",
    "replace",
    "reverse",
    "right",
    "round",
    "rpad",
    "rtrim",
    "safe_cast",
    "safe_divide",
    "second",
    "sha256",
    "sign",
    "split_part",
    "sqrt",
    "starts_with",
    "startswith",
    "str_to_date",
    "strftime",
    "strlen",
    "strpos",
    "strptime",
    "substr",
    "substring",
    "timestamp",
    "timestamp_diff",
    "timestamp_trunc",
    "timestampadd",
    "timestampdiff",
    "to_char",
    "to_date",
    "to_number",
    "to_timestamp",
    "to_timestamp_ntz",
    "translate",
    "trim",
    "trunc",
    "try_cast",
    "try_to_date",
    "try_to_number",
    "try_to_timestamp",
    "ucase",
    "unix_timestamp",
    "upper",
    "week",
    "weekofyear",
    "year",
    "yearofweek",
    "zeroifnull",
];

/// Functions that put the values of many rows together.
const AGGREGATE: &[&str] = &[
    "any_value",
    "approx_count_distinct",
    "approx_distinct",
    "approx_percentile",
    "approx_percentile_cont",
    "approx_quantile",
    "arbitrary",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "count_if",
    "countif",
    "covar_pop",
    "covar_samp",
    "every",
    "first",
    "first_value",
    "last",
    "last_value",
    "listagg",
    "max",
    "max_by",
    "mean",
    "median",
    "min",
    "min_by",
    "mode",
    "nth_value",
    "percentile",
    "percentile_approx",
    "percentile_cont",
    "percentile_disc",
    "quantile",
    "quantile_cont",
    "quantile_disc",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
];

/// Functions of drafts of Ossie whose meaning is not settled.
const DEFERRED: &[&str] = &[
    "agg",
    "attr",
    "exclude",
    "exists_in",
    "fixed",
    "grain_agg",
    "include",
    "unsafe",
];

/// Functions that only make sense over a window.
const WINDOW: &[&str] = &[
    "cume_dist",
    "dense_rank",
    "lag",
    "lead",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

/// Returns whether an expression puts the values of many rows together, other than over a window.
pub(in crate::plan) fn is_aggregate(expr: &Expr) -> bool {
    match expr {
        Expr::Function(function) => {
            function.over.is_none() && is_listed(AGGREGATE, &called(function))
        }
        _ => false,
    }
}

/// Refuses functions that are not known to only compute from their arguments.
pub(in crate::plan) fn check_functions(sql: &str, ast: &Expr) -> Result<(), PlanError> {
    let found = visit_expressions(ast, |expr| match expr {
        Expr::Function(function) if !is_known(&called(function)) => {
            ControlFlow::Break(function.name.to_string())
        }
        _ => ControlFlow::Continue(()),
    });
    check_deferred(sql, ast)?;
    match found {
        ControlFlow::Break(name) => {
            let mut error = parse::invalid(
                sql,
                &format!("`{name}` is not a function that a condition may call"),
            );
            error.reason = Reason::UnknownFunction;
            Err(error)
        }
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// Refuses functions that Ossie has set aside: an engine that passed them on would answer something else.
pub(in crate::plan) fn check_deferred(sql: &str, ast: &Expr) -> Result<(), PlanError> {
    let found = visit_expressions(ast, |expr| match expr {
        Expr::Function(function) if is_listed(DEFERRED, &called(function)) => {
            ControlFlow::Break(function.name.to_string())
        }
        _ => ControlFlow::Continue(()),
    });
    let ControlFlow::Break(name) = found else {
        return Ok(());
    };
    let message = format!("`{name}` in `{sql}` has no settled meaning yet, so it is not answered");
    Err(PlanError::new(Reason::DeferredFeature, message).about(name))
}

fn called(function: &Function) -> String {
    function.name.to_string().to_lowercase()
}

fn is_known(name: &str) -> bool {
    is_listed(SCALAR, name) || is_listed(AGGREGATE, name) || is_listed(WINDOW, name)
}

fn is_listed(list: &[&str], name: &str) -> bool {
    list.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_for_the_search() {
        for list in [SCALAR, AGGREGATE, DEFERRED, WINDOW] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
