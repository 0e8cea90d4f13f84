//! What is no interest of anybody, and why.

use std::fmt;

use crate::sql::{StatementFacts, StatementKind, TableName};

/// Why a statement does not count as interest in data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It failed or was cancelled.
    Failed,
    /// It reads nothing but the catalog of the database.
    Catalog,
    /// It speaks to the session or the server, or defines something: `BEGIN`, `SET`, `SHOW`, `CREATE`, `GRANT`.
    Housekeeping,
    /// It reads no table, as the checks of a connection pool do.
    NoTable,
    /// It only writes, as the loading of data does.
    OnlyWrites,
    /// It copies a whole table, as backups do.
    WholeTable,
    /// A tool made it: a backup, a monitor, dbt, or the database itself to check a foreign key.
    Tool,
    /// One user ran its shape more often within an hour than a person or a report would.
    LoadTest,
    /// It could not be understood, and names no table that can be guessed.
    NotUnderstood,
    /// There are more shapes than are kept.
    TooManyShapes,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Failed,
        Self::Catalog,
        Self::Housekeeping,
        Self::NoTable,
        Self::OnlyWrites,
        Self::WholeTable,
        Self::Tool,
        Self::LoadTest,
        Self::NotUnderstood,
        Self::TooManyShapes,
    ];

    /// Gives the code of the diagnostic that says how many there were.
    pub fn code(self) -> &'static str {
        match self {
            Self::Failed => "aside_failed",
            Self::Catalog => "aside_catalog",
            Self::Housekeeping => "aside_housekeeping",
            Self::NoTable => "aside_no_table",
            Self::OnlyWrites => "aside_only_writes",
            Self::WholeTable => "aside_whole_table",
            Self::Tool => "aside_tool",
            Self::LoadTest => "aside_load_test",
            Self::NotUnderstood => "aside_not_understood",
            Self::TooManyShapes => "aside_too_many_shapes",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Failed => "they failed",
            Self::Catalog => "they read the catalog of the database alone",
            Self::Housekeeping => "they set up sessions or define what there is",
            Self::NoTable => "they read no table",
            Self::OnlyWrites => "they only write",
            Self::WholeTable => "they copy whole tables, as backups do",
            Self::Tool => "a tool made them, or the database itself",
            Self::LoadTest => {
                "one user ran them more often within an hour than the limit for interest"
            }
            Self::NotUnderstood => "they could not be understood",
            Self::TooManyShapes => "there are more shapes than are kept",
        })
    }
}

/// Programs whose statements are no interest of anybody, by how their names start.
const TOOLS: [&str; 25] = [
    "pg_dump",
    "pg_restore",
    "pg_basebackup",
    "pgbench",
    "dbt",
    "datadog",
    "pganalyze",
    "postgres_exporter",
    "telegraf",
    "zabbix",
    "patroni",
    "check_postgres",
    "pgwatch",
    "walreceiver",
    "barman",
    "pgbackrest",
    "hammerdb",
    "sysbench",
    "elementary",
    "fivetran",
    "airbyte",
    "debezium",
    "newrelic",
    "new relic",
    "pgbouncer",
];

/// Says whether a program is a tool, by its name.
pub(super) fn is_tool(application: &str) -> bool {
    let name = application.trim().to_lowercase();
    TOOLS.iter().any(|tool| {
        name.strip_prefix(tool)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

/// Says whether a statement carries the mark of a tool: a comment in JSON that names an `app`, a dbt version or a node.
pub(super) fn has_tool_comment(sql: &str) -> bool {
    let text = sql.trim();
    let inside = |comment: &str| {
        let comment = comment.trim();
        let is_json = comment.starts_with('{') && comment.ends_with('}');
        is_json
            && ["\"app\"", "\"dbt_version\"", "\"node_id\"", "\"dbt_cloud"]
                .iter()
                .any(|mark| comment.contains(mark))
    };
    let head = text
        .strip_prefix("/*")
        .and_then(|rest| rest.split_once("*/"))
        .is_some_and(|(comment, _)| inside(comment));
    let tail = text.trim_end_matches([';', ' ', '\n']);
    let tail = tail
        .strip_suffix("*/")
        .and_then(|rest| rest.rsplit_once("/*"))
        .is_some_and(|(_, comment)| inside(comment));
    let line = text
        .strip_prefix("--")
        .and_then(|rest| rest.lines().next())
        .is_some_and(inside);
    head || tail || line
}

/// Says whether PostgreSQL itself made a statement, to check a foreign key.
pub(super) fn is_key_check(sql: &str) -> bool {
    let text = sql.trim().trim_end_matches(';').trim_end();
    text.ends_with("FOR KEY SHARE OF x")
        && text.starts_with("SELECT ")
        && text.contains(" FROM ONLY ")
}

/// Says why a statement is no interest, by what it does; `None` for one that is.
pub(super) fn reason(facts: &StatementFacts) -> Option<Reason> {
    match facts.kind {
        StatementKind::Utility | StatementKind::Definition => return Some(Reason::Housekeeping),
        StatementKind::Unknown if facts.reads.is_empty() => return Some(Reason::NotUnderstood),
        _ => {}
    }
    if facts.reads.is_empty() {
        let writes = !facts.writes.is_empty();
        return Some(if writes {
            Reason::OnlyWrites
        } else {
            Reason::NoTable
        });
    }
    if facts.reads.iter().all(|table| is_system(table)) {
        return Some(Reason::Catalog);
    }
    if facts.kind == StatementKind::Copy && facts.columns.is_empty() {
        return Some(Reason::WholeTable);
    }
    if facts
        .reads
        .iter()
        .all(|table| is_system(table) || facts.writes.contains(table))
    {
        return Some(Reason::OnlyWrites);
    }
    None
}

/// Says why a statement is no interest, if that does not depend on the tables that are known.
pub(super) fn reason_whatever_is_known(facts: &StatementFacts) -> Option<Reason> {
    // Which columns a table has decides what is asked of it, and whether two names are one table.
    let hangs_on_tables = |reason: &Reason| match reason {
        Reason::WholeTable => true,
        Reason::OnlyWrites => !facts.reads.is_empty(),
        _ => false,
    };
    reason(facts).filter(|reason| !hangs_on_tables(reason))
}

/// Says whether a table is part of a database's own catalog.
pub(super) fn is_system(table: &TableName) -> bool {
    const SCHEMAS: [&str; 10] = [
        "pg_catalog",
        "information_schema",
        "pg_toast",
        "sys",
        "account_usage",
        "performance_schema",
        "mysql",
        "system",
        "pg_internal",
        "sysibm",
    ];
    const STARTS: [&str; 14] = [
        "pg_",
        "sqlite_",
        "duckdb_",
        "svv_",
        "svl_",
        "stl_",
        "stv_",
        "sys_query",
        "all_tab",
        "all_col",
        "dba_",
        "user_tab",
        "v$",
        "svcs_",
    ];
    // `information_schema.columns` of BigQuery and others stands anywhere in the name.
    let parts = table.parts();
    let outer = &parts[..parts.len().saturating_sub(1)];
    let in_schema = outer.iter().any(|part| {
        SCHEMAS
            .iter()
            .any(|schema| part.eq_ignore_ascii_case(schema))
            || part.to_lowercase().starts_with("pg_temp")
    });
    let name = table.name().to_lowercase();
    in_schema || STARTS.iter().any(|start| name.starts_with(start)) || name == "dual"
}
