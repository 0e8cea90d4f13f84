//! Semantic layers: MetricFlow, Apache Ossie and the other formats of [`semantic_model::formats`].
//!
//! Datasets get the columns that their fields and keys name, entities become terms that datasets and columns stand
//! for, joins become references between columns, metrics are derived from what they aggregate. Every part keeps its
//! whole declaration besides ([`semantic_model::layer::Part`]), which is what queries are planned with.

mod metrics;
mod write;

use graph_core::rdf::NamedNode;
use semantic_model::formats::{self, Problem};
use semantic_model::layer::{Dataset, Layer};

use crate::report::{Diagnostic, Location, Report, Severity};
use crate::{Input, Options, StatementBuilder};

/// How the parts of a layer are called that another connector has written in the same source.
pub(crate) trait Known {
    /// The dataset that a dataset of the layer is.
    fn dataset(&self, dataset: &Dataset) -> Option<NamedNode>;
    /// The metric of this name.
    fn metric(&self, name: &str) -> Option<NamedNode>;
}

/// A source that has nothing but its semantic layer.
struct Alone;

impl Known for Alone {
    fn dataset(&self, _: &Dataset) -> Option<NamedNode> {
        None
    }

    fn metric(&self, _: &str) -> Option<NamedNode> {
        None
    }
}

/// Reads files of semantic layers.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    for layer in layers(&inputs, options, report) {
        write(&layer, &Alone, options, report, out);
    }
}

/// Reads the layers of files; what is not understood of them goes to the report.
pub(crate) fn layers(inputs: &[Input], options: &Options, report: &mut Report) -> Vec<Layer> {
    let mut texts = Vec::new();
    for input in inputs {
        match std::str::from_utf8(&input.bytes) {
            Ok(text) => texts.push((input.name.as_str(), text)),
            Err(error) => {
                let message = format!("byte {} is not UTF-8", error.valid_up_to());
                report.error("not_utf8", message, Location::file(&input.name));
            }
        }
    }
    match formats::read(options.source.as_str(), &texts) {
        Ok(read) => {
            for problem in read.report.problems {
                report.push(diagnostic(problem));
            }
            if read.report.omitted > 0 {
                let message = format!("{} further problems", read.report.omitted);
                report.warning("many_problems", message, Location::default());
            }
            read.layers
        }
        Err(error) => {
            let mut at = Location::file(&error.file);
            if let Some(line) = error.line {
                at = at.line(line);
            }
            if let Some(column) = error.column {
                at = at.column(column);
            }
            report.error("unreadable_layer", error.message, at);
            Vec::new()
        }
    }
}

fn diagnostic(problem: Problem) -> Diagnostic {
    let severity = match problem.severity {
        formats::Severity::Error => Severity::Error,
        formats::Severity::Warning => Severity::Warning,
        formats::Severity::Note => Severity::Note,
    };
    let mut at = Location::file(problem.file);
    if let Some(line) = problem.line {
        at = at.line(line);
    }
    if let Some(column) = problem.column {
        at = at.column(column);
    }
    if !problem.key.is_empty() {
        at = at.key(problem.key);
    }
    Diagnostic::new(severity, problem.code, problem.message, at)
}

/// Writes a layer.
pub(crate) fn write(
    layer: &Layer,
    known: &dyn Known,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut writer = write::Writer::new(layer, known, options, report, out);
    writer.layer();
    writer.datasets();
    writer.joins();
    metrics::write(&mut writer);
    writer.calendars();
}

#[cfg(test)]
mod tests;
