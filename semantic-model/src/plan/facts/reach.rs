//! From the rows of a fact to a member: by looking up, over a bridge, or not at all.

use super::super::catalog::Catalog;
use super::super::hop::Hop;
use super::super::names::nearest;
use super::super::{DatasetId, Member, Path, PlanError, Reason, Target};
use crate::layer::{Cardinality, Dataset, GroupBy, JoinCondition};

/// A member as a fact's rows reach it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reached {
    /// The member, with the path to it.
    pub(super) member: Member,
    /// How rows of the fact are repeated on the way.
    pub(super) repeats: Repeats,
    /// Whether it is a field that looks at the rows around a row.
    pub(super) window: bool,
}

/// How rows of a fact are repeated on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Repeats {
    /// Not at all.
    Never,
    /// By a bridge: a row has several groups, in each of which it counts once.
    Bridge,
    /// By rows of a finer grain.
    Finer,
}

/// Resolves a member for the rows of a dataset, if need be by a path that repeats them.
pub(super) fn reach(
    catalog: &Catalog,
    from: DatasetId,
    item: &GroupBy,
) -> Result<Reached, PlanError> {
    let refused = match catalog.resolve_one(item, from) {
        Ok(member) => {
            let window = is_window(catalog, &member)?;
            return Ok(Reached {
                member,
                repeats: Repeats::Never,
                window,
            });
        }
        Err(error) if error.reason == Reason::FinerGrain => error,
        Err(error) => return Err(error),
    };
    let Some(end) = owner(catalog, item) else {
        return Err(refused);
    };
    let routes = catalog.routes();
    let paths = routes.repeating_paths(from, end);
    let path = routes.one_of(from, &paths, &item.name, || refused)?;
    let mut member = catalog.resolve_one(item, end)?;
    let repeats = repeats(catalog, &path);
    member.path = path.join(&member.path);
    let window = is_window(catalog, &member)?;
    Ok(Reached {
        member,
        repeats,
        window,
    })
}

/// Returns the dataset that a name is of.
pub(super) fn owner(catalog: &Catalog, item: &GroupBy) -> Option<DatasetId> {
    let (owner, _) = item.name.rsplit_once('.')?;
    let role = || catalog.routes().role_end(owner);
    catalog.dataset_id(owner).or_else(role)
}

/// Returns how a path repeats rows.
fn repeats(catalog: &Catalog, path: &Path) -> Repeats {
    let hops: Vec<&Hop> = path.hops.iter().map(|hop| catalog.hop(*hop)).collect();
    let mut found = Repeats::Never;
    for (at, hop) in hops.iter().enumerate() {
        if hop.is_safe() {
            continue;
        }
        let goes_on = hops.get(at + 1).is_some_and(|next| next.is_safe());
        let is_bridge = hop.cardinality == Cardinality::ManyToMany
            || (goes_on && is_bridge(catalog, catalog.dataset(hop.to)));
        found = found.max(if is_bridge {
            Repeats::Bridge
        } else {
            Repeats::Finer
        });
    }
    found
}

/// Returns whether a dataset only says which rows of others belong together.
///
/// It says so itself, or its key is made of nothing but keys of others.
fn is_bridge(catalog: &Catalog, dataset: &Dataset) -> bool {
    let role = dataset.notes.extensions.get("role");
    if role.and_then(serde_json::Value::as_str) == Some("bridge") {
        return true;
    }
    let joins = catalog
        .layer()
        .joins
        .iter()
        .filter(|join| join.from == dataset.name);
    let mut columns: Vec<&str> = Vec::new();
    for join in joins {
        if let JoinCondition::Columns(pairs) = &join.on {
            columns.extend(pairs.iter().map(|(own, _)| own.as_str()));
        }
    }
    dataset.primary_key.len() > 1
        && dataset
            .primary_key
            .iter()
            .all(|part| columns.contains(&part.as_str()))
}

/// Says why a group is out of reach of a fact, in the terms of the whole query.
pub(super) fn out_of_reach(
    catalog: &Catalog,
    fact: DatasetId,
    item: &GroupBy,
    error: PlanError,
) -> PlanError {
    if error.reason != Reason::Unreachable {
        return error;
    }
    let Some(end) = owner(catalog, item) else {
        return error;
    };
    let name = |id: DatasetId| &catalog.dataset(id).name;
    let measured = |id: DatasetId| {
        let ids = (0..catalog.layer().metrics.len()).map(|at| catalog.metric_at(at));
        ids.flat_map(|metric| catalog.sources(metric))
            .any(|source| *source == id)
    };
    if measured(end) {
        return error;
    }
    // Nothing is measured there: it could only be a dimension, and what would tie it to the fact is missing.
    let message = format!(
        "`{}` and `{}` share nothing: no join or bridge ties them, so every row of one would meet every row of the other",
        name(fact),
        name(end)
    );
    PlanError::new(Reason::NothingShared, message).about(&item.name)
}

/// Refuses a name that is of nothing before a path to it is looked for.
pub(super) fn check_name(catalog: &Catalog, item: &GroupBy) -> Result<(), PlanError> {
    let Some((_, element)) = item.name.rsplit_once('.') else {
        return Ok(());
    };
    let Some(end) = owner(catalog, item) else {
        let known = catalog
            .layer()
            .datasets
            .iter()
            .map(|dataset| dataset.name.as_str());
        let owner = item.name.rsplit_once('.').map_or("", |(owner, _)| owner);
        let message = format!(
            "no dataset is called `{owner}`, so `{}` is nothing",
            item.name
        );
        return Err(PlanError::new(Reason::UnknownGroup, message)
            .about(&item.name)
            .or(nearest(owner, known)));
    };
    let bare = element.split("__").next().unwrap_or(element);
    if catalog.field_id(end, bare).is_some() || catalog.field_id(end, element).is_some() {
        return Ok(());
    }
    let dataset = catalog.dataset(end);
    let known = dataset.fields.iter().map(|field| field.name.as_str());
    let message = format!("dataset `{}` has no field `{element}`", dataset.name);
    Err(PlanError::new(Reason::UnknownGroup, message)
        .about(&item.name)
        .or(nearest(element, known)
            .into_iter()
            .map(|near| format!("{}.{near}", dataset.name))))
}

/// Returns whether a member is a field that looks at the rows around a row.
fn is_window(catalog: &Catalog, member: &Member) -> Result<bool, PlanError> {
    match member.target {
        Target::Field(field) => {
            let expression = catalog.field_expression(field)?;
            Ok(super::super::windows::has_window(&expression.base().ast))
        }
        Target::MetricTime | Target::Entity(_) => Ok(false),
    }
}
