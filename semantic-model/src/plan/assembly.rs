//! The rows that a metric is aggregated from: a dataset, what is joined to it, and the time by which it is read.

mod conditions;
mod joins;

use std::sync::Arc;

use super::fragment::{Column as Stored, Fragment, Prepared};
use super::planner::Planner;
use super::relation::{Block, BlockId, Column, JoinKind, Name, Rows};
use super::scalar::{Operator, Scalar};
use super::spine::Calendar;
use super::time;
use super::{DatasetId, EntityId, FieldId, Member, Path, PlanError, Reason, Target};
use crate::layer::{GrainName, Relation};

/// Rows of a dataset with what is joined to them, while it is being found out what is needed of each.
pub(super) struct Assembly {
    /// The dataset whose rows are kept, each once.
    pub(super) dataset: DatasetId,
    /// The block that joins everything.
    pub(super) block: Block,
    /// The time by which the rows are read, and the field that it is.
    pub(super) time: Option<Scalar>,
    time_field: Option<FieldId>,
    reads: Vec<Read>,
    spines: Vec<(Scalar, String, usize)>,
    metrics: Vec<(super::Item, Scalar)>,
    /// How rows of other datasets are joined.
    pub(super) join: JoinKind,
}

/// What is read of a dataset.
struct Read {
    path: Path,
    dataset: DatasetId,
    place: usize,
    columns: Vec<Column>,
}

impl Assembly {
    /// Starts with the rows of a dataset.
    pub(super) fn new(planner: &Planner<'_>, dataset: DatasetId, time: Option<FieldId>) -> Self {
        let mut assembly = Self {
            dataset,
            block: Block::default(),
            time: None,
            time_field: time,
            reads: Vec::new(),
            spines: Vec::new(),
            metrics: Vec::new(),
            join: JoinKind::Left,
        };
        assembly.add_read(
            planner,
            Path::default(),
            dataset,
            JoinKind::Cross,
            Vec::new(),
        );
        assembly
    }

    /// Puts a block before the rows of the dataset, which join it where the conditions hold.
    ///
    /// Only right after [`Assembly::new`] and [`Assembly::read_time`].
    pub(super) fn lead_with(&mut self, lead: BlockId, label: &Name, on: Vec<Scalar>) {
        let mut base = self.block.sources.remove(0);
        self.block = Block::reading(Rows::Block(lead), label);
        base.join = JoinKind::Inner;
        base.on = on;
        self.block.sources.push(base);
        for read in &mut self.reads {
            read.place += 1;
        }
    }

    /// Starts with a calendar alone.
    pub(super) fn calendar(dataset: DatasetId, calendar: &Calendar) -> Self {
        Self {
            dataset,
            block: Block::reading(Rows::Block(calendar.block), &"time_spine".into()),
            time: Some(Scalar::column(0, &calendar.moment)),
            time_field: None,
            reads: Vec::new(),
            spines: Vec::new(),
            metrics: Vec::new(),
            join: JoinKind::Left,
        }
    }

    fn add_read(
        &mut self,
        planner: &Planner<'_>,
        path: Path,
        dataset: DatasetId,
        join: JoinKind,
        on: Vec<Scalar>,
    ) -> usize {
        let label: Name = planner.catalog.dataset(dataset).name.as_str().into();
        // The block that reads it is made at the end, when it is known what is needed.
        let rows = Rows::Table(Arc::from(Vec::new()));
        let place = self.block.join(join, rows, &label, on);
        self.reads.push(Read {
            path,
            dataset,
            place,
            columns: Vec::new(),
        });
        self.reads.len() - 1
    }

    /// Reads the time field of the dataset as the time of its rows, at the field's grain.
    pub(super) fn read_time(&mut self, planner: &Planner<'_>) -> Result<(), PlanError> {
        if let Some(field) = self.time_field {
            self.time = Some(self.moment(planner, field, &Path::default())?);
        }
        Ok(())
    }

    /// Whether a member is the time by which the rows are read.
    pub(super) fn is_time(&self, member: &Member) -> bool {
        is_time(self.time_field, member)
    }

    /// The value of a member in the joined rows.
    pub(super) fn member(
        &mut self,
        planner: &mut Planner<'_>,
        member: &Member,
    ) -> Result<Scalar, PlanError> {
        let time = self.time.clone();
        self.member_at(planner, member, time)
    }

    /// The value of a member, with a time of its own.
    fn member_at(
        &mut self,
        planner: &mut Planner<'_>,
        member: &Member,
        time: Option<Scalar>,
    ) -> Result<Scalar, PlanError> {
        let moment = match member.target {
            _ if self.is_time(member) => {
                self.check_grain(planner, member)?;
                time.ok_or_else(|| no_time(planner, self.dataset))?
            }
            Target::MetricTime => return Err(no_time(planner, self.dataset)),
            Target::Field(field) if planner.catalog.is_time(field) => {
                self.moment(planner, field, &member.path)?
            }
            Target::Field(field) => return self.field(planner, field, &member.path),
            Target::Entity(entity) => return self.entity(planner, entity, &member.path),
        };
        if let Some(part) = member.date_part {
            return Ok(Scalar::Part(part, Box::new(moment)));
        }
        match &member.grain {
            Some(GrainName::Standard(grain)) => Ok(moment.truncate(*grain)),
            Some(GrainName::Custom(name)) => self.custom(planner, moment, name),
            None => Ok(moment),
        }
    }

    /// Refuses the time of the rows at a grain that is finer than theirs: all would lie at the start of a period.
    fn check_grain(&self, planner: &Planner<'_>, member: &Member) -> Result<(), PlanError> {
        let (Some(field), Some(GrainName::Standard(asked)), None) =
            (self.time_field, &member.grain, member.date_part)
        else {
            return Ok(());
        };
        let known = planner.field_grain(field);
        if *asked >= known {
            return Ok(());
        }
        let name = &planner.catalog.dataset(self.dataset).name;
        Err(PlanError::new(
            Reason::InvalidGrain,
            format!("the time of `{name}` is known by {known} at the finest, not by {asked}"),
        )
        .about(&member.name)
        .or([format!("metric_time__{known}")]))
    }

    /// A moment of a field, cut to the field's own grain.
    fn moment(
        &mut self,
        planner: &Planner<'_>,
        field: FieldId,
        path: &Path,
    ) -> Result<Scalar, PlanError> {
        let catalog = planner.catalog;
        let value = catalog.field_expression(field)?;
        let grain = planner.field_grain(field);
        let name = catalog.field(field).name.as_str();
        let raw = self.expression(planner, value, path, name, &|raw| time::moment(raw, grain))?;
        Ok(raw)
    }

    fn field(
        &mut self,
        planner: &Planner<'_>,
        field: FieldId,
        path: &Path,
    ) -> Result<Scalar, PlanError> {
        let catalog = planner.catalog;
        let value = catalog.field_expression(field)?;
        let name = catalog.field(field).name.as_str();
        self.expression(planner, value, path, name, &|raw| raw)
    }

    /// The key of an entity.
    pub(super) fn entity(
        &mut self,
        planner: &Planner<'_>,
        entity: EntityId,
        path: &Path,
    ) -> Result<Scalar, PlanError> {
        let name = planner.catalog.entity(entity).name.as_str();
        match planner.catalog.entity_keys(entity)? {
            [key] => self.expression(planner, key, path, name, &|raw| raw),
            keys => Err(PlanError::new(
                Reason::NotSupported,
                format!(
                    "entity `{name}` has {} columns and cannot be one group",
                    keys.len()
                ),
            )
            .about(name)),
        }
    }

    /// A value that looks at the rows around a row: around a row of the block, or, at the end of a path, around a row
    /// of the dataset there, whichever of its rows are looked up.
    pub(super) fn window(
        &mut self,
        planner: &Planner<'_>,
        value: &Prepared,
        path: &Path,
        name: &str,
    ) -> Result<Scalar, PlanError> {
        let fragment = value.in_dialect(planner.dialect);
        let mut ast = fragment.ast.clone();
        super::windows::say_null_order(&mut ast);
        if path.is_empty() {
            let mut leaves = Vec::with_capacity(fragment.leaves.len());
            for leaf in &fragment.leaves {
                let alone = Prepared::new(Fragment::leaf(leaf.clone()), Vec::new());
                leaves.push(self.measure(planner, &alone, &leaf.name.value)?);
            }
            return Ok(Scalar::Over(Arc::new(ast), leaves));
        }
        if fragment.leaves.iter().any(|leaf| !leaf.path.is_empty()) {
            return Err(PlanError::new(
                Reason::NotSupported,
                format!("`{name}` looks at the rows around a row and at what these look up"),
            )
            .about(name));
        }
        let place = self.reach(planner, path)?;
        let leaves = fragment.leaves.iter().map(stored).collect();
        Ok(self.need(place, name, Scalar::Over(Arc::new(ast), leaves)))
    }

    /// A value of the dataset that the metric aggregates, by a name for people.
    pub(super) fn measure(
        &mut self,
        planner: &Planner<'_>,
        value: &Prepared,
        name: &str,
    ) -> Result<Scalar, PlanError> {
        self.expression(planner, value, &Path::default(), name, &|raw| raw)
    }

    /// An expression of the layer over the rows at the end of a path.
    ///
    /// What speaks of that dataset alone is worked out where it is read, so that it is NULL for rows that meet none.
    fn expression(
        &mut self,
        planner: &Planner<'_>,
        value: &Prepared,
        path: &Path,
        name: &str,
        finish: &dyn Fn(Scalar) -> Scalar,
    ) -> Result<Scalar, PlanError> {
        let fragment = value.in_dialect(planner.dialect);
        let alone = fragment.leaves.iter().all(|leaf| leaf.path.is_empty());
        let place = self.reach(planner, path)?;
        if alone {
            let leaves: Vec<Scalar> = fragment.leaves.iter().map(stored).collect();
            let value = finish(sql(fragment, leaves));
            return Ok(self.need(place, name, value));
        }
        let mut leaves = Vec::with_capacity(fragment.leaves.len());
        for leaf in &fragment.leaves {
            let place = self.reach(planner, &path.join(&leaf.path))?;
            leaves.push(self.need(place, &leaf.name.value, stored(leaf)));
        }
        Ok(finish(sql(fragment, leaves)))
    }

    /// Asks a read for a value and gives the column that holds it in the joined rows.
    fn need(&mut self, read: usize, name: &str, value: Scalar) -> Scalar {
        let Some(read) = self.reads.get_mut(read) else {
            return value;
        };
        if let Some(known) = read.columns.iter().find(|column| column.value == value) {
            return Scalar::column(read.place, &known.name);
        }
        let name = free_name(name, |name| {
            read.columns.iter().any(|column| &*column.name == name)
        });
        let column = Scalar::column(read.place, &name);
        read.columns.push(Column { name, value });
        column
    }

    /// The period of a company's own calendar that a moment lies in.
    fn custom(
        &mut self,
        planner: &mut Planner<'_>,
        moment: Scalar,
        grain: &str,
    ) -> Result<Scalar, PlanError> {
        let known = self
            .spines
            .iter()
            .find(|(of, name, _)| *of == moment && name == grain);
        if let Some((_, name, place)) = known {
            return Ok(Scalar::Column(*place, name.as_str().into()));
        }
        let calendar = planner.calendar(grain)?;
        let place = self.block.sources.len();
        let label: Name = "calendar".into();
        let on = Scalar::binary(
            moment.clone().truncate(calendar.grain),
            Operator::Equal,
            Scalar::column(place, &calendar.moment),
        );
        self.block.join(
            JoinKind::Left,
            Rows::Block(calendar.block),
            &label,
            vec![on],
        );
        self.spines.push((moment, grain.to_owned(), place));
        Ok(Scalar::Column(place, grain.into()))
    }

    /// Makes the blocks that read, and returns the block that joins them, with no columns yet chosen by this.
    pub(super) fn finish(mut self, planner: &mut Planner<'_>) -> Result<Block, PlanError> {
        for read in self.reads {
            let dataset = planner.catalog.dataset(read.dataset);
            let label: Name = dataset.name.as_str().into();
            let rows = planner.relation(&dataset.relation)?;
            let mut block = Block::reading(rows, &label);
            block.columns = read.columns;
            if block.columns.is_empty() {
                // Something must be selected, also where only rows are counted.
                block.push(&"one".into(), Scalar::Integer(1));
            }
            for condition in planner.catalog.dataset_filters(read.dataset)? {
                let filter = planner.own_condition(read.dataset, condition)?;
                block.filters.push(filter);
            }
            let id = planner.plan.add(block);
            self.block.sources[read.place].rows = Rows::Block(id);
        }
        Ok(self.block)
    }
}

/// Whether a member is the time of a metric, under whichever name.
pub(super) fn is_time(time: Option<FieldId>, member: &Member) -> bool {
    match member.target {
        Target::MetricTime => true,
        Target::Field(field) => member.path.is_empty() && time == Some(field),
        Target::Entity(_) => false,
    }
}

/// A column of the relation that a block reads.
pub(super) fn stored(leaf: &Stored) -> Scalar {
    Scalar::Stored(0, Box::new(leaf.name.clone()))
}

/// An expression of the layer with values for its leaves; the value itself if it is nothing but a leaf.
pub(super) fn sql<L>(fragment: &Fragment<L>, mut leaves: Vec<Scalar>) -> Scalar {
    if fragment.as_leaf().is_some() && leaves.len() == 1 {
        return leaves.remove(0);
    }
    Scalar::Sql(Arc::new(fragment.ast.clone()), leaves)
}

/// A name that is not taken yet, as like the wanted one as can be.
pub(super) fn free_name(wanted: &str, taken: impl Fn(&str) -> bool) -> Name {
    if !taken(wanted) {
        return wanted.into();
    }
    let mut next = 2_u32;
    loop {
        let name = format!("{wanted}_{next}");
        if !taken(&name) {
            return name.into();
        }
        next += 1;
    }
}

fn no_time(planner: &Planner<'_>, dataset: DatasetId) -> PlanError {
    let name = &planner.catalog.dataset(dataset).name;
    PlanError::new(
        Reason::NeedsMetricTime,
        format!("dataset `{name}` has no time by which its rows are read"),
    )
    .about(name)
}

impl Planner<'_> {
    /// The rows of a relation of the layer.
    pub(super) fn relation(&self, relation: &Relation) -> Result<Rows, PlanError> {
        match relation {
            Relation::Table(parts) => Ok(Rows::Table(parts.clone().into())),
            Relation::Query(query) => self.declared_query(query),
        }
    }
}
