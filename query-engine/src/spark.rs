//! A Spark Connect server: Apache Spark 4, Sail, Databricks. SQL goes there, Arrow comes back.

use std::fmt;
use std::io::Cursor;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::StreamReader;
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use semantic_model::plan::Dialect;
use spark_connect_core::channel::ChannelBuilder;
use spark_connect_core::client::{ReattachableResponseStream, SparkConnectClient};
use spark_connect_core::error::SparkError;
use spark_connect_core::retries::RetryPolicy;
use spark_connect_proto as proto;
use spark_connect_proto::execute_plan_response::ResponseType;
use tokio::sync::OnceCell;

use crate::budget::{Budget, Meter};
use crate::engine::{Engine, in_time};
use crate::error::{Error, Result};
use crate::plain::Plain;
use crate::rows::Rows;
use crate::table::TableName;

mod dialect;
mod failures;
mod reading;

/// Where a server is.
#[derive(Clone)]
pub struct SparkSettings {
    /// `sc://host:15002/;token=..;use_ssl=true`.
    pub url: String,
}

impl fmt::Debug for SparkSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a token.
        f.debug_struct("SparkSettings").finish_non_exhaustive()
    }
}

/// A Spark Connect server. Cloning is cheap and shares the session.
#[derive(Clone)]
pub struct Spark {
    name: String,
    settings: SparkSettings,
    client: Arc<OnceCell<Arc<SparkConnectClient>>>,
}

/// The same moments and the same arithmetic as the other engines have. A server that does not know a setting keeps its own way.
const SESSION: [(&str, &str); 3] = [
    ("spark.sql.session.timeZone", "UTC"),
    ("spark.sql.timestampType", "TIMESTAMP_NTZ"),
    ("spark.sql.ansi.enabled", "true"),
];

/// How often a server that is not there is tried again.
const RETRIES: u32 = 3;

impl Spark {
    /// A server that is not connected to yet: the first query does that.
    pub fn new(name: &str, settings: SparkSettings) -> Self {
        Self {
            name: name.to_owned(),
            settings,
            client: Arc::default(),
        }
    }

    async fn client(&self) -> Result<&Arc<SparkConnectClient>> {
        self.client.get_or_try_init(|| self.connect()).await
    }

    async fn connect(&self) -> Result<Arc<SparkConnectClient>> {
        let address = ChannelBuilder::parse(&self.settings.url)
            .map_err(|_| self.bad("the address is not one of Spark Connect"))?;
        let client = SparkConnectClient::connect(&address).await;
        let mut client = client.map_err(|cause| self.bad(&cause.get_message()))?;
        client.set_retry_policy(RetryPolicy {
            max_retries: Some(RETRIES),
            initial_backoff_ms: 200,
            max_backoff_ms: Some(1000),
            ..RetryPolicy::default()
        });
        for (key, value) in SESSION {
            match client.set_config(key, value).await {
                Err(cause) if failures::is_unreachable(&cause) => return Err(self.error(&cause)),
                _ => {}
            }
        }
        Ok(Arc::new(client))
    }

    fn bad(&self, message: &str) -> Error {
        Error::BadSettings {
            engine: self.name.clone(),
            message: message.to_owned(),
        }
    }

    fn error(&self, cause: &SparkError) -> Error {
        failures::error(&self.name, cause)
    }

    async fn start(&self, sql: &str) -> Result<Running> {
        let client = self.client().await?;
        let operation = uuid::Uuid::new_v4().to_string();
        let relation = proto::Relation {
            common: None,
            rel_type: Some(proto::relation::RelType::Sql(proto::Sql {
                query: sql.to_owned(),
                ..Default::default()
            })),
        };
        let request = proto::ExecutePlanRequest {
            session_id: client.session_id().to_owned(),
            operation_id: Some(operation.clone()),
            user_context: Some(proto::UserContext {
                user_id: client.user_id().unwrap_or("isogloss").to_owned(),
                user_name: "isogloss".to_owned(),
                ..Default::default()
            }),
            plan: Some(proto::Plan {
                op_type: Some(proto::plan::OpType::Root(relation)),
            }),
            ..Default::default()
        };
        // Until it is marked as done, dropping this stops the work on the server.
        let mut running = Running {
            engine: self.name.clone(),
            client: Arc::clone(client),
            operation,
            answer: None,
            done: false,
        };
        let answer = client.execute_plan_reattachable(request).await;
        running.answer = Some(answer.map_err(|cause| self.error(&cause))?);
        Ok(running)
    }

    /// All rows of a small statement of our own.
    async fn all(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        let running = self.start(sql).await?;
        stream::try_unfold(running, Running::next)
            .try_concat()
            .await
    }

    async fn names(&self, sql: &str, column: usize) -> Result<Vec<String>> {
        let batches = self.all(sql).await?;
        Ok(batches
            .iter()
            .flat_map(|batch| reading::texts(batch, column))
            .collect())
    }
}

#[async_trait]
impl Engine for Spark {
    fn name(&self) -> &str {
        &self.name
    }

    fn dialect(&self) -> Dialect {
        Dialect::Spark
    }

    async fn tables(&self) -> Result<Vec<TableName>> {
        let mut tables = Vec::new();
        for schema in self.names("SHOW SCHEMAS", 0).await? {
            let quoted = schema.replace('`', "``");
            let names = self.names(&format!("SHOW TABLES IN `{quoted}`"), 1).await?;
            tables.extend(
                names
                    .into_iter()
                    .map(|name| TableName::new([schema.clone(), name])),
            );
        }
        tables.sort();
        tables.dedup();
        Ok(tables)
    }

    async fn schema(&self, table: &TableName) -> Result<SchemaRef> {
        let parts = table
            .parts()
            .iter()
            .map(|part| format!("`{}`", part.replace('`', "``")));
        let sql = format!(
            "SELECT * FROM {} LIMIT 0",
            parts.collect::<Vec<_>>().join(".")
        );
        Ok(self.query(&sql, &Budget::DEFAULT).await?.schema())
    }

    async fn query(&self, sql: &str, budget: &Budget) -> Result<Rows> {
        let meter = Meter::start(budget);
        reading::only(&self.name, sql)?;
        let start = async {
            let running = self.start(sql).await?;
            running.next().await
        };
        // Even an empty answer has a batch, which says what its columns are.
        let Some((first, running)) = in_time(&self.name, &meter, start).await? else {
            return Err(Error::Failed {
                engine: self.name.clone(),
                message: "the answer has no schema".to_owned(),
            });
        };
        let schema = match first.first() {
            Some(batch) => batch.schema(),
            None => {
                return Err(Error::Failed {
                    engine: self.name.clone(),
                    message: "the answer has no schema".to_owned(),
                });
            }
        };
        let plain = Plain::new(&schema);
        let announced = plain.schema();
        let name = self.name.clone();
        let rest = stream::try_unfold(running, Running::next);
        let batches = stream::once(std::future::ready(Ok(first)))
            .chain(rest)
            .map_ok(|batches: Vec<RecordBatch>| stream::iter(batches.into_iter().map(Ok)))
            .try_flatten()
            .and_then(move |batch| std::future::ready(plain.batch(&name, &batch)));
        Ok(Rows::new(&self.name, announced, batches.boxed(), meter))
    }
}

impl fmt::Debug for Spark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spark")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A statement that runs on the server.
struct Running {
    engine: String,
    client: Arc<SparkConnectClient>,
    operation: String,
    answer: Option<ReattachableResponseStream>,
    done: bool,
}

impl Running {
    /// Waits for the next message that holds rows.
    async fn next(mut self) -> Result<Option<(Vec<RecordBatch>, Self)>> {
        let Some(answer) = self.answer.as_mut() else {
            return Ok(None);
        };
        loop {
            let message = answer
                .message()
                .await
                .map_err(|cause| failures::error(&self.engine, &cause));
            let message = match message {
                Ok(Some(message)) => message,
                Ok(None) => {
                    self.done = true;
                    return Ok(None);
                }
                Err(error) => {
                    self.done = true;
                    return Err(error);
                }
            };
            if let Some(ResponseType::ArrowBatch(batch)) = message.response_type {
                let batches = decode(&batch.data).map_err(|cause| Error::Failed {
                    engine: self.engine.clone(),
                    message: format!("the answer is no Arrow stream: {cause}"),
                })?;
                return Ok(Some((batches, self)));
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        let (client, operation) = (
            Arc::clone(&self.client),
            std::mem::take(&mut self.operation),
        );
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // It may have ended in the meantime: then there is nothing to stop.
            drop(runtime.spawn(async move { drop(client.interrupt_operation(&operation).await) }));
        }
    }
}

/// The batches of one IPC stream; one without rows stands for a stream of the schema alone.
fn decode(data: &[u8]) -> std::result::Result<Vec<RecordBatch>, arrow::error::ArrowError> {
    let reader = StreamReader::try_new(Cursor::new(data), None)?;
    let schema = reader.schema();
    let mut batches = reader.collect::<std::result::Result<Vec<_>, _>>()?;
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}
