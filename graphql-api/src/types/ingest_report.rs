//! The type `IngestReport`: what a connector understood of its documents, and what it did not.

use async_graphql::{Enum, SimpleObject};
use isogloss::connectors;

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "connectors::Severity")]
pub enum Severity {
    /// A document or a line could not be read at all.
    Error,
    /// Something was understood only in part, or was left out.
    Warning,
    /// Something worth knowing; nothing is wrong.
    Note,
}

/// What a connector understood of its documents, and what it did not.
#[derive(Debug, SimpleObject)]
pub struct IngestReport {
    /// Statements that came out of the documents.
    statements: u64,
    /// Entities, lines or values that were left out; the diagnostics say which.
    skipped: u64,
    /// How many entities of each kind were understood.
    understood: Vec<Understood>,
    /// What was understood in part or not at all, in the order of the documents.
    diagnostics: Vec<Diagnostic>,
    /// Diagnostics of severity error, those that are not listed included.
    errors: u64,
    /// Diagnostics of severity warning, those that are not listed included.
    warnings: u64,
    /// Diagnostics that are not listed because there are too many.
    unlisted: u64,
}

/// How many entities of a kind were understood.
#[derive(Debug, SimpleObject)]
pub struct Understood {
    /// The kind, in the connector's words.
    kind: String,
    /// How many.
    count: u64,
}

/// One thing that the author of the documents should know.
#[derive(Debug, SimpleObject)]
pub struct Diagnostic {
    /// How bad it is.
    severity: Severity,
    /// Machine-readable name, in snake case.
    code: String,
    /// What is the matter, for people.
    message: String,
    /// The document.
    file: String,
    /// The line, counted from 1.
    line: Option<u64>,
    /// The column, counted from 1.
    column: Option<u64>,
    /// The path of the key, such as `nodes.model.shop.orders`.
    key: Option<String>,
    /// What to do about it.
    hint: Option<String>,
}

impl From<connectors::Report> for IngestReport {
    fn from(report: connectors::Report) -> Self {
        let understood = report
            .understood
            .into_iter()
            .map(|(kind, count)| Understood { kind, count });
        Self {
            statements: report.statements,
            skipped: report.skipped,
            understood: understood.collect(),
            diagnostics: report
                .diagnostics
                .into_iter()
                .map(Diagnostic::from)
                .collect(),
            errors: report.errors,
            warnings: report.warnings,
            unlisted: report.further.values().sum(),
        }
    }
}

impl From<connectors::Diagnostic> for Diagnostic {
    fn from(diagnostic: connectors::Diagnostic) -> Self {
        Self {
            severity: diagnostic.severity.into(),
            code: diagnostic.code.to_owned(),
            message: diagnostic.message,
            file: diagnostic.location.file,
            line: diagnostic.location.line,
            column: diagnostic.location.column,
            key: diagnostic.location.key,
            hint: diagnostic.hint,
        }
    }
}
