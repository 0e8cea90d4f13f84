//! Columns, from the manifest and from the catalog.

use graph_core::rdf::NamedNode;
use ontologies::{csvw, dcat, dcterms, iso};
use semantic_model::identity::IriKind;
use serde_json::Value;

use super::catalog::CatalogColumn;
use super::extras;
use super::place::tags_of;
use super::project::{Known, Project};
use super::relation::plain_column;
use crate::json::{Fields, Object};
use crate::statements::named;

/// Writes the columns of a node: those of the manifest, then what only the catalog knows.
pub(super) fn write(project: &mut Project<'_>, fields: &Fields<'_>, id: &str) {
    let catalog = project.catalog.get(id);
    let in_catalog = |name: &str| {
        let table = catalog?;
        table
            .columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    };
    let mut missing = 0;
    if let Some(columns) = fields.object("columns", &mut project.troubles()) {
        for (key, value) in columns {
            let path = format!("{}.columns.{key}", fields.path);
            let Value::Object(object) = value else {
                project.troubles().wrong_type(&path, "an object", value);
                continue;
            };
            let column = Fields {
                object,
                path: &path,
            };
            let name = column.said("name", &mut project.troubles()).unwrap_or(key);
            let name = plain_column(name).unwrap_or(name).to_owned();
            let stored = in_catalog(&name);
            missing += u64::from(catalog.is_some() && stored.is_none());
            documented(project, id, &column, &name, stored);
        }
    }
    if missing > 0 {
        let message = format!("{missing} columns are documented but not in the catalog");
        let at = project.at(&fields.path_of("columns"));
        project.report.note("column_not_in_catalog", message, at);
    }
    if let Some(table) = catalog {
        for column in &table.columns {
            if let Some(subject) = add(project, id, &column.name) {
                stored_facts(project, &subject, column, None, None);
            }
        }
        about_relation(project, id);
    }
    primary_key(project, fields, id);
}

/// Gives a column of a dataset, declaring it when it is new.
pub(super) fn find_or_add(project: &mut Project<'_>, id: &str, name: &str) -> Option<NamedNode> {
    let known = project.known.get(id)?;
    match known.columns.get(&name.to_lowercase()) {
        Some(column) => Some(column.clone()),
        // What the database does not have is not there.
        None if known.columns_final => None,
        None => add(project, id, name),
    }
}

/// Gives a column that SQL speaks of, declaring it when nothing else did.
pub(super) fn find_or_infer(project: &mut Project<'_>, id: &str, name: &str) -> Option<NamedNode> {
    let known = project.known.get(id)?;
    match known.columns.get(&name.to_lowercase()) {
        Some(column) => Some(column.clone()),
        None if known.columns_final => None,
        None => {
            let column = declare(project, id, name)?;
            project.report.understood("inferred_column");
            Some(column)
        }
    }
}

/// Declares a column and counts it; `None` when the dataset has it already.
fn add(project: &mut Project<'_>, id: &str, name: &str) -> Option<NamedNode> {
    let column = declare(project, id, name)?;
    project.report.understood("column");
    Some(column)
}

fn declare(project: &mut Project<'_>, id: &str, name: &str) -> Option<NamedNode> {
    let known = project.known.get_mut(id)?;
    let key = name.to_lowercase();
    if known.columns.contains_key(&key) {
        return None;
    }
    let subject = project
        .out
        .iri(IriKind::Column, &[known.path.as_str(), key.as_str()]);
    let first = known.columns.is_empty();
    known.columns.insert(key, subject.clone());
    let schema = schema_of(project.out, known);
    let dataset = known.iri.clone();
    if first {
        project.out.class(&dataset, csvw::TABLE_CLASS);
        project.out.class(&schema, csvw::SCHEMA);
        project.out.link(&dataset, csvw::TABLE_SCHEMA, &schema);
    }
    project.out.link(&schema, csvw::COLUMN, &subject);
    project.out.class(&subject, csvw::COLUMN_CLASS);
    project.out.name(&subject, csvw::NAME, name);
    Some(subject)
}

fn schema_of(out: &crate::StatementBuilder, known: &Known) -> NamedNode {
    out.iri(IriKind::Schema, &[&known.path])
}

/// Writes a column that the manifest has.
fn documented(
    project: &mut Project<'_>,
    id: &str,
    column: &Fields<'_>,
    name: &str,
    stored: Option<&CatalogColumn>,
) {
    let Some(subject) = add(project, id, name) else {
        let message = format!("column `{name}` occurs twice, if case is left aside");
        let at = project.at(column.path);
        project.report.warning("duplicate_column", message, at);
        return;
    };
    let description = column.said("description", &mut project.troubles());
    if let Some(description) = description {
        project
            .out
            .text(&subject, dcterms::DESCRIPTION, description);
    }
    let datatype = column.said("data_type", &mut project.troubles());
    match stored {
        Some(stored) => stored_facts(project, &subject, stored, description, datatype),
        None => {
            if let Some(datatype) = datatype {
                project.out.text(&subject, csvw::DATATYPE, datatype);
            }
        }
    }
    for tag in tags_of(column, &mut project.troubles()) {
        project.out.name(&subject, dcat::KEYWORD, &tag);
    }
    extras::keep_meta(project, column, &subject);
    classification(project, column, &subject);
    for (path, constraint) in column.objects("constraints", &mut project.troubles()) {
        let constraint = Fields {
            object: constraint,
            path: &path,
        };
        constrained(project, id, &subject, name, &constraint);
    }
}

/// Writes what the database says of a column, next to what the manifest said.
fn stored_facts(
    project: &mut Project<'_>,
    subject: &NamedNode,
    stored: &CatalogColumn,
    description: Option<&str>,
    datatype: Option<&str>,
) {
    if let Some(actual) = &stored.datatype {
        project.out.text(subject, csvw::DATATYPE, actual);
        if let Some(declared) = datatype.filter(|declared| !declared.eq_ignore_ascii_case(actual)) {
            project.out.extra(subject, "data_type", &declared.into());
        }
    } else if let Some(declared) = datatype {
        project.out.text(subject, csvw::DATATYPE, declared);
    }
    match (&stored.comment, description) {
        (Some(comment), None) => project.out.text(subject, dcterms::DESCRIPTION, comment),
        (Some(comment), Some(description)) if comment != description => {
            project
                .out
                .extra(subject, "comment", &comment.as_str().into());
        }
        _ => {}
    }
    if let Some(position) = stored.position {
        project.out.integer(subject, iso::POSITION, position);
    }
}

/// Writes what the database says of the relation itself.
fn about_relation(project: &mut Project<'_>, id: &str) {
    let (Some(table), Some(known)) = (project.catalog.get(id), project.known.get(id)) else {
        return;
    };
    let subject = known.iri.clone();
    if let Some(rows) = table.rows {
        project.out.integer(&subject, iso::ROW_COUNT, rows);
    }
    if let Some(owner) = &table.owner {
        project
            .out
            .extra(&subject, "relation_owner", &owner.as_str().into());
    }
    if let Some(relation_type) = &table.relation_type {
        project
            .out
            .extra(&subject, "relation_type", &relation_type.as_str().into());
    }
    for (key, value) in &table.statistics {
        project.out.extra(&subject, &format!("stats.{key}"), value);
    }
}

/// Writes how sensitive a column is, when its metadata says so.
fn classification(project: &mut Project<'_>, column: &Fields<'_>, subject: &NamedNode) {
    for (path, meta) in super::place::metas(column) {
        let meta = Fields {
            object: meta,
            path: &path,
        };
        for key in ["classification", "sensitivity"] {
            for text in meta.texts(key, &mut project.troubles()) {
                project.out.text(subject, iso::CLASSIFICATION, text);
            }
        }
        let flagged = |key: &str| meta.object.get(key) == Some(&Value::Bool(true));
        if ["pii", "is_pii", "contains_pii"].into_iter().any(flagged) {
            project.out.text(subject, iso::CLASSIFICATION, "pii");
        }
    }
}

/// Writes a constraint of one column.
fn constrained(
    project: &mut Project<'_>,
    id: &str,
    subject: &NamedNode,
    name: &str,
    constraint: &Fields<'_>,
) {
    let Some(kind) = constraint.said("type", &mut project.troubles()) else {
        return;
    };
    match kind.to_lowercase().as_str() {
        "not_null" => not_null(project, id, subject, name),
        "unique" => unique(project, id, subject, name),
        "primary_key" => {
            not_null(project, id, subject, name);
            declare_key(project, id, name);
        }
        // A foreign key is written when all columns are there; where it says its target as SQL, that is kept.
        "foreign_key" if constraint.get("to").is_some() => {}
        _ => project.out.extra(
            subject,
            "constraint",
            &Value::Object(Object::clone(constraint.object)),
        ),
    }
}

/// Says that every value of a column is there.
pub(super) fn not_null(project: &mut Project<'_>, id: &str, subject: &NamedNode, name: &str) {
    project.out.boolean(subject, csvw::REQUIRED, true);
    if let Some(known) = project.known.get_mut(id) {
        known.required.insert(name.to_lowercase());
    }
}

/// Says that every value of a column is different.
pub(super) fn unique(project: &mut Project<'_>, id: &str, subject: &NamedNode, name: &str) {
    project.out.extra(subject, "unique", &Value::Bool(true));
    if let Some(known) = project.known.get_mut(id) {
        known.unique.insert(name.to_lowercase());
    }
}

/// Writes the primary key that the node itself declares, or that dbt found out.
fn primary_key(project: &mut Project<'_>, fields: &Fields<'_>, id: &str) {
    let mut names: Vec<String> = Vec::new();
    for (path, constraint) in fields.objects("constraints", &mut project.troubles()) {
        let constraint = Fields {
            object: constraint,
            path: &path,
        };
        let kind = constraint.said("type", &mut project.troubles());
        if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("primary_key")) {
            let columns = constraint.texts("columns", &mut project.troubles());
            names.extend(columns.into_iter().map(str::to_owned));
        }
    }
    if names.is_empty() {
        let found = fields.texts("primary_key", &mut project.troubles());
        names.extend(found.into_iter().map(str::to_owned));
    }
    for name in names {
        declare_key(project, id, &name);
    }
}

/// Says that a column is part of the primary key.
pub(super) fn declare_key(project: &mut Project<'_>, id: &str, name: &str) {
    if find_or_add(project, id, name).is_none() {
        return;
    }
    if let Some(known) = project.known.get_mut(id) {
        known.has_key = true;
        let schema = schema_of(project.out, known);
        // The name as the column itself has it, whatever the case here.
        let name = plain_column(name).unwrap_or(name);
        project.out.name(&schema, csvw::PRIMARY_KEY, name);
    }
}

/// Says that the values of one column are found in another.
pub(super) fn references(project: &mut Project<'_>, from: &NamedNode, to: &NamedNode) {
    project
        .out
        .add(from.clone(), iso::REFERENCES, named(to.as_str()));
}
