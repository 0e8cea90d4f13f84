//! The SQL that an engine speaks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The SQL dialect that a plan is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Apache DataFusion, the embedded default.
    #[default]
    DataFusion,
    /// DuckDB.
    DuckDb,
    /// PostgreSQL.
    Postgres,
    /// Apache Spark and Databricks.
    Spark,
    /// Trino.
    Trino,
    /// Snowflake.
    Snowflake,
    /// BigQuery.
    BigQuery,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 7] = [
        Self::DataFusion,
        Self::DuckDb,
        Self::Postgres,
        Self::Spark,
        Self::Trino,
        Self::Snowflake,
        Self::BigQuery,
    ];

    /// Returns the dialect's name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DataFusion => "datafusion",
            Self::DuckDb => "duckdb",
            Self::Postgres => "postgres",
            Self::Spark => "spark",
            Self::Trino => "trino",
            Self::Snowflake => "snowflake",
            Self::BigQuery => "bigquery",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let name = name.to_lowercase();
        match name.as_str() {
            "postgresql" => Ok(Self::Postgres),
            "databricks" => Ok(Self::Spark),
            _ => Self::ALL
                .into_iter()
                .find(|dialect| dialect.as_str() == name)
                .ok_or_else(|| format!("no dialect is called {name}")),
        }
    }
}
