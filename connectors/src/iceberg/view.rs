//! Views: the query of the current version.

use graph_core::rdf::NamedNode;
use serde_json::Value;

use super::Writer;
use crate::json::{Object, integer_of};

/// Gives the current version of a view; `None` for a table, and for a view that does not have it.
pub(super) fn current_version(object: &Object) -> Option<&Object> {
    let wanted = object.get("current-version-id").and_then(integer_of)?;
    let versions = object.get("versions").and_then(Value::as_array)?;
    let mut versions = versions.iter().filter_map(Value::as_object);
    versions.find(|version| version.get("version-id").and_then(integer_of) == Some(wanted))
}

/// Keeps the query in each dialect, and where its names without a namespace are looked for.
pub(super) fn write(writer: &mut Writer<'_>, iri: &NamedNode, version: &Object) {
    for key in ["default-catalog", "default-namespace"] {
        if let Some(value) = version.get(key).filter(|value| !value.is_null()) {
            writer.out.extra(iri, key, value);
        }
    }
    let representations = version.get("representations").and_then(Value::as_array);
    for found in representations.into_iter().flatten() {
        if let Some(sql) = found.get("sql") {
            writer.out.extra(iri, "definition", sql);
        }
    }
}
