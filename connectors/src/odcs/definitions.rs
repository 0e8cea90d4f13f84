//! The definitions of a contract as terms of the business.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, iso, rdfs, skos};
use semantic_model::identity::{EntityIri, IriKind};

use crate::odcs::index::Contract;
use crate::odcs::writer::{Writer, iri};
use crate::statements::named;
use crate::yaml::{Node, Value};

/// The keys that are written as statements of their own.
const HANDLED: [&str; 6] = ["name", "title", "description", "domain", "tags", "links"];

/// The IRI of the term that a definition of a contract becomes.
pub(super) fn term_iri(source: &str, contract: &str, name: &str) -> NamedNode {
    named(EntityIri::new(IriKind::Term, source, &[contract, name]).into_string())
}

/// Writes each definition as a term; what is no map of definitions is kept as it is.
pub(super) fn write(contract: &Contract<'_>, writer: &mut Writer<'_>) {
    let Some(definitions) = contract.node.get("definitions") else {
        return;
    };
    let is_list_of_terms = matches!(definitions.value, Value::Map(_))
        && definitions
            .entries()
            .iter()
            .all(|entry| matches!(entry.value.value, Value::Map(_)));
    if !is_list_of_terms {
        writer.extra(&contract.iri, "definitions", definitions);
        return;
    }
    let source = writer.out.source().as_str().to_owned();
    let id = contract.node.text_of("id").unwrap_or_default();
    for definition in definitions.entries() {
        let term = term_iri(&source, id, &definition.key);
        writer.understood("term", 1);
        write_term(&term, &definition.key, &definition.value, contract, writer);
    }
}

fn write_term(
    term: &NamedNode,
    key: &str,
    node: &Node,
    contract: &Contract<'_>,
    writer: &mut Writer<'_>,
) {
    let out = &mut *writer.out;
    out.class(term, iso::TERM);
    out.class(term, skos::CONCEPT);
    let name = node.text_of("name").unwrap_or(key);
    let label = node.text_of("title").unwrap_or(name);
    out.name(term, skos::PREF_LABEL, label);
    if label != name {
        out.name(term, skos::ALT_LABEL, name);
    }
    if let Some(text) = node.text_of("description") {
        out.text(term, skos::DEFINITION, text);
    }
    let domain = match node.text_of("domain") {
        Some(domain) => out.domain(domain),
        None => contract.domain.clone(),
    };
    out.link(term, iso::IN_DOMAIN, &domain);
    out.link(term, dcterms::SOURCE, &contract.iri);
    writer.tags(term, node);
    for link in node.get("links").map_or(&[][..], Node::entries) {
        match link.value.text().and_then(iri) {
            Some(page) => writer.out.link(term, rdfs::SEE_ALSO, &page),
            None => writer.extra(term, &format!("links.{}", link.key), &link.value),
        }
    }
    writer.rest(term, node, &HANDLED);
}
