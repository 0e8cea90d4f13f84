//! docs/merged-view.md, run: its sources are committed and its queries asked, in the order of the page.

use std::fmt::Write as _;
use std::path::PathBuf;

use isogloss::connectors::{Input, InputLimits, Kind, Options};
use isogloss::graph::rdf::RdfTerm;
use isogloss::graph::sparql::{QueryOptions, QueryResults};
use isogloss::graph::{Change, Commit, Timestamp};
use isogloss::{Ingest, Isogloss, Snapshot};

fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(path)
}

fn mesh() -> Isogloss {
    let mesh = Isogloss::in_memory();
    for (source, kind, path) in [
        ("dbt-claims", Kind::Dbt, "dbt/claims"),
        ("contracts", Kind::Odcs, "contracts"),
    ] {
        let path = repository("examples/harbour-health").join(path);
        let found = connectors::read_paths(kind, &[path], &InputLimits::default()).unwrap();
        let request = Ingest::new(source.parse().unwrap(), kind, found.inputs);
        mesh.ingest(Ingest {
            actor: "ada".to_owned(),
            time: Timestamp(1_795_372_200_000),
            ..request
        })
        .unwrap();
    }
    mesh
}

fn prefixes(keyword: &str, end: &str) -> String {
    let mut text = String::new();
    for (prefix, namespace) in isogloss::model::prefixes() {
        writeln!(text, "{keyword} {prefix}: <{namespace}>{end}").unwrap();
    }
    text
}

fn commit(mesh: &Isogloss, source: &str, turtle: &str) {
    let document = format!("{}{turtle}", prefixes("@prefix", " ."));
    let options = Options::new(source.parse().unwrap());
    let read =
        connectors::read(Kind::Rdf, vec![Input::text("page.ttl", document)], &options).unwrap();
    assert_eq!(read.report.errors, 0, "{turtle}");
    mesh.commit(Commit {
        source: source.parse().unwrap(),
        kind: source.to_owned(),
        actor: "ada".to_owned(),
        time: Timestamp(1_795_372_260_000),
        change: Change::Replace(read.statements),
    })
    .unwrap();
}

fn ask(snapshot: &Snapshot, query: &str) -> String {
    let text = format!("{}{query}", prefixes("PREFIX", ""));
    let results = snapshot.sparql(&text, &QueryOptions::default()).unwrap();
    let QueryResults::Solutions(rows) = results else {
        panic!("not a SELECT: {query}");
    };
    let mut lines: Vec<String> = rows
        .map(|row| {
            let row = row.unwrap();
            let values: Vec<String> = row.iter().flatten().map(short).collect();
            values.join(" | ") + "\n"
        })
        .collect();
    lines.sort();
    lines.concat()
}

/// Texts and numbers as they are, IRIs in brackets.
fn short(term: &RdfTerm) -> String {
    match term {
        RdfTerm::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    }
}

#[test]
fn the_page_says_what_happens() {
    let path = repository("docs/merged-view.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mesh = mesh();
    let mut found = String::new();
    let (mut fence, mut inside, mut answer) = (None, String::new(), None);
    let mut asked = 0;
    for line in page.lines() {
        match (line.strip_prefix("```"), fence) {
            (Some(info), None) => {
                fence = Some(info);
                inside.clear();
            }
            (Some(_), Some(info)) => {
                fence = None;
                let mut words = info.split(' ');
                match (words.next(), words.next()) {
                    (Some("turtle"), Some(source)) => commit(&mesh, source, &inside),
                    (Some("sparql"), _) => {
                        asked += 1;
                        answer = Some(ask(&mesh.snapshot(), &inside));
                    }
                    (Some("text"), _) => inside = answer.take().unwrap_or_default(),
                    _ => {}
                }
                found += &inside;
            }
            (None, Some(_)) => {
                inside += line;
                inside.push('\n');
                continue;
            }
            (None, None) => {}
        }
        found += line;
        found.push('\n');
    }
    assert_eq!(asked, 9);
    expect_test::expect_file!["../../../docs/merged-view.md"].assert_eq(&found);
}
