//! The prepared layer: everything that planning looks up, worked out once.

use std::sync::Arc;

use super::body::{Body, Condition};
use super::fragment::Prepared;
use super::graph::Graph;
use super::id::place;
use super::index::Index;
use super::names::nearest;
use super::{DatasetId, EntityId, FieldId, Hop, HopId, MetricId, Path, PlanError, Reason};
use crate::layer::{CustomGrain, Dataset, Entity, Field, FieldRole, Layer, Metric, TimeSpine};

/// A layer that is ready for queries: names indexed, joins worked out, SQL parsed.
///
/// Making one never fails. What is wrong with the layer is in [`Catalog::problems`], and a query that needs what is
/// wrong is refused with the same words.
#[derive(Debug)]
pub struct Catalog {
    pub(super) layer: Arc<Layer>,
    pub(super) index: Index,
    pub(super) graph: Graph,
    pub(super) fields: Vec<Vec<Result<Prepared, PlanError>>>,
    pub(super) keys: Vec<Vec<Result<Vec<Prepared>, PlanError>>>,
    pub(super) dataset_filters: Vec<Result<Vec<Condition>, PlanError>>,
    pub(super) metrics: Vec<PreparedMetric>,
    pub(super) spines: Vec<usize>,
    pub(super) problems: Vec<PlanError>,
}

/// What is worked out of a metric.
#[derive(Debug)]
pub(super) struct PreparedMetric {
    pub(super) body: Result<Body, PlanError>,
    pub(super) filters: Vec<Condition>,
    pub(super) sources: Vec<DatasetId>,
}

impl Catalog {
    /// Returns the layer.
    pub fn layer(&self) -> &Arc<Layer> {
        &self.layer
    }

    /// Returns what is wrong with the layer.
    pub fn problems(&self) -> &[PlanError] {
        &self.problems
    }

    /// Returns the dataset of a name.
    pub fn dataset_id(&self, name: &str) -> Option<DatasetId> {
        self.index.dataset(name)
    }

    /// Returns the ids of all datasets, in the order of the layer.
    pub fn dataset_ids(&self) -> impl Iterator<Item = DatasetId> + use<> {
        (0..super::id::number(self.layer.datasets.len())).map(DatasetId)
    }

    /// Returns a dataset.
    pub fn dataset(&self, id: DatasetId) -> &Dataset {
        &self.layer.datasets[place(id.0)]
    }

    /// Returns the field of a name.
    pub fn field_id(&self, dataset: DatasetId, name: &str) -> Option<FieldId> {
        self.index.field(dataset, name)
    }

    /// Returns a field.
    pub fn field(&self, id: FieldId) -> &Field {
        &self.dataset(id.dataset).fields[place(id.index)]
    }

    /// Returns whether a field is a time.
    pub fn is_time(&self, id: FieldId) -> bool {
        matches!(self.field(id).role, FieldRole::Time(_))
    }

    /// Returns the expression of a field over columns of its dataset and of those that it looks up.
    pub fn field_expression(&self, id: FieldId) -> Result<&Prepared, PlanError> {
        let known = &self.fields[place(id.dataset.0)][place(id.index)];
        known.as_ref().map_err(Clone::clone)
    }

    /// Returns the entity of a name.
    pub fn entity_id(&self, dataset: DatasetId, name: &str) -> Option<EntityId> {
        self.index.entity(dataset, name)
    }

    /// Returns an entity.
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.dataset(id.dataset).entities[place(id.index)]
    }

    /// Returns the expressions that identify an entity.
    pub fn entity_keys(&self, id: EntityId) -> Result<&[Prepared], PlanError> {
        let known = &self.keys[place(id.dataset.0)][place(id.index)];
        known.as_deref().map_err(Clone::clone)
    }

    /// Returns the conditions that rows of a dataset always meet.
    pub fn dataset_filters(&self, id: DatasetId) -> Result<&[Condition], PlanError> {
        let known = &self.dataset_filters[place(id.0)];
        known.as_deref().map_err(Clone::clone)
    }

    /// Returns a hop.
    pub fn hop(&self, id: HopId) -> &Hop {
        self.graph.hop(id)
    }

    /// Returns the dataset at the end of a path.
    pub fn end(&self, from: DatasetId, path: &Path) -> DatasetId {
        path.hops.last().map_or(from, |hop| self.hop(*hop).to)
    }

    /// Returns the metric of a name: bare, or with its dataset.
    pub fn metric_id(&self, name: &str) -> Result<MetricId, PlanError> {
        match self.index.metrics(name) {
            [id] => Ok(*id),
            [] => Err(self.unknown_metric(name)),
            several => {
                let choices = several.iter().map(|id| {
                    let metric = self.metric(*id);
                    match &metric.dataset {
                        Some(dataset) => format!("{dataset}.{}", metric.name),
                        None => metric.name.clone(),
                    }
                });
                let message = format!("`{name}` is the name of {} metrics", several.len());
                Err(PlanError::new(Reason::AmbiguousName, message)
                    .about(name)
                    .or(choices))
            }
        }
    }

    fn unknown_metric(&self, name: &str) -> PlanError {
        let metrics = self.layer.metrics.iter();
        let visible = metrics.filter(|metric| !metric.notes.hidden);
        let choices = nearest(name, visible.map(|metric| metric.name.as_str()));
        PlanError::new(
            Reason::UnknownMetric,
            format!("no metric is called `{name}`"),
        )
        .about(name)
        .or(choices)
    }

    /// Returns a metric.
    pub fn metric(&self, id: MetricId) -> &Metric {
        &self.layer.metrics[place(id.0)]
    }

    /// Returns the id of the metric at a place of the layer.
    pub(super) fn metric_at(&self, at: usize) -> MetricId {
        MetricId(super::id::number(at))
    }

    /// Returns how a metric is computed, with its names resolved.
    pub fn body(&self, id: MetricId) -> Result<&Body, PlanError> {
        self.metrics[place(id.0)]
            .body
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Returns the conditions of a metric.
    pub fn metric_filters(&self, id: MetricId) -> &[Condition] {
        &self.metrics[place(id.0)].filters
    }

    /// Returns the datasets by whose rows a metric can be grouped, each once: where it counts, not where it looks up.
    pub fn sources(&self, id: MetricId) -> &[DatasetId] {
        &self.metrics[place(id.0)].sources
    }

    /// Returns the time spines, from the finest to the coarsest.
    pub fn spines(&self) -> impl Iterator<Item = &TimeSpine> {
        self.spines.iter().map(|at| &self.layer.time_spines[*at])
    }

    /// Returns a grain of a company's own, with the spine that defines it.
    pub fn custom_grain(&self, name: &str) -> Option<(&TimeSpine, &CustomGrain)> {
        let (spine, grain) = self.index.grain(name)?;
        let spine = &self.layer.time_spines[spine];
        Some((spine, &spine.custom_grains[grain]))
    }
}
