//! Opening a data folder: the newest whole checkpoint, the log behind it, and what a crash left.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checkpoint::{self, Checkpoint};
use super::folder::Folder;
use super::log::Log;
use super::logs::{self, Contents, LogFile, Logs, Torn};
use super::paths::{FolderPaths, LogId, create_dir, failed, sync_dir, write_synced};
use super::tip::{self, Tip};
use super::{clean, layout};
use crate::error::{Error, Result};
use crate::names::Version;
use crate::snapshot::Snapshot;
use crate::store::{History, OpenOptions, Place};

/// A file that does not hold what was written to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// Where the damaged part starts.
    pub offset: u64,
    /// What is wrong with it.
    pub reason: String,
}

impl Damage {
    /// Takes an error that is about a file apart; other errors come back.
    pub(super) fn of(error: Error) -> Result<Self> {
        match error {
            Error::Corrupt {
                path,
                offset,
                reason,
            } => Ok(Self {
                path,
                offset,
                reason: reason.to_owned(),
            }),
            Error::File { path, source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self {
                    path,
                    offset: 0,
                    reason: "the file is missing".to_owned(),
                })
            }
            other => Err(other),
        }
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            path,
            offset,
            reason,
        } = self;
        write!(
            f,
            "file `{}` is damaged at byte {offset}: {reason}",
            path.display()
        )
    }
}

/// What was found torn, damaged or left over when a folder was opened.
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
    /// Damaged files that the newest version could be read without: a checkpoint, which was set aside, or files of
    /// older versions, which cannot be read any more.
    pub damaged: Vec<Damage>,
}

impl RecoveryReport {
    /// Tells whether everything was in order.
    pub fn is_clean(&self) -> bool {
        self.torn_bytes == 0 && self.stray_files.is_empty() && self.damaged.is_empty()
    }
}

/// An opened folder and what is in it.
pub(crate) struct Opened {
    pub(crate) folder: Folder,
    pub(crate) history: History,
    /// The version of the checkpoint that was read; else the empty graph.
    pub(crate) base: Arc<Snapshot>,
    pub(crate) recovery: RecoveryReport,
}

/// Opens or makes a folder.
pub(crate) fn open(root: &Path, options: OpenOptions) -> Result<Opened> {
    let paths = FolderPaths::new(root);
    create_dir(root)?;
    layout::refuse_foreign(&paths)?;
    let lock = layout::take_lock(&paths)?;
    layout::settle_format(&paths)?;
    let mut recovery = RecoveryReport::default();
    let acknowledged = tip::read(&paths, &mut recovery.damaged)?;
    let logs = logs::list(&paths)?;
    let found = read_folder(&paths, &logs, &mut recovery)?;
    let checkpoints = paths.checkpoints();
    if let Some(damaged) = recovery
        .damaged
        .iter()
        .find(|damage| damage.path.starts_with(&checkpoints))
        && found.base.is_none()
        && !logs.in_force.iter().any(|file| file.bytes > 0)
    {
        return Err(Error::Corrupt {
            path: damaged.path.clone(),
            offset: damaged.offset,
            reason: "the checkpoint is damaged, and the log that it could be made from is gone",
        });
    }
    set_damaged_aside(&paths, &recovery)?;
    let active = logs.in_force.last().filter(|file| !file.id.is_folded());
    let Some(active) = active.copied() else {
        return Err(logs::missing(&paths, LogId::plain(found.last + 1)));
    };
    let mut length = active.bytes;
    if let Some(torn) = &found.torn {
        set_torn_aside(&paths, active.id, torn, &mut recovery)?;
        length = torn.at;
    }
    let path = paths.log(active.id);
    let lost = tip::compare(acknowledged, found.last, path.clone(), length);
    recovery.damaged.extend(lost);
    let file = File::options()
        .append(true)
        .open(&path)
        .map_err(failed("open", &path))?;
    sync_dir(root)?;
    recovery.stray_files = clean::clear_strays(&paths, &found.history, found.torn.is_some())?;
    clean::clear_leftovers(&paths, &logs.leftover)?;
    let mut closed_logs = logs.in_force.clone();
    closed_logs.pop();
    let folder = Folder {
        log: Log::new(path, Box::new(file), length),
        closed_logs,
        active: active.id,
        next_version: found.last + 1,
        tip: Tip::open(&paths, found.last)?,
        inline_bytes_max: options.inline_bytes_max,
        fresh_bytes: found.fresh_bytes,
        checkpoint_bytes: found.checkpoint_bytes,
        paths,
        _lock: lock,
    };
    Ok(Opened {
        folder,
        history: found.history,
        base: found.base.unwrap_or_else(|| Arc::new(Snapshot::empty())),
        recovery,
    })
}

/// What the files of a folder say.
pub(super) struct Found {
    pub(super) base: Option<Arc<Snapshot>>,
    pub(super) history: History,
    pub(super) last: u64,
    pub(super) torn: Option<Torn>,
    pub(super) fresh_bytes: u64,
    pub(super) checkpoint_bytes: u64,
}

/// Reads the newest whole checkpoint and the log behind it, or the whole log. Changes nothing.
pub(super) fn read_folder(
    paths: &FolderPaths,
    logs: &Logs,
    recovery: &mut RecoveryReport,
) -> Result<Found> {
    let base = newest_checkpoint(paths, recovery)?;
    let Some((checkpoint, checkpoint_bytes)) = base else {
        return read_whole_log(paths, logs, None, 0);
    };
    let version = checkpoint.snapshot.version();
    let tail: Vec<LogFile> = logs
        .in_force
        .iter()
        .filter(|file| file.id.first > version.0)
        .copied()
        .collect();
    if tail.is_empty() {
        return Err(logs::missing(paths, LogId::plain(version.0 + 1)));
    }
    let knows = |file: &LogFile| checkpoint.logs.iter().any(|known| known.id == file.id);
    if !logs
        .in_force
        .iter()
        .all(|file| file.id.first > version.0 || knows(file))
    {
        // A compaction was cut short: the log files are others than the checkpoint knows.
        let snapshot = Some(Arc::clone(&checkpoint.snapshot));
        return read_whole_log(paths, logs, snapshot, checkpoint_bytes);
    }
    for known in &checkpoint.logs {
        let now = logs.in_force.iter().find(|file| file.id == known.id);
        let reason = match now {
            None => "the file is missing",
            Some(now) if now.bytes != known.bytes => "the file has another length than it had",
            Some(_) => continue,
        };
        recovery.damaged.push(Damage {
            path: paths.log(known.id),
            offset: now.map_or(0, |now| now.bytes.min(known.bytes)),
            reason: reason.to_owned(),
        });
    }
    check_segments(paths, &checkpoint.history, recovery);
    let (contents, torn) = logs::read(paths, &tail, version.0 + 1)?;
    let mut history = checkpoint.history;
    history.extend(contents.entries);
    Ok(Found {
        base: Some(checkpoint.snapshot),
        last: contents.last,
        torn,
        fresh_bytes: bytes_of(&tail, &history, version),
        history,
        checkpoint_bytes,
    })
}

fn read_whole_log(
    paths: &FolderPaths,
    logs: &Logs,
    base: Option<Arc<Snapshot>>,
    checkpoint_bytes: u64,
) -> Result<Found> {
    let (contents, torn) = logs::read(paths, &logs.in_force, 1)?;
    let Contents {
        entries,
        names,
        oldest,
        last,
        ..
    } = contents;
    let history = History::new(names, oldest, entries);
    // A version before the oldest kept one cannot be told apart from what has changed since.
    let base = base.filter(|base| base.version() >= oldest);
    let from = base.as_ref().map_or(Version(0), |base| base.version());
    Ok(Found {
        fresh_bytes: bytes_of(&logs.in_force, &history, from),
        history,
        base,
        last,
        torn,
        checkpoint_bytes,
    })
}

/// Bytes that were committed after a version, as far as files tell.
fn bytes_of(logs: &[LogFile], history: &History, after: Version) -> u64 {
    let in_files = history.entries().iter().rev();
    let segments: u64 = in_files
        .take_while(|entry| entry.version > after)
        .filter_map(|entry| match entry.evidence.place() {
            Some(Place::File(file)) => Some(file.bytes),
            _ => None,
        })
        .sum();
    segments + logs.iter().map(|file| file.bytes).sum::<u64>()
}

fn newest_checkpoint(
    paths: &FolderPaths,
    recovery: &mut RecoveryReport,
) -> Result<Option<(Checkpoint, u64)>> {
    for (version, path) in checkpoint::list(paths)? {
        match checkpoint::read(&path, version) {
            Ok(checkpoint) => {
                let bytes = clean::folder_bytes(&path);
                return Ok(Some((checkpoint, bytes)));
            }
            Err(error) => recovery.damaged.push(Damage::of(error)?),
        }
    }
    Ok(None)
}

/// Names segment files that are missing or cut; their content is checked when it is read.
fn check_segments(paths: &FolderPaths, history: &History, recovery: &mut RecoveryReport) {
    let segments = paths.segments();
    for entry in history.entries() {
        let Some(Place::File(file)) = entry.evidence.place() else {
            continue;
        };
        let path = file.path(&segments);
        let (offset, reason) = match fs::metadata(&path) {
            Ok(metadata) if metadata.len() == file.file_bytes() => continue,
            Ok(metadata) => (
                metadata.len().min(file.file_bytes()),
                "the file has another length than it had",
            ),
            Err(_) => (0, "the file is missing"),
        };
        recovery.damaged.push(Damage {
            path,
            offset,
            reason: reason.to_owned(),
        });
    }
}

/// Moves damaged checkpoints out of the way: they are not tried again, and not thrown away either.
fn set_damaged_aside(paths: &FolderPaths, recovery: &RecoveryReport) -> Result<()> {
    let checkpoints = paths.checkpoints();
    let quarantine = paths.quarantine();
    for damaged in &recovery.damaged {
        let Some(checkpoint) = damaged.path.parent() else {
            continue;
        };
        if checkpoint.parent() != Some(&checkpoints) {
            continue;
        }
        create_dir(&quarantine)?;
        let name = checkpoint.file_name().unwrap_or_default().to_string_lossy();
        let kept = unused(&quarantine, &format!("checkpoint-{name}"));
        fs::rename(checkpoint, &kept).map_err(failed("rename", checkpoint))?;
    }
    Ok(())
}

/// A name in a folder that nothing has yet.
fn unused(folder: &Path, name: &str) -> PathBuf {
    let first = folder.join(name);
    let again = (2_u32..).map(|again| folder.join(format!("{name}-{again}")));
    std::iter::once(first)
        .chain(again)
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(name))
}

/// Keeps the torn end of the log in a file of its own, then cuts it off: nothing is thrown away unseen.
fn set_torn_aside(
    paths: &FolderPaths,
    log: LogId,
    torn: &Torn,
    recovery: &mut RecoveryReport,
) -> Result<()> {
    let quarantine = paths.quarantine();
    create_dir(&quarantine)?;
    let name = format!("log-{}-at-{}", log.first, torn.at);
    let kept = unused(&quarantine, &name);
    write_synced(&kept, &torn.bytes)?;
    sync_dir(&quarantine)?;
    let path = paths.log(log);
    File::options()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_len(torn.at).and_then(|()| file.sync_all()))
        .map_err(failed("truncate", &path))?;
    recovery.torn_bytes = torn.bytes.len() as u64;
    recovery.torn_at = torn.at;
    recovery.kept_in = Some(kept);
    Ok(())
}
