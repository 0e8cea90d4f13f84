//! One record of a history, whatever its system calls things: who ran what, when, and how it ended.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::entry::Entry;
use super::sink::Sink;
use super::{moment, touched};
use crate::{Input, Location, Report, json};

/// The names of a field in the exports of all systems, the surest first; a dot leads into an object.
struct Names(&'static [&'static str]);

const SQL: Names = Names(&[
    "query_text",
    "statement_text",
    "sql",
    "sql_text",
    "sqltext",
    "query",
    "statement",
    "querytext",
    "query_body",
    "querybody",
    "configuration.query.query",
    "job_configuration.query.query",
    "protoPayload.serviceData.jobCompletedEvent.job.jobConfiguration.query.query",
    "protoPayload.metadata.jobChange.job.jobConfig.queryConfig.query",
]);
const USER: Names = Names(&[
    "user_name",
    "user_email",
    "executed_by",
    "user",
    "usename",
    "username",
    "executed_as_user_name",
    "user_id",
    "rolname",
    "principal",
    "created_by",
    "protoPayload.authenticationInfo.principalEmail",
]);
const ROLE: Names = Names(&["role_name", "role", "roles"]);
const TEAM: Names = Names(&[
    "team",
    "teams",
    "department",
    "departments",
    "group",
    "groups",
]);
const TIME: Names = Names(&[
    "start_time",
    "query_start_time",
    "interval_start_time",
    "query_start_time_ms",
    "creation_time",
    "started_at",
    "executed_at",
    "statistics.startTime",
    "time",
    "timestamp",
    "ts",
    "at",
    "event_time",
    "end_time",
    "created_at",
    "creationdate",
]);
const STATUS: Names = Names(&["execution_status", "status", "state"]);
const ERROR: Names = Names(&[
    "error_code",
    "error_message",
    "error_result",
    "error",
    "status.errorResult",
    "protoPayload.status.code",
    "protoPayload.metadata.jobChange.job.jobStatus.errorResult",
    "protoPayload.serviceData.jobCompletedEvent.job.jobStatus.error",
]);
const CALLS: Names = Names(&["calls", "executions", "execution_count"]);
const DATABASE: Names = Names(&["database_name", "datname", "database", "catalog", "dbname"]);
const SCHEMA: Names = Names(&["schema_name", "search_path", "schema", "default_schema"]);
/// Where BigQuery says in which project and dataset names are looked for.
const PROJECT: Names = Names(&[
    "configuration.query.defaultDataset.projectId",
    "protoPayload.serviceData.jobCompletedEvent.job.jobConfiguration.query.defaultDataset.projectId",
    "project_id",
    "jobReference.projectId",
    "resource.labels.project_id",
]);
const DATASET: Names = Names(&[
    "configuration.query.defaultDataset.datasetId",
    "protoPayload.serviceData.jobCompletedEvent.job.jobConfiguration.query.defaultDataset.datasetId",
]);
/// `projects/<project>/datasets/<dataset>`.
const DEFAULT_DATASET: Names =
    Names(&["protoPayload.metadata.jobChange.job.jobConfig.queryConfig.defaultDataset"]);

const APPLICATION: Names = Names(&[
    "client_application",
    "application_name",
    "client_app_id",
    "application",
    "app",
]);

/// Says whether an object holds a statement.
pub(super) fn has_statement(object: &Value) -> bool {
    // Our own lines have a `kind`, and are no log.
    object.get("kind").is_none()
        && matches!(
            SQL.find(&unpacked(object)),
            Some(Value::String(_) | Value::Null)
        )
}

/// Says whether keys or columns are those of a history.
pub(super) fn names_statement(names: &[&str]) -> bool {
    let has = |wanted: &Names| {
        names.iter().any(|name| {
            wanted
                .0
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name.trim()))
        })
    };
    touched::is_access(names)
        || touched::is_lineage(names)
        || has(&SQL) && [&USER, &TIME, &CALLS, &STATUS].into_iter().any(has)
}

/// What names a statement, so that it is not counted again where another table tells of it too.
const ID: Names = Names(&[
    "query_id",
    "statement_id",
    "event_id",
    "protoPayload.metadata.jobChange.job.jobName",
    "protoPayload.metadata.tableDataRead.jobName",
]);

/// Takes what a record says to where it is counted.
pub(super) fn take(
    object: &Value,
    input: &Input,
    line: u64,
    report: &mut Report,
    sink: &mut Sink<'_, '_>,
) {
    let object = &*unpacked(object);
    let id = ID.text(object);
    let dialect = sink.dialect();
    let is_lineage = touched::made(object, dialect, sink.lineage());
    if let Some((table, columns)) = touched::only_read(object) {
        let key = id.unwrap_or_else(|| format!("{}:{line}", input.name));
        sink.read(key, table, columns, entry(object, String::new()));
        return;
    }
    if let Some(sql) = SQL.text(object).filter(|sql| !is_hidden(sql)) {
        sink.ran(id.as_deref(), entry(object, sql));
        return;
    }
    let read = touched::read(object);
    if let Some(sql) = touched::statement(&read, dialect) {
        sink.touched(id.as_deref(), entry(object, sql));
    } else if touched::has_objects(object) {
        if !is_lineage {
            sink.no_table(calls(object));
        }
    } else {
        report.skipped += 1;
        let at = Location::file(&input.name).line(line);
        if report.count("no_statement") == 0 {
            let message = "this record holds no statement; it and others like it were left out";
            report.warning("no_statement", message, at);
        }
    }
}

/// Says whether a system gives no more of a statement than that there was one.
fn is_hidden(sql: &str) -> bool {
    let sql = sql.to_lowercase();
    sql.starts_with("<redacted") || sql.starts_with("<hidden")
}

/// Gives a record of the audit log of BigQuery as its own interface would, where a sink has written parts of it as texts.
fn unpacked(object: &Value) -> Cow<'_, Value> {
    let found = ["protopayload_auditlog", "protoPayload"]
        .iter()
        .find_map(|key| object.get(key));
    let Some(Value::Object(payload)) = found else {
        return Cow::Borrowed(object);
    };
    let texts = [
        ("metadataJson", "metadata"),
        ("servicedata_v1_bigquery", "serviceData"),
    ];
    if !texts.iter().any(|(key, _)| payload.contains_key(*key)) {
        return Cow::Borrowed(object);
    }
    let mut payload = payload.clone();
    for (from, to) in texts {
        let value = match payload.shift_remove(from) {
            Some(Value::String(text)) => json::parse(text.as_bytes()).ok(),
            other => other,
        };
        if let Some(value) = value {
            payload.insert(to.to_owned(), value);
        }
    }
    let mut whole: Map<String, Value> = object.as_object().cloned().unwrap_or_default();
    whole.insert("protoPayload".to_owned(), Value::Object(payload));
    Cow::Owned(Value::Object(whole))
}

/// Makes an entry of a record.
fn entry(object: &Value, sql: String) -> Entry {
    let failed_status = STATUS.text(object).is_some_and(|status| {
        let status = status.to_lowercase();
        [
            "fail",
            "error",
            "cancel",
            "incident",
            "abort",
            "timeout",
            "timed_out",
        ]
        .iter()
        .any(|bad| status.contains(bad))
    });
    let (project, dataset) = default_dataset(object);
    let mut search_path = SCHEMA.texts(object);
    search_path.extend(dataset);
    if search_path.is_empty() {
        // A job of BigQuery does not always say what its default is, but where it has found its tables.
        let referenced = touched::referenced(object).into_keys();
        search_path = referenced
            .filter_map(|mut parts| parts.drain(1..2).next())
            .collect();
        search_path.dedup();
    }
    Entry {
        sql,
        user: USER.text(object),
        roles: ROLE.texts(object),
        teams: TEAM.texts(object),
        application: APPLICATION.text(object),
        database: DATABASE.text(object).or(project),
        search_path,
        time: TIME.text(object).as_deref().and_then(moment::read),
        calls: calls(object),
        failed: failed_status || ERROR.values(object).any(is_something),
    }
}

fn calls(object: &Value) -> u64 {
    let calls = CALLS.text(object);
    let calls = calls.and_then(|calls| calls.split('.').next()?.parse().ok());
    calls.unwrap_or(1)
}

/// Gives the project and the dataset in which a job of BigQuery looks for tables.
fn default_dataset(object: &Value) -> (Option<String>, Option<String>) {
    let Some(path) = DEFAULT_DATASET.text(object) else {
        return (PROJECT.text(object), DATASET.text(object));
    };
    let mut parts = path.split('/').skip(1).step_by(2).map(str::to_owned);
    (parts.next(), parts.next())
}

/// Says whether a value is an error, and not a way to write that there is none.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => {
            !["", "0", "null", "none", "false", "{}"].contains(&text.trim().to_lowercase().as_str())
        }
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

impl Names {
    /// Finds the value of the first name that an object has.
    fn find<'o>(&self, object: &'o Value) -> Option<&'o Value> {
        self.values(object).next()
    }

    /// Gives the values of all names that an object has.
    fn values<'o>(&self, object: &'o Value) -> impl Iterator<Item = &'o Value> {
        self.0.iter().filter_map(|name| touched::find(object, name))
    }

    /// Gives the first that says something.
    fn text(&self, object: &Value) -> Option<String> {
        let mut texts = self.values(object).filter_map(|value| match value {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        texts.find(|text| !text.is_empty())
    }

    /// Gives the texts of a list, which may itself be written as a text: `['a', 'b']`.
    fn texts(&self, object: &Value) -> Vec<String> {
        let mut texts: Vec<String> = match self.find(object) {
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Some(Value::String(text)) => {
                let inside = text
                    .trim()
                    .strip_prefix('[')
                    .and_then(|rest| rest.strip_suffix(']'));
                inside
                    .unwrap_or(text)
                    .split(',')
                    .map(|item| item.trim().trim_matches(['\'', '"']).to_owned())
                    .collect()
            }
            _ => Vec::new(),
        };
        texts.retain(|text| !text.is_empty());
        texts
    }
}
