//! The log files of a folder: which count, what they say, and folding many into one.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::sync::Arc;

use super::frame::{self, Scan, scan};
use super::paths::{FolderPaths, LogId, failed, sync_dir};
use super::record::{self, Folded, Record};
use crate::error::{Error, Result};
use crate::names::{SourceName, Version};
use crate::store::{Entry, Evidence, History, Place};

/// Statements of so many bytes are put into one record when logs are folded.
const RECORD_BYTES: usize = 1 << 20;

/// A log file and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LogFile {
    pub(super) id: LogId,
    pub(super) bytes: u64,
}

/// The log files that make the history, oldest first, and those that a folded one has taken in.
pub(super) struct Logs {
    pub(super) in_force: Vec<LogFile>,
    pub(super) leftover: Vec<LogFile>,
}

/// Lists the log files of a folder.
pub(super) fn list(paths: &FolderPaths) -> Result<Logs> {
    let folder = paths.logs();
    let mut found = Vec::new();
    for item in fs::read_dir(&folder).map_err(failed("list", &folder))? {
        let item = item.map_err(failed("list", &folder))?;
        let Some(id) = LogId::parse(&item.file_name().to_string_lossy()) else {
            continue;
        };
        let bytes = item.metadata().map_err(failed("list", &folder))?.len();
        found.push(LogFile { id, bytes });
    }
    // The folded one comes first: the versions of the others are later.
    found.sort_by_key(|file| (!file.id.is_folded(), file.id));
    let folded = found
        .iter()
        .map(|file| file.id)
        .filter(|id| id.is_folded())
        .max_by_key(|id| (id.last, id.first));
    let (in_force, leftover) = found.into_iter().partition(|file| match folded {
        None => true,
        Some(folded) if file.id.is_folded() => file.id == folded,
        Some(folded) => file.id.first > folded.last,
    });
    Ok(Logs { in_force, leftover })
}

/// What log files say.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) entries: Vec<Entry>,
    pub(super) names: Vec<SourceName>,
    pub(super) oldest: Version,
    /// The last version.
    pub(super) last: u64,
    /// Bytes of whole records in the last file.
    pub(super) whole_bytes: u64,
}

/// A torn end: a write that was never acknowledged.
pub(super) struct Torn {
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
}

/// Reads log files in order; only the last may have a torn end.
pub(super) fn read(
    paths: &FolderPaths,
    files: &[LogFile],
    from: u64,
) -> Result<(Contents, Option<Torn>)> {
    let mut contents = Contents {
        last: from.saturating_sub(1),
        ..Contents::default()
    };
    let mut torn = None;
    let mut next = from;
    for (number, file) in files.iter().enumerate() {
        if file.id.is_folded() && number == 0 {
            read_folded(paths, file.id, &mut contents)?;
        } else if file.id.first != next || file.id.is_folded() {
            return Err(missing(paths, LogId::plain(next)));
        } else {
            let is_last = number + 1 == files.len();
            torn = read_plain(paths, file.id, is_last, &mut contents)?;
        }
        next = contents.last + 1;
    }
    Ok((contents, torn))
}

/// Says that a log file that must be there is not.
pub(super) fn missing(paths: &FolderPaths, id: LogId) -> Error {
    Error::Corrupt {
        path: paths.log(id),
        offset: 0,
        reason: "the log file is missing, or the one before it ends too early",
    }
}

fn read_plain(
    paths: &FolderPaths,
    id: LogId,
    is_last: bool,
    contents: &mut Contents,
) -> Result<Option<Torn>> {
    let path = paths.log(id);
    let bytes = fs::read(&path).map_err(failed("read", &path))?;
    let corrupt = |offset: usize, reason| Error::Corrupt {
        path: path.clone(),
        offset: offset as u64,
        reason,
    };
    let (frames, end) = match scan(&bytes, id.first) {
        Scan::Whole { frames, end } => (frames, end),
        Scan::Damaged { offset, reason } => return Err(corrupt(offset, reason)),
    };
    let mut at = 0;
    for found in &frames {
        let payload_at = (at + frame::HEADER) as u64;
        let Some(Record::Changes(entries)) = record::decode(found.payload, id, payload_at) else {
            return Err(corrupt(at, "a record does not make sense"));
        };
        let first = entries.first().map(|entry| entry.version.0);
        if first != Some(found.sequence) || found.sequence != contents.last + 1 {
            return Err(corrupt(at, "a record is out of sequence"));
        }
        for entry in &entries {
            if entry.version.0 != contents.last && entry.version.0 != contents.last + 1 {
                return Err(corrupt(at, "a record is out of sequence"));
            }
            contents.last = entry.version.0;
        }
        contents.entries.extend(entries);
        at += found.size;
    }
    contents.whole_bytes = end as u64;
    if end == bytes.len() {
        return Ok(None);
    }
    if !is_last {
        return Err(corrupt(end, "the checksum of a record does not match"));
    }
    Ok(Some(Torn {
        at: end as u64,
        bytes: bytes.get(end..).unwrap_or_default().to_vec(),
    }))
}

fn read_folded(paths: &FolderPaths, id: LogId, contents: &mut Contents) -> Result<()> {
    let path = paths.log(id);
    let bytes = fs::read(&path).map_err(failed("read", &path))?;
    let corrupt = |offset: usize, reason| Error::Corrupt {
        path: path.clone(),
        offset: offset as u64,
        reason,
    };
    let mut at = 0;
    let mut whole = false;
    for sequence in 1.. {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.is_empty() {
            break;
        }
        if whole {
            return Err(corrupt(at, "there is something behind the end"));
        }
        let found = frame::get(rest)
            .ok_or_else(|| corrupt(at, "the checksum of a record does not match"))?;
        if found.sequence != sequence {
            return Err(corrupt(at, "a record is out of sequence"));
        }
        let payload_at = (at + frame::HEADER) as u64;
        match record::decode(found.payload, id, payload_at) {
            Some(Record::Folded(folded)) if sequence == 1 => {
                contents.oldest = folded.oldest;
                contents.names = folded.names;
            }
            Some(Record::Changes(entries)) if sequence > 1 => contents.entries.extend(entries),
            Some(Record::FoldedEnd { entries }) if entries == contents.entries.len() as u64 => {
                whole = true;
            }
            _ => return Err(corrupt(at, "a record does not make sense")),
        }
        at += found.size;
    }
    if !whole {
        return Err(corrupt(at, "the file ends too early"));
    }
    contents.last = id.last;
    Ok(())
}

/// Writes what a history still needs of versions up to `last` into one file, and lets its places point there.
pub(super) fn fold(
    paths: &FolderPaths,
    history: &History,
    last: Version,
) -> Result<(LogFile, Vec<Entry>)> {
    let id = LogId::folded(history.oldest().0, last.0);
    let path = paths.log(id);
    let draft = path.with_extension("log.new");
    let written = write_folded(paths, history, id, &draft);
    let (bytes, entries) = match written {
        Ok(written) => written,
        Err(error) => {
            // What cannot be removed now is removed at the next start.
            drop(fs::remove_file(&draft));
            return Err(error);
        }
    };
    fs::rename(&draft, &path).map_err(failed("rename", &draft))?;
    sync_dir(&paths.logs())?;
    Ok((LogFile { id, bytes }, entries))
}

fn write_folded(
    paths: &FolderPaths,
    history: &History,
    id: LogId,
    draft: &std::path::Path,
) -> Result<(u64, Vec<Entry>)> {
    let file = File::create(draft).map_err(failed("write", draft))?;
    let mut out = BufWriter::new(file);
    let mut framed = Vec::new();
    let mut at = 0_u64;
    let mut sequence = 1;
    let mut put = |payload: &[u8]| -> Result<u64> {
        framed.clear();
        frame::put(&mut framed, sequence, payload);
        out.write_all(&framed).map_err(failed("write", draft))?;
        sequence += 1;
        let payload_at = at + frame::HEADER as u64;
        at += framed.len() as u64;
        Ok(payload_at)
    };
    put(&Folded::encode(history.oldest(), history.names()))?;
    let mut folded: Vec<Entry> = Vec::new();
    let mut record: Vec<Entry> = Vec::new();
    let mut bytes = 0;
    let until = history
        .entries()
        .partition_point(|e| e.version.0 <= id.last);
    let (taken, _) = history.entries().split_at(until);
    for (entry, number) in taken.iter().zip(1..) {
        let mut entry = entry.clone();
        if let Some(place @ Place::Log(_)) = entry.evidence.place_mut() {
            let read = paths.read(place)?;
            bytes += read.len();
            *place = Place::Memory(read.into());
        }
        bytes += 128;
        record.push(entry);
        if bytes >= RECORD_BYTES || number == taken.len() {
            let (payload, inline) = record::encode(&record);
            let payload_at = put(&payload)?;
            settle(&mut record, &inline, id, payload_at);
            folded.append(&mut record);
            bytes = 0;
        }
    }
    put(&Folded::encode_end(folded.len() as u64))?;
    let file = out
        .into_inner()
        .map_err(|error| failed("write", draft)(error.into_error()))?;
    file.sync_all().map_err(failed("sync", draft))?;
    Ok((at, folded))
}

/// Statements that were written with a record are read from there from now on.
pub(super) fn settle(
    entries: &mut [Entry],
    inline: &[record::Inline],
    log: LogId,
    payload_at: u64,
) {
    for stretch in inline {
        let Some(entry) = entries.get_mut(stretch.entry) else {
            continue;
        };
        let (Evidence::Full(place) | Evidence::Patch(place)) = &mut entry.evidence else {
            continue;
        };
        if let Place::Memory(bytes) = place {
            *place = Place::Log(super::LogSlice {
                log,
                offset: payload_at + stretch.offset as u64,
                bytes: stretch.bytes as u32,
                checksum: crc32fast::hash(&Arc::clone(bytes)),
            });
        }
    }
}
