//! A snapshot: the whole graph at one version, immutable, shared by all its readers.

use std::borrow::Cow;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use oxrdf::{Term, Triple};
use rustc_hash::FxHashMap;

pub(crate) mod assemble;
pub(crate) mod dump;
pub(crate) mod edit;
mod layer;
mod matches;
pub(crate) mod merging;
mod overlay;
mod ranges;

use crate::commit::SourceInfo;
use crate::dictionary::{Aux, Dictionary, Kind};
use crate::error::{Error, Result};
use crate::merge::Merge;
use crate::names::{SourceId, SourceName, TermId, Version};
use crate::segment::{Pattern, PredicateCounts, Row};
use layer::{Busy, Layer};
pub(crate) use matches::Visible;
pub use matches::{IdStatement, Matches, Scope};
pub use overlay::OverlayStatements;
pub(crate) use ranges::{Found, Layers};

/// The floor of a source without statements.
const NO_LAYER: u8 = u8::MAX;

/// Predicates by local number: statements hold 16 bits instead of 32.
#[derive(Clone, Default)]
pub(crate) struct Predicates {
    terms: Vec<u32>,
    numbers: FxHashMap<u32, u16>,
}

impl Predicates {
    /// The table of these terms, which are different, in the order of their local numbers.
    fn of(terms: Vec<u32>) -> Self {
        let numbers = terms.iter().copied().zip(0..).collect();
        Self { terms, numbers }
    }

    fn find(&self, term: u32) -> Option<u16> {
        self.numbers.get(&term).copied()
    }

    pub(crate) fn term(&self, predicate: u16) -> u32 {
        self.terms[usize::from(predicate)]
    }

    fn number(&mut self, term: u32) -> Result<u16> {
        if let Some(predicate) = self.find(term) {
            return Ok(predicate);
        }
        let limit = usize::from(u16::MAX);
        let predicate =
            u16::try_from(self.terms.len()).map_err(|_| Error::TooManyPredicates { limit })?;
        self.terms.push(term);
        self.numbers.insert(term, predicate);
        Ok(predicate)
    }
}

/// Every source that ever was, by number.
#[derive(Clone, Default)]
pub(crate) struct SourceTable {
    names: Vec<SourceName>,
    graph_terms: Vec<u32>,
    by_name: FxHashMap<SourceName, u16>,
    by_graph: FxHashMap<u32, u16>,
}

impl SourceTable {
    /// The table of these sources and the terms of their graphs, in the order of their numbers.
    fn of(names: Vec<SourceName>, graph_terms: Vec<u32>) -> Self {
        let by_name = names.iter().cloned().zip(0..).collect();
        let by_graph = graph_terms.iter().copied().zip(0..).collect();
        Self {
            names,
            graph_terms,
            by_name,
            by_graph,
        }
    }

    pub(crate) fn find(&self, name: &SourceName) -> Option<u16> {
        self.by_name.get(name).copied()
    }
}

/// The graph at one version.
///
/// Readers share it through an `Arc`, never wait and never see half a commit. Look-ups by subject, by predicate and
/// object, or by object take a few binary searches at most.
#[derive(Clone)]
pub struct Snapshot {
    version: Version,
    dictionary: Dictionary,
    predicates: Arc<Predicates>,
    table: Arc<SourceTable>,
    /// For each source the first layer whose statements count: what it said before was replaced.
    floors: Vec<u8>,
    /// Oldest first.
    layers: Vec<Layer>,
    sources: Arc<Vec<SourceInfo>>,
    statements: u64,
    /// Size of the dictionary when its unused terms were last thrown away.
    terms_when_cleaned: u32,
    /// Statements that stopped to count since then.
    superseded: u64,
    busy: Arc<Busy>,
    /// The sources that claim something; `None` without overlays, when all do.
    claiming: Option<Arc<FixedBitSet>>,
    /// The sources of the union; `None` when all are.
    united: Option<Arc<FixedBitSet>>,
    pub(crate) merge: Merge,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot")
            .field("version", &self.version)
            .field("sources", &self.sources.len())
            .field("statements", &self.statements)
            .finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Returns the version of the graph.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the number of claims: a statement that two sources make counts twice, one of an overlay not at all.
    pub fn len(&self) -> u64 {
        self.statements
    }

    /// Tells whether no source says anything.
    pub fn is_empty(&self) -> bool {
        self.statements == 0
    }

    /// Returns the sources, in the order of their first commit.
    pub fn sources(&self) -> &[SourceInfo] {
        &self.sources
    }

    /// Returns what is known of one source, unless it was removed.
    pub fn source_info(&self, source: SourceId) -> Option<&SourceInfo> {
        let at = self
            .sources
            .binary_search_by_key(&source, |info| info.id)
            .ok()?;
        Some(&self.sources[at])
    }

    /// Returns the number of the source with this name.
    pub fn source_id(&self, name: &SourceName) -> Option<SourceId> {
        let id = SourceId(self.table.find(name)?);
        self.source_info(id).map(|info| info.id)
    }

    /// Returns a number above that of every term, for arrays indexed by term.
    pub fn term_bound(&self) -> usize {
        self.dictionary.len() as usize
    }

    /// Finds the number of a term; `None` when nothing in the graph mentions it.
    ///
    /// Blank nodes are known by the label that [`Snapshot::term`] gives them, which carries their source.
    pub fn id(&self, term: &Term) -> Option<TermId> {
        self.dictionary.find_term(term).map(TermId)
    }

    /// Finds the number of an IRI.
    pub fn id_of_iri(&self, iri: &str) -> Option<TermId> {
        self.dictionary.find_iri(iri).map(TermId)
    }

    /// Makes the term with this number. The number must come from this snapshot.
    pub fn term(&self, id: TermId) -> Term {
        self.dictionary.term(id.0, true)
    }

    /// Returns the IRI with this number; `None` when the term is something else.
    pub fn iri(&self, id: TermId) -> Option<String> {
        self.is_iri(id).then(|| self.text(id))
    }

    /// Returns the IRI, the lexical form of the literal or the label of the blank node.
    pub fn text(&self, id: TermId) -> String {
        self.lexical(id).into_owned()
    }

    /// Returns the same as [`Snapshot::text`], without a copy for literals.
    pub fn lexical(&self, id: TermId) -> Cow<'_, str> {
        let key = self.dictionary.key(id.0);
        match (key.kind, key.aux) {
            (Kind::Iri, Aux::Name(prefix)) => Cow::Owned(format!("{prefix}{}", key.text)),
            (Kind::Blank | Kind::Triple, _) => match self.term(id) {
                Term::BlankNode(node) => Cow::Owned(node.into_string()),
                other => Cow::Owned(other.to_string()),
            },
            _ => Cow::Borrowed(key.text),
        }
    }

    /// Returns the language tag of a literal that has one.
    pub fn language(&self, id: TermId) -> Option<&str> {
        let key = self.dictionary.key(id.0);
        match (key.kind, key.aux) {
            (Kind::Lang | Kind::LangLtr | Kind::LangRtl, Aux::Name(tag)) => Some(tag),
            _ => None,
        }
    }

    /// Tells whether the term is an IRI.
    pub fn is_iri(&self, id: TermId) -> bool {
        self.dictionary.kind(id.0) == Kind::Iri
    }

    /// Tells whether the term is a literal.
    pub fn is_literal(&self, id: TermId) -> bool {
        !matches!(
            self.dictionary.kind(id.0),
            Kind::Iri | Kind::Blank | Kind::Triple
        )
    }

    /// Tells whether the term is a blank node.
    pub(crate) fn is_blank(&self, id: TermId) -> bool {
        self.dictionary.kind(id.0) == Kind::Blank
    }

    /// Tells whether every term of this snapshot surely has the same number in the other; false when it is not sure.
    pub(crate) fn numbers_terms_like(&self, other: &Self) -> bool {
        self.dictionary.begins_like(&other.dictionary)
    }

    /// Iterates over the statements that match; a part left out matches everything.
    pub fn matching(
        &self,
        subject: Option<TermId>,
        predicate: Option<TermId>,
        object: Option<TermId>,
        scope: Scope,
    ) -> Matches<'_> {
        let (visible, merged) = match scope {
            Scope::Merged => (Visible::Merged, true),
            Scope::Union => (self.united(), true),
            Scope::Claims => (self.claims(), false),
            Scope::Source(source) => (Visible::One(source.0), false),
        };
        self.matches(
            subject.map(|id| id.0),
            predicate.map(|id| id.0),
            object.map(|id| id.0),
            visible,
            merged,
        )
    }

    pub(crate) fn matches(
        &self,
        subject: Option<u32>,
        predicate: Option<u32>,
        object: Option<u32>,
        visible: Visible,
        merged: bool,
    ) -> Matches<'_> {
        let predicate = match predicate.map(|term| self.predicates.find(term)) {
            Some(None) => return Matches::nothing(self),
            Some(found) => found,
            None => None,
        };
        Matches::new(
            self,
            Pattern {
                subject,
                predicate,
                object,
            },
            visible,
            merged,
        )
    }

    /// Iterates over the objects of a subject and predicate, each once.
    pub fn objects(
        &self,
        subject: TermId,
        predicate: TermId,
    ) -> impl Iterator<Item = TermId> + use<'_> {
        self.matching(Some(subject), Some(predicate), None, Scope::Union)
            .map(|statement| statement.object)
    }

    /// Iterates over the subjects of a predicate and object, each once.
    pub fn subjects(
        &self,
        predicate: TermId,
        object: TermId,
    ) -> impl Iterator<Item = TermId> + use<'_> {
        self.matching(None, Some(predicate), Some(object), Scope::Union)
            .map(|statement| statement.subject)
    }

    /// Returns one object of a subject and predicate, the same one each time within a snapshot.
    pub fn first_object(&self, subject: TermId, predicate: TermId) -> Option<TermId> {
        self.objects(subject, predicate).next()
    }

    /// Tells whether some source says the statement.
    pub fn has(&self, subject: TermId, predicate: TermId, object: TermId) -> bool {
        self.matching(Some(subject), Some(predicate), Some(object), Scope::Claims)
            .next()
            .is_some()
    }

    /// Counts the matching statements of the merged view, by reading them.
    pub fn count(
        &self,
        subject: Option<TermId>,
        predicate: Option<TermId>,
        object: Option<TermId>,
    ) -> usize {
        self.matching(subject, predicate, object, Scope::Union)
            .count()
    }

    /// Iterates over the distinct predicates that statements ever had in this store.
    pub fn predicates(&self) -> impl Iterator<Item = TermId> + use<'_> {
        self.predicates.terms.iter().map(|&term| TermId(term))
    }

    /// Iterates over the statements of one source, with its blank nodes as the source labels them, in no promised order.
    pub fn statements_of(&self, source: SourceId) -> impl Iterator<Item = Triple> + use<'_> {
        self.matching(None, None, None, Scope::Source(source))
            .map(|found| self.make_statement(found, false))
    }

    /// Makes the RDF statement, with blank nodes labelled as [`Snapshot::term`] does.
    pub fn statement(&self, found: IdStatement) -> Triple {
        self.make_statement(found, true)
    }

    pub(crate) fn make_statement(&self, found: IdStatement, scoped: bool) -> Triple {
        Triple {
            subject: self.dictionary.subject(found.subject.0, scoped),
            predicate: self.dictionary.named_node(found.predicate.0),
            object: self.dictionary.term(found.object.0, scoped),
        }
    }

    /// Returns the size of everything this snapshot holds on the heap, in bytes; shared parts count in full.
    pub fn heap_bytes(&self) -> usize {
        let layer = |layer: &Layer| {
            let gone = layer.gone.as_ref().map_or(0, |gone| size_of_val(&**gone));
            layer.segment.heap_bytes() + gone + layer.killed.capacity() * 8
        };
        let layers: usize = self.layers.iter().map(layer).sum();
        let predicates =
            self.predicates.terms.capacity() * 4 + self.predicates.numbers.capacity() * 9;
        let table =
            self.table.names.capacity() * 64 + self.sources.capacity() * size_of::<SourceInfo>();
        layers + predicates + table + self.dictionary.heap_bytes() + self.merge.heap_bytes()
    }

    /// Returns the number of layers that a look-up visits: 1 when everything is merged, rarely more than 10.
    pub fn layer_count(&self) -> usize {
        self.layers.len()
    }

    /// Returns about the number of matches, from a few binary searches in each layer. It is 0 only if nothing matches,
    /// and exact where nothing was superseded.
    pub(crate) fn estimate(&self, pattern: Pattern) -> usize {
        let matches = |layer: &Layer| {
            let matches = layer.segment.estimate(pattern);
            layer.share(matches)
        };
        let added = self.merge_state();
        self.layers.iter().map(matches).sum::<usize>()
            + added.map_or(0, |merge| merge.estimate(pattern))
    }

    pub(crate) fn predicate_counts(&self, predicate: u16) -> PredicateCounts {
        self.layers
            .iter()
            .fold(PredicateCounts::default(), |mut sum, layer| {
                let counts = layer.segment.counts(predicate);
                let live = |count: u32| layer.share(count as usize) as u32;
                sum.statements = sum.statements.saturating_add(live(counts.statements));
                sum.subjects = sum.subjects.saturating_add(live(counts.subjects));
                sum.objects = sum.objects.saturating_add(live(counts.objects));
                sum
            })
    }

    pub(crate) fn predicate_number(&self, term: u32) -> Option<u16> {
        self.predicates.find(term)
    }

    pub(crate) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    pub(crate) fn predicate_table(&self) -> &Arc<Predicates> {
        &self.predicates
    }

    /// The term of a source's graph IRI.
    pub(crate) fn graph_term(&self, source: u16) -> u32 {
        self.table.graph_terms[usize::from(source)]
    }

    /// The live source whose graph has this IRI.
    pub(crate) fn source_of_graph(&self, term: u32) -> Option<u16> {
        let source = self.table.by_graph.get(&term).copied()?;
        self.source_info(SourceId(source)).map(|info| info.id.0)
    }

    /// Tells whether a statement found in a layer counts.
    #[inline]
    fn counts(&self, layer: usize, row: Row) -> bool {
        usize::from(self.floors[usize::from(row.source)]) <= layer
            && (self.layers[layer].killed.is_empty() || !self.is_taken_back(layer, row))
    }

    fn is_taken_back(&self, layer: usize, row: Row) -> bool {
        let newer = &self.layers[layer + 1..];
        newer.iter().any(|newer| newer.takes_back(row))
    }

    /// Tells whether its source makes a statement.
    pub(crate) fn claims_row(&self, row: Row) -> bool {
        self.layer_that_says(row).is_some()
    }

    /// The layer in which a statement counts.
    fn layer_that_says(&self, row: Row) -> Option<usize> {
        (0..self.layers.len()).rev().find(|&at| {
            let layer = &self.layers[at];
            layer
                .segment
                .says(row.subject, row.predicate, row.object, |source| {
                    source == row.source && self.counts(at, row)
                })
        })
    }
}
