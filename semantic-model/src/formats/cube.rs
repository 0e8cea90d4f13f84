//! Cube: cubes in YAML, one layer over all files of a project.
//!
//! References in braces become names: `{CUBE}.x` and `{member}` those of the cube itself, `{other.member}` ones of
//! another. Filters of a measure are written into its expression, as Cube does. Arithmetic over measures (`{a} / {b}`)
//! becomes a derived metric, a rolling window a cumulative one, a time shift an offset. Views, segments, hierarchies,
//! pre-aggregations and access policies are kept in the extensions; Jinja is not run: what holds it is left out.

mod jinja;
mod measures;
mod members;
mod references;

use rustc_hash::{FxHashMap, FxHashSet};

use super::document::Document;
use super::fields::Fields;
use super::names::{is_query, parts_of};
use super::report::Severity;
use super::sql;
use super::tree::Node;
use crate::layer::{
    Cardinality, Dataset, Expression, FieldRole, Join, JoinCondition, Layer, Notes, Relation,
};

pub(super) use jinja::masked;

/// Keys of cubes and members that have no meaning in a layer and are kept without a word.
const BESIDE: &[&str] = &[
    "meta",
    "format",
    "currency",
    "pre_aggregations",
    "preAggregations",
    "hierarchies",
    "refresh_key",
    "refreshKey",
    "data_source",
    "dataSource",
    "sql_alias",
    "sqlAlias",
    "drill_members",
    "drillMembers",
    "context_members",
    "accessPolicy",
    "access_policy",
    "calendar",
    "order",
    "links",
    "ai_context",
    "mask",
];

/// What the cubes of a project have, by name.
#[derive(Default)]
struct Index<'a> {
    /// The measures of each cube.
    measures: FxHashMap<&'a str, FxHashSet<&'a str>>,
}

impl Index<'_> {
    fn is_cube(&self, name: &str) -> bool {
        self.measures.contains_key(name)
    }

    fn is_measure(&self, cube: &str, name: &str) -> bool {
        self.measures
            .get(cube)
            .is_some_and(|names| names.contains(name))
    }
}

/// Reads the cubes of all documents.
pub(super) fn layer<'a>(documents: &'a [&'a Document<'a>]) -> Layer {
    let roots: Vec<Fields<'a>> = documents
        .iter()
        .filter_map(|document| Fields::of(document, document.root()))
        .collect();
    let cubes: Vec<Fields<'a>> = roots
        .iter()
        .flat_map(|root| root.objects("cubes"))
        .collect();
    let mut index = Index::default();
    for cube in &cubes {
        let names = cube
            .node()
            .get("measures")
            .into_iter()
            .flat_map(Node::items);
        let names = names.filter_map(|node| node.text_of("name")).collect();
        if let Some(cube) = cube.node().text_of("name") {
            index.measures.insert(cube, names);
        }
    }
    let mut layer = Layer::default();
    for fields in &cubes {
        take_cube(fields, &index, &mut layer);
    }
    for root in &roots {
        views(root, &mut layer);
        root.leave(&[]);
    }
    layer
}

fn take_cube(fields: &Fields<'_>, index: &Index<'_>, layer: &mut Layer) {
    let Some(name) = fields.name("name").map(str::to_owned) else {
        return;
    };
    if fields.has("extends") {
        let message = format!("`{name}` extends another cube, whose members it does not get here");
        fields.warn("not_understood", message, "extends");
    }
    let Some(relation) = relation(fields, &name) else {
        return;
    };
    let mut dataset = Dataset {
        name: name.clone(),
        relation,
        ..Dataset::default()
    };
    for inner in fields.objects("dimensions") {
        members::take(&inner, &name, index, &mut dataset);
    }
    let mut times = dataset
        .fields
        .iter()
        .filter(|field| matches!(field.role, FieldRole::Time(_)));
    dataset.default_time = times.next().map(|field| field.name.clone());
    if let (Some(time), Some(_)) = (&dataset.default_time, times.next()) {
        let message =
            format!("`{time}`, the first time dimension, is `metric_time` of its measures");
        fields.problem(Severity::Note, "default_time", message, Some("dimensions"));
    }
    for inner in fields.objects("joins") {
        layer.joins.extend(join(&inner, &name, index));
    }
    for inner in fields.objects("measures") {
        measures::take(&inner, &name, index, layer);
    }
    if fields.has("segments") {
        let message = "segments are kept; queries write their conditions themselves";
        fields.problem(Severity::Note, "named_filters", message, Some("segments"));
    }
    dataset.notes = notes(fields, &["segments", "extends"]);
    fields.document().understood("cube");
    layer.datasets.push(dataset);
}

fn relation(fields: &Fields<'_>, name: &str) -> Option<Relation> {
    let table = fields.text("sql_table").or_else(|| fields.text("sqlTable"));
    let query = fields.text("sql");
    let text = table.or(query).unwrap_or(name).trim();
    if jinja::holds(text) || text.contains('{') {
        let message = format!("the relation of `{name}` is computed, so the cube is left out");
        fields.error("not_understood", message);
        return None;
    }
    if query.is_some() && table.is_none() && is_query(text) {
        return Some(Relation::Query(Expression::new(text)));
    }
    Some(Relation::Table(parts_of(text)))
}

fn join(fields: &Fields<'_>, from: &str, index: &Index<'_>) -> Option<Join> {
    let to = fields.name("name")?.to_owned();
    let text = fields.name("sql")?;
    let Some(condition) = references::qualified(text, from, index) else {
        let message =
            format!("the condition of the join to `{to}` is not understood, so it is left out");
        fields.problem(Severity::Error, "not_understood", message, Some("sql"));
        return None;
    };
    let on = match sql::join(&condition, from, &to) {
        // Cube's own fixtures compare a cube with itself by mistake; a condition shows what is written.
        JoinCondition::Columns(pairs) if pairs.is_empty() => {
            JoinCondition::Condition(Expression::new(condition))
        }
        on => on,
    };
    let relationship = fields.name("relationship")?;
    let cardinality = match relationship {
        "many_to_one" | "belongs_to" | "belongsTo" => Cardinality::ManyToOne,
        "one_to_one" | "has_one" | "hasOne" => Cardinality::OneToOne,
        "one_to_many" | "has_many" | "hasMany" => Cardinality::OneToMany,
        other => {
            let message = format!("`{other}` is no relationship; many to many is assumed");
            fields.warn("unknown_type", message, "relationship");
            Cardinality::ManyToMany
        }
    };
    fields.document().understood("join");
    Some(Join {
        name: format!("{from}_{to}"),
        from: from.to_owned(),
        on,
        alias: None,
        cardinality: Some(cardinality),
        notes: notes(fields, &[]),
        to,
    })
}

fn views(root: &Fields<'_>, layer: &mut Layer) {
    for view in root.objects("views") {
        let name = view.name("name").unwrap_or_default();
        let message =
            format!("view `{name}` is kept; its members are asked for by the names of their cubes");
        view.problem(Severity::Note, "view_kept", message, None);
    }
    let Some(serde_json::Value::Array(views)) = root.json("views") else {
        return;
    };
    let kept = layer.notes.extensions.entry("views".to_owned());
    let kept = kept.or_insert_with(|| serde_json::Value::Array(Vec::new()));
    if let serde_json::Value::Array(kept) = kept {
        kept.extend(views);
    }
}

fn notes(fields: &Fields<'_>, known: &[&str]) -> Notes {
    let label = fields.owned("title");
    let shown = ["public", "shown"]
        .into_iter()
        .find_map(|key| fields.flag(key));
    Notes {
        label,
        description: fields.owned("description"),
        hidden: shown == Some(false),
        extensions: fields.rest(&[BESIDE, known].concat()),
        ..Notes::default()
    }
}
