//! Literals as values: their order, whether they are well-formed, their language.

use std::cmp::Ordering;
use std::str::FromStr;

use graph_core::rdf::Literal;
use oxsdatatypes::{
    Boolean, Date, DateTime, DayTimeDuration, Decimal, Double, Duration, Float, GDay, GMonth,
    GMonthDay, GYear, GYearMonth, Time, YearMonthDuration,
};

use crate::vocabulary::XSD;

/// The integer types with their least and greatest values.
const INTEGERS: [(&str, Option<i128>, Option<i128>); 13] = [
    ("integer", None, None),
    ("long", Some(i64::MIN as i128), Some(i64::MAX as i128)),
    ("int", Some(i32::MIN as i128), Some(i32::MAX as i128)),
    ("short", Some(i16::MIN as i128), Some(i16::MAX as i128)),
    ("byte", Some(i8::MIN as i128), Some(i8::MAX as i128)),
    ("nonNegativeInteger", Some(0), None),
    ("positiveInteger", Some(1), None),
    ("nonPositiveInteger", None, Some(0)),
    ("negativeInteger", None, Some(-1)),
    ("unsignedLong", Some(0), Some(u64::MAX as i128)),
    ("unsignedInt", Some(0), Some(u32::MAX as i128)),
    ("unsignedShort", Some(0), Some(u16::MAX as i128)),
    ("unsignedByte", Some(0), Some(u8::MAX as i128)),
];

/// Compares two literals as the operators of SPARQL do; `None` when they have no order.
pub(crate) fn compare(left: &Literal, right: &Literal) -> Option<Ordering> {
    if left.language().is_some() || right.language().is_some() {
        return None;
    }
    let (left_type, right_type) = (local_type(left)?, local_type(right)?);
    if let (Some(left), Some(right)) = (
        Number::read(left.value(), left_type),
        Number::read(right.value(), right_type),
    ) {
        return left.compare(right);
    }
    let durations = ["duration", "dayTimeDuration", "yearMonthDuration"];
    if durations.contains(&left_type) && durations.contains(&right_type) {
        return by_value::<Duration>(left, right);
    }
    if left_type != right_type {
        return None;
    }
    match left_type {
        "string" => Some(left.value().cmp(right.value())),
        "boolean" => Some(flag(left)?.cmp(&flag(right)?)),
        "dateTime" => by_value::<DateTime>(left, right),
        "date" => by_value::<Date>(left, right),
        "time" => by_value::<Time>(left, right),
        "gYear" => by_value::<GYear>(left, right),
        "gYearMonth" => by_value::<GYearMonth>(left, right),
        "gMonth" => by_value::<GMonth>(left, right),
        "gMonthDay" => by_value::<GMonthDay>(left, right),
        "gDay" => by_value::<GDay>(left, right),
        _ => None,
    }
}

fn local_type(literal: &Literal) -> Option<&str> {
    literal.datatype().as_str().strip_prefix(XSD)
}

fn flag(literal: &Literal) -> Option<bool> {
    Boolean::from_str(literal.value()).ok().map(bool::from)
}

fn by_value<T: FromStr + PartialOrd>(left: &Literal, right: &Literal) -> Option<Ordering> {
    let (left, right) = (left.value().parse::<T>(), right.value().parse::<T>());
    left.ok()?.partial_cmp(&right.ok()?)
}

#[derive(Clone, Copy)]
enum Number {
    Decimal(Decimal),
    Float(Float),
    Double(Double),
}

impl Number {
    fn read(text: &str, local: &str) -> Option<Self> {
        let exact = local == "decimal" || INTEGERS.iter().any(|(name, ..)| *name == local);
        match local {
            "float" => text.parse().ok().map(Self::Float),
            "double" => text.parse().ok().map(Self::Double),
            // What no decimal holds is compared as well as a double can.
            _ if exact => Decimal::from_str(text)
                .map(Self::Decimal)
                .ok()
                .or_else(|| plain_number(text).then(|| text.parse().ok().map(Self::Double))?),
            _ => None,
        }
    }

    fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Decimal(left), Self::Decimal(right)) => Some(left.cmp(&right)),
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(&right),
            (left, right) => left.double().partial_cmp(&right.double()),
        }
    }

    fn double(self) -> Double {
        match self {
            Self::Decimal(value) => value.into(),
            Self::Float(value) => value.into(),
            Self::Double(value) => value,
        }
    }
}

fn plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty()
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Tells whether the text is in the lexical space of the datatype; of datatypes that are not known, everything is.
pub(crate) fn is_well_formed(text: &str, datatype: &str) -> bool {
    let Some(local) = datatype.strip_prefix(XSD) else {
        return true;
    };
    if let Some((_, min, max)) = INTEGERS.iter().find(|(name, ..)| *name == local) {
        return is_integer(text, *min, *max);
    }
    match local {
        "boolean" => Boolean::from_str(text).is_ok(),
        "decimal" => is_decimal(text),
        "float" | "double" => is_float(text),
        "dateTime" => DateTime::from_str(text).is_ok(),
        "dateTimeStamp" => {
            DateTime::from_str(text).is_ok_and(|value| value.timezone_offset().is_some())
        }
        "date" => Date::from_str(text).is_ok(),
        "time" => Time::from_str(text).is_ok(),
        "gYear" => GYear::from_str(text).is_ok(),
        "gYearMonth" => GYearMonth::from_str(text).is_ok(),
        "gMonth" => GMonth::from_str(text).is_ok(),
        "gMonthDay" => GMonthDay::from_str(text).is_ok(),
        "gDay" => GDay::from_str(text).is_ok(),
        "duration" => Duration::from_str(text).is_ok(),
        "dayTimeDuration" => DayTimeDuration::from_str(text).is_ok(),
        "yearMonthDuration" => YearMonthDuration::from_str(text).is_ok(),
        "hexBinary" => {
            text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        "base64Binary" => is_base64(text),
        "language" => is_language(text),
        "normalizedString" => !text.contains(['\t', '\n', '\r']),
        "token" => is_token(text),
        _ => true,
    }
}

fn is_integer(text: &str, min: Option<i128>, max: Option<i128>) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    match text.parse::<i128>() {
        Ok(value) => min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max),
        // Beyond 128 bits: only the open end of a type can hold it.
        Err(_) if text.starts_with('-') => min.is_none(),
        Err(_) => max.is_none(),
    }
}

fn is_decimal(text: &str) -> bool {
    plain_number(text)
        && text.matches('.').count() <= 1
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_float(text: &str) -> bool {
    let spelled = text
        .bytes()
        .any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'));
    matches!(text, "INF" | "+INF" | "-INF" | "NaN") || !spelled && text.parse::<f64>().is_ok()
}

fn is_base64(text: &str) -> bool {
    let packed: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let body = packed
        .strip_suffix(b"==")
        .or_else(|| packed.strip_suffix(b"="))
        .unwrap_or(&packed);
    packed.len().is_multiple_of(4)
        && body
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(at, part)| {
        let fits = |byte: u8| byte.is_ascii_alphabetic() || at > 0 && byte.is_ascii_digit();
        (1..=8).contains(&part.len()) && part.bytes().all(fits)
    })
}

fn is_token(text: &str) -> bool {
    !text.contains(['\t', '\n', '\r']) && !text.contains("  ") && text.trim_matches(' ') == text
}

/// Tells whether a language tag lies in a range, as SPARQL's `langMatches` does; the range is in lower case.
pub(crate) fn language_matches(tag: &str, range: &str) -> bool {
    if range == "*" {
        return !tag.is_empty();
    }
    let tag = tag.to_ascii_lowercase();
    tag.strip_prefix(range)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
