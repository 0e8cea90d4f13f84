//! Frictionless data packages: `datapackage.json` with its resources and their table schemas.
//!
//! A resource becomes a dataset with columns, keys and references; a package becomes a data product when the mapping or
//! the package places it in a domain. `docs/formats/frictionless.md` says what becomes what.

#[cfg(test)]
mod tests;

use ontologies::{dcat, dcterms, iso};
use serde_json::Value;

use crate::json::{self, Fields, Object, Troubles};
use crate::statements::OwnerKind;
use crate::table::{ColumnFacts, Table, path_part, place};
use crate::{Asset, Input, Options, Report, StatementBuilder};

/// Keys of a resource that are written as statements of their own, or are where its data are.
const OF_RESOURCE: [&str; 12] = [
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
    json::documents(inputs, report, |value, troubles| match value {
        Value::Object(package) if package.contains_key("resources") => {
            let mut writer = Writer {
                out,
                options,
                troubles,
            };
            writer.package(&package);
        }
        _ => {
            let at = troubles.at("resources");
            let message = "this is no data package: it has no `resources`";
            troubles.report.foreign("not_a_package", message, at);
            troubles.report.skipped += 1;
        }
    });
}

struct Writer<'a> {
    out: &'a mut StatementBuilder,
    options: &'a Options,
    troubles: Troubles<'a>,
}

impl Writer<'_> {
    fn package(&mut self, package: &Object) {
        let fields = Fields {
            object: package,
            path: "",
        };
        let name = fields.said("name", &mut self.troubles).unwrap_or("package");
        self.troubles.report.understood("package");
        let mut tables: Vec<(String, Table)> = Vec::new();
        let resources = fields.objects("resources", &mut self.troubles);
        for (path, resource) in &resources {
            let resource = Fields {
                object: resource,
                path,
            };
            let Some(own) = resource.said("name", &mut self.troubles) else {
                self.warn("missing_name", "the resource has no name", path);
                continue;
            };
            if tables.iter().any(|(known, _)| known == own) {
                self.warn("duplicate_resource", "another resource has this name", path);
                continue;
            }
            let table = self.resource(name, own, &resource, package);
            tables.push((own.to_owned(), table));
        }
        for (path, resource) in &resources {
            let Some(own) = resource.get("name").and_then(Value::as_str).map(str::trim) else {
                continue;
            };
            self.foreign_keys(own, resource, path, &tables);
        }
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
                let role = person
                    .said("role", &mut self.troubles)
                    .unwrap_or("contributor");
                let Some(name) = person.said("title", &mut self.troubles) else {
                    continue;
                };
                let mail = person.said("email", &mut self.troubles);
                let owner = self.out.owner(name, OwnerKind::Unknown, mail);
                let predicate = match role {
                    "publisher" => dcterms::PUBLISHER,
                    "maintainer" => ontologies::prov::WAS_ATTRIBUTED_TO,
                    _ => dcterms::CONTRIBUTOR,
                };
                self.out.link(iri, predicate, &owner);
            }
        }
    }

    fn schema(&mut self, table: &mut Table, resource: &Fields<'_>) {
        let path = resource.path_of("schema");
        // A schema may be elsewhere; nothing is fetched for it.
        if let Some(Value::String(place)) = resource.get("schema") {
            self.out.extra(&table.iri, "schema", &place.as_str().into());
            self.warn(
                "remote_schema",
                "the schema lies elsewhere and was not read",
                &path,
            );
            return;
        }
        let Some(schema) = resource.object("schema", &mut self.troubles) else {
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
        for (key, value) in field.object {
            if !OF_FIELD.contains(&key.as_str()) && !value.is_null() {
                self.out.extra(&column, key, value);
            }
        }
    }

    fn foreign_keys(
        &mut self,
        own: &str,
        resource: &Object,
        path: &str,
        tables: &[(String, Table)],
    ) {
        let path = format!("{path}.schema");
        let Some(schema) = resource.get("schema").and_then(Value::as_object) else {
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
