//! Queries over the mesh, in SQL: whole for one engine, or in parts for several and a query over what they answer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use semantic_model::layer::{
    Aggregation, Dataset, Expression, Field, FieldRole, GroupBy, Layer, Metric, MetricKind,
    MetricRequest, Notes, OrderBy, Query, Relation, Scope, Simple,
};
use semantic_model::plan::{
    Catalog, ColumnKind, Compiled, Dialect, Options, PlanError, Reason, compile,
};

use super::spread::{Source, filling, inputs_mut};
use super::{Held, Mesh, MeshError, joins, unknown};
use crate::across::{COMBINED, Part, across};
use crate::budget::Budget;
use crate::engine::Engine;
use crate::error::Error;
use crate::rows::Rows;

/// The entity whose rows the combined table has: one a group.
const ROW: &str = "row";

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

    /// What the embedded engine is asked of the parts' answers, which it has as one table [`COMBINED`], if there are several.
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
            groups: groups(compiled).count(),
        };
        let parts: Vec<Part> = self.parts.iter().map(part).collect();
        across(&parts, &combined.sql, budget).await
    }
}

/// The names of the groups of an answer.
fn groups(compiled: &Compiled) -> impl Iterator<Item = &str> {
    let columns = compiled.columns.iter();
    let groups = columns.filter(|column| column.kind != ColumnKind::Metric);
    groups.map(|column| column.name.as_str())
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
        let names = common_groups(&parts)?;
        let layer = self.combined_layer(&names, values);
        let query = combined_query(query, sources, values, &names);
        let options = Options {
            dialect: Dialect::DataFusion,
            ..Options::default()
        };
        let combined = compile(&Catalog::new(layer), &query, &options)?;
        Ok(Planned {
            parts,
            combined: Some(combined),
        })
    }

    /// The combined table as a layer: one row a group, so that the greatest of a value in a group is that value.
    fn combined_layer(&self, groups: &[String], values: &Values) -> Layer {
        let mut layer = Layer {
            name: COMBINED.to_owned(),
            ..Layer::default()
        };
        let field = |(at, name): (usize, &String)| Field {
            name: group_field(at),
            expression: Some(Expression::new(quoted(name))),
            role: FieldRole::Dimension,
            data_type: None,
            notes: Notes::default(),
        };
        layer.datasets.push(Dataset {
            name: COMBINED.to_owned(),
            relation: Relation::Table(vec![COMBINED.to_owned()]),
            primary_entity: Some(ROW.to_owned()),
            scope: Scope::Columns,
            fields: groups.iter().enumerate().map(field).collect(),
            ..Dataset::default()
        });
        for (source, name) in &values.names {
            let kind = match source {
                Source::Engine { engine, metric } => {
                    let held = self.engines.get(engine);
                    MetricKind::Simple(Simple {
                        dataset: COMBINED.to_owned(),
                        aggregation: Aggregation::Max,
                        expression: Some(Expression::new(quoted(name))),
                        time: None,
                        non_additive: None,
                        fill_nulls_with: held
                            .and_then(|held| filling(held.catalog.layer(), metric)),
                        join_to_time_spine: false,
                    })
                }
                Source::Spread(metric) => match self.spread.get(metric) {
                    Some(spread) => {
                        let mut kind = spread.metric.kind.clone();
                        for (input, source) in inputs_mut(&mut kind).into_iter().zip(&spread.inputs)
                        {
                            input.metric = values.name(source);
                        }
                        kind
                    }
                    None => continue,
                },
            };
            layer.metrics.push(Metric {
                name: name.clone(),
                dataset: None,
                kind,
                filters: Vec::new(),
                time_grain: None,
                notes: Notes::default(),
            });
        }
        layer
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

/// The groups that all parts are by.
fn common_groups(parts: &[(Arc<dyn Engine>, Compiled)]) -> Result<Vec<String>, PlanError> {
    let Some((first, rest)) = parts.split_first() else {
        return Ok(Vec::new());
    };
    let names: Vec<String> = groups(&first.1).map(str::to_owned).collect();
    for (engine, compiled) in rest {
        let others: Vec<&str> = groups(compiled).collect();
        if others == names {
            continue;
        }
        let message = format!(
            "engine `{}` groups by {} and engine `{}` by {}: say the grain of each time",
            first.0.name(),
            names.join(", "),
            engine.name(),
            others.join(", ")
        );
        return Err(PlanError::new(Reason::NothingShared, message));
    }
    Ok(names)
}

/// The query as it is asked of the combined table.
fn combined_query(query: &Query, sources: &[Source], values: &Values, names: &[String]) -> Query {
    let metric = |(asked, source): (&MetricRequest, &Source)| MetricRequest {
        name: values.name(source),
        alias: Some(asked.alias.as_ref().unwrap_or(&asked.name).clone()),
    };
    let group = |(at, name): (usize, &String)| GroupBy {
        alias: Some(name.clone()),
        ..GroupBy::new(format!("{ROW}__{}", group_field(at)))
    };
    let order = |order: &OrderBy| {
        let place = query.group_by.iter().position(|group| {
            let unnamed = |item: &GroupBy| GroupBy {
                alias: None,
                ..item.clone()
            };
            unnamed(group) == unnamed(&order.item)
        });
        let name = place.and_then(|place| names.get(place));
        OrderBy {
            item: name.map_or_else(|| order.item.clone(), GroupBy::new),
            ..order.clone()
        }
    };
    Query {
        metrics: query.metrics.iter().zip(sources).map(metric).collect(),
        group_by: names.iter().enumerate().map(group).collect(),
        having: query.having.clone(),
        order_by: query.order_by.iter().map(order).collect(),
        limit: query.limit,
        ..Query::default()
    }
}

fn group_field(at: usize) -> String {
    format!("group_{}", at + 1)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
