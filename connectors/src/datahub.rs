//! DataHub's file export: metadata change proposals, and the older change events with snapshots.
//!
//! A file is a list of proposals, each with one aspect of one entity; a later one replaces an earlier one. Entities keep
//! their URNs as IRIs. `docs/formats/datahub.md` says what becomes what; aspects that say nothing about data (browse
//! paths, ranking features) are counted in the report and left out, all others that are not understood are kept.

mod business;
mod checks;
mod datasets;
mod jobs;
mod patch;
mod proposals;
#[cfg(test)]
mod tests;
mod urns;

use std::collections::BTreeMap;

use graph_core::rdf::NamedNode;
use serde_json::Value;

use self::proposals::{Entities, Entity};
use crate::json::{self, Object};
use crate::statements::OwnerKind;
use crate::{Input, Options, Report, StatementBuilder};

/// Reads the files of an export; all of them together are one state.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut entities = Entities::default();
    json::documents(inputs, report, |value, troubles| {
        proposals::read(value, &mut entities, troubles);
    });
    if entities.bare_patches > 0 {
        let message = format!(
            "{} patches are of aspects that the export does not hold: only what they add is known",
            entities.bare_patches
        );
        report.note("bare_patch", message, crate::Location::default());
    }
    let mut writer = Writer {
        entities: &entities,
        options,
        report,
        out,
        unknown: BTreeMap::new(),
    };
    for (urn, entity) in &entities.all {
        writer.entity(urn, entity);
    }
    writer.report_unknown();
}

/// Aspects that are about DataHub itself, or follow from others.
const IGNORED: [&str; 19] = [
    "assertionsSummary",
    "assetSettings",
    "browsePaths",
    "browsePathsV2",
    "corpUserSettings",
    "corpUserStatus",
    "corpUserUsageFeatures",
    "embed",
    "entityInferenceMetadata",
    "groupMembership",
    "lineageFeatures",
    "nativeGroupMembership",
    "origin",
    "proposals",
    "roleMembership",
    "schemaProposals",
    "status",
    "testResults",
    "dataPlatformInstance",
];

/// Aspects that any entity may have, which `common` writes.
const COMMON: [&str; 8] = [
    "container",
    "domains",
    "globalTags",
    "glossaryTerms",
    "institutionalMemory",
    "ownership",
    "structuredProperties",
    "subTypes",
];

struct Writer<'a> {
    entities: &'a Entities,
    options: &'a Options,
    report: &'a mut Report,
    out: &'a mut StatementBuilder,
    /// Aspects that are kept but not understood.
    unknown: BTreeMap<(String, String), u64>,
}

impl Writer<'_> {
    fn entity(&mut self, urn: &str, entity: &Entity) {
        let removed = entity
            .aspect("status")
            .and_then(|status| status.get("removed"));
        if removed == Some(&Value::Bool(true)) {
            self.report.understood(&format!("removed {}", entity.kind));
            return;
        }
        let understood: &[&str] = match entity.kind.as_str() {
            "dataset" => datasets::write(self, urn, entity),
            "schemaField" => datasets::write_field(self, urn, entity),
            "domain" => business::domain(self, urn, entity),
            "dataProduct" => business::product(self, urn, entity),
            "glossaryTerm" | "glossaryNode" => business::term(self, urn, entity),
            "dataJob" | "dataFlow" => jobs::write(self, urn, entity),
            "chart" | "dashboard" => jobs::write_report(self, urn, entity),
            "assertion" => checks::write(self, urn, entity),
            "container" | "document" | "structuredProperty" => business::other(self, urn, entity),
            // They are written by whoever refers to them, under the names that they have here.
            "corpuser" | "corpGroup" | "tag" => {
                self.report.understood(&entity.kind);
                return;
            }
            _ => &[],
        };
        self.report.understood(match entity.kind.as_str() {
            "dataset" => "dataset",
            "dataProduct" => "product",
            "glossaryTerm" => "term",
            other => other,
        });
        let iri = urns::iri(urn);
        for (name, value) in &entity.aspects {
            let is_key = name.ends_with("Key");
            if is_key
                || COMMON.contains(&name.as_str())
                || understood.contains(&name.as_str())
                || IGNORED.contains(&name.as_str())
            {
                continue;
            }
            *self
                .unknown
                .entry((entity.kind.clone(), name.clone()))
                .or_default() += 1;
            self.out.extra(&iri, name, &Value::Object(value.clone()));
        }
    }

    fn report_unknown(&mut self) {
        for ((kind, aspect), count) in std::mem::take(&mut self.unknown) {
            let message = format!(
                "aspect `{aspect}` of a {kind} is not understood; {count} were kept as they are"
            );
            let at = crate::Location::default().key(aspect);
            self.report.note("unknown_aspect", message, at);
        }
    }

    /// Writes what every kind of entity may have: owners, tags, terms, links, domain.
    fn common(&mut self, iri: &NamedNode, entity: &Entity) {
        let ownership = entity.aspect("ownership");
        for owner in list(ownership, "owners") {
            if let Some(owner) = said(owner, "owner").map(|urn| self.owner(urn)) {
                self.out
                    .link(iri, ontologies::prov::WAS_ATTRIBUTED_TO, &owner);
            }
        }
        self.tags(iri, entity.aspect("globalTags"));
        self.terms(iri, entity.aspect("glossaryTerms"));
        for domain in texts(entity.aspect("domains"), "domains") {
            let domain = urns::iri(domain);
            self.out.link(iri, ontologies::iso::IN_DOMAIN, &domain);
        }
        let container = entity.aspect("container");
        if let Some(container) = container.and_then(|found| said(found, "container")) {
            let container = urns::iri(container);
            self.out
                .link(iri, ontologies::dcterms::IS_PART_OF, &container);
        }
        for kind in texts(entity.aspect("subTypes"), "typeNames") {
            self.out
                .text(iri, ontologies::dcterms::TYPE, &kind.to_lowercase());
        }
        for property in list(entity.aspect("structuredProperties"), "properties") {
            self.property(iri, property);
        }
        for element in list(entity.aspect("institutionalMemory"), "elements") {
            if let Some(url) = said(element, "url") {
                self.out.text(iri, ontologies::dcat::LANDING_PAGE, url);
            }
        }
    }

    /// Keeps a property that a company has defined itself, under the name that people read.
    fn property(&mut self, iri: &NamedNode, property: &Object) {
        let Some(urn) = said(property, "propertyUrn") else {
            return;
        };
        // A value is written with its type: `{"string": "x"}`.
        let bare = |value: &Value| match value {
            Value::Object(typed) => typed.values().next().cloned().unwrap_or_default(),
            other => other.clone(),
        };
        let values = property.get("values").and_then(Value::as_array);
        let values: Vec<Value> = values.into_iter().flatten().map(bare).collect();
        let name = self.entities.name_of(urn);
        self.out.extra(iri, &name, &Value::Array(values));
    }

    fn tags(&mut self, iri: &NamedNode, aspect: Option<&Object>) {
        for tag in list(aspect, "tags") {
            if let Some(urn) = said(tag, "tag") {
                let name = self.entities.name_of(urn);
                self.out.name(iri, ontologies::dcat::KEYWORD, &name);
            }
        }
    }

    fn terms(&mut self, iri: &NamedNode, aspect: Option<&Object>) {
        for term in list(aspect, "terms") {
            if let Some(urn) = said(term, "urn") {
                let term = urns::iri(urn);
                self.out.link(iri, ontologies::iso::REPRESENTS, &term);
            }
        }
    }

    /// Gives the owner of a URN: by the name that a person reads, so that it is the same as in other sources.
    fn owner(&mut self, urn: &str) -> NamedNode {
        let kind = if urn.starts_with("urn:li:corpGroup:") {
            OwnerKind::Organization
        } else {
            OwnerKind::Person
        };
        let name = self.entities.name_of(urn);
        let mail = self.entities.mail_of(urn);
        let owner = self.out.owner(&name, kind, mail.as_deref());
        self.out.text(&owner, ontologies::dcterms::IDENTIFIER, urn);
        owner
    }
}

fn said<'o>(object: &'o Object, key: &str) -> Option<&'o str> {
    let text = object.get(key)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

fn list<'o>(aspect: Option<&'o Object>, key: &str) -> impl Iterator<Item = &'o Object> {
    let items = aspect
        .and_then(|aspect| aspect.get(key))
        .and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_object)
}

fn texts<'o>(aspect: Option<&'o Object>, key: &str) -> impl Iterator<Item = &'o str> {
    let items = aspect
        .and_then(|aspect| aspect.get(key))
        .and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str)
}
