//! What views are made from, by their queries: columns, and tables where the server does not say so itself.

use std::collections::BTreeSet;

use super::document::{Catalog, Relation};
use super::relations::Tables;
use crate::lineage;
use crate::sql::{Context, Dialect, Schema, StatementFacts, TableName, analyze};
use crate::{Location, Report, StatementBuilder};

/// Writes the lineage that the definitions of views hold.
pub(super) fn write(
    catalog: &Catalog,
    tables: &Tables<'_>,
    file: &str,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let schema = schema_of(catalog);
    let columns = columns_of(catalog);
    let told: BTreeSet<(&str, &str)> = catalog
        .dependencies
        .iter()
        .map(|found| (found.schema.as_str(), found.relation.as_str()))
        .collect();
    for view in &catalog.relations {
        let Some(definition) = &view.definition else {
            continue;
        };
        let key = (view.schema.as_str(), view.name.as_str());
        let context = Context::new(Dialect::Postgres, &schema)
            .database(catalog.database.name.as_str())
            .search_path(search_path(catalog, view));
        let analysis = analyze(definition, &context);
        for problem in &analysis.problems {
            let message = format!("the query of view `{}.{}`: {problem}", key.0, key.1);
            report.warning(
                "sql_not_read",
                message,
                Location::file(file).key("definition"),
            );
        }
        let [statement] = analysis.statements.as_slice() else {
            continue;
        };
        let Some(table) = tables.get(&key) else {
            continue;
        };
        if !told.contains(&key) {
            for from in &statement.reads {
                if let Some(from) = find(from, tables) {
                    report.understood("lineage");
                    lineage::made(out, &table.iri, &from.iri, &[]);
                }
            }
        }
        for (column, how) in statement.influences() {
            let from = find(&column.table, tables);
            if let Some(from) = from.and_then(|from| from.get_any_case(&column.name)) {
                lineage::rows(out, &table.iri, from, how);
            }
        }
        let names = columns.get(&key).map_or(&[][..], Vec::as_slice);
        let lineage = column_lineage(statement, names, table, tables, out);
        report.understood_many("column_lineage", lineage);
    }
}

/// Writes what each column of a view is made from; says for how many something was found.
fn column_lineage(
    statement: &StatementFacts,
    names: &[&str],
    view: &crate::table::Table,
    tables: &Tables<'_>,
    out: &mut StatementBuilder,
) -> u64 {
    let by_place = statement.outputs.len() == names.len();
    let mut found = 0;
    for (place, output) in statement.outputs.iter().enumerate() {
        let name = if by_place {
            names.get(place).copied()
        } else {
            output.name.as_deref()
        };
        let Some(column) = name.and_then(|name| view.get(name)) else {
            continue;
        };
        let mut has_source = false;
        for (source, influences) in &output.sources {
            let from = find(&source.table, tables);
            let from = from.and_then(|table| table.get_any_case(&source.name));
            if let Some(from) = from.filter(|from| *from != column) {
                lineage::column(out, column, from, *influences);
                has_source = true;
            }
        }
        found += u64::from(has_source);
    }
    found
}

fn find<'t>(name: &'t TableName, tables: &'t Tables<'_>) -> Option<&'t crate::table::Table> {
    tables.get(&(name.schema()?, name.name()))
}

/// The schemas in which a view's names without one are looked for: the session's, then its own.
fn search_path<'c>(catalog: &'c Catalog, view: &'c Relation) -> Vec<&'c str> {
    let mut path: Vec<&str> = catalog
        .database
        .search_path
        .iter()
        .map(String::as_str)
        .collect();
    path.push(&view.schema);
    path
}

type Columns<'c> = std::collections::BTreeMap<(&'c str, &'c str), Vec<&'c str>>;

fn columns_of(catalog: &Catalog) -> Columns<'_> {
    let mut columns = Columns::new();
    for column in &catalog.columns {
        let key = (column.schema.as_str(), column.relation.as_str());
        columns.entry(key).or_default().push(&column.name);
    }
    columns
}

fn schema_of(catalog: &Catalog) -> Schema {
    let mut schema = Schema::default();
    let columns = columns_of(catalog);
    for relation in &catalog.relations {
        let key = (relation.schema.as_str(), relation.name.as_str());
        let names = columns.get(&key).cloned().unwrap_or_default();
        schema.add(&[catalog.database.name.as_str(), key.0, key.1], names);
    }
    schema
}
