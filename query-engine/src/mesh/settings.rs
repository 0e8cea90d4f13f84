//! Engines as a configuration names them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, TimeUnit};
use serde::Deserialize;

use super::MeshError;
use crate::datafusion::{CsvOptions, DataFusion};
use crate::engine::Engine;
use crate::table::TableName;

/// An engine of the configuration.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineSettings {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: EngineKind,
    /// Of an embedded engine: a folder of `<schema>/<table>.csv` and `.parquet`, relative to the configuration.
    pub folder: Option<PathBuf>,
    /// Of an embedded engine: what the tables' names start with, before the schema.
    pub catalog: Option<String>,
    /// Of a server: its address.
    pub url: Option<String>,
    /// Of a PostgreSQL server: certificates (PEM) that sign its own, beside those of the system.
    pub ca: Option<PathBuf>,
}

impl std::fmt::Debug for EngineSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.debug_struct("EngineSettings")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// What an engine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// DataFusion in this process.
    Embedded,
    /// A PostgreSQL server.
    Postgres,
    /// A Spark Connect server.
    Spark,
}

/// Makes an engine ready. Servers are connected to by their first query.
///
/// # Errors
/// [`MeshError`] where the settings make no sense or a file of tables is broken.
pub async fn open_engine(
    folder: &Path,
    settings: &EngineSettings,
) -> Result<Arc<dyn Engine>, MeshError> {
    match settings.kind {
        EngineKind::Embedded => embedded(folder, settings).await,
        EngineKind::Postgres => postgres(folder, settings),
        EngineKind::Spark => spark(settings),
    }
}

fn address(settings: &EngineSettings) -> Result<String, MeshError> {
    settings
        .url
        .clone()
        .ok_or_else(|| MeshError::settings(format!("engine `{}` needs a `url`", settings.name)))
}

#[cfg(feature = "postgres")]
fn postgres(folder: &Path, settings: &EngineSettings) -> Result<Arc<dyn Engine>, MeshError> {
    let server = crate::postgres::PostgresSettings {
        url: address(settings)?,
        ca: settings.ca.as_ref().map(|ca| folder.join(ca)),
    };
    Ok(Arc::new(crate::postgres::Postgres::new(
        &settings.name,
        server,
    )))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &Path, settings: &EngineSettings) -> Result<Arc<dyn Engine>, MeshError> {
    address(settings)?;
    Err(MeshError::settings(
        "this program was built without PostgreSQL (feature `postgres`)",
    ))
}

#[cfg(feature = "spark")]
fn spark(settings: &EngineSettings) -> Result<Arc<dyn Engine>, MeshError> {
    let url = address(settings)?;
    Ok(Arc::new(crate::spark::Spark::new(
        &settings.name,
        crate::spark::SparkSettings { url },
    )))
}

#[cfg(not(feature = "spark"))]
fn spark(settings: &EngineSettings) -> Result<Arc<dyn Engine>, MeshError> {
    address(settings)?;
    Err(MeshError::settings(
        "this program was built without Spark (feature `spark`)",
    ))
}

/// `columns.toml` of a folder: types of columns by table and column.
type Types = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

async fn embedded(folder: &Path, settings: &EngineSettings) -> Result<Arc<dyn Engine>, MeshError> {
    let engine = DataFusion::new(&settings.name)?;
    let Some(data) = &settings.folder else {
        return Ok(Arc::new(engine));
    };
    let data = folder.join(data);
    let types = types(&data.join("columns.toml"))?;
    for schema in children(&data)? {
        if !schema.is_dir() {
            continue;
        }
        let schema_name = stem(&schema);
        for file in children(&schema)? {
            let name = stem(&file);
            let parts = settings
                .catalog
                .iter()
                .cloned()
                .chain([schema_name.clone(), name.clone()]);
            let table = TableName::new(parts);
            let path = file.display().to_string();
            match file.extension().and_then(|extension| extension.to_str()) {
                Some("csv") => {
                    let types = types.get(&schema_name).and_then(|schema| schema.get(&name));
                    let options = CsvOptions {
                        types: column_types(types)?,
                        ..CsvOptions::default()
                    };
                    engine.register_csv(&table, &path, options).await?;
                }
                Some("parquet") => {
                    engine.register_parquet(&table, &path).await?;
                }
                _ => {}
            }
        }
    }
    Ok(Arc::new(engine))
}

fn children(folder: &Path) -> Result<Vec<PathBuf>, MeshError> {
    let bad =
        |cause: std::io::Error| MeshError::settings(format!("`{}`: {cause}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(bad)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(bad)?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn types(path: &Path) -> Result<Types, MeshError> {
    if !path.is_file() {
        return Ok(Types::new());
    }
    let bad = |message: String| MeshError::settings(format!("`{}`: {message}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|cause| bad(cause.to_string()))?;
    toml::from_str(&text).map_err(|cause| bad(cause.to_string()))
}

fn column_types(
    types: Option<&BTreeMap<String, String>>,
) -> Result<Vec<(String, DataType)>, MeshError> {
    let types = types.into_iter().flatten();
    types
        .map(|(column, name)| Ok((column.clone(), data_type(name)?)))
        .collect()
}

fn data_type(name: &str) -> Result<DataType, MeshError> {
    let unknown = || {
        MeshError::settings(format!(
            "`{name}` is no type: boolean, bigint, double, decimal(p,s), text, date or timestamp"
        ))
    };
    let lower = name.to_lowercase();
    Ok(match lower.as_str() {
        "boolean" => DataType::Boolean,
        "bigint" => DataType::Int64,
        "double" => DataType::Float64,
        "text" => DataType::Utf8,
        "date" => DataType::Date32,
        "timestamp" => DataType::Timestamp(TimeUnit::Microsecond, None),
        other => {
            let inner = other
                .strip_prefix("decimal(")
                .and_then(|rest| rest.strip_suffix(')'));
            let (precision, scale) = inner
                .and_then(|inner| inner.split_once(','))
                .ok_or_else(unknown)?;
            let precision: u8 = precision.trim().parse().map_err(|_| unknown())?;
            let scale: i8 = scale.trim().parse().map_err(|_| unknown())?;
            if !(1..=38).contains(&precision) || scale < 0 || scale as u8 > precision {
                return Err(unknown());
            }
            DataType::Decimal128(precision, scale)
        }
    })
}
