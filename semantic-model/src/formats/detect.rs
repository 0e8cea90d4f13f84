//! Which format a file is of, by what is in it, and the reading of many files.

use super::document::Document;
use super::report::{Problem, Report, Severity};
use super::tree::{Node, Value};
use super::{FormatError, ReadAll, cube, databricks, metricflow, ossie, snowflake};
use crate::layer::Layer;

/// A format of semantic layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// dbt's `semantic_manifest.json`, or the same in a `manifest.json`.
    SemanticManifest,
    /// YAML of `MetricFlow` and dbt.
    MetricFlow,
    /// Apache Ossie.
    Ossie,
    /// Cube.
    Cube,
    /// Semantic views of Snowflake.
    Snowflake,
    /// Metric views of Databricks.
    Databricks,
}

impl Format {
    /// Returns the name of the format for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SemanticManifest => "dbt semantic manifest",
            Self::MetricFlow => "MetricFlow YAML",
            Self::Ossie => "Apache Ossie",
            Self::Cube => "Cube",
            Self::Snowflake => "Snowflake semantic view",
            Self::Databricks => "Databricks metric view",
        }
    }

    /// Tells the format of a document by its keys.
    fn of(root: &Node<'_>, is_json: bool) -> Option<Self> {
        let has = |key: &str| root.get(key).is_some();
        let is_list =
            |key: &str| matches!(root.get(key).map(|node| &node.value), Some(Value::List(_)));
        if is_list("semantic_model") || is_list("datasets") {
            Some(Self::Ossie)
        } else if is_list("cubes") || is_list("views") {
            Some(Self::Cube)
        } else if is_list("tables") && !has("models") {
            Some(Self::Snowflake)
        } else if databricks::is_view(root) {
            Some(Self::Databricks)
        } else if is_json && (has("semantic_models") || has("project_configuration")) {
            Some(Self::SemanticManifest)
        } else if metricflow::is_ours(root) {
            Some(Self::MetricFlow)
        } else {
            None
        }
    }
}

/// Reads files, each as its name and its text, whatever formats they are of.
///
/// All files of `MetricFlow` YAML are one layer, as are all of Cube; each other document is one of its own. A layer that
/// has no name of its own gets `name`, or, for a metric view of Databricks, the name of its file. What cannot be
/// read is reported, and the rest is read; it is an error when nothing can be.
///
/// ```
/// use semantic_model::formats;
///
/// let view = "source: shop.orders\nmeasures:\n- {name: revenue, expr: SUM(amount)}\n";
/// let read = formats::read("shop", &[("orders.yaml", view)])?;
/// assert_eq!(read.layers[0].name, "orders");
/// # Ok::<(), formats::FormatError>(())
/// ```
pub fn read(name: &str, files: &[(&str, &str)]) -> Result<ReadAll, FormatError> {
    let mut report = Report::default();
    let mut failed = None;
    let mut documents = Vec::new();
    for (file, text) in files {
        for document in open(file, text) {
            match document {
                Ok(found) => documents.push(found),
                Err(error) => note(error, &mut report, &mut failed),
            }
        }
    }
    let mut layers = Vec::new();
    each(&documents, name, &mut layers, &mut |error| {
        note(error, &mut report, &mut failed);
    });
    together(&documents, Format::MetricFlow, name, &mut layers);
    together(&documents, Format::Cube, name, &mut layers);
    for (_, document) in documents {
        report.append(document.finish());
    }
    if layers.is_empty() {
        let nothing = FormatError::of_file(name, "no file is of a format that is known");
        return Err(failed.unwrap_or(nothing));
    }
    Ok(ReadAll { layers, report })
}

/// Notes what could not be read, and remembers the first of it.
fn note(error: FormatError, report: &mut Report, failed: &mut Option<FormatError>) {
    report.add(Problem {
        severity: Severity::Error,
        code: "unreadable",
        message: error.message.clone(),
        file: error.file.clone(),
        line: error.line,
        column: error.column,
        key: String::new(),
    });
    failed.get_or_insert(error);
}

type Found<'a> = (Option<Format>, Document<'a>);

/// Reads the documents of a file and tells their formats.
fn open<'a>(file: &'a str, text: &'a str) -> Vec<Result<Found<'a>, FormatError>> {
    if text.trim_start().starts_with('{') {
        return vec![Document::json(file, text).map(|document| told(document, true))];
    }
    let is_cube = |line: &str| line.starts_with("cubes:") || line.starts_with("views:");
    if !text.lines().any(is_cube) {
        let documents = Document::yaml(file, text).into_iter();
        return documents
            .map(|document| document.map(|document| told(document, false)))
            .collect();
    }
    let (masked, lines) = cube::masked(text);
    let mut documents: Vec<Result<Found<'a>, FormatError>> = Document::yaml(file, &masked)
        .into_iter()
        .map(|document| document.map(|document| told(document, false)))
        .collect();
    if let Some(Ok((_, first))) = documents.first_mut() {
        for line in lines {
            first.problem_of_line("jinja", "Jinja is not run; this line is left out", line);
        }
    }
    documents
}

fn told(document: Document<'_>, is_json: bool) -> Found<'_> {
    let format = Format::of(document.root(), is_json);
    if format.is_none() && !document.root().is_empty() {
        let message = "this document is of no format that is known and is left out";
        let root = document.root();
        document.problem(Severity::Warning, "unknown_document", message, root, None);
    }
    (format, document)
}

/// Reads the documents that are layers of their own.
fn each(
    documents: &[Found<'_>],
    name: &str,
    layers: &mut Vec<Layer>,
    failed: &mut dyn FnMut(FormatError),
) {
    for (format, document) in documents {
        let read = match format {
            Some(Format::SemanticManifest) => {
                metricflow::manifest(document).map(|layer| vec![layer])
            }
            Some(Format::Ossie) => ossie::layers(document),
            Some(Format::Snowflake) => Ok(snowflake::layer(document).into_iter().collect()),
            Some(Format::Databricks) => Ok(databricks::layer(document).into_iter().collect()),
            Some(Format::MetricFlow | Format::Cube) | None => continue,
        };
        match read {
            Ok(mut read) => {
                for layer in &mut read {
                    let own = match format {
                        Some(Format::Databricks) => stem(document.file()),
                        _ => name,
                    };
                    named(layer, own);
                }
                layers.append(&mut read);
            }
            Err(error) => failed(error),
        }
    }
}

/// Reads the documents of a format that make one layer together.
fn together(documents: &[Found<'_>], format: Format, name: &str, layers: &mut Vec<Layer>) {
    let ours: Vec<&Document<'_>> = documents
        .iter()
        .filter(|(found, _)| *found == Some(format))
        .map(|(_, document)| document)
        .collect();
    if ours.is_empty() {
        return;
    }
    let mut layer = match format {
        Format::Cube => cube::layer(&ours),
        _ => metricflow::layer(&ours),
    };
    named(&mut layer, name);
    layers.push(layer);
}

fn named(layer: &mut Layer, name: &str) {
    if layer.name.is_empty() {
        name.clone_into(&mut layer.name);
    }
}

/// Gives the name of a file without its folder and its endings.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.split('.').next().unwrap_or(name)
}
