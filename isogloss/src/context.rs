//! The graph that changes: commits in, snapshots out.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use graph_core::{
    Change, Commit, CompactReport, MergeRules, OpenOptions, Receipt, SourceName, Store, Timestamp,
    Version,
};
use parking_lot::{Mutex, RwLock};

use crate::change::Lately;
use crate::events::Events;
use crate::logs::{self, Cause};
use crate::queue::{Queue, Waiting};
use crate::{ChangeEvent, Error, Result, Snapshot};

fn with_default_rules(store: Store) -> Store {
    let rules = semantic_model::merge::default_rules();
    store
        .set_merge_rules(rules)
        .expect("the properties of the vocabulary are IRIs");
    store
}

type Listener = Box<dyn Fn(&ChangeEvent) + Send + Sync>;

/// The context graph of a mesh: durable or in memory, cheap to clone, safe to share between threads.
///
/// Writers queue behind each other; readers take a [`Snapshot`] and are never held up. A commit is visible to the
/// reader that comes after it.
#[derive(Clone)]
pub struct Isogloss {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    durable: bool,
    current: ArcSwap<Snapshot>,
    /// Held from the candidate to the swap, so that index and graph move together.
    writer: Mutex<()>,
    /// Held while counts are read and written back.
    counting: Mutex<()>,
    /// Commits that wait for the writer.
    queue: Queue,
    listeners: RwLock<Vec<Listener>>,
    /// What the feed of changes has read lately.
    lately: Lately,
    /// Streams of events that are patched in.
    events: Events,
}

impl std::fmt::Debug for Isogloss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Isogloss")
            .field("version", &self.snapshot().version())
            .finish_non_exhaustive()
    }
}

impl Isogloss {
    /// Makes an empty graph that lives as long as the process.
    pub fn in_memory() -> Self {
        Self::in_memory_with(OpenOptions::default())
    }

    /// Makes an empty graph that lives as long as the process, with other than the default options.
    pub fn in_memory_with(options: OpenOptions) -> Self {
        let store = with_default_rules(Store::in_memory_with(options));
        let current = Snapshot::lazy(store.snapshot());
        Self::new(store, current, false)
    }

    /// Waits until nobody else reads counts to write them back.
    pub(crate) fn counting(&self) -> parking_lot::MutexGuard<'_, ()> {
        self.shared.counting.lock()
    }

    /// Opens the graph in a folder, and makes the folder if there is none.
    ///
    /// # Errors
    /// [`Error::Graph`] if another process holds the folder, if it cannot be read or written, or if a file in it
    /// is damaged; the message names the file.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(dir, OpenOptions::default())
    }

    /// Opens the graph in a folder with other than the default options.
    ///
    /// # Errors
    /// As [`Isogloss::open`].
    pub fn open_with(dir: impl AsRef<Path>, options: OpenOptions) -> Result<Self> {
        let store = with_default_rules(Store::open(dir.as_ref(), options)?);
        let current = Snapshot::with_index(store.snapshot())?;
        Ok(Self::new(store, current, true))
    }

    fn new(store: Store, current: Snapshot, durable: bool) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                durable,
                current: ArcSwap::from_pointee(current),
                writer: Mutex::new(()),
                counting: Mutex::new(()),
                queue: Queue::default(),
                listeners: RwLock::default(),
                lately: Lately::default(),
                events: Events::default(),
            }),
        }
    }

    /// Sets the rules of the merged view; without this they are [`semantic_model::merge::default_rules`].
    ///
    /// They hold for every version that is opened from now on and are not stored.
    ///
    /// # Errors
    /// [`Error::Graph`] if a property is named by no IRI; then nothing has changed.
    pub fn set_merge_rules(&self, rules: MergeRules) -> Result<()> {
        let _writer = self.shared.writer.lock();
        self.shared.store.set_merge_rules(rules)?;
        let next = self.snapshot().with_graph(self.shared.store.snapshot());
        self.shared.current.store(Arc::new(next));
        Ok(())
    }

    /// Returns the newest version of everything.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.current.load_full()
    }

    /// Opens an older version.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`] if it was never made, [`Error::VersionNotKept`] if it was forgotten.
    pub fn as_of(&self, version: Version) -> Result<Arc<Snapshot>> {
        let newest = self.snapshot();
        if newest.version() == version {
            return Ok(newest);
        }
        match self.shared.store.as_of(version) {
            Ok(graph) => Ok(Arc::new(Snapshot::lazy(graph))),
            Err(graph_core::Error::UnknownVersion { version, .. }) => Err(Error::UnknownVersion {
                version,
                newest: newest.version(),
            }),
            Err(graph_core::Error::VersionNotKept { version, oldest }) => {
                Err(Error::VersionNotKept { version, oldest })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the version that was current at a time; see [`Store::version_at`] for what that means when clocks jump.
    ///
    /// # Errors
    /// [`Error::Graph`] with [`graph_core::Error::TimeNotKept`] if that version was forgotten.
    pub fn as_of_time(&self, time: Timestamp) -> Result<Arc<Snapshot>> {
        let store = &self.shared.store;
        let oldest = store.oldest_version();
        let version = store
            .version_at(time)
            .ok_or(graph_core::Error::TimeNotKept { time, oldest })?;
        self.as_of(version)
    }

    /// Forgets the versions that the retention lets go, and makes room for new ones.
    ///
    /// # Errors
    /// [`Error::Graph`] if the system refuses to write; nothing is lost then.
    pub fn compact(&self, now: Timestamp) -> Result<CompactReport> {
        Ok(self.shared.store.compact(now)?)
    }

    /// Commits one change of one source: durable first, then visible.
    ///
    /// # Errors
    /// [`Error::Graph`] if the change could not be made durable; then nothing has changed.
    pub fn commit(&self, commit: Commit) -> Result<Receipt> {
        let mut receipts = self.commit_all(vec![commit])?;
        Ok(receipts.remove(0))
    }

    /// Commits changes of several sources; readers see all of them or none.
    ///
    /// Threads that commit at the same time share one sync and one building of the index, each with a version of its
    /// own.
    ///
    /// # Errors
    /// As [`Isogloss::commit`].
    pub fn commit_all(&self, commits: Vec<Commit>) -> Result<Vec<Receipt>> {
        if commits.is_empty() {
            return Ok(Vec::new());
        }
        let cause = Cause::of(&commits);
        let receipts = self.commit_queued(commits)?;
        self.follow_tables(cause, &receipts);
        Ok(receipts)
    }

    fn commit_queued(&self, commits: Vec<Commit>) -> Result<Vec<Receipt>> {
        let own = self.shared.queue.push(commits);
        loop {
            let writer = self.shared.writer.lock();
            // The one who held the lock before may have committed this along with its own.
            if let Some(answer) = own.answer() {
                return answer;
            }
            let group = self.shared.queue.take();
            if group.is_empty() {
                // The thread that took this request never came back with an answer: it panicked.
                let reason = "the writer stopped in the middle of a commit";
                return Err(graph_core::Error::History { reason }.into());
            }
            let before = self.snapshot().version();
            self.commit_group(&group);
            let events = self.changes_since(before);
            drop(writer);
            self.tell(&events);
        }
    }

    /// Commits requests, each as a version of its own, with one index and one sync.
    fn commit_group(&self, group: &[Waiting]) {
        match self.try_group(group) {
            Ok(answers) => {
                for (request, answer) in group.iter().zip(answers) {
                    request.answer(answer.map_err(Error::from));
                }
            }
            Err(error) => {
                let [first, others @ ..] = group else {
                    return;
                };
                for request in others {
                    request.fail(&error);
                }
                first.answer(Err(error));
            }
        }
    }

    fn try_group(&self, group: &[Waiting]) -> Result<Vec<graph_core::Result<Vec<Receipt>>>> {
        let current = self.snapshot();
        let requests = group.iter().map(Waiting::take_commits).collect();
        let prepared = self.shared.store.prepare_each(requests)?;
        if prepared.snapshot().version() == current.version() {
            return Ok(prepared.publish_each()?);
        }
        let next = Snapshot::prepared(&prepared, &current)?;
        let answers = prepared.publish_each()?;
        let next = next.following(&current);
        self.shared.current.store(Arc::new(next));
        Ok(answers)
    }

    /// Tells the listeners what was committed.
    fn tell(&self, events: &[ChangeEvent]) {
        let listeners = self.shared.listeners.read();
        for event in events {
            listeners.iter().for_each(|tell| tell(event));
        }
    }

    /// Commits changes unless the check refuses the graph that they would make: it is given the graph before and after.
    ///
    /// # Errors
    /// As [`Isogloss::commit`], and what the check gives; then nothing has changed.
    pub(crate) fn commit_checked(
        &self,
        commits: Vec<Commit>,
        check: impl FnOnce(&graph_core::Snapshot, &graph_core::Snapshot) -> Result<()>,
    ) -> Result<Vec<Receipt>> {
        if commits.is_empty() {
            return Ok(Vec::new());
        }
        self.commit_worked_out(|_| Ok(commits), check)
    }

    /// Commits what is worked out from the graph as it is, while nobody else writes.
    pub(crate) fn commit_with(
        &self,
        commits: impl FnOnce(&graph_core::Snapshot) -> graph_core::Result<Vec<Commit>>,
    ) -> Result<Vec<Receipt>> {
        let mut cause = None;
        let commits = |snapshot: &graph_core::Snapshot| {
            let commits = commits(snapshot)?;
            cause = Cause::of(&commits);
            Ok(commits)
        };
        let receipts = self.commit_worked_out(commits, |_, _| Ok(()))?;
        self.follow_tables(cause, &receipts);
        Ok(receipts)
    }

    /// Commits what the query logs say by the tables that there are now.
    pub(crate) fn commit_logs(&self, cause: &Cause) -> Result<Vec<Receipt>> {
        let commits = |snapshot: &graph_core::Snapshot| Ok(logs::commits(snapshot, &[], cause));
        self.commit_worked_out(commits, |_, _| Ok(()))
    }

    fn commit_worked_out(
        &self,
        commits: impl FnOnce(&graph_core::Snapshot) -> graph_core::Result<Vec<Commit>>,
        check: impl FnOnce(&graph_core::Snapshot, &graph_core::Snapshot) -> Result<()>,
    ) -> Result<Vec<Receipt>> {
        let (receipts, events) = {
            let _writer = self.shared.writer.lock();
            let current = self.snapshot();
            let before = current.version();
            let prepared = self.shared.store.prepare_with(commits)?;
            check(current.graph(), prepared.snapshot())?;
            if prepared.snapshot().version() == before {
                return Ok(prepared.publish()?);
            }
            let next = Snapshot::prepared(&prepared, &current)?;
            let receipts = prepared.publish()?;
            let next = next.following(&current);
            self.shared.current.store(Arc::new(next));
            (receipts, self.changes_since(before))
        };
        self.tell(&events);
        Ok(receipts)
    }

    /// Lets a check see the graph before and after changes that are not made.
    ///
    /// # Errors
    /// What the check gives, or [`Error::Graph`] when the changes could not be made.
    pub(crate) fn try_commits(
        &self,
        commits: Vec<Commit>,
        check: impl FnOnce(&graph_core::Snapshot, &graph_core::Snapshot) -> Result<()>,
    ) -> Result<()> {
        if commits.is_empty() {
            return Ok(());
        }
        let _writer = self.shared.writer.lock();
        let current = self.snapshot();
        let prepared = self.shared.store.prepare(commits)?;
        check(current.graph(), prepared.snapshot())
    }

    /// Makes a source say nothing any more.
    ///
    /// # Errors
    /// [`Error::UnknownSource`] if there is none of this name, and as [`Isogloss::commit`].
    pub fn remove_source(
        &self,
        name: &SourceName,
        actor: &str,
        time: Timestamp,
    ) -> Result<Receipt> {
        let snapshot = self.snapshot();
        let Some(source) = snapshot.sources().iter().find(|s| s.name == *name) else {
            return Err(Error::unknown_source(name, snapshot.sources()));
        };
        self.commit(Commit {
            source: name.clone(),
            kind: source.kind.clone(),
            actor: actor.to_owned(),
            time,
            change: Change::Remove,
        })
    }

    /// Lists the commits after a version, oldest first.
    pub fn changes_since(&self, after: Version) -> Vec<ChangeEvent> {
        let commits = self.shared.store.versions_after(after, usize::MAX);
        commits.iter().map(ChangeEvent::from).collect()
    }

    pub(crate) fn events(&self) -> &Events {
        &self.shared.events
    }

    pub(crate) fn lately(&self) -> &Lately {
        &self.shared.lately
    }

    /// Calls the listener after each commit, on the committing thread, once the change is visible.
    pub fn on_change(&self, listener: impl Fn(&ChangeEvent) + Send + Sync + 'static) {
        self.shared.listeners.write().push(Box::new(listener));
    }

    /// Tells whether commits outlive the process.
    pub fn is_durable(&self) -> bool {
        self.shared.durable
    }

    /// Returns the store below, for what only it knows: recovery, export of older versions.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }
}
