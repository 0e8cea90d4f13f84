//! The events of real clients, counted a second time by other means.

use std::collections::BTreeSet;

use ontologies::{csvw, prov};
use serde_json::Value;

use crate::shared::{read_shared, shared};
use crate::{Input, InputLimits, Kind};

fn events(path: &str) -> Option<Vec<Value>> {
    let bytes = std::fs::read(shared(path)?).unwrap();
    let input = Input::decode("x", bytes, &InputLimits::default()).unwrap();
    let text = String::from_utf8(input.bytes).unwrap();
    if let Ok(Value::Array(events)) = serde_json::from_str(&text) {
        return Some(events);
    }
    Some(
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect(),
    )
}

#[test]
fn every_dataset_column_and_run_of_the_samples_is_there() {
    for path in [
        "corpora/openlineage/fivetran_shopify_dbt_ol/events.ndjson.gz",
        "corpora/openlineage/jaffle_classic_dbt_ol/events.ndjson.gz",
        "corpora/openlineage/marquez_seed_metadata/metadata.template.json.gz",
    ] {
        let Some(events) = events(path) else { return };
        let read = read_shared(Kind::OpenLineage, &[path]).unwrap();
        let mut datasets = BTreeSet::new();
        let mut runs = BTreeSet::new();
        for event in &events {
            runs.insert(event["run"]["runId"].as_str().unwrap().to_lowercase());
            for side in ["inputs", "outputs"] {
                for found in event[side].as_array().into_iter().flatten() {
                    datasets.insert((found["namespace"].to_string(), found["name"].to_string()));
                }
            }
        }
        let understood = |word: &str| read.report.understood[word] as usize;
        assert_eq!(understood("event"), events.len(), "{path}");
        assert_eq!(understood("run"), runs.len(), "{path}");
        assert_eq!(understood("dataset"), datasets.len(), "{path}");
        assert_eq!(read.report.errors, 0, "{path}");
        let count = |predicate: &str| {
            let of = read
                .statements
                .iter()
                .filter(|found| found.predicate.as_str() == predicate);
            of.count()
        };
        assert!(
            count(prov::WAS_DERIVED_FROM) > 0 && count(csvw::NAME) > 0,
            "{path}"
        );
        // A second reading gives the same, statement by statement.
        let again = read_shared(Kind::OpenLineage, &[path]).unwrap();
        assert!(read.statements == again.statements, "{path}");
    }
}

const HIVE: &str =
    "corpora/openlineage/hive_integration/hive-openlineage-hook/integrations/container";

#[test]
fn column_lineage_with_transformations_is_read_from_partial_events() {
    let path = format!("{HIVE}/cllSimpleQueryMaskingComplete.json");
    let Some(read) = read_shared(Kind::OpenLineage, &[&path]) else {
        return;
    };
    let text = crate::shared::lines(&read);
    let column = |table: &str, name: &str| {
        format!("column:openlineage/hive%3A%2F%2Flocalhost%3A9083/test.{table}/{name}")
    };
    for (to, from) in [("i", "a"), ("t", "a"), ("mt", "a"), ("a", "b"), ("ma", "b")] {
        let edge = format!(
            "{} prov:wasDerivedFrom {}",
            column("xxx", to),
            column("t1", from)
        );
        assert!(text.lines().any(|line| line == edge), "{edge}");
    }
    assert_eq!(text.matches("iso:extra \"masking=true\"").count(), 2);
    assert!(text.contains("iso:transformation \"AGGREGATION\""));
    let whole = read_shared(Kind::OpenLineage, &[HIVE]).unwrap();
    assert_eq!(whole.report.understood["event"], 56);
}

#[test]
fn broken_samples_are_reported_and_the_others_read() {
    let folder = "corpora/openlineage/events_samples";
    let Some(read) = read_shared(Kind::OpenLineage, &[folder]) else {
        return;
    };
    assert_eq!(
        read.report.understood["event"], 12,
        "{:?}",
        read.report.diagnostics
    );
    assert_eq!(read.report.count("missing_run"), 1);
    assert_eq!(read.report.count("no_time_zone"), 3);
    assert!(read.report.count("unknown_facet") >= 3);
}

#[test]
fn schemas_and_single_facets_are_no_events() {
    let folder = "corpora/openlineage/spec_and_facets";
    let Some(read) = read_shared(Kind::OpenLineage, &[folder]) else {
        return;
    };
    assert_eq!(
        read.report.understood["event"], 1,
        "{:?}",
        read.report.diagnostics
    );
    // The one that is neither is the page on where the files are from.
    assert_eq!(read.report.errors, 1, "{:?}", read.report.diagnostics);
}
