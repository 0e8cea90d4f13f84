//! Everything that can go wrong in this crate.

use std::time::Duration;

/// The result type of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The limits that a validation can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Budget {
    /// Nodes and statements looked at.
    Visits(u64),
    /// Shapes nested in shapes while one focus node is checked.
    Depth(usize),
    /// Wall time.
    Deadline(Duration),
}

impl std::fmt::Display for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Visits(limit) => write!(f, "budget of {limit} visits"),
            Self::Depth(limit) => write!(f, "limit of {limit} shapes nested in each other"),
            Self::Deadline(limit) => write!(f, "deadline of {} ms", limit.as_millis()),
        }
    }
}

/// Why shapes could not be read or data not be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A shape is not well-formed.
    #[error("shape `{shape}` is malformed: {reason}")]
    MalformedShape {
        /// The shape, or the node in its place.
        shape: String,
        /// What is wrong with it.
        reason: String,
    },
    /// More shapes than a validation takes.
    #[error("the shapes have {found} {what}, the limit is {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there is (at least).
        found: usize,
        /// How much there may be.
        limit: usize,
    },
    /// The validation went over one of its budgets: there is no partial report.
    #[error("the validation went over its {budget}")]
    OverBudget {
        /// Which one, with its limit.
        budget: Budget,
    },
    /// The caller cancelled the validation.
    #[error("the validation was cancelled")]
    Cancelled,
}
