//! The records of the log: what versions changed.
//!
//! One record holds the changes of all versions that were made durable together. A record of format 1 holds one
//! version; it is still read.

use std::sync::Arc;

use super::codec::{get_number, get_text, put_number, put_text};
use super::paths::{LogId, LogSlice};
use super::segment_file::SegmentRef;
use crate::names::{SourceName, Timestamp, Version};
use crate::store::{Entry, Evidence, Place};

/// One version, as format 1 wrote it.
const ONE_VERSION: u8 = 1;
/// Changes that each name their version.
const VERSIONS: u8 = 2;
/// The start of a log file that a compaction wrote.
const FOLDED: u8 = 3;
/// Its end.
const FOLDED_END: u8 = 4;

const FULL: u8 = 0;
const PATCH: u8 = 1;
const REMOVED: u8 = 2;
const IN_FILE: u8 = 0x10;

/// Where inside a record the statements of an entry are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inline {
    pub(super) entry: usize,
    pub(super) offset: usize,
    pub(super) bytes: usize,
}

/// Encodes changes, and says where the statements that stand in the record itself are.
pub(super) fn encode(entries: &[Entry]) -> (Vec<u8>, Vec<Inline>) {
    let mut out = vec![VERSIONS];
    let mut inline = Vec::new();
    put_number(&mut out, entries.len() as u64);
    for (entry, number) in entries.iter().zip(0..) {
        put_number(&mut out, entry.version.0);
        put_number(&mut out, u64::from(entry.source));
        put_text(&mut out, entry.name.as_str());
        put_text(&mut out, &entry.kind);
        put_text(&mut out, &entry.actor);
        out.extend_from_slice(&entry.time.0.to_le_bytes());
        put_number(&mut out, entry.added);
        put_number(&mut out, entry.removed);
        put_number(&mut out, entry.statements);
        let bytes = match &entry.evidence {
            Evidence::Removed => {
                out.push(REMOVED);
                0
            }
            Evidence::Full(place) => put_place(&mut out, FULL, place),
            Evidence::Patch(place) => put_place(&mut out, PATCH, place),
        };
        if bytes > 0 {
            inline.push(Inline {
                entry: number,
                offset: out.len() - bytes,
                bytes,
            });
        }
    }
    (out, inline)
}

/// Writes a place; returns how many bytes of statements stand at the end of what was written.
fn put_place(out: &mut Vec<u8>, tag: u8, place: &Place) -> usize {
    match place {
        Place::Memory(bytes) => {
            out.push(tag);
            put_number(out, bytes.len() as u64);
            out.extend_from_slice(bytes);
            bytes.len()
        }
        Place::File(file) => {
            out.push(tag | IN_FILE);
            file.put(out);
            0
        }
        // What is in the log already is read back before it is written again.
        Place::Log(slice) => {
            out.push(tag);
            put_number(out, u64::from(slice.bytes));
            0
        }
    }
}

/// What a record says.
pub(super) enum Record {
    Changes(Vec<Entry>),
    Folded(Folded),
    FoldedEnd { entries: u64 },
}

/// The start of a folded log file.
pub(super) struct Folded {
    pub(super) oldest: Version,
    pub(super) names: Vec<SourceName>,
}

impl Folded {
    pub(super) fn encode(oldest: Version, names: &[Arc<SourceName>]) -> Vec<u8> {
        let mut out = vec![FOLDED];
        put_number(&mut out, oldest.0);
        put_names(&mut out, names);
        out
    }

    pub(super) fn encode_end(entries: u64) -> Vec<u8> {
        let mut out = vec![FOLDED_END];
        put_number(&mut out, entries);
        out
    }
}

pub(super) fn put_names(out: &mut Vec<u8>, names: &[Arc<SourceName>]) {
    put_number(out, names.len() as u64);
    for name in names {
        put_text(out, name.as_str());
    }
}

pub(super) fn get_names(rest: &mut &[u8]) -> Option<Vec<SourceName>> {
    let count = get_number(rest)?;
    (0..count)
        .map(|_| SourceName::new(get_text(rest)?).ok())
        .collect()
}

/// Decodes a record that starts at `offset` of a log; `None` when it does not make sense although its checksum is
/// right.
pub(super) fn decode(record: &[u8], log: LogId, offset: u64) -> Option<Record> {
    let mut rest = record;
    let rest = &mut rest;
    let tag = *take(rest, 1)?.first()?;
    let found = match tag {
        ONE_VERSION | VERSIONS => {
            let all = (tag == ONE_VERSION).then(|| get_number(rest));
            let all = match all {
                Some(version) => Some(Version(version?)),
                None => None,
            };
            let count = get_number(rest)?;
            let mut entries = Vec::new();
            for _ in 0..count {
                let version = match all {
                    Some(version) => version,
                    None => Version(get_number(rest)?),
                };
                let at = |rest: &[u8]| offset + (record.len() - rest.len()) as u64;
                entries.push(get_entry(rest, version, log, &at)?);
            }
            Record::Changes(entries)
        }
        FOLDED => Record::Folded(Folded {
            oldest: Version(get_number(rest)?),
            names: get_names(rest)?,
        }),
        FOLDED_END => Record::FoldedEnd {
            entries: get_number(rest)?,
        },
        _ => return None,
    };
    rest.is_empty().then_some(found)
}

fn get_entry(
    rest: &mut &[u8],
    version: Version,
    log: LogId,
    at: &dyn Fn(&[u8]) -> u64,
) -> Option<Entry> {
    let mut entry = Entry {
        version,
        source: u16::try_from(get_number(rest)?).ok()?,
        name: Arc::new(SourceName::new(get_text(rest)?).ok()?),
        kind: get_text(rest)?.into(),
        actor: get_text(rest)?.into(),
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
        let bytes = u32::try_from(get_number(rest)?).ok()?;
        let offset = at(rest);
        let checksum = crc32fast::hash(take(rest, bytes as usize)?);
        Some(Place::Log(LogSlice {
            log,
            offset,
            bytes,
            checksum,
        }))
    };
    entry.evidence = match tag & !IN_FILE {
        FULL => Evidence::Full(place()?),
        PATCH => Evidence::Patch(place()?),
        REMOVED => Evidence::Removed,
        _ => return None,
    };
    Some(entry)
}

pub(super) fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}
