//! Statements by subject and by object, which is all that writing needs.

use std::collections::BTreeMap;

use graph_core::rdf::{NamedOrBlankNode, RdfTerm, Statement};
use ontologies::{iso, rdf};
use serde_json::Value;

/// What is known, in the order of IRIs, so that what is written does not depend on the order of what is read.
pub(super) struct Facts {
    of: BTreeMap<String, Vec<(String, RdfTerm)>>,
    /// Subjects by object and predicate.
    back: BTreeMap<String, Vec<(String, String)>>,
}

impl Facts {
    pub(super) fn of(statements: impl IntoIterator<Item = Statement>) -> Self {
        let mut of: BTreeMap<String, Vec<(String, RdfTerm)>> = BTreeMap::new();
        let mut back: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for statement in statements {
            let NamedOrBlankNode::NamedNode(subject) = statement.subject else {
                continue;
            };
            let subject = subject.into_string();
            let predicate = statement.predicate.into_string();
            if let RdfTerm::NamedNode(object) = &statement.object {
                back.entry(object.as_str().to_owned())
                    .or_default()
                    .push((predicate.clone(), subject.clone()));
            }
            of.entry(subject)
                .or_default()
                .push((predicate, statement.object));
        }
        for links in back.values_mut() {
            links.sort_unstable();
        }
        Self { of, back }
    }

    fn values(&self, subject: &str, predicate: &str) -> Vec<&RdfTerm> {
        let all = self.of.get(subject).map_or(&[][..], Vec::as_slice);
        all.iter()
            .filter(|(found, _)| found == predicate)
            .map(|(_, value)| value)
            .collect()
    }

    /// The texts of a property, sorted.
    pub(super) fn texts(&self, subject: &str, predicate: &str) -> Vec<&str> {
        let mut found: Vec<&str> = self
            .values(subject, predicate)
            .into_iter()
            .filter_map(|value| match value {
                RdfTerm::Literal(literal) => Some(literal.value()),
                _ => None,
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// The one text of a property, the first where there are many.
    pub(super) fn text(&self, subject: &str, predicate: &str) -> Option<&str> {
        self.texts(subject, predicate).into_iter().next()
    }

    /// What a property links to, sorted.
    pub(super) fn links(&self, subject: &str, predicate: &str) -> Vec<&str> {
        let mut found: Vec<&str> = self
            .values(subject, predicate)
            .into_iter()
            .filter_map(|value| match value {
                RdfTerm::NamedNode(node) => Some(node.as_str()),
                _ => None,
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// What links to something by a property, sorted.
    pub(super) fn back(&self, object: &str, predicate: &str) -> Vec<&str> {
        let all = self.back.get(object).map_or(&[][..], Vec::as_slice);
        all.iter()
            .filter(|(found, _)| found == predicate)
            .map(|(_, subject)| subject.as_str())
            .collect()
    }

    /// Everything of a class, sorted.
    pub(super) fn of_class(&self, class: &str) -> Vec<&str> {
        self.back(class, rdf::TYPE)
    }

    pub(super) fn is_a(&self, subject: &str, class: &str) -> bool {
        self.links(subject, rdf::TYPE).contains(&class)
    }

    pub(super) fn flag(&self, subject: &str, predicate: &str) -> Option<bool> {
        self.text(subject, predicate)?.parse().ok()
    }

    pub(super) fn number(&self, subject: &str, predicate: &str) -> Option<i64> {
        self.text(subject, predicate)?.parse().ok()
    }

    /// What a source said beyond the vocabulary: keys and values, sorted.
    pub(super) fn extras(&self, subject: &str) -> Vec<(String, Value)> {
        let texts = self.texts(subject, iso::EXTRA);
        let pairs = texts.into_iter().filter_map(|text| {
            // The value is JSON, whose start is never an `=`.
            let (key, value) = text.split_once('=')?;
            Some((key.to_owned(), serde_json::from_str(value).ok()?))
        });
        pairs.collect()
    }

    /// The subjects whose IRIs start so, sorted.
    pub(super) fn below<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        self.of
            .range(start.to_owned()..)
            .map(|(subject, _)| subject.as_str())
            .take_while(move |subject| subject.starts_with(start))
    }
}

/// The last part of an IRI, decoded.
pub(super) fn last_part(iri: &str) -> String {
    let last = iri.rsplit(['/', '#', ':']).next().unwrap_or(iri);
    decoded(last)
}

/// Undoes percent-encoding; what is none is left as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        bytes.push(code.unwrap_or(first));
        let taken = if code.is_some() { 2 } else { 0 };
        rest = after.get(taken..).unwrap_or_default();
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
