//! Everything that can go wrong in this crate.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::names::{SourceName, TermId, Timestamp, Version};

/// The result type of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The limits that a query can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Budget {
    /// Wall time.
    Deadline(Duration),
    /// Statements read and intermediate rows made.
    Statements(u64),
    /// Rows (or statements of a CONSTRUCT) in the result.
    Rows(u64),
    /// Bytes of the written result.
    ResultBytes(u64),
    /// Bytes of one value computed by the query, or of large values read again and again.
    ValueBytes(u64),
    /// Statements that an update adds or removes.
    Written(u64),
    /// Bytes of working memory: hash tables, sort buffers, sets of nodes seen.
    MemoryBytes(u64),
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline(limit) => write!(f, "deadline of {} ms", limit.as_millis()),
            Self::Statements(limit) => write!(f, "budget of {limit} visited statements"),
            Self::Rows(limit) => write!(f, "limit of {limit} rows"),
            Self::ResultBytes(limit) => write!(f, "limit of {limit} result bytes"),
            Self::ValueBytes(limit) => write!(f, "limit of {limit} bytes of computed values"),
            Self::Written(limit) => write!(f, "limit of {limit} written statements"),
            Self::MemoryBytes(limit) => write!(f, "limit of {limit} bytes of memory"),
        }
    }
}

/// The limits that the text of a query can run into before it is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextLimit {
    /// Bytes of the query text.
    Bytes,
    /// Brackets open at the same time.
    Nesting,
    /// Operators and clauses stacked on each other (a path of many steps, a chain of `||` or of OPTIONALs).
    Height,
    /// Steps of one property path or operators of one expression.
    Steps,
    /// Triple and path patterns.
    Patterns,
}

impl fmt::Display for TextLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes => "bytes",
            Self::Nesting => "nested brackets",
            Self::Height => "stacked clauses and operators",
            Self::Steps => "path steps or operators in a row",
            Self::Patterns => "triple patterns",
        })
    }
}

/// Why the graph could not be read, written or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A source name has a forbidden form.
    #[error(
        "source name `{name}` is neither of the form [a-z0-9][a-z0-9._-]{{0,127}} nor an absolute IRI"
    )]
    InvalidSourceName {
        /// The name as given.
        name: String,
    },
    /// An overlay would take the name of a source.
    #[error("source `{name}` exists already")]
    SourceExists {
        /// The name.
        name: SourceName,
    },
    /// A number names no term of the snapshot, or one that cannot stand there in a statement.
    #[error("term number {} cannot stand there in a statement of this snapshot", id.index())]
    UnknownTerm {
        /// The number.
        id: TermId,
    },
    /// A rule of the merged view names a property by something other than an IRI.
    #[error("`{iri}` in a rule of the merged view is no IRI")]
    InvalidMergeRule {
        /// What stands for the property.
        iri: String,
    },
    /// More sources than a store can number.
    #[error("a graph holds at most {limit} sources over its life")]
    TooManySources {
        /// The greatest number of sources.
        limit: usize,
    },
    /// More different predicates than a store can number.
    #[error("a graph holds at most {limit} different predicates")]
    TooManyPredicates {
        /// The greatest number of predicates.
        limit: usize,
    },
    /// More different terms than a store can number.
    #[error("a graph holds at most {limit} different terms")]
    TooManyTerms {
        /// The greatest number of terms.
        limit: u64,
    },
    /// A literal or an IRI is too long.
    #[error("a term of {bytes} bytes is longer than the {limit} allowed")]
    TermTooLong {
        /// Length of the term.
        bytes: usize,
        /// The greatest length.
        limit: usize,
    },
    /// The graph never had this version.
    #[error("version {version} does not exist, the latest is {latest}")]
    UnknownVersion {
        /// The version asked for.
        version: Version,
        /// The current version.
        latest: Version,
    },
    /// The graph had this version, and its history was forgotten since.
    #[error("version {version} is no longer kept, the oldest is {oldest}")]
    VersionNotKept {
        /// The version asked for.
        version: Version,
        /// The oldest version that can be read.
        oldest: Version,
    },
    /// Nothing is known of this moment any more.
    #[error("the graph of that time is no longer kept, the oldest version is {oldest}")]
    TimeNotKept {
        /// The time asked for.
        time: Timestamp,
        /// The oldest version that can be read.
        oldest: Version,
    },
    /// Another process holds the data folder.
    #[error("data folder `{}` is in use by another process", path.display())]
    DataFolderInUse {
        /// The folder.
        path: PathBuf,
    },
    /// The data folder was written by another format version, or is something else.
    #[error("data folder `{}` has format `{found}`, this program reads `{supported}`", path.display())]
    UnknownFormat {
        /// The file that names the format.
        path: PathBuf,
        /// What it names.
        found: String,
        /// What it should name.
        supported: &'static str,
    },
    /// The folder holds other files and no graph.
    #[error("folder `{}` holds other files and no graph", path.display())]
    NotDataFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error("could not {action} `{}`", path.display())]
    File {
        /// What was tried, as an infinitive.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A file does not hold what was written to it.
    #[error("file `{}` is damaged at byte {offset}: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where the damaged part starts.
        offset: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An earlier write could not be made durable, so that nothing more is written.
    #[error("writes to `{}` are refused since an earlier one could not be made durable, restart to recover", path.display())]
    WritesRefused {
        /// The file whose write failed.
        path: PathBuf,
    },
    /// There is no entailment of this name.
    #[error("entailment `{name}` does not exist")]
    UnknownRegime {
        /// The name as given.
        name: String,
    },
    /// What follows from the claims, or the search for a proof, is more than may be derived.
    #[error("the entailment `{regime}` went over its limit of {limit} {what}")]
    EntailmentTooLarge {
        /// The name of the regime.
        regime: &'static str,
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
    },
    /// A history entry held in memory could not be read back: a defect of this program.
    #[error("the history in memory is damaged: {reason}")]
    History {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The text of a query goes over a limit.
    #[error("the query has {found} {what}, the limit is {limit}")]
    QueryTooLarge {
        /// Which limit.
        what: TextLimit,
        /// What the query has (at least).
        found: usize,
        /// What it may have.
        limit: usize,
    },
    /// The text of a query is not SPARQL.
    #[error("the query is not valid SPARQL: {message}")]
    QuerySyntax {
        /// The parser's message, which names line and column.
        message: String,
    },
    /// The query uses something that this store refuses.
    #[error("{feature} is not allowed: {reason}")]
    QueryRefused {
        /// The feature, such as `SERVICE`.
        feature: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// An update would change a source that it may not.
    #[error("source `{name}` may not be changed by an update: {reason}")]
    UpdateRefused {
        /// The source.
        name: SourceName,
        /// Why.
        reason: String,
    },
    /// An operation of an update names a graph that does not exist.
    #[error("graph `{iri}` does not exist")]
    UnknownGraph {
        /// The graph.
        iri: String,
    },
    /// CREATE names a graph that exists.
    #[error("graph `{iri}` exists already")]
    GraphExists {
        /// The graph.
        iri: String,
    },
    /// The query went over one of its budgets.
    #[error("the query went over its {budget}")]
    OverBudget {
        /// Which one, with its limit.
        budget: Budget,
    },
    /// The caller cancelled the query.
    #[error("the query was cancelled")]
    Cancelled,
    /// The evaluator failed.
    #[error("the query could not be evaluated")]
    Evaluation(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A result could not be written.
    #[error("could not write the result")]
    Output(#[source] io::Error),
    /// The format cannot carry this kind of result.
    #[error("format `{format}` cannot carry {content}")]
    WrongFormat {
        /// The format.
        format: &'static str,
        /// The kind of result.
        content: &'static str,
    },
}

impl Error {
    /// Makes the same error for another one who waited for the same write.
    #[must_use]
    pub fn for_another(&self) -> Self {
        match self {
            Self::File {
                action,
                path,
                source,
            } => Self::File {
                action,
                path: path.clone(),
                source: match source.raw_os_error() {
                    Some(code) => io::Error::from_raw_os_error(code),
                    None => io::Error::new(source.kind(), source.to_string()),
                },
            },
            Self::WritesRefused { path } => Self::WritesRefused { path: path.clone() },
            other => Self::Output(io::Error::other(other.to_string())),
        }
    }
}
