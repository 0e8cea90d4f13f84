//! Binding, accepting and stopping.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::mesh::Mesh;
use crate::shutdown::shutdown_signal;
use crate::stall::Stalling;
use crate::state::{App, Shared};

/// Bytes of stack of a worker: what nests up to the cap of 128 levels fits, in a debug build too.
const STACK_BYTES: usize = 8 << 20;

/// The open connections.
#[derive(Default)]
struct Connections {
    /// Asks each to end after the request it is at.
    closing: CancellationToken,
    tasks: TaskTracker,
}

/// Makes the runtime that the server is meant to run on: its threads have stacks for deeply nested input.
///
/// # Errors
///
/// [`Error::Start`] when the operating system gives no threads.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("isogloss")
        .thread_stack_size(STACK_BYTES)
        .max_blocking_threads(64)
        .build()
        .map_err(|source| Error::Start { source })
}

/// Binds the configured address.
///
/// # Errors
///
/// [`Error::RemoteAddress`] when other machines could reach it and the configuration does not say so,
/// [`Error::PortInUse`] when another process has it, [`Error::Bind`] otherwise.
pub fn bind(config: &Config) -> Result<TcpListener> {
    let address = config.listen;
    if !address.ip().is_loopback() && !config.allow_remote {
        return Err(Error::RemoteAddress { address });
    }
    TcpListener::bind(address).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => Error::PortInUse { address },
        _ => Error::Bind { address, source },
    })
}

/// Serves until `shutdown` completes, then lets the requests in flight end.
///
/// First `/readyz` turns 503, then no connection is accepted any more, then what runs may end within
/// `timeouts.shutdown_s` seconds. A signal meanwhile cuts that short.
///
/// # Errors
///
/// [`Error::Start`] when the listener cannot be used. One connection's failure is never an error here.
pub async fn serve(
    mesh: impl Into<Mesh>,
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    config.check()?;
    let start = |source| Error::Start { source };
    listener.set_nonblocking(true).map_err(start)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(start)?;
    let app = Shared::new(mesh.into(), &config);
    let router = crate::routes::router_of(Arc::clone(&app));
    let connections = Connections::default();
    if config.allow_remote {
        tracing::warn!(listen = %config.listen, "other machines may reach this server, which has no authentication");
    }

    tokio::select! {
        () = accept(&listener, &app, &router, &connections) => {}
        () = shutdown => {}
    }
    tokio::select! {
        () = stop(listener, &app, &router, connections) => {}
        () = shutdown_signal() => tracing::warn!("asked again to stop: cut the requests in flight"),
    }
    Ok(())
}

/// Lets what runs end, in the order that [`serve`] promises.
async fn stop(
    listener: tokio::net::TcpListener,
    app: &App,
    router: &Router,
    connections: Connections,
) {
    tracing::info!("stopping: not ready any more");
    let timeouts = &app.config.timeouts;
    app.ready.store(false, Ordering::Relaxed);
    tokio::select! {
        () = accept(&listener, app, router, &connections) => {}
        () = tokio::time::sleep(Duration::from_millis(timeouts.drain_ms)) => {}
    }
    drop(listener);
    app.stopping.cancel();
    connections.closing.cancel();
    connections.tasks.close();
    let patience = Duration::from_secs(timeouts.shutdown_s);
    if tokio::time::timeout(patience, connections.tasks.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            seconds = patience.as_secs(),
            "cut the connections that did not end"
        );
    }
}

/// Accepts connections for ever.
async fn accept(
    listener: &tokio::net::TcpListener,
    app: &App,
    router: &Router,
    connections: &Connections,
) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => spawn(stream, peer, app, router, connections),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of descriptors: wait for some to be given back instead of spinning.
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Says whether an error of accepting is about the one connection that was to be accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Speaks HTTP/1.1 on one connection, on a task of its own.
fn spawn(
    stream: TcpStream,
    peer: SocketAddr,
    app: &App,
    router: &Router,
    connections: &Connections,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "the connection is gone already");
        return;
    }
    let (timeouts, limits) = (&app.config.timeouts, &app.config.limits);
    let stream = TokioIo::new(Stalling::new(stream, timeouts.stall()));
    let router = router.clone();
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        router.clone().oneshot(request.map(axum::body::Body::new))
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.header())
        .max_headers(limits.headers)
        .max_buf_size(limits.header_bytes)
        .serve_connection(stream, service)
        .with_upgrades();
    let closing = connections.closing.clone();
    let counted = Arc::clone(app);
    counted.metrics.connections.fetch_add(1, Ordering::Relaxed);
    connections.tasks.spawn(async move {
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = closing.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "connection ended");
        }
        counted.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_a_typed_error() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("any free port");
        let config = Config {
            listen: taken.local_addr().expect("bound"),
            ..Config::default()
        };
        let error = bind(&config).expect_err("the port is taken");
        assert!(
            matches!(error, Error::PortInUse { address } if address == config.listen),
            "{error}"
        );
    }

    #[test]
    fn other_machines_are_not_served_by_accident() {
        let config = Config {
            listen: ([0, 0, 0, 0], 0).into(),
            ..Config::default()
        };
        assert!(matches!(bind(&config), Err(Error::RemoteAddress { .. })));
        let config = Config {
            allow_remote: true,
            ..config
        };
        assert!(bind(&config).is_ok());
    }
}
