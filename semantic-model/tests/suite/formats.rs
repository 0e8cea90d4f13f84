//! Files of others, read into layers.

mod hostile;
mod laws;
mod metricflow;
mod ossie;
mod others;
mod warehouses;

use std::path::{Path, PathBuf};

use semantic_model::formats::{Problem, Read};

/// Finds a file or folder of the shared data; says so and gives `None` where there is none.
#[expect(clippy::print_stdout, reason = "a test that skips says so")]
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let found = shared.join("data").join(path);
    if !found.exists() {
        println!("skipped: shared data not found");
        return None;
    }
    Some(found)
}

/// Gives the problems of a report, one a line.
pub(crate) fn problems(read: &Read) -> String {
    lines(&read.report.problems)
}

pub(crate) fn lines(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|problem| format!("{problem}\n"))
        .collect::<Vec<_>>()
        .concat()
}

/// Gives a part of a layer as YAML-like JSON, for comparison.
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("layers can be written") + "\n"
}
