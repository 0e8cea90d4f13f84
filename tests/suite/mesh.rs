//! The example mesh tells its story: words that mean different things in different domains.

use isogloss::connectors::{InputLimits, Kind, Mapping, read_paths};
use isogloss::search::{Outcome, Resolution, ResolveRequest};
use isogloss::{Ingest, Isogloss, LineageRequest};
use tests::repository;

pub(crate) fn mesh() -> Isogloss {
    let folder = repository().join("examples/harbour-health");
    let text = std::fs::read_to_string(folder.join("isogloss.toml")).unwrap();
    let config: toml::Table = text.parse().unwrap();
    let mesh = Isogloss::in_memory();
    let mut requests = Vec::new();
    for source in config["source"].as_array().unwrap() {
        let kind: Kind = source["kind"].as_str().unwrap().parse().unwrap();
        let paths: Vec<_> = source["paths"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| folder.join(p.as_str().unwrap()))
            .collect();
        let found = read_paths(kind, &paths, &InputLimits::default()).unwrap();
        requests.push(Ingest {
            mapping: Mapping::parse(&text).unwrap(),
            ..Ingest::new(
                source["name"].as_str().unwrap().parse().unwrap(),
                kind,
                found.inputs,
            )
        });
    }
    for answer in mesh.ingest_all(requests).unwrap() {
        assert_eq!(answer.report.errors, 0, "{:?}", answer.report.diagnostics);
    }
    mesh
}

fn domains(resolution: &Resolution) -> Vec<String> {
    let mut names: Vec<_> = resolution
        .candidates
        .iter()
        .filter_map(|c| c.domain.as_ref())
        .map(|d| d.label.to_lowercase())
        .collect();
    names.dedup();
    names
}

#[test]
fn the_mesh_is_as_large_as_promised() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let model = snapshot.model();
    let counts = [
        model.domains().len(),
        model.products().len(),
        model.datasets().len(),
        model.terms().len(),
    ];
    assert!(
        counts[0] >= 6 && counts[1] >= 20 && counts[2] >= 150 && counts[3] >= 60,
        "{counts:?}"
    );
}

#[test]
fn customer_is_ambiguous_until_a_domain_is_named() {
    let snapshot = mesh().snapshot();
    let open = snapshot.resolve(&ResolveRequest::new("customer")).unwrap();
    assert_eq!(open.outcome, Outcome::Ambiguous, "{:#?}", open.candidates);
    assert!(
        open.question.as_ref().is_some_and(|q| q.options.len() >= 2),
        "{:?}",
        open.question
    );
    assert!(domains(&open).len() >= 2, "{:?}", domains(&open));
    // Finance's customers are kept by its part Billing.
    for (domain, expected) in [("finance", "billing"), ("marketing", "marketing")] {
        let request = ResolveRequest {
            domain: Some(domain.to_owned()),
            ..ResolveRequest::new("customer")
        };
        let answer = snapshot.resolve(&request).unwrap();
        assert_eq!(answer.outcome, Outcome::Resolved, "{:#?}", answer.question);
        let first = domains(&answer).first().cloned();
        assert_eq!(first.as_deref(), Some(expected), "{:#?}", answer.candidates);
    }
}

#[test]
fn the_outcome_does_not_hang_on_how_many_candidates_are_wanted() {
    let snapshot = mesh().snapshot();
    for text in ["customer", "claim status", "active member", "premium"] {
        let outcome = |limit| {
            snapshot
                .resolve(&ResolveRequest {
                    limit,
                    ..ResolveRequest::new(text)
                })
                .unwrap()
                .outcome
        };
        assert_eq!(outcome(1), outcome(20), "{text}");
    }
}

#[test]
fn lineage_reaches_from_a_mart_to_its_raw_tables() {
    let snapshot = mesh().snapshot();
    let model = snapshot.model();
    let deepest = model
        .datasets()
        .into_iter()
        .map(|d| {
            snapshot
                .lineage(&d.iri(), &LineageRequest::default())
                .unwrap()
        })
        .max_by_key(|lineage| lineage.nodes.iter().map(|n| n.hops).max())
        .unwrap();
    assert!(deepest.nodes.iter().any(|n| n.hops >= 3), "{deepest:?}");
    assert!(!deepest.has_cycle);
}
