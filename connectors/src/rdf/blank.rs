//! Blank nodes under names that depend on the document only, so that two reads are identical.

use graph_core::rdf::{BlankNode, NamedOrBlankNode, RdfTerm, Statement};
use rustc_hash::FxHashMap;

/// Renames the blank nodes of one document by order of first occurrence.
pub(super) struct Renamer {
    prefix: String,
    names: FxHashMap<String, BlankNode>,
}

impl Renamer {
    /// Makes a renamer whose names are those of `document` alone.
    pub(super) fn new(document: &str) -> Self {
        Self {
            prefix: format!("d{:010x}", short_hash(document)),
            names: FxHashMap::default(),
        }
    }

    /// Renames the blank nodes of a statement, those inside triple terms too.
    pub(super) fn statement(&mut self, statement: Statement) -> Statement {
        Statement {
            subject: self.subject(statement.subject),
            predicate: statement.predicate,
            object: self.term(statement.object),
        }
    }

    fn subject(&mut self, subject: NamedOrBlankNode) -> NamedOrBlankNode {
        match subject {
            NamedOrBlankNode::BlankNode(node) => self.node(&node).into(),
            NamedOrBlankNode::NamedNode(_) => subject,
        }
    }

    fn term(&mut self, term: RdfTerm) -> RdfTerm {
        match term {
            RdfTerm::BlankNode(node) => self.node(&node).into(),
            // Nesting is bounded before parsing, so this recursion is too.
            RdfTerm::Triple(triple) => RdfTerm::Triple(Box::new(self.statement(*triple))),
            RdfTerm::NamedNode(_) | RdfTerm::Literal(_) => term,
        }
    }

    fn node(&mut self, node: &BlankNode) -> BlankNode {
        if let Some(known) = self.names.get(node.as_str()) {
            return known.clone();
        }
        let renamed = BlankNode::new_unchecked(format!("{}n{}", self.prefix, self.names.len()));
        self.names.insert(node.as_str().to_owned(), renamed.clone());
        renamed
    }
}

/// Forty bits of FNV-1a: the same on every machine and in every release.
fn short_hash(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 40) ^ (hash & 0xff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use graph_core::rdf::{BlankNode, NamedNode, Statement};

    use super::Renamer;

    #[test]
    fn names_follow_the_order_of_occurrence_and_the_document() {
        let knows = NamedNode::new_unchecked("http://example.org/knows");
        let read = |document: &str, labels: [&str; 2]| {
            let [subject, object] = labels.map(BlankNode::new_unchecked);
            Renamer::new(document).statement(Statement::new(subject, knows.clone(), object))
        };
        assert_eq!(read("a.ttl", ["x", "y"]), read("a.ttl", ["p", "q"]));
        assert_ne!(read("a.ttl", ["x", "y"]), read("a.ttl", ["x", "x"]));
        assert_ne!(read("a.ttl", ["x", "y"]), read("b.ttl", ["x", "y"]));
    }
}
