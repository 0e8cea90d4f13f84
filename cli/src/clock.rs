//! The one place of the command line that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use isogloss::graph::Timestamp;

/// Returns the time now; a clock before 1970 counts as 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge reads the clock and passes the time on"
)]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
