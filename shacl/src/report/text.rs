//! The report for people, and as JSON.

use std::fmt;

use graph_core::rdf::RdfTerm;
use serde_json::{Value, json};

use super::{Finding, Report};

impl Report {
    /// Returns the report as JSON, with the terms in the notation of N-Triples.
    pub fn to_json(&self) -> Value {
        let counts: serde_json::Map<String, Value> = self
            .counts
            .iter()
            .map(|(severity, count)| (severity.name().to_owned(), json!(count)))
            .collect();
        let not_checked = self
            .not_checked
            .iter()
            .map(|n| json!({ "shape": n.shape, "what": n.what, "reason": n.reason }));
        json!({
            "conforms": self.conforms(),
            "counts": counts,
            "truncated": self.truncated,
            "focus_nodes": self.focus_nodes,
            "findings": self.findings.iter().map(Finding::to_json).collect::<Vec<_>>(),
            "not_checked": not_checked.collect::<Vec<_>>(),
        })
    }
}

impl Finding {
    /// Returns the finding as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "severity": self.severity.name(),
            "focus": plain(&self.focus),
            "path": self.path.as_ref().map(ToString::to_string),
            "value": self.value.as_ref().map(ToString::to_string),
            "message": self.message(),
            "reason": self.reason,
            "shape": plain(&self.shape),
            "component": self.component.name(),
        })
    }
}

/// An IRI without brackets; other terms as N-Triples has them.
fn plain(term: &RdfTerm) -> String {
    match term {
        RdfTerm::NamedNode(node) => node.as_str().to_owned(),
        other => other.to_string(),
    }
}

/// Writes the finding on one line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}",
            self.severity.name().to_lowercase(),
            plain(&self.focus)
        )?;
        if let Some(path) = &self.path {
            write!(f, " {path}")?;
        }
        if let Some(value) = &self.value {
            write!(f, " {value}")?;
        }
        write!(f, ": {}", self.message())?;
        if !self.messages.is_empty() {
            write!(f, " ({})", self.reason)?;
        }
        Ok(())
    }
}

/// Writes one line a finding and a last one with the numbers.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        if self.truncated {
            writeln!(
                f,
                "only the first {} findings are shown",
                self.findings.len()
            )?;
        }
        for part in &self.not_checked {
            writeln!(
                f,
                "not checked: {} of {}: {}",
                part.what, part.shape, part.reason
            )?;
        }
        write!(f, "{} nodes checked: ", self.focus_nodes)?;
        if self.conforms() {
            return f.write_str("every shape is kept");
        }
        for (at, (severity, count)) in self.counts.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{count} of severity {}", severity.name())?;
        }
        Ok(())
    }
}
