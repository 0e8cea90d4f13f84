//! Fields of a schema as columns, nested ones with the names that Iceberg gives them.

use serde_json::Value;

use crate::StatementBuilder;
use crate::json::{Object, integer_of};
use crate::table::{ColumnFacts, Table};

/// How deep types are read.
const DEPTH_MAX: usize = 32;

/// Writes the columns of a schema; says how many there are.
pub(super) fn write(out: &mut StatementBuilder, table: &mut Table, schema: &Object) -> u64 {
    let mut names = Names::default();
    let mut count = 0;
    of_struct(out, table, schema, "", 0, &mut names, &mut count);
    let keys = schema.get("identifier-field-ids").and_then(Value::as_array);
    let keys: Vec<&str> = keys
        .into_iter()
        .flatten()
        .filter_map(|id| names.get(&integer_of(id)?).map(String::as_str))
        .collect();
    table.primary_key(out, &keys);
    count
}

type Names = std::collections::BTreeMap<i64, String>;

fn of_struct(
    out: &mut StatementBuilder,
    table: &mut Table,
    object: &Object,
    above: &str,
    depth: usize,
    names: &mut Names,
    count: &mut u64,
) {
    let fields = object.get("fields").and_then(Value::as_array);
    for field in fields.into_iter().flatten().filter_map(Value::as_object) {
        let Some(own) = field.get("name").and_then(Value::as_str) else {
            continue;
        };
        let name = joined(above, own);
        let datatype = field.get("type").map(|found| type_text(found, 0));
        let facts = ColumnFacts {
            datatype: datatype.as_deref(),
            description: field.get("doc").and_then(Value::as_str),
            required: field.get("required").and_then(Value::as_bool),
        };
        if table.column(out, &name, &facts).is_some() {
            *count += 1;
        }
        if let Some(id) = field.get("id").and_then(integer_of) {
            names.insert(id, name.clone());
        }
        if let Some(found) = field.get("type") {
            nested(out, table, found, &name, depth + 1, names, count);
        }
    }
}

fn nested(
    out: &mut StatementBuilder,
    table: &mut Table,
    datatype: &Value,
    above: &str,
    depth: usize,
    names: &mut Names,
    count: &mut u64,
) {
    let Some(object) = datatype.as_object().filter(|_| depth < DEPTH_MAX) else {
        return;
    };
    if object.contains_key("fields") {
        of_struct(out, table, object, above, depth, names, count);
        return;
    }
    for part in ["element", "key", "value"] {
        if let Some(inner) = object.get(part) {
            nested(
                out,
                table,
                inner,
                &joined(above, part),
                depth + 1,
                names,
                count,
            );
        }
    }
}

fn joined(above: &str, name: &str) -> String {
    if above.is_empty() {
        name.to_owned()
    } else {
        format!("{above}.{name}")
    }
}

/// Writes a type on one line: `list<struct<a: int>>`.
fn type_text(datatype: &Value, depth: usize) -> String {
    let inner = |value: Option<&Value>| match value {
        Some(value) if depth < DEPTH_MAX => type_text(value, depth + 1),
        _ => "...".to_owned(),
    };
    match datatype {
        Value::String(name) => name.clone(),
        Value::Object(object) => match object.get("type").and_then(Value::as_str) {
            Some("list") => format!("list<{}>", inner(object.get("element"))),
            Some("map") => format!(
                "map<{}, {}>",
                inner(object.get("key")),
                inner(object.get("value"))
            ),
            _ => {
                let fields = object.get("fields").and_then(Value::as_array);
                let fields: Vec<String> = fields
                    .into_iter()
                    .flatten()
                    .map(|field| {
                        let name = field
                            .get("name")
                            .and_then(Value::as_str)
                            .unwrap_or_default();
                        format!("{name}: {}", inner(field.get("type")))
                    })
                    .collect();
                format!("struct<{}>", fields.join(", "))
            }
        },
        other => other.to_string(),
    }
}
