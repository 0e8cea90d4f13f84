//! Typed views of the context graph: domains, data products, datasets, columns, terms, metrics.
//!
//! [`Model::new`] reads a snapshot by the vocabulary; from there every view is an identifier and a reference to the
//! snapshot, so there is no second copy that could drift from the graph. Every view derefs to [`Entity`], which
//! answers what can be asked of anything: its IRI, label, description, domain, owners, usage, and every claim with
//! the source that makes it.
//!
//! - [`identity`] names entities: the same IRI from every connector for what a source calls by the same name.
//! - [`identities`] says why names are one thing, and which might be.
//! - [`merge`] has the rules by which contradicting sources become one merged view.
//! - [`provenance`] tells where statements come from, as a named graph and for one claim.
//! - [`lineage`] walks what was derived from what, between datasets or between columns.
//! - [`impact`] follows a change through meaning: from a column to the metric, the product, the contract, the owner.
//! - [`layer`] has the types of a semantic layer: fields, joins, metrics; [`plan`] makes SQL of it.
//! - [`centrality`] ranks data by how much is made from it and how much it is used.
//!
//! Foreign RDF is read as well as our own: any `skos:Concept` or labelled class of an ontology is a [`Term`], and a
//! DPROD document's ports lead to its datasets.
//!
//! ```
//! use graph_core::rdf::{Literal, NamedNode, Statement};
//! use graph_core::{Change, Commit, Store, Timestamp};
//! use ontologies::{iso, rdf, skos};
//! use semantic_model::{Model, identity::EntityIri};
//!
//! let care = NamedNode::new(EntityIri::domain("Care").into_string())?;
//! let word = NamedNode::new_unchecked;
//! let store = Store::in_memory();
//! store.commit(Commit {
//!     source: "glossary".parse()?,
//!     kind: "rdf".to_owned(),
//!     actor: "ann".to_owned(),
//!     time: Timestamp(0),
//!     change: Change::Replace(vec![
//!         Statement::new(care.clone(), word(rdf::TYPE), word(iso::DOMAIN)),
//!         Statement::new(care, word(skos::PREF_LABEL), Literal::new_simple_literal("Care")),
//!     ]),
//! })?;
//! let snapshot = store.snapshot();
//! let model = Model::new(&snapshot);
//! assert_eq!(model.domains()[0].label(), "Care");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate must never know how search ranks, nor HTTP, nor an async runtime, nor where SQL runs.

pub mod centrality;
mod entity;
pub mod error;
mod feedback;
pub mod formats;
pub mod identities;
pub mod identity;
pub mod impact;
mod kind;
pub mod layer;
pub mod lineage;
mod literals;
pub mod merge;
mod model;
pub mod plan;
pub mod provenance;
mod said;
mod source;
mod views;
mod words;

pub use entity::{Claim, Entity, Relation, Usage};
pub use error::Error;
pub use feedback::Feedback;
pub use kind::EntityKind;
pub use model::Model;
pub use ontologies::prefixes;
pub use said::Said;
pub use source::Source;
pub use views::{
    Check, Column, Contract, DataProduct, Dataset, Domain, Metric, Owner, Term, TermRelation,
};
