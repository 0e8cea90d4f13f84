//! Numbering statements on top of a snapshot.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use oxrdf::{Term, Triple};
use rustc_hash::FxHashMap;

use super::{NO_LAYER, Predicates, Snapshot, SourceTable, Visible};
use crate::dictionary::{Dictionary, Key, Numbering};
use crate::error::{Error, Result};
use crate::merge::Merge;
use crate::names::{SourceName, Version};
use crate::segment::{Row, sort_rows};

const SOURCES_MAX: usize = 65_000;

/// Numbers the statements of sources on top of a snapshot without touching it.
pub(crate) struct Assembler {
    numbering: Numbering,
    predicates: Arc<Predicates>,
    table: Arc<SourceTable>,
}

impl Assembler {
    pub(crate) fn on(snapshot: &Snapshot) -> Self {
        Self {
            numbering: Numbering::new(snapshot.dictionary.clone()),
            predicates: Arc::clone(&snapshot.predicates),
            table: Arc::clone(&snapshot.table),
        }
    }

    /// The sources numbered up to now.
    pub(crate) fn sources(&self) -> Arc<SourceTable> {
        Arc::clone(&self.table)
    }

    /// Forgets the numbers of sources that came since [`Assembler::sources`].
    pub(crate) fn set_sources(&mut self, table: Arc<SourceTable>) {
        self.table = table;
    }

    /// Finds the number of a source that was committed before, or numbered here.
    pub(crate) fn find_source(&self, name: &SourceName) -> Option<u16> {
        self.table.find(name)
    }

    /// Gives the number of a source, a new one on its first commit.
    pub(crate) fn source(&mut self, name: &SourceName) -> Result<u16> {
        if let Some(source) = self.table.find(name) {
            return Ok(source);
        }
        if self.table.names.len() >= SOURCES_MAX {
            return Err(Error::TooManySources { limit: SOURCES_MAX });
        }
        let graph = self
            .numbering
            .number(&Key::iri(name.graph_iri().as_str()))?;
        let table = Arc::make_mut(&mut self.table);
        let source = table.names.len() as u16;
        table.names.push(name.clone());
        table.graph_terms.push(graph);
        table.by_name.insert(name.clone(), source);
        table.by_graph.insert(graph, source);
        Ok(source)
    }

    /// Numbers a term in parts, for the decoder of stored statements.
    pub(crate) fn number(&mut self, key: &Key<'_>) -> Result<u32> {
        self.numbering.number(key)
    }

    /// Numbers a predicate locally.
    pub(crate) fn predicate(&mut self, term: u32) -> Result<u16> {
        match self.predicates.find(term) {
            Some(predicate) => Ok(predicate),
            None => Arc::make_mut(&mut self.predicates).number(term),
        }
    }

    /// Numbers a predicate by its IRI.
    pub(crate) fn property(&mut self, iri: &str) -> Result<u16> {
        let term = self.numbering.number(&Key::iri(iri))?;
        self.predicate(term)
    }

    /// Numbers statements; the rows come sorted and without duplicates.
    pub(crate) fn rows(&mut self, statements: &[Triple], source: u16) -> Result<Vec<Row>> {
        let mut rows: Vec<Row> = Vec::with_capacity(statements.len());
        let mut predicates: FxHashMap<&str, u16> = FxHashMap::default();
        let mut last: Option<&Triple> = None;
        for statement in statements {
            // Most statements have the subject of the one before.
            let subject = match (last, rows.last()) {
                (Some(last), Some(row)) if last.subject == statement.subject => row.subject,
                _ => self.numbering.number_subject(&statement.subject, source)?,
            };
            let iri = statement.predicate.as_str();
            let predicate = if let Some(&predicate) = predicates.get(iri) {
                predicate
            } else {
                let term = self.numbering.number(&Key::iri(iri))?;
                let predicate = self.predicate(term)?;
                predicates.insert(iri, predicate);
                predicate
            };
            rows.push(Row {
                subject,
                predicate,
                object: self.numbering.number_term(&statement.object, source)?,
                source,
            });
            last = Some(statement);
        }
        sort_rows(&mut rows);
        rows.dedup();
        Ok(rows)
    }

    /// Numbers statements of an overlay: a blank node of the snapshot stays what it is, also of another source.
    pub(crate) fn rows_seen_by(
        &mut self,
        snapshot: &Snapshot,
        statements: &[Triple],
        source: u16,
    ) -> Result<Vec<Row>> {
        let mut rows = Vec::with_capacity(statements.len());
        for statement in statements {
            let subject = Term::from(statement.subject.clone());
            let object = &statement.object;
            let mut number = |term: &Term| match snapshot.id(term) {
                Some(id) => Ok(id.0),
                None => self.numbering.number_term(term, source),
            };
            let (subject, object) = (number(&subject)?, number(object)?);
            let predicate = self
                .numbering
                .number(&Key::iri(statement.predicate.as_str()))?;
            rows.push(Row {
                subject,
                predicate: self.predicate(predicate)?,
                object,
                source,
            });
        }
        Ok(rows)
    }

    /// The row of a statement of which all terms are known.
    pub(crate) fn known_row(&self, statement: &Triple, source: u16) -> Option<Row> {
        let [subject, predicate, object] = self.numbering.find_statement(statement, source)?;
        Some(Row {
            subject,
            predicate: self.predicates.find(predicate)?,
            object,
            source,
        })
    }

    /// Ends the numbering: a snapshot with the old statements and the new numbers, to put rows into.
    pub(crate) fn finish(self, snapshot: &Snapshot) -> Snapshot {
        let busy = snapshot.busy.terms.load(Ordering::Relaxed);
        let mut next = snapshot.clone();
        next.floors.resize(self.table.names.len(), NO_LAYER);
        next.dictionary = self.numbering.finish(busy);
        next.predicates = self.predicates;
        next.table = self.table;
        next
    }
}

impl Snapshot {
    /// The graph before the first commit.
    pub(crate) fn empty() -> Self {
        Self {
            version: Version(0),
            dictionary: Dictionary::default(),
            predicates: Arc::default(),
            table: Arc::default(),
            floors: Vec::new(),
            layers: Vec::new(),
            sources: Arc::default(),
            statements: 0,
            terms_when_cleaned: 0,
            superseded: 0,
            busy: Arc::default(),
            claiming: None,
            united: None,
            merge: Merge::default(),
        }
    }

    /// The rows of one source in SPO order.
    pub(crate) fn rows_of(&self, source: u16) -> Vec<Row> {
        let mut matches = self.matches(None, None, None, Visible::One(source), false);
        let mut rows: Vec<Row> = std::iter::from_fn(|| matches.next_row()).collect();
        // Each layer gives them sorted.
        sort_rows(&mut rows);
        rows
    }

    pub(crate) fn set_version(&mut self, version: Version) {
        self.version = version;
    }
}
