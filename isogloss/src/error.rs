//! Why the context graph could not do what was asked.

use graph_core::{Budget, Version};

/// Result of an operation on the context graph.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The graph refused: durability, a budget, a query that does not parse.
    #[error(transparent)]
    Graph(#[from] graph_core::Error),
    /// The text index could not be built.
    #[error("could not build the text index")]
    Search(#[from] search::Error),
    /// An input could not be read at all.
    #[error(transparent)]
    Connector(#[from] connectors::Error),
    /// Shapes are malformed, or checking them went over a budget.
    #[error(transparent)]
    Shapes(#[from] shacl::Error),
    /// A document of shapes is broken, or asks for what is not checked where all must be.
    #[error("the shapes cannot be checked: {message}")]
    ShapesNotRead {
        /// What is wrong, and where.
        message: String,
    },
    /// A source does not keep the shapes and was therefore not committed.
    #[error("what source `{source_name}` says breaks the shapes {} times", report.violations())]
    NotValid {
        /// The source.
        source_name: String,
        /// What does not keep which shape.
        report: Box<shacl::Report>,
    },
    /// Documents of a source are damaged, and without them it would say less than it does now; nothing was committed.
    #[error(
        "source `{source_name}` was left as it is: {} of its input could not be read, and without {} it would say less of {lost} things that it speaks of now, such as {}{}",
        parts(report.damaged), if report.damaged == 1 { "it" } else { "them" }, names.join(", "), first_damage(report)
    )]
    Damaged {
        /// The source.
        source_name: String,
        /// How many things would lose something that is said of them.
        lost: usize,
        /// The first of them.
        names: Vec<String>,
        /// What was understood and what was not.
        report: Box<connectors::Report>,
    },
    /// A text is no RDF term, or none that can stand in its place.
    #[error("`{text}` is no term that can stand here")]
    InvalidTerm {
        /// The text.
        text: String,
    },
    /// No source goes by this name.
    #[error("source `{name}` does not exist")]
    UnknownSource {
        /// The name as given.
        name: String,
        /// Names that exist, nearest first.
        suggestions: Vec<String>,
    },
    /// The graph says nothing about this IRI.
    #[error("entity `{iri}` does not exist")]
    UnknownEntity {
        /// The IRI as given.
        iri: String,
    },
    /// This version was never made.
    #[error("version {} does not exist", version.0)]
    UnknownVersion {
        /// The version asked for.
        version: Version,
        /// The newest version.
        newest: Version,
    },
    /// This version was made, but is no longer kept.
    #[error("version {} is no longer kept", version.0)]
    VersionNotKept {
        /// The version asked for.
        version: Version,
        /// The oldest version that is kept.
        oldest: Version,
    },
    /// What the graph said at this time is no longer kept.
    #[error("the graph of `{time}` is no longer kept")]
    TimeNotKept {
        /// The time asked for.
        time: String,
        /// The oldest version that is kept.
        oldest: Version,
    },
    /// A time that has not come yet.
    #[error("the time `{time}` has not come yet")]
    FutureTime {
        /// The time asked for.
        time: String,
        /// The time by the clock of whoever was asked.
        now: String,
    },
    /// Neither a version nor a time.
    #[error(
        "`{text}` is neither the number of a version nor a time such as `2026-11-22T18:30:00Z`"
    )]
    InvalidAsOf {
        /// The text as given.
        text: String,
    },
    /// No place in the feed of changes.
    #[error("`{text}` is no cursor of the feed of changes")]
    InvalidCursor {
        /// The text as given.
        text: String,
    },
}

impl Error {
    /// Says that there is no source of this name, and which there are.
    pub(crate) fn unknown_source(
        name: &graph_core::SourceName,
        known: &[graph_core::SourceInfo],
    ) -> Self {
        let names = known.iter().map(|source| source.name.as_str().to_owned());
        Self::UnknownSource {
            name: name.as_str().to_owned(),
            suggestions: names.collect(),
        }
    }

    /// Gives the machine-readable code of the error, stable across releases.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Graph(error) => graph_code(error),
            Self::Search(_) => "INTERNAL",
            Self::Connector(_) | Self::ShapesNotRead { .. } | Self::InvalidTerm { .. } => {
                "BAD_USER_INPUT"
            }
            Self::Shapes(error) => shapes_code(error),
            Self::NotValid { .. } => "NOT_VALID",
            Self::Damaged { .. } => "DAMAGED_INPUT",
            Self::UnknownSource { .. } => "UNKNOWN_SOURCE",
            Self::UnknownEntity { .. } => "UNKNOWN_ENTITY",
            Self::UnknownVersion { .. } | Self::FutureTime { .. } => "UNKNOWN_VERSION",
            Self::VersionNotKept { .. } | Self::TimeNotKept { .. } => "VERSION_NOT_KEPT",
            Self::InvalidAsOf { .. } | Self::InvalidCursor { .. } => "BAD_USER_INPUT",
        }
    }

    /// Tells whether the caller can mend the error by asking differently.
    pub fn is_users_fault(&self) -> bool {
        match self {
            Self::Graph(error) => !matches!(graph_code(error), "STORAGE" | "INTERNAL"),
            Self::Search(_) => false,
            Self::Connector(_)
            | Self::Shapes(_)
            | Self::ShapesNotRead { .. }
            | Self::InvalidTerm { .. }
            | Self::NotValid { .. }
            | Self::Damaged { .. }
            | Self::UnknownSource { .. }
            | Self::UnknownEntity { .. }
            | Self::UnknownVersion { .. }
            | Self::VersionNotKept { .. }
            | Self::TimeNotKept { .. }
            | Self::FutureTime { .. }
            | Self::InvalidAsOf { .. }
            | Self::InvalidCursor { .. } => true,
        }
    }

    /// Says what to try instead, where there is something to say.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Graph(error) => graph_hint(error).map(str::to_owned),
            Self::UnknownSource { suggestions, .. } if !suggestions.is_empty() => {
                Some(format!("sources are: {}", suggestions.join(", ")))
            }
            Self::NotValid { .. } => Some(
                "nothing was committed; mend the source, or ask for a report instead of strict"
                    .to_owned(),
            ),
            Self::Damaged { .. } => Some(
                "mend or leave out what is damaged; or go on with the rest by asking for `partial`, and what is missing is gone"
                    .to_owned(),
            ),
            Self::InvalidTerm { .. } => Some(
                "write an IRI, a name such as rdf:type, or a literal as N-Triples has it"
                    .to_owned(),
            ),
            Self::UnknownEntity { .. } => Some("search for its name to find its IRI".to_owned()),
            Self::UnknownVersion { newest, .. } => {
                Some(format!("the newest version is {}", newest.0))
            }
            Self::VersionNotKept { oldest, .. } | Self::TimeNotKept { oldest, .. } => {
                Some(format!("the oldest version that is kept is {}", oldest.0))
            }
            Self::FutureTime { now, .. } => Some(format!("it is `{now}` now")),
            Self::InvalidCursor { .. } => {
                Some("give a cursor of an event, a version or a time".to_owned())
            }
            _ => None,
        }
    }
}

/// Says how many parts there are.
fn parts(count: u64) -> String {
    match count {
        1 => "1 part".to_owned(),
        count => format!("{count} parts"),
    }
}

/// Gives the first of the errors of a report, for a message.
fn first_damage(report: &connectors::Report) -> String {
    let worst = report.diagnostics.iter().min_by_key(|it| it.severity);
    worst.map(|it| format!(": {it}")).unwrap_or_default()
}

fn shapes_code(error: &shacl::Error) -> &'static str {
    use shacl::{Budget, Error as E};
    match error {
        E::OverBudget {
            budget: Budget::Deadline(_),
        } => "DEADLINE_EXCEEDED",
        E::OverBudget { .. } => "BUDGET_EXCEEDED",
        E::Cancelled => "CANCELLED",
        E::TooLarge { .. } => "LIMIT_EXCEEDED",
        _ => "BAD_USER_INPUT",
    }
}

fn graph_code(error: &graph_core::Error) -> &'static str {
    use graph_core::Error as E;
    match error {
        E::QuerySyntax { .. } | E::InvalidSourceName { .. } | E::WrongFormat { .. } => {
            "BAD_USER_INPUT"
        }
        E::UnknownRegime { .. } => "BAD_USER_INPUT",
        E::EntailmentTooLarge { .. } => "BUDGET_EXCEEDED",
        E::QueryTooLarge { .. } | E::TermTooLong { .. } => "LIMIT_EXCEEDED",
        E::QueryRefused { .. } => "REFUSED",
        E::UpdateRefused { .. } => "WRITE_REFUSED",
        E::UnknownGraph { .. } => "UNKNOWN_GRAPH",
        E::GraphExists { .. } => "GRAPH_EXISTS",
        E::OverBudget {
            budget: Budget::Deadline(_),
        } => "DEADLINE_EXCEEDED",
        E::OverBudget { .. } => "BUDGET_EXCEEDED",
        E::Cancelled => "CANCELLED",
        E::UnknownVersion { .. } => "UNKNOWN_VERSION",
        E::VersionNotKept { .. } | E::TimeNotKept { .. } => "VERSION_NOT_KEPT",
        E::DataFolderInUse { .. }
        | E::UnknownFormat { .. }
        | E::NotDataFolder { .. }
        | E::File { .. }
        | E::Corrupt { .. }
        | E::WritesRefused { .. } => "STORAGE",
        _ => "INTERNAL",
    }
}

fn graph_hint(error: &graph_core::Error) -> Option<&'static str> {
    use graph_core::Error as E;
    match error {
        E::DataFolderInUse { .. } => {
            Some("is `isogloss serve` running on it? then ask the server instead")
        }
        E::UnknownRegime { .. } => Some("entailments are: none, skos, rdfs, owl-rl"),
        E::EntailmentTooLarge { .. } => {
            Some("choose a smaller regime, or `none`; nothing partial is served")
        }
        E::UnknownFormat { found, .. } if found == "isogloss data 1" => {
            Some("bring it up to date by opening it, for instance with: isogloss sources")
        }
        E::NotDataFolder { .. } => Some("name a folder that is empty or not there yet"),
        E::InvalidSourceName { .. } => Some(
            "lower-case letters, digits, `.`, `_` and `-`, for instance `dbt-claims`, or an absolute IRI",
        ),
        E::UpdateRefused { .. } => {
            Some("write to another graph, or allow this one in the configuration of updates")
        }
        E::UnknownGraph { .. } | E::GraphExists { .. } => {
            Some("with SILENT it is no error; `isogloss sources` lists what exists")
        }
        E::OverBudget { .. } => {
            Some("ask for less: bind a subject or an object, or add a LIMIT inside a sub-SELECT")
        }
        E::Corrupt { .. } => {
            Some("restore the folder from a backup; nothing of it has been served")
        }
        E::WritesRefused { .. } => Some("free space or mend the disk, then restart"),
        _ => None,
    }
}
