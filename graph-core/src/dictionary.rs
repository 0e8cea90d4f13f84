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
use layer::Layer;

use crate::error::{Error, Result};

/// Numbers from here up are free for a query's own terms.
pub(crate) const TERM_LIMIT: u32 = 1 << 29;
/// The greatest length of a term's text.
const TERM_BYTES_MAX: usize = 64 << 20;
const LAYERS_MAX: usize = 8;

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
        self.layers.iter().find_map(|layer| layer.find(key))
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

    /// Appends a layer of new terms, merging layers of similar size when there are too many.
    pub(crate) fn push(&mut self, layer: Layer) {
        if layer.is_empty() {
            return;
        }
        self.layers.push(Arc::new(layer));
        if self.layers.len() <= LAYERS_MAX {
            return;
        }
        let mut from = self.layers.len() - 1;
        let mut size = self.layers[from].len();
        while from > 0 && self.layers[from - 1].len() <= size * 2 {
            from -= 1;
            size += self.layers[from].len();
        }
        // Nothing of similar size: the two smallest neighbours at the end keep the number of layers bounded.
        let from = from.min(self.layers.len() - 2);
        let merged = Layer::concatenate(&self.layers[from..]);
        self.layers.truncate(from);
        self.layers.push(Arc::new(merged));
    }

    /// Keeps only the used terms (and the parts of used triple terms); returns the new number of each old term.
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
        let mut layer = Layer::new(0);
        for id in used.ones() {
            let key = self.key(id as u32);
            renamed[id] = if key.kind == Kind::Triple {
                let [s, p, o] = Key::triple_parts(key.text).map(|part| renamed[part as usize]);
                layer.intern(&Key::triple(&Key::triple_text(s, p, o)))
            } else {
                layer.intern(&key)
            };
        }
        layer.shrink();
        let mut dictionary = Self::default();
        dictionary.push(layer);
        (dictionary, renamed)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.layers.iter().map(|layer| layer.heap_bytes()).sum()
    }
}

/// Numbers the terms of one source on top of a dictionary.
pub(crate) struct Numbering {
    known: Dictionary,
    fresh: Layer,
}

impl Numbering {
    pub(crate) fn new(known: Dictionary) -> Self {
        let fresh = Layer::new(known.len());
        Self { known, fresh }
    }

    pub(crate) fn number(&mut self, key: &Key<'_>) -> Result<u32> {
        if key.text.len() > TERM_BYTES_MAX {
            return Err(Error::TermTooLong {
                bytes: key.text.len(),
                limit: TERM_BYTES_MAX,
            });
        }
        if let Some(id) = self.known.find(key) {
            return Ok(id);
        }
        if self.fresh.end() >= TERM_LIMIT {
            return Err(Error::TooManyTerms {
                limit: u64::from(TERM_LIMIT),
            });
        }
        Ok(self.fresh.intern(key))
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

    /// Numbers subject, predicate and object of a statement said by the source.
    pub(crate) fn number_statement(&mut self, statement: &Triple, source: u16) -> Result<[u32; 3]> {
        let subject = match &statement.subject {
            NamedOrBlankNode::NamedNode(node) => self.number(&Key::iri(node.as_str()))?,
            NamedOrBlankNode::BlankNode(node) => {
                self.number(&Key::blank(source, own_blank_label(node.as_str(), source)))?
            }
        };
        let predicate = self.number(&Key::iri(statement.predicate.as_str()))?;
        Ok([
            subject,
            predicate,
            self.number_term(&statement.object, source)?,
        ])
    }

    /// Ends the numbering: the dictionary with the new terms in it.
    pub(crate) fn finish(mut self) -> Dictionary {
        self.fresh.shrink();
        self.known.push(self.fresh);
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
