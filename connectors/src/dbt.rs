//! dbt artifacts: `manifest.json`, with `catalog.json` and `run_results.json` where there are some.
//!
//! Models, seeds, snapshots and sources become datasets with columns, lineage and quality rules; groups and
//! owners, exposures, metrics and semantic models are read too. `docs/formats/dbt.md` says what becomes what and
//! how the domain and the data product of a node are found.
//!
//! A `semantic_manifest.json` beside them adds the declarations that queries for metrics are planned with.
//!
//! Manifests of schema v1 to v12 and v20 (Fusion) are read by what they have in common; the version is noted.
//! Wrong types, unknown references and what has no place are reported with the path of their key.

mod catalog;
mod checks;
mod columns;
mod datasets;
mod document;
mod extras;
mod freshness;
mod keys;
mod layer;
mod lineage;
mod metrics;
mod place;
mod project;
pub(crate) mod relation;
mod results;
mod semantic;
#[cfg(test)]
mod tests;

use std::fmt;

use self::catalog::Catalog;
use self::document::Document;
use self::freshness::Looks;
use self::project::{Identities, Project};
use self::results::Results;
use crate::json::{Fields, Troubles};
use crate::{Input, Location, Options, Report, StatementBuilder};

/// The newest manifest schema of dbt Core that was looked at, and the one of Fusion.
const KNOWN_VERSIONS: [u64; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20];

/// The kinds of files that dbt writes and this connector reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArtifactKind {
    /// What the project is made of.
    Manifest,
    /// What the database holds.
    Catalog,
    /// What the last runs did.
    RunResults,
    /// The semantic layer.
    SemanticManifest,
    /// How fresh the sources are.
    Sources,
}

impl ArtifactKind {
    const ALL: [Self; 5] = [
        Self::Manifest,
        Self::Catalog,
        Self::RunResults,
        Self::SemanticManifest,
        Self::Sources,
    ];

    fn stem(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Catalog => "catalog",
            Self::RunResults => "run_results",
            Self::SemanticManifest => "semantic_manifest",
            Self::Sources => "sources",
        }
    }

    /// Knows the artifact by its file name, such as `run_results_test.json.gz`.
    pub(crate) fn of_name(file_name: &str) -> Option<Self> {
        let name = bare(file_name);
        let stem = name.strip_suffix(".json")?;
        Self::ALL
            .into_iter()
            .find(|kind| stem.starts_with(kind.stem()))
    }

    /// Says whether a file has the name that dbt itself gives this artifact.
    pub(crate) fn is_plain_name(self, file_name: &str) -> bool {
        bare(file_name).strip_suffix(".json") == Some(self.stem())
    }

    /// Knows the artifact by the schema it names near its start, else by the name of the file.
    fn of(input: &Input) -> Result<Self, String> {
        let head = &input.bytes[..input.bytes.len().min(64 << 10)];
        let head = String::from_utf8_lossy(head);
        if let Some((_, schema)) = head.split_once("schemas.getdbt.com/dbt/") {
            let name = schema.split(['/', '"']).next().unwrap_or_default();
            let name = name.replace('-', "_");
            return Self::ALL
                .into_iter()
                .find(|kind| kind.stem() == name)
                .ok_or(name);
        }
        Self::of_name(&input.file_name()).ok_or_else(String::new)
    }
}

impl fmt::Display for ArtifactKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.stem())
    }
}

fn bare(file_name: &str) -> String {
    let lower = file_name.to_ascii_lowercase();
    lower.strip_suffix(".gz").unwrap_or(&lower).to_owned()
}

/// Reads dbt artifacts; catalogs and run results belong to all manifests that are read with them.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let artifacts = Artifacts::read(inputs, report);
    let catalog = Catalog::new(&artifacts.catalogs, report);
    let results = Results::new(&artifacts.results, report);
    let freshness = Looks::new(&artifacts.freshness, report);
    let mut identities = Identities::default();
    let mut written = layer::Written::default();
    for (file, manifest) in &artifacts.manifests {
        let mut project = Project {
            out,
            report,
            options,
            file,
            adapter: String::new(),
            known: rustc_hash::FxHashMap::default(),
            identities: &mut identities,
            groups: std::collections::BTreeMap::new(),
            catalog: &catalog,
            results: &results,
            freshness: &freshness,
        };
        project.write(manifest);
        written.note(&project, manifest);
    }
    written.write(&artifacts.layers, options, report, out);
    catalog.report_unused(&identities, report);
    results.report_unused(&identities, report);
    freshness.report_unused(&identities, report);
}

/// The artifacts that could be read, with the names of their files.
#[derive(Default)]
struct Artifacts {
    manifests: Vec<(String, Document)>,
    catalogs: Vec<(String, Document)>,
    results: Vec<(String, Document)>,
    freshness: Vec<(String, Document)>,
    /// Semantic manifests, which have a reader of their own.
    layers: Vec<Input>,
}

impl Artifacts {
    fn read(inputs: Vec<Input>, report: &mut Report) -> Self {
        let mut artifacts = Self::default();
        for input in inputs {
            let kind = match ArtifactKind::of(&input) {
                Ok(kind) => kind,
                Err(name) if name.is_empty() => {
                    let message = "this is not an artifact of dbt";
                    report.foreign("unknown_artifact", message, Location::file(input.name));
                    continue;
                }
                Err(name) => {
                    let message = format!("artifacts of kind `{name}` are not read");
                    report.note("other_artifact", message, Location::file(input.name));
                    report.skipped += 1;
                    continue;
                }
            };
            if kind == ArtifactKind::SemanticManifest {
                artifacts.layers.push(input);
                continue;
            }
            let mut troubles = Troubles {
                report,
                file: &input.name,
                line: None,
            };
            let Some(document) = Document::read(input.bytes, &mut troubles) else {
                continue;
            };
            if !kind_fits(kind, &document) {
                let message = format!("the document has nothing that a {kind} has");
                report.error("not_an_artifact", message, Location::file(input.name));
                continue;
            }
            let place = match kind {
                ArtifactKind::Manifest => {
                    note_version(&document, &mut troubles);
                    &mut artifacts.manifests
                }
                ArtifactKind::Catalog => &mut artifacts.catalogs,
                ArtifactKind::Sources => &mut artifacts.freshness,
                ArtifactKind::RunResults | ArtifactKind::SemanticManifest => &mut artifacts.results,
            };
            place.push((input.name, document));
        }
        if artifacts.manifests.is_empty() && artifacts.layers.is_empty() && report.errors == 0 {
            let message = "there is no manifest, without which the others say little";
            report.error("no_manifest", message, Location::default());
        }
        // The newest says it last, and so wins.
        for documents in [
            &mut artifacts.catalogs,
            &mut artifacts.results,
            &mut artifacts.freshness,
        ] {
            documents.sort_by_key(|(name, document)| (made_at(document), name.clone()));
        }
        artifacts
    }
}

fn kind_fits(kind: ArtifactKind, document: &Document) -> bool {
    match kind {
        ArtifactKind::Manifest | ArtifactKind::Catalog => {
            document.has("nodes") || document.has("sources")
        }
        ArtifactKind::RunResults | ArtifactKind::Sources => document.has("results"),
        ArtifactKind::SemanticManifest => document.has("semantic_models"),
    }
}

fn made_at(document: &Document) -> String {
    let made_at = document.metadata.get("generated_at");
    made_at
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Says which schema a manifest has, and whether it is one that was looked at.
fn note_version(document: &Document, troubles: &mut Troubles<'_>) {
    let metadata = Fields {
        object: &document.metadata,
        path: "metadata",
    };
    let at = troubles.at("metadata.dbt_schema_version");
    let Some(schema) = metadata.said("dbt_schema_version", troubles) else {
        let message = "the manifest does not name its schema; it was read as v12";
        troubles.report.warning("unknown_version", message, at);
        return;
    };
    let version = schema
        .rsplit("/v")
        .next()
        .and_then(|end| end.strip_suffix(".json")?.parse::<u64>().ok());
    let dbt = metadata.said("dbt_version", troubles).unwrap_or("unknown");
    match version {
        Some(version) if KNOWN_VERSIONS.contains(&version) => {
            let message = format!("manifest schema v{version}, written by dbt {dbt}");
            troubles.report.note("manifest_version", message, at);
        }
        _ => {
            let message = format!("manifest schema `{schema}` is not known; it was read as v12");
            troubles.report.warning("unknown_version", message, at);
        }
    }
}
