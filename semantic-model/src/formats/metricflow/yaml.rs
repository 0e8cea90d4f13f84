//! MetricFlow's YAML: documents of its own, and dbt's files of properties, older and newer.
//!
//! - MetricFlow: one object a document, under `semantic_model`, `metric`, `saved_query` or `project_configuration`.
//! - dbt to 1.11: lists under `semantic_models`, `metrics` and `saved_queries`, and time spines of `models`.
//! - dbt 2: `models` with `semantic_model`, entities and dimensions at their columns, and metrics that say by
//!   themselves what they aggregate.

use super::super::document::Document;
use super::super::fields::Fields;
use super::super::tree::Node;
use super::{Declared, Sections, build, models, section};
use crate::layer::Layer;

/// Keys of a file that make it one of MetricFlow.
const KEYS: [&str; 8] = [
    "semantic_model",
    "semantic_models",
    "metric",
    "metrics",
    "saved_query",
    "saved_queries",
    "project_configuration",
    "models",
];

/// Makes one layer of the documents of a project.
pub(in super::super) fn layer<'a>(documents: &'a [&'a Document<'a>]) -> Layer {
    let mut sections = Sections::default();
    for document in documents {
        take(document, &mut sections);
    }
    build(&sections)
}

/// Tells whether a document is one of MetricFlow or dbt.
pub(in super::super) fn is_ours(root: &Node<'_>) -> bool {
    KEYS.iter().any(|key| root.get(key).is_some())
}

fn take<'a>(document: &'a Document<'a>, sections: &mut Sections<'a>) {
    let Some(fields) = Fields::of(document, document.root()) else {
        return;
    };
    sections.models.extend(fields.object("semantic_model"));
    sections.models.extend(section(&fields, "semantic_models"));
    let metrics = fields.object("metric").into_iter();
    for metric in metrics.chain(section(&fields, "metrics")) {
        sections.metrics.push(Declared::alone(metric));
    }
    sections.saved_queries.extend(fields.object("saved_query"));
    sections
        .saved_queries
        .extend(section(&fields, "saved_queries"));
    sections
        .projects
        .extend(fields.object("project_configuration"));
    for model in fields.objects("models") {
        models::take(&model, sections);
    }
    // What dbt keeps in the same files, and what is no matter of the semantic layer.
    fields.leave(&[
        "version",
        "sources",
        "seeds",
        "snapshots",
        "exposures",
        "macros",
        "groups",
        "tests",
        "data_tests",
        "unit_tests",
        "analyses",
    ]);
}
