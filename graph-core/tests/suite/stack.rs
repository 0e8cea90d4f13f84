//! The limits of a query's text keep parsing and evaluating within a small stack.

use graph_core::sparql::{ParseLimits, Query, QueryOptions, QueryResults};
use graph_core::{Error, Snapshot};

use crate::mesh::mesh;

/// Head, what opens (`@@` is its number), the middle, what closes, tail: open and close are repeated.
const SHAPES: [[&str; 5]; 33] = [
    ["ASK { FILTER(", "(", "1", ")", ") }"],
    ["ASK { FILTER(", "!(", "1", ")", ") }"],
    ["ASK { FILTER(", "1+(", "1", ")", ") }"],
    ["ASK { FILTER(", "1&&(", "1", ")", ") }"],
    ["ASK { FILTER(", "STR(", "1", ")", ") }"],
    ["ASK { FILTER(", "IF(true,", "1", ",2)", ") }"],
    ["ASK { FILTER(", "1 IN (", "1", ")", ") }"],
    ["ASK { FILTER(true", " && true", "", "", ") }"],
    ["ASK { FILTER(1", "+1", "", "", " > 0) }"],
    ["ASK { FILTER(", "!", "true", "", ") }"],
    ["ASK ", "{", "?s ?p ?o", "}", ""],
    ["ASK { ", "{ SELECT * { ?s ?p ?o ", "", "}}", " }"],
    ["ASK { ", "?s ?p ?o OPTIONAL {", "", "}", " }"],
    ["ASK { ", "?s ?p ?o MINUS {", "", "}", " }"],
    ["ASK { ", "GRAPH ?g {", "?s ?p ?o", "}", " }"],
    ["ASK { ", "FILTER EXISTS {", "?s ?p ?o", "}", " }"],
    ["ASK { ?s ?p ", "[ :p ", "1", "]", " }"],
    ["ASK { ?s ?p ", "( ", "1", ")", " }"],
    ["ASK { ?s ?p ", "<<( :a :b ", "1", ")>>", " }"],
    ["ASK { ?s ", "(", ":p", ")*", " ?o }"],
    ["ASK { ?s ", "(^", ":p", "/:q)", " ?o }"],
    ["ASK { ?s :type", "/:type*", "", "", " ?o }"],
    ["ASK { ?s :type", "|:type", "", "", " ?o }"],
    ["ASK { {} ", "UNION { ?s ?p ?o } ", "", "", " }"],
    ["ASK { ?s ?p ?o ", "OPTIONAL { ?s :type ?o } ", "", "", " }"],
    ["ASK { ?s ?p ?o ", "MINUS { ?s :p ?o } ", "", "", " }"],
    ["ASK { ?s ?p ?o ", "FILTER(?s != 1) ", "", "", " }"],
    ["ASK { ", "BIND(1 AS ?v@@) ", "", "", " }"],
    ["ASK { ", "?s :type ?o . ", "", "", " }"],
    ["ASK { ", "?a@@ :type ?o . ", "", "", " }"],
    [
        "ASK { ",
        "?s :type ?o . ?s :type ?t OPTIONAL { ?s :type ?o . ",
        "",
        "}",
        " }",
    ],
    [
        "ASK { ",
        "?s :type ?o . ?s :type ?t . { SELECT * { ?s :type ?o . ",
        "",
        "}}",
        " }",
    ],
    [
        "ASK { ",
        "?s :type ?o . ?s :type ?t FILTER EXISTS { ?s :type ?o . ",
        "",
        "}",
        " }",
    ],
];

fn text([head, open, middle, close, tail]: [&str; 5], times: usize) -> String {
    let mut text = format!("PREFIX : <http://example.com/> {head}");
    for number in 0..times {
        text.push_str(&open.replace("@@", &number.to_string()));
    }
    text.push_str(middle);
    text.push_str(&close.repeat(times));
    text.push_str(tail);
    text
}

fn run_to_the_end(snapshot: &Snapshot, query: &Query) -> Result<(), Error> {
    let options = QueryOptions {
        max_statements: 50_000,
        ..QueryOptions::default()
    };
    match snapshot.query(query, &options)? {
        QueryResults::Boolean(_) => Ok(()),
        QueryResults::Solutions(mut rows) => rows.try_for_each(|row| row.map(drop)),
        QueryResults::Graph(mut statements) => {
            statements.try_for_each(|statement| statement.map(drop))
        }
    }
}

/// Of each shape the deepest query that the limits let through. An overflow would end the process.
#[test]
fn the_deepest_queries_fit_a_stack_of_2_mib() {
    let deepest = || {
        let snapshot = mesh(3).snapshot();
        for shape in SHAPES {
            let mut times = 256;
            let query = loop {
                match Query::parse(&text(shape, times), None, &ParseLimits::default()) {
                    Ok(query) => break query,
                    Err(Error::QueryTooLarge { .. }) => times -= 1,
                    Err(error) => panic!("{error}: {shape:?} x {times}"),
                }
            };
            assert!(
                (20..256).contains(&times),
                "{shape:?} is limited to {times}"
            );
            match run_to_the_end(&snapshot, &query) {
                Ok(()) | Err(Error::OverBudget { .. }) => {}
                Err(error) => panic!("{error}: {shape:?} x {times}"),
            }
        }
    };
    let thread = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(deepest);
    thread.unwrap().join().unwrap();
}
