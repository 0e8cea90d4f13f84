//! Times in a question: at what grain, and from when to when.

use chrono::{Datelike as _, Months, NaiveDate, TimeZone as _, Utc};
use graph_core::Timestamp;
use semantic_model::layer::{Grain, TimeRange};

use super::words::Word;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// At what grain time is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByTime {
    /// A grain that is named.
    Grain(Grain),
    /// That of the metrics.
    Own,
}

/// Finds the grain that a question asks for, and takes its words.
pub(super) fn grain(words: &mut [Word]) -> Option<ByTime> {
    for at in 0..words.len() {
        if words[at].taken {
            continue;
        }
        let adverb = match words[at].lower.as_str() {
            "hourly" => Some(Grain::Hour),
            "daily" => Some(Grain::Day),
            "weekly" => Some(Grain::Week),
            "monthly" => Some(Grain::Month),
            "quarterly" => Some(Grain::Quarter),
            "yearly" | "annual" | "annually" => Some(Grain::Year),
            _ => None,
        };
        if let Some(grain) = adverb {
            words[at].taken = true;
            return Some(ByTime::Grain(grain));
        }
        let is_after_cue = at > 0 && words[at - 1].is_cue();
        if is_after_cue && let Some(grain) = Grain::parse(&words[at].lower) {
            words[at].taken = true;
            return Some(ByTime::Grain(grain));
        }
        let over_time = words[at].lower == "time" && at > 0 && words[at - 1].is(&["over", "by"]);
        if over_time || words[at].is(&["trend", "trends"]) {
            words[at].taken = true;
            return Some(ByTime::Own);
        }
    }
    None
}

/// A stretch of days, the last included.
type Days = (NaiveDate, NaiveDate);

/// Finds the time that a question is about, and takes its words. What is relative needs to know what day it is.
pub(super) fn range(words: &mut [Word], now: Option<Timestamp>) -> Option<TimeRange> {
    let mut range = TimeRange::default();
    let mut at = 0;
    while at < words.len() {
        let before = at.checked_sub(1).map(|at| words[at].lower.clone());
        let before = before.as_deref().unwrap_or_default();
        let found = absolute(&words[at..]).or_else(|| relative(&words[at..], now?));
        let Some(((first, last), length)) = found else {
            at += 1;
            continue;
        };
        match before {
            "since" | "from" | "after" => range.start = Some(moment(before, first, last)),
            "until" | "till" | "to" | "through" | "before" => {
                range.end = Some(if before == "before" {
                    day_before(first)
                } else {
                    last.to_string()
                });
            }
            "between" => range.start = Some(first.to_string()),
            "and" if range.start.is_some() => range.end = Some(last.to_string()),
            _ => {
                range.start.get_or_insert_with(|| first.to_string());
                range.end = Some(last.to_string());
            }
        }
        let is_signal = [
            "since", "after", "until", "till", "through", "before", "between", "during", "from",
        ]
        .contains(&before);
        if is_signal {
            words[at - 1].taken = true;
        }
        for word in &mut words[at..at + length] {
            word.taken = true;
        }
        at += length;
    }
    Some(range).filter(|range| *range != TimeRange::default())
}

/// The first day of what begins at or after a stretch of time.
fn moment(signal: &str, first: NaiveDate, last: NaiveDate) -> String {
    let day = if signal == "after" {
        last.succ_opt().unwrap_or(last)
    } else {
        first
    };
    day.to_string()
}

fn day_before(day: NaiveDate) -> String {
    day.pred_opt().unwrap_or(day).to_string()
}

/// A year, a month of a year, a quarter of a year or a day, with how many words it takes.
fn absolute(words: &[Word]) -> Option<(Days, usize)> {
    let text = |at: usize| words.get(at).filter(|w| !w.taken).map(|w| w.lower.as_str());
    let first = text(0)?;
    if let Ok(day) = first.parse::<NaiveDate>() {
        return Some(((day, day), 1));
    }
    if let Some((year, month)) = first.split_once('-')
        && let (Some(year), Ok(month)) = (year_of(year), month.parse::<u32>())
    {
        return Some((months(year, month, 1)?, 1));
    }
    if let Some(month) = MONTHS.iter().position(|name| *name == first) {
        let year = year_of(text(1)?)?;
        return Some((months(year, month as u32 + 1, 1)?, 2));
    }
    if let Some(quarter) = first.strip_prefix('q').and_then(|n| n.parse::<u32>().ok())
        && (1..=4).contains(&quarter)
    {
        let year = year_of(text(1)?)?;
        return Some((months(year, 3 * quarter - 2, 3)?, 2));
    }
    let year = year_of(first)?;
    if let Some(quarter) = text(1).and_then(|t| t.strip_prefix('q')?.parse::<u32>().ok())
        && (1..=4).contains(&quarter)
    {
        return Some((months(year, 3 * quarter - 2, 3)?, 2));
    }
    Some((months(year, 1, 12)?, 1))
}

fn year_of(text: &str) -> Option<i32> {
    let year = text.parse().ok().filter(|_| text.len() == 4)?;
    (1900..2100).contains(&year).then_some(year)
}

/// So many months from the first day of one.
fn months(year: i32, month: u32, count: u32) -> Option<Days> {
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let last = first.checked_add_months(Months::new(count))?.pred_opt()?;
    Some((first, last))
}

/// `today`, `this month`, `last quarter`, `last 30 days` and their like, by the day that it is.
fn relative(words: &[Word], now: Timestamp) -> Option<(Days, usize)> {
    let today = Utc.timestamp_millis_opt(now.0).single()?.date_naive();
    let text = |at: usize| words.get(at).filter(|w| !w.taken).map(|w| w.lower.as_str());
    match text(0)? {
        "today" => Some(((today, today), 1)),
        "yesterday" => {
            let day = today.pred_opt()?;
            Some(((day, day), 1))
        }
        "this" | "current" => Some(((period(today, Grain::parse(text(1)?)?)?.0, today), 2)),
        "last" | "past" | "previous" => {
            if let Ok(count) = text(1)?.parse::<u32>() {
                let grain = Grain::parse(text(2)?)?;
                return Some(((back(today, grain, count)?, today.pred_opt()?), 3));
            }
            let grain = Grain::parse(text(1)?)?;
            let last = period(today, grain)?.0.pred_opt()?;
            Some((period(last, grain)?, 2))
        }
        _ => None,
    }
}

/// The whole period that a day lies in.
fn period(day: NaiveDate, grain: Grain) -> Option<Days> {
    match grain {
        Grain::Day => Some((day, day)),
        Grain::Week => {
            let week = day.week(chrono::Weekday::Mon);
            Some((week.first_day(), week.last_day()))
        }
        Grain::Month => months(day.year(), day.month(), 1),
        Grain::Quarter => months(day.year(), 3 * day.month0().div_euclid(3) + 1, 3),
        Grain::Year => months(day.year(), 1, 12),
        _ => None,
    }
}

fn back(day: NaiveDate, grain: Grain, count: u32) -> Option<NaiveDate> {
    match grain {
        Grain::Day => day.checked_sub_days(chrono::Days::new(count.into())),
        Grain::Week => day.checked_sub_days(chrono::Days::new(u64::from(count) * 7)),
        Grain::Month => day.checked_sub_months(Months::new(count)),
        Grain::Quarter => day.checked_sub_months(Months::new(count.checked_mul(3)?)),
        Grain::Year => day.checked_sub_months(Months::new(count.checked_mul(12)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    /// 2026-11-22T18:30:00Z.
    const NOW: Timestamp = Timestamp(1_795_372_200_000);

    fn read(text: &str) -> String {
        let mut words = words(text);
        let range = range(&mut words, Some(NOW)).unwrap_or_default();
        let end = |end: Option<String>| end.unwrap_or_else(|| "-".to_owned());
        let left: Vec<String> = words
            .into_iter()
            .filter(|w| !w.taken)
            .map(|w| w.lower)
            .collect();
        format!(
            "{} {} | {}",
            end(range.start),
            end(range.end),
            left.join(" ")
        )
    }

    #[test]
    fn stretches_of_time_are_read() {
        for (text, expected) in [
            ("in 2025", "2025-01-01 2025-12-31 | in"),
            ("for July 2025", "2025-07-01 2025-07-31 | for"),
            ("in Q1 2026", "2026-01-01 2026-03-31 | in"),
            ("2026 q4", "2026-10-01 2026-12-31 | "),
            ("since 2025-07", "2025-07-01 - | "),
            ("after 2025", "2026-01-01 - | "),
            ("before 2026-02-01", "- 2026-01-31 | "),
            (
                "from 2025-07-01 to 2025-09-30",
                "2025-07-01 2025-09-30 | to",
            ),
            (
                "between May 2025 and June 2025",
                "2025-05-01 2025-06-30 | and",
            ),
            ("last month", "2026-10-01 2026-10-31 | "),
            ("last quarter", "2026-07-01 2026-09-30 | "),
            ("this year", "2026-01-01 2026-11-22 | "),
            ("last 30 days", "2026-10-23 2026-11-21 | "),
            ("yesterday", "2026-11-21 2026-11-21 | "),
            ("in 2025-13", "- - | in 2025-13"),
            ("last 99999999999 days", "- - | last 99999999999 days"),
            ("9999 widgets", "- - | 9999 widgets"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn grains_are_read() {
        let read = |text: &str| grain(&mut words(text));
        assert_eq!(read("monthly revenue"), Some(ByTime::Grain(Grain::Month)));
        assert_eq!(read("revenue by week"), Some(ByTime::Grain(Grain::Week)));
        assert_eq!(
            read("revenue for each day"),
            Some(ByTime::Grain(Grain::Day))
        );
        assert_eq!(read("revenue over time"), Some(ByTime::Own));
        assert_eq!(read("day care revenue"), None);
    }
}
