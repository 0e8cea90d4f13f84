//! Proposals that show one thing each, and the showcase counted by other means.

use std::collections::BTreeSet;

use ontologies::{csvw, rdf};
use serde_json::{Value, json};

use crate::shared::{lines, options, read_shared, read_texts, report_lines, shared};
use crate::{Input, InputLimits, Kind};

const ORDERS: &str = "urn:li:dataset:(urn:li:dataPlatform:postgres,main.shop.public.orders,PROD)";

fn proposal(urn: &str, aspect: &str, value: Value) -> Value {
    json!({"entityUrn": urn, "changeType": "UPSERT", "aspectName": aspect, "aspect": {"value": value.to_string(), "contentType": "application/json"}})
}

fn read(proposals: Value) -> crate::SourceStatements {
    read_texts(
        Kind::DataHub,
        &[("export.json", &proposals.to_string())],
        &options(),
    )
}

#[test]
fn a_dataset_has_columns_lineage_and_the_name_that_others_know() {
    let raw = ORDERS.replace("orders", "raw");
    let field = |urn: &str, name: &str| format!("urn:li:schemaField:({urn},{name})");
    let read = read(json!([
        proposal(
            ORDERS,
            "dataPlatformInstance",
            json!({"platform": "urn:li:dataPlatform:postgres", "instance": "urn:li:dataPlatformInstance:(urn:li:dataPlatform:postgres,main)"})
        ),
        proposal(
            ORDERS,
            "schemaMetadata",
            json!({"fields": [{"fieldPath": "[version=2.0].[type=struct].[type=long].id", "nullable": false, "nativeDataType": "bigint", "isPartOfKey": true}]})
        ),
        proposal(
            ORDERS,
            "upstreamLineage",
            json!({"upstreams": [{"dataset": raw}], "fineGrainedLineages": [{"upstreams": [field(&raw, "key")], "downstreams": [field(ORDERS, "id")], "transformOperation": "CAST"}]})
        ),
        proposal(
            ORDERS,
            "siblings",
            json!({"siblings": ["urn:li:dataset:(urn:li:dataPlatform:dbt,shop.public.orders,PROD)"], "primary": true})
        ),
        proposal(
            ORDERS,
            "globalTags",
            json!({"tags": [{"tag": "urn:li:tag:gold"}]})
        ),
        proposal("urn:li:tag:gold", "tagProperties", json!({"name": "Gold"})),
        proposal(
            ORDERS,
            "ownership",
            json!({"owners": [{"owner": "urn:li:corpuser:ann", "type": "DATAOWNER"}]})
        ),
        proposal(
            "urn:li:corpuser:ann",
            "corpUserInfo",
            json!({"displayName": "Ann Lee", "email": "ann@example.org"})
        ),
    ]));
    let text = lines(&read);
    for line in [
        format!("{ORDERS} iso:qualifiedName \"postgres://shop.public.orders\""),
        format!("{ORDERS} prov:wasDerivedFrom {raw}"),
        format!(
            "{ORDERS} owl:sameAs urn:li:dataset:(urn:li:dataPlatform:dbt,shop.public.orders,PROD)"
        ),
        format!("{ORDERS} dcat:keyword \"Gold\""),
        format!("{ORDERS} prov:wasAttributedTo owner:mesh/ann-lee"),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(
        text.contains("csvw:name \"id\"") && text.contains("csvw:primaryKey \"id\""),
        "{text}"
    );
    assert!(text.contains("iso:transformation \"CAST\""), "{text}");
}

#[test]
fn what_was_said_last_counts_and_what_is_removed_is_gone() {
    let words = |text: &str| json!({"description": text});
    let other = ORDERS.replace("orders", "old");
    let read = read(json!([
        proposal(ORDERS, "datasetProperties", words("first")),
        proposal(ORDERS, "datasetProperties", words("second")),
        proposal(ORDERS, "inventedAspect", json!({"x": 1})),
        proposal(&other, "datasetProperties", words("old")),
        proposal(&other, "status", json!({"removed": true})),
        {"entityUrn": ORDERS, "changeType": "UPSERT", "aspectName": "globalTags", "aspect": {"value": "{"}},
        {"entityUrn": ORDERS, "changeType": "PATCH", "aspectName": "globalTags", "aspect": {"json": []}},
        7
    ]));
    let text = lines(&read);
    assert!(
        text.contains("\"second\"") && !text.contains("\"first\"") && !text.contains("\"old\""),
        "{text}"
    );
    let report = report_lines(&read.report);
    for part in [
        "export.json at `[5]`: the text of the aspect is no JSON",
        "1 patches are of aspects that the export does not hold",
        "`[7]`: expected an object",
        "aspect `inventedAspect` of a dataset is not understood; 1 were kept",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
}

#[test]
fn the_older_snapshots_are_read_too() {
    let read = read(
        json!([{"auditHeader": null, "proposedSnapshot": {"com.linkedin.pegasus2avro.metadata.snapshot.DatasetSnapshot": {
        "urn": ORDERS, "aspects": [{"com.linkedin.pegasus2avro.schema.SchemaMetadata": {"fields": [{"fieldPath": "id", "nativeDataType": "int"}]}}]}}}]),
    );
    assert!(lines(&read).contains("csvw:datatype \"int\""));
}

#[test]
fn the_showcase_is_read_whole() {
    let folder = "corpora/catalogs/datahub_showcase_ecommerce";
    let Some(read) = read_shared(Kind::DataHub, &[folder]) else {
        return;
    };
    let bytes = std::fs::read(shared(&format!("{folder}/02-data.json.gz")).unwrap()).unwrap();
    let input = Input::decode("x", bytes, &InputLimits::default()).unwrap();
    let proposals: Vec<Value> = serde_json::from_slice(&input.bytes).unwrap();
    let (mut urns, mut fields) = (BTreeSet::new(), BTreeSet::new());
    for found in &proposals {
        let urn = found["entityUrn"].as_str().unwrap();
        urns.insert(urn.to_owned());
        if found["aspectName"] == "schemaMetadata" {
            let aspect = &found["aspect"];
            let aspect = match aspect["value"].as_str() {
                Some(text) => serde_json::from_str(text).unwrap(),
                None => aspect["json"].clone(),
            };
            for field in aspect["fields"].as_array().unwrap() {
                fields.insert((urn.to_owned(), field["fieldPath"].to_string()));
            }
        }
    }
    let of = |kind: &str| {
        urns.iter()
            .filter(|urn| urn.starts_with(&format!("urn:li:{kind}:")))
            .count() as u64
    };
    assert_eq!(read.report.understood["dataset"], of("dataset"));
    assert_eq!(read.report.understood["column"], fields.len() as u64);
    for (word, kind) in [
        ("dataJob", "dataJob"),
        ("chart", "chart"),
        ("domain", "domain"),
        ("product", "dataProduct"),
        ("term", "glossaryTerm"),
    ] {
        assert!(read.report.understood[word] >= of(kind), "{word}");
    }
    assert!(
        read.report.understood["lineage"] > 50 && read.report.understood["column_lineage"] > 100
    );
    // The one that is no export is the page on where the files are from.
    assert_eq!(read.report.errors, 1, "{:?}", read.report.diagnostics);
    let classes = read
        .statements
        .iter()
        .filter(|found| found.predicate.as_str() == rdf::TYPE);
    assert!(classes.count() > 500);
    assert!(
        read.statements
            .iter()
            .any(|found| found.predicate.as_str() == csvw::REQUIRED)
    );
}

fn patch(aspect: &str, operations: Value) -> Value {
    json!({"entityUrn": ORDERS, "entityType": "dataset", "changeType": "PATCH", "aspectName": aspect, "aspect": {"value": operations.to_string(), "contentType": "application/json-patch+json"}})
}

#[test]
fn patches_change_what_was_said_before() {
    let read = read(json!([
        proposal(
            ORDERS,
            "datasetProperties",
            json!({"description": "Old", "customProperties": {"a": "b"}})
        ),
        proposal(
            ORDERS,
            "ownership",
            json!({"owners": [{"owner": "urn:li:corpuser:ann", "type": "DATAOWNER"}, {"owner": "urn:li:corpuser:bob", "type": "DATAOWNER"}]})
        ),
        patch(
            "datasetProperties",
            json!([{"op": "replace", "path": "/description", "value": "New"}, {"op": "add", "path": "/customProperties/c~1d", "value": "e"}])
        ),
        patch(
            "ownership",
            json!({"patch": [{"op": "add", "path": "/owners/urn:li:corpuser:eve/DATAOWNER", "value": {"owner": "urn:li:corpuser:eve", "type": "DATAOWNER"}}, {"op": "remove", "path": "/owners/urn:li:corpuser:bob/DATAOWNER"}], "arrayPrimaryKeys": {}})
        ),
        patch(
            "globalTags",
            json!([{"op": "add", "path": "/tags/urn:li:tag:gold", "value": {"tag": "urn:li:tag:gold"}}])
        ),
        patch(
            "editableSchemaMetadata",
            json!([{"op": "add", "path": "/editableSchemaFieldInfo/id/globalTags/tags/urn:li:tag:key", "value": {"tag": "urn:li:tag:key"}}])
        ),
        proposal(
            ORDERS,
            "schemaMetadata",
            json!({"fields": [{"fieldPath": "id", "nativeDataType": "int"}]})
        ),
        patch(
            "status",
            json!([{"op": "test", "path": "/removed", "value": true}])
        ),
        patch("domains", json!("x")),
    ]));
    let text = lines(&read);
    for wanted in [
        "dcterms:description \"New\"",
        "iso:extra \"customProperties={\\\"a\\\":\\\"b\\\",\\\"c/d\\\":\\\"e\\\"}\"",
        "prov:wasAttributedTo owner:mesh/ann",
        "prov:wasAttributedTo owner:mesh/eve",
        "dcat:keyword \"gold\"",
        "/id dcat:keyword \"key\"",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    assert!(
        !text.contains("mesh/bob") && !text.contains("\"Old\""),
        "{text}"
    );
    let report = report_lines(&read.report);
    for part in [
        "1 operations of the patch of `status` are not known",
        "the patch of `domains` is no list of operations",
        "2 patches are of aspects that the export does not hold",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
}

#[test]
fn assertions_are_rules_with_their_outcome_and_properties_keep_their_names() {
    let urn = "urn:li:assertion:a1";
    let field = format!("urn:li:schemaField:({ORDERS},id)");
    let read = read(json!([
        proposal(
            urn,
            "assertionInfo",
            json!({"type": "DATASET", "description": "No key is missing", "datasetAssertion": {"dataset": ORDERS, "scope": "DATASET_COLUMN", "fields": [field], "operator": "NOT_NULL", "nativeType": "expect_not_null"}})
        ),
        proposal(
            urn,
            "assertionRunEvent",
            json!({"timestampMillis": 0, "asserteeUrn": ORDERS, "status": "COMPLETE", "result": {"type": "FAILURE"}})
        ),
        proposal(
            "urn:li:assertion:a2",
            "assertionInfo",
            json!({"type": "SQL", "sqlAssertion": {"type": "METRIC", "entity": ORDERS, "statement": "select count(*) from orders"}})
        ),
        proposal(
            "urn:li:structuredProperty:x.class",
            "propertyDefinition",
            json!({"qualifiedName": "x.class", "displayName": "Class"})
        ),
        proposal(
            ORDERS,
            "structuredProperties",
            json!({"properties": [{"propertyUrn": "urn:li:structuredProperty:x.class", "values": [{"string": "secret"}, {"double": 2.5}]}]})
        ),
    ]));
    let text = lines(&read);
    for wanted in [
        "urn:li:assertion:a1 a dqv:Metric",
        "urn:li:assertion:a1 dcterms:title \"expect_not_null\"",
        "urn:li:assertion:a1 dcterms:description \"No key is missing\"",
        "/id\n",
        "dqv:value \"false\"^^<xsd:boolean>",
        "iso:status \"fail\"",
        "urn:li:assertion:a2 iso:expression \"select count(*) from orders\"",
        "iso:extra \"Class=[\\\"secret\\\",2.5]\"",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    assert!(
        text.contains(&format!("urn:li:assertion:a2 iso:about {ORDERS}")),
        "{text}"
    );
    assert!(
        !report_lines(&read.report).contains("of a assertion"),
        "{}",
        report_lines(&read.report)
    );
}
