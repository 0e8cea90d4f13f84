//! The statements that `pg_stat_statements` counted, as use of the tables.

use std::collections::BTreeMap;

use super::document::{Catalog, Column};
use super::relations::Tables;
use crate::sql::Dialect;
use crate::usage::{Counted, KnownColumn, KnownTable, KnownTables, UsageOptions, write_counted};
use crate::{Options, Report, StatementBuilder};

/// Writes which tables and columns the counted statements use, and who runs them.
pub(super) fn write(
    catalog: &Catalog,
    tables: &Tables<'_>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    if catalog.statements.is_empty() {
        return;
    }
    let mut columns_of: BTreeMap<(&str, &str), Vec<&Column>> = BTreeMap::new();
    for column in &catalog.columns {
        let key = (column.schema.as_str(), column.relation.as_str());
        columns_of.entry(key).or_default().push(column);
    }
    let mut known = KnownTables::default();
    for relation in &catalog.relations {
        let key = (relation.schema.as_str(), relation.name.as_str());
        let Some(table) = tables.get(&key) else {
            continue;
        };
        let columns = columns_of.get(&key).into_iter().flatten();
        let columns = columns.filter_map(|column| {
            Some(KnownColumn {
                name: column.name.clone(),
                iri: table.get(&column.name)?.as_str().to_owned(),
            })
        });
        let table = KnownTable {
            iri: table.iri.as_str().to_owned(),
            domain: None,
            columns: columns.collect(),
            complete: true,
        };
        known.add(&[catalog.database.name.as_str(), key.0, key.1], table);
    }
    let usage = UsageOptions {
        dialect: Some(Dialect::Postgres),
        database: Some(catalog.database.name.clone()),
        search_path: catalog.database.search_path.clone(),
        known,
        ..UsageOptions::default()
    };
    let statements = catalog.statements.iter().map(|statement| Counted {
        sql: &statement.query,
        user: statement.user.as_deref(),
        calls: statement.calls,
    });
    write_counted(statements, usage, options, report, out);
}
