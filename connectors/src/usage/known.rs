//! The tables that are known already, so that use is said of them and not of names.

use std::collections::BTreeMap;

use crate::sql::{Schema, TableName};

/// The tables that are known, by their qualified names.
#[derive(Clone, Debug, Default)]
pub struct KnownTables {
    schema: Schema,
    tables: BTreeMap<String, KnownTable>,
}

/// A table that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownTable {
    /// The IRI of the dataset.
    pub iri: String,
    /// The label of its domain.
    pub domain: Option<String>,
    /// Its columns in order.
    pub columns: Vec<KnownColumn>,
    /// Whether these are all.
    pub complete: bool,
}

/// A column that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownColumn {
    /// The name.
    pub name: String,
    /// The IRI.
    pub iri: String,
}

impl KnownTables {
    /// Adds a table by the parts of its name, outermost first; the first of a name stays.
    pub fn add<P: AsRef<str>>(&mut self, parts: &[P], table: KnownTable) {
        let name = TableName::new(parts.iter().map(AsRef::as_ref));
        let key = name.to_string().to_lowercase();
        if self.tables.contains_key(&key) {
            return;
        }
        let columns = table.columns.iter().map(|column| column.name.clone());
        if table.complete {
            self.schema.add(name.parts(), columns);
        } else {
            self.schema.add_partial(name.parts(), columns);
        }
        self.tables.insert(key, table);
    }

    /// Says whether no table is known.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Gives the tables and columns for the reader of SQL.
    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(super) fn get(&self, name: &TableName) -> Option<&KnownTable> {
        self.tables.get(&name.to_string().to_lowercase())
    }
}

impl KnownTable {
    /// Finds a column by its name, whatever its case.
    pub(super) fn column(&self, name: &str) -> Option<&KnownColumn> {
        let exact = self.columns.iter().find(|column| column.name == name);
        exact.or_else(|| {
            let name = name.to_lowercase();
            self.columns
                .iter()
                .find(|column| column.name.to_lowercase() == name)
        })
    }
}
