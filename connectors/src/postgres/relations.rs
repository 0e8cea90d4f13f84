//! Tables and views with their columns, keys and lineage.

use ontologies::{dcat, dcterms, iso, prov};
use rustc_hash::FxHashMap;
use semantic_model::identity::IriKind;

use super::document::{Catalog, Column, Constraint, ConstraintKind, Relation, RelationKind};
use super::names::Names;
use crate::table::{ColumnFacts, Table, place};
use crate::{Asset, Location, Options, Report, StatementBuilder};

/// The relations that were written, by schema and name.
pub(super) type Tables<'a> = FxHashMap<(&'a str, &'a str), Table>;

/// Writes the relations of a database, and gives them for whoever refers to them.
pub(super) fn write<'a>(
    catalog: &'a Catalog,
    names: &Names<'a>,
    file: &str,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) -> Tables<'a> {
    let mut writer = Writer {
        catalog,
        names,
        file,
        report,
        out,
        tables: Tables::default(),
    };
    for relation in &catalog.relations {
        writer.relation(relation, options);
    }
    writer.columns();
    for constraint in &catalog.constraints {
        writer.constraint(constraint);
    }
    writer.lineage();
    writer.database();
    writer.tables
}

struct Writer<'a, 'w> {
    catalog: &'a Catalog,
    names: &'w Names<'a>,
    file: &'w str,
    report: &'w mut Report,
    out: &'w mut StatementBuilder,
    tables: Tables<'a>,
}

impl<'a> Writer<'a, '_> {
    fn relation(&mut self, relation: &'a Relation, options: &Options) {
        let key = (relation.schema.as_str(), relation.name.as_str());
        if key.1.is_empty() || self.tables.contains_key(&key) {
            let message = if key.1.is_empty() {
                "a relation has no name".to_owned()
            } else {
                format!("relation `{}.{}` occurs twice", key.0, key.1)
            };
            self.skip("bad_relation", message, "relations");
            return;
        }
        self.report.understood("dataset");
        self.report.understood(relation.kind.as_str());
        let path = self.names.path(key.0, key.1);
        let table = Table::declare(self.out, &[&path]);
        let iri = table.iri.clone();
        self.tables.insert(key, table);
        self.out.name(&iri, iso::NAME, key.1);
        self.out.text(&iri, dcterms::IDENTIFIER, &path);
        if let Some(name) = self.names.qualified(key.0, key.1) {
            self.out.text(&iri, iso::QUALIFIED_NAME, &name);
        }
        self.out
            .text(&iri, iso::MATERIALIZATION, relation.kind.as_str());
        if let Some(comment) = &relation.comment {
            self.out.text(&iri, dcterms::DESCRIPTION, comment);
        }
        if let Some(rows) = relation.row_estimate.filter(|rows| *rows >= 0) {
            self.out.integer(&iri, iso::ROW_COUNT, rows);
        }
        let kept = [
            ("relation_owner", relation.owner.as_deref()),
            ("partition_bound", relation.partition_bound.as_deref()),
            ("partition_key", relation.partition_key.as_deref()),
            ("extension", relation.extension.as_deref()),
            ("definition", relation.definition.as_deref()),
        ];
        for (key, value) in kept {
            if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
                self.out.extra(&iri, key, &value.trim().into());
            }
        }
        if let Some(bytes) = relation.bytes {
            self.out.extra(&iri, "bytes", &bytes.into());
        }
        let asset = Asset {
            database: &self.catalog.database.name,
            schema: key.0,
            name: key.1,
            ..Asset::default()
        };
        place(self.out, options, &iri, &asset);
    }

    fn columns(&mut self) {
        for column in &self.catalog.columns {
            let key = (column.schema.as_str(), column.relation.as_str());
            let Some(table) = self.tables.get_mut(&key) else {
                let message = format!(
                    "column `{}` is of relation `{}.{}`, which is not in the document",
                    column.name, key.0, key.1
                );
                self.skip("unknown_relation", message, "columns");
                continue;
            };
            let facts = ColumnFacts {
                datatype: column.datatype.as_deref(),
                description: column.comment.as_deref(),
                required: column.nullable.map(|nullable| !nullable),
            };
            let position = Some(column.position);
            let added = if column.name.is_empty() {
                None
            } else {
                table.column_at(self.out, &column.name, position, &facts)
            };
            let Some(iri) = added else {
                let message = format!(
                    "a column of relation `{}.{}` has no name of its own: `{}`",
                    key.0, key.1, column.name
                );
                self.skip("bad_column", message, "columns");
                continue;
            };
            self.report.understood("column");
            for (key, value) in kept(column) {
                self.out.extra(&iri, key, &value.into());
            }
        }
    }

    fn constraint(&mut self, constraint: &Constraint) {
        let key = (constraint.schema.as_str(), constraint.relation.as_str());
        let Some(table) = self.tables.get(&key).cloned() else {
            let message = format!(
                "constraint `{}` is of relation `{}.{}`, which is not in the document",
                constraint.name, key.0, key.1
            );
            self.skip("unknown_relation", message, "constraints");
            return;
        };
        self.report.understood("constraint");
        match constraint.kind {
            ConstraintKind::PrimaryKey => table.primary_key(self.out, &constraint.columns),
            ConstraintKind::Unique => self.unique(&table, constraint),
            ConstraintKind::ForeignKey => self.foreign_key(&table, constraint),
            ConstraintKind::Check | ConstraintKind::Exclusion => self.keep(&table, constraint),
        }
    }

    fn unique(&mut self, table: &Table, constraint: &Constraint) {
        match constraint.columns.as_slice() {
            [only] => match table.get(only) {
                Some(column) => self.out.extra(column, "unique", &true.into()),
                None => self.keep(table, constraint),
            },
            columns => self
                .out
                .extra(&table.iri, "unique", &serde_json::json!(columns)),
        }
    }

    fn foreign_key(&mut self, table: &Table, constraint: &Constraint) {
        let target = constraint.references.as_ref();
        let other = target.and_then(|name| self.tables.get(&(name.schema.as_str(), &name.name)));
        let pairs: Option<Vec<_>> = other.and_then(|other| {
            let ends = constraint
                .columns
                .iter()
                .zip(&constraint.referenced_columns);
            ends.map(|(from, to)| Some((table.get(from)?.clone(), other.get(to)?.clone())))
                .collect()
        });
        let is_whole = constraint.columns.len() == constraint.referenced_columns.len();
        let Some(pairs) = pairs.filter(|pairs| is_whole && !pairs.is_empty()) else {
            let name = target.map_or_else(
                || "an unknown relation".to_owned(),
                |name| format!("`{}.{}`", name.schema, name.name),
            );
            let message = format!(
                "foreign key `{}` refers to columns of {name} that are not in the document",
                constraint.name
            );
            self.skip("unresolved_reference", message, "constraints");
            self.keep(table, constraint);
            return;
        };
        self.report.understood("foreign_key");
        for (from, to) in &pairs {
            self.out.link(from, iso::REFERENCES, to);
        }
        if pairs.len() > 1 {
            // Which columns belong together is in no single reference.
            self.keep(table, constraint);
        }
    }

    /// Keeps a constraint that has no place of its own.
    fn keep(&mut self, table: &Table, constraint: &Constraint) {
        let mut value = serde_json::to_value(constraint).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.retain(|key, value| {
                let is_place = key == "schema" || key == "relation";
                let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
                !is_place && !is_empty
            });
        }
        self.out.extra(&table.iri, "constraint", &value);
    }

    /// Writes what views read, and what partitions are parts of.
    fn lineage(&mut self) {
        for dependency in &self.catalog.dependencies {
            let from = &dependency.from;
            let ends = (
                self.find(&dependency.schema, &dependency.relation),
                self.find(&from.schema, &from.name),
            );
            let (Some(view), Some(from_iri)) = ends else {
                let message = format!(
                    "view `{}.{}` reads `{}.{}`, of which one is not in the document",
                    dependency.schema, dependency.relation, from.schema, from.name
                );
                self.skip("unknown_relation", message, "dependencies");
                continue;
            };
            self.report.understood("lineage");
            self.out.link(&view, prov::WAS_DERIVED_FROM, &from_iri);
        }
        for relation in &self.catalog.relations {
            for parent in &relation.parents {
                let ends = (
                    self.find(&relation.schema, &relation.name),
                    self.find(&parent.schema, &parent.name),
                );
                let (Some(part), Some(whole)) = ends else {
                    let message = format!(
                        "`{}.{}` is a part of `{}.{}`, which is not in the document",
                        relation.schema, relation.name, parent.schema, parent.name
                    );
                    self.skip("unknown_relation", message, "relations");
                    continue;
                };
                self.out.link(&part, dcterms::IS_PART_OF, &whole);
                if relation.kind == RelationKind::Partition {
                    // The rows of the whole are those of its parts.
                    self.out.link(&whole, prov::WAS_DERIVED_FROM, &part);
                }
            }
        }
    }

    fn find(&self, schema: &str, name: &str) -> Option<graph_core::rdf::NamedNode> {
        let table = self.tables.get(&(schema, name))?;
        Some(table.iri.clone())
    }

    /// Writes the database as the service that gives access to its relations.
    fn database(&mut self) {
        let database = &self.catalog.database;
        let service = self.out.iri(IriKind::Service, &[&database.name]);
        self.out.class(&service, dcat::DATA_SERVICE);
        self.report.understood("database");
        self.out.name(&service, dcterms::TITLE, &database.name);
        if let Some(comment) = &database.comment {
            self.out.text(&service, dcterms::DESCRIPTION, comment);
        }
        if let Some(host) = &database.host {
            let port = database
                .port
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            let address = format!("postgres://{host}{port}/{}", database.name);
            self.out.text(&service, dcat::ENDPOINT_URL, &address);
        }
        let kept = [
            ("server_version", &database.server_version),
            ("owner", &database.owner),
        ];
        for (key, value) in kept {
            if let Some(value) = value {
                self.out.extra(&service, key, &value.as_str().into());
            }
        }
        for schema in &self.catalog.schemas {
            self.report.understood("schema");
            let said = serde_json::to_value(schema).unwrap_or_default();
            self.out.extra(&service, "schema", &said);
        }
        for relation in &self.catalog.relations {
            if let Some(iri) = self.find(&relation.schema, &relation.name) {
                self.out.link(&service, dcat::SERVES_DATASET, &iri);
            }
        }
    }

    fn skip(&mut self, code: &'static str, message: String, key: &str) {
        let at = Location::file(self.file).key(key);
        if self.report.warning(code, message, at) {
            self.report.skipped += 1;
        }
    }
}

/// What has no place of its own in the vocabulary.
fn kept(column: &Column) -> impl Iterator<Item = (&'static str, &str)> {
    let all = [
        ("default", column.default.as_deref()),
        ("generated", column.generated.as_deref()),
        ("identity", column.identity.as_deref()),
    ];
    all.into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
}
