//! `cargo xtask demo` and `cargo xtask test`, the two commands of the README, and `cargo xtask lexicon`.

mod lexicon;

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

const USAGE: &str = "usage: cargo xtask <task>

tasks:
  demo [options]  build isogloss and serve the example mesh at http://127.0.0.1:4400
                  (options go to `isogloss demo`, for instance --listen 127.0.0.1:4500)
  test [options]  run every test of the workspace, with PostgreSQL and Spark servers beside them
                  (options go to `cargo test`, for instance -p live; then without Spark)
  lexicon SOURCE_DIR [--check]
                  make the embedded words of search/lexicon again, or only check that they come out the same
                  (needs python3 with numpy and snowballstemmer; search/lexicon/README.md says what SOURCE_DIR holds)
";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match task.as_str() {
        "demo" => demo(&rest),
        "test" => test(&rest),
        "lexicon" => lexicon::remake(&rest),
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

/// A server that tests run against, started by a script of ours around the tests.
struct Server {
    name: &'static str,
    /// Where the tests find it. Whoever has set it has a server already.
    variable: &'static str,
    script: &'static str,
    /// What kind of server the script is to start, if it knows several.
    kind: Option<&'static str>,
}

const POSTGRES: Server = Server {
    name: "PostgreSQL",
    variable: "ISOGLOSS_TEST_POSTGRES",
    script: "postgres.sh",
    kind: None,
};

/// Apache Spark itself, and Sail, which speaks the same protocol.
const SPARK: Server = Server {
    name: "Spark",
    variable: "ISOGLOSS_TEST_SPARK",
    script: "spark.sh",
    kind: Some("both"),
};

/// The clients of OpenLineage that emit to our server: no servers, but found and started in the same way.
const OPENLINEAGE: Server = Server {
    name: "OpenLineage client",
    variable: "ISOGLOSS_TEST_OPENLINEAGE",
    script: "openlineage.sh",
    kind: None,
};

/// Runs unit, end-to-end and documentation tests, with PostgreSQL and Spark servers of their own.
///
/// Where a server cannot be had the tests that need it say that they skip, but not in CI. The tests of Spark are built
/// where there is a `protoc`, and run with the whole workspace; its two gigabytes are not asked of who tests one crate.
fn test(options: &[String]) -> Result<()> {
    let mut command = vec![cargo_program(), "test".into()];
    let mut servers = vec![&POSTGRES];
    let mut protoc = None;
    if options.is_empty() {
        command.push("--workspace".into());
        protoc = find_protoc()?;
    }
    if options.is_empty() || names_package(options, "cli") {
        servers.push(&OPENLINEAGE);
    }
    if protoc.is_some() {
        command.extend(["--features".into(), "cli/spark".into()]);
        servers.push(&SPARK);
    }
    command.extend(options.iter().map(OsString::from));
    if options.is_empty() {
        // The servers need not wait for the compiler.
        let mut build = command.clone();
        build.push("--no-run".into());
        run_all(&build, protoc.as_deref())?;
    }
    let mut around = Vec::new();
    for server in servers {
        if env::var_os(server.variable).is_none() && (in_ci() || can_be_had(server)) {
            around.push(script(server.script).into());
            around.push("run".into());
            around.extend(server.kind.map(OsString::from));
        }
    }
    around.extend(command);
    run_all(&around, protoc.as_deref())
}

/// Tells whether options of `cargo test` ask for a package, or for all of them.
fn names_package(options: &[String], package: &str) -> bool {
    // What stands behind `--` is for the tests themselves.
    let of_cargo = options.iter().take_while(|option| *option != "--");
    let mut before = "";
    for option in of_cargo {
        let value = match before {
            "-p" | "--package" => Some(option.as_str()),
            _ => option
                .strip_prefix("--package=")
                .or_else(|| option.strip_prefix("-p")),
        };
        let is_it = value.is_some_and(|value| value.trim_start_matches('=') == package);
        if is_it || ["--workspace", "--all"].contains(&option.as_str()) {
            return true;
        }
        before = option;
    }
    false
}

fn in_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

fn script(name: &str) -> PathBuf {
    root().join("tests/scripts").join(name)
}

/// Says whether a server can be started, or installed, without asking anybody.
fn can_be_had(server: &Server) -> bool {
    let found = Command::new(script(server.script))
        .arg("check")
        .args(server.kind)
        .status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        say(&format!(
            "no {} server here, and none can be installed: the tests of it will say that they skip",
            server.name
        ));
    }
    found
}

/// The program that Spark's protocol is built with, if it can be had; installed where it is missing.
fn find_protoc() -> Result<Option<OsString>> {
    let check = Command::new(script("protoc.sh")).arg("check").status();
    if !in_ci() && !check.is_ok_and(|status| status.success()) {
        say("no `protoc` here, and none can be installed: the tests of Spark are left out");
        return Ok(None);
    }
    let output = Command::new(script("protoc.sh"))
        .stderr(Stdio::inherit())
        .output()
        .context("could not start `protoc.sh`")?;
    if !output.status.success() {
        bail!("`protoc.sh` ended with {}", output.status);
    }
    let path = String::from_utf8(output.stdout).context("the path of `protoc` is not UTF-8")?;
    Ok(Some(path.trim().into()))
}

fn run_all(command: &[OsString], protoc: Option<&OsStr>) -> Result<()> {
    let Some((program, arguments)) = command.split_first() else {
        return Ok(());
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    if let Some(protoc) = protoc {
        command.env("PROTOC", protoc);
    }
    run(&mut command)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_name_a_package_in_every_way_that_cargo_knows() {
        let names = |options: &str| {
            let options: Vec<String> = options.split(' ').map(Into::into).collect();
            names_package(&options, "cli")
        };
        for options in [
            "-p cli",
            "--package cli --lib",
            "-pcli",
            "-p=cli",
            "--package=cli",
            "-p live -p cli",
            "--workspace",
        ] {
            assert!(names(options), "{options}");
        }
        for options in ["-p live", "cli", "-p live -- -p cli", "-p client"] {
            assert!(!names(options), "{options}");
        }
    }
}
