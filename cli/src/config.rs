//! `isogloss.toml`: the mesh's sources, the mapping and the server's settings.

use std::path::{Path, PathBuf};

use isogloss::Isogloss;
use isogloss::connectors::sql::Dialect;
use isogloss::connectors::{Kind, Mapping, UsageOptions};
use isogloss::graph::SourceName;
use isogloss::model::merge::MergeSettings;
use serde::Deserialize;

use crate::arguments::Log;
use crate::failure::{Failure, FailureKind};
use crate::history::History;
use crate::layers::{EngineSettings, LayerSettings};
use crate::watch::Watch;

/// A configuration file. An unknown key is an error that names it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// What the mesh is called.
    #[serde(default)]
    pub(crate) mesh: Mesh,
    /// The sources, in the order in which they are ingested.
    #[serde(default, rename = "source")]
    pub(crate) sources: Vec<Source>,
    /// Where SQL runs, for `isogloss query`.
    #[serde(default, rename = "engine")]
    pub(crate) engines: Vec<EngineSettings>,
    /// Semantic layers over the engines.
    #[serde(default, rename = "layer")]
    pub(crate) layers: Vec<LayerSettings>,
    /// Whose values win in the merged view, and which names mean one thing.
    #[serde(default)]
    pub(crate) merge: MergeSettings,
    /// How datasets find their domain and product.
    #[serde(default)]
    pub(crate) mapping: Mapping,
    /// How much history stays readable.
    #[serde(default)]
    pub(crate) history: History,
    /// How sources are watched.
    #[serde(default)]
    pub(crate) watch: Watch,
    /// How the server listens and what a request may cost.
    #[serde(default)]
    pub(crate) server: server::Config,
    /// Folder of the file, against which the paths of sources are resolved.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
}

/// The mesh as a whole.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mesh {
    /// Its name.
    #[serde(default)]
    pub(crate) name: String,
}

/// One source to ingest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// Its name in the graph.
    pub(crate) name: String,
    /// The format of its documents; `postgres` for a live database.
    pub(crate) kind: String,
    /// Files and folders, relative to the configuration file.
    #[serde(default)]
    pub(crate) paths: Vec<PathBuf>,
    /// The address of a live database.
    pub(crate) url: Option<String>,
    /// When it is watched: how long to wait between two looks, such as `15m`.
    pub(crate) every: Option<String>,
    /// Go on without files that are damaged, even where the source would say less than it does now.
    #[serde(default)]
    pub(crate) partial: bool,
    /// Of a live database: only these schemas.
    #[serde(default)]
    pub(crate) schemas: Vec<String>,
    /// Of a query log: the dialect of its statements.
    pub(crate) dialect: Option<String>,
    /// Of a query log: the database of tables that are named without one.
    pub(crate) default_database: Option<String>,
}

impl Source {
    /// Checks name and kind.
    pub(crate) fn parse(&self) -> Result<(SourceName, Kind), Failure> {
        Ok((source_name(&self.name)?, kind(&self.kind)?))
    }
}

impl Config {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let message = format!(
                "could not read the configuration `{}`: {error}",
                path.display()
            );
            Failure::new(FailureKind::Usage, message)
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        Self::parse(&text, &path.display().to_string(), folder)
    }

    /// Parses a text; `name` is what messages call it.
    pub(crate) fn parse(text: &str, name: &str, folder: PathBuf) -> Result<Self, Failure> {
        // The mapping has rules of its own, which its parser checks and names.
        let checked = Mapping::parse(text);
        let config: Self = toml::from_str(text).map_err(|error| {
            let message = format!("configuration `{name}`: {}", error.to_string().trim_end());
            Failure::new(FailureKind::Usage, message)
        })?;
        let mapping = checked.map_err(|e| {
            Failure::new(FailureKind::Usage, format!("configuration `{name}`: {e}"))
        })?;
        Ok(Self {
            mapping,
            folder,
            ..config
        })
    }
}

/// Gives a graph the rules of its merged view that the configuration has.
pub(crate) fn set_merge_rules(mesh: &Isogloss, config: &Config) -> Result<(), Failure> {
    let rules = (config.merge.rules()).map_err(|error| {
        let message = format!("`[merge]` of the configuration: {error}");
        Failure::new(FailureKind::Usage, message)
    })?;
    Ok(mesh.set_merge_rules(rules)?)
}

/// Parses the name of a source.
pub(crate) fn source_name(name: &str) -> Result<SourceName, Failure> {
    name.parse()
        .map_err(|error| Failure::new(FailureKind::Usage, format!("{error}")))
}

impl Log {
    /// Gives what the reader of query logs has to know.
    pub(crate) fn options(&self) -> Result<UsageOptions, Failure> {
        let dialect = self.dialect.as_deref().map(|name| {
            Dialect::of_name(name).ok_or_else(|| {
                let names: Vec<&str> = Dialect::names().collect();
                Failure::new(
                    FailureKind::Usage,
                    format!("`{name}` is no dialect of SQL that is read"),
                )
                .with_hint(format!("dialects are {}", names.join(", ")))
            })
        });
        Ok(UsageOptions {
            dialect: dialect.transpose()?,
            database: self.default_database.clone(),
            ..UsageOptions::default()
        })
    }
}

/// Parses the kind of a connector.
pub(crate) fn kind(name: &str) -> Result<Kind, Failure> {
    name.parse().map_err(|_| {
        Failure::new(
            FailureKind::Usage,
            format!("`{name}` is no kind of document"),
        )
        .with_hint(kinds())
    })
}

/// Says which kinds there are.
fn kinds() -> String {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    format!("kinds are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use isogloss::graph::Retention;

    use super::*;
    use crate::history::days_ms;

    #[test]
    fn an_unknown_key_is_named() {
        let failure =
            Config::parse("[mesh]\nnaem = 'x'\n", "isogloss.toml", PathBuf::new()).unwrap_err();
        assert!(failure.to_string().contains("naem"), "{failure}");
        assert_eq!(failure.kind(), FailureKind::Usage);
    }

    #[test]
    fn history_has_limits_of_its_own_or_the_default_ones() {
        let retention = |text: &str| {
            let config = Config::parse(text, "isogloss.toml", PathBuf::new()).unwrap();
            let Retention {
                max_versions,
                max_age_ms,
            } = config.history.retention();
            (max_versions, max_age_ms)
        };
        assert_eq!(retention(""), (Some(1_000), Some(days_ms(90))));
        assert_eq!(retention("[history]\nkeep_versions = 5\n"), (Some(5), None));
        assert_eq!(
            retention("[history]\nkeep_days = 2\n"),
            (None, Some(172_800_000))
        );
        assert_eq!(
            retention("[history]\nkeep_everything = true\n"),
            (None, None)
        );
    }

    #[test]
    fn sources_keep_their_order() {
        let text = "[[source]]\nname='b'\nkind='rdf'\npaths=['x.ttl']\n[[source]]\nname='a'\nkind='dbt'\npaths=['t']\n";
        let config = Config::parse(text, "isogloss.toml", PathBuf::new()).unwrap();
        assert_eq!(
            config
                .sources
                .iter()
                .map(|s| s.name.as_str())
                .collect::<Vec<_>>(),
            ["b", "a"]
        );
    }
}
