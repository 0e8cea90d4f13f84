//! `isogloss validate`: checks the graph against SHACL shapes.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use isogloss::connectors::{InputLimits, Kind, Severity, read_paths};
use isogloss::graph::export;
use isogloss::graph::results::GraphFormat;
use isogloss::shacl::Report;
use isogloss::{ShapeSet, Validation};

use crate::arguments::{ReportFormat, Validate};
use crate::commands::{Outcome, open};
use crate::config::source_name;
use crate::failure::{Failure, FailureKind};
use crate::{output, progress};

/// Findings that a person is shown after an ingest; `validate` and `--json` have them all.
const SHOWN: usize = 20;

pub(super) fn run(options: &Validate) -> Outcome {
    let mut validation = Validation::new(shapes(&options.shapes, options.only)?);
    validation.source = options.source.as_deref().map(source_name).transpose()?;
    validation.limits.max_findings = options.limit;
    validation.limits.deadline = Some(Duration::from_secs(options.timeout));
    let mesh = open(&options.data)?;
    let waiting = progress::spinner("validating");
    let report = mesh.snapshot().validate(&validation);
    waiting.finish_and_clear();
    let report = report?;
    match (options.format, options.output.json) {
        (ReportFormat::Json, _) | (ReportFormat::Text, true) => output::json(&report.to_json())?,
        (ReportFormat::Text, false) => output::text(&format!("{report}\n"))?,
        (ReportFormat::Turtle, _) => write(&report, GraphFormat::Turtle)?,
        (ReportFormat::Ntriples, _) => write(&report, GraphFormat::NTriples)?,
        (ReportFormat::Jsonld, _) => write(&report, GraphFormat::JsonLd)?,
    }
    match report.violations() {
        0 => Ok(()),
        count => Err(Failure::new(
            FailureKind::NotValid,
            format!("the shapes are broken {count} times"),
        )),
    }
}

fn write(report: &Report, format: GraphFormat) -> Outcome {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let statements = report.statements();
    export::write_statements(&statements, format, &[("sh", SH)], &mut out)
        .map_err(isogloss::Error::from)?;
    out.flush()?;
    Ok(())
}

const SH: &str = "http://www.w3.org/ns/shacl#";

/// Reads the shapes in the files, with the built-in ones unless only these are wanted.
pub(super) fn shapes(files: &[PathBuf], only: bool) -> Result<ShapeSet, Failure> {
    if files.is_empty() {
        return Ok(ShapeSet::own()?);
    }
    let found =
        read_paths(Kind::Rdf, files, &InputLimits::default()).map_err(isogloss::Error::from)?;
    let mut faults = found.diagnostics.iter();
    if let Some(fault) = faults.find(|d| d.severity == Severity::Error) {
        return Err(Failure::new(FailureKind::Input, fault.to_string()));
    }
    Ok(if only {
        ShapeSet::only(found.inputs)?
    } else {
        ShapeSet::with(found.inputs)?
    })
}

/// Writes the first findings and the numbers.
pub(super) fn shown(report: &Report) -> String {
    let mut lines: Vec<String> = report
        .findings
        .iter()
        .take(SHOWN)
        .map(|finding| format!("  {finding}"))
        .collect();
    let found: u64 = report.counts.values().sum();
    let hidden = found.saturating_sub(lines.len() as u64);
    if hidden > 0 {
        lines.push(format!(
            "  and {hidden} more (`isogloss validate` lists them)"
        ));
    }
    for part in &report.not_checked {
        lines.push(format!(
            "  not checked: {} of {}: {}",
            part.what, part.shape, part.reason
        ));
    }
    let counts: Vec<String> = report
        .counts
        .iter()
        .map(|(severity, count)| format!("{count} of severity {}", severity.name()))
        .collect();
    let outcome = if counts.is_empty() {
        "every shape is kept".to_owned()
    } else {
        counts.join(", ")
    };
    lines.push(format!(
        "  validated: {} nodes, {outcome}",
        report.focus_nodes
    ));
    lines.join("\n")
}
