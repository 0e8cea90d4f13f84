//! The type `Suggestion`.

use async_graphql::SimpleObject;
use isogloss::search;

use crate::types::EntityKind;

/// A name that begins as the prefix does, or nearly.
#[derive(SimpleObject)]
pub struct Suggestion {
    /// The name.
    text: String,
    /// Kind of the entity that has it.
    kind: EntityKind,
    /// IRI of the entity that has it.
    iri: String,
    /// How likely it is meant; comparable within one answer only.
    weight: f64,
}

impl From<search::Suggestion> for Suggestion {
    fn from(suggestion: search::Suggestion) -> Self {
        Self {
            text: suggestion.text,
            kind: suggestion.kind.into(),
            iri: suggestion.iri,
            weight: f64::from(suggestion.weight),
        }
    }
}
