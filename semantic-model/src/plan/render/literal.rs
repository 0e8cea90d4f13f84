//! Values and types.

use sqlparser::ast::{self, DataType, ExactNumberInfo, TimezoneInfo, Value};

use super::tree;
use crate::plan::dialect::Dialect;
use crate::plan::scalar::Type;

pub(super) fn boolean(value: bool) -> ast::Expr {
    ast::Expr::value(Value::Boolean(value))
}

pub(super) fn integer(value: i64) -> ast::Expr {
    let digits = ast::Expr::value(Value::Number(value.unsigned_abs().to_string(), false));
    if value < 0 {
        return ast::Expr::Nested(Box::new(ast::Expr::UnaryOp {
            op: ast::UnaryOperator::Minus,
            expr: Box::new(digits),
        }));
    }
    digits
}

/// Text, so that the dialect reads back the same characters.
pub(super) fn text(dialect: Dialect, value: &str) -> ast::Expr {
    ast::Expr::value(Value::SingleQuotedString(escaped(dialect, value)))
}

/// The text with its quotes, and where the dialect reads them its backslashes, escaped.
///
/// The tree takes a quote that is doubled, or has a backslash before it, for escaped and prints it as it stands:
/// `\'` would end a literal on engines that read no backslashes. What is escaped here it prints unchanged.
pub(super) fn escaped(dialect: Dialect, value: &str) -> String {
    match dialect {
        Dialect::Spark => value.replace('\\', "\\\\").replace('\'', "\\'"),
        // A text in simple quotes is one line there.
        Dialect::BigQuery => value
            .replace('\\', "\\\\")
            .replace('\'', "\\'")
            .replace('\n', "\\n")
            .replace('\r', "\\r"),
        Dialect::Snowflake => value.replace('\\', "\\\\").replace('\'', "\'\'"),
        _ => value.replace('\'', "\'\'"),
    }
}

/// Spells text of the layer or the query, however it was quoted there, so that the dialect reads the same characters.
pub(super) fn respell(dialect: Dialect, value: &mut Value) {
    let is_text = !matches!(
        value,
        Value::Number(..) | Value::Boolean(_) | Value::Null | Value::Placeholder(_)
    );
    if is_text && let Some(text) = value.clone().into_string() {
        *value = Value::SingleQuotedString(escaped(dialect, &text));
    }
}

pub(super) fn null(dialect: Dialect, of: Type) -> ast::Expr {
    tree::cast(ast::Expr::value(Value::Null), data_type(dialect, of))
}

pub(super) fn moment(dialect: Dialect, value: &str) -> ast::Expr {
    tree::cast(text(dialect, value), data_type(dialect, Type::Moment))
}

/// The dialect's name of a type.
pub(super) fn data_type(dialect: Dialect, of: Type) -> DataType {
    let named = |name: &str| DataType::Custom(ast::Ident::new(name).into(), Vec::new());
    match (of, dialect) {
        // The bare type is nanoseconds there, which end in 2262.
        (Type::Moment, Dialect::DataFusion) => DataType::Timestamp(Some(6), TimezoneInfo::None),
        (Type::FineMoment, Dialect::DataFusion) => DataType::Timestamp(Some(9), TimezoneInfo::None),
        (Type::FineMoment, Dialect::DuckDb) => named("TIMESTAMP_NS"),
        (Type::FineMoment, Dialect::Trino) => DataType::Timestamp(Some(9), TimezoneInfo::None),
        (Type::Moment | Type::FineMoment, Dialect::Spark) => DataType::TimestampNtz(None),
        (Type::Moment | Type::FineMoment, Dialect::BigQuery) => DataType::Datetime(None),
        (Type::Moment | Type::FineMoment, Dialect::Snowflake) => DataType::TimestampNtz(None),
        (Type::Moment, Dialect::Trino) => DataType::Timestamp(Some(6), TimezoneInfo::None),
        (Type::Moment | Type::FineMoment, _) => DataType::Timestamp(None, TimezoneInfo::None),
        (Type::Double, Dialect::Postgres) => DataType::DoublePrecision,
        (Type::Double, Dialect::BigQuery) => DataType::Float64,
        (Type::Double, _) => DataType::Double(ExactNumberInfo::None),
        (Type::Integer, Dialect::BigQuery) => DataType::Int64,
        (Type::Integer, _) => DataType::BigInt(None),
        (Type::Text, Dialect::BigQuery | Dialect::Spark) => DataType::String(None),
        (Type::Text, _) => DataType::Varchar(None),
    }
}
