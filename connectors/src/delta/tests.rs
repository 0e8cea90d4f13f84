//! Logs as Delta writes them.

use serde_json::json;

use crate::shared::{lines, options, read_texts, report_lines};
use crate::{Input, Kind};

fn schema() -> String {
    json!({"type": "struct", "fields": [
        {"name": "id", "type": "long", "nullable": false, "metadata": {"comment": "The key.", "delta.columnMapping.id": 1}},
        {"name": "place", "type": {"type": "struct", "fields": [{"name": "city", "type": "string", "nullable": true, "metadata": {}}]}, "nullable": true, "metadata": {}},
        {"name": "lines", "type": {"type": "array", "elementType": {"type": "struct", "fields": [{"name": "sku", "type": "string"}]}, "containsNull": true}},
        {"name": "day", "type": "date", "nullable": true, "metadata": {}}
    ]})
    .to_string()
}

#[test]
fn the_files_of_a_log_are_one_table_as_of_the_newest() {
    let first = [
        json!({"protocol": {"minReaderVersion": 1}}),
        json!({"metaData": {"id": "abc", "name": null, "format": {"provider": "parquet"}, "schemaString": "{\"type\":\"struct\",\"fields\":[]}", "partitionColumns": [], "configuration": {}}}),
        json!({"add": {"path": "a", "stats": "{\"numRecords\":3}"}}),
    ]
    .map(|action| action.to_string())
    .join("\n");
    let second = [
        json!({"metaData": {"id": "abc", "description": "Orders.", "schemaString": schema(), "partitionColumns": ["day"], "configuration": {"delta.appendOnly": "true"}, "createdTime": 0}}),
        json!({"remove": {"path": "a"}}),
        json!({"add": {"path": "b", "stats": "{\"numRecords\":4}"}}),
    ]
    .map(|action| action.to_string())
    .join("\n");
    let read = read_texts(
        Kind::Delta,
        &[
            (
                "lake/orders/_delta_log/00000000000000000001.json",
                &format!("{second}\n{{cut"),
            ),
            ("lake/orders/_delta_log/00000000000000000000.json", &first),
        ],
        &options(),
    );
    let text = lines(&read);
    for line in [
        "dataset:s/abc iso:name \"orders\"",
        "dataset:s/abc dcterms:description \"Orders.\"",
        "dataset:s/abc iso:rowCount \"4\"^^<xsd:integer>",
        "dataset:s/abc iso:extra \"delta.appendOnly=\\\"true\\\"\"",
        "dataset:s/abc dcterms:created \"1970-01-01T00:00:00.000Z\"^^<xsd:dateTime>",
        "column:s/abc/id csvw:required \"true\"^^<xsd:boolean>",
        "column:s/abc/id dcterms:description \"The key.\"",
        "column:s/abc/id iso:extra \"delta.columnMapping.id=1\"",
        "column:s/abc/place.city csvw:datatype \"string\"",
        "column:s/abc/lines csvw:datatype \"array<struct<sku: string>>\"",
        "column:s/abc/lines.element.sku csvw:name \"lines.element.sku\"",
        "column:s/abc/day iso:extra \"partitioned=true\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert_eq!(
        (
            read.report.understood["dataset"],
            read.report.understood["column"]
        ),
        (1, 6)
    );
    let report = report_lines(&read.report);
    assert!(
        report.contains("00000000000000000001.json:4: the line is no JSON"),
        "{report}"
    );
}

#[test]
fn a_log_without_metadata_is_an_error() {
    let input = Input::text(
        "t/_delta_log/00000000000000000010.json",
        "{\"commitInfo\": {}}",
    );
    assert!(crate::read(Kind::Delta, vec![input], &options()).is_err());
}

#[test]
fn rules_domains_and_vectors_of_deletions_are_read() {
    let configuration =
        json!({"delta.constraints.positive": "n > 0", "delta.columnMapping.mode": "name"});
    let log = [
        json!({"metaData": {"id": "abc", "name": "main.shop.orders", "schemaString": schema(), "configuration": configuration}}),
        json!({"domainMetadata": {"domain": "delta.clustering", "configuration": "{\"clusteringColumns\":[[\"id\"]]}", "removed": false}}),
        json!({"domainMetadata": {"domain": "mine", "configuration": "x", "removed": false}}),
        json!({"domainMetadata": {"domain": "mine", "configuration": "", "removed": true}}),
        json!({"add": {"path": "a", "stats": "{\"numRecords\":10}"}}),
        json!({"add": {"path": "a", "stats": "{\"numRecords\":10}", "deletionVector": {"storageType": "u", "pathOrInlineDv": "x", "cardinality": 3}}}),
        json!({"remove": {"path": "a"}}),
    ]
    .map(|action| action.to_string())
    .join("\n");
    let name = "orders/_delta_log/00000000000000000000.json";
    let text = lines(&read_texts(Kind::Delta, &[(name, &log)], &options()));
    for line in [
        "dataset:s/abc iso:rowCount \"7\"^^<xsd:integer>",
        "quality:s/abc/positive iso:about dataset:s/abc",
        "quality:s/abc/positive iso:expression \"n > 0\"",
        "dataset:s/abc iso:extra \"delta.clustering=\\\"{\\\\\\\"clusteringColumns\\\\\\\":[[\\\\\\\"id\\\\\\\"]]}\\\"\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(!text.contains("mine="), "{text}");
}
