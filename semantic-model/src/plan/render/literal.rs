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

/// Doubles backslashes where the dialect reads them as escapes; the tree doubles quotes.
pub(super) fn escaped(dialect: Dialect, value: &str) -> String {
    if backslash_escapes(dialect) {
        value.replace('\\', "\\\\")
    } else {
        value.to_owned()
    }
}

const fn backslash_escapes(dialect: Dialect) -> bool {
    matches!(
        dialect,
        Dialect::Spark | Dialect::BigQuery | Dialect::Snowflake
    )
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
