//! The engine against `spareval` over the same snapshot, and both against Oxigraph.

use graph_core::rdf::{Literal, NamedNode, RdfTerm, Statement};
use graph_core::sparql::{Evaluator, ParseLimits, Query};
use graph_core::{Snapshot, Store};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::oracle::{answers, oracle, theirs};
use crate::support::*;

/// Queries that meet each operator and each kind of value at least once.
const QUERIES: [&str; 59] = [
    "SELECT * { ?b ?d ?b . ?a (:p0|^:p1)* ?d }",
    "SELECT * { ?s ?p ?o }",
    "SELECT ?s { ?s ?s ?o }",
    "SELECT ?s ?o { ?s :p0 ?o . ?o :p0 ?s }",
    "SELECT * { ?s :p0 ?s }",
    "SELECT * { ?s ?p :t1 . ?s ?p ?o }",
    "SELECT ?o { :t1 ?p ?o FILTER(?p != :p1) }",
    "SELECT * { ?s :v ?a . ?t :v ?b FILTER(?a = ?b) }",
    "SELECT * { ?s :v ?a . ?t :v ?b FILTER(?a < ?b) }",
    "SELECT * { ?s :v ?a . ?t :v ?b FILTER(?a >= ?b) }",
    "SELECT * { ?s :v ?a FILTER(?a != 7) }",
    "SELECT * { ?s :v ?a FILTER(?a IN (7, 'b', :t1)) }",
    "SELECT * { ?s :v ?a FILTER(?a NOT IN (7, 'b', :t1)) }",
    "SELECT * { ?s :v ?a FILTER(?a) }",
    "SELECT * { ?s :v ?a FILTER(!?a) }",
    "SELECT * { ?s :v ?a FILTER(?a > 5 || ?a = 'b') }",
    "SELECT * { ?s :v ?a FILTER(?a > 5 && ?a < 8) }",
    "SELECT * { ?s :v ?a FILTER(ISIRI(?a) || ISBLANK(?a) || ISLITERAL(?a) || ISNUMERIC(?a)) }",
    "SELECT * { ?s :v ?a FILTER(SAMETERM(?a, 7)) }",
    "SELECT ?a (STR(?a) AS ?b) (LANG(?a) AS ?c) (DATATYPE(?a) AS ?d) { ?s :v ?a }",
    "SELECT ?a (LCASE(?a) AS ?b) (UCASE(?a) AS ?c) (STRLEN(?a) AS ?d) { ?s :v ?a }",
    "SELECT ?a (CONCAT(?a, 'x') AS ?b) (SUBSTR(?a, 2) AS ?c) (REPLACE(?a, 'a', 'b') AS ?d) { ?s :v ?a }",
    "SELECT * { ?s :v ?a FILTER(CONTAINS(?a, 'a')) }",
    "SELECT * { ?s :v ?a FILTER(CONTAINS(?a, 'a'@en)) }",
    "SELECT * { ?s :v ?a FILTER(STRSTARTS(STR(?a), 'a') || STRENDS(STR(?a), '7')) }",
    "SELECT * { ?s :v ?a FILTER(REGEX(?a, '^A', 'i')) }",
    "SELECT * { ?s :v ?a FILTER(REGEX(STR(?a), '[', '')) }",
    "SELECT * { ?s :v ?a FILTER(LANGMATCHES(LANG(?a), '*')) }",
    "SELECT ?s ?a (IF(?a > 5, 'more', 'less') AS ?b) (COALESCE(?x, ?a, 'none') AS ?c) { ?s :v ?a }",
    "SELECT ?a (?a + 1 AS ?b) (?a - 1 AS ?c) (?a * 2 AS ?d) (?a / 2 AS ?e) (-?a AS ?f) { ?s :v ?a }",
    "SELECT ?a (ABS(?a) AS ?b) (xsd:integer(?a) AS ?c) (xsd:string(?a) AS ?d) { ?s :v ?a }",
    "SELECT ?s ?b { ?s :p0 ?o OPTIONAL { ?o :v ?b } }",
    "SELECT ?s ?b { ?s :p0 ?o OPTIONAL { ?o :v ?b FILTER(?b > 5) } }",
    "SELECT ?s ?b { ?s :p0 ?o OPTIONAL { ?o :p1 ?x . ?x :v ?b } OPTIONAL { ?s :v ?b } }",
    "SELECT ?s ?b { ?s :p0 ?o OPTIONAL { ?s :v ?b } FILTER(!BOUND(?b)) }",
    "SELECT ?s { ?s :p0 ?o OPTIONAL { ?o :v ?b FILTER(?s != :t1) } }",
    "SELECT * { { ?s :p0 ?o } UNION { ?s :p1 ?o } UNION { ?o :p2 ?s } ?s :v ?v }",
    "SELECT * { ?s :p0 ?o MINUS { ?s :v 7 } }",
    "SELECT * { ?s :p0 ?o MINUS { ?x :v 7 } }",
    "SELECT * { ?s :p0 ?o OPTIONAL { ?s :v ?v } MINUS { ?t :p1 ?v } }",
    "SELECT * { ?s :p0 ?o FILTER NOT EXISTS { ?o :v ?v FILTER(?v = 7) } }",
    "SELECT * { ?s :v ?w FILTER EXISTS { ?o :v ?v FILTER(?v = ?w && ?o != ?s) } }",
    "SELECT * { ?s :p0 ?o FILTER(EXISTS { ?o :p0 ?x } || EXISTS { ?o :p1 ?x }) }",
    "SELECT ?x { :t1 (:p0|:p1)+ ?x }",
    "SELECT ?x { ?x (:p0/:p1)* :t2 }",
    "SELECT ?x ?y { ?x (^:p0|:p1)? ?y }",
    "SELECT ?x ?y { ?x !(:p0|:v) ?y }",
    "SELECT ?x ?y { ?x (!:p0)+ ?y }",
    "ASK { :t0 :p0* :t3 }",
    "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) { ?s ?p ?o } GROUP BY ?p",
    "SELECT (COUNT(*) AS ?n) (SUM(?v) AS ?a) (AVG(?v) AS ?b) { ?s :v ?v FILTER(ISNUMERIC(?v)) }",
    "SELECT ?s (MIN(?v) AS ?a) (MAX(?v) AS ?b) { ?s :v ?v FILTER(DATATYPE(?v) = xsd:integer) } GROUP BY ?s HAVING (COUNT(?v) > 1)",
    "SELECT (COUNT(*) AS ?n) (SUM(?v) AS ?a) (AVG(?v) AS ?b) (MIN(?v) AS ?c) { ?s :nothing ?v }",
    "SELECT ?g ?n { { SELECT ?g (COUNT(DISTINCT *) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g } GRAPH ?g { :t1 :p0 ?x } }",
    "SELECT ?g ?h { GRAPH ?g { ?s :p0 ?o } GRAPH ?h { ?o :p1 ?s } }",
    "SELECT ?g ?v { GRAPH ?g { ?s :p0 ?o OPTIONAL { ?s :v ?v } } }",
    "SELECT ?g { GRAPH ?g { } }",
    "SELECT * { VALUES (?s ?v) { (:t1 UNDEF) (UNDEF 7) (:new 'new') } OPTIONAL { ?s :v ?v } }",
    "CONSTRUCT { ?s :is ?v . ?v :of ?s } { ?s :v ?v }",
];

fn node(local: &str) -> NamedNode {
    NamedNode::new(format!("http://example.com/{local}")).unwrap()
}

/// Values of many kinds, of which many are equal or nearly so.
fn value(number: u32) -> RdfTerm {
    let typed = |value: &str, datatype: &str| {
        let datatype = format!("http://www.w3.org/2001/XMLSchema#{datatype}");
        Literal::new_typed_literal(value, NamedNode::new(datatype).unwrap()).into()
    };
    match number % 16 {
        0 => Literal::from(7).into(),
        1 => typed("7", "double"),
        2 => typed("7.5", "decimal"),
        3 => Literal::from(-3).into(),
        4 => Literal::from("a").into(),
        5 => Literal::from("b").into(),
        6 => Literal::new_language_tagged_literal("a", "en")
            .unwrap()
            .into(),
        7 => Literal::new_language_tagged_literal("Ab", "de-CH")
            .unwrap()
            .into(),
        8 => Literal::from(true).into(),
        9 => typed("2026-01-02", "date"),
        10 => typed("2026-01-02T03:04:05Z", "dateTime"),
        11 => typed("odd", "integer"),
        12 => Literal::new_typed_literal("x", node("kind")).into(),
        13 => Literal::from("").into(),
        14 => typed("1.5", "float"),
        _ => node("t1").into(),
    }
}

fn statement(seed: u32) -> Statement {
    let subject = node(&format!("t{}", seed % 5));
    match seed / 5 % 5 {
        p @ 0..=2 => Statement::new(
            subject,
            node(&format!("p{p}")),
            node(&format!("t{}", seed / 25 % 5)),
        ),
        _ => Statement::new(subject, node("v"), value(seed / 25)),
    }
}

fn store(seeds: &[(u8, Vec<u32>)]) -> Store {
    let store = Store::in_memory();
    // Every graph mentions everything that queries name: spareval finds no path of length zero from what a graph does
    // not mention, unlike the specification and the engine.
    let mut mentioned: Vec<Statement> = (0..5)
        .map(|at| link(&format!("t{at}"), "p3", "t0"))
        .collect();
    for value in [value(0), value(4)] {
        mentioned.push(Statement::new(node("t0"), node("p3"), value));
    }
    for (name, seeds) in seeds {
        let seeded = seeds.iter().map(|seed| statement(*seed));
        let says = mentioned.iter().cloned().chain(seeded).collect();
        store.commit(replace(&format!("s{name}"), says)).unwrap();
    }
    store.commit(replace("named", mentioned)).unwrap();
    store
}

fn agrees(snapshot: &Snapshot, text: &str) -> Result<(), TestCaseError> {
    // Made at random, a query may project or bind a variable twice.
    prop_assume!(Query::parse(text, None, &ParseLimits::default()).is_ok());
    let engine = answers(snapshot, text, Evaluator::Engine);
    let complete = answers(snapshot, text, Evaluator::Complete);
    prop_assert_eq!(&engine, &complete, "engine and spareval: {}", text);
    Ok(())
}

const PREFIXES: &str =
    "PREFIX : <http://example.com/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>";

#[expect(
    clippy::disallowed_methods,
    reason = "a longer run is asked for by a variable"
)]
fn cases(default: u32) -> ProptestConfig {
    let wanted = std::env::var("ISOGLOSS_DIFFERENTIAL_CASES").ok();
    let wanted = wanted.and_then(|text| text.parse().ok());
    // Without that the same cases each time: of some thousands of random ones spareval, not the engine, gets one wrong (a
    // group of a variable from outside, a literal at both ends of a path, the name of a graph around another graph).
    let rng_seed = wanted.map_or(RngSeed::Fixed(2_026), |_: u32| RngSeed::Random);
    ProptestConfig {
        failure_persistence: None,
        cases: wanted.unwrap_or(default),
        rng_seed,
        ..ProptestConfig::default()
    }
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "?a",
        "?b",
        "?c",
        "?d",
        "7",
        "7.5",
        "'a'",
        "'a'@en",
        "true",
        "''",
        ":t1",
        "STR(?a)",
        "LANG(?b)",
        "STRLEN(STR(?c))",
        "DATATYPE(?d)",
        "BOUND(?c)",
        "ISIRI(?b)",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    leaf.prop_recursive(3, 8, 2, |inner| {
        let operator = prop::sample::select(vec![
            "=", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "-", "*",
        ]);
        prop_oneof![
            6 => (inner.clone(), operator, inner.clone()).prop_map(|(a, by, b)| format!("({a} {by} {b})")),
            1 => inner.clone().prop_map(|a| format!("(!{a})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("CONTAINS(STR({a}), STR({b}))")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("COALESCE({a}, {b})")),
            1 => (inner.clone(), inner).prop_map(|(a, b)| format!("IF({a}, {b}, 1)")),
        ]
    })
}

fn pattern() -> impl Strategy<Value = String> {
    let variable = || prop::sample::select(vec!["?a", "?b", "?c", "?d"]);
    let predicate =
        prop::sample::select(vec![":p0", ":p1", ":v", ":v", ":p2+", "(:p0|^:p1)*", "?d"]);
    let object = prop_oneof![3 => variable(), 1 => prop::sample::select(vec![":t1", "7", "'a'"])];
    let triple = (variable(), predicate, object).prop_map(|(s, p, o)| format!("{s} {p} {o} . "));
    triple.prop_recursive(3, 10, 3, move |inner| {
        let pair = (inner.clone(), inner.clone());
        let aggregate = prop::sample::select(vec!["COUNT", "SUM", "SAMPLE", "MIN", "COUNT(DISTINCT"]);
        prop_oneof![
            4 => pair.clone().prop_map(|(a, b)| format!("{a}{b}")),
            2 => pair.clone().prop_map(|(a, b)| format!("{a} OPTIONAL {{ {b} }} ")),
            1 => (pair.clone(), expression()).prop_map(|((a, b), e)| format!("{a} OPTIONAL {{ {b} FILTER({e}) }} ")),
            1 => pair.clone().prop_map(|(a, b)| format!("{{ {a} }} UNION {{ {b} }} ")),
            1 => pair.clone().prop_map(|(a, b)| format!("{a} MINUS {{ {b} }} ")),
            1 => pair.clone().prop_map(|(a, b)| format!("{a} FILTER NOT EXISTS {{ {b} }} ")),
            1 => (pair, expression()).prop_map(|((a, b), e)| format!("{a} FILTER EXISTS {{ {b} FILTER({e}) }} ")),
            3 => (inner.clone(), expression()).prop_map(|(a, e)| format!("{{ {a} FILTER({e}) }} ")),
            1 => (inner.clone(), expression()).prop_map(|(a, e)| format!("{{ {a} BIND({e} AS ?e) }} ")),
            1 => inner.clone().prop_map(|a| format!("GRAPH ?g {{ {a} }} ")),
            1 => inner.clone().prop_map(|a| format!("GRAPH <urn:isogloss:source:s1> {{ {a} }} ")),
            1 => (inner.clone(), variable(), variable()).prop_map(|(a, v, w)| format!("{{ SELECT DISTINCT {v} {w} {{ {a} }} }} ")),
            1 => (inner, aggregate, variable(), variable()).prop_map(|(a, f, v, w)| {
                let f = if f.contains('(') { format!("{f} {w})") } else { format!("{f}({w})") };
                // What SAMPLE takes is not settled, nor what MIN makes of values without an order.
                let f = if f.starts_with('S') && f.contains("SAMPLE") || f.contains("MIN") { format!("COUNT({w})") } else { f };
                format!("{{ SELECT {v} ({f} AS ?f) {{ {a} }} GROUP BY {v} }} ")
            }),
        ]
    })
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn both_evaluators_agree_on_random_queries(
        seeds in prop::collection::vec((0_u8..3, prop::collection::vec(0_u32..400, 0..25)), 1..5),
        pattern in pattern(),
    ) {
        let snapshot = store(&seeds).snapshot();
        agrees(&snapshot, &format!("{PREFIXES} SELECT * {{ {pattern} }}"))?;
    }
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn listed_queries_agree_on_random_graphs(
        seeds in prop::collection::vec((0_u8..3, prop::collection::vec(0_u32..400, 5..40)), 1..5),
    ) {
        let snapshot = store(&seeds).snapshot();
        let oracle = oracle(&snapshot);
        for text in QUERIES {
            let text = format!("{PREFIXES} {text}");
            agrees(&snapshot, &text)?;
            // Theirs forgets the graph of a sub-select inside of GRAPH and counts its own default graph.
            if !text.contains("SELECT ?g") {
                let engine = answers(&snapshot, &text, Evaluator::Engine);
                prop_assert_eq!(engine, theirs(&oracle, &text), "engine and Oxigraph: {}", text);
            }
        }
    }
}
