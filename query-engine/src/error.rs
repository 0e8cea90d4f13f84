//! What can go wrong when SQL is run, by the thing that is wrong.

use std::sync::Arc;

use crate::budget::Exceeded;
use crate::table::TableName;

/// The library's own account of a failure, kept for logs; our messages do not depend on it.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// The result of running something.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a query could not be run.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody answers where the engine should be, or the line broke.
    #[error("engine `{engine}` is down")]
    EngineDown {
        /// The engine's name.
        engine: String,
        /// What the network said.
        #[source]
        cause: Cause,
    },
    /// The engine answers but does not let us in.
    #[error("engine `{engine}` refused the login")]
    LoginRefused {
        /// The engine's name.
        engine: String,
        /// What it said.
        #[source]
        cause: Cause,
    },
    /// A table is not there (any more).
    #[error("table `{table}` does not exist in engine `{engine}`")]
    UnknownTable {
        /// The engine's name.
        engine: String,
        /// The table, as the query names it.
        table: TableName,
        /// Names that are near, best first.
        suggestions: Vec<String>,
    },
    /// A column is not there (any more).
    #[error("column `{column}` does not exist in engine `{engine}`")]
    UnknownColumn {
        /// The engine's name.
        engine: String,
        /// The column, as the query names it.
        column: String,
        /// Names that are near, best first.
        suggestions: Vec<String>,
    },
    /// Values of unlike types meet: a comparison, a join, or an answer that is not what was announced.
    #[error("types do not fit in engine `{engine}`: {message}")]
    TypeMismatch {
        /// The engine's name.
        engine: String,
        /// Which types, in the engine's words.
        message: String,
    },
    /// The engine does not take this SQL: syntax, an unknown function, a statement that writes.
    #[error("engine `{engine}` refused the query: {message}")]
    Refused {
        /// The engine's name.
        engine: String,
        /// Why, in the engine's words.
        message: String,
    },
    /// The query was taken and failed on the data: an overflow, a division by zero, a text that is no number.
    #[error("engine `{engine}` failed while it ran the query: {message}")]
    Failed {
        /// The engine's name.
        engine: String,
        /// What happened, in the engine's words.
        message: String,
    },
    /// The query cost more than it may.
    #[error("the query on engine `{engine}` went over {exceeded}")]
    OverBudget {
        /// The engine's name.
        engine: String,
        /// The limit.
        exceeded: Exceeded,
    },
    /// A file cannot be read as the table that it should be.
    #[error("`{path}`: {message}")]
    BadFile {
        /// The file, folder or glob.
        path: String,
        /// What is wrong, with the line where it is known.
        message: String,
    },
    /// An engine's settings make no sense.
    #[error("engine `{engine}`: {message}")]
    BadSettings {
        /// The engine's name.
        engine: String,
        /// What is wrong.
        message: String,
    },
}

impl Error {
    /// A word for programs, stable across versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EngineDown { .. } => "ENGINE_DOWN",
            Self::LoginRefused { .. } => "LOGIN_REFUSED",
            Self::UnknownTable { .. } => "UNKNOWN_TABLE",
            Self::UnknownColumn { .. } => "UNKNOWN_COLUMN",
            Self::TypeMismatch { .. } => "TYPE_MISMATCH",
            Self::Refused { .. } => "SQL_REFUSED",
            Self::Failed { .. } => "QUERY_FAILED",
            Self::OverBudget { .. } => "OVER_BUDGET",
            Self::BadFile { .. } => "BAD_FILE",
            Self::BadSettings { .. } => "BAD_SETTINGS",
        }
    }

    /// Names near the one that does not exist, best first.
    pub fn suggestions(&self) -> &[String] {
        match self {
            Self::UnknownTable { suggestions, .. } | Self::UnknownColumn { suggestions, .. } => {
                suggestions
            }
            _ => &[],
        }
    }
}
