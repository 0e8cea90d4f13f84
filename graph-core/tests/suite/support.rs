//! Builders that the tests share.

use std::collections::BTreeSet;

use graph_core::rdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, RdfTerm, Statement};
use graph_core::{Change, Commit, Scope, Snapshot, SourceName, Timestamp};

pub(crate) fn node(local: &str) -> NamedNode {
    NamedNode::new(format!("http://example.com/{local}")).unwrap()
}

pub(crate) fn source(name: &str) -> SourceName {
    SourceName::new(name).unwrap()
}

pub(crate) fn fact(s: &str, p: &str, o: impl Into<RdfTerm>) -> Statement {
    Statement::new(node(s), node(p), o)
}

pub(crate) fn link(s: &str, p: &str, o: &str) -> Statement {
    fact(s, p, node(o))
}

pub(crate) fn commit(name: &str, change: Change) -> Commit {
    Commit {
        source: source(name),
        kind: "test".into(),
        actor: "tester".into(),
        time: Timestamp(7),
        change,
    }
}

pub(crate) fn replace(name: &str, statements: Vec<Statement>) -> Commit {
    commit(name, Change::Replace(statements))
}

/// A statement of a source, comparable: the naive model of the graph is a set of these.
pub(crate) type Claim = (String, String);

/// Everything a snapshot says, source by source, with the sources' own blank node labels.
pub(crate) fn claims(snapshot: &Snapshot) -> BTreeSet<Claim> {
    let mut claims = BTreeSet::new();
    for info in snapshot.sources() {
        let mut count = 0;
        for statement in snapshot.statements_of(info.id) {
            assert!(
                claims.insert((info.name.to_string(), statement.to_string())),
                "{statement} came twice"
            );
            count += 1;
        }
        assert_eq!(
            count, info.statements,
            "the count of {} is right",
            info.name
        );
    }
    assert_eq!(claims.len() as u64, snapshot.len());
    claims
}

/// The merged view in text, failing when a statement comes twice.
pub(crate) fn merged(snapshot: &Snapshot) -> BTreeSet<String> {
    let mut merged = BTreeSet::new();
    for found in snapshot.matching(None, None, None, Scope::Union) {
        let text = snapshot.statement(found).to_string();
        assert!(merged.insert(text.clone()), "{text} came twice");
    }
    merged
}

/// A statement out of a small world, so that random ones often meet: also literals, blank nodes and triple terms.
pub(crate) fn small_statement(seed: u32) -> Statement {
    let (s, p, o) = (seed % 7, (seed / 7) % 4, (seed / 28) % 12);
    let subject: NamedOrBlankNode = match s {
        6 => BlankNode::new("b").unwrap().into(),
        s => node(&format!("thing/{s}")).into(),
    };
    let object: RdfTerm = match o {
        0 => Literal::from("plain").into(),
        1 => Literal::from("").into(),
        2 => Literal::new_language_tagged_literal("plain", "en")
            .unwrap()
            .into(),
        3 => Literal::from(7).into(),
        4 => BlankNode::new("b").unwrap().into(),
        5 => Statement::new(node("thing/1"), node("p0"), Literal::from(7)).into(),
        6 => Statement::new(
            node("thing/1"),
            node("p0"),
            Statement::new(BlankNode::new("b").unwrap(), node("q"), node("new")),
        )
        .into(),
        o => node(&format!("thing/{}", o - 7)).into(),
    };
    Statement::new(subject, node(&format!("p{p}")), object)
}
