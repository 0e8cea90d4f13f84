//! Unity Catalog: what its REST interface answers about catalogs, schemas, tables and views.
//!
//! `docs/formats/unity-catalog.md` is the user's page.

use std::collections::BTreeSet;

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, iso, prov};
use semantic_model::identity::qualified_name;
use serde_json::Value;

use self::around::What;
use crate::json::{self, Fields, Object, Troubles};
use crate::statements::OwnerKind;
use crate::table::{ColumnFacts, Table, path_part, place};
use crate::{Asset, Input, Options, Report, StatementBuilder, spark};

mod around;
#[cfg(test)]
mod tests;

/// Keys of a table that are written as statements of their own.
const OF_TABLE: [&str; 17] = [
    "name",
    "catalog_name",
    "schema_name",
    "full_name",
    "table_type",
    "columns",
    "comment",
    "owner",
    "properties",
    "created_at",
    "updated_at",
    "table_id",
    "table_constraints",
    "view_definition",
    "view_dependencies",
    "storage_location",
    "metastore_id",
];
/// Keys of a column that are written as statements of their own.
const OF_COLUMN: [&str; 8] = [
    "name",
    "type_text",
    "type_name",
    "type_json",
    "position",
    "comment",
    "nullable",
    "type_precision",
];

/// Reads answers of Unity Catalog.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut answers: Vec<(What, String, Object, Place)> = Vec::new();
    json::documents(inputs, report, |value, mut troubles| {
        let (file, line) = (troubles.file.to_owned(), troubles.line);
        for (what, path, object) in found(value, &mut troubles) {
            answers.push((what, path, object, (file.clone(), line)));
        }
    });
    let schemas = answers.iter().filter(|(what, ..)| *what == What::Schema);
    let containers: BTreeSet<String> = schemas
        .map(|(_, _, schema, _)| schema_name(schema))
        .collect();
    let mut tables: Vec<(Table, Object, String, Place)> = Vec::new();
    for (what, path, object, place) in answers {
        let mut writer = Writer {
            out,
            options,
            containers: &containers,
            troubles: Troubles {
                report,
                file: &place.0,
                line: place.1,
            },
        };
        if what != What::Table {
            writer.around(what, &object, &path);
        } else if let Some(table) = writer.table(&object, &path) {
            tables.push((table, object, path, place));
        }
    }
    // Keys and views may speak of tables of other documents.
    let known: Vec<(String, Table)> = tables
        .iter()
        .map(|(table, object, ..)| (full_name(object).to_lowercase(), table.clone()))
        .collect();
    for (table, object, path, (file, line)) in &tables {
        let troubles = Troubles {
            report,
            file,
            line: *line,
        };
        let mut writer = Writer {
            out,
            options,
            containers: &containers,
            troubles,
        };
        writer.relations(table, object, path, &known);
    }
}

/// A file, and the line in it where a line is a document.
type Place = (String, Option<u64>);

/// Finds what an answer is about: one thing, a list, or lists of many answers together.
fn found(value: Value, troubles: &mut Troubles<'_>) -> Vec<(What, String, Object)> {
    let mut found = Vec::new();
    let answers = match value {
        Value::Array(answers) => answers,
        other => vec![other],
    };
    for (number, answer) in answers.into_iter().enumerate() {
        let Value::Object(mut object) = answer else {
            troubles.wrong_type(&format!("[{number}]"), "an object", &answer);
            continue;
        };
        let lists = What::lists(&object);
        // A table may have a list of its own that is called like one of answers.
        if lists.is_empty() || object.contains_key("table_type") {
            if let Some(What::Unread(kind)) = What::of(&object) {
                left_out(kind, 1, "", troubles);
            } else if let Some(what) = What::of(&object) {
                troubles.report.understood("answer");
                found.push((what, String::new(), object));
            } else if !is_last_page(&object) {
                let at = troubles.at("tables");
                let message = "this is no answer about tables of Unity Catalog";
                troubles.report.foreign("not_unity", message, at);
                troubles.report.skipped += 1;
            }
            continue;
        }
        for (key, what) in lists {
            let Some(Value::Array(items)) = object.shift_remove(key) else {
                continue;
            };
            if !items.is_empty() {
                troubles.report.understood("answer");
            }
            if let What::Unread(kind) = what {
                left_out(kind, items.len(), key, troubles);
                continue;
            }
            for (position, item) in items.into_iter().enumerate() {
                let path = format!("{key}[{position}]");
                match item {
                    Value::Object(item) => found.push((what, path, item)),
                    other => troubles.wrong_type(&path, "an object", &other),
                }
            }
        }
        if object
            .get("next_page_token")
            .and_then(Value::as_str)
            .is_some_and(|token| !token.is_empty())
        {
            let at = troubles.at("next_page_token");
            let message = "there are more pages of this answer";
            troubles.report.note("more_pages", message, at);
        }
    }
    found
}

/// Says how many things there were that are no data.
fn left_out(kind: &str, count: usize, key: &str, troubles: &mut Troubles<'_>) {
    if count > 0 {
        let at = troubles.at(key);
        let message = format!("{count} {kind} are no data and were left out");
        troubles.report.warning("not_read", message, at);
        troubles.report.skipped += count as u64;
    }
}

/// Says whether an answer is the end of a list that had no more items: there is nothing but the token then.
fn is_last_page(object: &Object) -> bool {
    object.keys().all(|key| key == "next_page_token")
}

/// The name of a table with those of its catalog and schema.
fn full_name(table: &Object) -> String {
    let text = |key: &str| table.get(key).and_then(Value::as_str);
    let parts = [text("catalog_name"), text("schema_name"), text("name")];
    match parts {
        [Some(catalog), Some(schema), Some(name)] => {
            [catalog, schema, name].map(path_part).join(".")
        }
        _ => text("full_name")
            .or(text("name"))
            .unwrap_or_default()
            .to_owned(),
    }
}

/// The name of a schema with that of its catalog, in lower case.
fn schema_name(schema: &Object) -> String {
    let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    [text("catalog_name"), text("name")]
        .map(path_part)
        .join(".")
        .to_lowercase()
}

struct Writer<'a> {
    out: &'a mut StatementBuilder,
    options: &'a Options,
    /// The schemas of these answers.
    containers: &'a BTreeSet<String>,
    troubles: Troubles<'a>,
}

impl Writer<'_> {
    fn warn(&mut self, code: &'static str, message: &str, path: &str) {
        let at = self.troubles.at(path);
        self.troubles.report.warning(code, message, at);
        self.troubles.report.skipped += 1;
    }

    fn table(&mut self, object: &Object, path: &str) -> Option<Table> {
        let fields = Fields { object, path };
        let full = full_name(object);
        if full.is_empty() {
            self.warn("missing_name", "the table has no name", path);
            return None;
        }
        self.troubles.report.understood("dataset");
        let mut table = Table::declare(self.out, &[&full]);
        let iri = table.iri.clone();
        let name = fields.said("name", &mut self.troubles).unwrap_or(&full);
        self.out.name(&iri, iso::NAME, name);
        self.out.text(
            &iri,
            iso::QUALIFIED_NAME,
            &qualified_name("databricks", &[&full]),
        );
        let kind = fields
            .said("table_type", &mut self.troubles)
            .unwrap_or("TABLE");
        let kind = match kind {
            "VIEW" => "view".to_owned(),
            "MATERIALIZED_VIEW" => "materialized_view".to_owned(),
            "MANAGED" | "EXTERNAL" | "STREAMING_TABLE" | "TABLE" => "table".to_owned(),
            other => other.to_lowercase(),
        };
        self.out.text(&iri, iso::MATERIALIZATION, &kind);
        for (key, predicate) in [
            ("comment", dcterms::DESCRIPTION),
            ("table_id", dcterms::IDENTIFIER),
        ] {
            if let Some(text) = fields.said(key, &mut self.troubles) {
                self.out.text(&iri, predicate, text);
            }
        }
        self.moments(&iri, object);
        self.tags(&iri, &fields);
        self.part_of(&iri, object);
        if let Some(owner) = fields.said("owner", &mut self.troubles) {
            let owner = self.out.owner(owner, OwnerKind::Unknown, None);
            self.out.link(&iri, prov::WAS_ATTRIBUTED_TO, &owner);
        }
        for (path, column) in fields.objects("columns", &mut self.troubles) {
            self.column(
                &mut table,
                &Fields {
                    object: column,
                    path: &path,
                },
            );
        }
        self.extras(&iri, object);
        let part = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let asset = Asset {
            database: part("catalog_name"),
            schema: part("schema_name"),
            name,
            ..Asset::default()
        };
        place(self.out, self.options, &iri, &asset);
        Some(table)
    }

    fn extras(&mut self, iri: &NamedNode, object: &Object) {
        for (key, value) in object {
            if !OF_TABLE.contains(&key.as_str()) && !value.is_null() {
                self.out.extra(iri, key, value);
            }
        }
        for key in ["storage_location", "view_definition"] {
            if let Some(value) = object.get(key).filter(|value| !value.is_null()) {
                self.out.extra(iri, key, value);
            }
        }
        let properties = object.get("properties").and_then(Value::as_object);
        for (key, value) in properties.into_iter().flatten() {
            self.out.extra(iri, key, value);
        }
    }

    fn column(&mut self, table: &mut Table, column: &Fields<'_>) {
        let Some(name) = column.said("name", &mut self.troubles) else {
            self.warn("bad_column", "the column has no name", column.path);
            return;
        };
        let datatype = column
            .said("type_text", &mut self.troubles)
            .or_else(|| column.said("type_name", &mut self.troubles));
        let facts = ColumnFacts {
            datatype,
            description: column.said("comment", &mut self.troubles),
            required: column
                .flag("nullable", &mut self.troubles)
                .map(|nullable| !nullable),
        };
        // Positions are counted from zero there.
        let position = column
            .integer("position", &mut self.troubles)
            .map(|at| at.saturating_add(1));
        let Some(iri) = table.column_at(self.out, name, position, &facts) else {
            self.warn("bad_column", "another column has this name", column.path);
            return;
        };
        self.troubles.report.understood("column");
        self.tags(&iri, column);
        for (key, value) in column.object {
            if !OF_COLUMN.contains(&key.as_str()) && !value.is_null() {
                self.out.extra(&iri, key, value);
            }
        }
        // The type in JSON is that of the field, or the field itself.
        let whole = column.object.get("type_json").and_then(Value::as_str);
        let whole = whole.and_then(|text| json::parse(text.as_bytes()).ok());
        if let Some(whole) = whole {
            let inner = whole.get("type").filter(|inner| inner.is_object());
            let is_field = whole.get("name").is_some();
            let datatype = if is_field { inner } else { Some(&whole) };
            if let Some(datatype) = datatype {
                let count = spark::write_nested(self.out, table, name, datatype);
                self.troubles.report.understood_many("column", count);
            }
        }
    }

    /// Writes keys, and what a view is made of.
    fn relations(&mut self, table: &Table, object: &Object, path: &str, known: &[(String, Table)]) {
        let find = |name: &str| {
            let name = name.to_lowercase();
            let found = known.iter().find(|(full, _)| *full == name);
            found.map(|(_, table)| table)
        };
        let fields = Fields { object, path };
        for (path, constraint) in fields.objects("table_constraints", &mut self.troubles) {
            let constraint = Fields {
                object: constraint,
                path: &path,
            };
            if let Some(key) = constraint.object("primary_key_constraint", &mut self.troubles) {
                let key = Fields {
                    object: key,
                    path: &path,
                };
                let names = key.texts("child_columns", &mut self.troubles);
                table.primary_key(self.out, &names);
            }
            if let Some(key) = constraint.object("foreign_key_constraint", &mut self.troubles) {
                let fields = Fields {
                    object: key,
                    path: &path,
                };
                let from = fields.texts("child_columns", &mut self.troubles);
                let to = fields.texts("parent_columns", &mut self.troubles);
                let parent = fields
                    .said("parent_table", &mut self.troubles)
                    .unwrap_or_default();
                let other = find(parent);
                let pairs: Option<Vec<_>> = other.and_then(|other| {
                    let ends = from.iter().zip(&to);
                    ends.map(|(from, to)| Some((table.get(from)?, other.get(to)?)))
                        .collect()
                });
                let is_whole = from.len() == to.len();
                if let Some(pairs) = pairs.filter(|pairs| !pairs.is_empty() && is_whole) {
                    self.troubles.report.understood("foreign_key");
                    for (from, to) in pairs {
                        self.out.link(from, iso::REFERENCES, to);
                    }
                } else {
                    self.out
                        .extra(&table.iri, "foreignKey", &Value::Object(key.clone()));
                    let message = format!(
                        "the key refers to columns of `{parent}` that are not in these answers"
                    );
                    self.warn("unresolved_reference", &message, &path);
                }
            }
        }
        let dependencies = object.get("view_dependencies");
        let list = dependencies.and_then(|found| found.get("dependencies")?.as_array());
        for dependency in list.into_iter().flatten() {
            let name = dependency
                .get("table")
                .and_then(|table| table.get("table_full_name")?.as_str());
            let Some(name) = name else {
                self.out.extra(&table.iri, "view_dependency", dependency);
                continue;
            };
            // One that is not in these answers is named as it would be if it were.
            let source = match find(name) {
                Some(found) => found.iri.clone(),
                None => Table::scoped(self.out.source().as_str(), &[name]).iri,
            };
            self.out.link(&table.iri, prov::WAS_DERIVED_FROM, &source);
        }
    }
}
