//! Semantic layers over engines: a query goes to the engine that holds what it measures, or in parts to several.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use semantic_model::formats::{Report, metricflow, ossie};
use semantic_model::layer::{Layer, Query};
use semantic_model::plan::{Catalog, ColumnKind, Compiled, Options, PlanError, compile};
use serde::Deserialize;

use crate::across::{Combination, Output, Part, across};
use crate::budget::Budget;
use crate::engine::Engine;
use crate::error::Error;
use crate::near;
use crate::rows::Rows;

mod settings;

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
    reports: Vec<(String, Report)>,
}

/// An engine with all layers over it, as one.
#[derive(Debug)]
struct Held {
    engine: Arc<dyn Engine>,
    catalog: Catalog,
    metrics: Vec<String>,
}

/// A query in SQL: one part for each engine that is asked.
#[derive(Debug)]
pub struct Planned {
    parts: Vec<(Arc<dyn Engine>, Compiled)>,
    combination: Combination,
}

impl Planned {
    /// The engines' names with what each is asked.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &Compiled)> {
        self.parts
            .iter()
            .map(|(engine, compiled)| (engine.name(), compiled))
    }

    /// Runs it.
    pub async fn run(&self, budget: &Budget) -> Result<Rows, Error> {
        if let [(engine, compiled)] = self.parts.as_slice() {
            return engine.query(&compiled.sql, budget).await;
        }
        let groups = |compiled: &Compiled| {
            compiled
                .columns
                .iter()
                .filter(|column| column.kind != ColumnKind::Metric)
                .count()
        };
        let part = |(engine, compiled): &(Arc<dyn Engine>, Compiled)| Part {
            engine: Arc::clone(engine),
            sql: compiled.sql.clone(),
            groups: groups(compiled),
        };
        let parts: Vec<Part> = self.parts.iter().map(part).collect();
        across(&parts, &self.combination, budget).await
    }
}

impl Mesh {
    /// Opens the engines and reads the layers. `folder` is what relative paths are relative to.
    pub async fn open(
        folder: &Path,
        engines: &[EngineSettings],
        layers: &[LayerSettings],
    ) -> Result<Self, MeshError> {
        let mut opened: BTreeMap<String, (Arc<dyn Engine>, Layer)> = BTreeMap::new();
        for settings in engines {
            let engine = settings::open_engine(folder, settings).await?;
            let twice = opened.insert(settings.name.clone(), (engine, Layer::default()));
            if twice.is_some() {
                return Err(MeshError::settings(format!(
                    "two engines are called `{}`",
                    settings.name
                )));
            }
        }
        let only = (opened.len() == 1)
            .then(|| opened.keys().next().cloned())
            .flatten();
        let mut reports = Vec::new();
        for settings in layers {
            let Some(engine) = settings.engine.as_ref().or(only.as_ref()) else {
                let message = format!(
                    "layer `{}` does not say over which engine it is",
                    settings.name
                );
                return Err(MeshError::settings(message));
            };
            let Some((_, merged)) = opened.get_mut(engine) else {
                return Err(unknown("engine", engine, opened.keys().map(String::as_str)));
            };
            for path in &settings.paths {
                for (layer, report) in read(&folder.join(path), settings)? {
                    merge(merged, layer, &settings.name)?;
                    reports.push((settings.name.clone(), report));
                }
            }
        }
        let held = |(name, (engine, layer)): (String, (Arc<dyn Engine>, Layer))| {
            let metrics = layer
                .metrics
                .iter()
                .map(|metric| metric.name.clone())
                .collect();
            let catalog = Catalog::new(layer);
            (
                name,
                Held {
                    engine,
                    catalog,
                    metrics,
                },
            )
        };
        Ok(Self {
            engines: opened.into_iter().map(held).collect(),
            reports,
        })
    }

    /// What was understood of each layer's files and what was not.
    pub fn reports(&self) -> &[(String, Report)] {
        &self.reports
    }

    /// Turns a query into SQL. With an engine's name the whole query goes there.
    pub fn plan(&self, query: &Query, engine: Option<&str>) -> Result<Planned, MeshError> {
        let holders = match engine {
            Some(name) => vec![self.held(name)?],
            None => self.holders(query)?,
        };
        if let [held] = holders.as_slice() {
            let compiled = compile(&held.catalog, query, &options(held))?;
            return Ok(Planned {
                parts: vec![(Arc::clone(&held.engine), compiled)],
                combination: Combination::default(),
            });
        }
        self.plan_across(query, &holders)
    }

    /// Each engine answers for its metrics, without an order; order and limit hold for the whole.
    fn plan_across(&self, query: &Query, holders: &[&Held]) -> Result<Planned, MeshError> {
        if !query.having.is_empty() {
            return Err(MeshError::settings(
                "conditions on metrics of several engines are not supported: put them to one engine at a time",
            ));
        }
        let mut parts = Vec::new();
        for held in holders {
            let ours = |name: &String| held.metrics.contains(name);
            let part = Query {
                metrics: query
                    .metrics
                    .iter()
                    .filter(|metric| ours(&metric.name))
                    .cloned()
                    .collect(),
                order_by: Vec::new(),
                limit: None,
                ..query.clone()
            };
            let compiled = compile(&held.catalog, &part, &options(held))?;
            parts.push((Arc::clone(&held.engine), compiled));
        }
        let groups = parts
            .first()
            .into_iter()
            .flat_map(|(_, compiled)| &compiled.columns);
        let groups = groups
            .filter(|column| column.kind != ColumnKind::Metric)
            .map(|column| column.name.clone());
        let metrics = query
            .metrics
            .iter()
            .map(|metric| metric.alias.clone().unwrap_or_else(|| metric.name.clone()));
        let output = |name| Output {
            name,
            expression: None,
        };
        Ok(Planned {
            combination: Combination {
                outputs: groups.chain(metrics).map(output).collect(),
                order_by: query.order_by.clone(),
                limit: query
                    .limit
                    .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
            },
            parts,
        })
    }

    fn held(&self, name: &str) -> Result<&Held, MeshError> {
        let known = self.engines.keys().map(String::as_str);
        self.engines
            .get(name)
            .ok_or_else(|| unknown("engine", name, known))
    }

    /// The engines that hold the metrics of a query, by name. What none holds is for the first to refuse.
    fn holders(&self, query: &Query) -> Result<Vec<&Held>, MeshError> {
        let mut holders: Vec<&Held> = Vec::new();
        for metric in &query.metrics {
            let mut holding = self
                .engines
                .values()
                .filter(|held| held.metrics.contains(&metric.name));
            let Some(held) = holding.next() else {
                let known = self
                    .engines
                    .values()
                    .flat_map(|held| &held.metrics)
                    .map(String::as_str);
                return Err(unknown("metric", &metric.name, known));
            };
            if holding.next().is_some() {
                let message = format!(
                    "metric `{}` is defined over several engines: say which with an engine's name",
                    metric.name
                );
                return Err(MeshError::settings(message));
            }
            if !holders.iter().any(|other| std::ptr::eq(*other, held)) {
                holders.push(held);
            }
        }
        if holders.is_empty() {
            let first = self.engines.values().next();
            holders.push(
                first.ok_or_else(|| MeshError::settings("the configuration names no engine"))?,
            );
        }
        Ok(holders)
    }
}

fn options(held: &Held) -> Options {
    Options {
        dialect: held.engine.dialect(),
        ..Options::default()
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
