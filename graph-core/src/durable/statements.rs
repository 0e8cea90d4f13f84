//! The statements of a snapshot as a checkpoint holds them.

use std::io::{self, ErrorKind, Read, Write};

use super::checkpoint::get_bytes;
use super::codec::{self, get_number, get_text, put_number, put_text};
use super::record::take;
use crate::commit::SourceInfo;
use crate::names::{SourceId, SourceName, Timestamp, Version};
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Assembler;

pub(super) fn write(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let mut head = Vec::new();
    put_number(&mut head, snapshot.version().0);
    put_number(&mut head, snapshot.sources().len() as u64);
    for info in snapshot.sources() {
        put_number(&mut head, u64::from(info.id.0));
        put_text(&mut head, &info.kind);
        put_text(&mut head, &info.actor);
        put_number(&mut head, info.statements);
        head.extend_from_slice(&info.committed_at.0.to_le_bytes());
        put_number(&mut head, info.version.0);
    }
    out.write_all(&(head.len() as u64).to_le_bytes())?;
    out.write_all(&head)?;
    for info in snapshot.sources() {
        let rows = snapshot.rows_of(info.id.0);
        let bytes = codec::encode(snapshot, &[], &rows).map_err(io::Error::other)?;
        out.write_all(&(bytes.len() as u64).to_le_bytes())?;
        out.write_all(&bytes)?;
    }
    Ok(())
}

pub(super) fn read(input: &mut impl Read, names: &[SourceName]) -> io::Result<Snapshot> {
    let nonsense = || io::Error::from(ErrorKind::InvalidData);
    let head = get_bytes(input)?;
    let (version, infos) = get_infos(&head, names).ok_or_else(nonsense)?;
    let empty = Snapshot::empty();
    let mut assembler = Assembler::on(&empty);
    for name in names {
        assembler.source(name).map_err(|_| nonsense())?;
    }
    let mut all = Vec::new();
    for info in &infos {
        let bytes = get_bytes(input)?;
        let decoded = codec::decode(&bytes, &mut assembler, info.id.0);
        let difference = decoded.map_err(|_| nonsense())?.map_err(|_| nonsense())?;
        if difference.added.len() as u64 != info.statements {
            return Err(nonsense());
        }
        all.extend(difference.added);
    }
    let mut snapshot = assembler.finish(&empty);
    snapshot.set_version(version);
    snapshot.put_all(infos, &all);
    Ok(snapshot)
}

fn get_infos(mut rest: &[u8], names: &[SourceName]) -> Option<(Version, Vec<SourceInfo>)> {
    let rest = &mut rest;
    let version = Version(get_number(rest)?);
    let infos = (0..get_number(rest)?)
        .map(|_| {
            let id = u16::try_from(get_number(rest)?).ok()?;
            Some(SourceInfo {
                id: SourceId(id),
                name: names.get(usize::from(id))?.clone(),
                kind: get_text(rest)?.to_owned(),
                actor: get_text(rest)?.to_owned(),
                statements: get_number(rest)?,
                committed_at: Timestamp(i64::from_le_bytes(take(rest, 8)?.try_into().ok()?)),
                version: Version(get_number(rest)?),
                derived: false,
            })
        })
        .collect::<Option<_>>()?;
    Some((version, infos))
}
