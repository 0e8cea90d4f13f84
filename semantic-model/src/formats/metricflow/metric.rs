//! Metrics of every type, and the hidden ones that stand for measures.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::fields::Fields;
use super::super::report::Severity;
use super::super::tree::Node;
use super::inputs::{self, MeasureInput};
use super::measure::{self, Measures};
use super::{BESIDE, Declared};
use crate::layer::{
    Calculation, ConstantProperty, Conversion, Cumulative, Expression, Metric, MetricInput,
    MetricKind, Notes, PeriodAggregation, Simple,
};

/// Keys of `type_params` that repeat what others say, or that count for another form of the metric only.
const REPEATED: &[&str] = &[
    "input_measures",
    "measure",
    "metrics",
    "numerator",
    "denominator",
    "expr",
    "window",
    "grain_to_date",
];

/// A measure without filters: its name, filling, and whether it is joined to the spine.
type Plain<'a> = (&'a str, Option<i64>, bool);

/// Reads the metrics of all documents.
pub(super) fn read_all<'a>(sections: &[Declared<'a>], measures: &'a Measures<'a>) -> Vec<Metric> {
    let mut reader = Reader::new(sections, measures);
    let mut metrics = Vec::with_capacity(sections.len());
    for declared in sections {
        if let Some(metric) = reader.metric(declared) {
            declared.fields.document().understood("metric");
            metrics.push(metric);
        }
    }
    metrics.extend(reader.proxies());
    metrics.append(&mut reader.made);
    for measure in measures.all().iter().filter(|measure| !measure.used.get()) {
        let name = measure.name;
        let message = format!("measure `{name}` is used by no metric, so it cannot be asked for");
        measure
            .fields
            .problem(Severity::Note, "unused_measure", message, None);
    }
    metrics
}

struct Reader<'a> {
    measures: &'a Measures<'a>,
    /// Metrics that are nothing but a measure.
    plain: FxHashMap<Plain<'a>, String>,
    /// Names of metrics that are written down.
    declared: FxHashSet<&'a str>,
    /// Names that are taken.
    names: FxHashSet<String>,
    /// Hidden metrics that were made for measures.
    made: Vec<Metric>,
}

impl<'a> Reader<'a> {
    fn new(sections: &[Declared<'a>], measures: &'a Measures<'a>) -> Self {
        let mut reader = Self {
            measures,
            plain: FxHashMap::default(),
            declared: FxHashSet::default(),
            names: FxHashSet::default(),
            made: Vec::new(),
        };
        for declared in sections {
            reader.note(declared.fields.node());
        }
        for measure in measures.all().iter().filter(|measure| measure.is_metric) {
            if reader.names.insert(measure.name.to_owned()) {
                let plain = (measure.name, None, false);
                reader.plain.insert(plain, measure.name.to_owned());
            }
        }
        reader
    }

    /// Notes the name of a metric, and what it is if it is nothing but a measure.
    fn note(&mut self, node: &'a Node<'a>) {
        let Some(name) = node.text_of("name") else {
            return;
        };
        self.names.insert(name.to_owned());
        self.declared.insert(name);
        let Some(parameters) = node.get("type_params") else {
            return;
        };
        let Some(measure) = parameters.get("measure") else {
            return;
        };
        let Some(measured) = measure.text().or_else(|| measure.text_of("name")) else {
            return;
        };
        self.measures.get(measured);
        let simple = node
            .text_of("type")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("simple"));
        let filtered = [node, measure]
            .into_iter()
            .any(|node| node.get("filter").is_some());
        if !simple || filtered {
            return;
        }
        let said = match parameters.get("metric_aggregation_params") {
            Some(_) => parameters,
            None => measure,
        };
        let fill = said
            .text_of("fill_nulls_with")
            .and_then(|text| text.parse().ok());
        let spine = said.text_of("join_to_timespine") == Some("true");
        let known = self
            .plain
            .entry((measured, fill, spine))
            .or_insert_with(|| name.to_owned());
        if name == measured {
            name.clone_into(known);
        }
    }

    fn metric(&mut self, declared: &Declared<'a>) -> Option<Metric> {
        let fields = &declared.fields;
        let name = fields.name("name")?.to_owned();
        let inner = fields.object("type_params");
        // dbt 2 has the parameters beside the name.
        let parameters = inner.as_ref().unwrap_or(fields);
        let kind = match fields.text("type") {
            Some(kind) => kind.trim().to_lowercase(),
            None if fields.has("agg") => "simple".to_owned(),
            None => fields.name("type")?.to_lowercase(),
        };
        let mut filters = inputs::filters(fields, "filter");
        let kind = match kind.as_str() {
            "simple" => {
                let (simple, inner) = self.simple(&name, parameters, declared.model.as_deref())?;
                filters.extend(inner);
                Some(MetricKind::Simple(simple))
            }
            "ratio" => ratio(parameters),
            "derived" => derived(parameters),
            "cumulative" => self.cumulative(parameters),
            "conversion" => self.conversion(parameters),
            other => {
                let message = format!("`{other}` is no type of a metric, so `{name}` is left out");
                fields.problem(Severity::Error, "unknown_type", message, Some("type"));
                None
            }
        }?;
        let hidden = parameters
            .flag("is_private")
            .or_else(|| fields.flag("hidden"));
        unused_filling(parameters);
        if let Some(inner) = &inner {
            inner.leave(REPEATED);
        }
        let time_grain = fields.text("time_granularity");
        Some(Metric {
            dataset: None,
            kind,
            filters,
            time_grain: time_grain.map(|grain| grain.trim().to_owned().into()),
            notes: Notes {
                hidden: hidden.unwrap_or_default(),
                ..fields.notes(&[BESIDE, &["datatype"]].concat())
            },
            name,
        })
    }

    /// Reads a simple metric, and the filters of its measure.
    fn simple(
        &mut self,
        name: &str,
        parameters: &Fields<'a>,
        model: Option<&str>,
    ) -> Option<(Simple, Vec<crate::layer::Filter>)> {
        if let Some(own) = parameters.object("metric_aggregation_params") {
            let simple = aggregated(name, parameters, &own, model)?;
            own.leave(&[]);
            return Some((simple, Vec::new()));
        }
        if parameters.has("agg") {
            return Some((aggregated(name, parameters, parameters, model)?, Vec::new()));
        }
        let Some(node) = parameters.get("measure") else {
            let message = format!("`{name}` names no measure, so it is left out");
            parameters.problem(Severity::Error, "missing_key", message, Some("measure"));
            return None;
        };
        let input = inputs::measure(parameters.document(), node)?;
        let simple = self.measured(parameters, node, &input)?;
        Some((simple, input.filters))
    }

    /// Returns what a measure computes, as one use of it says.
    fn measured(
        &self,
        fields: &Fields<'a>,
        node: &Node<'_>,
        input: &MeasureInput<'_>,
    ) -> Option<Simple> {
        let Some(measure) = self.measures.get(input.name) else {
            let message = format!("measure `{}` is in no semantic model", input.name);
            fields
                .document()
                .problem(Severity::Error, "unresolved_reference", message, node, None);
            return None;
        };
        Some(Simple {
            fill_nulls_with: input.fill_nulls_with,
            join_to_time_spine: input.join_to_time_spine,
            ..measure.simple.clone()
        })
    }

    /// Returns the metric that stands under one of two keys: a metric, or a measure.
    fn input(
        &mut self,
        fields: &Fields<'a>,
        metric_key: &str,
        measure_key: &str,
    ) -> Option<MetricInput> {
        if let Some(node) = fields.get(metric_key) {
            fields.get(measure_key);
            return inputs::metric(fields.document(), node);
        }
        let Some(node) = fields.get(measure_key) else {
            let message = format!("`{metric_key}` is missing, so the metric is left out");
            fields.problem(Severity::Error, "missing_key", message, Some(metric_key));
            return None;
        };
        let input = inputs::measure(fields.document(), node)?;
        let simple = self.measured(fields, node, &input)?;
        Some(MetricInput {
            metric: self.metric_of(&input, simple),
            alias: None,
            filters: input.filters,
            offset: None,
        })
    }

    /// Returns the name of the metric that is nothing but a measure; makes a hidden one if there is none.
    fn metric_of(&mut self, input: &MeasureInput<'a>, simple: Simple) -> String {
        let plain = (input.name, input.fill_nulls_with, input.join_to_time_spine);
        if let Some(name) = self.plain.get(&plain) {
            return name.clone();
        }
        let mut name = input.name.to_owned();
        if let Some(value) = input.fill_nulls_with {
            name = format!("{name}_fill_nulls_with_{value}");
        }
        if input.join_to_time_spine {
            name.push_str("_join_to_timespine");
        }
        let base = name.clone();
        let mut number = 0;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{base}_{number}");
        }
        self.plain.insert(plain, name.clone());
        self.made.push(Metric {
            name: name.clone(),
            dataset: None,
            kind: MetricKind::Simple(simple),
            filters: Vec::new(),
            time_grain: None,
            notes: Notes {
                hidden: true,
                ..Notes::default()
            },
        });
        name
    }

    /// Gives the metrics that measures with `create_metric` are.
    fn proxies(&self) -> Vec<Metric> {
        let mut metrics = Vec::new();
        for measure in self
            .measures
            .all()
            .iter()
            .filter(|measure| measure.is_metric)
        {
            if self.declared.contains(measure.name) {
                continue;
            }
            measure.used.set(true);
            metrics.push(Metric {
                name: measure.name.to_owned(),
                dataset: None,
                kind: MetricKind::Simple(measure.simple.clone()),
                filters: Vec::new(),
                time_grain: None,
                notes: Notes {
                    label: measure
                        .fields
                        .owned("create_metric_display_name")
                        .or_else(|| measure.fields.owned("label")),
                    description: measure.fields.owned("description"),
                    ..Notes::default()
                },
            });
        }
        metrics
    }

    fn cumulative(&mut self, parameters: &Fields<'a>) -> Option<MetricKind> {
        let document = parameters.document();
        let own = parameters.object("cumulative_type_params");
        let both = || own.iter().chain(std::iter::once(parameters));
        let input = match &own {
            Some(own) if own.has("metric") => self.input(own, "metric", "measure"),
            _ if parameters.has("input_metric") => {
                self.input(parameters, "input_metric", "measure")
            }
            _ => self.input(parameters, "metric", "measure"),
        }?;
        let window = both()
            .find_map(|fields| fields.get("window"))
            .and_then(|node| inputs::window(document, node));
        let grain_to_date = both()
            .find_map(|fields| fields.text("grain_to_date"))
            .map(|grain| grain.trim().to_owned().into());
        let period = both().find_map(period).unwrap_or_default();
        if let Some(own) = &own {
            own.leave(&[]);
        }
        Some(MetricKind::Cumulative(Cumulative {
            input,
            window,
            leading: None,
            grain_to_date,
            period,
        }))
    }

    fn conversion(&mut self, parameters: &Fields<'a>) -> Option<MetricKind> {
        let inner = parameters.object("conversion_type_params");
        if inner.is_none() && !parameters.has("base_metric") {
            let message = "`conversion_type_params` is missing, so the metric is left out";
            parameters.error("missing_key", message);
            return None;
        }
        let own = inner.as_ref().unwrap_or(parameters);
        let document = own.document();
        let calculation = match own.text("calculation").map(str::to_lowercase).as_deref() {
            None | Some("conversion_rate") => Calculation::Rate,
            Some("conversions") => Calculation::Conversions,
            Some(other) => {
                let message = format!("`{other}` is no calculation, so the metric is left out");
                own.warn("unknown_calculation", message, "calculation");
                return None;
            }
        };
        let conversion = Conversion {
            base: self.input(own, "base_metric", "base_measure")?,
            conversion: self.input(own, "conversion_metric", "conversion_measure")?,
            entity: own.name("entity")?.to_owned(),
            calculation,
            window: own
                .get("window")
                .and_then(|node| inputs::window(document, node)),
            constant_properties: own
                .objects("constant_properties")
                .iter()
                .filter_map(constant_property)
                .collect(),
            fill_nulls_with: None,
        };
        if let Some(inner) = &inner {
            inner.leave(&[]);
        }
        Some(MetricKind::Conversion(Box::new(conversion)))
    }
}

/// Reads a metric that aggregates by itself.
fn aggregated(
    name: &str,
    parameters: &Fields<'_>,
    own: &Fields<'_>,
    model: Option<&str>,
) -> Option<Simple> {
    let expression = parameters.text("expr").or_else(|| own.text("expr"));
    let model = model.filter(|_| !own.has("semantic_model"));
    Some(Simple {
        dataset: model.or_else(|| own.name("semantic_model"))?.to_owned(),
        aggregation: measure::aggregation(own)?,
        expression: Some(Expression::new(expression.unwrap_or(name))),
        time: own.owned("agg_time_dimension"),
        non_additive: measure::non_additive(own),
        fill_nulls_with: parameters.integer("fill_nulls_with"),
        join_to_time_spine: parameters.flag("join_to_timespine").unwrap_or_default(),
    })
}

fn ratio(parameters: &Fields<'_>) -> Option<MetricKind> {
    let side = |key: &str| {
        let Some(node) = parameters.get(key) else {
            let message = format!("`{key}` is missing, so the metric is left out");
            parameters.problem(Severity::Error, "missing_key", message, Some(key));
            return None;
        };
        inputs::metric(parameters.document(), node)
    };
    Some(MetricKind::Ratio {
        numerator: side("numerator")?,
        denominator: side("denominator")?,
    })
}

fn derived(parameters: &Fields<'_>) -> Option<MetricKind> {
    let expression = parameters.name("expr")?;
    let inputs = ["metrics", "input_metrics"]
        .into_iter()
        .flat_map(|key| parameters.list(key))
        .filter_map(|node| inputs::metric(parameters.document(), node))
        .collect();
    Some(MetricKind::Derived {
        expression: Expression::new(expression),
        inputs,
    })
}

fn period(fields: &Fields<'_>) -> Option<PeriodAggregation> {
    match fields.text("period_agg")?.to_lowercase().as_str() {
        "first" => Some(PeriodAggregation::First),
        "last" => Some(PeriodAggregation::Last),
        "average" => Some(PeriodAggregation::Average),
        other => {
            let message = format!("`{other}` is none of first, last and average; first is assumed");
            fields.warn("unknown_aggregation", message, "period_agg");
            None
        }
    }
}

fn constant_property(fields: &Fields<'_>) -> Option<ConstantProperty> {
    let property = ConstantProperty {
        base: fields.name("base_property")?.to_owned(),
        conversion: fields.name("conversion_property")?.to_owned(),
    };
    fields.leave(&[]);
    Some(property)
}

/// Reports a filling that stands beside anything but a simple metric, where MetricFlow passes it over too.
fn unused_filling(parameters: &Fields<'_>) {
    for key in ["fill_nulls_with", "join_to_timespine"] {
        let says_nothing = parameters
            .node()
            .text_of(key)
            .is_none_or(|text| text == "false");
        if says_nothing {
            parameters.get(key);
        }
    }
}
