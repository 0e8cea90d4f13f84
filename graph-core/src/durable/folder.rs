//! An open data folder: appending versions to it, writing checkpoints, folding its history.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::checkpoint::{self, Checkpoint};
use super::clean;
use super::log::Log;
use super::logs::{self, LogFile};
use super::paths::{FolderPaths, LogId, failed, sync_dir};
use super::record;
use super::segment_file::{self, WriteFailure};
use super::tip::Tip;
use crate::error::{Error, Result};
use crate::names::Version;
use crate::snapshot::Snapshot;
use crate::store::{Entry, History, Place};

/// An open data folder, locked for this process.
pub(crate) struct Folder {
    pub(super) paths: FolderPaths,
    pub(super) log: Log,
    /// The log files before the one that is appended to.
    pub(super) closed_logs: Vec<LogFile>,
    pub(super) active: LogId,
    pub(super) next_version: u64,
    pub(super) inline_bytes_max: usize,
    pub(super) tip: Tip,
    /// Bytes committed since the last checkpoint.
    pub(super) fresh_bytes: u64,
    /// Size of the newest checkpoint.
    pub(super) checkpoint_bytes: u64,
    /// Holds the lock until it is dropped.
    pub(super) _lock: File,
}

/// What a checkpoint or a compaction works on, apart from the writer.
pub(crate) struct Frozen {
    paths: FolderPaths,
    logs: Vec<LogFile>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) history: History,
}

impl Folder {
    pub(crate) fn paths(&self) -> FolderPaths {
        self.paths.clone()
    }

    pub(crate) fn check_writable(&self) -> Result<()> {
        self.log.check_writable()
    }

    /// Bytes committed since the last checkpoint.
    pub(crate) fn fresh_bytes(&self) -> u64 {
        self.fresh_bytes
    }

    /// Size of the newest checkpoint.
    pub(crate) fn checkpoint_bytes(&self) -> u64 {
        self.checkpoint_bytes
    }

    pub(crate) fn set_checkpoint_bytes(&mut self, bytes: u64) {
        self.checkpoint_bytes = bytes;
    }

    /// Makes the changes of new versions durable, with one sync for all. Large ones move to segment files first.
    pub(crate) fn append(&mut self, entries: &mut [Entry]) -> Result<()> {
        self.check_writable()?;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return Ok(());
        };
        let (first, last) = (first.version.0, last.version.0);
        let mut written = Vec::new();
        let mut bytes = 0;
        if let Err(failure) = self.write_segments(entries, &mut written, &mut bytes) {
            return Err(self.undo(&written, failure));
        }
        let (payload, inline) = record::encode(entries);
        match self.log.append(first, &payload) {
            Ok(payload_at) => {
                logs::settle(entries, &inline, self.active, payload_at);
                self.next_version = last + 1;
                // The log is what counts; without this a loss would only be harder to notice.
                drop(self.tip.set(last));
                self.fresh_bytes += bytes + payload.len() as u64;
                Ok(())
            }
            Err(error) if self.check_writable().is_ok() => {
                Err(self.undo(&written, WriteFailure::Plain(error)))
            }
            Err(error) => Err(error),
        }
    }

    fn write_segments(
        &self,
        entries: &mut [Entry],
        written: &mut Vec<PathBuf>,
        sum: &mut u64,
    ) -> Result<(), WriteFailure> {
        let segments = self.paths.segments();
        let (mut version, mut number) = (0, 0);
        for entry in entries {
            if entry.version.0 != version {
                (version, number) = (entry.version.0, 0);
            }
            let Some(place) = entry.evidence.place_mut() else {
                continue;
            };
            let Place::Memory(bytes) = &*place else {
                continue;
            };
            if bytes.len() <= self.inline_bytes_max {
                continue;
            }
            let file = segment_file::write(&segments, version, number, bytes)?;
            written.push(file.path(&segments));
            *sum += bytes.len() as u64;
            number += 1;
            *place = Place::File(file);
        }
        if written.is_empty() {
            return Ok(());
        }
        sync_dir(&segments).map_err(WriteFailure::Sync)
    }

    fn undo(&mut self, written: &[PathBuf], failure: WriteFailure) -> Error {
        for path in written {
            // A file that stays is found and cleared at the next start.
            drop(fs::remove_file(path));
        }
        match failure {
            WriteFailure::Plain(error) => error,
            WriteFailure::Sync(error) => {
                self.log.give_up();
                error
            }
        }
    }

    /// Begins a new log file, so that the ones before never change again.
    pub(crate) fn rotate(&mut self) -> Result<()> {
        self.check_writable()?;
        if self.active.first == self.next_version {
            return Ok(());
        }
        let id = LogId::plain(self.next_version);
        let path = self.paths.log(id);
        let make = || -> Result<File> {
            let file = File::options()
                .create(true)
                .truncate(true)
                .write(true)
                .open(&path)
                .and_then(|_| File::options().append(true).open(&path))
                .map_err(failed("create", &path))?;
            file.sync_all().map_err(failed("sync", &path))?;
            sync_dir(&self.paths.logs())?;
            Ok(file)
        };
        let file = make().inspect_err(|_| drop(fs::remove_file(&path)))?;
        self.closed_logs.push(LogFile {
            id: self.active,
            bytes: self.log.length(),
        });
        self.log = Log::new(path, Box::new(file), 0);
        self.active = id;
        self.fresh_bytes = 0;
        Ok(())
    }

    /// Puts together what a checkpoint needs; the log must have been rotated.
    pub(crate) fn freeze(&self, snapshot: Arc<Snapshot>, history: History) -> Frozen {
        Frozen {
            paths: self.paths(),
            logs: self.closed_logs.clone(),
            snapshot,
            history,
        }
    }

    /// Takes a folded log file in the place of those that it holds.
    pub(crate) fn replace_logs(&mut self, frozen: &Frozen) {
        let last = frozen.snapshot.version().0;
        self.closed_logs.retain(|file| file.id.first > last);
        self.closed_logs.splice(0..0, frozen.logs.iter().copied());
    }
}

impl Frozen {
    /// Tells whether the log is already one file without the versions before `oldest`.
    pub(crate) fn is_folded(&self, oldest: Version) -> bool {
        let wanted = LogId::folded(oldest.0, self.snapshot.version().0);
        matches!(self.logs.as_slice(), [only] if only.id == wanted)
    }

    /// Writes the history without the versions before `oldest` into one log file.
    pub(crate) fn fold(&mut self, oldest: Version) -> Result<()> {
        let history = self.history.without_before(oldest);
        let last = self.snapshot.version();
        let (file, entries) = logs::fold(&self.paths, &history, last)?;
        self.logs = vec![file];
        self.history = history.with_entries(entries);
        Ok(())
    }

    /// Writes the checkpoint; returns its size.
    pub(crate) fn write(&self, stop: &AtomicBool) -> Result<u64> {
        let checkpoint = Checkpoint {
            snapshot: Arc::clone(&self.snapshot),
            history: self.history.clone(),
            logs: self.logs.clone(),
        };
        checkpoint::write(&self.paths, &checkpoint, stop)
    }

    /// Removes files that nothing kept is built from; returns how many.
    pub(crate) fn clean(&self, current: &History) -> Result<u64> {
        clean::remove_superseded(&self.paths, self.snapshot.version(), &self.logs, current)
    }

    /// Bytes of all files of the folder.
    pub(crate) fn folder_bytes(&self) -> u64 {
        clean::folder_bytes(self.paths.root())
    }
}
