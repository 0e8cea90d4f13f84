//! Holds the ranking above its floors on the development set of the resolve benchmark, where that is at hand.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use search::document::{ColumnDoc, DatasetDoc, Documents, DomainDoc, Entity, ProductDoc};
use search::{Index, Ranked, ResolveRequest, Tuning};
use serde_json::Value;

/// What must hold: track, list, how many of the list count, the least mean recall.
const FLOORS: &[(&str, &str, usize, f64)] = &[
    ("question", "products", 1, 0.68),
    ("question", "tables", 5, 0.79),
    ("question", "columns", 10, 0.68),
    ("synonym", "tables", 5, 0.69),
    ("keyword", "tables", 1, 0.95),
    ("keyword_syn", "tables", 5, 0.43),
    ("abbrev", "columns", 10, 0.61),
    ("context", "products", 1, 0.97),
];

fn bench() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(beside, PathBuf::from);
    let dev = shared.join("data/resolve_bench/dev");
    dev.is_dir().then_some(dev)
}

fn lines(path: &Path) -> Vec<Value> {
    let file = File::open(path).expect("the benchmark's file opens");
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    lines
        .map(|line| serde_json::from_str(&line.expect("gzip text")).expect("a JSON line"))
        .collect()
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

fn entity(line: &Value, physical: bool) -> Entity {
    let described = |key: &str| text(line, key).filter(|_| !physical);
    let id = text(line, "id");
    Entity {
        iri: id.clone().unwrap_or_default(),
        name: text(line, "name").unwrap_or_default(),
        label: described("label"),
        description: described("description"),
        identifier: id,
        ..Entity::default()
    }
}

fn documents(catalog: &[Value], physical: bool) -> Documents {
    let mut documents = Documents::default();
    let mut at: HashMap<String, usize> = HashMap::new();
    for line in catalog {
        let entity = entity(line, physical);
        let parent = text(line, "parent").and_then(|parent| at.get(&parent).copied());
        let id = entity.iri.clone();
        let position = match line["kind"].as_str() {
            Some("domain") => {
                documents.domains.push(DomainDoc {
                    entity,
                    ..DomainDoc::default()
                });
                documents.domains.len()
            }
            Some("product") => {
                documents.products.push(ProductDoc {
                    entity,
                    domain: parent,
                    ..ProductDoc::default()
                });
                documents.products.len()
            }
            Some("table") => {
                let products = parent.into_iter().collect();
                documents.datasets.push(DatasetDoc {
                    entity,
                    products,
                    ..DatasetDoc::default()
                });
                documents.datasets.len()
            }
            Some("column") => {
                let dataset = parent.expect("a column follows its table");
                documents.columns.push(ColumnDoc {
                    entity,
                    dataset,
                    ..ColumnDoc::default()
                });
                documents.columns.len()
            }
            _ => continue,
        };
        at.insert(id, position - 1);
    }
    for line in catalog.iter().filter(|line| line["kind"] == "fk") {
        let end = |key: &str| text(line, key).and_then(|id| at.get(&id).copied());
        if let (Some(from), Some(to)) = (end("from"), end("to")) {
            documents.columns[from].references.push(to);
        }
    }
    documents
}

fn request(query: &Value) -> ResolveRequest {
    let context = &query["context"];
    let recent = context["recent"].as_array().into_iter().flatten();
    ResolveRequest {
        domain: text(context, "domain"),
        product: text(context, "product"),
        recent: recent
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect(),
        ..ResolveRequest::new(text(query, "text").unwrap_or_default())
    }
}

/// Returns the share of the wanted among the first `count`, capped as the benchmark's own script does.
fn recall(gold: &[&str], found: &[Ranked], count: usize) -> f64 {
    let hits = found
        .iter()
        .take(count)
        .filter(|one| gold.contains(&one.iri.as_str()))
        .count();
    hits as f64 / count.min(gold.len()) as f64
}

#[test]
fn ranking_holds_its_floors() {
    let Some(dev) = bench() else {
        println!("skipped: shared data not found");
        return;
    };
    let catalog = lines(&dev.join("catalog.jsonl.gz"));
    let build = |physical| {
        Index::from_documents(documents(&catalog, physical), &Tuning::default())
            .expect("a sound catalog")
    };
    let (full, physical) = (build(false), build(true));
    let mut sums: HashMap<usize, (f64, usize)> = HashMap::new();
    for query in lines(&dev.join("queries.jsonl.gz")) {
        let track = text(&query, "track").unwrap_or_default();
        let index = if query["view"] == "physical" {
            &physical
        } else {
            &full
        };
        let found = index.resolve(&request(&query));
        for (at, &(wanted, list, count, _)) in FLOORS.iter().enumerate() {
            let gold = query["gold"][list].as_array();
            let gold: Vec<&str> = gold
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            if wanted == track && !gold.is_empty() {
                let ranked = [
                    ("products", &found.products),
                    ("tables", &found.datasets),
                    ("columns", &found.columns),
                ];
                let ranked = ranked
                    .iter()
                    .find(|one| one.0 == list)
                    .expect("a list of the benchmark")
                    .1;
                let sum = sums.entry(at).or_default();
                *sum = (sum.0 + recall(&gold, ranked, count), sum.1 + 1);
            }
        }
    }
    for (at, (track, list, count, floor)) in FLOORS.iter().enumerate() {
        let (sum, asked) = sums.get(&at).copied().expect("every track has questions");
        let mean = sum / asked as f64;
        println!("{track} {list} R@{count}: {mean:.3} of {asked}, floor {floor}");
        assert!(
            mean >= *floor,
            "{track} {list} R@{count} is {mean:.3}, below {floor}"
        );
    }
}
