//! Tests of the engines over real files and servers.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[cfg(feature = "datafusion")]
mod across;
#[cfg(feature = "datafusion")]
mod embedded;
#[cfg(feature = "datafusion")]
mod files;
#[cfg(feature = "datafusion")]
mod fuzz;
#[cfg(feature = "datafusion")]
mod mesh;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "datafusion")]
mod same_rows;
#[cfg(feature = "datafusion")]
mod semantics;
mod shown;
#[cfg(feature = "spark")]
mod spark;
#[cfg(feature = "datafusion")]
mod suites;
