//! `validate`, `why` and the flags that go with them.

use crate::process::Place;

const TURTLE: &str =
    "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n<urn:x:orders> a dcat:Dataset .\n";
const TERMS: &str = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\
    <urn:x:a> skos:broader <urn:x:b> . <urn:x:b> skos:broader <urn:x:c> .\n";

#[test]
fn a_strict_ingest_is_refused_with_its_own_exit_code() {
    let place = Place::with_catalog();
    let before = place.statements();
    let file = place.write("bad.ttl", TURTLE);
    let path = file.to_str().unwrap();
    place
        .run(&["ingest", "rdf", path, "--source", "bad", "--validate"])
        .fails(7, &["breaks the shapes", "needs a name or a title"]);
    assert_eq!(place.statements(), before);
    let ran = place
        .run(&[
            "ingest",
            "rdf",
            path,
            "--source",
            "bad",
            "--validate=report",
        ])
        .succeeds();
    assert!(ran.out.contains("1 of severity Violation"), "{}", ran.out);
    let ran = place
        .run(&["validate", "--json"])
        .fails(7, &["broken 1 times"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["findings"][0]["focus"], "urn:x:orders", "{report}");
    let ran = place.run(&["validate", "--format", "turtle"]).fails(7, &[]);
    assert!(ran.out.contains("sh:ValidationReport"), "{}", ran.out);
    place
        .run(&["validate", "--source", "nobody"])
        .fails(4, &["nobody"]);
    place
        .run(&["ingest", "rdf", path, "--source", "bad", "--validate=maybe"])
        .fails(2, &["strict"]);
}

#[test]
fn what_follows_is_asked_for_by_name_and_has_a_reason() {
    let place = Place::new();
    let file = place.write("terms.ttl", TERMS);
    let query = place.write(
        "q.rq",
        "SELECT ?b { <urn:x:a> <http://www.w3.org/2004/02/skos/core#broaderTransitive> ?b } ORDER BY ?b",
    );
    let query = query.to_str().unwrap();
    place
        .run(&["ingest", "rdf", file.to_str().unwrap(), "--source", "terms"])
        .succeeds();
    let ran = place.run(&["sparql", query, "--format", "csv"]).succeeds();
    assert!(!ran.out.contains("urn:x"), "{}", ran.out);
    let ran = place
        .run(&["sparql", query, "--format", "csv", "--entailment", "skos"])
        .succeeds();
    assert!(
        ran.out.contains("urn:x:b") && ran.out.contains("urn:x:c"),
        "{}",
        ran.out
    );
    place
        .run(&["sparql", query, "--entailment", "owl"])
        .fails(2, &["`owl` does not exist", "owl-rl"]);
    let far = [
        "why",
        "urn:x:a",
        "skos:broaderTransitive",
        "urn:x:c",
        "--entailment",
        "skos",
    ];
    let ran = place.run(&far).succeeds();
    assert!(
        ran.out.contains("by skos-broader-transitive") && ran.out.contains("says terms"),
        "{}",
        ran.out
    );
    place
        .run(&[
            "why",
            "urn:x:c",
            "skos:broader",
            "urn:x:a",
            "--entailment",
            "skos",
        ])
        .fails(4, &["neither is claimed nor follows"]);
}
