//! Files in which others write semantic layers, read into a [`Layer`] and, for Apache Ossie, written again.
//!
//! Each format has a module of its own; all of them read a document into one kind of [`tree`], whose nodes know their
//! places, and report what they do not understand to a [`Report`] with file, line and key. What is legible but has no
//! word in [`layer`](crate::layer) is kept in [`Notes::extensions`](crate::layer::Notes::extensions).
//!
//! No module here does input or output: texts come in, values go out.

mod cube;
mod databricks;
mod detect;
mod document;
mod fields;
mod json;
pub mod metricflow;
mod names;
pub mod ossie;
mod report;
mod snowflake;
mod sql;
pub mod tree;
pub mod yaml;

use crate::layer::Layer;

pub use detect::{Format, read};
pub use report::{PROBLEMS_MAX, Problem, Report, Severity};

/// How many bytes a text may have.
pub const TEXT_BYTES_MAX: usize = 256 << 20;

/// A layer that was read, and what was not understood of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The layer.
    pub layer: Layer,
    /// What was understood and what was not.
    pub report: Report,
}

/// The layers that a file holds, and what was not understood of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAll {
    /// The layers, in the order of the file.
    pub layers: Vec<Layer>,
    /// What was understood and what was not.
    pub report: Report,
}

/// Why nothing at all of a text could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", place(self))]
pub struct FormatError {
    /// The file, as it was named by whoever gave it.
    pub file: String,
    /// The line, counted from 1, where it is known.
    pub line: Option<u64>,
    /// The column, counted from 1, where it is known.
    pub column: Option<u64>,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
}

impl FormatError {
    /// Gives an error about a file as a whole.
    pub(crate) fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            column: None,
            message: message.into(),
        }
    }
}

fn place(error: &FormatError) -> String {
    let mut text = error.file.clone();
    for number in [error.line, error.column].into_iter().flatten() {
        text = format!("{text}:{number}");
    }
    format!("{text}: {}", error.message)
}
