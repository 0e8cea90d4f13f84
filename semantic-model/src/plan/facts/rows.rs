//! Rows of datasets: fields side by side, each row once, with windows over the rows that the conditions leave.

use std::sync::Arc;

use sqlparser::ast::Expr;

use super::super::assembly::{Assembly, free_name};
use super::super::body::Body;
use super::super::compile::{ColumnKind, ResultColumn};
use super::super::fragment::{Fragment, Prepared};
use super::super::planner::Planner;
use super::super::relation::{Block, Name, Rows, SortKey};
use super::super::scalar::Scalar;
use super::super::{
    Column, Condition, DatasetId, Item, Member, PlanError, Reason, Target, windows,
};
use super::groups::{column_name, in_filter};
use super::reach::{check_name, owner};
use super::{nulls_first, qualified, row_condition, unknown_order};
use crate::layer::{FieldRole, GroupBy, Query};

/// What a field of the query is.
enum Value {
    /// A field, looked up from a row.
    Member(Member),
    /// A value worked out over the rows around a row.
    Window(Prepared),
}

/// Plans rows of datasets.
pub(super) fn plan(
    planner: &mut Planner<'_>,
    query: &Query,
) -> Result<Vec<ResultColumn>, PlanError> {
    let catalog = planner.catalog;
    if let Some(having) = query.having.first() {
        let message = format!(
            "`{}` is a condition on groups, and a query for rows has none",
            having.0
        );
        return Err(PlanError::new(Reason::NonAggregateInHaving, message).about(&having.0));
    }
    let fields: Vec<GroupBy> = query
        .fields
        .iter()
        .map(|field| qualified(catalog, query, field))
        .collect();
    let conditions: Vec<Condition> = query
        .filters
        .iter()
        .map(|filter| row_condition(catalog, query, filter))
        .collect::<Result<_, _>>()?;
    let home = home(planner, query, &fields, &conditions)?;
    let mut reading = Reading {
        home,
        assembly: Assembly::new(planner, home, None),
        rows: Block::default(),
    };
    let mut shown = Block::default();
    let mut columns = Vec::with_capacity(fields.len());
    for field in &fields {
        let name = column_name(field, |name| shown.column(name).is_some());
        let value = reading.value(planner, field)?;
        columns.push(ResultColumn {
            name: name.as_ref().to_owned(),
            kind: kind(planner, &value),
        });
        let value = reading.scalar(planner, &value)?;
        shown.push(&name, value);
    }
    let mut later = Vec::new();
    for condition in &conditions {
        reading.condition(planner, condition, &mut later)?;
    }
    let order = order(planner, query, &fields, &shown)?;
    finish(planner, reading, shown, later, order, query.limit)?;
    planner.explanation.notes.push(format!(
        "each row of `{}` once; what it looks up is NULL where there is none",
        catalog.dataset(home).name
    ));
    Ok(columns)
}

fn kind(planner: &Planner<'_>, value: &Value) -> ColumnKind {
    match value {
        Value::Member(member) => match member.target {
            Target::Field(field)
                if matches!(planner.catalog.field(field).role, FieldRole::Time(_)) =>
            {
                ColumnKind::Time
            }
            _ => ColumnKind::Dimension,
        },
        Value::Window(_) => ColumnKind::Metric,
    }
}

/// Returns the dataset whose rows the query shows: the one from which all that it names is looked up.
fn home(
    planner: &Planner<'_>,
    query: &Query,
    fields: &[GroupBy],
    conditions: &[Condition],
) -> Result<DatasetId, PlanError> {
    let catalog = planner.catalog;
    // The dataset that the query names is the one whose rows it reads.
    let named = query
        .dataset
        .as_deref()
        .and_then(|name| catalog.dataset_id(name));
    let mut owners: Vec<DatasetId> = named.into_iter().collect();
    let mut add = |dataset: DatasetId| {
        if !owners.contains(&dataset) {
            owners.push(dataset);
        }
    };
    for field in fields {
        if let Some(window) = window_metric(planner, field)? {
            add(window.0);
            continue;
        }
        check_name(catalog, field)?;
        add(owner(catalog, field).ok_or_else(|| unknown(query, field))?);
    }
    for item in conditions.iter().flat_map(|condition| &condition.leaves) {
        let Item::Group(group) = item else { continue };
        if let Some(window) = window_metric(planner, group)? {
            add(window.0);
            continue;
        }
        check_name(catalog, group).map_err(in_filter)?;
        add(owner(catalog, group).ok_or_else(|| in_filter(unknown(query, group)))?);
    }
    let routes = catalog.routes();
    let reaches = |from: DatasetId| {
        let mut others = owners.iter().filter(|to| **to != from);
        others.all(|to| !routes.safe_paths(from, *to).is_empty())
    };
    let may_be = &owners[..named.map_or(owners.len(), |_| 1)];
    if let Some(home) = may_be.iter().find(|from| reaches(**from)) {
        return Ok(*home);
    }
    let one = owners[0];
    let beyond = |to: &&DatasetId| routes.safe_paths(one, **to).is_empty();
    let other = owners[1..].iter().find(beyond).copied().unwrap_or(one);
    let mut error = routes.unreached(one, other, &catalog.dataset(other).name);
    if error.reason == Reason::FinerGrain {
        let names: Vec<String> = owners
            .iter()
            .map(|id| format!("`{}`", catalog.dataset(*id).name))
            .collect();
        error.reason = Reason::FanOutInScalarQuery;
        error.message = format!(
            "rows of {} side by side would repeat rows of one for each row of another",
            names.join(", ")
        );
    }
    Err(error)
}

fn unknown(query: &Query, item: &GroupBy) -> PlanError {
    let hint = query
        .dataset
        .iter()
        .map(|dataset| format!("{dataset}.{}", item.name));
    PlanError::new(
        Reason::UnknownGroup,
        format!("no field is called `{}`; say its dataset too", item.name),
    )
    .about(&item.name)
    .or(hint)
}

/// Returns the value for each row that a name is the metric of, and refuses metrics that aggregate.
fn window_metric(
    planner: &Planner<'_>,
    item: &GroupBy,
) -> Result<Option<(DatasetId, Prepared)>, PlanError> {
    let catalog = planner.catalog;
    let is_field = owner(catalog, item).is_some() && check_name(catalog, item).is_ok();
    if is_field {
        return Ok(None);
    }
    // A metric of the layer may be written with the dataset of its rows.
    let bare = item.name.rsplit('.').next().unwrap_or(&item.name);
    let found = catalog
        .metric_id(&item.name)
        .or_else(|_| catalog.metric_id(bare));
    let Ok(id) = found else {
        return Ok(None);
    };
    match catalog.body(id)? {
        Body::Window {
            dataset,
            expression,
        } => match owner(catalog, item) {
            Some(said) if said != *dataset => Ok(None),
            _ => Ok(Some((*dataset, expression.clone()))),
        },
        _ => Err(PlanError::new(
            Reason::AggregateInScalarQuery,
            format!("metric `{bare}` is aggregated, and a query for rows aggregates nothing"),
        )
        .about(bare)),
    }
}

/// Rows while it is found out what is needed of them.
struct Reading {
    home: DatasetId,
    assembly: Assembly,
    /// The columns that are read.
    rows: Block,
}

impl Reading {
    fn value(&self, planner: &Planner<'_>, item: &GroupBy) -> Result<Value, PlanError> {
        if let Some((_, expression)) = window_metric(planner, item)? {
            return Ok(Value::Window(expression));
        }
        let member = planner.catalog.resolve_one(item, self.home)?;
        let Target::Field(field) = member.target else {
            return Ok(Value::Member(member));
        };
        let expression = planner.catalog.field_expression(field)?;
        if !windows::has_window(&expression.base().ast) {
            return Ok(Value::Member(member));
        }
        if !member.path.is_empty() {
            let message = format!(
                "`{}` looks at the rows around a row, and those are repeated here",
                item.name
            );
            return Err(PlanError::new(Reason::FanOutInScalarQuery, message).about(&item.name));
        }
        Ok(Value::Window(expression.clone()))
    }

    /// The value over the columns that are read.
    fn scalar(&mut self, planner: &mut Planner<'_>, value: &Value) -> Result<Scalar, PlanError> {
        match value {
            Value::Member(member) => {
                let read = self.assembly.member(planner, member)?;
                Ok(self.column(&member.name, read))
            }
            Value::Window(expression) => {
                let fragment = expression.in_dialect(planner.dialect);
                let mut ast: Expr = fragment.ast.clone();
                windows::say_null_order(&mut ast);
                let mut leaves = Vec::with_capacity(fragment.leaves.len());
                for leaf in &fragment.leaves {
                    leaves.push(self.leaf(planner, leaf)?);
                }
                Ok(Scalar::Over(Arc::new(ast), leaves))
            }
        }
    }

    fn leaf(&mut self, planner: &mut Planner<'_>, leaf: &Column) -> Result<Scalar, PlanError> {
        let name = leaf.name.value.clone();
        let alone = Prepared::new(Fragment::leaf(leaf.clone()), Vec::new());
        let read = self.assembly.measure(planner, &alone, &name)?;
        Ok(self.column(&name, read))
    }

    /// Reads a value once, and gives the column that it is read as.
    fn column(&mut self, name: &str, value: Scalar) -> Scalar {
        if let Some(known) = self
            .rows
            .columns
            .iter()
            .find(|column| column.value == value)
        {
            return Scalar::column(0, &known.name);
        }
        let name: Name = free_name(name, |name| self.rows.column(name).is_some());
        self.rows.push(&name, value);
        Scalar::column(0, &name)
    }

    /// Applies a condition to the rows, or, where it names a window, to what the windows are worked out over.
    fn condition(
        &mut self,
        planner: &mut Planner<'_>,
        condition: &Condition,
        later: &mut Vec<(Condition, Vec<Scalar>)>,
    ) -> Result<(), PlanError> {
        let mut values = Vec::with_capacity(condition.leaves.len());
        for item in &condition.leaves {
            let Item::Group(group) = item else { continue };
            values.push(self.value(planner, group).map_err(in_filter)?);
        }
        if values.iter().any(|value| matches!(value, Value::Window(_))) {
            let leaves: Result<Vec<Scalar>, PlanError> = values
                .iter()
                .map(|value| self.scalar(planner, value))
                .collect();
            later.push((condition.clone(), leaves?));
            return Ok(());
        }
        let mut leaves = Vec::with_capacity(values.len());
        for value in &values {
            if let Value::Member(member) = value {
                leaves.push(self.assembly.member(planner, member)?);
            }
        }
        let filter = super::super::assembly::sql(condition, leaves);
        self.assembly.block.filters.push(filter);
        Ok(())
    }
}

fn order(
    planner: &Planner<'_>,
    query: &Query,
    fields: &[GroupBy],
    shown: &Block,
) -> Result<Vec<SortKey>, PlanError> {
    let mut keys = Vec::with_capacity(query.order_by.len());
    for key in &query.order_by {
        let item = qualified(planner.catalog, query, &key.item);
        let field = fields.iter().position(|field| field.name == item.name);
        let by_name = || {
            shown
                .columns
                .iter()
                .position(|column| *column.name == *key.item.name)
        };
        let column = field.or_else(by_name).ok_or_else(|| {
            let known = shown
                .columns
                .iter()
                .map(|column| column.name.as_ref().to_owned());
            unknown_order(&key.item.name, known)
        })?;
        keys.push(SortKey {
            column,
            descending: key.descending,
            nulls_first: nulls_first(key),
        });
    }
    Ok(keys)
}

/// Puts the blocks together: rows that the conditions leave, windows over them, conditions on those.
fn finish(
    planner: &mut Planner<'_>,
    reading: Reading,
    mut shown: Block,
    later: Vec<(Condition, Vec<Scalar>)>,
    order: Vec<SortKey>,
    limit: Option<u64>,
) -> Result<(), PlanError> {
    let mut rows = reading.assembly.finish(planner)?;
    rows.columns = reading.rows.columns;
    if rows.columns.is_empty() {
        rows.push(&"one".into(), Scalar::Integer(1));
    }
    let rows = planner.plan.add(rows);
    let label: Name = planner.catalog.dataset(reading.home).name.as_str().into();
    let names: Vec<Name> = shown
        .columns
        .iter()
        .map(|column| Name::clone(&column.name))
        .collect();
    let mut filters = Vec::new();
    for (condition, leaves) in later {
        let mut columns = Vec::with_capacity(leaves.len());
        for leaf in leaves {
            let known = shown.columns.iter().find(|column| column.value == leaf);
            let name = if let Some(column) = known {
                Name::clone(&column.name)
            } else {
                let name = free_name("condition", |name| shown.column(name).is_some());
                shown.push(&name, leaf);
                name
            };
            columns.push(Scalar::column(0, &name));
        }
        filters.push(super::super::assembly::sql(&condition, columns));
    }
    shown.sources = Block::reading(Rows::Block(rows), &label).sources;
    let shown = planner.plan.add(shown);
    let mut last = Block::reading(Rows::Block(shown), &"result".into());
    for name in &names {
        last.push(name, Scalar::column(0, name));
    }
    last.filters = filters;
    last.order = order;
    last.limit = limit;
    planner.plan.add(last);
    Ok(())
}
