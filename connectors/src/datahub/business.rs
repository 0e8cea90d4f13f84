//! Domains, data products and the glossary.

use ontologies::{dcat, dcterms, dprod, iso, owl, prov, skos};
use semantic_model::identity::EntityIri;

use super::proposals::Entity;
use super::{Writer, list, said, texts, urns};
use crate::statements::named;

pub(super) fn domain(
    writer: &mut Writer<'_>,
    urn: &str,
    entity: &Entity,
) -> &'static [&'static str] {
    let iri = urns::iri(urn);
    let properties = entity.aspect("domainProperties");
    let name = properties.and_then(|found| said(found, "name"));
    let name = name.unwrap_or_else(|| urns::last(urn));
    writer.out.class(&iri, iso::DOMAIN);
    writer.out.class(&iri, skos::CONCEPT);
    writer.out.name(&iri, skos::PREF_LABEL, name);
    writer.out.text(&iri, dcterms::IDENTIFIER, urn);
    if let Some(properties) = properties {
        if let Some(text) = said(properties, "description") {
            writer.out.text(&iri, skos::DEFINITION, text);
        }
        if let Some(parent) = said(properties, "parentDomain") {
            writer.out.link(&iri, skos::BROADER, &urns::iri(parent));
        }
    }
    // The domain of this name in all other sources, unless two here have the name.
    let same_name = writer.entities.all.values().filter(|other| {
        let properties = other.aspect("domainProperties");
        other.kind == "domain" && properties.and_then(|found| said(found, "name")) == Some(name)
    });
    if same_name.count() <= 1 {
        let known = named(EntityIri::domain(name).into_string());
        writer.out.link(&iri, owl::SAME_AS, &known);
    }
    writer.common(&iri, entity);
    &["domainProperties", "ownership", "institutionalMemory"]
}

pub(super) fn product(
    writer: &mut Writer<'_>,
    urn: &str,
    entity: &Entity,
) -> &'static [&'static str] {
    let iri = urns::iri(urn);
    let properties = entity.aspect("dataProductProperties");
    let name = properties.and_then(|found| said(found, "name"));
    let name = name.unwrap_or_else(|| urns::last(urn));
    writer.out.class(&iri, dprod::DATA_PRODUCT);
    writer.out.name(&iri, dcterms::TITLE, name);
    writer.out.name(&iri, iso::NAME, name);
    writer.out.text(&iri, dcterms::IDENTIFIER, urn);
    if let Some(text) = properties.and_then(|found| said(found, "description")) {
        writer.out.text(&iri, dcterms::DESCRIPTION, text);
    }
    for asset in list(properties, "assets") {
        if let Some(asset) = said(asset, "destinationUrn") {
            let asset_iri = urns::iri(asset);
            if urns::kind(asset) == Some("dataset") {
                writer.out.link(&iri, dprod::OUTPUT_DATASET, &asset_iri);
            } else {
                writer.out.link(&iri, dcterms::HAS_PART, &asset_iri);
            }
        }
    }
    for domain in texts(entity.aspect("domains"), "domains") {
        writer.out.link(&iri, dprod::DOMAIN, &urns::iri(domain));
    }
    for owner in list(entity.aspect("ownership"), "owners") {
        if let Some(owner) = said(owner, "owner").map(|urn| writer.owner(urn)) {
            writer.out.link(&iri, dprod::DATA_PRODUCT_OWNER, &owner);
        }
    }
    writer.tags(&iri, entity.aspect("globalTags"));
    writer.terms(&iri, entity.aspect("glossaryTerms"));
    &[
        "dataProductProperties",
        "domains",
        "ownership",
        "globalTags",
        "glossaryTerms",
    ]
}

/// Writes a term, or a node of the glossary, which is a term that others are narrower than.
pub(super) fn term(writer: &mut Writer<'_>, urn: &str, entity: &Entity) -> &'static [&'static str] {
    let iri = urns::iri(urn);
    let info = entity
        .aspect("glossaryTermInfo")
        .or_else(|| entity.aspect("glossaryNodeInfo"));
    let name = info.and_then(|found| said(found, "name"));
    writer.out.class(&iri, iso::TERM);
    writer.out.class(&iri, skos::CONCEPT);
    writer.out.name(
        &iri,
        skos::PREF_LABEL,
        name.unwrap_or_else(|| urns::last(urn)),
    );
    writer.out.text(&iri, dcterms::IDENTIFIER, urn);
    if let Some(info) = info {
        if let Some(text) = said(info, "definition") {
            writer.out.text(&iri, skos::DEFINITION, text);
        }
        if let Some(parent) = said(info, "parentNode") {
            writer.out.link(&iri, skos::BROADER, &urns::iri(parent));
        }
        if let Some(source) = said(info, "sourceRef") {
            writer.out.text(&iri, dcterms::SOURCE, source);
        }
    }
    let related = entity.aspect("glossaryRelatedTerms");
    for (key, predicate) in [
        ("isRelatedTerms", skos::BROADER),
        ("hasRelatedTerms", skos::RELATED),
        ("values", skos::RELATED),
        ("relatedTerms", skos::RELATED),
    ] {
        for other in texts(related, key) {
            writer.out.link(&iri, predicate, &urns::iri(other));
        }
    }
    writer.common(&iri, entity);
    &[
        "glossaryTermInfo",
        "glossaryNodeInfo",
        "glossaryRelatedTerms",
        "ownership",
        "domains",
        "institutionalMemory",
    ]
}

/// Writes containers, documents and properties: things with a name and words that others refer to.
pub(super) fn other(
    writer: &mut Writer<'_>,
    urn: &str,
    entity: &Entity,
) -> &'static [&'static str] {
    let iri = urns::iri(urn);
    writer.out.class(&iri, dcat::RESOURCE);
    writer.out.class(&iri, prov::ENTITY_CLASS);
    writer.out.text(&iri, dcterms::IDENTIFIER, urn);
    for (aspect, key, predicate) in [
        ("containerProperties", "name", dcterms::TITLE),
        ("containerProperties", "description", dcterms::DESCRIPTION),
        (
            "editableContainerProperties",
            "description",
            dcterms::DESCRIPTION,
        ),
        ("documentInfo", "title", dcterms::TITLE),
        ("propertyDefinition", "displayName", dcterms::TITLE),
        ("propertyDefinition", "description", dcterms::DESCRIPTION),
    ] {
        if let Some(text) = entity.aspect(aspect).and_then(|found| said(found, key)) {
            writer.out.text(&iri, predicate, text);
        }
    }
    writer.common(&iri, entity);
    &[
        "container",
        "containerProperties",
        "editableContainerProperties",
        "subTypes",
        "ownership",
        "globalTags",
        "glossaryTerms",
        "domains",
        "institutionalMemory",
    ]
}
