//! Statements that a database counts itself, folded into patterns of use of its own tables.

use super::UsageOptions;
use super::entry::Entry;
use super::fold::Fold;
use super::write;
use crate::{Kind, Options, Report, StatementBuilder};

/// A statement that a database counted.
pub(crate) struct Counted<'a> {
    /// Its text, literals left out.
    pub(crate) sql: &'a str,
    /// Who ran it.
    pub(crate) user: Option<&'a str>,
    /// How often.
    pub(crate) calls: u64,
}

/// Folds counted statements and writes the patterns of use of the known tables; other tables are left out.
///
/// How much was set aside is reported but not written: the database counts our own reading of its catalog too, and what
/// nobody used would change with every ingest.
pub(crate) fn write<'a>(
    statements: impl IntoIterator<Item = Counted<'a>>,
    usage: UsageOptions,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let options = Options {
        usage,
        ..options.clone()
    };
    let mut fold = Fold::new(&options.usage);
    for statement in statements {
        fold.add(Entry {
            sql: statement.sql.to_owned(),
            user: statement.user.map(str::to_owned),
            calls: statement.calls,
            ..Entry::default()
        });
    }
    let mut patterns = fold.finish().resolve(&options.usage.known);
    // What it says of datasets and columns would be counted together with those of the catalog.
    let mut own = Report::new(Kind::QueryLog);
    patterns.report(&mut own);
    patterns.keep_known(&options.usage.known);
    write::write(&patterns, None, &options, &mut own, out);
    report.understood_many("usage_pattern", patterns.by_id.len() as u64);
    for kind in ["join_key", "co_queried"] {
        report.understood_many(kind, own.understood.get(kind).copied().unwrap_or(0));
    }
    for diagnostic in own.diagnostics {
        report.push(diagnostic);
    }
}
