//! Contracts that were read, written and read again; what the standard's own schema says of them; catalogs.

use std::collections::BTreeSet;
use std::path::PathBuf;

use graph_core::rdf::Statement;
use serde_json::Value;

use super::{Document, Syntax, catalog, contracts, write_catalog};
use crate::shared::{options, read_shared, read_texts, shared};
use crate::statements::named;
use crate::{Input, InputLimits, Kind, SourceStatements, read};

/// The statements as lines, without the version of the standard, which changes on purpose.
fn said(statements: &[Statement]) -> BTreeSet<String> {
    let lines = statements.iter().map(ToString::to_string);
    lines
        .filter(|line| !line.contains("\"apiVersion="))
        .collect()
}

fn again(written: &[Document]) -> SourceStatements {
    let texts: Vec<String> = written
        .iter()
        .map(|document| document.to_yaml().unwrap())
        .collect();
    let input = Input::text("all.yaml", texts.join("---\n"));
    read(Kind::Odcs, vec![input], &options()).unwrap()
}

/// What is in one and not in the other.
fn difference(one: &BTreeSet<String>, other: &BTreeSet<String>) -> String {
    let lost: Vec<&String> = one.difference(other).collect();
    let new: Vec<&String> = other.difference(one).collect();
    format!("lost {lost:#?}\nnew {new:#?}")
}

const CONTRACT: &str = r"
apiVersion: v3.1.0
kind: DataContract
id: visits
version: 1.2.0
status: active
name: Visits of members
domain: Member Care
dataProduct: Visits
tenant: Clinic
description: {purpose: Who came when., usage: Planning., limitations: No notes.}
tags: [care, core]
price: {priceAmount: 9.5, priceCurrency: EUR, priceUnit: GB}
authoritativeDefinitions: [{type: tutorial, url: 'https://example.org/t'}]
servers:
  - {server: prod, type: postgres, host: db, port: 5432, database: Care, schema: core, environment: prod}
  - {server: odd, type: abacus}
team:
  name: Grid team
  members: [{username: ann@example.org, name: Ann, role: Owner}]
roles: [{role: reader, access: read}]
support: [{channel: '#care', url: 'https://example.org/chat'}]
slaProperties: [{property: latency, value: 4, unit: d, element: visits.id}]
cluster: [a, b]
schema:
  - name: visits
    physicalName: t_visits
    physicalType: table
    businessName: Member visits
    dataGranularityDescription: One row a visit.
    quality:
      - {type: sql, query: 'SELECT count(*) FROM t', mustBeGreaterThan: 5, dimension: completeness}
      - {type: text, description: It is right.}
    properties:
      - {name: id, primaryKey: true, primaryKeyPosition: 2, logicalType: string, physicalType: uuid, required: true, unique: true}
      - {name: day, primaryKey: true, primaryKeyPosition: 1, logicalType: date, physicalType: date}
      - name: member
        classification: pii
        relationships: [{to: members.id}]
        quality: [{metric: nullValues, mustBe: 0}, {type: custom, engine: soda, implementation: 'checks: 1'}]
      - name: place
        logicalType: object
        properties: [{name: city, physicalName: c}, {name: geo, properties: [{name: lat}]}]
      - name: lines
        logicalType: array
        items: {logicalType: object, properties: [{name: code, transformSourceObjects: [visits.id, elsewhere.x]}]}
  - {name: members, properties: [{name: id, businessName: Number, examples: [1], customProperties: [{property: steward, value: Bob}]}]}
";

#[test]
fn a_contract_that_is_written_says_what_it_said() {
    let first = read_texts(Kind::Odcs, &[("visits.odcs.yaml", CONTRACT)], &options());
    let written = contracts(first.statements.clone());
    assert_eq!(written.len(), 1, "{written:#?}");
    let second = again(&written);
    let (first, second) = (said(&first.statements), said(&second.statements));
    let mut lost = first.clone();
    lost.retain(|line| !second.contains(line));
    assert!(
        lost.is_empty(),
        "{}\n{}",
        difference(&first, &second),
        written[0].to_yaml().unwrap()
    );
    // The standard knows no server of this type, and says so in a way of its own.
    let new: Vec<&String> = second.difference(&first).collect();
    assert!(
        new.iter().all(|line| line.contains("type=\\\"custom\\\"")),
        "{new:#?}"
    );
    assert!(
        written[0].notes.iter().any(|note| note.contains("`odd`")),
        "{:?}",
        written[0].notes
    );
    valid(&written);
}

/// Asserts that the standard's own schema has nothing against documents.
fn valid(written: &[Document]) {
    let Some(schema) =
        shared("corpora/contracts/odcs_examples/schema/odcs-json-schema-v3.1.0.json.gz")
    else {
        return;
    };
    let bytes = std::fs::read(schema).unwrap();
    let schema = Input::decode("schema", bytes, &InputLimits::default()).unwrap();
    let schema: Value = serde_json::from_slice(&schema.bytes).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for document in written {
        // What is judged is the YAML that a user gets, and not what it was made of.
        let text = document.to_yaml().unwrap();
        let value = crate::yaml::read(&text).remove(0).unwrap().to_json();
        let faults: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{}: {faults:#?}\n{text}", document.name);
    }
}

#[test]
fn real_contracts_are_written_valid_and_lose_nothing() {
    // The standard has no place for the definitions of another dialect, nor for its names of types.
    for (folder, kept) in [
        ("corpora/contracts/odcs_examples/docs", 50),
        ("corpora/contracts/data_contract_specification", 5),
    ] {
        let Some(first) = read_shared(Kind::Odcs, &[folder]) else {
            return;
        };
        // One file at a time, so that names do not clash where the examples use one id for many.
        let mut files = yaml_files(shared(folder).unwrap());
        files.sort();
        assert!(first.report.understood["contract"] >= 6);
        for file in files {
            let Ok(first) = crate::ingest_paths(
                Kind::Odcs,
                std::slice::from_ref(&file),
                &InputLimits::default(),
                &options(),
            ) else {
                continue;
            };
            let written = contracts(first.statements.clone());
            valid(&written);
            let second = again(&written);
            for kind in ["dataset", "column", "quality_rule", "contract"] {
                let count = |read: &SourceStatements| read.report.understood.get(kind).copied();
                assert_eq!(
                    count(&first),
                    count(&second),
                    "{kind} of {}",
                    file.display()
                );
            }
            let (one, other) = (said(&first.statements), said(&second.statements));
            let lost = one.difference(&other).count();
            println!(
                "{}: {} statements, {lost} not there again",
                file.display(),
                one.len()
            );
            assert!(
                lost * kept <= one.len() + 100,
                "{}: {}",
                file.display(),
                difference(&one, &other)
            );
        }
    }
}

fn yaml_files(folder: PathBuf) -> Vec<PathBuf> {
    let mut folders = vec![folder];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains(".yaml") {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn datasets_of_a_product_without_a_contract_get_a_draft() {
    let lines = r#"{"kind":"domain","id":"sales","name":"Sales"}
{"kind":"product","id":"shop","parent":"sales","name":"shop","purpose":"Sell."}
{"kind":"dataset","id":"orders","parent":"shop","name":"orders"}
{"kind":"column","id":"orders.id","parent":"orders","name":"id","type":"integer","primary_key":true}"#;
    let first = read_texts(Kind::CatalogLines, &[("x.jsonl", lines)], &options());
    let written = contracts(first.statements);
    assert_eq!(written.len(), 1, "{written:#?}");
    let value = &written[0].value;
    assert_eq!(value["status"], "draft");
    assert_eq!(value["domain"], "Sales");
    assert_eq!(
        value["schema"][0]["properties"][0]["physicalType"],
        "integer"
    );
    valid(&written);
}

#[test]
fn a_catalog_has_standard_words_alone_and_is_read_again() {
    let first = read_texts(Kind::Odcs, &[("visits.odcs.yaml", CONTRACT)], &options());
    let root = named("https://example.org/catalog");
    let written = catalog(first.statements, &root);
    let all: Vec<String> = written.iter().map(ToString::to_string).collect();
    assert!(
        all.iter()
            .all(|line| !line.contains(ontologies::iso::NAMESPACE)),
        "{all:#?}"
    );
    for part in [
        "<https://example.org/catalog> <http://www.w3.org/ns/dcat#dataset> <urn:isogloss:dataset:s/visits/visits>",
        "<urn:isogloss:dataset:s/visits/visits> <http://www.w3.org/ns/dcat#theme> <urn:isogloss:domain:mesh/member-care>",
        "<urn:isogloss:product:mesh/member-care/visits> <https://ekgf.github.io/dprod/outputDataset> <urn:isogloss:dataset:s/visits/visits>",
        "<urn:isogloss:domain:mesh/member-care> <http://www.w3.org/2004/02/skos/core#prefLabel> \"Member Care\"",
    ] {
        assert!(all.iter().any(|line| line == part), "{part}\n{all:#?}");
    }
    for (syntax, name) in [
        (Syntax::Turtle, "x.ttl"),
        (Syntax::JsonLd, "x.jsonld"),
        (Syntax::RdfXml, "x.rdf"),
    ] {
        let mut text = Vec::new();
        write_catalog(
            &written,
            syntax,
            &[("dcat", "http://www.w3.org/ns/dcat#")],
            &mut text,
        )
        .unwrap();
        let input = Input::text(name, String::from_utf8(text).unwrap());
        let second = read(Kind::Rdf, vec![input], &options()).unwrap();
        let (one, other) = (said(&written), said(&second.statements));
        assert_eq!(one, other, "{name}");
    }
}
