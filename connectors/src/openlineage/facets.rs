//! Which facets there are, and reading them.

use serde_json::Value;

use super::state::Registers;
use crate::json::Object;

const OF_DATASET: [&str; 20] = [
    "catalog",
    "columnLineage",
    "dataQualityAssertions",
    "dataQualityMetrics",
    "dataSource",
    "datasetType",
    "datasetVersion",
    "documentation",
    "hierarchy",
    "inputStatistics",
    "lifecycleStateChange",
    "lineage",
    "outputStatistics",
    "ownership",
    "schema",
    "storage",
    "subset",
    "symlinks",
    "tags",
    "version",
];

const OF_JOB: [&str; 9] = [
    "documentation",
    "jobType",
    "lineage",
    "ownership",
    "producer",
    "sourceCode",
    "sourceCodeLocation",
    "sql",
    "tags",
];

const OF_RUN: [&str; 11] = [
    "environmentVariables",
    "errorMessage",
    "executionParameters",
    "externalQuery",
    "extractionError",
    "jobDependencies",
    "nominalTime",
    "parent",
    "processing_engine",
    "tags",
    "test",
];

/// Says whether a facet of a dataset, job or run is one of the standard.
pub(super) fn is_known(of: &str, key: &str) -> bool {
    let known: &[&str] = match of {
        "dataset" => &OF_DATASET,
        "job" => &OF_JOB,
        _ => &OF_RUN,
    };
    known.contains(&key)
}

/// Gives what a facet said last.
pub(super) fn facet(registers: &Registers, key: &str) -> Option<Object> {
    match serde_json::from_str(&registers.get(key)?.value) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// Gives a text that says something.
pub(super) fn said<'o>(object: &'o Object, key: &str) -> Option<&'o str> {
    let text = object.get(key)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

/// Gives the objects of a list; what is none is in the facet that is kept anyway.
pub(super) fn objects<'o>(object: &'o Object, key: &str) -> impl Iterator<Item = &'o Object> {
    let items = object.get(key).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_object)
}
