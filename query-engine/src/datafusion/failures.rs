//! The library's errors as ours.

use arrow::error::ArrowError;
use datafusion::common::{DataFusionError, SchemaError};

use super::stop::Stopped;
use super::types::Unlike;
use crate::budget::{Budget, Exceeded};
use crate::error::Error;

/// Says which of our errors this is. `budget` is what the query ran under.
pub(super) fn error(engine: &str, budget: &Budget, cause: &DataFusionError) -> Error {
    let engine = engine.to_owned();
    let root = cause.find_root();
    let message = first_line(&root.strip_backtrace());
    match root {
        DataFusionError::ResourcesExhausted(_) => Error::OverBudget {
            engine,
            exceeded: Exceeded::Memory(budget.memory.unwrap_or(usize::MAX)),
        },
        DataFusionError::External(inner) if inner.is::<Stopped>() => Error::OverBudget {
            engine,
            exceeded: Exceeded::Time(budget.time.unwrap_or_default()),
        },
        DataFusionError::External(inner) if inner.is::<Unlike>() => Error::TypeMismatch {
            engine,
            message: inner.to_string(),
        },
        DataFusionError::SchemaError(error, _) => schema_error(engine, error, message),
        DataFusionError::External(inner) => match inner.downcast_ref::<Error>() {
            // A federated table's engine has said it already.
            Some(ours) => ours.clone(),
            None => Error::Failed { engine, message },
        },
        _ if is_about_types(&message) => Error::TypeMismatch { engine, message },
        DataFusionError::ArrowError(inner, _) => arrow_error(engine, inner, message),
        DataFusionError::SQL(..)
        | DataFusionError::Plan(_)
        | DataFusionError::NotImplemented(_)
        | DataFusionError::Configuration(_) => Error::Refused { engine, message },
        _ => Error::Failed { engine, message },
    }
}

fn schema_error(engine: String, error: &SchemaError, message: String) -> Error {
    let SchemaError::FieldNotFound {
        field,
        valid_fields,
    } = error
    else {
        return Error::Refused { engine, message };
    };
    let names = valid_fields.iter().map(|field| field.name.as_str());
    Error::UnknownColumn {
        engine,
        suggestions: crate::near::names(&field.name, names),
        column: field.flat_name(),
    }
}

fn arrow_error(engine: String, error: &ArrowError, message: String) -> Error {
    match error {
        ArrowError::CastError(_) | ArrowError::InvalidArgumentError(_) => {
            Error::TypeMismatch { engine, message }
        }
        _ => Error::Failed { engine, message },
    }
}

/// The library has no code for this: its words are all there is, and a test holds them.
fn is_about_types(message: &str) -> bool {
    [
        "common argument type",
        "Cannot coerce",
        "type_coercion",
        "temporal operation",
    ]
    .iter()
    .any(|words| message.contains(words))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
