//! The `odcs` connector on the shared data; its own module tests it on small contracts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use connectors::{Error, InputLimits, Kind, Options, Report, SourceStatements, ingest_paths};
use expect_test::expect;

fn options() -> Options {
    Options::new("s".parse().expect("a valid name"))
}

fn diagnostics(report: &Report) -> String {
    let lines: Vec<String> = report
        .diagnostics
        .iter()
        .map(|diagnostic| format!("{} {diagnostic}\n", diagnostic.severity))
        .collect();
    lines.concat()
}

#[expect(clippy::print_stdout, reason = "a test that cannot run should say so")]
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let path = root.join("data/corpora").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: shared data not found");
    None
}

fn ingest(path: PathBuf) -> SourceStatements {
    match ingest_paths(Kind::Odcs, &[path], &InputLimits::default(), &options()) {
        Ok(read) => read,
        Err(error) => panic!("these are readable: {error}"),
    }
}

#[test]
fn the_standards_own_examples_are_all_read_the_same_way_twice() {
    let Some(folder) = shared("contracts/odcs_examples") else {
        return;
    };
    let read = ingest(folder.clone());
    assert_eq!(read.report.errors, 0, "{}", diagnostics(&read.report));
    expect![[r#"{"column": 493, "contract": 18, "data_product": 6, "dataset": 84, "domain": 2, "owner": 5, "quality_rule": 7, "service": 5}"#]].assert_eq(&format!("{:?}", read.report.understood));
    let mut codes: BTreeMap<&str, u64> = BTreeMap::new();
    for diagnostic in &read.report.diagnostics {
        *codes.entry(diagnostic.code).or_default() += 1;
    }
    expect![[
        r#"{"duplicate_id": 12, "no_domain": 17, "not_a_contract": 4, "unresolved_reference": 11}"#
    ]]
    .assert_eq(&format!("{codes:?}"));
    assert_eq!(
        read.statements,
        ingest(folder).statements,
        "two reads are identical"
    );
}

#[test]
fn other_dialects_and_bitols_products_are_read() {
    let Some(folder) = shared("contracts/odps_bitol_examples/docs/examples") else {
        return;
    };
    let read = ingest(folder);
    assert_eq!(read.report.errors, 0, "{}", diagnostics(&read.report));
    assert_eq!(read.report.understood["data_product"], 2);
    let Some(folder) = shared("contracts/data_contract_specification/examples") else {
        return;
    };
    let read = ingest(folder);
    assert_eq!(read.report.errors, 0, "{}", diagnostics(&read.report));
    assert_eq!(read.report.understood["contract"], 6);
    assert_eq!(read.report.count("other_dialect"), 6);
}

#[test]
fn malformed_files_are_reported_with_their_place() {
    let Some(list) = shared("known_malformed.json") else {
        return;
    };
    let list: serde_json::Value =
        serde_json::from_slice(&std::fs::read(list).expect("it was just found")).expect("JSON");
    let files = list["files"].as_array().expect("a list of files");
    assert!(!files.is_empty());
    for file in files {
        let name = file["file"].as_str().expect("a name");
        let Some(path) = shared(name) else { return };
        let error = ingest_paths(Kind::Odcs, &[path], &InputLimits::default(), &options())
            .expect_err("it does not parse");
        let Error::NothingRead { report, .. } = error else {
            panic!("it should say that nothing was read: {error}");
        };
        let first = report.diagnostics.first().expect("a diagnostic");
        assert!(first.location.line.is_some(), "{name}: {first}");
        println!("{first}");
    }
}

/// YAML that is no contract at all: dbt projects, semantic models, Jinja, broken files.
#[test]
fn no_yaml_of_the_corpora_makes_the_reader_fall_over() {
    let Some(folder) = shared("semantic") else {
        return;
    };
    let corpora = folder.parent().expect("it lies in a folder");
    let mut folders = vec![corpora.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains(".y") {
                files.push(path);
            }
        }
    }
    files.sort();
    let read = ingest_paths(Kind::Odcs, &files, &InputLimits::default(), &options());
    let report = read.expect("some of these are contracts").report;
    println!(
        "{} files, {} contracts",
        files.len(),
        report.understood["contract"]
    );
    assert!(
        report.understood["contract"] >= 18,
        "{:?}",
        report.understood
    );
    assert!(
        report.skipped > report.errors,
        "most of these are no contracts"
    );
}
