//! `cargo xtask demo` and `cargo xtask test`: the two commands of the README.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

const USAGE: &str = "usage: cargo xtask <task>

tasks:
  demo [options]  build isogloss and serve the example mesh at http://127.0.0.1:4400
                  (options go to `isogloss demo`, for instance --listen 127.0.0.1:4500)
  test [options]  run every test of the workspace, with a PostgreSQL server beside them
                  (options go to `cargo test`, for instance -p live)
";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match task.as_str() {
        "demo" => demo(&rest),
        "test" => test(&rest),
        other => Err(anyhow::anyhow!("unknown task `{other}`\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Builds the binary in the development profile, which the tests share, and serves the example mesh.
fn demo(options: &[String]) -> Result<()> {
    say("building isogloss; the first build takes some minutes, the next ones seconds");
    cargo(&["build", "--package", "cli"], &[])?;
    let binary = target_folder()?
        .join("debug")
        .join(format!("isogloss{}", env::consts::EXE_SUFFIX));
    run(Command::new(binary).arg("demo").args(options))
}

/// Where the tests find the PostgreSQL server that they may use.
const POSTGRES: &str = "ISOGLOSS_TEST_POSTGRES";

/// Runs unit, end-to-end and documentation tests, with a PostgreSQL server of their own.
///
/// Where no server can be had the tests that need one say that they skip, but not in CI.
fn test(options: &[String]) -> Result<()> {
    let mut command = vec![cargo_program(), "test".into()];
    if options.is_empty() {
        command.push("--workspace".into());
    }
    command.extend(options.iter().map(OsString::from));
    let in_ci = env::var_os("CI").is_some_and(|value| value == "true");
    if env::var_os(POSTGRES).is_some() || (!in_ci && !has_postgres()) {
        return run(Command::new(&command[0])
            .args(&command[1..])
            .current_dir(root()));
    }
    run(Command::new(root().join("tests/scripts/postgres.sh"))
        .arg("run")
        .args(&command)
        .current_dir(root()))
}

/// Says whether a server can be started, or installed, without asking anybody.
fn has_postgres() -> bool {
    let found = Command::new(root().join("tests/scripts/postgres.sh"))
        .arg("check")
        .status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        say(
            "no PostgreSQL server here, and none can be installed: the tests of it will say that they skip",
        );
    }
    found
}

fn cargo(arguments: &[&str], more: &[String]) -> Result<()> {
    run(Command::new(cargo_program())
        .args(arguments)
        .args(more)
        .current_dir(root()))
}

fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("could not start `{program}`"))?;
    if !status.success() {
        bail!("`{program}` ended with {status}");
    }
    Ok(())
}

fn target_folder() -> Result<PathBuf> {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => env::current_dir()
            .map(|here| here.join(folder))
            .context("no current folder"),
        None => Ok(root().join("target")),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[expect(
    clippy::print_stderr,
    reason = "a task talks to the person at the terminal"
)]
fn say(text: &str) {
    eprintln!("{text}");
}
