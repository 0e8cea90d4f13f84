//! The state of planning one query.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::assembly::{self, is_time};
use super::catalog::Catalog;
use super::explain::Explanation;
use super::metric::{Ask, Group};
use super::relation::{BlockId, Name, Plan, Rows};
use super::scalar::Scalar;
use super::{
    Condition, DatasetId, Dialect, FieldId, Item, Member, MetricId, Path, PlanError, Reason, Target,
};
use crate::layer::{Expression, FieldRole, Grain, GrainName, GroupBy};

/// Metrics are not nested deeper than this.
pub(super) const DEPTH_MAX: usize = 64;

/// The state of planning one query.
pub(super) struct Planner<'c> {
    /// The prepared layer.
    pub(super) catalog: &'c Catalog,
    /// The dialect whose expressions are used.
    pub(super) dialect: Dialect,
    /// Whether what is alike is worked out once.
    pub(super) optimize: bool,
    /// The blocks so far.
    pub(super) plan: Plan,
    /// What is told of the plan.
    pub(super) explanation: Explanation,
    /// The grain of `metric_time` where none is said.
    pub(super) time_grain: GrainName,
    /// How deep metrics are nested where planning is.
    pub(super) depth: usize,
    /// The ways that were not taken beside one that was: wide queries go one way many times.
    pub(super) rejections: RefCell<FxHashMap<(DatasetId, Path), Vec<String>>>,
}

/// A metric by entities: one row for each of them.
pub(super) struct MetricBy {
    /// The block.
    pub(super) block: BlockId,
    /// The columns of the entities.
    pub(super) groups: Vec<Name>,
    /// The column of the metric.
    pub(super) metric: Name,
}

impl Planner<'_> {
    /// The finest grain that values of a time field have.
    pub(super) fn field_grain(&self, field: FieldId) -> Grain {
        match &self.catalog.field(field).role {
            FieldRole::Time(time) => match &time.grain {
                GrainName::Standard(grain) => *grain,
                GrainName::Custom(name) => self.grain_under(name).unwrap_or(Grain::Day),
            },
            FieldRole::Dimension | FieldRole::Fact => Grain::Day,
        }
    }

    /// Resolves what a condition names, from the rows of a dataset.
    pub(super) fn filter_member(
        &self,
        group: &GroupBy,
        dataset: DatasetId,
    ) -> Result<Member, PlanError> {
        let members = self.catalog.resolve_filter_item(group, &[dataset])?;
        let member = members.into_iter().next();
        let member = member.ok_or_else(|| unknown(&group.name))?;
        Ok(self.at_time_grain(member))
    }

    /// Gives `metric_time` without a grain the one that the query shows it at.
    fn at_time_grain(&self, mut member: Member) -> Member {
        let bare = member.grain.is_none() && member.date_part.is_none();
        if member.target == Target::MetricTime && bare {
            member.grain = Some(self.time_grain.clone());
        }
        member
    }

    /// Resolves the entity by which a metric is looked up, from the rows of a dataset.
    ///
    /// The path in the name is the one that the metric takes; here it is the entity itself that is asked for.
    pub(super) fn outer_member(
        &self,
        group: &GroupBy,
        dataset: DatasetId,
    ) -> Result<Member, PlanError> {
        let entity = group.name.rsplit("__").next().unwrap_or(&group.name);
        let bare = GroupBy::new(entity);
        self.filter_member(&bare, dataset)
            .or_else(|_| self.filter_member(group, dataset))
    }

    /// Plans a metric by entities, for a condition that asks for it.
    pub(super) fn metric_by(
        &mut self,
        metric: &str,
        group_by: &[GroupBy],
    ) -> Result<MetricBy, PlanError> {
        let id = self.catalog.metric_id(metric)?;
        let mut datasets = Vec::new();
        self.grouped_datasets(id, &mut datasets, 0)?;
        let groups = self.groups(group_by, &datasets)?;
        let names = groups.iter().map(|group| Arc::clone(&group.name)).collect();
        let ask = Ask::new(groups);
        let output: Name = metric.into();
        let flow = self.nested(|planner| planner.metrics(&[(id, Arc::clone(&output))], &ask))?;
        Ok(MetricBy {
            block: flow.block,
            groups: names,
            metric: output,
        })
    }

    /// Plans something one level deeper.
    pub(super) fn nested<T>(
        &mut self,
        plan: impl FnOnce(&mut Self) -> Result<T, PlanError>,
    ) -> Result<T, PlanError> {
        if self.depth >= DEPTH_MAX {
            return Err(PlanError::new(
                Reason::CyclicDefinition,
                format!("metrics are nested more than {DEPTH_MAX} deep"),
            ));
        }
        self.depth += 1;
        let planned = plan(self);
        self.depth -= 1;
        planned
    }

    /// Resolves groups for the rows of all datasets that are grouped by them.
    pub(super) fn groups(
        &self,
        items: &[GroupBy],
        datasets: &[DatasetId],
    ) -> Result<Vec<Group>, PlanError> {
        let mut groups: Vec<Group> = Vec::with_capacity(items.len());
        for item in items {
            let members = self.catalog.resolve(item, datasets)?;
            let members: Vec<Member> = members
                .into_iter()
                .map(|member| self.at_time_grain(member))
                .collect();
            let Some(first) = members.first() else {
                return Err(unknown(&item.name));
            };
            let name: Name = match &item.alias {
                Some(alias) => alias.as_str().into(),
                None => first.column_name().into(),
            };
            if groups.iter().any(|group| group.name == name) {
                continue;
            }
            groups.push(Group {
                name,
                members: datasets.iter().copied().zip(members).collect(),
            });
        }
        Ok(groups)
    }

    /// A condition that rows of a dataset always meet, over the columns of its relation.
    pub(super) fn own_condition(
        &self,
        dataset: DatasetId,
        condition: &Condition,
    ) -> Result<Scalar, PlanError> {
        let mut leaves = Vec::with_capacity(condition.leaves.len());
        for item in &condition.leaves {
            let Item::Group(group) = item else {
                return Err(not_own(dataset, self));
            };
            let member = self.filter_member(group, dataset)?;
            let (Target::Field(field), true) = (member.target, member.path.is_empty()) else {
                return Err(not_own(dataset, self));
            };
            let value = self.catalog.field_expression(field)?;
            let fragment = value.in_dialect(self.dialect);
            if fragment.leaves.iter().any(|leaf| !leaf.path.is_empty()) {
                return Err(not_own(dataset, self));
            }
            let stored = fragment.leaves.iter().map(assembly::stored).collect();
            leaves.push(assembly::sql(fragment, stored));
        }
        Ok(assembly::sql(condition, leaves))
    }

    /// The rows of a query that the layer declares.
    pub(super) fn declared_query(&self, query: &Expression) -> Result<Rows, PlanError> {
        let sql = query
            .dialects
            .get(self.dialect.as_str())
            .unwrap_or(&query.sql);
        Ok(Rows::Query(Arc::new(super::declared::query(
            sql,
            self.dialect,
        )?)))
    }

    /// The time field of a group's member, if the member is the time of a metric.
    pub(super) fn is_time_of(
        &self,
        group: &Group,
        dataset: DatasetId,
        time: Option<FieldId>,
    ) -> bool {
        group
            .member(dataset)
            .is_some_and(|member| is_time(time, member))
    }

    /// The grain at which `metric_time` of a metric is shown if none is asked for.
    pub(super) fn default_grain(&self, metric: MetricId) -> Result<GrainName, PlanError> {
        if let Some(grain) = &self.catalog.metric(metric).time_grain {
            return Ok(grain.clone());
        }
        let mut leaves = Vec::new();
        self.read_times(metric, &mut leaves)?;
        let grains = leaves.into_iter().map(|field| self.field_grain(field));
        let coarsest = grains.max().unwrap_or(Grain::Day).max(Grain::Day);
        Ok(GrainName::Standard(coarsest))
    }

    /// A path in words.
    pub(super) fn path_in_words(&self, from: DatasetId, path: &Path) -> String {
        self.catalog.routes().words(from, path)
    }

    /// Other ways to what a member is, each with why it is not taken.
    pub(super) fn rejected(&self, from: DatasetId, member: &Member) -> Vec<String> {
        if member.path.is_empty() {
            return Vec::new();
        }
        let way = (from, member.path.clone());
        if let Some(known) = self.rejections.borrow().get(&way) {
            return known.clone();
        }
        let found = self.others(from, member);
        self.rejections.borrow_mut().insert(way, found.clone());
        found
    }

    fn others(&self, from: DatasetId, member: &Member) -> Vec<String> {
        let routes = self.catalog.routes();
        let to = self.catalog.end(from, &member.path);
        let others = routes.safe_paths(from, to).into_iter();
        others
            .filter(|path| *path != member.path)
            .take(3)
            .map(|path| {
                let why = if path.hops.len() > member.path.hops.len() {
                    "it is longer"
                } else {
                    "the name says another"
                };
                format!("{}: {why}", routes.words(from, &path))
            })
            .collect()
    }
}

pub(super) fn unknown(name: &str) -> PlanError {
    PlanError::new(
        Reason::UnknownGroup,
        format!("nothing to group by is called `{name}`"),
    )
    .about(name)
}

fn not_own(dataset: DatasetId, planner: &Planner<'_>) -> PlanError {
    let name = &planner.catalog.dataset(dataset).name;
    PlanError::new(
        Reason::InvalidLayer,
        format!("a filter of dataset `{name}` speaks of more than its own fields"),
    )
    .about(name)
}
