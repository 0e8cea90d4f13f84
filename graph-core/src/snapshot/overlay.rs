//! Overlays: derived statements shown on top of a snapshot, as one more source that nobody committed.

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use oxrdf::{NamedOrBlankNode, Term, Triple};

use super::assemble::Assembler;
use super::{Matches, Snapshot, Visible};
use crate::commit::SourceInfo;
use crate::dictionary::Key;
use crate::error::{Error, Result};
use crate::names::{SourceId, SourceName, TermId, Timestamp};
use crate::segment::{Pattern, Row};

/// The statements of an overlay.
#[derive(Clone, Debug)]
pub enum OverlayStatements {
    /// Statements in words; blank nodes of the snapshot by the labels that [`Snapshot::term`] gives them.
    Terms(Vec<Triple>),
    /// Subject, predicate and object by their numbers in the snapshot.
    Numbers(Vec<[TermId; 3]>),
}

impl From<Vec<Triple>> for OverlayStatements {
    fn from(statements: Vec<Triple>) -> Self {
        Self::Terms(statements)
    }
}

impl From<Vec<[TermId; 3]>> for OverlayStatements {
    fn from(statements: Vec<[TermId; 3]>) -> Self {
        Self::Numbers(statements)
    }
}

impl Snapshot {
    /// Shows this snapshot with one more, derived source on top, in memory only.
    ///
    /// What the overlay says is seen in [`crate::Scope::Union`], in [`crate::Scope::Merged`] and as the named graph of
    /// `name`, never in [`crate::Scope::Claims`] nor in an export; its [`SourceInfo::derived`] is true. Terms keep their
    /// numbers, new ones come after them. It shares everything with this snapshot and takes time in the size of the
    /// overlay. Overlays stack.
    ///
    /// # Errors
    /// [`Error::SourceExists`] when the snapshot has a source of this name, [`Error::UnknownTerm`] for numbers that can
    /// make no statement of this snapshot, and the limits on terms, predicates and sources.
    pub fn with_overlay(
        &self,
        name: &SourceName,
        kind: &str,
        statements: impl Into<OverlayStatements>,
    ) -> Result<Self> {
        self.overlaid(name, kind, statements.into(), false)
    }

    /// Shows this snapshot with one more named graph on top that is no part of the union nor of the merged view.
    ///
    /// Otherwise as [`Snapshot::with_overlay`].
    ///
    /// # Errors
    /// As [`Snapshot::with_overlay`].
    pub fn with_named_overlay(
        &self,
        name: &SourceName,
        kind: &str,
        statements: impl Into<OverlayStatements>,
    ) -> Result<Self> {
        self.overlaid(name, kind, statements.into(), true)
    }

    fn overlaid(
        &self,
        name: &SourceName,
        kind: &str,
        statements: OverlayStatements,
        apart: bool,
    ) -> Result<Self> {
        if self.source_id(name).is_some() {
            return Err(Error::SourceExists { name: name.clone() });
        }
        let mut assembler = Assembler::on(self);
        let source = assembler.source(name)?;
        let rows = match statements {
            OverlayStatements::Terms(statements) => {
                let mut known = Vec::new();
                let mut unknown = Vec::new();
                for statement in statements {
                    match self.numbers_of(&statement) {
                        Some(numbers) => known.push(numbers),
                        None => unknown.push(statement),
                    }
                }
                let mut rows = assembler.rows_seen_by(self, &unknown, source)?;
                rows.append(&mut self.numbered_rows(&mut assembler, &known, source)?);
                rows
            }
            OverlayStatements::Numbers(numbers) => {
                self.numbered_rows(&mut assembler, &numbers, source)?
            }
        };
        let mut shown = assembler.finish(self);
        if apart {
            // Sources of later overlays are numbered above.
            let mut united = shown.united.as_deref().cloned().unwrap_or_else(|| {
                let mut all = FixedBitSet::with_capacity(usize::from(u16::MAX) + 1);
                all.insert_range(..);
                all
            });
            united.set(usize::from(source), false);
            shown.united = Some(Arc::new(united));
        }
        shown.put_overlay(name, kind, source, rows);
        Ok(shown)
    }

    /// Shows what follows from the claims: as [`Snapshot::with_overlay`], where numbers that
    /// [`crate::entail`] gives to its words stand for `words`.
    pub(crate) fn with_derived(
        &self,
        name: &SourceName,
        kind: &str,
        words: &[String],
        facts: impl Iterator<Item = [u32; 3]>,
    ) -> Result<Self> {
        if self.source_id(name).is_some() {
            return Err(Error::SourceExists { name: name.clone() });
        }
        let mut assembler = Assembler::on(self);
        let source = assembler.source(name)?;
        let mut numbers: Vec<Option<u32>> = vec![None; words.len()];
        let mut rows = Vec::new();
        for fact in facts {
            let mut row = fact;
            for number in &mut row {
                let word = crate::entail::word_at(*number);
                let Some((known, word)) =
                    word.and_then(|at| numbers.get_mut(at).zip(words.get(at)))
                else {
                    continue;
                };
                *number = match *known {
                    Some(number) => number,
                    None => *known.insert(assembler.number(&Key::iri(word))?),
                };
            }
            let [subject, predicate, object] = row;
            rows.push(Row {
                subject,
                predicate: assembler.predicate(predicate)?,
                object,
                source,
            });
        }
        let mut shown = assembler.finish(self);
        shown.put_overlay(name, kind, source, rows);
        Ok(shown)
    }

    /// The numbers of a statement whose terms are all known here.
    fn numbers_of(&self, statement: &Triple) -> Option<[TermId; 3]> {
        let subject = match &statement.subject {
            NamedOrBlankNode::NamedNode(node) => self.id_of_iri(node.as_str())?,
            NamedOrBlankNode::BlankNode(node) => self.id(&Term::BlankNode(node.clone()))?,
        };
        let predicate = self.id_of_iri(statement.predicate.as_str())?;
        Some([subject, predicate, self.id(&statement.object)?])
    }

    fn numbered_rows(
        &self,
        assembler: &mut Assembler,
        statements: &[[TermId; 3]],
        source: u16,
    ) -> Result<Vec<Row>> {
        let bound = self.term_bound();
        let mut rows = Vec::with_capacity(statements.len());
        for &[subject, predicate, object] in statements {
            for id in [subject, predicate, object] {
                if id.index() >= bound {
                    return Err(Error::UnknownTerm { id });
                }
            }
            if self.is_literal(subject) {
                return Err(Error::UnknownTerm { id: subject });
            }
            if !self.is_iri(predicate) {
                return Err(Error::UnknownTerm { id: predicate });
            }
            rows.push(Row {
                subject: subject.0,
                predicate: assembler.predicate(predicate.0)?,
                object: object.0,
                source,
            });
        }
        Ok(rows)
    }

    fn put_overlay(&mut self, name: &SourceName, kind: &str, source: u16, mut rows: Vec<Row>) {
        rows.sort_unstable();
        rows.dedup();
        let info = SourceInfo {
            id: SourceId(source),
            name: name.clone(),
            kind: kind.to_owned(),
            actor: String::new(),
            statements: rows.len() as u64,
            committed_at: self
                .sources
                .iter()
                .map(|info| info.committed_at)
                .max()
                .unwrap_or(Timestamp(0)),
            version: self.version,
            derived: true,
        };
        let mut claiming = FixedBitSet::with_capacity(self.table.names.len());
        let claimed = self.sources.iter().filter(|info| !info.derived);
        claiming.extend(claimed.map(|info| info.id.index()));
        self.claiming = Some(Arc::new(claiming));
        self.merge.overlaid();
        let at = self.sources.partition_point(|known| known.id < info.id);
        Arc::make_mut(&mut self.sources).insert(at, info);
        let claims = self.statements;
        self.add_layer(&rows, Vec::new());
        self.statements = claims;
    }

    /// Iterates over rows; with `merged` each statement once.
    pub(crate) fn rows(
        &self,
        pattern: Pattern,
        visible: Visible,
        merged: bool,
    ) -> impl Iterator<Item = Row> + use<'_> {
        let mut matches = Matches::new(self, pattern, visible, merged);
        std::iter::from_fn(move || matches.next_row())
    }

    pub(crate) fn has_overlays(&self) -> bool {
        self.claiming.is_some()
    }

    /// The sources of overlays.
    pub(crate) fn derived(&self) -> Visible {
        let derived = self.sources.iter().filter(|info| info.derived);
        let set: FixedBitSet = derived.map(|info| info.id.index()).collect();
        Visible::Some(Arc::new(set))
    }

    /// The sources of the union.
    pub(crate) fn united(&self) -> Visible {
        match &self.united {
            Some(united) => Visible::Some(Arc::clone(united)),
            None => Visible::All,
        }
    }

    pub(crate) fn is_all_united(&self) -> bool {
        self.united.is_none()
    }

    /// Tells whether what the source says is part of the union.
    pub(crate) fn is_united(&self, source: u16) -> bool {
        let united = self.united.as_ref();
        united.is_none_or(|united| united.contains(usize::from(source)))
    }

    /// The sources that claim something: all, but for those of overlays.
    pub(crate) fn claims(&self) -> Visible {
        match &self.claiming {
            Some(claiming) => Visible::Some(Arc::clone(claiming)),
            None => Visible::All,
        }
    }
}
