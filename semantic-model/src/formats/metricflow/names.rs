//! What is settled once the whole layer is read: names of grains, fillings, names that occur twice.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::fields::Fields;
use super::super::report::Severity;
use super::Sections;
use crate::layer::{Conversion, GrainName, Layer, MetricInput, MetricKind, Offset, Window};

/// Reports names that occur twice; the planner would find either of the two.
pub(super) fn report_repeated(sections: &Sections<'_>) {
    let metrics = sections.metrics.iter().map(|declared| &declared.fields);
    let kinds: [Vec<&Fields<'_>>; 3] = [
        sections.models.iter().collect(),
        metrics.collect(),
        sections.saved_queries.iter().collect(),
    ];
    for kind in kinds {
        let mut seen = FxHashSet::default();
        for fields in kind {
            repeated(fields, &mut seen);
        }
    }
}

fn repeated<'a>(fields: &Fields<'a>, seen: &mut FxHashSet<&'a str>) {
    let Some(name) = fields.node().text_of("name") else {
        return;
    };
    if !seen.insert(name) {
        let message = format!("`{name}` is defined twice");
        fields.problem(Severity::Warning, "duplicate_name", message, Some("name"));
    }
}

/// Settles what a single metric could not know of the layer.
pub(super) fn settle(layer: &mut Layer) {
    let custom: FxHashSet<String> = layer
        .time_spines
        .iter()
        .flat_map(|spine| &spine.custom_grains)
        .map(|grain| grain.name.clone())
        .collect();
    let fillings: FxHashMap<String, i64> = layer
        .metrics
        .iter()
        .filter_map(|metric| match &metric.kind {
            MetricKind::Simple(simple) => Some((metric.name.clone(), simple.fill_nulls_with?)),
            _ => None,
        })
        .collect();
    for metric in &mut layer.metrics {
        match &mut metric.kind {
            MetricKind::Ratio {
                numerator,
                denominator,
            } => {
                offset(numerator, &custom);
                offset(denominator, &custom);
            }
            MetricKind::Derived { inputs, .. } => {
                for input in inputs {
                    offset(input, &custom);
                }
            }
            MetricKind::Cumulative(cumulative) => {
                offset(&mut cumulative.input, &custom);
                cumulative
                    .window
                    .iter_mut()
                    .for_each(|window| singular(window, &custom));
            }
            MetricKind::Conversion(conversion) => {
                conversion
                    .window
                    .iter_mut()
                    .for_each(|window| singular(window, &custom));
                fill(conversion, &fillings);
            }
            MetricKind::Simple(_) | MetricKind::FixedGrain(_) | MetricKind::Expression(_) => {}
        }
    }
}

/// Takes over what stands where the metric of the conversions has no rows.
fn fill(conversion: &mut Conversion, fillings: &FxHashMap<String, i64>) {
    if conversion.fill_nulls_with.is_none() {
        conversion.fill_nulls_with = fillings.get(&conversion.conversion.metric).copied();
    }
}

fn offset(input: &mut MetricInput, custom: &FxHashSet<String>) {
    if let Some(Offset::Window(window)) = &mut input.offset {
        singular(window, custom);
    }
}

/// Takes `2 fiscal_years` for two of the grain `fiscal_year`, if that is one and `fiscal_years` is none.
fn singular(window: &mut Window, custom: &FxHashSet<String>) {
    let GrainName::Custom(name) = &window.grain else {
        return;
    };
    let Some(singular) = name.strip_suffix('s') else {
        return;
    };
    if !custom.contains(name) && custom.contains(singular) {
        window.grain = GrainName::Custom(singular.to_owned());
    }
}
