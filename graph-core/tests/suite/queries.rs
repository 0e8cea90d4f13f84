//! What queries cost, what they may not do, and how they end.

use std::time::Duration;

use graph_core::rdf::NamedNode;
use graph_core::results::{GraphFormat, ResultsFormat, write};
use graph_core::sparql::{
    CancellationToken, Evaluator, GraphChoice, ParseLimits, Query, QueryOptions, QueryResults,
};
use graph_core::{Budget, Error, Snapshot, Store, TextLimit};

use crate::mesh::mesh;
use crate::oracle::ours;
use crate::support::*;

fn parse(text: &str) -> Result<Query, Error> {
    Query::parse(
        &format!("PREFIX : <http://example.com/> {text}"),
        None,
        &ParseLimits::default(),
    )
}

/// Runs a query to its end: number of rows and of statements visited.
fn run(snapshot: &Snapshot, text: &str, options: &QueryOptions) -> Result<(u64, u64), Error> {
    match snapshot.query(&parse(text)?, options)? {
        QueryResults::Boolean(_) => Ok((1, 0)),
        QueryResults::Solutions(mut rows) => {
            let mut count = 0;
            for row in rows.by_ref() {
                row?;
                count += 1;
            }
            Ok((count, rows.visited()))
        }
        QueryResults::Graph(mut statements) => {
            let mut count = 0;
            for statement in statements.by_ref() {
                statement?;
                count += 1;
            }
            Ok((count, statements.visited()))
        }
    }
}

/// Queries, the rows they have, and the most statements they may visit: the mesh has more than 50,000.
const POINT_JOINS: [(&str, u64, u64); 10] = [
    (
        "SELECT * { :ds100 :column ?c . ?c :name ?n . ?c :type ?t }",
        3,
        20,
    ),
    (
        "SELECT * { ?c :name ?n . ?c :type ?t . :ds100 :column ?c }",
        3,
        20,
    ),
    (
        "SELECT * { ?d :title 'Dataset 77' . ?d :domain ?m OPTIONAL { ?d :owner ?o } OPTIONAL { ?d :rows ?r } }",
        1,
        10,
    ),
    (
        "SELECT * { ?d :type :Dataset . ?d :title 'Dataset 77' }",
        1,
        5,
    ),
    (
        "SELECT * { ?c :type :Column . ?c :name 'c0' . :ds9 :column ?c }",
        1,
        10,
    ),
    (
        "SELECT * { ?d :title ?t VALUES ?t { 'Dataset 5' 'Dataset 6' } }",
        2,
        20,
    ),
    (
        "SELECT * { ?d :type :Dataset { ?d :title 'Dataset 1' } UNION { ?d :title 'Dataset 2' } }",
        2,
        20,
    ),
    (
        "SELECT * { ?d :title 'Dataset 8' FILTER EXISTS { ?d :domain ?m . ?m :broader ?b } }",
        1,
        10,
    ),
    (
        "SELECT * { ?c :name ?n . ?d :column ?c . ?d :title 'Dataset 9' . GRAPH ?g { ?d :rows ?r } }",
        3,
        40,
    ),
    ("SELECT * { :ds3000 :derived+ ?u }", 37, 200),
];

#[test]
fn a_point_join_does_not_scan() {
    let store = mesh(4_000);
    let snapshot = store.snapshot();
    assert!(snapshot.len() > 50_000);
    for (text, rows, most) in POINT_JOINS {
        let (found, visited) = run(&snapshot, text, &QueryOptions::default()).unwrap();
        assert!(visited <= most, "{text} visited {visited} statements");
        assert_eq!(found, rows, "{text}");
    }
}

#[test]
fn every_product_ends_in_its_budget() {
    let store = mesh(2_000);
    let snapshot = store.snapshot();
    let options = QueryOptions {
        deadline: None,
        max_statements: 200_000,
        ..QueryOptions::default()
    };
    let values = |name: char| {
        let rows: Vec<_> = (0..400).map(|i| i.to_string()).collect();
        format!("VALUES ?{name} {{ {} }}", rows.join(" "))
    };
    let (a, b, c) = (values('a'), values('b'), values('c'));
    for text in [
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }".to_owned(),
        "SELECT ?b (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?b".to_owned(),
        "SELECT (COUNT(*) AS ?n) { ?a :type ?c . ?d :type ?f FILTER(?a = ?d) }".to_owned(),
        "SELECT (COUNT(*) AS ?n) { { SELECT ?a { ?a ?p ?o } } { SELECT ?b { ?b ?q ?r } } }".to_owned(),
        "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?a ?t { ?a :type ?t } } { SELECT DISTINCT ?b ?t { ?b :type ?t } } }".to_owned(),
        "SELECT (COUNT(*) AS ?n) { { SELECT ?a { ?a ?p ?o } } OPTIONAL { SELECT ?b { ?b ?q ?r } } }".to_owned(),
        format!("SELECT (COUNT(*) AS ?n) {{ {a} {b} {c} }}"),
        format!("SELECT (SUM(?a * ?b) AS ?n) {{ {a} {b} {c} FILTER(?a + ?b = ?c) }}"),
        format!("SELECT * {{ {a} {b} {c} }} ORDER BY ?a"),
        format!("SELECT DISTINCT * {{ {{ {a} }} {{ {b} }} {{ {c} }} }}"),
        format!("SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ {a} {b} {c} }} }}"),
        format!("SELECT (COUNT(*) AS ?n) {{ GRAPH <urn:isogloss:source:tech> {{ {a} {b} {c} }} }}"),
        format!("SELECT (COUNT(*) AS ?n) {{ ?x :owner ?y FILTER EXISTS {{ {a} {b} {c} FILTER(?a < 0) }} }}"),
        format!("SELECT (COUNT(*) AS ?n) {{ {{ {a} }} UNION {{ {b} }} OPTIONAL {{ {c} {a} }} OPTIONAL {{ VALUES ?z {{ 1 2 3 }} {b} }} }}"),
        "SELECT * { ?x (:derived|^:derived|:domain|^:domain)* ?y . ?z (:derived|^:derived)* ?w }".to_owned(),
    ] {
        let error = run(&snapshot, &text, &options).expect_err(&text);
        let expected = Budget::Statements(200_000);
        assert!(matches!(error, Error::OverBudget { budget } if budget == expected), "{error}: {text}");
    }
}

#[test]
fn each_budget_says_which_it_is() {
    let store = mesh(100);
    let snapshot = store.snapshot();
    let few_rows = QueryOptions {
        max_rows: 10,
        ..QueryOptions::default()
    };
    let error = run(&snapshot, "SELECT * { ?s ?p ?o }", &few_rows).unwrap_err();
    assert!(matches!(
        error,
        Error::OverBudget {
            budget: Budget::Rows(10)
        }
    ));
    assert_eq!(
        run(&snapshot, "SELECT * { ?s ?p ?o } LIMIT 10", &few_rows)
            .unwrap()
            .0,
        10
    );

    let no_time = QueryOptions {
        deadline: Some(Duration::ZERO),
        ..QueryOptions::default()
    };
    let error = run(&snapshot, "SELECT * { ?s ?p ?o }", &no_time).unwrap_err();
    assert!(
        matches!(
            error,
            Error::OverBudget {
                budget: Budget::Deadline(_)
            }
        ),
        "{error}"
    );

    let cancelled = QueryOptions {
        cancel: CancellationToken::new(),
        ..QueryOptions::default()
    };
    let query = parse("SELECT * { ?s ?p ?o }").unwrap();
    let QueryResults::Solutions(mut rows) = snapshot.query(&query, &cancelled).unwrap() else {
        panic!("has rows")
    };
    rows.next().unwrap().unwrap();
    cancelled.cancel.cancel();
    let ended = rows.by_ref().find_map(Result::err);
    assert!(matches!(ended, Some(Error::Cancelled)));
    assert!(rows.next().is_none(), "after an error it ends");

    let short = QueryOptions {
        max_result_bytes: 500,
        ..QueryOptions::default()
    };
    let results = snapshot.query(&query, &short).unwrap();
    let error = write(results, ResultsFormat::Json, Vec::new()).unwrap_err();
    assert!(
        matches!(
            error,
            Error::OverBudget {
                budget: Budget::ResultBytes(500)
            }
        ),
        "{error}"
    );
}

#[test]
fn strings_cannot_grow_without_bound() {
    let store = mesh(3);
    let snapshot = store.snapshot();
    let doubled = |times: u32| {
        let binds = (0..times).map(|i| format!("BIND(CONCAT(?v{i}, ?v{i}) AS ?v{})", i + 1));
        format!(
            "BIND('0123456789' AS ?v0) {}",
            binds.collect::<Vec<_>>().join(" ")
        )
    };
    let text = format!("SELECT * {{ {} }}", doubled(40));
    let error = run(&snapshot, &text, &QueryOptions::default()).unwrap_err();
    assert!(
        matches!(
            error,
            Error::OverBudget {
                budget: Budget::ValueBytes(_)
            }
        ),
        "{error}"
    );
    let copies = vec!["?v16"; 9_000].join(",");
    let wide = format!(
        "SELECT * {{ {} BIND(CONCAT({copies}) AS ?w) }}",
        doubled(16)
    );
    let error = run(&snapshot, &wide, &QueryOptions::default()).unwrap_err();
    assert!(
        matches!(
            error,
            Error::OverBudget {
                budget: Budget::ValueBytes(_)
            }
        ),
        "{error}"
    );
    assert!(matches!(
        parse("SELECT (REPLACE(?x, '.', ?x) AS ?y) { ?x ?p ?o }"),
        Err(Error::QueryRefused { .. })
    ));
    assert!(parse("SELECT (REPLACE(?x, '.', 'y') AS ?y) { ?s ?p ?x }").is_ok());
}

#[test]
fn nothing_outside_is_reached() {
    for text in [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { ?a ?b ?c OPTIONAL { { SELECT * { SERVICE SILENT ?a { ?s ?p ?o } } } } }",
        "SELECT * { ?a ?b ?c FILTER NOT EXISTS { SERVICE ?a { ?s ?p ?o } } }",
        "LOAD <file:///etc/passwd>",
        "CLEAR ALL",
    ] {
        assert!(
            matches!(parse(text), Err(Error::QueryRefused { .. })),
            "{text}"
        );
    }
    let too_many = format!("ASK {{ {} }}", "?s ?p ?o . ".repeat(2_000));
    assert!(matches!(
        parse(&too_many),
        Err(Error::QueryTooLarge {
            what: TextLimit::Patterns,
            ..
        })
    ));
    let snapshot = mesh(2).snapshot();
    assert!(
        ours(
            &snapshot,
            "SELECT * FROM <file:///etc/passwd> FROM <http://127.0.0.1:1/> { ?s ?p ?o }"
        )
        .is_empty()
    );
}

#[test]
fn syntax_errors_say_where() {
    let error =
        Query::parse("SELECT * WHERE {\n ?s ?p }", None, &ParseLimits::default()).unwrap_err();
    assert!(
        matches!(&error, Error::QuerySyntax { message } if message.contains('2')),
        "{error}"
    );
}

#[test]
fn graphs_chosen_outside_replace_from() {
    let snapshot = mesh(8).snapshot();
    let graph = |name: &str| source(name).graph_iri();
    let graphs = Some(GraphChoice {
        default: vec![graph("manual")],
        named: vec![graph("tech")],
    });
    let options = QueryOptions {
        graphs,
        ..QueryOptions::default()
    };
    let rows = |text: &str| run(&snapshot, text, &options).unwrap().0;
    assert_eq!(rows("SELECT * FROM <urn:other> { ?s :rows ?o }"), 2);
    assert_eq!(rows("SELECT * { GRAPH ?g { ?s :rows ?o } }"), 8);
    assert_eq!(
        rows("SELECT * { GRAPH <urn:isogloss:source:manual> { ?s :rows ?o } }"),
        0
    );
}

#[test]
fn a_sub_select_inside_graph_stays_in_one_graph() {
    let snapshot = mesh(8).snapshot();
    let graph = |text: &str| {
        ours(
            &snapshot,
            &format!("PREFIX : <http://example.com/> SELECT ?g ?n {{ GRAPH ?g {{ {text} }} }}"),
        )
    };
    let row = |name: &str, n: u32| {
        format!(
            "[Some(\"<urn:isogloss:source:{name}>\"), Some(\"\\\"{n}\\\"^^<http://www.w3.org/2001/XMLSchema#integer>\")]"
        )
    };
    let counted = graph("SELECT (COUNT(?x) AS ?n) { ?x :rows ?r }");
    assert_eq!(
        counted.into_keys().collect::<Vec<_>>(),
        [row("manual", 2), row("tech", 8)]
    );
    let minus = graph("?x :rows ?n MINUS { ?x :column ?c }");
    assert_eq!(
        minus.into_keys().collect::<Vec<_>>(),
        [row("manual", 0), row("manual", 4)]
    );
}

/// The specification translates alternatives into unions and counts a negated property set by statement.
#[test]
fn paths_count_as_often_as_statements_match() {
    let store = Store::in_memory();
    let says = vec![
        link("a", "p", "b"),
        link("a", "q", "b"),
        link("a", "r", "b"),
        link("x", "is", "a"),
    ];
    store.commit(replace("s", says)).unwrap();
    let snapshot = store.snapshot();
    for (text, rows) in [
        ("SELECT * { :a (:p|:q) ?o }", 2),
        ("SELECT * { :a (:p|:q) :b }", 2),
        ("SELECT * { ?x :is ?a . ?a (:p|:q|:none) :b }", 2),
        ("SELECT * { :a !:p :b }", 2),
        ("SELECT * { ?x :is ?a . ?a !(:p|:q) ?b . ?a :p ?b }", 1),
        ("SELECT * { ?b ^(:p|:q) ?a . ?x :is ?a }", 2),
        ("SELECT * { ?x :is/(:p|:q|:r) ?b }", 3),
        ("SELECT * { :a (:p|:q)* ?b }", 2),
    ] {
        assert_eq!(
            run(&snapshot, text, &QueryOptions::default()).unwrap().0,
            rows,
            "{text}"
        );
    }
}

#[test]
fn results_are_written_in_every_format() {
    let snapshot = mesh(2).snapshot();
    let text = |text: &str, format: graph_core::results::Format| {
        let mut out = Vec::new();
        let results = snapshot
            .query(&parse(text).unwrap(), &QueryOptions::default())
            .unwrap();
        let bytes = write(results, format, &mut out)?;
        assert_eq!(bytes as usize, out.len());
        Ok::<_, Error>(String::from_utf8(out).unwrap())
    };
    let select = "SELECT ?t { :ds1 :title ?t }";
    assert_eq!(
        text(select, ResultsFormat::Csv.into()).unwrap(),
        "t\r\nDataset 1\r\n"
    );
    assert_eq!(
        text(select, ResultsFormat::Tsv.into()).unwrap(),
        "?t\n\"Dataset 1\"\n"
    );
    assert!(
        text(select, ResultsFormat::Json.into())
            .unwrap()
            .contains("\"value\":\"Dataset 1\"")
    );
    assert!(
        text(select, ResultsFormat::Xml.into())
            .unwrap()
            .contains("<literal>Dataset 1</literal>")
    );
    assert_eq!(
        text("ASK { :ds1 ?p ?o }", ResultsFormat::Json.into()).unwrap(),
        r#"{"head":{},"boolean":true}"#
    );
    let construct = "CONSTRUCT { ?s :t ?t } { ?s :title ?t . FILTER(?t = 'Dataset 1') }";
    for format in [
        GraphFormat::Turtle,
        GraphFormat::NTriples,
        GraphFormat::NQuads,
        GraphFormat::TriG,
        GraphFormat::RdfXml,
        GraphFormat::JsonLd,
    ] {
        assert!(
            text(construct, format.into())
                .unwrap()
                .contains("Dataset 1")
        );
    }
    assert!(matches!(
        text(select, GraphFormat::Turtle.into()),
        Err(Error::WrongFormat { .. })
    ));
    assert!(matches!(
        text(construct, ResultsFormat::Csv.into()),
        Err(Error::WrongFormat { .. })
    ));
}

#[test]
fn the_variable_of_graph_is_joined_with_what_binds_it_inside() {
    let store = Store::in_memory();
    for name in ["a", "b"] {
        let own = NamedNode::new(format!("urn:isogloss:source:{name}")).unwrap();
        let says = vec![
            fact(name, "in", own.clone()),
            fact(name, "of", NamedNode::new("urn:isogloss:source:a").unwrap()),
        ];
        store.commit(replace(name, says)).unwrap();
    }
    let snapshot = store.snapshot();
    for (pattern, rows) in [
        ("GRAPH ?g { ?s :in ?g }", 2),
        ("GRAPH ?g { ?s :of ?g }", 1),
        ("GRAPH ?g { ?s :in ?x OPTIONAL { ?s :of ?g } }", 1),
        ("GRAPH ?g { VALUES ?g { <urn:isogloss:source:a> } }", 1),
        ("GRAPH ?g { VALUES ?x { 1 2 } }", 4),
        (
            "GRAPH ?g { VALUES (?g ?x) { (UNDEF 1) (<urn:isogloss:source:b> 2) } }",
            3,
        ),
        ("GRAPH ?g { BIND(1 AS ?x) }", 2),
        ("GRAPH ?g { { SELECT ?s { ?s :of ?g } } }", 2),
        ("GRAPH ?g { ?s :in ?x FILTER(?g = ?x) }", 2),
        ("GRAPH ?g { ?s :in ?x MINUS { ?s :of ?x } }", 1),
    ] {
        for evaluator in [Evaluator::Engine, Evaluator::Complete] {
            let text = format!("PREFIX : <http://example.com/> SELECT * {{ {pattern} }}");
            let query = Query::parse(&text, None, &ParseLimits::default()).unwrap();
            let options = QueryOptions {
                evaluator,
                ..QueryOptions::default()
            };
            let QueryResults::Solutions(found) = snapshot.query(&query, &options).unwrap() else {
                panic!("a SELECT has rows");
            };
            assert_eq!(found.count(), rows, "{pattern} with {evaluator:?}");
        }
    }
}
