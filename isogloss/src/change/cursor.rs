//! Places in the feed of changes.

use std::fmt;
use std::str::FromStr;

use graph_core::Version;

use crate::{Error, Result};

/// A place in the feed of changes: between two events, or after all of a version.
///
/// Its text is opaque to clients: `VERSION` after all of a version, `VERSION.CHANGE.EVENTS` within one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// The version that is being told.
    pub(super) version: u64,
    /// Changes of that version that are told whole.
    pub(super) changes: u32,
    /// Events told of the next change.
    pub(super) events: u32,
}

impl Cursor {
    /// The place after everything that a version changed.
    pub fn after(version: Version) -> Self {
        Self {
            version: version.0,
            changes: u32::MAX,
            events: 0,
        }
    }

    /// Returns the version that the place lies in or after.
    pub fn version(self) -> Version {
        Version(self.version)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes == u32::MAX {
            self.version.fmt(f)
        } else {
            write!(f, "{}.{}.{}", self.version, self.changes, self.events)
        }
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let invalid = || Error::InvalidCursor {
            text: text.chars().take(64).collect(),
        };
        let mut parts = text.split('.');
        let version = parts.next().and_then(|part| part.parse().ok());
        let version: u64 = version.ok_or_else(invalid)?;
        match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => Ok(Self::after(Version(version))),
            (Some(changes), Some(events), None) => Ok(Self {
                version,
                changes: changes.parse().map_err(|_| invalid())?,
                events: events.parse().map_err(|_| invalid())?,
            }),
            _ => Err(invalid()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let within = Cursor {
            version: 7,
            changes: 1,
            events: 12,
        };
        for cursor in [Cursor::after(Version(7)), within] {
            assert_eq!(cursor.to_string().parse().ok(), Some(cursor));
        }
        assert!(within < Cursor::after(Version(7)));
        assert!(Cursor::after(Version(6)) < within);
        for bad in [
            "",
            "x",
            "7.",
            "7.1",
            "7.1.2.3",
            "-7",
            "7.1.x",
            "7.99999999999.0",
        ] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }
}
