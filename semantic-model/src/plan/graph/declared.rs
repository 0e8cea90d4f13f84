//! Joins that a layer declares: their keys, and how many rows meet how many.

use sqlparser::ast::{BinaryOperator, Expr, Ident};

use super::{Graph, dataset};
use crate::layer::{
    Cardinality, Dataset, EntityRole, Expression, Join, JoinCondition, Layer, Relation,
};
use crate::plan::bind::Binders;
use crate::plan::fragment::Prepared;
use crate::plan::holes::take_names;
use crate::plan::hop::{By, Hop};
use crate::plan::index::Index;
use crate::plan::names::nearest;
use crate::plan::{DatasetId, PlanError, Reason, parse};

/// Adds every declared join in both directions; what cannot be joined is told in `problems`.
pub(super) fn join(
    graph: &mut Graph,
    layer: &Layer,
    index: &Index,
    binders: &mut Binders<'_>,
    problems: &mut Vec<PlanError>,
) {
    for join in &layer.joins {
        match hop(join, layer, index, binders) {
            Ok(there) => {
                let back = Hop {
                    by: there.by.clone(),
                    from: there.to,
                    to: there.from,
                    keys: there
                        .keys
                        .iter()
                        .map(|(a, b)| (b.clone(), a.clone()))
                        .collect(),
                    validity: None,
                    partitions: Vec::new(),
                    cardinality: turned(there.cardinality),
                };
                graph.add(there);
                graph.add(back);
            }
            Err(problem) => problems.push(problem),
        }
    }
}

const fn turned(cardinality: Cardinality) -> Cardinality {
    match cardinality {
        Cardinality::ManyToOne => Cardinality::OneToMany,
        Cardinality::OneToMany => Cardinality::ManyToOne,
        same => same,
    }
}

fn hop(
    join: &Join,
    layer: &Layer,
    index: &Index,
    binders: &mut Binders<'_>,
) -> Result<Hop, PlanError> {
    let end = |name: &String| {
        index.dataset(name).ok_or_else(|| {
            let known = layer.datasets.iter().map(|dataset| dataset.name.as_str());
            let message = format!("join `{}` names `{name}`, which is no dataset", join.name);
            PlanError::new(Reason::InvalidLayer, message)
                .about(&join.name)
                .or(nearest(name, known))
        })
    };
    let (from, to) = (end(&join.from)?, end(&join.to)?);
    let (keys, names) = match &join.on {
        JoinCondition::Columns(columns) => named_keys(columns, from, to, binders)?,
        JoinCondition::Condition(condition) => {
            condition_keys(join, condition, layer, (from, to), binders)?
        }
    };
    if keys.is_empty() {
        let message = format!("join `{}` says no columns that are equal", join.name);
        return Err(PlanError::new(Reason::InvalidLayer, message).about(&join.name));
    }
    let worked_out = cardinality(dataset(layer, from), dataset(layer, to), &names);
    Ok(Hop {
        by: By::Join(join.alias.clone().unwrap_or_else(|| join.name.clone())),
        from,
        to,
        keys,
        validity: None,
        partitions: Vec::new(),
        cardinality: join.cardinality.unwrap_or(worked_out),
    })
}

type Pairs = Vec<(Prepared, Prepared)>;
/// The names of the key columns of both sides, empty for what is not a bare name.
type Names = (Vec<String>, Vec<String>);

fn named_keys(
    columns: &[(String, String)],
    from: DatasetId,
    to: DatasetId,
    binders: &mut Binders<'_>,
) -> Result<(Pairs, Names), PlanError> {
    let mut keys = Vec::new();
    for (left, right) in columns {
        keys.push((binders.named(left, from)?, binders.named(right, to)?));
    }
    Ok((keys, columns.iter().cloned().unzip()))
}

/// Takes a condition apart into equal pairs; anything else cannot tell how many rows meet, so it is refused.
fn condition_keys(
    join: &Join,
    condition: &Expression,
    layer: &Layer,
    ends: (DatasetId, DatasetId),
    binders: &mut Binders<'_>,
) -> Result<(Pairs, Names), PlanError> {
    let not_equal = || {
        let message = format!(
            "join `{}` is on `{}`, which is not only equalities of columns of `{}` and `{}`",
            join.name, condition.sql, join.from, join.to
        );
        PlanError::new(Reason::NotSupported, message).about(&join.name)
    };
    let mut keys = Vec::new();
    let mut names = (Vec::new(), Vec::new());
    for equality in conjuncts(parse::expression(&condition.sql, None)?) {
        let Expr::BinaryOp {
            left,
            op: BinaryOperator::Eq,
            right,
        } = equality
        else {
            return Err(not_equal());
        };
        let sides = (
            side(join, layer, ends, &left),
            side(join, layer, ends, &right),
        );
        let (left, right) = match sides {
            (Some(Side::From), Some(Side::To)) => (left, right),
            (Some(Side::To), Some(Side::From)) => (right, left),
            _ => return Err(not_equal()),
        };
        names.0.push(last_name(&left));
        names.1.push(last_name(&right));
        let from_key = Expression::new(unqualified(&left).to_string());
        let to_key = Expression::new(unqualified(&right).to_string());
        keys.push((
            binders.expression(&from_key, ends.0)?,
            binders.expression(&to_key, ends.1)?,
        ));
    }
    Ok((keys, names))
}

fn conjuncts(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => {
            let mut parts = conjuncts(*left);
            parts.extend(conjuncts(*right));
            parts
        }
        Expr::Nested(inner) => conjuncts(*inner),
        other => vec![other],
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    From,
    To,
}

/// Returns which dataset all names of an expression are of, if they are of one.
fn side(join: &Join, layer: &Layer, ends: (DatasetId, DatasetId), expr: &Expr) -> Option<Side> {
    let mut found = None;
    for name in take_names(expr.clone()).leaves {
        let [.., owner, _] = name.as_slice() else {
            return None;
        };
        let is_alias = join.alias.as_deref() == Some(owner.value.as_str());
        let is = if is_alias || is_called(dataset(layer, ends.1), &owner.value) {
            Side::To
        } else if is_called(dataset(layer, ends.0), &owner.value) {
            Side::From
        } else {
            return None;
        };
        if found.is_some_and(|other| other != is) {
            return None;
        }
        found = Some(is);
    }
    found
}

fn is_called(dataset: &Dataset, name: &str) -> bool {
    let table = match &dataset.relation {
        Relation::Table(parts) => parts.last().map(String::as_str),
        Relation::Query(_) => None,
    };
    dataset.name == name || table == Some(name)
}

/// Leaves the owners of names away, once it is known that all are of the same dataset.
fn unqualified(expr: &Expr) -> Expr {
    let names = take_names(expr.clone());
    let bare = names.fill(|name| {
        let last = name.last().cloned().unwrap_or_else(|| Ident::new(""));
        Ok::<_, std::convert::Infallible>(Expr::Identifier(last))
    });
    match bare {
        Ok(bare) => bare,
    }
}

fn last_name(expr: &Expr) -> String {
    match expr {
        Expr::Identifier(name) => name.value.clone(),
        Expr::CompoundIdentifier(parts) => parts
            .last()
            .map_or_else(String::new, |name| name.value.clone()),
        _ => String::new(),
    }
}

/// Works out from keys how many rows meet how many.
fn cardinality(from: &Dataset, to: &Dataset, names: &Names) -> Cardinality {
    let one_from = is_unique(from, &names.0) == Some(true);
    // Where the other side has no key at all, the direction of the join is the declaration.
    let one_to = is_unique(to, &names.1).unwrap_or(true);
    match (one_from, one_to) {
        (true, true) => Cardinality::OneToOne,
        (false, true) => Cardinality::ManyToOne,
        (true, false) => Cardinality::OneToMany,
        (false, false) => Cardinality::ManyToMany,
    }
}

/// Returns whether columns tell the rows of a dataset apart, if anything is said of its keys.
fn is_unique(dataset: &Dataset, columns: &[String]) -> Option<bool> {
    let own = std::iter::once(&dataset.primary_key).chain(&dataset.unique_keys);
    let mut keys: Vec<Vec<&str>> = own
        .filter(|key| !key.is_empty())
        .map(|key| key.iter().map(String::as_str).collect())
        .collect();
    for entity in &dataset.entities {
        if matches!(entity.role, EntityRole::Primary | EntityRole::Unique) {
            keys.push(
                entity
                    .expressions
                    .iter()
                    .map(|key| key.sql.as_str())
                    .collect(),
            );
        }
    }
    if keys.is_empty() {
        return None;
    }
    let covers = |key: &Vec<&str>| {
        key.iter()
            .all(|part| columns.iter().any(|name| name == part))
    };
    Some(keys.iter().any(covers))
}
