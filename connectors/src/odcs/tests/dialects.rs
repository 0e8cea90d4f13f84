//! The dialects that are turned into Bitol's keys: each on a document that shows everything, and on real ones.

use crate::shared::{lines, options, read_shared, read_texts, report_lines, shared};
use crate::yaml;
use crate::{Kind, SourceStatements};

fn read(text: &str) -> SourceStatements {
    read_texts(Kind::Odcs, &[("x.yaml", text)], &options())
}

fn holds(read: &SourceStatements, expected: &[&str]) {
    let text = lines(read);
    for line in expected {
        assert!(text.lines().any(|found| found == *line), "{line}\n{text}");
    }
}

const SPECIFICATION: &str = r"
dataContractSpecification: 1.2.0
id: meters
info:
  title: Meter readings
  version: 2.1.0
  status: active
  description: What the meters said.
  owner: Grid team
  contact: {name: Hanna, url: 'https://example.org/chat'}
  costCentre: 77
servers:
  production: {type: postgres, host: db, port: 5432, database: Grid, schema: raw}
terms: {usage: Billing., limitations: Not live., noticePeriod: P3M}
links: {wiki: 'https://example.org/wiki'}
models:
  readings:
    type: table
    title: Readings
    description: One row a reading.
    fields:
      meter_id: {$ref: '#/definitions/meter_id', required: true}
      read_at: {type: timestamp}
      holder:
        type: object
        fields: {mail: {type: text, pii: true}}
      lines:
        type: array
        items: {type: object, fields: {kwh: {type: decimal, lineage: {inputFields: [{namespace: n, name: readings, field: read_at}]}}}}
    primaryKey: [read_at, meter_id, gone]
    quality: [{type: sql, query: SELECT count(*) FROM readings, mustBeGreaterThan: 5}]
  meters:
    fields:
      id: {type: text, primary: true, references: readings.meter_id}
      far: {$ref: 'https://example.org/definitions#x'}
      plain: text
definitions:
  meter_id: {domain: Grid, title: Meter number, type: text, description: The number on the meter., classification: internal, tags: [meter], links: {page: 'https://example.org/m'}, pattern: '[0-9]+'}
servicelevels:
  freshness: {threshold: 25h, timestampField: readings.read_at}
";

#[test]
fn a_data_contract_specification_is_read_like_a_contract() {
    let read = read(SPECIFICATION);
    holds(
        &read,
        &[
            "contract:s/meters dcterms:title \"Meter readings\"",
            "contract:s/meters dcat:version \"2.1.0\"",
            "contract:s/meters iso:status \"active\"",
            "contract:s/meters dcterms:description \"What the meters said.\\n\\nUsage: Billing.\\n\\nLimitations: Not live.\"",
            "contract:s/meters iso:extra \"noticePeriod=\\\"P3M\\\"\"",
            "contract:s/meters iso:extra \"costCentre=77\"",
            "contract:s/meters rdfs:seeAlso https://example.org/wiki",
            "contract:s/meters prov:wasAttributedTo owner:mesh/grid-team",
            "dataset:s/meters/readings iso:qualifiedName \"postgres://grid.raw.readings\"",
            "dataset:s/meters/readings iso:materialization \"table\"",
            "dataset:s/meters/readings dcterms:title \"Readings\"",
            "column:s/meters/readings/meter_id csvw:datatype \"text\"",
            "column:s/meters/readings/meter_id iso:classification \"internal\"",
            "column:s/meters/readings/meter_id iso:represents term:s/meters/meter_id",
            "column:s/meters/readings/meter_id dcterms:title \"Meter number\"",
            "column:s/meters/readings/meter_id iso:extra \"pattern=\\\"[0-9]+\\\"\"",
            "column:s/meters/readings/holder.mail iso:classification \"pii\"",
            "column:s/meters/readings/lines.kwh prov:wasDerivedFrom column:s/meters/readings/read_at",
            "schema:s/meters/readings iso:extra \"primaryKeyOrder=[\\\"read_at\\\",\\\"meter_id\\\"]\"",
            "dataset:s/meters/readings iso:extra \"primaryKey=[\\\"gone\\\"]\"",
            "column:s/meters/meters/id iso:references column:s/meters/readings/meter_id",
            "column:s/meters/meters/plain csvw:datatype \"text\"",
            "term:s/meters/meter_id skos:prefLabel \"Meter number\"",
            "term:s/meters/meter_id skos:altLabel \"meter_id\"",
            "term:s/meters/meter_id skos:definition \"The number on the meter.\"",
            "term:s/meters/meter_id iso:inDomain domain:mesh/grid",
            "term:s/meters/meter_id rdfs:seeAlso https://example.org/m",
        ],
    );
    let text = lines(&read);
    assert!(
        text.contains("column:s/meters/readings/read_at iso:extra \"sla.freshness="),
        "{text}"
    );
    let report = report_lines(&read.report);
    for part in [
        "x.yaml:2:1: this is the Data Contract Specification 1.2.0, read as ODCS",
        "`$ref`: `https://example.org/definitions#x` is no definition of this document",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    assert!(!report.contains("required keys"), "{report}");
}

#[test]
fn definitions_that_nest_without_end_are_bounded() {
    let text = "dataContractSpecification: 1.0.0\nid: x\ninfo: {version: 1}\n\
        models: {m: {fields: {f: {$ref: '#/definitions/a'}}}}\n\
        definitions: {a: {fields: {p: {$ref: '#/definitions/a'}, q: {$ref: '#/definitions/a'}}}}\n";
    let read = read(text);
    let report = report_lines(&read.report);
    assert!(
        report.contains("definitions nest too deep here"),
        "{report}"
    );
    // One for each of the bounded number of nodes, however many names that makes.
    assert!(read.statements.len() < 2_000_000);
}

#[test]
fn the_specifications_own_examples_are_read_whole() {
    let path = "corpora/contracts/data_contract_specification";
    let Some(read) = read_shared(Kind::Odcs, &[path]) else {
        return;
    };
    let mut folders = vec![shared(path).unwrap()];
    let (mut models, mut fields) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml") {
                let text = std::fs::read_to_string(path).unwrap();
                let node = yaml::read(&text).remove(0).unwrap();
                for model in node.get("models").unwrap().entries() {
                    models += 1;
                    fields += count(&model.value);
                }
            }
        }
    }
    assert!(models > 6, "{models}");
    assert_eq!(read.report.understood["dataset"], models);
    assert_eq!(read.report.understood["column"], fields);
    assert_eq!(read.report.errors, 0, "{}", report_lines(&read.report));
}

/// Counts the fields of a model or field, nested ones too.
fn count(node: &yaml::Node) -> u64 {
    let below = node.get("fields").map_or(&[][..], yaml::Node::entries);
    let items = node.get("items").map_or(0, count);
    below
        .iter()
        .map(|field| 1 + count(&field.value))
        .sum::<u64>()
        + items
}

const OPEN_PRODUCT: &str = "
schema: https://opendataproducts.org/v4.1/schema/odps.yaml
version: 4.1
product:
  details:
    fi: {name: Tuulivoima}
    en: {name: Wind power, productID: w-1, valueProposition: Know the wind., description: Hourly output., visibility: public, status: production, productVersion: 1.2.0, categories: [energy], tags: [wind], type: dataset}
  contract:
    type: ODCS
    contractVersion: 3.1.0
    spec: {apiVersion: v3.1.0, kind: DataContract, id: wind, version: 1.0.0, status: active, domain: Energy, schema: [{name: output, properties: [{name: mwh}]}]}
  SLA: {default: {dimensions: [{dimension: uptime, objective: 99}]}}
  dataAccess:
    default: {name: {en: Files, fi: Tiedostot}, outputPorttype: file, accessURL: 'https://example.org/files'}
    API: {outputPorttype: API}
  dataHolder: {en: {legalName: Windy Oy, businessId: 7, email: wind@example.org}}
";

#[test]
fn an_open_data_product_is_read_with_the_contract_inside_it() {
    let read = read(OPEN_PRODUCT);
    holds(
        &read,
        &[
            "product:mesh/energy/wind-power a dprod:DataProduct",
            "product:mesh/energy/wind-power dcterms:identifier \"w-1\"",
            "product:mesh/energy/wind-power dcat:version \"1.2.0\"",
            "product:mesh/energy/wind-power iso:status \"production\"",
            "product:mesh/energy/wind-power dprod:purpose \"Know the wind.\"",
            "product:mesh/energy/wind-power dcterms:description \"Hourly output.\"",
            "product:mesh/energy/wind-power dcat:keyword \"wind\"",
            "product:mesh/energy/wind-power dcat:keyword \"energy\"",
            "product:mesh/energy/wind-power iso:extra \"details.fi={\\\"name\\\":\\\"Tuulivoima\\\"}\"",
            "product:mesh/energy/wind-power dprod:dataProductOwner owner:mesh/windy-oy",
            "product:mesh/energy/wind-power dprod:outputDataset dataset:s/wind/output",
            "service:s/Energy/Wind%20power/out/Files dcat:endpointURL https://example.org/files",
            "service:s/Energy/Wind%20power/out/API dcterms:conformsTo contract:s/wind",
            "dataset:s/wind/output dcterms:conformsTo contract:s/wind",
        ],
    );
    let text = lines(&read);
    assert!(text.contains("iso:extra \"SLA={"), "{text}");
    assert_eq!(read.report.understood["data_product"], 1);
}

#[test]
fn a_product_of_an_older_version_and_odd_shapes_lose_nothing() {
    let text = "version: '2.1'\nproduct:\n  en: {name: Maps, productID: m}\n  dataHolder: nobody\n  contract: {id: c9}\n";
    let read = read(text);
    holds(
        &read,
        &[
            "product:mesh/s/maps dcterms:identifier \"m\"",
            "product:mesh/s/maps iso:extra \"dataHolder=\\\"nobody\\\"\"",
            "service:s/s/Maps/out/data dcterms:conformsTo contract:s/c9",
        ],
    );
}
