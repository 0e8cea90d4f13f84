//! The server's errors as ours, by their SQLSTATE.

use std::error::Error as _;
use std::sync::Arc;

use tokio_postgres::error::{DbError, SqlState};

use crate::budget::{Budget, Exceeded};
use crate::error::Error;
use crate::table::TableName;

/// Says which of our errors a query's failure is.
pub(super) fn error(engine: &str, budget: &Budget, cause: &tokio_postgres::Error) -> Error {
    match cause.as_db_error() {
        Some(said) => said_by_server(engine, budget, said),
        None => Error::EngineDown {
            engine: engine.to_owned(),
            cause: Arc::new(Broken(reason(cause))),
        },
    }
}

/// Says why there is no connection.
pub(super) fn login(engine: &str, cause: tokio_postgres::Error) -> Error {
    let engine = engine.to_owned();
    let class = cause
        .code()
        .map(|state| state.code().get(..2).unwrap_or_default().to_owned());
    match class.as_deref() {
        // 28: the login; 3D: the database.
        Some("28" | "3D") => Error::LoginRefused {
            engine,
            cause: Arc::new(cause),
        },
        _ => Error::EngineDown {
            engine,
            cause: Arc::new(cause),
        },
    }
}

/// The innermost reason, without the texts around it.
pub(super) fn reason(cause: &tokio_postgres::Error) -> String {
    cause
        .source()
        .map_or_else(|| cause.to_string(), ToString::to_string)
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Broken(String);

fn said_by_server(engine: &str, budget: &Budget, said: &DbError) -> Error {
    let engine = engine.to_owned();
    let message = said.message().to_owned();
    let state = said.code();
    if *state == SqlState::UNDEFINED_TABLE || *state == SqlState::INVALID_SCHEMA_NAME {
        let table = TableName::parse(between_quotes(&message));
        return Error::UnknownTable {
            engine,
            table,
            suggestions: Vec::new(),
        };
    }
    if *state == SqlState::UNDEFINED_COLUMN {
        let suggestions = said.hint().map(hinted).unwrap_or_default();
        let column = between_quotes(message.strip_prefix("column ").unwrap_or(&message));
        let column = column
            .split(" does not exist")
            .next()
            .unwrap_or(column)
            .to_owned();
        return Error::UnknownColumn {
            engine,
            column,
            suggestions,
        };
    }
    if *state == SqlState::QUERY_CANCELED {
        return Error::OverBudget {
            engine,
            exceeded: Exceeded::Time(budget.time.unwrap_or_default()),
        };
    }
    let types = [
        SqlState::DATATYPE_MISMATCH,
        SqlState::UNDEFINED_FUNCTION,
        SqlState::CANNOT_COERCE,
        SqlState::INDETERMINATE_DATATYPE,
    ];
    if types.contains(state) && !message.starts_with("function ") {
        return Error::TypeMismatch { engine, message };
    }
    match state.code().get(..2).unwrap_or_default() {
        // Data, limits of the server, a transaction that was broken off.
        "22" | "23" | "40" | "53" | "54" => Error::Failed { engine, message },
        "08" | "57" | "58" => Error::EngineDown {
            engine,
            cause: Arc::new(Broken(message)),
        },
        _ => Error::Refused { engine, message },
    }
}

/// What stands in the first quotes of a message, or the message.
fn between_quotes(message: &str) -> &str {
    let mut parts = message.split('"');
    let before = parts.next().unwrap_or(message);
    parts.next().unwrap_or(before)
}

/// `Perhaps you meant to reference the column "t.amount".`
fn hinted(hint: &str) -> Vec<String> {
    hint.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}
