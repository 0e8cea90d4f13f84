//! Documents that show one thing each, and the samples of a real implementation.

use serde_json::json;

use crate::shared::{lines, options, read_shared, read_texts, report_lines};
use crate::{Input, Kind};

#[test]
fn the_newest_metadata_of_a_table_counts() {
    let table = |updated: i64, name: &str| {
        json!({"format-version": 2, "table-uuid": "u1", "location": "s3a://Lake/db/orders", "last-updated-ms": updated,
            "current-schema-id": 1, "schemas": [{"schema-id": 1, "type": "struct", "identifier-field-ids": [1], "fields": [
                {"id": 1, "name": name, "required": true, "type": "long", "doc": "Key."},
                {"id": 2, "name": "lines", "required": false, "type": {"type": "list", "element-id": 3, "element": {"type": "struct", "fields": [{"id": 4, "name": "sku", "required": true, "type": "string"}]}}}]}],
            "properties": {"comment": "All orders."}, "current-snapshot-id": 7, "snapshots": [{"snapshot-id": 7, "timestamp-ms": 1000, "summary": {"total-records": "42"}}]}).to_string()
    };
    let wrapped = format!(
        "{{\"metadata-location\": \"x\", \"metadata\": {}}}",
        table(2, "id")
    );
    let read = read_texts(
        Kind::Iceberg,
        &[("b.json", &wrapped), ("a.json", &table(1, "old"))],
        &options(),
    );
    let text = lines(&read);
    for line in [
        "dataset:s/u1 iso:qualifiedName \"s3://lake/db/orders\"",
        "dataset:s/u1 dcterms:description \"All orders.\"",
        "dataset:s/u1 iso:rowCount \"42\"^^<xsd:integer>",
        "schema:s/u1 csvw:primaryKey \"id\"",
        "column:s/u1/lines csvw:datatype \"list<struct<sku: string>>\"",
        "column:s/u1/lines.element.sku csvw:required \"true\"^^<xsd:boolean>",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(
        !text.contains("\"old\"") && read.report.count("older_metadata") == 1,
        "{text}"
    );
    assert_eq!(read.report.count("missing_key"), 5);
}

#[test]
fn what_cannot_be_a_table_is_an_error_with_its_key() {
    for (text, code) in [
        (
            "{\"format-version\": 9, \"table-uuid\": \"u\"}",
            "unknown_version",
        ),
        (
            "{\"format-version\": 2, \"table-uuid\": \"u\", \"current-schema-id\": 3, \"schemas\": []}",
            "missing_schema",
        ),
        ("{\"format-version\": 1}", "missing_key"),
        ("{\"format-version\": ", "bad_json"),
    ] {
        let error =
            crate::read(Kind::Iceberg, vec![Input::text("x.json", text)], &options()).unwrap_err();
        let crate::Error::NothingRead { report, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(report.count(code), 1, "{text}: {:?}", report.diagnostics);
        assert!(!report.diagnostics[0].location.file.is_empty());
    }
}

#[test]
fn the_samples_are_read_and_the_broken_ones_named() {
    let folder = "corpora/catalogs/iceberg_table_metadata";
    let Some(read) = read_shared(Kind::Iceberg, &[folder]) else {
        return;
    };
    let report = report_lines(&read.report);
    for broken in [
        "TableMetadataV2CurrentSchemaNotFound",
        "TableMetadataV2MissingSchemas",
        "ViewMetadataV1SchemaNotFound",
        "ViewMetadataUnsupportedVersion",
    ] {
        let named = report.lines().any(|line| line.contains(broken));
        assert!(named, "{broken}\n{report}");
    }
    assert!(read.report.understood["dataset"] >= 4, "{report}");
    for good in ["TableMetadataV2Valid.json", "load_table_response.json"] {
        let path = match good {
            "load_table_response.json" => format!("{folder}/catalog/rest/testdata/{good}"),
            _ => format!("{folder}/iceberg/testdata/table_metadata/{good}"),
        };
        let read = read_shared(Kind::Iceberg, &[&path]).unwrap();
        assert_eq!(read.report.errors, 0, "{:?}", read.report.diagnostics);
        assert!(read.report.understood["column"] >= 2);
    }
}
