//! Which objects a statement touched, as some systems say beside its text or instead of it.
//!
//! Snowflake's `ACCESS_HISTORY`, the lineage tables of Databricks and the referenced tables of BigQuery. Where the text is
//! missing, what was read becomes a statement that reads just that; what was made of what becomes lineage.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::lineage::Lineage;
use crate::sql::Dialect;
use crate::table::path_parts;

/// Columns of `ACCESS_HISTORY` that list what was read: what the statement names, then what is below views.
const READ: [&str; 2] = ["direct_objects_accessed", "base_objects_accessed"];
/// Column of `ACCESS_HISTORY` that lists what was written.
const MADE: &str = "objects_modified";
/// Where BigQuery lists what a job has read.
const REFERENCED: [&str; 4] = [
    "referenced_tables",
    "statistics.query.referencedTables",
    "protoPayload.metadata.jobChange.job.jobStats.queryStats.referencedTables",
    "protoPayload.serviceData.jobCompletedEvent.job.jobStatistics.referencedTables",
];

/// A table that was touched, by the parts of its name, with the columns that are known to have been.
pub(super) type Touched = BTreeMap<Vec<String>, BTreeSet<String>>;

/// Says whether keys or columns are those of an access history of Snowflake.
pub(super) fn is_access(names: &[&str]) -> bool {
    READ.iter().any(|wanted| has(names, wanted))
}

/// Says whether keys or columns are those of a lineage table of Databricks.
pub(super) fn is_lineage(names: &[&str]) -> bool {
    has(names, "source_table_full_name") && has(names, "target_table_full_name")
}

fn has(names: &[&str], wanted: &str) -> bool {
    names
        .iter()
        .any(|name| name.trim().eq_ignore_ascii_case(wanted))
}

/// Gives what a record lists as read.
pub(super) fn read(record: &Value) -> Touched {
    let found = objects_read(record);
    if found.is_empty() {
        referenced(record)
    } else {
        found
    }
}

fn objects_read(record: &Value) -> Touched {
    let found = READ.iter().map(|key| snowflake(&list(record, key)));
    let mut found = found.skip_while(Touched::is_empty);
    found.next().unwrap_or_default()
}

/// Gives the tables that a job of BigQuery has read.
pub(super) fn referenced(record: &Value) -> Touched {
    let mut found = Touched::new();
    for table in REFERENCED.iter().flat_map(|key| list(record, key)) {
        let parts: Vec<String> = match &table {
            Value::String(path) => table_of(path).unwrap_or_default(),
            other => [
                ["project_id", "projectId"],
                ["dataset_id", "datasetId"],
                ["table_id", "tableId"],
            ]
            .iter()
            .filter_map(|names| names.iter().find_map(|name| text(other, name)))
            .collect(),
        };
        if parts.len() == 3 {
            found.entry(parts).or_default();
        }
    }
    found
}

/// Says whether a record tells of objects, whether or not it holds a statement.
pub(super) fn has_objects(record: &Value) -> bool {
    let keys = record
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys());
    let keys: Vec<&str> = keys.map(String::as_str).collect();
    is_access(&keys)
        || is_lineage(&keys)
        || text(record, "target_table_full_name").is_some()
        || text(record, "source_table_full_name").is_some()
}

/// Adds to the lineage what a record says was made of what; says whether there was anything.
pub(super) fn made(record: &Value, dialect: Dialect, lineage: &mut Lineage) -> bool {
    if let Some((to, Some(from))) = pair(record) {
        let columns = text(record, "target_column_name").zip(text(record, "source_column_name"));
        lineage.add(dialect, &to, &from, columns);
        return true;
    }
    let modified = list(record, MADE);
    if modified.is_empty() {
        return false;
    }
    let read = objects_read(record);
    for object in modified.iter().filter(|object| is_dataset(object)) {
        let Some(to) = name_of(object) else { continue };
        for from in read.keys() {
            lineage.add(dialect, &to, from, None);
        }
        for column in list(object, "columns") {
            let Some(name) = text(&column, "columnName") else {
                continue;
            };
            let direct = list(&column, "directSources");
            let sources = if direct.is_empty() {
                list(&column, "baseSources")
            } else {
                direct
            };
            for source in sources.iter().filter(|source| is_dataset(source)) {
                if let Some((from, other)) = name_of(source).zip(text(source, "columnName")) {
                    lineage.add(dialect, &to, &from, Some((name.clone(), other)));
                }
            }
        }
    }
    true
}

/// Gives the target and the source of a record of Databricks; one without a target is a read.
fn pair(record: &Value) -> Option<(Vec<String>, Option<Vec<String>>)> {
    let to = text(record, "target_table_full_name")?;
    let from = text(record, "source_table_full_name");
    Some((path_parts(&to), from.map(|from| path_parts(&from))))
}

/// Gives what a record of Databricks or of an audit log says was read and not written anywhere.
pub(super) fn only_read(record: &Value) -> Option<(Vec<String>, Vec<String>)> {
    if let Some(read) = find(record, "protoPayload.metadata.tableDataRead") {
        let table = table_of(&text(record, "protoPayload.resourceName")?)?;
        let fields = list(read, "fields");
        let fields = fields
            .iter()
            .filter_map(|field| Some(field.as_str()?.to_owned()));
        return Some((table, fields.collect()));
    }
    if text(record, "target_table_full_name").is_some() || text(record, "target_path").is_some() {
        return None;
    }
    let from = text(record, "source_table_full_name")?;
    let column = text(record, "source_column_name");
    Some((path_parts(&from), column.into_iter().collect()))
}

/// Gives the parts of `projects/<project>/datasets/<dataset>/tables/<table>`.
fn table_of(path: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["projects", project, "datasets", dataset, "tables", table] => Some(
            [project, dataset, table]
                .map(|part| (*part).to_owned())
                .to_vec(),
        ),
        _ => None,
    }
}

/// Writes the statement that reads just this; `None` where nothing was read.
pub(super) fn statement(touched: &Touched, dialect: Dialect) -> Option<String> {
    let quote = match dialect {
        Dialect::BigQuery
        | Dialect::Databricks
        | Dialect::Spark
        | Dialect::Hive
        | Dialect::MySql => '`',
        _ => '"',
    };
    let quoted = |name: &str| format!("{quote}{}{quote}", name.replace(quote, ""));
    let mut columns = Vec::new();
    let mut tables = Vec::new();
    for (number, (table, names)) in (1..).zip(touched) {
        let parts: Vec<String> = table.iter().map(|part| quoted(part)).collect();
        tables.push(format!("{} AS t{number}", parts.join(".")));
        if names.is_empty() {
            columns.push(format!("t{number}.*"));
        }
        columns.extend(
            names
                .iter()
                .map(|name| format!("t{number}.{}", quoted(name))),
        );
    }
    let (columns, tables_text) = (columns.join(", "), tables.join(", "));
    (!tables.is_empty()).then(|| format!("SELECT {columns} FROM {tables_text}"))
}

/// Gives the tables of a list of objects of Snowflake; functions, stages and the like are none.
fn snowflake(objects: &[Value]) -> Touched {
    let mut found = Touched::new();
    for object in objects.iter().filter(|object| is_dataset(object)) {
        if let Some(name) = name_of(object) {
            let columns = list(object, "columns");
            let columns = columns
                .iter()
                .filter_map(|column| text(column, "columnName"));
            found.entry(name).or_default().extend(columns);
        }
    }
    found
}

fn is_dataset(object: &Value) -> bool {
    let domain = text(object, "objectDomain").unwrap_or_default();
    let domain = domain.to_lowercase();
    domain.is_empty()
        || ["table", "view", "stream"]
            .iter()
            .any(|kind| domain.contains(kind))
}

fn name_of(object: &Value) -> Option<Vec<String>> {
    Some(path_parts(&text(object, "objectName")?))
}

/// Finds a value by a key in any case; a dot leads into an object.
pub(super) fn find<'o>(object: &'o Value, key: &str) -> Option<&'o Value> {
    key.split('.').try_fold(object, |value, part| {
        let keys = value.as_object()?;
        let exact = keys.get(part);
        exact.or_else(|| {
            keys.iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(part))
                .map(|(_, value)| value)
        })
    })
}

fn text(object: &Value, key: &str) -> Option<String> {
    let text = find(object, key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Gives a list, which a table holds as a text.
fn list(object: &Value, key: &str) -> Vec<Value> {
    match find(object, key) {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::String(text)) => match crate::json::parse(text.as_bytes()) {
            Ok(Value::Array(items)) => items,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
