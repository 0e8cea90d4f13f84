//! The embeddable heart of Isogloss: one context graph that a program opens, feeds and asks.
//!
//! A query tool or an agent that wants to know what *customer* means embeds this crate; the server and the
//! command line are two such programs. [`Isogloss`] is the entry point. It holds the graph on disk or in memory,
//! takes commits, and hands out immutable [`Snapshot`]s on which everything is read: [`Snapshot::resolve`],
//! [`Snapshot::search`], [`Snapshot::sparql`], [`Snapshot::lineage`].
//!
//! ```
//! use isogloss::connectors::{Input, Kind};
//! use isogloss::search::ResolveRequest;
//! use isogloss::{Ingest, Isogloss};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mesh = Isogloss::in_memory(); // or Isogloss::open("data")
//! let lines = r#"{"kind":"domain","id":"sales","name":"Sales"}
//! {"kind":"product","id":"crm","parent":"sales","name":"CRM"}
//! {"kind":"table","id":"crm/customers","parent":"crm","name":"customers"}"#;
//! mesh.ingest(Ingest::new("crm".parse()?, Kind::CatalogLines, vec![Input::text("crm.jsonl", lines)]))?;
//! let answer = mesh.snapshot().resolve(&ResolveRequest::new("customer"))?;
//! assert_eq!(answer.candidates[0].dataset.as_ref().map(|d| d.label.as_str()), Some("customers"));
//! # Ok(())
//! # }
//! ```
//!
//! **Must never know:** HTTP, GraphQL, tokio, the environment, the clock, the terminal. Time and configuration are
//! arguments.

mod as_of;
mod change;
mod context;
mod entailment;
mod error;
mod events;
mod feedback;
mod identities;
mod impact;
mod ingest;
mod known;
mod lineage;
mod logs;
mod loss;
mod preview;
mod queue;
pub mod semantics;
mod snapshot;
mod sparql;
mod validation;

pub use connectors;
pub use graph_core as graph;
pub use search;
pub use semantic_model as model;
pub use shacl;

pub use as_of::{AsOf, rfc3339};
pub use change::{
    Action, ChangeEvent, ChangeFilter, ChangePage, ChangeValue, ChangedValues, Cursor,
    EntityChange, ValueSort,
};
pub use context::Isogloss;
pub use entailment::read_statement;
pub use error::{Error, Result};
pub use events::{RUNS_KEPT, event_source};
pub use feedback::{FEEDBACK, Verdict};
pub use identities::{DECISIONS, IdentityDecision};
pub use impact::{
    Impact, ImpactGroup, ImpactItem, ImpactQuestion, ImpactRequest, ImpactSeverity, ImpactStep,
};
pub use ingest::{Ingest, Ingested};
pub use lineage::{
    Lineage, LineageEdge, LineageFilter, LineageLevel, LineageNode, LineageRequest, LineageRest,
    Paths,
};
pub use preview::Preview;
pub use snapshot::Snapshot;
pub use sparql::{GraphChange, GraphWrite, GraphWritten};
pub use validation::{Check, ShapeSet, Validation};
