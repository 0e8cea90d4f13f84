//! The scalar `DateTime`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{SecondsFormat, TimeZone as _, Utc};
use isogloss::graph::Timestamp;

/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-11-22T18:30:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-11-22T18:30:00.000Z`.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let moment = chrono::DateTime::parse_from_rfc3339(text).map_err(InputValueError::custom)?;
        Ok(Self(Timestamp(moment.timestamp_millis())))
    }

    fn to_value(&self) -> Value {
        let Timestamp(millis) = self.0;
        // Only moments some 262,000 years away cannot be written; they are given as what they are.
        match Utc.timestamp_millis_opt(millis).single() {
            Some(moment) => Value::String(moment.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => Value::String(millis.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_the_way_out_and_back() {
        let moment = DateTime(Timestamp(1_795_372_200_123));
        let text = moment.to_value();
        assert_eq!(text, Value::String("2026-11-22T18:30:00.123Z".to_owned()));
        assert_eq!(DateTime::parse(text).ok(), Some(moment));
        assert!(DateTime::parse(Value::String("yesterday".to_owned())).is_err());
        assert!(DateTime::parse(Value::Null).is_err());
        assert_eq!(
            DateTime(Timestamp(i64::MAX)).to_value(),
            Value::String(i64::MAX.to_string())
        );
    }
}
