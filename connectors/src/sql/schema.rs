//! Which tables there are, and which columns they have.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::TableName;

/// The tables that are known, with their columns in order; may be partial or empty.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    tables: Vec<SchemaTable>,
    /// The places of the tables by their last names in lower case.
    by_name: FxHashMap<String, Vec<usize>>,
}

/// A table that is known.
#[derive(Clone, Debug)]
pub(super) struct SchemaTable {
    pub(super) name: Arc<TableName>,
    pub(super) columns: Arc<[String]>,
    /// Whether it has no other columns.
    pub(super) complete: bool,
}

impl Schema {
    /// Adds a table by the parts of its name, outermost first; a table without columns is one whose columns are not known.
    ///
    /// The names are kept as they are given and found whatever their case; what is added again replaces the first.
    pub fn add<P: AsRef<str>, C: Into<String>>(
        &mut self,
        parts: &[P],
        columns: impl IntoIterator<Item = C>,
    ) {
        self.put(parts, columns, true);
    }

    /// Adds a table of which only some columns are known.
    pub fn add_partial<P: AsRef<str>, C: Into<String>>(
        &mut self,
        parts: &[P],
        columns: impl IntoIterator<Item = C>,
    ) {
        self.put(parts, columns, false);
    }

    fn put<P: AsRef<str>, C: Into<String>>(
        &mut self,
        parts: &[P],
        columns: impl IntoIterator<Item = C>,
        complete: bool,
    ) {
        let name = Arc::new(TableName::new(parts.iter().map(AsRef::as_ref)));
        let columns: Arc<[String]> = columns.into_iter().map(Into::into).collect();
        let complete = complete && !columns.is_empty();
        let places = self.by_name.entry(name.name().to_lowercase()).or_default();
        let known = places
            .iter()
            .find(|place| self.tables[**place].name == name);
        let table = SchemaTable {
            name,
            columns,
            complete,
        };
        if let Some(place) = known {
            self.tables[*place] = table;
        } else {
            places.push(self.tables.len());
            self.tables.push(table);
        }
    }

    /// Says how many tables there are.
    pub fn len(&self) -> usize {
        self.tables.len()
    }

    /// Says whether no table is known.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Gives the tables with their columns.
    pub fn tables(&self) -> impl Iterator<Item = (&Arc<TableName>, &[String])> {
        self.tables
            .iter()
            .map(|table| (&table.name, table.columns.as_ref()))
    }

    /// Finds the table that a statement means.
    ///
    /// What the statement leaves out is taken from the default database and the search path; if these do not
    /// decide, the only table of that name is taken.
    pub(super) fn find(
        &self,
        parts: &[String],
        database: Option<&str>,
        search_path: &[String],
    ) -> Option<&SchemaTable> {
        let places = self.by_name.get(&parts.last()?.to_lowercase())?;
        let fitting: Vec<&SchemaTable> = places
            .iter()
            .map(|place| &self.tables[*place])
            .filter(|table| ends_match(table.name.parts(), parts))
            .collect();
        let in_database = |table: &&SchemaTable| match (database, table.name.parts()) {
            (Some(wanted), [has, _, _]) => wanted.eq_ignore_ascii_case(has),
            _ => true,
        };
        let exact = |table: &&SchemaTable| table.name.parts().ends_with(parts);
        let best = |tables: &[&SchemaTable]| -> Option<usize> {
            let first = |tests: &dyn Fn(&&SchemaTable) -> bool| tables.iter().position(tests);
            first(&|table| in_database(table) && exact(table)).or_else(|| first(&in_database))
        };
        if parts.len() == 1 {
            for schema in search_path {
                let there: Vec<&SchemaTable> = fitting
                    .iter()
                    .copied()
                    .filter(|table| {
                        table
                            .name
                            .schema()
                            .is_some_and(|s| s.eq_ignore_ascii_case(schema))
                    })
                    .collect();
                if let Some(place) = best(&there) {
                    return Some(there[place]);
                }
            }
        }
        match fitting.as_slice() {
            [only] => Some(only),
            [] => None,
            _ if parts.len() == 1 && !search_path.is_empty() => {
                // The path names none of them, so the statement may mean any.
                let mut there = fitting.iter().filter(|table| in_database(table));
                match (there.next(), there.next()) {
                    (Some(only), None) => Some(only),
                    _ => None,
                }
            }
            many => best(many).map(|place| many[place]),
        }
    }
}

/// Compares two names from their ends as far as both go, whatever their case.
fn ends_match(known: &[String], asked: &[String]) -> bool {
    let pairs = known.iter().rev().zip(asked.iter().rev());
    pairs.clone().all(|(one, other)| {
        one.eq_ignore_ascii_case(other) || one.to_lowercase() == other.to_lowercase()
    })
}
