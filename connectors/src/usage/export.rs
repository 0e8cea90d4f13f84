//! Histories as tables and objects: CSV with a header, JSON, JSON lines.

use std::fmt;

use csv::{ReaderBuilder, StringRecord};
use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::entry::Entry;
use super::moment;
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
    "query_start_time_ms",
    "creation_time",
    "started_at",
    "executed_at",
    "statistics.startTime",
    "time",
    "timestamp",
    "ts",
    "at",
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
]);
const CALLS: Names = Names(&["calls", "executions", "execution_count"]);
const DATABASE: Names = Names(&["database_name", "datname", "database", "catalog", "dbname"]);
const SCHEMA: Names = Names(&["schema_name", "search_path", "schema"]);
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
    object.get("kind").is_none() && matches!(SQL.find(object), Some(Value::String(_) | Value::Null))
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
    has(&SQL) && [&USER, &TIME, &CALLS, &STATUS].into_iter().any(has)
}

/// Gives the names of the columns of a table with a header.
pub(super) fn header(head: &[u8]) -> Option<Vec<String>> {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter(head))
        .from_reader(head);
    let header = reader.byte_headers().ok()?;
    let names: Vec<String> = header
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim().to_owned())
        .collect();
    (names.len() > 1).then_some(names)
}

/// Gives what stands between the columns of the first line.
fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let signs = [(b'|', '|'), (b'\t', '\t'), (b';', ';'), (b',', ',')];
    let most = signs
        .into_iter()
        .max_by_key(|(_, sign)| line.matches(*sign).count());
    most.map_or(b',', |(byte, _)| byte)
}

/// Reads a table with a header.
pub(super) fn read_csv(input: &Input, report: &mut Report, sink: &mut dyn FnMut(Entry)) {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter(&input.bytes))
        .from_reader(input.bytes.as_slice());
    let Some(names) = header(&input.bytes) else {
        return;
    };
    let mut record = csv::ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let at = Location::file(&input.name).line(reader.position().line());
                report.error(
                    "bad_csv",
                    format!("the rest could not be read: {error}"),
                    at,
                );
                return;
            }
        }
        let record = StringRecord::from_byte_record_lossy(record.clone());
        let pairs = names
            .iter()
            .zip(&record)
            .filter(|(_, value)| !value.is_empty());
        let object: Map<String, Value> = pairs
            .map(|(name, value)| (name.clone(), Value::String(value.to_owned())))
            .collect();
        let line = record.position().map_or(0, csv::Position::line);
        take(&Value::Object(object), input, line, report, sink);
    }
}

/// Reads one object a line.
pub(super) fn read_lines(input: &Input, report: &mut Report, sink: &mut dyn FnMut(Entry)) {
    let lines = input.bytes.split(|byte| *byte == b'\n');
    for (line, bytes) in (1..).zip(lines) {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match json::parse(bytes) {
            Ok(object) => take(&object, input, line, report, sink),
            Err(error) => {
                let at = Location::file(&input.name)
                    .line(line)
                    .column(error.column() as u64);
                // One statement less is no loss of what a log says as a whole.
                report.warning("bad_json", json::plain_message(&error), at);
                report.skipped += 1;
            }
        }
    }
}

/// Reads a list of objects, one at a time, or an object that holds one.
pub(super) fn read_json(input: &Input, report: &mut Report, sink: &mut dyn FnMut(Entry)) {
    let start = input.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let mut deserializer = serde_json::Deserializer::from_slice(&input.bytes);
    let result = if start == Some(&b'[') {
        let mut place = 0;
        let mut each = |object: Value| {
            place += 1;
            take(&object, input, place, report, sink);
        };
        Each(&mut each).deserialize(&mut deserializer)
    } else {
        // Several objects one behind the other, or one that holds a list.
        let mut read = Ok(());
        for object in serde_json::Deserializer::from_slice(&input.bytes).into_iter::<Value>() {
            match object {
                Ok(object) => take_all(&object, input, report, sink),
                Err(error) => read = Err(error),
            }
            if read.is_err() {
                break;
            }
        }
        read
    };
    if let Err(error) = result {
        let (line, column) = json::place_of(&error);
        let at = Location::file(&input.name).line(line).column(column);
        report.error("bad_json", json::plain_message(&error), at);
        report.skipped += 1;
    }
}

fn take_all(object: &Value, input: &Input, report: &mut Report, sink: &mut dyn FnMut(Entry)) {
    if has_statement(object) {
        return take(object, input, 1, report, sink);
    }
    let lists = object
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .filter_map(Value::as_array);
    for list in lists {
        for (place, item) in (1..).zip(list) {
            if item.is_object() {
                take(item, input, place, report, sink);
            }
        }
    }
}

/// Gives the items of a list, one at a time.
struct Each<'a>(&'a mut dyn FnMut(Value));

impl<'de> DeserializeSeed<'de> for Each<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Each<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of statements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Value>()? {
            (self.0)(item);
        }
        Ok(())
    }
}

/// Makes an entry of an object.
fn take(
    object: &Value,
    input: &Input,
    line: u64,
    report: &mut Report,
    sink: &mut dyn FnMut(Entry),
) {
    let Some(sql) = SQL.text(object) else {
        report.skipped += 1;
        let at = Location::file(&input.name).line(line);
        if report.count("no_statement") == 0 {
            report.warning(
                "no_statement",
                "this record holds no statement; it and others like it were left out",
                at,
            );
        }
        return;
    };
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
    let failed = failed_status || ERROR.find(object).is_some_and(is_something);
    let calls = CALLS
        .text(object)
        .and_then(|calls| calls.split('.').next()?.parse::<u64>().ok());
    sink(Entry {
        sql,
        user: USER.text(object),
        roles: ROLE.texts(object),
        teams: TEAM.texts(object),
        application: APPLICATION.text(object),
        database: DATABASE.text(object),
        search_path: SCHEMA.texts(object),
        time: TIME.text(object).as_deref().and_then(moment::read),
        calls: calls.unwrap_or(1),
        failed,
    });
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
        self.0.iter().find_map(|name| {
            let mut value = object;
            for part in name.split('.') {
                let keys = value.as_object()?;
                let exact = keys.get(part);
                value = exact.or_else(|| {
                    keys.iter()
                        .find(|(key, _)| key.eq_ignore_ascii_case(part))
                        .map(|(_, value)| value)
                })?;
            }
            Some(value)
        })
    }

    fn text(&self, object: &Value) -> Option<String> {
        let text = match self.find(object)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
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
