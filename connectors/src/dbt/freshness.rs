//! How fresh sources are: what the project promises, and what `sources.json` (`dbt source freshness`) measured.

use std::collections::BTreeMap;

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, dqv, iso, prov};
use semantic_model::identity::IriKind;
use serde_json::Value;

use super::document::{Document, Entry};
use super::project::{Identities, Project};
use crate::json::{Fields, Troubles};
use crate::{Location, Report};

/// When a source that a project reads counts as stale.
const CRITERIA: [&str; 2] = ["warn_after", "error_after"];

/// What one look at a source found.
#[derive(Clone, Debug)]
struct Look {
    /// In lower case: `pass`, `warn`, `error`, `runtime error`.
    status: String,
    loaded_at: Option<String>,
    looked_at: Option<String>,
    age_seconds: Option<f64>,
    /// Why nothing could be measured.
    error: Option<String>,
}

/// All looks together, by `unique_id`; of several at one source the newest.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks {
    looks: BTreeMap<String, Look>,
    file: String,
}

impl Looks {
    /// Takes the looks of documents; a later document wins.
    pub(super) fn new(documents: &[(String, Document)], report: &mut Report) -> Self {
        let mut found = Self::default();
        for (file, document) in documents {
            let mut troubles = Troubles {
                report,
                file,
                line: None,
            };
            for entry in document.section("results") {
                if let Some(look) = look(entry, &mut troubles) {
                    found.looks.insert(entry.id.clone(), look);
                }
            }
            found.file.clone_from(file);
        }
        found
    }

    /// Reports looks at sources that no manifest knows.
    pub(super) fn report_unused(&self, identities: &Identities, report: &mut Report) {
        let mut unused = self.looks.keys().filter(|id| !identities.knows(id));
        if let Some(first) = unused.next() {
            let count = 1 + unused.count() as u64;
            let message =
                format!("the freshness of {count} sources that no manifest has, such as `{first}`");
            let at = Location::file(&self.file).key("results");
            report.note("freshness_only", message, at);
            report.skipped += count;
        }
    }
}

fn look(entry: &Entry, troubles: &mut Troubles<'_>) -> Option<Look> {
    let fields = Fields {
        object: &entry.object,
        path: &entry.path,
    };
    if !entry.object.contains_key("unique_id") {
        let at = troubles.at(&entry.path);
        let message = "the result has no `unique_id`";
        troubles.report.warning("missing_id", message, at);
        troubles.report.skipped += 1;
        return None;
    }
    let mut text = |key| fields.said(key, troubles).map(str::to_owned);
    Some(Look {
        // Before v3 a look that failed had an error and no status.
        status: text("status").map_or_else(|| "runtime error".to_owned(), |it| it.to_lowercase()),
        loaded_at: text("max_loaded_at"),
        looked_at: text("snapshotted_at"),
        error: text("error"),
        age_seconds: fields
            .get("max_loaded_at_time_ago_in_s")
            .and_then(Value::as_f64),
    })
}

/// Writes what is promised of the freshness of a source, and what was found at the last look.
pub(super) fn write(project: &mut Project<'_>, id: &str, subject: &NamedNode, fields: &Fields<'_>) {
    let promised = fields.object.get("freshness").and_then(Value::as_object);
    let criteria: Vec<(&str, &Value)> = CRITERIA
        .into_iter()
        .filter_map(|key| Some((key, promised?.get(key)?)))
        // dbt writes an empty criterion for one that is not set.
        .filter(|(_, value)| value.get("count").is_some_and(|count| !count.is_null()))
        .collect();
    let look = project.freshness.looks.get(id).cloned();
    if criteria.is_empty() && look.is_none() {
        return;
    }
    let rule = project.out.iri(IriKind::Quality, &[id, "freshness"]);
    project.out.class(&rule, dqv::METRIC);
    project.out.name(&rule, dcterms::TITLE, "freshness");
    project.out.link(&rule, iso::ABOUT, subject);
    for (key, value) in criteria {
        project.out.extra(&rule, key, value);
    }
    project.report.understood("freshness");
    if let Some(look) = look {
        measurement(project, id, subject, &rule, &look);
    }
}

fn measurement(
    project: &mut Project<'_>,
    id: &str,
    subject: &NamedNode,
    rule: &NamedNode,
    look: &Look,
) {
    project.report.understood("measurement");
    let path = [id, "freshness", "result"];
    let out = &mut *project.out;
    let measured = out.iri(IriKind::Quality, &path);
    out.class(&measured, dqv::QUALITY_MEASUREMENT);
    out.link(&measured, dqv::IS_MEASUREMENT_OF, rule);
    out.link(&measured, dqv::COMPUTED_ON, subject);
    match look.status.as_str() {
        "pass" => out.boolean(&measured, dqv::VALUE, true),
        "warn" | "error" => out.boolean(&measured, dqv::VALUE, false),
        // A look that failed measured nothing.
        _ => {}
    }
    out.text(&measured, iso::STATUS, &look.status);
    if let Some(error) = &look.error {
        out.text(&measured, dcterms::DESCRIPTION, error);
    }
    if let Some(age) = look.age_seconds {
        out.extra(&measured, "age_seconds", &age.into());
    }
    if let Some(looked_at) = &look.looked_at {
        out.moment(&measured, prov::GENERATED_AT_TIME, looked_at);
    }
    if let Some(loaded_at) = &look.loaded_at {
        out.moment(subject, dcterms::MODIFIED, loaded_at);
    }
}
