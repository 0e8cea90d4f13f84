//! Commits applied to a candidate, not yet durable nor visible.

use std::sync::Arc;

use parking_lot::MutexGuard;

use super::{Entry, Evidence, Inner};
use crate::commit::{Change, Commit, Receipt, SourceInfo};
use crate::durable::Folder;
use crate::durable::codec::{self, Difference};
use crate::error::{Error, Result};
use crate::names::{SourceId, SourceName, Version};
use crate::segment::Row;
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Assembler;

/// What came of each request.
type Answers = Vec<Result<Vec<Receipt>>>;
type Writer<'a> = MutexGuard<'a, Option<Folder>>;

/// Candidate of the next versions; holds the writer's lock until published or dropped.
pub struct Prepared<'a> {
    store: &'a Inner,
    writer: MutexGuard<'a, Option<Folder>>,
    candidate: Arc<Snapshot>,
    receipts: Vec<Result<Vec<Receipt>>>,
    entries: Vec<Entry>,
}

impl std::fmt::Debug for Prepared<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared")
            .field("receipts", &self.receipts)
            .finish_non_exhaustive()
    }
}

impl<'a> Prepared<'a> {
    /// Applies requests in their order, each as a version of its own; one that fails leaves the others alone.
    pub(super) fn new(store: &'a Inner, requests: Vec<Vec<Commit>>) -> Result<Self> {
        let writer = store.writer.lock();
        Self::holding(store, writer, requests).map_err(|(error, _)| error)
    }

    /// Applies what is worked out from the current snapshot while nobody else writes, as one version.
    pub(super) fn worked_out(
        store: &'a Inner,
        commits: impl FnOnce(&Snapshot) -> Result<Vec<Commit>>,
    ) -> Result<Self> {
        let writer = store.writer.lock();
        let commits = commits(&store.current.load_full())?;
        Self::holding(store, writer, vec![commits]).map_err(|(error, _)| error)
    }

    /// As [`Prepared::new`], with the lock that is held already; a failure gives it back.
    pub(super) fn holding(
        store: &'a Inner,
        writer: MutexGuard<'a, Option<Folder>>,
        requests: Vec<Vec<Commit>>,
    ) -> Result<Self, (Error, MutexGuard<'a, Option<Folder>>)> {
        if let Some(folder) = writer.as_ref()
            && let Err(error) = folder.check_writable()
        {
            return Err((error, writer));
        }
        let current = store.current.load_full();
        let mut draft = Draft {
            version: Version(current.version().0 + 1),
            snapshot: Snapshot::clone(&current),
            entries: Vec::new(),
            touched: Vec::new(),
            store,
        };
        let receipts = requests
            .into_iter()
            .map(|commits| draft.apply_together(commits))
            .collect();
        let candidate = if draft.entries.is_empty() {
            current
        } else {
            draft.snapshot.follow_merge(&current, &draft.touched);
            Arc::new(draft.snapshot)
        };
        Ok(Self {
            store,
            writer,
            candidate,
            receipts,
            entries: draft.entries,
        })
    }

    /// Fails when one of the requests did.
    pub(super) fn all_or_none(mut self) -> Result<Self> {
        match self.receipts.iter().position(Result::is_err) {
            Some(at) => match self.receipts.swap_remove(at) {
                Err(error) => Err(error),
                Ok(_) => Ok(self),
            },
            None => Ok(self),
        }
    }

    /// Returns the candidate: the graph as it will be when this is published.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.candidate
    }

    /// Returns what each commit would do, in their order; of requests that failed there is nothing.
    pub fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.receipts.iter().flatten().flatten()
    }

    /// Makes the commits durable, then visible. Commits that change nothing write nothing.
    ///
    /// # Errors
    /// When the system refuses to write; the visible graph is then as before. When one of several requests failed,
    /// its error; the others are published all the same.
    pub fn publish(self) -> Result<Vec<Receipt>> {
        let mut receipts = Vec::new();
        for request in self.publish_each()? {
            receipts.extend(request?);
        }
        Ok(receipts)
    }

    /// Makes the commits of all requests durable with one sync, then visible; tells what came of each.
    ///
    /// # Errors
    /// When the system refuses to write: then nothing of any request has happened.
    pub fn publish_each(self) -> Result<Vec<Result<Vec<Receipt>>>> {
        let store = self.store;
        let (answers, writer) = self.publish_holding();
        drop(writer);
        store.tidy_up();
        answers
    }

    /// As [`Prepared::publish_each`], with the writer's lock still held: nobody is told of another's turn before.
    pub(super) fn publish_holding(mut self) -> (Result<Answers>, Writer<'a>) {
        if self.entries.is_empty() {
            return (Ok(self.receipts), self.writer);
        }
        if let Some(folder) = self.writer.as_mut() {
            if let Err(error) = folder.append(&mut self.entries) {
                return (Err(error), self.writer);
            }
            self.store.note_due(folder);
        }
        {
            let mut history = self.store.history.write();
            history.extend(self.entries);
            if self.writer.is_none() {
                self.store.forget_in_memory(&mut history);
            }
        }
        self.store.current.store(self.candidate);
        (Ok(self.receipts), self.writer)
    }
}

struct Draft<'a> {
    store: &'a Inner,
    snapshot: Snapshot,
    version: Version,
    entries: Vec<Entry>,
    /// Rows added and removed so far.
    touched: Vec<Row>,
}

impl Draft<'_> {
    /// Applies commits as one version, all or none.
    fn apply_together(&mut self, commits: Vec<Commit>) -> Result<Vec<Receipt>> {
        let (snapshot, entries) = (self.snapshot.clone(), self.entries.len());
        let touched = self.touched.len();
        let mut receipts = Vec::with_capacity(commits.len());
        for commit in commits {
            match self.apply(commit) {
                Ok(receipt) => receipts.push(receipt),
                Err(error) => {
                    self.snapshot = snapshot;
                    self.entries.truncate(entries);
                    self.touched.truncate(touched);
                    return Err(error);
                }
            }
        }
        if self.entries.len() > entries {
            self.snapshot.set_version(self.version);
            self.version.0 += 1;
        }
        for receipt in &mut receipts {
            receipt.version = self.snapshot.version();
        }
        Ok(receipts)
    }

    fn apply(&mut self, commit: Commit) -> Result<Receipt> {
        let id = self.snapshot.source_id(&commit.source).map(|id| id.0);
        let old = id.map(|id| self.snapshot.rows_of(id)).unwrap_or_default();
        let Commit {
            source,
            kind,
            actor,
            time,
            change,
        } = commit;
        let unchanged = Receipt {
            version: self.snapshot.version(),
            source: source.clone(),
            added: 0,
            removed: 0,
            statements: old.len() as u64,
            unchanged: true,
        };
        let mut entry = Entry {
            version: self.version,
            time,
            source: id.unwrap_or_default(),
            name: Arc::new(source),
            kind: kind.into(),
            actor: actor.into(),
            added: 0,
            removed: 0,
            statements: 0,
            evidence: Evidence::Removed,
        };
        if change == Change::Remove {
            let Some(id) = id else { return Ok(unchanged) };
            entry.removed = old.len() as u64;
            self.snapshot.remove_source(id);
            self.touched.extend(old);
            return Ok(self.record(entry));
        }
        let mut assembler = Assembler::on(&self.snapshot);
        entry.source = assembler.source(&entry.name)?;
        let new = match change {
            Change::Replace(statements) => assembler.rows(&statements, entry.source)?,
            Change::Patch { remove, add } => {
                let (remove, add) = (
                    assembler.rows(&remove, entry.source)?,
                    assembler.rows(&add, entry.source)?,
                );
                patched(&old, &remove, &add)
            }
            Change::Remove => Vec::new(),
        };
        let difference = Difference::between(&old, &new);
        if id.is_some() && difference.is_empty() {
            return Ok(unchanged);
        }
        self.touched.extend(&difference.added);
        self.touched.extend(&difference.removed);
        entry.added = difference.added.len() as u64;
        entry.removed = difference.removed.len() as u64;
        entry.statements = new.len() as u64;
        let mut next = assembler.finish(&self.snapshot);
        entry.evidence = self.evidence(&next, id, &difference, &new)?;
        next.put_source(source_info(&entry), new);
        self.snapshot = next;
        Ok(self.record(entry))
    }

    /// Chooses what to store: the difference when it is small, else all statements of the source.
    fn evidence(
        &self,
        next: &Snapshot,
        id: Option<u16>,
        difference: &Difference,
        new: &[Row],
    ) -> Result<Evidence> {
        let patch_is_cheap = id.is_some_and(|id| {
            let pending = self.entries.iter().filter(|entry| entry.source == id);
            self.store
                .history
                .read()
                .patch_is_cheap(id, pending, difference.len(), new.len())
        });
        if patch_is_cheap {
            return Ok(Evidence::patch(codec::encode(next, difference)?));
        }
        let everything = Difference {
            removed: Vec::new(),
            added: new.to_vec(),
        };
        Ok(Evidence::full(codec::encode(next, &everything)?))
    }

    fn record(&mut self, entry: Entry) -> Receipt {
        let receipt = Receipt {
            version: entry.version,
            source: SourceName::clone(&entry.name),
            added: entry.added,
            removed: entry.removed,
            statements: entry.statements,
            unchanged: false,
        };
        self.entries.push(entry);
        receipt
    }
}

/// What a snapshot knows of a source after its newest change.
pub(super) fn source_info(newest: &Entry) -> SourceInfo {
    SourceInfo {
        id: SourceId(newest.source),
        name: SourceName::clone(&newest.name),
        kind: String::from(&*newest.kind),
        actor: String::from(&*newest.actor),
        statements: newest.statements,
        committed_at: newest.time,
        version: newest.version,
        derived: false,
    }
}

/// The old rows without the removed and with the added ones; all sorted, in one pass.
pub(super) fn patched(old: &[Row], remove: &[Row], add: &[Row]) -> Vec<Row> {
    let mut rows = Vec::with_capacity(old.len() + add.len());
    let (mut remove, mut add) = (remove.iter().peekable(), add.iter().peekable());
    for row in old {
        while let Some(new) = add.next_if(|new| *new < row) {
            rows.push(*new);
        }
        while remove.next_if(|gone| *gone < row).is_some() {}
        // What is removed and added in one patch stays.
        let is_added = add.next_if(|new| *new == row).is_some();
        if is_added || remove.peek() != Some(&row) {
            rows.push(*row);
        }
    }
    rows.extend(add);
    rows
}
