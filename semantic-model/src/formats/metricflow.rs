//! MetricFlow: the `semantic_manifest.json` of dbt, from 1.6 to today, and its YAML files.
//!
//! A manifest says the same in two ways: metrics name measures of semantic models (as dbt writes it), or hold their
//! aggregation themselves (`metric_aggregation_params`, as MetricFlow's own transformations and dbt 2 write it). Both
//! become the same layer here: measures are written into the metrics that use them, a measure with `create_metric`
//! becomes a metric, and a measure that only a cumulative or conversion metric uses becomes a hidden one, by the rules
//! and names of MetricFlow's transformations. Where both forms stand side by side the second one counts.
//!
//! Measures are kept as they are in the extension `measures` of their dataset, keys without a meaning here in the
//! extensions of whatever has them. What a manifest repeats (`input_measures`) or derives is not kept.

mod call;
mod dataset;
mod inputs;
mod measure;
mod metric;
mod models;
mod names;
mod saved_query;
mod spine;
mod yaml;

use super::document::Document;
use super::fields::Fields;
use super::tree::{Node, Value};
use super::{FormatError, Read};
use crate::layer::{Dataset, Layer, TimeSpine};

use measure::Measures;
pub(super) use yaml::{is_ours, layer};

/// Keys that dbt writes beside anything and that have no meaning in a layer; they are kept without a word.
const BESIDE: &[&str] = &[
    "metadata",
    "config",
    "meta",
    "tags",
    "group",
    "resource_type",
    "package_name",
    "path",
    "original_file_path",
    "unique_id",
    "fqn",
    "depends_on",
    "refs",
    "created_at",
    "unrendered_config",
    "sources",
    "metrics",
    "model",
    "exports",
    "enabled",
    "schema_yml",
];

/// The parts of one or more documents that make a layer.
#[derive(Default)]
struct Sections<'a> {
    models: Vec<Fields<'a>>,
    metrics: Vec<Declared<'a>>,
    saved_queries: Vec<Fields<'a>>,
    projects: Vec<Fields<'a>>,
    /// Datasets that models of dbt 2 are.
    datasets: Vec<Dataset>,
    /// Time spines that models of dbt are.
    spines: Vec<TimeSpine>,
}

/// A metric as it is declared, and the model that it stands in, if any.
struct Declared<'a> {
    fields: Fields<'a>,
    model: Option<String>,
}

impl<'a> Declared<'a> {
    /// Takes a metric that stands in no model.
    fn alone(fields: Fields<'a>) -> Self {
        Self {
            fields,
            model: None,
        }
    }
}

/// Reads a `semantic_manifest.json`, or the same sections of a `manifest.json`.
///
/// `file` names the text in reports and errors. The layer is not named; whoever knows the project's name sets it.
///
/// ```
/// let text = r#"{
///   "semantic_models": [{
///     "name": "orders",
///     "node_relation": {"alias": "orders", "schema_name": "shop"},
///     "entities": [{"name": "order", "type": "primary", "expr": "order_id"}],
///     "measures": [{"name": "revenue", "agg": "sum", "expr": "amount", "create_metric": true}]
///   }],
///   "metrics": []
/// }"#;
/// let read = semantic_model::formats::metricflow::read_manifest("semantic_manifest.json", text)?;
/// assert_eq!(read.layer.metrics[0].name, "revenue");
/// assert!(read.report.problems.is_empty());
/// # Ok::<(), semantic_model::formats::FormatError>(())
/// ```
pub fn read_manifest(file: &str, text: &str) -> Result<Read, FormatError> {
    let document = Document::json(file, text)?;
    let layer = manifest(&document)?;
    let report = document.finish();
    Ok(Read { layer, report })
}

pub(super) fn manifest(document: &Document<'_>) -> Result<Layer, FormatError> {
    let root = document.root();
    let known = ["semantic_models", "metrics", "project_configuration"];
    if !known.iter().any(|key| root.get(key).is_some()) {
        let message =
            "this is no semantic manifest: it has neither `semantic_models` nor `metrics`";
        return Err(FormatError::of_file(document.file(), message));
    }
    let Some(fields) = Fields::of(document, root) else {
        return Err(FormatError::of_file(document.file(), "this is no object"));
    };
    let sections = Sections {
        models: section(&fields, "semantic_models"),
        metrics: section(&fields, "metrics")
            .into_iter()
            .map(Declared::alone)
            .collect(),
        saved_queries: section(&fields, "saved_queries"),
        projects: fields.object("project_configuration").into_iter().collect(),
        ..Sections::default()
    };
    // A `manifest.json` has much besides, which is not of the semantic layer.
    let whole = fields.has("nodes") || fields.has("parent_map");
    let mut layer = build(&sections);
    if !whole {
        layer.notes.extensions.extend(fields.rest(BESIDE));
    }
    Ok(layer)
}

/// Returns the objects of a section, which `manifest.json` keys by their ids.
fn section<'a>(fields: &Fields<'a>, key: &str) -> Vec<Fields<'a>> {
    let document = fields.document();
    let object = |node: &'a Node<'a>| Fields::of(document, node);
    match fields.get(key).map(|node| &node.value) {
        Some(Value::Map(entries)) => entries
            .iter()
            .filter_map(|entry| object(&entry.value))
            .collect(),
        _ => fields.objects(key),
    }
}

/// Makes one layer of the parts of its documents.
fn build(sections: &Sections<'_>) -> Layer {
    let mut layer = Layer::default();
    let mut measures = Measures::default();
    for fields in &sections.models {
        if let Some(dataset) = dataset::read(fields, &mut measures) {
            fields.document().understood("semantic model");
            layer.datasets.push(dataset);
        }
    }
    layer.datasets.extend(sections.datasets.iter().cloned());
    layer.time_spines.extend(sections.spines.iter().cloned());
    for fields in &sections.projects {
        layer.time_spines.extend(spine::read(fields));
        layer
            .notes
            .extensions
            .extend(fields.rest(&["metadata", "dsi_package_version", "name"]));
    }
    layer.metrics = metric::read_all(&sections.metrics, &measures);
    layer.saved_queries = sections
        .saved_queries
        .iter()
        .filter_map(saved_query::read)
        .collect();
    names::report_repeated(sections);
    names::settle(&mut layer);
    layer
}
