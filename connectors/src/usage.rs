//! Query logs: which data is used in fact, by whom, how and how often.
//!
//! Reads what databases write of the statements they ran - the log of PostgreSQL as csvlog, stderr or syslog, exports of
//! `pg_stat_statements`, the query history of Snowflake, BigQuery and Databricks as CSV or JSON - and plain JSON lines
//! such as `{"sql": ..., "user": ..., "time": ..., "rows": ..., "duration": ...}`; the form is known by its content.
//!
//! Each statement is read by [`crate::sql`], resolved to the datasets and columns that [`UsageOptions::known`] holds, and
//! folded into *patterns*: one a shape of statement, with counts by user and role, first and last use, what it
//! filters, groups, orders and joins by. Memory is bounded by the number of distinct shapes. A literal is never kept.
//!
//! What is no interest of anybody is set aside and counted by [`Reason`]: failed statements, queries of the system
//! catalogs, sessions' housekeeping, tools, load tests. `docs/formats/query-logs.md` says what becomes what.

mod counted;
mod csv_log;
mod entry;
mod export;
mod fold;
mod format;
mod key;
mod known;
mod lineage;
mod moment;
mod patterns;
mod record;
mod remember;
mod session;
mod sift;
mod sink;
mod syslog;
mod text_log;
mod touched;
mod write;

#[cfg(test)]
mod tests;

use self::entry::Entry;
use self::fold::Fold;
use self::format::Format;
use self::sink::Sink;
use crate::sql::Dialect;
use crate::{Input, Kind, Location, Options, Report, StatementBuilder};
use graph_core::{SourceName, rdf::Statement};

pub(crate) use self::counted::{Counted, write as write_counted};
pub(crate) use self::format::is_query_log;
pub use self::known::{KnownColumn, KnownTable, KnownTables};
pub use self::sift::Reason;

/// What a reader of query logs has to know besides the logs.
#[derive(Clone, Debug)]
pub struct UsageOptions {
    /// The dialect of the statements, where the log does not say which system wrote it.
    pub dialect: Option<Dialect>,
    /// The system in qualified names, such as `postgres`; that of the dialect if it is not set.
    pub platform: Option<String>,
    /// The database of statements that name none, where the log does not say.
    pub database: Option<String>,
    /// The schemas in which tables are looked for that are named without one; `public` for PostgreSQL if empty.
    pub search_path: Vec<String>,
    /// The tables that are known, with their IRIs and columns.
    pub known: KnownTables,
    /// How often one user may run one shape within an hour; more is a load test or a program and no interest.
    pub hourly_max: u64,
}

impl Default for UsageOptions {
    fn default() -> Self {
        Self {
            dialect: None,
            platform: None,
            database: None,
            search_path: Vec::new(),
            known: KnownTables::default(),
            hourly_max: 3600,
        }
    }
}

/// Reads query logs and writes the patterns of use in them.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut fold = Fold::new(&options.usage);
    let mut logs = Vec::new();
    for input in inputs {
        let Some(format) = Format::of(&input.bytes) else {
            let message = "this is no form of query log that is known";
            report.foreign("unknown_log", message, Location::file(&input.name));
            report.skipped += 1;
            continue;
        };
        report.note(
            "log_format",
            format!("read as {format}"),
            Location::file(&input.name),
        );
        logs.push((input, format));
    }
    // What only tells of objects that statements touched comes last: the statements themselves say more.
    logs.sort_by_key(|(_, format)| format.is_beside());
    let remembers = logs.iter().any(|(_, format)| format.tells_twice());
    let mut sink = Sink::new(&mut fold, remembers);
    for (input, format) in logs {
        sink.start(format);
        let mut add = |entry: Entry| sink.ran(None, entry);
        match format {
            Format::PostgresCsv => csv_log::read(&input, report, &mut add),
            Format::PostgresText => text_log::read(&input, report, &mut add),
            Format::PostgresSyslog => syslog::read(&input, report, &mut add),
            Format::TableCsv(_) => export::read_csv(&input, report, &mut sink),
            Format::Json(_) => export::read_json(&input, report, &mut sink),
            Format::JsonLines(_) => export::read_lines(&input, report, &mut sink),
        }
    }
    sink.finish();
    let shapes = fold.finish();
    if shapes.lineage.dropped > 0 {
        let message = format!(
            "{} more pairs of tables or columns were left out of the lineage",
            shapes.lineage.dropped
        );
        report.warning("too_much_lineage", message, Location::default());
    }
    let patterns = shapes.resolve(&options.usage.known);
    patterns.report(report);
    write::write(&patterns, Some(&shapes), options, report, out);
}

/// Reads again what a log has said, by the tables that are known now: gives what it says then.
///
/// The statements are those of the log's source, as [`read`] wrote them; `known` gives the tables for the options that the
/// log was read with. What comes out is what reading the log itself would give. `None` where the source remembers nothing.
pub fn resolve_again(
    source: &SourceName,
    statements: impl IntoIterator<Item = Statement>,
    known: impl FnOnce(&UsageOptions) -> KnownTables,
) -> Option<Vec<Statement>> {
    let remembered = remember::read(statements)?;
    let mut options = Options {
        mapping: remembered.mapping,
        usage: remembered.usage,
        ..Options::new(source.clone())
    };
    options.usage.known = known(&options.usage);
    let patterns = remembered.shapes.resolve(&options.usage.known);
    let mut out = StatementBuilder::new(source);
    let mut report = Report::new(Kind::QueryLog);
    write::write(
        &patterns,
        Some(&remembered.shapes),
        &options,
        &mut report,
        &mut out,
    );
    Some(out.finish())
}
