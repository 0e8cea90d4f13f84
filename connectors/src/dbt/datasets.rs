//! Models, seeds, snapshots and sources: datasets, their places and their lineage.

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, dprod, iso, prov, skos};
use rustc_hash::FxHashMap;
use semantic_model::identity::{IriKind, qualified_name};
use serde_json::Value;

use super::columns;
use super::document::Entry;
use super::place::{self, Facts, tags_of};
use super::project::{Known, Project, fields_of};
use super::relation::relation_parts;
use super::results::Outcome;
use super::{extras, freshness};
use crate::json::Fields;

/// Keys of a node that are kept as `iso:extra` when they say something.
const KEPT: [&str; 10] = [
    "package_name",
    "original_file_path",
    "group",
    "access",
    "version",
    "latest_version",
    "deprecation_date",
    "loader",
    "loaded_at_field",
    "constraints",
];

/// Gives a node its IRI and its place, so that others can refer to it.
pub(super) fn register(project: &mut Project<'_>, entry: &Entry) {
    let fields = fields_of(entry);
    let is_source = project.resource_type(entry) == "source";
    let relation = relation(project, &fields, is_source);
    let path = project.identities.path(&entry.id, &relation);
    let source = project.options.source.as_str();
    let mut troubles = crate::json::Troubles {
        report: project.report,
        file: project.file,
        line: None,
    };
    let fallback = entry.id.rsplit('.').next().unwrap_or_default();
    let name = fields.said("name", &mut troubles).unwrap_or(fallback);
    let package = fields.said("package_name", &mut troubles);
    let package = package.unwrap_or_else(|| entry.id.split('.').nth(1).unwrap_or_default());
    let source_name = fields.said("source_name", &mut troubles).map(str::to_owned);
    let fqn = fields.texts("fqn", &mut troubles);
    let tags = tags_of(&fields, &mut troubles);
    let group = fields.said("group", &mut troubles);
    let mut said = |key| fields.said(key, &mut troubles).unwrap_or_default();
    let facts = Facts {
        source,
        package,
        folders: folders(&fqn, name, source_name.as_deref()),
        group,
        tags: &tags,
        relation: [said("database"), said("schema"), name],
        is_source,
    };
    let place = place::place(&project.options.mapping, &facts, &fields, &mut troubles);
    let product = match (&place.product, place.product_title()) {
        (Some(product), Some(title)) => {
            Some(project.out.product_titled(&place.domain, product, &title))
        }
        _ => None,
    };
    let known = Known {
        iri: project.out.iri(IriKind::Dataset, &[&path]),
        path,
        name: name.to_owned(),
        package: package.to_owned(),
        source_name,
        place,
        product,
        columns: FxHashMap::default(),
        columns_final: project.catalog.get(&entry.id).is_some(),
        required: std::collections::BTreeSet::new(),
        unique: std::collections::BTreeSet::new(),
        has_key: false,
    };
    project.known.insert(entry.id.clone(), known);
}

/// Gives the folders below the models: the fully qualified name without package, source, name and version.
fn folders<'a>(fqn: &'a [&'a str], name: &str, source_name: Option<&str>) -> &'a [&'a str] {
    let mut folders = fqn.get(1..).unwrap_or_default();
    if let [rest @ .., last] = folders
        && last.starts_with('v')
        && rest.last() == Some(&name)
    {
        folders = rest;
    }
    if let [rest @ .., last] = folders
        && *last == name
    {
        folders = rest;
    }
    if let [rest @ .., last] = folders
        && Some(*last) == source_name
    {
        folders = rest;
    }
    folders
}

/// Gives database, schema and name of the relation; nothing for what the database does not have.
pub(super) fn relation(
    project: &mut Project<'_>,
    fields: &Fields<'_>,
    is_source: bool,
) -> Vec<String> {
    let materialized = config_text(project, fields, "materialized");
    let mut troubles = project.troubles();
    if let Some(relation) = fields.said("relation_name", &mut troubles) {
        return relation_parts(relation);
    }
    if materialized.as_deref() == Some("ephemeral") {
        return Vec::new();
    }
    let name_keys: &[&str] = if is_source {
        &["identifier", "name"]
    } else {
        &["alias", "name"]
    };
    let name = name_keys
        .iter()
        .find_map(|key| fields.said(key, &mut troubles));
    [
        fields.said("database", &mut troubles),
        fields.said("schema", &mut troubles),
        name,
    ]
    .into_iter()
    .flatten()
    .map(str::to_owned)
    .collect()
}

fn config_text(project: &mut Project<'_>, fields: &Fields<'_>, key: &str) -> Option<String> {
    let path = fields.path_of("config");
    let config = fields.object("config", &mut project.troubles())?;
    let config = Fields {
        object: config,
        path: &path,
    };
    config.said(key, &mut project.troubles()).map(str::to_owned)
}

/// Writes the statements of a node.
pub(super) fn write(project: &mut Project<'_>, entry: &Entry) {
    let Some(known) = project.known.get(&entry.id).cloned() else {
        return;
    };
    let fields = fields_of(entry);
    let resource_type = project.resource_type(entry);
    project.report.understood("dataset");
    project.report.understood(&resource_type);
    let subject = &known.iri;
    project.out.class(subject, dcat::DATASET_CLASS);
    project.out.text(subject, dcterms::IDENTIFIER, &entry.id);

    names(project, &fields, &known, resource_type == "source");
    let materialized = match resource_type.as_str() {
        "model" => config_text(project, &fields, "materialized").unwrap_or_else(|| "view".into()),
        other => other.to_owned(),
    };
    project
        .out
        .text(subject, iso::MATERIALIZATION, &materialized);
    let catalog = project.catalog.get(&entry.id);
    let described = fields.said("description", &mut project.troubles());
    let comment = catalog.and_then(|table| table.comment.as_deref());
    let source_described = fields.said("source_description", &mut project.troubles());
    if let Some(description) = described.or(comment).or(source_described) {
        project.out.text(subject, dcterms::DESCRIPTION, description);
    }
    for tag in tags_of(&fields, &mut project.troubles()) {
        project.out.name(subject, dcat::KEYWORD, &tag);
    }
    placed(project, &fields, &known);
    kept(project, &fields, subject);
    columns::write(project, &fields, &entry.id);
    upstream(project, &fields, &known);
    if let Some(outcome) = project.results.get(&entry.id) {
        run(project, &entry.id, subject, outcome);
    }
    freshness::write(project, &entry.id, subject, &fields);
}

/// Writes what the dataset is called, in dbt and in the database.
fn names(project: &mut Project<'_>, fields: &Fields<'_>, known: &Known, is_source: bool) {
    let relation = relation(project, fields, is_source);
    let physical = relation.last().map_or(known.name.as_str(), String::as_str);
    project.out.name(&known.iri, iso::NAME, physical);
    if known.name != physical {
        project.out.name(&known.iri, skos::ALT_LABEL, &known.name);
    }
    // A bare name alone would join tables that have nothing to do with each other.
    if relation.len() > 1 && !project.adapter.is_empty() {
        let parts: Vec<&str> = relation.iter().map(String::as_str).collect();
        let qualified = qualified_name(&project.adapter, &parts);
        project
            .out
            .text(&known.iri, iso::QUALIFIED_NAME, &qualified);
    }
}

/// Writes domain, data product and owners.
fn placed(project: &mut Project<'_>, fields: &Fields<'_>, known: &Known) {
    let domain = project.out.domain(&known.place.domain);
    project.out.link(&known.iri, iso::IN_DOMAIN, &domain);
    if let Some(product) = &known.product {
        project.out.link(product, dprod::OUTPUT_DATASET, &known.iri);
    }
    let group = fields.said("group", &mut project.troubles());
    let group_owner = group.and_then(|group| project.groups.get(group).cloned());
    if let (Some(owner), Some(product)) = (&group_owner, &known.product) {
        project.out.link(product, dprod::DATA_PRODUCT_OWNER, owner);
    }
    let mut owners = extras::owners_in_meta(project, fields);
    owners.extend(group_owner);
    for owner in owners {
        project
            .out
            .link(&known.iri, prov::WAS_ATTRIBUTED_TO, &owner);
    }
}

/// Keeps what has no place of its own.
fn kept(project: &mut Project<'_>, fields: &Fields<'_>, subject: &NamedNode) {
    for key in KEPT {
        match fields.get(key) {
            None => {}
            Some(Value::String(text)) if text.trim().is_empty() => {}
            Some(Value::Array(items)) if items.is_empty() => {}
            Some(value) => project.out.extra(subject, key, value),
        }
    }
    extras::keep_meta(project, fields, subject);
    let enforced = fields
        .object
        .get("contract")
        .and_then(|contract| contract.get("enforced"));
    if enforced == Some(&Value::Bool(true)) {
        project
            .out
            .extra(subject, "contract_enforced", &Value::Bool(true));
    }
}

/// Writes what a dataset is made from, and what its product takes in from elsewhere.
fn upstream(project: &mut Project<'_>, fields: &Fields<'_>, known: &Known) {
    for (path, id) in dependencies(project, fields) {
        let Some(from) = project.known.get(&id) else {
            if !project.identities.knows(&id) {
                let message = format!("node `{id}` is not in the manifest");
                let at = project.at(&path);
                project.report.warning("unresolved_dependency", message, at);
                project.report.skipped += 1;
            }
            continue;
        };
        project.report.understood("lineage");
        let (from, from_product) = (from.iri.clone(), from.product.clone());
        project.out.link(&known.iri, prov::WAS_DERIVED_FROM, &from);
        if let Some(product) = &known.product
            && from_product.as_ref() != Some(product)
        {
            project.out.link(product, dprod::INPUT_DATASET, &from);
        }
    }
}

/// Gives the nodes that a node depends on, with the paths of the keys that say so.
pub(super) fn dependencies(
    project: &mut Project<'_>,
    fields: &Fields<'_>,
) -> Vec<(String, String)> {
    let path = fields.path_of("depends_on");
    let Some(object) = fields.object("depends_on", &mut project.troubles()) else {
        return Vec::new();
    };
    let depends_on = Fields {
        object,
        path: &path,
    };
    let nodes = depends_on.texts("nodes", &mut project.troubles());
    (0..)
        .zip(nodes)
        .map(|(place, id): (usize, &str)| (format!("{path}.nodes[{place}]"), id.to_owned()))
        .collect()
}

/// Writes the last run of a node.
fn run(project: &mut Project<'_>, id: &str, subject: &NamedNode, outcome: &Outcome) {
    project.report.understood("run");
    let activity = project.out.iri(IriKind::Activity, &["run", id]);
    project.out.class(&activity, prov::ACTIVITY);
    project.out.link(subject, prov::WAS_GENERATED_BY, &activity);
    project.out.text(&activity, iso::STATUS, &outcome.status);
    if let Some(started) = &outcome.started {
        project
            .out
            .moment(&activity, prov::STARTED_AT_TIME, started);
    }
    if let Some(ended) = &outcome.ended {
        project.out.moment(&activity, prov::ENDED_AT_TIME, ended);
    }
    if let Some(message) = &outcome.message {
        project.out.text(&activity, dcterms::DESCRIPTION, message);
    }
    if let Some(seconds) = outcome.seconds {
        project
            .out
            .extra(&activity, "execution_seconds", &seconds.into());
    }
    if let Some(rows) = outcome.rows {
        project.out.extra(&activity, "rows_affected", &rows.into());
    }
}
