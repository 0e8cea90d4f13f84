//! Runs planned SQL and answers in Arrow, within a budget.
//!
//! An [`Engine`] is somewhere that SQL runs: [`DataFusion`] in this process, [`Postgres`], a Spark Connect server.
//! [`Engine::query`] gives [`Rows`], a stream of record batches whose schema is known first; dropping it cancels the work.
//! [`federation::attach`] makes the tables of one engine readable through the embedded one.
//!
//! This crate knows where SQL runs and nothing of what it means: models and plans are `semantic_model`'s. It knows nothing of HTTP,
//! and it is the only crate that knows DataFusion.

#[cfg(feature = "datafusion")]
mod across;
mod budget;
#[cfg(feature = "datafusion")]
mod datafusion;
mod engine;
mod error;
#[cfg(feature = "datafusion")]
pub mod federation;
#[cfg(feature = "datafusion")]
mod kinds;
#[cfg(feature = "datafusion")]
pub mod mesh;
mod near;
mod plain;
#[cfg(feature = "postgres")]
mod postgres;
pub mod print;
mod rows;
#[cfg(feature = "spark")]
mod spark;
#[cfg(feature = "datafusion")]
pub mod suite;
mod table;

#[cfg(feature = "datafusion")]
pub use across::{Part, across};
pub use budget::{Budget, Exceeded};
#[cfg(feature = "datafusion")]
pub use datafusion::{CsvOptions, DataFusion, Registered};
pub use engine::Engine;
pub use error::{Cause, Error, Result};
#[cfg(feature = "postgres")]
pub use postgres::{Postgres, PostgresSettings};
pub use rows::Rows;
#[cfg(feature = "spark")]
pub use spark::{Spark, SparkSettings};
pub use table::TableName;
