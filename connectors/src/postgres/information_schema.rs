//! A dump of the standard views of `information_schema`, brought into the form of our own document.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::document::{
    Catalog, Column, Constraint, ConstraintKind, Database, Name, Relation, RelationKind,
};
use super::names::quoted;
use crate::json::{Fields, Object, Troubles, integer_of};

/// A column of a key: its place there, its place in the key that is pointed at, its name.
type KeyColumn<'a> = (i64, Option<i64>, &'a str);

/// Schemas that every database has and nobody made.
const SYSTEM: [&str; 2] = ["pg_catalog", "information_schema"];

/// Lists that say nothing more than those that are read.
const REPEATED: [&str; 1] = ["constraint_column_usage"];

/// Reads the rows of all databases in the dump.
pub(super) fn read(object: &Object, troubles: &mut Troubles<'_>) -> Vec<Catalog> {
    let mut dump = Dump {
        document: Fields { object, path: "" },
        troubles,
        catalogs: BTreeMap::new(),
        relations: FxHashMap::default(),
        columns: FxHashMap::default(),
    };
    dump.tables();
    dump.views();
    dump.columns();
    dump.comments();
    dump.constraints();
    dump.rest(object);
    let mut catalogs: Vec<Catalog> = dump.catalogs.into_values().collect();
    for catalog in &mut catalogs {
        let key = |column: &Column| {
            (
                column.schema.clone(),
                column.relation.clone(),
                column.position,
            )
        };
        catalog.columns.sort_by_cached_key(key);
    }
    catalogs
}

struct Dump<'a, 't, 'r> {
    document: Fields<'a>,
    troubles: &'t mut Troubles<'r>,
    /// By the name of the database.
    catalogs: BTreeMap<&'a str, Catalog>,
    /// The places of relations, by database, schema and name.
    relations: FxHashMap<[&'a str; 3], usize>,
    /// The places of columns, by their table and name.
    columns: FxHashMap<([&'a str; 3], &'a str), usize>,
}

/// One row of a view with the path of its key.
struct Row<'a> {
    path: String,
    object: &'a Object,
}

impl<'a> Row<'a> {
    fn said(&self, key: &str, troubles: &mut Troubles<'_>) -> Option<&'a str> {
        match self.object.get(key)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => {
                troubles.wrong_type(&format!("{}.{key}", self.path), "a text", other);
                None
            }
        }
    }

    fn integer(&self, key: &str, troubles: &mut Troubles<'_>) -> Option<i64> {
        let value = self.object.get(key).filter(|value| !value.is_null())?;
        let whole = integer_of(value);
        if whole.is_none() {
            troubles.wrong_type(&format!("{}.{key}", self.path), "a whole number", value);
        }
        whole
    }
}

impl<'a> Dump<'a, '_, '_> {
    /// Gives the rows of a view that are of somebody's schema, with database, schema and name of their table.
    fn rows(&mut self, view: &str) -> Vec<(Row<'a>, [&'a str; 3])> {
        let mut rows = Vec::new();
        for (path, object) in self.document.objects(view, self.troubles) {
            let row = Row { path, object };
            let mut said = |key| row.said(key, self.troubles).unwrap_or_default();
            let place = [
                said("table_catalog"),
                said("table_schema"),
                said("table_name"),
            ];
            if SYSTEM.contains(&place[1]) {
                continue;
            }
            if place[1].is_empty() || place[2].is_empty() {
                self.skip("missing_name", "the row does not name its table", &row.path);
                continue;
            }
            rows.push((row, place));
        }
        rows
    }

    fn catalog(&mut self, name: &'a str) -> &mut Catalog {
        self.catalogs.entry(name).or_insert_with(|| Catalog {
            database: Database {
                name: if name.is_empty() { "database" } else { name }.to_owned(),
                search_path: vec!["public".to_owned()],
                ..Database::default()
            },
            ..Catalog::default()
        })
    }

    fn tables(&mut self) {
        for (row, [database, schema, name]) in self.rows("tables") {
            let kind = match row.said("table_type", self.troubles) {
                Some("VIEW") => RelationKind::View,
                Some("FOREIGN" | "FOREIGN TABLE") => RelationKind::ForeignTable,
                _ => RelationKind::Table,
            };
            let relation = Relation {
                schema: schema.to_owned(),
                name: name.to_owned(),
                kind,
                ..Relation::default()
            };
            let relations = &mut self.catalog(database).relations;
            relations.push(relation);
            let at = relations.len() - 1;
            self.relations.insert([database, schema, name], at);
        }
    }

    fn views(&mut self) {
        for (row, place) in self.rows("views") {
            let definition = row
                .said("view_definition", self.troubles)
                .map(str::to_owned);
            match self.relation(place) {
                Some(relation) => relation.definition = definition,
                None => self.skip("unknown_relation", "the view is not in `tables`", &row.path),
            }
        }
    }

    fn relation(&mut self, place: [&'a str; 3]) -> Option<&mut Relation> {
        let at = *self.relations.get(&place)?;
        self.catalogs.get_mut(place[0])?.relations.get_mut(at)
    }

    fn columns(&mut self) {
        for (row, [database, schema, relation]) in self.rows("columns") {
            let Some(name) = row.said("column_name", self.troubles) else {
                self.skip(
                    "missing_name",
                    "the row does not name its column",
                    &row.path,
                );
                continue;
            };
            let position = row.integer("ordinal_position", self.troubles);
            let nullable = row.said("is_nullable", self.troubles);
            let mut said = |key| row.said(key, self.troubles).map(str::to_owned);
            let column = Column {
                schema: schema.to_owned(),
                relation: relation.to_owned(),
                name: name.to_owned(),
                position: position.unwrap_or_default(),
                nullable: nullable.map(|word| word == "YES"),
                default: said("column_default"),
                generated: said("generation_expression"),
                identity: said("identity_generation").map(|word| word.to_lowercase()),
                datatype: datatype(&row, self.troubles),
                comment: None,
            };
            let columns = &mut self.catalog(database).columns;
            columns.push(column);
            let at = columns.len() - 1;
            self.columns
                .insert(([database, schema, relation], name), at);
        }
    }

    /// Reads the list that the standard has not: comments of tables and columns.
    fn comments(&mut self) {
        let only = self.catalogs.keys().next().copied().unwrap_or_default();
        for (row, [named, schema, relation]) in self.rows("comments") {
            let database = if named.is_empty() { only } else { named };
            let comment = row.said("description", self.troubles).map(str::to_owned);
            let place = [database, schema, relation];
            let found = match row.said("column_name", self.troubles) {
                None => self.relation(place).map(|found| found.comment = comment),
                Some(column) => self
                    .column(place, column)
                    .map(|found| found.comment = comment),
            };
            if found.is_none() {
                let message = "the comment is of nothing in the dump";
                self.skip("unknown_relation", message, &row.path);
            }
        }
    }

    fn column(&mut self, place: [&'a str; 3], name: &'a str) -> Option<&mut Column> {
        let at = *self.columns.get(&(place, name))?;
        self.catalogs.get_mut(place[0])?.columns.get_mut(at)
    }

    fn constraints(&mut self) {
        let mut columns: BTreeMap<[&str; 3], Vec<KeyColumn<'_>>> = BTreeMap::new();
        for (row, [_, schema, table]) in self.rows("key_column_usage") {
            let name = row
                .said("constraint_name", self.troubles)
                .unwrap_or_default();
            let place = row.integer("ordinal_position", self.troubles);
            let target = row.integer("position_in_unique_constraint", self.troubles);
            let column = row.said("column_name", self.troubles).unwrap_or_default();
            let key = columns.entry([schema, table, name]).or_default();
            key.push((place.unwrap_or_default(), target, column));
        }
        for columns in columns.values_mut() {
            columns.sort_unstable();
        }
        let targets = self.targets();
        let mut keys: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        let rows = self.rows("table_constraints");
        for (row, [_, schema, table]) in &rows {
            let name = row.said("constraint_name", self.troubles);
            keys.insert((*schema, name.unwrap_or_default()), *table);
        }
        for (row, [database, schema, table]) in rows {
            let name = row
                .said("constraint_name", self.troubles)
                .unwrap_or_default();
            let kind = match row.said("constraint_type", self.troubles) {
                Some("PRIMARY KEY") => ConstraintKind::PrimaryKey,
                Some("UNIQUE") => ConstraintKind::Unique,
                Some("FOREIGN KEY") => ConstraintKind::ForeignKey,
                _ => ConstraintKind::Check,
            };
            // The standard lists each NOT NULL as a check too, which the column says already.
            if kind == ConstraintKind::Check && name.ends_with("_not_null") {
                continue;
            }
            let own = columns
                .get(&[schema, table, name])
                .map_or(&[][..], |own| own);
            let mut constraint = Constraint {
                schema: schema.to_owned(),
                relation: table.to_owned(),
                name: name.to_owned(),
                kind,
                columns: own
                    .iter()
                    .map(|(_, _, column)| (*column).to_owned())
                    .collect(),
                ..Constraint::default()
            };
            if let Some(&(target_schema, target)) = targets.get(&(schema, name))
                && let Some(other) = keys.get(&(target_schema, target))
            {
                constraint.references = Some(Name {
                    schema: target_schema.to_owned(),
                    name: (*other).to_owned(),
                });
                let key = columns.get(&[target_schema, *other, target]);
                constraint.referenced_columns = own
                    .iter()
                    .filter_map(|(_, place, _)| referenced(key?, *place))
                    .collect();
            }
            self.catalog(database).constraints.push(constraint);
        }
    }

    /// Gives the key that each foreign key refers to, by schema and name.
    fn targets(&mut self) -> BTreeMap<(&'a str, &'a str), (&'a str, &'a str)> {
        let mut targets = BTreeMap::new();
        for (path, object) in self
            .document
            .objects("referential_constraints", self.troubles)
        {
            let row = Row { path, object };
            let mut said = |key| row.said(key, self.troubles).unwrap_or_default();
            let from = (said("constraint_schema"), said("constraint_name"));
            let to = (
                said("unique_constraint_schema"),
                said("unique_constraint_name"),
            );
            if let Some(other) = targets.insert(from, to)
                && other != to
            {
                // The standard has no name of the table here, so that two keys of one name cannot be told apart.
                let message = format!("foreign key `{}` refers to two keys", from.1);
                self.skip("ambiguous_reference", &message, &row.path);
                targets.remove(&from);
            }
        }
        targets
    }

    fn rest(&mut self, object: &Object) {
        const READ: [&str; 7] = [
            "tables",
            "views",
            "columns",
            "comments",
            "key_column_usage",
            "table_constraints",
            "referential_constraints",
        ];
        for key in object.keys() {
            if !READ.contains(&key.as_str()) && !REPEATED.contains(&key.as_str()) {
                let message = format!("list `{key}` is not read");
                self.skip("unknown_key", &message, key);
            }
        }
    }

    fn skip(&mut self, code: &'static str, message: &str, path: &str) {
        let at = self.troubles.at(path);
        if self.troubles.report.warning(code, message, at) {
            self.troubles.report.skipped += 1;
        }
    }
}

/// Gives the column of a key that a foreign key's column refers to.
fn referenced(key: &[(i64, Option<i64>, &str)], place: Option<i64>) -> Option<String> {
    let found = key.iter().find(|(own, _, _)| Some(*own) == place)?;
    Some(found.2.to_owned())
}

/// Writes a type as `format_type` does.
fn datatype(row: &Row<'_>, troubles: &mut Troubles<'_>) -> Option<String> {
    let mut said = |key: &str| row.said(key, troubles).unwrap_or_default();
    let full = |schema: &str, name: &str| match schema {
        "" | "pg_catalog" => quoted(name),
        schema => format!("{}.{}", quoted(schema), quoted(name)),
    };
    let domain = said("domain_name");
    if !domain.is_empty() {
        return Some(full(said("domain_schema"), domain));
    }
    let (name, udt_schema, udt) = (said("data_type"), said("udt_schema"), said("udt_name"));
    let mut number = |key: &str| match row.object.get(key) {
        None | Some(Value::Null) => None,
        Some(_) => row.integer(key, troubles),
    };
    let datatype = match name {
        "" if udt.is_empty() => return None,
        "ARRAY" => {
            let element = udt.strip_prefix('_').unwrap_or(udt);
            format!("{}[]", full(udt_schema, plain_name(element)))
        }
        "" | "USER-DEFINED" => full(udt_schema, udt),
        "numeric" => match (number("numeric_precision"), number("numeric_scale")) {
            (Some(precision), Some(scale)) => format!("numeric({precision},{scale})"),
            _ => name.to_owned(),
        },
        "character varying" | "character" | "bit" | "bit varying" => {
            match number("character_maximum_length") {
                Some(length) => format!("{name}({length})"),
                None => name.to_owned(),
            }
        }
        _ if name.starts_with("time") => match (number("datetime_precision"), name.split_once(' '))
        {
            (Some(precision), Some((head, tail))) if precision != 6 => {
                format!("{head}({precision}) {tail}")
            }
            _ => name.to_owned(),
        },
        _ => name.to_owned(),
    };
    Some(datatype)
}

/// The name that `format_type` gives a type of the server that has a shorter one inside.
fn plain_name(internal: &str) -> &str {
    match internal {
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "float4" => "real",
        "float8" => "double precision",
        "bool" => "boolean",
        "varchar" => "character varying",
        "bpchar" => "character",
        "timestamp" => "timestamp without time zone",
        "timestamptz" => "timestamp with time zone",
        "time" => "time without time zone",
        "timetz" => "time with time zone",
        other => other,
    }
}
