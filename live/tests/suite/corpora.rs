//! Real databases, read live, against what their own `information_schema` said when they were collected.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use connectors::postgres::document::{Catalog, ConstraintKind, RelationKind};
use connectors::{InputLimits, Kind, read_paths};
use live::postgres::{FetchOptions, fetch_blocking};
use serde_json::Value;

use crate::server::{address, url};

type Columns = BTreeSet<(String, String, String, bool)>;
type Keys = BTreeMap<(String, String), (ConstraintKind, Vec<String>)>;

/// What both ways of asking tell of a database.
#[derive(Debug, Default, PartialEq)]
struct Facts {
    tables: BTreeSet<(String, String)>,
    views: BTreeMap<(String, String), bool>,
    columns: Columns,
    keys: Keys,
}

#[expect(clippy::print_stdout, reason = "a test that skips says so")]
fn dump(database: &str) -> Option<Value> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("ISOGLOSS_SHARED").map_or_else(beside, PathBuf::from);
    let path = folder
        .join("data/corpora/databases")
        .join(database)
        .join("information_schema.json.gz");
    if !path.is_file() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    let found = read_paths(Kind::PostgresCatalog, &[path], &InputLimits::default()).unwrap();
    Some(serde_json::from_slice(&found.inputs[0].bytes).unwrap())
}

fn said(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}

/// What came with an extension, or is the system's, is not the database's own.
fn is_own(schema: &str, table: &str) -> bool {
    !["pg_catalog", "information_schema"].contains(&schema)
        && !table.starts_with("pg_stat_statements")
}

fn expected(dump: &Value) -> Facts {
    let rows = |key: &str| dump[key].as_array().cloned().unwrap_or_default();
    let table = |row: &Value| (said(row, "table_schema"), said(row, "table_name"));
    let own = |row: &Value| is_own(&said(row, "table_schema"), &said(row, "table_name"));
    let mut facts = Facts::default();
    for row in rows("tables").iter().filter(|row| own(row)) {
        if said(row, "table_type") == "VIEW" {
            facts.views.insert(table(row), true);
        } else {
            facts.tables.insert(table(row));
        }
    }
    for row in rows("columns").iter().filter(|row| own(row)) {
        let (schema, name) = table(row);
        let nullable = said(row, "is_nullable") == "YES";
        facts
            .columns
            .insert((schema, name, said(row, "column_name"), nullable));
    }
    let mut key_columns: BTreeMap<(String, String), Vec<(i64, String)>> = BTreeMap::new();
    for row in rows("key_column_usage").iter().filter(|row| own(row)) {
        let key = (said(row, "table_name"), said(row, "constraint_name"));
        let place = row["ordinal_position"].as_i64().unwrap_or_default();
        let columns = key_columns.entry(key).or_default();
        columns.push((place, said(row, "column_name")));
    }
    for row in rows("table_constraints").iter().filter(|row| own(row)) {
        let kind = match said(row, "constraint_type").as_str() {
            "PRIMARY KEY" => ConstraintKind::PrimaryKey,
            "FOREIGN KEY" => ConstraintKind::ForeignKey,
            "UNIQUE" => ConstraintKind::Unique,
            _ => continue,
        };
        let key = (said(row, "table_name"), said(row, "constraint_name"));
        let mut columns = key_columns.get(&key).cloned().unwrap_or_default();
        columns.sort();
        let columns = columns.into_iter().map(|(_, name)| name).collect();
        facts.keys.insert(key, (kind, columns));
    }
    facts
}

fn found(catalog: &Catalog) -> Facts {
    // The standard's views leave these out.
    let kept = |kind: RelationKind| kind != RelationKind::MaterializedView;
    let mut facts = Facts::default();
    let mut known = BTreeSet::new();
    for relation in &catalog.relations {
        if !kept(relation.kind) || relation.extension.is_some() {
            continue;
        }
        let name = (relation.schema.clone(), relation.name.clone());
        known.insert(name.clone());
        if relation.kind == RelationKind::View {
            facts.views.insert(name, relation.definition.is_some());
        } else {
            facts.tables.insert(name);
        }
    }
    for column in &catalog.columns {
        let (schema, relation) = (column.schema.clone(), column.relation.clone());
        if known.contains(&(schema.clone(), relation.clone())) {
            let nullable = column.nullable.unwrap_or(true);
            facts
                .columns
                .insert((schema, relation, column.name.clone(), nullable));
        }
    }
    for constraint in &catalog.constraints {
        if matches!(
            constraint.kind,
            ConstraintKind::Check | ConstraintKind::Exclusion
        ) {
            continue;
        }
        let key = (constraint.relation.clone(), constraint.name.clone());
        let value = (constraint.kind, constraint.columns.clone());
        facts.keys.insert(key, value);
    }
    facts
}

fn check(database: &str) {
    let (Some(dump), Some(url)) = (dump(database), url(database)) else {
        return;
    };
    let catalog = fetch_blocking(&address(&url), &FetchOptions::default()).unwrap();
    let (expected, found) = (expected(&dump), found(&catalog));
    assert!(!expected.tables.is_empty() && !expected.columns.is_empty());
    assert_eq!(found.tables, expected.tables);
    assert_eq!(found.views, expected.views);
    let columns: Vec<_> = found
        .columns
        .symmetric_difference(&expected.columns)
        .collect();
    assert!(columns.is_empty(), "{columns:?}");
    assert_eq!(found.keys, expected.keys);
}

#[test]
fn pagila_is_what_its_information_schema_says() {
    check("pagila");
}

#[test]
fn chinook_is_what_its_information_schema_says() {
    check("chinook");
}

#[test]
fn northwind_is_what_its_information_schema_says() {
    check("northwind");
}

#[test]
fn the_warehouse_is_what_its_information_schema_says() {
    check("shopify_wh");
}
