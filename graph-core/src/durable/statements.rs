//! The statements of a snapshot as a checkpoint holds them: the arrays of the snapshot itself.

use std::io::{self, ErrorKind, Read, Write};

use crate::names::SourceName;
use crate::snapshot::Snapshot;
use crate::snapshot::dump::Broken;

pub(super) fn write(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    snapshot.write_to(out)
}

/// Reads a snapshot of which the history numbers the sources as `names`.
pub(super) fn read(input: &mut impl Read, names: &[SourceName]) -> io::Result<Snapshot> {
    let snapshot = Snapshot::read_from(input).map_err(|broken| match broken {
        Broken::Io(error) => error,
        Broken::Bytes(reason) => io::Error::new(ErrorKind::InvalidData, reason),
    })?;
    if names.starts_with(snapshot.source_names()) {
        Ok(snapshot)
    } else {
        let reason = "the sources have other numbers than in the log";
        Err(io::Error::new(ErrorKind::InvalidData, reason))
    }
}
