//! The W3C SHACL test suite, the core part, against a snapshot.
//!
//! `expected-failures.txt` names the tests that fail, one a line with the reason: a test that fails and is not named
//! there fails this one, and so does a named test that passes.
#![expect(clippy::unwrap_used, reason = "a test reads the suite's own files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use graph_core::rdf::{NamedNode, RdfTerm, Statement};
use graph_core::{Change, Commit, Scope, Store, Timestamp};
use oxrdf::Graph;
use oxrdf::graph::CanonicalizationAlgorithm;
use oxrdfio::{RdfFormat, RdfParser};
use shacl::{Options, Shapes};

const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const SHT: &str = "http://www.w3.org/ns/shacl-test#";
const SH: &str = "http://www.w3.org/ns/shacl#";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const BASE: &str = "http://w3c.test/";
const CORE_TESTS: usize = 98;

fn suite() -> Option<PathBuf> {
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let tests = shared.join("data/w3c/data-shapes/data-shapes-test-suite/tests");
    tests.is_dir().then_some(tests)
}

struct Suite {
    folder: PathBuf,
}

impl Suite {
    fn read(&self, iri: &str) -> Vec<Statement> {
        let file = self.folder.join(iri.strip_prefix(BASE).unwrap());
        let bytes = fs::read(&file).unwrap();
        RdfParser::from_format(RdfFormat::Turtle)
            .with_base_iri(iri)
            .unwrap()
            .for_slice(&bytes)
            .map(|quad| Statement::from(quad.unwrap()))
            .collect()
    }

    /// The test files that a manifest includes, itself and all the way down.
    fn files(&self, manifest: &str, out: &mut Vec<String>) {
        out.push(manifest.to_owned());
        for statement in self.read(manifest) {
            if statement.predicate.as_str() == format!("{MF}include") {
                let RdfTerm::NamedNode(included) = statement.object else {
                    panic!("{manifest} includes what is no file");
                };
                self.files(included.as_str(), out);
            }
        }
    }
}

fn objects<'a>(
    statements: &'a [Statement],
    subject: &'a RdfTerm,
    predicate: &'a str,
) -> impl Iterator<Item = &'a RdfTerm> {
    let of = move |s: &&Statement| {
        RdfTerm::from(s.subject.clone()) == *subject && s.predicate.as_str() == predicate
    };
    statements.iter().filter(of).map(|s| &s.object)
}

fn object(statements: &[Statement], subject: &RdfTerm, predicate: &str) -> RdfTerm {
    let mut found = objects(statements, subject, predicate);
    found
        .next()
        .unwrap_or_else(|| panic!("{subject} has no {predicate}"))
        .clone()
}

fn iri(term: &RdfTerm) -> &str {
    match term {
        RdfTerm::NamedNode(node) => node.as_str(),
        other => panic!("{other} is no IRI"),
    }
}

/// The part of a report that the suite compares.
fn comparable(statements: &[Statement], report: &RdfTerm, with_messages: bool) -> Graph {
    let mut graph = Graph::new();
    let mut keep = |subject: &RdfTerm, predicate: String| {
        let mut found = Vec::new();
        for object in objects(statements, subject, &predicate) {
            let predicate = NamedNode::new(&predicate).unwrap();
            let subject = match subject {
                RdfTerm::NamedNode(node) => oxrdf::NamedOrBlankNode::from(node.clone()),
                RdfTerm::BlankNode(node) => node.clone().into(),
                other => panic!("{other} is no subject"),
            };
            graph.insert(&Statement::new(subject, predicate, object.clone()));
            found.push(object.clone());
        }
        found
    };
    keep(report, format!("{SH}conforms"));
    for result in keep(report, format!("{SH}result")) {
        for local in [
            "focusNode",
            "value",
            "resultSeverity",
            "sourceConstraintComponent",
            "sourceShape",
        ] {
            keep(&result, format!("{SH}{local}"));
        }
        if with_messages {
            keep(&result, format!("{SH}resultMessage"));
        }
        let mut paths = keep(&result, format!("{SH}resultPath"));
        while let Some(path) = paths.pop() {
            if matches!(path, RdfTerm::BlankNode(_)) {
                for local in ["first", "rest"] {
                    paths.extend(keep(&path, format!("{RDF}{local}")));
                }
                for kind in [
                    "inverse",
                    "alternative",
                    "zeroOrMore",
                    "oneOrMore",
                    "zeroOrOne",
                ] {
                    paths.extend(keep(&path, format!("{SH}{kind}Path")));
                }
            }
        }
    }
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    graph
}

fn run(suite: &Suite, manifest: &[Statement], test: &RdfTerm) -> Result<(), String> {
    let action = object(manifest, test, &format!("{MF}action"));
    let data = suite.read(iri(&object(manifest, &action, &format!("{SHT}dataGraph"))));
    let shapes = suite.read(iri(&object(
        manifest,
        &action,
        &format!("{SHT}shapesGraph"),
    )));
    let expected = object(manifest, test, &format!("{MF}result"));
    let store = Store::in_memory();
    store
        .commit(Commit {
            source: "data".try_into().unwrap(),
            kind: "rdf".to_owned(),
            actor: "test".to_owned(),
            time: Timestamp(0),
            change: Change::Replace(data),
        })
        .unwrap();
    let shapes = Shapes::from_statements(&shapes).map_err(|error| error.to_string())?;
    let report = shapes
        .validate(&store.snapshot(), &Options::new(Scope::Claims))
        .map_err(|error| error.to_string())?;
    let with_messages = manifest
        .iter()
        .any(|statement| statement.predicate.as_str() == format!("{SH}resultMessage"));
    let statements = report.statements();
    let ours = RdfTerm::from(statements[0].subject.clone());
    let ours = comparable(&statements, &ours, with_messages);
    let theirs = comparable(manifest, &expected, with_messages);
    if ours == theirs {
        return Ok(());
    }
    Err(format!("expected\n{theirs}got\n{ours}"))
}

fn expected_failures() -> BTreeMap<&'static str, &'static str> {
    include_str!("expected-failures.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            line.split_once(' ')
                .expect("a test and the reason why it fails")
        })
        .collect()
}

#[test]
fn core_tests_pass() {
    let Some(folder) = suite() else {
        eprintln!("skipped: shared data not found");
        return;
    };
    let suite = Suite { folder };
    let mut files = Vec::new();
    suite.files(&format!("{BASE}core/manifest.ttl"), &mut files);
    let mut expected = expected_failures();
    let (mut total, mut passed, mut surprises) = (0, 0, Vec::new());
    for file in files {
        let manifest = suite.read(&file);
        let is_test = |s: &&Statement| {
            s.predicate.as_str().ends_with("#type")
                && matches!(&s.object, RdfTerm::NamedNode(class) if class.as_str() == format!("{SHT}Validate"))
        };
        for statement in manifest.iter().filter(is_test) {
            let test = RdfTerm::from(statement.subject.clone());
            let name = iri(&test).strip_prefix(BASE).unwrap();
            let outcome = run(&suite, &manifest, &test);
            total += 1;
            passed += usize::from(outcome.is_ok());
            match (outcome, expected.remove(name)) {
                (Ok(()), None) | (Err(_), Some(_)) => {}
                (Ok(()), Some(reason)) => {
                    surprises.push(format!("{name} passes, and was to fail: {reason}"));
                }
                (Err(error), None) => surprises.push(format!("{name} fails: {error}")),
            }
        }
    }
    surprises.extend(
        expected
            .keys()
            .map(|name| format!("{name} is named and does not exist")),
    );
    eprintln!("SHACL Core: {passed} of {total} tests pass");
    assert_eq!(
        total, CORE_TESTS,
        "the suite is not the one that is expected"
    );
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}
