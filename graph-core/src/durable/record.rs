//! One record of the log: everything that one version changed.

use std::sync::Arc;

use super::codec::{get_number, get_text, put_number, put_text};
use super::segment_file::SegmentRef;
use crate::names::{SourceName, Timestamp, Version};
use crate::store::{Entry, Evidence, Place};

const VERSION: u8 = 1;
const FULL: u8 = 0;
const PATCH: u8 = 1;
const REMOVED: u8 = 2;
const IN_FILE: u8 = 0x10;

pub(super) fn encode(version: Version, entries: &[Entry]) -> Vec<u8> {
    let mut out = vec![VERSION];
    put_number(&mut out, version.0);
    put_number(&mut out, entries.len() as u64);
    for entry in entries {
        put_number(&mut out, u64::from(entry.source));
        put_text(&mut out, entry.name.as_str());
        put_text(&mut out, &entry.kind);
        put_text(&mut out, &entry.actor);
        out.extend_from_slice(&entry.time.0.to_le_bytes());
        put_number(&mut out, entry.added);
        put_number(&mut out, entry.removed);
        put_number(&mut out, entry.statements);
        match &entry.evidence {
            Evidence::Removed => out.push(REMOVED),
            Evidence::Full(place) => put_place(&mut out, FULL, place),
            Evidence::Patch(place) => put_place(&mut out, PATCH, place),
        }
    }
    out
}

fn put_place(out: &mut Vec<u8>, tag: u8, place: &Place) {
    match place {
        Place::Memory(bytes) => {
            out.push(tag);
            put_number(out, bytes.len() as u64);
            out.extend_from_slice(bytes);
        }
        Place::File(file) => {
            out.push(tag | IN_FILE);
            put_number(out, file.version);
            put_number(out, u64::from(file.number));
            put_number(out, file.bytes);
            out.extend_from_slice(&file.checksum.to_le_bytes());
        }
        Place::Log(_) => {}
    }
}

/// Decodes a record; `None` when it does not make sense although its checksum is right.
pub(super) fn decode(mut rest: &[u8]) -> Option<Vec<Entry>> {
    let rest = &mut rest;
    if take(rest, 1)? != [VERSION] {
        return None;
    }
    let version = Version(get_number(rest)?);
    let count = get_number(rest)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let source = u16::try_from(get_number(rest)?).ok()?;
        let mut entry = Entry {
            version,
            source,
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
        entry.evidence = match tag & !IN_FILE {
            FULL => Evidence::Full(get_place(rest, tag)?),
            PATCH => Evidence::Patch(get_place(rest, tag)?),
            REMOVED => Evidence::Removed,
            _ => return None,
        };
        entries.push(entry);
    }
    rest.is_empty().then_some(entries)
}

fn get_place(rest: &mut &[u8], tag: u8) -> Option<Place> {
    if tag & IN_FILE == 0 {
        let length = usize::try_from(get_number(rest)?).ok()?;
        return Some(Place::Memory(take(rest, length)?.into()));
    }
    Some(Place::File(SegmentRef {
        version: get_number(rest)?,
        number: u32::try_from(get_number(rest)?).ok()?,
        bytes: get_number(rest)?,
        checksum: u32::from_le_bytes(take(rest, 4)?.try_into().ok()?),
    }))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}
