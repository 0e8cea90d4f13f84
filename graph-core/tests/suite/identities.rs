//! Names that mean one thing, as queries see them.

use graph_core::rdf::{Literal, NamedNode, Statement};
use graph_core::sparql::{ParseLimits, Query, QueryOptions, QueryResults};
use graph_core::{Change, Commit, Snapshot, Store};

use crate::merging::{DIFFERENT_FROM, SAME_AS, rules, seen};
use crate::support::*;

fn ask(snapshot: &Snapshot, query: &str) -> Vec<String> {
    let query = format!(
        "PREFIX : <http://example.com/> PREFIX owl: <http://www.w3.org/2002/07/owl#> {query}"
    );
    let query = Query::parse(&query, None, &ParseLimits::default()).unwrap();
    let QueryResults::Solutions(rows) = snapshot.query(&query, &QueryOptions::default()).unwrap()
    else {
        panic!("not a SELECT");
    };
    let mut rows: Vec<String> = rows
        .map(|row| {
            let row = row.unwrap();
            let values: Vec<String> = row.iter().flatten().map(ToString::to_string).collect();
            values.join(" ").replace("http://example.com/", "")
        })
        .collect();
    rows.sort();
    rows
}

fn two_tables() -> Store {
    let store = Store::in_memory();
    store.set_merge_rules(rules()).unwrap();
    let of_kind = |name: &str, kind: &str, statements| Commit {
        kind: kind.to_owned(),
        ..replace(name, statements)
    };
    let table = |table: &str, column: &str, title: &str, kind: &str| {
        vec![
            fact(table, "key", Literal::from("db.orders")),
            link(table, "schema", &format!("{table}/schema")),
            link(
                &format!("{table}/schema"),
                "column",
                &format!("{table}/{column}"),
            ),
            fact(&format!("{table}/{column}"), "name", Literal::from(column)),
            fact(&format!("{table}/{column}"), "type", Literal::from(kind)),
            fact(table, "title", Literal::from(title)),
        ]
    };
    store
        .commit(of_kind(
            "contract",
            "odcs",
            table("c", "id", "Orders, promised", "text"),
        ))
        .unwrap();
    store
        .commit(of_kind(
            "model",
            "dbt",
            table("m", "id", "orders", "varchar"),
        ))
        .unwrap();
    store
        .commit(of_kind(
            "report",
            "rdf",
            vec![link("dashboard", "reads", "c")],
        ))
        .unwrap();
    store
}

#[test]
fn tables_with_one_key_and_their_columns_are_one() {
    let snapshot = two_tables().snapshot();
    assert_eq!(ask(&snapshot, "SELECT ?t { ?t :key ?k }"), ["<m>"]);
    assert_eq!(
        ask(&snapshot, "SELECT ?x { ?x :reads ?t . ?t :title ?title }"),
        ["<dashboard>"]
    );
    assert_eq!(
        ask(&snapshot, "SELECT ?c ?type { ?c :type ?type }"),
        ["<m/id> \"varchar\""]
    );
    assert_eq!(
        ask(&snapshot, "SELECT ?c { :m :schema/:column ?c }"),
        ["<m/id>"]
    );
    assert_eq!(
        ask(&snapshot, "SELECT ?a ?b { ?a owl:sameAs ?b }"),
        ["<m/id> <c/id>", "<m/schema> <c/schema>", "<m> <c>"]
    );
    assert_eq!(
        ask(
            &snapshot,
            "SELECT ?g ?title { GRAPH ?g { ?t :title ?title } }"
        ),
        [
            "<urn:isogloss:source:contract> \"Orders, promised\"",
            "<urn:isogloss:source:model> \"orders\""
        ]
    );
}

#[test]
fn a_name_that_another_stands_for_finds_that_other() {
    let snapshot = two_tables().snapshot();
    assert_eq!(ask(&snapshot, "SELECT ?t { :c :title ?t }"), ["\"orders\""]);
    assert_eq!(
        ask(&snapshot, "SELECT ?x { ?x :reads :c }"),
        ["<dashboard>"]
    );
    assert_eq!(
        ask(&snapshot, "SELECT ?c { :c :schema/:column ?c }"),
        ["<m/id>"]
    );
    assert_eq!(
        ask(&snapshot, "SELECT ?t { VALUES ?x { :c } ?x :title ?t }"),
        ["\"orders\""]
    );
    assert_eq!(
        ask(&snapshot, "SELECT ?t { ?x :title ?t FILTER(?x = :c) }"),
        ["\"orders\""]
    );
    assert_eq!(ask(&snapshot, "SELECT ?x { ?x owl:sameAs :c }"), ["<m>"]);
    assert_eq!(ask(&snapshot, "SELECT ?x { :c owl:sameAs ?x }"), ["<c>"]);
    // As the source claims it, and as FROM asks for it.
    assert_eq!(
        ask(&snapshot, "SELECT ?t { GRAPH ?g { :c :title ?t } }"),
        ["\"Orders, promised\""]
    );
    assert_eq!(
        ask(
            &snapshot,
            "SELECT ?t FROM <urn:isogloss:source:contract> { :c :title ?t }"
        ),
        ["\"Orders, promised\""]
    );
    // A variable that GRAPH binds is a name as a source claims it.
    assert_eq!(
        ask(
            &snapshot,
            "SELECT ?g { GRAPH ?g { ?x :title ?t } FILTER(?x = :c) }"
        ),
        ["<urn:isogloss:source:contract>"]
    );
    assert_eq!(
        ask(
            &snapshot,
            "SELECT ?title { GRAPH ?g { ?c :key ?k } ?x owl:sameAs? ?c . ?x :title ?title }"
        ),
        ["\"orders\"", "\"orders\""]
    );
}

#[test]
fn a_person_may_refuse_an_identity() {
    let store = two_tables();
    let refusal = Statement::new(
        node("c"),
        NamedNode::new_unchecked(DIFFERENT_FROM),
        node("m"),
    );
    let say = |kind: &str, statement: &Statement| {
        let said = replace("ada", vec![statement.clone()]);
        store
            .commit(Commit {
                kind: kind.to_owned(),
                ..said
            })
            .unwrap();
        store.snapshot()
    };
    assert_eq!(store.snapshot().merge_stats().groups, 3);
    assert_eq!(say("people", &refusal).merge_stats().groups, 0);
    assert_eq!(
        ask(&store.snapshot(), "SELECT ?t { :c :title ?t }"),
        ["\"Orders, promised\""]
    );
    store.commit(commit("ada", Change::Remove)).unwrap();
    assert_eq!(say("dbt", &refusal).merge_stats().groups, 3);
}

#[test]
fn what_an_overlay_says_moves_to_the_name_that_stands() {
    let snapshot = two_tables().snapshot();
    let derived = vec![
        link("dashboard", "reads", "m"),
        link("c", "kind", "Table"),
        link("m", "kind", "Table"),
        Statement::new(node("c"), NamedNode::new_unchecked(SAME_AS), node("m")),
        Statement::new(node("m"), NamedNode::new_unchecked(SAME_AS), node("c")),
    ];
    let before = seen(&snapshot);
    let shown = snapshot
        .with_overlay(&source("owl"), "entailment", derived)
        .unwrap();
    let mut after = before.clone();
    after.insert(
        "<http://example.com/m> <http://example.com/kind> <http://example.com/Table>".into(),
    );
    assert_eq!(seen(&shown), after);
    assert_eq!(seen(&snapshot), before);
}
