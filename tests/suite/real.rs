//! Real metadata that none of us wrote, all in one graph: counts agree with the sources' own, words resolve per domain.

use std::path::PathBuf;

use isogloss::connectors::{InputLimits, Kind, read_paths};
use isogloss::graph::sparql::{QueryOptions, QueryResults};
use isogloss::search::{Outcome, ResolveRequest};
use isogloss::{Ingest, Isogloss, Snapshot};
use tests::shared;

/// Source name, kind and paths under the shared folder.
const INPUTS: [(&str, Kind, &[&str]); 9] = [
    (
        "tuva",
        Kind::Dbt,
        &["data/corpora/dbt/tuva/manifest.json.gz"],
    ),
    ("shopify", Kind::Dbt, &["data/corpora/dbt/fivetran_shopify"]),
    (
        "jaffle",
        Kind::Dbt,
        &["data/corpora/dbt/jaffle_classic_run"],
    ),
    (
        "odcs",
        Kind::Odcs,
        &["data/corpora/contracts/odcs_examples/docs"],
    ),
    (
        "dprod",
        Kind::Rdf,
        &["data/corpora/dcat_dprod/dprod/examples"],
    ),
    ("gsq", Kind::Rdf, &["data/corpora/ontologies/gsq_skos"]),
    ("fibo", Kind::Rdf, &["data/corpora/ontologies/fibo_fnd_be"]),
    (
        "bench-catalog",
        Kind::CatalogLines,
        &[
            "data/resolve_bench/dev/catalog.jsonl.gz",
            "data/resolve_bench/dev/glossary.jsonl.gz",
        ],
    ),
    ("vocab", Kind::Rdf, &["data/vocab/w3cns-dcat3.ttl"]),
];

fn one_graph() -> Option<Isogloss> {
    let mesh = Isogloss::in_memory();
    let mut requests = Vec::new();
    for (name, kind, paths) in INPUTS {
        let paths: Option<Vec<PathBuf>> = paths.iter().map(|path| shared(path)).collect();
        let found = read_paths(kind, &paths?, &InputLimits::default()).unwrap();
        requests.push(Ingest::new(name.parse().unwrap(), kind, found.inputs));
    }
    let answers = mesh.ingest_all(requests).unwrap();
    for (answer, (name, ..)) in answers.iter().zip(INPUTS) {
        assert!(
            answer.report.statements > 0,
            "{name}: {:?}",
            answer.report.diagnostics.first()
        );
    }
    Some(mesh)
}

/// Runs a query that counts and returns the number.
fn count(snapshot: &Snapshot, pattern: &str) -> u64 {
    let text = format!(
        "PREFIX iso: <https://isogloss.dev/ns#> PREFIX dcat: <http://www.w3.org/ns/dcat#>
         PREFIX csvw: <http://www.w3.org/ns/csvw#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
         PREFIX dprod: <https://ekgf.github.io/dprod/>
         SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ {pattern} }}"
    );
    let results = snapshot.sparql(&text, &QueryOptions::default()).unwrap();
    let QueryResults::Solutions(mut rows) = results else {
        panic!("a SELECT gives rows")
    };
    let row = rows.next().unwrap().unwrap();
    let cell = row.iter().flatten().next().unwrap().to_string();
    let digits: String = cell
        .trim_start_matches('"')
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap()
}

fn in_source(source: &str, pattern: &str) -> String {
    format!("GRAPH <urn:isogloss:source:{source}> {{ {pattern} }}")
}

#[test]
fn real_metadata_lands_in_one_graph_and_words_resolve() {
    let Some(mesh) = one_graph() else { return };
    let snapshot = mesh.snapshot();
    let of = |source, pattern| count(&snapshot, &in_source(source, pattern));
    // The sources' own counts: models and seeds of dbt, tables and columns of the catalog, concepts of SKOS.
    assert_eq!(
        of("tuva", "?x a dcat:Dataset ; iso:materialization ?m"),
        1200 + 132
    );
    assert_eq!(
        of("shopify", "?x a dcat:Dataset ; iso:materialization ?m"),
        240 + 95 + 87
    );
    assert_eq!(of("bench-catalog", "?x a dcat:Dataset"), 1257);
    assert_eq!(of("bench-catalog", "?x a csvw:Column"), 16234);
    assert_eq!(of("bench-catalog", "?x a dprod:DataProduct"), 134);
    assert_eq!(of("bench-catalog", "?x a iso:Domain"), 25);
    assert_eq!(
        of("bench-catalog", "?x iso:references ?y"),
        count_references(&snapshot)
    );
    for word in ["patient", "customer", "order status"] {
        let answer = snapshot.resolve(&ResolveRequest::new(word)).unwrap();
        assert_ne!(answer.outcome, Outcome::Unknown, "`{word}`");
        assert!(!answer.candidates.is_empty(), "`{word}`");
        for candidate in &answer.candidates {
            assert!(!candidate.reasons.is_empty(), "`{word}`: {candidate:?}");
        }
    }
    let customer = snapshot.resolve(&ResolveRequest::new("customer")).unwrap();
    assert_eq!(
        customer.outcome,
        Outcome::Ambiguous,
        "customer means many things in this mesh"
    );
}

/// Foreign keys counted a second way, without SPARQL.
fn count_references(snapshot: &Snapshot) -> u64 {
    let graph = snapshot.graph();
    let references = graph
        .id_of_iri("https://isogloss.dev/ns#references")
        .unwrap();
    let source = graph
        .sources()
        .iter()
        .position(|s| s.name.as_str() == "bench-catalog")
        .unwrap();
    let name = &graph.sources()[source].name;
    let from: std::collections::BTreeSet<_> = graph
        .matching(None, Some(references), None, isogloss::graph::Scope::Claims)
        .filter(|s| {
            graph
                .source_info(s.source)
                .is_some_and(|info| info.name == *name)
        })
        .map(|s| s.subject)
        .collect();
    from.len() as u64
}
