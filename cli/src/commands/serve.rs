//! `isogloss serve`: a data folder over HTTP.

use std::net::TcpListener;
use std::sync::Arc;

use isogloss::Isogloss;
use isogloss::semantics::Arrangement;
use tracing_subscriber::EnvFilter;

use crate::arguments::Serve;
use crate::commands::ingest::{config_jobs, render_report};
use crate::commands::{Outcome, open_or_create, watch};
use crate::config::{Config, set_merge_rules};
use crate::failure::{Failure, FailureKind, chain};
use crate::layers::arrange;
use crate::watch::Watcher;
use crate::{clock, output};

pub(super) fn run(options: &Serve) -> Outcome {
    let mut config = match &options.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    if let Some(listen) = options.listen {
        config.server.listen = listen;
    }
    let listener = bind(&config.server)?;
    let mesh = open_or_create(&options.data.data, options.history.or(config.history))?;
    set_merge_rules(&mesh, &config)?;
    if options.watch {
        watch(&mesh, &config)?;
    } else if !config.sources.is_empty() {
        ingest(&mesh, &config)?;
    }
    let snapshot = mesh.snapshot();
    output::note(&format!(
        "serving `{}` at http://{}: version {}, {} statements from {} sources",
        options.data.data.display(),
        config.server.listen,
        snapshot.version().0,
        snapshot.graph().len(),
        snapshot.sources().len(),
    ));
    let arrangement = arrange(&config)?;
    serve(mesh, arrangement, config.server, listener)
}

/// Brings the sources that the configuration lists up to date.
fn ingest(mesh: &Isogloss, config: &Config) -> Outcome {
    for job in config_jobs(config)? {
        let name = job.source.clone();
        let request = job.read(&config.mapping, false)?;
        let ingested = mesh.ingest(request)?;
        output::note(&format!(
            "{name}\n{}",
            render_report(&ingested.report).trim_end()
        ));
    }
    Ok(())
}

/// Brings the sources up to date, and from then on reads what changes beside the server.
fn watch(mesh: &Isogloss, config: &Config) -> Outcome {
    let mut watcher = Watcher::new(config)?;
    let pause = config.watch.pause()?;
    watcher
        .look(mesh, clock::now())
        .iter()
        .for_each(watch::tell);
    let mesh = mesh.clone();
    let thread = std::thread::Builder::new().name("watch".to_owned());
    let started = thread.spawn(move || watch::follow(&mesh, watcher, pause));
    started.map(drop).map_err(|error| {
        let message = format!("could not start to watch: {error}");
        Failure::new(FailureKind::Other, message)
    })
}

/// Takes the port before anything slow happens, so that a taken one is told at once.
pub(super) fn bind(config: &server::Config) -> Result<TcpListener, Failure> {
    server::bind(config).map_err(|error| failure(&error))
}

/// Serves until Ctrl-C or SIGTERM.
pub(super) fn serve(
    isogloss: Isogloss,
    arrangement: Arrangement,
    config: server::Config,
    listener: TcpListener,
) -> Outcome {
    for problem in arrangement.semantics(&isogloss.snapshot()).problems() {
        output::note(problem);
    }
    let mesh = server::Mesh {
        isogloss,
        arrangement: Arc::new(arrangement),
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // A second subscriber in one process is refused; the first one goes on.
    drop(
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .try_init(),
    );
    server::run(mesh, config, listener).map_err(|error| failure(&error))
}

fn failure(error: &server::Error) -> Failure {
    let hint = error.hint();
    let failure = Failure::new(FailureKind::Network, chain(error));
    match hint {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}
