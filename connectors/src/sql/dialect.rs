//! The dialects of SQL, by the names that tools give the databases.

use std::fmt;

use sqlparser::dialect as parsers;

/// A dialect of SQL: how a text is split and parsed, and what becomes of the case of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// What most databases have in common.
    #[default]
    Generic,
    /// The standard.
    Ansi,
    /// PostgreSQL and what speaks like it.
    Postgres,
    /// Amazon Redshift.
    Redshift,
    /// Snowflake.
    Snowflake,
    /// Google BigQuery.
    BigQuery,
    /// Databricks SQL.
    Databricks,
    /// Apache Spark SQL.
    Spark,
    /// Apache Hive.
    Hive,
    /// DuckDB.
    DuckDb,
    /// Trino, Presto and Athena.
    Trino,
    /// `MySQL` and `MariaDB`.
    MySql,
    /// `SQLite`.
    Sqlite,
    /// Microsoft SQL Server, Synapse and Fabric.
    MsSql,
    /// `ClickHouse`.
    ClickHouse,
    /// Oracle Database.
    Oracle,
}

/// What becomes of a name that is written without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Folding {
    /// `Orders` is `orders`.
    Lower,
    /// `Orders` is `ORDERS`.
    Upper,
    /// `Orders` stays, and is found whatever its case.
    Keep,
}

const NAMES: [(&str, Dialect); 31] = [
    ("generic", Dialect::Generic),
    ("ansi", Dialect::Ansi),
    ("postgres", Dialect::Postgres),
    ("postgresql", Dialect::Postgres),
    ("greenplum", Dialect::Postgres),
    ("materialize", Dialect::Postgres),
    ("risingwave", Dialect::Postgres),
    ("cockroach", Dialect::Postgres),
    ("redshift", Dialect::Redshift),
    ("snowflake", Dialect::Snowflake),
    ("bigquery", Dialect::BigQuery),
    ("databricks", Dialect::Databricks),
    ("spark", Dialect::Spark),
    ("sparksql", Dialect::Spark),
    ("glue", Dialect::Spark),
    ("hive", Dialect::Hive),
    ("duckdb", Dialect::DuckDb),
    ("motherduck", Dialect::DuckDb),
    ("trino", Dialect::Trino),
    ("presto", Dialect::Trino),
    ("athena", Dialect::Trino),
    ("mysql", Dialect::MySql),
    ("mariadb", Dialect::MySql),
    ("sqlite", Dialect::Sqlite),
    ("mssql", Dialect::MsSql),
    ("sqlserver", Dialect::MsSql),
    ("tsql", Dialect::MsSql),
    ("synapse", Dialect::MsSql),
    ("fabric", Dialect::MsSql),
    ("clickhouse", Dialect::ClickHouse),
    ("oracle", Dialect::Oracle),
];

impl Dialect {
    /// Knows the dialect by what tools call the database, such as dbt's `adapter_type`; `None` for one unknown.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, dialect)| *dialect)
    }

    /// Gives the name that users write.
    pub fn as_str(self) -> &'static str {
        let found = NAMES.iter().find(|(_, dialect)| *dialect == self);
        found.map_or("generic", |(name, _)| name)
    }

    /// Gives every name that [`Dialect::of_name`] knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    pub(super) fn parser(self) -> Box<dyn parsers::Dialect> {
        match self {
            Self::Generic | Self::Trino => Box::new(parsers::GenericDialect {}),
            Self::Ansi => Box::new(parsers::AnsiDialect {}),
            Self::Postgres => Box::new(parsers::PostgreSqlDialect {}),
            Self::Redshift => Box::new(parsers::RedshiftSqlDialect {}),
            Self::Snowflake => Box::new(parsers::SnowflakeDialect {}),
            Self::BigQuery => Box::new(parsers::BigQueryDialect {}),
            Self::Databricks => Box::new(parsers::DatabricksDialect {}),
            Self::Spark => Box::new(parsers::SparkSqlDialect {}),
            Self::Hive => Box::new(parsers::HiveDialect {}),
            Self::DuckDb => Box::new(parsers::DuckDbDialect {}),
            Self::MySql => Box::new(parsers::MySqlDialect {}),
            Self::Sqlite => Box::new(parsers::SQLiteDialect {}),
            Self::MsSql => Box::new(parsers::MsSqlDialect {}),
            Self::ClickHouse => Box::new(parsers::ClickHouseDialect {}),
            Self::Oracle => Box::new(parsers::OracleDialect {}),
        }
    }

    pub(super) fn folding(self) -> Folding {
        match self {
            Self::Generic | Self::Ansi | Self::Postgres | Self::Redshift | Self::Trino => {
                Folding::Lower
            }
            Self::Snowflake | Self::Oracle => Folding::Upper,
            _ => Folding::Keep,
        }
    }

    /// Says whether a text in double quotes that names no column is a text, as `SQLite` and `MySQL` take it.
    pub(super) fn quotes_may_be_text(self) -> bool {
        matches!(self, Self::Sqlite | Self::MySql | Self::Generic)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
