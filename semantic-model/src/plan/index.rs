//! What a layer calls by which name.

use rustc_hash::FxHashMap;

use super::id::{number, place};
use super::{DatasetId, EntityId, FieldId, MetricId};
use crate::layer::{Dataset, Layer};

/// The names of a layer.
#[derive(Debug, Default)]
pub(super) struct Index {
    datasets: FxHashMap<String, DatasetId>,
    fields: Vec<FxHashMap<String, FieldId>>,
    entities: Vec<FxHashMap<String, EntityId>>,
    metrics: FxHashMap<String, Vec<MetricId>>,
    /// Where something of a name can be grouped by.
    elements: FxHashMap<String, Vec<DatasetId>>,
    /// Which time spine defines a grain, and which of its grains it is.
    grains: FxHashMap<String, (usize, usize)>,
}

impl Index {
    pub(super) fn new(layer: &Layer) -> Self {
        let mut index = Self::default();
        for (at, dataset) in layer.datasets.iter().enumerate() {
            index.add_dataset(DatasetId(number(at)), dataset);
        }
        for (at, metric) in layer.metrics.iter().enumerate() {
            let id = MetricId(number(at));
            let names = &mut index.metrics;
            names.entry(metric.name.clone()).or_default().push(id);
            if let Some(dataset) = &metric.dataset {
                let full = format!("{dataset}.{}", metric.name);
                names.entry(full).or_default().push(id);
            }
        }
        for (at, spine) in layer.time_spines.iter().enumerate() {
            for (grain_at, grain) in spine.custom_grains.iter().enumerate() {
                let name = grain.name.to_lowercase();
                index.grains.entry(name).or_insert((at, grain_at));
            }
        }
        index
    }

    fn add_dataset(&mut self, id: DatasetId, dataset: &Dataset) {
        self.datasets.entry(dataset.name.clone()).or_insert(id);
        let mut fields = FxHashMap::default();
        for (at, field) in dataset.fields.iter().enumerate() {
            let field_id = FieldId {
                dataset: id,
                index: number(at),
            };
            fields.entry(field.name.clone()).or_insert(field_id);
            self.add_element(&field.name, id);
        }
        let mut entities = FxHashMap::default();
        for (at, entity) in dataset.entities.iter().enumerate() {
            let entity_id = EntityId {
                dataset: id,
                index: number(at),
            };
            entities.entry(entity.name.clone()).or_insert(entity_id);
            self.add_element(&entity.name, id);
        }
        self.fields.push(fields);
        self.entities.push(entities);
    }

    fn add_element(&mut self, name: &str, dataset: DatasetId) {
        let places = self.elements.entry(name.to_owned()).or_default();
        if places.last() != Some(&dataset) {
            places.push(dataset);
        }
    }

    pub(super) fn dataset(&self, name: &str) -> Option<DatasetId> {
        self.datasets.get(name).copied()
    }

    pub(super) fn field(&self, dataset: DatasetId, name: &str) -> Option<FieldId> {
        self.fields.get(place(dataset.0))?.get(name).copied()
    }

    pub(super) fn entity(&self, dataset: DatasetId, name: &str) -> Option<EntityId> {
        self.entities.get(place(dataset.0))?.get(name).copied()
    }

    pub(super) fn metrics(&self, name: &str) -> &[MetricId] {
        self.metrics.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the datasets with a field or entity of a name.
    pub(super) fn elements(&self, name: &str) -> &[DatasetId] {
        self.elements.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns which spine, and which of its grains, a custom grain is.
    pub(super) fn grain(&self, name: &str) -> Option<(usize, usize)> {
        self.grains.get(name).copied()
    }

    pub(super) fn is_element(&self, name: &str) -> bool {
        self.elements.contains_key(name)
    }
}
