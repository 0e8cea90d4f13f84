//! Semantic layers of the mesh: metrics by name, what they can be grouped by, and queries as SQL.
//!
//! [`Snapshot::semantics`](crate::Snapshot::semantics) gives the [`Semantics`] of a version: every layer that a source
//! declares, ready for queries. Nothing here runs SQL; with the feature `query`, [`Engines`] do.
//!
//! A metric is asked for by its own name where the mesh has one metric of that name, and by a qualified one
//! (`finance.revenue`, by domain, layer or source) where it has several: the same word may mean different things, so
//! a tie is never broken in silence.
//!
//! Layers stand alone unless an [`Arrangement`] puts several over one engine; then they share entities, and a metric
//! of one can be grouped by what another knows. Metrics of layers that stand apart are planned apart and meet on
//! their common groups.

mod answer;
mod arrangement;
#[cfg(feature = "query")]
mod engines;
#[cfg(not(feature = "query"))]
#[path = "semantics/no_engines.rs"]
mod engines;
mod error;
mod intent;
mod kept;
mod listing;
mod lookup;
mod plan;
mod spaces;

use std::sync::Arc;

use rustc_hash::FxHashMap;
use semantic_model::Model;
use semantic_model::layer::{Declared, Iris, Layer, Metric, Unreadable, layers_of};
use semantic_model::plan::{Catalog, MetricId};

pub use answer::{Answer, AnswerColumn};
pub use arrangement::{Arrangement, LayerOver};
pub use engines::Engines;
pub use error::{QueryError, QueryFault};
pub use intent::{Intent, Interpretation, Reading};
pub(crate) use kept::Kept;
pub use listing::{Dimension, DimensionKind, ListedMetric, MetricType};
pub use plan::{PlannedColumn, PlannedPart, PlannedQuery, QueryRequest, group_by};

/// Every layer of one version, ready for queries.
#[derive(Debug)]
pub struct Semantics {
    layers: Vec<DeclaredLayer>,
    spaces: Vec<Space>,
    metrics: Vec<KnownMetric>,
    /// Places in `metrics`, by each name in lower case that needs no qualifier.
    names: FxHashMap<String, Vec<usize>>,
    /// Places in `metrics`, by IRI.
    iris: FxHashMap<String, usize>,
    unreadable: Vec<Unreadable>,
    problems: Vec<String>,
}

/// A layer as it was declared.
#[derive(Debug, Clone)]
pub struct DeclaredLayer {
    /// What qualifies its metrics: its name, or that of its source where two layers share a name.
    pub handle: String,
    /// The source that declares it; none if the configuration does.
    pub source: Option<String>,
    /// What it declares.
    pub layer: Arc<Layer>,
    /// The domains of its datasets.
    pub domains: Vec<DomainName>,
    /// The engine that holds its tables, where that is known.
    pub engine: Option<String>,
    iris: Iris,
    space: usize,
}

/// A domain, by what people and programs call it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DomainName {
    /// Its IRI.
    pub iri: String,
    /// Its label.
    pub label: String,
}

impl DomainName {
    /// Tells whether a text names it: its IRI, the end of its IRI, or its label in any case.
    fn is_called(&self, text: &str) -> bool {
        let end = self.iri.rsplit(['/', '#', ':']).next().unwrap_or_default();
        self.iri == text || same(end, text) || same(&self.label, text)
    }
}

/// Tells whether two names are one when case, blanks, hyphens and underscores do not count.
fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    plain(one) == plain(other)
}

/// Layers that share their names, as one.
#[derive(Debug)]
struct Space {
    engine: Option<String>,
    catalog: Arc<Catalog>,
}

/// A metric of the mesh.
#[derive(Debug)]
struct KnownMetric {
    layer: usize,
    space: usize,
    id: MetricId,
    /// Unique in its space.
    name: String,
    iri: Option<String>,
    domains: Vec<DomainName>,
}

impl Semantics {
    /// Reads the layers of a graph and puts them as an arrangement says.
    pub(crate) fn build(
        graph: &graph_core::Snapshot,
        arrangement: &Arrangement,
        before: Option<&Self>,
    ) -> Self {
        let (declared, unreadable) = layers_of(graph);
        let model = Model::new(graph);
        let mut layers: Vec<DeclaredLayer> = declared
            .into_iter()
            .map(|declared| of_graph(&model, declared))
            .collect();
        layers.extend(arrangement.layers().map(of_configuration));
        let mut problems = Vec::new();
        name_apart(&mut layers);
        arrangement.place(&mut layers, &mut problems);
        let spaces = spaces::build(&mut layers, arrangement, before, &mut problems);
        let mut semantics = Self {
            layers,
            spaces,
            metrics: Vec::new(),
            names: FxHashMap::default(),
            iris: FxHashMap::default(),
            unreadable,
            problems,
        };
        semantics.list_metrics(&model);
        semantics
    }

    fn list_metrics(&mut self, model: &Model<'_>) {
        for (at, layer) in self.layers.iter().enumerate() {
            let catalog = &self.spaces[layer.space].catalog;
            for metric in &layer.layer.metrics {
                let name = metric.full_name();
                // A space has each full name once; the layer's first metric of a name is the one that is meant.
                let Ok(id) = catalog.metric_id(&name) else {
                    continue;
                };
                let iri = layer.iris.metrics.get(&name).cloned();
                self.metrics.push(KnownMetric {
                    layer: at,
                    space: layer.space,
                    id,
                    domains: domains_of_metric(model, iri.as_deref(), layer, catalog, id),
                    name,
                    iri,
                });
            }
        }
        for (at, known) in self.metrics.iter().enumerate() {
            let metric = &self.spaces[known.space].catalog.metric(known.id).name;
            let full = known.name.to_lowercase();
            if let Some(iri) = &known.iri {
                self.iris.entry(iri.clone()).or_insert(at);
            }
            let short = metric.to_lowercase();
            if short != full {
                self.names.entry(short).or_default().push(at);
            }
            self.names.entry(full).or_default().push(at);
        }
    }

    /// Lists the layers: those of the graph in the order of their sources and names, then those of the configuration.
    pub fn layers(&self) -> &[DeclaredLayer] {
        &self.layers
    }

    /// Tells whether there is no layer at all.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Lists declarations that could not be read.
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// Lists what is wrong with how layers were put over engines.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    fn catalog(&self, metric: &KnownMetric) -> &Catalog {
        &self.spaces[metric.space].catalog
    }

    fn metric(&self, metric: &KnownMetric) -> &Metric {
        self.catalog(metric).metric(metric.id)
    }
}

fn of_graph(model: &Model<'_>, declared: Declared) -> DeclaredLayer {
    let datasets = declared.iris.datasets.values();
    let mut domains: Vec<DomainName> = datasets
        .filter_map(|iri| model.dataset(iri))
        .flat_map(|dataset| dataset.domains())
        .map(|domain| named(*domain))
        .collect();
    domains.sort();
    domains.dedup();
    DeclaredLayer {
        handle: declared.layer.name.clone(),
        source: Some(declared.source.as_str().to_owned()),
        layer: Arc::new(declared.layer),
        domains,
        engine: None,
        iris: declared.iris,
        space: 0,
    }
}

fn of_configuration((name, layer): (&str, &Arc<Layer>)) -> DeclaredLayer {
    DeclaredLayer {
        handle: name.to_owned(),
        source: None,
        layer: Arc::clone(layer),
        domains: Vec::new(),
        engine: None,
        iris: Iris::default(),
        space: 0,
    }
}

fn named(domain: semantic_model::Entity<'_>) -> DomainName {
    DomainName {
        iri: domain.iri(),
        label: domain.label(),
    }
}

/// Layers of one name are told apart by their sources.
fn name_apart(layers: &mut [DeclaredLayer]) {
    let names: Vec<String> = layers.iter().map(|layer| layer.handle.clone()).collect();
    let is_twice = |name: &str| names.iter().filter(|other| same(other, name)).count() > 1;
    for layer in layers.iter_mut() {
        if let Some(source) = &layer.source
            && is_twice(&layer.handle)
        {
            layer.handle = format!("{source}/{}", layer.layer.name);
        }
    }
}

/// The domains that the graph gives a metric, or else those of the datasets whose rows it counts.
fn domains_of_metric(
    model: &Model<'_>,
    iri: Option<&str>,
    layer: &DeclaredLayer,
    catalog: &Catalog,
    id: MetricId,
) -> Vec<DomainName> {
    let own = iri.and_then(|iri| model.metric(iri));
    let mut domains: Vec<DomainName> = own
        .into_iter()
        .flat_map(|metric| metric.domains())
        .map(|domain| named(*domain))
        .collect();
    if domains.is_empty() {
        let sources = catalog.sources(id).iter();
        let datasets = sources.filter_map(|id| {
            let iri = layer.iris.datasets.get(&catalog.dataset(*id).name)?;
            model.dataset(iri)
        });
        domains = datasets
            .flat_map(|dataset| dataset.domains())
            .map(|domain| named(*domain))
            .collect();
    }
    domains.sort();
    domains.dedup();
    domains
}
