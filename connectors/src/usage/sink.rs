//! Where the records of histories go: to be folded, each statement once, whichever of several tables tells of it.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use super::entry::Entry;
use super::fold::Fold;
use super::format::Format;
use super::lineage::Lineage;
use super::sift::Reason;
use super::touched::{self, Touched};
use crate::sql::Dialect;

/// How many statements are remembered by their names.
const IDS_MAX: usize = 5_000_000;
/// How many reads wait for the rest of what they have read.
const READS_MAX: usize = 100_000;

/// Takes records.
pub(super) struct Sink<'a, 'o> {
    fold: &'a mut Fold<'o>,
    format: Option<Format>,
    /// The statements that were told of with their text; `None` where nothing else tells of them.
    ids: Option<FxHashSet<u64>>,
    reads: BTreeMap<String, Read>,
}

/// What one statement has read, of which each record tells a part.
struct Read {
    entry: Entry,
    touched: Touched,
    format: Option<Format>,
}

impl<'a, 'o> Sink<'a, 'o> {
    /// Starts; statements are remembered by name where something else tells of them too.
    pub(super) fn new(fold: &'a mut Fold<'o>, remembers: bool) -> Self {
        Self {
            fold,
            format: None,
            ids: remembers.then(FxHashSet::default),
            reads: BTreeMap::new(),
        }
    }

    /// Says that a log of a form follows.
    pub(super) fn start(&mut self, format: Format) {
        self.format = Some(format);
        self.fold.start(format);
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.fold.dialect()
    }

    pub(super) fn lineage(&mut self) -> &mut Lineage {
        self.fold.lineage()
    }

    /// Takes a statement.
    pub(super) fn ran(&mut self, id: Option<&str>, entry: Entry) {
        if let (Some(ids), Some(id)) = (&mut self.ids, id)
            && ids.len() < IDS_MAX
        {
            ids.insert(hash(id));
        }
        self.fold.add(entry);
    }

    /// Takes what a statement has read, unless it was told of itself.
    pub(super) fn touched(&mut self, id: Option<&str>, entry: Entry) {
        if !id.is_some_and(|id| self.is_told(id)) {
            self.fold.add(entry);
        }
    }

    /// Takes a part of what a statement has read.
    pub(super) fn read(
        &mut self,
        id: String,
        table: Vec<String>,
        columns: Vec<String>,
        entry: Entry,
    ) {
        let format = self.format;
        let read = self.reads.entry(id).or_insert_with(|| Read {
            entry,
            touched: Touched::new(),
            format,
        });
        read.touched.entry(table).or_default().extend(columns);
        if self.reads.len() >= READS_MAX {
            self.finish();
        }
    }

    /// Counts a statement that read no table.
    pub(super) fn no_table(&mut self, calls: u64) {
        self.fold.ignore(Reason::NoTable, calls);
    }

    /// Folds the reads that are waiting.
    pub(super) fn finish(&mut self) {
        let waiting = std::mem::take(&mut self.reads).into_iter();
        let waiting = waiting.filter(|(id, _)| !self.is_told(id));
        let mut reads: Vec<Read> = waiting.map(|(_, read)| read).collect();
        reads.sort_by_key(|read| read.entry.time);
        for mut read in reads {
            if let Some(format) = read.format {
                self.fold.start(format);
            }
            if let Some(sql) = touched::statement(&read.touched, self.fold.dialect()) {
                read.entry.sql = sql;
                self.fold.add(read.entry);
            }
        }
        if let Some(format) = self.format {
            self.fold.start(format);
        }
    }

    fn is_told(&self, id: &str) -> bool {
        let ids = self.ids.as_ref();
        ids.is_some_and(|ids| ids.contains(&hash(id)))
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = FxHasher::default();
    id.hash(&mut hasher);
    hasher.finish()
}
