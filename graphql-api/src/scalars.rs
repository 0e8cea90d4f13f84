//! Scalars of the schema beyond those of GraphQL.

mod as_of;
mod cell;
mod date_time;

pub use as_of::AsOf;
pub use cell::Cell;
pub use date_time::DateTime;
