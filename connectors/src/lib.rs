//! Foreign formats to statements, with a report of what was understood and what was not.
//!
//! A connector takes documents of one [`Kind`] and gives the statements that a source makes with them, and a
//! [`Report`] that says how many entities of each kind were understood, what was skipped, why and where.
//! Nothing is dropped silently, and a broken document never stops its neighbours from being read.
//!
//! Entry points:
//! - [`read_paths`] finds and opens files and folders (gzip, byte-order marks, size limits);
//! - [`read`] turns the [`Input`]s of one kind into [`SourceStatements`];
//! - [`ingest_paths`] does both, which is what a command line wants.
//!
//! The formats: [`dbt`] (manifest, catalog, run results), [`odcs`] (data contracts and products), [`rdf`] (every RDF
//! syntax), [`postgres`] (the catalog of a database), [`openlineage`] (events of runs), [`datahub`] (its file
//! export), [`iceberg`] (table metadata), [`frictionless`] (data packages), [`semantic_layer`] (MetricFlow, Ossie, ...),
//! [`usage`] (query logs), [`glossary`] (terms as tables), [`alignment`] (of ontologies), [`data_json`] (open data),
//! [`delta`] (logs), [`unity`] (Unity Catalog), [`openmetadata`],
//! [`catalog_lines`] (our own JSON lines for everything else). [`StatementBuilder`] is the small
//! writer that all of them share; [`Mapping`] says which domain and data product an asset belongs to.
//!
//! ```
//! use connectors::{Input, Kind, Options, read};
//!
//! let lines = r#"{"kind":"domain","id":"sales","name":"Sales"}
//! {"kind":"product","id":"shop","parent":"sales","name":"shop"}"#;
//! let options = Options::new("my-catalog".parse()?);
//! let read = read(Kind::CatalogLines, vec![Input::text("catalog.jsonl", lines)], &options)?;
//! assert_eq!(read.report.understood["domain"], 1);
//! assert!(read.statements.len() > 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate must never know how statements are stored or searched, planning, or HTTP. It opens local files
//! and nothing else: no network, no clock, no environment.

pub mod alignment;
pub mod catalog_lines;
mod cut;
pub mod data_json;
pub mod datahub;
pub mod dbt;
pub mod delta;
pub mod error;
pub mod export;
pub mod frictionless;
pub mod glossary;
#[cfg(test)]
mod hostile;
pub mod iceberg;
pub mod input;
mod json;
pub mod kind;
mod lineage;
pub mod mapping;
mod nothing;
pub mod odcs;
pub mod openlineage;
pub mod openmetadata;
pub mod postgres;
pub mod rdf;
pub mod report;
pub mod semantic_layer;
#[cfg(test)]
mod shared;
mod spark;
pub mod sql;
pub mod statements;
mod table;
pub mod unity;
pub mod usage;
mod yaml;

use std::path::PathBuf;

use graph_core::{SourceName, rdf::Statement};

pub use crate::error::{Error, Result};
pub use crate::input::{Found, Input, InputLimits, read_paths};
pub use crate::kind::Kind;
pub use crate::mapping::{Asset, Mapping, Placement};
pub use crate::report::{Diagnostic, Location, Report, Severity};
pub use crate::statements::StatementBuilder;
pub use crate::usage::{KnownColumn, KnownTable, KnownTables, UsageOptions};

/// What a connector has to know besides the documents themselves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The source that will claim the statements; it is part of most IRIs.
    pub source: SourceName,
    /// Which domain and data product an asset belongs to.
    pub mapping: Mapping,
    /// What relative IRIs of RDF documents are resolved against; the document's own base wins.
    pub base_iri: Option<String>,
    /// What a reader of query logs has to know.
    pub usage: UsageOptions,
}

impl Options {
    /// Gives the options of a source with no mapping and no base IRI.
    pub fn new(source: SourceName) -> Self {
        Self {
            source,
            mapping: Mapping::default(),
            base_iri: None,
            usage: UsageOptions::default(),
        }
    }
}

/// Everything that a source says, and how well it was understood.
#[derive(Clone, Debug)]
pub struct SourceStatements {
    /// The statements, each once, in the order of the documents.
    pub statements: Vec<Statement>,
    /// What was understood, what was skipped, why and where.
    pub report: Report,
}

/// Reads documents of one kind into statements.
///
/// Takes time and memory linear in the size of the documents. Gives [`Error::NothingRead`] only when not a
/// single statement came out of them; the error holds the report.
pub fn read(kind: Kind, inputs: Vec<Input>, options: &Options) -> Result<SourceStatements> {
    read_on(kind, inputs, options, Report::new(kind))
}

/// Finds, opens and reads files and folders of one kind.
///
/// The same as [`read_paths`] followed by [`read`], with the diagnostics of both in one report.
pub fn ingest_paths(
    kind: Kind,
    paths: &[PathBuf],
    limits: &InputLimits,
    options: &Options,
) -> Result<SourceStatements> {
    let found = read_paths(kind, paths, limits)?;
    let report = Report::of(kind, found.diagnostics);
    read_on(kind, found.inputs, options, report)
}

/// Reads documents like [`read`], and adds to a report that says already what was wrong with opening them.
pub fn read_on(
    kind: Kind,
    inputs: Vec<Input>,
    options: &Options,
    mut report: Report,
) -> Result<SourceStatements> {
    if inputs.is_empty() {
        return Err(Error::NoInput { kind });
    }
    cut::refuse(kind, &inputs)?;
    let inputs = nothing::set_aside(kind, inputs, &mut report);
    let mut out = StatementBuilder::new(&options.source);
    match kind {
        Kind::Dbt => dbt::read(inputs, options, &mut report, &mut out),
        Kind::Odcs => odcs::read(inputs, options, &mut report, &mut out),
        Kind::Rdf => rdf::read(inputs, options, &mut report, &mut out),
        Kind::CatalogLines => catalog_lines::read(inputs, options, &mut report, &mut out),
        Kind::PostgresCatalog => postgres::read(inputs, options, &mut report, &mut out),
        Kind::SemanticLayer => semantic_layer::read(inputs, options, &mut report, &mut out),
        Kind::OpenLineage => openlineage::read(inputs, options, &mut report, &mut out),
        Kind::QueryLog => usage::read(inputs, options, &mut report, &mut out),
        Kind::DataHub => datahub::read(inputs, options, &mut report, &mut out),
        Kind::Iceberg => iceberg::read(inputs, options, &mut report, &mut out),
        Kind::Frictionless => frictionless::read(inputs, options, &mut report, &mut out),
        Kind::Glossary => glossary::read(inputs, options, &mut report, &mut out),
        Kind::Alignment => alignment::read(inputs, options, &mut report, &mut out),
        Kind::DataJson => data_json::read(inputs, options, &mut report, &mut out),
        Kind::Delta => delta::read(inputs, options, &mut report, &mut out),
        Kind::UnityCatalog => unity::read(inputs, options, &mut report, &mut out),
        Kind::OpenMetadata => openmetadata::read(inputs, options, &mut report, &mut out),
    }
    out.report_cleaned(&mut report);
    let statements = out.finish();
    report.statements = statements.len() as u64;
    if statements.is_empty() && report.diagnostics.is_empty() {
        let message = "the documents hold nothing that this kind is about";
        report.warning("holds_nothing", message, Location::default());
    }
    // A source that says nothing is a mistake far more often than a wish; removing one has a command of its own.
    if statements.is_empty() {
        return Err(Error::NothingRead {
            kind,
            report: Box::new(report),
        });
    }
    Ok(SourceStatements { statements, report })
}
