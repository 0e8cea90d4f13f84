//! The type `ServerInfo`.

use async_graphql::SimpleObject;
use isogloss::Snapshot;

use crate::limits::Limits;

/// What answers, and what it allows.
#[derive(SimpleObject)]
pub struct ServerInfo {
    /// Name of the program.
    name: &'static str,
    /// Version of the program.
    version: &'static str,
    /// Version of the graph.
    graph_version: u64,
    /// Statements in the graph, counted once however many sources make them.
    statements: u64,
    /// Sources in the graph.
    sources: u64,
    /// Whether what is ingested outlives the program.
    durable: bool,
    /// What a query may ask for at most.
    limits: QueryLimits,
}

/// What a query may ask for at most; it is refused before it runs if it asks for more.
#[derive(SimpleObject)]
pub struct QueryLimits {
    /// Bytes of query text; variables do not count.
    query_bytes: u64,
    /// Tokens of query text.
    tokens: u64,
    /// Open brackets in query text.
    nesting: u64,
    /// Levels of fields.
    depth: u64,
    /// Fields at the root.
    root_fields: u64,
    /// Fields, fragments expanded.
    fields: u64,
    /// Aliases, fragments expanded.
    aliases: u64,
    /// Directives, fragments expanded.
    directives: u64,
    /// Items in one page.
    page_size: u64,
    /// Fields times the sizes of the lists above them.
    cost: u64,
    /// Nodes of one lineage.
    lineage_nodes: u64,
    /// Paths asked for at once.
    paths: u64,
    /// Documents in one ingest.
    documents: u64,
    /// Bytes of all documents of one ingest, decoded.
    document_bytes: u64,
    /// Time for one heavy read, in milliseconds.
    deadline_ms: u64,
}

impl ServerInfo {
    pub(crate) fn new(snapshot: &Snapshot, durable: bool, limits: &Limits) -> Self {
        Self {
            name: "isogloss",
            version: env!("CARGO_PKG_VERSION"),
            graph_version: snapshot.version().0,
            statements: snapshot.graph().len(),
            sources: snapshot.sources().len() as u64,
            durable,
            limits: limits.into(),
        }
    }
}

impl From<&Limits> for QueryLimits {
    fn from(limits: &Limits) -> Self {
        Self {
            query_bytes: limits.query_bytes as u64,
            tokens: limits.tokens as u64,
            nesting: limits.nesting as u64,
            depth: limits.depth,
            root_fields: limits.root_fields,
            fields: limits.fields,
            aliases: limits.aliases,
            directives: limits.directives,
            page_size: limits.page_size,
            cost: limits.cost,
            lineage_nodes: limits.lineage_nodes,
            paths: limits.paths,
            documents: limits.documents,
            document_bytes: limits.document_bytes,
            deadline_ms: limits.deadline.as_millis() as u64,
        }
    }
}
