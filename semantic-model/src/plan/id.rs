//! Dense numbers of what a catalog holds, so that planning looks nothing up by name twice.

use serde::Serialize;

/// A dataset of a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct DatasetId(pub(super) u32);

/// A metric of a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct MetricId(pub(super) u32);

/// A hop of a catalog: a join in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct HopId(pub(super) u32);

/// A field of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct FieldId {
    /// The dataset.
    pub dataset: DatasetId,
    pub(super) index: u32,
}

/// An entity of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct EntityId {
    /// The dataset.
    pub dataset: DatasetId,
    pub(super) index: u32,
}

/// Gives the number of a place in a list, which is never longer than a model file can say.
pub(super) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Gives the place in a list of a number.
pub(super) const fn place(number: u32) -> usize {
    number as usize
}
