//! The outside of a folder: whose it is, who has it open, and which format it has.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::paths::{FolderPaths, LogId, create_dir, failed, sync_dir, write_synced};
use crate::error::{Error, Result};

pub(super) const FORMAT: &str = "isogloss data 2";
/// One log file, named `log`, and no checkpoints.
const OLD_FORMAT: &str = "isogloss data 1";

/// Everything that a data folder holds at its top.
pub(super) const OURS: [&str; 10] = [
    "format",
    "format.new",
    "lock",
    "hold",
    "tip",
    "log",
    "logs",
    "segments",
    "checkpoints",
    "quarantine",
];

/// How long a lock that is held is waited for. A process that this one starts shares its locks from fork to exec, so
/// one that was given back a moment ago can still look held.
const PATIENCE: Duration = Duration::from_millis(400);

/// Takes the lock of the one process that may write.
pub(super) fn take_lock(paths: &FolderPaths) -> Result<File> {
    let path = paths.root().join("lock");
    let given_up = Instant::now() + PATIENCE;
    loop {
        if let Some(lock) = lock(&path, FlockOperation::NonBlockingLockExclusive)? {
            return Ok(lock);
        }
        if Instant::now() >= given_up {
            return Err(Error::DataFolderInUse {
                path: paths.root().to_owned(),
            });
        }
        sleep(PATIENCE / 20);
    }
}

/// Holds every file in place, for one who reads them without the lock: a backup, a check. In a folder that cannot be
/// written there is nobody who could remove them.
pub(super) fn hold_if_possible(paths: &FolderPaths) -> Result<Option<File>> {
    let path = paths.root().join("hold");
    match lock(&path, FlockOperation::LockShared) {
        Err(Error::File { source, .. })
            if matches!(
                source.kind(),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            Ok(None)
        }
        other => other,
    }
}

/// Files may be removed as long as this is held; `None` while someone holds them in place.
pub(super) fn may_remove(paths: &FolderPaths) -> Result<Option<File>> {
    let path = paths.root().join("hold");
    lock(&path, FlockOperation::NonBlockingLockExclusive)
}

/// Tells whether another process has the folder open.
pub(super) fn is_open_elsewhere(paths: &FolderPaths) -> bool {
    let path = paths.root().join("lock");
    matches!(
        lock(&path, FlockOperation::NonBlockingLockExclusive),
        Ok(None)
    )
}

fn lock(path: &Path, operation: FlockOperation) -> Result<Option<File>> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(failed("open", path))?;
    match flock(&file, operation) {
        Ok(()) => Ok(Some(file)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(failed("lock", path)(error.into())),
    }
}

/// Refuses a folder that holds other files and no graph, before anything is written into it.
pub(super) fn refuse_foreign(paths: &FolderPaths) -> Result<()> {
    let root = paths.root();
    for entry in fs::read_dir(root).map_err(failed("read", root))? {
        let name = entry.map_err(failed("read", root))?.file_name();
        if name == "format" {
            return Ok(());
        }
        if !OURS.iter().any(|ours| name == *ours) && !paths.format().exists() {
            return Err(Error::NotDataFolder {
                path: root.to_owned(),
            });
        }
    }
    Ok(())
}

/// Checks the format, makes a new folder where there is none, and brings one of the format before up to date.
pub(super) fn settle_format(paths: &FolderPaths) -> Result<()> {
    let format = paths.format();
    let unknown = |found: &str| Error::UnknownFormat {
        path: paths.format(),
        found: found.to_owned(),
        supported: FORMAT,
    };
    match fs::read_to_string(&format) {
        Ok(found) if found.trim_end() == FORMAT => finish_upgrade(paths)?,
        Ok(found) if found.trim_end() == OLD_FORMAT => {
            // First the name, so that a program that knows only the old format keeps its hands off a half-made new one.
            write_format(paths)?;
            finish_upgrade(paths)?;
        }
        Ok(found) => {
            let line: String = found
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .take(80)
                .collect();
            return Err(unknown(&line));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if holds_a_log(paths)? {
                return Err(unknown(""));
            }
            start_log(paths)?;
            write_format(paths)?;
        }
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            return Err(unknown("binary data"));
        }
        Err(error) => return Err(failed("read", &format)(error)),
    }
    create_dir(&paths.segments())?;
    create_dir(&paths.checkpoints())
}

/// Reads the format of a folder without changing it.
pub(super) fn has_format(paths: &FolderPaths) -> Result<()> {
    let path = paths.format();
    let found = fs::read_to_string(&path).map_err(failed("read", &path))?;
    let line = found.lines().next().unwrap_or_default();
    if line == FORMAT {
        return Ok(());
    }
    Err(Error::UnknownFormat {
        path,
        found: line.chars().take(80).collect(),
        supported: FORMAT,
    })
}

pub(super) fn write_format(paths: &FolderPaths) -> Result<()> {
    let draft = paths.root().join("format.new");
    write_synced(&draft, format!("{FORMAT}\n").as_bytes())?;
    fs::rename(&draft, paths.format()).map_err(failed("rename", &draft))?;
    sync_dir(paths.root())
}

/// Moves the log of format 1 to its new place, unless that is done.
fn finish_upgrade(paths: &FolderPaths) -> Result<()> {
    let old = paths.old_log();
    if !old.exists() {
        return Ok(());
    }
    create_dir(&paths.logs())?;
    let new = paths.log(LogId::plain(1));
    if new.exists() {
        return Err(Error::Corrupt {
            path: old,
            offset: 0,
            reason: "a log of format 1 lies beside one of format 2",
        });
    }
    fs::rename(&old, &new).map_err(failed("rename", &old))?;
    sync_dir(&paths.logs())?;
    sync_dir(paths.root())
}

/// Tells whether something was ever committed here, though nothing says in which format.
fn holds_a_log(paths: &FolderPaths) -> Result<bool> {
    if paths.old_log().exists() {
        return Ok(true);
    }
    let logs = paths.logs();
    let listed = match fs::read_dir(&logs) {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed("list", &logs)(error)),
    };
    for item in listed {
        let metadata = item.and_then(|item| item.metadata());
        if metadata.map_err(failed("list", &logs))?.len() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the first log file: where there is a format file, there is a log.
fn start_log(paths: &FolderPaths) -> Result<()> {
    create_dir(&paths.logs())?;
    let path = paths.log(LogId::plain(1));
    write_synced(&path, b"")?;
    sync_dir(&paths.logs())?;
    sync_dir(paths.root())
}
