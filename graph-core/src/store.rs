//! The store: the current snapshot, one writer at a time, the history.

use std::path::Path;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use parking_lot::{Mutex, RwLock};

mod history;
mod prepared;

pub(crate) use history::{Entry, Evidence, History, Place};
pub use prepared::Prepared;

use crate::commit::{Commit, CommitInfo, Receipt};
use crate::durable::{Folder, RecoveryReport};
use crate::error::{Error, Result};
use crate::names::Version;
use crate::snapshot::Snapshot;

/// How a data folder is opened.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// Changes of up to this many encoded bytes go into the log itself, larger ones into a file of their own.
    pub inline_bytes_max: usize,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            inline_bytes_max: 32 << 10,
        }
    }
}

/// Keeps the graph: hands out snapshots and takes commits.
///
/// Readers call [`Store::snapshot`] and never wait. Writers queue for one lock. A commit is first made durable, then
/// visible.
pub struct Store {
    current: ArcSwap<Snapshot>,
    history: RwLock<History>,
    writer: Mutex<Option<Folder>>,
    recovery: RecoveryReport,
    older: Mutex<Vec<Weak<Snapshot>>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("snapshot", &*self.snapshot())
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Makes an empty store that lives in memory only.
    pub fn in_memory() -> Self {
        Self::new(
            Snapshot::empty(),
            History::default(),
            None,
            RecoveryReport::default(),
        )
    }

    /// Opens a data folder, making it when it does not exist, and reads the latest version.
    ///
    /// # Errors
    /// [`Error::DataFolderInUse`] when another process has it open, [`Error::UnknownFormat`] when it is not ours,
    /// [`Error::Corrupt`] when a file was damaged, [`Error::File`] when the system refuses.
    pub fn open(dir: &Path, options: OpenOptions) -> Result<Self> {
        let (folder, entries, recovery) = Folder::open(dir, options)?;
        let history = History::new(entries, Some(folder.segments_path()));
        let latest = history.latest();
        let snapshot = history.load(latest)?;
        Ok(Self::new(snapshot, history, Some(folder), recovery))
    }

    fn new(
        snapshot: Snapshot,
        history: History,
        folder: Option<Folder>,
        recovery: RecoveryReport,
    ) -> Self {
        Self {
            current: ArcSwap::from_pointee(snapshot),
            history: RwLock::new(history),
            writer: Mutex::new(folder),
            recovery,
            older: Mutex::new(Vec::new()),
        }
    }

    /// Returns the current snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Returns what was repaired when the folder was opened.
    pub fn recovery(&self) -> &RecoveryReport {
        &self.recovery
    }

    /// Returns the graph as it was at a version. Builds it anew unless someone still holds it.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`] for a version of the future; file errors when stored statements cannot be read.
    pub fn as_of(&self, version: Version) -> Result<Arc<Snapshot>> {
        let current = self.snapshot();
        if version == current.version() {
            return Ok(current);
        }
        if version > current.version() {
            return Err(Error::UnknownVersion {
                version,
                latest: current.version(),
            });
        }
        let held = self
            .older
            .lock()
            .iter()
            .filter_map(Weak::upgrade)
            .find(|older| older.version() == version);
        if let Some(older) = held {
            return Ok(older);
        }
        let plan = self.history.read().plan(version);
        let older = Arc::new(plan.load()?);
        let mut held = self.older.lock();
        held.retain(|older| older.strong_count() > 0);
        held.push(Arc::downgrade(&older));
        Ok(older)
    }

    /// Returns every change ever committed, oldest first.
    pub fn versions(&self) -> Vec<CommitInfo> {
        self.history.read().infos().cloned().collect()
    }

    /// Applies one commit: prepares and publishes it.
    ///
    /// # Errors
    /// As [`Store::prepare`] and [`Prepared::publish`]; the graph is then as before.
    pub fn commit(&self, commit: Commit) -> Result<Receipt> {
        let source = commit.source.clone();
        let version = self.snapshot().version();
        let receipts = self.prepare(vec![commit])?.publish()?;
        let nothing = Receipt {
            version,
            source,
            added: 0,
            removed: 0,
            statements: 0,
            unchanged: true,
        };
        Ok(receipts.into_iter().next().unwrap_or(nothing))
    }

    /// Builds the snapshot that the commits would make, as one version, and holds the writer's lock.
    ///
    /// Look at [`Prepared::snapshot`], then publish or drop it: dropped, nothing has happened.
    ///
    /// # Errors
    /// When a limit of the store is reached, or when an earlier write failed ([`Error::WritesRefused`]).
    pub fn prepare(&self, commits: Vec<Commit>) -> Result<Prepared<'_>> {
        Prepared::new(self, commits)
    }
}
