//! Text of a layer or of a user to one parsed expression, within limits.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, FunctionArguments, visit_expressions};
use sqlparser::dialect::{
    BigQueryDialect, DatabricksDialect, Dialect as SqlDialect, DuckDbDialect, GenericDialect,
    PostgreSqlDialect, SnowflakeDialect,
};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::fragment::hole_index;
use super::{Dialect, PlanError, Reason};

/// Longer text than this is no expression of a model.
const BYTES_MAX: usize = 64 * 1024;

/// Reads one expression, and nothing after it.
pub(super) fn expression(sql: &str, dialect: Option<Dialect>) -> Result<Expr, PlanError> {
    if sql.len() > BYTES_MAX {
        return Err(invalid(
            sql,
            &format!("it is longer than {BYTES_MAX} bytes"),
        ));
    }
    let spoken = syntax(dialect);
    let tokens = Tokenizer::new(&*spoken, sql)
        .tokenize_with_location()
        .map_err(|error| invalid(sql, &error.to_string()))?;
    if tokens.iter().any(|token| is_unprintable(&token.token)) {
        return Err(invalid(sql, "a quoted name holds a quote or a backslash"));
    }
    let mut parser = Parser::new(&*spoken).with_tokens_with_locations(tokens);
    let expr = parser
        .parse_expr()
        .map_err(|error| invalid(sql, &error.to_string()))?;
    let next = parser.peek_token().token;
    if next != Token::EOF {
        return Err(invalid(
            sql,
            &format!("it goes on with `{next}` after its end"),
        ));
    }
    no_query_inside(sql, &expr)?;
    Ok(expr)
}

/// Whether a name would not be printed as it was read: the tree takes quotes in a name for escaped already.
fn is_unprintable(token: &Token) -> bool {
    let Token::Word(word) = token else {
        return false;
    };
    word.quote_style.is_some() && word.value.contains(['"', '`', '\\', '[', ']'])
}

fn syntax(dialect: Option<Dialect>) -> Box<dyn SqlDialect> {
    match dialect {
        Some(Dialect::Postgres) => Box::new(PostgreSqlDialect {}),
        Some(Dialect::DuckDb) => Box::new(DuckDbDialect {}),
        Some(Dialect::Spark) => Box::new(DatabricksDialect {}),
        Some(Dialect::Snowflake) => Box::new(SnowflakeDialect {}),
        Some(Dialect::BigQuery) => Box::new(BigQueryDialect {}),
        Some(Dialect::DataFusion | Dialect::Trino) | None => Box::new(GenericDialect {}),
    }
}

/// Refuses what could read more than the names of the expression say, and parameters, which only the planner has.
fn no_query_inside(sql: &str, expr: &Expr) -> Result<(), PlanError> {
    let found = visit_expressions(expr, |part| match forbidden(part) {
        Some(what) => ControlFlow::Break(what),
        None => ControlFlow::Continue(()),
    });
    match found {
        ControlFlow::Break(what) => Err(invalid(sql, &format!("it holds {what}"))),
        ControlFlow::Continue(()) => Ok(()),
    }
}

fn forbidden(part: &Expr) -> Option<&'static str> {
    match part {
        Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => Some("a query"),
        Expr::Function(function) => match &function.args {
            FunctionArguments::Subquery(_) => Some("a query"),
            FunctionArguments::None | FunctionArguments::List(_) => None,
        },
        Expr::QualifiedWildcard(..) => Some("a `.*`"),
        Expr::Value(value) if is_parameter(&value.value) || hole_index(part).is_some() => {
            Some("a parameter")
        }
        _ => None,
    }
}

fn is_parameter(value: &sqlparser::ast::Value) -> bool {
    matches!(value, sqlparser::ast::Value::Placeholder(_))
}

/// Gives the refusal of a text.
pub(super) fn invalid(sql: &str, why: &str) -> PlanError {
    let shown: String = sql.trim().chars().take(200).collect();
    PlanError::new(
        Reason::InvalidExpression,
        format!("`{shown}` is not an expression that can be used: {why}"),
    )
    .about(shown)
}
