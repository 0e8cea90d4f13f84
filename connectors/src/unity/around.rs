//! What stands around tables: the catalogs and schemas they are in, volumes beside them, and tags on all of them.

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, iso, prov};
use semantic_model::identity::IriKind;
use serde_json::Value;

use super::{Writer, full_name};
use crate::json::{Fields, Object, integer_of};
use crate::statements::OwnerKind;
use crate::table::{Table, path_part, path_parts};

/// Lists of answers that hold other things than tables, with what each item is.
const LISTS: [(&str, What); 10] = [
    ("catalogs", What::Catalog),
    ("schemas", What::Schema),
    ("volumes", What::Volume),
    ("tag_assignments", What::Tag),
    ("functions", What::Unread("functions")),
    ("registered_models", What::Unread("registered models")),
    ("model_versions", What::Unread("versions of models")),
    ("privilege_assignments", What::Unread("privileges")),
    ("external_locations", What::Unread("external locations")),
    ("storage_credentials", What::Unread("storage credentials")),
];

/// Keys that are written as statements of their own.
const HANDLED: [&str; 12] = [
    "name",
    "catalog_name",
    "schema_name",
    "full_name",
    "comment",
    "owner",
    "created_at",
    "updated_at",
    "properties",
    "id",
    "schema_id",
    "volume_id",
];

/// What an object of an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Table,
    Catalog,
    Schema,
    Volume,
    Tag,
    /// Something that is no data.
    Unread(&'static str),
}

impl What {
    /// Finds the lists of an answer.
    pub(super) fn lists(answer: &Object) -> Vec<(&'static str, Self)> {
        let known = [("tables", Self::Table)].into_iter().chain(LISTS);
        known
            .filter(|(key, _)| answer.get(*key).is_some_and(Value::is_array))
            .collect()
    }

    /// Knows a single object by the keys that only its kind has.
    pub(super) fn of(object: &Object) -> Option<Self> {
        let has = |key: &str| object.contains_key(key);
        let says = |kind: &str| object.get("securable_type").and_then(Value::as_str) == Some(kind);
        if has("volume_type") {
            Some(Self::Volume)
        } else if has("routine_body") || has("routine_definition") {
            Some(Self::Unread("functions"))
        } else if has("table_type") || has("columns") {
            Some(Self::Table)
        } else if has("tag_key") && has("entity_name") {
            Some(Self::Tag)
        } else if has("catalog_type") || says("CATALOG") {
            Some(Self::Catalog)
        } else {
            let is_named = has("name") && has("catalog_name") && !has("schema_name");
            (says("SCHEMA") || has("schema_id") || is_named).then_some(Self::Schema)
        }
    }
}

impl Writer<'_> {
    /// Writes what a catalog, schema, volume or tag says.
    pub(super) fn around(&mut self, what: What, object: &Object, path: &str) {
        match what {
            What::Table | What::Unread(_) => {}
            What::Catalog => self.container("catalog", object, path),
            What::Schema => self.container("schema", object, path),
            What::Volume => self.volume(object, path),
            What::Tag => self.tag(object, path),
        }
    }

    fn container(&mut self, kind: &str, object: &Object, path: &str) {
        let fields = Fields { object, path };
        let Some(name) = fields.said("name", &mut self.troubles) else {
            self.warn("missing_name", &format!("the {kind} has no name"), path);
            return;
        };
        let catalog = fields.said("catalog_name", &mut self.troubles);
        let full = match catalog.filter(|_| kind == "schema") {
            Some(catalog) => [catalog, name].map(path_part).join("."),
            None => path_part(name),
        };
        self.troubles.report.understood(kind);
        let iri = self.container_iri(&full);
        self.out.class(&iri, dcat::CATALOG_CLASS);
        self.out.name(&iri, dcterms::TITLE, name);
        self.out.name(&iri, iso::NAME, &full);
        if let Some(catalog) = catalog.filter(|_| kind == "schema") {
            let above = self.container_iri(&path_part(catalog));
            self.out.link(&iri, dcterms::IS_PART_OF, &above);
        }
        self.described(&iri, &fields, &["id", "schema_id"]);
    }

    fn container_iri(&self, full: &str) -> NamedNode {
        self.out.iri(IriKind::Service, &["catalog", full])
    }

    /// Says in which schema a table or volume is, and that the schema is in its catalog.
    pub(super) fn part_of(&mut self, iri: &NamedNode, object: &Object) {
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        if let (Some(catalog), Some(schema)) = (text("catalog_name"), text("schema_name")) {
            let full = [catalog, schema].map(path_part).join(".");
            if self.containers.contains(&full.to_lowercase()) {
                let schema = self.container_iri(&full);
                self.out.link(iri, dcterms::IS_PART_OF, &schema);
            }
        }
    }

    fn volume(&mut self, object: &Object, path: &str) {
        let fields = Fields { object, path };
        let full = full_name(object);
        if full.is_empty() {
            self.warn("missing_name", "the volume has no name", path);
            return;
        }
        self.troubles.report.understood("volume");
        // A volume and a table of one schema may have one name.
        let iri = Table::declare(self.out, &["volume", &full]).iri;
        let name = fields.said("name", &mut self.troubles).unwrap_or(&full);
        self.out.name(&iri, iso::NAME, name);
        self.out.text(&iri, iso::MATERIALIZATION, "volume");
        self.part_of(&iri, object);
        self.described(&iri, &fields, &["volume_id"]);
    }

    /// Writes what all securables say of themselves.
    fn described(&mut self, iri: &NamedNode, fields: &Fields<'_>, ids: &[&str]) {
        if let Some(comment) = fields.said("comment", &mut self.troubles) {
            self.out.text(iri, dcterms::DESCRIPTION, comment);
        }
        for id in ids {
            if let Some(id) = fields.said(id, &mut self.troubles) {
                self.out.text(iri, dcterms::IDENTIFIER, id);
            }
        }
        self.moments(iri, fields.object);
        if let Some(owner) = fields.said("owner", &mut self.troubles) {
            let owner = self.out.owner(owner, OwnerKind::Unknown, None);
            self.out.link(iri, prov::WAS_ATTRIBUTED_TO, &owner);
        }
        for (key, value) in fields.object {
            if !HANDLED.contains(&key.as_str()) && !value.is_null() {
                self.out.extra(iri, key, value);
            }
        }
        let properties = fields.object.get("properties").and_then(Value::as_object);
        for (key, value) in properties.into_iter().flatten() {
            self.out.extra(iri, key, value);
        }
    }

    pub(super) fn moments(&mut self, iri: &NamedNode, object: &Object) {
        for (key, predicate) in [
            ("created_at", dcterms::CREATED),
            ("updated_at", dcterms::MODIFIED),
        ] {
            let moment = object.get(key).and_then(integer_of);
            if let Some(moment) = moment.and_then(chrono::DateTime::from_timestamp_millis) {
                let moment = moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
                self.out.moment(iri, predicate, &moment);
            }
        }
    }

    /// Writes a tag that an answer of its own gives to something.
    fn tag(&mut self, object: &Object, path: &str) {
        let fields = Fields { object, path };
        let entity = fields.said("entity_name", &mut self.troubles);
        let kind = fields.said("entity_type", &mut self.troubles);
        let (Some(entity), Some(kind)) = (entity, kind) else {
            self.warn("missing_name", "the tag does not say of what it is", path);
            return;
        };
        let parts = path_parts(entity);
        let full = |parts: &[String]| {
            let parts = parts.iter().map(|part| path_part(part));
            parts.collect::<Vec<_>>().join(".")
        };
        let scope = self.out.source().as_str().to_owned();
        let iri = match (kind.to_lowercase().as_str(), parts.len()) {
            ("catalogs" | "schemas", _) => self.container_iri(&full(&parts)),
            ("tables", _) => Table::scoped(&scope, &[full(&parts)]).iri,
            ("volumes", _) => Table::scoped(&scope, &["volume".to_owned(), full(&parts)]).iri,
            ("columns", 4) => Table::scoped(&scope, &[full(&parts[..3])]).column_iri(&parts[3]),
            _ => {
                let message = format!("tags of {kind} were left out");
                self.warn("not_read", &message, path);
                return;
            }
        };
        self.troubles.report.understood("tag");
        self.tagged(&iri, object);
    }

    /// Writes the tags that something has, as keywords.
    pub(super) fn tags(&mut self, iri: &NamedNode, fields: &Fields<'_>) {
        if !fields.get("tags").is_some_and(Value::is_array) {
            return;
        }
        for (_, tag) in fields.objects("tags", &mut self.troubles) {
            self.tagged(iri, tag);
        }
    }

    fn tagged(&mut self, iri: &NamedNode, tag: &Object) {
        let text = |keys: [&str; 3]| {
            let mut found = keys.into_iter().filter_map(|key| tag.get(key)?.as_str());
            found.find(|text| !text.trim().is_empty())
        };
        if let Some(key) = text(["tag_key", "tag_name", "key"]) {
            let tag = match text(["tag_value", "value", ""]) {
                None | Some("true") => key.to_owned(),
                Some(value) => format!("{key}: {value}"),
            };
            self.out.name(iri, dcat::KEYWORD, &tag);
        }
    }
}
