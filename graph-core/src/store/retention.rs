//! How much history is kept, and what forgetting the rest came to.

use crate::names::Version;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How many versions stay readable. A version is forgotten when every limit that is set lets it go.
///
/// Forgetting happens when history is compacted, so that more may be readable for a while. Without any limit nothing
/// is ever forgotten.
///
/// ```
/// use graph_core::Retention;
///
/// // A thousand versions or ninety days, whichever keeps more.
/// assert_eq!(Retention::default().max_versions, Some(1_000));
/// assert_eq!(Retention::EVERYTHING.max_age_ms, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// This many of the newest versions stay.
    pub max_versions: Option<u64>,
    /// Versions that were the current one within this many milliseconds stay.
    pub max_age_ms: Option<i64>,
}

impl Retention {
    /// Nothing is ever forgotten.
    pub const EVERYTHING: Self = Self {
        max_versions: None,
        max_age_ms: None,
    };

    /// After a compaction so many versions may come before the next one.
    pub(crate) fn slack(&self) -> u64 {
        self.max_versions.unwrap_or(0) / 4 + 64
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            max_versions: Some(1_000),
            max_age_ms: Some(90 * DAY_MS),
        }
    }
}

/// What a compaction did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompactReport {
    /// The oldest version that can still be read.
    pub oldest: Version,
    /// The newest version; the checkpoint is of this one.
    pub newest: Version,
    /// Number of versions forgotten.
    pub versions_forgotten: u64,
    /// Number of files removed.
    pub files_removed: u64,
    /// Bytes of the folder before.
    pub bytes_before: u64,
    /// Bytes of the folder afterwards.
    pub bytes_after: u64,
}
