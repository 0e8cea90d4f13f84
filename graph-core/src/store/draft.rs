//! Working out what commits change, without changing anything yet.

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use rustc_hash::FxHashSet;

use super::prepared::{patched, source_info};
use super::{Entry, Evidence, Inner};
use crate::commit::{Change, Commit, Receipt};
use crate::durable::codec::{self, Difference};
use crate::error::Result;
use crate::names::{SourceId, SourceName, TermId, Version};
use crate::rdf::Statement;
use crate::segment::Row;
use crate::snapshot::assemble::Assembler;
use crate::snapshot::edit::{Edit, SourceEdit};
use crate::snapshot::{Snapshot, SourceTable};

/// From this many rows on, encoding and sorting are worth a thread each.
const PARALLEL_ROWS: usize = 20_000;
/// A source that is replaced is patched where less than this part of it differs.
const PATCH_SHARE: usize = 4;

/// Commits on their way into one version or some. What they add is numbered at once and becomes one layer at the end.
pub(super) struct Draft<'a> {
    store: &'a Inner,
    snapshot: Snapshot,
    assembler: Assembler,
    /// The version that the next request makes.
    version: Version,
    edit: Edit,
    /// The sources of `edit`.
    touched: FixedBitSet,
    /// Changes of `edit`, of which the evidence is not encoded yet.
    pending: Vec<Pending>,
    entries: Vec<Entry>,
    /// Rows added and removed so far, for the merged view; none when it has no rules.
    changed: Vec<Row>,
}

/// What a draft came to.
pub(super) struct Finished {
    /// The next snapshot; `None` when nothing changed.
    pub(super) next: Option<Snapshot>,
    pub(super) entries: Vec<Entry>,
    /// The subjects of all that was added and removed, sorted; `None` when it was not noted.
    pub(super) subjects: Option<Vec<TermId>>,
}

struct Pending {
    /// Its evidence is filled in at the end.
    entry: Entry,
    stored: Stored,
}

/// What will be stored of a change.
enum Stored {
    /// These rows of the edit, all that the source says.
    Added(std::ops::Range<usize>),
    /// All that the source says.
    Whole(Vec<Row>),
    Difference(Difference),
    Nothing,
}

impl Stored {
    fn encode(&self, snapshot: &Snapshot, edit: &Edit) -> Result<Evidence> {
        Ok(match self {
            Self::Added(range) => {
                let rows = edit.rows.get(range.clone()).unwrap_or_default();
                Evidence::full(codec::encode(snapshot, &[], rows)?)
            }
            Self::Whole(rows) => Evidence::full(codec::encode(snapshot, &[], rows)?),
            Self::Difference(Difference { removed, added }) => {
                Evidence::patch(codec::encode(snapshot, removed, added)?)
            }
            Self::Nothing => Evidence::Removed,
        })
    }
}

/// How far a draft had come.
struct Mark {
    snapshot: Snapshot,
    sources: Arc<SourceTable>,
    entries: usize,
    pending: usize,
    edits: usize,
    rows: usize,
    gone: usize,
    changed: usize,
}

impl<'a> Draft<'a> {
    pub(super) fn new(store: &'a Inner, current: &Snapshot) -> Self {
        Self {
            store,
            snapshot: current.clone(),
            assembler: Assembler::on(current),
            version: Version(current.version().0 + 1),
            edit: Edit::default(),
            touched: FixedBitSet::default(),
            pending: Vec::new(),
            entries: Vec::new(),
            changed: Vec::new(),
        }
    }

    /// Applies commits as one version, all or none.
    pub(super) fn apply_together(&mut self, commits: Vec<Commit>) -> Result<Vec<Receipt>> {
        // What is taken back below must not hold changes of earlier requests.
        let names: FxHashSet<&SourceName> = commits.iter().map(|commit| &commit.source).collect();
        if names.len() < commits.len() || names.iter().any(|name| self.touches(name)) {
            self.flush()?;
        }
        let before = self.mark();
        let mut receipts = Vec::with_capacity(commits.len());
        for commit in commits {
            match self.apply(commit) {
                Ok(receipt) => receipts.push(receipt),
                Err(error) => {
                    self.back_to(before);
                    return Err(error);
                }
            }
        }
        if receipts.iter().any(|receipt| !receipt.unchanged) {
            self.version.0 += 1;
        }
        for receipt in &mut receipts {
            receipt.version = self.reached();
        }
        Ok(receipts)
    }

    /// The version of what was applied up to here.
    fn reached(&self) -> Version {
        Version(self.version.0 - 1)
    }

    fn touches(&self, name: &SourceName) -> bool {
        let source = self.assembler.find_source(name);
        source.is_some_and(|source| self.touched.contains(usize::from(source)))
    }

    fn mark(&self) -> Mark {
        Mark {
            snapshot: self.snapshot.clone(),
            sources: self.assembler.sources(),
            entries: self.entries.len(),
            pending: self.pending.len(),
            edits: self.edit.sources.len(),
            rows: self.edit.rows.len(),
            gone: self.edit.gone.len(),
            changed: self.changed.len(),
        }
    }

    /// Takes back what was applied since. Numbers given to terms since then stay: nothing uses them.
    fn back_to(&mut self, mark: Mark) {
        if self.entries.len() > mark.entries {
            self.snapshot = mark.snapshot;
            self.assembler = Assembler::on(&self.snapshot);
        }
        // The history numbers sources too: a source that came to nothing must not have a number.
        self.assembler.set_sources(mark.sources);
        self.entries.truncate(mark.entries);
        self.pending.truncate(mark.pending);
        self.edit.sources.truncate(mark.edits);
        self.edit.rows.truncate(mark.rows);
        self.edit.gone.truncate(mark.gone);
        self.changed.truncate(mark.changed);
        self.touched.clear();
        for pending in &self.pending {
            self.touched
                .grow_and_insert(usize::from(pending.entry.source));
        }
    }

    fn apply(&mut self, commit: Commit) -> Result<Receipt> {
        if self.touches(&commit.source) {
            self.flush()?;
        }
        let known = self.snapshot.source_id(&commit.source);
        let statements = known.and_then(|id| self.snapshot.source_info(id));
        let mut entry = Entry {
            version: self.version,
            time: commit.time,
            source: known.map_or(0, |id| id.0),
            name: Arc::new(commit.source),
            kind: commit.kind.into(),
            actor: commit.actor.into(),
            added: 0,
            removed: 0,
            statements: statements.map_or(0, |known| known.statements),
            evidence: Evidence::Removed,
        };
        if commit.change == Change::Remove {
            return Ok(match known {
                Some(_) => self.remove(entry),
                None => self.unchanged(&entry),
            });
        }
        entry.source = self.assembler.source(&entry.name)?;
        let is_known = known.is_some();
        match commit.change {
            Change::Patch { remove, add } => self.patch(entry, is_known, &remove, &add),
            Change::Replace(statements) => self.replace(entry, is_known, &statements),
            Change::Remove => Ok(self.unchanged(&entry)),
        }
    }

    /// `entry` has the number of statements from before.
    fn unchanged(&self, entry: &Entry) -> Receipt {
        Receipt {
            version: self.reached(),
            source: SourceName::clone(&entry.name),
            added: 0,
            removed: 0,
            statements: entry.statements,
            unchanged: true,
        }
    }

    fn has_view(&self) -> bool {
        !self.snapshot.merge_rules().is_empty()
    }

    /// Notes rows that the merged view has to follow.
    fn note(&mut self, rows: &[Row]) {
        if self.has_view() {
            self.changed.extend_from_slice(rows);
        }
    }

    fn remove(&mut self, mut entry: Entry) -> Receipt {
        entry.removed = std::mem::take(&mut entry.statements);
        if self.has_view() {
            self.changed.extend(self.snapshot.rows_of(entry.source));
        }
        let edit = SourceEdit::Remove(SourceId(entry.source));
        self.edit.sources.push(edit);
        self.record(entry, Stored::Nothing)
    }

    fn replace(
        &mut self,
        mut entry: Entry,
        is_known: bool,
        statements: &[Statement],
    ) -> Result<Receipt> {
        let source = entry.source;
        let new = self.assembler.rows(statements, source)?;
        if !is_known {
            entry.added = new.len() as u64;
            entry.statements = entry.added;
            self.note(&new);
            return Ok(self.replace_whole(entry, &new, None));
        }
        let difference = Difference::between(&self.snapshot.rows_of(source), &new);
        if difference.is_empty() {
            return Ok(self.unchanged(&entry));
        }
        entry.added = difference.added.len() as u64;
        entry.removed = difference.removed.len() as u64;
        entry.statements = new.len() as u64;
        self.note(&difference.added);
        self.note(&difference.removed);
        let is_cheap = self.patch_is_cheap(&entry);
        if difference.len() * PATCH_SHARE < new.len() {
            let stored = if is_cheap { None } else { Some(new) };
            return Ok(self.patch_rows(entry, difference, stored));
        }
        let stored = is_cheap.then_some(difference);
        Ok(self.replace_whole(entry, &new, stored))
    }

    fn patch(
        &mut self,
        mut entry: Entry,
        is_known: bool,
        remove: &[Statement],
        add: &[Statement],
    ) -> Result<Receipt> {
        let source = entry.source;
        let mut added = self.assembler.rows(add, source)?;
        if !is_known {
            entry.added = added.len() as u64;
            entry.statements = entry.added;
            self.note(&added);
            return Ok(self.replace_whole(entry, &added, None));
        }
        let known = remove
            .iter()
            .filter_map(|statement| self.assembler.known_row(statement, source));
        // What is removed and added in one patch stays.
        let mut removed: Vec<Row> = known
            .filter(|row| added.binary_search(row).is_err() && self.snapshot.claims_row(*row))
            .collect();
        removed.sort_unstable();
        removed.dedup();
        added.retain(|row| !self.snapshot.claims_row(*row));
        if removed.is_empty() && added.is_empty() {
            return Ok(self.unchanged(&entry));
        }
        entry.added = added.len() as u64;
        entry.removed = removed.len() as u64;
        entry.statements = entry.statements + entry.added - entry.removed;
        self.note(&added);
        self.note(&removed);
        let difference = Difference { removed, added };
        let whole = if self.patch_is_cheap(&entry) {
            None
        } else {
            let old = self.snapshot.rows_of(source);
            Some(patched(&old, &difference.removed, &difference.added))
        };
        Ok(self.patch_rows(entry, difference, whole))
    }

    /// Tells whether it is good to store the difference and not all statements of the source.
    fn patch_is_cheap(&self, entry: &Entry) -> bool {
        let pending = self.entries.iter();
        let pending = pending.filter(|earlier| earlier.source == entry.source);
        let difference = (entry.added + entry.removed) as usize;
        let history = self.store.history.read();
        history.patch_is_cheap(entry.source, pending, difference, entry.statements as usize)
    }

    /// Lets a source say these rows; stores the difference or, without one, the rows.
    fn replace_whole(
        &mut self,
        entry: Entry,
        rows: &[Row],
        difference: Option<Difference>,
    ) -> Receipt {
        let start = self.edit.rows.len();
        self.edit.rows.extend_from_slice(rows);
        let stored = match difference {
            Some(difference) => Stored::Difference(difference),
            None => Stored::Added(start..self.edit.rows.len()),
        };
        let edit = SourceEdit::Replace(source_info(&entry));
        self.edit.sources.push(edit);
        self.record(entry, stored)
    }

    /// Lets a source say more and less; stores the difference or, when they are given, all rows of the source.
    fn patch_rows(
        &mut self,
        entry: Entry,
        difference: Difference,
        whole: Option<Vec<Row>>,
    ) -> Receipt {
        self.edit.rows.extend_from_slice(&difference.added);
        self.edit.gone.extend_from_slice(&difference.removed);
        let edit = SourceEdit::Patch(source_info(&entry));
        self.edit.sources.push(edit);
        let stored = whole.map_or(Stored::Difference(difference), Stored::Whole);
        self.record(entry, stored)
    }

    fn record(&mut self, entry: Entry, stored: Stored) -> Receipt {
        let receipt = Receipt {
            version: entry.version,
            source: SourceName::clone(&entry.name),
            added: entry.added,
            removed: entry.removed,
            statements: entry.statements,
            unchanged: false,
        };
        self.touched.grow_and_insert(usize::from(entry.source));
        self.pending.push(Pending { entry, stored });
        receipt
    }

    /// Makes the changes up to here part of the snapshot.
    fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let edit = std::mem::take(&mut self.edit);
        let pending = std::mem::take(&mut self.pending);
        self.touched.clear();
        let blank = Assembler::on(&Snapshot::empty());
        let named = std::mem::replace(&mut self.assembler, blank).finish(&self.snapshot);
        let mut next = named.clone();
        let encode = || -> Result<Vec<Evidence>> {
            let encode = |pending: &Pending| pending.stored.encode(&named, &edit);
            pending.iter().map(encode).collect()
        };
        let evidence = if edit.rows.len() < PARALLEL_ROWS {
            next.apply(&edit);
            encode()?
        } else {
            std::thread::scope(|scope| {
                let encoding = scope.spawn(encode);
                next.apply(&edit);
                encoding
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })?
        };
        for (pending, evidence) in pending.into_iter().zip(evidence) {
            self.entries.push(Entry {
                evidence,
                ..pending.entry
            });
        }
        self.assembler = Assembler::on(&next);
        self.snapshot = next;
        Ok(())
    }

    /// The next snapshot, unless nothing changed, and what to store of it.
    pub(super) fn finish(mut self, before: &Snapshot) -> Result<Finished> {
        self.flush()?;
        if self.entries.is_empty() {
            return Ok(Finished {
                next: None,
                entries: self.entries,
                subjects: Some(Vec::new()),
            });
        }
        self.snapshot.set_version(self.reached());
        self.snapshot.follow_merge(before, &self.changed);
        let subjects = self.has_view().then(|| {
            let subjects = self.changed.iter().map(|row| TermId(row.subject));
            let mut subjects: Vec<TermId> = subjects.collect();
            subjects.sort_unstable();
            subjects.dedup();
            subjects
        });
        Ok(Finished {
            next: Some(self.snapshot),
            entries: self.entries,
            subjects,
        })
    }
}
