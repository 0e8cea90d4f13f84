//! Bad input, bad places, sudden death: a clear error, an exit code, nothing lost.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::Duration;

use crate::process::{CATALOG, Place};

#[test]
fn a_missing_data_folder_says_how_to_begin() {
    Place::new()
        .run(&["resolve", "customer"])
        .fails(5, &["isogloss-data", "hint: ingest something first"]);
}

#[test]
fn a_broken_line_is_named_and_the_others_are_read() {
    let place = Place::new();
    place.write("catalog.jsonl", format!("{CATALOG}{{\"kind\":\"table\",\n"));
    let line = format!("catalog.jsonl:{}", CATALOG.lines().count() + 1);
    let ran = place.run(&["ingest", "catalog-lines", "catalog.jsonl", "--source", "c"]);
    let ran = ran.fails(3, &["could not be read"]);
    assert!(ran.out.contains(&line), "`{line}` is not in: {}", ran.out);
    assert!(place.statements() > 10);
}

#[test]
fn broken_documents_of_each_kind_are_refused_by_place() {
    let place = Place::new();
    for (kind, name, content) in [
        ("rdf", "broken.ttl", "<urn:a> <urn:b> .\n"),
        ("odcs", "broken.yaml", "kind: DataContract\n  id: [\n"),
        ("dbt", "manifest.json", "{\"metadata\": {"),
        ("catalog-lines", "broken.jsonl", "{\n"),
    ] {
        place.write(name, content);
        place
            .run(&["ingest", kind, name, "--source", "s"])
            .fails(3, &[name]);
    }
    assert!(
        !place.path().join("isogloss-data").exists()
            || place.run(&["sources"]).succeeds().out.lines().count() == 1
    );
}

#[test]
fn a_truncated_gzip_is_named() {
    let place = Place::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, CATALOG.as_bytes()).unwrap();
    let bytes = gzip.finish().unwrap();
    place.write("catalog.jsonl.gz", &bytes[..bytes.len() / 2]);
    let ran = place.run(&[
        "ingest",
        "catalog-lines",
        "catalog.jsonl.gz",
        "--source",
        "c",
    ]);
    ran.fails(3, &["catalog.jsonl.gz", "gzip"]);
}

#[test]
fn a_damaged_file_beside_others_takes_nothing_away() {
    let place = Place::new();
    let other = "{\"kind\":\"domain\",\"id\":\"d9\",\"name\":\"Ninth\"}\n";
    place.write("all/a.jsonl", CATALOG);
    place.write("all/b.jsonl", other);
    let ingest = ["ingest", "catalog-lines", "all", "--source", "c"];
    place.run(&ingest).succeeds();
    let before = place.statements();
    // Cut to nothing; no gzip though it begins like one.
    for damaged in ["", "\u{1f}\u{8b}"] {
        let bytes: Vec<u8> = damaged.chars().map(|c| c as u8).collect();
        place.write("all/b.jsonl", bytes);
        let ran = place.run(&ingest);
        ran.fails(3, &["b.jsonl", "left as it is", "partial"]);
        assert_eq!(place.statements(), before);
    }
    let partial = [ingest.as_slice(), &["--partial"]].concat();
    let ran = place.run(&partial);
    ran.fails(3, &["the rest was committed"]);
    assert!(place.statements() < before);
}

#[test]
fn a_wrong_kind_or_name_says_what_there_is() {
    let place = Place::new();
    place.write("x", "");
    place
        .run(&["ingest", "excel", "x", "--source", "s"])
        .fails(2, &["excel", "catalog-lines"]);
    place
        .run(&["ingest", "rdf", "x", "--source", "No Spaces"])
        .fails(2, &["No Spaces"]);
    place
        .run(&["ingest", "rdf", "absent.ttl", "--source", "s"])
        .fails(3, &["absent.ttl"]);
}

#[test]
fn an_invalid_query_says_where() {
    let place = Place::with_catalog();
    place
        .run_with_input(&["sparql", "-"], b"SELECT ?s WHERE { ?s ?p }")
        .fails(2, &["error"]);
    place
        .run_with_input(
            &["sparql", "-"],
            b"SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }",
        )
        .fails(2, &["SERVICE"]);
    let nested = format!(
        "SELECT * {}?s ?p ?o{}",
        "{".repeat(5_000),
        "}".repeat(5_000)
    );
    place
        .run_with_input(&["sparql", "-"], nested.as_bytes())
        .fails(2, &["nest"]);
    let huge = format!("SELECT * {{ ?s ?p \"{}\" }}", "x".repeat(50 << 20));
    place
        .run_with_input(&["sparql", "-"], huge.as_bytes())
        .fails(2, &["bytes"]);
}

#[test]
fn an_input_without_a_statement_leaves_its_source_alone() {
    let place = Place::with_catalog();
    let before = place.statements();
    place.write("table.csv", "id,name\n1,x\n");
    place.write("empty.jsonl", "");
    for (kind, file) in [("odcs", "table.csv"), ("catalog-lines", "empty.jsonl")] {
        place
            .run(&["ingest", kind, file, "--source", "catalog"])
            .fails(3, &[]);
        assert_eq!(place.statements(), before, "{file}");
    }
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let place = Place::new();
    place.write("photos/cat.txt", "a cat");
    place
        .run(&["sources", "--data", "photos"])
        .fails(5, &["photos", "no data folder"]);
    place.write("c.jsonl", CATALOG);
    place
        .run(&[
            "ingest",
            "catalog-lines",
            "c.jsonl",
            "--source",
            "c",
            "--data",
            "photos",
        ])
        .fails(5, &["photos", "holds other files"]);
    assert_eq!(
        std::fs::read_dir(place.path().join("photos"))
            .unwrap()
            .count(),
        1
    );
}

#[test]
fn an_unknown_source_lists_those_there_are() {
    let place = Place::with_catalog();
    place
        .run(&["export", "--source", "nobody"])
        .fails(4, &["nobody", "catalog"]);
    place
        .run(&["sources", "--remove", "nobody"])
        .fails(4, &["nobody", "catalog"]);
    place.run(&["export", "--as-of", "99"]).fails(4, &["99"]);
}

#[test]
fn a_folder_without_permission_is_named() {
    let place = Place::new();
    let closed = place.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read everything; then a file in the folder's place does the same service.
    let root = std::fs::read_dir(&closed).is_ok();
    let target = if root {
        place.write("file", "")
    } else {
        closed
    };
    place.write("c.jsonl", CATALOG);
    let target = target.display().to_string();
    let ran = place.run(&[
        "ingest",
        "catalog-lines",
        "c.jsonl",
        "--source",
        "c",
        "--data",
        &target,
    ]);
    ran.fails(5, &[&target]);
}

#[test]
fn a_second_process_is_refused_and_the_first_goes_on() {
    let place = Place::with_catalog();
    let server = crate::serving::Server::start(&place);
    place.run(&["sources"]).fails(5, &["in use"]);
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    drop(server);
    place.run(&["sources"]).succeeds();
}

#[test]
fn killed_during_an_ingest_the_old_graph_stands() {
    let place = Place::with_catalog();
    let before = place.run(&["export"]).succeeds().out;
    let mut big = String::from(CATALOG);
    for n in 0..40_000 {
        let column = format!(
            r#"{{"kind":"column","id":"crm/customers/c{n}","parent":"crm/customers","name":"c{n}"}}"#
        );
        big.push_str(&column);
        big.push('\n');
    }
    place.write("big.jsonl", &big);
    let ingest = [
        "ingest",
        "catalog-lines",
        "big.jsonl",
        "--source",
        "catalog",
    ];
    let mut after = None;
    for round in 0..6 {
        let mut child = place
            .command(&ingest)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(20 + round * 130));
        drop(child.kill());
        child.wait().unwrap();
        let now = place.run(&["export"]).succeeds().out;
        if now != before {
            // The ingest was whole before the kill reached it: then all of it is there, and stays.
            assert!(now.contains("c39999"), "half an ingest is visible");
            after.get_or_insert_with(|| now.clone());
            assert_eq!(after.as_ref(), Some(&now));
        }
    }
    place.run(&ingest).succeeds();
    assert!(place.run(&["export"]).succeeds().out.contains("c39999"));
}
