//! Semantic models: entities become terms, dimensions speak of columns, measures are kept for metrics.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, iso, skos};
use semantic_model::identity::IriKind;
use serde_json::Value;

use super::columns;
use super::datasets::dependencies;
use super::document::Entry;
use super::project::{Project, fields_of};
use super::relation::{plain_column, words};
use crate::json::{Fields, Object};

/// Writes the semantic models.
pub(super) fn write(project: &mut Project<'_>, entries: &[Entry]) {
    for entry in entries {
        project.identities.note(&entry.id);
        let fields = fields_of(entry);
        let Some(dataset) = dataset_of(project, entry) else {
            let message = "the model of this semantic model was not found";
            let at = project.at(&entry.path);
            project.report.warning("unresolved_dependency", message, at);
            project.report.skipped += 1;
            continue;
        };
        project.report.understood("semantic_model");
        let Some(known) = project.known.get(&dataset) else {
            continue;
        };
        let (subject, domain) = (known.iri.clone(), known.place.domain.clone());
        let described = fields.said("description", &mut project.troubles());
        if let Some(text) = described {
            project
                .out
                .extra(&subject, "semantic_model.description", &text.into());
        }
        for (path, entity) in fields.objects("entities", &mut project.troubles()) {
            entity_term(project, &dataset, &subject, &domain, &path, entity);
        }
        for (path, dimension) in fields.objects("dimensions", &mut project.troubles()) {
            self::dimension(project, &dataset, &subject, &path, dimension);
        }
        for (_, measure) in fields.objects("measures", &mut project.troubles()) {
            project.out.extra(&subject, "measure", &said_only(measure));
        }
    }
}

/// Finds the model that a semantic model describes.
pub(super) fn dataset_of(project: &mut Project<'_>, entry: &Entry) -> Option<String> {
    dependencies(project, &fields_of(entry))
        .into_iter()
        .map(|(_, id)| id)
        .find(|id| project.known.contains_key(id))
}

/// Writes an entity: a term that the dataset is of when it is the primary one, and that its column stands for.
fn entity_term(
    project: &mut Project<'_>,
    dataset: &str,
    subject: &NamedNode,
    domain: &str,
    path: &str,
    object: &Object,
) {
    let entity = Fields { object, path };
    let mut troubles = project.troubles();
    let Some(name) = entity.said("name", &mut troubles) else {
        return;
    };
    let kind = entity
        .said("type", &mut troubles)
        .unwrap_or_default()
        .to_lowercase();
    let label = entity.said("label", &mut troubles);
    let description = entity.said("description", &mut troubles);
    let expression = entity.said("expr", &mut troubles).unwrap_or(name);

    let term = project.out.iri(IriKind::Term, &["entity", name]);
    project.report.understood("entity");
    project.out.class(&term, iso::TERM);
    project.out.class(&term, skos::CONCEPT);
    project
        .out
        .name(&term, skos::PREF_LABEL, label.unwrap_or(&words(name)));
    if let Some(description) = description {
        project.out.text(&term, skos::DEFINITION, description);
    }
    if kind == "primary" {
        let domain = project.out.domain(domain);
        project.out.link(&term, iso::IN_DOMAIN, &domain);
        project.out.link(subject, iso::REPRESENTS, &term);
    }
    let column =
        plain_column(expression).and_then(|name| columns::find_or_add(project, dataset, name));
    match column {
        Some(column) => project.out.link(&column, iso::REPRESENTS, &term),
        None => project.out.extra(&term, "expression", &expression.into()),
    }
}

/// Writes a dimension: what it says about its column, or the whole of it when it is computed.
fn dimension(
    project: &mut Project<'_>,
    dataset: &str,
    subject: &NamedNode,
    path: &str,
    object: &Object,
) {
    let dimension = Fields { object, path };
    let mut troubles = project.troubles();
    let Some(name) = dimension.said("name", &mut troubles) else {
        return;
    };
    let label = dimension.said("label", &mut troubles);
    let description = dimension.said("description", &mut troubles);
    let expression = dimension.said("expr", &mut troubles).unwrap_or(name);
    project.report.understood("dimension");
    let column =
        plain_column(expression).and_then(|name| columns::find_or_add(project, dataset, name));
    let Some(column) = column else {
        project.out.extra(subject, "dimension", &said_only(object));
        return;
    };
    if let Some(label) = label {
        project.out.name(&column, dcterms::TITLE, label);
    }
    if name != expression {
        project.out.name(&column, skos::ALT_LABEL, name);
    }
    if let Some(description) = description {
        project.out.text(&column, dcterms::DESCRIPTION, description);
    }
    if let Some(kind) = dimension.get("type") {
        project.out.extra(&column, "dimension", kind);
    }
}

/// Gives an object without what is null, so that what is kept can be read.
pub(super) fn said_only(object: &Object) -> Value {
    let said = object
        .iter()
        .filter(|(key, value)| !value.is_null() && *key != "config")
        .map(|(key, value)| (key.clone(), value.clone()));
    Value::Object(said.collect())
}
