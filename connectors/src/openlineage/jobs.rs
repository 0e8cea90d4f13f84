//! What the state says of jobs and their runs.

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, iso, prov};
use semantic_model::identity::IriKind;
use serde_json::Value;

use super::datasets::{made_from, name_of, table, tag_text};
use super::facets::{facet, objects, said};
use super::names::{Name, iri, job_iri, run_iri};
use super::remember;
use super::state::{Registers, State};
use crate::StatementBuilder;
use crate::json::Object;
use crate::lineage;
use crate::statements::OwnerKind;

/// Writes a job: a plan that runs follow.
pub(super) fn write_job(state: &State, name: &Name, out: &mut StatementBuilder) {
    let Some(job) = state.jobs.get(name) else {
        return;
    };
    let subject = job_iri(name);
    out.class(&subject, prov::PLAN);
    out.name(&subject, iso::NAME, &name.name);
    out.name(&subject, dcterms::TITLE, &name.name);
    out.text(
        &subject,
        dcterms::IDENTIFIER,
        &format!("{}/{}", name.namespace, name.name),
    );
    if let Some(documentation) = facet(&job.facets, "documentation")
        && let Some(text) = said(&documentation, "description")
    {
        out.text(&subject, dcterms::DESCRIPTION, text);
    }
    owners(out, &subject, &job.facets);
    let tags = facet(&job.facets, "tags").unwrap_or_default();
    for tag in objects(&tags, "tags") {
        out.name(&subject, dcat::KEYWORD, &tag_text(tag));
    }
    if let Some(kind) = facet(&job.facets, "jobType") {
        for key in ["integration", "jobType", "processingType"] {
            if let Some(text) = said(&kind, key) {
                out.text(&subject, dcterms::TYPE, &text.to_lowercase());
            }
        }
    }
    if let Some(code) = facet(&job.facets, "sourceCodeLocation")
        && let Some(url) = said(&code, "url")
    {
        out.text(&subject, dcterms::SOURCE, url);
    }
    if let Some(lineage) = facet(&job.facets, "lineage") {
        for entry in objects(&lineage, "entries") {
            write_entry(out, entry);
        }
    }
    // One for all runs of the job, so that a run has one statement to say whose it is.
    let association = association(name);
    out.class(&association, prov::ASSOCIATION);
    out.link(&association, prov::HAD_PLAN, &subject);
    remember::job(out, &subject, name, job);
}

/// Writes an entry of a job's lineage facet: a dataset or a job, and what it is made from.
fn write_entry(out: &mut StatementBuilder, entry: &Object) {
    let Some(name) = name_of(entry) else { return };
    if said(entry, "type") != Some("JOB") {
        made_from(out, &name, entry);
        return;
    }
    for input in objects(entry, "inputs") {
        if let Some(from) = name_of(input) {
            let from = match said(input, "type") {
                Some("JOB") => job_iri(&from),
                _ => table(&from).iri,
            };
            lineage::made(out, &job_iri(&name), &from, &[]);
        }
    }
}

/// Writes a run.
pub(super) fn write_run(state: &State, id: &str, out: &mut StatementBuilder) {
    let Some(run) = state.runs.get(id) else {
        return;
    };
    let subject = run_iri(id);
    out.class(&subject, prov::ACTIVITY);
    out.text(&subject, dcterms::IDENTIFIER, id);
    if let Some(status) = run.status() {
        out.text(&subject, iso::STATUS, status.as_str());
    }
    if let Some(text) = run.started().and_then(super::event::Moment::text) {
        out.moment(&subject, prov::STARTED_AT_TIME, &text);
    }
    if let Some(text) = run.ended().and_then(super::event::Moment::text) {
        out.moment(&subject, prov::ENDED_AT_TIME, &text);
    }
    if let Some(job) = run.job_name() {
        out.link(&subject, prov::QUALIFIED_ASSOCIATION, &association(&job));
    }
    for input in &run.inputs {
        let input = table(input).iri;
        out.link(&subject, prov::USED, &input);
    }
    if run.status() == Some(super::event::State::Complete) {
        for output in &run.outputs {
            let output = table(output).iri;
            out.link(&output, prov::WAS_GENERATED_BY, &subject);
        }
    }
    if let Some(error) = facet(&run.facets, "errorMessage")
        && let Some(message) = said(&error, "message")
    {
        out.text(&subject, dcterms::DESCRIPTION, message);
    }
    if let Some(parent) = facet(&run.facets, "parent") {
        let run_in = |object: &Object| {
            let run = object.get("run").and_then(Value::as_object)?;
            Some(said(run, "runId")?.to_lowercase())
        };
        let within = run_in(&parent);
        if let Some(id) = &within {
            out.link(&subject, dcterms::IS_PART_OF, &run_iri(id));
        }
        // What started it all, of which the parent is a part.
        let root = parent.get("root").and_then(Value::as_object);
        if let (Some(root), Some(within)) = (root.and_then(run_in), within)
            && root != within
        {
            out.link(&run_iri(&within), dcterms::IS_PART_OF, &run_iri(&root));
        }
        let job = parent
            .get("job")
            .and_then(Value::as_object)
            .and_then(name_of);
        if let (Some(above), Some(own)) = (job, run.job_name())
            && above != own
        {
            out.link(&job_iri(&own), dcterms::IS_PART_OF, &job_iri(&above));
        }
    }
    remember::run(out, &subject, id, run);
}

fn association(job: &Name) -> NamedNode {
    iri(
        IriKind::Activity,
        &["association", &job.namespace, &job.name],
    )
}

/// Writes owners; `team:` and `user:` before a name say what they are.
pub(super) fn owners(out: &mut StatementBuilder, subject: &NamedNode, registers: &Registers) {
    let ownership = facet(registers, "ownership").unwrap_or_default();
    for owner in objects(&ownership, "owners") {
        let Some(name) = said(owner, "name") else {
            continue;
        };
        let (name, kind) = match name.split_once(':') {
            Some(("team" | "group" | "organization", rest)) => (rest, OwnerKind::Organization),
            Some(("user" | "person", rest)) => (rest, OwnerKind::Person),
            _ => (name, OwnerKind::Unknown),
        };
        let owner = out.owner(name, kind, None);
        out.link(subject, prov::WAS_ATTRIBUTED_TO, &owner);
    }
}
