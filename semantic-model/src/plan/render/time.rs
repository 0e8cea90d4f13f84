//! Moments: periods, parts and lengths of time.

use sqlparser::ast::{self, DateTimeField, Expr, Value};

use super::{literal, tree};
use crate::layer::{DatePart, Grain};
use crate::plan::dialect::Dialect;

/// The start of the period that a moment lies in; weeks start on Monday.
pub(super) fn truncate(dialect: Dialect, grain: Grain, value: Expr) -> Expr {
    if dialect == Dialect::BigQuery {
        let unit = match grain {
            Grain::Week => "ISOWEEK".to_owned(),
            grain => grain.as_str().to_uppercase(),
        };
        let unit = Expr::Identifier(ast::Ident::new(unit));
        return tree::call("DATETIME_TRUNC", vec![value, unit]);
    }
    let unit = literal::text(dialect, grain.as_str());
    let start = tree::call("DATE_TRUNC", vec![unit, value]);
    if dialect == Dialect::Spark {
        // Spark gives a moment of the session's time zone, whatever it is asked of.
        let moment = crate::plan::scalar::Type::Moment;
        return tree::cast(start, literal::data_type(dialect, moment));
    }
    start
}

/// A part of a moment as a whole number; days of the week are ISO's, from Monday 1.
pub(super) fn part(dialect: Dialect, part: DatePart, value: Expr) -> Expr {
    let custom = |name: &str| DateTimeField::Custom(ast::Ident::new(name));
    let field = match (part, dialect) {
        (DatePart::Year, _) => DateTimeField::Year,
        (DatePart::Quarter, _) => DateTimeField::Quarter,
        (DatePart::Month, _) => DateTimeField::Month,
        (DatePart::Day, _) => DateTimeField::Day,
        (DatePart::Doy, Dialect::BigQuery | Dialect::Snowflake) => DateTimeField::DayOfYear,
        (DatePart::Doy, _) => DateTimeField::Doy,
        (DatePart::Dow, Dialect::Snowflake) => custom("DAYOFWEEKISO"),
        (DatePart::Dow, Dialect::Spark) => {
            // Its DOW_ISO is not known to all that speak its dialect; this is, from Sunday 1.
            let day = monday_first(tree::call("DAYOFWEEK", vec![value]));
            let integer = crate::plan::scalar::Type::Integer;
            return tree::cast(day, literal::data_type(dialect, integer));
        }
        (DatePart::Dow, Dialect::Trino) => DateTimeField::Dow,
        (DatePart::Dow, Dialect::BigQuery) => {
            return monday_first(extract(DateTimeField::DayOfWeek, value));
        }
        (DatePart::Dow, _) => DateTimeField::Isodow,
    };
    let extracted = extract(field, value);
    tree::cast(
        extracted,
        literal::data_type(dialect, crate::plan::scalar::Type::Integer),
    )
}

fn extract(field: DateTimeField, value: Expr) -> Expr {
    Expr::Extract {
        field,
        syntax: ast::ExtractSyntax::From,
        expr: Box::new(value),
    }
}

/// From days of the week that count Sunday as 1.
fn monday_first(day: Expr) -> Expr {
    let moved = tree::binary(day, ast::BinaryOperator::Plus, literal::integer(5));
    let rest = tree::call("MOD", vec![moved, literal::integer(7)]);
    tree::binary(rest, ast::BinaryOperator::Plus, literal::integer(1))
}

/// A moment some time later, or earlier if negative.
pub(super) fn shift(dialect: Dialect, value: Expr, count: i64, grain: Grain) -> Expr {
    // Quarters and weeks are no units everywhere; months and days are.
    let (count, grain) = match grain {
        Grain::Quarter => (count.saturating_mul(3), Grain::Month),
        Grain::Week => (count.saturating_mul(7), Grain::Day),
        grain => (count, grain),
    };
    if dialect == Dialect::Snowflake {
        let unit = Expr::Identifier(ast::Ident::new(grain.as_str()));
        return tree::call("DATEADD", vec![unit, literal::integer(count), value]);
    }
    let length = count.unsigned_abs();
    if dialect == Dialect::BigQuery {
        let name = if count < 0 {
            "DATETIME_SUB"
        } else {
            "DATETIME_ADD"
        };
        let length = Expr::value(Value::Number(length.to_string(), false));
        return tree::call(name, vec![value, interval(length, Some(field(grain)))]);
    }
    let op = if count < 0 {
        ast::BinaryOperator::Minus
    } else {
        ast::BinaryOperator::Plus
    };
    let length = match dialect {
        Dialect::Spark | Dialect::Trino => interval(
            literal::text(dialect, &length.to_string()),
            Some(field(grain)),
        ),
        _ => interval(literal::text(dialect, &format!("{length} {grain}")), None),
    };
    tree::binary(value, op, length)
}

fn interval(value: Expr, unit: Option<DateTimeField>) -> Expr {
    Expr::Nested(Box::new(Expr::Interval(ast::Interval {
        value: Box::new(value),
        leading_field: unit,
        leading_precision: None,
        last_field: None,
        fractional_seconds_precision: None,
    })))
}

const fn field(grain: Grain) -> DateTimeField {
    match grain {
        Grain::Nanosecond => DateTimeField::Nanosecond,
        Grain::Microsecond => DateTimeField::Microsecond,
        Grain::Millisecond => DateTimeField::Millisecond,
        Grain::Second => DateTimeField::Second,
        Grain::Minute => DateTimeField::Minute,
        Grain::Hour => DateTimeField::Hour,
        Grain::Day => DateTimeField::Day,
        Grain::Week => DateTimeField::Week(None),
        Grain::Month => DateTimeField::Month,
        Grain::Quarter => DateTimeField::Quarter,
        Grain::Year => DateTimeField::Year,
    }
}
