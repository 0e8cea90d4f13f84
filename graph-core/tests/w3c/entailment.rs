//! The entailment tests of SPARQL 1.1, each under the regime of ours that comes nearest to what it asks for.
//!
//! `entailment_failures.txt` names those that fail, and why: ours are rule sets for a graph of claims, neither the
//! axiomatic triples of RDFS nor the reasoning of OWL Direct.

use std::collections::BTreeMap;
use std::path::Path;

use graph_core::entail::{Entailment, Limits, Regime};
use graph_core::sparql::QueryOptions;
use oxrdf::{Graph, NamedNode, NamedOrBlankNode, Term, TermRef};

use crate::compare::same;
use crate::manifest::{self, Test};
use crate::query;

const MANIFEST: &str = "sparql11/entailment/manifest.ttl";
const TESTS: usize = 70;

/// The regime of ours for the test; `None` for rule interchange, which brings rules of its own.
fn regime(manifest: &Graph, test: &Test) -> Option<Regime> {
    let asked = entailments(manifest, &test.iri);
    let has = |name: &str| {
        asked
            .iter()
            .any(|iri| *iri == format!("http://www.w3.org/ns/entailment/{name}"))
    };
    if has("RDFS") || has("RDF") || has("D") {
        Some(Regime::Rdfs)
    } else if has("RIF") {
        None
    } else {
        Some(Regime::OwlRl)
    }
}

/// The regimes that a test names, one or a list of them.
fn entailments(manifest: &Graph, test: &str) -> Vec<String> {
    let objects = |subject: &NamedOrBlankNode, predicate: &str| {
        let predicate = NamedNode::new(predicate).unwrap();
        let found = manifest.objects_for_subject_predicate(subject, &predicate);
        found.map(TermRef::into_owned).collect::<Vec<Term>>()
    };
    let node = |term: &Term| match term {
        Term::NamedNode(node) => NamedOrBlankNode::from(node.clone()),
        Term::BlankNode(node) => node.clone().into(),
        other => panic!("{other} is no node"),
    };
    let test = NamedOrBlankNode::from(NamedNode::new(test).unwrap());
    let action = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#action";
    let regime = "http://www.w3.org/ns/sparql-service-description#entailmentRegime";
    let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    let mut names = Vec::new();
    let mut places: Vec<Term> = objects(&test, action)
        .iter()
        .flat_map(|action| objects(&node(action), regime))
        .collect();
    while let Some(place) = places.pop() {
        let firsts = objects(&node(&place), &format!("{rdf}first"));
        if let (Term::NamedNode(name), true) = (&place, firsts.is_empty()) {
            names.push(name.as_str().to_owned());
        }
        places.extend(firsts);
        places.extend(objects(&node(&place), &format!("{rdf}rest")));
    }
    names
}

fn evaluate(root: &Path, test: &Test, regime: Regime) -> Result<(), String> {
    let say = |error: graph_core::Error| error.to_string();
    let query = query::parse(root, test).map_err(say)?;
    let store = query::store(root, &test.data);
    let entailed = Entailment::of(store.snapshot(), regime, &Limits::default()).map_err(say)?;
    let options = QueryOptions::default();
    let found = entailed.view().query(&query, &options).map_err(say)?;
    let found = query::gather(found).map_err(say)?;
    let expected = query::expected(root, test.result.as_deref().unwrap());
    if same(&expected, &found) {
        return Ok(());
    }
    Err(format!("expected {expected:?}\n  found {found:?}"))
}

#[test]
fn entailment_regimes() {
    let Some(root) = manifest::suites() else {
        println!("skipped: shared data not found");
        return;
    };
    let address = manifest::address(MANIFEST);
    let graph = manifest::graph(&root, &address);
    let mut known: BTreeMap<&str, &str> = include_str!("entailment_failures.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            line.split_once(' ')
                .expect("a test and the reason why it fails")
        })
        .collect();
    let (mut total, mut passed, mut surprises) = (0, 0, Vec::new());
    for test in manifest::tests(&root, &address) {
        total += 1;
        let outcome = match regime(&graph, &test) {
            Some(regime) => evaluate(&root, &test, regime),
            None => Err("brings rules of its own".to_owned()),
        };
        passed += usize::from(outcome.is_ok());
        match (outcome, known.remove(test.iri.as_str())) {
            (Ok(()), None) | (Err(_), Some(_)) => {}
            (Ok(()), Some(reason)) => surprises.push(format!("{} passes: {reason}", test.iri)),
            (Err(error), None) => surprises.push(format!("{} fails: {error}", test.iri)),
        }
    }
    surprises.extend(
        known
            .keys()
            .map(|iri| format!("{iri} is named and does not exist")),
    );
    println!("SPARQL 1.1 entailment: {passed} of {total} tests pass");
    assert_eq!(total, TESTS);
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}
