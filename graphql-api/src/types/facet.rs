//! The type `Facet`: counts of search hits.

use async_graphql::{Enum, SimpleObject};
use isogloss::search;

/// What to count search hits by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "search::FacetField")]
pub enum FacetField {
    /// By kind of entity.
    Kind,
    /// By domain.
    Domain,
    /// By source.
    Source,
}

/// How the hits of a search divide; all hits count, not only those of the page.
#[derive(SimpleObject)]
pub struct Facet {
    /// What is counted by.
    field: FacetField,
    /// The values with most hits first.
    values: Vec<FacetValue>,
}

/// One value of a facet.
#[derive(SimpleObject)]
pub struct FacetValue {
    /// The value as a filter takes it: a kind, the IRI of a domain, the name of a source.
    value: String,
    /// The value for people.
    label: String,
    /// Hits that have it.
    count: u64,
}

impl From<search::Facet> for Facet {
    fn from(facet: search::Facet) -> Self {
        let of_kinds = facet.field == search::FacetField::Kind;
        let values = facet.values.into_iter().map(|value| FacetValue {
            // A kind is given as the enum `EntityKind` spells it, ready for the filter.
            value: if of_kinds {
                value.value.to_uppercase()
            } else {
                value.value
            },
            label: value.label,
            count: value.count as u64,
        });
        Self {
            field: facet.field.into(),
            values: values.collect(),
        }
    }
}
