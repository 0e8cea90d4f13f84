//! From a query to SQL.

use std::cell::RefCell;

use serde::Serialize;

use super::catalog::Catalog;
use super::explain::Explanation;
use super::metric::{Ask, Group};
use super::planner::Planner;
use super::relation::{Block, Name, Plan, Rows, SortKey};
use super::request::Request;
use super::scalar::Scalar;
use super::time::Range;
use super::values::{ValuesAsk, names};
use super::{
    Condition, Dialect, Item, MetricId, PlanError, Reason, Target, facts, parse_condition, render,
    simplify,
};
use crate::layer::{DatePart, Grain, GrainName, GroupBy, OrderBy, Query};

/// How a query is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The dialect of the SQL.
    pub dialect: Dialect,
    /// Whether the plan is simplified and what is alike worked out once; without, the SQL says each step by itself.
    pub optimize: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            optimize: true,
        }
    }
}

/// A query in SQL, with what is to be known of its result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compiled {
    /// The statement.
    pub sql: String,
    /// The columns of its result, in order.
    pub columns: Vec<ResultColumn>,
    /// Why it is as it is.
    pub explanation: Explanation,
    /// The plan that the statement says.
    #[serde(skip)]
    pub plan: Plan,
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultColumn {
    /// The name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// What a column of a result holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// A metric.
    Metric,
    /// A dimension.
    Dimension,
    /// The key of an entity.
    Entity,
    /// A moment or period.
    Time,
}

/// Compiles a query over a prepared layer.
///
/// # Errors
/// A [`PlanError`] that tells why the query is refused.
pub fn compile(catalog: &Catalog, query: &Query, options: &Options) -> Result<Compiled, PlanError> {
    let mut planner = Planner::new(catalog, options);
    if facts::is_of_facts(catalog, query) {
        let columns = facts::plan(&mut planner, query)?;
        return finished(planner, columns, options);
    }
    let request = Request::new(catalog, query)?;
    let conditions: Vec<Condition> = request
        .query
        .filters
        .iter()
        .map(parse_condition)
        .collect::<Result<_, _>>()?;
    let having: Vec<Condition> = request
        .query
        .having
        .iter()
        .map(parse_condition)
        .collect::<Result<_, _>>()?;
    let columns = planner.query(&request, &conditions, &having)?;
    finished(planner, columns, options)
}

fn finished(
    planner: Planner<'_>,
    columns: Vec<ResultColumn>,
    options: &Options,
) -> Result<Compiled, PlanError> {
    let Planner {
        plan, explanation, ..
    } = planner;
    let plan = if options.optimize {
        simplify(&plan)
    } else {
        plan
    };
    Ok(Compiled {
        sql: render(&plan, options.dialect)?,
        columns,
        explanation,
        plan,
    })
}

impl<'c> Planner<'c> {
    fn new(catalog: &'c Catalog, options: &Options) -> Self {
        Self {
            catalog,
            dialect: options.dialect,
            optimize: options.optimize,
            plan: Plan::default(),
            explanation: Explanation::default(),
            time_grain: Grain::Day.into(),
            depth: 0,
            rejections: RefCell::default(),
        }
    }

    fn query(
        &mut self,
        request: &'c Request<'_>,
        conditions: &'c [Condition],
        having: &[Condition],
    ) -> Result<Vec<ResultColumn>, PlanError> {
        if request.metrics.is_empty() {
            return self.query_values(request, conditions);
        }
        let mut datasets = Vec::new();
        for (metric, _) in &request.metrics {
            self.grouped_datasets(*metric, &mut datasets, 0)?;
        }
        self.time_grain = self.shown_grain(&request.metrics)?;
        let groups = self.groups(&request.query.group_by, &datasets)?;
        self.check_grains(&request.metrics, &groups)?;
        let period = self.range_grain(&groups);
        let range = request.query.time_range.as_ref();
        let mut ask = Ask::new(groups);
        ask.time = range.map(|range| Range::new(range, period)).transpose()?;
        ask.restrict(conditions);
        let shown = ask.groups.to_vec();
        one_name_each(&request.metrics, &shown)?;
        let flow = self.metrics(&request.metrics, &ask)?;
        let mut block = Block::reading(Rows::Block(flow.block), &"result".into());
        let mut columns = group_columns(&shown);
        for group in &shown {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        for (_, name) in &request.metrics {
            block.push(name, Scalar::column(0, name));
            columns.push(ResultColumn {
                name: name.as_ref().to_owned(),
                kind: ColumnKind::Metric,
            });
        }
        for (condition, written) in having.iter().zip(&request.query.having) {
            block.filters.push(self.having(condition, &block, &shown)?);
            let note = format!("`{}` holds for the rows of the result", written.0);
            self.explanation.notes.push(note);
        }
        block.order = self.order(&request.query.order_by, &block, &shown)?;
        block.limit = request.query.limit;
        self.plan.add(block);
        self.explanation.grain = shown
            .iter()
            .map(|group| group.name.as_ref().to_owned())
            .collect();
        Ok(columns)
    }

    fn query_values(
        &mut self,
        request: &'c Request<'_>,
        conditions: &'c [Condition],
    ) -> Result<Vec<ResultColumn>, PlanError> {
        if request.query.group_by.is_empty() {
            return Err(PlanError::new(
                Reason::EmptyQuery,
                "the query asks for neither metrics nor groups",
            ));
        }
        let range = request.query.time_range.as_ref();
        let ask = ValuesAsk {
            items: &request.query.group_by,
            conditions,
            time: range
                .map(|range| Range::new(range, Grain::Day))
                .transpose()?,
            keep_duplicates: request.query.keep_duplicates,
        };
        let (mut inner, groups) = self.values(&ask)?;
        let mut shown = names(&groups);
        let mut columns = group_columns(&groups);
        if request.query.min_max_only {
            let kinds: Vec<ColumnKind> = columns.iter().map(|column| column.kind).collect();
            (inner, shown) = self.bounds(inner, &groups);
            let kinds = kinds.into_iter().flat_map(|kind| [kind, kind]);
            columns = shown
                .iter()
                .zip(kinds)
                .map(|(name, kind)| ResultColumn {
                    name: name.as_ref().to_owned(),
                    kind,
                })
                .collect();
        }
        let mut block = Block::reading(Rows::Block(inner), &"result".into());
        for name in &shown {
            block.push(name, Scalar::column(0, name));
        }
        block.order = self.order(&request.query.order_by, &block, &groups)?;
        block.limit = request.query.limit;
        self.plan.add(block);
        self.explanation.grain = columns.iter().map(|column| column.name.clone()).collect();
        Ok(columns)
    }

    /// The grain of `metric_time` where none is said: the coarsest of those of the metrics.
    fn shown_grain(&self, metrics: &[(MetricId, Name)]) -> Result<GrainName, PlanError> {
        let mut coarsest: Option<Grain> = None;
        for (metric, _) in metrics {
            match self.default_grain(*metric)? {
                GrainName::Standard(grain) => {
                    coarsest = Some(coarsest.map_or(grain, |other| other.max(grain)));
                }
                custom @ GrainName::Custom(_) => return Ok(custom),
            }
        }
        Ok(coarsest.unwrap_or(Grain::Day).into())
    }

    /// The grain to whose periods a range of time is widened.
    fn range_grain(&self, groups: &[Group]) -> Grain {
        let shown = groups.iter().filter_map(|group| {
            let (_, member) = group.members.first()?;
            match (&member.grain, member.target) {
                (Some(GrainName::Standard(grain)), Target::MetricTime) => Some(*grain),
                _ => None,
            }
        });
        shown.min().unwrap_or_else(|| match &self.time_grain {
            GrainName::Standard(grain) => *grain,
            GrainName::Custom(name) => self.grain_under(name).unwrap_or(Grain::Day),
        })
    }

    /// Refuses `metric_time` at a grain that is finer than the times of the metrics.
    fn check_grains(
        &self,
        metrics: &[(MetricId, Name)],
        groups: &[Group],
    ) -> Result<(), PlanError> {
        let mut times = Vec::new();
        for (metric, _) in metrics {
            self.grouped_times(*metric, &mut times, 0)?;
        }
        let Some(finest) = times.into_iter().map(|field| self.field_grain(field)).max() else {
            return Ok(());
        };
        for group in groups {
            let Some((_, member)) = group.members.first() else {
                continue;
            };
            let asked = match (&member.grain, member.target) {
                (None, Target::MetricTime) => Grain::Year,
                (Some(GrainName::Standard(grain)), Target::MetricTime) => *grain,
                (Some(GrainName::Custom(name)), Target::MetricTime) => self.grain_under(name)?,
                _ => continue,
            };
            let asked = member.date_part.map_or(asked, DatePart::grain);
            if asked < finest {
                return Err(PlanError::new(
                    Reason::InvalidGrain,
                    format!("the metrics are known by {finest} at the finest, not by {asked}"),
                )
                .about(&*group.name)
                .or([format!("metric_time__{finest}")]));
            }
        }
        Ok(())
    }

    /// A condition on the columns of a result.
    fn having(
        &self,
        condition: &Condition,
        block: &Block,
        groups: &[Group],
    ) -> Result<Scalar, PlanError> {
        let mut leaves = Vec::with_capacity(condition.leaves.len());
        for item in &condition.leaves {
            let place = match item {
                Item::Metric { metric, .. } => place_of(metric, block),
                Item::Group(group) => self.place(group, block, groups),
            };
            let name = match item {
                Item::Metric { metric, .. } => metric,
                Item::Group(group) => &group.name,
            };
            let place = place.ok_or_else(|| {
                PlanError::new(
                    Reason::UnknownFilterItem,
                    format!("`{name}` is no metric or group of the query"),
                )
                .about(name)
            })?;
            leaves.push(block.columns[place].value.clone());
        }
        Ok(super::assembly::sql(condition, leaves))
    }

    fn order(
        &self,
        keys: &[OrderBy],
        block: &Block,
        groups: &[Group],
    ) -> Result<Vec<SortKey>, PlanError> {
        keys.iter()
            .map(|key| {
                let place = self.place(&key.item, block, groups).ok_or_else(|| {
                    let known = block
                        .columns
                        .iter()
                        .map(|column| column.name.as_ref().to_owned());
                    PlanError::new(
                        Reason::InvalidExpression,
                        format!(
                            "the query does not show `{}`, so it cannot be ordered by it",
                            key.item.name
                        ),
                    )
                    .about(&key.item.name)
                    .or(known.take(3))
                })?;
                Ok(SortKey {
                    column: place,
                    descending: key.descending,
                    nulls_first: key.nulls_first.unwrap_or(false),
                })
            })
            .collect()
    }

    /// The place of the column that an item of the query speaks of.
    fn place(&self, item: &GroupBy, block: &Block, groups: &[Group]) -> Option<usize> {
        let bare = item.grain.is_none() && item.date_part.is_none() && item.entity_path.is_empty();
        if bare && let Some(place) = place_of(&item.name, block) {
            return Some(place);
        }
        let group = groups.iter().find(|group| {
            group.members.first().is_some_and(|(dataset, member)| {
                let asked = self.catalog.resolve_one(item, *dataset).ok();
                asked.is_some_and(|asked| {
                    asked.target == member.target
                        && asked.path == member.path
                        && asked.date_part == member.date_part
                        && (asked.grain == member.grain || asked.grain.is_none())
                })
            })
        })?;
        place_of(&group.name, block)
    }
}

/// Refuses a result with two columns of one name: whoever reads it could not tell them apart.
fn one_name_each(metrics: &[(MetricId, Name)], groups: &[Group]) -> Result<(), PlanError> {
    let taken = |name: &Name| groups.iter().any(|group| group.name == *name);
    match metrics.iter().find(|(_, name)| taken(name)) {
        None => Ok(()),
        Some((_, name)) => Err(PlanError::new(
            Reason::AmbiguousName,
            format!(
                "`{name}` is both a metric and a group of the query; give one of them another name"
            ),
        )
        .about(&**name)),
    }
}

fn place_of(name: &str, block: &Block) -> Option<usize> {
    block
        .columns
        .iter()
        .position(|column| column.name.eq_ignore_ascii_case(name))
}

pub(super) fn group_columns(groups: &[Group]) -> Vec<ResultColumn> {
    groups
        .iter()
        .map(|group| {
            let member = group.members.first().map(|(_, member)| member);
            let kind = match member.map(|member| (member.target, member.date_part)) {
                Some((Target::Entity(_), _)) => ColumnKind::Entity,
                Some((_, None)) if member.is_some_and(|member| member.grain.is_some()) => {
                    ColumnKind::Time
                }
                _ => ColumnKind::Dimension,
            };
            ResultColumn {
                name: group.name.as_ref().to_owned(),
                kind,
            }
        })
        .collect()
}
