//! Points in time, as logs write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// Reads a point in time into seconds since 1970; a zone that is only a name counts as UTC.
pub(super) fn read(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.timestamp());
    }
    if let Ok(moment) = DateTime::parse_from_rfc2822(text) {
        return Some(moment.timestamp());
    }
    if let Some(number) = epoch(text) {
        return Some(number);
    }
    for format in [
        "%Y-%m-%d %H:%M:%S%.f %z",
        "%Y-%m-%d %H:%M:%S%.f%#z",
        "%Y-%m-%dT%H:%M:%S%.f%z",
    ] {
        if let Ok(moment) = DateTime::parse_from_str(text, format) {
            return Some(moment.timestamp());
        }
    }
    // A zone by its name, such as `UTC` or `CET`, says too little to count with.
    let bare = text
        .trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ')
        .trim_end();
    for format in [
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y/%m/%d %H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
    ] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(bare, format) {
            return Some(moment.and_utc().timestamp());
        }
    }
    let day = NaiveDate::parse_from_str(bare, "%Y-%m-%d").ok()?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp())
}

/// Reads seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
fn epoch(text: &str) -> Option<i64> {
    let number: f64 = text.parse().ok()?;
    let seconds = [(1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (1e8, 1.0)]
        .into_iter()
        .find(|(least, _)| number >= *least)
        .map(|(_, unit)| number / unit)?;
    (seconds < 1e11).then_some(seconds as i64)
}

/// Writes seconds since 1970 as `xsd:dateTime`.
pub(super) fn written(seconds: i64) -> Option<String> {
    let moment = DateTime::from_timestamp(seconds, 0)?;
    Some(moment.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_the_ways_of_writing_a_time_are_read() {
        let noon = Some(1_763_812_800);
        for text in [
            "2025-11-22 12:00:00.619 UTC",
            "2025-11-22 12:00:00 CET",
            "2025-11-22T12:00:00Z",
            "2025-11-22T13:00:00.5+01:00",
            "2025-11-22 13:00:00+01",
            "2025-11-22 12:00:00.000 +0000",
            "1763812800",
            "1763812800000",
            "1.7638128E9",
            "2025-11-22 12:00:00.000000 UTC",
        ] {
            assert_eq!(read(text), noon, "{text}");
        }
        for text in ["", "yesterday", "42", "NaN", "1e300", "2025-13-45 12:00:00"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(
            written(1_763_812_800).as_deref(),
            Some("2025-11-22T12:00:00Z")
        );
    }
}
