//! The semantic layer of a project: its declarations, kept with the datasets and metrics that the manifest gave.

use graph_core::rdf::NamedNode;
use rustc_hash::FxHashMap;
use semantic_model::layer::{Dataset, Relation};

use super::document::Document;
use super::project::{Project, fields_of};
use super::relation::relation_parts;
use crate::semantic_layer::{self, Known};
use crate::{Input, Options, Report, StatementBuilder};
use semantic_model::identity::IriKind;

/// The datasets and metrics of the manifests that were read.
#[derive(Default)]
pub(super) struct Written {
    /// By the parts of the relation's name, in lower case with dots between.
    datasets: FxHashMap<String, NamedNode>,
    metrics: FxHashMap<String, NamedNode>,
}

impl Written {
    /// Remembers what a manifest gave.
    pub(super) fn note(&mut self, project: &Project<'_>, manifest: &Document) {
        for node in manifest.section("nodes") {
            let Some(known) = project.known.get(&node.id) else {
                continue;
            };
            let relation = fields_of(node).get("relation_name");
            let Some(relation) = relation.and_then(serde_json::Value::as_str) else {
                continue;
            };
            let name = joined(&relation_parts(relation));
            self.datasets.insert(name, known.iri.clone());
        }
        for metric in manifest.section("metrics") {
            let name = metric.id.rsplit('.').next().unwrap_or_default();
            let iri = project.out.iri(IriKind::Metric, &[&metric.id]);
            self.metrics.insert(name.to_owned(), iri);
        }
    }

    /// Writes the layers of semantic manifests.
    pub(super) fn write(
        &self,
        manifests: &[Input],
        options: &Options,
        report: &mut Report,
        out: &mut StatementBuilder,
    ) {
        if manifests.is_empty() {
            return;
        }
        for layer in semantic_layer::layers(manifests, options, report) {
            semantic_layer::write(&layer, self, options, report, out);
        }
    }
}

impl Known for Written {
    fn dataset(&self, dataset: &Dataset) -> Option<NamedNode> {
        let Relation::Table(parts) = &dataset.relation else {
            return None;
        };
        self.datasets.get(&joined(parts)).cloned()
    }

    fn metric(&self, name: &str) -> Option<NamedNode> {
        self.metrics.get(name).cloned()
    }
}

fn joined<S: AsRef<str>>(parts: &[S]) -> String {
    let lower: Vec<String> = parts
        .iter()
        .map(|part| part.as_ref().to_lowercase())
        .collect();
    lower.join(".")
}
