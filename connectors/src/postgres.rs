//! PostgreSQL: what the catalog of a database says, from a document.
//!
//! The document is what our own read-only queries give ([`document::Catalog`], fetched by the crate `live`, or saved
//! on a machine that reaches the server and carried elsewhere), or a dump of the standard views of
//! `information_schema`: one JSON object of lists named `tables`, `columns`, `views`, `table_constraints`,
//! `key_column_usage`, `referential_constraints` and `comments`, each of rows as the views have them.
//!
//! Relations become datasets with columns, keys, references and lineage; roles and grants become ODRL policies; what
//! `pg_stat_statements` counted becomes patterns of use.
//! `docs/formats/postgres.md` says what becomes what.

mod counted;
pub mod document;
mod information_schema;
mod literals;
mod names;
mod relations;
mod rights;
mod sections;
#[cfg(test)]
mod tests;
mod views;

use serde_json::Value;

use self::document::{Catalog, FORMAT};
pub use self::literals::without_literals;
use self::names::Names;
use crate::json::{self, Object, Troubles};
use crate::{Input, Location, Options, Report, StatementBuilder};

/// What a dump of `information_schema` has and no document of ours.
const STANDARD: [&str; 2] = ["tables", "table_constraints"];

/// Reads catalog documents, each of one database, or of several for a dump of `information_schema`.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut seen: Vec<String> = Vec::new();
    for input in inputs {
        let mut troubles = Troubles {
            report,
            file: &input.name,
            line: None,
        };
        let Some(object) = parse(&input.bytes, &mut troubles) else {
            continue;
        };
        for catalog in catalogs(object, &mut troubles) {
            let name = catalog.database.name.clone();
            if seen.contains(&name) {
                let message = format!("database `{name}` was read from another document already");
                let at = troubles.at("database.name");
                troubles.report.warning("duplicate_database", message, at);
                troubles.report.skipped += 1;
                continue;
            }
            seen.push(name);
            write(&catalog, &input.name, options, troubles.report, out);
        }
    }
}

fn parse(bytes: &[u8], troubles: &mut Troubles<'_>) -> Option<Object> {
    match json::document(bytes, troubles)? {
        Value::Object(object) => Some(object),
        other => {
            troubles.wrong_type("", "an object", &other);
            None
        }
    }
}

fn catalogs(object: Object, troubles: &mut Troubles<'_>) -> Vec<Catalog> {
    match object.get("format").and_then(Value::as_str) {
        Some(FORMAT) => vec![sections::read(object, troubles)],
        Some(other) => {
            let message = format!("format `{other}` is not known; `{FORMAT}` is");
            let at = troubles.at("format");
            troubles.report.foreign("unknown_format", message, at);
            troubles.report.skipped += 1;
            Vec::new()
        }
        None if STANDARD.iter().any(|key| object.contains_key(*key)) => {
            information_schema::read(&object, troubles)
        }
        None => {
            let message =
                "this is neither a catalog document nor a dump of information_schema".to_owned();
            let at = troubles.at("");
            troubles.report.foreign("not_a_catalog", message, at);
            troubles.report.skipped += 1;
            Vec::new()
        }
    }
}

/// Writes everything that one database says.
fn write(
    catalog: &Catalog,
    file: &str,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    for missing in &catalog.missing {
        let message = format!("`{}` could not be read: {}", missing.part, missing.reason);
        let at = Location::file(file).key(missing.part.as_str());
        report.warning("part_missing", message, at);
        report.skipped += 1;
    }
    let names = Names::new(catalog, file, report);
    let tables = relations::write(catalog, &names, file, options, report, out);
    views::write(catalog, &tables, file, report, out);
    rights::write(catalog, &tables, file, report, out);
    counted::write(catalog, &tables, options, report, out);
}
