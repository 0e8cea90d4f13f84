//! Layers that share their names, put together.

use std::sync::Arc;

use semantic_model::layer::Layer;
use semantic_model::plan::Catalog;

use super::{Arrangement, DeclaredLayer, Semantics, Space};

/// What a layer is put with.
struct Together {
    engine: Option<String>,
    /// Whether others may join.
    shared: bool,
    layer: Layer,
}

/// Puts layers into spaces and tells each which is its own.
///
/// Spaces whose layers are those of an earlier version are taken from there: their SQL is parsed already.
pub(super) fn build(
    layers: &mut [DeclaredLayer],
    arrangement: &Arrangement,
    before: Option<&Semantics>,
    problems: &mut Vec<String>,
) -> Vec<Space> {
    let mut together: Vec<Together> = Vec::new();
    for layer in layers.iter_mut() {
        let shared = arrangement.shares(layer);
        let place = together
            .iter_mut()
            .position(|space| shared && space.shared && space.engine == layer.engine);
        let clash = place.and_then(|place| clash(&together[place].layer, &layer.layer));
        match (place, clash) {
            (Some(place), None) => {
                merge(&mut together[place].layer, &layer.layer);
                layer.space = place;
                continue;
            }
            (Some(_), Some(clash)) => problems.push(format!(
                "layer `{}` stands alone: another layer over the same engine has a {clash} too",
                layer.handle
            )),
            (None, _) => {}
        }
        layer.space = together.len();
        together.push(Together {
            engine: layer.engine.clone(),
            shared: shared && place.is_none(),
            layer: Layer::clone(&layer.layer),
        });
    }
    together
        .into_iter()
        .map(|space| Space {
            engine: space.engine,
            catalog: catalog(space.layer, before),
        })
        .collect()
}

fn catalog(layer: Layer, before: Option<&Semantics>) -> Arc<Catalog> {
    let mut known = before.iter().flat_map(|semantics| &semantics.spaces);
    match known.find(|space| **space.catalog.layer() == layer) {
        Some(space) => Arc::clone(&space.catalog),
        None => Arc::new(Catalog::new(layer)),
    }
}

/// Says which name two layers both have, of those that must be unique.
fn clash(merged: &Layer, layer: &Layer) -> Option<String> {
    let datasets = layer.datasets.iter();
    let twice = |name: &str| merged.datasets.iter().any(|other| other.name == name);
    if let Some(dataset) = datasets.map(|it| &it.name).find(|name| twice(name)) {
        return Some(format!("dataset `{dataset}`"));
    }
    let metrics = layer.metrics.iter();
    let twice = |name: &str| merged.metrics.iter().any(|other| other.full_name() == name);
    let mut names = metrics.map(semantic_model::layer::Metric::full_name);
    names
        .find(|name| twice(name))
        .map(|metric| format!("metric `{metric}`"))
}

fn merge(merged: &mut Layer, layer: &Layer) {
    merged.datasets.extend(layer.datasets.iter().cloned());
    merged.joins.extend(layer.joins.iter().cloned());
    merged.metrics.extend(layer.metrics.iter().cloned());
    merged
        .saved_queries
        .extend(layer.saved_queries.iter().cloned());
    // Projects of one warehouse often declare the same calendar.
    for spine in &layer.time_spines {
        if !merged.time_spines.contains(spine) {
            merged.time_spines.push(spine.clone());
        }
    }
}
