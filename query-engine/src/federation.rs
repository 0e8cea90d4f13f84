//! Tables of other engines as tables of the embedded one, with filter, projection and aggregate push-down.
//!
//! What a query asks of one such engine is sent to it as one SQL statement; only its answer comes here. Across two engines
//! nothing is aggregated before it comes, so that plans over several engines go through [`crate::across`] instead.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::common::DataFusionError;
use datafusion::common::TableReference;
use datafusion::execution::context::QueryPlanner;
use datafusion::optimizer::OptimizerRule;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{PhysicalExpr, SendableRecordBatchStream};
use datafusion::sql::unparser::dialect::{DefaultDialect, Dialect as Unparser, PostgreSqlDialect};
use datafusion_federation::sql::{
    RemoteTableRef, SQLExecutor, SQLFederationProvider, SQLTableSource,
};
use datafusion_federation::{FederatedQueryPlanner, FederatedTableProviderAdaptor};
use futures::{StreamExt, TryStreamExt};

use crate::budget::Budget;
use crate::datafusion::{DataFusion, Registered};
use semantic_model::plan::Dialect;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::plain::conform;
use crate::table::TableName;

pub(crate) fn optimizer_rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    datafusion_federation::default_optimizer_rules()
}

pub(crate) fn query_planner() -> Arc<dyn QueryPlanner + Send + Sync> {
    Arc::new(FederatedQueryPlanner::new())
}

/// Makes tables of `engine` readable through `embedded`, under `prefix` followed by their own name.
pub async fn attach(
    embedded: &DataFusion,
    prefix: Option<&str>,
    engine: &Arc<dyn Engine>,
    tables: &[TableName],
) -> Result<Vec<Registered>> {
    let provider = Arc::new(SQLFederationProvider::new(Arc::new(Remote {
        engine: Arc::clone(engine),
    })));
    let mut registered = Vec::with_capacity(tables.len());
    for table in tables {
        let schema = engine.schema(table).await?;
        let source =
            SQLTableSource::new_with_schema(Arc::clone(&provider), reference(table), schema);
        let adaptor = FederatedTableProviderAdaptor::new(Arc::new(source));
        let local = TableName::new(
            prefix
                .into_iter()
                .chain(table.parts().iter().map(String::as_str)),
        );
        registered.push(embedded.register_provider(&local, Arc::new(adaptor))?);
    }
    Ok(registered)
}

fn reference(table: &TableName) -> RemoteTableRef {
    match table.parts() {
        [schema, name] => TableReference::partial(schema.as_str(), name.as_str()),
        [catalog, schema, name] => {
            TableReference::full(catalog.as_str(), schema.as_str(), name.as_str())
        }
        _ => TableReference::bare(table.last()),
    }
    .into()
}

/// An engine as the federation library sees it.
#[derive(Debug)]
struct Remote {
    engine: Arc<dyn Engine>,
}

#[async_trait]
impl SQLExecutor for Remote {
    fn name(&self) -> &str {
        self.engine.name()
    }

    fn compute_context(&self) -> Option<String> {
        Some(self.engine.name().to_owned())
    }

    fn dialect(&self) -> Arc<dyn Unparser> {
        match self.engine.dialect() {
            Dialect::Postgres => Arc::new(PostgreSqlDialect {}),
            _ => Arc::new(DefaultDialect {}),
        }
    }

    fn execute(
        &self,
        query: &str,
        schema: SchemaRef,
        _filters: &[Arc<dyn PhysicalExpr>],
    ) -> datafusion::common::Result<SendableRecordBatchStream> {
        let engine = Arc::clone(&self.engine);
        let sql = query.to_owned();
        let wanted = SchemaRef::clone(&schema);
        // The outer query holds the budget: when it goes over, it drops this stream, and with it the work on the server.
        let batches = futures::stream::once(async move {
            let rows = engine.query(&sql, &Budget::UNLIMITED).await?;
            let name = engine.name().to_owned();
            Ok::<_, Error>(rows.map(move |batch| conform(&name, &wanted, &batch?)))
        })
        .try_flatten()
        .map_err(external);
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches)))
    }

    async fn table_names(&self) -> datafusion::common::Result<Vec<String>> {
        let tables = self.engine.tables().await.map_err(external)?;
        Ok(tables.iter().map(ToString::to_string).collect())
    }

    async fn get_table_schema(&self, table_name: &str) -> datafusion::common::Result<SchemaRef> {
        self.engine
            .schema(&TableName::parse(table_name))
            .await
            .map_err(external)
    }
}

fn external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
