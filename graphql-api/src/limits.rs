//! What a request may ask for, decided on its text before anything runs.
//!
//! Three passes, each linear in the text: the raw text is scanned for its length, tokens and nesting before the
//! parser, which recurses, may see it (`scan`); the parsed document is measured with each fragment measured once
//! and counted as often as it is spread, so that a fragment bomb costs no more than its text (`measure`); and the
//! measures are compared with [`Limits`]. Nothing here depends on the transport: [`check`] is what the schema's own
//! extension calls.

use std::time::Duration;

use async_graphql::Variables;
use async_graphql::parser::{parse_query, types::ExecutableDocument};

use crate::error::{Error, Measured, Result};

mod measure;
mod scan;
mod weights;

pub use weights::{COUNTED_ABOVE, LIST_FIELDS};
pub(crate) use weights::{LINEAGE_NODES_DEFAULT, PAGE_SIZE_DEFAULT, PATHS_DEFAULT, ROWS_DEFAULT};

/// What a request may ask for at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of query text.
    pub query_bytes: usize,
    /// Tokens of query text.
    pub tokens: usize,
    /// Open brackets in query text, of all three sorts together.
    pub nesting: usize,
    /// Operations in one text.
    pub operations: usize,
    /// Fragments in one text.
    pub fragments: usize,
    /// Levels of fields, counted through fragments; introspection has [`Limits::introspection_depth`] instead.
    pub depth: u64,
    /// Levels of fields below `__schema` and `__type`.
    pub introspection_depth: u64,
    /// Fields at the root of an operation.
    pub root_fields: u64,
    /// Fields of an operation, fragments expanded.
    pub fields: u64,
    /// Aliases of an operation, fragments expanded.
    pub aliases: u64,
    /// Directives of an operation, fragments expanded.
    pub directives: u64,
    /// Items in one page (`first`), and ids in one look-up.
    pub page_size: u64,
    /// Fields times the sizes of the lists above them: what the operation could resolve at most.
    pub cost: u64,
    /// The same for introspection, whose lists are as long as the schema.
    pub introspection_cost: u64,
    /// Nodes of one lineage.
    pub lineage_nodes: u64,
    /// Paths asked for at once.
    pub paths: u64,
    /// Bytes of a text to search for or resolve.
    pub text_bytes: u64,
    /// Hits of a search that can be paged through.
    pub search_window: u64,
    /// Rows of a query for metrics in one page.
    pub rows: u64,
    /// Rows of a query for metrics that can be paged through.
    pub rows_window: u64,
    /// Time for running one query for metrics.
    pub query_deadline: Duration,
    /// Documents of one ingest.
    pub documents: u64,
    /// Bytes of all documents of one ingest, decoded.
    pub document_bytes: u64,
    /// Time for one heavy read (resolve, search, lineage, paths, an older version).
    pub deadline: Duration,
    /// Heavy reads and writes that run at once; more of them wait.
    pub concurrency: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_bytes: 64 * 1024,
            tokens: 10_000,
            nesting: 128,
            operations: 20,
            fragments: 100,
            depth: 15,
            introspection_depth: 20,
            root_fields: 20,
            fields: 1_000,
            aliases: 50,
            directives: 50,
            page_size: 100,
            cost: 50_000,
            introspection_cost: 500_000,
            lineage_nodes: 2_000,
            paths: 20,
            text_bytes: 4 * 1024,
            search_window: 10_000,
            rows: 1_000,
            rows_window: 100_000,
            query_deadline: Duration::from_secs(25),
            documents: 1_000,
            document_bytes: 64 * 1024 * 1024,
            deadline: Duration::from_secs(10),
            concurrency: 32,
        }
    }
}

/// What an operation asks for, fragments expanded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Levels of fields.
    pub depth: u64,
    /// Levels of fields below `__schema` and `__type`.
    pub introspection_depth: u64,
    /// Levels of selection sets, those of fragments included.
    pub selection_depth: u64,
    /// Fields.
    pub fields: u64,
    /// Fields at the root.
    pub root_fields: u64,
    /// Aliases.
    pub aliases: u64,
    /// Directives.
    pub directives: u64,
    /// Fields times the sizes of the lists above them.
    pub cost: u64,
    /// The same within introspection.
    pub introspection_cost: u64,
}

/// Measures the query and refuses it if it is over a limit.
///
/// Every operation of the text is held to the limits, whichever runs; the cost returned is that of the operation of
/// this name, or else the worst. Time and memory are linear in the text.
///
/// # Errors
/// The first limit that is passed, a syntax error, a fragment that includes itself, or an operation that does not
/// exist.
///
/// ```
/// use graphql_api::{Code, Limits, limits};
///
/// let cost = limits::check("{ domains(first: 10) { nodes { label } } }", &Default::default(), None, &Limits::default())?;
/// assert_eq!(cost.depth, 3);
/// let bomb = "{ a: domains(first: 100) { nodes { dataProducts(first: 100) { nodes { datasets(first: 100) { nodes { iri } } } } } } }";
/// let error = limits::check(bomb, &Default::default(), None, &Limits::default()).unwrap_err();
/// assert_eq!(error.code(), Code::CostLimit);
/// # Ok::<(), graphql_api::Error>(())
/// ```
pub fn check(
    text: &str,
    variables: &Variables,
    operation_name: Option<&str>,
    limits: &Limits,
) -> Result<Cost> {
    parse(text, variables, operation_name, limits).map(|(_, cost)| cost)
}

/// Parses the query after the scan and returns it with what it costs.
///
/// # Errors
/// As [`check`].
pub(crate) fn parse(
    text: &str,
    variables: &Variables,
    operation_name: Option<&str>,
    limits: &Limits,
) -> Result<(ExecutableDocument, Cost)> {
    scan::scan(text, limits)?;
    let document = parse_query(text).map_err(|error| Error::Syntax(Box::new(error)))?;
    most(
        Measured::Operations,
        document.operations.iter().len() as u64,
        limits.operations as u64,
    )?;
    most(
        Measured::Fragments,
        document.fragments.len() as u64,
        limits.fragments as u64,
    )?;
    let cost = measure::document(&document, variables, operation_name, limits)?;
    Ok((document, cost))
}

/// Refuses a count over its limit.
pub(crate) fn most(what: Measured, found: u64, max: u64) -> Result<()> {
    if found > max {
        Err(Error::TooMany { what, found, max })
    } else {
        Ok(())
    }
}

fn refuse(cost: &Cost, limits: &Limits) -> Result<()> {
    for (levels, max) in [
        (cost.depth, limits.depth),
        (cost.introspection_depth, limits.introspection_depth),
        (cost.selection_depth, measure::SELECTION_DEPTH_MAX),
    ] {
        if levels > max {
            return Err(Error::TooDeep { max });
        }
    }
    most(Measured::Fields, cost.fields, limits.fields)?;
    most(Measured::RootFields, cost.root_fields, limits.root_fields)?;
    most(Measured::Aliases, cost.aliases, limits.aliases)?;
    most(Measured::Directives, cost.directives, limits.directives)?;
    for (cost, max) in [
        (cost.cost, limits.cost),
        (cost.introspection_cost, limits.introspection_cost),
    ] {
        if cost > max {
            return Err(Error::TooCostly { cost, max });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
