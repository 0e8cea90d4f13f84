//! Reading the catalog, in one read-only transaction that ends as if it had never been.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use connectors::postgres::document::{
    Catalog, Column, Database, FORMAT, Missing, Relation, Schema, StatementCount,
};
use connectors::postgres::without_literals;
use futures::StreamExt;
use serde::de::DeserializeOwned;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::address::Address;
use super::connect::{connect, reason_of};
use crate::{Error, Result};

/// What is read, and how long it may take.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// The schemas, where `*` stands for any characters; all but the system's when there is none.
    pub schemas: Vec<String>,
    /// How many of the most frequent statements of `pg_stat_statements` are read; none for 0.
    pub statements_max: u32,
    /// How long one query may take.
    pub statement_timeout: Duration,
    /// How long a query may wait for somebody else's lock.
    pub lock_timeout: Duration,
    /// How long everything may take.
    pub total_timeout: Duration,
    /// How large the catalog may be, in bytes of JSON.
    pub bytes_max: usize,
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            schemas: Vec::new(),
            statements_max: 10_000,
            statement_timeout: Duration::from_mins(1),
            lock_timeout: Duration::from_secs(2),
            total_timeout: Duration::from_mins(10),
            bytes_max: 512 << 20,
        }
    }
}

/// Reads the catalog of a database.
///
/// A part that this user may not read, or that takes too long, is named in [`Catalog::missing`]; the tables
/// themselves must be readable.
///
/// # Errors
/// What [`connect`] gives, [`Error::Query`], [`Error::UnknownSchema`], [`Error::Timeout`] or [`Error::TooLarge`].
pub async fn fetch(address: &Address, options: &FetchOptions) -> Result<Catalog> {
    let work = async {
        let session = connect(address).await?;
        let mut reader = Reader {
            client: &session.client,
            address,
            options,
            patterns: patterns(&options.schemas),
            bytes_left: options.bytes_max,
            missing: Vec::new(),
        };
        let search_path = reader.begin().await?;
        reader.read(&search_path).await
    };
    let finished = tokio::time::timeout(options.total_timeout, work).await;
    finished.unwrap_or_else(|_| {
        Err(Error::Timeout {
            address: address.to_string(),
            seconds: options.total_timeout.as_secs(),
        })
    })
}

/// Reads the catalog of a database on a runtime of its own, for callers that have none.
///
/// # Errors
/// As [`fetch`].
pub fn fetch_blocking(address: &Address, options: &FetchOptions) -> Result<Catalog> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Error::Unreachable {
        address: address.to_string(),
        reason: error.to_string(),
    })?;
    runtime.block_on(fetch(address, options))
}

struct Reader<'a> {
    client: &'a Client,
    address: &'a Address,
    options: &'a FetchOptions,
    /// The schemas, as patterns of `LIKE`.
    patterns: Vec<String>,
    bytes_left: usize,
    missing: Vec<Missing>,
}

/// Why a part could not be read.
enum Trouble {
    /// The server refuses it or gave up; the rest can still be read.
    Part(String),
    /// Nothing more can be read.
    Whole(Error),
}

impl Reader<'_> {
    /// Opens the transaction, and gives the search path that the session had.
    async fn begin(&mut self) -> Result<String> {
        let path = self.value("current_setting('search_path')").await?;
        let statement = self.options.statement_timeout.as_millis();
        let lock = self.options.lock_timeout.as_millis();
        // With an empty search path every name that comes back has its schema.
        let setup = format!(
            "begin transaction isolation level repeatable read read only; \
             set local statement_timeout = {statement}; set local lock_timeout = {lock}; \
             set local search_path = ''"
        );
        let set_up = self.client.batch_execute(&setup).await;
        set_up.map_err(|error| self.failed("session", &error))?;
        Ok(path)
    }

    async fn read(mut self, search_path: &str) -> Result<Catalog> {
        let version = self.value("current_setting('server_version_num')").await?;
        let version: u32 = version.parse().unwrap_or_default();
        let database = self.database(search_path).await?;
        let schemas = self
            .part("schemas", include_str!("sql/schemas.sql"))
            .await?;
        let relations = include_str!("sql/relations.sql");
        let relations = self.needed("relations", relations).await?;
        self.check_schemas(&schemas)?;
        let columns = include_str!("sql/columns.sql");
        let mut catalog = Catalog {
            format: FORMAT.to_owned(),
            database,
            schemas,
            relations,
            columns: self.needed("columns", columns).await?,
            constraints: self
                .part("constraints", include_str!("sql/constraints.sql"))
                .await?,
            dependencies: self
                .part("dependencies", include_str!("sql/dependencies.sql"))
                .await?,
            roles: self.part("roles", include_str!("sql/roles.sql")).await?,
            grants: self.part("grants", include_str!("sql/grants.sql")).await?,
            ..Catalog::default()
        };
        self.definitions(&mut catalog.relations).await?;
        self.defaults(&mut catalog.columns, version).await?;
        self.statements(&mut catalog).await?;
        catalog.missing = self.missing;
        Ok(catalog)
    }

    async fn database(&mut self, search_path: &str) -> Result<Database> {
        let found: Vec<Database> = self
            .part("database", include_str!("sql/database.sql"))
            .await?;
        let found = found.into_iter().next().unwrap_or_else(|| Database {
            name: self.address.database().to_owned(),
            ..Database::default()
        });
        let path = search_path
            .split(',')
            .map(|name| name.trim().trim_matches('"'));
        Ok(Database {
            host: self.address.host().map(str::to_owned),
            port: Some(self.address.port()),
            search_path: path
                .filter(|name| !name.is_empty() && *name != "$user")
                .map(str::to_owned)
                .collect(),
            ..found
        })
    }

    /// A schema that was asked for by its name must be there; a typo would otherwise empty the source.
    fn check_schemas(&self, schemas: &[Schema]) -> Result<()> {
        for pattern in &self.options.schemas {
            let found =
                pattern.contains('*') || schemas.iter().any(|schema| schema.name == *pattern);
            if !found {
                return Err(Error::UnknownSchema {
                    address: self.address.to_string(),
                    pattern: pattern.clone(),
                });
            }
        }
        Ok(())
    }

    /// Adds the queries of views and how tables are split, which a lock on one of them may keep away.
    async fn definitions(&mut self, relations: &mut [Relation]) -> Result<()> {
        let sql = include_str!("sql/definitions.sql");
        let found: Vec<Relation> = self.part("definitions", sql).await?;
        let mut by_name: BTreeMap<(String, String), Relation> = found
            .into_iter()
            .map(|found| ((found.schema.clone(), found.name.clone()), found))
            .collect();
        for relation in relations {
            let key = (relation.schema.clone(), relation.name.clone());
            if let Some(found) = by_name.remove(&key) {
                relation.definition = found.definition;
                relation.partition_bound = found.partition_bound;
                relation.partition_key = found.partition_key;
            }
        }
        Ok(())
    }

    /// Adds the expressions of columns, which a lock on one of the tables may keep away.
    async fn defaults(&mut self, columns: &mut [Column], version: u32) -> Result<()> {
        let mut sql = include_str!("sql/defaults.sql").to_owned();
        if version < 120_000 {
            // There were no generated columns, and no word for them.
            sql = sql.replace("a.attgenerated", "''");
        }
        let found: Vec<Column> = self.part("defaults", &sql).await?;
        let mut by_name: BTreeMap<[String; 3], Column> = found
            .into_iter()
            .map(|found| (key_of(&found), found))
            .collect();
        for column in columns {
            if let Some(found) = by_name.remove(&key_of(column)) {
                column.default = found.default;
                column.generated = found.generated;
            }
        }
        Ok(())
    }

    async fn statements(&mut self, catalog: &mut Catalog) -> Result<()> {
        if self.options.statements_max == 0 {
            return Ok(());
        }
        let sql = "select n.nspname, e.extversion from pg_catalog.pg_extension e \
                   join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'";
        let found = match self.client.query_opt(sql, &[]).await {
            Ok(found) => found,
            Err(error) => return Err(self.failed("statements", &error)),
        };
        let Some(row) = found else {
            self.missed(
                "statements",
                "the extension pg_stat_statements is not installed",
            );
            return Ok(());
        };
        let (schema, version): (String, String) = (row.get(0), row.get(1));
        let total = if is_before_1_8(&version) {
            "total_time"
        } else {
            "total_exec_time"
        };
        let sql = include_str!("sql/statements.sql")
            .replace("{schema}", &format!("\"{}\"", schema.replace('"', "\"\"")))
            .replace("{total}", total)
            .replace("{limit}", &self.options.statements_max.to_string());
        let mut statements: Vec<StatementCount> = self.part("statements", &sql).await?;
        for statement in &mut statements {
            // What is written between quotes may be about people; the server leaves some in, in comments for one.
            statement.query = without_literals(&statement.query);
        }
        if statements.len() as u64 == u64::from(self.options.statements_max) {
            let reason = format!("only the {} most frequent were read", statements.len());
            self.missed("statements", &reason);
        }
        if !self.may_see_statements().await? {
            let reason =
                "this user sees its own only; grant pg_read_all_stats to it to see those of others";
            self.missed("statements", reason);
        }
        catalog.statements = statements;
        Ok(())
    }

    async fn may_see_statements(&self) -> Result<bool> {
        let sql = "select pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')";
        let row = self.client.query_one(sql, &[]).await;
        row.map(|row| row.get(0))
            .map_err(|error| self.failed("statements", &error))
    }

    async fn value(&self, expression: &str) -> Result<String> {
        let row = self
            .client
            .query_one(&format!("select {expression}"), &[])
            .await;
        row.map(|row| row.get(0))
            .map_err(|error| self.failed("session", &error))
    }

    /// Reads a part without which the rest is worth nothing.
    async fn needed<T: DeserializeOwned>(
        &mut self,
        part: &'static str,
        sql: &str,
    ) -> Result<Vec<T>> {
        match self.rows(part, sql).await {
            Ok(rows) => Ok(rows),
            Err(Trouble::Whole(error)) => Err(error),
            Err(Trouble::Part(reason)) => Err(Error::Query {
                address: self.address.to_string(),
                part,
                reason,
            }),
        }
    }

    /// Reads a part; one that cannot be read is noted and empty.
    async fn part<T: DeserializeOwned>(&mut self, part: &'static str, sql: &str) -> Result<Vec<T>> {
        match self.rows(part, sql).await {
            Ok(rows) => Ok(rows),
            Err(Trouble::Whole(error)) => Err(error),
            Err(Trouble::Part(reason)) => {
                self.missed(part, &reason);
                Ok(Vec::new())
            }
        }
    }

    fn missed(&mut self, part: &str, reason: &str) {
        self.missing.push(Missing {
            part: part.to_owned(),
            reason: reason.to_owned(),
        });
    }

    /// Runs a query within a savepoint, so that what it breaks is only itself.
    async fn rows<T: DeserializeOwned>(
        &mut self,
        part: &'static str,
        sql: &str,
    ) -> Result<Vec<T>, Trouble> {
        let before = self.client.batch_execute("savepoint part").await;
        before.map_err(|error| Trouble::Whole(self.failed(part, &error)))?;
        let read = self.stream(part, sql).await;
        let after = match &read {
            Ok(_) => "release savepoint part",
            Err(Trouble::Part(_)) => "rollback to savepoint part",
            Err(Trouble::Whole(_)) => return read,
        };
        let after = self.client.batch_execute(after).await;
        after.map_err(|error| Trouble::Whole(self.failed(part, &error)))?;
        read
    }

    async fn stream<T: DeserializeOwned>(
        &mut self,
        part: &'static str,
        sql: &str,
    ) -> Result<Vec<T>, Trouble> {
        let as_json = format!("select pg_catalog.row_to_json(t)::text from ({sql}) t");
        let patterns: [&Vec<String>; 1] = [&self.patterns];
        let parameters = if sql.contains("$1::text[]") {
            &patterns[..]
        } else {
            &[]
        };
        let found = self
            .client
            .query_raw(&as_json, parameters.iter().copied())
            .await;
        let mut found = pin!(found.map_err(|error| self.trouble(part, &error))?);
        let mut rows = Vec::new();
        while let Some(row) = found.next().await {
            let row = row.map_err(|error| self.trouble(part, &error))?;
            let text: &str = row.get(0);
            self.bytes_left = self.bytes_left.checked_sub(text.len()).ok_or_else(|| {
                Trouble::Whole(Error::TooLarge {
                    address: self.address.to_string(),
                    part,
                    bytes_max: self.options.bytes_max,
                })
            })?;
            let row = serde_json::from_str(text);
            rows.push(row.map_err(|error| Trouble::Part(error.to_string()))?);
        }
        Ok(rows)
    }

    /// Says whether the rest can still be read: what the server answers is about the part alone.
    fn trouble(&self, part: &'static str, error: &tokio_postgres::Error) -> Trouble {
        match error.code() {
            Some(code)
                if *code != SqlState::ADMIN_SHUTDOWN && *code != SqlState::CRASH_SHUTDOWN =>
            {
                Trouble::Part(reason_of(error))
            }
            _ => Trouble::Whole(self.failed(part, error)),
        }
    }

    fn failed(&self, part: &'static str, error: &tokio_postgres::Error) -> Error {
        Error::Query {
            address: self.address.to_string(),
            part,
            reason: reason_of(error),
        }
    }
}

fn key_of(column: &Column) -> [String; 3] {
    [&column.schema, &column.relation, &column.name].map(Clone::clone)
}

/// Makes patterns of `LIKE`; nothing asked for is everything.
fn patterns(schemas: &[String]) -> Vec<String> {
    if schemas.is_empty() {
        return vec!["%".to_owned()];
    }
    let escaped = |schema: &String| {
        let escaped = schema.replace('\\', "\\\\").replace('%', "\\%");
        escaped.replace('_', "\\_").replace('*', "%")
    };
    schemas.iter().map(escaped).collect()
}

/// Says whether the extension still has the time under its old name.
fn is_before_1_8(version: &str) -> bool {
    let mut parts = version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < (1, 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_taken_letter_by_letter_but_for_the_star() {
        assert_eq!(patterns(&[]), ["%"]);
        assert_eq!(
            patterns(&["a_b*".into(), "50%".into()]),
            ["a\\_b%", "50\\%"]
        );
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_before_1_8("1.7") && !is_before_1_8("1.10") && !is_before_1_8("2.0"));
    }
}
