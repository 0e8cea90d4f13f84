//! Copying a folder while it may be written: files never change once they are whole, and none is removed while the
//! copy holds them. Of the log that is appended to, the whole records are taken.

use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};

use super::blocks::{BlockReader, BlockWriter};
use super::checkpoint;
use super::layout;
use super::logs::{self, LogFile};
use super::paths::{FolderPaths, LogId, create_dir, failed, sync_dir};
use crate::error::{Error, Result};
use crate::names::Version;
use crate::store::Place;

/// The start of a backup in one file.
const HEAD: &[u8] = b"isogloss backup 1\n";
const NAME_BYTES_MAX: usize = 4096;

/// What a backup holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackupReport {
    /// The newest version in it.
    pub newest: Version,
    /// The oldest version in it that can be read.
    pub oldest: Version,
    /// Number of files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A file to copy, or the start of one.
struct Item {
    /// Its path below the folder.
    name: PathBuf,
    bytes: u64,
}

/// Copies a folder into a new folder, or into one file when the name of the target ends in `.backup`.
///
/// Another process may have the folder open: the copy holds a version that was current while it was made. Every
/// checksum is checked on the way.
///
/// # Errors
/// When the target is there already, the folder is damaged, or the system refuses.
pub fn backup(root: &Path, target: &Path) -> Result<BackupReport> {
    let paths = FolderPaths::new(root);
    layout::has_format(&paths)?;
    let _held = layout::hold_if_possible(&paths)?;
    let (items, report) = collect(&paths)?;
    if is_file_name(target) {
        pack(root, &items, target)?;
    } else {
        let made = start_folder(target)?;
        let copied = copy_items(root, &items, target);
        finish_folder(target, made, copied)?;
    }
    Ok(report)
}

/// Makes a data folder out of a backup. The folder must be empty or not there yet.
///
/// # Errors
/// When the target is not empty, the backup is damaged, or the system refuses; then no folder is left behind.
pub fn restore(backup: &Path, target: &Path) -> Result<BackupReport> {
    if backup.is_dir() {
        let paths = FolderPaths::new(backup);
        layout::has_format(&paths)?;
        let (items, report) = collect(&paths)?;
        let made = start_folder(target)?;
        let copied = copy_items(backup, &items, target);
        finish_folder(target, made, copied)?;
        return Ok(report);
    }
    let made = start_folder(target)?;
    let report = unpack(backup, target).and_then(|()| {
        // What was unpacked is read once before it is called a data folder.
        Ok(collect(&FolderPaths::new(target))?.1)
    });
    let (report, unpacked) = match report {
        Ok(report) => (report, Ok(())),
        Err(error) => (BackupReport::default(), Err(error)),
    };
    finish_folder(target, made, unpacked)?;
    Ok(report)
}

fn is_file_name(target: &Path) -> bool {
    target
        .extension()
        .is_some_and(|extension| extension == "backup")
}

/// Finds out which files make a whole version, and checks what is in them.
fn collect(paths: &FolderPaths) -> Result<(Vec<Item>, BackupReport)> {
    let found = logs::list(paths)?;
    let Some(first) = found.in_force.first() else {
        return Err(logs::missing(paths, LogId::plain(1)));
    };
    let from = u64::from(!first.id.is_folded());
    let (contents, torn) = logs::read(paths, &found.in_force, from)?;
    let last = found.in_force.len() - 1;
    let mut items = Vec::new();
    for (number, file) in found.in_force.iter().enumerate() {
        let bytes = if number < last {
            file.bytes
        } else {
            contents.whole_bytes
        };
        let name = Path::new("logs").join(file.id.file_name());
        items.push(Item { name, bytes });
    }
    drop(torn);
    for entry in &contents.entries {
        if let Some(place @ Place::File(file)) = entry.evidence.place() {
            drop(paths.read(place)?);
            items.push(Item {
                name: Path::new("segments").join(file.file_name()),
                bytes: file.file_bytes(),
            });
        }
    }
    add_checkpoint(paths, &found.in_force, &mut items)?;
    let report = BackupReport {
        newest: Version(contents.last),
        oldest: contents.oldest,
        files: items.len() as u64,
        bytes: items.iter().map(|item| item.bytes).sum(),
    };
    Ok((items, report))
}

/// Takes the newest checkpoint along when the log behind it is.
fn add_checkpoint(paths: &FolderPaths, logs: &[LogFile], items: &mut Vec<Item>) -> Result<()> {
    for (version, path) in checkpoint::list(paths)? {
        let has_tail = logs
            .iter()
            .any(|file| file.id == LogId::plain(version.0 + 1));
        if !has_tail || checkpoint::read(&path, version).is_err() {
            continue;
        }
        let folder = Path::new("checkpoints").join(path.file_name().unwrap_or_default());
        for item in fs::read_dir(&path).map_err(failed("list", &path))? {
            let item = item.map_err(failed("list", &path))?;
            let metadata = item.metadata().map_err(failed("list", &path))?;
            items.push(Item {
                name: folder.join(item.file_name()),
                bytes: metadata.len(),
            });
        }
        return Ok(());
    }
    Ok(())
}

/// Makes the target, or takes an empty one; tells whether it was made.
fn start_folder(target: &Path) -> Result<bool> {
    let made = !target.exists();
    create_dir(target)?;
    let mut listed = fs::read_dir(target).map_err(failed("read", target))?;
    if listed.next().is_some() {
        let taken = io::Error::from(ErrorKind::DirectoryNotEmpty);
        return Err(failed("write into", target)(taken));
    }
    for folder in ["logs", "segments", "checkpoints"] {
        create_dir(&target.join(folder))?;
    }
    Ok(made)
}

/// Names the format, which makes it a data folder; removes what was begun when something failed.
fn finish_folder(target: &Path, made: bool, done: Result<()>) -> Result<()> {
    let paths = FolderPaths::new(target);
    let done = done.and_then(|()| {
        for folder in [paths.logs(), paths.segments(), paths.checkpoints()] {
            sync_dir(&folder)?;
        }
        layout::write_format(&paths)
    });
    if done.is_err() {
        for name in layout::OURS {
            // What cannot be removed has no format, and is refused as a data folder.
            drop(fs::remove_dir_all(target.join(name)));
        }
        if made {
            drop(fs::remove_dir(target));
        }
    }
    done
}

fn copy_items(root: &Path, items: &[Item], target: &Path) -> Result<()> {
    for item in items {
        let (from, to) = (root.join(&item.name), target.join(&item.name));
        let parent = to.parent().unwrap_or(target);
        create_dir(parent)?;
        let mut input = File::open(&from)
            .map_err(failed("open", &from))?
            .take(item.bytes);
        let copied = File::create(&to).and_then(|mut out| {
            let copied = io::copy(&mut input, &mut out)?;
            out.sync_all()?;
            Ok(copied)
        });
        if copied.map_err(failed("write", &to))? != item.bytes {
            return Err(shrunk(&from));
        }
        sync_dir(parent)?;
    }
    Ok(())
}

fn shrunk(path: &Path) -> Error {
    Error::Corrupt {
        path: path.to_owned(),
        offset: 0,
        reason: "the file became shorter while it was copied",
    }
}

/// Writes all files into one.
fn pack(root: &Path, items: &[Item], target: &Path) -> Result<()> {
    let write = || -> Result<()> {
        let file = File::create_new(target).map_err(failed("create", target))?;
        let mut out = BlockWriter::new(file);
        let put = |out: &mut BlockWriter<File>, bytes: &[u8]| {
            out.write_all(bytes).map_err(failed("write", target))
        };
        put(&mut out, HEAD)?;
        for item in items {
            let name = item.name.to_string_lossy();
            put(&mut out, &(name.len() as u32).to_le_bytes())?;
            put(&mut out, name.as_bytes())?;
            put(&mut out, &item.bytes.to_le_bytes())?;
            let from = root.join(&item.name);
            let input = File::open(&from).map_err(failed("open", &from))?;
            let mut input = BufReader::with_capacity(1 << 20, input.take(item.bytes));
            let copied = io::copy(&mut input, &mut out).map_err(failed("write", target))?;
            if copied != item.bytes {
                return Err(shrunk(&from));
            }
        }
        let (file, _) = out.finish().map_err(failed("write", target))?;
        file.sync_all().map_err(failed("sync", target))
    };
    if target.exists() {
        let taken = io::Error::from(ErrorKind::AlreadyExists);
        return Err(failed("create", target)(taken));
    }
    let written = write();
    if written.is_err() {
        drop(fs::remove_file(target));
    }
    written
}

fn unpack(backup: &Path, target: &Path) -> Result<()> {
    let mut input = BlockReader::open(backup).map_err(failed("open", backup))?;
    let unpacked = unpack_items(&mut input, target).and_then(|()| input.finish(None));
    unpacked.map_err(|error| input.explain(error))
}

fn unpack_items(input: &mut BlockReader, target: &Path) -> io::Result<()> {
    let nonsense = || io::Error::from(ErrorKind::InvalidData);
    let mut head = [0; HEAD.len()];
    input.read_exact(&mut head)?;
    if head != HEAD {
        return Err(nonsense());
    }
    loop {
        let mut length = [0; 4];
        match input.read(&mut length)? {
            0 => return Ok(()),
            some => input.read_exact(length.get_mut(some..).unwrap_or_default())?,
        }
        let length = u32::from_le_bytes(length) as usize;
        if length > NAME_BYTES_MAX {
            return Err(nonsense());
        }
        let mut name = vec![0; length];
        input.read_exact(&mut name)?;
        let name = String::from_utf8(name).map_err(|_| nonsense())?;
        let name = own_name(&name).ok_or_else(nonsense)?;
        let mut bytes = [0; 8];
        input.read_exact(&mut bytes)?;
        let bytes = u64::from_le_bytes(bytes);
        let path = target.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut out = File::create_new(&path)?;
        if io::copy(&mut input.take(bytes), &mut out)? != bytes {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        out.sync_all()?;
        if let Some(parent) = path.parent() {
            File::open(parent)?.sync_all()?;
        }
    }
}

/// A name that leads to a file of ours and nowhere else.
fn own_name(name: &str) -> Option<&Path> {
    let path = Path::new(name);
    let plain = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let ours = ["logs", "segments", "checkpoints"]
        .iter()
        .any(|folder| path.starts_with(folder));
    (plain && ours && path.components().count() >= 2).then_some(path)
}
