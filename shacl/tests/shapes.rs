//! What the W3C suite does not test: malformed shapes, recursion, budgets, chosen focus nodes, comparisons.
#![expect(clippy::unwrap_used, reason = "a test reads the Turtle it holds")]

use graph_core::rdf::Statement;
use graph_core::{Change, Commit, Scope, Snapshot, Store, Timestamp};
use oxrdfio::{RdfFormat, RdfParser};
use shacl::{Budget, Error, Limits, Options, Report, Shapes};
use std::sync::Arc;

const PREFIXES: &str = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> . \
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n";

fn turtle(text: &str) -> Vec<Statement> {
    RdfParser::from_format(RdfFormat::Turtle)
        .for_slice(format!("{PREFIXES}{text}").as_bytes())
        .map(|quad| Statement::from(quad.unwrap()))
        .collect()
}

fn data(text: &str) -> Arc<Snapshot> {
    let store = Store::in_memory();
    store
        .commit(Commit {
            source: "data".try_into().unwrap(),
            kind: "rdf".to_owned(),
            actor: "test".to_owned(),
            time: Timestamp(0),
            change: Change::Replace(turtle(text)),
        })
        .unwrap();
    store.snapshot()
}

fn shapes(text: &str) -> Result<Shapes, Error> {
    Shapes::from_statements(&turtle(text))
}

fn validate(shape: &str, text: &str) -> Report {
    let options = Options::new(Scope::Claims);
    shapes(shape)
        .unwrap()
        .validate(&data(text), &options)
        .unwrap()
}

/// The last part of each finding's focus node with the component.
fn found(report: &Report) -> Vec<String> {
    let short = |f: &shacl::Finding| format!("{} {}", f.focus, f.component.name());
    report.findings.iter().map(short).collect()
}

#[test]
fn malformed_shapes_are_named() {
    for (shape, reason) in [
        (":s a sh:PropertyShape .", "has a sh:path"),
        (":s a sh:NodeShape ; sh:path :p .", "has no sh:path"),
        (
            ":s a sh:NodeShape ; sh:minCount 1 .",
            "sh:minCount is for property shapes",
        ),
        (
            ":s sh:targetNode :a ; sh:path :p ; sh:minCount -1 .",
            "sh:minCount",
        ),
        (
            ":s sh:targetNode :a ; sh:path :p ; sh:minCount 1, 2 .",
            "2 values of sh:minCount",
        ),
        (":s sh:targetNode :a ; sh:path () .", "is no path"),
        (":s sh:targetNode :a ; sh:path \"p\" .", "is no path"),
        (
            ":s sh:targetNode :a ; sh:path [ sh:inversePath \"p\" ] .",
            "is no path",
        ),
        (":s sh:targetNode :a ; sh:in :nolist .", "well-formed list"),
        (":s sh:targetNode :a ; sh:pattern \"(\" .", "sh:pattern"),
        (
            ":s sh:targetNode :a ; sh:pattern \"a\" ; sh:flags \"z\" .",
            "flag `z`",
        ),
        (":s sh:targetNode :a ; sh:nodeKind sh:Thing .", "six kinds"),
        (
            ":s sh:targetNode :a ; sh:closed \"maybe\" .",
            "neither true nor false",
        ),
        (
            ":s sh:targetNode :a ; sh:property [ sh:minCount 1 ] .",
            "has no sh:path",
        ),
        (":s sh:targetNode :a ; sh:datatype \"x\" .", "no IRI"),
        (":s sh:targetClass \"x\" .", "no IRI"),
    ] {
        match shapes(shape) {
            Err(Error::MalformedShape {
                shape: name,
                reason: got,
            }) => {
                assert!(got.contains(reason), "{shape}: {got}");
                assert!(!name.is_empty(), "{shape}");
            }
            other => panic!("{shape}: {other:?}"),
        }
    }
}

#[test]
fn a_list_without_end_is_malformed() {
    let loops = "_:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> :a ; \
        <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:l . :s sh:targetNode :a ; sh:in _:l .";
    assert!(matches!(shapes(loops), Err(Error::MalformedShape { .. })));
    let path = "_:p sh:inversePath _:p . :s sh:targetNode :a ; sh:path _:p .";
    assert!(matches!(shapes(path), Err(Error::MalformedShape { .. })));
}

#[test]
fn what_is_not_core_is_said() {
    let read = shapes(
        ":s a sh:NodeShape ; sh:sparql [ sh:select \"\" ] ; sh:minCuont 1 ; sh:flags \"i\" ; sh:closed \"1\"^^xsd:boolean .",
    )
    .unwrap();
    let what: Vec<&str> = read.not_checked().iter().map(|n| n.what.as_str()).collect();
    assert_eq!(what, ["sh:closed", "sh:flags", "sh:minCuont", "sh:sparql"]);
    let asked = shapes(": sh:entailment <http://www.w3.org/ns/entailment/RDFS> .");
    assert!(matches!(asked, Err(Error::MalformedShape { .. })));
}

#[test]
fn deeply_nested_shapes_are_read_and_bounded_when_checked() {
    let depth = 3000;
    let shape = format!(
        ":s sh:targetNode :a ; {} .",
        "sh:not [ ".repeat(depth) + "sh:in ()" + &" ]".repeat(depth)
    );
    let read = shapes(&shape).unwrap();
    let checked = read.validate(&data(""), &Options::new(Scope::Claims));
    assert!(
        matches!(
            checked,
            Err(Error::OverBudget {
                budget: Budget::Depth(_)
            })
        ),
        "{checked:?}"
    );
}

#[test]
fn recursive_shapes_trust_what_they_are_checking() {
    let shape = ":s sh:targetNode :a ; sh:property [ sh:path :knows ; sh:node :s ] , [ sh:path :name ; sh:minCount 1 ] .";
    let ring = ":a :name \"a\" ; :knows :b . :b :name \"b\" ; :knows :c . :c :knows :a .";
    assert_eq!(found(&validate(shape, ring)), ["<urn:x:a> Node"]);
    let whole = format!("{ring} :c :name \"c\" .");
    assert!(validate(shape, &whole).conforms());
}

#[test]
fn a_recursion_along_the_data_is_bounded() {
    use std::fmt::Write as _;
    let mut chain = String::new();
    for at in 0..5000 {
        writeln!(chain, ":n{at} :next :n{} .", at + 1).unwrap();
    }
    let read =
        shapes(":s sh:targetNode :n0 ; sh:property [ sh:path :next ; sh:node :s ] .").unwrap();
    let checked = read.validate(&data(&chain), &Options::new(Scope::Claims));
    assert!(
        matches!(
            checked,
            Err(Error::OverBudget {
                budget: Budget::Depth(_)
            })
        ),
        "{checked:?}"
    );
}

#[test]
fn visits_end_a_validation_and_findings_are_counted_beyond_the_kept() {
    use std::fmt::Write as _;
    let mut many = String::new();
    for at in 0..500 {
        writeln!(many, ":n{at} a :C ; :p :n{} .", (at + 1) % 500).unwrap();
    }
    let graph = data(&many);
    let read = shapes(":s sh:targetClass :C ; sh:path [ sh:zeroOrMorePath :p ] ; sh:maxCount 1 .")
        .unwrap();
    let mut options = Options::new(Scope::Claims);
    options.limits = Limits {
        max_visits: 10_000,
        ..Limits::default()
    };
    let over = read.validate(&graph, &options);
    assert!(
        matches!(
            over,
            Err(Error::OverBudget {
                budget: Budget::Visits(10_000)
            })
        ),
        "{over:?}"
    );
    options.limits = Limits {
        max_findings: 7,
        ..Limits::default()
    };
    let report = read.validate(&graph, &options).unwrap();
    assert_eq!(
        (report.findings.len(), report.violations(), report.truncated),
        (7, 500, true)
    );
    options.cancel.cancel();
    assert_eq!(read.validate(&graph, &options), Err(Error::Cancelled));
}

#[test]
fn only_chosen_nodes_are_checked() {
    let graph = data(":a a :C . :b a :D . :D rdfs:subClassOf :C . :c :p :d .");
    let text = ":s sh:targetClass :C ; sh:targetObjectsOf :p ; sh:targetNode :z ; sh:path :q ; sh:minCount 1 .";
    let read = shapes(text).unwrap();
    let all = read.validate(&graph, &Options::new(Scope::Claims)).unwrap();
    assert_eq!((all.focus_nodes, all.violations()), (4, 4));
    let mut options = Options::new(Scope::Claims);
    let chosen = ["urn:x:b", "urn:x:c", "urn:x:d"].map(|iri| graph.id_of_iri(iri).unwrap());
    options.focus = Some(chosen.to_vec());
    let some = read.validate(&graph, &options).unwrap();
    assert_eq!(found(&some), ["<urn:x:b> MinCount", "<urn:x:d> MinCount"]);
}

#[test]
fn values_compare_as_sparql_compares_them() {
    let check = |constraint: &str, value: &str| {
        let shape = format!(":s sh:targetNode :a ; sh:path :p ; {constraint} .");
        validate(&shape, &format!(":a :p {value} .")).conforms()
    };
    assert!(check("sh:minInclusive 1", "1.0"));
    assert!(check(
        "sh:maxExclusive 1e400",
        "\"99999999999999999999999999999999999999999999\"^^xsd:integer"
    ));
    assert!(check("sh:minExclusive 1.5", "2"));
    assert!(!check("sh:minExclusive 1.5", "\"2\""));
    assert!(check(
        "sh:maxInclusive \"2026-01-01\"^^xsd:date",
        "\"2025-12-31\"^^xsd:date"
    ));
    assert!(!check(
        "sh:maxInclusive \"2026-01-01\"^^xsd:date",
        "\"2025-12-31T00:00:00\"^^xsd:dateTime"
    ));
    assert!(check(
        "sh:minInclusive \"PT1H\"^^xsd:dayTimeDuration",
        "\"PT60M\"^^xsd:dayTimeDuration"
    ));
    for (datatype, good, bad) in [
        ("xsd:byte", "-128", "128"),
        ("xsd:positiveInteger", "1", "0"),
        (
            "xsd:unsignedLong",
            "18446744073709551615",
            "18446744073709551616",
        ),
        ("xsd:boolean", "1", "yes"),
        ("xsd:decimal", "-.5", "1e3"),
        ("xsd:double", "-INF", "infinity"),
        ("xsd:date", "2024-02-29", "2023-02-29"),
        ("xsd:hexBinary", "0aF0", "0a0"),
        ("xsd:base64Binary", "YQ==", "YQ="),
        ("xsd:language", "de-CH", "d_CH"),
        ("xsd:token", "a b", " a"),
    ] {
        let constraint = format!("sh:datatype {datatype}");
        assert!(
            check(&constraint, &format!("\"{good}\"^^{datatype}")),
            "{datatype} {good}"
        );
        assert!(
            !check(&constraint, &format!("\"{bad}\"^^{datatype}")),
            "{datatype} {bad}"
        );
    }
}

#[test]
fn two_runs_give_the_same_report_in_every_form() {
    let shape =
        ":s sh:targetClass :C ; sh:path :p ; sh:maxCount 0 ; sh:message \"none\"@de, \"no p\"@en .";
    let text = ":a a :C ; :p 1, 2 . :b a :C ; :p 3 .";
    let (one, two) = (validate(shape, text), validate(shape, text));
    assert_eq!(one, two);
    assert_eq!(one.statements(), two.statements());
    assert_eq!(
        one.to_string(),
        "violation: urn:x:a <urn:x:p>: no p (may have 0 values, has 2)\n\
         violation: urn:x:b <urn:x:p>: no p (may have 0 values, has 1)\n\
         2 nodes checked: 2 of severity Violation"
    );
    assert_eq!(one.to_json()["findings"][0]["component"], "MaxCount");
}
