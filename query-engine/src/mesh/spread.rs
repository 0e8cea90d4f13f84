//! Metrics that are made of metrics of several engines.
//!
//! A layer may name metrics of another one. Where all of a metric lies in one engine it is asked for there, whichever layer
//! declares it. Arithmetic over metrics of several engines is kept apart: each engine gives its inputs, and the embedded engine
//! works it out of their values. What needs the rows of several engines at once is refused in words.

use std::collections::{BTreeMap, BTreeSet};

use semantic_model::layer::{
    Expression, Filter, Layer, Metric, MetricInput, MetricKind, Notes, Offset,
};
use semantic_model::plan::{PlanError, Reason};

/// The layers over each engine, as one, by the engine's name.
pub(super) type Layers = BTreeMap<String, Layer>;

/// A metric over several engines.
#[derive(Debug)]
pub(super) struct Spread {
    /// The metric; its inputs are neither filtered nor shifted any more.
    pub(super) metric: Metric,
    /// Where each of its inputs comes from.
    pub(super) inputs: Vec<Source>,
    /// Why it cannot be worked out of the inputs' values, if it cannot.
    pub(super) refusal: Option<PlanError>,
}

/// Where a metric comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// An engine gives it.
    Engine {
        /// The engine's name.
        engine: String,
        /// The metric's.
        metric: String,
    },
    /// It is itself over several engines.
    Spread(String),
}

/// Takes metrics over several engines out of the layers, and moves those that lie in another engine than their layer there.
pub(super) fn settle(layers: &mut Layers) -> BTreeMap<String, Spread> {
    let places = Places::of(layers);
    let mut moved: Vec<(String, Metric)> = Vec::new();
    let mut spread: Vec<(String, Metric)> = Vec::new();
    for (engine, layer) in layers.iter_mut() {
        let (mut kept, all) = (Vec::new(), std::mem::take(&mut layer.metrics));
        for metric in all {
            let leaves: Vec<&str> = places.leaves(engine, &metric.name).into_iter().collect();
            match leaves.as_slice() {
                [one] if *one != engine.as_str() => moved.push(((*one).to_owned(), metric)),
                [_, _, ..] => spread.push((engine.clone(), metric)),
                _ => kept.push(metric),
            }
        }
        layer.metrics = kept;
    }
    for (engine, metric) in moved {
        let layer = layers.entry(engine).or_default();
        // The engine's own metric of that name is what its other metrics mean.
        if !layer.metrics.iter().any(|other| other.name == metric.name) {
            layer.metrics.push(metric);
        }
    }
    let taken_apart = spread
        .into_iter()
        .map(|(engine, metric)| (metric.name.clone(), apart(layers, &places, &engine, metric)));
    taken_apart.collect()
}

/// Where metrics are declared, and what they are made of.
struct Places {
    /// The inputs of each engine's metrics, by name.
    inputs: BTreeMap<(String, String), Vec<String>>,
    /// The engines that declare a metric of a name.
    engines: BTreeMap<String, Vec<String>>,
}

impl Places {
    fn of(layers: &Layers) -> Self {
        let mut places = Self {
            inputs: BTreeMap::new(),
            engines: BTreeMap::new(),
        };
        for (engine, layer) in layers {
            for metric in &layer.metrics {
                let names = metric.kind.inputs().into_iter();
                let names = names.map(|input| input.metric.clone()).collect();
                let key = (engine.clone(), metric.name.clone());
                if places.inputs.insert(key, names).is_none() {
                    let engines = places.engines.entry(metric.name.clone()).or_default();
                    engines.push(engine.clone());
                }
            }
        }
        places
    }

    /// The engine whose metric a name in a layer over `engine` means: its own, or the only other one.
    fn home(&self, engine: &str, metric: &str) -> Option<&str> {
        let engines = self.engines.get(metric)?;
        let own = engines.iter().find(|other| *other == engine);
        match (own, engines.as_slice()) {
            (Some(own), _) => Some(own),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// The engines that hold what a metric is at last made of.
    fn leaves<'p>(&'p self, engine: &str, metric: &str) -> BTreeSet<&'p str> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        self.collect(engine, metric, &mut found, &mut seen);
        found
    }

    fn collect<'p>(
        &'p self,
        engine: &str,
        metric: &str,
        found: &mut BTreeSet<&'p str>,
        seen: &mut BTreeSet<(String, String)>,
    ) {
        let Some(home) = self.home(engine, metric) else {
            return;
        };
        let key = (home.to_owned(), metric.to_owned());
        // What is defined by itself is for the planner to refuse.
        if !seen.insert(key.clone()) {
            return;
        }
        let Some(inputs) = self.inputs.get(&key) else {
            return;
        };
        if inputs.is_empty() {
            found.insert(home);
        }
        for input in inputs {
            self.collect(home, input, found, seen);
        }
    }
}

/// The metrics that arithmetic names, to be called otherwise.
pub(super) fn inputs_mut(kind: &mut MetricKind) -> Vec<&mut MetricInput> {
    match kind {
        MetricKind::Ratio {
            numerator,
            denominator,
        } => vec![numerator, denominator],
        MetricKind::Derived { inputs, .. } => inputs.iter_mut().collect(),
        _ => Vec::new(),
    }
}

/// Takes a metric apart into what each engine gives, and what is left to work out.
fn apart(layers: &mut Layers, places: &Places, engine: &str, mut metric: Metric) -> Spread {
    let refuse = |message: String| {
        let name = &metric.name;
        let message = format!("metric `{name}` is over several engines, and {message}");
        Some(PlanError::new(Reason::NotSupported, message).about(name))
    };
    let mut refusal = match &metric.kind {
        MetricKind::Ratio { .. } | MetricKind::Derived { .. } => None,
        MetricKind::Conversion(_) => {
            refuse("which events follow each other shows only in the rows of one".to_owned())
        }
        _ => refuse("a running or fixed total is added up from the rows of one".to_owned()),
    };
    for input in metric.kind.inputs() {
        let spread = places.leaves(engine, &input.metric).len() > 1;
        if spread && (input.offset.is_some() || !input.filters.is_empty()) {
            let name = &input.metric;
            refusal = refuse(format!(
                "it filters or shifts `{name}`, which is over several engines too: do so in the metrics that `{name}` is made of"
            ));
        }
    }
    if refusal.is_none() && !metric.filters.is_empty() {
        let nested = metric
            .kind
            .inputs()
            .into_iter()
            .any(|input| places.leaves(engine, &input.metric).len() > 1);
        if nested {
            refusal =
                refuse("its filter would have to hold for a metric that is so too".to_owned());
        }
    }
    let filters = std::mem::take(&mut metric.filters);
    let name = metric.name.clone();
    let mut sources = Vec::new();
    for input in inputs_mut(&mut metric.kind) {
        let source = source(layers, places, engine, &name, input, &filters);
        let spoken = input.alias.take();
        *input = MetricInput {
            metric: input.metric.clone(),
            alias: spoken.or_else(|| Some(input.metric.clone())),
            filters: Vec::new(),
            offset: None,
        };
        sources.push(source);
    }
    Spread {
        metric,
        inputs: sources,
        refusal,
    }
}

/// Where an input comes from. An engine gets a metric of its own for one that is filtered or shifted.
fn source(
    layers: &mut Layers,
    places: &Places,
    engine: &str,
    user: &str,
    input: &MetricInput,
    filters: &[Filter],
) -> Source {
    let leaves: Vec<&str> = places
        .leaves(engine, &input.metric)
        .into_iter()
        .take(2)
        .collect();
    let home = match leaves.as_slice() {
        [only] => (*only).to_owned(),
        [] => engine.to_owned(),
        _ => return Source::Spread(input.metric.clone()),
    };
    if input.filters.is_empty() && input.offset.is_none() && filters.is_empty() {
        return Source::Engine {
            engine: home,
            metric: input.metric.clone(),
        };
    }
    let layer = layers.entry(home.clone()).or_default();
    let metric = own(layer, user, input, filters);
    Source::Engine {
        engine: home,
        metric,
    }
}

/// Adds a hidden metric to a layer: an input as another metric uses it. Gives its name.
fn own(layer: &mut Layer, user: &str, input: &MetricInput, filters: &[Filter]) -> String {
    let shift = match &input.offset {
        Some(Offset::Window(window)) => format!(" {} {} before", window.count, window.grain),
        Some(Offset::ToGrain(grain)) => format!(" at the start of the {grain}"),
        None => String::new(),
    };
    let base = format!("{}{shift} for {user}", input.metric);
    let taken = |name: &str| layer.metrics.iter().any(|metric| metric.name == name);
    let mut name = base.clone();
    let mut number = 1;
    while taken(&name) {
        number += 1;
        name = format!("{base} {number}");
    }
    layer.metrics.push(Metric {
        name: name.clone(),
        dataset: None,
        kind: MetricKind::Derived {
            expression: Expression::new("part"),
            inputs: vec![MetricInput {
                alias: Some("part".to_owned()),
                ..input.clone()
            }],
        },
        filters: filters.to_vec(),
        time_grain: None,
        notes: Notes {
            hidden: true,
            ..Notes::default()
        },
    });
    name
}
