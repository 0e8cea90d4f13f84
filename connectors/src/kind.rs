//! The kinds of connectors.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use crate::{Error, Result};

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
}

impl Kind {
    /// Every kind, in the order of their documentation.
    pub const ALL: [Self; 11] = [
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
                "rdf reads .ttl, .trig, .nt, .nq, .rdf, .owl, .xml and .jsonld files, plain or .gz"
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
            Self::DataHub => "datahub reads .json files of its file sink, plain or .gz",
            Self::Iceberg => {
                "iceberg reads .json files of table and view metadata and of REST answers, plain or .gz"
            }
            Self::Frictionless => "frictionless reads .json files of data packages, plain or .gz",
        }
    }

    /// Says whether a file of this name, in a folder of mixed content, is of this kind.
    pub(crate) fn reads(self, file_name: &str) -> bool {
        let lower = file_name.to_ascii_lowercase();
        let ends: &[&str] = match self {
            Self::Dbt => return crate::dbt::ArtifactKind::of_name(&lower).is_some(),
            Self::Odcs => &["yaml", "yml", "json"],
            Self::Rdf => &["ttl", "trig", "nt", "nq", "rdf", "owl", "xml", "jsonld"],
            Self::CatalogLines => &["jsonl", "ndjson"],
            Self::PostgresCatalog => &["json"],
            Self::OpenLineage => &["json", "jsonl", "ndjson"],
            Self::SemanticLayer => &["yaml", "yml", "json"],
            Self::QueryLog => &LOGS,
            Self::DataHub | Self::Iceberg | Self::Frictionless => &["json"],
        };
        ends.contains(&extension_of(&lower))
    }

    /// Guesses the kind of a file or folder from its name, and from its first bytes when the name is not enough.
    pub fn detect(path: &Path) -> Option<Self> {
        if path.is_dir() {
            return Self::detect_folder(path);
        }
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        // Logs are files of names that say little.
        let is_lines = LOGS.contains(&extension_of(&name)) && extension_of(&name) != "json";
        if is_lines && head_of(path).is_some_and(|head| crate::usage::is_query_log(&head)) {
            return Some(Self::QueryLog);
        }
        if let Some(kind) = Self::of_plain_name(&name) {
            return Some(kind);
        }
        if extension_of(&name) == "json" {
            Self::peek(path)
        } else {
            None
        }
    }

    fn of_plain_name(name: &str) -> Option<Self> {
        if ["yaml", "yml"].contains(&extension_of(name)) {
            return Some(Self::Odcs);
        }
        [Self::Dbt, Self::Rdf, Self::CatalogLines]
            .into_iter()
            .find(|kind| kind.reads(name))
    }

    fn detect_folder(path: &Path) -> Option<Self> {
        if path.join("target/manifest.json").is_file() {
            return Some(Self::Dbt);
        }
        let mut names: Vec<String> = std::fs::read_dir(path)
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .map(|name| name.to_ascii_lowercase())
            .collect();
        names.sort();
        [Self::Dbt, Self::Rdf, Self::CatalogLines, Self::Odcs]
            .into_iter()
            .find(|kind| {
                names
                    .iter()
                    .any(|name| Self::of_plain_name(name) == Some(*kind))
            })
    }

    fn peek(path: &Path) -> Option<Self> {
        let head = head_of(path)?;
        let text = String::from_utf8_lossy(&head);
        if text.contains("schemas.getdbt.com/dbt/") {
            Some(Self::Dbt)
        } else if text.contains("\"@context\"") || text.contains("\"@graph\"") {
            Some(Self::Rdf)
        } else if text.contains("\"DataContract\"") && text.contains("\"apiVersion\"") {
            Some(Self::Odcs)
        } else if text.contains("isogloss.postgres.catalog") || text.contains("\"table_catalog\"") {
            Some(Self::PostgresCatalog)
        } else if text.contains("\"semantic_models\"") || text.contains("\"semantic_model\"") {
            Some(Self::SemanticLayer)
        } else if text.contains("\"eventTime\"") && text.contains("\"producer\"") {
            Some(Self::OpenLineage)
        } else if text.contains("\"aspectName\"") || text.contains("\"proposedSnapshot\"") {
            Some(Self::DataHub)
        } else if text.contains("\"table-uuid\"") || text.contains("\"view-uuid\"") {
            Some(Self::Iceberg)
        } else if text.contains("\"resources\"") && text.contains("\"schema\"") {
            Some(Self::Frictionless)
        } else if crate::usage::is_query_log(&head) {
            Some(Self::QueryLog)
        } else if text.lines().next()?.trim_end().ends_with('}') {
            Some(Self::CatalogLines)
        } else {
            None
        }
    }
}

/// The extensions of files of logs.
const LOGS: [&str; 6] = ["log", "syslog", "csv", "json", "jsonl", "ndjson"];

/// Gives the first bytes of a file, after decompression.
fn head_of(path: &Path) -> Option<Vec<u8>> {
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut head = Vec::new();
    File::open(path)
        .ok()?
        .take(8192)
        .read_to_end(&mut head)
        .ok()?;
    if head.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        // A cut stream still gives what came before the cut, which is all that is asked for here.
        let _cut = flate2::read::MultiGzDecoder::new(&head[..])
            .take(8192)
            .read_to_end(&mut plain);
        head = plain;
    }
    Some(head)
}

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

    #[test]
    fn a_kind_is_guessed_from_names_and_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        assert_eq!(
            Kind::detect(Path::new("a/manifest.json.gz")),
            Some(Kind::Dbt)
        );
        assert_eq!(
            Kind::detect(Path::new("a/orders.odcs.yaml")),
            Some(Kind::Odcs)
        );
        assert_eq!(Kind::detect(Path::new("a/x.TTL")), Some(Kind::Rdf));
        assert_eq!(
            Kind::detect(Path::new("a/x.jsonl.gz")),
            Some(Kind::CatalogLines)
        );
        assert_eq!(Kind::detect(Path::new("a/README")), None);
        let json = write("x.json", r#"{"@context": {}}"#);
        assert_eq!(Kind::detect(&json), Some(Kind::Rdf));
        let json = write(
            "y.json",
            r#"{"apiVersion": "v3.0.2", "kind": "DataContract"}"#,
        );
        assert_eq!(Kind::detect(&json), Some(Kind::Odcs));
    }
}
