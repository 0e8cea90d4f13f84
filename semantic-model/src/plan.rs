//! The planner: metrics, groups and filters of a [`Layer`](crate::layer::Layer) to one SQL statement.
//!
//! A query goes through named stages, each with a type of its own: names are resolved to fields and the paths that
//! lead to them, what would give a wrong number is refused with a [`PlanError`], a relational plan is built, and the
//! plan is written in the [`Dialect`] of the engine that runs it.

mod dialect;
mod error;

pub use dialect::Dialect;
pub use error::{PlanError, Reason};
