//! SHACL Core: checks the nodes of a snapshot against shapes, and reports what does not keep them.
//!
//! [`Shapes::from_statements`] reads the shapes, [`Shapes::validate`] checks a [`graph_core::Snapshot`] with them and
//! gives a [`Report`]. The data are read where they lie: focus nodes by predicate and object, values by subject and
//! predicate or along paths; there is no second copy of the graph. All of SHACL Core is there; what else a shape asks
//! for is listed in [`Shapes::not_checked`], never passed over.
//!
//! ```
//! use graph_core::rdf::{Literal, NamedNode, Statement};
//! use graph_core::{Scope, Store};
//! use shacl::{Options, Shapes};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let iri = |text: &str| NamedNode::new(text);
//! let sh = |local: &str| NamedNode::new(format!("http://www.w3.org/ns/shacl#{local}"));
//! let one = Literal::new_typed_literal("1", iri("http://www.w3.org/2001/XMLSchema#integer")?);
//! let shapes = Shapes::from_statements(&[
//!     Statement::new(iri("urn:shape")?, sh("targetNode")?, iri("urn:orders")?),
//!     Statement::new(iri("urn:shape")?, sh("path")?, iri("urn:title")?),
//!     Statement::new(iri("urn:shape")?, sh("minCount")?, one),
//! ])?;
//! let report = shapes.validate(&Store::in_memory().snapshot(), &Options::new(Scope::Claims))?;
//! assert_eq!(report.violations(), 1);
//! assert_eq!(report.findings[0].component.name(), "MinCount");
//! # Ok(())
//! # }
//! ```
//!
//! # Recursive shapes
//!
//! SHACL leaves them open. Here a shape that comes back to a node it is just checking trusts that the node will do,
//! so that only what is really broken is reported; through `sh:not` that trust can hide a finding. A recursion along
//! the data that goes deeper than [`Limits::max_depth`] is an error, never a partial report.
//!
//! # What it must never know
//!
//! Which shapes there are, what they mean, how statements are laid out, HTTP, tokio, the environment.

mod error;
mod graph;
mod parse;
mod path;
mod report;
mod shape;
mod validate;
mod value;
mod vocabulary;

pub use error::{Budget, Error, Result};
pub use parse::{NotChecked, Shapes};
pub use path::Path;
pub use report::{Finding, Report};
pub use shape::{Component, Severity};
pub use validate::{Limits, Options};
