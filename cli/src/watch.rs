//! Watching the sources of a configuration: what changed is read again, and databases by the clock.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use isogloss::connectors::{InputLimits, Kind, Mapping};
use isogloss::graph::Timestamp;
use isogloss::{Ingested, Isogloss};
use serde::Deserialize;

use crate::commands::ingest::{Documents, Job, config_jobs};
use crate::config::Config;
use crate::failure::{Failure, FailureKind};

/// How often a database is read that says nothing of it.
const DATABASE_EVERY: Duration = Duration::from_hours(1);
/// Folders within folders that are looked into.
const DEPTH_MAX: usize = 32;

/// What a configuration says of watching.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Watch {
    /// How long to wait between two looks at the files, such as `2s`.
    pub(crate) pause: Option<String>,
}

impl Watch {
    /// The pause, two seconds unless it is configured.
    pub(crate) fn pause(&self) -> Result<Duration, Failure> {
        self.pause
            .as_deref()
            .map_or(Ok(Duration::from_secs(2)), duration)
    }
}

/// Reads a duration such as `90s`, `15m`, `1h` or `1d`.
pub(crate) fn duration(text: &str) -> Result<Duration, Failure> {
    let seconds = [("s", 1), ("m", 60), ("h", 60 * 60), ("d", 24 * 60 * 60)];
    let found = seconds.iter().find_map(|(unit, seconds)| {
        let count: u64 = text.trim().strip_suffix(unit)?.trim().parse().ok()?;
        count.checked_mul(*seconds).filter(|seconds| *seconds > 0)
    });
    found.map(Duration::from_secs).ok_or_else(|| {
        Failure::new(FailureKind::Usage, format!("`{text}` is no duration"))
            .with_hint("write it as 90s, 15m, 1h or 1d")
    })
}

/// The sources, and when each was looked at.
pub(crate) struct Watcher {
    mapping: Mapping,
    sources: Vec<Watched>,
}

struct Watched {
    job: Job,
    /// How long to wait between two looks; none for at every look.
    every: Option<Duration>,
    looked: Option<Timestamp>,
    /// The state of its files when they were read.
    read: Option<u64>,
    /// The state of its files at the last look, when it was another one.
    waiting: Option<u64>,
}

/// What came of reading a source.
pub(crate) struct Reading {
    /// The name of the source.
    pub(crate) source: String,
    /// What was read, or why nothing was.
    pub(crate) outcome: Result<Ingested, Failure>,
}

impl Watcher {
    /// Watches the sources of a configuration, query logs last: they are read by the tables that the others have.
    pub(crate) fn new(config: &Config) -> Result<Self, Failure> {
        let jobs = config_jobs(config)?;
        let mut sources = Vec::with_capacity(jobs.len());
        for (job, source) in jobs.into_iter().zip(&config.sources) {
            let every = source.every.as_deref().map(duration).transpose()?;
            let is_database = matches!(job.documents, Documents::Database(_));
            sources.push(Watched {
                every: every.or(is_database.then_some(DATABASE_EVERY)),
                job,
                looked: None,
                read: None,
                waiting: None,
            });
        }
        sources.sort_by_key(|source| source.job.kind == Kind::QueryLog);
        Ok(Self {
            mapping: config.mapping.clone(),
            sources,
        })
    }

    /// Looks at every source whose time has come and reads what changed. A source that cannot be read keeps what it
    /// said, and is read again when it changes again.
    pub(crate) fn look(&mut self, mesh: &Isogloss, now: Timestamp) -> Vec<Reading> {
        let mut readings = Vec::new();
        let mut changed = false;
        for source in &mut self.sources {
            let is_log = source.job.kind == Kind::QueryLog;
            let is_due = source.has_news(now) || is_log && changed;
            if !is_due {
                continue;
            }
            let outcome = source.ingest(mesh, &self.mapping);
            let receipt = outcome
                .as_ref()
                .ok()
                .and_then(|ingested| ingested.receipt.as_ref());
            changed |= !is_log && receipt.is_some_and(|receipt| !receipt.unchanged);
            readings.push(Reading {
                source: source.job.source.to_string(),
                outcome,
            });
        }
        readings
    }
}

impl Watched {
    /// Tells whether there is something to read: a file is read when it has stayed as it is for one look, so that
    /// none is read while it is written.
    fn has_news(&mut self, now: Timestamp) -> bool {
        let since = |looked: Timestamp| u128::from(now.0.saturating_sub(looked.0).unsigned_abs());
        let is_early =
            |every: Duration| self.looked.is_some_and(|it| since(it) < every.as_millis());
        // A change that waits is looked at again at once.
        if self.waiting.is_none() && self.every.is_some_and(is_early) {
            return false;
        }
        self.looked = Some(now);
        let Documents::Files(paths) = &self.job.documents else {
            return true;
        };
        let state = state(paths);
        if self.read == Some(state) {
            self.waiting = None;
            return false;
        }
        let is_first = self.read.is_none() && self.waiting.is_none();
        if is_first || self.waiting == Some(state) {
            self.read = Some(state);
            self.waiting = None;
            return true;
        }
        self.waiting = Some(state);
        false
    }

    fn ingest(&self, mesh: &Isogloss, mapping: &Mapping) -> Result<Ingested, Failure> {
        Ok(mesh.ingest(self.job.read(mapping, false)?)?)
    }
}

/// A number that changes with the names, sizes and times of files.
fn state(paths: &[PathBuf]) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut left = InputLimits::default().files_max;
    for path in paths {
        add(path, &mut hasher, &mut left, 0);
    }
    hasher.finish()
}

fn add(path: &Path, hasher: &mut DefaultHasher, left: &mut usize, depth: usize) {
    path.hash(hasher);
    // What a link names is followed where the user named the link, not within folders.
    let metadata = if depth == 0 {
        path.metadata()
    } else {
        path.symlink_metadata()
    };
    let Ok(metadata) = metadata else { return };
    if !metadata.is_dir() {
        let modified = metadata.modified().ok();
        let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        (metadata.len(), since).hash(hasher);
        return;
    }
    let Ok(entries) = path.read_dir() else { return };
    let mut entries: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    entries.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_none_or(|name| !name.starts_with('.'))
    });
    entries.sort();
    for entry in entries {
        if *left == 0 || depth == DEPTH_MAX {
            return;
        }
        *left -= 1;
        add(&entry, hasher, left, depth + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "{\"kind\":\"table\",\"id\":\"orders\",\"name\":\"orders\"}\n";

    fn watcher(folder: &Path, text: &str) -> Watcher {
        let config = Config::parse(text, "test", folder.to_path_buf()).unwrap();
        Watcher::new(&config).unwrap()
    }

    fn names(readings: &[Reading]) -> Vec<(&str, bool)> {
        readings
            .iter()
            .map(|it| (it.source.as_str(), it.outcome.is_ok()))
            .collect()
    }

    #[test]
    fn what_changed_is_read_once_it_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        std::fs::write(&file, LINES).unwrap();
        std::fs::write(folder.path().join("b.jsonl"), LINES).unwrap();
        let text = "[[source]]\nname = \"a\"\nkind = \"catalog-lines\"\npaths = [\"a.jsonl\"]\n\
                    [[source]]\nname = \"b\"\nkind = \"catalog-lines\"\npaths = [\"b.jsonl\"]\n";
        let mut watcher = watcher(folder.path(), text);
        let mesh = Isogloss::in_memory();
        let mut second = 0;
        let mut look = |watcher: &mut Watcher| {
            second += 1;
            watcher.look(&mesh, Timestamp(second * 1000))
        };
        assert_eq!(names(&look(&mut watcher)), [("a", true), ("b", true)]);
        assert!(look(&mut watcher).is_empty());
        std::fs::write(&file, LINES.repeat(2).replacen("orders", "clients", 3)).unwrap();
        assert!(look(&mut watcher).is_empty(), "it may still be written");
        assert_eq!(names(&look(&mut watcher)), [("a", true)]);
        std::fs::write(&file, "{ cut off").unwrap();
        look(&mut watcher);
        assert_eq!(names(&look(&mut watcher)), [("a", false)]);
        assert!(look(&mut watcher).is_empty());
        assert!(mesh.snapshot().graph().len() > 4, "what it said stays");
    }

    #[test]
    fn a_source_is_looked_at_as_often_as_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        std::fs::write(&file, LINES).unwrap();
        let text = "[[source]]\nname = \"a\"\nkind = \"catalog-lines\"\npaths = [\"a.jsonl\"]\nevery = \"1m\"\n";
        let mut watcher = watcher(folder.path(), text);
        let mesh = Isogloss::in_memory();
        assert_eq!(watcher.look(&mesh, Timestamp(0)).len(), 1);
        std::fs::write(&file, LINES.repeat(2)).unwrap();
        assert!(watcher.look(&mesh, Timestamp(30_000)).is_empty());
        assert!(watcher.look(&mesh, Timestamp(60_000)).is_empty());
        assert_eq!(watcher.look(&mesh, Timestamp(61_000)).len(), 1);
    }

    #[test]
    fn durations_have_a_unit() {
        let seconds = |text| duration(text).ok().map(|it| it.as_secs());
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds(" 15 m"), Some(900));
        assert_eq!(seconds("2h"), Some(7200));
        for text in ["", "5", "0s", "-1h", "h", "99999999999999999999d"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
