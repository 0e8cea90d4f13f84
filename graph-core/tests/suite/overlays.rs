//! Overlays: derived statements on top of a snapshot.

use graph_core::export::{Selection, write};
use graph_core::rdf::{BlankNode, Literal, RdfTerm, Statement};
use graph_core::results::GraphFormat;
use graph_core::sparql::{ParseLimits, Query, QueryOptions, QueryResults};
use graph_core::{Error, Scope, Snapshot, Store, Timestamp};

use crate::support::*;

fn store() -> Store {
    let store = Store::in_memory();
    for (source, statements) in [
        (
            "a",
            vec![link("x", "broader", "y"), link("y", "broader", "z")],
        ),
        ("b", vec![link("x", "broader", "y")]),
    ] {
        store.commit(replace(source, statements)).unwrap();
    }
    store
}

fn all(snapshot: &Snapshot, scope: Scope) -> usize {
    snapshot.matching(None, None, None, scope).count()
}

fn ask(snapshot: &Snapshot, query: &str) -> bool {
    let query = Query::parse(query, None, &ParseLimits::default()).unwrap();
    match snapshot.query(&query, &QueryOptions::default()).unwrap() {
        QueryResults::Boolean(answer) => answer,
        _ => panic!("not an ASK"),
    }
}

#[test]
fn an_overlay_is_seen_but_never_claimed() {
    let store = store();
    let base = store.snapshot();
    let derived = vec![
        link("x", "broader", "z"),
        link("x", "broader", "y"),
        link("new", "says", "new"),
    ];
    let name = source("skos");
    let shown = base.with_overlay(&name, "entailment", derived).unwrap();

    assert_eq!((all(&base, Scope::Union), base.len()), (2, 3));
    assert_eq!((all(&shown, Scope::Union), shown.len()), (4, 3));
    assert_eq!(all(&shown, Scope::Claims), 3);
    let source = shown.source_id(&name).unwrap();
    assert_eq!(all(&shown, Scope::Source(source)), 3);
    let info = shown.source_info(source).unwrap();
    assert!(info.derived && info.statements == 3 && info.kind == "entailment");
    assert_eq!(info.committed_at, Timestamp(7));
    assert_eq!(base.source_id(&name), None);
    assert_eq!(shown.version(), base.version());

    let x = base.id_of_iri("http://example.com/x").unwrap();
    assert_eq!(shown.id_of_iri("http://example.com/x"), Some(x));
    assert!(shown.id_of_iri("http://example.com/new").unwrap().index() >= base.term_bound());
    assert!(ask(
        &shown,
        "ASK { GRAPH <urn:isogloss:source:skos> { <http://example.com/x> ?p <http://example.com/z> } }"
    ));
    assert!(ask(&shown, "ASK { <http://example.com/new> ?p ?o }"));
}

#[test]
fn an_export_leaves_overlays_out() {
    let store = store();
    let base = store.snapshot();
    let shown = base
        .with_overlay(
            &source("skos"),
            "entailment",
            vec![link("x", "broader", "z")],
        )
        .unwrap();
    for selection in [Selection::Claims, Selection::Merged] {
        let export = |snapshot: &Snapshot| {
            let mut out = Vec::new();
            write(snapshot, selection, GraphFormat::NQuads, &[], &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(export(&shown), export(&base));
    }
}

#[test]
fn overlays_of_numbers_are_checked() {
    let store = store();
    store
        .commit(replace("c", vec![fact("x", "label", Literal::from("X"))]))
        .unwrap();
    let base = store.snapshot();
    let id = |name: &str| base.id_of_iri(node(name).as_str()).unwrap();
    let (x, y, broader) = (id("x"), id("y"), id("broader"));
    let name = source("numbers");
    let shown = base
        .with_overlay(&name, "entailment", vec![[y, broader, x]])
        .unwrap();
    assert!(ask(
        &shown,
        "ASK { <http://example.com/y> <http://example.com/broader> <http://example.com/x> }"
    ));

    let text = base.first_object(x, id("label")).unwrap();
    for wrong in [[text, broader, x], [x, text, y]] {
        let refused = base.with_overlay(&name, "entailment", vec![wrong]);
        assert!(matches!(refused, Err(Error::UnknownTerm { id }) if id == text));
    }
    let taken = shown.with_overlay(&name, "entailment", Vec::<Statement>::new());
    assert!(matches!(taken, Err(Error::SourceExists { .. })));

    let second = source("second");
    let both = shown
        .with_overlay(&second, "entailment", vec![[x, broader, x]])
        .unwrap();
    assert_eq!(all(&both, Scope::Union), all(&base, Scope::Union) + 2);
    assert_eq!(all(&both, Scope::Claims), all(&base, Scope::Claims));
}

#[test]
fn blank_nodes_of_a_snapshot_stay_themselves_in_an_overlay() {
    let store = Store::in_memory();
    let has = fact("x", "has", BlankNode::new_unchecked("n"));
    store.commit(replace("a", vec![has])).unwrap();
    let base = store.snapshot();
    let said = base
        .matching(None, None, None, Scope::Union)
        .next()
        .unwrap();
    let inverse = Statement::new(
        match base.statement(said).object {
            RdfTerm::BlankNode(found) => found,
            other => panic!("{other}"),
        },
        node("of"),
        node("x"),
    );
    let shown = base
        .with_overlay(&source("inverse"), "entailment", vec![inverse])
        .unwrap();
    assert!(ask(
        &shown,
        "ASK { <http://example.com/x> <http://example.com/has> ?n . ?n <http://example.com/of> <http://example.com/x> }"
    ));
}
