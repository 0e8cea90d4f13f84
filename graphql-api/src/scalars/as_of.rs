//! The scalar `AsOf`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use isogloss::graph::Version;

/// A point in the history of the graph: the number of a version, or a time as RFC 3339 writes it, such as
/// `"2026-11-22T18:30:00Z"`, which is the newest version that was committed by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf(pub isogloss::AsOf);

/// A point in the history of the graph: the number of a version, or a time as RFC 3339 writes it, such as
/// `"2026-11-22T18:30:00Z"`, which is the newest version that was committed by then.
#[Scalar]
impl ScalarType for AsOf {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = match &value {
            Value::Number(number) => number
                .as_u64()
                .map(|version| isogloss::AsOf::Version(Version(version))),
            Value::String(text) => {
                let read = text.parse().map_err(InputValueError::custom)?;
                Some(read)
            }
            _ => None,
        };
        match read {
            Some(as_of) => Ok(Self(as_of)),
            None => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        match self.0 {
            isogloss::AsOf::Version(version) => Value::from(version.0),
            time @ isogloss::AsOf::Time(_) => Value::String(time.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_read() {
        let read = |value: Value| AsOf::parse(value).ok().map(|read| read.to_value());
        assert_eq!(read(Value::from(7)), Some(Value::from(7)));
        assert_eq!(read(Value::from("7")), Some(Value::from(7)));
        let time = Value::from("2026-11-22T18:30:00.000Z");
        assert_eq!(read(Value::from("2026-11-22T18:30:00Z")), Some(time));
        for bad in [
            Value::from(-1),
            Value::from(1.5),
            Value::from("x"),
            Value::Null,
        ] {
            assert_eq!(read(bad), None);
        }
    }
}
