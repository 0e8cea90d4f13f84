//! The type `Centrality`, and lists in its order.

use async_graphql::{Enum, SimpleObject};
use isogloss::model::centrality::Score;

/// How central an entity is: page rank over what is made from what and what logs saw used.
#[derive(SimpleObject)]
pub struct Centrality {
    /// The page rank relative to the highest one, from 0 to 1; 0 for what neither lineage nor usage touches.
    score: f64,
    /// Statements by which something is made from it or uses it.
    incoming: u64,
    /// Statements by which it is made from something.
    outgoing: u64,
}

impl From<Score> for Centrality {
    fn from(score: Score) -> Self {
        Self {
            score: score.score,
            incoming: score.incoming.into(),
            outgoing: score.outgoing.into(),
        }
    }
}

/// What a list of entities shows first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum EntityOrder {
    /// By IRI.
    Iri,
    /// The most central first; what is equally central by IRI.
    Centrality,
}

impl EntityOrder {
    /// Names the order, for cursors.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Iri => "iri",
            Self::Centrality => "centrality",
        }
    }
}
