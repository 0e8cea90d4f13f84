//! Which form of query log a document is, by its content.

use std::fmt;

use serde_json::Value;

use super::{csv_log, export, record, syslog, text_log, touched};
use crate::sql::Dialect;

/// The system whose history was exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vendor {
    Postgres,
    Snowflake,
    /// `ACCESS_HISTORY` of Snowflake, which has no statements.
    SnowflakeAccess,
    BigQuery,
    Databricks,
    /// The lineage tables of Databricks, which have no statements.
    DatabricksLineage,
    /// One that the names of the columns do not tell.
    Other,
}

/// A form of query log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `csvlog` of PostgreSQL.
    PostgresCsv,
    /// `stderr` of PostgreSQL.
    PostgresText,
    /// `syslog` with lines of PostgreSQL.
    PostgresSyslog,
    /// A table with a header.
    TableCsv(Vendor),
    /// A list of objects, or an object that holds one.
    Json(Vendor),
    /// One object a line.
    JsonLines(Vendor),
}

/// How much of a document is looked at, in bytes.
const HEAD: usize = 64 << 10;
/// How many lines that are longer than that are passed over.
const LONG_LINES_MAX: usize = 8;

/// Says whether the start of a document is that of a query log.
pub(crate) fn is_query_log(head: &[u8]) -> bool {
    Format::of(head).is_some()
}

impl Format {
    /// Knows the form by the start of a document.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let by_line = has_objects_by_line(bytes);
        let bytes = if by_line {
            past_long_lines(bytes)
        } else {
            bytes
        };
        let head = &bytes[..bytes.len().min(HEAD)];
        let text = String::from_utf8_lossy(head);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        match text.chars().next()? {
            '[' | '{' => Self::of_json(text, by_line),
            _ => Self::of_text(text, head),
        }
    }

    fn of_json(text: &str, by_line: bool) -> Option<Self> {
        let first = text.lines().next()?.trim();
        if first.starts_with('{')
            && let Ok(Value::Object(object)) = serde_json::from_str(first)
        {
            let keys = object.keys().map(String::as_str).collect::<Vec<_>>();
            if record::has_statement(&Value::Object(object.clone()))
                || touched::is_access(&keys)
                || touched::is_lineage(&keys)
            {
                return Some(Self::JsonLines(vendor(&keys)));
            }
            if text
                .lines()
                .nth(1)
                .is_some_and(|line| line.trim_start().starts_with('{'))
            {
                return None;
            }
        }
        // The keys of the first objects, as far as they can be seen without reading the whole.
        let keys: Vec<&str> = text.split('"').skip(1).step_by(2).take(400).collect();
        let form = if by_line { Self::JsonLines } else { Self::Json };
        record::names_statement(&keys).then(|| form(vendor(&keys)))
    }

    fn of_text(text: &str, head: &[u8]) -> Option<Self> {
        if csv_log::is_log(head) {
            return Some(Self::PostgresCsv);
        }
        if let Some(header) = export::header(head)
            && record::names_statement(&header.iter().map(String::as_str).collect::<Vec<_>>())
        {
            let names: Vec<&str> = header.iter().map(String::as_str).collect();
            return Some(Self::TableCsv(vendor(&names)));
        }
        let mut lines = text.lines().take(500);
        if lines.clone().any(syslog::is_log) {
            return Some(Self::PostgresSyslog);
        }
        lines.any(text_log::is_log).then_some(Self::PostgresText)
    }

    /// Says whether its records tell of statements that a history may hold too.
    pub(super) fn is_beside(self) -> bool {
        matches!(
            self.vendor(),
            Some(Vendor::SnowflakeAccess | Vendor::DatabricksLineage)
        )
    }

    /// Says whether a statement may be told of by more than one record, of this log or beside another.
    pub(super) fn tells_twice(self) -> bool {
        self.is_beside() || self.vendor() == Some(Vendor::BigQuery)
    }

    fn vendor(self) -> Option<Vendor> {
        match self {
            Self::TableCsv(vendor) | Self::Json(vendor) | Self::JsonLines(vendor) => Some(vendor),
            Self::PostgresCsv | Self::PostgresText | Self::PostgresSyslog => None,
        }
    }

    /// Gives the dialect of the statements, where the form tells.
    pub(super) fn dialect(self) -> Option<Dialect> {
        match self {
            Self::PostgresCsv | Self::PostgresText | Self::PostgresSyslog => {
                Some(Dialect::Postgres)
            }
            Self::TableCsv(vendor) | Self::Json(vendor) | Self::JsonLines(vendor) => match vendor {
                Vendor::Postgres => Some(Dialect::Postgres),
                Vendor::Snowflake | Vendor::SnowflakeAccess => Some(Dialect::Snowflake),
                Vendor::BigQuery => Some(Dialect::BigQuery),
                Vendor::Databricks | Vendor::DatabricksLineage => Some(Dialect::Databricks),
                Vendor::Other => None,
            },
        }
    }
}

/// Says whether the first line is an object and the second begins one: so a line that is longer than what is looked at is known too.
fn has_objects_by_line(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    let mut lines = text.splitn(3, |byte| *byte == b'\n');
    let first = lines.next().map(<[u8]>::trim_ascii);
    let is_whole = first.is_some_and(|it| it.starts_with(b"{") && it.ends_with(b"}"));
    let second = lines.next().map(<[u8]>::trim_ascii);
    is_whole && second.is_some_and(|it| it.starts_with(b"{"))
}

/// Gives the document from its first line on that can be looked at as a whole, of the first few; all of it if none can.
fn past_long_lines(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    for _ in 0..LONG_LINES_MAX {
        let end = line_length(rest);
        if end <= HEAD {
            return rest;
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    bytes
}

/// Gives the length of the first line.
fn line_length(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    end.unwrap_or(bytes.len())
}

/// Knows the system by the names of the columns of its history.
fn vendor(names: &[&str]) -> Vendor {
    let has = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if touched::is_lineage(names) {
        Vendor::DatabricksLineage
    } else if touched::is_access(names) {
        if has("query_text") {
            Vendor::Snowflake
        } else {
            Vendor::SnowflakeAccess
        }
    } else if has("queryid") && has("calls") {
        Vendor::Postgres
    } else if has("query_text") && (has("warehouse_name") || has("role_name") || has("query_tag")) {
        Vendor::Snowflake
    } else if has("statement_text")
        || has("executed_by")
        || (has("query_text") && has("query_start_time_ms"))
    {
        Vendor::Databricks
    } else if has("user_email")
        || has("total_bytes_processed")
        || has("totalBytesProcessed")
        || has("jobConfiguration")
        || has("jobReference")
        || has("protoPayload")
        || has("protopayload_auditlog")
    {
        Vendor::BigQuery
    } else {
        Vendor::Other
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (form, vendor) = match self {
            Self::PostgresCsv => return formatter.write_str("csvlog of PostgreSQL"),
            Self::PostgresText => return formatter.write_str("stderr log of PostgreSQL"),
            Self::PostgresSyslog => return formatter.write_str("syslog of PostgreSQL"),
            Self::TableCsv(vendor) => ("CSV", vendor),
            Self::Json(vendor) => ("JSON", vendor),
            Self::JsonLines(vendor) => ("JSON lines", vendor),
        };
        match vendor {
            Vendor::Postgres => write!(formatter, "pg_stat_statements in {form}"),
            Vendor::Snowflake => write!(formatter, "history of Snowflake in {form}"),
            Vendor::SnowflakeAccess => write!(formatter, "access history of Snowflake in {form}"),
            Vendor::DatabricksLineage => write!(formatter, "lineage of Databricks in {form}"),
            Vendor::BigQuery => write!(formatter, "history of BigQuery in {form}"),
            Vendor::Databricks => write!(formatter, "history of Databricks in {form}"),
            Vendor::Other => write!(formatter, "statements in {form}"),
        }
    }
}
