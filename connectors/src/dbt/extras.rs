//! Owners, groups, exposures, and what users write into `meta`.

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, duv, iso, prov, skos};
use semantic_model::identity::{IriKind, is_absolute_iri};
use serde_json::Value;

use super::datasets::dependencies;
use super::document::Entry;
use super::place::{metas, tags_of};
use super::project::{Project, fields_of};
use crate::json::Fields;
use crate::statements::{OwnerKind, named};

/// Keys of `meta` that have become statements of their own and need not be kept again.
const UNDERSTOOD: [&str; 13] = [
    "domain",
    "data_domain",
    "data_product",
    "product",
    "owner",
    "owners",
    "synonyms",
    "label",
    "classification",
    "sensitivity",
    "pii",
    "is_pii",
    "contains_pii",
];

/// Keys of `meta` that name the glossary terms that the asset represents.
const TERMS: [&str; 2] = ["term", "terms"];

/// Declares the owners of groups.
pub(super) fn groups(project: &mut Project<'_>, entries: &[Entry]) {
    for entry in entries {
        let fields = fields_of(entry);
        project.identities.note(&entry.id);
        let fallback = entry.id.rsplit('.').next().unwrap_or_default();
        let name = fields
            .said("name", &mut project.troubles())
            .unwrap_or(fallback);
        project.report.understood("group");
        if let Some(owner) = owner_field(project, &fields).into_iter().next() {
            project.groups.insert(name.to_owned(), owner);
        }
    }
}

/// Declares the owners that are written as a name, an address, an object with both, or a list of these.
fn owner_field(project: &mut Project<'_>, fields: &Fields<'_>) -> Vec<NamedNode> {
    let Some(value) = fields.get("owner") else {
        return Vec::new();
    };
    owners_of(project, value, &fields.path_of("owner"))
}

fn owners_of(project: &mut Project<'_>, value: &Value, path: &str) -> Vec<NamedNode> {
    let owner = match value {
        Value::Object(owner) => owner,
        Value::Array(items) => {
            let owners = items.iter().flat_map(|item| owners_of(project, item, path));
            return owners.collect();
        }
        Value::String(_) | Value::Null => {
            let names = said_texts(Some(value));
            return names
                .iter()
                .map(|name| declare_owner(project, name, &[]))
                .collect();
        }
        other => {
            project.troubles().wrong_type(path, "an owner", other);
            return Vec::new();
        }
    };
    let mails = said_texts(owner.get("email"));
    match said_texts(owner.get("name")).first() {
        Some(name) => vec![declare_owner(project, name, &mails)],
        // Without a name each address is an owner.
        None => mails
            .iter()
            .map(|mail| declare_owner(project, mail, std::slice::from_ref(mail)))
            .collect(),
    }
}

fn declare_owner(project: &mut Project<'_>, name: &str, mails: &[String]) -> NamedNode {
    project.report.understood("owner");
    let first = mails.first().map(String::as_str);
    let owner = project.out.owner(name, OwnerKind::Unknown, first);
    for mail in mails.iter().skip(1) {
        project.out.mailbox(&owner, mail);
    }
    owner
}

/// Gives a text, or those of a list, that say something.
fn said_texts(value: Option<&Value>) -> Vec<String> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = items.iter().filter_map(Value::as_str).map(str::trim);
    let said = texts.filter(|text| !text.is_empty());
    said.map(str::to_owned).collect()
}

/// Gives the owners that the metadata names.
pub(super) fn owners_in_meta(project: &mut Project<'_>, fields: &Fields<'_>) -> Vec<NamedNode> {
    let mut owners: Vec<NamedNode> = Vec::new();
    for (path, meta) in metas(fields) {
        for key in ["owner", "owners"] {
            let values = match meta.get(key) {
                Some(Value::Array(items)) => items.as_slice(),
                Some(one) => std::slice::from_ref(one),
                None => &[],
            };
            for value in values {
                for owner in owners_of(project, value, &format!("{path}.{key}")) {
                    if !owners.contains(&owner) {
                        owners.push(owner);
                    }
                }
            }
        }
    }
    owners
}

/// Writes synonyms, and keeps what else users wrote into the metadata.
pub(super) fn keep_meta(project: &mut Project<'_>, fields: &Fields<'_>, subject: &NamedNode) {
    for (path, meta) in metas(fields) {
        let meta = Fields {
            object: meta,
            path: &path,
        };
        for synonym in meta.texts("synonyms", &mut project.troubles()) {
            project.out.name(subject, skos::ALT_LABEL, synonym);
        }
        for label in meta.texts("label", &mut project.troubles()) {
            project.out.name(subject, dcterms::TITLE, label);
        }
        keep_terms(project, &meta, subject);
        for (key, value) in meta.object {
            let understood = UNDERSTOOD.contains(&key.as_str()) || TERMS.contains(&key.as_str());
            if !understood && !value.is_null() {
                project.out.extra(subject, &format!("meta.{key}"), value);
            }
        }
    }
}

/// Links the glossary terms that the metadata names by IRI; a term named otherwise is kept as it was written.
fn keep_terms(project: &mut Project<'_>, meta: &Fields<'_>, subject: &NamedNode) {
    for key in TERMS {
        for term in meta.texts(key, &mut project.troubles()) {
            if is_absolute_iri(term) {
                project
                    .out
                    .add(subject.clone(), iso::REPRESENTS, named(term));
            } else {
                project
                    .out
                    .extra(subject, &format!("meta.{key}"), &term.into());
            }
        }
    }
}

/// Writes exposures: dashboards, notebooks and applications that use the data.
pub(super) fn exposures(project: &mut Project<'_>, entries: &[Entry]) {
    for entry in entries {
        let fields = fields_of(entry);
        project.identities.note(&entry.id);
        project.report.understood("exposure");
        let subject = project.out.iri(IriKind::Usage, &[&entry.id]);
        project.out.class(&subject, duv::USAGE);
        project.out.class(&subject, prov::ACTIVITY);
        project.out.text(&subject, dcterms::IDENTIFIER, &entry.id);
        let mut troubles = project.troubles();
        let fallback = entry.id.rsplit('.').next().unwrap_or_default();
        let name = fields.said("name", &mut troubles).unwrap_or(fallback);
        let label = fields.said("label", &mut troubles).unwrap_or(name);
        let description = fields.said("description", &mut troubles);
        let url = fields.said("url", &mut troubles);
        let tags = tags_of(&fields, &mut troubles);
        project.out.name(&subject, dcterms::TITLE, label);
        project.out.name(&subject, iso::NAME, name);
        if let Some(description) = description {
            project
                .out
                .text(&subject, dcterms::DESCRIPTION, description);
        }
        match url {
            Some(url) if is_absolute_iri(url) => {
                project
                    .out
                    .add(subject.clone(), dcat::LANDING_PAGE, named(url));
            }
            Some(url) => project.out.extra(&subject, "url", &url.into()),
            None => {}
        }
        for tag in tags {
            project.out.name(&subject, dcat::KEYWORD, &tag);
        }
        for key in ["type", "maturity"] {
            if let Some(value) = fields.get(key) {
                project.out.extra(&subject, key, value);
            }
        }
        keep_meta(project, &fields, &subject);
        for owner in owner_field(project, &fields) {
            project
                .out
                .link(&subject, prov::WAS_ASSOCIATED_WITH, &owner);
        }
        used(project, &fields, &subject);
    }
}

fn used(project: &mut Project<'_>, fields: &Fields<'_>, subject: &NamedNode) {
    for (path, id) in dependencies(project, fields) {
        if let Some(known) = project.known.get(&id) {
            let dataset = known.iri.clone();
            project.out.link(subject, prov::USED, &dataset);
        } else if id.starts_with("metric.") && project.identities.knows(&id) {
            let metric = project.out.iri(IriKind::Metric, &[&id]);
            project.out.link(subject, prov::USED, &metric);
        } else if !project.identities.knows(&id) {
            let message = format!("node `{id}` is not in the manifest");
            let at = project.at(&path);
            project.report.warning("unresolved_dependency", message, at);
        }
    }
}
