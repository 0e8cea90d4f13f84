//! Search over the context graph: full text, completion, and the resolver that turns words into data products.
//!
//! An [`Index`] is built once for each snapshot of the graph and never changes after that. It answers three
//! questions:
//!
//! - [`Index::search`]: which entities hold these words? Full text with facets and did-you-mean.
//! - [`Index::suggest`]: how does this name go on? Completion that forgives a typo.
//! - [`Index::resolve`]: what do these words *mean* here? One meaning, several with a question back, or none,
//!   each with its score parts and its reasons in words; see [`mod@resolve`].
//!
//! ```
//! use search::{Index, ResolveRequest, Tuning};
//! use search::document::{ColumnDoc, DatasetDoc, Documents, Entity, ProductDoc};
//!
//! let named = |name: &str| Entity { iri: format!("urn:example:{name}"), name: name.to_owned(), ..Entity::default() };
//! let mut documents = Documents::default();
//! documents.products.push(ProductDoc { entity: named("customer_360"), ..ProductDoc::default() });
//! documents.datasets.push(DatasetDoc { entity: named("customers"), products: vec![0], ..DatasetDoc::default() });
//! documents.columns.push(ColumnDoc { entity: named("birth_dt"), dataset: 0, ..ColumnDoc::default() });
//! let index = Index::from_documents(documents, &Tuning::default())?;
//!
//! let resolution = index.resolve(&ResolveRequest::new("birth date of clients"));
//! assert_eq!(resolution.datasets[0].iri, "urn:example:customers");
//! assert_eq!(resolution.columns[0].iri, "urn:example:birth_dt");
//! # Ok::<(), search::Error>(())
//! ```
//!
//! In a running service the documents come from the graph, through [`Index::build`].
//!
//! This crate must never know policies (what a caller may see is decided above it), HTTP, GraphQL or an async
//! runtime; it reads no file, no clock and no environment, and no model but the word tables it embeds.

pub mod document;
mod error;
#[cfg(test)]
mod fixture;
mod index;
mod lexicon;
mod lookup;
pub mod resolve;
mod suggest;
mod text;

pub use error::{Error, Result};
pub use index::{
    Facet, FacetField, FacetValue, Hit, Index, IndexOptions, Matched, SearchRequest, SearchResults,
};
pub use resolve::{
    Candidate, ClarifyingOption, ClarifyingQuestion, Considered, EntityRef, Outcome, Part, Ranked,
    Resolution, ResolveRequest, ScorePart, Tuning, Understood, Valued, ValuedColumn, content_words,
};
pub use suggest::Suggestion;
