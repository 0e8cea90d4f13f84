//! How long the lists of the schema are assumed to be where a query does not say.

/// Lists without a `first` argument, by field name, with the length that the cost assumes.
///
/// `edges` and `nodes` of a connection are not here: the connection's `first` counts for them, as that of `resolve`
/// does for `candidates` and `options`. A test holds this table against the schema, so that no list is forgotten.
pub const LIST_FIELDS: &[(&str, u64)] = &[
    ("aggregations", 3),
    ("broader", 5),
    ("children", 20),
    ("columns", 20),
    ("compatibleDimensions", 50),
    ("conditions", 3),
    ("contracts", 5),
    ("copies", 5),
    ("derivedFrom", 10),
    ("diagnostics", 100),
    ("dimensions", 50),
    ("domains", 5),
    ("facets", 3),
    ("findings", 100),
    ("layers", 20),
    ("links", 10),
    ("matchedFields", 5),
    ("metrics", 20),
    ("more", 9),
    ("newValues", 3),
    ("oldValues", 3),
    ("owners", 5),
    ("pairs", 50),
    ("parts", 10),
    ("products", 5),
    ("properties", 5),
    ("references", 5),
    ("refusals", 5),
    ("related", 10),
    ("relations", 20),
    ("routes", 5),
    ("setAside", 10),
    ("sources", 20),
    ("statements", 3),
    ("steps", 50),
    ("terms", 10),
    ("understood", 10),
    ("values", 20),
    ("why", 5),
];

/// Lists whose length an argument of a field above them bounds, and which therefore count once.
pub const COUNTED_ABOVE: &[&str] = &[
    "candidates",
    "edges",
    "events",
    "groups",
    "items",
    "nodes",
    "options",
    "paths",
    "userErrors",
];

/// Lists of the introspection schema with the length that the cost assumes.
const INTROSPECTION_LISTS: &[(&str, u64)] = &[
    ("types", 100),
    ("fields", 20),
    ("args", 5),
    ("inputFields", 10),
    ("enumValues", 10),
    ("possibleTypes", 10),
    ("interfaces", 3),
    ("directives", 5),
];

/// What a field costs by itself, beyond the one that each field costs: work that no page size shows.
const HEAVY_FIELDS: &[(&str, u64)] = &[
    ("resolve", 1_000),
    ("search", 500),
    ("lineage", 500),
    ("impact", 500),
    ("changes", 500),
    ("layers", 100),
    ("dimensions", 500),
    ("compatibleDimensions", 1_000),
    ("compatibleMetrics", 1_000),
    ("compile", 200),
    ("interpret", 1_500),
    ("query", 5_000),
    ("paths", 1_000),
    ("suggest", 100),
    ("validate", 2_000),
    ("why", 1_000),
    ("identity", 100),
    ("identityCandidates", 2_000),
];

/// The page size of a connection when the query gives no `first`.
pub(crate) const PAGE_SIZE_DEFAULT: u64 = 20;

/// The nodes of a lineage when the query gives no `maxNodes`.
pub(crate) const LINEAGE_NODES_DEFAULT: u64 = 200;

/// The paths when the query gives no `k`.
pub(crate) const PATHS_DEFAULT: u64 = 3;

/// The rows of a page of a query for metrics when the query gives no `first`.
pub(crate) const ROWS_DEFAULT: u64 = 100;

/// The entities assumed on one path.
pub(super) const PATH_LENGTH: u64 = 10;

/// Returns the assumed length of an unpaged list or the default page of a connection; one for other fields.
pub(super) fn list_length(field: &str) -> u64 {
    named(LIST_FIELDS, field).unwrap_or(1)
}

/// Returns the assumed length of a list of the introspection schema; one for a field that is none.
pub(super) fn introspection_length(field: &str) -> u64 {
    named(INTROSPECTION_LISTS, field).unwrap_or(1)
}

/// Returns what a root field costs by itself.
pub(super) fn base_cost(field: &str) -> u64 {
    named(HEAVY_FIELDS, field).unwrap_or(0)
}

fn named(table: &[(&str, u64)], field: &str) -> Option<u64> {
    table
        .iter()
        .find(|(name, _)| *name == field)
        .map(|(_, length)| *length)
}
