//! Hostile queries end in a typed error within their budget, and give their memory back.

use std::sync::mpsc;

use graph_core::sparql::{
    CancellationToken, Evaluator, ParseLimits, Query, QueryOptions, QueryResults, Solutions,
};
use graph_core::{Budget, Error, Snapshot};

use crate::mesh::mesh;
use crate::support::*;

const MEMORY: u64 = 1 << 20;
const VISITS: u64 = 3_000_000;

/// How a query ended, what it visited, what it held at most and what it holds after its end.
struct End {
    error: Error,
    visited: u64,
    most: u64,
    left: u64,
}

fn rows<'a>(snapshot: &'a Snapshot, text: &str, options: &QueryOptions) -> Solutions<'a> {
    let text = format!("PREFIX : <http://example.com/> {text}");
    let query = Query::parse(&text, None, &ParseLimits::default()).unwrap();
    match snapshot.query(&query, options).unwrap() {
        QueryResults::Solutions(rows) => rows,
        _ => panic!("{text} has rows"),
    }
}

fn end(snapshot: &Snapshot, text: &str, options: &QueryOptions) -> End {
    let mut rows = rows(snapshot, text, options);
    let error = rows.by_ref().find_map(Result::err);
    let error = error.unwrap_or_else(|| panic!("{text} came to its end"));
    assert!(rows.next().is_none(), "after an error it ends");
    End {
        error,
        visited: rows.visited(),
        most: rows.memory_most(),
        left: rows.memory_held(),
    }
}

fn limited(evaluator: Evaluator) -> QueryOptions {
    QueryOptions {
        deadline: None,
        max_statements: VISITS,
        max_memory_bytes: MEMORY,
        evaluator,
        ..QueryOptions::default()
    }
}

/// Each keeps rows or nodes without end.
fn greedy() -> Vec<String> {
    let values = |name: char| {
        let rows: Vec<_> = (0..300).map(|i| i.to_string()).collect();
        format!("VALUES ?{name} {{ {} }}", rows.join(" "))
    };
    let (a, b, c) = (values('a'), values('b'), values('c'));
    vec![
        "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f".to_owned(),
        "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f }".to_owned(),
        "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d".to_owned(),
        "SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f }".to_owned(),
        "SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?d))) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
            .to_owned(),
        "SELECT * { ?x :title ?t { SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } } }".to_owned(),
        "SELECT * { ?x :title ?t OPTIONAL { SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } } }".to_owned(),
        format!("SELECT * {{ {a} {b} {c} }} ORDER BY ?a ?b"),
        format!("SELECT DISTINCT ?a ?b ?c {{ {{ {a} }} {{ {b} }} {{ {c} }} }}"),
    ]
}

#[test]
fn what_a_query_keeps_is_limited_and_given_back() {
    let store = mesh(2_000);
    let snapshot = store.snapshot();
    for text in greedy() {
        let end = end(&snapshot, &text, &limited(Evaluator::Engine));
        let memory = Budget::MemoryBytes(MEMORY);
        assert!(
            matches!(end.error, Error::OverBudget { budget } if budget == memory),
            "{}: {text}",
            end.error
        );
        assert!(end.most < MEMORY + MEMORY / 2, "{}: {text}", end.most);
        assert!(end.visited < VISITS, "{}: {text}", end.visited);
        assert_eq!(end.left, 0, "{text}");
    }
}

#[test]
fn the_complete_evaluator_is_held_to_an_upper_bound_of_its_memory() {
    let store = mesh(2_000);
    let snapshot = store.snapshot();
    for text in [
        "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
        "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f }",
        "SELECT * { ?x :title ?t { SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } } }",
    ] {
        let options = limited(Evaluator::Complete);
        let query = format!("PREFIX : <http://example.com/> {text}");
        let query = Query::parse(&query, None, &ParseLimits::default()).unwrap();
        let error = match snapshot.query(&query, &options) {
            Ok(QueryResults::Solutions(mut rows)) => rows.find_map(Result::err),
            Ok(_) => None,
            Err(error) => Some(error),
        };
        let memory = Budget::MemoryBytes(MEMORY);
        assert!(
            matches!(&error, Some(Error::OverBudget { budget }) if *budget == memory),
            "{error:?}: {text}"
        );
    }
}

#[test]
fn walks_over_everything_end() {
    let store = mesh(2_000);
    let snapshot = store.snapshot();
    for text in [
        "SELECT * { ?x (:derived|!:derived)* ?y }",
        "SELECT (COUNT(*) AS ?n) { ?x (:derived|!:derived|^:derived|^(!:derived))* ?y }",
        "SELECT (COUNT(*) AS ?n) { ?x ((:derived|!:derived)/(:domain|!:domain))+ ?y . ?z :type ?y }",
    ] {
        let options = QueryOptions {
            max_statements: 50_000,
            ..limited(Evaluator::Engine)
        };
        let end = end(&snapshot, text, &options);
        assert!(matches!(end.error, Error::OverBudget { .. }), "{text}");
        assert!(end.visited <= 60_000, "{}: {text}", end.visited);
        assert_eq!(end.left, 0, "{text}");
    }
}

#[test]
fn a_sort_of_a_million_rows_ends_or_fits() {
    let store = mesh(2_000);
    let snapshot = store.snapshot();
    let text = "SELECT * { ?a :type ?t . ?b :type ?t } ORDER BY ?b ?a";
    let end = end(&snapshot, text, &limited(Evaluator::Engine));
    assert!(matches!(
        end.error,
        Error::OverBudget {
            budget: Budget::MemoryBytes(_)
        }
    ));
    assert_eq!(end.left, 0);
    // The first rows of the same order need no more than those rows.
    let first = format!("{text} LIMIT 5");
    let options = QueryOptions {
        max_statements: u64::MAX,
        ..limited(Evaluator::Engine)
    };
    let mut few = rows(&snapshot, &first, &options);
    assert_eq!(few.by_ref().map(Result::unwrap).count(), 5);
    assert!(few.memory_most() < MEMORY, "{}", few.memory_most());
}

#[test]
fn a_long_pattern_over_long_texts_is_charged() {
    let long = "a".repeat(200_000);
    let store = graph_core::Store::in_memory();
    let says = (0..50)
        .map(|at| {
            let text = format!("{long}{at}");
            fact(
                &format!("t{at}"),
                "says",
                graph_core::rdf::Literal::from(text),
            )
        })
        .collect();
    store.commit(replace("texts", says)).unwrap();
    let snapshot = store.snapshot();
    let pattern = "(a+)+(b|a*)*c".repeat(100);
    let text = format!(
        "SELECT (COUNT(*) AS ?n) {{ ?a :says ?x . ?b :says ?y FILTER(REGEX(?x, '{pattern}$')) }}"
    );
    let options = QueryOptions {
        deadline: None,
        max_statements: 20_000,
        ..QueryOptions::default()
    };
    let end = end(&snapshot, &text, &options);
    assert!(
        matches!(end.error, Error::OverBudget { .. }),
        "{}",
        end.error
    );
    assert!(end.visited < 100_000, "{}", end.visited);
}

#[test]
fn another_thread_stops_a_query() {
    let store = mesh(500);
    let snapshot = store.snapshot();
    for evaluator in [Evaluator::Engine, Evaluator::Complete] {
        let cancel = CancellationToken::new();
        let options = QueryOptions {
            deadline: None,
            max_statements: u64::MAX,
            max_memory_bytes: u64::MAX,
            cancel: cancel.clone(),
            evaluator,
            ..QueryOptions::default()
        };
        let (started, wait) = mpsc::channel();
        let snapshot = std::sync::Arc::clone(&snapshot);
        let worker = std::thread::spawn(move || {
            let text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i && ?c = ?h) } LIMIT 1000000";
            let query = Query::parse(text, None, &ParseLimits::default()).unwrap();
            started.send(()).unwrap();
            match snapshot.query(&query, &options) {
                Ok(QueryResults::Solutions(mut rows)) => rows.find_map(Result::err),
                Ok(_) => None,
                Err(error) => Some(error),
            }
        });
        wait.recv().unwrap();
        cancel.cancel();
        let ended = worker.join().unwrap();
        assert!(matches!(ended, Some(Error::Cancelled)), "{ended:?}");
    }
}
