//! Metrics: of the semantic layer (dbt 1.6 and newer) and the older ones that name a model.

use std::collections::BTreeMap;

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, iso, prov, qb};
use semantic_model::identity::IriKind;
use serde_json::Value;

use super::columns;
use super::datasets::dependencies;
use super::document::{Document, Entry};
use super::extras;
use super::place::{self, Facts, tags_of};
use super::project::{Project, fields_of};
use super::relation::plain_column;
use super::semantic::{dataset_of, said_only};
use crate::json::{Fields, Object};

/// A measure of a semantic model.
struct Measure {
    /// The dataset it is taken from, by id.
    dataset: String,
    aggregation: String,
    expression: String,
}

/// The measures of all semantic models, and the datasets of these.
#[derive(Default)]
struct Layer {
    measures: BTreeMap<String, Measure>,
    dataset_of_model: BTreeMap<String, String>,
}

/// What a metric is computed from.
#[derive(Default)]
struct Formula {
    expression: Option<String>,
    aggregation: Option<String>,
    /// Datasets by id, with the column when it is one.
    data: Vec<(String, Option<String>)>,
    /// Other metrics, by name.
    metrics: Vec<String>,
    /// The column that the metric itself aggregates, before its dataset is known.
    column: Option<String>,
}

/// Writes the metrics of a manifest.
pub(super) fn write(project: &mut Project<'_>, manifest: &Document) {
    let layer = layer(project, manifest.section("semantic_models"));
    let entries = manifest.section("metrics");
    let mut names = BTreeMap::new();
    for entry in entries {
        project.identities.note(&entry.id);
        let fields = fields_of(entry);
        if let Some(name) = fields.said("name", &mut project.troubles()) {
            names.insert(name.to_owned(), entry.id.clone());
        }
    }
    for entry in entries {
        metric(project, entry, &layer, &names);
    }
}

fn layer(project: &mut Project<'_>, entries: &[Entry]) -> Layer {
    let mut layer = Layer::default();
    for entry in entries {
        let Some(dataset) = dataset_of(project, entry) else {
            continue;
        };
        layer
            .dataset_of_model
            .insert(entry.id.clone(), dataset.clone());
        let mut troubles = project.troubles();
        for (path, object) in fields_of(entry).objects("measures", &mut troubles) {
            let measure = Fields {
                object,
                path: &path,
            };
            if let Some(name) = measure.said("name", &mut troubles) {
                let measure = Measure {
                    dataset: dataset.clone(),
                    aggregation: measure
                        .said("agg", &mut troubles)
                        .unwrap_or_default()
                        .to_lowercase(),
                    expression: measure
                        .said("expr", &mut troubles)
                        .unwrap_or(name)
                        .to_owned(),
                };
                layer.measures.insert(name.to_owned(), measure);
            }
        }
    }
    layer
}

fn metric(
    project: &mut Project<'_>,
    entry: &Entry,
    layer: &Layer,
    names: &BTreeMap<String, String>,
) {
    let fields = fields_of(entry);
    project.report.understood("metric");
    let subject = project.out.iri(IriKind::Metric, &[&entry.id]);
    project.out.class(&subject, iso::METRIC);
    project.out.class(&subject, qb::MEASURE_PROPERTY);
    project.out.text(&subject, dcterms::IDENTIFIER, &entry.id);
    let mut troubles = project.troubles();
    let fallback = entry.id.rsplit('.').next().unwrap_or_default();
    let name = fields.said("name", &mut troubles).unwrap_or(fallback);
    let label = fields.said("label", &mut troubles).unwrap_or(name);
    let description = fields.said("description", &mut troubles);
    let tags = tags_of(&fields, &mut troubles);
    project.out.name(&subject, dcterms::TITLE, label);
    project.out.name(&subject, iso::NAME, name);
    if let Some(description) = description {
        project
            .out
            .text(&subject, dcterms::DESCRIPTION, description);
    }
    for tag in &tags {
        project.out.name(&subject, dcat::KEYWORD, tag);
    }
    placed(project, &fields, entry, name, &subject);
    let parameters_path = fields.path_of("type_params");
    let parameters = fields.object("type_params", &mut project.troubles());
    let formula = match parameters {
        Some(object) => {
            let parameters = Fields {
                object,
                path: &parameters_path,
            };
            layered(project, &fields, &parameters, layer)
        }
        None => legacy(project, &fields),
    };
    computed(project, &subject, &fields, &formula, names);
    for key in [
        "type",
        "filter",
        "filters",
        "time_granularity",
        "timestamp",
        "dimensions",
    ] {
        match fields.get(key) {
            Some(Value::Array(items)) if items.is_empty() => {}
            Some(Value::Object(filter)) => project.out.extra(&subject, key, &said_only(filter)),
            Some(value) => project.out.extra(&subject, key, value),
            None => {}
        }
    }
    if let Some(window) = parameters.and_then(window) {
        project.out.extra(&subject, "type_params", &window);
    }
    extras::keep_meta(project, &fields, &subject);
}

/// Gives what makes a cumulative or conversion metric what it is.
fn window(parameters: &Object) -> Option<Value> {
    let keys = [
        "window",
        "grain_to_date",
        "cumulative_type_params",
        "conversion_type_params",
    ];
    let said: Object = keys
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), parameters.get(key)?.clone())))
        .filter(|(_, value)| !value.is_null())
        .collect();
    (!said.is_empty()).then_some(Value::Object(said))
}

/// Writes domain and product of a metric, found like those of a model.
fn placed(
    project: &mut Project<'_>,
    fields: &Fields<'_>,
    entry: &Entry,
    name: &str,
    subject: &NamedNode,
) {
    let config_path = fields.path_of("config");
    let source = project.options.source.as_str();
    let mut troubles = crate::json::Troubles {
        report: project.report,
        file: project.file,
        line: None,
    };
    let config = fields.object("config", &mut troubles);
    let group = fields.said("group", &mut troubles).or_else(|| {
        let config = Fields {
            object: config?,
            path: &config_path,
        };
        config.said("group", &mut troubles)
    });
    let fqn = fields.texts("fqn", &mut troubles);
    let package = fields.said("package_name", &mut troubles);
    let tags = tags_of(fields, &mut troubles);
    let folders = match fqn.as_slice() {
        [_, folders @ .., _] => folders,
        _ => &[],
    };
    let facts = Facts {
        source,
        package: package.unwrap_or_else(|| entry.id.split('.').nth(1).unwrap_or_default()),
        folders,
        group,
        tags: &tags,
        relation: ["", "", name],
        is_source: false,
    };
    let place = place::place(&project.options.mapping, &facts, fields, &mut troubles);
    let domain = project.out.domain(&place.domain);
    project.out.link(subject, iso::IN_DOMAIN, &domain);
    if let (Some(product), Some(title)) = (&place.product, place.product_title()) {
        let product = project.out.product_titled(&place.domain, product, &title);
        project.out.link(subject, iso::IN_PRODUCT, &product);
    }
    for owner in extras::owners_in_meta(project, fields) {
        project.out.link(subject, prov::WAS_ATTRIBUTED_TO, &owner);
    }
}

/// Reads a metric of the semantic layer.
fn layered(
    project: &mut Project<'_>,
    fields: &Fields<'_>,
    parameters: &Fields<'_>,
    layer: &Layer,
) -> Formula {
    let mut formula = Formula::default();
    let mut names: Vec<String> = Vec::new();
    for key in ["measure", "input_measures"] {
        names.extend(named_in(parameters.get(key)));
    }
    for name in &names {
        if let Some(measure) = layer.measures.get(name) {
            formula.take(measure);
        } else {
            let message = format!("measure `{name}` is in no semantic model");
            let at = project.at(parameters.path);
            project.report.warning("unresolved_reference", message, at);
        }
    }
    let mut troubles = project.troubles();
    let kind = fields
        .said("type", &mut troubles)
        .unwrap_or("simple")
        .to_lowercase();
    let written = parameters.said("expr", &mut troubles).map(str::to_owned);
    let first = |key: &str| named_in(parameters.get(key)).into_iter().next();
    formula.metrics.extend(named_in(parameters.get("metrics")));
    match kind.as_str() {
        "ratio" => {
            let (above, below) = (first("numerator"), first("denominator"));
            if let (Some(above), Some(below)) = (&above, &below) {
                formula.expression = Some(format!("{above} / {below}"));
            }
            formula.metrics.extend(above.into_iter().chain(below));
        }
        "derived" | "conversion" => formula.expression = written,
        _ => {
            if let Some(measure) = first("measure").and_then(|name| layer.measures.get(&name)) {
                formula.aggregation = Some(measure.aggregation.clone());
                formula.expression = Some(aggregate(&measure.aggregation, &measure.expression));
            } else {
                aggregated(project, parameters, written, &mut formula);
                let column = formula.column.take();
                for dataset in datasets(project, fields, layer) {
                    formula.data.push((dataset, column.clone()));
                }
            }
        }
    }
    formula
}

/// Gives the datasets that a metric depends on, directly or through a semantic model.
fn datasets(project: &mut Project<'_>, fields: &Fields<'_>, layer: &Layer) -> Vec<String> {
    dependencies(project, fields)
        .into_iter()
        .map(|(_, id)| layer.dataset_of_model.get(&id).cloned().unwrap_or(id))
        .filter(|id| project.known.contains_key(id))
        .collect()
}

/// Reads a metric that aggregates a column itself, as the newest manifests do.
fn aggregated(
    project: &mut Project<'_>,
    parameters: &Fields<'_>,
    written: Option<String>,
    formula: &mut Formula,
) {
    let path = parameters.path_of("metric_aggregation_params");
    let object = parameters.object("metric_aggregation_params", &mut project.troubles());
    let Some(object) = object else {
        formula.expression = written;
        return;
    };
    let parameters = Fields {
        object,
        path: &path,
    };
    let mut troubles = project.troubles();
    let aggregation = parameters
        .said("agg", &mut troubles)
        .unwrap_or_default()
        .to_lowercase();
    let inner = parameters
        .said("expr", &mut troubles)
        .map(str::to_owned)
        .or(written);
    formula.column = inner.as_deref().and_then(plain_column).map(str::to_owned);
    formula.expression = inner.map(|inner| aggregate(&aggregation, &inner));
    formula.aggregation = Some(aggregation);
}

/// Reads a metric from before the semantic layer: a model, a method and an expression.
fn legacy(project: &mut Project<'_>, fields: &Fields<'_>) -> Formula {
    let mut formula = Formula::default();
    let mut troubles = project.troubles();
    let method = fields
        .said("calculation_method", &mut troubles)
        .or_else(|| fields.said("type", &mut troubles));
    let written = fields
        .said("expression", &mut troubles)
        .or_else(|| fields.said("sql", &mut troubles));
    formula.aggregation = method.map(str::to_lowercase);
    formula.expression = match (method, written) {
        (Some("derived" | "expression"), Some(written)) => Some(written.to_owned()),
        (Some(method), Some(written)) => Some(aggregate(&method.to_lowercase(), written)),
        (_, written) => written.map(str::to_owned),
    };
    let column = written.and_then(plain_column).map(str::to_owned);
    for (_, id) in dependencies(project, fields) {
        if project.known.contains_key(&id) {
            formula.data.push((id, column.clone()));
        } else if let Some(name) = id.strip_prefix("metric.") {
            let name = name.rsplit('.').next().unwrap_or(name);
            formula.metrics.push(name.to_owned());
        }
    }
    formula
}

/// Writes expression, aggregation and what a metric comes from.
fn computed(
    project: &mut Project<'_>,
    subject: &NamedNode,
    fields: &Fields<'_>,
    formula: &Formula,
    names: &BTreeMap<String, String>,
) {
    if let Some(expression) = &formula.expression {
        project.out.text(subject, iso::EXPRESSION, expression);
    }
    if let Some(aggregation) = &formula.aggregation {
        project.out.text(subject, iso::AGGREGATION, aggregation);
    }
    for (dataset, column) in &formula.data {
        let column = column
            .as_ref()
            .and_then(|name| columns::find_or_add(project, dataset, name));
        let dataset = project.known.get(dataset).map(|known| known.iri.clone());
        for from in dataset.iter().chain(&column) {
            project.out.link(subject, prov::WAS_DERIVED_FROM, from);
        }
    }
    for name in &formula.metrics {
        if let Some(id) = names.get(name) {
            let other = project.out.iri(IriKind::Metric, &[id]);
            project.out.link(subject, prov::WAS_DERIVED_FROM, &other);
        } else {
            let message = format!("metric `{name}` is not in the manifest");
            let at = project.at(&fields.path_of("type_params"));
            project.report.warning("unresolved_reference", message, at);
        }
    }
}

impl Formula {
    fn take(&mut self, measure: &Measure) {
        let column = plain_column(&measure.expression).map(str::to_owned);
        let from = (measure.dataset.clone(), column);
        if !self.data.contains(&from) {
            self.data.push(from);
        }
    }
}

/// Gives the names in a reference: a text, an object with a `name`, or a list of these.
fn named_in(value: Option<&Value>) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(name) => Some(name.clone()),
        other => other.get("name").and_then(Value::as_str).map(str::to_owned),
    };
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
    }
}

/// Writes an aggregation as SQL reads it.
fn aggregate(aggregation: &str, expression: &str) -> String {
    match aggregation {
        "count_distinct" => format!("COUNT(DISTINCT {expression})"),
        "sum_boolean" => format!("SUM(CAST({expression} AS INT))"),
        "average" => format!("AVG({expression})"),
        "" => expression.to_owned(),
        other => format!("{}({expression})", other.to_uppercase()),
    }
}
