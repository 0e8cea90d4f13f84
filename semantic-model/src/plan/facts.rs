//! Queries over facts and what they look up, as Ossie asks them: metrics as expressions, rows of datasets, bridges.
//!
//! Five rules hold: no row of a fact is dropped in silence, none is counted twice, none loses its groups, nothing is
//! aggregated again that cannot be, and where that cannot be kept the query is refused.

mod aggregate;
mod arithmetic;
mod fact_rows;
mod groups;
mod having;
mod levels;
mod model;
mod reach;
mod rows;

use levels::Levels;
use sqlparser::ast::Expr;

use super::body::Body;
use super::catalog::Catalog;
use super::compile::ResultColumn;
use super::fragment::hole_index;
use super::planner::Planner;
use super::{Condition, PlanError, Reason, parse_condition, windows};
use crate::layer::{Filter, GroupBy, MetricKind, OrderBy, Query};

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
    model::check(planner.catalog, query)?;
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
    let refuse = |reason, what: &str| {
        let message = format!("`{}` {what}", filter.0);
        Err(PlanError::new(reason, message).about(&filter.0))
    };
    if windows::has_window(&condition.ast) {
        return refuse(
            Reason::WindowInWhere,
            "has a window, and windows look at the rows that conditions leave; name it as a field",
        );
    }
    let condition = condition.try_map(|item| {
        Ok::<_, PlanError>(match item {
            super::Item::Group(group) => super::Item::Group(qualified(catalog, query, group)),
            metric @ super::Item::Metric { .. } => metric.clone(),
        })
    })?;
    let aggregated = |part: &Expr| is_aggregated(catalog, &condition, part);
    match levels::of(&condition.ast, &aggregated) {
        Levels::Rows => Ok(condition),
        Levels::Groups => refuse(
            Reason::AggregateInWhere,
            "has an aggregate; a condition on rows comes before any row is aggregated",
        ),
        Levels::Both => refuse(
            Reason::MixedPredicateLevel,
            "is in part a condition on rows and in part one on groups; write two conditions",
        ),
    }
}

/// Whether an expression itself is an aggregate or names a metric.
fn is_aggregated(catalog: &Catalog, condition: &Condition, part: &Expr) -> bool {
    if super::condition::is_aggregate(part) {
        return true;
    }
    let leaf = hole_index(part).and_then(|at| condition.leaves.get(at));
    match leaf {
        Some(super::Item::Metric { .. }) => true,
        Some(super::Item::Group(group)) => aggregated_metric(catalog, &group.name),
        None => false,
    }
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
