//! Immutable files for large changes, in checksummed blocks.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::codec::{get_number, put_number};
use super::frame;
use super::record::take;
use crate::error::{Error, Result};

const BLOCK: usize = 256 << 10;

/// Names a segment file and says what it must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentRef {
    /// The version that wrote it.
    pub(crate) version: u64,
    /// Its number within the version.
    pub(crate) number: u32,
    /// Length of its content, framing not counted.
    pub(crate) bytes: u64,
    /// Checksum of its content: another store's file of the same name is noticed.
    pub(crate) checksum: u32,
}

impl SegmentRef {
    pub(crate) fn file_name(&self) -> String {
        format!("{:012}-{:03}.segment", self.version, self.number)
    }

    pub(crate) fn path(&self, folder: &Path) -> PathBuf {
        folder.join(self.file_name())
    }

    /// The version in a file name.
    pub(super) fn version_of(name: &str) -> Option<u64> {
        let (version, _) = name.strip_suffix(".segment")?.split_once('-')?;
        version.parse().ok()
    }

    /// Length of the file, framing included.
    pub(super) fn file_bytes(&self) -> u64 {
        self.bytes + self.bytes.div_ceil(BLOCK as u64) * frame::HEADER as u64
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.version);
        put_number(out, u64::from(self.number));
        put_number(out, self.bytes);
        out.extend_from_slice(&self.checksum.to_le_bytes());
    }

    pub(super) fn get(rest: &mut &[u8]) -> Option<Self> {
        Some(Self {
            version: get_number(rest)?,
            number: u32::try_from(get_number(rest)?).ok()?,
            bytes: get_number(rest)?,
            checksum: u32::from_le_bytes(take(rest, 4)?.try_into().ok()?),
        })
    }
}

/// Why a segment file was not written: only a failed sync leaves the disk in doubt.
pub(super) enum WriteFailure {
    Plain(Error),
    Sync(Error),
}

/// Writes and syncs a segment file. The folder is synced by the caller, once for all files of a commit.
pub(super) fn write(
    folder: &Path,
    version: u64,
    number: u32,
    bytes: &[u8],
) -> Result<SegmentRef, WriteFailure> {
    let file = SegmentRef {
        version,
        number,
        bytes: bytes.len() as u64,
        checksum: crc32fast::hash(bytes),
    };
    let path = file.path(folder);
    let mut framed = Vec::with_capacity(bytes.len() + bytes.len() / 1024 + 64);
    for (block, sequence) in bytes.chunks(BLOCK).zip(0..) {
        frame::put(&mut framed, sequence, block);
    }
    let failed = |source| Error::File {
        action: "write",
        path: path.clone(),
        source,
    };
    let mut out = File::create(&path).map_err(|error| WriteFailure::Plain(failed(error)))?;
    out.write_all(&framed)
        .map_err(|error| WriteFailure::Plain(failed(error)))?;
    out.sync_all()
        .map_err(|error| WriteFailure::Sync(failed(error)))?;
    Ok(file)
}

/// Reads a segment file back and checks every block and the whole.
pub(crate) fn read(folder: &Path, file: &SegmentRef) -> Result<Vec<u8>> {
    let path = file.path(folder);
    let framed = std::fs::read(&path).map_err(|source| Error::File {
        action: "read segment file",
        path: path.clone(),
        source,
    })?;
    let mut bytes = Vec::with_capacity(file.bytes.min(framed.len() as u64) as usize);
    let (mut at, mut sequence) = (0, 0);
    while at < framed.len() {
        let damaged = |reason| Error::Corrupt {
            path: path.clone(),
            offset: at as u64,
            reason,
        };
        let block = frame::get(&framed[at..])
            .ok_or_else(|| damaged("the checksum of a block does not match"))?;
        if block.sequence != sequence {
            return Err(damaged("a block is out of sequence"));
        }
        bytes.extend_from_slice(block.payload);
        at += block.size;
        sequence += 1;
    }
    if bytes.len() as u64 != file.bytes || crc32fast::hash(&bytes) != file.checksum {
        let reason = "the file is not the one that the log names";
        return Err(Error::Corrupt {
            path,
            offset: 0,
            reason,
        });
    }
    Ok(bytes)
}
