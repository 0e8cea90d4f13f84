//! The kinds of connectors.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

mod detect;

/// A kind of foreign document, and so the connector that reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// dbt artifacts: `manifest.json` with `catalog.json` and `run_results.json`.
    Dbt,
    /// Data contracts of the Open Data Contract Standard.
    Odcs,
    /// RDF in any syntax: glossaries, ontologies, DCAT and DPROD catalogs.
    Rdf,
    /// Our own JSON lines, for everything that has no connector of its own.
    CatalogLines,
    /// What the catalog of a PostgreSQL database says.
    PostgresCatalog,
    /// Events of OpenLineage.
    #[serde(rename = "openlineage")]
    OpenLineage,
    /// Semantic layers: MetricFlow, Apache Ossie and others.
    SemanticLayer,
    /// What databases log of the statements they ran.
    QueryLog,
    /// A file export of DataHub.
    #[serde(rename = "datahub")]
    DataHub,
    /// Metadata of Iceberg tables and views.
    Iceberg,
    /// Data packages of Frictionless.
    Frictionless,
    /// Glossaries as tables.
    Glossary,
    /// Alignments of ontologies.
    Alignment,
    /// Catalogs of open data as `data.json`.
    DataJson,
    /// Logs of Delta Lake.
    Delta,
    /// Answers of Unity Catalog.
    UnityCatalog,
    /// Entities of `OpenMetadata`.
    #[serde(rename = "openmetadata")]
    OpenMetadata,
}

impl Kind {
    /// Every kind, in the order of their documentation.
    pub const ALL: [Self; 17] = [
        Self::Dbt,
        Self::Odcs,
        Self::Rdf,
        Self::CatalogLines,
        Self::PostgresCatalog,
        Self::OpenLineage,
        Self::SemanticLayer,
        Self::QueryLog,
        Self::DataHub,
        Self::Iceberg,
        Self::Frictionless,
        Self::Glossary,
        Self::Alignment,
        Self::DataJson,
        Self::Delta,
        Self::UnityCatalog,
        Self::OpenMetadata,
    ];

    /// Gives the name that users write.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dbt => "dbt",
            Self::Odcs => "odcs",
            Self::Rdf => "rdf",
            Self::CatalogLines => "catalog-lines",
            Self::PostgresCatalog => "postgres-catalog",
            Self::OpenLineage => "openlineage",
            Self::SemanticLayer => "semantic-layer",
            Self::QueryLog => "query-log",
            Self::DataHub => "datahub",
            Self::Iceberg => "iceberg",
            Self::Frictionless => "frictionless",
            Self::Glossary => "glossary",
            Self::Alignment => "alignment",
            Self::DataJson => "data-json",
            Self::Delta => "delta",
            Self::UnityCatalog => "unity-catalog",
            Self::OpenMetadata => "openmetadata",
        }
    }

    /// Says in one sentence which files this kind reads.
    pub fn files(self) -> &'static str {
        match self {
            Self::Dbt => {
                "dbt reads manifest.json, catalog.json, run_results*.json, sources.json and semantic_manifest.json, plain or .gz, usually in target/"
            }
            Self::Odcs => "odcs reads .yaml, .yml and .json contracts, plain or .gz",
            Self::Rdf => {
                "rdf reads .ttl, .n3, .trig, .nt, .nq, .rdf, .rdfs, .owl, .xml and .jsonld files, plain or .gz"
            }
            Self::CatalogLines => "catalog-lines reads .jsonl and .ndjson files, plain or .gz",
            Self::PostgresCatalog => {
                "postgres-catalog reads .json files of `isogloss ingest --save` and dumps of information_schema, plain or .gz"
            }
            Self::OpenLineage => {
                "openlineage reads .json, .jsonl and .ndjson files of events, plain or .gz"
            }
            Self::SemanticLayer => {
                "semantic-layer reads semantic_manifest.json and the .yaml, .yml and .json models of MetricFlow, Ossie, Cube, Snowflake and Databricks, plain or .gz"
            }
            Self::QueryLog => {
                "query-log reads .log, .syslog, .csv, .json, .jsonl and .ndjson files, plain or .gz"
            }
            Self::DataHub => {
                "datahub reads .json files of its file sink, one document or one a line, plain or .gz"
            }
            Self::Iceberg => {
                "iceberg reads .json files of table and view metadata and of REST answers, plain or .gz"
            }
            Self::Frictionless => "frictionless reads .json files of data packages, plain or .gz",
            Self::Glossary => "glossary reads .csv and .tsv tables of terms, plain or .gz",
            Self::Alignment => {
                "alignment reads .rdf, .xml, .owl, .ttl, .nt and .jsonld files of the Alignment API, plain or .gz"
            }
            Self::DataJson => {
                "data-json reads .json catalogs of Project Open Data, one document or one a line, plain or .gz"
            }
            Self::Delta => "delta reads the .json files of _delta_log folders, plain or .gz",
            Self::OpenMetadata => {
                "openmetadata reads .json answers of its REST interface about tables, terms, domains, data products and lineage, plain or .gz"
            }
            Self::UnityCatalog => {
                "unity-catalog reads .json answers of its REST interface about catalogs, schemas, tables, volumes and tags, plain or .gz"
            }
        }
    }

    /// Says whether a file of this name, in a folder of mixed content, is of this kind.
    pub(crate) fn reads(self, file_name: &str) -> bool {
        let lower = file_name.to_ascii_lowercase();
        let ends: &[&str] = match self {
            Self::Dbt => return crate::dbt::ArtifactKind::of_name(&lower).is_some(),
            Self::Odcs => &["yaml", "yml", "json"],
            Self::Rdf => &[
                "ttl", "turtle", "n3", "trig", "nt", "ntriples", "nq", "nquads", "rdf", "rdfs",
                "owl", "xml", "jsonld",
            ],
            Self::CatalogLines => &["jsonl", "ndjson"],
            Self::PostgresCatalog => &["json"],
            Self::OpenLineage => &["json", "jsonl", "ndjson"],
            Self::SemanticLayer => &["yaml", "yml", "json"],
            Self::QueryLog => &LOGS,
            Self::Glossary => &["csv", "tsv"],
            Self::Alignment => &["rdf", "xml", "owl", "ttl", "nt", "jsonld"],
            Self::DataHub | Self::DataJson | Self::UnityCatalog | Self::OpenMetadata => {
                &["json", "jsonl", "ndjson"]
            }
            Self::Iceberg | Self::Frictionless | Self::Delta => &["json"],
        };
        ends.contains(&extension_of(&lower))
    }
}

/// The extensions of files of logs.
const LOGS: [&str; 6] = ["log", "syslog", "csv", "json", "jsonl", "ndjson"];

/// Gives the extension of a file name in lower case, `.gz` left aside.
fn extension_of(name: &str) -> &str {
    let bare = name.strip_suffix(".gz").unwrap_or(name);
    bare.rsplit_once('.').map_or("", |(_, extension)| extension)
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| Error::UnknownKind { name: name.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_its_own_name() {
        for kind in Kind::ALL {
            assert_eq!(kind.to_string().parse::<Kind>().unwrap(), kind);
        }
        assert_eq!(
            "owl".parse::<Kind>().unwrap_err().to_string(),
            "connector kind `owl` does not exist"
        );
    }
}
