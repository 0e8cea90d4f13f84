//! Why a query for metrics has no answer.

use semantic_model::plan::{PlanError, Reason};

/// Why a query for metrics has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// Any answer might be wrong, or there is none.
    #[error(transparent)]
    Refused(#[from] PlanError),
    /// Something that the request names does not exist.
    #[error("no {what} is called `{name}`")]
    Unknown {
        /// What it should be.
        what: &'static str,
        /// The name as given.
        name: String,
        /// Names that could be meant, best first, at most three.
        choices: Vec<String>,
    },
    /// Nobody has said where the tables of a layer are.
    #[error("layer `{layer}` is over no engine")]
    NoEngine {
        /// The layer.
        layer: String,
    },
    /// The program was built without engines.
    #[error("this program was built without running SQL")]
    NotBuilt,
    /// An engine did not run it.
    #[cfg(feature = "query")]
    #[error(transparent)]
    Engine(#[from] query_engine::Error),
}

/// What kind of fault keeps a query from its answer, for those who map it to codes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryFault {
    /// No metric has the name.
    UnknownMetric,
    /// Nothing to group or filter by has the name.
    UnknownDimension,
    /// A layer, an engine or a saved query does not exist.
    UnknownName,
    /// A name or a path means several things; the choices are the meanings.
    Ambiguous,
    /// Any answer might be wrong, or the query is not well formed.
    Refused,
    /// Nobody said where the tables are, or nothing here runs SQL.
    NoEngine,
    /// The engine is down or refuses the login.
    EngineDown,
    /// It took longer than it may.
    Late,
    /// It cost more than it may.
    OverBudget,
    /// The engine did not run the SQL.
    EngineFailed,
}

impl QueryError {
    /// Tells what kind of fault it is.
    pub fn fault(&self) -> QueryFault {
        match self {
            Self::Refused(refused) => of_reason(refused.reason),
            Self::Unknown { .. } => QueryFault::UnknownName,
            Self::NoEngine { .. } | Self::NotBuilt => QueryFault::NoEngine,
            #[cfg(feature = "query")]
            Self::Engine(error) => of_engine(error),
        }
    }

    /// Gives a word for programs, stable across releases: the reason of a refusal, or what failed.
    pub fn code(&self) -> String {
        match self {
            Self::Refused(refused) => refused.reason.to_string(),
            Self::Unknown { .. } => "UNKNOWN_NAME".to_owned(),
            Self::NoEngine { .. } | Self::NotBuilt => "NO_ENGINE".to_owned(),
            #[cfg(feature = "query")]
            Self::Engine(error) => error.code().to_owned(),
        }
    }

    /// Gives what could be meant or chosen instead, best first.
    pub fn choices(&self) -> &[String] {
        match self {
            Self::Refused(refused) => &refused.choices,
            Self::Unknown { choices, .. } => choices,
            Self::NoEngine { .. } | Self::NotBuilt => &[],
            #[cfg(feature = "query")]
            Self::Engine(error) => error.suggestions(),
        }
    }

    /// Gives the name that the error is about, where it is about one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Refused(refused) => refused.name.as_deref(),
            Self::Unknown { name, .. } => Some(name),
            Self::NoEngine { layer } => Some(layer),
            _ => None,
        }
    }

    /// Says what to try instead, where there is something to say.
    pub fn hint(&self) -> Option<String> {
        match (self, self.choices()) {
            (Self::NoEngine { .. }, _) => Some(
                "put it over one: `[[layer]]` with `source` and `engine` in the configuration"
                    .to_owned(),
            ),
            (Self::NotBuilt, _) => Some("compile the query and run its SQL yourself".to_owned()),
            (_, []) => None,
            (Self::Refused(refused), choices) if is_tie(refused.reason) => {
                Some(format!("say which: {}", choices.join("; ")))
            }
            (_, choices) => Some(format!("did you mean {}?", choices.join(", or "))),
        }
    }
}

/// Tells whether the choices of a refusal are meanings to pick from, not names like a wrong one.
pub(super) fn is_tie(reason: Reason) -> bool {
    matches!(reason, Reason::AmbiguousName | Reason::AmbiguousPath)
}

fn of_reason(reason: Reason) -> QueryFault {
    match reason {
        Reason::UnknownMetric => QueryFault::UnknownMetric,
        Reason::UnknownGroup | Reason::UnknownField | Reason::UnknownFilterItem => {
            QueryFault::UnknownDimension
        }
        Reason::UnknownSavedQuery => QueryFault::UnknownName,
        reason if is_tie(reason) => QueryFault::Ambiguous,
        _ => QueryFault::Refused,
    }
}

#[cfg(feature = "query")]
fn of_engine(error: &query_engine::Error) -> QueryFault {
    use query_engine::{Error as E, Exceeded};
    match error {
        E::EngineDown { .. } | E::LoginRefused { .. } => QueryFault::EngineDown,
        E::OverBudget {
            exceeded: Exceeded::Time(_),
            ..
        } => QueryFault::Late,
        E::OverBudget { .. } => QueryFault::OverBudget,
        _ => QueryFault::EngineFailed,
    }
}
