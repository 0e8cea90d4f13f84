//! When to stop.

use std::net::TcpListener;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::mesh::Mesh;
use crate::serve::{runtime, serve};

/// How long threads that cannot be called off are waited for at the very end.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// Completes at the next Ctrl-C or SIGTERM; a SIGHUP does nothing from the first call on.
///
/// Where the operating system gives no signals it never completes.
pub async fn shutdown_signal() {
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    let [Ok(mut interrupt), Ok(mut terminate), Ok(_ignored)] = kinds.map(signal) else {
        tracing::error!("cannot listen for signals");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Serves on a runtime of its own until Ctrl-C or SIGTERM; a second one ends it at once.
///
/// # Errors
///
/// As [`serve`], and [`Error::Start`] when the operating system gives no threads.
pub fn run(mesh: impl Into<Mesh>, config: Config, listener: TcpListener) -> Result<(), Error> {
    let runtime = runtime()?;
    let outcome = runtime.block_on(serve(mesh, config, listener, shutdown_signal()));
    runtime.shutdown_timeout(LAST_WAIT);
    outcome
}
