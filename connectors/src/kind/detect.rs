//! Which kind a file or folder is of: by its name where that says enough, by its first bytes where it does not.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{Kind, LOGS, extension_of};

/// How much of a document is looked at, in bytes.
const HEAD: u64 = 64 << 10;
/// How many files of a folder are looked into.
const FILES_MAX: usize = 200;

impl Kind {
    /// Guesses the kind of a file or folder from its name, and from its first bytes when the name is not enough.
    pub fn detect(path: &Path) -> Option<Self> {
        if path.is_dir() {
            return of_folder(path);
        }
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let extension = extension_of(&name);
        let head = head_of(path);
        let text = head.as_deref().map(String::from_utf8_lossy);
        let text = text
            .as_deref()
            .map(|text| text.trim_start_matches('\u{feff}'));
        // Logs are files of names that say little.
        let is_lines = LOGS.contains(&extension) && extension != "json";
        if is_lines && head.as_deref().is_some_and(crate::usage::is_query_log) {
            return Some(Self::QueryLog);
        }
        match (extension, text) {
            ("yaml" | "yml", text) => of_yaml_name(&name).or_else(|| of_yaml(text?)),
            ("json", Some(text)) if !Self::Dbt.reads(&name) || !is_dbt(text) => {
                of_json(text, head.as_deref()?)
            }
            ("jsonl" | "ndjson", Some(text)) => Some(of_json_lines(text, head.as_deref()?)),
            ("csv" | "tsv", Some(_)) => {
                let is_it = head.as_deref().is_some_and(crate::glossary::is_glossary);
                is_it.then_some(Self::Glossary)
            }
            (_, Some(text)) if Self::Alignment.reads(&name) && is_alignment(text) => {
                Some(Self::Alignment)
            }
            _ => [Self::Dbt, Self::Rdf, Self::CatalogLines]
                .into_iter()
                .find(|kind| kind.reads(&name)),
        }
    }
}

/// Knows contracts and products by the endings that their standard asks for.
fn of_yaml_name(name: &str) -> Option<Kind> {
    let bare = name.strip_suffix(".gz").unwrap_or(name);
    let bare = bare.rsplit_once('.')?.0;
    [".odcs", ".odps", "datacontract"]
        .iter()
        .any(|end| bare.ends_with(end))
        .then_some(Kind::Odcs)
}

/// Knows a YAML text by its outermost keys; what is written like JSON is known like JSON.
fn of_yaml(text: &str) -> Option<Kind> {
    if text.trim_start().starts_with('{') {
        return of_json(text, text.as_bytes());
    }
    let keys: Vec<(&str, &str)> = text.lines().filter_map(outermost_key).collect();
    let has = |key: &str| keys.iter().any(|(found, _)| *found == key);
    let says = |key: &str, value: &str| keys.contains(&(key, value));
    let any = |wanted: &[&str]| wanted.iter().any(|key| has(key));
    if any(&["dataContractSpecification"])
        || says("kind", "DataContract")
        || says("kind", "DataProduct")
        || (has("product") && any(&["version", "schema"]))
    {
        return Some(Kind::Odcs);
    }
    let is_layer = any(&OF_LAYERS)
        || (has("tables") && has("name"))
        || (has("source") && any(&["measures", "dimensions", "fields"]))
        || (has("models") && text.contains("semantic_model:"));
    if is_layer {
        return Some(Kind::SemanticLayer);
    }
    let is_contract = any(&["schema", "dataset", "servers", "slaProperties"])
        && any(&[
            "id",
            "uuid",
            "apiVersion",
            "dataProduct",
            "quantumName",
            "status",
        ]);
    is_contract.then_some(Kind::Odcs)
}

/// Outermost keys that only semantic layers have.
const OF_LAYERS: [&str; 11] = [
    "semantic_model",
    "semantic_models",
    "metric",
    "metrics",
    "saved_query",
    "saved_queries",
    "project_configuration",
    "cubes",
    "views",
    "datasets",
    "time_spine",
];

/// Gives the key of a line that is not indented, and the scalar after it.
fn outermost_key(line: &str) -> Option<(&str, &str)> {
    if line.starts_with([' ', '\t', '#', '-', '.', '%']) {
        return None;
    }
    let (key, rest) = line.split_once(':')?;
    let quotes = ['"', '\''];
    let value = rest.split(" #").next().unwrap_or(rest).trim();
    Some((key.trim().trim_matches(quotes), value.trim_matches(quotes)))
}

fn of_folder(path: &Path) -> Option<Kind> {
    if path.join("target/manifest.json").is_file() {
        return Some(Kind::Dbt);
    }
    if path.join("_delta_log").is_dir() {
        return Some(Kind::Delta);
    }
    let mut files: Vec<_> = std::fs::read_dir(path)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.is_file())
        .collect();
    files.sort();
    let found: Vec<Kind> = files
        .iter()
        .take(FILES_MAX)
        .filter_map(|file| Kind::detect(file))
        .collect();
    Kind::ALL.into_iter().find(|kind| found.contains(kind))
}

/// Keys of which every entity of `OpenMetadata` that is read has one, besides its full name.
const OF_ENTITIES: [&str; 12] = [
    "\"columns\"",
    "\"glossary\"",
    "\"upstreamEdges\"",
    "\"domainType\"",
    "\"termCount\"",
    "\"assets\"",
    "\"metricExpression\"",
    "\"testDefinition\"",
    "\"messageSchema\"",
    "\"fromEntity\"",
    "\"serviceType\"",
    "\"domains\"",
];

/// How a log of Delta may start.
const STARTS_OF_LOGS: [&str; 4] = [
    "{\"protocol\":",
    "{\"metaData\":",
    "{\"commitInfo\":",
    "{\"add\":",
];

/// Knows a JSON text, of which the end may be cut off, by keys that only one format has.
fn of_json(text: &str, head: &[u8]) -> Option<Kind> {
    let has = |key: &str| text.contains(key);
    let known = [
        (Kind::Dbt, has("schemas.getdbt.com/dbt/")),
        (
            Kind::DataJson,
            has("project-open-data.cio.gov") && has("\"dataset\"")
                || has("\"accessLevel\"") && has("\"keyword\""),
        ),
        (
            Kind::Rdf,
            has("\"@context\"") || has("\"@graph\"") || has("\"@id\"") && has("\"@type\""),
        ),
        (
            Kind::Odcs,
            (has("\"DataContract\"") || has("\"DataProduct\"")) && has("\"apiVersion\"")
                || has("\"dataContractSpecification\"")
                || has("opendataproducts.org"),
        ),
        (
            Kind::PostgresCatalog,
            has("isogloss.postgres.catalog") || has("\"table_catalog\""),
        ),
        (
            Kind::SemanticLayer,
            has("\"semantic_models\"") || has("\"semantic_model\""),
        ),
        (Kind::OpenLineage, is_event(text)),
        (
            Kind::DataHub,
            has("\"aspectName\"") || has("\"proposedSnapshot\""),
        ),
        (Kind::Iceberg, has("\"table-uuid\"") || has("\"view-uuid\"")),
        (Kind::UnityCatalog, is_unity(&has)),
        (
            Kind::OpenMetadata,
            has("\"fullyQualifiedName\"") && OF_ENTITIES.iter().any(|key| has(key)),
        ),
        (
            Kind::Delta,
            STARTS_OF_LOGS.iter().any(|start| text.starts_with(start)),
        ),
        (
            Kind::Frictionless,
            has("\"resources\"") && has("\"schema\""),
        ),
        (Kind::QueryLog, crate::usage::is_query_log(head)),
    ];
    let found = known.into_iter().find(|(_, is_it)| *is_it);
    found.map(|(kind, _)| kind).or_else(|| {
        let first = text.lines().next()?;
        first
            .trim_end()
            .ends_with('}')
            .then_some(Kind::CatalogLines)
    })
}

/// Knows lines of JSON like a JSON text where the kind is written so; others are lines of our own.
fn of_json_lines(text: &str, head: &[u8]) -> Kind {
    let known = of_json(text, head).filter(|kind| kind.reads("lines.jsonl"));
    known.unwrap_or(Kind::CatalogLines)
}

/// Whether a text has the keys of an answer of Unity Catalog.
fn is_unity(has: &dyn Fn(&str) -> bool) -> bool {
    let in_catalog = [
        "\"table_type\"",
        "\"schemas\"",
        "\"volumes\"",
        "\"functions\"",
        "\"registered_models\"",
        "\"metastore_id\"",
        "\"volume_type\"",
        "\"schema_id\"",
    ];
    has("\"catalog_name\"") && in_catalog.iter().any(|key| has(key))
        || has("\"catalog_type\"") && has("\"metastore_id\"")
        || has("\"catalogs\"") && has("\"created_at\"")
        || has("\"tag_assignments\"") && has("\"entity_name\"")
}

/// Whether a text with the name of an artifact of dbt can be one: others call their files `catalog.json` too.
fn is_dbt(text: &str) -> bool {
    ["getdbt.com", "\"dbt_", "\"nodes\"", "\"semantic_models\""]
        .iter()
        .any(|mark| text.contains(mark))
}

fn is_event(text: &str) -> bool {
    text.contains("\"eventTime\"") && text.contains("\"producer\"")
}

/// Whether an RDF text speaks of cells in the words of the Alignment API, and not only imports them.
fn is_alignment(text: &str) -> bool {
    text.contains(crate::alignment::NAMESPACE) && text.contains("Alignment>")
        || text.contains(&format!("{}#Cell", crate::alignment::NAMESPACE))
}

/// Gives the first bytes of a file, after decompression.
fn head_of(path: &Path) -> Option<Vec<u8>> {
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut head = Vec::new();
    File::open(path)
        .ok()?
        .take(HEAD)
        .read_to_end(&mut head)
        .ok()?;
    if head.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        // A cut stream still gives what came before the cut, which is all that is asked for here.
        let _cut = flate2::read::MultiGzDecoder::new(&head[..])
            .take(HEAD)
            .read_to_end(&mut plain);
        head = plain;
    }
    Some(crate::input::head_as_utf8(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file of this name and text is taken for.
    fn kind_of(name: &str, text: &str) -> Option<Kind> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Kind::detect(&path)
    }

    #[test]
    fn a_kind_is_guessed_from_the_name_alone() {
        for (name, expected) in [
            ("a/manifest.json.gz", Some(Kind::Dbt)),
            ("a/orders.odcs.yaml", Some(Kind::Odcs)),
            ("a/x.TTL", Some(Kind::Rdf)),
            ("a/x.jsonl.gz", Some(Kind::CatalogLines)),
            ("a/README", None),
            ("a/x.yaml", None),
        ] {
            assert_eq!(Kind::detect(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn json_is_told_by_keys_that_only_one_format_has() {
        for (text, expected) in [
            (r#"{"@context": {}}"#, Kind::Rdf),
            (
                r#"[{"@id": "http://x/a", "@type": ["http://x/B"]}]"#,
                Kind::Rdf,
            ),
            (
                r#"{"apiVersion": "v3.0.2", "kind": "DataContract"}"#,
                Kind::Odcs,
            ),
            (r#"{"dataContractSpecification": "1.1.0"}"#, Kind::Odcs),
            (r#"{"kind": "term", "id": "x"}"#, Kind::CatalogLines),
            (
                r#"{"data": [{"fullyQualifiedName": "a.b", "columns": []}]}"#,
                Kind::OpenMetadata,
            ),
            (r#"{"commitInfo":{"operation":"WRITE"}}"#, Kind::Delta),
            (
                r#"{"tables": [{"catalog_name": "c", "table_type": "VIEW"}]}"#,
                Kind::UnityCatalog,
            ),
            (
                r#"{"catalogs": [{"name": "unity", "created_at": 1}]}"#,
                Kind::UnityCatalog,
            ),
            (
                r#"{"schemas": [{"name": "s", "catalog_name": "c"}]}"#,
                Kind::UnityCatalog,
            ),
        ] {
            assert_eq!(kind_of("x.json", text), Some(expected), "{text}");
        }
    }

    #[test]
    fn lines_of_json_are_told_by_their_keys() {
        for (text, expected) in [
            (r#"{"kind": "term", "id": "x"}"#, Kind::CatalogLines),
            (
                r#"{"entityUrn": "urn:li:x", "aspectName": "status"}"#,
                Kind::DataHub,
            ),
            (
                r#"{"eventTime": "2026-01-02T03:04:05Z", "producer": "p"}"#,
                Kind::OpenLineage,
            ),
        ] {
            assert_eq!(kind_of("x.jsonl", text), Some(expected), "{text}");
        }
    }

    #[test]
    fn yaml_is_told_by_its_outermost_keys() {
        for (text, expected) in [
            ("kind: DataContract\nid: x\n", Some(Kind::Odcs)),
            (
                "\"kind\": 'DataProduct' # of Bitol\nid: x\n",
                Some(Kind::Odcs),
            ),
            (
                "# x\n---\nuuid: 1\ndataset:\n  - table: t\n",
                Some(Kind::Odcs),
            ),
            (
                "dataContractSpecification: 1.1.0\nmodels: {}\n",
                Some(Kind::Odcs),
            ),
            (
                "schema: https://x\nversion: 4.1\nproduct:\n  details: {}\n",
                Some(Kind::Odcs),
            ),
            ("semantic_model:\n  name: x\n", Some(Kind::SemanticLayer)),
            ("---\nmetric:\n  name: x\n", Some(Kind::SemanticLayer)),
            ("cubes:\n  - name: x\n", Some(Kind::SemanticLayer)),
            ("name: x\ntables:\n  - name: t\n", Some(Kind::SemanticLayer)),
            (
                "version: 0.1\nsource: a.b\nmeasures: []\n",
                Some(Kind::SemanticLayer),
            ),
            (
                "version: 2\nmodels:\n  - name: m\n    semantic_model:\n      x: 1\n",
                Some(Kind::SemanticLayer),
            ),
            ("version: 2\nmodels:\n  - name: m\n", None),
            ("version: '3'\nservices: {}\n", None),
            ("- 1\n- 2\n", None),
            (
                "{\"kind\": \"DataContract\", \"apiVersion\": \"v3.1.0\"}",
                Some(Kind::Odcs),
            ),
        ] {
            assert_eq!(kind_of("x.yml", text), expected, "{text}");
        }
    }

    #[test]
    fn a_folder_is_of_the_first_kind_that_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Kind::detect(folder.path()), None);
        std::fs::write(folder.path().join("a.yaml"), "cubes: []\n").unwrap();
        assert_eq!(Kind::detect(folder.path()), Some(Kind::SemanticLayer));
        std::fs::write(folder.path().join("b.ttl"), "").unwrap();
        assert_eq!(Kind::detect(folder.path()), Some(Kind::Rdf));
    }
}
