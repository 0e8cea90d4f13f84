//! Metrics: what they are computed from, and how, in the words that the graph has for metrics of any source.

use graph_core::rdf::NamedNode;
use ontologies::{iso, prov, qb};
use semantic_model::identity::IriKind;
use semantic_model::layer::{Aggregation, Layer, Metric, MetricInput, MetricKind, Part, Simple};

use super::write::{Writer, column_of};

/// Writes all metrics of a layer.
pub(super) fn write(writer: &mut Writer<'_>) {
    let layer = writer.layer;
    for metric in &layer.metrics {
        let part = Part::Metric(Box::new(metric.clone()));
        if let Some(subject) = writer.known.metric(&metric.name) {
            writer.declared(&subject, "metric_definition", &part);
            continue;
        }
        let subject = iri(writer, metric);
        writer.out.class(&subject, iso::METRIC);
        writer.out.class(&subject, qb::MEASURE_PROPERTY);
        writer.out.name(&subject, iso::NAME, &metric.name);
        writer.notes(&subject, &metric.notes, &metric.name);
        computed(writer, &subject, metric);
        writer.declared(&subject, "metric", &part);
    }
}

/// A metric of a dataset is named within it, for two datasets may have measures of one name.
fn iri(writer: &Writer<'_>, metric: &Metric) -> NamedNode {
    if let Some(known) = writer.known.metric(&metric.name) {
        return known;
    }
    let mut path = writer.path(&[]);
    path.extend(metric.dataset.clone());
    path.push(metric.name.clone());
    writer.out.iri(IriKind::Metric, &path)
}

fn computed(writer: &mut Writer<'_>, subject: &NamedNode, metric: &Metric) {
    match &metric.kind {
        MetricKind::Simple(simple) => simple_metric(writer, subject, simple),
        MetricKind::Ratio {
            numerator,
            denominator,
        } => {
            let text = format!("{} / {}", named(numerator), named(denominator));
            writer.out.text(subject, iso::EXPRESSION, &text);
        }
        MetricKind::Derived { expression, .. } | MetricKind::Expression(expression) => {
            writer.out.text(subject, iso::EXPRESSION, &expression.sql);
        }
        MetricKind::Cumulative(_) | MetricKind::Conversion(_) | MetricKind::FixedGrain(_) => {}
    }
    let layer = writer.layer;
    for input in metric.kind.inputs() {
        let Some(other) = find(layer, &input.metric) else {
            continue;
        };
        let other = iri(writer, other);
        writer.out.link(subject, prov::WAS_DERIVED_FROM, &other);
    }
    if let Some(dataset) = &metric.dataset {
        derive_from(writer, subject, dataset, None);
    }
}

fn named(input: &MetricInput) -> &str {
    input.alias.as_deref().unwrap_or(&input.metric)
}

fn find<'l>(layer: &'l Layer, name: &str) -> Option<&'l Metric> {
    let qualified = |metric: &Metric| {
        let dataset = metric.dataset.as_deref()?;
        name.strip_prefix(dataset)?
            .strip_prefix('.')
            .map(|rest| rest == metric.name)
    };
    layer
        .metrics
        .iter()
        .find(|metric| metric.name == name || qualified(metric) == Some(true))
}

fn simple_metric(writer: &mut Writer<'_>, subject: &NamedNode, simple: &Simple) {
    let (function, distinct) = function(simple.aggregation);
    let inner = simple
        .expression
        .as_ref()
        .map_or("*", |inner| inner.sql.as_str());
    let text = format!("{}({distinct}{inner})", function.to_uppercase());
    writer.out.text(subject, iso::AGGREGATION, function);
    writer.out.text(subject, iso::EXPRESSION, &text);
    let column = simple
        .expression
        .as_ref()
        .and_then(|inner| column_of(Some(inner), ""));
    derive_from(writer, subject, &simple.dataset, column);
}

fn function(aggregation: Aggregation) -> (&'static str, &'static str) {
    match aggregation {
        Aggregation::Sum | Aggregation::SumBoolean => ("sum", ""),
        Aggregation::Count => ("count", ""),
        Aggregation::CountDistinct | Aggregation::ApproximateCountDistinct => {
            ("count", "DISTINCT ")
        }
        Aggregation::Average => ("avg", ""),
        Aggregation::Min => ("min", ""),
        Aggregation::Max => ("max", ""),
        Aggregation::Median => ("median", ""),
        Aggregation::StandardDeviation { .. } => ("stddev", ""),
        Aggregation::Variance { .. } => ("variance", ""),
        Aggregation::Percentile { .. } => ("percentile", ""),
    }
}

/// A metric comes from its dataset and, where it aggregates a column, from that.
fn derive_from(writer: &mut Writer<'_>, subject: &NamedNode, dataset: &str, column: Option<&str>) {
    let Some(table) = writer.tables.get_mut(dataset) else {
        return;
    };
    writer.out.link(subject, prov::WAS_DERIVED_FROM, &table.iri);
    let Some(name) = column else {
        return;
    };
    let added = table.column(writer.out, name, &crate::table::ColumnFacts::default());
    if let Some(column) = added.or_else(|| table.get(name).cloned()) {
        writer.out.link(subject, prov::WAS_DERIVED_FROM, &column);
    }
}
