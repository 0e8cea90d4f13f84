//! Labels of blank nodes in an export of several sources: they name the source, not its number in one store.
//!
//! A source whose labels all name it already keeps them, so that what was exported, read back into sources of the same
//! names and exported again is the same text.

use oxrdf::{BlankNode, NamedOrBlankNode, Term, Triple};

use crate::dictionary::{Dictionary, Key, Kind, split_blank_label};
use crate::names::SourceName;
use crate::snapshot::{Scope, Snapshot};

/// How the blank nodes of one source are called.
struct Label {
    prefix: String,
    /// The source's own labels start with it.
    is_own: bool,
}

pub(super) struct Labels {
    by_source: Vec<Option<Label>>,
}

impl Labels {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut by_source = Vec::new();
        for info in snapshot.sources() {
            let prefix = prefix(&info.name);
            let is_own = all_start_with(snapshot, info.id, &prefix);
            by_source.resize_with(info.id.index() + 1, || None);
            if let Some(label) = by_source.last_mut() {
                *label = Some(Label { prefix, is_own });
            }
        }
        Self { by_source }
    }

    /// Gives the blank nodes of a statement the labels of the export.
    pub(super) fn apply(&self, statement: Triple) -> Triple {
        Triple {
            subject: match statement.subject {
                NamedOrBlankNode::BlankNode(node) => self.label(&node).into(),
                NamedOrBlankNode::NamedNode(node) => node.into(),
            },
            predicate: statement.predicate,
            object: match statement.object {
                Term::BlankNode(node) => self.label(&node).into(),
                Term::Triple(triple) => self.apply(*triple).into(),
                other => other,
            },
        }
    }

    fn label(&self, node: &BlankNode) -> BlankNode {
        let Some((source, own)) = split_blank_label(node.as_str()) else {
            return node.clone();
        };
        match self.by_source.get(usize::from(source)) {
            Some(Some(label)) if label.is_own => BlankNode::new_unchecked(own),
            Some(Some(label)) => BlankNode::new_unchecked(format!("{}{own}", label.prefix)),
            _ => node.clone(),
        }
    }
}

/// A name in letters and digits and an end that cannot occur inside: no prefix begins another.
fn prefix(name: &SourceName) -> String {
    let letters = name.as_str().bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("_{byte:02x}")
        }
    });
    format!("s{}--", letters.collect::<Vec<_>>().concat())
}

fn all_start_with(snapshot: &Snapshot, source: crate::names::SourceId, prefix: &str) -> bool {
    let dictionary = snapshot.dictionary();
    snapshot
        .matching(None, None, None, Scope::Source(source))
        .all(|found| {
            starts_with(dictionary, found.subject.0, prefix)
                && starts_with(dictionary, found.object.0, prefix)
        })
}

fn starts_with(dictionary: &Dictionary, term: u32, prefix: &str) -> bool {
    match dictionary.kind(term) {
        Kind::Blank => dictionary.key(term).text.starts_with(prefix),
        // Terms nest no deeper than a parser lets them.
        Kind::Triple => {
            let parts = Key::triple_parts(dictionary.key(term).text);
            parts
                .into_iter()
                .all(|part| starts_with(dictionary, part, prefix))
        }
        _ => true,
    }
}
