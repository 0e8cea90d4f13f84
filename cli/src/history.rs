//! How much history stays readable: the same limits as flags and as `[history]` of the configuration.

use clap::Args;
use isogloss::graph::Retention;
use serde::Deserialize;

/// How much history stays readable: a version goes when every limit that is given lets it go.
#[derive(Args, Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// Keep this many of the newest versions; 1000 unless a limit is given here or in the configuration.
    #[arg(long = "keep-versions", value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    #[serde(rename = "keep_versions")]
    pub versions: Option<u64>,
    /// Keep the versions of this many days, however many they are; 90 unless a limit is given.
    #[arg(long = "keep-days", value_name = "DAYS", value_parser = clap::value_parser!(u32))]
    #[serde(rename = "keep_days")]
    pub days: Option<u32>,
    /// Never forget a version.
    #[arg(long = "keep-everything", conflicts_with_all = ["versions", "days"])]
    #[serde(rename = "keep_everything", default)]
    pub everything: bool,
}

impl History {
    /// The limits; the store's own where none is given.
    pub(crate) fn retention(self) -> Retention {
        self.limits().unwrap_or_default()
    }

    /// The limits of these flags, else of the configuration.
    pub(crate) fn or(self, configured: Self) -> Retention {
        self.limits().unwrap_or_else(|| configured.retention())
    }

    fn limits(self) -> Option<Retention> {
        if self.everything {
            return Some(Retention::EVERYTHING);
        }
        (self.versions.is_some() || self.days.is_some()).then(|| Retention {
            max_versions: self.versions,
            max_age_ms: self.days.map(days_ms),
        })
    }
}

/// Days in milliseconds.
pub(crate) fn days_ms(days: u32) -> i64 {
    i64::from(days) * 24 * 60 * 60 * 1000
}
