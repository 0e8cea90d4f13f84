use std::sync::Arc;

use crate::document::{Documents, Entity, TermDoc};
use crate::fixture;
use crate::index::Index;
use crate::resolve::{Outcome, Resolution, ResolveRequest, Tuning};

fn ask(documents: Documents, text: &str) -> Resolution {
    let index = Index::from_documents(documents, &Tuning::default()).expect("the mesh is sound");
    index.explain(&ResolveRequest::new(text))
}

fn named(iri: &str, name: &str) -> Entity {
    Entity {
        iri: format!("urn:test:{iri}"),
        name: name.to_owned(),
        sources: vec![Arc::from("test")],
        ..Entity::default()
    }
}

#[test]
fn a_name_that_is_half_found_is_unknown() {
    for text in ["warehouse turbine", "glacier invoice"] {
        let found = ask(fixture::mesh(), text);
        assert_eq!(found.outcome, Outcome::Unknown, "{text}");
        assert!(!found.candidates.is_empty(), "what was found is shown");
    }
    let found = ask(fixture::mesh(), "warehouse city");
    assert_eq!(found.outcome, Outcome::Resolved);
}

#[test]
fn a_name_is_answered_by_a_term_that_holds_it() {
    let without = ask(fixture::mesh(), "valve");
    assert_eq!(without.outcome, Outcome::Unknown);
    let mut documents = fixture::mesh();
    documents.terms.push(TermDoc {
        entity: named("relief-valve", "ReliefValve"),
        ..TermDoc::default()
    });
    let with = ask(documents, "valve");
    assert_ne!(with.outcome, Outcome::Unknown);
    assert_eq!(with.terms[0].iri, "urn:test:relief-valve");
}

#[test]
fn an_uncommon_word_that_is_not_found_says_more_than_a_common_one() {
    let known = |text: &str| {
        let found = ask(fixture::mesh(), text);
        let evidence = found.evidence.iter().find(|part| part.name == "uncommon");
        evidence.map_or(0.0, |part| part.value)
    };
    let common = known("Which warehouses stand early in a city?");
    let uncommon = known("Which warehouses stand bioluminescent in a city?");
    assert!(common > uncommon + 0.02, "{common} and {uncommon}");
}
