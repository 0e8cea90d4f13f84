//! The embedded engine: DataFusion in this process, over CSV, Parquet and memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use datafusion::catalog::{MemoryCatalogProvider, MemorySchemaProvider, TableProvider};
use datafusion::common::TableReference;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::MemTable;
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use parking_lot::RwLock;
use semantic_model::plan::Dialect;

use crate::budget::{Budget, Meter};
use crate::engine::{Engine, in_time};
use crate::error::{Error, Result};
use crate::federation;
use crate::near;
use crate::plain::Plain;
use crate::rows::Rows;
use crate::table::TableName;

mod csv;
mod failures;
mod files;
mod percentile;
mod run;
mod scan;
mod script;
mod stop;
mod sums;
mod types;

pub use csv::CsvOptions;
use files::{Files, Format};
use run::Running;
use stop::Stop;

/// Bytes that queries may spill to the temporary folder, all together.
const SPILL_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// DataFusion in this process.
///
/// Tables are registered under the names that the SQL uses. Cloning is cheap and shares the tables.
#[derive(Clone)]
pub struct DataFusion {
    name: String,
    context: SessionContext,
    tables: Arc<RwLock<BTreeMap<TableName, Registered>>>,
}

/// What is known of a registered table.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Its columns.
    pub schema: SchemaRef,
    /// The file, folder or glob behind it; `None` for a table in memory or in another engine.
    pub files: Option<String>,
    source: Option<Files>,
}

impl DataFusion {
    /// An engine without tables.
    pub fn new(name: &str) -> Result<Self> {
        let build = || {
            let runtime = RuntimeEnvBuilder::new()
                // Files are looked for anew by each query: a folder that grew is seen.
                .with_object_list_cache_limit(0)
                .with_max_temp_directory_size(SPILL_MAX)
                .build_arc()?;
            let state = SessionStateBuilder::new_with_default_features()
                .with_config(config())
                .with_runtime_env(runtime)
                .with_optimizer_rules(federation::optimizer_rules())
                .with_query_planner(federation::query_planner())
                .build();
            let context = SessionContext::new_with_state(state);
            context.register_udaf(sums::checked_sum());
            for function in percentile::percentiles() {
                context.register_udaf(function);
            }
            Ok(context)
        };
        let context = build().map_err(|cause| failures::error(name, &Budget::UNLIMITED, &cause))?;
        Ok(Self {
            name: name.to_owned(),
            context,
            tables: Arc::default(),
        })
    }

    /// Registers CSV files: one file, a folder, or a glob. Their columns must be the same.
    pub async fn register_csv(
        &self,
        table: &TableName,
        files: &str,
        options: CsvOptions,
    ) -> Result<Registered> {
        self.register_files(table, files, Format::Csv(options))
            .await
    }

    /// Registers Parquet files: one file, a folder, or a glob.
    pub async fn register_parquet(&self, table: &TableName, files: &str) -> Result<Registered> {
        self.register_files(table, files, Format::Parquet).await
    }

    async fn register_files(
        &self,
        table: &TableName,
        files: &str,
        format: Format,
    ) -> Result<Registered> {
        let files = Files::open(&self.name, files, format, &self.context.state()).await?;
        let registered = Registered {
            schema: files.schema(),
            files: Some(files.pattern().to_owned()),
            source: Some(files.clone()),
        };
        self.register(table, files.table()?, registered)
    }

    /// Registers rows that are in memory.
    pub fn register_batches(
        &self,
        table: &TableName,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<Registered> {
        let memory = MemTable::try_new(SchemaRef::clone(&schema), vec![batches])
            .map_err(|cause| self.error(&cause))?;
        self.register_provider(table, Arc::new(memory))
    }

    /// Registers any table of the library's kind.
    pub(crate) fn register_provider(
        &self,
        table: &TableName,
        provider: Arc<dyn TableProvider>,
    ) -> Result<Registered> {
        let registered = Registered {
            schema: provider.schema(),
            files: None,
            source: None,
        };
        self.register(table, provider, registered)
    }

    fn register(
        &self,
        table: &TableName,
        provider: Arc<dyn TableProvider>,
        registered: Registered,
    ) -> Result<Registered> {
        let reference = self.reference(table)?;
        self.make_schema(&reference)
            .map_err(|cause| self.error(&cause))?;
        let _previous = self
            .context
            .register_table(reference, provider)
            .map_err(|cause| self.error(&cause))?;
        self.tables
            .write()
            .insert(table.clone(), registered.clone());
        Ok(registered)
    }

    /// Forgets a table; says whether it was there.
    pub fn deregister(&self, table: &TableName) -> Result<bool> {
        let reference = self.reference(table)?;
        let gone = self
            .context
            .deregister_table(reference)
            .map_err(|cause| self.error(&cause))?;
        self.tables.write().remove(table);
        Ok(gone.is_some())
    }

    fn reference(&self, table: &TableName) -> Result<TableReference> {
        match table.parts() {
            [name] => Ok(TableReference::bare(name.as_str())),
            [schema, name] => Ok(TableReference::partial(schema.as_str(), name.as_str())),
            [catalog, schema, name] => Ok(TableReference::full(
                catalog.as_str(),
                schema.as_str(),
                name.as_str(),
            )),
            _ => Err(Error::BadSettings {
                engine: self.name.clone(),
                message: format!(
                    "`{table}` is not the name of a table: it has {} parts",
                    table.parts().len()
                ),
            }),
        }
    }

    /// Makes the catalog and the schema that a table is to be in.
    fn make_schema(&self, table: &TableReference) -> datafusion::common::Result<()> {
        let state = self.context.state();
        let options = &state.config_options().catalog;
        let full = table
            .clone()
            .resolve(&options.default_catalog, &options.default_schema);
        let catalog = if let Some(catalog) = self.context.catalog(&full.catalog) {
            catalog
        } else {
            let catalog = Arc::new(MemoryCatalogProvider::new());
            self.context
                .register_catalog(full.catalog.to_string(), Arc::clone(&catalog) as _);
            catalog
        };
        if catalog.schema(&full.schema).is_none() {
            let _previous =
                catalog.register_schema(&full.schema, Arc::new(MemorySchemaProvider::new()))?;
        }
        Ok(())
    }

    pub(crate) fn error(&self, cause: &datafusion::error::DataFusionError) -> Error {
        failures::error(&self.name, &Budget::UNLIMITED, cause)
    }

    /// The session of one query, with its own share of memory.
    fn session(&self, budget: &Budget) -> Result<SessionState> {
        let state = self.context.state();
        let Some(memory) = budget.memory else {
            return Ok(state);
        };
        let runtime = RuntimeEnvBuilder::from_runtime_env(state.runtime_env())
            .with_memory_pool(Arc::new(GreedyMemoryPool::new(memory)))
            .build_arc()
            .map_err(|cause| self.error(&cause))?;
        Ok(SessionStateBuilder::new_from_existing(state)
            .with_runtime_env(runtime)
            .build())
    }

    /// Every table that the query names must be there, and its files too: without files an answer would be empty and wrong.
    async fn check_tables(&self, sql: &str, session: &SessionState) -> Result<()> {
        let dialect = session.config_options().sql_parser.dialect;
        let parse = || session.resolve_table_references(&session.sql_to_statement(sql, &dialect)?);
        let tables = parse().map_err(|cause| self.error(&cause))?;
        for reference in tables {
            let table = TableName::new(reference.to_vec());
            let known = self.tables.read().get(&table).cloned();
            match known {
                Some(Registered {
                    source: Some(files),
                    ..
                }) => files.check(session).await?,
                Some(_) => {}
                None if self.context.table_provider(reference).await.is_ok() => {}
                None => return Err(self.unknown(table)),
            }
        }
        Ok(())
    }

    fn unknown(&self, table: TableName) -> Error {
        let known = self.tables.read();
        let names: Vec<String> = known.keys().map(ToString::to_string).collect();
        Error::UnknownTable {
            engine: self.name.clone(),
            suggestions: near::names(&table.to_string(), names.iter().map(String::as_str)),
            table,
        }
    }
}

impl DataFusion {
    /// A plan's table.
    pub(crate) async fn frame(&self, table: &TableName) -> Result<DataFrame> {
        let frame = self.context.table(self.reference(table)?).await;
        frame.map_err(|cause| self.error(&cause))
    }

    /// The rows of what is being started.
    async fn rows(
        &self,
        start: impl Future<Output = datafusion::common::Result<Running>> + Send,
        meter: Meter,
        budget: &Budget,
    ) -> Result<Rows> {
        let (name, budget) = (self.name.clone(), *budget);
        let error = move |cause| failures::error(&name, &budget, &cause);
        let running = in_time(&self.name, &meter, async { start.await.map_err(&error) }).await?;
        let plain = Plain::new(&running.schema);
        let schema = plain.schema();
        let name = self.name.clone();
        let batches = running
            .batches()
            .map(move |batch| plain.batch(&name, &batch.map_err(&error)?));
        Ok(Rows::new(&self.name, schema, batches.boxed(), meter))
    }
}

fn config() -> SessionConfig {
    let mut config = SessionConfig::new().with_information_schema(false);
    let options = config.options_mut();
    // Text is plain text everywhere: its views are another Arrow type, which not every reader of answers knows.
    options.sql_parser.map_string_types_to_utf8view = false;
    options.execution.parquet.schema_force_view_types = false;
    // Joins are built anew to listen for a stop, and would lose their part of such filters.
    options.optimizer.enable_join_dynamic_filter_pushdown = false;
    config
}

#[async_trait]
impl Engine for DataFusion {
    fn name(&self) -> &str {
        &self.name
    }

    fn dialect(&self) -> Dialect {
        Dialect::DataFusion
    }

    async fn tables(&self) -> Result<Vec<TableName>> {
        Ok(self.tables.read().keys().cloned().collect())
    }

    async fn schema(&self, table: &TableName) -> Result<SchemaRef> {
        let known = self
            .tables
            .read()
            .get(table)
            .map(|known| SchemaRef::clone(&known.schema));
        known.ok_or_else(|| self.unknown(table.clone()))
    }

    async fn query(&self, sql: &str, budget: &Budget) -> Result<Rows> {
        let meter = Meter::start(budget);
        let session = self.session(budget)?;
        in_time(&self.name, &meter, self.check_tables(sql, &session)).await?;
        let start = Running::start(sql, session, Stop::at(meter.deadline()));
        self.rows(start, meter, budget).await
    }
}

impl std::fmt::Debug for DataFusion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataFusion")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
