//! `cargo xtask demo` and `cargo xtask test`: the two commands of the README.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

const USAGE: &str = "usage: cargo xtask <task>

tasks:
  demo [options]  build isogloss and serve the example mesh at http://127.0.0.1:4400
                  (options go to `isogloss demo`, for instance --listen 127.0.0.1:4500)
  test [options]  run every test of the workspace
                  (options go to `cargo test`, for instance -p search)
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

/// Runs unit, end-to-end and documentation tests.
fn test(options: &[String]) -> Result<()> {
    if options.is_empty() {
        return cargo(&["test", "--workspace"], &[]);
    }
    cargo(&["test"], options)
}

fn cargo(arguments: &[&str], more: &[String]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new(cargo)
        .args(arguments)
        .args(more)
        .current_dir(root()))
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
