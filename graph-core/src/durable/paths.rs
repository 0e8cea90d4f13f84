//! Where the files of a folder lie, and reading pieces of them back.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::segment_file;
use crate::error::{Error, Result};
use crate::store::Place;

/// Names a log file by the versions in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LogId {
    /// The first version in it; for files that a compaction wrote, the oldest one that can be built from it.
    pub(crate) first: u64,
    /// The last version, for files that a compaction wrote; 0 for those that commits append to.
    pub(crate) last: u64,
}

impl LogId {
    pub(crate) fn plain(first: u64) -> Self {
        Self { first, last: 0 }
    }

    pub(crate) fn folded(oldest: u64, last: u64) -> Self {
        Self {
            first: oldest,
            last,
        }
    }

    pub(crate) fn is_folded(self) -> bool {
        self.last != 0
    }

    pub(crate) fn file_name(self) -> String {
        let Self { first, last } = self;
        if self.is_folded() {
            format!("{first:012}-{last:012}.log")
        } else {
            format!("{first:012}.log")
        }
    }

    /// Reads a file name back.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".log")?;
        let (first, last) = stem.split_once('-').unwrap_or((stem, "0"));
        let id = Self {
            first: first.parse().ok()?,
            last: last.parse().ok()?,
        };
        (id.file_name() == name).then_some(id)
    }
}

/// A stretch of a log file that holds encoded statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogSlice {
    pub(crate) log: LogId,
    pub(crate) offset: u64,
    pub(crate) bytes: u32,
    pub(crate) checksum: u32,
}

/// The paths inside a data folder.
#[derive(Clone, Debug)]
pub(crate) struct FolderPaths {
    root: PathBuf,
}

impl FolderPaths {
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn format(&self) -> PathBuf {
        self.root.join("format")
    }

    pub(crate) fn tip(&self) -> PathBuf {
        self.root.join("tip")
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    pub(crate) fn log(&self, log: LogId) -> PathBuf {
        self.logs().join(log.file_name())
    }

    /// The log of a folder of format 1.
    pub(crate) fn old_log(&self) -> PathBuf {
        self.root.join("log")
    }

    pub(crate) fn segments(&self) -> PathBuf {
        self.root.join("segments")
    }

    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    pub(crate) fn quarantine(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// Reads the bytes at a place and checks them.
    pub(crate) fn read(&self, place: &Place) -> Result<Vec<u8>> {
        match place {
            Place::Memory(bytes) => Ok(bytes.to_vec()),
            Place::File(file) => segment_file::read(&self.segments(), file),
            Place::Log(slice) => self.read_slice(slice),
        }
    }

    fn read_slice(&self, slice: &LogSlice) -> Result<Vec<u8>> {
        let path = self.log(slice.log);
        let mut bytes = vec![0; slice.bytes as usize];
        let read = File::open(&path).and_then(|file| file.read_exact_at(&mut bytes, slice.offset));
        let reason = match read {
            Ok(()) if crc32fast::hash(&bytes) == slice.checksum => return Ok(bytes),
            Ok(()) => "the checksum of a change does not match",
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                "the file ends before a change that it must hold"
            }
            Err(error) => return Err(failed("read log file", &path)(error)),
        };
        Err(Error::Corrupt {
            path,
            offset: slice.offset,
            reason,
        })
    }

    /// Says that what is at a place does not make sense although its checksum is right.
    pub(crate) fn corrupt(&self, place: &Place, reason: &'static str) -> Error {
        let (path, offset) = match place {
            Place::Memory(_) => return Error::History { reason },
            Place::File(file) => (file.path(&self.segments()), 0),
            Place::Log(slice) => (self.log(slice.log), slice.offset),
        };
        Error::Corrupt {
            path,
            offset,
            reason,
        }
    }
}

/// Turns a failure of the system into an error that names what was tried.
pub(super) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::File {
        action,
        path,
        source,
    }
}

pub(super) fn create_dir(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(failed("create folder", path))
}

/// Makes new, renamed and removed names in a folder durable.
pub(super) fn sync_dir(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|dir| dir.sync_all())
        .map_err(failed("sync folder", path))
}

pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(failed("write", path))
}
