//! A layer to a catalog: everything is parsed, bound and joined, and every fault is kept.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::aggregates::Reader;
use super::bind::{Binders, dialects_in_use};
use super::body::{Body, Condition, Input, Part, SimpleBody};
use super::catalog::{Catalog, PreparedMetric};
use super::condition::parse_condition;
use super::fragment::Prepared;
use super::graph::{Graph, Keys};
use super::holes::take_names;
use super::id::{number, place};
use super::index::Index;
use super::names::nearest;
use super::{DatasetId, FieldId, MetricId, PlanError, Reason, parse};
use crate::layer::{Expression, Filter, Layer, Metric, MetricInput, MetricKind, Simple};

impl Catalog {
    /// Prepares a layer for queries.
    pub fn new(layer: impl Into<Arc<Layer>>) -> Self {
        let layer = layer.into();
        let mut problems = duplicates(&layer);
        let index = Index::new(&layer);
        let dialects = dialects_in_use(&layer);
        let mut local = Binders::new(&layer, &index, None, &dialects);
        let keys = bind_keys(&layer, &mut local);
        let graph = Graph::new(&layer, &index, &keys, &mut local, &mut problems);
        let mut binders = Binders::new(&layer, &index, Some(&graph), &dialects);
        let fields = bind_fields(&layer, &mut binders);
        let dataset_filters: Vec<Result<Vec<Condition>, PlanError>> = layer
            .datasets
            .iter()
            .map(|dataset| conditions(&dataset.filters))
            .collect();
        let metrics = prepare_metrics(&layer, &index, &graph, &mut binders);
        problems.extend(
            keys.iter()
                .flatten()
                .filter_map(|key| key.as_ref().err().cloned()),
        );
        problems.extend(
            fields
                .iter()
                .flatten()
                .filter_map(|field| field.as_ref().err().cloned()),
        );
        problems.extend(
            dataset_filters
                .iter()
                .filter_map(|filter| filter.as_ref().err().cloned()),
        );
        problems.extend(
            metrics
                .iter()
                .filter_map(|metric| metric.body.as_ref().err().cloned()),
        );
        let mut spines: Vec<usize> = (0..layer.time_spines.len()).collect();
        spines.sort_by_key(|at| layer.time_spines[*at].grain);
        Self {
            layer,
            index,
            graph,
            fields,
            keys,
            dataset_filters,
            metrics,
            spines,
            problems,
        }
    }
}

/// Tells of names that are taken twice; the first is the one that is meant.
fn duplicates(layer: &Layer) -> Vec<PlanError> {
    let mut problems = Vec::new();
    let mut seen = FxHashSet::default();
    for dataset in &layer.datasets {
        if !seen.insert(dataset.name.as_str()) {
            let message = format!("two datasets are called `{}`", dataset.name);
            problems.push(PlanError::new(Reason::InvalidLayer, message).about(&dataset.name));
        }
        let mut fields = FxHashSet::default();
        for field in &dataset.fields {
            if !fields.insert(field.name.as_str()) {
                let name = format!("{}.{}", dataset.name, field.name);
                let message = format!("two fields are called `{name}`");
                problems.push(PlanError::new(Reason::InvalidLayer, message).about(name));
            }
        }
    }
    problems
}

fn bind_keys(layer: &Layer, binders: &mut Binders<'_>) -> Keys {
    let mut keys = Vec::with_capacity(layer.datasets.len());
    for (at, dataset) in layer.datasets.iter().enumerate() {
        let id = DatasetId(number(at));
        let mut of_dataset = Vec::with_capacity(dataset.entities.len());
        for entity in &dataset.entities {
            let bound = if entity.expressions.is_empty() {
                binders.column(&entity.name, id).map(|column| vec![column])
            } else {
                let expressions = entity.expressions.iter();
                expressions.map(|key| binders.expression(key, id)).collect()
            };
            of_dataset.push(bound);
        }
        keys.push(of_dataset);
    }
    keys
}

fn bind_fields(layer: &Layer, binders: &mut Binders<'_>) -> Vec<Vec<Result<Prepared, PlanError>>> {
    let mut fields = Vec::with_capacity(layer.datasets.len());
    for (at, dataset) in layer.datasets.iter().enumerate() {
        let field_id = |index| FieldId {
            dataset: DatasetId(number(at)),
            index: number(index),
        };
        let bound = (0..dataset.fields.len())
            .map(|index| binders.prepare(|binder| binder.field(field_id(index))));
        fields.push(bound.collect());
    }
    fields
}

fn conditions(filters: &[Filter]) -> Result<Vec<Condition>, PlanError> {
    filters.iter().map(parse_condition).collect()
}

fn prepare_metrics<'a>(
    layer: &'a Layer,
    index: &'a Index,
    graph: &'a Graph,
    binders: &mut Binders<'a>,
) -> Vec<PreparedMetric> {
    let mut metrics: Vec<PreparedMetric> = Vec::with_capacity(layer.metrics.len());
    for metric in &layer.metrics {
        let filters = conditions(&metric.filters);
        let body = match &filters {
            Ok(_) => {
                body(layer, index, graph, binders, metric).map_err(|error| blame(metric, error))
            }
            Err(error) => Err(blame(metric, error.clone())),
        };
        metrics.push(PreparedMetric {
            body,
            filters: filters.unwrap_or_default(),
            sources: Vec::new(),
        });
    }
    find_sources(layer, &mut metrics);
    metrics
}

fn blame(metric: &Metric, mut error: PlanError) -> PlanError {
    error.message = format!("metric `{}`: {}", metric.name, error.message);
    error
}

fn body<'a>(
    layer: &'a Layer,
    index: &'a Index,
    graph: &'a Graph,
    binders: &mut Binders<'a>,
    metric: &Metric,
) -> Result<Body, PlanError> {
    let input = |input: &MetricInput| self::input(layer, index, metric, input);
    Ok(match &metric.kind {
        MetricKind::Simple(simple) => Body::Simple(simple_body(layer, index, binders, simple)?),
        MetricKind::Ratio {
            numerator,
            denominator,
        } => Body::Ratio {
            numerator: input(numerator)?,
            denominator: input(denominator)?,
        },
        MetricKind::Derived { expression, inputs } => {
            let inputs: Vec<Input> = inputs.iter().map(input).collect::<Result<_, _>>()?;
            Body::Derived {
                expression: arithmetic(expression, &inputs)?,
                inputs,
            }
        }
        MetricKind::Cumulative(cumulative) => Body::Cumulative {
            input: input(&cumulative.input)?,
        },
        MetricKind::Conversion(conversion) => Body::Conversion {
            base: input(&conversion.base)?,
            conversion: input(&conversion.conversion)?,
        },
        MetricKind::FixedGrain(fixed) => Body::FixedGrain {
            input: input(&fixed.input)?,
        },
        MetricKind::Expression(expression) => {
            let scope = metric
                .dataset
                .as_deref()
                .and_then(|name| index.dataset(name));
            let mut reader = Reader {
                layer,
                index,
                graph,
                binders,
                scope,
                groups: false,
                composes: true,
            };
            reader.metric(expression)?
        }
    })
}

fn simple_body(
    layer: &Layer,
    index: &Index,
    binders: &mut Binders<'_>,
    simple: &Simple,
) -> Result<SimpleBody, PlanError> {
    let dataset = index.dataset(&simple.dataset).ok_or_else(|| {
        let known = layer.datasets.iter().map(|dataset| dataset.name.as_str());
        let message = format!("`{}` is no dataset", simple.dataset);
        PlanError::new(Reason::InvalidLayer, message)
            .about(&simple.dataset)
            .or(nearest(&simple.dataset, known))
    })?;
    let own = &layer.datasets[place(dataset.0)];
    let field = |name: &String| {
        index.field(dataset, name).ok_or_else(|| {
            let known = own.fields.iter().map(|field| field.name.as_str());
            let message = format!("`{}` has no field `{name}`", own.name);
            PlanError::new(Reason::InvalidLayer, message)
                .about(name)
                .or(nearest(name, known))
        })
    };
    let time = simple.time.as_ref().or(own.default_time.as_ref());
    let non_additive = simple.non_additive.as_ref();
    Ok(SimpleBody {
        dataset,
        expression: simple
            .expression
            .as_ref()
            .map(|expression| binders.expression(expression, dataset))
            .transpose()?,
        time: time.map(field).transpose()?,
        non_additive: non_additive.map(|over| field(&over.time)).transpose()?,
    })
}

fn input(
    layer: &Layer,
    index: &Index,
    metric: &Metric,
    input: &MetricInput,
) -> Result<Input, PlanError> {
    let ids = index.metrics(&input.metric);
    let same_dataset = |id: &&MetricId| layer.metrics[place(id.0)].dataset == metric.dataset;
    let found = match ids {
        [] => None,
        [one] => Some(*one),
        several => several.iter().find(same_dataset).copied(),
    };
    let found = found.ok_or_else(|| {
        let known = layer.metrics.iter().map(|metric| metric.name.as_str());
        let message = format!("it is computed from `{}`, which is no metric", input.metric);
        PlanError::new(Reason::UnknownMetric, message)
            .about(&input.metric)
            .or(nearest(&input.metric, known))
    })?;
    Ok(Input {
        metric: found,
        name: input.alias.clone().unwrap_or_else(|| input.metric.clone()),
        filters: conditions(&input.filters)?,
        offset: input.offset.clone(),
    })
}

/// Parses the arithmetic of a derived metric; every name in it is one of its inputs.
fn arithmetic(expression: &Expression, inputs: &[Input]) -> Result<Prepared<usize>, PlanError> {
    let names = take_names(parse::expression(&expression.sql, None)?);
    let bound = names.try_map(|name| {
        let parts: Vec<&str> = name.iter().map(|part| part.value.as_str()).collect();
        let written = parts.join(".");
        let exact = inputs.iter().position(|input| input.name == written);
        let any_case = || {
            inputs
                .iter()
                .position(|i| i.name.eq_ignore_ascii_case(&written))
        };
        exact.or_else(any_case).ok_or_else(|| {
            let known = inputs.iter().map(|input| input.name.as_str());
            let message = format!("`{written}` is not one of its input metrics");
            PlanError::new(Reason::InvalidLayer, message)
                .about(&written)
                .or(nearest(&written, known))
        })
    })?;
    Ok(Prepared::new(bound, Vec::new()))
}

/// Works out whose rows each metric is made from, and which are defined by each other.
fn find_sources(layer: &Layer, metrics: &mut [PreparedMetric]) {
    let mut done = vec![false; metrics.len()];
    for at in 0..metrics.len() {
        let mut open = Vec::new();
        visit(layer, metrics, &mut done, &mut open, MetricId(number(at)));
    }
}

fn visit(
    layer: &Layer,
    metrics: &mut [PreparedMetric],
    done: &mut [bool],
    open: &mut Vec<MetricId>,
    id: MetricId,
) {
    /// Deeper than this the call stack, not the layer, would set the limit.
    const DEPTH_MAX: usize = 200;
    let at = place(id.0);
    if done[at] {
        return;
    }
    if open.contains(&id) || open.len() >= DEPTH_MAX {
        let names: Vec<&str> = open
            .iter()
            .chain([&id])
            .map(|id| layer.metrics[place(id.0)].name.as_str())
            .collect();
        let message = format!("metrics are defined by each other: {}", names.join(" -> "));
        let error = PlanError::new(Reason::CyclicDefinition, message).about(names[0]);
        metrics[at].body = Err(error);
        done[at] = true;
        return;
    }
    open.push(id);
    let mut sources: Vec<DatasetId> = Vec::new();
    if let Ok(body) = &metrics[at].body {
        sources.extend(body.own_sources());
    }
    let grouped: Vec<MetricId> = metrics[at]
        .body
        .as_ref()
        .map(Body::grouped_inputs)
        .unwrap_or_default();
    let inputs: Vec<MetricId> = metrics[at]
        .body
        .as_ref()
        .map(Body::inputs)
        .unwrap_or_default();
    for input in inputs {
        visit(layer, metrics, done, open, input);
        if let Err(error) = &metrics[place(input.0)].body {
            let error = error.clone();
            if metrics[at].body.is_ok() {
                metrics[at].body = Err(error);
            }
            continue;
        }
        for source in &metrics[place(input.0)].sources {
            if grouped.contains(&input) && !sources.contains(source) {
                sources.push(*source);
            }
        }
    }
    open.pop();
    metrics[at].sources = sources;
    done[at] = true;
}

impl Body {
    /// Returns the datasets whose rows it aggregates itself, each once.
    fn own_sources(&self) -> Vec<DatasetId> {
        let mut sources = Vec::new();
        match self {
            Self::Simple(simple) => sources.push(simple.dataset),
            Self::Window { dataset, .. } => sources.push(*dataset),
            Self::Aggregates(aggregates) => {
                for part in &aggregates.parts {
                    if let Part::Atom(atom) = part
                        && !sources.contains(&atom.dataset)
                    {
                        sources.push(atom.dataset);
                    }
                }
            }
            _ => {}
        }
        sources
    }

    /// Returns the metrics by whose rows it is grouped: a conversion is counted where its base event is.
    fn grouped_inputs(&self) -> Vec<MetricId> {
        match self {
            Self::Conversion { base, .. } => vec![base.metric],
            _ => self.inputs(),
        }
    }

    /// Returns the metrics that it is made from, in order.
    pub fn inputs(&self) -> Vec<MetricId> {
        match self {
            Self::Simple(_) | Self::Window { .. } => Vec::new(),
            Self::Aggregates(aggregates) => {
                let parts = aggregates.parts.iter();
                parts
                    .filter_map(|part| match part {
                        Part::Metric(metric) => Some(*metric),
                        Part::Atom(_) | Part::Group(_) => None,
                    })
                    .collect()
            }
            Self::Ratio {
                numerator,
                denominator,
            } => vec![numerator.metric, denominator.metric],
            Self::Derived { inputs, .. } => inputs.iter().map(|input| input.metric).collect(),
            Self::Cumulative { input } | Self::FixedGrain { input } => vec![input.metric],
            Self::Conversion { base, conversion } => vec![base.metric, conversion.metric],
        }
    }
}
