//! What a validation found.

use std::collections::BTreeMap;

use graph_core::rdf::{Literal, RdfTerm};

mod rdf;
mod text;

use crate::parse::NotChecked;
use crate::path::Path;
use crate::shape::{Component, Severity};

/// One thing that does not keep a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The node that was checked.
    pub focus: RdfTerm,
    /// The path from there to the values, for a property shape.
    pub path: Option<Path>,
    /// The value that is at fault, when it is one.
    pub value: Option<RdfTerm>,
    /// The shape that is not kept.
    pub shape: RdfTerm,
    /// The kind of constraint that is not kept.
    pub component: Component,
    /// How grave it is.
    pub severity: Severity,
    /// What the shape says about it.
    pub messages: Vec<Literal>,
    /// What the constraint asks for, in words of this crate.
    pub reason: String,
}

impl Finding {
    /// Returns what to tell a person: the shape's message, in English or the first, else the reason.
    pub fn message(&self) -> &str {
        let rank = |message: &&Literal| match message.language() {
            Some(tag) if tag.starts_with("en") => 0,
            None => 1,
            Some(_) => 2,
        };
        self.messages
            .iter()
            .min_by_key(rank)
            .map_or(&self.reason, |literal| literal.value())
    }
}

/// The outcome of a validation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What does not keep the shapes, sorted by focus node; see [`Report::truncated`].
    pub findings: Vec<Finding>,
    /// The number of findings of each severity, those not kept included.
    pub counts: BTreeMap<Severity, u64>,
    /// True when there are more findings than were kept.
    pub truncated: bool,
    /// Number of nodes that were checked.
    pub focus_nodes: u64,
    /// Nodes and statements looked at.
    pub visits: u64,
    /// What the shapes ask for and was not checked.
    pub not_checked: Vec<NotChecked>,
}

impl Report {
    /// Tells whether every shape is kept, as SHACL means it: there is no finding of any severity.
    pub fn conforms(&self) -> bool {
        self.counts.is_empty()
    }

    /// Returns the number of findings of the severity `sh:Violation`.
    pub fn violations(&self) -> u64 {
        self.counts.get(&Severity::Violation).copied().unwrap_or(0)
    }
}

/// Gathers findings up to a number, and counts all of them.
pub(crate) struct Collector {
    findings: Vec<Finding>,
    counts: BTreeMap<Severity, u64>,
    max: usize,
}

impl Collector {
    pub(crate) fn new(max: usize) -> Self {
        Self {
            findings: Vec::new(),
            counts: BTreeMap::new(),
            max,
        }
    }

    /// Counts a finding, and tells whether there is room to keep it.
    pub(crate) fn wants(&mut self, severity: &Severity) -> bool {
        match self.counts.get_mut(severity) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(severity.clone(), 1);
            }
        }
        self.findings.len() < self.max
    }

    pub(crate) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    pub(crate) fn finish(
        mut self,
        focus_nodes: u64,
        visits: u64,
        not_checked: Vec<NotChecked>,
    ) -> Report {
        self.findings.sort_by_cached_key(|finding| {
            let value = finding.value.as_ref().map(ToString::to_string);
            let path = finding.path.as_ref().map(ToString::to_string);
            let focus = finding.focus.to_string();
            (
                focus,
                finding.shape.to_string(),
                path,
                finding.component,
                value,
            )
        });
        let found: u64 = self.counts.values().sum();
        Report {
            truncated: found > self.findings.len() as u64,
            findings: self.findings,
            counts: self.counts,
            focus_nodes,
            visits,
            not_checked,
        }
    }
}
