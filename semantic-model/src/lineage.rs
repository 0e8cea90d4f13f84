//! Lineage: what was derived from what, between datasets or between columns.
//!
//! The same edge, `prov:wasDerivedFrom`, links datasets to datasets and columns to columns; the level decides where
//! a walk starts, and so which of the two it follows. A metric can be reached from either. What two sources describe
//! under two names (one table by `iso:qualifiedName` or `owl:sameAs`, the columns of such tables by their names) is one
//! node of the walk, wherever it is met.

use graph_core::TermId;
use graph_core::traverse::{self, Direction, Exploration, Limits, Path};

use crate::entity::Entity;
use crate::kind::EntityKind;
use crate::literals::last_segment;
use crate::model::Model;
use crate::views::{Column, DataProduct, Dataset};

mod terrain;

pub(crate) use terrain::Twins;

/// Between what lineage is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// From dataset to dataset.
    #[default]
    Dataset,
    /// From column to column.
    Column,
}

/// What becomes of what a filter does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Rest {
    /// It is passed through: what lies on either side of it is linked directly, in one hop.
    #[default]
    Contract,
    /// The walk ends before it.
    Stop,
}

/// Which entities a walk shows; an empty list allows all. Where a walk starts is always shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only entities of one of these domains, by IRI or label.
    pub domains: Vec<String>,
    /// Only entities of which one of these sources speaks, by name.
    pub sources: Vec<String>,
    /// Only these kinds of entities.
    pub kinds: Vec<EntityKind>,
    /// Of datasets only those that are kept in one of these ways, such as `table`.
    pub materializations: Vec<String>,
    /// What becomes of all others.
    pub rest: Rest,
}

/// How lineage is walked.
#[derive(Debug, Clone)]
pub struct Request {
    /// Between what.
    pub level: Level,
    /// Which way; [`Direction::Both`] is all origins and all that is made from the entity.
    pub direction: Direction,
    /// The predicates to follow, by IRI or last segment of it; `prov:wasDerivedFrom` if there are none.
    ///
    /// A name that the graph never uses is no error: it has no edges.
    pub predicates: Vec<String>,
    /// What to show.
    pub filter: Filter,
    /// How far to go.
    pub limits: Limits,
}

impl Request {
    /// Asks for everything in one direction.
    pub fn new(level: Level, direction: Direction, limits: Limits) -> Self {
        Self {
            level,
            direction,
            predicates: Vec::new(),
            filter: Filter::default(),
            limits,
        }
    }
}

/// Returns the properties that are the edges of lineage; the subject comes from the object.
pub fn predicates(model: &Model<'_>, names: &[String]) -> Vec<TermId> {
    if names.is_empty() {
        return model.words().derived_from.into_iter().collect();
    }
    let graph = model.graph();
    let wanted = |predicate: &TermId| {
        let iri = graph.text(*predicate);
        names
            .iter()
            .any(|name| *name == iri || *name == last_segment(&iri))
    };
    graph.predicates().filter(wanted).collect()
}

/// Returns where the lineage of an entity starts at a level.
///
/// At the level of datasets these are the dataset itself, the dataset of a column, or what a data product offers; at
/// the level of columns, the columns of these and their twins. Anything else, such as a metric, starts at itself.
pub fn starts(entity: Entity<'_>, level: Level) -> Vec<TermId> {
    let datasets = match entity.kind() {
        Some(EntityKind::Dataset) => vec![Dataset(entity)],
        Some(EntityKind::DataProduct) => DataProduct(entity).datasets(),
        Some(EntityKind::Column) if level == Level::Dataset => {
            Column(entity).dataset().into_iter().collect()
        }
        _ => return vec![entity.id()],
    };
    if level == Level::Dataset {
        return datasets.iter().map(|dataset| dataset.id()).collect();
    }
    let datasets = datasets
        .into_iter()
        .flat_map(|dataset| dataset.with_twins());
    let columns = datasets.flat_map(|dataset| Dataset(dataset).columns());
    let mut ids: Vec<TermId> = columns.map(|column| column.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Walks the lineage of an entity: [`Direction::Up`] to what it comes from, [`Direction::Down`] to what comes from it.
pub fn walk<'m>(entity: Entity<'m>, request: &'m Request) -> Exploration {
    let model = entity.model();
    let mut terrain = terrain::Filtered {
        model,
        filter: &request.filter,
        twins: Twins::new(model),
    };
    traverse::explore(
        model.graph(),
        &mut terrain,
        &starts(entity, request.level),
        &predicates(model, &request.predicates),
        request.direction,
        request.limits,
    )
}

/// Finds up to `k` shortest ways by which one entity comes from another, and whether a limit may have kept some out.
pub fn paths(
    from: Entity<'_>,
    to: Entity<'_>,
    direction: Direction,
    k: usize,
    limits: Limits,
) -> (Vec<Path>, bool) {
    let model = from.model();
    let filter = Filter::default();
    let mut terrain = terrain::Filtered {
        model,
        filter: &filter,
        twins: Twins::new(model),
    };
    traverse::paths_over(
        model.graph(),
        &mut terrain,
        (from.id(), to.id()),
        &predicates(model, &[]),
        direction,
        k,
        limits,
    )
}
