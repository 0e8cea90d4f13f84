//! One module a command; [`run`] picks the one.

mod backup;
mod changes;
mod compact;
mod demo;
mod diff;
mod eval;
mod eval_story;
mod export;
mod feedback;
mod impact;
pub(crate) mod ingest;
mod lineage;
mod query;
mod resolve;
mod same;
mod search;
mod serve;
mod sources;
mod sparql;
#[cfg(feature = "query")]
mod suite;
mod test;
mod validate;
mod verify;
mod watch;
mod why;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use clap::CommandFactory as _;
use isogloss::graph::{OpenOptions, Retention};
use isogloss::{Isogloss, Snapshot};

use crate::arguments::{Arguments, Command, Data, Then};
use crate::failure::{Failure, FailureKind};

/// What a command comes to.
pub(crate) type Outcome = Result<(), Failure>;

/// Runs the command that the arguments name.
///
/// # Errors
/// The command's failure, ready to be reported.
pub fn run(arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::Demo(options) => demo::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Ingest(options) => ingest::run(&options),
        Command::Watch(options) => watch::run(&options),
        Command::Validate(options) => validate::run(&options),
        Command::Sources(options) => sources::run(&options),
        Command::Search(options) => search::run(&options),
        Command::Resolve(options) => resolve::run(&options),
        Command::Lineage(options) => lineage::run(&options),
        Command::Impact(options) => impact::run(&options),
        Command::Changes(options) => changes::run(&options),
        Command::Query(options) => query::run(&options),
        Command::Sparql(options) => sparql::run(&options),
        Command::Why(options) => why::run(&options),
        Command::Same(options) => same::run(&options),
        Command::Schema => schema(),
        Command::Export(options) => export::run(&options),
        Command::Backup(options) => backup::run(&options),
        Command::Restore(options) => backup::restore(&options),
        Command::Verify(options) => verify::run(&options),
        Command::Compact(options) => compact::run(&options),
        Command::Eval(options) => eval::run(&options),
        Command::Feedback(options) => feedback::run(&options),
        Command::EvalStory(options) => eval_story::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Diff(options) => diff::run(&options),
        #[cfg(feature = "query")]
        Command::Suite(options) => suite::run(&options),
        Command::Completions { shell } => {
            let mut command = Arguments::command();
            clap_complete::generate(
                shell,
                &mut command,
                "isogloss",
                &mut std::io::stdout().lock(),
            );
            Ok(())
        }
        Command::Man => man(),
    }
}

/// A runtime for one command.
#[cfg(feature = "query")]
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    built.map_err(Failure::from)
}

fn schema() -> Outcome {
    std::io::stdout()
        .lock()
        .write_all(graphql_api::sdl().as_bytes())?;
    Ok(())
}

/// Writes one page for the command itself and one for each subcommand.
fn man() -> Outcome {
    let mut out = std::io::stdout().lock();
    let mut command = Arguments::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut out)?;
    for subcommand in command.get_subcommands().filter(|c| c.get_name() != "help") {
        clap_mangen::Man::new(subcommand.clone()).render(&mut out)?;
    }
    Ok(())
}

/// Opens a data folder that must be there already, and forgets nothing of it.
fn open(data: &Data) -> Result<Isogloss, Failure> {
    must_exist(data)?;
    open_or_create(&data.data, Retention::EVERYTHING)
}

/// Refuses what is no data folder.
fn must_exist(data: &Data) -> Outcome {
    if !data.data.exists() {
        let message = format!("there is no data folder `{}`", data.data.display());
        return Err(Failure::new(FailureKind::Data, message).with_hint(
            "ingest something first, for instance: isogloss ingest dbt target/ --source my-project",
        ));
    }
    if !data.data.join("format").is_file() {
        let message = format!("`{}` is no data folder of isogloss", data.data.display());
        return Err(
            Failure::new(FailureKind::Data, message).with_hint("name another with --data DIR")
        );
    }
    Ok(())
}

/// Opens a data folder that must be there already, and reads it as of what the options say.
fn open_then(data: &Data, then: Then) -> Result<Arc<Snapshot>, Failure> {
    let mesh = open(data)?;
    read_then(&mesh, then)
}

/// Reads the graph as of what the options say.
fn read_then(mesh: &Isogloss, then: Then) -> Result<Arc<Snapshot>, Failure> {
    match then.as_of {
        Some(as_of) => Ok(mesh.read_as_of(as_of, crate::clock::now())?),
        None => Ok(mesh.snapshot()),
    }
}

/// Opens a data folder, made anew where there is none, and says what was repaired.
fn open_or_create(folder: &Path, retention: Retention) -> Result<Isogloss, Failure> {
    let waiting = crate::progress::spinner("opening the graph");
    let options = OpenOptions {
        retention,
        ..OpenOptions::default()
    };
    let mesh = Isogloss::open_with(folder, options)?;
    waiting.finish_and_clear();
    let repaired = mesh.store().recovery();
    if let Some(kept) = &repaired.kept_in {
        let bytes = repaired.torn_bytes;
        crate::output::note(&format!(
            "a write that never ended ({bytes} bytes) was set aside in `{}`",
            kept.display()
        ));
    }
    for damage in &repaired.damaged {
        crate::output::note(&format!("{damage}; the newest version does not need it"));
    }
    Ok(mesh)
}
