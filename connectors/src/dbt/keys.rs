//! Foreign keys that models and their columns declare as constraints.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::Value;

use super::document::Entry;
use super::project::{Project, fields_of};
use super::relation::{Reference, plain_column, reference_in, relation_parts};
use super::{checks, columns};
use crate::json::Fields;

/// Where keys may lead to.
struct Nodes {
    by_name: BTreeMap<String, Vec<String>>,
    by_path: BTreeMap<String, String>,
}

impl Nodes {
    fn of(project: &Project<'_>) -> Self {
        let mut nodes = Self {
            by_name: BTreeMap::new(),
            by_path: BTreeMap::new(),
        };
        let in_order: BTreeMap<_, _> = project.known.iter().collect();
        for (id, known) in in_order {
            let ids = nodes.by_name.entry(known.name.clone()).or_default();
            ids.push(id.clone());
            nodes.by_path.insert(known.path.clone(), id.clone());
        }
        nodes
    }
}

/// Writes the foreign keys of nodes, when all of them have their columns.
pub(super) fn foreign(project: &mut Project<'_>, nodes: &[&Entry]) {
    let known = OnceCell::new();
    for entry in nodes {
        let fields = fields_of(entry);
        constraints(project, &known, &entry.id, &fields, None);
        let Some(Value::Object(declared)) = fields.object.get("columns") else {
            continue;
        };
        for (key, column) in declared {
            let Value::Object(object) = column else {
                continue;
            };
            let path = format!("{}.columns.{key}", fields.path);
            let column = Fields {
                object,
                path: &path,
            };
            let name = object.get("name").and_then(Value::as_str).unwrap_or(key);
            constraints(project, &known, &entry.id, &column, Some(name));
        }
    }
}

/// Writes the foreign keys among the constraints of a node, or of one of its columns.
fn constraints(
    project: &mut Project<'_>,
    known: &OnceCell<Nodes>,
    id: &str,
    fields: &Fields<'_>,
    column: Option<&str>,
) {
    if !fields
        .object
        .get("constraints")
        .is_some_and(Value::is_array)
    {
        return;
    }
    for (path, constraint) in fields.objects("constraints", &mut project.troubles()) {
        let constraint = Fields {
            object: constraint,
            path: &path,
        };
        let mut troubles = project.troubles();
        let kind = constraint.said("type", &mut troubles);
        let to = constraint.said("to", &mut troubles);
        let is_key = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("foreign_key"));
        let Some(to) = to.filter(|_| is_key) else {
            continue;
        };
        let ends = constraint.texts("to_columns", &mut troubles);
        let starts = match column {
            Some(column) => vec![column],
            None => constraint.texts("columns", &mut troubles),
        };
        let nodes = known.get_or_init(|| Nodes::of(project));
        let target = target(project, nodes, to);
        let is_linked = target.is_some_and(|target| link(project, id, &starts, &target, &ends));
        if !is_linked {
            let message = format!("the foreign key refers to `{to}`, which was not found");
            let at = project.at(&path);
            project.report.warning("unresolved_reference", message, at);
        }
    }
}

/// Links the columns of a key to those it refers to, if all are known.
fn link(project: &mut Project<'_>, id: &str, starts: &[&str], target: &str, ends: &[&str]) -> bool {
    if starts.is_empty() || starts.len() != ends.len() {
        return false;
    }
    let mut pairs = Vec::new();
    for (start, end) in starts.iter().zip(ends) {
        let bare = |name: &'_ str| plain_column(name).unwrap_or(name).to_owned();
        let from = columns::find_or_add(project, id, &bare(start));
        let to = columns::find_or_add(project, target, &bare(end));
        let Some(pair) = from.zip(to) else {
            return false;
        };
        pairs.push(pair);
    }
    project.report.understood("reference");
    for (from, to) in pairs {
        columns::references(project, &from, &to);
    }
    true
}

/// Finds the node that a key refers to: as Jinja before it is compiled, as a relation after.
fn target(project: &Project<'_>, nodes: &Nodes, to: &str) -> Option<String> {
    let Some(reference) = reference_in(to) else {
        let path = relation_parts(to).join(".").to_lowercase();
        return nodes.by_path.get(&path).cloned();
    };
    let (Reference::Node { name, .. } | Reference::Source { table: name, .. }) = &reference;
    checks::find(project, &reference, nodes.by_name.get(name)?)
}
