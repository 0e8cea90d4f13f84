//! The datasets of a layer as a graph of joins.

use rustc_hash::FxHashMap;

use super::bind::Binders;
use super::fragment::Prepared;
use super::hop::{By, Hop};
use super::id::{number, place};
use super::index::Index;
use super::{DatasetId, EntityId, FieldId, HopId, Path, PlanError, Reason};
use crate::layer::{Cardinality, Dataset, EntityRole, FieldRole, Layer, Validity};

mod declared;

/// Hops and the datasets that they leave from.
#[derive(Debug, Default)]
pub(super) struct Graph {
    hops: Vec<Hop>,
    from: Vec<Vec<HopId>>,
    /// For each dataset, a number that all datasets that any joins connect share.
    component: Vec<usize>,
}

pub(super) type Keys = Vec<Vec<Result<Vec<Prepared>, PlanError>>>;

impl Graph {
    /// Works out the joins of a layer; those that cannot be are told in `problems`.
    pub(super) fn new(
        layer: &Layer,
        index: &Index,
        keys: &Keys,
        binders: &mut Binders<'_>,
        problems: &mut Vec<PlanError>,
    ) -> Self {
        let mut graph = Self {
            hops: Vec::new(),
            from: vec![Vec::new(); layer.datasets.len()],
            component: (0..layer.datasets.len()).collect(),
        };
        graph.join_entities(layer, index, keys, problems);
        declared::join(&mut graph, layer, index, binders, problems);
        graph
    }

    pub(super) fn hop(&self, id: HopId) -> &Hop {
        &self.hops[place(id.0)]
    }

    /// Returns the hops that leave a dataset.
    pub(super) fn hops_from(&self, dataset: DatasetId) -> impl Iterator<Item = (HopId, &Hop)> {
        let ids = self
            .from
            .get(place(dataset.0))
            .map_or(&[][..], Vec::as_slice);
        ids.iter().map(|id| (*id, self.hop(*id)))
    }

    pub(super) fn hops(&self) -> impl Iterator<Item = (HopId, &Hop)> {
        let ids = (0..number(self.hops.len())).map(HopId);
        ids.zip(&self.hops)
    }

    pub(super) fn end(&self, from: DatasetId, path: &Path) -> DatasetId {
        path.hops.last().map_or(from, |hop| self.hop(*hop).to)
    }

    /// Returns whether any joins connect two datasets, whichever way they point.
    pub(super) fn are_connected(&self, one: DatasetId, other: DatasetId) -> bool {
        self.component.get(place(one.0)) == self.component.get(place(other.0))
    }

    fn add(&mut self, hop: Hop) {
        let id = HopId(number(self.hops.len()));
        self.connect(hop.from, hop.to);
        self.from[place(hop.from.0)].push(id);
        self.hops.push(hop);
    }

    fn connect(&mut self, one: DatasetId, other: DatasetId) {
        let (keep, drop) = (self.component[place(one.0)], self.component[place(other.0)]);
        if keep == drop {
            return;
        }
        for component in &mut self.component {
            if *component == drop {
                *component = keep;
            }
        }
    }

    /// Joins datasets that have an entity of the same name, where that repeats no row.
    fn join_entities(
        &mut self,
        layer: &Layer,
        index: &Index,
        keys: &Keys,
        problems: &mut Vec<PlanError>,
    ) {
        let mut holders: FxHashMap<&str, Vec<EntityId>> = FxHashMap::default();
        let mut names = Vec::new();
        for (at, dataset) in layer.datasets.iter().enumerate() {
            for entity in &dataset.entities {
                let Some(id) = index.entity(DatasetId(number(at)), &entity.name) else {
                    continue;
                };
                let held = holders.entry(&entity.name).or_insert_with(|| {
                    names.push(entity.name.as_str());
                    Vec::new()
                });
                if held.last() != Some(&id) {
                    held.push(id);
                }
            }
        }
        for name in names {
            self.join_entity(layer, keys, &holders[name], problems);
        }
    }

    fn join_entity(
        &mut self,
        layer: &Layer,
        keys: &Keys,
        held: &[EntityId],
        problems: &mut Vec<PlanError>,
    ) {
        for right in held {
            for left in held {
                if left.dataset == right.dataset {
                    continue;
                }
                self.connect(left.dataset, right.dataset);
                if !is_joinable(layer, *left, *right) {
                    continue;
                }
                match entity_hop(layer, keys, *left, *right) {
                    Ok(Some(hop)) => self.add(hop),
                    // A key that cannot be read is told of with the entity.
                    Ok(None) => {}
                    Err(problem) => problems.push(problem),
                }
            }
        }
    }
}

fn dataset(layer: &Layer, id: DatasetId) -> &Dataset {
    &layer.datasets[place(id.0)]
}

fn role(layer: &Layer, id: EntityId) -> EntityRole {
    dataset(layer, id.dataset).entities[place(id.index)].role
}

/// Returns whether each row of the left dataset meets at most one of the right by an entity.
fn is_joinable(layer: &Layer, left: EntityId, right: EntityId) -> bool {
    let left_window = validity(layer, left.dataset).is_some();
    let right_window = validity(layer, right.dataset).is_some();
    if left_window && right_window {
        // Two slowly changing datasets meet wherever their windows overlap: many times.
        return false;
    }
    match (role(layer, left), role(layer, right)) {
        (_, EntityRole::Foreign) => false,
        (EntityRole::Natural, EntityRole::Natural) => false,
        (_, EntityRole::Natural) => right_window,
        (_, EntityRole::Primary | EntityRole::Unique) => true,
    }
}

fn entity_hop(
    layer: &Layer,
    keys: &Keys,
    left: EntityId,
    right: EntityId,
) -> Result<Option<Hop>, PlanError> {
    let key = |id: EntityId| keys[place(id.dataset.0)][place(id.index)].as_ref();
    let (Ok(left_keys), Ok(right_keys)) = (key(left), key(right)) else {
        return Ok(None);
    };
    let (from, to) = (dataset(layer, left.dataset), dataset(layer, right.dataset));
    let name = &from.entities[place(left.index)].name;
    if left_keys.len() != right_keys.len() {
        let message = format!(
            "entity `{name}` has {} key columns in `{}` and {} in `{}`",
            left_keys.len(),
            from.name,
            right_keys.len(),
            to.name
        );
        return Err(PlanError::new(Reason::InvalidLayer, message).about(name));
    }
    let to_one = matches!(role(layer, left), EntityRole::Primary | EntityRole::Unique);
    Ok(Some(Hop {
        by: By::Entity(name.clone()),
        from: left.dataset,
        to: right.dataset,
        keys: left_keys
            .iter()
            .cloned()
            .zip(right_keys.iter().cloned())
            .collect(),
        validity: (role(layer, right) == EntityRole::Natural)
            .then(|| validity(layer, right.dataset))
            .flatten(),
        partitions: partitions(layer, left.dataset, right.dataset),
        cardinality: if to_one {
            Cardinality::OneToOne
        } else {
            Cardinality::ManyToOne
        },
    }))
}

/// Returns the fields that say from when until when a row of a dataset holds.
fn validity(layer: &Layer, id: DatasetId) -> Option<(FieldId, FieldId)> {
    let end = |wanted: Validity| {
        let fields = &dataset(layer, id).fields;
        let at = fields.iter().position(|field| match &field.role {
            FieldRole::Time(time) => time.validity == Some(wanted),
            FieldRole::Dimension | FieldRole::Fact => false,
        })?;
        Some(FieldId {
            dataset: id,
            index: number(at),
        })
    };
    Some((end(Validity::Start)?, end(Validity::End)?))
}

/// Pairs the partition fields of two datasets that have the same name.
fn partitions(layer: &Layer, left: DatasetId, right: DatasetId) -> Vec<(FieldId, FieldId)> {
    let of = |id: DatasetId| {
        let fields = dataset(layer, id).fields.iter().enumerate();
        fields.filter_map(move |(at, field)| match &field.role {
            FieldRole::Time(time) if time.partition => Some((
                field.name.as_str(),
                FieldId {
                    dataset: id,
                    index: number(at),
                },
            )),
            _ => None,
        })
    };
    of(left)
        .filter_map(|(name, field)| {
            let same = of(right).find(|(other, _)| *other == name)?;
            Some((field, same.1))
        })
        .collect()
}
