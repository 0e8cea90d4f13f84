//! What the state says of a dataset.

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, iso, owl, prov};
use serde_json::Value;

use super::facets::{facet, objects, said};
use super::jobs::owners;
use super::names::{Name, dataset_path, qualified, run_iri, short};
use super::state::{LINEAGE_FACETS, Registers, State};
use super::{quality, remember};
use crate::StatementBuilder;
use crate::json::{Object, integer_of};
use crate::lineage::{self, Way};
use crate::table::{ColumnFacts, Table};

/// How deep the fields of fields are read.
const DEPTH_MAX: usize = 32;

/// Writes a dataset with its columns and what it is made from.
pub(super) fn write(state: &State, name: &Name, out: &mut StatementBuilder) {
    let Some(registers) = state.datasets.get(name) else {
        return;
    };
    let mut table = table(name);
    let iri = table.iri.clone();
    out.class(&iri, dcat::DATASET_CLASS);
    out.name(&iri, iso::NAME, short(name));
    out.text(
        &iri,
        dcterms::IDENTIFIER,
        &format!("{}/{}", name.namespace, name.name),
    );
    if let Some(full) = qualified(name) {
        out.text(&iri, iso::QUALIFIED_NAME, &full);
    }
    if let Some(schema) = facet(registers, "schema") {
        for field in objects(&schema, "fields") {
            column(out, &mut table, field, "", 0);
        }
    }
    described(out, &iri, registers, &table);
    symlinks(out, &iri, registers);
    quality::write(out, name, &table, registers);
    for key in LINEAGE_FACETS {
        if let Some(facet) = facet(registers, key) {
            made_from(out, name, &facet);
        }
    }
    flows(state, name, &iri, out);
    remember::dataset(out, &iri, name, registers);
}

/// Gives the dataset of a name, in the scope that all events share.
pub(super) fn table(name: &Name) -> Table {
    Table::scoped(super::names::SCOPE, &dataset_path(name))
}

fn column(
    out: &mut StatementBuilder,
    table: &mut Table,
    field: &Object,
    above: &str,
    depth: usize,
) {
    let Some(name) = said(field, "name").filter(|_| depth < DEPTH_MAX) else {
        return;
    };
    let path = if above.is_empty() {
        name.to_owned()
    } else {
        format!("{above}.{name}")
    };
    let facts = ColumnFacts {
        datatype: said(field, "type"),
        description: said(field, "description"),
        required: None,
    };
    let given = field.get("ordinal_position").and_then(integer_of);
    match given {
        Some(_) => table.column_at(out, &path, given, &facts),
        None => table.column(out, &path, &facts),
    };
    for inner in objects(field, "fields") {
        column(out, table, inner, &path, depth + 1);
    }
}

/// Writes words, owners, tags and state.
fn described(out: &mut StatementBuilder, iri: &NamedNode, registers: &Registers, table: &Table) {
    if let Some(documentation) = facet(registers, "documentation")
        && let Some(text) = said(&documentation, "description")
    {
        out.text(iri, dcterms::DESCRIPTION, text);
    }
    owners(out, iri, registers);
    if let Some(found) = facet(registers, "datasetType")
        && let Some(kind) = said(&found, "datasetType")
    {
        out.text(iri, iso::MATERIALIZATION, &kind.to_lowercase());
    }
    for key in ["version", "datasetVersion"] {
        if let Some(found) = facet(registers, key)
            && let Some(version) = said(&found, "datasetVersion")
        {
            out.text(iri, dcat::VERSION, version);
        }
    }
    if let Some(storage) = facet(registers, "storage")
        && let Some(format) = said(&storage, "fileFormat")
    {
        out.text(iri, dcterms::FORMAT, format);
    }
    if let Some(change) = facet(registers, "lifecycleStateChange") {
        life(out, iri, &change);
    }
    let tags = facet(registers, "tags").unwrap_or_default();
    for tag in objects(&tags, "tags") {
        let target = said(tag, "field").and_then(|field| table.get_any_case(field));
        out.name(target.unwrap_or(iri), dcat::KEYWORD, &tag_text(tag));
    }
}

/// Writes a tag as one word: `pii`, or `level: high` where its value says more than that it is set.
pub(super) fn tag_text(tag: &Object) -> String {
    let key = said(tag, "key").unwrap_or_default();
    match said(tag, "value") {
        None | Some("true") => key.to_owned(),
        Some(value) => format!("{key}: {value}"),
    }
}

fn life(out: &mut StatementBuilder, iri: &NamedNode, change: &Object) {
    match said(change, "lifecycleStateChange") {
        Some("DROP") => out.text(iri, iso::STATUS, "dropped"),
        Some("RENAME") => {
            let before = change.get("previousIdentifier").and_then(Value::as_object);
            if let Some(before) = before.and_then(name_of) {
                let before = table(&before).iri;
                out.link(iri, prov::WAS_REVISION_OF, &before);
            }
        }
        _ => {}
    }
}

/// Writes the other names of the dataset; each is a dataset that is the same.
fn symlinks(out: &mut StatementBuilder, iri: &NamedNode, registers: &Registers) {
    let links = facet(registers, "symlinks").unwrap_or_default();
    for link in objects(&links, "identifiers") {
        let Some(name) = name_of(link) else { continue };
        let other = table(&name).iri;
        if other != *iri {
            out.link(iri, owl::SAME_AS, &other);
        }
        // A place can hold several tables, so it is no name of this one.
        let is_place = said(link, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("LOCATION"));
        if let Some(full) = qualified(&name).filter(|_| !is_place) {
            out.text(iri, iso::QUALIFIED_NAME, &full);
        }
    }
}

/// Writes what the jobs that write the dataset now make it from.
fn flows(state: &State, name: &Name, iri: &NamedNode, out: &mut StatementBuilder) {
    let writers = state.writers_of.get(name).into_iter().flatten();
    for job in writers {
        let flow = state.flow(job);
        if !flow.outputs.contains(name) {
            continue;
        }
        for input in &flow.inputs {
            let from = table(input).iri;
            lineage::made(out, iri, &from, &[]);
        }
        if let Some(run) = &flow.run {
            out.link(iri, prov::WAS_GENERATED_BY, &run_iri(run));
        }
        let facets = flow.lineage.get(name);
        let facets = facets.and_then(|text| serde_json::from_str::<Object>(text).ok());
        for facet in facets
            .iter()
            .flat_map(Object::values)
            .filter_map(Value::as_object)
        {
            made_from(out, name, facet);
        }
    }
}

/// Writes what a lineage facet says: `columnLineage` as well as the newer `lineage`.
pub(super) fn made_from(out: &mut StatementBuilder, name: &Name, facet: &Object) {
    let to = table(name);
    let fields = facet.get("fields").and_then(Value::as_object);
    for (field, value) in fields.into_iter().flatten() {
        let Some(value) = value.as_object() else {
            continue;
        };
        let target = to.column_iri(field);
        let older = older_way(value);
        for key in ["inputFields", "inputs"] {
            for input in objects(value, key) {
                let mut ways = ways(input);
                if ways.is_empty() {
                    ways.extend(older.clone());
                }
                source(out, &target, input, &ways);
            }
        }
    }
    for key in ["dataset", "inputs"] {
        for input in objects(facet, key) {
            source(out, &to.iri, input, &ways(input));
        }
    }
}

/// Writes one edge, from a column where one is named, else from the dataset or the job.
fn source(out: &mut StatementBuilder, target: &NamedNode, input: &Object, ways: &[Way]) {
    let Some(name) = name_of(input) else { return };
    if said(input, "type") == Some("JOB") {
        lineage::made(out, target, &super::names::job_iri(&name), ways);
        return;
    }
    let from = table(&name);
    let from = match said(input, "field") {
        Some(field) => from.column_iri(field),
        None => from.iri,
    };
    lineage::made(out, target, &from, ways);
}

fn ways(input: &Object) -> Vec<Way> {
    let way = |found: &Object| Way {
        indirect: said(found, "type") == Some("INDIRECT"),
        kind: said(found, "subtype").unwrap_or_default().to_owned(),
        description: said(found, "description").unwrap_or_default().to_owned(),
        masking: found.get("masking") == Some(&Value::Bool(true)),
    };
    objects(input, "transformations").map(way).collect()
}

/// What version 1-0 of the facet says of all inputs of a column.
fn older_way(field: &Object) -> Option<Way> {
    let kind = said(field, "transformationType").unwrap_or_default();
    let description = said(field, "transformationDescription").unwrap_or_default();
    (!kind.is_empty() || !description.is_empty()).then(|| Way {
        indirect: false,
        kind: kind.to_owned(),
        description: description.to_owned(),
        masking: kind == "MASKED",
    })
}

pub(super) fn name_of(object: &Object) -> Option<Name> {
    Some(Name::new(said(object, "namespace")?, said(object, "name")?))
}
