//! Input that means harm, or was cut off: every connector answers with a report, in bounded time and memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod mutations;
mod nothing;
mod seeds;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use connectors::{
    Error, Input, InputLimits, Kind, Options, Report, SourceStatements, read, read_paths,
};
use flate2::Compression;
use flate2::write::GzEncoder;

pub(crate) fn options() -> Options {
    Options::new("s".parse().unwrap())
}

/// Reads a document, and gives the statements and the report, whether something could be read or not.
pub(crate) fn report(kind: Kind, inputs: Vec<Input>) -> (usize, Report) {
    match read(kind, inputs, &options()) {
        Ok(SourceStatements { statements, report }) => (statements.len(), report),
        Err(Error::NothingRead { report, .. }) => (0, *report),
        Err(Error::CutOff { .. }) => (0, Report::default()),
        Err(other) => panic!("{kind}: {other}"),
    }
}

/// Asserts that a document is refused, with a complaint that names the file.
fn assert_refused(kind: Kind, name: &str, text: impl Into<Vec<u8>>) {
    let input = Input {
        name: name.to_owned(),
        bytes: text.into(),
    };
    let (_, report) = report(kind, vec![input]);
    assert!(
        report.errors + report.warnings > 0,
        "{kind} {name}: no complaint"
    );
    let names_it =
        |it: &connectors::Diagnostic| it.location.file.contains(name) || it.message.contains(name);
    // What is wrong with a source as a whole has no file.
    let says_where = report.diagnostics.iter().any(names_it) || report.statements == 0;
    assert!(says_where, "{kind} {name}: {:?}", report.diagnostics);
}

const JSON: [&str; 5] = [
    "a.json",
    "manifest.json",
    "a.jsonl",
    "a.jsonld",
    "datapackage.json",
];

#[test]
fn a_million_nested_arrays_are_refused() {
    let arrays = "[".repeat(1_000_000);
    let objects = "{\"a\":".repeat(1_000_000);
    let inside = format!("{{\"nodes\": {arrays}");
    for kind in Kind::ALL {
        for name in JSON {
            for text in [&arrays, &objects, &inside] {
                assert_refused(kind, name, text.as_str());
            }
        }
    }
}

#[test]
fn nested_yaml_turtle_and_xml_are_refused() {
    let flow = "[".repeat(1_000_000);
    let mut block = String::new();
    for depth in 0..2000 {
        writeln!(block, "{}a:", " ".repeat(depth)).unwrap();
    }
    for kind in [Kind::Odcs, Kind::SemanticLayer] {
        assert_refused(kind, "a.yaml", flow.as_str());
        assert_refused(kind, "a.yaml", block.as_str());
    }
    assert_refused(
        Kind::Rdf,
        "a.ttl",
        format!("<urn:a> <urn:b> {}", "[ <urn:b> ".repeat(500_000)),
    );
    assert_refused(
        Kind::Rdf,
        "b.ttl",
        format!("<urn:a> <urn:b> {}", "( ".repeat(500_000)),
    );
    assert_refused(
        Kind::Rdf,
        "c.ttl",
        format!("<urn:a> <urn:b> {}", "<<( <urn:a> <urn:b> ".repeat(200_000)),
    );
    let rdf =
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:a=\"urn:a\">";
    assert_refused(
        Kind::Rdf,
        "a.rdf",
        format!("{rdf}{}", "<a:b>".repeat(500_000)),
    );
}

#[test]
fn nested_sql_is_refused_and_its_neighbours_are_read() {
    let nested = [
        format!(
            "select {}1{} from orders",
            "(".repeat(200_000),
            ")".repeat(200_000)
        ),
        format!("select * from {}orders", "(select * from ".repeat(100_000)),
        format!("select {}1", "not ".repeat(500_000)),
        format!("select 1 {}", "union select 1 ".repeat(100_000)),
        format!("select case {}", "case when 1 then ".repeat(100_000)),
        format!("select {}", "1 + ".repeat(500_000)),
    ];
    for sql in nested {
        let line =
            format!("{{\"sql\":\"{sql}\",\"user\":\"ann\",\"time\":\"2026-01-02T03:04:05Z\"}}\n");
        let sound = "{\"sql\":\"select id from orders\",\"user\":\"ann\",\"time\":\"2026-01-02T03:04:05Z\"}\n";
        let (statements, _) = report(
            Kind::QueryLog,
            vec![Input::text("a.jsonl", format!("{line}{sound}"))],
        );
        assert!(statements > 0, "{}", &sql[..40]);
    }
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let of = format!("*a{}", level - 1);
        writeln!(bomb, "a{level}: &a{level} [{}]", vec![of; 10].join(", ")).unwrap();
    }
    let contract =
        format!("apiVersion: v3.0.2\nkind: DataContract\nid: x\n{bomb}description: *a11\n");
    let cubes = format!("{bomb}cubes: *a11\n");
    let merge = format!("{bomb}cubes:\n  - <<: *a11\n    name: x\n");
    let itself = "a: &a [*a]\ncubes: *a\n".to_owned();
    for kind in [Kind::Odcs, Kind::SemanticLayer] {
        for text in [&contract, &cubes, &merge, &itself] {
            assert_refused(kind, "bomb.yaml", text.as_str());
        }
    }
}

#[test]
fn entities_of_a_document_type_do_not_grow() {
    let mut types = String::from("<!ENTITY a0 \"xxxxxxxxxx\">");
    for level in 1..12 {
        let of = format!("&a{};", level - 1);
        write!(types, "<!ENTITY a{level} \"{}\">", of.repeat(10)).unwrap();
    }
    let document = |types: &str, entity: &str| {
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE r [{types}]><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
             xmlns:s=\"urn:s:\"><rdf:Description rdf:about=\"urn:a\"><s:b>{entity}</s:b></rdf:Description></rdf:RDF>"
        )
    };
    assert_refused(Kind::Rdf, "laughs.rdf", document(&types, "&a11;"));
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "hidden words").unwrap();
    let outside = format!("<!ENTITY x SYSTEM \"file://{}\">", secret.display());
    let read = read(
        Kind::Rdf,
        vec![Input::text("outside.rdf", document(&outside, "&x;"))],
        &options(),
    );
    let said = format!("{read:?}");
    assert!(!said.contains("hidden words"), "{said}");
}

fn gzip(bytes: &[u8], times: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    for _ in 0..times {
        encoder.write_all(bytes).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn a_compression_bomb_is_refused_before_it_is_unpacked() {
    let limits = InputLimits {
        file_bytes_max: 4 << 20,
        ..InputLimits::default()
    };
    let bomb = gzip(&vec![b'['; 1 << 16], 512);
    assert!(bomb.len() < 1 << 20);
    let error = Input::decode("bomb.json.gz", bomb.clone(), &limits).unwrap_err();
    assert_eq!(error.code(), "too_large", "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("manifest.json.gz");
    std::fs::write(&path, &bomb).unwrap();
    for kind in Kind::ALL {
        assert!(
            read_paths(kind, std::slice::from_ref(&path), &limits).is_err(),
            "{kind}"
        );
    }
    // What is packed twice is not unpacked twice.
    let twice = Input::decode("twice.json.gz", gzip(&bomb, 1), &limits).unwrap();
    assert_refused(Kind::CatalogLines, "twice.json.gz", twice.bytes);
    let cut = &bomb[..bomb.len() / 2];
    assert!(Input::decode("cut.json.gz", cut.to_vec(), &limits).is_err());
}

#[test]
fn a_line_of_a_hundred_megabytes_is_read_or_refused() {
    let long = "x".repeat(100 << 20);
    for (kind, name, text) in [
        (
            Kind::CatalogLines,
            "a.jsonl",
            format!("{{\"kind\":\"{long}\"}}"),
        ),
        (
            Kind::OpenLineage,
            "a.ndjson",
            format!("{{\"eventType\":\"{long}\"}}"),
        ),
        (
            Kind::QueryLog,
            "a.jsonl",
            format!("{{\"sql\":\"select '{long}\"}}"),
        ),
        (
            Kind::QueryLog,
            "a.csv",
            format!("2026-01-02 03:04:05 UTC,\"{long}"),
        ),
        (
            Kind::QueryLog,
            "a.log",
            format!("2026-01-02 03:04:05 UTC [1] LOG:  statement: select {long}"),
        ),
        (Kind::Rdf, "a.nt", format!("<urn:a> <urn:b> \"{long}")),
        (Kind::Rdf, "a.ttl", format!("<urn:a> <urn:{long}")),
    ] {
        let (statements, _) = report(kind, vec![Input::text(name, text)]);
        assert!(statements < 100, "{kind} {name}: {statements}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    for kind in Kind::ALL {
        for (name, seed) in seeds::SEEDS {
            let mut bytes = seed.as_bytes().to_vec();
            let middle = bytes.len() / 2;
            bytes.splice(middle..middle, [0xff, 0xfe, 0x80, 0x00]);
            let input = Input {
                name: (*name).to_owned(),
                bytes,
            };
            report(kind, vec![input]);
        }
    }
    for (name, seed) in seeds::SEEDS
        .iter()
        .filter(|(name, _)| name.ends_with("json"))
    {
        let mut bytes = seed.as_bytes().to_vec();
        let quote = bytes.iter().rposition(|byte| *byte == b'"').unwrap();
        bytes.insert(quote, 0xff);
        for kind in [
            Kind::Dbt,
            Kind::PostgresCatalog,
            Kind::DataHub,
            Kind::Iceberg,
            Kind::Frictionless,
        ] {
            assert_refused(kind, name, bytes.clone());
        }
    }
}

/// A project whose paths lead to a file outside of it.
fn traversal(folder: &Path) -> Vec<(Kind, &'static str, String)> {
    let up = "../../../../../../../../../..";
    let secret = folder.join("secret").display().to_string();
    let path = format!("{up}{secret}");
    let manifest = format!(
        r#"{{"metadata": {{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "project_name": "{path}"}},
          "nodes": {{"model.x.{path}": {{"unique_id": "model.x.{path}", "resource_type": "model", "name": "{path}",
            "original_file_path": "{path}", "path": "{path}", "patch_path": "x://{path}", "root_path": "{secret}",
            "compiled_path": "{path}", "columns": {{}}, "depends_on": {{"nodes": []}}}}}}, "sources": {{}}, "metrics": {{}}, "exposures": {{}}}}"#
    );
    let package = format!(
        r#"{{"name": "{path}", "resources": [{{"name": "a", "path": "{path}", "schema": "{path}", "dialect": "{path}"}},
          {{"name": "b", "path": ["file://{secret}", "{secret}"], "schema": "file://{secret}"}}]}}"#
    );
    let contract = format!(
        "apiVersion: v3.0.2\nkind: DataContract\nid: ../{path}\nversion: 1.0.0\nstatus: active\nschema:\n  - name: {path}\n\
         \x20   physicalName: {path}\n    authoritativeDefinitions:\n      - url: file://{secret}\n        type: implementation\n"
    );
    let context = format!(
        r#"{{"@context": ["file://{secret}", "{path}", "https://example.com/c"], "@id": "urn:a", "name": "x"}}"#
    );
    vec![
        (Kind::Dbt, "manifest.json", manifest),
        (Kind::Frictionless, "datapackage.json", package),
        (Kind::Odcs, "a.odcs.yaml", contract),
        (Kind::Rdf, "a.jsonld", context),
    ]
}

#[test]
fn no_path_in_a_document_is_followed() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "{\"hidden words\": 1}").unwrap();
    let project = tempfile::tempdir().unwrap();
    for (kind, name, text) in traversal(outside.path()) {
        let path = project.path().join(name);
        std::fs::write(&path, text).unwrap();
        let found = read_paths(kind, &[path], &InputLimits::default()).unwrap();
        let said = format!("{:?}", read(kind, found.inputs, &options()));
        assert!(!said.contains("hidden words"), "{kind}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_a_folder() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("a.jsonl"), "{}").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(
        outside.path().join("a.jsonl"),
        folder.path().join("b.jsonl"),
    )
    .unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("round")).unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("away")).unwrap();
    std::fs::write(folder.path().join("own.jsonl"), "{}").unwrap();
    let found = read_paths(
        Kind::CatalogLines,
        &[folder.path().to_path_buf()],
        &InputLimits::default(),
    )
    .unwrap();
    let names: Vec<String> = found.inputs.iter().map(Input::file_name).collect();
    assert_eq!(names, ["own.jsonl"]);
}
