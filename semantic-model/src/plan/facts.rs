//! Queries over facts and what they look up, as Ossie asks them: metrics as expressions, rows of datasets, bridges.
//!
//! Five rules hold: no row of a fact is dropped in silence, none is counted twice, none loses its groups, nothing is
//! aggregated again that cannot be, and where that cannot be kept the query is refused.

mod aggregate;
mod arithmetic;
mod groups;
mod having;
mod reach;
mod rows;

use super::body::Body;
use super::catalog::Catalog;
use super::compile::ResultColumn;
use super::planner::Planner;
use super::{Condition, PlanError, Reason, parse_condition, windows};
use crate::layer::{Filter, GroupBy, MetricKind, OrderBy, Query};

/// Names that the grammar of Ossie keeps for itself.
const RESERVED: [&str; 3] = ["grain", "filter", "query_filter"];

/// Returns whether a query is planned here: it asks for rows, or for metrics that are expressions over facts.
pub(super) fn is_of_facts(catalog: &Catalog, query: &Query) -> bool {
    let is_expression = |name: &str| {
        let metric = catalog.metric_id(name).map(|id| catalog.metric(id));
        metric.is_ok_and(|metric| matches!(metric.kind, MetricKind::Expression(_)))
    };
    !query.fields.is_empty()
        || query
            .metrics
            .iter()
            .any(|metric| is_expression(&metric.name))
        || (query.dataset.is_some() && query.saved_query.is_none())
}

/// Plans a query and returns the columns of its result.
pub(super) fn plan(
    planner: &mut Planner<'_>,
    query: &Query,
) -> Result<Vec<ResultColumn>, PlanError> {
    check_names(planner.catalog)?;
    let aggregates = !query.metrics.is_empty() || !query.group_by.is_empty();
    match (query.fields.is_empty(), aggregates) {
        (false, true) => Err(PlanError::new(
            Reason::MixedQueryShape,
            "a query asks either for rows (fields) or for metrics by groups, not for both",
        )),
        (true, false) => Err(PlanError::new(
            Reason::EmptyQuery,
            "the query asks for neither fields nor metrics nor groups",
        )),
        (false, false) => rows::plan(planner, query),
        (true, true) => aggregate::plan(planner, query),
    }
}

fn check_names(catalog: &Catalog) -> Result<(), PlanError> {
    let layer = catalog.layer();
    let fields = layer.datasets.iter().flat_map(|dataset| &dataset.fields);
    let names = fields
        .map(|field| &field.name)
        .chain(layer.metrics.iter().map(|metric| &metric.name));
    for name in names {
        if RESERVED
            .iter()
            .any(|reserved| reserved.eq_ignore_ascii_case(name))
        {
            let message = format!("`{name}` is a word of the query language and cannot be a name");
            return Err(PlanError::new(Reason::ReservedName, message).about(name));
        }
    }
    Ok(())
}

/// Gives a name with its dataset, where the query says which dataset bare names are of.
fn qualified(catalog: &Catalog, query: &Query, item: &GroupBy) -> GroupBy {
    let Some(dataset) = query
        .dataset
        .as_deref()
        .and_then(|name| catalog.dataset_id(name))
    else {
        return item.clone();
    };
    if item.name.contains('.') || catalog.field_id(dataset, &item.name).is_none() {
        return item.clone();
    }
    let mut item = item.clone();
    item.alias.get_or_insert_with(|| item.name.clone());
    item.name = format!("{}.{}", catalog.dataset(dataset).name, item.name);
    item
}

/// Reads a condition on rows, and refuses aggregates in it.
fn row_condition(
    catalog: &Catalog,
    query: &Query,
    filter: &Filter,
) -> Result<Condition, PlanError> {
    let condition = parse_condition(filter)?;
    let in_where = |what: &str| {
        let message = format!(
            "`{}` has {what}; a condition on rows comes before any row is aggregated",
            filter.0
        );
        PlanError::new(Reason::AggregateInWhere, message).about(&filter.0)
    };
    if condition.any(super::condition::is_aggregate) {
        return Err(in_where("an aggregate"));
    }
    if windows::has_window(&condition.ast) {
        let message = format!(
            "`{}` has a window; name it as a field to filter by it",
            filter.0
        );
        return Err(PlanError::new(Reason::InvalidExpression, message).about(&filter.0));
    }
    condition.try_map(|item| match item {
        super::Item::Group(group) => {
            let group = qualified(catalog, query, group);
            if aggregated_metric(catalog, &group.name) {
                return Err(in_where(&format!("the metric `{}`", group.name)));
            }
            Ok(super::Item::Group(group))
        }
        super::Item::Metric { metric, .. } => Err(in_where(&format!("the metric `{metric}`"))),
    })
}

/// Returns whether a name is that of a metric that aggregates rows.
fn aggregated_metric(catalog: &Catalog, name: &str) -> bool {
    let Ok(id) = catalog.metric_id(name) else {
        return false;
    };
    !matches!(catalog.body(id), Ok(Body::Window { .. }))
}

/// Returns where NULL stands in an order: after all values, and so first where the greatest comes first.
fn nulls_first(key: &OrderBy) -> bool {
    key.nulls_first.unwrap_or(key.descending)
}

fn unknown_order(name: &str, known: impl Iterator<Item = String>) -> PlanError {
    PlanError::new(
        Reason::InvalidExpression,
        format!("the query does not show `{name}`, so it cannot be ordered by it"),
    )
    .about(name)
    .or(known)
}
