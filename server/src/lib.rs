//! HTTP over the context graph: GraphQL, the SPARQL protocol, ingest, health, metrics and the page.
//!
//! The entry points are [`Config`], [`bind`] and [`run`] (or [`serve`] on a runtime at hand); [`router`] alone is what a program embeds that has a
//! server already. One request goes `routes` -> one handler (`graphql`, `sparql`, `rest`) -> [`isogloss`], which
//! answers from one immutable snapshot; what surrounds every request is in `observe` (id, catch of a panic, metrics,
//! headers) and `guard` (who may ask, how long).
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = server::Config::default();
//! let listener = server::bind(&config)?;
//! let graph = isogloss::Isogloss::in_memory();
//! server::run(graph, config, listener)?; // until Ctrl-C or SIGTERM
//! # Ok(())
//! # }
//! ```
//!
//! It must never know how statements lie in memory, how search ranks, or what a format means: it calls [`isogloss`].
//! It opens no connection of its own, and listens on loopback unless it is told that something in front of it
//! authenticates.

mod body;
mod changes;
mod config;
mod error;
mod graph_store;
mod graphql;
mod guard;
mod health;
mod mesh;
mod metrics;
mod negotiate;
mod observe;
mod openapi;
mod page;
mod params;
mod problem;
mod rest;
mod routes;
mod serve;
mod shutdown;
mod sparql;
mod stall;
mod state;
mod stream;

pub use config::{Config, DefaultGraph, Limits, Page, Sparql, Timeouts, Updates};
pub use error::{Error, Result};
pub use mesh::Mesh;
pub use routes::router;
pub use serve::{bind, runtime, serve};
pub use shutdown::{run, shutdown_signal};
