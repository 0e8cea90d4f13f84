//! Tables of Delta Lake by their logs: the JSON files of `_delta_log`.
//!
//! The files of one log are one table: the newest `metaData` gives its name, columns and properties, the actions its
//! row count as far as the files say it. `docs/formats/delta.md` is the user's page.

use std::collections::BTreeMap;

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, dqv, iso};
use semantic_model::identity::{IriKind, qualified_name};
use serde_json::Value;

use crate::json::{self, Object, Troubles, integer_of};
use crate::table::{Table, place};
use crate::{Asset, Input, Location, Options, Report, StatementBuilder, spark};

#[cfg(test)]
mod tests;

/// Keys of `metaData` that are written as statements of their own.
const OF_METADATA: [&str; 7] = [
    "id",
    "name",
    "description",
    "schemaString",
    "partitionColumns",
    "createdTime",
    "configuration",
];

/// A log, as far as its files have been read.
#[derive(Default)]
struct Log {
    /// The file that the newest metadata stand in, its line, and they.
    metadata: Option<(String, u64, Object)>,
    protocol: Option<Value>,
    /// What is kept under a name, such as the columns that the table is clustered by.
    domains: BTreeMap<String, Value>,
    /// The rows of the files that make up the table; `None` where a file does not say.
    rows: BTreeMap<String, Option<i64>>,
    /// Whether the log starts with its first version, so that all files are known.
    is_whole: bool,
    newest: Option<String>,
}

/// Reads logs.
pub fn read(
    mut inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    // Versions are numbers of one length, so that names in order are versions in order.
    inputs.sort_by(|one, other| one.name.cmp(&other.name));
    let mut logs: BTreeMap<String, Log> = BTreeMap::new();
    for input in &inputs {
        let (table, file) = table_and_file(&input.name);
        let log = logs.entry(table.to_owned()).or_default();
        log.is_whole |= file.trim_start_matches('0').starts_with('.');
        log.read(input, report);
    }
    for (table, log) in &logs {
        log.write(table, options, report, out);
    }
}

/// Writes what every row of the table must fulfil.
fn rules(
    table: &Table,
    id: &str,
    metadata: &Object,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let configuration = metadata.get("configuration").and_then(Value::as_object);
    for (key, value) in configuration.into_iter().flatten() {
        let name = key.strip_prefix("delta.constraints.");
        if let Some((name, expression)) = name.zip(value.as_str()) {
            let rule = out.iri(IriKind::Quality, &[id, name]);
            report.understood("quality_rule");
            out.class(&rule, dqv::METRIC);
            out.name(&rule, dcterms::TITLE, name);
            out.link(&rule, iso::ABOUT, &table.iri);
            out.text(&rule, iso::EXPRESSION, expression);
        }
    }
}

/// Cuts the path of a file into the table's and the name of the file.
fn table_and_file(path: &str) -> (&str, &str) {
    let (folder, file) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
    let table = folder
        .strip_suffix("_delta_log")
        .unwrap_or(folder)
        .trim_end_matches(['/', '\\']);
    (table, file)
}

impl Log {
    fn read(&mut self, input: &Input, report: &mut Report) {
        let lines = input.bytes.split(|byte| *byte == b'\n');
        let mut was_read = false;
        for (number, line) in (1..).zip(lines) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let troubles = Troubles {
                report,
                file: &input.name,
                line: Some(number),
            };
            let Ok(value) = json::parse(line) else {
                let at = troubles.at("");
                troubles
                    .report
                    .error("json_syntax", "the line is no JSON", at);
                troubles.report.skipped += 1;
                continue;
            };
            let Value::Object(action) = value else {
                let at = troubles.at("");
                troubles
                    .report
                    .warning("no_action", "the line is no action of a log", at);
                troubles.report.skipped += 1;
                continue;
            };
            was_read = true;
            self.action(action, input, number);
        }
        if was_read {
            self.newest = Some(input.file_name());
        }
    }

    fn action(&mut self, mut action: Object, input: &Input, line: u64) {
        if let Some(Value::Object(metadata)) = action.shift_remove("metaData") {
            self.metadata = Some((input.name.clone(), line, metadata));
        }
        if let Some(protocol) = action.shift_remove("protocol") {
            self.protocol = Some(protocol);
        }
        if let Some(domain) = action.shift_remove("domainMetadata") {
            self.domain(&domain);
        }
        // One file may be there twice in a commit: as it was, and without the rows that a vector of deletions names.
        let path = |action: &Value| {
            let vector = action.get("deletionVector").map(Value::to_string);
            Some(format!(
                "{} {}",
                action.get("path")?.as_str()?,
                vector.unwrap_or_default()
            ))
        };
        if let Some(added) = action.get("add")
            && let Some(path) = path(added)
        {
            let stats = added.get("stats").and_then(Value::as_str);
            let stats = stats.and_then(|stats| serde_json::from_str::<Value>(stats).ok());
            let rows = stats.and_then(|stats| integer_of(stats.get("numRecords")?));
            let vector = added.get("deletionVector");
            let deleted = vector.and_then(|vector| integer_of(vector.get("cardinality")?));
            let rows = rows.map(|rows| rows.saturating_sub(deleted.unwrap_or_default()));
            self.rows.insert(path, rows);
        }
        if let Some(path) = action.get("remove").and_then(path) {
            self.rows.remove(&path);
        }
    }

    /// Takes what is kept under a name for those who know what it means; what is removed is there no more.
    fn domain(&mut self, domain: &Value) {
        let Some(name) = domain.get("domain").and_then(Value::as_str) else {
            return;
        };
        if domain.get("removed").and_then(Value::as_bool) == Some(true) {
            self.domains.remove(name);
        } else if let Some(configuration) = domain.get("configuration") {
            self.domains.insert(name.to_owned(), configuration.clone());
        }
    }

    fn write(
        &self,
        path: &str,
        options: &Options,
        report: &mut Report,
        out: &mut StatementBuilder,
    ) {
        let Some((file, line, metadata)) = &self.metadata else {
            let message = "no file of this log has the `metaData` of the table; older versions may lie in a checkpoint, which is not read";
            report.error("no_metadata", message, Location::file(path));
            report.skipped += 1;
            return;
        };
        let at = Location::file(file.as_str()).line(*line);
        let text = |key: &str| metadata.get(key).and_then(Value::as_str);
        let folder = path
            .rsplit(['/', '\\'])
            .next()
            .filter(|folder| !folder.is_empty());
        let Some(id) = text("id").or(folder) else {
            report.error("missing_key", "the table has no `id`", at.key("metaData"));
            report.skipped += 1;
            return;
        };
        report.understood("dataset");
        let mut table = Table::declare(out, &[id]);
        let iri = table.iri.clone();
        let name = text("name").or(folder).unwrap_or(id);
        out.name(&iri, iso::NAME, name);
        out.text(&iri, dcterms::IDENTIFIER, id);
        out.text(&iri, iso::MATERIALIZATION, "table");
        if let Some(description) = text("description") {
            out.text(&iri, dcterms::DESCRIPTION, description);
        }
        if name.matches('.').count() == 2 {
            out.text(
                &iri,
                iso::QUALIFIED_NAME,
                &qualified_name("databricks", &[name]),
            );
        }
        self.columns(&mut table, metadata, &at, report, out);
        self.extras(&iri, metadata, out);
        rules(&table, id, metadata, report, out);
        let asset = Asset {
            name,
            ..Asset::default()
        };
        place(out, options, &iri, &asset);
    }

    fn columns(
        &self,
        table: &mut Table,
        metadata: &Object,
        at: &Location,
        report: &mut Report,
        out: &mut StatementBuilder,
    ) {
        let text = metadata.get("schemaString").and_then(Value::as_str);
        let schema = text.and_then(|text| json::parse(text.as_bytes()).ok());
        if let Some(Value::Object(schema)) = schema {
            let count = spark::write_fields(out, table, &schema);
            report.understood_many("column", count);
        } else {
            let at = at.clone().key("metaData.schemaString");
            report.warning("bad_schema", "the schema is no JSON object", at);
            report.skipped += 1;
        }
        let partitions = metadata.get("partitionColumns").and_then(Value::as_array);
        for name in partitions.into_iter().flatten().filter_map(Value::as_str) {
            if let Some(column) = table.get(name).cloned() {
                out.extra(&column, "partitioned", &true.into());
            }
        }
    }

    fn extras(&self, iri: &NamedNode, metadata: &Object, out: &mut StatementBuilder) {
        for (key, value) in metadata {
            if !OF_METADATA.contains(&key.as_str()) && !value.is_null() {
                out.extra(iri, key, value);
            }
        }
        let configuration = metadata.get("configuration").and_then(Value::as_object);
        for (key, value) in configuration.into_iter().flatten() {
            out.extra(iri, key, value);
        }
        for (key, value) in &self.domains {
            out.extra(iri, key, value);
        }
        if let Some(created) = metadata.get("createdTime").and_then(integer_of)
            && let Some(moment) = chrono::DateTime::from_timestamp_millis(created)
        {
            let moment = moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            out.moment(iri, dcterms::CREATED, &moment);
        }
        if let Some(protocol) = &self.protocol {
            out.extra(iri, "protocol", protocol);
        }
        let rows: Option<i64> = self.rows.values().copied().sum();
        if let (true, Some(rows)) = (self.is_whole, rows) {
            out.integer(iri, iso::ROW_COUNT, rows);
        }
        if let Some(newest) = &self.newest {
            out.extra(iri, "version", &newest.as_str().into());
        }
    }
}
