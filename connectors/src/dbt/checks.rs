//! Tests of dbt: rules of quality, what they say about columns, and how their last run ended.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, dqv, iso, prov};
use semantic_model::identity::IriKind;
use serde_json::Value;

use super::columns;
use super::datasets::dependencies;
use super::document::Entry;
use super::project::{Known, Project, fields_of};
use super::relation::{Reference, plain_column, reference_in};
use super::results::Outcome;
use crate::json::{Fields, Object};

/// What a test says.
struct Check<'a> {
    /// `not_null`, `unique`, ...; the name of the node for a test of its own SQL.
    name: String,
    arguments: Fields<'a>,
    /// The datasets it reads, by id.
    depends_on: Vec<String>,
    /// The dataset it is of, by id.
    dataset: Option<String>,
    column: Option<(String, NamedNode)>,
    /// Whether it looks at some rows only.
    partial: bool,
}

/// Writes a test.
pub(super) fn write(project: &mut Project<'_>, entry: &Entry) {
    let empty = Object::new();
    let fields = fields_of(entry);
    let path = fields.path_of("test_metadata");
    let metadata = fields.object("test_metadata", &mut project.troubles());
    let metadata = Fields {
        object: metadata.unwrap_or(&empty),
        path: &path,
    };
    let arguments_path = metadata.path_of("kwargs");
    let arguments = metadata.object("kwargs", &mut project.troubles());
    let arguments = Fields {
        object: arguments.unwrap_or(&empty),
        path: &arguments_path,
    };
    let check = understand(project, &fields, &metadata, arguments);
    project.report.understood("test");
    rule(project, entry, &fields, &check);
    if let (Some(dataset), Some((name, column))) = (&check.dataset, &check.column) {
        about_column(project, &check, dataset, name, column);
    } else if let Some(dataset) = &check.dataset
        && check.name == "unique_combination_of_columns"
        && let Some(columns) = arguments.get("combination_of_columns")
        && let Some(known) = project.known.get(dataset)
    {
        let subject = known.iri.clone();
        project.out.extra(&subject, "unique_together", columns);
    }
}

fn understand<'a>(
    project: &mut Project<'_>,
    fields: &Fields<'a>,
    metadata: &Fields<'a>,
    arguments: Fields<'a>,
) -> Check<'a> {
    let depends_on: Vec<String> = dependencies(project, fields)
        .into_iter()
        .map(|(_, id)| id)
        .filter(|id| project.known.contains_key(id))
        .collect();
    let dataset = attached(project, fields, &arguments, &depends_on);
    let mut troubles = project.troubles();
    let name = metadata
        .said("name", &mut troubles)
        .or_else(|| fields.said("name", &mut troubles))
        .unwrap_or_default()
        .to_owned();
    let column = fields
        .said("column_name", &mut troubles)
        .or_else(|| arguments.said("column_name", &mut troubles))
        .and_then(plain_column);
    let config = fields.object.get("config");
    let partial = config
        .and_then(|config| config.get("where"))
        .is_some_and(|filter| !filter.is_null());
    let column = match (&dataset, column) {
        (Some(dataset), Some(column)) => columns::find_or_add(project, dataset, column)
            .map(|subject| (column.to_owned(), subject)),
        _ => None,
    };
    Check {
        name,
        arguments,
        depends_on,
        dataset,
        column,
        partial,
    }
}

/// Finds the dataset that a test is of: said plainly since dbt 1.5, hidden in Jinja before.
fn attached(
    project: &mut Project<'_>,
    fields: &Fields<'_>,
    arguments: &Fields<'_>,
    depends_on: &[String],
) -> Option<String> {
    let mut troubles = project.troubles();
    let said = fields.said("attached_node", &mut troubles);
    let model = arguments.said("model", &mut troubles);
    if let Some(id) = said.filter(|id| project.known.contains_key(*id)) {
        return Some(id.to_owned());
    }
    let hidden = model
        .and_then(reference_in)
        .and_then(|reference| find(project, &reference, depends_on));
    hidden.or_else(|| match depends_on {
        [only] => Some(only.clone()),
        _ => None,
    })
}

/// Finds among some datasets the one that a piece of Jinja refers to.
pub(super) fn find(
    project: &Project<'_>,
    reference: &Reference,
    among: &[String],
) -> Option<String> {
    let fits = |known: &Known| match reference {
        Reference::Node { package, name } => {
            known.name == *name
                && known.source_name.is_none()
                && package
                    .as_ref()
                    .is_none_or(|package| known.package == *package)
        }
        Reference::Source { source, table } => {
            known.name == *table && known.source_name.as_ref() == Some(source)
        }
    };
    among
        .iter()
        .find(|id| project.known.get(*id).is_some_and(fits))
        .cloned()
}

/// Writes the rule, and the measurement when the test was run.
fn rule(project: &mut Project<'_>, entry: &Entry, fields: &Fields<'_>, check: &Check<'_>) {
    let rule = project.out.iri(IriKind::Quality, &[&entry.id]);
    project.out.class(&rule, dqv::METRIC);
    project.out.text(&rule, dcterms::IDENTIFIER, &entry.id);
    let title = match &check.column {
        Some((column, _)) => format!("{} {column}", check.name),
        None => check.name.clone(),
    };
    project.out.name(&rule, dcterms::TITLE, &title);
    let description = fields.said("description", &mut project.troubles());
    if let Some(description) = description {
        project.out.text(&rule, dcterms::DESCRIPTION, description);
    }
    for (key, value) in check.arguments.object {
        if !["model", "column_name"].contains(&key.as_str()) && !value.is_null() {
            project.out.extra(&rule, key, value);
        }
    }
    let config = fields.object.get("config");
    for key in ["severity", "where"] {
        let value = config.and_then(|config| config.get(key));
        if let Some(value) = value.filter(|value| !value.is_null()) {
            project.out.extra(&rule, key, value);
        }
    }
    let targets = targets(project, check);
    for target in &targets {
        project.out.link(&rule, iso::ABOUT, target);
    }
    if let Some(outcome) = project.results.get(&entry.id) {
        measurement(project, &entry.id, &rule, &targets, outcome);
    }
}

/// Gives what a test is about: its column, else its dataset, else all that it reads.
fn targets(project: &Project<'_>, check: &Check<'_>) -> Vec<NamedNode> {
    if let Some((_, column)) = &check.column {
        return vec![column.clone()];
    }
    let ids = match &check.dataset {
        Some(dataset) => std::slice::from_ref(dataset),
        None => check.depends_on.as_slice(),
    };
    let iri = |id: &String| Some(project.known.get(id)?.iri.clone());
    ids.iter().filter_map(iri).collect()
}

fn measurement(
    project: &mut Project<'_>,
    id: &str,
    rule: &NamedNode,
    targets: &[NamedNode],
    outcome: &Outcome,
) {
    project.report.understood("measurement");
    let subject = project.out.iri(IriKind::Quality, &[id, "result"]);
    project.out.class(&subject, dqv::QUALITY_MEASUREMENT);
    project.out.link(&subject, dqv::IS_MEASUREMENT_OF, rule);
    for target in targets {
        project.out.link(&subject, dqv::COMPUTED_ON, target);
    }
    match outcome.status.as_str() {
        "pass" | "success" => project.out.boolean(&subject, dqv::VALUE, true),
        "fail" | "warn" => project.out.boolean(&subject, dqv::VALUE, false),
        // An error or a skipped test measured nothing.
        _ => {}
    }
    project.out.text(&subject, iso::STATUS, &outcome.status);
    if let Some(ended) = &outcome.ended {
        project.out.moment(&subject, prov::GENERATED_AT_TIME, ended);
    }
    if let Some(failures) = outcome.failures {
        project.out.extra(&subject, "failures", &failures.into());
    }
    if let Some(message) = &outcome.message {
        project.out.text(&subject, dcterms::DESCRIPTION, message);
    }
}

/// Writes what a test promises about its column.
fn about_column(
    project: &mut Project<'_>,
    check: &Check<'_>,
    dataset: &str,
    name: &str,
    column: &NamedNode,
) {
    match check.name.as_str() {
        // A test of some rows promises nothing about the column as a whole.
        "not_null" | "unique" if check.partial => {}
        "not_null" => columns::not_null(project, dataset, column, name),
        "unique" => columns::unique(project, dataset, column, name),
        "accepted_values" => {
            if let Some(values) = check.arguments.get("values") {
                project.out.extra(column, "accepted_values", values);
                // A test of some rows leaves the others free.
                let predicate = if check.partial {
                    iso::SAMPLE_VALUE
                } else {
                    iso::ALLOWED_VALUE
                };
                project.out.values(column, predicate, values);
            }
        }
        "relationships" => relationship(project, check, column),
        _ => {}
    }
}

fn relationship(project: &mut Project<'_>, check: &Check<'_>, column: &NamedNode) {
    let mut troubles = project.troubles();
    let to = check.arguments.said("to", &mut troubles);
    let field = check
        .arguments
        .said("field", &mut troubles)
        .and_then(plain_column);
    let target = to
        .and_then(reference_in)
        .and_then(|reference| find(project, &reference, &check.depends_on));
    let referenced = match (&target, field) {
        (Some(target), Some(field)) => columns::find_or_add(project, target, field),
        _ => None,
    };
    if let Some(referenced) = referenced {
        project.report.understood("reference");
        columns::references(project, column, &referenced);
    } else {
        let message = format!(
            "the test refers to `{}`, which was not found",
            to.unwrap_or("?")
        );
        let at = project.at(check.arguments.path);
        project.report.warning("unresolved_reference", message, at);
    }
}

/// Writes the primary key of datasets that declare none but test exactly one column as unique and not null.
pub(super) fn keys_from_tests(project: &mut Project<'_>, nodes: &[&Entry]) {
    for entry in nodes {
        let Some(known) = project.known.get(&entry.id).filter(|known| !known.has_key) else {
            continue;
        };
        let mut both = known.unique.intersection(&known.required).cloned();
        if let (Some(only), None) = (both.next(), both.next()) {
            let is_null = Value::is_null;
            let name = entry
                .object
                .get("columns")
                .and_then(|columns| {
                    columns
                        .as_object()?
                        .keys()
                        .find(|key| key.to_lowercase() == only)
                })
                .filter(|_| !entry.object.get("columns").is_some_and(is_null))
                .map_or(only.clone(), Clone::clone);
            columns::declare_key(project, &entry.id, &name);
        }
    }
}
