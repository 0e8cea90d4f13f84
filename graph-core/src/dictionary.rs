//! The dictionary: RDF terms to numbers and back.
//!
//! Append-only layers share their memory between snapshots; a commit adds a layer with its new terms and layers of
//! similar size are merged so that a look-up visits few of them. Numbers stay the same until terms that no statement
//! uses any more are thrown away ([`Dictionary::retain`]).

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use oxrdf::{BaseDirection, BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple};

mod arena;
mod key;
mod layer;

pub(crate) use key::{Aux, Key, Kind};
pub(crate) use layer::Layer;
use layer::hash_key;

use crate::error::{Error, Result};

/// Numbers from here up are free for a query's own terms.
pub(crate) const TERM_LIMIT: u32 = 1 << 29;
/// The greatest length of a term's text.
const TERM_BYTES_MAX: usize = 64 << 20;
/// A writer merges layers itself from this many on.
const LAYERS_MAX: usize = 24;
/// Or from this many beside those that are being merged in the background.
const LAYERS_BESIDE: usize = 12;

#[derive(Clone, Default)]
pub(crate) struct Dictionary {
    layers: Vec<Arc<Layer>>,
}

impl Dictionary {
    /// Number of terms: ids are below it.
    pub(crate) fn len(&self) -> u32 {
        self.layers.last().map_or(0, |layer| layer.end())
    }

    /// Tells whether both grew from the same first layer: then neither has numbered its terms anew.
    pub(crate) fn begins_like(&self, other: &Self) -> bool {
        match (self.layers.first(), other.layers.first()) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            (None, _) => true,
            _ => false,
        }
    }

    fn layer_of(&self, id: u32) -> &Layer {
        let after = self.layers.partition_point(|layer| layer.first() <= id);
        &self.layers[after - 1]
    }

    pub(crate) fn kind(&self, id: u32) -> Kind {
        self.layer_of(id).kind(id)
    }

    pub(crate) fn key(&self, id: u32) -> Key<'_> {
        self.layer_of(id).key(id)
    }

    pub(crate) fn find(&self, key: &Key<'_>) -> Option<u32> {
        self.find_hashed(hash_key(key), key)
    }

    #[inline]
    fn find_hashed(&self, hash: u64, key: &Key<'_>) -> Option<u32> {
        self.layers.iter().find_map(|layer| layer.find(hash, key))
    }

    pub(crate) fn find_iri(&self, iri: &str) -> Option<u32> {
        self.find(&Key::iri(iri))
    }

    /// Finds a term as readers see it: blank nodes carry the number of their source.
    pub(crate) fn find_term(&self, term: &Term) -> Option<u32> {
        match term {
            Term::NamedNode(node) => self.find_iri(node.as_str()),
            Term::BlankNode(node) => {
                let (source, label) = split_blank_label(node.as_str())?;
                self.find(&Key::blank(source, label))
            }
            Term::Literal(literal) => self.find(&Key::literal(literal)),
            Term::Triple(triple) => {
                let subject = self.find_term(&triple.subject.clone().into())?;
                let predicate = self.find_iri(triple.predicate.as_str())?;
                let object = self.find_term(&triple.object)?;
                let text = Key::triple_text(subject, predicate, object);
                self.find(&Key::triple(&text))
            }
        }
    }

    /// Makes the term; with `scoped`, blank nodes carry the number of their source, else their label as ingested.
    pub(crate) fn term(&self, id: u32, scoped: bool) -> Term {
        let key = self.key(id);
        match (key.kind, key.aux) {
            (Kind::Iri, Aux::Name(prefix)) => {
                let mut iri = String::with_capacity(prefix.len() + key.text.len());
                iri.push_str(prefix);
                iri.push_str(key.text);
                NamedNode::new_unchecked(iri).into()
            }
            (Kind::Blank, Aux::Number(source)) if scoped => {
                BlankNode::new_unchecked(join_blank_label(source, key.text)).into()
            }
            (Kind::Blank, _) => BlankNode::new_unchecked(key.text).into(),
            (Kind::Lang, Aux::Name(tag)) => {
                Literal::new_language_tagged_literal_unchecked(key.text, tag).into()
            }
            (Kind::LangLtr, Aux::Name(tag)) => {
                Literal::new_directional_language_tagged_literal_unchecked(
                    key.text,
                    tag,
                    BaseDirection::Ltr,
                )
                .into()
            }
            (Kind::LangRtl, Aux::Name(tag)) => {
                Literal::new_directional_language_tagged_literal_unchecked(
                    key.text,
                    tag,
                    BaseDirection::Rtl,
                )
                .into()
            }
            (Kind::Typed, Aux::Name(datatype)) => {
                Literal::new_typed_literal(key.text, NamedNode::new_unchecked(datatype)).into()
            }
            (Kind::Triple, _) => self.triple_term(key.text, scoped),
            _ => Literal::new_simple_literal(key.text).into(),
        }
    }

    fn triple_term(&self, text: &str, scoped: bool) -> Term {
        let [subject, predicate, object] = Key::triple_parts(text);
        Triple {
            subject: self.subject(subject, scoped),
            predicate: self.named_node(predicate),
            object: self.term(object, scoped),
        }
        .into()
    }

    /// Makes the term of a subject position.
    pub(crate) fn subject(&self, id: u32, scoped: bool) -> NamedOrBlankNode {
        match self.term(id, scoped) {
            Term::BlankNode(node) => node.into(),
            Term::NamedNode(node) => node.into(),
            Term::Literal(_) | Term::Triple(_) => NamedNode::new_unchecked("").into(),
        }
    }

    /// Makes the term of a predicate position.
    pub(crate) fn named_node(&self, id: u32) -> NamedNode {
        let key = self.key(id);
        match key.aux {
            Aux::Name(prefix) => NamedNode::new_unchecked(format!("{prefix}{}", key.text)),
            _ => NamedNode::new_unchecked(key.text),
        }
    }

    /// Appends a layer of new terms. Beyond a number of layers the newest are merged, those of `busy` terms excepted.
    pub(crate) fn push(&mut self, layer: Layer, busy: u32) {
        if layer.is_empty() {
            return;
        }
        self.layers.push(Arc::new(layer));
        let first = self.layers.partition_point(|layer| layer.first() < busy);
        if self.layers.len() < LAYERS_MAX.max(first + LAYERS_BESIDE) {
            return;
        }
        let from = first + similar(&self.sizes()[first..], 2);
        let from = from.min(self.layers.len() - 2);
        let merged = Layer::concatenate(&self.layers[from..]);
        self.layers.truncate(from);
        self.layers.push(Arc::new(merged));
    }

    /// Number of terms of each layer.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.layers.iter().map(|layer| layer.len()).collect()
    }

    pub(crate) fn layers(&self) -> &[Arc<Layer>] {
        &self.layers
    }

    /// The same dictionary with some layers replaced by their concatenation; `None` when it has other layers by now.
    pub(crate) fn with_merged(&self, parts: &[Arc<Layer>], merged: &Arc<Layer>) -> Option<Self> {
        let is_first = |layer: &Arc<Layer>| parts.first().is_some_and(|p| Arc::ptr_eq(p, layer));
        let from = self.layers.iter().position(is_first)?;
        let to = from + parts.len();
        let here = self.layers.get(from..to)?;
        if !here.iter().zip(parts).all(|(a, b)| Arc::ptr_eq(a, b)) {
            return None;
        }
        let mut layers = self.layers.clone();
        layers.splice(from..to, [Arc::clone(merged)]);
        Some(Self { layers })
    }

    /// Puts a dictionary together from layers that follow each other; `None` when they do not.
    pub(crate) fn from_layers(layers: Vec<Layer>) -> Option<Self> {
        let mut end = 0;
        for layer in &layers {
            if layer.first() != end || layer.is_empty() {
                return None;
            }
            end = layer.end();
        }
        Some(Self {
            layers: layers.into_iter().map(Arc::new).collect(),
        })
    }

    /// Keeps only the used terms (and the parts of used triple terms) in their order; returns the new number of each
    /// old term.
    pub(crate) fn retain(&self, used: &mut FixedBitSet) -> (Self, Vec<u32>) {
        used.grow(self.len() as usize);
        for id in (0..self.len()).rev() {
            if used.contains(id as usize) && self.kind(id) == Kind::Triple {
                for part in Key::triple_parts(self.key(id).text) {
                    used.insert(part as usize);
                }
            }
        }
        let mut renamed = vec![u32::MAX; self.len() as usize];
        let mut kept = Layer::new(0);
        for layer in &self.layers {
            let ids = (layer.first()..layer.end()).filter(|&id| used.contains(id as usize));
            kept.take(layer, ids, Some(&mut renamed));
        }
        kept.freeze();
        let mut dictionary = Self::default();
        dictionary.push(kept, 0);
        (dictionary, renamed)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.layers.iter().map(|layer| layer.heap_bytes()).sum()
    }
}

/// Where the newest of some neighbours begin that are of similar size: none is more than `ratio` times as large as all
/// behind it together.
pub(crate) fn similar(sizes: &[usize], ratio: usize) -> usize {
    let mut from = sizes.len().saturating_sub(1);
    let mut size = sizes.last().copied().unwrap_or_default();
    while from > 0 && sizes[from - 1] <= size.saturating_mul(ratio) {
        from -= 1;
        size += sizes[from];
    }
    from
}

/// Places of the memory of terms met lately.
const RECENT: usize = 1 << 12;

/// Numbers the terms of sources on top of a dictionary.
pub(crate) struct Numbering {
    known: Dictionary,
    fresh: Layer,
    /// Hash and number of terms met lately, by the end of the hash: most terms come again soon.
    recent: Vec<(u64, u32)>,
}

impl Numbering {
    pub(crate) fn new(known: Dictionary) -> Self {
        let fresh = Layer::new(known.len());
        Self {
            known,
            fresh,
            recent: vec![(0, u32::MAX); RECENT],
        }
    }

    pub(crate) fn number(&mut self, key: &Key<'_>) -> Result<u32> {
        if key.text.len() > TERM_BYTES_MAX {
            return Err(Error::TermTooLong {
                bytes: key.text.len(),
                limit: TERM_BYTES_MAX,
            });
        }
        let hash = hash_key(key);
        let place = hash as usize % RECENT;
        let (recent, id) = self.recent[place];
        if recent == hash && id != u32::MAX && self.key(id) == *key {
            return Ok(id);
        }
        let id = match self.known.find_hashed(hash, key) {
            Some(id) => id,
            None if self.fresh.end() >= TERM_LIMIT => {
                return Err(Error::TooManyTerms {
                    limit: u64::from(TERM_LIMIT),
                });
            }
            None => self.fresh.intern(hash, key),
        };
        self.recent[place] = (hash, id);
        Ok(id)
    }

    fn key(&self, id: u32) -> Key<'_> {
        if id >= self.fresh.first() {
            self.fresh.key(id)
        } else {
            self.known.key(id)
        }
    }

    /// Numbers a term said by the source.
    pub(crate) fn number_term(&mut self, term: &Term, source: u16) -> Result<u32> {
        match term {
            Term::NamedNode(node) => self.number(&Key::iri(node.as_str())),
            Term::BlankNode(node) => {
                self.number(&Key::blank(source, own_blank_label(node.as_str(), source)))
            }
            Term::Literal(literal) => self.number(&Key::literal(literal)),
            Term::Triple(triple) => {
                let [s, p, o] = self.number_statement(triple, source)?;
                self.number(&Key::triple(&Key::triple_text(s, p, o)))
            }
        }
    }

    /// Numbers the subject of a statement said by the source.
    pub(crate) fn number_subject(&mut self, term: &NamedOrBlankNode, source: u16) -> Result<u32> {
        match term {
            NamedOrBlankNode::NamedNode(node) => self.number(&Key::iri(node.as_str())),
            NamedOrBlankNode::BlankNode(node) => {
                self.number(&Key::blank(source, own_blank_label(node.as_str(), source)))
            }
        }
    }

    /// Numbers subject, predicate and object of a statement said by the source.
    pub(crate) fn number_statement(&mut self, statement: &Triple, source: u16) -> Result<[u32; 3]> {
        Ok([
            self.number_subject(&statement.subject, source)?,
            self.number(&Key::iri(statement.predicate.as_str()))?,
            self.number_term(&statement.object, source)?,
        ])
    }

    /// Finds a term said by the source, without numbering it.
    fn find_term(&self, term: &Term, source: u16) -> Option<u32> {
        match term {
            Term::NamedNode(node) => self.find(&Key::iri(node.as_str())),
            Term::BlankNode(node) => {
                self.find(&Key::blank(source, own_blank_label(node.as_str(), source)))
            }
            Term::Literal(literal) => self.find(&Key::literal(literal)),
            Term::Triple(triple) => {
                let [s, p, o] = self.find_statement(triple, source)?;
                self.find(&Key::triple(&Key::triple_text(s, p, o)))
            }
        }
    }

    /// Finds subject, predicate and object of a statement said by the source, without numbering them.
    pub(crate) fn find_statement(&self, statement: &Triple, source: u16) -> Option<[u32; 3]> {
        Some([
            self.find_term(&statement.subject.clone().into(), source)?,
            self.find(&Key::iri(statement.predicate.as_str()))?,
            self.find_term(&statement.object, source)?,
        ])
    }

    fn find(&self, key: &Key<'_>) -> Option<u32> {
        let hash = hash_key(key);
        let known = self.known.find_hashed(hash, key);
        known.or_else(|| self.fresh.find(hash, key))
    }

    /// Ends the numbering: the dictionary with the new terms in it; `busy` as in [`Dictionary::push`].
    pub(crate) fn finish(mut self, busy: u32) -> Dictionary {
        self.fresh.freeze();
        self.known.push(self.fresh, busy);
        self.known
    }
}

fn join_blank_label(source: u32, label: &str) -> String {
    format!("g{source}--{label}")
}

/// The source and the own label of a blank node as readers see it.
pub(crate) fn split_blank_label(label: &str) -> Option<(u16, &str)> {
    let (source, label) = label.strip_prefix('g')?.split_once("--")?;
    Some((source.parse().ok()?, label))
}

/// A source may hand back its own blank nodes as readers see them.
fn own_blank_label(label: &str, source: u16) -> &str {
    match split_blank_label(label) {
        Some((of, own)) if of == source => own,
        _ => label,
    }
}
