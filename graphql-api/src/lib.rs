//! The GraphQL schema of Isogloss and its resolvers.
//!
//! [`schema`] makes an executable [`Schema`] over an [`Isogloss`]; a transport such as HTTP or a web socket hands it
//! requests and is the business of whoever serves it. The schema's text is `schema.graphql` beside this crate's
//! sources, held there by a test.
//!
//! What every request is promised, whatever the transport:
//!
//! - It is measured before it runs, and refused if it asks for too much: see [`limits`].
//! - Every field of one operation reads one immutable snapshot. The answer carries its version in
//!   `extensions.version`, beside the computed `extensions.cost`. Fields with an `asOf` argument read an older one.
//! - Every error carries a [`Code`] in `extensions.code`; faults of ours say no more than that.
//! - Heavy work (resolve, search, lineage, lists of everything, ingest) runs on worker threads, so many at once, and
//!   reads of it within a deadline.
//!
//! There is no data loader: reads are in memory, a look-up by IRI or id is one probe of a dictionary, and a list is
//! made with one model for all its items, so that no nesting of fields turns into a round trip each.
//!
//! ```
//! use graphql_api::{Limits, schema};
//! use isogloss::Isogloss;
//! use isogloss::graph::Timestamp;
//! use std::sync::Arc;
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let schema = schema(Isogloss::in_memory(), Limits::default(), Arc::new(|| Timestamp(0)));
//! let response = schema.execute("{ domains(first: 10) { totalCount nodes { label } } }").await;
//! assert_eq!(response.data.to_string(), "{domains: {totalCount: 0, nodes: []}}");
//! # });
//! ```
//!
//! **Must never know:** HTTP, files, the environment, the clock (it is given one), how statements are laid out.

mod context;
mod cursor;
mod error;
mod extension;
pub mod limits;
mod mutation;
mod node_id;
#[expect(
    clippy::unused_async,
    reason = "async-graphql calls only async functions"
)]
mod query;
mod scalars;
#[expect(
    clippy::unused_async,
    reason = "async-graphql calls only async functions"
)]
mod subscription;
#[expect(
    clippy::unused_async,
    reason = "async-graphql calls only async functions"
)]
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the paths would name the model's types beside the schema's of the same names"
)]
pub mod types;

use std::sync::Arc;

use async_graphql::SDLExportOptions;
use isogloss::Isogloss;
use isogloss::semantics::Arrangement;
use tokio::sync::{Semaphore, watch};

pub use context::{Caller, Clock};
pub use error::{Code, Error, Measured, Result};
pub use limits::{Cost, Limits};
pub use mutation::Mutation;
pub use query::Query;
pub use scalars::{AsOf, Cell, DateTime};
pub use subscription::Subscription;

/// The executable schema; cheap to clone.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Makes the schema over a graph.
///
/// Each call adds a listener to the graph, which lasts as long as the graph: make one schema and clone it.
pub fn schema(isogloss: Isogloss, limits: Limits, clock: Arc<dyn Clock>) -> Schema {
    schema_over(isogloss, Arc::default(), limits, clock)
}

/// Makes the schema over a graph whose semantic layers are run where an arrangement says.
pub fn schema_over(
    isogloss: Isogloss,
    arrangement: Arc<Arrangement>,
    limits: Limits,
    clock: Arc<dyn Clock>,
) -> Schema {
    let (ring, bell) = watch::channel(isogloss.snapshot().version().0);
    isogloss.on_change(move |event| {
        ring.send_replace(event.version);
    });
    let shared = context::Shared {
        isogloss: isogloss.clone(),
        arrangement,
        limits,
        clock,
        workers: Arc::new(Semaphore::new(limits.concurrency)),
        bell,
    };
    Schema::build(Query::default(), Mutation, Subscription)
        .data(shared)
        .extension(extension::Border { isogloss, limits })
        .finish()
}

/// Returns the schema's text in its checked-in form, members in alphabetical order.
pub fn sdl() -> String {
    let schema = Schema::build(Query::default(), Mutation, Subscription).finish();
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    schema.sdl_with_options(options)
}
