//! What one version changed, statement by statement, read from the history when somebody asks.

use std::ops::Range;

use oxrdf::Triple;

use super::history::Evidence;
use super::load::read;
use super::prepared::patched;
use super::{Entry, Store};
use crate::commit::CommitInfo;
use crate::durable::FolderPaths;
use crate::durable::codec::Difference;
use crate::error::{Error, Result};
use crate::names::{SourceId, TermId, Version};
use crate::segment::Row;
use crate::snapshot::assemble::Assembler;
use crate::snapshot::{IdStatement, Snapshot};

/// What one commit of one source added and removed.
///
/// It is as small as the difference: terms and rows in numbers, turned into statements one subject at a time.
#[derive(Debug)]
pub struct SourceDifference {
    info: CommitInfo,
    terms: Snapshot,
    removed: Vec<Row>,
    added: Vec<Row>,
    /// Subjects in the order of their texts, with the places of their rows.
    subjects: Vec<(u32, Range<usize>, Range<usize>)>,
}

/// What one commit of one source changed about one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectDifference {
    /// The IRI, or the label of a blank node as [`Snapshot::term`] gives it.
    pub subject: String,
    /// Whether the subject has an IRI.
    pub is_iri: bool,
    /// Statements that the source makes now and did not make before.
    pub added: Vec<Triple>,
    /// Statements that the source no longer makes.
    pub removed: Vec<Triple>,
}

impl SourceDifference {
    fn new(info: CommitInfo, terms: Snapshot, difference: Difference) -> Self {
        let Difference { removed, added } = difference;
        let mut ids: Vec<u32> = removed
            .iter()
            .chain(&added)
            .map(|row| row.subject)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids.sort_by_cached_key(|id| terms.text(TermId(*id)));
        let rows_of = |rows: &[Row], subject: u32| {
            rows.partition_point(|row| row.subject < subject)
                ..rows.partition_point(|row| row.subject <= subject)
        };
        let subjects = ids
            .into_iter()
            .map(|id| (id, rows_of(&removed, id), rows_of(&added, id)))
            .collect();
        Self {
            info,
            terms,
            removed,
            added,
            subjects,
        }
    }

    /// Returns the commit: source, actor, time, version.
    pub fn info(&self) -> &CommitInfo {
        &self.info
    }

    /// Returns the number of subjects of which something changed.
    pub fn len(&self) -> usize {
        self.subjects.len()
    }

    /// Tells whether no statement changed, as when a source without statements comes to be.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty()
    }

    /// Returns how many statements about the subject at this place were removed and added.
    pub fn counts(&self, at: usize) -> (usize, usize) {
        self.subjects
            .get(at)
            .map_or((0, 0), |(_, removed, added)| (removed.len(), added.len()))
    }

    /// Returns the text of the subject at this place: they come in the order of their texts.
    pub fn subject_text(&self, at: usize) -> Option<String> {
        let (subject, ..) = self.subjects.get(at)?;
        Some(self.terms.text(TermId(*subject)))
    }

    /// Returns what changed about the subject at this place.
    pub fn subject(&self, at: usize) -> Option<SubjectDifference> {
        let (subject, removed, added) = self.subjects.get(at)?;
        let made = |rows: &[Row]| rows.iter().map(|row| self.statement(row)).collect();
        Some(SubjectDifference {
            subject: self.terms.text(TermId(*subject)),
            is_iri: self.terms.is_iri(TermId(*subject)),
            added: made(&self.added[added.clone()]),
            removed: made(&self.removed[removed.clone()]),
        })
    }

    /// Iterates over the statements that the source makes now and did not make before.
    pub fn added(&self) -> impl Iterator<Item = Triple> + use<'_> {
        self.added.iter().map(|row| self.statement(row))
    }

    /// Iterates over the statements that the source no longer makes.
    pub fn removed(&self) -> impl Iterator<Item = Triple> + use<'_> {
        self.removed.iter().map(|row| self.statement(row))
    }

    fn statement(&self, row: &Row) -> Triple {
        let found = IdStatement {
            subject: TermId(row.subject),
            predicate: TermId(self.terms.predicate_table().term(row.predicate)),
            object: TermId(row.object),
            source: SourceId(row.source),
        };
        self.terms.make_statement(found, true)
    }
}

impl Store {
    /// Returns the changes after a version, oldest first: `limit` of them, and the rest of the last one's version.
    pub fn versions_after(&self, version: Version, limit: usize) -> Vec<CommitInfo> {
        let history = self.inner.history.read();
        let mut found: Vec<CommitInfo> = Vec::new();
        let entries = history.entries();
        let start = entries.partition_point(|entry| entry.version <= version);
        for entry in entries.iter().skip(start) {
            let is_new = found
                .last()
                .is_none_or(|last| last.version != entry.version);
            if is_new && found.len() >= limit {
                break;
            }
            if entry.version >= history.oldest() {
                found.push(entry.info());
            }
        }
        found
    }

    /// Returns what the changes that made a version added and removed, in their order.
    ///
    /// Takes time in what the changed sources said, not in the size of the graph; no reader and no writer waits for it.
    /// The oldest version that is kept has none, unless it is the first: what was before it is gone.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`] for a version of the future, [`Error::VersionNotKept`] for one whose difference is
    /// gone; file errors when stored statements cannot be read.
    pub fn difference(&self, version: Version) -> Result<Vec<SourceDifference>> {
        let latest = self.snapshot().version();
        if version > latest {
            return Err(Error::UnknownVersion { version, latest });
        }
        let files = self.inner.files.read();
        let changes = {
            let history = self.inner.history.read();
            let oldest = history.oldest();
            if version <= oldest && oldest > Version(0) {
                return Err(Error::VersionNotKept { version, oldest });
            }
            history.changes_of(version)
        };
        let paths = self.inner.paths.as_ref();
        let differences = changes.into_iter().map(|chain| difference_of(chain, paths));
        let differences = differences.collect();
        drop(files);
        differences
    }
}

/// The difference that the last change of a chain made.
fn difference_of(mut chain: Vec<Entry>, paths: Option<&FolderPaths>) -> Result<SourceDifference> {
    let Some(change) = chain.pop() else {
        return Err(Error::History {
            reason: "a change is missing",
        });
    };
    let empty = Snapshot::empty();
    let mut assembler = Assembler::on(&empty);
    let mut before: Vec<Row> = Vec::new();
    let mut decode = |evidence: &Evidence| match evidence {
        Evidence::Full(place) | Evidence::Patch(place) => {
            read(place, paths, &mut assembler, change.source)
        }
        Evidence::Removed => Ok(Difference::default()),
    };
    for entry in &chain {
        let step = decode(&entry.evidence)?;
        before = if before.is_empty() {
            step.added
        } else {
            patched(&before, &step.removed, &step.added)
        };
    }
    let made = decode(&change.evidence)?;
    let difference = match change.evidence {
        Evidence::Patch(_) => made,
        Evidence::Full(_) | Evidence::Removed => Difference::between(&before, &made.added),
    };
    Ok(SourceDifference::new(
        change.info(),
        assembler.finish(&empty),
        difference,
    ))
}
