//! A package that shows everything, and a real one counted by other means.

use serde_json::{Value, json};

use crate::shared::{lines, options, read_shared, read_texts, report_lines, shared};
use crate::{Input, InputLimits, Kind};

#[test]
fn a_package_becomes_datasets_with_keys_and_people() {
    let package = json!({"name": "shop", "keywords": ["retail"], "contributors": [{"title": "Ann", "role": "maintainer"}], "resources": [
        {"name": "orders", "path": "orders.csv", "title": "Orders", "schema": {
            "fields": [{"name": "id", "type": "integer", "constraints": {"required": true, "minimum": 1}}, {"name": "buyer", "type": "string", "format": "email"}],
            "primaryKey": "id", "foreignKeys": [{"fields": "buyer", "reference": {"resource": "buyers", "fields": "mail"}}, {"fields": ["id"], "reference": {"resource": "gone", "fields": ["id"]}}]}},
        {"name": "buyers", "schema": {"fields": [{"name": "mail"}, {"name": "mail"}]}},
        {"path": "x.csv"}, {"name": "far", "schema": "https://example.org/schema.json"}
    ]});
    let read = read_texts(
        Kind::Frictionless,
        &[("datapackage.json", &package.to_string())],
        &options(),
    );
    let text = lines(&read);
    for line in [
        "column:s/shop.orders/id csvw:required \"true\"^^<xsd:boolean>",
        "column:s/shop.orders/id iso:extra \"minimum=1\"",
        "column:s/shop.orders/buyer iso:references column:s/shop.buyers/mail",
        "schema:s/shop.orders csvw:primaryKey \"id\"",
        "dataset:s/shop.orders prov:wasAttributedTo owner:mesh/ann",
        "dataset:s/shop.buyers dcat:keyword \"retail\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let report = report_lines(&read.report);
    for part in [
        "`resources[0].schema.foreignKeys[1]`: the key refers to fields of `gone`",
        "`resources[1].schema.fields[1]`: the field has no name of its own",
        "`resources[2]`: the resource has no name",
        "`resources[3].schema`: the schema lies elsewhere",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    let other = vec![Input::text("x.json", "{\"name\": 1}")];
    assert!(crate::read(Kind::Frictionless, other, &options()).is_err());
}

#[test]
fn a_real_package_is_read_whole() {
    let path = "corpora/catalogs/pudl_generation_subset/pudl_generation_datapackage.json.gz";
    let Some(read) = read_shared(Kind::Frictionless, &[path]) else {
        return;
    };
    let input = Input::decode(
        "x",
        std::fs::read(shared(path).unwrap()).unwrap(),
        &InputLimits::default(),
    )
    .unwrap();
    let package: Value = serde_json::from_slice(&input.bytes).unwrap();
    let resources = package["resources"].as_array().unwrap();
    let fields: usize = resources
        .iter()
        .map(|found| found["schema"]["fields"].as_array().unwrap().len())
        .sum();
    assert_eq!(read.report.understood["dataset"], resources.len() as u64);
    assert_eq!(read.report.understood["column"], fields as u64);
    assert_eq!(read.report.skipped, 0, "{:?}", read.report.diagnostics);
}

#[test]
fn schemas_in_files_of_their_own_and_version_two_are_read() {
    let package = serde_json::json!({"name": "p", "contributors": [{"givenName": "Ann", "familyName": "Lee", "roles": ["publisher", "maintainer"]}], "resources": [
        {"name": "orders", "path": "orders.csv", "schema": "schema/orders.json"},
        {"path": "data/people.v1.csv", "schema": {"fields": [{"name": "id", "type": "integer", "categories": [{"value": 1, "label": "one"}, "two"]}], "uniqueKeys": [["id"]]}},
        {"name": "inline", "data": [{"a": "secret", "b": 2}]},
        {"name": "away", "path": "x.csv", "schema": "../schema/orders.json"},
        {"schema": {"fields": []}}]});
    let orders = serde_json::json!({"fields": [{"name": "buyer", "type": "integer"}], "foreignKeys": [{"fields": "buyer", "reference": {"resource": "people", "fields": "id"}}]});
    let read = read_texts(
        Kind::Frictionless,
        &[
            ("f/datapackage.json", &package.to_string()),
            ("f/schema/orders.json", &orders.to_string()),
            ("f/schema/other.json", "{\"fields\": []}"),
        ],
        &options(),
    );
    let text = lines(&read);
    for line in [
        "column:s/p.orders/buyer iso:references column:s/p.people/id",
        "column:s/p.people/id iso:allowedValue \"1\"",
        "column:s/p.people/id iso:allowedValue \"two\"",
        "dataset:s/p.people iso:extra \"uniqueKeys=[[\\\"id\\\"]]\"",
        "dataset:s/p.people dcterms:publisher owner:mesh/ann-lee",
        "dataset:s/p.people prov:wasAttributedTo owner:mesh/ann-lee",
        "column:s/p.inline/b csvw:name \"b\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(!text.contains("secret"), "{text}");
    let report = report_lines(&read.report);
    for part in [
        "`resources[1]`: the resource has no name and is called `people`",
        "`resources[4]`: the resource has no name",
        "`resources[3].schema`: the schema lies elsewhere",
        "f/schema/other.json at `resources`: this is no data package",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    assert!(!report.contains("schema/orders.json at"), "{report}");
}
