//! A contract as statements: itself, its product and domain, and around it servers, people and promises.

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, dprod, iso};

use crate::odcs::index::{Contract, Index};
use crate::odcs::server::Server;
use crate::odcs::writer::Writer;
use crate::odcs::{definitions, people, schema, server};
use crate::yaml::{Node, Value};

/// The keys that the functions below write.
const HANDLED: [&str; 19] = [
    "kind",
    "apiVersion",
    "id",
    "name",
    "version",
    "status",
    "domain",
    "dataProduct",
    "description",
    "tags",
    "authoritativeDefinitions",
    "schema",
    "servers",
    "team",
    "slaProperties",
    "roles",
    "support",
    "definitions",
    "contractCreatedTs",
];

/// Writes a contract and everything it describes.
pub(super) fn write(contract: &Contract<'_>, index: &Index<'_>, writer: &mut Writer<'_>) {
    let node = contract.node;
    describe_contract(contract, writer);
    describe_product(contract, writer);
    let owners = people::write(node, &contract.iri, writer);
    for owner in &owners {
        writer
            .out
            .link(&contract.product, dprod::DATA_PRODUCT_OWNER, owner);
    }
    let servers = server::list(contract);
    for object in &contract.objects {
        schema::write(object, contract, index, Server::main(&servers), writer);
        for owner in &owners {
            writer
                .out
                .link(&object.iri, ontologies::prov::WAS_ATTRIBUTED_TO, owner);
        }
    }
    for server in &servers {
        server.write(contract, writer);
    }
    promises(contract, index, writer);
    definitions::write(contract, writer);
    writer.rest(&contract.iri, node, &HANDLED);
}

fn describe_contract(contract: &Contract<'_>, writer: &mut Writer<'_>) {
    let node = contract.node;
    let iri = &contract.iri;
    writer.out.class(iri, iso::DATA_CONTRACT);
    writer.out.class(iri, dcterms::STANDARD);
    let title = ["name", "dataProduct", "id"]
        .iter()
        .find_map(|key| node.text_of(key));
    let title = title.or(contract.path.first().map(String::as_str));
    writer
        .out
        .name(iri, dcterms::TITLE, title.unwrap_or_default());
    for (key, predicate) in [
        ("id", dcterms::IDENTIFIER),
        ("version", dcat::VERSION),
        ("status", iso::STATUS),
    ] {
        if let Some(text) = node.text_of(key) {
            writer.out.text(iri, predicate, text);
        }
    }
    if let Some(version) = node.text_of("apiVersion") {
        writer.out.extra(iri, "apiVersion", &version.into());
    }
    if let Some(created) = node.text_of("contractCreatedTs") {
        writer.out.moment(iri, dcterms::CREATED, created);
    }
    writer.out.link(iri, iso::IN_DOMAIN, &contract.domain);
    writer.out.link(iri, iso::IN_PRODUCT, &contract.product);
    description(iri, node, writer);
    writer.tags(iri, node);
    writer.definitions(iri, node);
}

fn describe_product(contract: &Contract<'_>, writer: &mut Writer<'_>) {
    let node = contract.node;
    let purpose = node
        .get("description")
        .and_then(|description| description.text_of("purpose"));
    if let Some(purpose) = purpose {
        writer.out.text(&contract.product, dprod::PURPOSE, purpose);
    }
    for object in &contract.objects {
        writer
            .out
            .link(&contract.product, dprod::OUTPUT_DATASET, &object.iri);
    }
}

/// Writes a description: a text as it is, or purpose, usage and limitations as paragraphs.
pub(super) fn description(subject: &NamedNode, node: &Node, writer: &mut Writer<'_>) {
    let Some(described) = node.get("description") else {
        return;
    };
    if let Some(text) = described.text() {
        writer.out.text(subject, dcterms::DESCRIPTION, text);
        return;
    }
    let paragraphs: Vec<String> = [
        ("purpose", ""),
        ("usage", "Usage: "),
        ("limitations", "Limitations: "),
    ]
    .iter()
    .filter_map(|(key, before)| Some(format!("{before}{}", described.text_of(key)?)))
    .collect();
    writer
        .out
        .text(subject, dcterms::DESCRIPTION, &paragraphs.join("\n\n"));
    writer.definitions(subject, described);
    let handled = [
        "purpose",
        "usage",
        "limitations",
        "authoritativeDefinitions",
    ];
    if matches!(described.value, Value::Map(_)) {
        writer.rest(subject, described, &handled);
    } else {
        writer.extra(subject, "description", described);
    }
}

/// Keeps service levels, roles and support channels; a service level also stands on what it speaks of.
fn promises(contract: &Contract<'_>, index: &Index<'_>, writer: &mut Writer<'_>) {
    let node = contract.node;
    for level in node.get("slaProperties").map_or(&[][..], Node::items) {
        let key = format!("sla.{}", level.text_of("property").unwrap_or("unnamed"));
        writer.extra(&contract.iri, &key, level);
        let elements = level
            .text_of("element")
            .or_else(|| node.text_of("slaDefaultElement"));
        for element in elements.unwrap_or_default().split(',').map(str::trim) {
            if element.is_empty() {
                continue;
            }
            if let Some(found) = index.resolve(element, contract) {
                writer.extra(&found, &key, level);
                continue;
            }
            let message = format!("`{element}` is no object or column of these contracts");
            writer.warn(
                "unresolved_reference",
                message,
                level.place,
                "slaProperties",
            );
        }
    }
    for (list, key) in [("roles", "role"), ("support", "support")] {
        for item in node.get(list).map_or(&[][..], Node::items) {
            writer.extra(&contract.iri, key, item);
        }
    }
}
