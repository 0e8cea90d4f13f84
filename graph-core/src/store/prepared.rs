//! Commits applied to a candidate, not yet durable nor visible.

use std::sync::Arc;

use parking_lot::MutexGuard;

use super::draft::{Draft, Finished};
use super::{Entry, Inner};
use crate::commit::{Commit, Receipt, SourceInfo};
use crate::durable::Folder;
use crate::error::{Error, Result};
use crate::names::{SourceId, SourceName, TermId};
use crate::segment::Row;
use crate::snapshot::Snapshot;

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
    subjects: Option<Vec<TermId>>,
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
        let mut draft = Draft::new(store, &current);
        let receipts = requests
            .into_iter()
            .map(|commits| draft.apply_together(commits))
            .collect();
        let Finished {
            next,
            entries,
            subjects,
        } = match draft.finish(&current) {
            Ok(finished) => finished,
            Err(error) => return Err((error, writer)),
        };
        let candidate = next.map_or(current, Arc::new);
        Ok(Self {
            store,
            writer,
            candidate,
            receipts,
            entries,
            subjects,
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

    /// Returns the subjects, sorted, of the statements that the commits add and take away, by their numbers in the
    /// candidate; `None` when that is not known, which is so while the merged view has no rules.
    ///
    /// Of a source that is replaced by something very different they are all it spoke and speaks of.
    pub fn changed_subjects(&self) -> Option<&[TermId]> {
        self.subjects.as_deref()
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
