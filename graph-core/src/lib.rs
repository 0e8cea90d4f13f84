//! The context graph: terms, statements, snapshots, a durable log, SPARQL and traversal.
//!
//! # Entry points
//!
//! * [`Store`] keeps the graph, in memory or in a data folder; [`Store::commit`] lets a source say something.
//! * [`Snapshot`] is the whole graph at one version: immutable, shared, read without waiting.
//!
//! ```
//! use graph_core::rdf::{Literal, NamedNode, Statement};
//! use graph_core::{Change, Commit, Store, Timestamp};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Store::in_memory();
//! let title = NamedNode::new("http://purl.org/dc/terms/title")?;
//! let orders = NamedNode::new("urn:isogloss:dataset:shop/orders")?;
//! let receipt = store.commit(Commit {
//!     source: "shop".try_into()?,
//!     kind: "dbt".to_owned(),
//!     actor: "ada".to_owned(),
//!     time: Timestamp(0),
//!     change: Change::Replace(vec![Statement::new(orders, title, Literal::from("Orders"))]),
//! })?;
//! assert_eq!((receipt.version.0, receipt.added), (1, 1));
//!
//! let snapshot = store.snapshot();
//! let orders = snapshot.id_of_iri("urn:isogloss:dataset:shop/orders").expect("was just committed");
//! let title = snapshot.id_of_iri("http://purl.org/dc/terms/title").expect("was just committed");
//! let object = snapshot.first_object(orders, title).expect("was just committed");
//! assert_eq!(snapshot.text(object), "Orders");
//! # Ok(())
//! # }
//! ```
//!
//! # What it must never know
//!
//! Data products, metrics, text search, policies, HTTP and tokio. It prints nothing and reads neither the
//! environment nor the calendar: a commit brings its own time.

mod commit;
mod dictionary;
mod durable;
pub mod entail;
mod error;
pub mod export;
pub mod folder;
mod merge;
mod names;
pub mod rdf;
pub mod results;
mod segment;
mod snapshot;
pub mod sparql;
mod store;
pub mod traverse;

pub use commit::{Change, Commit, CommitInfo, Receipt, SourceInfo};
pub use durable::{Damage, RecoveryReport};
pub use error::{Budget, Error, Result, TextLimit};
pub use merge::{
    ChildRule, IdentityRules, MergeRules, MergeStats, Outcome, PropertyRule, SureRule, Thousandths,
    Verdict,
};
pub use names::{SourceId, SourceName, TermId, Timestamp, Version};
pub use snapshot::{IdStatement, Matches, OverlayStatements, Scope, Snapshot};
pub use store::{
    CompactReport, Merging, OpenOptions, Prepared, Retention, SourceDifference, Store,
    SubjectDifference,
};
