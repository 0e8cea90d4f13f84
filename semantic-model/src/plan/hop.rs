//! Joins in one direction, and the paths that they make.

use serde::Serialize;

use super::fragment::Prepared;
use super::{DatasetId, FieldId, HopId};
use crate::layer::Cardinality;

/// A join in one direction: from the rows of a dataset to those of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Hop {
    /// What makes it: an entity that both have, or a declared join.
    pub by: By,
    /// The dataset whose rows are kept.
    pub from: DatasetId,
    /// The dataset whose rows are looked up.
    pub to: DatasetId,
    /// Expressions over `from` and over `to` that are equal where rows belong together.
    pub keys: Vec<(Prepared, Prepared)>,
    /// The fields of `to` between which, half open, the time of a row of `from` must lie.
    pub validity: Option<(FieldId, FieldId)>,
    /// Partition fields of `from` and `to` that must be equal too.
    pub partitions: Vec<(FieldId, FieldId)>,
    /// How many rows meet how many.
    pub cardinality: Cardinality,
}

/// What makes a hop.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// An entity of this name in both datasets.
    Entity(String),
    /// The declared join of this name, or of this alias.
    Join(String),
}

impl By {
    /// Returns the name of the entity or join.
    pub fn name(&self) -> &str {
        match self {
            Self::Entity(name) | Self::Join(name) => name,
        }
    }
}

impl Hop {
    /// Returns whether no row of `from` is repeated by it.
    pub fn is_safe(&self) -> bool {
        matches!(
            self.cardinality,
            Cardinality::OneToOne | Cardinality::ManyToOne
        )
    }
}

/// The hops from the rows of one dataset to those of another; none if it is the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Path {
    /// The hops, in order.
    pub hops: Vec<HopId>,
}

impl Path {
    /// Returns whether the path stays where it starts.
    pub fn is_empty(&self) -> bool {
        self.hops.is_empty()
    }

    /// Gives the path with another hop at its end.
    #[must_use]
    pub fn then(&self, hop: HopId) -> Self {
        let mut hops = self.hops.clone();
        hops.push(hop);
        Self { hops }
    }

    /// Gives the path with all hops of another at its end.
    #[must_use]
    pub fn join(&self, rest: &Self) -> Self {
        Self {
            hops: self.hops.iter().chain(&rest.hops).copied().collect(),
        }
    }
}
