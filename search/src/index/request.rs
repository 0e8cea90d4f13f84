//! What a caller asks the text index, and what it answers.

use semantic_model::EntityKind;
use serde::{Deserialize, Serialize};

/// What to count the matches by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FacetField {
    /// By kind of entity.
    Kind,
    /// By domain.
    Domain,
    /// By source.
    Source,
}

/// A text search over all entities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchRequest {
    /// The words; an empty text matches everything.
    pub text: String,
    /// Keeps these kinds; empty for all.
    pub kinds: Vec<EntityKind>,
    /// Keeps entities of these domains (IRI or label); empty for all.
    pub domains: Vec<String>,
    /// Keeps entities that these sources speak of; empty for all.
    pub sources: Vec<String>,
    /// The longest list of hits wanted.
    pub limit: usize,
    /// How many hits to skip.
    pub offset: usize,
    /// What to count all matches by.
    pub facets: Vec<FacetField>,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            text: String::new(),
            kinds: Vec::new(),
            domains: Vec::new(),
            sources: Vec::new(),
            limit: 20,
            offset: 0,
            facets: Vec::new(),
        }
    }
}

impl SearchRequest {
    /// Searches for `text` without any filter.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

/// The matches of a search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchResults {
    /// The wanted page of hits, best first; ties in the order of IRIs.
    pub hits: Vec<Hit>,
    /// How many entities match in all.
    pub total: usize,
    /// The counts asked for, in the order asked.
    pub facets: Vec<Facet>,
    /// The text with its unknown words corrected, when there is a better spelling.
    pub did_you_mean: Option<String>,
}

/// One entity that matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// The entity.
    pub iri: String,
    /// Its kind.
    pub kind: EntityKind,
    /// What to show.
    pub label: String,
    /// Its description or definition.
    pub description: Option<String>,
    /// Its domain's IRI.
    pub domain: Option<String>,
    /// How well it matches; comparable inside one answer.
    pub score: f32,
    /// Where the words were found.
    pub matched: Vec<Matched>,
}

/// A field in which words of the search were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// `name`, `label`, `description`, `synonym`, `column` or `dataset`.
    pub field: &'static str,
    /// The text of the field, shortened.
    pub value: String,
}

/// The counts of all matches by one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// The field.
    pub field: FacetField,
    /// Its values, the most frequent first.
    pub values: Vec<FacetValue>,
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetValue {
    /// The value: a kind's word, a domain's IRI, a source's name.
    pub value: String,
    /// What to show.
    pub label: String,
    /// How many matches have it.
    pub count: usize,
}
