//! Every file of the shared corpora goes through ingestion: it is read whole, or it is known why not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use isogloss::connectors::{InputLimits, Kind, Report, Severity, read_paths};
use isogloss::{Ingest, Ingested, Isogloss};
use serde_json::Value;
use tests::shared;

const CORPORA: &str = "data/corpora";

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// A connector reads it without an error; the kind is a name, for that of another branch may not exist yet.
    Read(&'static str),
    /// A connector says that it is broken, and where.
    Broken(&'static str),
    /// A connector reads all of its folder, the first three of its path, as one source.
    Whole(&'static str),
    /// A connector leaves out a part of it, and says which.
    Partly(&'static str),
    /// It is read with the file that stands beside it.
    Beside,
    /// It is no metadata of a source, and why.
    Aside(&'static str),
}

use Fate::{Aside, Beside, Broken, Partly, Read, Whole};

/// What a path starts with and what it ends with, and its fate; the first that fits decides.
const RULES: &[(&str, &str, Fate)] = &[
    ("", "SOURCE.json", Aside("says where the data is from")),
    ("SOURCES.md", "", Aside("says where the data is from")),
    ("known_malformed.json", "", Aside("an oracle")),
    ("rdf_parse_oracle.json", "", Aside("an oracle")),
    ("gold/", "", Aside("an oracle")),
    ("", "README.md", Aside("a text")),
    // Broken on purpose.
    (
        "dcat_dprod/dprod/examples/dprod-example.json",
        "",
        Broken("rdf"),
    ),
    (
        "dcat_dprod/us_project_open_data/examples/catalog-template-extended.json",
        "",
        Broken("data-json"),
    ),
    (
        "semantic/osi_examples/core-spec/spec.yaml",
        "",
        Broken("semantic-layer"),
    ),
    (
        "catalogs/iceberg",
        "UnsupportedVersion.json",
        Broken("iceberg"),
    ),
    ("catalogs/iceberg", "NoValidSchema.json", Broken("iceberg")),
    ("catalogs/iceberg", "MissingSchemas.json", Broken("iceberg")),
    ("catalogs/iceberg", "MissingSchema.json", Broken("iceberg")),
    ("catalogs/iceberg", "SchemaNotFound.json", Broken("iceberg")),
    (
        "catalogs/iceberg",
        "VersionNotFound.json",
        Broken("iceberg"),
    ),
    (
        "catalogs/iceberg",
        "MissingCurrentVersion.json",
        Broken("iceberg"),
    ),
    (
        "openlineage/events_samples",
        "event_no_run_id.json",
        Broken("openlineage"),
    ),
    // Ontologies.
    ("alignments/", "", Read("rdf")),
    ("ontologies/", ".ttl", Read("rdf")),
    ("ontologies/", ".rdf", Read("rdf")),
    (
        "ontologies/omop_cdm_field_glossary",
        ".csv",
        Aside("the columns of a data model, and no column of terms"),
    ),
    ("ontologies/", ".csv", Read("glossary")),
    ("ontologies/fhir", ".json", Read("fhir")),
    ("dcat_dprod/dprod/", "", Read("rdf")),
    (
        "dcat_dprod/us_project_open_data/v1.1/schema/catalog.jsonld",
        "",
        Aside("a JSON-LD context"),
    ),
    (
        "dcat_dprod/us_project_open_data/schema",
        "",
        Aside("a JSON Schema"),
    ),
    (
        "dcat_dprod/us_project_open_data/v1.1/schema",
        "",
        Aside("a JSON Schema"),
    ),
    (
        "dcat_dprod/us_project_open_data",
        ".json",
        Read("data-json"),
    ),
    // Catalogs.
    (
        "catalogs/datahub_showcase_ecommerce/index.json",
        "",
        Aside("a table of contents"),
    ),
    ("catalogs/datahub", ".json", Read("datahub")),
    (
        "catalogs/iceberg",
        "avro_schema_manifest_entry.json",
        Aside("the schema of manifest files"),
    ),
    (
        "catalogs/iceberg",
        "avro_schema_manifest_file_v1.json",
        Aside("the schema of manifest files"),
    ),
    (
        "catalogs/iceberg",
        "avro_schema_manifest_file_v2.json",
        Aside("the schema of manifest files"),
    ),
    ("catalogs/iceberg", ".json", Read("iceberg")),
    ("catalogs/pudl", ".json", Read("frictionless")),
    // Contracts and products.
    ("contracts/odcs_examples/schema", "", Aside("a JSON Schema")),
    ("contracts/odcs_examples/", "", Read("odcs")),
    (
        "contracts/odps_bitol_examples/schema",
        "",
        Aside("a JSON Schema"),
    ),
    ("contracts/odps_bitol_examples/", "", Read("odcs")),
    ("contracts/data_contract_specification/", "", Read("odcs")),
    (
        "contracts/smart_data_models",
        "",
        Aside("data models without a source: JSON Schema and DDL"),
    ),
    // Databases.
    (
        "databases/",
        "information_schema.json",
        Read("postgres-catalog"),
    ),
    ("databases/", "pg_stat_statements.csv", Read("query-log")),
    (
        "databases/",
        ".sql",
        Aside("DDL, which a live database answers for"),
    ),
    // Without the manifest of their run these say little.
    (
        "dbt/jaffle_shop_artifact_versions/catalog/",
        "",
        Broken("dbt"),
    ),
    (
        "dbt/jaffle_shop_artifact_versions/run_results/",
        "",
        Broken("dbt"),
    ),
    // dbt: a manifest finds what stands beside it.
    (
        "dbt/fivetran_shopify/catalog_upstream.json",
        "",
        Aside("the catalog of another run"),
    ),
    ("dbt/", "/manifest.json", Read("dbt")),
    ("dbt/jaffle_shop_artifact_versions/", "", Read("dbt")),
    ("dbt/tuva/", "", Read("dbt")),
    ("dbt/", "catalog.json", Beside),
    ("dbt/", "run_results.json", Beside),
    ("dbt/", "run_results_test.json", Beside),
    ("dbt/", "semantic_manifest.json", Beside),
    ("dbt/", "", Aside("no artifact of dbt")),
    // OpenLineage.
    (
        "openlineage/events_samples",
        "nominal_time_without_end.json",
        Aside("a facet without an event"),
    ),
    (
        "openlineage/spec_and_facets/tests/example_full_event.json",
        "",
        Read("openlineage"),
    ),
    (
        "openlineage/spec_and_facets/",
        "",
        Aside("a JSON Schema, or a facet without an event"),
    ),
    ("openlineage/", "", Read("openlineage")),
    // Query logs.
    (
        "querylogs/",
        ".bz2",
        Aside("compressed by bzip2, which is not read"),
    ),
    (
        "querylogs/",
        "tables.json",
        Aside("the schemas of a benchmark"),
    ),
    (
        "querylogs/",
        "tables_so.json",
        Aside("the schemas of a benchmark"),
    ),
    (
        "querylogs/",
        ".sql",
        Aside("single statements without a log around them"),
    ),
    ("querylogs/", "", Read("query-log")),
    // Semantic layers.
    ("semantic/lookml", "", Aside("LookML is not read")),
    ("semantic/wren", "", Aside("Wren MDL is not read")),
    (
        "semantic/boring",
        "",
        Aside("the Boring Semantic Layer is not read"),
    ),
    (
        "semantic/osi_examples/ossie_2026_07/ontology",
        "",
        Aside("a JSON Schema"),
    ),
    (
        "semantic/osi_examples/ossie_2026_07/core-spec",
        "",
        Aside("a JSON Schema and its description"),
    ),
    (
        "semantic/osi_examples/ossie_2026_07/examples/flights.yaml",
        "",
        Aside("an ontology of Ossie, which is not read"),
    ),
    ("semantic/", ".sql", Aside("DDL")),
    (
        "semantic/metricflow_simple_manifest/",
        "",
        Whole("semantic-layer"),
    ),
    // A time shift by the name of a calendar is not planned.
    (
        "semantic/cube_fixtures/calendar_orders.yml",
        "",
        Partly("semantic-layer"),
    ),
    ("semantic/", "", Read("semantic-layer")),
];

/// Kinds that may not exist yet: their files are not read until there is a connector of this name.
const AWAITED: [&str; 2] = ["fhir", "lookml"];

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            walk(&entry, files);
        } else {
            files.push(entry);
        }
    }
}

fn fate(path: &str) -> Option<Fate> {
    let bare = path.strip_suffix(".gz").unwrap_or(path);
    let fits =
        |(start, end, _): &&(&str, &str, Fate)| bare.starts_with(start) && bare.ends_with(end);
    RULES.iter().find(fits).map(|(_, _, fate)| *fate)
}

fn ingest(mesh: &Isogloss, kind: Kind, path: &Path) -> Result<Ingested, String> {
    let paths = [path.to_path_buf()];
    let found =
        read_paths(kind, &paths, &InputLimits::default()).map_err(|error| error.to_string())?;
    let request = Ingest::new("corpus".parse().unwrap(), kind, found.inputs);
    mesh.ingest(request).map_err(|error| match error {
        isogloss::Error::Connector(isogloss::connectors::Error::NothingRead { report, .. }) => {
            format!("nothing read: {}", worst(&report))
        }
        other => other.to_string(),
    })
}

/// Gives the errors of a report, and where they are.
fn worst(report: &Report) -> String {
    let errors = report
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error);
    errors
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

/// Says what is wrong with how a file or folder was read, if something is.
fn complaint(path: &Path, fate: Fate) -> Option<String> {
    let (Read(name) | Broken(name) | Whole(name) | Partly(name)) = fate else {
        return None;
    };
    let Ok(kind) = name.parse::<Kind>() else {
        return (!AWAITED.contains(&name)).then(|| format!("there is no connector `{name}`"));
    };
    let mesh = Isogloss::in_memory();
    let read = match (ingest(&mesh, kind, path), fate) {
        (Ok(read), _) => read,
        (Err(error), Broken(_)) => {
            return (!says_where(&error)).then(|| format!("does not say where: {error}"));
        }
        (Err(error), _) => return Some(error),
    };
    let report = &read.report;
    match fate {
        Broken(_) | Partly(_) if report.errors + report.warnings == 0 => {
            return Some("read without a complaint".to_owned());
        }
        Read(_) | Whole(_) if report.errors > 0 || report.statements == 0 => {
            return Some(format!(
                "{} statements; {}",
                report.statements,
                worst(report)
            ));
        }
        _ => {}
    }
    let again = ingest(&mesh, kind, path).unwrap().receipt.unwrap();
    (!again.unchanged).then(|| format!("read again it changes: {again:?}"))
}

/// Tells whether a message names a line or a key.
fn says_where(message: &str) -> bool {
    message.contains(".json:")
        || message.contains(".yaml:")
        || message.contains(" at `")
        || message.contains("no_manifest")
}

/// What there is to read: a path under the corpora, and its fate.
fn readings(corpora: &Path) -> (Vec<(PathBuf, Fate)>, Vec<String>) {
    let mut files = Vec::new();
    walk(corpora, &mut files);
    let (mut readings, mut unknown) = (BTreeMap::new(), Vec::new());
    for file in files {
        let path = file.strip_prefix(corpora).unwrap();
        match fate(path.to_str().unwrap()) {
            None => unknown.push(format!("{}: nobody knows what this is", path.display())),
            Some(Beside | Aside(_)) => {}
            Some(fate @ Whole(_)) => {
                readings.insert(path.components().take(3).collect(), fate);
            }
            Some(fate) => {
                readings.insert(path.to_path_buf(), fate);
            }
        }
    }
    (readings.into_iter().collect(), unknown)
}

#[test]
fn every_file_is_read_or_it_is_known_why_not() {
    let Some(corpora) = shared(CORPORA) else {
        return;
    };
    let (readings, mut wrong) = readings(&corpora);
    let next = AtomicUsize::new(0);
    let complain = || {
        let mut complaints = Vec::new();
        while let Some((path, fate)) = readings.get(next.fetch_add(1, Ordering::Relaxed)) {
            let complaint = complaint(&corpora.join(path), *fate);
            complaints.extend(complaint.map(|what| format!("{}: {what}", path.display())));
        }
        complaints
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(complain)).collect();
        for worker in workers {
            wrong.extend(worker.join().unwrap());
        }
    });
    let count = readings.len();
    assert!(count > 250, "only {count} to read");
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_known_to_be_malformed_is_expected_to_be() {
    let Some(list) = shared("data/corpora/known_malformed.json") else {
        return;
    };
    let list: Value = serde_json::from_slice(&std::fs::read(list).unwrap()).unwrap();
    let files = list["files"].as_array().unwrap();
    assert!(!files.is_empty());
    for file in files {
        let path = file["file"].as_str().unwrap();
        assert!(matches!(fate(path), Some(Broken(_))), "{path}");
    }
}
