//! The `odcs` connector on small contracts; `tests/odcs.rs` has it read real ones.

use expect_test::{Expect, expect};

use crate::{Error, Input, Kind, Options, Report, SourceStatements};

mod dialects;

fn options() -> Options {
    Options::new("s".parse().expect("a valid name"))
}

fn read(files: &[(&str, &str)]) -> SourceStatements {
    let inputs = files
        .iter()
        .map(|(name, text)| Input::text(*name, *text))
        .collect();
    match crate::read(Kind::Odcs, inputs, &options()) {
        Ok(read) => read,
        Err(error) => panic!("something is readable here: {error}"),
    }
}

/// Statements with the well-known parts of IRIs shortened, one a line.
fn lines(read: &SourceStatements) -> String {
    let short = [
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "a"),
        ("http://www.w3.org/ns/csvw#", "csvw:"),
        ("http://www.w3.org/ns/dcat#", "dcat:"),
        ("http://www.w3.org/ns/dqv#", "dqv:"),
        ("http://www.w3.org/ns/prov#", "prov:"),
        ("http://purl.org/dc/terms/", "dcterms:"),
        ("http://www.w3.org/2004/02/skos/core#", "skos:"),
        ("http://www.w3.org/2000/01/rdf-schema#", "rdfs:"),
        ("http://xmlns.com/foaf/0.1/", "foaf:"),
        ("http://www.w3.org/ns/org#", "org:"),
        ("https://ekgf.github.io/dprod/", "dprod:"),
        ("https://isogloss.dev/ns#", "iso:"),
        ("http://www.w3.org/2001/XMLSchema#", "xsd:"),
        ("urn:isogloss:", ""),
    ];
    let shorten = |term: String| {
        let mut term = term;
        for (long, prefix) in short {
            term = term.replace(long, prefix);
        }
        let bare = term
            .strip_prefix('<')
            .and_then(|term| term.strip_suffix('>'));
        bare.map(str::to_owned).unwrap_or(term)
    };
    let lines = read.statements.iter().map(|statement| {
        let terms = [
            statement.subject.to_string(),
            statement.predicate.to_string(),
            statement.object.to_string(),
        ];
        terms.map(shorten).join(" ") + "\n"
    });
    lines.collect()
}

/// The lines that have one of these words.
fn lines_with(read: &SourceStatements, words: &[&str]) -> String {
    let lines = lines(read);
    let kept = lines
        .lines()
        .filter(|line| words.iter().any(|word| line.contains(word)));
    kept.map(|line| line.to_owned() + "\n").collect()
}

fn diagnostics(report: &Report) -> String {
    let lines: Vec<String> = report
        .diagnostics
        .iter()
        .map(|diagnostic| format!("{} {diagnostic}\n", diagnostic.severity))
        .collect();
    lines.concat()
}

fn check(files: &[(&str, &str)], statements: &Expect, report: &Expect) {
    let read = read(files);
    statements.assert_eq(&lines(&read));
    report.assert_eq(&diagnostics(&read.report));
}

const HEAD: &str = "apiVersion: v3.1.0\nkind: DataContract\nid: c1\nversion: 1.0.0\nstatus: active\n\
                    domain: Member Care\ndataProduct: Visits\n";

fn with_head(rest: &str) -> String {
    format!("{HEAD}{rest}")
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "most of them are the expected statements"
)]
fn a_contract_becomes_a_contract_a_product_datasets_and_columns() {
    let text = with_head(
        "name: Visits contract
description: {purpose: Who came when., usage: Planning., limitations: No notes.}
servers:
  - {server: prod, type: postgres, host: db.example.org, port: 5432, database: Care, schema: Core}
schema:
  - name: visits
    physicalName: t_visits
    physicalType: table
    businessName: Member visits
    tags: [core]
    properties:
      - {name: id, primaryKey: true, primaryKeyPosition: 1, logicalType: string, physicalType: uuid, required: true}
      - name: member
        businessName: Member number
        classification: pii
        logicalType: string
        relationships: [{to: members.id}]
  - name: members
    properties:
      - {name: id, unique: true}
",
    );
    check(
        &[("visits.odcs.yaml", &text)],
        &expect![[r#"
            domain:mesh/member-care a iso:Domain
            domain:mesh/member-care a skos:Concept
            domain:mesh/member-care skos:prefLabel "Member Care"
            product:mesh/member-care/visits a dprod:DataProduct
            product:mesh/member-care/visits dcterms:title "Visits"
            product:mesh/member-care/visits iso:name "Visits"
            product:mesh/member-care/visits dprod:domain domain:mesh/member-care
            contract:s/c1 a iso:DataContract
            contract:s/c1 a dcterms:Standard
            contract:s/c1 dcterms:title "Visits contract"
            contract:s/c1 dcterms:identifier "c1"
            contract:s/c1 dcat:version "1.0.0"
            contract:s/c1 iso:status "active"
            contract:s/c1 iso:extra "apiVersion=\"v3.1.0\""
            contract:s/c1 iso:inDomain domain:mesh/member-care
            contract:s/c1 iso:inProduct product:mesh/member-care/visits
            contract:s/c1 dcterms:description "Who came when.\n\nUsage: Planning.\n\nLimitations: No notes."
            product:mesh/member-care/visits dprod:purpose "Who came when."
            product:mesh/member-care/visits dprod:outputDataset dataset:s/c1/visits
            product:mesh/member-care/visits dprod:outputDataset dataset:s/c1/members
            dataset:s/c1/visits a dcat:Dataset
            dataset:s/c1/visits iso:name "t_visits"
            dataset:s/c1/visits dcterms:title "Member visits"
            dataset:s/c1/visits iso:extra "name=\"visits\""
            dataset:s/c1/visits iso:materialization "table"
            dataset:s/c1/visits iso:qualifiedName "postgres://care.core.t_visits"
            dataset:s/c1/visits iso:inDomain domain:mesh/member-care
            dataset:s/c1/visits dcterms:conformsTo contract:s/c1
            dataset:s/c1/visits dcat:keyword "core"
            dataset:s/c1/visits a csvw:Table
            schema:s/c1/visits a csvw:Schema
            dataset:s/c1/visits csvw:tableSchema schema:s/c1/visits
            schema:s/c1/visits csvw:column column:s/c1/visits/id
            column:s/c1/visits/id iso:position "1"^^<xsd:integer>
            column:s/c1/visits/id a csvw:Column
            column:s/c1/visits/id csvw:name "id"
            column:s/c1/visits/id csvw:datatype "uuid"
            column:s/c1/visits/id csvw:required "true"^^<xsd:boolean>
            column:s/c1/visits/id iso:extra "logicalType=\"string\""
            schema:s/c1/visits csvw:column column:s/c1/visits/member
            column:s/c1/visits/member iso:position "2"^^<xsd:integer>
            column:s/c1/visits/member a csvw:Column
            column:s/c1/visits/member csvw:name "member"
            column:s/c1/visits/member dcterms:title "Member number"
            column:s/c1/visits/member csvw:datatype "string"
            column:s/c1/visits/member iso:classification "pii"
            column:s/c1/visits/member iso:references column:s/c1/members/id
            column:s/c1/visits/member iso:extra "logicalType=\"string\""
            schema:s/c1/visits csvw:primaryKey "id"
            dataset:s/c1/members a dcat:Dataset
            dataset:s/c1/members iso:name "members"
            dataset:s/c1/members iso:qualifiedName "postgres://care.core.members"
            dataset:s/c1/members iso:inDomain domain:mesh/member-care
            dataset:s/c1/members dcterms:conformsTo contract:s/c1
            dataset:s/c1/members a csvw:Table
            schema:s/c1/members a csvw:Schema
            dataset:s/c1/members csvw:tableSchema schema:s/c1/members
            schema:s/c1/members csvw:column column:s/c1/members/id
            column:s/c1/members/id iso:position "1"^^<xsd:integer>
            column:s/c1/members/id a csvw:Column
            column:s/c1/members/id csvw:name "id"
            column:s/c1/members/id iso:extra "unique=true"
            service:s/c1/prod a dcat:DataService
            service:s/c1/prod dcterms:title "prod"
            service:s/c1/prod dcat:endpointURL postgres://db.example.org:5432/Care
            service:s/c1/prod dcat:servesDataset dataset:s/c1/visits
            service:s/c1/prod dcat:servesDataset dataset:s/c1/members
            product:mesh/member-care/visits dprod:outputPort service:s/c1/prod
            service:s/c1/prod iso:extra "type=\"postgres\""
            service:s/c1/prod iso:extra "host=\"db.example.org\""
            service:s/c1/prod iso:extra "port=5432"
            service:s/c1/prod iso:extra "database=\"Care\""
            service:s/c1/prod iso:extra "schema=\"Core\""
        "#]],
        &expect![[r#""#]],
    );
}

#[test]
fn nested_properties_are_columns_by_their_dotted_path() {
    let text = with_head(
        "schema:
  - name: orders
    properties:
      - name: address
        logicalType: object
        properties:
          - {name: city, physicalName: cty}
      - name: lines
        logicalType: array
        items:
          logicalType: object
          properties:
            - {name: sku, transformSourceObjects: [products.sku, nowhere]}
  - name: products
    properties: [{name: sku}]
",
    );
    let read = read(&[("a.yaml", &text)]);
    let kept = lines_with(&read, &["csvw:name", "prov:", "extra"]);
    expect![[r#"
        contract:s/c1 iso:extra "apiVersion=\"v3.1.0\""
        column:s/c1/orders/address csvw:name "address"
        column:s/c1/orders/address iso:extra "logicalType=\"object\""
        column:s/c1/orders/address.city csvw:name "address.cty"
        column:s/c1/orders/lines csvw:name "lines"
        column:s/c1/orders/lines iso:extra "items={\"logicalType\":\"object\"}"
        column:s/c1/orders/lines iso:extra "logicalType=\"array\""
        column:s/c1/orders/lines.sku csvw:name "lines.sku"
        column:s/c1/orders/lines.sku prov:wasDerivedFrom column:s/c1/products/sku
        column:s/c1/orders/lines.sku iso:extra "transformSourceObject=\"nowhere\""
        column:s/c1/products/sku csvw:name "sku"
    "#]]
    .assert_eq(&kept);
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "most of them are the expected statements"
)]
fn quality_people_and_promises_are_kept() {
    let text = with_head(
        "schema:
  - name: orders
    quality:
      - {type: library, metric: rowCount, mustBeGreaterThan: 100, dimension: completeness, severity: error}
    properties:
      - name: amount
        authoritativeDefinitions:
          - {type: businessDefinition, url: 'https://example.org/terms/amount'}
          - {type: videoTutorial, url: 'https://example.org/video'}
          - {type: implementation, url: 'jdbc:postgresql://localhost/db'}
        quality:
          - {type: sql, query: select 1, mustBe: 0, name: positive}
          - {type: custom, engine: soda, implementation: {type: duplicate_percent}}
team:
  name: Care data
  members:
    - {username: ann@example.org, name: Ann, role: Data Owner}
    - {username: bob, role: Engineer}
    - {username: old, role: Owner, dateOut: '2020-01-01'}
slaProperties:
  - {property: latency, value: 4, unit: d, element: orders.amount}
customProperties:
  - {property: cluster, value: [a, b]}
  - {property: dbPassword, value: hunter2}
price: {priceAmount: 9.50}
",
    );
    let read = read(&[("a.yaml", &text)]);
    let text = lines(&read);
    assert!(!text.contains("hunter2"), "a secret must not be kept");
    let kept = lines_with(
        &read,
        &["quality", "owner", "extra", "represents", "seeAlso"],
    );
    expect![[r#"
        contract:s/c1 iso:extra "apiVersion=\"v3.1.0\""
        contract:s/c1 iso:extra "team.member={\"username\":\"ann@example.org\",\"name\":\"Ann\",\"role\":\"Data Owner\"}"
        owner:mesh/ann a prov:Agent
        owner:mesh/ann foaf:name "Ann"
        owner:mesh/ann a foaf:Person
        owner:mesh/ann foaf:mbox mailto:ann@example.org
        contract:s/c1 iso:extra "team.member={\"username\":\"bob\",\"role\":\"Engineer\"}"
        owner:mesh/bob a prov:Agent
        owner:mesh/bob foaf:name "bob"
        owner:mesh/bob a foaf:Person
        contract:s/c1 dcterms:contributor owner:mesh/bob
        contract:s/c1 iso:extra "team.member={\"username\":\"old\",\"role\":\"Owner\",\"dateOut\":\"2020-01-01\"}"
        owner:mesh/care-data a prov:Agent
        owner:mesh/care-data foaf:name "Care data"
        owner:mesh/care-data a org:Organization
        contract:s/c1 prov:wasAttributedTo owner:mesh/care-data
        product:mesh/member-care/visits dprod:dataProductOwner owner:mesh/ann
        quality:s/c1/orders/1-rowcount a dqv:Metric
        quality:s/c1/orders/1-rowcount dcterms:title "rowCount"
        quality:s/c1/orders/1-rowcount iso:about dataset:s/c1/orders
        quality:mesh/dimension/completeness a dqv:Dimension
        quality:mesh/dimension/completeness skos:prefLabel "completeness"
        quality:s/c1/orders/1-rowcount dqv:inDimension quality:mesh/dimension/completeness
        quality:s/c1/orders/1-rowcount iso:expression "rowCount > 100"
        quality:s/c1/orders/1-rowcount iso:extra "type=\"library\""
        quality:s/c1/orders/1-rowcount iso:extra "metric=\"rowCount\""
        quality:s/c1/orders/1-rowcount iso:extra "mustBeGreaterThan=100"
        quality:s/c1/orders/1-rowcount iso:extra "severity=\"error\""
        column:s/c1/orders/amount iso:represents https://example.org/terms/amount
        column:s/c1/orders/amount rdfs:seeAlso https://example.org/video
        column:s/c1/orders/amount iso:extra "authoritativeDefinition={\"type\":\"implementation\",\"url\":\"jdbc:postgresql://localhost/db\"}"
        quality:s/c1/orders/amount/1-positive a dqv:Metric
        quality:s/c1/orders/amount/1-positive dcterms:title "positive"
        quality:s/c1/orders/amount/1-positive iso:about column:s/c1/orders/amount
        quality:s/c1/orders/amount/1-positive iso:expression "(select 1) = 0"
        quality:s/c1/orders/amount/1-positive iso:extra "type=\"sql\""
        quality:s/c1/orders/amount/1-positive iso:extra "mustBe=0"
        quality:s/c1/orders/amount/2-custom a dqv:Metric
        quality:s/c1/orders/amount/2-custom dcterms:title "custom"
        quality:s/c1/orders/amount/2-custom iso:about column:s/c1/orders/amount
        quality:s/c1/orders/amount/2-custom iso:expression "{\"type\":\"duplicate_percent\"}"
        quality:s/c1/orders/amount/2-custom iso:extra "type=\"custom\""
        quality:s/c1/orders/amount/2-custom iso:extra "engine=\"soda\""
        dataset:s/c1/orders prov:wasAttributedTo owner:mesh/ann
        contract:s/c1 iso:extra "sla.latency={\"property\":\"latency\",\"value\":4,\"unit\":\"d\",\"element\":\"orders.amount\"}"
        column:s/c1/orders/amount iso:extra "sla.latency={\"property\":\"latency\",\"value\":4,\"unit\":\"d\",\"element\":\"orders.amount\"}"
        contract:s/c1 iso:extra "cluster=[\"a\",\"b\"]"
        contract:s/c1 iso:extra "price={\"priceAmount\":9.5}"
    "#]].assert_eq(&kept);
    expect![[r#"
        warning a.yaml:31:5 at `dbPassword`: the value of `dbPassword` looks like a secret and is not kept [secret]
    "#]].assert_eq(&diagnostics(&read.report));
}

#[test]
fn a_broken_file_does_not_stop_the_others_and_names_its_place() {
    let sound = with_head("schema: [{name: a}]\n");
    let several = format!(
        "{}---\nid: c3\nschema: [{{name: b}}]\n---\nid: c4\nid: c5\n",
        sound.replace("c1", "c2")
    );
    let read = read(&[
        (
            "broken.yaml",
            "kind: DataContract\nschema: [\n  - name: x\n",
        ),
        ("several.yaml", &several),
        ("other.yaml", "dataContractSpecification: 1.1.0\nid: x\n"),
        (
            "odpi.yaml",
            "schema: https://opendataproducts.org/v4.1/schema/odps.yaml\nversion: 4.1\nproduct: {}\n",
        ),
        ("compose.yaml", "services: {web: {image: x}}\n"),
        ("empty.yaml", "# nothing\n"),
        ("sound.yaml", &sound),
        ("copy.yaml", &sound),
    ]);
    expect![[r#"
        error broken.yaml:3:3: "-" is only valid inside a block [yaml_syntax]
        error several.yaml:14:1: duplicate mapping key: id [yaml_syntax]
        note other.yaml:1:1: this is the Data Contract Specification 1.1.0, read as ODCS [other_dialect]
        note odpi.yaml:1:1: this is the Open Data Product Specification 4.1, read as Bitol's [other_dialect]
        warning compose.yaml:1:1: this is not a data contract: it has neither `kind: DataContract` nor the keys of one [not_a_contract]
        warning empty.yaml: this file says nothing [empty]
        warning odpi.yaml:1:1: required keys are missing: `id` [missing_keys]
        note odpi.yaml:1:1 at `domain`: no domain is named; it is put into one called `s` [no_domain]
        warning several.yaml:10:1: required keys are missing: `version`, `apiVersion`, `kind`, `status` [missing_keys]
        note several.yaml:10:1 at `domain`: no domain is named; it is put into one called `s` [no_domain]
        warning other.yaml:1:1: required keys are missing: `version` [missing_keys]
        note other.yaml:1:1 at `domain`: no domain is named; it is put into one called `s` [no_domain]
        warning copy.yaml:1:1 at `id`: another contract has the id `c1` already; both are kept apart [duplicate_id]
    "#]].assert_eq(&diagnostics(&read.report));
    expect![[r#"{"contract": 5, "data_product": 4, "dataset": 4, "domain": 2}"#]]
        .assert_eq(&format!("{:?}", read.report.understood));
}

#[test]
fn nothing_but_broken_files_is_an_error() {
    let inputs = vec![Input::text("a.yaml", "a: b: c\n")];
    let error = crate::read(Kind::Odcs, inputs, &options()).expect_err("it is broken");
    assert!(
        matches!(&error, Error::NothingRead { report, .. } if report.errors == 1),
        "{error}"
    );
}

#[test]
fn a_contract_of_version_two_is_read_as_far_as_it_goes() {
    let read = read(&[(
            "old.yaml",
            "apiVersion: v2.2.2
kind: DataContract
uuid: c9
version: 1.0.0
status: current
datasetDomain: seller
quantumName: my quantum
sourcePlatform: googleCloudPlatform
project: edw
username: '${env.username}'
password: hunter2
dataset:
  - table: tbl
    columns:
      - {column: id, isPrimaryKey: true, isNullable: false, logicalType: string, physicalType: varchar(18)}
",
    )]);
    let kept = lines_with(&read, &["column:", "dataset:", "service:", "extra"]);
    expect![[r#"
            contract:s/c9 iso:extra "apiVersion=\"v2.2.2\""
            product:mesh/seller/my-quantum dprod:outputDataset dataset:s/c9/tbl
            dataset:s/c9/tbl a dcat:Dataset
            dataset:s/c9/tbl iso:name "tbl"
            dataset:s/c9/tbl iso:inDomain domain:mesh/seller
            dataset:s/c9/tbl dcterms:conformsTo contract:s/c9
            dataset:s/c9/tbl a csvw:Table
            dataset:s/c9/tbl csvw:tableSchema schema:s/c9/tbl
            schema:s/c9/tbl csvw:column column:s/c9/tbl/id
            column:s/c9/tbl/id iso:position "1"^^<xsd:integer>
            column:s/c9/tbl/id a csvw:Column
            column:s/c9/tbl/id csvw:name "id"
            column:s/c9/tbl/id csvw:datatype "varchar(18)"
            column:s/c9/tbl/id csvw:required "true"^^<xsd:boolean>
            column:s/c9/tbl/id iso:extra "logicalType=\"string\""
            service:s/c9/server-1 a dcat:DataService
            service:s/c9/server-1 dcterms:title "server-1"
            service:s/c9/server-1 dcat:servesDataset dataset:s/c9/tbl
            product:mesh/seller/my-quantum dprod:outputPort service:s/c9/server-1
            service:s/c9/server-1 iso:extra "project=\"edw\""
            contract:s/c9 iso:extra "sourcePlatform=\"googleCloudPlatform\""
            contract:s/c9 iso:extra "username=\"${env.username}\""
        "#]]
    .assert_eq(&kept);
    expect![[r#"
            note old.yaml:1:1: version v2.2.2 is read as far as v3 says the same [older_version]
            warning old.yaml:11:1 at `password`: the value of `password` looks like a secret and is not kept [secret]
        "#]]
    .assert_eq(&diagnostics(&read.report));
}

#[test]
fn a_product_file_owns_the_contracts_of_its_ports() {
    let product = "apiVersion: v0.9.0\nkind: DataProduct\nid: p1\nname: Visits 360\nstatus: draft\ndomain: Care\n\
                   inputPorts: [{name: raw, version: 1.0.0, contractId: unknown}]\n\
                   outputPorts: [{name: visits, version: 2.0.0, contractId: c7}]\n";
    let contract = "apiVersion: v3.0.2\nkind: DataContract\nid: c7\nversion: 2.0.0\nstatus: active\n\
                    schema: [{name: visits}]\n";
    check(
        &[("a.odcs.yaml", contract), ("p.odps.yaml", product)],
        &expect![[r#"
            domain:mesh/care a iso:Domain
            domain:mesh/care a skos:Concept
            domain:mesh/care skos:prefLabel "Care"
            product:mesh/care/visits-360 a dprod:DataProduct
            product:mesh/care/visits-360 dcterms:title "Visits 360"
            product:mesh/care/visits-360 iso:name "Visits 360"
            product:mesh/care/visits-360 dprod:domain domain:mesh/care
            contract:s/c7 a iso:DataContract
            contract:s/c7 a dcterms:Standard
            contract:s/c7 dcterms:title "c7"
            contract:s/c7 dcterms:identifier "c7"
            contract:s/c7 dcat:version "2.0.0"
            contract:s/c7 iso:status "active"
            contract:s/c7 iso:extra "apiVersion=\"v3.0.2\""
            contract:s/c7 iso:inDomain domain:mesh/care
            contract:s/c7 iso:inProduct product:mesh/care/visits-360
            product:mesh/care/visits-360 dprod:outputDataset dataset:s/c7/visits
            dataset:s/c7/visits a dcat:Dataset
            dataset:s/c7/visits iso:name "visits"
            dataset:s/c7/visits iso:inDomain domain:mesh/care
            dataset:s/c7/visits dcterms:conformsTo contract:s/c7
            product:mesh/care/visits-360 dcterms:identifier "p1"
            product:mesh/care/visits-360 iso:status "draft"
            product:mesh/care/visits-360 iso:extra "apiVersion=\"v0.9.0\""
            service:s/Care/Visits%20360/in/raw/1.0.0 a dcat:DataService
            service:s/Care/Visits%20360/in/raw/1.0.0 dcterms:title "raw"
            service:s/Care/Visits%20360/in/raw/1.0.0 dcat:version "1.0.0"
            product:mesh/care/visits-360 dprod:inputPort service:s/Care/Visits%20360/in/raw/1.0.0
            service:s/Care/Visits%20360/in/raw/1.0.0 dcterms:conformsTo contract:s/unknown
            service:s/Care/Visits%20360/out/visits/2.0.0 a dcat:DataService
            service:s/Care/Visits%20360/out/visits/2.0.0 dcterms:title "visits"
            service:s/Care/Visits%20360/out/visits/2.0.0 dcat:version "2.0.0"
            product:mesh/care/visits-360 dprod:outputPort service:s/Care/Visits%20360/out/visits/2.0.0
            service:s/Care/Visits%20360/out/visits/2.0.0 dcterms:conformsTo contract:s/c7
            service:s/Care/Visits%20360/out/visits/2.0.0 dcat:servesDataset dataset:s/c7/visits
        "#]],
        &expect![[r#"
            note p.odps.yaml:7:14 at `contractId`: contract `unknown` of a port is not among the inputs, so its data is not known [unknown_contract]
        "#]],
    );
}
