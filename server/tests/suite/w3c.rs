//! The W3C tests that need a server: protocol, graph store and service description, over real HTTP.
//!
//! Known failures are in the same file as those of the tests in process. The suites are no part of this repository.

#![expect(
    clippy::print_stdout,
    reason = "the score is for whoever runs the tests"
)]

mod manifest;
mod wire;

use std::collections::BTreeSet;
use std::path::Path;

use isogloss::Isogloss;
use oxrdf::Graph;
use oxrdf::dataset::CanonicalizationAlgorithm;
use oxrdfio::{RdfFormat, RdfParser};
use server::{Config, DefaultGraph, Sparql, Updates};
use tokio::sync::oneshot;

use manifest::{Exchange, Test};
use wire::Response;

/// The host that the tests speak to.
const HOST: &str = "www.example";

/// What is known to fail, by the IRI of the test.
const EXPECTED: &str = include_str!("../../../graph-core/tests/w3c/expected_failures.txt");

#[tokio::test(flavor = "multi_thread")]
async fn protocol() {
    suite("SPARQL Protocol", &["protocol/manifest.ttl"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn graph_store_protocol() {
    let manifests = [
        "graph-store-protocol/manifest-direct.ttl",
        "graph-store-protocol/manifest-indirect.ttl",
    ];
    suite("Graph Store Protocol", &manifests).await;
}

async fn suite(name: &str, manifests: &[&str]) {
    let Some(root) = manifest::suites() else {
        println!("skipped: shared data not found");
        return;
    };
    let known: BTreeSet<&str> = EXPECTED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let (mut total, mut passed, mut expected, mut surprises) = (0, 0, 0, Vec::new());
    for manifest in manifests {
        for test in manifest::tests(&root, manifest) {
            total += 1;
            match (run(&root, &test).await, known.contains(test.iri.as_str())) {
                (Ok(()), false) => passed += 1,
                (Err(_), true) => expected += 1,
                (Ok(()), true) => surprises.push(format!("{} passes now", test.iri)),
                (Err(reason), false) => surprises.push(format!("{}: {reason}", test.iri)),
            }
        }
    }
    println!("| {name} | over HTTP | {total} | {passed} | {expected} |");
    assert!(total > 0, "the manifests name no test");
    assert!(surprises.is_empty(), "{name}\n{}", surprises.join("\n"));
}

/// Runs one test on a server of its own.
async fn run(root: &Path, test: &Test) -> Result<(), String> {
    let isogloss = Isogloss::in_memory();
    for (name, file) in &test.data {
        manifest::load(&isogloss, root, name, file);
    }
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        allowed_hosts: vec![HOST.to_owned()],
        sparql: Sparql {
            update: Some(Updates::All),
            default_graph: DefaultGraph::People,
            ..Sparql::default()
        },
        ..Config::default()
    };
    let listener = server::bind(&config).expect("some port is free");
    let address = listener.local_addr().expect("bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async {
        stopped.await.ok();
    };
    let mut quick = config;
    quick.timeouts.drain_ms = 0;
    let served = tokio::spawn(server::serve(isogloss, quick, listener, until));
    let mut outcome = Ok(());
    let mut location = String::new();
    for (at, exchange) in test.exchanges.iter().enumerate() {
        let path = ours(&exchange.path).replace("$LOCATION$", &location);
        let response = wire::send(address, HOST, exchange, &path).await;
        if let Some(given) = response.header("location") {
            given.clone_into(&mut location);
        }
        outcome = check(exchange, &response)
            .map_err(|reason| format!("request {at} ({} {path}): {reason}", exchange.method));
        if outcome.is_err() {
            break;
        }
    }
    stop.send(()).expect("the server runs");
    served.await.expect("no panic").expect("a clean end");
    outcome
}

/// The address on our server of what the suite addresses.
fn ours(path: &str) -> String {
    match (path.strip_prefix("/sparql/"), path.strip_prefix("/gsp")) {
        (Some(rest), _) => format!("/sparql{rest}"),
        (_, Some(rest)) => format!("/store{rest}"),
        _ => path.to_owned(),
    }
}

fn check(exchange: &Exchange, response: &Response) -> Result<(), String> {
    let status = response.status;
    let fits = exchange
        .statuses
        .iter()
        .any(|expected| match expected.as_str() {
            "StatusCode2xx" => (200..300).contains(&status),
            "StatusCode3xx" => (300..400).contains(&status),
            "StatusCode4xx" => (400..500).contains(&status),
            "StatusCode5xx" => (500..600).contains(&status),
            "OK" => status == 200,
            "Created" => status == 201,
            "NoContent" => status == 204,
            "NotFound" => status == 404,
            other => panic!("status {other}"),
        });
    let text = String::from_utf8_lossy(&response.body);
    if !fits {
        return Err(format!(
            "{status}, expected {:?}: {text}",
            exchange.statuses
        ));
    }
    let media_type = response.header("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default();
    let formats: &[&str] = match exchange.format.as_deref() {
        None => &[],
        Some("boolean") => &[
            "application/sparql-results+json",
            "application/sparql-results+xml",
        ],
        Some("tabular") => &[
            "application/sparql-results+json",
            "application/sparql-results+xml",
            "text/csv",
            "text/tab-separated-values",
        ],
        Some("RDF") => &[
            "text/turtle",
            "application/rdf+xml",
            "application/n-triples",
        ],
        Some(other) => panic!("format {other}"),
    };
    if !formats.is_empty() && !formats.contains(&media_type) {
        return Err(format!("{media_type} is none of {formats:?}"));
    }
    if let Some(expected) = exchange.boolean
        && !text.contains(&format!("\"boolean\":{expected}"))
    {
        return Err(format!("expected {expected}: {text}"));
    }
    if let Some(expected) = &exchange.content {
        let (expected, found) = (canonical(expected), canonical(&text));
        if expected != found {
            return Err(format!("expected {expected}, found {found}"));
        }
    }
    if let Some(expected) = &exchange.content_type {
        let expected = expected.split(';').next().unwrap_or_default();
        if media_type != expected {
            return Err(format!("{media_type}, expected {expected}"));
        }
    }
    Ok(())
}

fn canonical(turtle: &str) -> Graph {
    let mut graph = parse(turtle);
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    graph
}

fn parse(turtle: &str) -> Graph {
    let parser = RdfParser::from_format(RdfFormat::Turtle).with_base_iri("http://www.example/");
    let quads = parser.expect("a valid base").for_slice(turtle.as_bytes());
    quads
        .map(|quad| oxrdf::Triple::from(quad.unwrap_or_else(|error| panic!("{turtle}: {error}"))))
        .collect()
}

/// The three tests of the service description are prose.
#[tokio::test]
async fn service_description() {
    let router = crate::app();
    let answer = crate::get(&router, "/sparql", &[("accept", "text/turtle")]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.media_type()),
        (200, "text/turtle"),
        "returns RDF"
    );
    let graph = parse(&answer.text());
    let sd = |name: &str| {
        oxrdf::NamedNode::new_unchecked(format!(
            "http://www.w3.org/ns/sparql-service-description#{name}"
        ))
    };
    let a = oxrdf::vocab::rdf::TYPE;
    let services: Vec<_> = graph
        .subjects_for_predicate_object(a, &sd("Service"))
        .collect();
    let [service] = services.as_slice() else {
        panic!("one service is described");
    };
    let objects = |name: &str| -> Vec<String> {
        let found = graph.objects_for_subject_predicate(*service, &sd(name));
        found.map(|term| term.to_string()).collect()
    };
    assert_eq!(
        objects("endpoint"),
        ["<http://localhost:4400/sparql>"],
        "has a matching endpoint"
    );
    let known =
        ["SPARQL10Query", "SPARQL11Query", "SPARQL11Update"].map(|name| sd(name).to_string());
    let languages = objects("supportedLanguage");
    assert!(!languages.is_empty() && languages.iter().all(|one| known.contains(one)));
    let features = [
        "DereferencesURIs",
        "UnionDefaultGraph",
        "RequiresDataset",
        "EmptyGraphs",
        "BasicFederatedQuery",
    ];
    let features = features.map(|name| sd(name).to_string());
    assert!(objects("feature").iter().all(|one| features.contains(one)));
    for name in ["resultFormat", "inputFormat"] {
        assert!(
            objects(name)
                .iter()
                .all(|one| one.starts_with("<http://www.w3.org/ns/formats/"))
        );
    }
    assert_eq!(objects("defaultDataset").len(), 1);
    for named in graph.subjects_for_predicate_object(a, &sd("NamedGraph")) {
        for part in ["name", "graph"] {
            assert_eq!(
                graph
                    .objects_for_subject_predicate(named, &sd(part))
                    .count(),
                1
            );
        }
    }
    println!("| Service Description | over HTTP | 3 | 3 | 0 |");
}
