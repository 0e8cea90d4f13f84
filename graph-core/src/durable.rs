//! The data folder: what commits wrote is the only truth on disk.
//!
//! ```text
//! format          one line: the format's name and version
//! lock            locked while a process has the folder open; its content means nothing
//! hold            locked while someone reads the files without opening the folder: nothing is removed meanwhile
//! logs/           one record per sync: which sources changed, small changes included; the last file is appended to
//! segments/       large changes, one immutable file each
//! tip             the newest acknowledged version: a log that ends earlier has lost something
//! checkpoints/    the newest version in one file, for a quick restart; can be made again from the others
//! quarantine/     the ends of a log that a crash tore off and damaged checkpoints, kept for inspection
//! ```
//!
//! A commit writes its segment files, syncs them, appends one record to the log and syncs that: only then is it
//! acknowledged. Every record and every block of a file carries length, sequence number and checksum.

mod backup;
mod blocks;
mod checkpoint;
mod clean;
pub(crate) mod codec;
mod folder;
mod frame;
mod layout;
mod log;
mod logs;
mod open;
mod paths;
mod record;
mod segment_file;
mod statements;
mod tip;
mod verify;

pub use backup::{BackupReport, backup, restore};
pub(crate) use folder::{Folder, Frozen};
pub use open::{Damage, RecoveryReport};
pub(crate) use open::{Opened, open};
pub(crate) use paths::{FolderPaths, LogSlice};
pub(crate) use segment_file::SegmentRef;
pub use verify::{VerifyReport, verify};
