//! Opening a data folder and appending versions to it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::frame::{Scan, scan};
use super::log::Log;
use super::paths::{FolderPaths, create_dir, failed, sync_dir, write_synced};
use super::record;
use super::segment_file::{self, WriteFailure};
use crate::error::{Error, Result};
use crate::store::{Entry, Evidence, OpenOptions, Place};

const FORMAT: &str = "isogloss data 1";

/// What was found torn and set aside when a folder was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveryReport {
    /// Bytes at the end of the log that are no whole record: a write that was never acknowledged.
    pub torn_bytes: u64,
    /// Where in the log they started.
    pub torn_at: u64,
    /// The file that keeps them.
    pub kept_in: Option<PathBuf>,
    /// Segment files that no record names: left over from a write that was never acknowledged.
    pub stray_files: Vec<PathBuf>,
}

impl RecoveryReport {
    /// Tells whether everything was in order.
    pub fn is_clean(&self) -> bool {
        self.torn_bytes == 0 && self.stray_files.is_empty()
    }
}

/// An open data folder, locked for this process.
pub(crate) struct Folder {
    path: PathBuf,
    log: Log,
    next_sequence: u64,
    inline_bytes_max: usize,
    /// Holds the lock until it is dropped.
    _lock: File,
}

impl Folder {
    /// Opens or makes a folder; returns the history in its log and what had to be set aside.
    pub(crate) fn open(
        path: &Path,
        options: OpenOptions,
    ) -> Result<(Self, Vec<Entry>, RecoveryReport)> {
        create_dir(path)?;
        refuse_foreign(path)?;
        let lock = take_lock(path)?;
        check_format(path)?;
        create_dir(&path.join("segments"))?;
        let log_path = path.join("log");
        let mut file = File::options()
            .create(true)
            .read(true)
            .append(true)
            .open(&log_path)
            .map_err(failed("open", &log_path))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(failed("read", &log_path))?;
        let corrupt = |offset: usize, reason| Error::Corrupt {
            path: log_path.clone(),
            offset: offset as u64,
            reason,
        };
        let (frames, end) = match scan(&bytes, 1) {
            Scan::Whole { frames, end } => (frames, end),
            Scan::Damaged { offset, reason } => return Err(corrupt(offset, reason)),
        };
        let mut entries = Vec::new();
        let mut offset = 0;
        for frame in &frames {
            let found = record::decode(frame.payload);
            entries.extend(found.ok_or_else(|| corrupt(offset, "a record does not make sense"))?);
            offset += frame.size;
        }
        let mut report = RecoveryReport::default();
        if end < bytes.len() {
            report.torn_bytes = (bytes.len() - end) as u64;
            report.torn_at = end as u64;
            report.kept_in = Some(keep_torn(path, end, &bytes[end..])?);
            file.set_len(end as u64)
                .and_then(|()| file.sync_all())
                .map_err(failed("truncate", &log_path))?;
        }
        sync_dir(path)?;
        report.stray_files = clear_strays(path, &entries, report.torn_bytes > 0)?;
        let folder = Self {
            path: path.to_owned(),
            log: Log::new(log_path, Box::new(file), end as u64),
            next_sequence: frames.len() as u64 + 1,
            inline_bytes_max: options.inline_bytes_max,
            _lock: lock,
        };
        Ok((folder, entries, report))
    }

    pub(crate) fn paths(&self) -> FolderPaths {
        FolderPaths::new(&self.path)
    }

    fn segments_path(&self) -> PathBuf {
        self.path.join("segments")
    }

    pub(crate) fn check_writable(&self) -> Result<()> {
        self.log.check_writable()
    }

    /// Makes the changes of one version durable. Large ones move from memory to segment files first.
    pub(crate) fn append(&mut self, entries: &mut [Entry]) -> Result<()> {
        self.check_writable()?;
        let Some(version) = entries.first().map(|entry| entry.version) else {
            return Ok(());
        };
        let segments = self.segments_path();
        let mut written = Vec::new();
        for entry in entries.iter_mut() {
            let Some(place) = entry.evidence.place_mut() else {
                continue;
            };
            let Place::Memory(bytes) = &*place else {
                continue;
            };
            if bytes.len() <= self.inline_bytes_max {
                continue;
            }
            match segment_file::write(&segments, version.0, written.len() as u32, bytes) {
                Ok(file) => {
                    written.push(file.path(&segments));
                    *place = Place::File(file);
                }
                Err(failure) => return Err(self.undo(&written, failure)),
            }
        }
        if !written.is_empty()
            && let Err(error) = sync_dir(&segments)
        {
            return Err(self.undo(&written, WriteFailure::Sync(error)));
        }
        let payload = record::encode(version, entries);
        match self.log.append(self.next_sequence, &payload) {
            Ok(()) => {
                self.next_sequence += 1;
                Ok(())
            }
            Err(error) if self.check_writable().is_ok() => {
                Err(self.undo(&written, WriteFailure::Plain(error)))
            }
            Err(error) => Err(error),
        }
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
}

fn take_lock(path: &Path) -> Result<File> {
    let lock_path = path.join("lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(failed("open", &lock_path))?;
    match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(lock),
        Err(Errno::WOULDBLOCK) => Err(Error::DataFolderInUse {
            path: path.to_owned(),
        }),
        Err(error) => Err(failed("lock", &lock_path)(error.into())),
    }
}

/// Refuses a folder that holds other files and no graph, before anything is written into it.
fn refuse_foreign(path: &Path) -> Result<()> {
    const OURS: [&str; 6] = [
        "format",
        "format.new",
        "lock",
        "log",
        "segments",
        "quarantine",
    ];
    for entry in fs::read_dir(path).map_err(failed("read", path))? {
        let name = entry.map_err(failed("read", path))?.file_name();
        if name == "format" {
            return Ok(());
        }
        if !OURS.iter().any(|ours| name == *ours) && !path.join("format").exists() {
            return Err(Error::NotDataFolder {
                path: path.to_owned(),
            });
        }
    }
    Ok(())
}

fn check_format(path: &Path) -> Result<()> {
    let format = path.join("format");
    match fs::read_to_string(&format) {
        Ok(found) if found.trim_end() == FORMAT => Ok(()),
        Ok(found) => {
            let found = found
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .take(80)
                .collect();
            Err(Error::UnknownFormat {
                path: format,
                found,
                supported: FORMAT,
            })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if path.join("log").exists() {
                return Err(Error::UnknownFormat {
                    path: format,
                    found: String::new(),
                    supported: FORMAT,
                });
            }
            let draft = path.join("format.new");
            write_synced(&draft, format!("{FORMAT}\n").as_bytes())?;
            fs::rename(&draft, &format).map_err(failed("rename", &draft))?;
            sync_dir(path)
        }
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(Error::UnknownFormat {
            path: format,
            found: "binary data".to_owned(),
            supported: FORMAT,
        }),
        Err(error) => Err(failed("read", &format)(error)),
    }
}

/// Keeps the torn end of the log in a file of its own: nothing is thrown away unseen.
fn keep_torn(path: &Path, offset: usize, bytes: &[u8]) -> Result<PathBuf> {
    let quarantine = path.join("quarantine");
    create_dir(&quarantine)?;
    let mut kept = quarantine.join(format!("log-at-{offset}"));
    for again in 2_u32.. {
        if !kept.exists() {
            break;
        }
        kept = quarantine.join(format!("log-at-{offset}-{again}"));
    }
    write_synced(&kept, bytes)?;
    sync_dir(&quarantine)?;
    Ok(kept)
}

/// Clears segment files that no record names; with a torn log they are kept in quarantine.
fn clear_strays(path: &Path, entries: &[Entry], keep: bool) -> Result<Vec<PathBuf>> {
    let segments = path.join("segments");
    let named: BTreeSet<String> = entries
        .iter()
        .filter_map(|entry| match &entry.evidence {
            Evidence::Full(Place::File(file)) | Evidence::Patch(Place::File(file)) => {
                Some(file.file_name())
            }
            _ => None,
        })
        .collect();
    let mut strays = Vec::new();
    for item in fs::read_dir(&segments).map_err(failed("list", &segments))? {
        let item = item.map_err(failed("list", &segments))?;
        let name = item.file_name();
        let is_segment = Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "segment");
        if is_segment && !named.contains(&*name.to_string_lossy()) {
            strays.push(item.path());
        }
    }
    strays.sort();
    for stray in &strays {
        if keep {
            let kept = path
                .join("quarantine")
                .join(stray.file_name().unwrap_or_default());
            fs::rename(stray, &kept).map_err(failed("rename", stray))?;
        } else {
            fs::remove_file(stray).map_err(failed("remove", stray))?;
        }
    }
    Ok(strays)
}
