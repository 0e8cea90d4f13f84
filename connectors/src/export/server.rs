//! Servers of a contract.

use ontologies::{dcat, dcterms};
use serde_json::Value;

use super::facts::Facts;
use super::shape::{Holds, Keys, Object, are_roles, put, spread};

/// The keys that some kind of server has.
const OF_SERVER: Keys = &[
    ("id", Holds::Text),
    ("environment", Holds::Text),
    ("roles", Holds::Checked(are_roles)),
    ("account", Holds::Text),
    ("catalog", Holds::Text),
    ("database", Holds::Text),
    ("dataset", Holds::Text),
    ("delimiter", Holds::Text),
    ("endpointUrl", Holds::Text),
    ("format", Holds::Text),
    ("host", Holds::Text),
    ("location", Holds::Text),
    ("path", Holds::Text),
    ("port", Holds::Whole),
    ("project", Holds::Text),
    ("region", Holds::Text),
    ("regionName", Holds::Text),
    ("schema", Holds::Text),
    ("serviceName", Holds::Text),
    ("stagingDir", Holds::Text),
    ("stream", Holds::Text),
    ("warehouse", Holds::Text),
];

/// The kinds of servers, each with what it must have.
const KINDS: [(&str, &[&str]); 34] = [
    ("api", &["location"]),
    ("athena", &["stagingDir", "schema"]),
    ("azure", &["location", "format"]),
    ("bigquery", &["project", "dataset"]),
    ("clickhouse", &["host", "port", "database"]),
    ("databricks", &["catalog", "schema"]),
    ("denodo", &["host", "port"]),
    ("dremio", &["host", "port"]),
    ("duckdb", &["database"]),
    ("glue", &["account", "database"]),
    ("cloudsql", &["host", "port", "database", "schema"]),
    ("db2", &["host", "port", "database"]),
    ("hive", &["host", "database"]),
    ("impala", &["host", "database"]),
    ("informix", &["host", "database"]),
    ("zen", &["host", "database"]),
    ("custom", &[]),
    ("kafka", &["host"]),
    ("kinesis", &[]),
    ("local", &["path", "format"]),
    ("mysql", &["host", "port", "database"]),
    ("oracle", &["host", "port", "serviceName"]),
    ("postgres", &["host", "port", "database", "schema"]),
    ("postgresql", &["host", "port", "database", "schema"]),
    ("presto", &["host"]),
    ("pubsub", &["project"]),
    ("redshift", &["database", "schema"]),
    ("s3", &["location"]),
    ("sftp", &["location"]),
    ("snowflake", &["account", "database", "schema"]),
    ("sqlserver", &["host", "database", "schema"]),
    ("synapse", &["host", "port", "database"]),
    ("trino", &["host", "port", "catalog", "schema"]),
    ("vertica", &["host", "port", "database", "schema"]),
];

/// Writes the servers that lie below a contract.
pub(super) fn of_contract(facts: &Facts, contract: &str, notes: &mut Vec<String>) -> Vec<Value> {
    let below = format!("{}/", contract.replacen(":contract:", ":service:", 1));
    let services = facts
        .below(&below)
        .filter(|iri| facts.is_a(iri, dcat::DATA_SERVICE));
    services
        .map(|service| Value::Object(server(facts, service, notes)))
        .collect()
}

fn server(facts: &Facts, iri: &str, notes: &mut Vec<String>) -> Object {
    let mut written = Object::new();
    let name = facts.text(iri, dcterms::TITLE).unwrap_or("server");
    put(&mut written, "server", Some(name));
    let mut extras = facts.extras(iri);
    let at = extras
        .iter()
        .position(|(key, value)| key == "type" && value.is_string());
    let said = at.map(|at| extras.remove(at).1);
    let kind = said.as_ref().and_then(Value::as_str).unwrap_or_default();
    let lower = kind.to_lowercase();
    let has = |key: &str| {
        extras.iter().any(|(found, value)| {
            found == key
                && OF_SERVER.iter().any(|(known, holds)| {
                    *known == key
                        && matches!(
                            (holds, value),
                            (Holds::Text, Value::String(_)) | (Holds::Whole, Value::Number(_))
                        )
                })
        })
    };
    let known = KINDS
        .iter()
        .find(|(name, required)| *name == lower && required.iter().all(|key| has(key)));
    if let Some((kind, _)) = known {
        put(&mut written, "type", Some(*kind));
    } else {
        put(&mut written, "type", Some("custom"));
        let message = format!(
            "server `{name}` of type `{kind}` has not all that the standard asks for there, so it is written as `custom`"
        );
        notes.push(message);
        if let Some(said) = said {
            extras.push(("type".to_owned(), said));
        }
    }
    put(
        &mut written,
        "description",
        facts.text(iri, dcterms::DESCRIPTION),
    );
    spread(extras, OF_SERVER, &mut written);
    written
}
