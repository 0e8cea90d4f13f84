//! Schema objects as datasets and their properties as columns.

use graph_core::rdf::NamedNode;
use ontologies::{csvw, dcat, dcterms, iso, prov};
use semantic_model::identity::IriKind;

use crate::odcs::index::{Column, Contract, Index, Object};
use crate::odcs::quality;
use crate::odcs::server::Server;
use crate::odcs::writer::Writer;
use crate::yaml::{Node, Value};

/// The keys of an object that are written as statements of their own.
const OBJECT_HANDLED: [&str; 11] = [
    "id",
    "name",
    "physicalName",
    "physicalType",
    "businessName",
    "description",
    "tags",
    "authoritativeDefinitions",
    "properties",
    "relationships",
    "quality",
];

/// The keys of a column that are written as statements of their own.
const COLUMN_HANDLED: [&str; 20] = [
    "id",
    "name",
    "physicalName",
    "physicalType",
    "businessName",
    "description",
    "tags",
    "authoritativeDefinitions",
    "properties",
    "items",
    "relationships",
    "quality",
    "required",
    "primaryKey",
    "primaryKeyPosition",
    "classification",
    "transformSourceObjects",
    "unique",
    "partitioned",
    "partitionKeyPosition",
];

/// Writes a schema object with everything below it.
pub(super) fn write(
    object: &Object<'_>,
    contract: &Contract<'_>,
    index: &Index<'_>,
    server: Option<&Server<'_>>,
    writer: &mut Writer<'_>,
) {
    let node = object.node;
    let iri = &object.iri;
    let physical = node.text_of("physicalName").unwrap_or(&object.name);
    writer.out.class(iri, dcat::DATASET_CLASS);
    writer.out.name(iri, iso::NAME, physical);
    title(iri, node, &object.name, physical, writer);
    let of_key = [
        ("description", dcterms::DESCRIPTION),
        ("id", dcterms::IDENTIFIER),
        ("physicalType", iso::MATERIALIZATION),
    ];
    for (key, predicate) in of_key {
        if let Some(text) = node.text_of(key) {
            writer.out.text(iri, predicate, text);
        }
    }
    if let Some(name) = server.and_then(|server| server.qualified_name(physical)) {
        writer.out.text(iri, iso::QUALIFIED_NAME, &name);
    }
    writer.out.link(iri, iso::IN_DOMAIN, &contract.domain);
    writer.out.link(iri, dcterms::CONFORMS_TO, &contract.iri);
    writer.tags(iri, node);
    writer.definitions(iri, node);
    quality::write(node, iri, &object.path, writer);
    columns(object, contract, index, writer);
    for relationship in node.get("relationships").map_or(&[][..], Node::items) {
        relate(relationship, None, iri, contract, index, writer);
    }
    writer.rest(iri, node, &OBJECT_HANDLED);
}

/// Adds a label when there is one that says more than the physical name.
fn title(iri: &NamedNode, node: &Node, name: &str, physical: &str, writer: &mut Writer<'_>) {
    let label = node.text_of("businessName").unwrap_or(name);
    if label != physical {
        writer.out.name(iri, dcterms::TITLE, label);
    }
    // The logical name would be lost where a business name is the label.
    if node.text_of("businessName").is_some() && name != physical {
        writer.out.extra(iri, "name", &name.into());
    }
}

fn columns(
    object: &Object<'_>,
    contract: &Contract<'_>,
    index: &Index<'_>,
    writer: &mut Writer<'_>,
) {
    if object.columns.is_empty() {
        return;
    }
    writer.out.class(&object.iri, csvw::TABLE_CLASS);
    let schema = writer.out.iri(IriKind::Schema, &object.path);
    writer.out.class(&schema, csvw::SCHEMA);
    writer.out.link(&object.iri, csvw::TABLE_SCHEMA, &schema);
    for (position, column) in (1..).zip(&object.columns) {
        writer.out.link(&schema, csvw::COLUMN, &column.iri);
        writer.out.integer(&column.iri, iso::POSITION, position);
        write_column(column, contract, index, writer);
    }
    let mut keys: Vec<(i64, usize, &str)> = Vec::new();
    for (position, column) in object.columns.iter().enumerate() {
        let node = column.flat.node;
        if node
            .get("primaryKey")
            .is_some_and(|key| key.value == Value::Bool(true))
        {
            let place = node
                .text_of("primaryKeyPosition")
                .and_then(|place| place.parse().ok());
            keys.push((
                place.filter(|place| *place > 0).unwrap_or(i64::MAX),
                position,
                &column.flat.physical,
            ));
        }
    }
    keys.sort_unstable();
    for (_, _, name) in &keys {
        writer.out.name(&schema, csvw::PRIMARY_KEY, name);
    }
    if keys.len() > 1 {
        // Statements have no order, and that of a composite key matters.
        let names: Vec<&str> = keys.iter().map(|(_, _, name)| *name).collect();
        writer.out.extra(&schema, "primaryKeyOrder", &names.into());
    }
}

fn write_column(
    column: &Column<'_>,
    contract: &Contract<'_>,
    index: &Index<'_>,
    writer: &mut Writer<'_>,
) {
    let node = column.flat.node;
    let iri = &column.iri;
    writer.out.class(iri, csvw::COLUMN_CLASS);
    writer.out.name(iri, csvw::NAME, &column.flat.physical);
    title(iri, node, &column.flat.path, &column.flat.physical, writer);
    let logical = node.text_of("logicalType");
    if let Some(datatype) = node.text_of("physicalType").or(logical) {
        writer.out.text(iri, csvw::DATATYPE, datatype);
    }
    let of_key = [
        ("description", dcterms::DESCRIPTION),
        ("id", dcterms::IDENTIFIER),
        ("classification", iso::CLASSIFICATION),
    ];
    for (key, predicate) in of_key {
        if let Some(text) = node.text_of(key) {
            writer.out.text(iri, predicate, text);
        }
    }
    writer.boolean(iri, csvw::REQUIRED, node, "required");
    writer.tags(iri, node);
    writer.definitions(iri, node);
    flags(iri, node, writer);
    sources(iri, node, contract, index, writer);
    for relationship in node.get("relationships").map_or(&[][..], Node::items) {
        relate(relationship, Some(iri), iri, contract, index, writer);
    }
    quality::write(node, iri, &column.path, writer);
    let options = node.get("logicalTypeOptions");
    let allowed = [
        node.get("enum"),
        options.and_then(|options| options.get("enum")),
    ];
    for values in allowed.into_iter().flatten() {
        writer
            .out
            .values(iri, iso::ALLOWED_VALUE, &values.to_json());
    }
    if let Some(examples) = node.get("examples") {
        writer
            .out
            .values(iri, iso::SAMPLE_VALUE, &examples.to_json());
    }
    if let Some(items) = node.get("items") {
        own_items(iri, items, writer);
    }
    writer.rest(iri, node, &COLUMN_HANDLED);
}

/// Keeps what has no place in the vocabulary, leaving out what only repeats a default.
fn flags(iri: &NamedNode, node: &Node, writer: &mut Writer<'_>) {
    for (flag, position) in [("unique", ""), ("partitioned", "partitionKeyPosition")] {
        let is_set = match node.get(flag).map(|value| (&value.value, value)) {
            Some((Value::Bool(is_set), _)) => *is_set,
            Some((_, value)) => {
                writer.extra(iri, flag, value);
                false
            }
            None => false,
        };
        if is_set {
            writer.out.extra(iri, flag, &true.into());
            if let Some(position) = node.get(position) {
                writer.extra(iri, "partitionKeyPosition", position);
            }
        }
    }
}

/// Keeps the items of an array without what is nested in them, for that became columns.
fn own_items(iri: &NamedNode, items: &Node, writer: &mut Writer<'_>) {
    let mut own = items.clone();
    if let Value::Map(entries) = &mut own.value {
        entries.retain(|entry| entry.key != "properties");
    }
    if !own.is_empty() {
        writer.extra(iri, "items", &own);
    }
}

/// Links a column to what it was made from; a name that nothing here has is kept as an extra.
fn sources(
    iri: &NamedNode,
    node: &Node,
    contract: &Contract<'_>,
    index: &Index<'_>,
    writer: &mut Writer<'_>,
) {
    for source in node
        .get("transformSourceObjects")
        .map_or(&[][..], Node::items)
    {
        match source.text().and_then(|name| index.resolve(name, contract)) {
            Some(found) if found != *iri => writer.out.link(iri, prov::WAS_DERIVED_FROM, &found),
            _ => writer.extra(iri, "transformSourceObject", source),
        }
    }
}

/// Writes a relationship: pairs of columns where both ends resolve; in any case nothing of it is lost.
fn relate(
    relationship: &Node,
    from_column: Option<&NamedNode>,
    owner: &NamedNode,
    contract: &Contract<'_>,
    index: &Index<'_>,
    writer: &mut Writer<'_>,
) {
    let ends = |key: &str| relationship.get(key).map_or(&[][..], Node::items);
    let resolve = |end: &Node| end.text().and_then(|name| index.resolve(name, contract));
    let to = ends("to");
    let from: Vec<Option<NamedNode>> = match from_column {
        Some(column) => vec![Some(column.clone()); to.len()],
        None => ends("from").iter().map(resolve).collect(),
    };
    if from.len() != to.len() || to.is_empty() {
        let message =
            "a relationship has not as many columns on one side as on the other".to_owned();
        writer.warn(
            "bad_relationship",
            message,
            relationship.place,
            "relationships",
        );
        writer.extra(owner, "relationship", relationship);
        return;
    }
    let mut is_whole = true;
    for (from, to) in from.iter().zip(to) {
        match (from, resolve(to)) {
            (Some(from), Some(to)) => writer.out.link(from, iso::REFERENCES, &to),
            (_, found) => {
                is_whole = false;
                let name = to.text().unwrap_or_default();
                let end = if found.is_none() {
                    format!("`{name}`")
                } else {
                    "its own side".to_owned()
                };
                let message =
                    format!("a relationship names {end}, which is no column of these contracts");
                writer.warn("unresolved_reference", message, to.place, "relationships");
            }
        }
    }
    let says_more = relationship.entries().iter().any(|entry| {
        !matches!(entry.key.as_ref(), "from" | "to") && entry.value.text() != Some("foreignKey")
    });
    if !is_whole || says_more || to.len() > 1 {
        writer.extra(owner, "relationship", relationship);
    }
}
