//! What the database holds, as `catalog.json` says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Document, Entry};
use super::project::Identities;
use crate::json::{Fields, Troubles, integer_of};
use crate::{Location, Report};

/// A column as the database has it.
#[derive(Clone, Debug, Default)]
pub(super) struct CatalogColumn {
    pub(super) name: String,
    pub(super) datatype: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) position: Option<i64>,
}

/// A relation as the database has it.
#[derive(Clone, Debug, Default)]
pub(super) struct CatalogTable {
    pub(super) comment: Option<String>,
    pub(super) owner: Option<String>,
    /// Such as `BASE TABLE` or `VIEW`.
    pub(super) relation_type: Option<String>,
    pub(super) rows: Option<i64>,
    /// Other statistics.
    pub(super) statistics: Vec<(String, Value)>,
    /// In the order of the database.
    pub(super) columns: Vec<CatalogColumn>,
}

/// All catalogs together, by `unique_id`.
#[derive(Clone, Debug, Default)]
pub(super) struct Catalog {
    tables: BTreeMap<String, CatalogTable>,
    file: String,
}

impl Catalog {
    /// Takes the tables of catalogs; a later document wins.
    pub(super) fn new(documents: &[(String, Document)], report: &mut Report) -> Self {
        let mut catalog = Self::default();
        for (file, document) in documents {
            let mut troubles = Troubles {
                report,
                file,
                line: None,
            };
            for entry in document
                .section("nodes")
                .iter()
                .chain(document.section("sources"))
            {
                let table = table(entry, &mut troubles);
                catalog.tables.insert(entry.id.clone(), table);
            }
            let errors = document.counted.get("errors").map_or(0, Vec::len);
            if errors > 0 {
                let message = format!(
                    "dbt met {errors} errors when it asked the database; relations may be missing"
                );
                let at = troubles.at("errors");
                troubles.report.warning("catalog_errors", message, at);
            }
            catalog.file.clone_from(file);
        }
        catalog
    }

    /// Gives the relation of a node.
    pub(super) fn get(&self, id: &str) -> Option<&CatalogTable> {
        self.tables.get(id)
    }

    /// Reports relations that no manifest knows.
    pub(super) fn report_unused(&self, identities: &Identities, report: &mut Report) {
        let mut unused = self.tables.keys().filter(|id| !identities.knows(id));
        if let Some(first) = unused.next() {
            let count = 1 + unused.count() as u64;
            let message =
                format!("{count} relations of the catalog are in no manifest that was read");
            let at = Location::file(&self.file).key(format!("nodes.{first}"));
            report.note("catalog_only", message, at);
            report.skipped += count;
        }
    }
}

fn table(entry: &Entry, troubles: &mut Troubles<'_>) -> CatalogTable {
    let fields = Fields {
        object: &entry.object,
        path: &entry.path,
    };
    let mut table = CatalogTable::default();
    if let Some(metadata) = fields.object("metadata", troubles) {
        let path = fields.path_of("metadata");
        let metadata = Fields {
            object: metadata,
            path: &path,
        };
        let mut said = |key: &str| metadata.said(key, troubles).map(str::to_owned);
        table.comment = said("comment");
        table.owner = said("owner");
        table.relation_type = said("type");
    }
    if let Some(columns) = fields.object("columns", troubles) {
        for (key, value) in columns {
            let path = format!("{}.columns.{key}", entry.path);
            match value {
                Value::Object(object) => {
                    let fields = Fields {
                        object,
                        path: &path,
                    };
                    table.columns.push(CatalogColumn {
                        name: fields.said("name", troubles).unwrap_or(key).to_owned(),
                        datatype: fields.said("type", troubles).map(str::to_owned),
                        comment: fields.said("comment", troubles).map(str::to_owned),
                        position: fields.integer("index", troubles),
                    });
                }
                other => troubles.wrong_type(&path, "an object", other),
            }
        }
    }
    table
        .columns
        .sort_by_key(|column| column.position.unwrap_or(i64::MAX));
    if let Some(statistics) = fields.object("stats", troubles) {
        for (key, value) in statistics {
            let said = value.get("value").filter(|value| !value.is_null());
            match (key.as_str(), said) {
                ("has_stats", _) | (_, None) => {}
                ("row_count" | "num_rows" | "rows", Some(rows)) if integer_of(rows).is_some() => {
                    table.rows = integer_of(rows);
                }
                (_, Some(other)) => table.statistics.push((key.clone(), other.clone())),
            }
        }
    }
    table
}
