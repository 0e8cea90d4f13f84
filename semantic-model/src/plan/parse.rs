//! Text of a layer or of a user to one parsed expression, within limits.

use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, FunctionArguments, Value, ValueWithSpan, Visit, Visitor, visit_expressions,
};
use sqlparser::dialect::{
    BigQueryDialect, DatabricksDialect, Dialect as SqlDialect, DuckDbDialect, GenericDialect,
    PostgreSqlDialect, SnowflakeDialect,
};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::fragment::hole_index;
use super::{Dialect, PlanError, Reason};

/// Longer text than this is no expression of a model.
const BYTES_MAX: usize = 64 * 1024;
/// More words and signs than this are no expression of a model; so many operators in a row would nest as deep.
const TOKENS_MAX: usize = 8192;
/// Expressions do not nest deeper than this, or whoever walks through them could run out of stack.
const DEPTH_MAX: usize = 500;

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
    let spaces = |token: &&TokenWithSpan| matches!(token.token, Token::Whitespace(_));
    if tokens.len() - tokens.iter().filter(spaces).count() > TOKENS_MAX {
        return Err(invalid(
            sql,
            &format!("it has more than {TOKENS_MAX} words and signs"),
        ));
    }
    let texts = tokens.iter().filter(|token| is_text(&token.token)).count();
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
    let mut values = Texts::default();
    let flow: ControlFlow<()> = expr.visit(&mut values);
    debug_assert!(flow.is_continue(), "the visitor never stops early");
    if values.deepest > DEPTH_MAX {
        return Err(invalid(
            sql,
            &format!("it nests more than {DEPTH_MAX} deep"),
        ));
    }
    if values.bytes {
        return Err(invalid(
            sql,
            "it holds bytes, which are not written alike everywhere",
        ));
    }
    if values.count != texts {
        // In the name of a type, say: there it would be printed as it stands and not be escaped.
        return Err(invalid(sql, "a text stands where only a name can"));
    }
    Ok(expr)
}

/// Whether a token is a text in quotes of any kind.
fn is_text(token: &Token) -> bool {
    let other = matches!(
        token,
        Token::Word(_) | Token::Number(..) | Token::Whitespace(_) | Token::Placeholder(_)
    );
    !other && token.to_string().contains(['\'', '"', '$'])
}

/// Counts the texts that stand as values, which are the ones that are escaped when they are printed, and how deep an
/// expression nests.
#[derive(Default)]
struct Texts {
    count: usize,
    bytes: bool,
    depth: usize,
    deepest: usize,
}

impl Visitor for Texts {
    type Break = ();

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> ControlFlow<()> {
        self.bytes |= matches!(
            value.value,
            Value::HexStringLiteral(_)
                | Value::SingleQuotedByteStringLiteral(_)
                | Value::DoubleQuotedByteStringLiteral(_)
                | Value::TripleSingleQuotedByteStringLiteral(_)
                | Value::TripleDoubleQuotedByteStringLiteral(_)
        );
        let plain = matches!(
            value.value,
            Value::Number(..) | Value::Boolean(_) | Value::Null | Value::Placeholder(_)
        );
        self.count += usize::from(!plain);
        ControlFlow::Continue(())
    }
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

fn is_parameter(value: &Value) -> bool {
    matches!(value, Value::Placeholder(_))
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
