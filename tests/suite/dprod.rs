//! What is exported as DPROD keeps the shapes that DPROD comes with.

use isogloss::connectors::export::{Syntax, catalog, write_catalog};
use isogloss::connectors::{Input, InputLimits, Kind, read_paths};
use isogloss::graph::Scope;
use isogloss::graph::rdf::{NamedNode, Statement};
use isogloss::shacl::Report;
use isogloss::{Check, Ingest, Isogloss, ShapeSet};
use tests::shared;

use crate::mesh::mesh;

/// Reads files of the shared vocabularies.
fn vocabulary(file: &str) -> Option<Vec<Input>> {
    let path = shared(&format!("data/vocab/{file}"))?;
    let found = read_paths(Kind::Rdf, &[path], &InputLimits::default()).unwrap();
    Some(found.inputs)
}

/// The example mesh as a catalog.
fn exported() -> Vec<Statement> {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let graph = snapshot.graph();
    let said = graph
        .matching(None, None, None, Scope::Merged)
        .map(|found| graph.statement(found));
    let iri = NamedNode::new("https://example.org/catalog").unwrap();
    catalog(said, &iri)
}

/// Reads a catalog that was written, beside the ontology of DPROD, and checks it.
fn checked(statements: &[Statement], ontology: Vec<Input>, shapes: Vec<Input>) -> Report {
    let mut text = Vec::new();
    write_catalog(statements, Syntax::Turtle, &[], &mut text).unwrap();
    let mut inputs = ontology;
    inputs.push(Input {
        name: "catalog.ttl".to_owned(),
        bytes: text,
    });
    let check = Check {
        shapes: ShapeSet::only(shapes).unwrap(),
        strict: false,
    };
    let request = Ingest {
        check: Some(check),
        ..Ingest::new("exported".parse().unwrap(), Kind::Rdf, inputs)
    };
    let ingested = Isogloss::in_memory().ingest(request).unwrap();
    assert_eq!(ingested.report.errors, 0, "{:?}", ingested.report);
    ingested.validation.unwrap()
}

#[test]
fn the_exported_mesh_keeps_the_shapes_of_dprod() {
    let files = (
        vocabulary("dprod-ontology.ttl"),
        vocabulary("dprod-shapes.ttl"),
    );
    let (Some(ontology), Some(shapes)) = files else {
        return;
    };
    let statements = exported();
    let report = checked(&statements, ontology.clone(), shapes.clone());
    assert!(report.focus_nodes > 20, "only {}", report.focus_nodes);
    assert!(
        report.conforms(),
        "{:?}: {:#?}",
        report.counts,
        &report.findings[..report.findings.len().min(5)]
    );
    // Without what the linked things are, the same check complains.
    let mut untyped = statements;
    untyped.retain(|it| !it.object.to_string().ends_with("prov#Agent>"));
    assert!(!checked(&untyped, ontology, shapes).conforms());
}
