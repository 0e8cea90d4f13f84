//! Lineage: what was derived from what, between datasets or between columns.
//!
//! The same edge, `prov:wasDerivedFrom`, links datasets to datasets and columns to columns; the level decides where
//! a walk starts, and so which of the two it follows. A metric can be reached from either.

use graph_core::TermId;
use graph_core::traverse::{self, Direction, Limits, Path, Walk};

use crate::entity::Entity;
use crate::kind::EntityKind;
use crate::model::Model;
use crate::views::{Column, DataProduct, Dataset};

/// Between what lineage is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// From dataset to dataset.
    #[default]
    Dataset,
    /// From column to column.
    Column,
}

/// Returns the properties that are the edges of lineage; the subject comes from the object.
pub fn predicates(model: &Model<'_>) -> Vec<TermId> {
    model.words().derived_from.into_iter().collect()
}

/// Returns where the lineage of an entity starts at a level.
///
/// At the level of datasets these are the dataset and its twins, the dataset of a column, or what a data product
/// offers; at the level of columns, the columns of these. Anything else, such as a metric, starts at itself.
pub fn starts(entity: Entity<'_>, level: Level) -> Vec<TermId> {
    let datasets = match entity.kind() {
        Some(EntityKind::Dataset) => vec![Dataset(entity)],
        Some(EntityKind::DataProduct) => DataProduct(entity).datasets(),
        Some(EntityKind::Column) if level == Level::Dataset => {
            Column(entity).dataset().into_iter().collect()
        }
        _ => return vec![entity.id()],
    };
    let datasets = datasets
        .into_iter()
        .flat_map(|dataset| dataset.with_twins());
    let mut ids: Vec<TermId> = match level {
        Level::Dataset => datasets.map(Entity::id).collect(),
        Level::Column => {
            let columns = datasets.flat_map(|dataset| Dataset(dataset).columns());
            columns.map(|column| column.id()).collect()
        }
    };
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Walks the lineage of an entity: [`Direction::Up`] to what it comes from, [`Direction::Down`] to what comes from it.
pub fn walk(entity: Entity<'_>, level: Level, direction: Direction, limits: Limits) -> Walk {
    let model = entity.model();
    traverse::walk(
        model.graph(),
        &starts(entity, level),
        &predicates(model),
        direction,
        limits,
    )
}

/// Finds up to `k` shortest ways by which one entity comes from another, and whether a limit cut the search short.
pub fn paths(
    from: Entity<'_>,
    to: Entity<'_>,
    direction: Direction,
    k: usize,
    limits: Limits,
) -> (Vec<Path>, bool) {
    let model = from.model();
    traverse::paths(
        model.graph(),
        from.id(),
        to.id(),
        &predicates(model),
        direction,
        k,
        limits,
    )
}
