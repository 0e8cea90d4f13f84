//! Both evaluators see the merged view, and graphs beside it stay beside it.

use std::collections::BTreeSet;

use graph_core::rdf::Literal;
use graph_core::sparql::{Evaluator, ParseLimits, Query, QueryOptions, QueryResults};
use graph_core::{MergeRules, Scope, Snapshot, Store};

use crate::merging::{Random, rules, seen};
use crate::support::*;

fn rows(snapshot: &Snapshot, text: &str, evaluator: Evaluator) -> Vec<String> {
    let text = format!(
        "PREFIX : <http://example.com/> PREFIX owl: <http://www.w3.org/2002/07/owl#> {text}"
    );
    let query = Query::parse(&text, None, &ParseLimits::default()).unwrap();
    let options = QueryOptions {
        evaluator,
        ..QueryOptions::default()
    };
    let QueryResults::Solutions(found) = snapshot.query(&query, &options).unwrap() else {
        panic!("not a SELECT");
    };
    let mut rows: Vec<String> = found
        .map(|row| {
            let row = row.unwrap();
            let values: Vec<String> = row.iter().flatten().map(ToString::to_string).collect();
            values.join(" ")
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn both_evaluators_read_the_merged_view() {
    let store = Store::in_memory();
    store.set_merge_rules(rules()).unwrap();
    let mut random = Random(17);
    for _ in 0..50 {
        store.commit(random.commit()).unwrap();
        let snapshot = store.snapshot();
        let all = "SELECT ?s ?p ?o { ?s ?p ?o }";
        let view: Vec<String> = seen(&snapshot).into_iter().collect();
        assert_eq!(rows(&snapshot, all, Evaluator::Engine), view);
        assert_eq!(rows(&snapshot, all, Evaluator::Complete), view);
        let (a, b) = (random.below(9), random.below(9));
        for query in [
            format!("SELECT ?o {{ :thing{a} :title ?o }}"),
            format!("SELECT ?p ?o {{ :thing{a} ?p ?o }}"),
            format!("SELECT ?s {{ ?s :owner :thing{b} }}"),
            format!("SELECT ?x {{ :thing{a} :column+ ?x }}"),
            format!("SELECT ?x {{ ?x (:column|:owner)+ :thing{b} }}"),
            "SELECT ?s ?o { ?s :title ?o }".to_owned(),
            "SELECT ?s ?n { ?s :column/:name ?n }".to_owned(),
            "SELECT ?s ?t { ?s :type ?t OPTIONAL { ?s :key ?k } }".to_owned(),
            "SELECT ?s (COUNT(?o) AS ?n) { ?s :plain ?o } GROUP BY ?s".to_owned(),
            "SELECT ?g ?o { GRAPH ?g { ?s :title ?o } ?s :key ?k }".to_owned(),
            "SELECT ?a ?b { ?a owl:sameAs ?b }".to_owned(),
        ] {
            assert_eq!(
                rows(&snapshot, &query, Evaluator::Engine),
                rows(&snapshot, &query, Evaluator::Complete),
                "{query}"
            );
        }
    }
    assert!(store.snapshot().merge_stats().added > 0);
}

#[test]
fn a_named_overlay_is_seen_by_its_name_alone() {
    for rules in [MergeRules::default(), rules()] {
        let store = Store::in_memory();
        store.set_merge_rules(rules).unwrap();
        let said = vec![
            fact("x", "title", Literal::from("X")),
            link("x", "plain", "y"),
        ];
        store.commit(replace("a", said.clone())).unwrap();
        let base = store.snapshot();
        let about = vec![link("a", "kind", "test"), said[1].clone()];
        let shown = base
            .with_named_overlay(&source("about"), "provenance", about)
            .unwrap();
        let derived = vec![link("y", "plain", "x")];
        let shown = shown
            .with_overlay(&source("entailed"), "entailment", derived)
            .unwrap();

        let count = |scope| shown.matching(None, None, None, scope).count();
        assert_eq!(
            (
                count(Scope::Union),
                count(Scope::Merged),
                count(Scope::Claims)
            ),
            (3, 3, 2)
        );
        for evaluator in [Evaluator::Engine, Evaluator::Complete] {
            let found = |text: &str| rows(&shown, text, evaluator).len();
            assert_eq!(found("SELECT * { ?s ?p ?o }"), 3);
            assert_eq!(found("SELECT * { :a ?p ?o }"), 0);
            assert_eq!(found("SELECT * { :a :kind ?o }"), 0);
            assert_eq!(found("SELECT * { :x :plain ?o }"), 1);
            assert_eq!(
                found("SELECT * { GRAPH <urn:isogloss:source:about> { ?s ?p ?o } }"),
                2
            );
            assert_eq!(found("SELECT * { GRAPH ?g { ?s ?p ?o } }"), 5);
        }
    }
}

#[test]
fn claims_that_contradict_nothing_cost_nothing() {
    let store = Store::in_memory();
    store.set_merge_rules(rules()).unwrap();
    for name in ["a", "b"] {
        let said = (0..50).map(|n| fact(&format!("{name}{n}"), "title", Literal::from(n)));
        store.commit(replace(name, said.collect())).unwrap();
    }
    let snapshot = store.snapshot();
    let union: BTreeSet<_> = snapshot.matching(None, None, None, Scope::Union).collect();
    let merged: BTreeSet<_> = snapshot.matching(None, None, None, Scope::Merged).collect();
    assert_eq!(union, merged);
    let stats = snapshot.merge_stats();
    assert_eq!((stats.hidden, stats.added, stats.heap_bytes), (0, 0, 0));
}
