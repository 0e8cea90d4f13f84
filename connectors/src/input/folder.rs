//! Which files of a folder are documents of a kind.

use std::path::{Path, PathBuf};

use crate::dbt::ArtifactKind;
use crate::input::InputLimits;
use crate::{Diagnostic, Error, Kind, Location, Result, Severity};

/// Gives the files that a path stands for, in the order of their names.
pub(super) fn expand(
    kind: Kind,
    path: &Path,
    limits: &InputLimits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<PathBuf>> {
    let metadata = std::fs::metadata(path).map_err(|source| unreadable(path, source))?;
    let files = match (kind, metadata.is_dir()) {
        (Kind::Dbt, true) => dbt_folder(path, diagnostics)?,
        (_, true) => walk(kind, path, limits, diagnostics)?,
        (Kind::Dbt, false) => dbt_file(path, diagnostics)?,
        (_, false) => vec![path.to_owned()],
    };
    if files.is_empty() {
        return Err(Error::EmptyFolder {
            path: path.to_owned(),
            kind,
        });
    }
    Ok(files)
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::Unreadable {
        path: path.to_owned(),
        source,
    }
}

/// Lists a folder in the order of names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.path()))
                .collect::<std::io::Result<Vec<_>>>()
        })
        .map_err(|source| unreadable(folder, source))?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("")
}

/// Walks all levels of a folder without following a link out of it.
fn walk(
    kind: Kind,
    root: &Path,
    limits: &InputLimits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<PathBuf>> {
    let canonical_root = root
        .canonicalize()
        .map_err(|source| unreadable(root, source))?;
    let mut files = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        let listed = match entries(&folder) {
            Ok(listed) => listed,
            Err(error) if folder == root => return Err(error),
            Err(error) => {
                super::note_error(diagnostics, &folder, &error);
                continue;
            }
        };
        for path in listed {
            if name_of(&path).starts_with('.') {
                continue;
            }
            // Links to folders are not followed at all, so that a walk always ends.
            let is_link = path.is_symlink();
            if path.is_dir() {
                if !is_link {
                    waiting.push(path);
                }
            } else if kind.reads(name_of(&path)) {
                if is_link && !stays_inside(&path, &canonical_root) {
                    super::note_error(
                        diagnostics,
                        &path,
                        &Error::OutsideFolder { path: path.clone() },
                    );
                    continue;
                }
                files.push(path);
            }
        }
        if files.len() > limits.files_max {
            return Err(Error::TooManyFiles {
                path: root.to_owned(),
                files_max: limits.files_max,
            });
        }
    }
    files.sort();
    Ok(files)
}

fn stays_inside(path: &Path, canonical_root: &Path) -> bool {
    path.canonicalize()
        .is_ok_and(|target| target.starts_with(canonical_root))
}

/// Takes the artifacts of a folder, or of its `target` when it has none itself.
///
/// Of several manifests or catalogs the one of the plain name is taken; the others are of other runs.
fn dbt_folder(folder: &Path, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<PathBuf>> {
    let here = artifacts(folder, diagnostics)?;
    if !here.is_empty() {
        return Ok(here);
    }
    let target = folder.join("target");
    if target.is_dir() {
        return artifacts(&target, diagnostics);
    }
    Ok(here)
}

fn artifacts(folder: &Path, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<PathBuf>> {
    let canonical = folder
        .canonicalize()
        .map_err(|source| unreadable(folder, source))?;
    let mut taken = Vec::new();
    let listed: Vec<(ArtifactKind, PathBuf)> = entries(folder)?
        .into_iter()
        .filter_map(|path| Some((ArtifactKind::of_name(name_of(&path))?, path)))
        .filter(|(_, path)| path.is_file())
        .collect();
    for (kind, path) in &listed {
        if path.is_symlink() && !stays_inside(path, &canonical) {
            super::note_error(
                diagnostics,
                path,
                &Error::OutsideFolder { path: path.clone() },
            );
            continue;
        }
        let plain = |path: &Path| kind.is_plain_name(name_of(path));
        let has_plain = listed
            .iter()
            .any(|(other, path)| other == kind && plain(path));
        if *kind != ArtifactKind::RunResults && has_plain && !plain(path) {
            let message = format!(
                "`{}` was passed over: the folder has the {kind} of the plain name",
                name_of(path)
            );
            let location = Location::file(path.display().to_string());
            diagnostics.push(
                Diagnostic::new(Severity::Note, "other_artifact", message, location)
                    .hint("give the file itself to read it"),
            );
            continue;
        }
        taken.push(path.clone());
    }
    Ok(taken)
}

/// Takes a file, and beside a manifest of the plain name its catalog and run results.
fn dbt_file(path: &Path, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<PathBuf>> {
    let mut files = vec![path.to_owned()];
    if ArtifactKind::Manifest.is_plain_name(name_of(path))
        && let Some(folder) = path.parent()
    {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let mut unheard = Vec::new();
        for beside in artifacts(folder, &mut unheard)? {
            if ArtifactKind::of_name(name_of(&beside)) != Some(ArtifactKind::Manifest) {
                files.push(beside);
            }
        }
        // A second manifest in the folder is nobody's concern when this one was asked for by name.
        diagnostics.extend(unheard.into_iter().filter(|diagnostic| {
            diagnostic.severity == Severity::Error || !diagnostic.message.contains("manifest")
        }));
    }
    Ok(files)
}
