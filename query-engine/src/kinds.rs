//! What can be compared with what.

use arrow::datatypes::DataType;

/// Values of one kind can be compared with each other, and with no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Text,
    Date,
    Time,
    Truth,
}

impl Kind {
    /// The kind of a type's values; `None` for types that are not told apart here.
    pub(crate) fn of(data_type: &DataType) -> Option<Self> {
        match data_type {
            _ if data_type.is_numeric() => Some(Self::Number),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(Self::Text),
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Some(Self::Date),
            DataType::Time32(_) | DataType::Time64(_) => Some(Self::Time),
            DataType::Boolean => Some(Self::Truth),
            DataType::Dictionary(_, values) => Self::of(values),
            _ => None,
        }
    }

    /// The kind in a word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "text",
            Self::Date => "a date",
            Self::Time => "a time of day",
            Self::Truth => "true or false",
        }
    }
}
