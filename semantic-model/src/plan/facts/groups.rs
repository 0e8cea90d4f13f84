//! The groups of a query over facts, and how each fact gets to them.

use super::super::assembly::free_name;
use super::super::catalog::Catalog;
use super::super::metric::Group;
use super::super::relation::Name;
use super::super::{Condition, DatasetId, Item, Member, PlanError, Reason};
use super::reach::{Reached, check_name, out_of_reach, reach};
use super::{nulls_first, qualified, unknown_order};
use crate::layer::{GroupBy, OrderBy, Query};
use crate::plan::relation::{Block, SortKey};

/// A group of a query.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The name of its column.
    pub(super) name: Name,
    /// What is asked, with its dataset.
    pub(super) item: GroupBy,
    /// What is asked, as the query says it.
    written: String,
}

/// Reads the groups of a query.
pub(super) fn asked(catalog: &Catalog, query: &Query) -> Result<Vec<Asked>, PlanError> {
    let mut groups: Vec<Asked> = Vec::with_capacity(query.group_by.len());
    for written in &query.group_by {
        let item = qualified(catalog, query, written);
        check_name(catalog, &item)?;
        if groups.iter().any(|other| other.item == item) {
            continue;
        }
        let name = column_name(&item, |name| {
            groups.iter().any(|other| &*other.name == name)
        });
        groups.push(Asked {
            name,
            item,
            written: written.name.clone(),
        });
    }
    Ok(groups)
}

/// Gives the name of the column of an item: its alias, or its own name without the dataset.
pub(super) fn column_name(item: &GroupBy, taken: impl Fn(&str) -> bool) -> Name {
    let bare = item.name.rsplit('.').next().unwrap_or(&item.name);
    let shown = item.alias.as_deref().unwrap_or(bare);
    let full = match (&item.grain, item.date_part) {
        (_, Some(part)) if item.alias.is_none() => format!("{shown}__extract_{}", part.as_str()),
        (Some(grain), None) if item.alias.is_none() => format!("{shown}__{grain}"),
        _ => shown.to_owned(),
    };
    free_name(&full, taken)
}

/// How a fact gets to all that a query names.
pub(super) struct Ways {
    pub(super) groups: Vec<Reached>,
    /// For each condition, what its leaves are.
    pub(super) conditions: Vec<Vec<Reached>>,
}

impl Ways {
    /// Finds the ways of a fact.
    pub(super) fn new(
        catalog: &Catalog,
        fact: DatasetId,
        groups: &[Asked],
        conditions: &[Condition],
    ) -> Result<Self, PlanError> {
        let way = |item: &GroupBy| {
            let reached = reach(catalog, fact, item)
                .map_err(|error| out_of_reach(catalog, fact, item, error))?;
            Ok(reached)
        };
        let of_condition = |condition: &Condition| {
            let leaves = condition.leaves.iter().filter_map(|item| match item {
                Item::Group(group) => Some(group),
                Item::Metric { .. } => None,
            });
            leaves
                .map(|group| {
                    check_name(catalog, group)
                        .and_then(|()| way(group))
                        .map_err(in_filter)
                })
                .collect::<Result<Vec<Reached>, PlanError>>()
        };
        Ok(Self {
            groups: groups
                .iter()
                .map(|group| way(&group.item))
                .collect::<Result<_, _>>()?,
            conditions: conditions
                .iter()
                .map(of_condition)
                .collect::<Result<_, _>>()?,
        })
    }

    /// All that is reached.
    pub(super) fn all(&self) -> impl Iterator<Item = &Reached> {
        self.groups.iter().chain(self.conditions.iter().flatten())
    }
}

/// A fault of a name, where it is a filter that has the name.
pub(super) fn in_filter(mut error: PlanError) -> PlanError {
    if error.reason == Reason::UnknownGroup {
        error.reason = Reason::UnknownFilterItem;
    }
    error
}

/// Gives groups as the rest of the planner knows them.
pub(super) fn shown(asked: &[Asked], facts: &[(DatasetId, Vec<Member>)]) -> Vec<Group> {
    let group = |(at, asked): (usize, &Asked)| {
        let members = facts.iter().filter_map(|(fact, members)| {
            let member = members.get(at)?;
            Some((*fact, member.clone()))
        });
        Group {
            name: Name::clone(&asked.name),
            members: members.collect(),
        }
    };
    asked.iter().enumerate().map(group).collect()
}

/// Returns the order of a result.
pub(super) fn order(
    catalog: &Catalog,
    query: &Query,
    groups: &[Asked],
    block: &Block,
) -> Result<Vec<SortKey>, PlanError> {
    let place = |key: &OrderBy| {
        let item = qualified(catalog, query, &key.item);
        let group = groups
            .iter()
            .position(|group| group.item.name == item.name || group.written == key.item.name);
        let metric = query.metrics.iter().position(|metric| {
            metric.name == key.item.name || metric.alias.as_ref() == Some(&key.item.name)
        });
        let by_name = || {
            block
                .columns
                .iter()
                .position(|column| *column.name == *key.item.name)
        };
        group
            .or_else(|| metric.map(|at| groups.len() + at))
            .or_else(by_name)
    };
    let sort = |key: &OrderBy| {
        let column = place(key).ok_or_else(|| {
            let known = block
                .columns
                .iter()
                .map(|column| column.name.as_ref().to_owned());
            unknown_order(&key.item.name, known)
        })?;
        Ok(SortKey {
            column,
            descending: key.descending,
            nulls_first: nulls_first(key),
        })
    };
    query.order_by.iter().map(sort).collect()
}
