//! The newest version that was acknowledged, in a file of its own: a log that ends earlier has lost something.
//!
//! It is written after the log was synced and is not synced itself, so that it can be behind the log after a power
//! cut but never ahead of it.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;

use super::frame;
use super::open::Damage;
use super::paths::{FolderPaths, failed};
use crate::error::Result;

pub(super) struct Tip {
    file: File,
}

impl Tip {
    /// Opens the file, made when there is none, and notes the newest version in it.
    pub(super) fn open(paths: &FolderPaths, version: u64) -> Result<Self> {
        let path = paths.tip();
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed("open", &path))?;
        let tip = Self { file };
        tip.set(version).map_err(failed("write", &path))?;
        Ok(tip)
    }

    pub(super) fn set(&self, version: u64) -> io::Result<()> {
        let mut framed = Vec::with_capacity(frame::HEADER);
        frame::put(&mut framed, version, &[]);
        self.file.write_all_at(&framed, 0)
    }
}

/// Reads the version; a file that makes no sense is damage, one that is missing is not.
pub(super) fn read(paths: &FolderPaths, damaged: &mut Vec<Damage>) -> Result<u64> {
    let path = paths.tip();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(failed("read", &path)(error)),
    };
    if let Some(found) = frame::get(&bytes)
        && found.size == bytes.len()
    {
        return Ok(found.sequence);
    }
    damaged.push(Damage {
        path,
        offset: 0,
        reason: "it does not hold the newest version, which is taken from the log".to_owned(),
    });
    Ok(0)
}

/// Says that the log ends before what was acknowledged.
pub(super) fn compare(tip: u64, last: u64, log: std::path::PathBuf, end: u64) -> Option<Damage> {
    (tip > last).then(|| Damage {
        path: log,
        offset: end,
        reason: format!(
            "it ends with version {last}, and versions up to {tip} were acknowledged: they are lost"
        ),
    })
}
