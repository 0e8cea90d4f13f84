//! The scalar `Cell`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// A value of a row: a number, a text, or true or false. Times are text as ISO 8601 writes them, and so are numbers
/// that a reader of JSON would round.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell(Value);

impl Cell {
    /// Takes a value; null is none.
    pub(crate) fn of(value: serde_json::Value) -> Option<Self> {
        let value = Value::from_json(value).unwrap_or_default();
        (value != Value::Null).then_some(Self(value))
    }
}

/// A value of a row: a number, a text, or true or false. Times are text as ISO 8601 writes them, and so are numbers
/// that a reader of JSON would round.
#[Scalar]
impl ScalarType for Cell {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::Number(_) | Value::String(_) | Value::Boolean(_) => Ok(Self(value)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.clone()
    }
}
