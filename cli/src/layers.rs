//! The semantic layers of a configuration, and the engines that they are over.

use std::path::PathBuf;

use isogloss::model::formats;
use isogloss::semantics::{Arrangement, Engines, LayerOver};
use serde::Deserialize;

use crate::config::Config;
use crate::failure::{Failure, FailureKind};
use crate::output;

#[cfg(feature = "query")]
pub(crate) use query_engine::mesh::EngineSettings;

/// Built without engines, the program reads of an engine only what it is called.
#[cfg(not(feature = "query"))]
#[derive(Debug, Deserialize)]
pub(crate) struct EngineSettings {
    /// What it is called.
    pub(crate) name: String,
}

/// A semantic layer, and the engine that holds its tables.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayerSettings {
    /// What it is called.
    pub(crate) name: String,
    /// The source of the graph that declares it.
    source: Option<String>,
    /// Files that declare it, relative to the configuration, where no source does.
    #[serde(default)]
    paths: Vec<PathBuf>,
    /// How the files are written; told by what is in them, whatever this says.
    #[serde(default, rename = "format")]
    _format: Option<String>,
    /// The engine; the only one if there is one.
    engine: Option<String>,
}

impl Config {
    /// The sources that layers name, which a query needs.
    pub(crate) fn sources_of_layers(&self) -> impl Iterator<Item = &str> {
        self.layers
            .iter()
            .filter_map(|layer| layer.source.as_deref())
    }
}

/// Makes the engines ready and reads the layers that the configuration has files of.
pub(crate) fn arrange(config: &Config) -> Result<Arrangement, Failure> {
    let engines = open_engines(config)?;
    let mut over = Vec::new();
    let mut declared = Vec::new();
    for settings in &config.layers {
        match (&settings.source, settings.paths.as_slice()) {
            (Some(source), []) => put(config, settings, source, &mut over)?,
            (None, [_, ..]) => {
                put(config, settings, &settings.name, &mut over)?;
                declared.extend(read(config, settings)?);
            }
            _ => {
                let message = format!(
                    "layer `{}` needs either a `source` or `paths`",
                    settings.name
                );
                return Err(Failure::new(FailureKind::Usage, message));
            }
        }
    }
    let mut arrangement = Arrangement::new(engines, over);
    for (name, layer) in declared {
        arrangement = arrangement.with_layer(name, layer);
    }
    Ok(arrangement)
}

/// Says over which engine a layer is.
fn put(
    config: &Config,
    settings: &LayerSettings,
    layer: &str,
    over: &mut Vec<LayerOver>,
) -> Result<(), Failure> {
    let engine = match (&settings.engine, config.engines.as_slice()) {
        (Some(engine), engines) => {
            if !engines.iter().any(|known| known.name == *engine) {
                let names: Vec<&str> = engines.iter().map(|it| it.name.as_str()).collect();
                let message = format!("layer `{}`: no engine is called `{engine}`", settings.name);
                let failure = Failure::new(FailureKind::Usage, message);
                return Err(failure.with_hint(format!("engines are: {}", names.join(", "))));
            }
            engine.clone()
        }
        (None, [only]) => only.name.clone(),
        (None, []) => return Ok(()),
        (None, _) => {
            let message = format!(
                "layer `{}` does not say over which engine it is",
                settings.name
            );
            return Err(Failure::new(FailureKind::Usage, message));
        }
    };
    over.push(LayerOver {
        layer: layer.to_owned(),
        engine,
    });
    Ok(())
}

fn read(
    config: &Config,
    settings: &LayerSettings,
) -> Result<Vec<(String, isogloss::model::layer::Layer)>, Failure> {
    let mut files = Vec::new();
    for path in &settings.paths {
        let path = config.folder.join(path);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let message = format!("layer `{}`: `{}`: {error}", settings.name, path.display());
            Failure::new(FailureKind::Usage, message)
        })?;
        files.push((path.display().to_string(), text));
    }
    let texts: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let read = formats::read(&settings.name, &texts)
        .map_err(|error| Failure::new(FailureKind::Usage, error.to_string()))?;
    for problem in &read.report.problems {
        output::note(&format!("layer {}: {problem}", settings.name));
    }
    let name = || settings.name.clone();
    Ok(read
        .layers
        .into_iter()
        .map(|layer| (name(), layer))
        .collect())
}

#[cfg(feature = "query")]
fn open_engines(config: &Config) -> Result<Engines, Failure> {
    if config.engines.is_empty() {
        return Ok(Engines::default());
    }
    // Files are looked through here; servers are connected to by their first query, on the runtime that asks it.
    let runtime = crate::commands::runtime()?;
    Ok(runtime.block_on(Engines::open(&config.folder, &config.engines))?)
}

#[cfg(not(feature = "query"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same as where there are engines"
)]
fn open_engines(_: &Config) -> Result<Engines, Failure> {
    Ok(Engines::default())
}
