//! Queries that a layer declares instead of a table.

use sqlparser::ast::{Query, SetExpr, Statement};
use sqlparser::dialect::{
    BigQueryDialect, DatabricksDialect, Dialect as SqlDialect, DuckDbDialect, GenericDialect,
    PostgreSqlDialect, SnowflakeDialect,
};
use sqlparser::parser::Parser;

use super::{Dialect, PlanError, Reason};

/// Longer text than this is no query of a layer.
const BYTES_MAX: usize = 256 * 1024;

/// Reads one query that only reads.
pub(super) fn query(sql: &str, dialect: Dialect) -> Result<Query, PlanError> {
    let invalid = |why: String| {
        PlanError::new(
            Reason::InvalidExpression,
            format!("the query of a dataset is not valid: {why}"),
        )
    };
    if sql.len() > BYTES_MAX {
        return Err(invalid(format!("it is longer than {BYTES_MAX} bytes")));
    }
    let spoken: Box<dyn SqlDialect> = match dialect {
        Dialect::Postgres => Box::new(PostgreSqlDialect {}),
        Dialect::DuckDb => Box::new(DuckDbDialect {}),
        Dialect::Spark => Box::new(DatabricksDialect {}),
        Dialect::Snowflake => Box::new(SnowflakeDialect {}),
        Dialect::BigQuery => Box::new(BigQueryDialect {}),
        Dialect::DataFusion | Dialect::Trino => Box::new(GenericDialect {}),
    };
    let statements =
        Parser::parse_sql(&*spoken, sql).map_err(|error| invalid(error.to_string()))?;
    let mut statements = statements.into_iter();
    match (statements.next(), statements.next()) {
        (Some(Statement::Query(query)), None) if reads(&query.body) => Ok(*query),
        _ => Err(invalid("it is not one query that reads".to_owned())),
    }
}

fn reads(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(_) | SetExpr::Values(_) => true,
        SetExpr::Query(query) => reads(&query.body),
        SetExpr::SetOperation { left, right, .. } => reads(left) && reads(right),
        _ => false,
    }
}
