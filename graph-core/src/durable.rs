//! The data folder: what commits wrote is the only truth on disk.
//!
//! ```text
//! format          one line: the format's name and version
//! lock            locked while a process has the folder open; its content means nothing
//! log             one record per version: which sources changed, small changes included
//! segments/       large changes, one immutable file each
//! quarantine/     the ends of a log that a crash tore off, kept for inspection
//! ```
//!
//! A commit writes its segment files, syncs them, appends one record to the log and syncs that: only then is it
//! acknowledged. Every record and every block of a segment file carries length, sequence number and checksum.

pub(crate) mod codec;
mod folder;
mod frame;
mod log;
mod paths;
mod record;
mod segment_file;

pub(crate) use folder::Folder;
pub use folder::RecoveryReport;
pub(crate) use paths::{FolderPaths, LogSlice};
pub(crate) use segment_file::SegmentRef;
