//! The planner: metrics, groups and filters of a [`Layer`](crate::layer::Layer) to one SQL statement.
//!
//! A query goes through named stages, each with a type of its own: names are resolved to fields and the paths that
//! lead to them, what would give a wrong number is refused with a [`PlanError`], a relational plan is built, and the
//! plan is written in the [`Dialect`] of the engine that runs it.

mod aggregates;
mod assembly;
mod bind;
mod body;
mod catalog;
mod combined;
mod compile;
mod condition;
mod declared;
mod dialect;
mod error;
mod explain;
mod facts;
mod fragment;
mod graph;
mod holes;
mod hop;
mod id;
mod index;
mod member;
mod metric;
mod names;
mod offers;
mod parse;
mod planner;
mod prepare;
pub mod relation;
mod render;
mod request;
mod resolve;
mod routes;
pub mod scalar;
mod simplify;
mod spine;
mod time;
mod values;
mod windows;

pub use body::{Aggregates, Atom, Body, Condition, Input, Part, SimpleBody};
pub use catalog::Catalog;
pub use combined::{COMBINED, Combined, filling};
pub use compile::{ColumnKind, Compiled, Options, ResultColumn, compile};
pub use condition::parse_condition;
pub use dialect::Dialect;
pub use error::{PlanError, Reason};
pub use explain::{AggregationNote, Explanation, FilterNote, PathNote};
pub use fragment::{Column, Fragment, Prepared, hole_index};
pub use hop::{By, Hop, Path};
pub use id::{DatasetId, EntityId, FieldId, HopId, MetricId};
pub use member::{Item, Member, Target};
pub use render::render;
pub use simplify::simplify;
