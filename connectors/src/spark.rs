//! Types of Spark, as Delta and Unity Catalog write schemas in JSON: fields as columns, nested ones by dotted paths.

use serde_json::Value;

use crate::StatementBuilder;
use crate::json::Object;
use crate::table::{ColumnFacts, Table};

/// How deep types are read.
const DEPTH_MAX: usize = 32;
/// How many columns a table may have, nested ones counted.
const COLUMNS_MAX: u64 = 100_000;

/// Writes the fields of a struct as columns, and what their metadata say beyond a comment as extras; gives how many
/// columns there are.
pub(crate) fn write_fields(out: &mut StatementBuilder, table: &mut Table, schema: &Object) -> u64 {
    let mut fields = Fields {
        out,
        table,
        count: 0,
    };
    fields.of_struct(schema, "", 0);
    fields.count
}

/// Writes what is nested in a column that is there already.
pub(crate) fn write_nested(
    out: &mut StatementBuilder,
    table: &mut Table,
    column: &str,
    datatype: &Value,
) -> u64 {
    let mut fields = Fields {
        out,
        table,
        count: 0,
    };
    fields.nested(datatype, column, 1);
    fields.count
}

struct Fields<'a> {
    out: &'a mut StatementBuilder,
    table: &'a mut Table,
    count: u64,
}

impl Fields<'_> {
    fn of_struct(&mut self, object: &Object, above: &str, depth: usize) {
        let fields = object.get("fields").and_then(Value::as_array);
        for field in fields.into_iter().flatten().filter_map(Value::as_object) {
            let Some(own) = field.get("name").and_then(Value::as_str) else {
                continue;
            };
            if self.count >= COLUMNS_MAX {
                return;
            }
            let name = joined(above, own);
            let datatype = field.get("type").map(|found| type_text(found, 0));
            let metadata = field.get("metadata").and_then(Value::as_object);
            let comment = metadata.and_then(|found| found.get("comment"));
            let facts = ColumnFacts {
                datatype: datatype.as_deref(),
                description: comment.and_then(Value::as_str),
                required: field
                    .get("nullable")
                    .and_then(Value::as_bool)
                    .map(|nullable| !nullable),
            };
            if let Some(column) = self.table.column(self.out, &name, &facts) {
                self.count += 1;
                for (key, value) in metadata.into_iter().flatten() {
                    if key != "comment" {
                        self.out.extra(&column, key, value);
                    }
                }
            }
            if let Some(found) = field.get("type") {
                self.nested(found, &name, depth + 1);
            }
        }
    }

    fn nested(&mut self, datatype: &Value, above: &str, depth: usize) {
        let Some(object) = datatype.as_object().filter(|_| depth < DEPTH_MAX) else {
            return;
        };
        if object.contains_key("fields") {
            self.of_struct(object, above, depth);
            return;
        }
        for (key, part) in [
            ("elementType", "element"),
            ("keyType", "key"),
            ("valueType", "value"),
        ] {
            if let Some(inner) = object.get(key) {
                self.nested(inner, &joined(above, part), depth + 1);
            }
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

/// Writes a type on one line, as SQL does: `array<struct<a: int>>`.
pub(crate) fn type_text(datatype: &Value, depth: usize) -> String {
    let inner = |value: Option<&Value>| match value {
        Some(value) if depth < DEPTH_MAX => type_text(value, depth + 1),
        _ => "...".to_owned(),
    };
    let Some(object) = datatype.as_object() else {
        let name = datatype.as_str();
        return name.map_or_else(|| datatype.to_string(), str::to_owned);
    };
    match object.get("type").and_then(Value::as_str) {
        Some("array") => format!("array<{}>", inner(object.get("elementType"))),
        Some("map") => format!(
            "map<{}, {}>",
            inner(object.get("keyType")),
            inner(object.get("valueType"))
        ),
        Some("udt") => inner(object.get("sqlType")),
        _ => {
            let fields = object.get("fields").and_then(Value::as_array);
            let fields = fields.into_iter().flatten().map(|field| {
                let name = field.get("name").and_then(Value::as_str);
                format!("{}: {}", name.unwrap_or_default(), inner(field.get("type")))
            });
            format!("struct<{}>", fields.collect::<Vec<_>>().join(", "))
        }
    }
}
