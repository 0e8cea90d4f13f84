//! The rules of the repository that a script can see.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect;
use tests::repository;

const LINES_MAX: usize = 500;

/// Files that git tracks or would track, relative to the top folder.
fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(listed.status.success(), "git ls-files failed");
    let text = String::from_utf8(listed.stdout).unwrap();
    text.lines()
        .map(PathBuf::from)
        .filter(|file| repository().join(file).is_file())
        .collect()
}

fn with_extension(extension: &str) -> Vec<(PathBuf, String)> {
    let wanted = files()
        .into_iter()
        .filter(|file| file.extension().is_some_and(|e| e == extension));
    wanted
        .map(|file| {
            (
                file.clone(),
                fs::read_to_string(repository().join(&file)).unwrap(),
            )
        })
        .collect()
}

#[test]
fn source_files_stay_small() {
    let sources = with_extension("rs");
    assert!(
        sources.len() > 20,
        "found only {} Rust files",
        sources.len()
    );
    let long: Vec<_> = sources
        .iter()
        .filter(|(_, text)| text.lines().count() > LINES_MAX)
        .map(|(f, _)| f)
        .collect();
    assert!(
        long.is_empty(),
        "over {LINES_MAX} lines, split where a second idea begins: {long:?}"
    );
}

#[test]
fn no_module_is_called_mod_or_utils() {
    let forbidden = ["mod.rs", "utils.rs", "util.rs", "common.rs", "helpers.rs"];
    let found: Vec<_> = files()
        .into_iter()
        .filter(|f| {
            f.file_name()
                .is_some_and(|name| forbidden.iter().any(|bad| name == *bad))
        })
        .collect();
    assert!(found.is_empty(), "say what these files are for: {found:?}");
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = [
        "todo!(",
        "unimplemented!(",
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
    ];
    let this = Path::new("tests/suite/tidy.rs");
    let sources = with_extension("rs");
    let found: Vec<_> = sources
        .iter()
        .filter(|(file, text)| file != this && marks.iter().any(|mark| text.contains(mark)))
        .map(|(file, _)| file)
        .collect();
    assert!(found.is_empty(), "unfinished: {found:?}");
}

#[test]
fn links_in_markdown_exist() {
    let mut broken = Vec::new();
    let pages = with_extension("md");
    assert!(
        pages.iter().any(|(file, _)| file == Path::new("README.md")),
        "there is no README.md"
    );
    for (page, text) in &pages {
        let folder = repository().join(page);
        let folder = folder.parent().unwrap();
        for target in link_targets(text) {
            if !folder.join(&target).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "links to files that do not exist:\n{}",
        broken.join("\n")
    );
}

/// Local targets of `[text](target)` outside code blocks, without their fragment.
fn link_targets(markdown: &str) -> Vec<String> {
    let mut in_code = false;
    let mut targets = Vec::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for part in line.split("](").skip(1) {
            let target = part.split([')', ' ', '#']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
                targets.push(target.to_owned());
            }
        }
    }
    targets
}

#[test]
fn link_targets_are_found() {
    let text =
        "see [a](docs/a.md#part) and [b](https://b.example) ![i](i.png)\n```\n[c](c.md)\n```\n";
    assert_eq!(link_targets(text), ["docs/a.md", "i.png"]);
}

fn metadata() -> serde_json::Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn arrows_point_down() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut picture = String::new();
    let mut arrows = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let uses: BTreeSet<&str> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|d| d["kind"].is_null())
            .filter_map(|d| d["name"].as_str())
            .filter(|d| ours.contains(d))
            .collect();
        arrows.insert(name, uses);
    }
    for (name, uses) in arrows {
        let uses: Vec<_> = uses.into_iter().collect();
        writeln!(picture, "{name} -> {}", uses.join(" ")).unwrap();
    }
    expect![[r#"
        benches -> graph-core isogloss ontologies
        cli -> graphql-api isogloss live query-engine server
        connectors -> graph-core ontologies semantic-model
        graph-core -> 
        graphql-api -> isogloss
        isogloss -> connectors graph-core ontologies query-engine search semantic-model shacl
        live -> connectors
        ontologies -> 
        query-engine -> semantic-model
        search -> graph-core semantic-model
        semantic-model -> graph-core ontologies
        server -> graphql-api isogloss
        shacl -> graph-core
        tests -> 
        xtask -> 
    "#]]
    .assert_eq(&picture);
}

/// The crates that must build without an async runtime or a web server.
#[test]
fn libraries_below_the_wire_know_no_runtime() {
    let metadata = metadata();
    let forbidden = ["tokio", "axum", "async-graphql", "hyper"];
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        if ![
            "ontologies",
            "graph-core",
            "semantic-model",
            "search",
            "connectors",
            "isogloss",
        ]
        .contains(&name)
        {
            continue;
        }
        for dependency in package["dependencies"].as_array().unwrap() {
            let uses = dependency["name"].as_str().unwrap();
            assert!(
                !forbidden.contains(&uses),
                "`{name}` must never know `{uses}`"
            );
        }
    }
}

/// Two versions of these do not talk to each other.
#[test]
fn one_version_of_what_must_agree() {
    let lock = fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    for name in [
        "arrow-array",
        "async-graphql",
        "axum",
        "datafusion",
        "oxrdf",
        "rustls",
        "spargebra",
        "sqlparser",
        "tantivy",
        "tokio",
        "tonic",
    ] {
        let line = format!("name = \"{name}\"");
        let versions = lock.lines().filter(|l| *l == line).count();
        assert!(
            versions <= 1,
            "{versions} versions of `{name}` in Cargo.lock"
        );
    }
}

#[test]
fn the_readme_names_the_two_commands() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let ci = fs::read_to_string(repository().join(".ci/run")).unwrap();
    assert!(readme.contains("cargo xtask demo") && readme.contains("cargo xtask test"));
    assert!(
        ci.contains("cargo xtask test"),
        "CI must run the README's test command"
    );
}
