//! Data product files of Bitol's Open Data Product Standard: the product, its ports and their contracts.

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, dprod, iso};
use semantic_model::identity::IriKind;

use crate::odcs::index::{Index, Product, contract_iri};
use crate::odcs::writer::Writer;
use crate::odcs::{contract, people, writer};
use crate::yaml::Node;

/// The keys that the functions below write.
const HANDLED: [&str; 15] = [
    "kind",
    "apiVersion",
    "id",
    "name",
    "version",
    "status",
    "domain",
    "description",
    "tags",
    "authoritativeDefinitions",
    "inputPorts",
    "outputPorts",
    "team",
    "support",
    "productCreatedTs",
];

/// Writes a product and its ports.
pub(super) fn write(product: &Product<'_>, index: &Index<'_>, writer: &mut Writer<'_>) {
    let node = product.node;
    let iri = &product.iri;
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
    if let Some(created) = node.text_of("productCreatedTs") {
        writer.out.moment(iri, dcterms::CREATED, created);
    }
    let purpose = node
        .get("description")
        .and_then(|description| description.text_of("purpose"))
        .or_else(|| node.text_of("valueProposition"));
    if let Some(purpose) = purpose {
        writer.out.text(iri, dprod::PURPOSE, purpose);
    }
    contract::description(iri, node, writer);
    writer.tags(iri, node);
    writer.definitions(iri, node);
    for owner in people::write(node, iri, writer) {
        writer.out.link(iri, dprod::DATA_PRODUCT_OWNER, &owner);
    }
    for (list, direction) in [
        ("inputPorts", Direction::In),
        ("outputPorts", Direction::Out),
    ] {
        for (position, port) in node
            .get(list)
            .map_or(&[][..], Node::items)
            .iter()
            .enumerate()
        {
            write_port(product, port, direction, position + 1, index, writer);
        }
    }
    for item in node.get("support").map_or(&[][..], Node::items) {
        writer.extra(iri, "support", item);
    }
    writer.rest(iri, node, &HANDLED);
}

/// Which way data goes through a port.
#[derive(Debug, Clone, Copy)]
enum Direction {
    In,
    Out,
}

impl Direction {
    fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }

    fn port(self) -> &'static str {
        match self {
            Self::In => dprod::INPUT_PORT,
            Self::Out => dprod::OUTPUT_PORT,
        }
    }

    fn dataset(self) -> &'static str {
        match self {
            Self::In => dprod::INPUT_DATASET,
            Self::Out => dprod::OUTPUT_DATASET,
        }
    }
}

fn write_port(
    product: &Product<'_>,
    port: &Node,
    direction: Direction,
    position: usize,
    index: &Index<'_>,
    writer: &mut Writer<'_>,
) {
    let name = port
        .text_of("name")
        .map_or_else(|| format!("port-{position}"), str::to_owned);
    let mut path = product.path.clone();
    path.extend([direction.name().to_owned(), name.clone()]);
    path.extend(port.text_of("version").map(str::to_owned));
    let service = writer.out.iri(IriKind::Service, &path);
    writer.understood("service", 1);
    writer.out.class(&service, dcat::DATA_SERVICE);
    writer.out.name(&service, dcterms::TITLE, &name);
    for (key, predicate) in [
        ("description", dcterms::DESCRIPTION),
        ("version", dcat::VERSION),
    ] {
        if let Some(text) = port.text_of(key) {
            writer.out.text(&service, predicate, text);
        }
    }
    writer.out.link(&product.iri, direction.port(), &service);
    if let Some(address) = port.text_of("accessURL").and_then(writer::iri) {
        writer.out.link(&service, dcat::ENDPOINT_URL, &address);
    }
    if let Some(id) = port.text_of("contractId") {
        data_behind(product, &service, id, port, direction, index, writer);
    }
    writer.tags(&service, port);
    writer.definitions(&service, port);
    let handled = [
        "name",
        "description",
        "version",
        "contractId",
        "tags",
        "authoritativeDefinitions",
    ];
    writer.rest(&service, port, &handled);
}

/// Links a port to its contract, and to the contract's data when that is among the inputs.
fn data_behind(
    product: &Product<'_>,
    service: &NamedNode,
    id: &str,
    port: &Node,
    direction: Direction,
    index: &Index<'_>,
    writer: &mut Writer<'_>,
) {
    let Some(contract) = index.contract_of_id(id) else {
        let iri = contract_iri(writer.out.source().as_str(), id);
        writer.out.link(service, dcterms::CONFORMS_TO, &iri);
        let message =
            format!("contract `{id}` of a port is not among the inputs, so its data is not known");
        writer.note("unknown_contract", message, port.place, "contractId");
        return;
    };
    writer
        .out
        .link(service, dcterms::CONFORMS_TO, &contract.iri);
    for object in &contract.objects {
        writer.out.link(service, dcat::SERVES_DATASET, &object.iri);
        writer
            .out
            .link(&product.iri, direction.dataset(), &object.iri);
    }
}
