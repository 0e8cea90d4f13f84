//! Frictionless data packages: `datapackage.json` with its resources and their table schemas.
//!
//! A resource becomes a dataset with columns, keys and references; a package becomes a data product when the mapping or
//! the package places it in a domain. `docs/formats/frictionless.md` says what becomes what.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use ontologies::{dcat, dcterms, iso};
use serde_json::Value;

use crate::json::{self, Fields, Object, Troubles};
use crate::statements::OwnerKind;
use crate::table::{ColumnFacts, Table, path_part, place};
use crate::{Asset, Input, Location, Options, Report, StatementBuilder};

/// Keys of a resource that are written as statements of their own, or are where its data are.
///
/// Data that stand in the package itself are no metadata and may be personal: they are not kept.
const OF_RESOURCE: [&str; 13] = [
    "data",
    "name",
    "title",
    "description",
    "schema",
    "path",
    "type",
    "format",
    "mediatype",
    "homepage",
    "profile",
    "contributors",
    "keywords",
];

/// Keys of a table schema that are written as statements of their own.
const OF_SCHEMA: [&str; 4] = ["$schema", "fields", "primaryKey", "foreignKeys"];

/// Keys of a field that are written as statements of their own.
const OF_FIELD: [&str; 6] = [
    "name",
    "title",
    "description",
    "type",
    "constraints",
    "rdfType",
];

/// Reads data packages.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut packages: Vec<(Object, String, Option<u64>)> = Vec::new();
    let mut schemas: BTreeMap<String, Object> = BTreeMap::new();
    json::documents(inputs, report, |value, troubles| match value {
        Value::Object(package) if package.contains_key("resources") => {
            troubles.report.understood("package");
            packages.push((package, troubles.file.to_owned(), troubles.line));
        }
        Value::Object(schema) if schema.get("fields").is_some_and(Value::is_array) => {
            troubles.report.understood("table_schema");
            schemas.insert(troubles.file.to_owned(), schema);
        }
        _ => not_a_package(troubles.report, troubles.at("resources")),
    });
    let mut used = BTreeSet::new();
    for (package, file, line) in &packages {
        let mut writer = Writer {
            out,
            options,
            troubles: Troubles {
                report,
                file,
                line: *line,
            },
            schemas: &schemas,
            used: &mut used,
        };
        writer.package(package);
    }
    for file in schemas.keys().filter(|file| !used.contains(*file)) {
        not_a_package(report, Location::file(file).key("resources"));
    }
}

fn not_a_package(report: &mut Report, at: Location) {
    let message = "this is no data package: it has no `resources`";
    report.foreign("not_a_package", message, at);
    report.skipped += 1;
}

/// Gives the name of a file that lies below the folder of another; `None` for all places elsewhere.
fn beside(file: &str, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| *part != ".").collect();
    let is_below = parts.iter().all(|part| !part.is_empty() && *part != "..");
    if !is_below || path.contains([':', '\\']) {
        return None;
    }
    let folder = file.rsplit_once(['/', '\\']).map(|(folder, _)| folder);
    let path = parts.join("/");
    Some(folder.map_or(path.clone(), |folder| format!("{folder}/{path}")))
}

/// Gives the schema of a resource, also where it lies in a file of its own that was read with the package.
fn schema_of<'s>(
    resource: &Fields<'s>,
    schemas: &'s BTreeMap<String, Object>,
    file: &str,
) -> Option<&'s Object> {
    match resource.get("schema")? {
        Value::Object(schema) => Some(schema),
        Value::String(place) => schemas.get(&beside(file, place)?),
        _ => None,
    }
}

/// Gives what a resource without a name is called by: the file that its data are in.
fn name_of_path(path: &str) -> Option<&str> {
    let file = path.rsplit(['/', '\\']).next()?;
    let stem = file.split('.').next()?.trim();
    (!stem.is_empty()).then_some(stem)
}

struct Writer<'a> {
    out: &'a mut StatementBuilder,
    options: &'a Options,
    troubles: Troubles<'a>,
    /// The table schemas that lie in files of their own.
    schemas: &'a BTreeMap<String, Object>,
    /// Those that a resource refers to.
    used: &'a mut BTreeSet<String>,
}

impl Writer<'_> {
    fn package(&mut self, package: &Object) {
        let fields = Fields {
            object: package,
            path: "",
        };
        let name = fields.said("name", &mut self.troubles).unwrap_or("package");
        let mut tables: Vec<(String, Table)> = Vec::new();
        let resources = fields.objects("resources", &mut self.troubles);
        let mut written = Vec::new();
        for (path, resource) in &resources {
            let resource = Fields {
                object: resource,
                path,
            };
            let Some(own) = self.name_of(&resource) else {
                continue;
            };
            if tables.iter().any(|(known, _)| known == own) {
                self.warn("duplicate_resource", "another resource has this name", path);
                continue;
            }
            let table = self.resource(name, own, &resource, package);
            tables.push((own.to_owned(), table));
            written.push((own, resource));
        }
        for (own, resource) in written {
            self.foreign_keys(own, &resource, &tables);
        }
    }

    /// Gives the name of a resource, else that of its file.
    fn name_of<'r>(&mut self, resource: &Fields<'r>) -> Option<&'r str> {
        if let Some(own) = resource.said("name", &mut self.troubles) {
            return Some(own);
        }
        let paths = resource.texts("path", &mut self.troubles);
        let Some(name) = paths.first().and_then(|path| name_of_path(path)) else {
            self.warn("missing_name", "the resource has no name", resource.path);
            return None;
        };
        let at = self.troubles.at(resource.path);
        let message = format!("the resource has no name and is called `{name}`, as its file is");
        self.troubles.report.note("named_by_path", message, at);
        Some(name)
    }

    fn resource(
        &mut self,
        package: &str,
        name: &str,
        resource: &Fields<'_>,
        whole: &Object,
    ) -> Table {
        self.troubles.report.understood("dataset");
        let full = [package, name].map(path_part).join(".");
        let mut table = Table::declare(self.out, &[&full]);
        let iri = table.iri.clone();
        self.out.name(&iri, iso::NAME, name);
        self.out.text(&iri, dcterms::IDENTIFIER, &full);
        for (key, predicate) in [
            ("title", dcterms::TITLE),
            ("description", dcterms::DESCRIPTION),
            ("format", dcterms::FORMAT),
            ("mediatype", dcat::MEDIA_TYPE),
            ("homepage", dcat::LANDING_PAGE),
        ] {
            if let Some(text) = resource.said(key, &mut self.troubles) {
                self.out.text(&iri, predicate, text);
            }
        }
        for path in resource.texts("path", &mut self.troubles) {
            self.out.text(&iri, dcat::DOWNLOAD_URL, path);
        }
        // What is said of the package holds for each resource that does not say otherwise.
        for key in ["licenses", "sources"] {
            let said = resource.object.get(key).or_else(|| whole.get(key));
            if let Some(value) = said.filter(|value| !value.is_null()) {
                self.out.extra(&iri, key, value);
            }
        }
        self.people_and_words(&iri, resource, whole);
        for (key, value) in resource.object {
            let is_kept =
                !OF_RESOURCE.contains(&key.as_str()) && key != "licenses" && key != "sources";
            if is_kept && !value.is_null() {
                self.out.extra(&iri, key, value);
            }
        }
        self.schema(&mut table, resource);
        let asset = Asset {
            package,
            schema: package,
            name,
            ..Asset::default()
        };
        place(self.out, self.options, &iri, &asset);
        table
    }

    fn people_and_words(
        &mut self,
        iri: &graph_core::rdf::NamedNode,
        resource: &Fields<'_>,
        whole: &Object,
    ) {
        let package = Fields {
            object: whole,
            path: "",
        };
        for fields in [resource, &package] {
            for word in fields.texts("keywords", &mut self.troubles) {
                self.out.name(iri, dcat::KEYWORD, word);
            }
            for (path, person) in fields.objects("contributors", &mut self.troubles) {
                let person = Fields {
                    object: person,
                    path: &path,
                };
                // Version 1 has one role, version 2 a list.
                let mut roles = person.texts("roles", &mut self.troubles);
                roles.extend(person.said("role", &mut self.troubles));
                let mut parts = ["givenName", "familyName"]
                    .map(|key| person.said(key, &mut self.troubles).unwrap_or_default());
                parts.sort_by_key(|part| part.is_empty());
                let full = parts.join(" ");
                let title = person.said("title", &mut self.troubles);
                let Some(name) = title.or(Some(full.trim()).filter(|full| !full.is_empty())) else {
                    continue;
                };
                let mail = person.said("email", &mut self.troubles);
                let owner = self.out.owner(name, OwnerKind::Unknown, mail);
                if roles.is_empty() {
                    roles.push("contributor");
                }
                for role in roles {
                    let predicate = match role {
                        "publisher" => dcterms::PUBLISHER,
                        "maintainer" => ontologies::prov::WAS_ATTRIBUTED_TO,
                        _ => dcterms::CONTRIBUTOR,
                    };
                    self.out.link(iri, predicate, &owner);
                }
            }
        }
    }

    fn schema(&mut self, table: &mut Table, resource: &Fields<'_>) {
        let path = resource.path_of("schema");
        let found = schema_of(resource, self.schemas, self.troubles.file);
        // A schema may be elsewhere; nothing is fetched for it.
        if let Some(Value::String(place)) = resource.get("schema") {
            self.out.extra(&table.iri, "schema", &place.as_str().into());
            self.used.extend(beside(self.troubles.file, place));
            if found.is_none() {
                let message = "the schema lies elsewhere and was not read; it is if the folder of the package is read as a whole";
                self.warn("remote_schema", message, &path);
            }
        } else {
            resource.object("schema", &mut self.troubles);
        }
        let Some(schema) = found else {
            self.columns_of_data(table, resource);
            return;
        };
        let schema = Fields {
            object: schema,
            path: &path,
        };
        for (path, field) in schema.objects("fields", &mut self.troubles) {
            self.field(
                table,
                &Fields {
                    object: field,
                    path: &path,
                },
            );
        }
        let keys = schema.texts("primaryKey", &mut self.troubles);
        table.primary_key(self.out, &keys);
        for (key, value) in schema.object {
            if !OF_SCHEMA.contains(&key.as_str()) && !value.is_null() {
                self.out.extra(&table.iri, key, value);
            }
        }
    }

    /// Takes the columns from data that stand in the package itself: the keys of the first row, or its cells.
    fn columns_of_data(&mut self, table: &mut Table, resource: &Fields<'_>) {
        let first = resource
            .get("data")
            .and_then(|data| data.as_array()?.first());
        let names: Vec<&str> = match first {
            Some(Value::Object(row)) => row.keys().map(String::as_str).collect(),
            Some(Value::Array(row)) => row.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        for name in names {
            if table
                .column(self.out, name, &ColumnFacts::default())
                .is_some()
            {
                self.troubles.report.understood("column");
            }
        }
    }

    fn field(&mut self, table: &mut Table, field: &Fields<'_>) {
        let name = field.said("name", &mut self.troubles);
        let constraints = field.object("constraints", &mut self.troubles);
        let of = |key: &str| {
            constraints
                .and_then(|found| found.get(key))
                .and_then(Value::as_bool)
        };
        let facts = ColumnFacts {
            datatype: field.said("type", &mut self.troubles),
            description: field.said("description", &mut self.troubles),
            required: of("required"),
        };
        let added = name.and_then(|name| table.column(self.out, name, &facts));
        let Some(column) = added else {
            self.warn("bad_column", "the field has no name of its own", field.path);
            return;
        };
        self.troubles.report.understood("column");
        if let Some(title) = field.said("title", &mut self.troubles) {
            self.out.name(&column, dcterms::TITLE, title);
        }
        if of("unique") == Some(true) {
            self.out.extra(&column, "unique", &true.into());
        }
        if let Some(term) = field.said("rdfType", &mut self.troubles)
            && semantic_model::identity::is_absolute_iri(term)
        {
            self.out
                .link(&column, iso::REPRESENTS, &crate::statements::named(term));
        }
        for (key, value) in constraints.into_iter().flatten() {
            if key == "enum" {
                self.out.values(&column, iso::ALLOWED_VALUE, value);
            }
            if key != "required" && key != "unique" {
                self.out.extra(&column, key, value);
            }
        }
        if let Some(categories) = field.get("categories") {
            let bare = |category: &Value| category.get("value").unwrap_or(category).clone();
            let values = categories.as_array().into_iter().flatten().map(bare);
            let values = Value::Array(values.collect());
            self.out.values(&column, iso::ALLOWED_VALUE, &values);
        }
        for (key, value) in field.object {
            if !OF_FIELD.contains(&key.as_str()) && !value.is_null() {
                self.out.extra(&column, key, value);
            }
        }
    }

    fn foreign_keys(&mut self, own: &str, resource: &Fields<'_>, tables: &[(String, Table)]) {
        let path = resource.path_of("schema");
        let Some(schema) = schema_of(resource, self.schemas, self.troubles.file) else {
            return;
        };
        let find = |name: &str| {
            tables
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, table)| table)
        };
        let Some(table) = find(own) else { return };
        let schema = Fields {
            object: schema,
            path: &path,
        };
        for (path, key) in schema.objects("foreignKeys", &mut self.troubles) {
            let key = Fields {
                object: key,
                path: &path,
            };
            let from = key.texts("fields", &mut self.troubles);
            let reference_path = key.path_of("reference");
            let reference = key.object("reference", &mut self.troubles);
            let Some(reference) = reference else { continue };
            let reference = Fields {
                object: reference,
                path: &reference_path,
            };
            let to = reference.texts("fields", &mut self.troubles);
            // An empty name means the resource itself.
            let target = reference
                .said("resource", &mut self.troubles)
                .unwrap_or(own);
            let other = find(target);
            let pairs: Option<Vec<_>> = other.and_then(|other| {
                let ends = from.iter().zip(&to);
                ends.map(|(from, to)| Some((table.get(from)?, other.get(to)?)))
                    .collect()
            });
            if let Some(pairs) = pairs.filter(|pairs| !pairs.is_empty() && from.len() == to.len()) {
                self.troubles.report.understood("foreign_key");
                for (from, to) in pairs {
                    self.out.link(from, iso::REFERENCES, to);
                }
            } else {
                let message =
                    format!("the key refers to fields of `{target}` that are not in the package");
                self.out
                    .extra(&table.iri, "foreignKey", &Value::Object(key.object.clone()));
                self.warn("unresolved_reference", &message, &path);
            }
        }
    }

    fn warn(&mut self, code: &'static str, message: &str, path: &str) {
        let at = self.troubles.at(path);
        if self.troubles.report.warning(code, message, at) {
            self.troubles.report.skipped += 1;
        }
    }
}
