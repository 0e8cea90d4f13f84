//! Contracts of ODCS v2 in the keys of v3, so that everything after reads one shape.

use crate::odcs::tree;
use crate::yaml::{Entry, Node, Value};

/// The keys of a contract that v3 calls otherwise.
const CONTRACT_KEYS: [(&str, &str); 7] = [
    ("uuid", "id"),
    ("quantumName", "dataProduct"),
    ("datasetDomain", "domain"),
    ("datasetName", "name"),
    ("dataset", "schema"),
    ("stakeholders", "team"),
    ("slaDefaultColumn", "slaDefaultElement"),
];
/// The keys of a schema object that v3 calls otherwise.
const OBJECT_KEYS: [(&str, &str); 3] = [
    ("table", "name"),
    ("columns", "properties"),
    ("dataGranularity", "dataGranularityDescription"),
];
/// The keys of a column that v3 calls otherwise.
const COLUMN_KEYS: [(&str, &str); 8] = [
    ("column", "name"),
    ("isPrimaryKey", "primaryKey"),
    ("isUnique", "unique"),
    ("partitionStatus", "partitioned"),
    ("encryptedColumnName", "encryptedName"),
    ("transformSourceTables", "transformSourceObjects"),
    ("sampleValues", "examples"),
    ("criticalDataElementStatus", "criticalDataElement"),
];
/// The keys of a quality rule that v3 calls otherwise.
const RULE_KEYS: [(&str, &str); 3] = [
    ("templateName", "name"),
    ("toolName", "engine"),
    ("scheduleCronExpression", "schedule"),
];
/// The keys of a contract that make up a server in v3.
const SERVER_KEYS: [(&str, &str); 3] = [
    ("server", "host"),
    ("database", "database"),
    ("project", "project"),
];

/// Renames what v3 calls otherwise; keys that v3 has not stay and are kept as extras.
pub(super) fn modernised(mut node: Node) -> Node {
    let server = server(&node);
    rename(&mut node, &CONTRACT_KEYS);
    if let Value::Map(entries) = &mut node.value {
        if let Some(server) = server {
            entries.retain(|entry| SERVER_KEYS.iter().all(|(old, _)| entry.key != *old));
            entries.push(server);
        }
        for entry in entries.iter_mut().filter(|entry| entry.key == "schema") {
            each(&mut entry.value, object);
        }
    }
    node
}

fn object(node: &mut Node) {
    rename(node, &OBJECT_KEYS);
    each_under(node, "properties", column);
    each_under(node, "quality", |rule| rename(rule, &RULE_KEYS));
}

fn column(node: &mut Node) {
    rename(node, &COLUMN_KEYS);
    let Value::Map(entries) = &mut node.value else {
        return;
    };
    for entry in entries {
        if entry.key == "isNullable"
            && let Value::Bool(nullable) = entry.value.value
        {
            entry.key = "required".into();
            entry.value.value = Value::Bool(!nullable);
        }
    }
}

/// The one server of a v2 contract, when it names any of its parts.
fn server(node: &Node) -> Option<Entry> {
    let parts: Vec<Entry> = SERVER_KEYS
        .iter()
        .filter_map(|(old, new)| {
            let entry = node.entries().iter().find(|entry| entry.key == *old)?;
            let is_said = !entry.value.is_empty();
            is_said.then(|| Entry {
                key: (*new).into(),
                ..entry.clone()
            })
        })
        .collect();
    let place = parts.first()?.place;
    let server = Node {
        value: Value::Map(parts),
        place,
    };
    node.get("servers").is_none().then(|| Entry {
        key: "servers".into(),
        place,
        value: Node {
            value: Value::List(vec![server]),
            place,
        },
    })
}

fn rename(node: &mut Node, keys: &[(&'static str, &'static str)]) {
    if let Value::Map(entries) = &mut node.value {
        tree::rename(entries, keys);
    }
}

fn each(node: &mut Node, change: impl Fn(&mut Node)) {
    if let Value::List(items) = &mut node.value {
        items.iter_mut().for_each(change);
    }
}

fn each_under(node: &mut Node, key: &str, change: impl Fn(&mut Node)) {
    if let Value::Map(entries) = &mut node.value {
        for entry in entries.iter_mut().filter(|entry| entry.key == key) {
            each(&mut entry.value, &change);
        }
    }
}
