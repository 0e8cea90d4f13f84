//! The statements of the shapes, indexed by subject.

use std::collections::BTreeMap;

use graph_core::rdf::{Literal, RdfTerm, Statement};

use crate::error::{Error, Result};
use crate::vocabulary::{RDF_FIRST, RDF_NIL, RDF_REST, sh};

/// The greatest number of members of one list.
const LIST_MAX: usize = 100_000;

/// The statements that shapes are read from.
pub(crate) struct Graph {
    /// Subject (as N-Triples) to predicate to objects: sorted, so that every read gives the same shapes.
    subjects: BTreeMap<String, Node>,
}

struct Node {
    term: RdfTerm,
    properties: BTreeMap<String, Vec<RdfTerm>>,
}

impl Graph {
    pub(crate) fn new(statements: &[Statement]) -> Self {
        let mut subjects: BTreeMap<String, Node> = BTreeMap::new();
        for statement in statements {
            let term = RdfTerm::from(statement.subject.clone());
            let node = subjects.entry(term.to_string()).or_insert_with(|| Node {
                term,
                properties: BTreeMap::new(),
            });
            let objects = node
                .properties
                .entry(statement.predicate.as_str().to_owned())
                .or_default();
            if !objects.contains(&statement.object) {
                objects.push(statement.object.clone());
            }
        }
        for node in subjects.values_mut() {
            for objects in node.properties.values_mut() {
                objects.sort_by_cached_key(ToString::to_string);
            }
        }
        Self { subjects }
    }

    /// Every subject, sorted.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = &RdfTerm> {
        self.subjects.values().map(|node| &node.term)
    }

    /// The predicates of a subject, sorted.
    pub(crate) fn predicates(&self, subject: &RdfTerm) -> impl Iterator<Item = &str> {
        let node = self.subjects.get(&subject.to_string());
        node.into_iter()
            .flat_map(|node| node.properties.keys().map(String::as_str))
    }

    /// The objects of a subject and predicate.
    pub(crate) fn objects(&self, subject: &RdfTerm, predicate: &str) -> &[RdfTerm] {
        self.subjects
            .get(&subject.to_string())
            .and_then(|node| node.properties.get(predicate))
            .map_or(&[], Vec::as_slice)
    }

    /// The values of a SHACL parameter, by its local name.
    pub(crate) fn values(&self, shape: &RdfTerm, local: &str) -> &[RdfTerm] {
        self.objects(shape, &sh(local))
    }

    pub(crate) fn has(&self, subject: &RdfTerm, predicate: &str, iri: &str) -> bool {
        self.objects(subject, predicate)
            .iter()
            .any(|object| matches!(object, RdfTerm::NamedNode(node) if node.as_str() == iri))
    }

    /// The one value of a parameter, if it has any.
    pub(crate) fn one(&self, shape: &RdfTerm, local: &str) -> Result<Option<&RdfTerm>> {
        match self.values(shape, local) {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            more => Err(malformed(
                shape,
                format!("it has {} values of sh:{local}, one is allowed", more.len()),
            )),
        }
    }

    /// The one literal of a parameter, if it has any.
    pub(crate) fn literal(&self, shape: &RdfTerm, local: &str) -> Result<Option<&Literal>> {
        match self.one(shape, local)? {
            None => Ok(None),
            Some(RdfTerm::Literal(literal)) => Ok(Some(literal)),
            Some(other) => Err(malformed(
                shape,
                format!("sh:{local} `{other}` is no literal"),
            )),
        }
    }

    pub(crate) fn count(&self, shape: &RdfTerm, local: &str) -> Result<Option<u64>> {
        let Some(literal) = self.literal(shape, local)? else {
            return Ok(None);
        };
        let is_integer = literal.datatype().as_str().ends_with("#integer");
        match literal.value().parse() {
            Ok(count) if is_integer => Ok(Some(count)),
            _ => Err(malformed(
                shape,
                format!("sh:{local} `{literal}` is no xsd:integer from 0 up"),
            )),
        }
    }

    /// The members of a list; `shape` and `local` say where it stands.
    pub(crate) fn list(
        &self,
        shape: &RdfTerm,
        local: &str,
        head: &RdfTerm,
    ) -> Result<Vec<RdfTerm>> {
        let broken = || malformed(shape, format!("sh:{local} is not a well-formed list"));
        let mut members = Vec::new();
        let mut at = head.clone();
        while !matches!(&at, RdfTerm::NamedNode(node) if node.as_str() == RDF_NIL) {
            let ([first], [rest]) = (self.objects(&at, RDF_FIRST), self.objects(&at, RDF_REST))
            else {
                return Err(broken());
            };
            members.push(first.clone());
            // A list that comes back to itself never ends.
            if members.len() > LIST_MAX {
                return Err(broken());
            }
            at = rest.clone();
        }
        Ok(members)
    }
}

pub(crate) fn malformed(shape: &RdfTerm, reason: impl Into<String>) -> Error {
    Error::MalformedShape {
        shape: shape_name(shape),
        reason: reason.into(),
    }
}

/// A shape as a person reads it: without angle brackets.
pub(crate) fn shape_name(shape: &RdfTerm) -> String {
    match shape {
        RdfTerm::NamedNode(node) => node.as_str().to_owned(),
        other => other.to_string(),
    }
}
