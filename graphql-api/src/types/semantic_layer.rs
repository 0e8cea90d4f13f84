//! The types `SemanticLayer`, `QueryableMetric` and `Dimension`: what there is to ask for.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use isogloss::Snapshot;
use isogloss::semantics::{self, DeclaredLayer, DomainName};

use crate::types::entity_ref::EntityRef;
use crate::types::source::SourceRef;
use crate::types::{Dataset, Domain, Metric, Source};

/// A semantic layer: what one source says that tables mean.
#[derive(SimpleObject)]
pub struct SemanticLayer {
    /// What qualifies the names of its metrics.
    name: String,
    /// Source that declares it; null for a layer of the server's configuration.
    source: Option<Source>,
    /// Engine that holds its tables, where that is known.
    engine: Option<String>,
    /// Domains of its datasets.
    domains: Vec<Domain>,
    /// Metrics that it declares, those for its own use included.
    metric_count: u64,
    /// Names of its saved queries.
    saved_queries: Vec<String>,
}

/// A metric that can be asked for with `query`.
#[derive(Clone, SimpleObject)]
pub struct QueryableMetric {
    /// Shortest name that means it and no other, for `metrics` of a query.
    name: String,
    /// Name behind that of its layer.
    qualified_name: String,
    /// How it is computed.
    #[graphql(name = "type")]
    kind: MetricType,
    /// Name for people.
    label: Option<String>,
    /// What it means.
    description: Option<String>,
    /// Other words for it.
    synonyms: Vec<String>,
    /// Layer that declares it.
    layer: String,
    /// Engine that holds its tables, where that is known.
    engine: Option<String>,
    /// Domains that it belongs to.
    domains: Vec<Domain>,
    /// The metric in the graph; null for one of a layer of the server's configuration.
    metric: Option<Metric>,
}

/// How a metric is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "semantics::MetricType")]
pub enum MetricType {
    /// One aggregation over the rows of one dataset.
    Simple,
    /// One metric divided by another.
    Ratio,
    /// Arithmetic over other metrics, or over aggregates.
    Derived,
    /// A metric over a window of time.
    Cumulative,
    /// How many of one event are followed by another.
    Conversion,
    /// A metric at a grain of its own.
    FixedGrain,
}

/// Something that metrics can be grouped by.
#[derive(Clone, SimpleObject)]
pub struct Dimension {
    /// Name in queries: entities on the way, then the field.
    name: String,
    /// What it is.
    #[graphql(name = "type")]
    kind: DimensionType,
    /// Of a time: the finest grain at which it is known, for instance `day`; ask for another as `name__month`.
    grain: Option<String>,
    /// Name for people.
    label: Option<String>,
    /// What it means.
    description: Option<String>,
    /// Other words for it.
    synonyms: Vec<String>,
    /// Type of its values, as its source declares it.
    datatype: Option<String>,
    /// Layer of the dataset that holds it; null for `metric_time`.
    layer: Option<String>,
    /// Dataset that holds it, where the graph knows it.
    dataset: Option<Dataset>,
}

/// What metrics are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "semantics::DimensionKind")]
pub enum DimensionType {
    /// Values that are equal or not.
    Categorical,
    /// A time, at some grain.
    Time,
    /// The key of an entity.
    Entity,
}

fn domains(snapshot: &Arc<Snapshot>, names: &[DomainName]) -> Vec<Domain> {
    let found = names
        .iter()
        .filter_map(|name| EntityRef::find(snapshot, &name.iri));
    found.map(Domain::from).collect()
}

impl SemanticLayer {
    pub(crate) fn read(snapshot: &Arc<Snapshot>, layer: &DeclaredLayer) -> Self {
        let source = layer.source.as_deref();
        let saved = layer.layer.saved_queries.iter();
        Self {
            name: layer.handle.clone(),
            source: source
                .and_then(|name| SourceRef::find(snapshot, name))
                .map(Source),
            engine: layer.engine.clone(),
            domains: domains(snapshot, &layer.domains),
            metric_count: layer.layer.metrics.len() as u64,
            saved_queries: saved.map(|query| query.name.clone()).collect(),
        }
    }
}

impl QueryableMetric {
    pub(crate) fn read(snapshot: &Arc<Snapshot>, metric: semantics::ListedMetric) -> Self {
        let entity = metric.iri.as_deref();
        Self {
            domains: domains(snapshot, &metric.domains),
            metric: entity
                .and_then(|iri| EntityRef::find(snapshot, iri))
                .map(Metric::from),
            name: metric.name,
            qualified_name: metric.qualified_name,
            kind: metric.kind.into(),
            label: metric.label,
            description: metric.description,
            synonyms: metric.synonyms,
            layer: metric.layer,
            engine: metric.engine,
        }
    }
}

impl Dimension {
    /// Takes what was found in `snapshot`.
    pub(crate) fn all(snapshot: &Arc<Snapshot>, found: Vec<semantics::Dimension>) -> Vec<Self> {
        let read = |it: semantics::Dimension| {
            let dataset = it.dataset_iri.as_deref();
            Self {
                dataset: dataset
                    .and_then(|iri| EntityRef::find(snapshot, iri))
                    .map(Dataset::from),
                name: it.name,
                kind: it.kind.into(),
                grain: it.grain.map(|grain| grain.to_string()),
                label: it.label,
                description: it.description,
                synonyms: it.synonyms,
                datatype: it.data_type,
                layer: it.layer,
            }
        };
        found.into_iter().map(read).collect()
    }
}
