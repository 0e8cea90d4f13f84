//! What resolvers take from the request's context.

use std::sync::Arc;

use async_graphql::Context;
use isogloss::graph::Timestamp;
use isogloss::semantics::Arrangement;
use isogloss::{Isogloss, Snapshot};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::cursor::Page;
use crate::error::{Error, Result};
use crate::extension::Operation;
use crate::limits::Limits;
use crate::scalars::AsOf;

/// Tells the time; given by the program that serves the schema, so that tests are reproducible.
pub trait Clock: Send + Sync + 'static {
    /// Returns the present moment.
    fn now(&self) -> Timestamp;
}

impl<F: Fn() -> Timestamp + Send + Sync + 'static> Clock for F {
    fn now(&self) -> Timestamp {
        self()
    }
}

/// Who sends the request; whoever serves the schema puts it into the request's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name that commits are signed with.
    pub name: String,
}

impl Default for Caller {
    /// Gives the caller that nobody has named.
    fn default() -> Self {
        Self {
            name: "anonymous".to_owned(),
        }
    }
}

/// What the whole schema shares.
pub(crate) struct Shared {
    pub(crate) isogloss: Isogloss,
    /// Where the semantic layers are run.
    pub(crate) arrangement: Arc<Arrangement>,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) workers: Arc<Semaphore>,
    /// Rings after each commit with the version that it made.
    pub(crate) bell: watch::Receiver<u64>,
}

/// Returns what the whole schema shares.
pub(crate) fn shared<'ctx>(ctx: &Context<'ctx>) -> Result<&'ctx Shared> {
    ctx.data_opt::<Shared>().ok_or(Error::Unprepared {
        what: "shared state",
    })
}

/// Returns the operation that a field belongs to.
pub(crate) fn operation<'ctx>(ctx: &Context<'ctx>) -> Result<&'ctx Operation> {
    let operation = ctx
        .data_opt::<Arc<Operation>>()
        .ok_or(Error::Unprepared { what: "snapshot" })?;
    Ok(operation)
}

/// Returns the snapshot that the whole operation reads.
pub(crate) fn snapshot(ctx: &Context<'_>) -> Result<Arc<Snapshot>> {
    Ok(Arc::clone(&operation(ctx)?.snapshot))
}

/// Returns the operation's snapshot, or that of an older version or time.
pub(crate) async fn snapshot_as_of(
    ctx: &Context<'_>,
    as_of: Option<AsOf>,
) -> Result<Arc<Snapshot>> {
    let current = snapshot(ctx)?;
    let Some(AsOf(as_of)) = as_of else {
        return Ok(current);
    };
    let shared = shared(ctx)?;
    let version = shared.isogloss.version_as_of(as_of, shared.clock.now())?;
    if version == current.version() {
        return Ok(current);
    }
    let isogloss = shared.isogloss.clone();
    read(ctx, move || Ok(isogloss.as_of(version)?)).await
}

/// Returns the caller, anonymous if nobody named one.
pub(crate) fn caller(ctx: &Context<'_>) -> Caller {
    ctx.data_opt::<Caller>().cloned().unwrap_or_default()
}

/// Reads the paging arguments of the list that `list` tells apart from others.
pub(crate) fn page(
    ctx: &Context<'_>,
    list: &[&str],
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Page> {
    Page::new(list, first, after, &shared(ctx)?.limits)
}

/// Runs a heavy read on a worker thread, within the deadline.
///
/// A read that is given up still holds its place among the workers until it ends, so that giving up and asking again
/// cannot pile up work.
pub(crate) async fn read<T: Send + 'static>(
    ctx: &Context<'_>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let shared = shared(ctx)?;
    let deadline = shared.limits.deadline;
    let late = |_| Error::DeadlineExceeded {
        limit_ms: deadline.as_millis() as u64,
    };
    tokio::time::timeout(deadline, on_worker(&shared.workers, work))
        .await
        .map_err(late)?
}

/// Waits for a place among the heavy reads, for one that is not run on a worker thread.
pub(crate) async fn worker(ctx: &Context<'_>) -> Result<OwnedSemaphorePermit> {
    let place = Arc::clone(&shared(ctx)?.workers).acquire_owned().await;
    place.map_err(|_| Error::Unprepared { what: "worker" })
}

/// Runs a write on a worker thread, to its end.
pub(crate) async fn write<T: Send + 'static>(
    ctx: &Context<'_>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    on_worker(&shared(ctx)?.workers, work).await
}

async fn on_worker<T: Send + 'static>(
    workers: &Arc<Semaphore>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let place = Arc::clone(workers).acquire_owned().await;
    let place = place.map_err(|_| Error::Unprepared { what: "worker" })?;
    let task = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(place);
        result
    });
    task.await.map_err(Error::Worker)?
}
