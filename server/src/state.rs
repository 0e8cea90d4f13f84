//! What every handler shares.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use isogloss::graph::Timestamp;
use isogloss::{AsOf, Isogloss};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::mesh::Mesh;
use crate::metrics::{GraphFacts, Metrics};
use crate::params::Params;
use crate::problem::{Answer, Problem};

/// What `as-of` can be.
const AS_OF: &str = "the number of a version, or a time such as 2026-11-22T18:30:00Z";

/// Streams of changes at the same time.
const FEEDS_MAX: usize = 1_000;

/// The handlers' shared state.
pub(crate) type App = Arc<Shared>;

/// What every handler shares.
pub(crate) struct Shared {
    pub(crate) isogloss: Isogloss,
    pub(crate) schema: graphql_api::Schema,
    pub(crate) config: Config,
    pub(crate) metrics: Metrics,
    /// Turns false first when a shutdown begins.
    pub(crate) ready: AtomicBool,
    /// Ends what would otherwise never end: subscriptions.
    pub(crate) stopping: CancellationToken,
    /// Rings after each commit with the version that it made.
    pub(crate) bell: watch::Receiver<u64>,
    feeds: Arc<Semaphore>,
    heavy: Arc<Semaphore>,
    graphql: Arc<Semaphore>,
    boot: u64,
    next_id: AtomicU64,
}

impl Shared {
    /// Puts the state of one server together.
    pub(crate) fn new(mesh: Mesh, config: &Config) -> App {
        let Mesh {
            isogloss,
            arrangement,
        } = mesh;
        isogloss.keep_runs(config.limits.openlineage_runs);
        let limits = graphql_api::Limits {
            query_deadline: config.timeouts.query(),
            ..graphql_api::Limits::default()
        };
        let schema = graphql_api::schema_over(isogloss.clone(), arrangement, limits, Arc::new(now));
        let (ring, bell) = watch::channel(isogloss.snapshot().version().0);
        isogloss.on_change(move |event| {
            ring.send_replace(event.version);
        });
        Arc::new(Self {
            isogloss,
            schema,
            config: config.clone(),
            metrics: Metrics::default(),
            ready: AtomicBool::new(true),
            stopping: CancellationToken::new(),
            bell,
            feeds: Arc::new(Semaphore::new(FEEDS_MAX)),
            heavy: Arc::new(Semaphore::new(config.limits.heavy_requests)),
            graphql: Arc::new(Semaphore::new(config.limits.graphql_requests)),
            boot: RandomState::new().hash_one(std::process::id()),
            next_id: AtomicU64::new(1),
        })
    }

    /// Makes an id for a request that brought none: unlike those of other starts of the server.
    pub(crate) fn request_id(&self) -> String {
        let number = self.next_id.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}-{number:x}", self.boot as u32)
    }

    /// Waits for the right to do heavy work: a query, an export, an ingest.
    pub(crate) async fn heavy(&self) -> Answer<OwnedSemaphorePermit> {
        self.turn(&self.heavy).await
    }

    /// Waits for the right to run a GraphQL request.
    pub(crate) async fn graphql(&self) -> Answer<OwnedSemaphorePermit> {
        self.turn(&self.graphql).await
    }

    async fn turn(&self, queue: &Arc<Semaphore>) -> Answer<OwnedSemaphorePermit> {
        let patience = Duration::from_millis(self.config.timeouts.queue_ms);
        let waited = tokio::time::timeout(patience, Arc::clone(queue).acquire_owned()).await;
        // The semaphores are never closed, so no permit means that the patience ran out.
        if let Ok(Ok(permit)) = waited {
            return Ok(permit);
        }
        self.metrics.refused.fetch_add(1, Ordering::Relaxed);
        Err(Problem::busy("too many requests of this kind run already")
            .hint("try again in a second"))
    }

    /// Takes the right to one more stream of changes.
    pub(crate) fn feed(&self) -> Answer<OwnedSemaphorePermit> {
        Arc::clone(&self.feeds).try_acquire_owned().map_err(|_| {
            self.metrics.refused.fetch_add(1, Ordering::Relaxed);
            Problem::busy("too many clients follow the changes already")
        })
    }

    /// Takes `as-of` from the parameters and opens that version or time, or the newest version.
    pub(crate) async fn snapshot(&self, params: &mut Params) -> Answer<Arc<isogloss::Snapshot>> {
        let Some(as_of) = params.parsed::<AsOf>("as-of", AS_OF)? else {
            return Ok(self.isogloss.snapshot());
        };
        let isogloss = self.isogloss.clone();
        let opened = blocking(move || isogloss.read_as_of(as_of, now())).await?;
        opened.map_err(|error| Problem::from_isogloss(&error))
    }

    /// Reads the facts that the metrics show.
    pub(crate) fn facts(&self) -> GraphFacts {
        let snapshot = self.isogloss.snapshot();
        GraphFacts {
            version: snapshot.version().0,
            statements: snapshot.graph().len(),
            sources: snapshot.sources().len() as u64,
            ready: self.is_ready(),
        }
    }

    /// Says whether requests are welcome.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }
}

/// Reads the clock: the one place of the server that does.
#[expect(
    clippy::disallowed_methods,
    reason = "the server is the edge that hands the time to the library"
)]
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp(since.map_or(0, |time| {
        i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
    }))
}

/// Runs work that may take more than half a millisecond on a thread where it holds nobody up.
///
/// A panic of the work goes on here, so that the request, and nothing else, fails by it.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Answer<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Problem::busy("the server is stopping")),
        },
    }
}
