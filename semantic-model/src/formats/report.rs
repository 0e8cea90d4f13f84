//! What was understood of the files of a layer and what was not.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// How many problems a report keeps word for word; the rest are counted.
pub const PROBLEMS_MAX: usize = 1000;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something could not be read and is left out.
    Error,
    /// Something was understood in part only.
    Warning,
    /// Something is kept as it stands, without being understood.
    Note,
}

/// One thing of a file that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name for programs, in snake case.
    pub code: &'static str,
    /// What is the matter, in lower case and without a full stop.
    pub message: String,
    /// The file, as it was named by whoever gave it.
    pub file: String,
    /// The line, counted from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column, counted from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// The path of the key, such as `metrics[3].type_params.expr`; empty for the whole document.
    pub key: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(out, ":{number}")?;
        }
        if !self.key.is_empty() {
            write!(out, " at `{}`", self.key)?;
        }
        write!(out, ": {} [{}]", self.message, self.code)
    }
}

/// What was understood of the files of a layer and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many things of each kind were understood.
    pub understood: BTreeMap<&'static str, u64>,
    /// What was not, in the order of the files and of their lines; at most [`PROBLEMS_MAX`].
    pub problems: Vec<Problem>,
    /// How many further problems there are.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted: u64,
}

impl Report {
    /// Counts a thing as understood.
    pub(crate) fn understood(&mut self, kind: &'static str) {
        *self.understood.entry(kind).or_default() += 1;
    }

    /// Adds a problem, or counts it once there are many.
    pub(crate) fn add(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds what another report says.
    pub(crate) fn append(&mut self, other: Self) {
        for (kind, count) in other.understood {
            *self.understood.entry(kind).or_default() += count;
        }
        for problem in other.problems {
            self.add(problem);
        }
        self.omitted += other.omitted;
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
