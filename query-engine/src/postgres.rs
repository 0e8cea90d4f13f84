//! A PostgreSQL server: each query in a read-only transaction of its own, rows streamed as they come.

mod cells;
mod connect;
mod failures;
mod numeric;

use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use parking_lot::Mutex;
use semantic_model::plan::Dialect;
use tokio_postgres::{Client, RowStream, Statement};

use crate::budget::{Budget, Meter};
use crate::engine::{Engine, in_time};
use crate::error::{Error, Result};
use crate::near;
use crate::rows::Rows;
use crate::table::TableName;
use cells::{Cells, Kind};
pub use connect::PostgresSettings;
use connect::{Connection, connect};

/// Rows of a batch.
const BATCH_ROWS: usize = 8192;
/// Connections that are kept open for the next query.
const IDLE_MAX: usize = 4;

/// A PostgreSQL server. Cloning is cheap and shares the connections.
#[derive(Debug, Clone)]
pub struct Postgres {
    name: String,
    settings: Arc<PostgresSettings>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Postgres {
    /// A server that is not connected to yet: the first query does that.
    pub fn new(name: &str, settings: PostgresSettings) -> Self {
        Self {
            name: name.to_owned(),
            settings: Arc::new(settings),
            idle: Arc::default(),
        }
    }

    async fn connection(&self) -> Result<Busy> {
        let idle = self
            .idle
            .lock()
            .pop()
            .filter(|connection| !connection.client.is_closed());
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.name, &self.settings).await?,
        };
        Ok(Busy {
            connection: Some(connection),
            idle: Arc::clone(&self.idle),
        })
    }

    fn error(&self, budget: &Budget, cause: &tokio_postgres::Error) -> Error {
        failures::error(&self.name, budget, cause)
    }

    /// Opens the transaction, prepares the statement and starts it.
    async fn start(
        &self,
        busy: &Busy,
        sql: &str,
        budget: &Budget,
        meter: &Meter,
    ) -> Result<(Answer, RowStream)> {
        let client = busy.client();
        let error = |cause| self.error(budget, &cause);
        // Zero is no limit to the server; the meter's own clock still holds.
        let left = meter
            .left()
            .map_or(0, |left| left.as_millis().clamp(1, i32::MAX as u128));
        let opening = format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {left}");
        client.batch_execute(&opening).await.map_err(error)?;
        let (statement, answer) = self.prepare(client, sql, budget).await?;
        let nothing: [&(dyn tokio_postgres::types::ToSql + Sync); 0] = [];
        let rows = client.query_raw(&statement, nothing).await.map_err(error)?;
        Ok((answer, rows))
    }

    /// Prepares a statement; columns of types that we do not read are asked for as text.
    async fn prepare(
        &self,
        client: &Client,
        sql: &str,
        budget: &Budget,
    ) -> Result<(Statement, Answer)> {
        let statement = client.prepare(sql).await;
        let statement = match statement {
            Ok(statement) => statement,
            Err(cause) => {
                return Err(self
                    .with_suggestions(client, self.error(budget, &cause))
                    .await);
            }
        };
        let answer = Answer::new(&statement);
        if answer.columns.is_empty() {
            return Err(Error::Refused {
                engine: self.name.clone(),
                message: "the statement gives no columns".to_owned(),
            });
        }
        if answer.columns.iter().all(|(_, kind)| kind.is_read()) {
            return Ok((statement, answer));
        }
        let sql = as_text(sql, &answer);
        let again = client
            .prepare(&sql)
            .await
            .map_err(|cause| self.error(budget, &cause))?;
        let answer = Answer::new(&again).named_as(&answer);
        Ok((again, answer))
    }

    /// A table that is not there may be there under a like name.
    async fn with_suggestions(&self, client: &Client, error: Error) -> Error {
        let Error::UnknownTable { engine, table, .. } = error else {
            return error;
        };
        // The transaction has failed: nothing can be asked before it is over.
        let known = match client.batch_execute("ROLLBACK").await {
            Ok(()) => self.list(client).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let names: Vec<String> = known.iter().map(ToString::to_string).collect();
        let wanted = table.to_string();
        let mut suggestions = near::names(&wanted, names.iter().map(String::as_str));
        if suggestions.is_empty() {
            suggestions = near::names(table.last(), known.iter().map(TableName::last));
        }
        Error::UnknownTable {
            engine,
            table,
            suggestions,
        }
    }

    async fn list(&self, client: &Client) -> Result<Vec<TableName>> {
        let rows = client
            .query(TABLES, &[])
            .await
            .map_err(|cause| self.error(&Budget::UNLIMITED, &cause))?;
        let name = |row: &tokio_postgres::Row| {
            TableName::new([row.get::<_, String>(0), row.get::<_, String>(1)])
        };
        Ok(rows.iter().map(name).collect())
    }
}

/// Tables, views and what is like them, that the login may read.
const TABLES: &str = "\
    SELECT n.nspname, c.relname
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'
      AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY 1, 2";

#[async_trait]
impl Engine for Postgres {
    fn name(&self) -> &str {
        &self.name
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn tables(&self) -> Result<Vec<TableName>> {
        let busy = self.connection().await?;
        let tables = self.list(busy.client()).await?;
        busy.done();
        Ok(tables)
    }

    async fn schema(&self, table: &TableName) -> Result<SchemaRef> {
        let busy = self.connection().await?;
        let sql = format!("SELECT * FROM {} LIMIT 0", quoted(table));
        let (_, answer) = self
            .prepare(busy.client(), &sql, &Budget::UNLIMITED)
            .await?;
        busy.done();
        Ok(answer.schema)
    }

    async fn query(&self, sql: &str, budget: &Budget) -> Result<Rows> {
        let meter = Meter::start(budget);
        let busy = in_time(&self.name, &meter, self.connection()).await?;
        let start = self.start(&busy, sql, budget, &meter);
        let (answer, rows) = in_time(&self.name, &meter, start).await?;
        let schema = SchemaRef::clone(&answer.schema);
        let reading = Reading {
            engine: self.name.clone(),
            budget: *budget,
            answer,
            rows: rows.boxed(),
            busy,
        };
        let batches = stream::try_unfold(Some(reading), Reading::next);
        Ok(Rows::new(&self.name, schema, batches.boxed(), meter))
    }
}

/// The columns of an answer.
#[derive(Debug)]
struct Answer {
    schema: SchemaRef,
    columns: Vec<(String, Kind)>,
}

impl Answer {
    fn new(statement: &Statement) -> Self {
        let kind =
            |column: &tokio_postgres::Column| Kind::of(column.type_(), column.type_modifier());
        let columns = statement
            .columns()
            .iter()
            .map(|column| (column.name().to_owned(), kind(column)));
        Self::of(columns.collect())
    }

    fn of(columns: Vec<(String, Kind)>) -> Self {
        let field = |(name, kind): &(String, Kind)| Field::new(name, kind.data_type(), true);
        Self {
            schema: Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>())),
            columns,
        }
    }

    /// The same columns under the names of another answer.
    fn named_as(self, other: &Self) -> Self {
        let names = other.columns.iter().map(|(name, _)| name.clone());
        Self::of(
            names
                .zip(self.columns)
                .map(|(name, (_, kind))| (name, kind))
                .collect(),
        )
    }
}

/// The statement with the columns that we cannot read turned to text by the server, which knows how.
fn as_text(sql: &str, answer: &Answer) -> String {
    let columns = answer.columns.iter().enumerate();
    let (names, reads): (Vec<_>, Vec<_>) = columns
        .map(|(at, (_, kind))| {
            let name = format!("c{at}");
            let read = match kind {
                Kind::List => format!("to_json({name})::text AS {name}"),
                Kind::Other => format!("{name}::text AS {name}"),
                _ => name.clone(),
            };
            (name, read)
        })
        .unzip();
    format!(
        "SELECT {} FROM ({sql}) AS q({})",
        reads.join(", "),
        names.join(", ")
    )
}

fn quoted(table: &TableName) -> String {
    let quote = |part: &String| format!("\"{}\"", part.replace('"', "\"\""));
    table
        .parts()
        .iter()
        .map(quote)
        .collect::<Vec<_>>()
        .join(".")
}

/// An answer that is being read.
struct Reading {
    engine: String,
    budget: Budget,
    answer: Answer,
    rows: BoxStream<'static, std::result::Result<tokio_postgres::Row, tokio_postgres::Error>>,
    busy: Busy,
}

impl Reading {
    async fn next(this: Option<Self>) -> Result<Option<(RecordBatch, Option<Self>)>> {
        let Some(mut this) = this else {
            return Ok(None);
        };
        let mut cells = Cells::new(&this.answer.columns);
        while cells.rows() < BATCH_ROWS {
            let row = this.rows.try_next().await;
            if let Some(row) =
                row.map_err(|cause| failures::error(&this.engine, &this.budget, &cause))?
            {
                cells.push(&this.engine, &row)?;
            } else {
                let batch = cells.batch(&this.engine, &this.answer.schema)?;
                this.busy.finish().await;
                return Ok((batch.num_rows() > 0).then_some((batch, None)));
            }
        }
        let batch = cells.batch(&this.engine, &this.answer.schema)?;
        Ok(Some((batch, Some(this))))
    }
}

/// A connection with a query on it. Dropped before the query is done, it tells the server to stop and is given up.
#[derive(Debug)]
struct Busy {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Busy {
    fn client(&self) -> &Client {
        &self
            .connection
            .as_ref()
            .expect("a connection is there until it is done")
            .client
    }

    /// Ends the transaction and keeps the connection.
    async fn finish(self) {
        if self.client().batch_execute("COMMIT").await.is_ok() {
            self.done();
        }
    }

    fn done(mut self) {
        let mut idle = self.idle.lock();
        if idle.len() < IDLE_MAX {
            idle.extend(self.connection.take());
        } else {
            drop(self.connection.take());
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        // Without a runtime nobody waits for the server any more; it notices the closed connection itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(connection.cancel()));
        }
    }
}
