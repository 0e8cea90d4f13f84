//! Tables from a script of `CREATE TABLE` and `INSERT` statements, as conformance suites and examples have them.

use std::sync::Arc;

use datafusion::common::DataFusionError;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{DdlStatement, LogicalPlan, WriteOp};
use datafusion::sql::parser::{DFParser, Statement};

use super::{DataFusion, Registered};
use crate::error::{Error, Result};
use crate::plain::Plain;
use crate::table::TableName;

impl DataFusion {
    /// Makes the tables that a script creates and fills. It may do nothing else.
    pub async fn load_script(&self, script: &str) -> Result<Vec<(TableName, Registered)>> {
        let statements = DFParser::parse_sql(script).map_err(|cause| self.error(&cause))?;
        let mut created = Vec::new();
        for statement in statements {
            created.extend(self.load_statement(statement).await?);
        }
        let mut tables = Vec::with_capacity(created.len());
        for table in created {
            let registered = self
                .settle(&table)
                .await
                .map_err(|cause| self.error(&cause))??;
            tables.push((table, registered));
        }
        Ok(tables)
    }

    async fn load_statement(&self, statement: Statement) -> Result<Option<TableName>> {
        let error = |cause: DataFusionError| self.error(&cause);
        let plan = self
            .context
            .state()
            .statement_to_plan(statement)
            .await
            .map_err(error)?;
        let created = match &plan {
            LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(create)) => {
                Some(TableName::new(create.name.to_vec()))
            }
            LogicalPlan::Dml(insert) if matches!(insert.op, WriteOp::Insert(_)) => None,
            other => {
                return Err(Error::Refused {
                    engine: self.name.clone(),
                    message: format!(
                        "a script of tables may only create and fill them, not: {}",
                        other.display()
                    ),
                });
            }
        };
        let frame = self
            .context
            .execute_logical_plan(plan)
            .await
            .map_err(error)?;
        frame.collect().await.map_err(error)?;
        Ok(created)
    }

    /// Takes a table that the library made into ours, in the plain types.
    async fn settle(&self, table: &TableName) -> datafusion::common::Result<Result<Registered>> {
        let reference = datafusion::common::TableReference::parse_str(&table.to_string());
        let frame = self.context.table(reference).await?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let batches = frame.collect().await?;
        let plain = Plain::new(&schema);
        let batches: Result<Vec<_>> = batches
            .iter()
            .map(|batch| plain.batch(&self.name, batch))
            .collect();
        let batches = match batches {
            Ok(batches) => batches,
            Err(error) => return Ok(Err(error)),
        };
        self.context.deregister_table(table.to_string())?;
        let memory = MemTable::try_new(plain.schema(), vec![batches])?;
        Ok(self.register_provider(table, Arc::new(memory)))
    }
}
