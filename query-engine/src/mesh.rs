//! Semantic layers over engines: a query goes to the engine that holds what it measures, or in parts to several.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use semantic_model::formats::{Report, metricflow, ossie};
use semantic_model::layer::Layer;
use semantic_model::plan::{Catalog, PlanError};
use serde::Deserialize;

use crate::engine::Engine;
use crate::error::Error;
use crate::near;

mod joins;
mod planned;
mod settings;
mod spread;

pub use planned::Planned;
pub use settings::{EngineKind, EngineSettings, open_engine};

/// A semantic layer: its files and the engine that holds its tables.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerSettings {
    /// What it is called.
    pub name: String,
    /// How its files are written: `metricflow` (a manifest) or `ossie`.
    pub format: String,
    /// The files, relative to the configuration.
    pub paths: Vec<std::path::PathBuf>,
    /// The engine; the only one if there is one.
    pub engine: Option<String>,
}

/// Why a query over the mesh has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MeshError {
    /// The query is refused.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// An engine did not run it.
    #[error(transparent)]
    Engine(#[from] Error),
    /// The settings or the files of layers make no sense.
    #[error("{message}")]
    Settings {
        /// What is wrong.
        message: String,
        /// Names that may be meant.
        suggestions: Vec<String>,
    },
}

impl MeshError {
    fn settings(message: impl Into<String>) -> Self {
        Self::Settings {
            message: message.into(),
            suggestions: Vec::new(),
        }
    }
}

/// Layers and the engines that they are over.
#[derive(Debug)]
pub struct Mesh {
    engines: BTreeMap<String, Held>,
    spread: BTreeMap<String, spread::Spread>,
    reports: Vec<(String, Report)>,
}

/// An engine with all layers over it, as one.
#[derive(Debug)]
struct Held {
    engine: Arc<dyn Engine>,
    catalog: Catalog,
    metrics: Vec<String>,
}

impl Held {
    fn new(engine: Arc<dyn Engine>, layer: Layer) -> Self {
        let metrics = layer.metrics.iter();
        Self {
            engine,
            metrics: metrics.map(|metric| metric.name.clone()).collect(),
            catalog: Catalog::new(layer),
        }
    }
}

impl Mesh {
    /// Opens the engines and reads the layers. `folder` is what relative paths are relative to.
    pub async fn open(
        folder: &Path,
        engines: &[EngineSettings],
        layers: &[LayerSettings],
    ) -> Result<Self, MeshError> {
        let mut opened: BTreeMap<String, Arc<dyn Engine>> = BTreeMap::new();
        for settings in engines {
            let engine = open_engine(folder, settings).await?;
            if opened.insert(settings.name.clone(), engine).is_some() {
                return Err(MeshError::settings(format!(
                    "two engines are called `{}`",
                    settings.name
                )));
            }
        }
        let none = || Layer::default();
        let mut merged: spread::Layers = opened.keys().map(|name| (name.clone(), none())).collect();
        let only = (opened.len() == 1).then(|| opened.keys().next().cloned());
        let only = only.flatten();
        let mut reports = Vec::new();
        for settings in layers {
            let Some(engine) = settings.engine.as_ref().or(only.as_ref()) else {
                let message = format!(
                    "layer `{}` does not say over which engine it is",
                    settings.name
                );
                return Err(MeshError::settings(message));
            };
            let Some(merged) = merged.get_mut(engine) else {
                return Err(unknown("engine", engine, opened.keys().map(String::as_str)));
            };
            for path in &settings.paths {
                for (layer, report) in read(&folder.join(path), settings)? {
                    merge(merged, layer, &settings.name)?;
                    reports.push((settings.name.clone(), report));
                }
            }
        }
        let spread = spread::settle(&mut merged);
        let held = |(name, engine): (String, Arc<dyn Engine>)| {
            let layer = merged.remove(&name).unwrap_or_default();
            (name, Held::new(engine, layer))
        };
        Ok(Self {
            engines: opened.into_iter().map(held).collect(),
            spread,
            reports,
        })
    }

    /// What was understood of each layer's files and what was not.
    pub fn reports(&self) -> &[(String, Report)] {
        &self.reports
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> MeshError {
    MeshError::Settings {
        message: format!("no {what} is called `{name}`"),
        suggestions: near::names(name, known),
    }
}

fn read(path: &Path, settings: &LayerSettings) -> Result<Vec<(Layer, Report)>, MeshError> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|cause| MeshError::settings(format!("`{file}`: {cause}")))?;
    let broken =
        |cause: semantic_model::formats::FormatError| MeshError::settings(cause.to_string());
    match settings.format.as_str() {
        "metricflow" => {
            let read = metricflow::read_manifest(&file, &text).map_err(broken)?;
            Ok(vec![(read.layer, read.report)])
        }
        "ossie" => {
            let read = ossie::read(&file, &text).map_err(broken)?;
            let report = read.report;
            Ok(read
                .layers
                .into_iter()
                .map(|layer| (layer, report.clone()))
                .collect())
        }
        other => Err(unknown(
            "format of semantic layers",
            other,
            ["metricflow", "ossie"].into_iter(),
        )),
    }
}

/// Adds a layer to those over the same engine. Names are one space there.
fn merge(merged: &mut Layer, layer: Layer, name: &str) -> Result<(), MeshError> {
    let clash = |what: &str, twice: &str| {
        Err(MeshError::settings(format!(
            "layer `{name}`: another layer over the same engine has a {what} `{twice}` too"
        )))
    };
    if let Some(twice) = layer
        .datasets
        .iter()
        .find(|new| merged.datasets.iter().any(|old| old.name == new.name))
    {
        return clash("dataset", &twice.name);
    }
    if let Some(twice) = layer.metrics.iter().find(|new| {
        merged
            .metrics
            .iter()
            .any(|old| old.name == new.name && old.dataset == new.dataset)
    }) {
        return clash("metric", &twice.name);
    }
    merged.datasets.extend(layer.datasets);
    merged.joins.extend(layer.joins);
    merged.metrics.extend(layer.metrics);
    merged.saved_queries.extend(layer.saved_queries);
    // Projects of one warehouse often declare the same calendar.
    for spine in layer.time_spines {
        if !merged.time_spines.contains(&spine) {
            merged.time_spines.push(spine);
        }
    }
    Ok(())
}
