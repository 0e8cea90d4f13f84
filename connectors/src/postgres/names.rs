//! What relations are called: in IRIs, and where another source may speak of the same table.

use std::collections::{BTreeMap, BTreeSet};

use semantic_model::identity::qualified_name;

use super::document::Catalog;
use crate::table::path_part;
use crate::{Location, Report};

/// The platform in `iso:qualifiedName`, the same as in dbt and contracts.
const PLATFORM: &str = "postgres";

/// The names of the relations of one database.
pub(super) struct Names<'a> {
    database: &'a str,
    /// Relations that differ from another by case alone, and are not what that name without quotes means.
    shadowed: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Names<'a> {
    /// Looks for relations whose names differ by case alone.
    ///
    /// PostgreSQL reads a name without quotes in lower case, so of such twins only the one in lower case can be what
    /// another source means; none, if none is.
    pub(super) fn new(catalog: &'a Catalog, file: &str, report: &mut Report) -> Self {
        let mut twins: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
        for relation in &catalog.relations {
            let name = (relation.schema.as_str(), relation.name.as_str());
            let folded = format!("{}\n{}", name.0.to_lowercase(), name.1.to_lowercase());
            twins.entry(folded).or_default().push(name);
        }
        let mut shadowed = BTreeSet::new();
        for twins in twins.values().filter(|twins| twins.len() > 1) {
            let other = twins.iter().copied().filter(|name| !is_lower(name));
            for name in other {
                let message = format!(
                    "relation `{}.{}` differs from another by case alone, so it was given no qualified name",
                    name.0, name.1
                );
                let at = Location::file(file).key("relations");
                report.note("case_twins", message, at);
                shadowed.insert(name);
            }
        }
        Self {
            database: &catalog.database.name,
            shadowed,
        }
    }

    /// Gives the path of a relation in its IRI: `shop.public.orders`.
    pub(super) fn path(&self, schema: &str, name: &str) -> String {
        [self.database, schema, name].map(path_part).join(".")
    }

    /// Gives the name by which other sources know the table; `None` for one that only its quotes tell from another.
    pub(super) fn qualified(&self, schema: &str, name: &str) -> Option<String> {
        if self.shadowed.contains(&(schema, name)) {
            return None;
        }
        Some(qualified_name(PLATFORM, &[self.database, schema, name]))
    }
}

fn is_lower(name: &(&str, &str)) -> bool {
    [name.0, name.1]
        .iter()
        .all(|part| !part.chars().any(char::is_uppercase))
}

/// Writes an identifier as PostgreSQL does, with quotes where it needs them.
pub(super) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if starts && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}
