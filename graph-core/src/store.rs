//! The store: the current snapshot, one writer at a time, the history.

use std::path::Path;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use parking_lot::{Mutex, RwLock};

mod difference;
mod draft;
mod group;
mod history;
mod load;
mod maintain;
mod merger;
mod prepared;
mod retention;
mod trial;

pub use difference::{SourceDifference, SubjectDifference};
use group::Queue;
pub(crate) use history::{Entry, Evidence, History, Place};
use maintain::Maintenance;
use merger::Merger;
pub use merger::Merging;
pub use prepared::Prepared;
pub use retention::{CompactReport, Retention};

use crate::commit::{Commit, CommitInfo, Receipt};
use crate::durable::{self, Folder, FolderPaths, Opened, RecoveryReport};
use crate::error::{Error, Result};
use crate::merge::MergeRules;
use crate::names::{Timestamp, Version};
use crate::snapshot::Snapshot;
use crate::snapshot::merging::Pressure;

/// How a store is opened.
///
/// ```
/// use graph_core::{OpenOptions, Retention};
///
/// let options = OpenOptions { retention: Retention::EVERYTHING, ..OpenOptions::default() };
/// assert!(options.checkpoint_after_bytes > 0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// Changes of up to this many encoded bytes go into the log itself, larger ones into a file of their own.
    pub inline_bytes_max: usize,
    /// How much history stays readable.
    pub retention: Retention,
    /// After this many bytes of new changes a checkpoint is written in the background, so that a restart stays quick.
    /// A large graph is written less often: after a sixteenth of its size.
    pub checkpoint_after_bytes: u64,
    /// When the layers that commits leave in memory are merged.
    pub merging: Merging,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            inline_bytes_max: 32 << 10,
            retention: Retention::default(),
            checkpoint_after_bytes: 16 << 20,
            merging: Merging::Background,
        }
    }
}

/// Keeps the graph: hands out snapshots and takes commits.
///
/// Readers call [`Store::snapshot`] and never wait. Writers queue for one lock, and those that queue at the same time
/// share one sync. A commit is first made durable, then visible.
pub struct Store {
    inner: Arc<Inner>,
}

/// What a store shares with the threads that write its checkpoints and merge its layers.
struct Inner {
    current: Arc<ArcSwap<Snapshot>>,
    history: RwLock<History>,
    writer: Arc<Mutex<Option<Folder>>>,
    merger: Merger,
    /// Commits that wait for the writer's lock.
    queue: Queue,
    paths: Option<FolderPaths>,
    /// Read while stored changes are, written while files are removed.
    files: RwLock<()>,
    maintenance: Maintenance,
    options: OpenOptions,
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
    /// Makes an empty store that lives in memory only, with the default options.
    pub fn in_memory() -> Self {
        Self::in_memory_with(OpenOptions::default())
    }

    /// Makes an empty store that lives in memory only. Of the options it heeds the retention and when
    /// layers are merged.
    pub fn in_memory_with(options: OpenOptions) -> Self {
        Self::new(
            Snapshot::empty(),
            History::default(),
            None,
            options,
            RecoveryReport::default(),
        )
    }

    /// Opens a data folder, making it when it does not exist, and reads the latest version.
    ///
    /// # Errors
    /// [`Error::DataFolderInUse`] when another process has it open, [`Error::UnknownFormat`] when it is not ours,
    /// [`Error::Corrupt`] when a file was damaged, [`Error::File`] when the system refuses.
    pub fn open(dir: &Path, options: OpenOptions) -> Result<Self> {
        let Opened {
            folder,
            history,
            base,
            recovery,
        } = durable::open(dir, options)?;
        let plan = history.plan(base, history.latest(), Some(folder.paths()));
        let snapshot = plan.load()?;
        Ok(Self::new(
            snapshot,
            history,
            Some(folder),
            options,
            recovery,
        ))
    }

    fn new(
        snapshot: Snapshot,
        history: History,
        folder: Option<Folder>,
        options: OpenOptions,
        recovery: RecoveryReport,
    ) -> Self {
        let inner = Inner {
            current: Arc::new(ArcSwap::from_pointee(snapshot)),
            history: RwLock::new(history),
            paths: folder.as_ref().map(Folder::paths),
            writer: Arc::new(Mutex::new(folder)),
            queue: Queue::default(),
            files: RwLock::new(()),
            maintenance: Maintenance::default(),
            merger: Merger::default(),
            options,
            recovery,
            older: Mutex::new(Vec::new()),
        };
        let inner = Arc::new_cyclic(|itself| Inner {
            maintenance: Maintenance::of(Weak::clone(itself)),
            merger: Merger::of(Weak::clone(itself)),
            ..inner
        });
        Self { inner }
    }

    /// Returns the current snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.inner.current.load_full()
    }

    /// Merges some layers of the newest snapshot if that makes look-ups faster; tells whether there was something to do.
    ///
    /// The version stays and readers of older snapshots keep them, but numbers of terms may be others in the new one.
    pub fn merge_step(&self) -> bool {
        self.inner.merge_step(Pressure::Idle)
    }

    /// Merges all layers of the newest snapshot into one and throws away what nothing mentions: for a store that was
    /// just filled. The thread in the background comes close to it by itself.
    pub fn merge_all(&self) {
        while self.inner.merge_step(Pressure::All) {}
    }

    /// Calls the listener with each newest snapshot whose layers were merged while its version stayed, so that who
    /// keeps a snapshot can let go of the old layers.
    pub fn on_merged(&self, listener: impl Fn(&Arc<Snapshot>) + Send + Sync + 'static) {
        self.inner.merger.on_merged(Box::new(listener));
    }

    /// Returns what was repaired when the folder was opened.
    pub fn recovery(&self) -> &RecoveryReport {
        &self.inner.recovery
    }

    /// Returns the graph as it was at a version. Builds it anew unless someone still holds it, out of the current
    /// one and the stored changes of the sources that have changed since.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`] for a version of the future, [`Error::VersionNotKept`] for a forgotten one; file
    /// errors when stored statements cannot be read.
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
        let files = self.inner.files.read();
        let plan = {
            let history = self.inner.history.read();
            if version < history.oldest() {
                return Err(Error::VersionNotKept {
                    version,
                    oldest: history.oldest(),
                });
            }
            if let Some(older) = self.held(version) {
                return Ok(older);
            }
            history.plan(current, version, self.inner.paths.clone())
        };
        let older = Arc::new(plan.load()?);
        drop(files);
        let mut held = self.inner.older.lock();
        held.retain(|older| older.strong_count() > 0);
        held.push(Arc::downgrade(&older));
        Ok(older)
    }

    fn held(&self, version: Version) -> Option<Arc<Snapshot>> {
        let held = self.inner.older.lock();
        held.iter()
            .filter_map(Weak::upgrade)
            .find(|older| older.version() == version)
    }

    /// Returns the version that was current at a time: the latest one that is not younger than it.
    ///
    /// Order is by version, not by clock: where a clock jumped back, the last version made at or before the time
    /// counts. `None` when that version is no longer kept; [`Version`] 0 for a time before the first commit.
    pub fn version_at(&self, time: Timestamp) -> Option<Version> {
        self.inner.history.read().version_at(time)
    }

    /// Returns the graph as it was at a time, see [`Store::version_at`].
    ///
    /// # Errors
    /// [`Error::TimeNotKept`] when that version was forgotten, and as [`Store::as_of`].
    pub fn as_of_time(&self, time: Timestamp) -> Result<Arc<Snapshot>> {
        let (version, oldest) = {
            let history = self.inner.history.read();
            (history.version_at(time), history.oldest())
        };
        self.as_of(version.ok_or(Error::TimeNotKept { time, oldest })?)
    }

    /// Returns the oldest version that can still be read.
    pub fn oldest_version(&self) -> Version {
        self.inner.history.read().oldest()
    }

    /// Sets the rules of the merged view, for this version, older ones and those to come.
    ///
    /// They are not stored: a program gives them each time it opens the graph. Snapshots that were handed out keep
    /// the rules that they had.
    ///
    /// # Errors
    /// [`Error::InvalidMergeRule`] for a property that is no IRI; the rules are then as before.
    pub fn set_merge_rules(&self, rules: MergeRules) -> Result<()> {
        let _writer = self.inner.writer.lock();
        let next = self.snapshot().with_merge_rules(rules)?;
        self.inner.older.lock().clear();
        self.inner.current.store(Arc::new(next));
        Ok(())
    }

    /// Returns the changes that made the kept versions, oldest first.
    pub fn versions(&self) -> Vec<CommitInfo> {
        self.versions_since(Version(0))
    }

    /// Returns the changes that made the kept versions after one, oldest first.
    pub fn versions_since(&self, after: Version) -> Vec<CommitInfo> {
        self.inner.history.read().infos_since(after).collect()
    }

    /// Forgets what the retention lets go, writes a checkpoint and removes the files that nothing needs any more.
    ///
    /// Readers and writers go on meanwhile.
    ///
    /// # Errors
    /// When the system refuses to write; nothing is lost then.
    pub fn compact(&self, now: Timestamp) -> Result<CompactReport> {
        self.inner.compact(now)
    }

    /// Writes a checkpoint if there is something new that it would save the next start from reading.
    ///
    /// A store that is dropped does the same when much is new.
    ///
    /// # Errors
    /// When the system refuses to write; nothing is lost then.
    pub fn checkpoint(&self) -> Result<()> {
        self.inner.checkpoint()
    }

    /// Returns why the last checkpoint in the background failed, if it did. Commits do not depend on it.
    pub fn checkpoint_failure(&self) -> Option<String> {
        self.inner.maintenance.failure()
    }

    /// Applies one commit: durable first, then visible. Commits of threads that wait together share one sync.
    ///
    /// # Errors
    /// When a limit of the store is reached or the system refuses to write; the graph is then as before.
    pub fn commit(&self, commit: Commit) -> Result<Receipt> {
        let nothing = Receipt {
            version: self.snapshot().version(),
            source: commit.source.clone(),
            added: 0,
            removed: 0,
            statements: 0,
            unchanged: true,
        };
        let receipts = self.commit_all(vec![commit])?;
        Ok(receipts.into_iter().next().unwrap_or(nothing))
    }

    /// Applies commits as one version: readers see all of them or none.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn commit_all(&self, commits: Vec<Commit>) -> Result<Vec<Receipt>> {
        self.inner.commit_all(commits)
    }

    /// Builds the snapshot that the commits would make, as one version, and holds the writer's lock.
    ///
    /// Look at [`Prepared::snapshot`], then publish or drop it: dropped, nothing has happened.
    ///
    /// # Errors
    /// When a limit of the store is reached, or when an earlier write failed ([`Error::WritesRefused`]).
    pub fn prepare(&self, commits: Vec<Commit>) -> Result<Prepared<'_>> {
        Prepared::new(&self.inner, vec![commits])?.all_or_none()
    }

    /// Builds the snapshot that commits would make which are worked out from the current snapshot: nobody else writes
    /// meanwhile.
    ///
    /// # Errors
    /// As [`Store::prepare`], and what `commits` gives.
    pub fn prepare_with(
        &self,
        commits: impl FnOnce(&Snapshot) -> Result<Vec<Commit>>,
    ) -> Result<Prepared<'_>> {
        Prepared::worked_out(&self.inner, commits)?.all_or_none()
    }

    /// Builds the snapshot that several requests would make, each as a version of its own.
    ///
    /// # Errors
    /// When an earlier write failed ([`Error::WritesRefused`]). What fails of one request is told by
    /// [`Prepared::publish_each`].
    pub fn prepare_each(&self, requests: Vec<Vec<Commit>>) -> Result<Prepared<'_>> {
        Prepared::new(&self.inner, requests)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.inner.stop_merging();
        self.inner.close();
    }
}
