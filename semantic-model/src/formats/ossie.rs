//! Apache Ossie (once OSI), 0.1.1 and 0.2.0.dev0, in YAML and JSON, in and out.
//!
//! Reading, writing and reading again gives the same layer, whatever the layer came from: beside what Ossie has words
//! for, each object that is written carries what reading it back would not give, as a list of corrections in a custom
//! extension of the vendor `COMMON` under the key `isogloss`. Corrections are made key by key, so that what someone
//! else edits in the file afterwards counts. Metrics and joins that have no Ossie form (a cumulative metric, a join on
//! a condition) are in the extension of the model alone: readers that do not know it do not see them, which is better
//! than a metric that means something else.
//!
//! A field without `dimension` groups as well; it becomes a time field if it says so, or if its data type is a date or
//! moment and it does not say otherwise.

mod patch;
mod read;
mod write;

use super::document::Document;
use super::tree::Node;
use super::{FormatError, Read, ReadAll};
use crate::layer::Layer;

pub use write::{to_value, to_yaml};

/// The vendor of our custom extensions; 0.1.1 allows a short list of vendors, which has this one.
const VENDOR: &str = "COMMON";
/// The key of our custom extensions.
const KEY: &str = "isogloss";

/// A version of Ossie that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The one release.
    V0_1_1,
    /// The draft of the next release.
    V0_2_0Dev0,
}

impl Version {
    /// Returns the version as files spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V0_1_1 => "0.1.1",
            Self::V0_2_0Dev0 => "0.2.0.dev0",
        }
    }

    /// Returns the dialects that the version knows.
    const fn dialects(self) -> &'static [&'static str] {
        match self {
            Self::V0_1_1 => &[
                "ANSI_SQL",
                "SNOWFLAKE",
                "MDX",
                "TABLEAU",
                "DATABRICKS",
                "MAQL",
            ],
            Self::V0_2_0Dev0 => &[
                "ANSI_SQL",
                "SNOWFLAKE",
                "MDX",
                "TABLEAU",
                "DATABRICKS",
                "MAQL",
                "BIGQUERY",
            ],
        }
    }

    /// Tells whether the version knows a vendor of custom extensions.
    fn knows_vendor(self, vendor: &str) -> bool {
        const OLD: [&str; 6] = [
            "COMMON",
            "SNOWFLAKE",
            "SALESFORCE",
            "DBT",
            "DATABRICKS",
            "GOODDATA",
        ];
        self == Self::V0_2_0Dev0 || OLD.contains(&vendor)
    }
}

/// Reads a YAML or JSON text: one layer a semantic model, or one for a model that stands alone.
pub fn read(file: &str, text: &str) -> Result<ReadAll, FormatError> {
    let mut documents = Document::yaml(file, text).into_iter();
    let document = documents
        .next()
        .unwrap_or_else(|| Err(FormatError::of_file(file, "the text is empty")))?;
    if let Some(more) = documents.next() {
        more?;
        let message = "an Ossie file has one document, and this has more";
        return Err(FormatError::of_file(file, message));
    }
    let layers = layers(&document)?;
    let report = document.finish();
    Ok(ReadAll { layers, report })
}

/// Reads a semantic model, or a document with one, that is JSON already.
///
/// Expressions may be plain texts, as the compliance cases of Ossie write them.
pub fn read_value(file: &str, value: &serde_json::Value) -> Result<Read, FormatError> {
    let document = Document::value(file, value);
    let layer = one(layers(&document)?, file)?;
    let report = document.finish();
    Ok(Read { layer, report })
}

fn one(mut layers: Vec<Layer>, file: &str) -> Result<Layer, FormatError> {
    match (layers.pop(), layers.is_empty()) {
        (Some(layer), true) => Ok(layer),
        _ => Err(FormatError::of_file(
            file,
            "it holds not one semantic model but more or none",
        )),
    }
}

pub(super) fn layers(document: &Document<'_>) -> Result<Vec<Layer>, FormatError> {
    let root = document.root();
    let models: &[Node<'_>] = match root.get("semantic_model") {
        Some(node) => node.items(),
        None if root.get("datasets").is_some() => std::slice::from_ref(root),
        None if root.get("ontology").is_some() => {
            let message = "this is an Ossie ontology, not a semantic model";
            return Err(FormatError::of_file(document.file(), message));
        }
        None => {
            let message = "this is no Ossie model: it has no `semantic_model`";
            return Err(FormatError::of_file(document.file(), message));
        }
    };
    read::version(document);
    Ok(models
        .iter()
        .filter_map(|node| read::model(document, node))
        .collect())
}
