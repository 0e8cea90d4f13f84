//! The one error type at the GraphQL border, and the codes that clients may rely on.

mod measured;

use async_graphql::{ErrorExtensionValues, ServerError};
use isogloss::semantics::{QueryError, QueryFault};

pub use measured::Measured;

/// Result of a resolver.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A machine-readable reason, stable across releases; every error carries one in `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, async_graphql::Enum)]
#[graphql(name = "ErrorCode")]
#[non_exhaustive]
pub enum Code {
    /// An argument or a document is not what it should be; the message says which.
    BadUserInput,
    /// The text is not GraphQL.
    GraphqlParseFailed,
    /// The query does not fit the schema.
    GraphqlValidationFailed,
    /// The graph says nothing about this IRI.
    UnknownEntity,
    /// No source goes by this name.
    UnknownSource,
    /// This version was never made, or the time has not come yet.
    UnknownVersion,
    /// This version, or place in the feed of changes, is older than what is kept.
    VersionNotKept,
    /// The query is too long, or has too many tokens, fields, aliases or directives, or too large a page.
    LimitExceeded,
    /// The query is nested too deeply.
    DepthLimit,
    /// The query could read too much; the cost is computed before it runs.
    CostLimit,
    /// A budget of the graph ran out while it was read.
    BudgetExceeded,
    /// The answer was not ready in time.
    DeadlineExceeded,
    /// What was asked clashes with what somebody else is doing.
    Conflict,
    /// No metric goes by this name.
    UnknownMetric,
    /// Nothing to group or filter by goes by this name.
    UnknownDimension,
    /// A layer, engine or saved query does not exist.
    UnknownName,
    /// A name or a path has several meanings; `extensions.choices` has them.
    Ambiguous,
    /// Any answer to the query might be wrong; `extensions.reason` says why.
    QueryRefused,
    /// Nobody has said where the tables are, or the program runs no SQL.
    NoEngine,
    /// The engine is down or does not let us in.
    EngineDown,
    /// The engine did not run the SQL; `extensions.reason` says why.
    EngineFailed,
    /// Something failed on our side; the details are in the server's log.
    Internal,
}

impl Code {
    /// Every code, in the order of the schema's documentation.
    pub const ALL: [Self; 22] = [
        Self::BadUserInput,
        Self::GraphqlParseFailed,
        Self::GraphqlValidationFailed,
        Self::UnknownEntity,
        Self::UnknownSource,
        Self::UnknownVersion,
        Self::VersionNotKept,
        Self::LimitExceeded,
        Self::DepthLimit,
        Self::CostLimit,
        Self::BudgetExceeded,
        Self::DeadlineExceeded,
        Self::Conflict,
        Self::UnknownMetric,
        Self::UnknownDimension,
        Self::UnknownName,
        Self::Ambiguous,
        Self::QueryRefused,
        Self::NoEngine,
        Self::EngineDown,
        Self::EngineFailed,
        Self::Internal,
    ];

    /// Returns the code as it stands in `extensions.code`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::UnknownEntity => "UNKNOWN_ENTITY",
            Self::UnknownSource => "UNKNOWN_SOURCE",
            Self::UnknownVersion => "UNKNOWN_VERSION",
            Self::VersionNotKept => "VERSION_NOT_KEPT",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::DepthLimit => "DEPTH_LIMIT",
            Self::CostLimit => "COST_LIMIT",
            Self::BudgetExceeded => "BUDGET_EXCEEDED",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::Conflict => "CONFLICT",
            Self::UnknownMetric => "UNKNOWN_METRIC",
            Self::UnknownDimension => "UNKNOWN_DIMENSION",
            Self::UnknownName => "UNKNOWN_NAME",
            Self::Ambiguous => "AMBIGUOUS",
            Self::QueryRefused => "QUERY_REFUSED",
            Self::NoEngine => "NO_ENGINE",
            Self::EngineDown => "ENGINE_DOWN",
            Self::EngineFailed => "ENGINE_FAILED",
            Self::Internal => "INTERNAL",
        }
    }

    /// Maps why a query for metrics has no answer.
    fn of_query(error: &QueryError) -> Self {
        use QueryFault as F;
        match error.fault() {
            F::UnknownMetric => Self::UnknownMetric,
            F::UnknownDimension => Self::UnknownDimension,
            F::UnknownName => Self::UnknownName,
            F::Ambiguous => Self::Ambiguous,
            F::Refused => Self::QueryRefused,
            F::NoEngine => Self::NoEngine,
            F::EngineDown => Self::EngineDown,
            F::Late => Self::DeadlineExceeded,
            F::OverBudget => Self::BudgetExceeded,
            F::EngineFailed => Self::EngineFailed,
        }
    }

    /// Maps a code of the crates below; one that this border does not know is a bad input or ours.
    fn of_graph(error: &isogloss::Error) -> Self {
        let known = Self::ALL
            .into_iter()
            .find(|code| code.as_str() == error.code());
        known.unwrap_or(if error.is_users_fault() {
            Self::BadUserInput
        } else {
            Self::Internal
        })
    }
}

/// Why a request was refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not GraphQL.
    #[error("the query does not parse: {0}")]
    Syntax(#[source] Box<async_graphql::parser::Error>),
    /// A fragment spreads itself, directly or by way of others.
    #[error("fragment `{name}` includes itself")]
    FragmentCycle {
        /// The fragment's name.
        name: String,
    },
    /// The request names an operation that the text does not have.
    #[error("operation `{name}` does not exist")]
    UnknownOperation {
        /// The name as given.
        name: String,
    },
    /// A count is over its limit.
    #[error("the request has {found} {what}, at most {max} are allowed")]
    TooMany {
        /// What was counted.
        what: Measured,
        /// How many there are, or how many were counted when counting stopped.
        found: u64,
        /// How many are allowed.
        max: u64,
    },
    /// The query is nested too deeply.
    #[error("the query is nested deeper than {max} levels")]
    TooDeep {
        /// The deepest level allowed.
        max: u64,
    },
    /// The query could read too much.
    #[error("the query could cost {cost}, at most {max} is allowed")]
    TooCostly {
        /// Fields times page sizes.
        cost: u64,
        /// The highest cost allowed.
        max: u64,
    },
    /// A page of less than nothing was asked for.
    #[error("`{argument}` is {value}, it must be at least {min}")]
    TooSmall {
        /// The argument's name.
        argument: &'static str,
        /// The value as given.
        value: i64,
        /// The lowest value allowed.
        min: i64,
    },
    /// A cursor was not made by this list.
    #[error("cursor `{cursor}` was not made by this list")]
    InvalidCursor {
        /// The cursor as given.
        cursor: String,
    },
    /// An id was not made by this schema.
    #[error("id `{id}` was not made by this service")]
    InvalidId {
        /// The id as given.
        id: String,
    },
    /// A name that no source can have.
    #[error("`{name}` cannot name a source")]
    InvalidSourceName {
        /// The name as given.
        name: String,
    },
    /// No connector of this kind exists.
    #[error("there is no connector of kind `{kind}`")]
    UnknownConnector {
        /// The kind as given.
        kind: String,
        /// The kinds that exist.
        known: Vec<String>,
    },
    /// A document's content is not encoded as it says.
    #[error("document `{name}` is not {encoding}")]
    Encoding {
        /// The document's name.
        name: String,
        /// The encoding that it should have.
        encoding: &'static str,
    },
    /// A cursor of the change feed lies in the future.
    #[error("version {version} does not exist yet")]
    FutureVersion {
        /// The version as given.
        version: u64,
        /// The newest version.
        newest: u64,
    },
    /// The answer was not ready in time.
    #[error("the answer was not ready within {limit_ms} ms")]
    DeadlineExceeded {
        /// The time allowed.
        limit_ms: u64,
    },
    /// A worker did not finish its task.
    #[error("a worker failed")]
    Worker(#[source] tokio::task::JoinError),
    /// What a request needs was not put into it.
    #[error("the request has no `{what}`")]
    Unprepared {
        /// What is missing.
        what: &'static str,
    },
    /// The graph refused or failed.
    #[error(transparent)]
    Graph(#[from] isogloss::Error),
    /// A query for metrics has no answer.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl Error {
    /// Returns the machine-readable reason.
    pub fn code(&self) -> Code {
        match self {
            Self::Syntax(_) => Code::GraphqlParseFailed,
            Self::FragmentCycle { .. } | Self::UnknownOperation { .. } => {
                Code::GraphqlValidationFailed
            }
            Self::TooMany { .. } => Code::LimitExceeded,
            Self::TooDeep { .. } => Code::DepthLimit,
            Self::TooCostly { .. } => Code::CostLimit,
            Self::TooSmall { .. }
            | Self::InvalidCursor { .. }
            | Self::InvalidId { .. }
            | Self::InvalidSourceName { .. }
            | Self::UnknownConnector { .. }
            | Self::Encoding { .. } => Code::BadUserInput,
            Self::FutureVersion { .. } => Code::UnknownVersion,
            Self::DeadlineExceeded { .. } => Code::DeadlineExceeded,
            Self::Worker(_) | Self::Unprepared { .. } => Code::Internal,
            Self::Graph(error) => Code::of_graph(error),
            Self::Query(error) => Code::of_query(error),
        }
    }

    /// Says what to try instead, where there is something to say.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::TooMany { what: Measured::Bytes, .. } => {
                Some("put documents and long values into variables".to_owned())
            }
            Self::TooMany { what: Measured::PageSize, .. } => {
                Some("ask for the next page with `after`".to_owned())
            }
            Self::TooMany { what: Measured::SearchWindow, .. } => {
                Some("narrow the search with a filter or more words".to_owned())
            }
            Self::TooCostly { .. } => {
                Some("ask for smaller pages (`first`) in the nested lists, or for fewer fields".to_owned())
            }
            Self::InvalidCursor { .. } => {
                Some("pass `endCursor` of the page before, for the same arguments".to_owned())
            }
            Self::InvalidId { .. } => {
                Some("ids are opaque: take them from an `id` field, or use `entity(iri:)`".to_owned())
            }
            Self::InvalidSourceName { .. } => Some(
                "a name has up to 128 of `a`-`z`, `0`-`9`, `.`, `_`, `-` and starts with a letter or digit"
                    .to_owned(),
            ),
            Self::UnknownConnector { known, .. } => Some(format!("kinds are: {}", known.join(", "))),
            Self::FutureVersion { newest, .. } => Some(format!("the newest version is {newest}")),
            Self::Graph(error) if error.is_users_fault() => error.hint(),
            Self::Query(error) => error.hint(),
            _ => None,
        }
    }

    /// Returns the message for the client: generic when the fault is ours.
    pub fn public_message(&self) -> String {
        if self.code() == Code::Internal {
            "something failed on our side; the server's log has the details".to_owned()
        } else {
            self.to_string()
        }
    }
}

/// Turns an error of this crate into one of a response, with places for a syntax error.
pub(crate) fn into_server_error(error: Error) -> ServerError {
    let mut out = match &error {
        Error::Syntax(syntax) => ServerError {
            locations: syntax.positions().collect(),
            ..ServerError::new(error.to_string(), None)
        },
        _ => ServerError::new(error.to_string(), None),
    };
    out.source = Some(std::sync::Arc::new(error));
    finish(&mut out, Code::Internal);
    out
}

/// Gives an error its code and hint, and hides the details of our own faults after logging them once.
///
/// `fallback` is for errors that no resolver of ours made.
pub(crate) fn finish(error: &mut ServerError, fallback: Code) {
    if error
        .extensions
        .as_ref()
        .is_some_and(|values| values.get("code").is_some())
    {
        return;
    }
    let query = error.source::<Error>().and_then(QueryFacts::of);
    let (code, hint) = match error.source::<Error>() {
        Some(source) => {
            let code = source.code();
            if code == Code::Internal {
                let causes = causes(source);
                tracing::error!(error = %causes, path = ?error.path, "graphql request failed");
            }
            let (hint, message) = (source.hint(), source.public_message());
            if code == Code::Internal || error.message.is_empty() {
                error.message = message;
            }
            (code, hint)
        }
        None => (fallback, None),
    };
    let values = error
        .extensions
        .get_or_insert_with(ErrorExtensionValues::default);
    values.set("code", code.as_str());
    if let Some(hint) = hint {
        values.set("hint", hint);
    }
    if let Some(query) = query {
        values.set("reason", query.reason);
        if let Some(name) = query.name {
            values.set("name", name);
        }
        values.set("choices", query.choices);
    }
}

/// What an error of a query for metrics tells programs beside its code.
struct QueryFacts {
    reason: String,
    name: Option<String>,
    choices: Vec<String>,
}

impl QueryFacts {
    fn of(error: &Error) -> Option<Self> {
        let Error::Query(error) = error else {
            return None;
        };
        Some(Self {
            reason: error.code(),
            name: error.name().map(str::to_owned),
            choices: error.choices().to_vec(),
        })
    }
}

fn causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_a_promise() {
        let codes: Vec<&str> = Code::ALL.into_iter().map(Code::as_str).collect();
        expect_test::expect![[r#"
            BAD_USER_INPUT
            GRAPHQL_PARSE_FAILED
            GRAPHQL_VALIDATION_FAILED
            UNKNOWN_ENTITY
            UNKNOWN_SOURCE
            UNKNOWN_VERSION
            VERSION_NOT_KEPT
            LIMIT_EXCEEDED
            DEPTH_LIMIT
            COST_LIMIT
            BUDGET_EXCEEDED
            DEADLINE_EXCEEDED
            CONFLICT
            UNKNOWN_METRIC
            UNKNOWN_DIMENSION
            UNKNOWN_NAME
            AMBIGUOUS
            QUERY_REFUSED
            NO_ENGINE
            ENGINE_DOWN
            ENGINE_FAILED
            INTERNAL"#]]
        .assert_eq(&codes.join("\n"));
    }

    #[test]
    fn the_enum_of_the_schema_spells_codes_as_the_extensions_do() {
        for code in Code::ALL {
            let in_schema = async_graphql::resolver_utils::enum_value(code).to_string();
            assert_eq!(in_schema, code.as_str());
        }
    }

    #[test]
    fn our_own_faults_are_generic_and_users_faults_are_not() {
        let ours = into_server_error(Error::Unprepared { what: "snapshot" });
        assert!(!ours.message.contains("snapshot"), "{}", ours.message);
        let theirs = into_server_error(Error::InvalidId {
            id: "zz".to_owned(),
        });
        assert!(theirs.message.contains("`zz`"), "{}", theirs.message);
        assert!(
            theirs
                .extensions
                .is_some_and(|values| values.get("hint").is_some())
        );
    }
}
