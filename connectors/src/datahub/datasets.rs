//! Datasets, their columns and their lineage.

use ontologies::{csvw, dcat, dcterms, iso, owl};
use semantic_model::identity::qualified_name;
use serde_json::Value;

use super::proposals::Entity;
use super::{Writer, list, said, texts, urns};
use crate::Asset;
use crate::json::{Object, integer_of};
use crate::lineage::{self, Way};
use crate::table::{ColumnFacts, Table, place};

const UNDERSTOOD: [&str; 18] = [
    "container",
    "datasetProperties",
    "datasetProfile",
    "deprecation",
    "documentation",
    "domains",
    "editableDatasetProperties",
    "editableSchemaMetadata",
    "globalTags",
    "glossaryTerms",
    "institutionalMemory",
    "ownership",
    "schemaMetadata",
    "siblings",
    "storageFeatures",
    "subTypes",
    "upstreamLineage",
    "viewProperties",
];

/// Platforms that see tables of others, so that their names are no names of tables.
const LOOKING_ON: [&str; 8] = [
    "dbt", "looker", "tableau", "powerbi", "mode", "superset", "metabase", "airflow",
];

pub(super) fn write(
    writer: &mut Writer<'_>,
    urn: &str,
    entity: &Entity,
) -> &'static [&'static str] {
    let mut table = table(writer, urn);
    let iri = table.iri.clone();
    writer.out.class(&iri, dcat::DATASET_CLASS);
    let (platform, name) = urns::dataset(urn).unwrap_or(("", urn));
    let name = without_instance(name, entity);
    let properties = entity.aspect("datasetProperties");
    let short = properties.and_then(|found| said(found, "name"));
    let last = short.unwrap_or_else(|| name.rsplit('.').next().unwrap_or(name));
    writer.out.name(&iri, iso::NAME, last);
    writer.out.text(&iri, dcterms::IDENTIFIER, urn);
    let full = properties
        .and_then(|found| said(found, "qualifiedName"))
        .unwrap_or(name);
    if !LOOKING_ON.contains(&platform) && !platform.is_empty() && full.contains('.') {
        let platform = if platform == "mssql" {
            "sqlserver"
        } else {
            platform
        };
        writer.out.text(
            &iri,
            iso::QUALIFIED_NAME,
            &qualified_name(platform, &[full]),
        );
    }
    for sibling in texts(entity.aspect("siblings"), "siblings") {
        writer.out.link(&iri, owl::SAME_AS, &urns::iri(sibling));
    }
    if let Some(kind) = texts(entity.aspect("subTypes"), "typeNames").next() {
        writer
            .out
            .text(&iri, iso::MATERIALIZATION, &kind.to_lowercase());
    }
    described(writer, &iri, entity);
    writer.common(&iri, entity);
    columns(writer, &mut table, entity);
    upstream(writer, &table, entity);
    let asset = Asset {
        name: last,
        ..Asset::default()
    };
    place(writer.out, writer.options, &iri, &asset);
    &UNDERSTOOD
}

fn table(writer: &Writer<'_>, urn: &str) -> Table {
    Table::at(writer.options.source.as_str(), urns::iri(urn))
}

/// Takes off the instance of the platform that DataHub puts before a name, when it says that there is one.
fn without_instance<'n>(name: &'n str, entity: &Entity) -> &'n str {
    let instance = entity.aspect("dataPlatformInstance");
    let instance = instance.and_then(|found| said(found, "instance"));
    let instance = instance.and_then(|urn| urns::parts(urn).get(1).copied());
    let rest = instance.and_then(|instance| name.strip_prefix(instance)?.strip_prefix('.'));
    rest.unwrap_or(name)
}

/// Writes words and figures; what people edited here comes before what was ingested.
fn described(writer: &mut Writer<'_>, iri: &graph_core::rdf::NamedNode, entity: &Entity) {
    let of = |aspect: &str| {
        entity
            .aspect(aspect)
            .and_then(|found| said(found, "description"))
    };
    let documented = list(entity.aspect("documentation"), "documentations").next();
    let text = of("editableDatasetProperties")
        .or_else(|| of("datasetProperties"))
        .or_else(|| documented.and_then(|found| said(found, "documentation")));
    if let Some(text) = text {
        writer.out.text(iri, dcterms::DESCRIPTION, text);
    }
    let rows = ["datasetProfile", "storageFeatures"]
        .iter()
        .find_map(|aspect| entity.aspect(aspect)?.get("rowCount").and_then(integer_of));
    if let Some(rows) = rows.filter(|rows| *rows >= 0) {
        writer.out.integer(iri, iso::ROW_COUNT, rows);
    }
    if let Some(properties) = entity.aspect("datasetProperties") {
        for key in ["externalUrl", "customProperties"] {
            let value = properties.get(key).filter(|value| {
                !value.is_null() && !value.as_object().is_some_and(Object::is_empty)
            });
            if let Some(value) = value {
                writer.out.extra(iri, key, value);
            }
        }
    }
    if let Some(view) = entity.aspect("viewProperties")
        && let Some(query) = view.get("viewLogic")
    {
        writer.out.extra(iri, "definition", query);
    }
    if let Some(deprecated) = entity.aspect("deprecation")
        && deprecated.get("deprecated") == Some(&Value::Bool(true))
    {
        writer.out.text(iri, iso::STATUS, "deprecated");
    }
}

fn columns(writer: &mut Writer<'_>, table: &mut Table, entity: &Entity) {
    let mut keys = Vec::new();
    for field in list(entity.aspect("schemaMetadata"), "fields") {
        let Some(path) = said(field, "fieldPath") else {
            continue;
        };
        let name = urns::plain_path(path);
        let facts = ColumnFacts {
            datatype: said(field, "nativeDataType"),
            description: said(field, "description"),
            required: field
                .get("nullable")
                .and_then(Value::as_bool)
                .map(|nullable| !nullable),
        };
        let Some(column) = table.column(writer.out, &name, &facts) else {
            continue;
        };
        writer.report.understood("column");
        if let Some(label) = said(field, "label") {
            writer.out.name(&column, dcterms::TITLE, label);
        }
        writer.tags(&column, field.get("globalTags").and_then(Value::as_object));
        writer.terms(
            &column,
            field.get("glossaryTerms").and_then(Value::as_object),
        );
        if field.get("isPartOfKey") == Some(&Value::Bool(true)) {
            keys.push(name);
        }
    }
    table.primary_key(writer.out, &keys);
    for field in list(
        entity.aspect("editableSchemaMetadata"),
        "editableSchemaFieldInfo",
    ) {
        let Some(path) = said(field, "fieldPath") else {
            continue;
        };
        let column = table.column_iri(&urns::plain_path(path));
        if let Some(text) = said(field, "description") {
            writer.out.text(&column, dcterms::DESCRIPTION, text);
        }
        writer.tags(&column, field.get("globalTags").and_then(Value::as_object));
        writer.terms(
            &column,
            field.get("glossaryTerms").and_then(Value::as_object),
        );
    }
    for key in list(entity.aspect("schemaMetadata"), "foreignKeys") {
        let ends = texts(Some(key), "sourceFields").zip(texts(Some(key), "foreignFields"));
        for (from, to) in ends {
            if let (Some(from), Some(to)) = (column(writer, from), column(writer, to)) {
                writer.out.link(&from, iso::REFERENCES, &to);
            }
        }
    }
}

/// Gives the column of a field's URN.
pub(super) fn column(writer: &Writer<'_>, urn: &str) -> Option<graph_core::rdf::NamedNode> {
    let (dataset, path) = urns::field(urn)?;
    Some(table(writer, dataset).column_iri(&path))
}

fn upstream(writer: &mut Writer<'_>, table: &Table, entity: &Entity) {
    let aspect = entity.aspect("upstreamLineage");
    for upstream in list(aspect, "upstreams") {
        if let Some(urn) = said(upstream, "dataset") {
            writer.report.understood("lineage");
            lineage::made(writer.out, &table.iri, &urns::iri(urn), &[]);
        }
    }
    fine_grained(writer, aspect);
}

/// Writes lineage between columns, of a dataset or of a job.
pub(super) fn fine_grained(writer: &mut Writer<'_>, aspect: Option<&Object>) {
    for edge in list(aspect, "fineGrainedLineages") {
        let operation = said(edge, "transformOperation").unwrap_or_default();
        let ways = [Way {
            kind: operation.to_owned(),
            ..Way::default()
        }];
        for to in texts(Some(edge), "downstreams") {
            for from in texts(Some(edge), "upstreams") {
                let end = |urn| column(writer, urn).unwrap_or_else(|| urns::iri(urn));
                let (to, from) = (end(to), end(from));
                writer.report.understood("column_lineage");
                lineage::made(writer.out, &to, &from, &ways);
            }
        }
    }
}

/// Writes what is said of a field by itself; fields that no schema has are only keys.
pub(super) fn write_field(
    writer: &mut Writer<'_>,
    urn: &str,
    entity: &Entity,
) -> &'static [&'static str] {
    let understood = &[
        "documentation",
        "globalTags",
        "glossaryTerms",
        "ownership",
        "domains",
        "institutionalMemory",
    ];
    let says_something = entity
        .aspects
        .keys()
        .any(|name| understood.contains(&name.as_str()));
    let Some((dataset, path)) = urns::field(urn).filter(|_| says_something) else {
        return understood;
    };
    let column = table(writer, dataset).column_iri(&path);
    let declared = writer.entities.all.get(dataset).is_some_and(|entity| {
        let mut fields = list(entity.aspect("schemaMetadata"), "fields");
        fields.any(|field| said(field, "fieldPath").map(urns::plain_path).as_ref() == Some(&path))
    });
    if !declared {
        // Somebody documented a field that the schema has not: the words are kept with the column they are meant for.
        writer.out.class(&column, csvw::COLUMN_CLASS);
        writer.out.name(&column, csvw::NAME, &path);
    }
    if let Some(found) = list(entity.aspect("documentation"), "documentations").next()
        && let Some(text) = said(found, "documentation")
    {
        writer.out.text(&column, dcterms::DESCRIPTION, text);
    }
    writer.common(&column, entity);
    understood
}
