//! Scalars of the schema beyond those of GraphQL.

mod date_time;

pub use date_time::DateTime;
