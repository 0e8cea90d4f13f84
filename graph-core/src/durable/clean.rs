//! Removing files that nothing needs any more.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::checkpoint;
use super::layout;
use super::logs::{self, LogFile};
use super::paths::{FolderPaths, failed};
use super::segment_file::SegmentRef;
use crate::error::Result;
use crate::names::Version;
use crate::store::{History, Place};

/// Names of the segment files that a history is built from.
fn named(history: &History) -> BTreeSet<String> {
    let places = history.entries().iter().filter_map(|e| e.evidence.place());
    places
        .filter_map(|place| match place {
            Place::File(file) => Some(file.file_name()),
            _ => None,
        })
        .collect()
}

fn names_in(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for item in fs::read_dir(folder).map_err(failed("list", folder))? {
        let item = item.map_err(failed("list", folder))?;
        names.extend(item.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// Segment files that no change names: left over from a write that was never acknowledged.
pub(super) fn strays(paths: &FolderPaths, history: &History) -> Result<Vec<PathBuf>> {
    let named = named(history);
    let segments = paths.segments();
    let names = names_in(&segments)?.into_iter();
    Ok(names
        .filter(|name| name.ends_with(".segment") && !named.contains(name))
        .map(|name| segments.join(name))
        .collect())
}

/// Clears stray files; with a torn log they are kept in quarantine. Nothing is touched while someone reads the files.
pub(super) fn clear_strays(
    paths: &FolderPaths,
    history: &History,
    keep: bool,
) -> Result<Vec<PathBuf>> {
    let strays = strays(paths, history)?;
    let Some(_held) = layout::may_remove(paths)? else {
        return Ok(strays);
    };
    for stray in &strays {
        if keep {
            let quarantine = paths.quarantine();
            super::paths::create_dir(&quarantine)?;
            let kept = quarantine.join(stray.file_name().unwrap_or_default());
            fs::rename(stray, &kept).map_err(failed("rename", stray))?;
        } else {
            fs::remove_file(stray).map_err(failed("remove", stray))?;
        }
    }
    Ok(strays)
}

/// Removes half-written drafts, and log files that a folded one has taken in.
pub(super) fn clear_leftovers(paths: &FolderPaths, leftover: &[LogFile]) -> Result<()> {
    let Some(_held) = layout::may_remove(paths)? else {
        return Ok(());
    };
    for folder in [paths.logs(), paths.checkpoints()] {
        for name in names_in(&folder)? {
            let draft = folder.join(name);
            if draft
                .extension()
                .is_some_and(|extension| extension == "new")
            {
                let removed = if draft.is_dir() {
                    fs::remove_dir_all(&draft)
                } else {
                    fs::remove_file(&draft)
                };
                removed.map_err(failed("remove", &draft))?;
            }
        }
    }
    for file in leftover {
        let path = paths.log(file.id);
        fs::remove_file(&path).map_err(failed("remove", &path))?;
    }
    Ok(())
}

/// Removes what a new checkpoint or a compaction at `version` made superfluous; returns the number of files.
pub(super) fn remove_superseded(
    paths: &FolderPaths,
    version: Version,
    in_force: &[LogFile],
    current: &History,
) -> Result<u64> {
    let Some(_held) = layout::may_remove(paths)? else {
        return Ok(0);
    };
    let mut gone = Vec::new();
    let mut removed = 0;
    for (other, path) in checkpoint::list(paths)? {
        if other < version {
            checkpoint::remove(&path).map_err(failed("remove", &path))?;
            removed += 1;
        }
    }
    let logs = logs::list(paths)?;
    let old = logs.leftover.iter().chain(&logs.in_force);
    gone.extend(
        old.filter(|file| file.id.first <= version.0)
            .filter(|file| in_force.iter().all(|kept| kept.id != file.id))
            .map(|file| paths.log(file.id)),
    );
    let named = named(current);
    let segments = paths.segments();
    for name in names_in(&segments)? {
        // A commit that runs right now writes files of later versions.
        let old = SegmentRef::version_of(&name).is_some_and(|written| written <= version.0);
        if old && !named.contains(&name) {
            gone.push(segments.join(name));
        }
    }
    for path in &gone {
        fs::remove_file(path).map_err(failed("remove", path))?;
    }
    Ok(removed + gone.len() as u64)
}

/// Bytes of all files below a folder; what cannot be read counts as nothing.
pub(super) fn folder_bytes(folder: &Path) -> u64 {
    let Ok(items) = fs::read_dir(folder) else {
        return 0;
    };
    items
        .filter_map(|item| {
            let item = item.ok()?;
            let metadata = item.metadata().ok()?;
            Some(if metadata.is_dir() {
                folder_bytes(&item.path())
            } else {
                metadata.len()
            })
        })
        .sum()
}
