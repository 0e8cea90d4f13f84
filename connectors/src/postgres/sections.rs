//! Reading a catalog document entry by entry, so that a broken entry costs nothing but itself.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::document::{Catalog, Database, FORMAT};
use crate::json::{Object, Troubles};

/// Reads the sections of a document; what is not understood is reported with the path of its key.
pub(super) fn read(mut object: Object, troubles: &mut Troubles<'_>) -> Catalog {
    object.shift_remove("format");
    let mut catalog = Catalog {
        format: FORMAT.to_owned(),
        database: database(&mut object, troubles),
        schemas: list(&mut object, "schemas", troubles),
        relations: list(&mut object, "relations", troubles),
        columns: list(&mut object, "columns", troubles),
        constraints: list(&mut object, "constraints", troubles),
        dependencies: list(&mut object, "dependencies", troubles),
        roles: list(&mut object, "roles", troubles),
        grants: list(&mut object, "grants", troubles),
        statements: list(&mut object, "statements", troubles),
        missing: list(&mut object, "missing", troubles),
    };
    for key in object.keys() {
        unknown(key, key, troubles);
    }
    if catalog.database.name.is_empty() {
        let at = troubles.at("database.name");
        let message = "the document does not name its database";
        troubles.report.warning("missing_name", message, at);
        "database".clone_into(&mut catalog.database.name);
    }
    catalog
}

fn database(object: &mut Object, troubles: &mut Troubles<'_>) -> Database {
    let Some(value) = object.shift_remove("database") else {
        return Database::default();
    };
    report_unknown(&value, "database", &mut known_keys::<Database>(), troubles);
    entry(value, "database", troubles).unwrap_or_default()
}

fn list<T>(object: &mut Object, key: &str, troubles: &mut Troubles<'_>) -> Vec<T>
where
    T: Default + Serialize + DeserializeOwned,
{
    let items = match object.shift_remove(key) {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(items)) => items,
        Some(other) => {
            troubles.wrong_type(key, "a list", &other);
            return Vec::new();
        }
    };
    let mut known = known_keys::<T>();
    let mut entries = Vec::with_capacity(items.len());
    for (place, item) in items.into_iter().enumerate() {
        report_unknown(&item, key, &mut known, troubles);
        entries.extend(entry(item, &format!("{key}[{place}]"), troubles));
    }
    entries
}

fn entry<T: DeserializeOwned>(value: Value, path: &str, troubles: &mut Troubles<'_>) -> Option<T> {
    match serde_json::from_value(value) {
        Ok(entry) => Some(entry),
        Err(error) => {
            let at = troubles.at(path);
            let message = crate::json::plain_message(&error);
            troubles.report.warning("wrong_type", message, at);
            troubles.report.skipped += 1;
            None
        }
    }
}

/// Gives the keys that an entry may have.
fn known_keys<T: Default + Serialize>() -> BTreeSet<String> {
    match serde_json::to_value(T::default()) {
        Ok(Value::Object(object)) => object.keys().cloned().collect(),
        _ => BTreeSet::new(),
    }
}

/// Says once for each key of a section that it is not known.
fn report_unknown(
    value: &Value,
    section: &str,
    known: &mut BTreeSet<String>,
    troubles: &mut Troubles<'_>,
) {
    let Value::Object(found) = value else { return };
    for key in found.keys() {
        if !known.contains(key) {
            unknown(&format!("{section}.{key}"), key, troubles);
            known.insert(key.clone());
        }
    }
}

fn unknown(path: &str, key: &str, troubles: &mut Troubles<'_>) {
    let at = troubles.at(path);
    let message = format!("key `{key}` is not known");
    if troubles.report.warning("unknown_key", message, at) {
        troubles.report.skipped += 1;
    }
}
