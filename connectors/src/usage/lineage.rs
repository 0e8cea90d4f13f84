//! What the histories of systems say was made of what.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::sql::Dialect;

/// How many pairs of columns are kept, over all tables.
const PAIRS_MAX: usize = 500_000;

/// Which tables and columns were made of which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lineage {
    made: BTreeMap<(Dialect, Vec<String>), Sources>,
    pairs: usize,
    /// How many pairs there were beyond those that are kept.
    pub(super) dropped: u64,
}

/// The tables that something is made of, with the pairs of columns: that of the target, that of the source.
type Sources = BTreeMap<Vec<String>, BTreeSet<(String, String)>>;

/// One table and what it is made of, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) to: Vec<String>,
    pub(super) dialect: String,
    pub(super) from: Vec<Source>,
}

/// A table that something is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    pub(super) table: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) columns: Vec<(String, String)>,
}

impl Lineage {
    /// Says that a table is made of another, and a column of it of one of that.
    pub(super) fn add(
        &mut self,
        dialect: Dialect,
        to: &[String],
        from: &[String],
        columns: Option<(String, String)>,
    ) {
        if to == from && columns.is_none() {
            return;
        }
        if self.pairs >= PAIRS_MAX {
            self.dropped += 1;
            return;
        }
        let sources = self.made.entry((dialect, to.to_vec())).or_default();
        self.pairs += usize::from(!sources.contains_key(from));
        let pairs = sources.entry(from.to_vec()).or_default();
        if let Some(columns) = columns {
            self.pairs += usize::from(pairs.insert(columns));
        }
    }

    /// Says whether nothing was made of anything.
    pub(super) fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// Gives each table with what it is made of, in order.
    pub(super) fn tables(&self) -> impl Iterator<Item = Made> {
        self.made.iter().map(|((dialect, to), sources)| Made {
            to: to.clone(),
            dialect: dialect.as_str().to_owned(),
            from: sources
                .iter()
                .map(|(table, columns)| Source {
                    table: table.clone(),
                    columns: columns.iter().cloned().collect(),
                })
                .collect(),
        })
    }

    /// Adds what is remembered of a table; `None` where its dialect is unknown.
    pub(super) fn remember(&mut self, made: &Made) -> Option<()> {
        let dialect = Dialect::of_name(&made.dialect)?;
        for source in &made.from {
            self.add(dialect, &made.to, &source.table, None);
            for columns in &source.columns {
                self.add(dialect, &made.to, &source.table, Some(columns.clone()));
            }
        }
        Some(())
    }
}
