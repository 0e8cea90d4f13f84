//! The server's errors as ours, by their error class.

use std::sync::Arc;

use spark_connect_core::error::{SparkError, SparkErrorKind};

use crate::error::Error;
use crate::table::TableName;

/// gRPC's codes.
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;
const PERMISSION_DENIED: i32 = 7;

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

/// Whether nobody answers.
pub(super) fn is_unreachable(cause: &SparkError) -> bool {
    matches!(
        cause.grpc_code(),
        Some(UNAVAILABLE | UNAUTHENTICATED | PERMISSION_DENIED)
    )
}

/// Says which of our errors this is.
pub(super) fn error(engine: &str, cause: &SparkError) -> Error {
    let engine = engine.to_owned();
    let message = first_line(&cause.get_message());
    match cause.grpc_code() {
        Some(UNAVAILABLE) => {
            return Error::EngineDown {
                engine,
                cause: Arc::new(Said(message)),
            };
        }
        Some(UNAUTHENTICATED | PERMISSION_DENIED) => {
            return Error::LoginRefused {
                engine,
                cause: Arc::new(Said(message)),
            };
        }
        _ => {}
    }
    let class = cause
        .get_condition()
        .unwrap_or_else(|| bracketed(&message).to_owned());
    let parameter = |name: &str| cause.params.get(name).cloned();
    match class.split('.').next().unwrap_or_default() {
        "TABLE_OR_VIEW_NOT_FOUND" | "SCHEMA_NOT_FOUND" => {
            let name = parameter("relationName")
                .or_else(|| quoted(&message))
                .unwrap_or_default();
            let table = TableName::parse(&name.replace('`', "\""));
            Error::UnknownTable {
                engine,
                table,
                suggestions: Vec::new(),
            }
        }
        "UNRESOLVED_COLUMN" => {
            let column = parameter("objectName")
                .or_else(|| quoted(&message))
                .unwrap_or_default()
                .replace('`', "");
            let proposal = parameter("proposal").unwrap_or_default();
            let names = proposal.split(", ").filter(|name| !name.is_empty());
            let suggestions = names.map(|name| name.replace('`', "")).take(3).collect();
            Error::UnknownColumn {
                engine,
                column,
                suggestions,
            }
        }
        "DATATYPE_MISMATCH" | "INCOMPATIBLE_COLUMN_TYPE" | "CANNOT_UP_CAST_DATATYPE" => {
            Error::TypeMismatch { engine, message }
        }
        "CAST_INVALID_INPUT"
        | "CAST_OVERFLOW"
        | "DIVIDE_BY_ZERO"
        | "ARITHMETIC_OVERFLOW"
        | "NUMERIC_VALUE_OUT_OF_RANGE"
        | "CANNOT_PARSE_TIMESTAMP" => Error::Failed { engine, message },
        _ => other(engine, cause.kind, message),
    }
}

fn other(engine: String, kind: SparkErrorKind, message: String) -> Error {
    match kind {
        SparkErrorKind::Arithmetic
        | SparkErrorKind::DateTime
        | SparkErrorKind::NumberFormat
        | SparkErrorKind::SparkRuntime
        | SparkErrorKind::ArrayIndexOutOfBounds
        | SparkErrorKind::QueryExecution => Error::Failed { engine, message },
        _ if says_no_table(&message) => {
            let table = TableName::parse(
                &quoted(&message)
                    .or_else(|| after_colon(&message))
                    .unwrap_or_default(),
            );
            Error::UnknownTable {
                engine,
                table,
                suggestions: Vec::new(),
            }
        }
        _ if message.contains("ivide by zero") || message.contains("overflow") => {
            Error::Failed { engine, message }
        }
        _ => Error::Refused { engine, message },
    }
}

/// Sail has words and no classes.
fn says_no_table(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("table") && message.contains("not found")
}

/// `[CLASS.SUB] text`.
fn bracketed(message: &str) -> &str {
    let inner = message
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next());
    inner.unwrap_or_default()
}

fn quoted(message: &str) -> Option<String> {
    let mut marks = message.split(['`', '\'', '"']);
    marks.next();
    marks.next().map(str::to_owned)
}

fn after_colon(message: &str) -> Option<String> {
    message
        .rsplit(": ")
        .next()
        .map(|name| name.trim().to_owned())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
