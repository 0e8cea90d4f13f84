//! The type `ValidationReport`: what does not keep the shapes.

use async_graphql::{Context, Enum, SimpleObject};
use isogloss::graph::SourceName;
use isogloss::shacl;
use isogloss::{ShapeSet, Validation};

use crate::context::{read, shared, snapshot};
use crate::error::{Error, Measured, Result};
use crate::limits::most;

/// Findings in a report unless the query says otherwise.
pub(crate) const FINDINGS_DEFAULT: u64 = 100;

/// What becomes of a source that breaks the shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ValidationMode {
    /// It is not committed.
    Strict,
    /// It is committed, and the report says what is wrong.
    Report,
}

/// What a validation against the SHACL shapes found.
#[derive(Debug, SimpleObject)]
pub struct ValidationReport {
    /// Whether every shape is kept: there is no finding of any severity.
    conforms: bool,
    /// Findings of the severity `Violation`, those that are not listed included.
    violations: u64,
    /// Findings of any severity, those that are not listed included.
    total: u64,
    /// Nodes that were checked.
    focus_nodes: u64,
    /// What does not keep which shape, sorted by node; the first ones where there are many.
    findings: Vec<Finding>,
    /// What the shapes ask for and was not checked.
    not_checked: Vec<String>,
}

/// One thing that does not keep a shape.
#[derive(Debug, SimpleObject)]
pub struct Finding {
    /// `Violation`, `Warning`, `Info`, or an IRI of the shapes' own.
    severity: String,
    /// The node that was checked, as N-Triples has it.
    focus: String,
    /// The path from there to the values, as SPARQL has it.
    path: Option<String>,
    /// The value at fault, as N-Triples has it.
    value: Option<String>,
    /// What is wrong, for people.
    message: String,
    /// What the constraint asks for.
    reason: String,
    /// The shape that is not kept.
    shape: String,
    /// The kind of constraint, such as `MinCount`.
    component: String,
}

impl ValidationReport {
    /// Makes the report with at most so many findings.
    pub(crate) fn new(report: &shacl::Report, findings: u64) -> Self {
        let listed = report.findings.iter().take(findings as usize);
        Self {
            conforms: report.conforms(),
            violations: report.violations(),
            total: report.counts.values().sum(),
            focus_nodes: report.focus_nodes,
            findings: listed.map(Finding::from).collect(),
            not_checked: report
                .not_checked
                .iter()
                .map(|part| format!("{} of {}: {}", part.what, part.shape, part.reason))
                .collect(),
        }
    }
}

impl From<&shacl::Finding> for Finding {
    fn from(finding: &shacl::Finding) -> Self {
        Self {
            severity: finding.severity.name().to_owned(),
            focus: finding.focus.to_string(),
            path: finding.path.as_ref().map(ToString::to_string),
            value: finding.value.as_ref().map(ToString::to_string),
            message: finding.message().to_owned(),
            reason: finding.reason.clone(),
            shape: finding.shape.to_string(),
            component: finding.component.name().to_owned(),
        }
    }
}

/// Validates the graph, or what one source speaks of.
pub(crate) async fn validate(
    ctx: &Context<'_>,
    source: Option<String>,
    first: Option<u64>,
) -> Result<ValidationReport> {
    let limits = &shared(ctx)?.limits;
    let first = first.unwrap_or(FINDINGS_DEFAULT);
    most(Measured::PageSize, first, limits.page_size)?;
    let mut validation = Validation::new(ShapeSet::own()?);
    validation.limits.deadline = Some(limits.deadline);
    validation.limits.max_findings = first as usize;
    validation.source = match source {
        Some(name) => {
            Some(SourceName::new(name.as_str()).map_err(|_| Error::InvalidSourceName { name })?)
        }
        None => None,
    };
    let snapshot = snapshot(ctx)?;
    read(ctx, move || {
        let report = snapshot.validate(&validation)?;
        Ok(ValidationReport::new(&report, first))
    })
    .await
}
