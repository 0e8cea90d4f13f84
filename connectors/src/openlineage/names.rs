//! What things are called: by OpenLineage, in IRIs, and by other sources.

use graph_core::rdf::NamedNode;
use semantic_model::identity::{EntityIri, IriKind, qualified_name};

use crate::statements::named;

/// The scope of all IRIs made here: a namespace and a name mean the same thing, whoever sends the event.
pub(super) const SCOPE: &str = "openlineage";

/// A dataset or a job, as OpenLineage names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name {
    /// Where the name is unique: a server for a dataset, a scheduler for a job.
    pub(super) namespace: String,
    /// The name in it.
    pub(super) name: String,
}

impl Name {
    /// Makes a name.
    pub(super) fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    pub(super) fn parts(&self) -> [&str; 2] {
        [&self.namespace, &self.name]
    }
}

/// Gives the path of a dataset in its IRI.
pub(super) fn dataset_path(name: &Name) -> [&str; 2] {
    name.parts()
}

/// Gives the IRI of a job.
pub(super) fn job_iri(name: &Name) -> NamedNode {
    iri(IriKind::Activity, &["job", &name.namespace, &name.name])
}

/// Gives the IRI of a run.
pub(super) fn run_iri(id: &str) -> NamedNode {
    iri(IriKind::Activity, &["run", id])
}

pub(super) fn iri(kind: IriKind, path: &[&str]) -> NamedNode {
    named(EntityIri::new(kind, SCOPE, path).into_string())
}

/// How the names in a namespace are made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The parts of a table's name, with dots between them; the namespace is a server.
    Table,
    /// A path; the namespace is a bucket or the like, and part of the name.
    Path,
}

/// Platforms by the schemes of OpenLineage's naming, as dbt and contracts call them.
const PLATFORMS: [(&str, &str, Form); 29] = [
    ("postgres", "postgres", Form::Table),
    ("postgresql", "postgres", Form::Table),
    ("redshift", "redshift", Form::Table),
    ("snowflake", "snowflake", Form::Table),
    ("bigquery", "bigquery", Form::Table),
    ("mysql", "mysql", Form::Table),
    ("mssql", "sqlserver", Form::Table),
    ("sqlserver", "sqlserver", Form::Table),
    ("synapse", "sqlserver", Form::Table),
    ("oracle", "oracle", Form::Table),
    ("trino", "trino", Form::Table),
    ("presto", "trino", Form::Table),
    ("awsathena", "athena", Form::Table),
    ("athena", "athena", Form::Table),
    ("duckdb", "duckdb", Form::Table),
    ("sqlite", "sqlite", Form::Table),
    ("databricks", "databricks", Form::Table),
    ("hive", "hive", Form::Table),
    ("clickhouse", "clickhouse", Form::Table),
    ("teradata", "teradata", Form::Table),
    ("db2", "db2", Form::Table),
    ("cratedb", "cratedb", Form::Table),
    ("kafka", "kafka", Form::Table),
    ("s3", "s3", Form::Path),
    ("s3a", "s3", Form::Path),
    ("gs", "gs", Form::Path),
    ("abfss", "abfss", Form::Path),
    ("wasbs", "wasbs", Form::Path),
    ("hdfs", "hdfs", Form::Path),
];

/// Gives the name by which other sources know the dataset; `None` where a namespace says too little for that.
///
/// Host and port are left out, for the others do not know them: `postgres://db:5432` and `shop.public.orders` are
/// `postgres://shop.public.orders`.
pub(super) fn qualified(name: &Name) -> Option<String> {
    let (scheme, authority) = match name.namespace.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => (name.namespace.as_str(), ""),
    };
    let scheme = scheme.to_lowercase();
    let (_, platform, form) = PLATFORMS.iter().find(|(known, _, _)| *known == scheme)?;
    let has_quotes = name.name.contains(['"', '`']);
    match form {
        // A bare name would join tables that have nothing to do with each other.
        Form::Table if *platform != "kafka" && !name.name.contains('.') => None,
        Form::Table => Some(qualified_name(platform, &[&name.name])),
        Form::Path if has_quotes || authority.is_empty() => None,
        Form::Path => {
            let path = name.name.trim_start_matches('/');
            let bucket = authority.trim_end_matches('/');
            Some(qualified_name(platform, &[&format!("{bucket}/{path}")]))
        }
    }
}

/// Gives what a person calls the dataset: the last part of a table's name, the whole of any other.
pub(super) fn short(name: &Name) -> &str {
    if qualified(name).is_none_or(|full| full.contains('/') && full.matches('/').count() > 2) {
        return &name.name;
    }
    let last = name.name.rsplit('.').next().unwrap_or(&name.name);
    if name.namespace.starts_with("kafka") || last.is_empty() {
        &name.name
    } else {
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sources_know_a_table_without_its_server() {
        for (namespace, name, expected) in [
            (
                "postgres://db:5432",
                "Shop.public.orders",
                Some("postgres://shop.public.orders"),
            ),
            (
                "postgresql://db",
                "shop.public.orders",
                Some("postgres://shop.public.orders"),
            ),
            (
                "snowflake://org-account",
                "DB.PUBLIC.\"Orders\"",
                Some("snowflake://db.public.orders"),
            ),
            ("bigquery", "p.d.t", Some("bigquery://p.d.t")),
            ("mssql://h:1433", "db.dbo.t", Some("sqlserver://db.dbo.t")),
            ("kafka://broker:9092", "orders", Some("kafka://orders")),
            ("s3://bucket", "/raw/orders", Some("s3://bucket/raw/orders")),
            ("postgres://db", "orders", None),
            ("file", "/tmp/orders.csv", None),
            ("my-namespace", "a.b.c", None),
        ] {
            let found = qualified(&Name::new(namespace, name));
            assert_eq!(found.as_deref(), expected, "{namespace} {name}");
        }
        assert_eq!(short(&Name::new("postgres://db", "a.b.orders")), "orders");
        assert_eq!(short(&Name::new("file", "/tmp/o.csv")), "/tmp/o.csv");
        assert_eq!(short(&Name::new("s3://bucket", "/raw/o.csv")), "/raw/o.csv");
    }
}
