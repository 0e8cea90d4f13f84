//! The index after any sequence of commits is the one that would be built afresh.

use std::fmt::Write as _;

use isogloss::Isogloss;
use isogloss::connectors::{Input, Kind};
use isogloss::graph::Timestamp;
use isogloss::search::{FacetField, Index, IndexOptions, ResolveRequest, SearchRequest};

const WORDS: [&str; 10] = [
    "customer", "order", "invoice", "ward", "patient", "amount", "status", "region", "cust", "no",
];
const SOURCES: [&str; 4] = ["shop", "clinic", "crm", "glossary"];

/// xorshift64*, so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }
}

/// What a source says: tables with columns, keys between them, and terms that columns carry.
fn catalog(random: &mut Random) -> String {
    let domain = random.word();
    let mut out = format!(r#"{{"kind":"domain","id":"d","name":"{domain}"}}"#);
    for product in 0..=random.below(2) {
        let name = random.word();
        write!(
            out,
            "\n{{\"kind\":\"product\",\"id\":\"p{product}\",\"parent\":\"d\",\"name\":\"{name}\"}}"
        )
        .unwrap();
        for table in 0..random.below(4) {
            let id = format!("p{product}/t{table}");
            let (one, other, said) = (random.word(), random.word(), random.word());
            write!(
                out,
                "\n{{\"kind\":\"table\",\"id\":\"{id}\",\"parent\":\"p{product}\",\"name\":\"{one}_{other}\",\"description\":\"of {said}\"}}"
            )
            .unwrap();
            for column in 0..random.below(4) {
                let (one, label) = (random.word(), random.word());
                write!(
                    out,
                    "\n{{\"kind\":\"column\",\"id\":\"{id}/c{column}\",\"parent\":\"{id}\",\"name\":\"{one}_{column}\",\"label\":\"{label}\"}}"
                )
                .unwrap();
            }
        }
    }
    out
}

/// One random change: a source says something else or nothing, or people describe a dataset.
fn change(mesh: &Isogloss, random: &mut Random) {
    let name = SOURCES[random.below(SOURCES.len())];
    let known = mesh
        .snapshot()
        .sources()
        .iter()
        .any(|source| source.name.as_str() == name);
    match random.below(5) {
        0 if known => {
            mesh.remove_source(&name.parse().unwrap(), "test", Timestamp(0))
                .unwrap();
        }
        1 => {
            let said = random.word();
            let turtle = format!(
                "<urn:isogloss:dataset:shop/p0/t0> <http://purl.org/dc/terms/description> \"all of {said}\" .\n\
                 <urn:isogloss:term:people/x> a <http://www.w3.org/2004/02/skos/core#Concept> ; \
                 <http://www.w3.org/2004/02/skos/core#prefLabel> \"{said} {said}\" .\n"
            );
            ingest(mesh, "people", Kind::Rdf, "people.ttl", turtle);
        }
        2 => mesh.store().merge_all(),
        _ => {
            let lines = catalog(random);
            ingest(mesh, name, Kind::CatalogLines, "lines.jsonl", lines);
        }
    }
}

fn ingest(mesh: &Isogloss, source: &str, kind: Kind, file: &str, text: String) {
    let inputs = vec![Input::text(file, text)];
    mesh.ingest(isogloss::Ingest::new(source.parse().unwrap(), kind, inputs))
        .unwrap();
}

/// Everything that an index answers to some questions.
fn answers(index: &Index) -> String {
    let mut out = String::new();
    for text in [
        "customer order",
        "amount of invoices by ward",
        "cust no",
        "patient",
        "regoin",
        "",
    ] {
        let search = index.search(&SearchRequest {
            facets: vec![FacetField::Kind, FacetField::Domain, FacetField::Source],
            ..SearchRequest::new(text)
        });
        let resolution = index.explain(&ResolveRequest::new(text));
        let suggestions = index.suggest(text, &[], 5);
        writeln!(out, "{search:?}\n{resolution:?}\n{suggestions:?}").unwrap();
    }
    out
}

#[test]
fn the_index_after_commits_answers_as_one_built_afresh() {
    for seed in 1..=6 {
        let mesh = Isogloss::in_memory();
        let mut random = Random(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
        for round in 0..12 {
            change(&mesh, &mut random);
            let snapshot = mesh.snapshot();
            let afresh = Index::build(snapshot.graph(), &IndexOptions::default()).unwrap();
            assert_eq!(
                answers(snapshot.index().unwrap()),
                answers(&afresh),
                "seed {seed}, round {round}"
            );
        }
    }
}
