//! Questions and answers over a small catalog.

use crate::process::Place;

#[test]
fn a_word_of_two_domains_is_ambiguous_and_asks() {
    let place = Place::with_catalog();
    let ran = place.run(&["resolve", "customers", "--json"]).succeeds();
    let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        answer["outcome"].as_str().unwrap().to_uppercase(),
        "AMBIGUOUS",
        "{answer:#}"
    );
    let options = answer["question"]["options"].as_array().unwrap();
    assert_eq!(options.len(), 2, "{answer:#}");
}

#[test]
fn a_domain_settles_the_question() {
    let place = Place::with_catalog();
    let ran = place
        .run(&["resolve", "customers", "--domain", "finance", "--json"])
        .succeeds();
    let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        answer["outcome"].as_str().unwrap().to_uppercase(),
        "RESOLVED",
        "{answer:#}"
    );
    assert_eq!(
        answer["candidates"][0]["product"]["label"], "Ledger",
        "{answer:#}"
    );
}

#[test]
fn the_text_answer_names_reasons() {
    let place = Place::with_catalog();
    let ran = place
        .run(&["resolve", "invoice due date", "--explain"])
        .succeeds();
    assert!(
        ran.out.contains("invoices") && ran.out.contains("score ="),
        "{}",
        ran.out
    );
}

#[test]
fn nonsense_is_unknown() {
    let place = Place::with_catalog();
    let ran = place.run(&["resolve", "zxqv wkjh"]).succeeds();
    assert!(ran.out.contains("UNKNOWN"), "{}", ran.out);
}

#[test]
fn search_finds_and_sparql_counts() {
    let place = Place::with_catalog();
    let ran = place.run(&["search", "balance"]).succeeds();
    assert!(ran.out.contains("balance"), "{}", ran.out);
    let query = b"PREFIX csvw: <http://www.w3.org/ns/csvw#> SELECT (COUNT(?c) AS ?n) WHERE { ?c a csvw:Column }";
    let ran = place
        .run_with_input(&["sparql", "-", "--format", "csv"], query)
        .succeeds();
    assert_eq!(ran.out.lines().nth(1).map(str::trim), Some("3"));
}

#[test]
fn an_update_writes_what_people_say_and_only_that() {
    let place = Place::with_catalog();
    let update =
        "PREFIX : <urn:example:> INSERT DATA { :a :b 1 , 2 GRAPH <urn:example:g> { :a :b 3 } }";
    let ran = place.run(&["sparql", "--update", update]).succeeds();
    let lines: Vec<Vec<&str>> = ran
        .out
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[1..],
        [
            vec!["people", "2", "0", "2"],
            vec!["urn:example:g", "1", "0", "1"]
        ]
    );
    let delete = b"DELETE WHERE { <urn:example:a> ?p ?o }";
    let ran = place
        .run_with_input(&["sparql", "--update", "-", "--json"], delete)
        .succeeds();
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["removed"], 2, "{report}");
    let catalog = "CLEAR GRAPH <urn:isogloss:source:catalog>";
    place
        .run(&["sparql", "--update", catalog])
        .fails(2, &["`catalog`", "next ingest"]);
    place
        .run(&["sparql", "--update", catalog, "--may-write", "catalog"])
        .succeeds();
    let ran = place
        .run_with_input(
            &["sparql", "-", "--format", "csv"],
            b"SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        )
        .succeeds();
    assert_eq!(ran.out.lines().nth(1).map(str::trim), Some("1"));
}

#[test]
fn ingesting_twice_changes_nothing() {
    let place = Place::with_catalog();
    let ran = place
        .run(&[
            "ingest",
            "catalog-lines",
            "catalog.jsonl",
            "--source",
            "catalog",
        ])
        .succeeds();
    assert!(ran.out.contains("unchanged"), "{}", ran.out);
    let ran = place.run(&["sources", "--json"]).succeeds();
    let sources: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(sources["version"], 1);
}

#[test]
fn export_in_and_out_is_the_same() {
    let place = Place::with_catalog();
    let first = place.run(&["export", "--format", "nquads"]).succeeds().out;
    assert_eq!(first.lines().count() as u64, place.statements());
    place.write("export.nq", &first);
    place
        .run(&[
            "ingest",
            "rdf",
            "export.nq",
            "--source",
            "catalog",
            "--data",
            "other",
        ])
        .succeeds();
    let second = place
        .run(&["export", "--format", "nquads", "--data", "other"])
        .succeeds()
        .out;
    assert_eq!(first, second);
}

#[test]
fn an_older_version_answers_as_it_was() {
    let place = Place::with_catalog();
    let before = place.statements();
    place.run(&["sources", "--remove", "catalog"]).succeeds();
    assert_eq!(place.statements(), 0);
    let query = b"SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }";
    let ran = place
        .run_with_input(&["sparql", "-", "--format", "csv", "--as-of", "1"], query)
        .succeeds();
    assert_eq!(
        ran.out.lines().nth(1).map(str::trim),
        Some(before.to_string().as_str())
    );
}

#[test]
fn a_dry_run_leaves_no_trace() {
    let place = Place::new();
    place.write("catalog.jsonl", crate::process::CATALOG);
    let ran = place
        .run(&[
            "ingest",
            "catalog-lines",
            "catalog.jsonl",
            "--source",
            "c",
            "--dry-run",
        ])
        .succeeds();
    assert!(ran.out.contains("nothing committed"), "{}", ran.out);
    assert!(!place.path().join("isogloss-data").exists());
}

#[test]
fn an_eval_writes_one_line_a_case() {
    let place = Place::with_catalog();
    place.write(
        "cases.jsonl",
        "{\"id\":\"a\",\"text\":\"invoice due date\",\"track\":\"question\",\"view\":\"full\"}\n\
         {\"id\":\"b\",\"text\":\"balance\",\"view\":\"physical\",\"context\":{\"domain\":\"Finance\"}}\n",
    );
    place
        .run(&["eval", "cases.jsonl", "--out", "run.jsonl"])
        .succeeds();
    let run = std::fs::read_to_string(place.path().join("run.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = run
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["ranked_tables"][0], "ledger/invoices");
    assert_eq!(lines[1]["ranked_columns"][0], "ledger/customers/balance");
}

#[test]
fn schema_completions_and_manual_are_printed() {
    let place = Place::new();
    assert!(place.run(&["schema"]).succeeds().out.contains("type Query"));
    assert!(
        place
            .run(&["completions", "bash"])
            .succeeds()
            .out
            .contains("isogloss")
    );
    assert!(place.run(&["man"]).succeeds().out.contains(".TH"));
}
