//! What is damaged takes nothing away from a source.

use isogloss::connectors::{Diagnostic, Input, Kind, Location, Severity};
use isogloss::{Error, Ingest, Isogloss};

const A: &str = "{\"dataset\": [{\"identifier\": \"a\", \"title\": \"A\"}]}";
const B: &str = "{\"dataset\": [{\"identifier\": \"b\", \"title\": \"B\", \"keyword\": [\"x\"]}]}";

fn request(documents: &[(&str, &str)]) -> Ingest {
    let inputs = documents
        .iter()
        .map(|(name, text)| Input::text(*name, *text));
    Ingest::new("open".parse().unwrap(), Kind::DataJson, inputs.collect())
}

fn both() -> Isogloss {
    let mesh = Isogloss::in_memory();
    mesh.ingest(request(&[("a.json", A), ("b.json", B)]))
        .unwrap();
    mesh
}

fn says(mesh: &Isogloss, text: &str) -> bool {
    let snapshot = mesh.snapshot();
    let graph = snapshot.graph();
    let source = graph.source_id(&"open".parse().unwrap()).unwrap();
    graph
        .statements_of(source)
        .any(|it| it.object.to_string().contains(text))
}

#[test]
fn a_damaged_document_beside_others_leaves_the_source_as_it_is() {
    let mesh = both();
    let version = mesh.snapshot().version();
    for broken in ["", "{", "{}", "null", "{\"dataset\": [{\"iden", "\0\0\0\0"] {
        let error = mesh
            .ingest(request(&[("a.json", A), ("b.json", broken)]))
            .unwrap_err();
        assert_eq!(error.code(), "DAMAGED_INPUT", "{broken}");
        assert!(matches!(error, Error::Damaged { lost, .. } if lost > 0));
        assert!(error.to_string().contains("b.json"), "{error}");
        assert_eq!(mesh.snapshot().version(), version, "{broken}");
    }
    assert!(says(&mesh, "\"B\""));
    let partial = Ingest {
        partial: true,
        ..request(&[("a.json", A), ("b.json", "{")])
    };
    let ingested = mesh.ingest(partial).unwrap();
    assert_eq!(ingested.report.damaged, 1);
    assert!(!says(&mesh, "\"B\"") && says(&mesh, "\"A\""));
}

#[test]
fn a_document_that_could_not_be_opened_counts_as_damaged() {
    let mesh = both();
    let at = Location::file("b.json.gz");
    let found = Diagnostic::new(Severity::Error, "bad_gzip", "it ends too early", at);
    let refused = mesh.ingest(Ingest {
        found: vec![found],
        ..request(&[("a.json", A)])
    });
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("it ends too early"), "{error}");
    assert!(says(&mesh, "\"B\""));
}

#[test]
fn beside_what_is_damaged_the_rest_is_read_as_long_as_nothing_vanishes() {
    let mesh = Isogloss::in_memory();
    let broken = ("c.json", "{\"dataset\": [");
    let first = mesh.ingest(request(&[("a.json", A), broken])).unwrap();
    assert_eq!(first.report.damaged, 1);
    // What changes and what is new is taken in.
    let renamed = A.replace("\"A\"", "\"Alpha\"");
    mesh.ingest(request(&[("a.json", &renamed), ("b.json", B), broken]))
        .unwrap();
    assert!(says(&mesh, "Alpha") && says(&mesh, "\"B\""));
    // A dry run may see what would vanish.
    let dry = Ingest {
        dry_run: true,
        ..request(&[("a.json", &renamed), broken])
    };
    let preview = mesh.ingest(dry).unwrap().preview.unwrap();
    assert!(!preview.disappearing.is_empty());
    let refused = mesh.ingest(request(&[("a.json", &renamed), broken]));
    assert!(refused.is_err());
    // Without the damage the same is a wish.
    mesh.ingest(request(&[("a.json", &renamed)])).unwrap();
    assert!(!says(&mesh, "\"B\""));
}

#[test]
fn a_document_of_another_kind_is_no_damage() {
    let mesh = both();
    let schema = ("schema.json", "{\"type\": \"object\"}");
    let ingested = mesh.ingest(request(&[("a.json", A), schema])).unwrap();
    assert_eq!((ingested.report.errors, ingested.report.damaged), (1, 0));
    assert!(!says(&mesh, "\"B\""));
}
