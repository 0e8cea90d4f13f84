//! What limits count.

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Measured {
    /// Bytes of the query text.
    Bytes,
    /// Tokens of the query text.
    Tokens,
    /// Operations in one text.
    Operations,
    /// Fragments in one text.
    Fragments,
    /// Fields at the root of an operation, fragments expanded.
    RootFields,
    /// Fields of an operation, fragments expanded.
    Fields,
    /// Aliases of an operation, fragments expanded.
    Aliases,
    /// Directives of an operation, fragments expanded.
    Directives,
    /// Items asked for in one page.
    PageSize,
    /// Ids in one look-up.
    Ids,
    /// Nodes of one lineage.
    LineageNodes,
    /// Paths asked for at once.
    Paths,
    /// Bytes of a text to search for or resolve.
    TextBytes,
    /// Place of a hit among all hits of a search.
    SearchWindow,
    /// Place of a row among all rows of a query for metrics.
    RowsWindow,
    /// Documents in one ingest.
    Documents,
    /// Bytes of all documents of one ingest, decoded.
    DocumentBytes,
}

impl Measured {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Bytes => "bytes of query text",
            Self::Tokens => "tokens",
            Self::Operations => "operations",
            Self::Fragments => "fragments",
            Self::RootFields => "root fields",
            Self::Fields => "fields",
            Self::Aliases => "aliases",
            Self::Directives => "directives",
            Self::PageSize => "items in one page",
            Self::Ids => "ids",
            Self::LineageNodes => "nodes of lineage",
            Self::Paths => "paths",
            Self::TextBytes => "bytes of text",
            Self::SearchWindow => "hits before the page",
            Self::RowsWindow => "rows up to the end of the page",
            Self::Documents => "documents",
            Self::DocumentBytes => "bytes of documents",
        }
    }
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
