//! Queries over the mesh, in SQL: whole for one engine, or in parts for several and a query over what they answer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use semantic_model::layer::{MetricRequest, Query};
use semantic_model::plan::{
    ColumnKind, Combined, Compiled, Dialect, Options, PlanError, compile, filling,
};

use super::spread::{Source, inputs_mut};
use super::{Held, Mesh, MeshError, joins, unknown};
use crate::across::{Part, across};
use crate::budget::Budget;
use crate::engine::Engine;
use crate::error::Error;
use crate::rows::Rows;

/// A query in SQL: one part for each engine that is asked, and what is asked of their answers.
#[derive(Debug)]
pub struct Planned {
    parts: Vec<(Arc<dyn Engine>, Compiled)>,
    combined: Option<Compiled>,
}

impl Planned {
    /// The engines' names with what each is asked.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &Compiled)> {
        self.parts
            .iter()
            .map(|(engine, compiled)| (engine.name(), compiled))
    }

    /// What the embedded engine is asked of the parts' answers, which it has as one table [`COMBINED`](semantic_model::plan::COMBINED), if there are several.
    pub fn combined(&self) -> Option<&Compiled> {
        self.combined.as_ref()
    }

    /// Runs it.
    pub async fn run(&self, budget: &Budget) -> Result<Rows, Error> {
        for (engine, compiled) in &self.parts {
            // The others refuse by themselves to compare what is unlike.
            if engine.dialect() == Dialect::Spark {
                joins::check(engine.as_ref(), &compiled.plan).await?;
            }
        }
        let Some(combined) = &self.combined else {
            return match self.parts.as_slice() {
                [(engine, compiled)] => engine.query(&compiled.sql, budget).await,
                _ => across(&[], "", budget).await,
            };
        };
        let part = |(engine, compiled): &(Arc<dyn Engine>, Compiled)| Part {
            engine: Arc::clone(engine),
            sql: compiled.sql.clone(),
            groups: groups(compiled),
        };
        let parts: Vec<Part> = self.parts.iter().map(part).collect();
        across(&parts, &combined.sql, budget).await
    }
}

/// How many groups an answer has.
fn groups(compiled: &Compiled) -> usize {
    let columns = compiled.columns.iter();
    columns.filter(|it| it.kind != ColumnKind::Metric).count()
}

impl Mesh {
    /// Turns a query into SQL. With an engine's name the whole query goes there.
    pub fn plan(&self, query: &Query, engine: Option<&str>) -> Result<Planned, MeshError> {
        if let Some(name) = engine {
            return self.plan_on(name, query);
        }
        let query = self.with_saved(query)?;
        if query.metrics.is_empty() {
            return self.plan_anywhere(&query);
        }
        let metrics = query.metrics.iter();
        let sources: Vec<Source> = metrics
            .map(|metric| self.source(&metric.name))
            .collect::<Result<_, _>>()?;
        let mut values = Values::default();
        for source in &sources {
            values.need(self, source)?;
        }
        let mut engines = values.engines();
        match (engines.next(), engines.next()) {
            (Some(one), None) => self.plan_on(one, &query),
            _ => self.plan_across(&query, &sources, &values),
        }
    }

    fn plan_on(&self, engine: &str, query: &Query) -> Result<Planned, MeshError> {
        let held = self.held(engine)?;
        for metric in &query.metrics {
            if self.spread.contains_key(&metric.name) && !held.metrics.contains(&metric.name) {
                return Err(MeshError::settings(format!(
                    "metric `{}` is over several engines: `{engine}` alone cannot answer for it",
                    metric.name
                )));
            }
        }
        let compiled = compile(&held.catalog, query, &options(held))?;
        Ok(Planned {
            parts: vec![(Arc::clone(&held.engine), compiled)],
            combined: None,
        })
    }

    /// A query for values of dimensions goes to the first engine that knows them all.
    fn plan_anywhere(&self, query: &Query) -> Result<Planned, MeshError> {
        let mut first = None;
        for name in self.engines.keys() {
            match self.plan_on(name, query) {
                Ok(planned) => return Ok(planned),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or_else(|| MeshError::settings("the configuration names no engine")))
    }

    fn held(&self, name: &str) -> Result<&Held, MeshError> {
        let known = self.engines.keys().map(String::as_str);
        self.engines
            .get(name)
            .ok_or_else(|| unknown("engine", name, known))
    }

    /// The query with the saved one that it refines put in: its metrics may be of several engines.
    fn with_saved<'q>(&self, query: &'q Query) -> Result<Cow<'q, Query>, MeshError> {
        let Some(name) = &query.saved_query else {
            return Ok(Cow::Borrowed(query));
        };
        let layers = || self.engines.values().map(|held| held.catalog.layer());
        let saved = || layers().flat_map(|layer| &layer.saved_queries);
        match saved().find(|saved| saved.name == *name) {
            Some(saved) => Ok(Cow::Owned(saved.refined(query))),
            None => Err(unknown(
                "saved query",
                name,
                saved().map(|saved| saved.name.as_str()),
            )),
        }
    }

    /// Where a metric comes from.
    fn source(&self, metric: &str) -> Result<Source, MeshError> {
        if self.spread.contains_key(metric) {
            return Ok(Source::Spread(metric.to_owned()));
        }
        let holds = |held: &Held| held.metrics.iter().any(|name| name == metric);
        let mut holding = self.engines.iter().filter(|(_, held)| holds(held));
        let Some((engine, _)) = holding.next() else {
            let metrics = self.engines.values().flat_map(|held| &held.metrics);
            let known = metrics.chain(self.spread.keys()).map(String::as_str);
            return Err(unknown("metric", metric, known));
        };
        if holding.next().is_some() {
            return Err(MeshError::settings(format!(
                "metric `{metric}` is defined over several engines, and nothing says how their values of it would be put together: say which with an engine's name"
            )));
        }
        Ok(Source::Engine {
            engine: engine.clone(),
            metric: metric.to_owned(),
        })
    }

    /// Each engine gives its values; arithmetic over them, conditions on groups, order and limit are for the whole.
    fn plan_across(
        &self,
        query: &Query,
        sources: &[Source],
        values: &Values,
    ) -> Result<Planned, MeshError> {
        let mut parts = Vec::new();
        for engine in values.engines() {
            let held = self.held(engine)?;
            let part = Query {
                metrics: values.of_engine(engine),
                having: Vec::new(),
                order_by: Vec::new(),
                limit: None,
                ..query.clone()
            };
            let compiled = compile(&held.catalog, &part, &options(held))
                .map_err(|error| on_part(error, engine))?;
            parts.push((Arc::clone(&held.engine), compiled));
        }
        let names: Vec<String> = parts
            .iter()
            .map(|(engine, _)| format!("engine `{}`", engine.name()))
            .collect();
        let answers = parts.iter().map(|(_, compiled)| compiled);
        let mut combined = Combined::of(names.iter().map(String::as_str).zip(answers))?;
        self.add_values(&mut combined, values);
        let combined = combined.compile(query, shown(query, sources, values))?;
        Ok(Planned {
            parts,
            combined: Some(combined),
        })
    }

    /// What the engines give, and what is worked out of that.
    fn add_values(&self, combined: &mut Combined, values: &Values) {
        for (source, name) in &values.names {
            match source {
                Source::Engine { engine, metric } => {
                    let held = self.engines.get(engine);
                    let filling = held.and_then(|held| filling(held.catalog.layer(), metric));
                    combined.add_value(name, filling);
                }
                Source::Spread(metric) => {
                    let Some(spread) = self.spread.get(metric) else {
                        continue;
                    };
                    let mut kind = spread.metric.kind.clone();
                    for (input, source) in inputs_mut(&mut kind).into_iter().zip(&spread.inputs) {
                        input.metric = values.name(source);
                    }
                    combined.add_metric(name, kind);
                }
            }
        }
    }
}

/// What a query needs, each under a name of its own in the combined table.
#[derive(Debug, Default)]
struct Values {
    names: BTreeMap<Source, String>,
}

impl Values {
    /// Adds a metric and what it is made of.
    fn need(&mut self, mesh: &Mesh, source: &Source) -> Result<(), PlanError> {
        if self.names.contains_key(source) {
            return Ok(());
        }
        let name = format!("value_{}", self.names.len() + 1);
        self.names.insert(source.clone(), name);
        let Source::Spread(metric) = source else {
            return Ok(());
        };
        let Some(spread) = mesh.spread.get(metric) else {
            return Ok(());
        };
        if let Some(refusal) = &spread.refusal {
            return Err(refusal.clone());
        }
        for input in &spread.inputs {
            self.need(mesh, input)?;
        }
        Ok(())
    }

    fn name(&self, source: &Source) -> String {
        self.names.get(source).cloned().unwrap_or_default()
    }

    /// The engines that give something, each once.
    fn engines(&self) -> impl Iterator<Item = &str> {
        let mut last = None;
        self.names.keys().filter_map(move |source| match source {
            Source::Engine { engine, .. } if last != Some(engine) => {
                last = Some(engine);
                Some(engine.as_str())
            }
            _ => None,
        })
    }

    fn of_engine(&self, wanted: &str) -> Vec<MetricRequest> {
        let ours = |(source, name): (&Source, &String)| match source {
            Source::Engine { engine, metric } if engine == wanted => Some(MetricRequest {
                name: metric.clone(),
                alias: Some(name.clone()),
            }),
            _ => None,
        };
        self.names.iter().filter_map(ours).collect()
    }
}

fn options(held: &Held) -> Options {
    Options {
        dialect: held.engine.dialect(),
        ..Options::default()
    }
}

/// A refusal of one part: what one engine knows another may not, so that it is said whose part it is.
fn on_part(error: PlanError, engine: &str) -> PlanError {
    PlanError {
        message: format!("engine `{engine}` cannot give its part: {}", error.message),
        ..error
    }
}

/// The metrics of a query as the combined table has them.
fn shown(query: &Query, sources: &[Source], values: &Values) -> Vec<MetricRequest> {
    let metric = |(asked, source): (&MetricRequest, &Source)| MetricRequest {
        name: values.name(source),
        alias: Some(asked.alias.as_ref().unwrap_or(&asked.name).clone()),
    };
    query.metrics.iter().zip(sources).map(metric).collect()
}
