//! Checkpoints: a whole version in a folder of its own, so that a restart need not read all that was ever committed.
//!
//! A checkpoint can always be made again from the log and the segment files. It is written beside its place, synced
//! and renamed; one that is damaged is set aside and the graph is built from the log.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::blocks::{BlockReader, BlockWriter, Seal};
use super::codec::{get_number, get_text, put_number, put_text};
use super::logs::LogFile;
use super::paths::{FolderPaths, LogId, LogSlice, failed, sync_dir};
use super::record::{get_names, put_names, take};
use super::segment_file::SegmentRef;
use super::statements;
use crate::error::Result;
use crate::names::{SourceName, Timestamp, Version};
use crate::snapshot::Snapshot;
use crate::store::{Entry, Evidence, History, Place};

const HEAD: &[u8] = b"isogloss checkpoint 1\n";

/// What is written.
pub(crate) struct Checkpoint {
    pub(super) snapshot: Arc<Snapshot>,
    /// The changes up to the version of the snapshot.
    pub(super) history: History,
    /// The log files that hold them.
    pub(super) logs: Vec<LogFile>,
}

/// The file that names the others and is written last.
const HEAD_FILE: &str = "head";
const STATEMENTS_FILE: &str = "statements";

pub(super) fn path(paths: &FolderPaths, version: Version) -> PathBuf {
    paths.checkpoints().join(format!("{:012}", version.0))
}

/// Lists the checkpoints, newest first.
pub(super) fn list(paths: &FolderPaths) -> Result<Vec<(Version, PathBuf)>> {
    let folder = paths.checkpoints();
    let mut found = Vec::new();
    let listed = match fs::read_dir(&folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(failed("list", &folder)(error)),
    };
    for item in listed {
        let item = item.map_err(failed("list", &folder))?;
        let name = item.file_name();
        if let Some(version) = name.to_str().and_then(|name| name.parse().ok()) {
            found.push((Version(version), item.path()));
        }
    }
    found.sort_by_key(|&(version, _)| std::cmp::Reverse(version));
    Ok(found)
}

/// Removes a checkpoint; one that is half removed is not taken for one.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let gone = path.with_extension("old.new");
    fs::rename(path, &gone)?;
    fs::remove_dir_all(&gone)
}

/// Writes a checkpoint and returns its size; `stop` makes it give up.
pub(super) fn write(
    paths: &FolderPaths,
    checkpoint: &Checkpoint,
    stop: &AtomicBool,
) -> Result<u64> {
    let path = path(paths, checkpoint.snapshot.version());
    let draft = path.with_extension("new");
    let write = || -> io::Result<u64> {
        match fs::remove_dir_all(&draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir(&draft)?,
        }
        let part = |name: &str, put: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
            write_part(&draft.join(name), stop, put)
        };
        let statements = part(STATEMENTS_FILE, &|out| {
            statements::write(&checkpoint.snapshot, out)
        })?;
        let parts = [(STATEMENTS_FILE.to_owned(), statements)];
        let head = part(HEAD_FILE, &|out| put_head(checkpoint, &parts, out))?;
        File::open(&draft)?.sync_all()?;
        if path.exists() {
            remove(&path)?;
        }
        fs::rename(&draft, &path)?;
        let sum: u64 = parts.iter().map(|(_, seal)| seal.bytes).sum();
        Ok(sum + head.bytes)
    };
    let bytes = write().map_err(|error| {
        drop(fs::remove_dir_all(&draft));
        failed("write checkpoint", &path)(error)
    })?;
    sync_dir(&paths.checkpoints())?;
    Ok(bytes)
}

fn write_part(
    path: &Path,
    stop: &AtomicBool,
    put: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Seal> {
    let file = Interruptible {
        file: File::create(path)?,
        stop,
    };
    let mut out = BlockWriter::new(file);
    put(&mut out)?;
    let (file, seal) = out.finish()?;
    file.file.sync_all()?;
    Ok(seal)
}

struct Interruptible<'a> {
    file: File,
    stop: &'a AtomicBool,
}

impl Write for Interruptible<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("the store is being closed"));
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Reads a checkpoint; an error says what is damaged and where.
pub(super) fn read(path: &Path, version: Version) -> Result<Checkpoint> {
    let open = |name: &str| {
        let path = path.join(name);
        BlockReader::open(&path).map_err(failed("open", &path))
    };
    let mut head = open(HEAD_FILE)?;
    let found = get_head(&mut head, version).map_err(|error| head.explain(error))?;
    let Head {
        logs,
        history,
        parts,
    } = found;
    let mut input = open(STATEMENTS_FILE)?;
    let seal = parts.first().map(|(_, seal)| *seal);
    let names: Vec<SourceName> = history
        .names()
        .iter()
        .map(|n| SourceName::clone(n))
        .collect();
    let snapshot = statements::read(&mut input, &names)
        .and_then(|snapshot| input.finish(seal).map(|()| snapshot))
        .map_err(|error| input.explain(error))?;
    if snapshot.version() != version {
        return Err(head.explain(ErrorKind::InvalidData.into()));
    }
    Ok(Checkpoint {
        snapshot: Arc::new(snapshot),
        history,
        logs,
    })
}

struct Head {
    logs: Vec<LogFile>,
    history: History,
    parts: Vec<(String, Seal)>,
}

fn put_head(
    checkpoint: &Checkpoint,
    parts: &[(String, Seal)],
    out: &mut dyn Write,
) -> io::Result<()> {
    let history = &checkpoint.history;
    let mut head = HEAD.to_vec();
    put_number(&mut head, checkpoint.snapshot.version().0);
    put_number(&mut head, history.oldest().0);
    put_number(&mut head, checkpoint.logs.len() as u64);
    for log in &checkpoint.logs {
        put_log(&mut head, log.id);
        put_number(&mut head, log.bytes);
    }
    put_number(&mut head, parts.len() as u64);
    for (name, seal) in parts {
        put_text(&mut head, name);
        put_number(&mut head, seal.bytes);
        head.extend_from_slice(&seal.checksum.to_le_bytes());
    }
    put_names(&mut head, history.names());
    let (labels, entries) = encode_entries(history);
    put_number(&mut head, labels.len() as u64);
    for label in &labels {
        put_text(&mut head, label);
    }
    put_number(&mut head, history.entries().len() as u64);
    head.extend_from_slice(&entries);
    out.write_all(&head)
}

fn get_head(input: &mut BlockReader, version: Version) -> io::Result<Head> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    input.finish(None)?;
    parse_head(&bytes, version).ok_or_else(|| ErrorKind::InvalidData.into())
}

fn parse_head(mut rest: &[u8], version: Version) -> Option<Head> {
    let rest = &mut rest;
    if take(rest, HEAD.len())? != HEAD || get_number(rest)? != version.0 {
        return None;
    }
    let oldest = Version(get_number(rest)?);
    let mut logs = Vec::new();
    for _ in 0..get_number(rest)? {
        logs.push(LogFile {
            id: get_log(rest)?,
            bytes: get_number(rest)?,
        });
    }
    let mut parts = Vec::new();
    for _ in 0..get_number(rest)? {
        let name = get_text(rest)?.to_owned();
        let seal = Seal {
            bytes: get_number(rest)?,
            checksum: u32::from_le_bytes(take(rest, 4)?.try_into().ok()?),
        };
        parts.push((name, seal));
    }
    let names = get_names(rest)?;
    let mut labels = Vec::new();
    for _ in 0..get_number(rest)? {
        labels.push(Arc::from(get_text(rest)?));
    }
    let count = get_number(rest)?;
    let entries = decode_entries(rest, &names, &labels, count)?;
    Some(Head {
        logs,
        history: History::new(names, oldest, entries),
        parts,
    })
}

fn put_log(out: &mut Vec<u8>, log: LogId) {
    put_number(out, log.first);
    put_number(out, log.last);
}

fn get_log(rest: &mut &[u8]) -> Option<LogId> {
    Some(LogId {
        first: get_number(rest)?,
        last: get_number(rest)?,
    })
}

const FULL: u8 = 0;
const PATCH: u8 = 1;
const REMOVED: u8 = 2;
const IN_FILE: u8 = 0x10;

/// The table of changes, without the statements themselves; kinds and actors as numbers of labels.
fn encode_entries(history: &History) -> (Vec<Arc<str>>, Vec<u8>) {
    let mut labels: Vec<Arc<str>> = Vec::new();
    let mut numbers: rustc_hash::FxHashMap<Arc<str>, u64> = rustc_hash::FxHashMap::default();
    let mut out = Vec::new();
    for entry in history.entries() {
        put_number(&mut out, entry.version.0);
        put_number(&mut out, u64::from(entry.source));
        for label in [&entry.kind, &entry.actor] {
            let number = *numbers.entry(Arc::clone(label)).or_insert_with(|| {
                labels.push(Arc::clone(label));
                labels.len() as u64 - 1
            });
            put_number(&mut out, number);
        }
        out.extend_from_slice(&entry.time.0.to_le_bytes());
        put_number(&mut out, entry.added);
        put_number(&mut out, entry.removed);
        put_number(&mut out, entry.statements);
        let tag = match entry.evidence {
            Evidence::Full(_) => FULL,
            Evidence::Patch(_) => PATCH,
            Evidence::Removed => REMOVED,
        };
        match entry.evidence.place() {
            Some(Place::File(file)) => {
                out.push(tag | IN_FILE);
                file.put(&mut out);
            }
            Some(Place::Log(slice)) => {
                out.push(tag);
                put_log(&mut out, slice.log);
                put_number(&mut out, slice.offset);
                put_number(&mut out, u64::from(slice.bytes));
                out.extend_from_slice(&slice.checksum.to_le_bytes());
            }
            // In a folder no statements stay in memory only.
            Some(Place::Memory(_)) | None => out.push(REMOVED),
        }
    }
    (labels, out)
}

fn decode_entries(
    mut rest: &[u8],
    names: &[SourceName],
    labels: &[Arc<str>],
    count: u64,
) -> Option<Vec<Entry>> {
    let rest = &mut rest;
    let names: Vec<Arc<SourceName>> = names.iter().cloned().map(Arc::new).collect();
    let mut entries = Vec::new();
    for _ in 0..count {
        let version = Version(get_number(rest)?);
        let source = u16::try_from(get_number(rest)?).ok()?;
        let mut label = || {
            labels
                .get(usize::try_from(get_number(rest)?).ok()?)
                .cloned()
        };
        let (kind, actor) = (label()?, label()?);
        let mut entry = Entry {
            version,
            source,
            name: Arc::clone(names.get(usize::from(source))?),
            kind,
            actor,
            time: Timestamp(i64::from_le_bytes(take(rest, 8)?.try_into().ok()?)),
            added: get_number(rest)?,
            removed: get_number(rest)?,
            statements: get_number(rest)?,
            evidence: Evidence::Removed,
        };
        let tag = *take(rest, 1)?.first()?;
        let mut place = || -> Option<Place> {
            if tag & IN_FILE != 0 {
                return Some(Place::File(SegmentRef::get(rest)?));
            }
            Some(Place::Log(LogSlice {
                log: get_log(rest)?,
                offset: get_number(rest)?,
                bytes: u32::try_from(get_number(rest)?).ok()?,
                checksum: u32::from_le_bytes(take(rest, 4)?.try_into().ok()?),
            }))
        };
        entry.evidence = match tag & !IN_FILE {
            FULL => Evidence::Full(place()?),
            PATCH => Evidence::Patch(place()?),
            REMOVED => Evidence::Removed,
            _ => return None,
        };
        entries.push(entry);
    }
    rest.is_empty().then_some(entries)
}
