//! What may be sent and how small answers are read.

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use sqlparser::ast::Statement;
use sqlparser::parser::Parser;

use super::dialect::SparkDialect;
use crate::error::{Error, Result};

/// Refuses what is not one query: Spark has no transactions that only read.
pub(super) fn only(engine: &str, sql: &str) -> Result<()> {
    let refused = |message: String| Error::Refused {
        engine: engine.to_owned(),
        message,
    };
    let statements =
        Parser::parse_sql(&SparkDialect, sql).map_err(|cause| refused(cause.to_string()))?;
    match statements.as_slice() {
        [Statement::Query(query)] if !writes(query) => Ok(()),
        [_] => Err(refused("only a query may be sent".to_owned())),
        _ => Err(refused("only one statement may be sent".to_owned())),
    }
}

/// A query whose inner parts write, which the grammar knows.
fn writes(query: &sqlparser::ast::Query) -> bool {
    use sqlparser::ast::SetExpr;
    let with = query.with.iter().flat_map(|with| &with.cte_tables);
    let inner = with.map(|table| table.query.as_ref()).any(writes);
    inner
        || matches!(
            query.body.as_ref(),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_)
        )
}

/// The texts of a column, without NULLs.
pub(super) fn texts(batch: &RecordBatch, column: usize) -> Vec<String> {
    let Some(Ok(column)) = batch
        .columns()
        .get(column)
        .map(|column| cast(column, &DataType::Utf8))
    else {
        return Vec::new();
    };
    let texts = column.as_string::<i32>();
    texts.iter().flatten().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn one_query_and_nothing_else() {
        for sql in [
            "SELECT `a` FROM t WHERE b = 'it\\'s; DROP TABLE t'",
            "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
        ] {
            assert!(only("cluster", sql).is_ok(), "{sql}");
        }
        for sql in [
            "DROP TABLE t",
            "SELECT 1; SELECT 2",
            "SELECT 'it\\\\'; DROP TABLE t",
        ] {
            assert!(only("cluster", sql).is_err(), "{sql}");
        }
    }
}
