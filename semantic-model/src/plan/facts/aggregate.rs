//! Metrics by groups: each fact aggregated alone, then joined by the groups.

use super::super::bind::Binders;
use super::super::body::Atom;
use super::super::compile::{ColumnKind, ResultColumn, group_columns};
use super::super::explain::{AggregationNote, FilterNote, PathNote};
use super::super::fragment::Prepared;
use super::super::metric::{Ask, Flow, Shown};
use super::super::planner::Planner;
use super::super::relation::{Block, Name, Rows};
use super::super::scalar::Scalar;
use super::super::{Condition, DatasetId, Member, PlanError, Reason};
use super::fact_rows::FactRows;
use super::groups::{Asked, Ways, asked, order, shown};
use super::having::Calculation;
use super::reach::Repeats;
use super::row_condition;
use crate::layer::{Aggregation, EntityRole, Query};

/// Plans metrics by groups.
pub(super) fn plan(
    planner: &mut Planner<'_>,
    query: &Query,
) -> Result<Vec<ResultColumn>, PlanError> {
    let catalog = planner.catalog;
    let groups = asked(catalog, query)?;
    let conditions: Vec<Condition> = query
        .filters
        .iter()
        .map(|filter| row_condition(catalog, query, filter))
        .collect::<Result<_, _>>()?;
    let mut calculation = Calculation {
        catalog,
        query,
        groups: &groups,
        atoms: Vec::new(),
    };
    let mut values = Vec::with_capacity(query.metrics.len());
    for metric in &query.metrics {
        let id = catalog.metric_id(&metric.name)?;
        let name = metric.alias.as_ref().unwrap_or(&catalog.metric(id).name);
        values.push((Name::from(name.as_str()), calculation.metric(id, 0)?));
    }
    let having: Vec<Scalar> = query
        .having
        .iter()
        .map(|filter| calculation.having(filter))
        .collect::<Result<_, _>>()?;
    let atoms = calculation.atoms;
    let mut facts = Facts {
        groups: &groups,
        conditions: &conditions,
        written: query
            .filters
            .iter()
            .map(|filter| filter.0.clone())
            .collect(),
        members: Vec::new(),
    };
    let inner = facts.all(planner, &atoms)?;
    let mut block = Block::reading(Rows::Block(inner.block), &"result".into());
    for group in &groups {
        block.push(&group.name, Scalar::column(0, &group.name));
    }
    let mut columns = group_columns(&shown(&groups, &facts.members));
    for (name, value) in values {
        block.push(&name, value);
        columns.push(ResultColumn {
            name: name.as_ref().to_owned(),
            kind: ColumnKind::Metric,
        });
    }
    block.filters = having;
    block.order = order(catalog, query, &groups, &block)?;
    block.limit = query.limit;
    planner.plan.add(block);
    planner.explanation.grain = groups.iter().map(|g| g.name.as_ref().to_owned()).collect();
    Ok(columns)
}

/// The facts of a query.
struct Facts<'q> {
    groups: &'q [Asked],
    conditions: &'q [Condition],
    written: Vec<String>,
    /// How each fact gets to the groups.
    members: Vec<(DatasetId, Vec<Member>)>,
}

impl Facts<'_> {
    /// Aggregates every fact alone and joins them by the groups.
    fn all(
        &mut self,
        planner: &mut Planner<'_>,
        atoms: &[(Atom, Name)],
    ) -> Result<Flow, PlanError> {
        let mut datasets: Vec<DatasetId> = Vec::new();
        for (atom, _) in atoms {
            if !datasets.contains(&atom.dataset) {
                datasets.push(atom.dataset);
            }
        }
        if datasets.is_empty() {
            return self.values(planner);
        }
        self.check_shared(planner, &datasets)?;
        let mut flows = Vec::with_capacity(datasets.len());
        for dataset in datasets {
            let own: Vec<&(Atom, Name)> = atoms
                .iter()
                .filter(|(atom, _)| atom.dataset == dataset)
                .collect();
            flows.push(self.one(planner, dataset, &own)?);
        }
        if flows.len() == 1 {
            return Ok(flows.remove(0));
        }
        let ask = Ask::new(shown(self.groups, &self.members));
        Ok(planner.side_by_side(flows, &ask))
    }

    /// Refuses facts that share no dimension: their totals side by side would look as if they belonged together.
    ///
    /// Where the query has groups, those are what they share.
    fn check_shared(&self, planner: &Planner<'_>, datasets: &[DatasetId]) -> Result<(), PlanError> {
        let catalog = planner.catalog;
        let Some((first, rest)) = datasets.split_first() else {
            return Ok(());
        };
        if !self.groups.is_empty() {
            return Ok(());
        }
        let known = catalog.routes().looked_up(*first);
        for other in rest {
            let others = catalog.routes().looked_up(*other);
            if !others.iter().any(|dataset| known.contains(dataset)) {
                let names = (&catalog.dataset(*first).name, &catalog.dataset(*other).name);
                let message = format!(
                    "facts `{}` and `{}` share no dimension by which they could be put side by side",
                    names.0, names.1
                );
                return Err(PlanError::new(Reason::NothingShared, message).about(names.1));
            }
        }
        Ok(())
    }

    /// Aggregates one fact.
    fn one(
        &mut self,
        planner: &mut Planner<'_>,
        dataset: DatasetId,
        atoms: &[&(Atom, Name)],
    ) -> Result<Flow, PlanError> {
        let ways = Ways::new(planner.catalog, dataset, self.groups, self.conditions)?;
        let repeats = ways
            .all()
            .map(|way| way.repeats)
            .max()
            .unwrap_or(Repeats::Never);
        let keys = self.keys(planner, dataset, atoms, repeats)?;
        let mut rows = FactRows::new(planner, dataset);
        for (group, way) in self.groups.iter().zip(&ways.groups) {
            rows.show(planner, &group.name, way)?;
        }
        for (at, key) in keys.iter().enumerate() {
            rows.show_value(planner, &format!("key_{}", at + 1).into(), key)?;
        }
        for (atom, name) in atoms {
            if let Some(argument) = &atom.argument {
                rows.show_value(planner, &argument_name(name), argument)?;
            }
        }
        for (condition, leaves) in self.conditions.iter().zip(&ways.conditions) {
            rows.restrict(planner, condition, leaves)?;
        }
        let rows = rows.finish(planner, repeats)?;
        let flow = self.aggregate(planner, dataset, rows, atoms);
        self.explain(planner, dataset, atoms, &ways, repeats);
        let members = ways.groups.into_iter().map(|way| way.member).collect();
        self.members.push((dataset, members));
        Ok(flow)
    }

    fn aggregate(
        &self,
        planner: &mut Planner<'_>,
        dataset: DatasetId,
        rows: super::super::relation::BlockId,
        atoms: &[&(Atom, Name)],
    ) -> Flow {
        let label: Name = planner.catalog.dataset(dataset).name.as_str().into();
        let mut block = Block::reading(Rows::Block(rows), &label);
        let mut metrics = Vec::with_capacity(atoms.len());
        for group in self.groups {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        for (atom, name) in atoms {
            let argument = atom.argument.as_ref();
            let argument = argument.map(|_| Box::new(Scalar::column(0, &argument_name(name))));
            block.push(name, Scalar::Aggregate(atom.aggregation, argument));
            // Of a group that the fact does not have there are no rows, and a count of none is 0.
            let counts = matches!(
                atom.aggregation,
                Aggregation::Count
                    | Aggregation::CountDistinct
                    | Aggregation::ApproximateCountDistinct
            );
            metrics.push(Shown {
                name: Name::clone(name),
                fill: counts.then_some(0),
            });
        }
        let groups = self
            .groups
            .iter()
            .map(|group| Scalar::column(0, &group.name));
        block.groups = Some(groups.collect());
        Flow {
            block: planner.plan.add(block),
            metrics,
        }
    }

    /// Returns what tells the rows of a fact apart, where a path repeats them; refuses what cannot be kept right.
    fn keys(
        &self,
        planner: &Planner<'_>,
        dataset: DatasetId,
        atoms: &[&(Atom, Name)],
        repeats: Repeats,
    ) -> Result<Vec<Prepared>, PlanError> {
        if repeats == Repeats::Never {
            return Ok(Vec::new());
        }
        let name = &planner.catalog.dataset(dataset).name;
        let keys = primary_key(planner, dataset)?;
        let needs_key = |atom: &Atom| {
            !matches!(
                atom.aggregation,
                Aggregation::CountDistinct
                    | Aggregation::ApproximateCountDistinct
                    | Aggregation::Min
                    | Aggregation::Max
            )
        };
        if keys.is_empty() && atoms.iter().any(|(atom, _)| needs_key(atom)) {
            let message = format!(
                "rows of `{name}` are repeated on the way, and it has no key by which each could be counted once"
            );
            return Err(PlanError::new(Reason::NotAdditive, message).about(name));
        }
        Ok(keys)
    }

    /// Gives the values of the groups, where nothing is aggregated.
    fn values(&mut self, planner: &mut Planner<'_>) -> Result<Flow, PlanError> {
        let mut items: Vec<_> = self.groups.iter().map(|group| group.item.clone()).collect();
        let leaves = self
            .conditions
            .iter()
            .flat_map(|condition| &condition.leaves);
        items.extend(leaves.filter_map(|item| match item {
            super::super::Item::Group(group) => Some(group.clone()),
            super::super::Item::Metric { .. } => None,
        }));
        let (source, _) = planner.catalog.source_of(&items)?;
        let source = source.ok_or_else(|| {
            PlanError::new(
                Reason::EmptyQuery,
                "the query asks for no field of a dataset",
            )
        })?;
        self.one(planner, source, &[])
    }

    fn explain(
        &self,
        planner: &mut Planner<'_>,
        dataset: DatasetId,
        atoms: &[&(Atom, Name)],
        ways: &Ways,
        repeats: Repeats,
    ) {
        let words = |member: &Member| {
            if member.path.is_empty() {
                "its own field".to_owned()
            } else {
                planner.catalog.routes().words(dataset, &member.path)
            }
        };
        let paths = self
            .groups
            .iter()
            .zip(&ways.groups)
            .map(|(group, way)| PathNote {
                group: group.name.as_ref().to_owned(),
                taken: words(&way.member),
                rejected: planner.rejected(dataset, &way.member),
            });
        let filters = self.written.iter().map(|condition| FilterNote {
            condition: condition.clone(),
            applied: "to rows, before they are aggregated".to_owned(),
        });
        let note = AggregationNote {
            metrics: atoms
                .iter()
                .map(|(_, name)| name.as_ref().to_owned())
                .collect(),
            dataset: planner.catalog.dataset(dataset).name.clone(),
            time: None,
            paths: paths.collect(),
            filters: filters.collect(),
        };
        planner.explanation.aggregations.push(note);
        if repeats != Repeats::Never {
            let name = &planner.catalog.dataset(dataset).name;
            let told = format!(
                "a row of `{name}` can have several of these groups: it counts once in each, so the groups do not add \
                 up to the total"
            );
            planner.explanation.notes.push(told);
        }
    }
}

fn argument_name(name: &str) -> Name {
    format!("{name}_value").into()
}

/// Returns what tells the rows of a dataset apart, nothing if that is not known.
fn primary_key(planner: &Planner<'_>, dataset: DatasetId) -> Result<Vec<Prepared>, PlanError> {
    let catalog = planner.catalog;
    let own = catalog.dataset(dataset);
    let mut declared = std::iter::once(&own.primary_key).chain(&own.unique_keys);
    if let Some(columns) = declared.find(|key| !key.is_empty()) {
        let mut binders = Binders::new(&catalog.layer, &catalog.index, Some(&catalog.graph), &[]);
        return columns
            .iter()
            .map(|column| binders.named(column, dataset))
            .collect();
    }
    let entity = own
        .entities
        .iter()
        .find(|entity| matches!(entity.role, EntityRole::Primary | EntityRole::Unique));
    match entity.and_then(|entity| catalog.entity_id(dataset, &entity.name)) {
        Some(id) => Ok(catalog.entity_keys(id)?.to_vec()),
        None => Ok(Vec::new()),
    }
}
