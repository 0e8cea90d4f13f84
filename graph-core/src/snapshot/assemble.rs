//! Building the next snapshot: numbering statements, replacing a source, merging layers.

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use oxrdf::{Term, Triple};

use super::{Layer, NO_LAYER, Predicates, Snapshot, SourceTable, Visible};
use crate::commit::SourceInfo;
use crate::dictionary::{Dictionary, Key, Numbering};
use crate::error::{Error, Result};
use crate::merge::Merge;
use crate::names::{SourceId, SourceName, Version};
use crate::segment::{Pattern, Row, Segment};

/// More layers than this are merged.
const LAYERS_MAX: usize = 8;
/// A layer with fewer statements than this is never worth cleaning on its own account.
const SMALL_LAYER: usize = 4096;
/// The dictionary may gain this many terms before unused ones are looked for.
const FRESH_TERMS_MIN: u32 = 1 << 16;
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
        let mut rows = Vec::with_capacity(statements.len());
        for statement in statements {
            let [subject, predicate, object] =
                self.numbering.number_statement(statement, source)?;
            rows.push(Row {
                subject,
                predicate: self.predicate(predicate)?,
                object,
                source,
            });
        }
        rows.sort_unstable();
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

    /// Ends the numbering: a snapshot with the old statements and the new numbers, to put rows into.
    pub(crate) fn finish(self, snapshot: &Snapshot) -> Snapshot {
        let mut owners = snapshot.owners.clone();
        owners.resize(self.table.names.len(), NO_LAYER);
        Snapshot {
            version: snapshot.version,
            dictionary: self.numbering.finish(),
            predicates: self.predicates,
            table: self.table,
            owners,
            layers: snapshot.layers.clone(),
            sources: snapshot.sources.clone(),
            statements: snapshot.statements,
            terms_when_cleaned: snapshot.terms_when_cleaned,
            claiming: snapshot.claiming.clone(),
            united: snapshot.united.clone(),
            merge: snapshot.merge.clone(),
        }
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
            owners: Vec::new(),
            layers: Vec::new(),
            sources: Vec::new(),
            statements: 0,
            terms_when_cleaned: 0,
            claiming: None,
            united: None,
            merge: Merge::default(),
        }
    }

    /// The rows of one source in SPO order.
    pub(crate) fn rows_of(&self, source: u16) -> Vec<Row> {
        let mut matches = self.matches(None, None, None, Visible::One(source), false);
        std::iter::from_fn(|| matches.next_row()).collect()
    }

    pub(crate) fn set_version(&mut self, version: Version) {
        self.version = version;
    }

    /// Lets a source say exactly these rows.
    pub(crate) fn put_source(&mut self, info: SourceInfo, rows: Vec<Row>) {
        self.merge.changed();
        let source = info.id.0;
        self.take_source(source);
        match self
            .sources
            .binary_search_by_key(&info.id, |known| known.id)
        {
            Ok(at) => self.sources[at] = info,
            Err(at) => self.sources.insert(at, info),
        }
        self.add_layer(rows);
        self.settle();
    }

    /// Puts many sources at once, as when a store opens: one layer, sorted once.
    pub(crate) fn put_all(&mut self, infos: Vec<SourceInfo>, rows: Vec<Row>) {
        self.sources = infos;
        self.add_layer(rows);
        self.terms_when_cleaned = self.dictionary.len();
    }

    /// Removes a source and what it says.
    pub(crate) fn remove_source(&mut self, source: u16) {
        self.merge.changed();
        self.take_source(source);
        self.sources.retain(|info| info.id != SourceId(source));
        self.settle();
    }

    fn take_source(&mut self, source: u16) {
        let owner = std::mem::replace(&mut self.owners[usize::from(source)], NO_LAYER);
        if let Some(layer) = self.layers.get_mut(usize::from(owner)) {
            let statements = self
                .sources
                .binary_search_by_key(&SourceId(source), |info| info.id)
                .map_or(0, |at| self.sources[at].statements);
            layer.live -= statements as usize;
            self.statements -= statements;
        }
    }

    pub(super) fn add_layer(&mut self, rows: Vec<Row>) {
        if rows.is_empty() {
            return;
        }
        let segment = Segment::build(rows, self.dictionary.len(), self.predicates.terms.len());
        let layer = self.layers.len() as u8;
        for source in segment.sources() {
            self.owners[usize::from(source)] = layer;
        }
        self.statements += segment.len() as u64;
        self.layers.push(Layer {
            live: segment.len(),
            segment: Arc::new(segment),
        });
    }

    /// Merges layers when there are too many, when one is mostly superseded, or to throw unused terms away.
    ///
    /// The layers from `from` to the last become one. A future background compaction would call the same on a copy.
    fn settle(&mut self) {
        let last = self.layers.len();
        let mut from = last;
        if self.layers.len() > LAYERS_MAX {
            let mut size = 0;
            from -= 1;
            size += self.layers[from].live;
            while from > 0 && (self.layers[from - 1].live <= size * 2 || last - from < 2) {
                from -= 1;
                size += self.layers[from].live;
            }
        }
        let mostly_dead = |layer: &Layer| {
            layer.live == 0
                || layer.segment.len() > SMALL_LAYER && layer.live * 2 < layer.segment.len()
        };
        if let Some(at) = self.layers.iter().position(mostly_dead) {
            from = from.min(at);
        }
        let fresh = self.dictionary.len() - self.terms_when_cleaned.min(self.dictionary.len());
        let clean = fresh > FRESH_TERMS_MIN.max(self.terms_when_cleaned);
        if clean {
            from = 0;
        }
        if from < last {
            self.merge_layers(from, clean);
        }
    }

    fn merge_layers(&mut self, from: usize, clean: bool) {
        let live: usize = self.layers[from..].iter().map(|layer| layer.live).sum();
        let mut rows = Vec::with_capacity(live);
        for at in from..self.layers.len() {
            let segment = Arc::clone(&self.layers[at].segment);
            let everything = crate::segment::Cursor::new(&segment, Pattern::default(), None);
            rows.extend(everything.filter(|row| self.is_live(at, row.source)));
        }
        if clean {
            self.drop_unused_terms(&mut rows);
        }
        self.layers.truncate(from);
        self.statements -= live as u64;
        self.add_layer(rows);
    }

    /// Numbers the terms anew without those that nothing mentions; all statements are in `rows`.
    fn drop_unused_terms(&mut self, rows: &mut [Row]) {
        self.merge.renumbered();
        let mut used = FixedBitSet::with_capacity(self.dictionary.len() as usize);
        for row in rows.iter() {
            used.insert(row.subject as usize);
            used.insert(row.object as usize);
        }
        let tables = self.predicates.terms.iter().chain(&self.table.graph_terms);
        tables.for_each(|&term| used.insert(term as usize));
        let (dictionary, renamed) = self.dictionary.retain(&mut used);
        for row in rows.iter_mut() {
            row.subject = renamed[row.subject as usize];
            row.object = renamed[row.object as usize];
        }
        self.dictionary = dictionary;
        self.terms_when_cleaned = self.dictionary.len();
        let predicates = Arc::make_mut(&mut self.predicates);
        predicates
            .terms
            .iter_mut()
            .for_each(|term| *term = renamed[*term as usize]);
        predicates.numbers = (0_u16..)
            .zip(&predicates.terms)
            .map(|(number, &term)| (term, number))
            .collect();
        let table = Arc::make_mut(&mut self.table);
        table
            .graph_terms
            .iter_mut()
            .for_each(|term| *term = renamed[*term as usize]);
        table.by_graph = (0_u16..)
            .zip(&table.graph_terms)
            .map(|(source, &term)| (term, source))
            .collect();
    }
}
