//! The tables that the graph knows, for the reader of query logs.

use std::collections::BTreeMap;

use connectors::{Kind, KnownColumn, KnownTable, KnownTables};
use semantic_model::{Column, Dataset, Entity, Model};

/// Gives the tables that a source other than a query log speaks of, by their qualified names.
///
/// What only logs speak of is left out: a log that is read again must find what it found the first time.
pub(crate) fn tables(graph: &graph_core::Snapshot, platform: Option<&str>) -> KnownTables {
    let model = Model::new(graph);
    let mut found: BTreeMap<String, Vec<Dataset<'_>>> = BTreeMap::new();
    for dataset in model.datasets() {
        if is_known(*dataset) {
            for name in dataset.qualified_names() {
                found.entry(name).or_default().push(dataset);
            }
        }
    }
    let mut named: Vec<(String, Vec<Dataset<'_>>)> = found.into_iter().collect();
    // Of tables of one name the one of the log's own system is meant.
    let of_platform = |name: &str| name.split_once("://").map(|(system, _)| system) == platform;
    named.sort_by_key(|(name, _)| !of_platform(name));
    let mut tables = KnownTables::default();
    for (name, twins) in named {
        let bare = name
            .split_once("://")
            .map_or(name.as_str(), |(_, bare)| bare);
        let parts: Vec<&str> = bare.split('.').collect();
        if let Some(table) = table(&twins) {
            tables.add(&parts, table);
        }
    }
    tables
}

/// Says whether a source speaks of an entity that is no log.
fn is_known(entity: Entity<'_>) -> bool {
    let log = Kind::QueryLog.as_str();
    entity.sources().iter().any(|source| source.kind() != log)
}

/// Makes one table of what several sources call by one name: the one with the most columns, and the columns of all.
fn table(twins: &[Dataset<'_>]) -> Option<KnownTable> {
    let mut selves: Vec<(Dataset<'_>, Vec<Column<'_>>)> = twins
        .iter()
        .map(|twin| {
            let mut columns = twin.columns();
            columns.retain(|column| is_known(**column));
            (*twin, columns)
        })
        .collect();
    selves.sort_by_key(|(entity, columns)| (std::cmp::Reverse(columns.len()), entity.iri()));
    let (first, _) = selves.first()?;
    let domain = first.domains().first().map(|domain| domain.label());
    // A database numbers its columns; who only describes some of them does not.
    let complete = selves.iter().any(|(_, columns)| {
        !columns.is_empty() && columns.iter().all(|column| column.position().is_some())
    });
    let mut columns: Vec<KnownColumn> = Vec::new();
    for column in selves.iter().flat_map(|(_, columns)| columns) {
        let Some(name) = column.name() else { continue };
        let same = |known: &KnownColumn| known.name.to_lowercase() == name.to_lowercase();
        if !columns.iter().any(same) {
            columns.push(KnownColumn {
                name,
                iri: column.iri(),
            });
        }
    }
    Some(KnownTable {
        iri: first.iri(),
        domain,
        columns,
        complete,
    })
}
