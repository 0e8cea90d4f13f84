//! What was understood and what was not.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use crate::Kind;

/// How many diagnostics a report keeps word for word; the rest are counted by code.
pub const DIAGNOSTICS_MAX: usize = 1000;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A document or a line could not be read at all.
    Error,
    /// Something was understood only in part, or was left out.
    Warning,
    /// Something worth knowing; nothing is wrong.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// Where in the documents something is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Location {
    /// The document, as it was named by whoever gave it.
    pub file: String,
    /// The line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column, counted from 1, in characters or bytes as the format's parser counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// The path of the key, such as `nodes.model.shop.orders.columns`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl Location {
    /// Gives the location of a whole document.
    pub fn file(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            ..Self::default()
        }
    }

    /// Sets the line.
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Sets the column.
    #[must_use]
    pub fn column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }

    /// Sets the path of the key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(formatter, ":{column}")?;
        }
        if let Some(key) = &self.key {
            write!(formatter, " at `{key}`")?;
        }
        Ok(())
    }
}

/// One thing that a reader of the report should know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable machine-readable name, in snake case.
    pub code: &'static str,
    /// What is the matter, in lower case and without a full stop.
    pub message: String,
    /// Where it is.
    pub location: Location,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Diagnostic {
    /// Gives a diagnostic without a hint.
    pub fn new(
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        location: Location,
    ) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            location,
            hint: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.location != Location::default() {
            write!(formatter, "{}: ", self.location)?;
        }
        write!(formatter, "{} [{}]", self.message, self.code)
    }
}

/// What a connector understood of its documents, and what it did not.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Report {
    /// The connector; `None` for an empty report.
    pub kind: Option<Kind>,
    /// How many entities of each kind were understood, by the word for the kind.
    pub understood: BTreeMap<String, u64>,
    /// How many statements came out.
    pub statements: u64,
    /// How many entities, lines or values were left out; diagnostics say which.
    pub skipped: u64,
    /// How many diagnostics there were of severity error.
    pub errors: u64,
    /// How many diagnostics there were of severity warning.
    pub warnings: u64,
    /// How many of the errors are damage: something that belongs to the source could not be read, so that what it says is
    /// missing. Documents of another kind are no damage.
    pub damaged: u64,
    /// The first [`DIAGNOSTICS_MAX`] diagnostics, in the order they were met.
    pub diagnostics: Vec<Diagnostic>,
    /// How many further diagnostics there were, by code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub further: BTreeMap<String, u64>,
    /// The hashes of what was said already.
    #[serde(skip)]
    said: FxHashSet<u64>,
}

impl Report {
    /// Gives an empty report of a connector.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind: Some(kind),
            ..Self::default()
        }
    }

    /// Gives a report of a connector that begins with what is known already.
    pub fn of(kind: Kind, known: impl IntoIterator<Item = Diagnostic>) -> Self {
        let mut report = Self::new(kind);
        for diagnostic in known {
            report.push(diagnostic);
        }
        report
    }

    /// Counts one more understood entity of a kind.
    pub fn understood(&mut self, kind: &str) {
        self.understood_many(kind, 1);
    }

    /// Counts more understood entities of a kind.
    pub fn understood_many(&mut self, kind: &str, count: u64) {
        if let Some(known) = self.understood.get_mut(kind) {
            *known += count;
        } else if count > 0 {
            self.understood.insert(kind.into(), count);
        }
    }

    /// Adds a diagnostic; beyond the cap it is only counted, and what was said before is not said again.
    ///
    /// Gives whether it was new.
    pub fn push(&mut self, diagnostic: Diagnostic) -> bool {
        let mut hasher = FxHasher::default();
        diagnostic.hash(&mut hasher);
        if !self.said.insert(hasher.finish()) {
            return false;
        }
        match diagnostic.severity {
            Severity::Error => {
                self.errors += 1;
                self.damaged += 1;
            }
            Severity::Warning => self.warnings += 1,
            Severity::Note => {}
        }
        if self.diagnostics.len() < DIAGNOSTICS_MAX {
            self.diagnostics.push(diagnostic);
        } else {
            *self.further.entry(diagnostic.code.into()).or_default() += 1;
        }
        true
    }

    /// Adds an error: a document or a line that could not be read. Gives whether it was new.
    pub fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        location: Location,
    ) -> bool {
        self.push(Diagnostic::new(Severity::Error, code, message, location))
    }

    /// Adds an error that is no damage: a document of another kind, of which nothing was expected. Gives whether it was new.
    pub fn foreign(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        location: Location,
    ) -> bool {
        let is_new = self.error(code, message, location);
        if is_new {
            self.damaged -= 1;
        }
        is_new
    }

    /// Adds a warning: something understood only in part, or left out. Gives whether it was new.
    pub fn warning(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        location: Location,
    ) -> bool {
        self.push(Diagnostic::new(Severity::Warning, code, message, location))
    }

    /// Adds a note: something worth knowing. Gives whether it was new.
    pub fn note(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        location: Location,
    ) -> bool {
        self.push(Diagnostic::new(Severity::Note, code, message, location))
    }

    /// Says how many diagnostics there were of a code, kept or only counted.
    pub fn count(&self, code: &str) -> u64 {
        let kept = self
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.code == code);
        kept.count() as u64 + self.further.get(code).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagnostics_beyond_the_cap_are_counted_by_code() {
        let mut report = Report::new(Kind::Dbt);
        for line in 1..=DIAGNOSTICS_MAX as u64 {
            report.warning("first", "x", Location::file("a").line(line));
        }
        report.error("second", "y", Location::file("a"));
        report.warning("first", "x", Location::file("b"));
        report.warning("first", "x", Location::file("b"));
        assert_eq!(report.diagnostics.len(), DIAGNOSTICS_MAX);
        assert_eq!(report.count("first"), DIAGNOSTICS_MAX as u64 + 1);
        assert_eq!((report.count("second"), report.errors), (1, 1));
    }

    #[test]
    fn a_diagnostic_says_where() {
        let location = Location::file("a.json").line(3).column(7).key("nodes.x");
        let diagnostic = Diagnostic::new(Severity::Error, "bad", "it is bad", location);
        assert_eq!(
            diagnostic.to_string(),
            "a.json:3:7 at `nodes.x`: it is bad [bad]"
        );
    }
}
