//! Checking a folder without opening it: every checksum, and that the checkpoint says what the log says.

use std::path::Path;
use std::sync::Arc;

use super::checkpoint::{self, Checkpoint};
use super::logs::{self, Contents, LogFile};
use super::open::Damage;
use super::paths::{FolderPaths, LogId};
use super::{clean, codec, layout, tip};
use crate::error::{Error, Result};
use crate::names::Version;
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Assembler;
use crate::store::{Entry, History, Place};

/// What a check of a folder found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// The newest version in the log.
    pub newest: Version,
    /// The oldest version that can be read.
    pub oldest: Version,
    /// The versions of the checkpoints that are whole and say what the log says.
    pub checkpoints: Vec<Version>,
    /// Number of changes whose statements were read and decoded.
    pub changes: u64,
    /// Bytes of the folder.
    pub bytes: u64,
    /// What is damaged, file by file. Empty means that the folder is in order.
    pub damaged: Vec<Damage>,
    /// What is no damage and yet worth knowing.
    pub notes: Vec<String>,
}

/// Checks a folder; another process may have it open meanwhile.
///
/// # Errors
/// When it is no data folder of this format, or the system refuses to read. Damage is in the report.
pub fn verify(root: &Path) -> Result<VerifyReport> {
    let paths = FolderPaths::new(root);
    layout::has_format(&paths)?;
    let _held = layout::hold_if_possible(&paths)?;
    let mut report = VerifyReport {
        bytes: clean::folder_bytes(root),
        ..VerifyReport::default()
    };
    let acknowledged = tip::read(&paths, &mut report.damaged)?;
    // Checkpoints first: a server that goes on meanwhile adds to the log behind them, never before.
    let checkpoints = read_checkpoints(&paths, &mut report)?;
    let contents = read_logs(&paths, &mut report)?;
    report.newest = Version(contents.last);
    report.oldest = contents.oldest;
    if report.damaged.is_empty() {
        let active = logs::list(&paths)?
            .in_force
            .last()
            .map(|file| paths.log(file.id));
        let log = active.unwrap_or_else(|| paths.logs());
        let lost = tip::compare(acknowledged, contents.last, log, contents.whole_bytes);
        report.damaged.extend(lost);
    }
    check_changes(&paths, &contents.entries, &mut report)?;
    let history = History::new(contents.names, contents.oldest, contents.entries);
    let strays = clean::strays(&paths, &history)?;
    if !strays.is_empty() && !layout::is_open_elsewhere(&paths) {
        let count = strays.len();
        report.notes.push(format!(
            "{count} files of no version are removed at the next start"
        ));
    }
    for checkpoint in &checkpoints {
        compare(&paths, &history, checkpoint, &mut report)?;
    }
    report
        .damaged
        .sort_by(|a, b| a.path.cmp(&b.path).then(a.offset.cmp(&b.offset)));
    report.damaged.dedup();
    Ok(report)
}

fn read_checkpoints(paths: &FolderPaths, report: &mut VerifyReport) -> Result<Vec<Checkpoint>> {
    let mut whole = Vec::new();
    for (version, path) in checkpoint::list(paths)? {
        match checkpoint::read(&path, version) {
            Ok(checkpoint) => whole.push(checkpoint),
            Err(error) => report.damaged.push(Damage::of(error)?),
        }
    }
    Ok(whole)
}

/// Reads each log file by itself, so that every damaged one is named.
fn read_logs(paths: &FolderPaths, report: &mut VerifyReport) -> Result<Contents> {
    let logs = logs::list(paths)?;
    let mut all = Contents::default();
    let mut next = None;
    for (number, file) in logs.in_force.iter().enumerate() {
        let is_last = number + 1 == logs.in_force.len();
        if let Some(next) = next
            && !file.id.is_folded()
            && file.id.first != next
        {
            report.damaged.push(missing(paths, next));
        }
        next = None;
        match logs::read(paths, std::slice::from_ref(file), file.id.first) {
            Ok((contents, torn)) => {
                next = Some(contents.last + 1);
                if let Some(torn) = torn {
                    note_torn(paths, file, is_last, torn.at, torn.bytes.len(), report);
                }
                if file.id.is_folded() {
                    (all.oldest, all.names) = (contents.oldest, contents.names);
                }
                (all.last, all.whole_bytes) = (contents.last, contents.whole_bytes);
                all.entries.extend(contents.entries);
            }
            Err(error) => report.damaged.push(Damage::of(error)?),
        }
    }
    let starts_early = logs
        .in_force
        .first()
        .is_some_and(|first| first.id.is_folded() || first.id.first == 1);
    if !starts_early {
        report.damaged.push(missing(paths, 1));
    }
    if logs.in_force.last().is_some_and(|last| last.id.is_folded()) {
        report.damaged.push(missing(paths, all.last + 1));
    }
    Ok(all)
}

fn missing(paths: &FolderPaths, first: u64) -> Damage {
    Damage {
        path: paths.log(LogId::plain(first)),
        offset: 0,
        reason: "the log file is missing, or the one before it ends too early".to_owned(),
    }
}

fn note_torn(
    paths: &FolderPaths,
    file: &LogFile,
    is_last: bool,
    at: u64,
    bytes: usize,
    report: &mut VerifyReport,
) {
    if is_last && layout::is_open_elsewhere(paths) {
        report
            .notes
            .push("a commit is being written right now".to_owned());
        return;
    }
    report.damaged.push(Damage {
        path: paths.log(file.id),
        offset: at,
        reason: format!(
            "the last {bytes} bytes are no whole record: the next start sets them aside"
        ),
    });
}

/// Reads and decodes the statements of every change.
fn check_changes(paths: &FolderPaths, entries: &[Entry], report: &mut VerifyReport) -> Result<()> {
    let empty = Snapshot::empty();
    for entry in entries {
        let Some(place) = entry.evidence.place() else {
            continue;
        };
        let mut assembler = Assembler::on(&empty);
        let checked = paths.read(place).and_then(|bytes| {
            codec::decode(&bytes, &mut assembler, entry.source)?
                .map_err(|reason| paths.corrupt(place, reason))
        });
        match checked {
            Ok(_) => report.changes += 1,
            Err(error) => report.damaged.push(Damage::of(error)?),
        }
        if let Place::File(file) = place {
            let path = file.path(&paths.segments());
            let longer =
                std::fs::metadata(&path).is_ok_and(|found| found.len() != file.file_bytes());
            if longer && report.damaged.iter().all(|damage| damage.path != path) {
                report.damaged.push(Damage {
                    path,
                    offset: file.file_bytes(),
                    reason: "there is something behind the end".to_owned(),
                });
            }
        }
    }
    Ok(())
}

/// Builds the version of a checkpoint from the log and compares.
fn compare(
    paths: &FolderPaths,
    history: &History,
    checkpoint: &Checkpoint,
    report: &mut VerifyReport,
) -> Result<()> {
    let version = checkpoint.snapshot.version();
    if !report.damaged.is_empty() {
        report.notes.push(format!(
            "the checkpoint of version {version} was not compared with the log, which is damaged"
        ));
        return Ok(());
    }
    if version < history.oldest() {
        report.notes.push(format!(
            "the checkpoint of version {version} is older than what is kept"
        ));
        return Ok(());
    }
    let plan = history.plan(Arc::new(Snapshot::empty()), version, Some(paths.clone()));
    let differs = match plan.first_difference(&checkpoint.snapshot) {
        Ok(None) => {
            report.checkpoints.push(version);
            return Ok(());
        }
        Ok(Some(source)) => format!("it does not say what the log says of source `{source}`"),
        Err(Error::Corrupt { reason, .. } | Error::History { reason }) => reason.to_owned(),
        Err(other) => return Err(other),
    };
    report.damaged.push(Damage {
        path: checkpoint::path(paths, version),
        offset: 0,
        reason: differs,
    });
    Ok(())
}
