//! Which domain and data product a document belongs to.

use std::collections::BTreeSet;

use crate::odcs::{Document, DocumentKind, at};
use crate::yaml::Node;
use crate::{Asset, Options, Report};

/// The domain and product of a document by name.
#[derive(Clone)]
pub(super) struct Placed {
    pub(super) domain: String,
    pub(super) product: String,
}

/// The output ports of a product.
pub(super) fn ports_of<'a>(product: &'a Document<'_>) -> &'a [Node] {
    let ports = product.node.get("outputPorts");
    ports.map_or(&[][..], Node::items)
}

/// The domain that the contracts of a product's ports name, where they agree.
pub(super) fn domain_of_contracts<'a>(
    product: &Document<'_>,
    documents: &'a [Document<'_>],
) -> Option<&'a str> {
    let ids: BTreeSet<&str> = ports_of(product)
        .iter()
        .filter_map(|port| port.text_of("contractId"))
        .collect();
    let mut domains = documents
        .iter()
        .filter(|document| document.kind == DocumentKind::Contract)
        .filter(|document| {
            document
                .node
                .text_of("id")
                .is_some_and(|id| ids.contains(id))
        })
        .filter_map(|document| document.node.text_of("domain"));
    let first = domains.next()?;
    domains.all(|other| other == first).then_some(first)
}

/// The names of a document's domain and product: as it says, else as the mapping says, else its own name in
/// the domain that its contracts have, the mapping's default domain or one named like the source.
pub(super) fn place(
    document: &Document<'_>,
    inherited: Option<&str>,
    options: &Options,
    report: &mut Report,
) -> Placed {
    let node = &document.node;
    let name = node.text_of("name").or_else(|| node.text_of("id"));
    let tags: Vec<String> = node
        .get("tags")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|tag| tag.text().map(str::to_owned))
        .collect();
    let server = node
        .get("servers")
        .and_then(|servers| servers.items().first());
    let of_server = |key| {
        server
            .and_then(|server| server.text_of(key))
            .unwrap_or_default()
    };
    let mapped = options.mapping.place(&Asset {
        source: options.source.as_str(),
        name: name.unwrap_or_default(),
        tags: &tags,
        database: of_server("database"),
        schema: of_server("schema"),
        ..Asset::default()
    });
    let domain = node
        .text_of("domain")
        .map(str::to_owned)
        .or(mapped.domain)
        .or_else(|| inherited.map(str::to_owned))
        .or_else(|| options.mapping.default_domain.clone())
        .unwrap_or_else(|| {
            let source = options.source.as_str();
            let message = format!("no domain is named; it is put into one called `{source}`");
            let location = at(document.file, node.place).key("domain");
            report.note("no_domain", message, location);
            source.to_owned()
        });
    let file = document
        .file
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(document.file);
    let product = match document.kind {
        DocumentKind::Contract => node.text_of("dataProduct").map(str::to_owned),
        DocumentKind::Product => None,
    };
    Placed {
        domain,
        product: product
            .or(mapped.product)
            .unwrap_or_else(|| name.unwrap_or(file).to_owned()),
    }
}
