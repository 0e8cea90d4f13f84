//! Reading the graph as it was: by version or by time.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, TimeZone as _, Utc};
use graph_core::{Timestamp, Version};

use crate::{Error, Isogloss, Result, Snapshot};

/// A point in the history of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// A version by its number.
    Version(Version),
    /// The newest version that was committed by then, by the clocks of those who committed.
    Time(Timestamp),
}

impl FromStr for AsOf {
    type Err = Error;

    /// Reads a number as a version and anything else as a time of RFC 3339, such as `2026-11-22T18:30:00Z`.
    fn from_str(text: &str) -> Result<Self> {
        if let Ok(version) = text.parse() {
            return Ok(Self::Version(Version(version)));
        }
        // A `+` that nobody encoded arrives as a blank when it stood in a URL.
        let mended = text
            .rsplit_once(' ')
            .map(|(day, zone)| format!("{day}+{zone}"));
        let read = |text: &str| DateTime::parse_from_rfc3339(text).ok();
        let moment = read(text).or_else(|| mended.as_deref().and_then(read));
        match moment {
            Some(moment) => Ok(Self::Time(Timestamp(moment.timestamp_millis()))),
            None => Err(Error::InvalidAsOf {
                text: text.to_owned(),
            }),
        }
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::Time(time) => f.write_str(&rfc3339(*time)),
        }
    }
}

/// Writes a moment as RFC 3339 does, in UTC with milliseconds; one that is too far away as a number.
pub fn rfc3339(time: Timestamp) -> String {
    match Utc.timestamp_millis_opt(time.0).single() {
        Some(moment) => moment.to_rfc3339_opts(SecondsFormat::Millis, true),
        None => time.0.to_string(),
    }
}

impl Isogloss {
    /// Opens the graph as it was; `now` is the caller's clock, after which nothing can be asked for.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`] for a version that was never made, [`Error::FutureTime`] for a time that is yet to
    /// come, [`Error::VersionNotKept`] and [`Error::TimeNotKept`] for what retention has let go.
    pub fn read_as_of(&self, as_of: AsOf, now: Timestamp) -> Result<Arc<Snapshot>> {
        self.as_of(self.version_as_of(as_of, now)?)
    }

    /// Finds the version that a point in the history means, without opening it.
    ///
    /// # Errors
    /// As [`Isogloss::read_as_of`], except that a version is not looked up.
    pub fn version_as_of(&self, as_of: AsOf, now: Timestamp) -> Result<Version> {
        match as_of {
            AsOf::Version(version) => Ok(version),
            AsOf::Time(time) if time > now => Err(Error::FutureTime {
                time: rfc3339(time),
                now: rfc3339(now),
            }),
            AsOf::Time(time) => self.store().version_at(time).ok_or_else(|| {
                let oldest = self.store().oldest_version();
                Error::TimeNotKept {
                    time: rfc3339(time),
                    oldest,
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_versions_and_the_rest_are_times() {
        let read = |text: &str| text.parse::<AsOf>().ok();
        let time = Some(AsOf::Time(Timestamp(1_795_372_200_000)));
        assert_eq!(read("7"), Some(AsOf::Version(Version(7))));
        assert_eq!(read("2026-11-22T18:30:00Z"), time);
        assert_eq!(read("2026-11-22T19:30:00+01:00"), time);
        assert_eq!(read("2026-11-22T19:30:00 01:00"), time);
        for bad in [
            "",
            "-1",
            "yesterday",
            "2026-11-22",
            "1e3",
            "99999999999999999999",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let text = time.map(|time| time.to_string());
        assert_eq!(text.as_deref(), Some("2026-11-22T18:30:00.000Z"));
    }
}
