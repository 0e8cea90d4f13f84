//! Apache Iceberg: metadata of tables (format versions 1 to 3) and views, and the REST catalog's answers around them.
//!
//! A table is known by its UUID: of several documents of one table the one that was written last counts.
//! `docs/formats/iceberg.md` says what becomes what.

mod fields;
#[cfg(test)]
mod tests;
mod view;

use std::collections::BTreeMap;

use ontologies::{dcterms, iso, prov};
use semantic_model::identity::qualified_name;
use serde_json::Value;

use crate::json::{self, Fields, Object, Troubles, integer_of};
use crate::table::{Table, place};
use crate::{Asset, Input, Options, Report, StatementBuilder};

/// The newest format of tables that was looked at.
const VERSION_MAX: i64 = 3;

/// A document that is one of a table or a view.
struct Metadata {
    file: String,
    object: Object,
    is_view: bool,
    updated: i64,
}

/// Reads metadata of tables and views.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut newest: BTreeMap<String, Metadata> = BTreeMap::new();
    for input in inputs {
        let mut troubles = Troubles {
            report,
            file: &input.name,
            line: None,
        };
        let Some((uuid, metadata)) = metadata(&input, &mut troubles) else {
            continue;
        };
        if let Some(known) = newest.get(&uuid) {
            let is_newer = metadata.updated > known.updated;
            let old = if is_newer { &known.file } else { &input.name };
            let at = crate::Location::file(old.clone());
            let message = format!("table `{uuid}` has newer metadata in another document");
            troubles.report.note("older_metadata", message, at);
            if !is_newer {
                continue;
            }
        }
        newest.insert(uuid, metadata);
    }
    for (uuid, metadata) in newest {
        let troubles = Troubles {
            report,
            file: &metadata.file,
            line: None,
        };
        let mut writer = Writer {
            out,
            options,
            troubles,
        };
        writer.write(&uuid, &metadata);
    }
}

/// Finds the metadata in a document, and whether it can be understood.
fn metadata(input: &Input, troubles: &mut Troubles<'_>) -> Option<(String, Metadata)> {
    let value = json::document(&input.bytes, troubles)?;
    let Value::Object(mut object) = value else {
        troubles.wrong_type("", "an object", &value);
        return None;
    };
    // An answer of the REST catalog wraps it.
    if let Some(Value::Object(inner)) = object.shift_remove("metadata") {
        object = inner;
    }
    let fields = Fields {
        object: &object,
        path: "",
    };
    let is_view = object.contains_key("view-uuid");
    let key = if is_view { "view-uuid" } else { "table-uuid" };
    if !object.contains_key("format-version") {
        let at = troubles.at("");
        let message = "this is no metadata of a table or a view";
        troubles.report.note("not_metadata", message, at);
        troubles.report.skipped += 1;
        return None;
    }
    let version = fields.integer("format-version", troubles).unwrap_or(0);
    let known = 1..=if is_view { 1 } else { VERSION_MAX };
    if !known.contains(&version) {
        let at = troubles.at("format-version");
        let message = format!("format version {version} is not known");
        troubles.report.error("unknown_version", message, at);
        troubles.report.skipped += 1;
        return None;
    }
    // Version 1 may have none; then the place stands for the table.
    let uuid = fields
        .said(key, troubles)
        .or_else(|| fields.said("location", troubles));
    let Some(uuid) = uuid.map(str::to_owned) else {
        let at = troubles.at(key);
        let message = format!("there is neither `{key}` nor `location`");
        troubles.report.error("missing_key", message, at);
        troubles.report.skipped += 1;
        return None;
    };
    let updated = object
        .get("last-updated-ms")
        .and_then(integer_of)
        .unwrap_or(0);
    let file = input.name.clone();
    Some((
        uuid,
        Metadata {
            file,
            object,
            is_view,
            updated,
        },
    ))
}

struct Writer<'a> {
    out: &'a mut StatementBuilder,
    options: &'a Options,
    troubles: Troubles<'a>,
}

impl Writer<'_> {
    fn write(&mut self, uuid: &str, metadata: &Metadata) {
        let fields = Fields {
            object: &metadata.object,
            path: "",
        };
        let version = view::current_version(&metadata.object);
        let wanted = match version {
            Some(version) => version.get("schema-id").and_then(integer_of),
            None => metadata
                .object
                .get("current-schema-id")
                .and_then(integer_of),
        };
        let Some(schema) = schema(&metadata.object, wanted) else {
            let at = self.troubles.at("schemas");
            let message = match wanted {
                Some(id) => format!("there is no schema {id}"),
                None => "there is no current schema".to_owned(),
            };
            self.troubles.report.error("missing_schema", message, at);
            self.troubles.report.skipped += 1;
            return;
        };
        self.required(metadata);
        self.troubles.report.understood("dataset");
        let mut table = Table::declare(self.out, &[uuid]);
        let iri = table.iri.clone();
        self.out.text(&iri, dcterms::IDENTIFIER, uuid);
        let location = fields.said("location", &mut self.troubles).unwrap_or(uuid);
        let location = location.trim_end_matches('/');
        let name = location.rsplit('/').next().unwrap_or(location);
        self.out.name(&iri, iso::NAME, name);
        self.out.extra(&iri, "location", &location.into());
        // The place of the files is what engines and events know the table by.
        if let Some((scheme, path)) = location.split_once("://")
            && !path.is_empty()
            && !location.contains(['"', '`'])
        {
            let scheme = if scheme == "s3a" || scheme == "s3n" {
                "s3"
            } else {
                scheme
            };
            self.out
                .text(&iri, iso::QUALIFIED_NAME, &qualified_name(scheme, &[path]));
        }
        let kind = if metadata.is_view { "view" } else { "table" };
        self.out.text(&iri, iso::MATERIALIZATION, kind);
        self.properties(&iri, &metadata.object);
        let count = fields::write(self.out, &mut table, schema);
        self.troubles.report.understood_many("column", count);
        if let Some(version) = version {
            view::write(self, &iri, version);
        }
        let asset = Asset {
            name,
            ..Asset::default()
        };
        place(self.out, self.options, &iri, &asset);
    }

    fn properties(&mut self, iri: &graph_core::rdf::NamedNode, object: &Object) {
        let properties = object.get("properties").and_then(Value::as_object);
        for (key, value) in properties.into_iter().flatten() {
            match (key.as_str(), value.as_str()) {
                ("comment", Some(text)) => self.out.text(iri, dcterms::DESCRIPTION, text),
                ("owner", Some(owner)) => self.out.extra(iri, "relation_owner", &owner.into()),
                _ => self.out.extra(iri, key, value),
            }
        }
        if let Some(specs) = object
            .get("partition-specs")
            .or_else(|| object.get("partition-spec"))
        {
            self.out.extra(iri, "partition-specs", specs);
        }
        if let Some(orders) = object.get("sort-orders") {
            self.out.extra(iri, "sort-orders", orders);
        }
        let current = object.get("current-snapshot-id").and_then(integer_of);
        let snapshots = object.get("snapshots").and_then(Value::as_array);
        let snapshot = snapshots.into_iter().flatten().find(|snapshot| {
            current.is_some() && snapshot.get("snapshot-id").and_then(integer_of) == current
        });
        let Some(snapshot) = snapshot else { return };
        let rows = snapshot
            .get("summary")
            .and_then(|summary| summary.get("total-records"));
        if let Some(rows) = rows
            .and_then(Value::as_str)
            .and_then(|rows| rows.parse::<i64>().ok())
            && rows >= 0
        {
            self.out.integer(iri, iso::ROW_COUNT, rows);
        }
        let written = snapshot.get("timestamp-ms").and_then(integer_of);
        let written = written.and_then(chrono::DateTime::from_timestamp_millis);
        if let Some(written) = written {
            let text = written.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
            self.out.moment(iri, prov::GENERATED_AT_TIME, &text);
        }
    }

    /// Names what the standard demands and the document lacks; the table is read all the same.
    fn required(&mut self, metadata: &Metadata) {
        let version = metadata.object.get("format-version").and_then(integer_of);
        if metadata.is_view || version == Some(1) {
            return;
        }
        for key in [
            "partition-specs",
            "default-spec-id",
            "last-partition-id",
            "sort-orders",
            "default-sort-order-id",
        ] {
            if !metadata.object.contains_key(key) {
                let at = self.troubles.at(key);
                let message = format!("the standard demands `{key}`, which is not there");
                self.troubles.report.warning("missing_key", message, at);
            }
        }
    }
}

/// Gives the schema of a number, or the only one of version 1.
fn schema(object: &Object, wanted: Option<i64>) -> Option<&Object> {
    let schemas = object.get("schemas").and_then(Value::as_array);
    let found = schemas
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .find(|schema| wanted.is_some() && schema.get("schema-id").and_then(integer_of) == wanted);
    let single = object.get("schema").and_then(Value::as_object);
    found
        .or(single)
        .filter(|schema| schema.get("fields").is_some_and(Value::is_array))
}
