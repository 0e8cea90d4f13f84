//! What Ossie asks of a whole model before any query of it is answered.

use rustc_hash::FxHashSet;

use crate::layer::{Layer, Query};
use crate::plan::catalog::Catalog;
use crate::plan::{PlanError, Reason};

/// Names that the grammar of Ossie keeps for itself.
const RESERVED: [&str; 3] = ["grain", "filter", "query_filter"];

/// Keys of drafts of Ossie that would change what a model means, each with what has it.
///
/// What is read keeps unknown keys as they are; to answer as if these were not there would be another number.
const DEFERRED: [(&str, &[&str]); 4] = [
    (
        "relationship",
        &[
            "asof",
            "condition",
            "from_all_rows_match",
            "range",
            "referential_integrity",
            "to_all_rows_match",
        ],
    ),
    (
        "metric",
        &["filter", "filters", "grain", "joins", "using_relationships"],
    ),
    ("dataset", &["filter", "natural_grain"]),
    ("model", &["natural_grain", "parameters"]),
];

/// Refuses a query of a model that is not well formed.
///
/// Layers of other formats come here too, where what is wrong elsewhere in the layer is no concern of a query: only
/// queries in the shape of Ossie, which name a dataset, are held to all that Ossie asks.
pub(super) fn check(catalog: &Catalog, query: &Query) -> Result<(), PlanError> {
    let layer = catalog.layer();
    reserved(layer)?;
    if query.dataset.is_none() {
        return Ok(());
    }
    deferred(layer)?;
    collisions(layer)?;
    let broken = catalog.problems().iter().find(|problem| {
        matches!(
            problem.reason,
            Reason::AggregateInField | Reason::CyclicDefinition
        )
    });
    broken.map_or(Ok(()), |problem| Err(problem.clone()))
}

fn reserved(layer: &Layer) -> Result<(), PlanError> {
    let fields = layer.datasets.iter().flat_map(|dataset| &dataset.fields);
    let names = fields
        .map(|field| &field.name)
        .chain(layer.datasets.iter().map(|dataset| &dataset.name))
        .chain(layer.metrics.iter().map(|metric| &metric.name));
    for name in names {
        let kept = |word: &&str| word.eq_ignore_ascii_case(name);
        if RESERVED.iter().any(kept) {
            let message = format!("`{name}` is a word of the query language and cannot be a name");
            return Err(PlanError::new(Reason::ReservedName, message).about(name));
        }
    }
    Ok(())
}

fn deferred(layer: &Layer) -> Result<(), PlanError> {
    let joins = layer
        .joins
        .iter()
        .map(|join| ("relationship", &join.name, &join.notes));
    let metrics = layer
        .metrics
        .iter()
        .map(|metric| ("metric", &metric.name, &metric.notes));
    let datasets = layer
        .datasets
        .iter()
        .map(|dataset| ("dataset", &dataset.name, &dataset.notes));
    let model = std::iter::once(("model", &layer.name, &layer.notes));
    for (what, name, notes) in joins.chain(metrics).chain(datasets).chain(model) {
        let keys = DEFERRED.iter().find(|(of, _)| *of == what);
        let found =
            keys.and_then(|(_, keys)| keys.iter().find(|key| notes.extensions.contains_key(**key)));
        if let Some(key) = found {
            let message = format!(
                "{what} `{name}` has the key `{key}`, which would change its meaning and has no settled one yet"
            );
            return Err(PlanError::new(Reason::DeferredFeature, message).about(*key));
        }
    }
    Ok(())
}

/// Refuses two datasets, relationships or metrics of one name: they are spoken of by it alone.
fn collisions(layer: &Layer) -> Result<(), PlanError> {
    let names = layer
        .datasets
        .iter()
        .map(|dataset| &dataset.name)
        .chain(layer.joins.iter().map(|join| &join.name))
        .chain(
            layer
                .metrics
                .iter()
                .filter(|metric| metric.dataset.is_none())
                .map(|metric| &metric.name),
        );
    let mut seen = FxHashSet::default();
    for name in names {
        if !seen.insert(name.to_lowercase()) {
            let message = format!("the model calls more than one thing `{name}`");
            return Err(PlanError::new(Reason::AmbiguousName, message).about(name));
        }
    }
    Ok(())
}
