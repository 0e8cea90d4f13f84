//! Layers as the graph keeps them: each part with its whole declaration as one JSON literal.
//!
//! The parts carry statements for people and queries besides ([`iso:inLayer`](iso::IN_LAYER), keys, terms, lineage);
//! those may be merged with what other sources say. The declaration is never merged: a layer is what its source says.

use std::collections::BTreeMap;

use graph_core::rdf::RdfTerm;
use graph_core::{Scope, Snapshot, SourceId, SourceName, TermId};
use ontologies::iso;
use serde::{Deserialize, Serialize};

use super::{Dataset, Join, Layer, Metric, Notes, SavedQuery, TimeSpine};

/// One part of a layer, as its declaration is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The layer itself, without its parts.
    Layer {
        /// What it is called.
        name: String,
        /// What else is said of it.
        #[serde(flatten)]
        notes: Box<Notes>,
    },
    /// A dataset.
    Dataset(Box<Dataset>),
    /// A join.
    Join(Box<Join>),
    /// A metric.
    Metric(Box<Metric>),
    /// A time spine.
    TimeSpine(Box<TimeSpine>),
    /// A saved query.
    SavedQuery(Box<SavedQuery>),
}

impl Part {
    /// Gives the declaration as JSON on one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A layer of a snapshot, with the source that declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// The source.
    pub source: SourceName,
    /// What it declares; parts in the order of their names.
    pub layer: Layer,
    /// What the graph calls its parts.
    pub iris: Iris,
}

/// What the graph calls the parts of a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Iris {
    /// The layer itself.
    pub layer: String,
    /// Datasets, by their names in the layer.
    pub datasets: BTreeMap<String, String>,
    /// Metrics, by [`Metric::full_name`].
    pub metrics: BTreeMap<String, String>,
}

/// A declaration that could not be read, such as one of a newer version of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The source that says it.
    pub source: SourceName,
    /// What it is a declaration of.
    pub subject: String,
    /// Why it could not be read.
    pub reason: String,
}

/// Reads the layers of a snapshot, in the order of their sources and names.
///
/// Takes time linear in the declarations; what cannot be read is told apart and leaves the rest as it is.
pub fn layers_of(graph: &Snapshot) -> (Vec<Declared>, Vec<Unreadable>) {
    let (mut layers, mut unreadable) = (BTreeMap::new(), Vec::new());
    let (Some(definition), Some(in_layer)) = (
        graph.id_of_iri(iso::DEFINITION),
        graph.id_of_iri(iso::IN_LAYER),
    ) else {
        return (Vec::new(), Vec::new());
    };
    for found in graph.matching(None, Some(definition), None, Scope::Claims) {
        match part(graph, found.object) {
            Ok(part) => {
                for layer in layers_with(graph, found.subject, in_layer, found.source, &part) {
                    let (layer, iris): &mut (Layer, Iris) =
                        layers.entry((found.source, layer)).or_default();
                    note(iris, &part, graph.term(found.subject));
                    put(layer, part.clone());
                }
            }
            Err(reason) => unreadable.extend(source_name(graph, found.source).map(|source| {
                let subject = graph.term(found.subject).to_string();
                Unreadable {
                    source,
                    subject,
                    reason,
                }
            })),
        }
    }
    let mut declared: Vec<_> = layers
        .into_iter()
        .filter_map(|((source, _), (layer, iris))| {
            Some(Declared {
                source: source_name(graph, source)?,
                layer: sorted(layer),
                iris,
            })
        })
        .collect();
    declared.sort_by(|a, b| (&a.source, &a.layer.name).cmp(&(&b.source, &b.layer.name)));
    (declared, unreadable)
}

fn source_name(graph: &Snapshot, source: SourceId) -> Option<SourceName> {
    graph.source_info(source).map(|info| info.name.clone())
}

fn part(graph: &Snapshot, object: TermId) -> Result<Part, String> {
    match graph.term(object) {
        RdfTerm::Literal(literal) => {
            serde_json::from_str(literal.value()).map_err(|error| error.to_string())
        }
        other => Err(format!("{other} is no literal")),
    }
}

/// The layers that a part is in; a layer is in itself.
fn layers_with(
    graph: &Snapshot,
    subject: TermId,
    in_layer: TermId,
    source: SourceId,
    part: &Part,
) -> Vec<TermId> {
    if matches!(part, Part::Layer { .. }) {
        return vec![subject];
    }
    let scope = Scope::Source(source);
    graph
        .matching(Some(subject), Some(in_layer), None, scope)
        .map(|found| found.object)
        .collect()
}

/// Remembers what the graph calls a part.
fn note(iris: &mut Iris, part: &Part, subject: RdfTerm) {
    let RdfTerm::NamedNode(subject) = subject else {
        return;
    };
    let iri = subject.into_string();
    match part {
        Part::Layer { .. } => iris.layer = iri,
        Part::Dataset(dataset) => {
            iris.datasets.insert(dataset.name.clone(), iri);
        }
        Part::Metric(metric) => {
            iris.metrics.insert(metric.full_name(), iri);
        }
        Part::Join(_) | Part::TimeSpine(_) | Part::SavedQuery(_) => {}
    }
}

fn put(layer: &mut Layer, part: Part) {
    match part {
        Part::Layer { name, notes } => (layer.name, layer.notes) = (name, *notes),
        Part::Dataset(part) => layer.datasets.push(*part),
        Part::Join(part) => layer.joins.push(*part),
        Part::Metric(part) => layer.metrics.push(*part),
        Part::TimeSpine(part) => layer.time_spines.push(*part),
        Part::SavedQuery(part) => layer.saved_queries.push(*part),
    }
}

/// Statements have no order; names give one that is the same every time.
fn sorted(mut layer: Layer) -> Layer {
    layer.datasets.sort_by(|a, b| a.name.cmp(&b.name));
    layer.joins.sort_by(|a, b| a.name.cmp(&b.name));
    layer
        .metrics
        .sort_by(|a, b| (&a.dataset, &a.name).cmp(&(&b.dataset, &b.name)));
    layer
        .time_spines
        .sort_by(|a, b| (a.grain, &a.column).cmp(&(b.grain, &b.column)));
    layer.saved_queries.sort_by(|a, b| a.name.cmp(&b.name));
    layer
}
