//! Tests of catalog lines.

use std::collections::BTreeSet;

use expect_test::{Expect, ExpectFile, expect, expect_file};
use graph_core::rdf::{RdfTerm, Statement};
use ontologies::{dcterms, iso};
use proptest::prelude::*;

use crate::shared::{lines, options, read_shared, read_texts, report_lines, shared};
use crate::{Error, Input, InputLimits, Kind, read};

fn check(text: &str, statements: &ExpectFile, report: &Expect) {
    let read = read_texts(Kind::CatalogLines, &[("c.jsonl", text)], &options());
    statements.assert_eq(&lines(&read));
    report.assert_eq(&report_lines(&read.report));
}

#[test]
fn a_mesh_in_any_order() {
    check(
        r#"
{"kind":"column","id":"shop/orders/customer_id","parent":"shop/orders","name":"customer_id","type":"int","required":true,"primary_key":true,"label":"the buyer"}
{"kind":"fk","from":"shop/orders/customer_id","to":"shop/customers/id"}
{"kind":"view","id":"shop/orders","parent":"shop","name":"ORDERS","label":"Orders","platform":"Postgres","database":"db","schema":"public","owner":"ann@example.org","tags":["gold"],"rows":7}
{"kind":"product","id":"shop","parent":"sales","name":"shop","description":"All about orders.","source":"crm"}
{"kind":"domain","id":"sales","name":"Sales & More"}
{"kind":"table","id":"shop/customers","parent":"shop","name":"customers"}
{"kind":"column","id":"shop/customers/id","parent":"shop/customers","name":"id"}
{"kind":"lineage","from":"shop/customers","to":"shop/orders"}
"#,
        &expect_file!["tests/mesh.txt"],
        &expect![[r#"
            column 2, dataset 2, domain 1, foreign_key 1, lineage 1, product 1
            skipped 0
        "#]],
    );
}

#[test]
fn terms_metrics_owners_contracts_and_usage() {
    check(
        r#"
{"kind":"owner","id":"ann","name":"Ann Lee","email":"ann@example.org","type":"person"}
{"kind":"product","id":"shop","name":"shop","owner":"ann","status":"live"}
{"kind":"table","id":"shop/t","parent":"shop","name":"t"}
{"kind":"column","id":"shop/t/c","parent":"shop/t","name":"c","terms":["shop#buyer"]}
{"kind":"term","id":"shop#buyer","parent":"shop","name":"buyer","synonyms":["customer"],"abbreviations":["cust"],"expression":"c > 1","columns":["shop/t/c"],"from":"question-1","broader":["shop#party"],"description":"Who buys."}
{"kind":"term","id":"shop#party","name":"party"}
{"kind":"metric","id":"shop#n","parent":"shop","name":"n","expression":"count(*)","aggregation":"count","columns":["shop/t/c"],"terms":["shop#buyer"]}
{"kind":"contract","id":"shop/k","parent":"shop","name":"k","version":"1.2.0","status":"active","datasets":["shop/t"]}
{"kind":"usage","used":["shop/t","shop/t/c"],"user":"bob","count":3,"query":"select c from t","at":"2026-01-02T03:04:05Z"}
{"kind":"sameas","from":"shop#buyer","to":"https://example.org/customer"}
"#,
        &expect_file!["tests/meaning.txt"],
        &expect![[r#"
            column 1, contract 1, dataset 1, metric 1, owner 1, product 1, same_as 1, term 2, usage 1
            skipped 0
        "#]],
    );
}

#[test]
fn what_is_not_understood_is_kept_and_reported() {
    check(
        r#"{"kind":"planet","id":"mars"}
{"kind":"planet","id":"venus"}
{"kind":"domain","id":"d","name":"D","colour":{"r":1}}
{"kind":"domain","id":"d","name":"D","colour":"red"}
{"kind":"product","id":"p","parent":"nowhere"}
{"kind":"column","id":"p/c","parent":"p","name":3,"type":["x"]}
{"kind":"fk","from":"p/c","to":"p/d"}
{"kind":"fk","from":"p/c"}
{"kind":"table","name":"no id"}
{"id":"no kind"}
{"kind":"term", "id": }
[1]
{"kind":"term","id":"t","name":"t","name":"u","definition":"\ud83d!"}
"#,
        &expect_file!["tests/not_understood.txt"],
        &expect![[r#"
            column 1, domain 2, product 1, term 1
            skipped 10
            warning: c.jsonl:4 at `id`: id `d` was used before; both lines were kept as one entity [duplicate_id]
            warning: c.jsonl:9 at `id`: the line has no `id` [missing_id]
            warning: c.jsonl:10 at `kind`: the line does not say its `kind` [missing_kind]
            error: c.jsonl:11:23: expected value [bad_json]
            error: c.jsonl:12: expected an object, found a list [not_an_object]
            warning: c.jsonl:13: half of a surrogate pair was read as U+FFFD [lone_surrogate]
            warning: c.jsonl:13 at `name`: key `name` occurs twice; the last one was taken [duplicate_key]
            warning: c.jsonl:1 at `kind`: kind `planet` is not known; 2 lines of it were left out [unknown_kind]
            note: c.jsonl:5 at `name`: the line has no `name`; the last part of its id was taken [missing_name]
            warning: c.jsonl:5 at `parent`: no line defines `nowhere` [unresolved_reference]
            warning: c.jsonl:6 at `name`: expected a text, found a number [wrong_type]
            note: c.jsonl:6 at `name`: the line has no `name`; the last part of its id was taken [missing_name]
            warning: c.jsonl:6 at `type`: expected a text, found a list [wrong_type]
            warning: c.jsonl:6 at `parent`: parent `p` is a product, which a column cannot be in [wrong_parent]
            warning: c.jsonl:7 at `to`: no line defines `p/d` [unresolved_reference]
            warning: c.jsonl:8 at `to`: the line has no `to` [missing_end]
            warning: c.jsonl:3 at `colour`: key `colour` of `domain` is not known; 2 values were kept as `iso:extra` [unknown_key]
        "#]],
    );
}

#[test]
fn hostile_lines_do_not_stop_the_others() {
    let deep = "[".repeat(100_000);
    let mut bytes =
        format!("{{\"kind\":\"domain\",\"id\":\"a\"}}\n{{\"kind\":{deep}\n").into_bytes();
    bytes.extend(b"\xff\xfe{}\n\r\n{\"kind\":\"domain\",\"id\":\"b\"}\r\n{\"kind\":\"dom\n");
    let input = Input {
        name: "c.jsonl".into(),
        bytes,
    };
    let read = read(Kind::CatalogLines, vec![input], &options()).unwrap();
    expect![[r#"
        domain 2
        skipped 3
        error: c.jsonl:2:135: recursion limit exceeded [bad_json]
        error: c.jsonl:3:1: expected value [bad_json]
        error: c.jsonl:6:12: EOF while parsing a string [bad_json]
        note: c.jsonl:1 at `name`: the line has no `name`; the last part of its id was taken [missing_name]
        note: c.jsonl:5 at `name`: the line has no `name`; the last part of its id was taken [missing_name]
    "#]].assert_eq(&report_lines(&read.report));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_line_is_understood_or_reported(lines in proptest::collection::vec("[^\n]{1,40}", 1..20)) {
        let mut text = lines.join("\n");
        text.push_str("\n{\"kind\":\"domain\",\"id\":\"last\",\"name\":\"Last\"}");
        let read = read(Kind::CatalogLines, vec![Input::text("c.jsonl", text.clone())], &options()).unwrap();
        let said = text.split('\n').filter(|line| !line.trim_ascii().is_empty()).count() as u64;
        let understood: u64 = read.report.understood.values().sum();
        prop_assert_eq!(understood + read.report.skipped, said);
    }
}

#[test]
fn a_document_without_a_good_line_is_an_error() {
    let error = read(
        Kind::CatalogLines,
        vec![Input::text("a.jsonl", "{\n")],
        &options(),
    )
    .unwrap_err();
    expect!["the `catalog-lines` documents hold nothing that could be read: a.jsonl:1:1: EOF while parsing an object [bad_json]"].assert_eq(&error.to_string());
    let error = read(Kind::CatalogLines, Vec::new(), &options()).unwrap_err();
    assert!(matches!(error, Error::NoInput { .. }));
}

#[test]
fn ids_of_two_documents_meet() {
    let read = read_texts(
        Kind::CatalogLines,
        &[
            (
                "terms.jsonl",
                r#"{"kind":"term","id":"t","name":"t","parent":"P"}"#,
            ),
            ("tables.jsonl", r#"{"kind":"product","id":"p","name":"P"}"#),
        ],
        &options(),
    );
    assert!(lines(&read).contains("term:s/t iso:inProduct product:s/p"));
}

#[test]
fn the_benchmark_catalog_is_read_whole() {
    let folder = "resolve_bench/dev";
    let paths = [
        format!("{folder}/catalog.jsonl.gz"),
        format!("{folder}/glossary.jsonl.gz"),
    ];
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let Some(read) = read_shared(Kind::CatalogLines, &paths) else {
        return;
    };
    expect![[r#"
        column 16234, dataset 1257, domain 25, foreign_key 704, product 134, term 87
        skipped 0
        note: control or invisible characters were taken out of 9 texts [text_cleaned]
    "#]]
    .assert_eq(&report_lines(&read.report));
    let count = |predicate: &str| {
        let of_predicate = |statement: &&Statement| statement.predicate.as_str() == predicate;
        read.statements.iter().filter(of_predicate).count()
    };
    assert_eq!(count(iso::REFERENCES), 704);
    assert_eq!(count(iso::EXPRESSION), 87);
    // Every id is there, letter for letter, and once.
    assert_eq!(count(dcterms::IDENTIFIER), 25 + 134 + 1257 + 16234 + 87);
    let identifiers: BTreeSet<String> = read
        .statements
        .iter()
        .filter(|statement| statement.predicate.as_str() == dcterms::IDENTIFIER)
        .map(|statement| match &statement.object {
            RdfTerm::Literal(id) => id.value().to_owned(),
            other => panic!("{other} is no literal"),
        })
        .collect();
    for path in &paths {
        let bytes = std::fs::read(shared(path).unwrap()).unwrap();
        let input = Input::decode("x", bytes, &InputLimits::default()).unwrap();
        for line in input
            .bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let line: serde_json::Value = serde_json::from_slice(line).unwrap();
            assert!(
                line["id"]
                    .as_str()
                    .is_none_or(|id| identifiers.contains(id)),
                "{line}"
            );
        }
    }
    let again = read_shared(Kind::CatalogLines, &paths).unwrap();
    assert!(read.statements == again.statements);
}
