//! The keys of an object, each read with its type checked and remembered, so that none is passed over in silence.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::document::Document;
use super::report::Severity;
use super::tree::{Entry, Node, Value};
use crate::layer::Notes;

/// How far the keys of an object are compared pairwise; longer objects use a set.
const PAIRWISE_MAX: usize = 32;

/// An object of a document, and which of its keys have been read.
pub(super) struct Fields<'a> {
    document: &'a Document<'a>,
    node: &'a Node<'a>,
    taken: RefCell<Vec<bool>>,
}

impl<'a> Fields<'a> {
    /// Takes a node as an object; reports it if it is none.
    pub(super) fn of(document: &'a Document<'a>, node: &'a Node<'a>) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            wrong_type(document, node, "an object");
            return None;
        };
        duplicates(document, entries);
        Some(Self {
            document,
            node,
            taken: RefCell::new(vec![false; entries.len()]),
        })
    }

    /// Returns the document.
    pub(super) fn document(&self) -> &'a Document<'a> {
        self.document
    }

    /// Returns the node.
    pub(super) fn node(&self) -> &'a Node<'a> {
        self.node
    }

    /// Returns the value under a key that is neither absent nor null; the key counts as read.
    pub(super) fn get(&self, key: &str) -> Option<&'a Node<'a>> {
        let mut taken = self.taken.borrow_mut();
        let mut value = None;
        for (entry, taken) in self.node.entries().iter().zip(taken.iter_mut()) {
            if entry.key == key {
                *taken = true;
                value = Some(&entry.value);
            }
        }
        value.filter(|node| node.value != Value::Null)
    }

    /// Tells whether a key is there and not null; it does not count as read.
    pub(super) fn has(&self, key: &str) -> bool {
        self.node.get(key).is_some()
    }

    /// Returns a scalar as text, blanks around it included, unless it is empty.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        let node = self.get(key)?;
        let text = text_of(self.document, node)?;
        (!text.trim().is_empty()).then_some(text)
    }

    /// Returns a scalar as an owned text.
    pub(super) fn owned(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    /// Returns a name: a scalar without the blanks around it; reports it if it is missing.
    pub(super) fn name(&self, key: &str) -> Option<&'a str> {
        let name = self.text(key).map(str::trim);
        if name.is_none() && self.node.get(key).is_none_or(Node::is_empty) {
            let message = format!("`{key}` is missing, so this is left out");
            self.problem(Severity::Error, "missing_key", message, Some(key));
        }
        name
    }

    /// Returns a truth value.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let node = self.get(key)?;
        match &node.value {
            Value::Bool(flag) => Some(*flag),
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => {
                wrong_type(self.document, node, "a boolean");
                None
            }
        }
    }

    /// Returns a number of any kind that can be read from text.
    pub(super) fn number<N: std::str::FromStr>(&self, key: &str, expected: &str) -> Option<N> {
        let node = self.get(key)?;
        let number = node.text().and_then(|text| text.parse().ok());
        if number.is_none() {
            wrong_type(self.document, node, expected);
        }
        number
    }

    /// Returns a whole number, also when it is written as `7.0`.
    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        let node = self.get(key)?;
        let number = node.text().and_then(integer_of);
        if number.is_none() {
            wrong_type(self.document, node, "a whole number");
        }
        number
    }

    /// Returns an object.
    pub(super) fn object(&self, key: &str) -> Option<Self> {
        Self::of(self.document, self.get(key)?)
    }

    /// Returns the items of a list; reports anything else.
    pub(super) fn list(&self, key: &str) -> &'a [Node<'a>] {
        let Some(node) = self.get(key) else {
            return &[];
        };
        if let Value::List(items) = &node.value {
            return items;
        }
        wrong_type(self.document, node, "a list");
        &[]
    }

    /// Returns the texts of a list; a single text is a list of one.
    pub(super) fn texts(&self, key: &str) -> Vec<&'a str> {
        let Some(node) = self.get(key) else {
            return Vec::new();
        };
        node.items()
            .iter()
            .filter_map(|item| text_of(self.document, item))
            .collect()
    }

    /// Returns the texts of a list as owned ones.
    pub(super) fn strings(&self, key: &str) -> Vec<String> {
        self.texts(key).into_iter().map(str::to_owned).collect()
    }

    /// Returns the objects of a list.
    pub(super) fn objects(&self, key: &str) -> Vec<Self> {
        self.list(key)
            .iter()
            .filter_map(|item| Self::of(self.document, item))
            .collect()
    }

    /// Returns a value as JSON.
    pub(super) fn json(&self, key: &str) -> Option<serde_json::Value> {
        self.get(key)
            .filter(|node| !node.is_empty())
            .map(Node::to_json)
    }

    /// Takes the keys that have not been read: those of `known` are kept as they are, others are kept and noted.
    ///
    /// What says nothing (null, or an empty text, list or object) is passed over.
    pub(super) fn rest(&self, known: &[&str]) -> BTreeMap<String, serde_json::Value> {
        let mut kept = BTreeMap::new();
        let mut taken = self.taken.borrow_mut();
        for (entry, taken) in self.node.entries().iter().zip(taken.iter_mut()) {
            if std::mem::replace(taken, true) || entry.value.is_empty() {
                continue;
            }
            let key = entry.key.as_ref();
            if !known.contains(&key) {
                let message = format!("`{key}` is kept as it is; it has no meaning here");
                self.document
                    .problem(Severity::Note, "unknown_key", message, &entry.value, None);
            }
            kept.insert(key.to_owned(), entry.value.to_json());
        }
        kept
    }

    /// Reports the keys that have not been read and are left out, except for those that are known to say nothing more.
    pub(super) fn leave(&self, known: &[&str]) {
        let mut taken = self.taken.borrow_mut();
        for (entry, taken) in self.node.entries().iter().zip(taken.iter_mut()) {
            let key = entry.key.as_ref();
            if std::mem::replace(taken, true) || entry.value.is_empty() || known.contains(&key) {
                continue;
            }
            let message = format!("`{key}` has no meaning here and is left out");
            let node = &entry.value;
            self.document
                .problem(Severity::Warning, "unknown_key", message, node, None);
        }
    }

    /// Reads label and description, and keeps whatever has not been read.
    pub(super) fn notes(&self, known: &[&str]) -> Notes {
        Notes {
            label: self.owned("label"),
            description: self.owned("description"),
            extensions: self.rest(known),
            ..Notes::default()
        }
    }

    /// Reports that something is left out.
    pub(super) fn error(&self, code: &'static str, message: impl Into<String>) {
        self.problem(Severity::Error, code, message, None);
    }

    /// Reports that something is understood in part.
    pub(super) fn warn(&self, code: &'static str, message: impl Into<String>, key: &str) {
        match self.node.get(key) {
            Some(node) => self
                .document
                .problem(Severity::Warning, code, message, node, None),
            None => self.problem(Severity::Warning, code, message, Some(key)),
        }
    }

    /// Notes a problem of the object, or of a key that it lacks.
    pub(super) fn problem(
        &self,
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        key: Option<&str>,
    ) {
        self.document
            .problem(severity, code, message, self.node, key);
    }
}

/// Returns a scalar as text; reports lists and objects.
pub(super) fn text_of<'a>(document: &Document<'_>, node: &'a Node<'_>) -> Option<&'a str> {
    let text = node.raw_text();
    if text.is_none() && node.value != Value::Null {
        wrong_type(document, node, "a text");
    }
    text
}

/// Reports that a value is not of the type that it should be of.
pub(super) fn wrong_type(document: &Document<'_>, node: &Node<'_>, expected: &str) {
    let message = format!("expected {expected}, found {}", node.type_name());
    document.problem(Severity::Warning, "wrong_type", message, node, None);
}

fn integer_of(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let float: f64 = text.parse().ok()?;
        (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
    })
}

/// Reports keys that occur twice; YAML has refused them before.
fn duplicates(document: &Document<'_>, entries: &[Entry<'_>]) {
    let mut seen = FxHashSet::default();
    for (number, entry) in entries.iter().enumerate() {
        let again = if entries.len() <= PAIRWISE_MAX {
            entries[..number].iter().any(|other| other.key == entry.key)
        } else {
            !seen.insert(entry.key.as_ref())
        };
        if again {
            let message = format!("`{}` occurs twice; the last one counts", entry.key);
            document.problem(
                Severity::Warning,
                "duplicate_key",
                message,
                &entry.value,
                None,
            );
        }
    }
}
