//! What a caller asks the resolver.

use semantic_model::EntityKind;
use serde::{Deserialize, Serialize};

/// The longest request text that is read, in bytes; the rest of a longer text is left out.
pub const TEXT_BYTES_MAX: usize = 4096;

/// A question in a person's words, with what is known about the situation it is asked in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResolveRequest {
    /// The words to resolve; only the first [`TEXT_BYTES_MAX`] bytes are read.
    pub text: String,
    /// The caller's domain: an IRI, an identifier or a label.
    pub domain: Option<String>,
    /// The data product the caller already works in: an IRI, an identifier or a name.
    pub product: Option<String>,
    /// Datasets, columns or products used just before, newest first: IRIs, identifiers or names.
    pub recent: Vec<String>,
    /// What the data is wanted for; its words count a little.
    pub purpose: Option<String>,
    /// Who asks: an owner's IRI or name; what they own is preferred a little.
    pub caller: Option<String>,
    /// The team that the caller belongs to: an owner's IRI or name; what it owns is preferred a little.
    pub team: Option<String>,
    /// What the caller does, such as `marketing analyst`; its words count a little.
    pub role: Option<String>,
    /// The kinds wanted; empty for all. A candidate of another kind is not given.
    pub kinds: Vec<EntityKind>,
    /// The longest list wanted of candidates and of each ranking.
    pub limit: usize,
    /// Further words from outside the question (an evidence sentence, a column comment); they count a little.
    pub hint: Option<String>,
}

impl Default for ResolveRequest {
    fn default() -> Self {
        Self {
            text: String::new(),
            domain: None,
            product: None,
            recent: Vec::new(),
            purpose: None,
            caller: None,
            team: None,
            role: None,
            kinds: Vec::new(),
            limit: 10,
            hint: None,
        }
    }
}

impl ResolveRequest {
    /// Asks for `text` without any context.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}
