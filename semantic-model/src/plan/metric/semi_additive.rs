//! Metrics that may not be added up over time: only the first or last moment of each period counts.

use super::leaf::{LeafGroup, LeafRows};
use crate::layer::Edge;
use crate::plan::assembly::{Assembly, is_time};
use crate::plan::planner::Planner;
use crate::plan::relation::{Block, BlockId, Name, Rows};
use crate::plan::scalar::{Operator, Scalar, Window, WindowFunction};
use crate::plan::{Member, Path, PlanError, Target};

/// The column of the time whose edges count.
const EDGE_TIME: &str = "edge_time";
/// The column of the edge of the part that a row is of.
const EDGE: &str = "edge";

impl<'c> Planner<'c> {
    /// Finishes the rows of a leaf; where only edges count, leaves the rows at the edge of each period.
    ///
    /// The edge is worked out over the rows that meet all conditions, for each entity that has an edge of its own and
    /// each period that the query shows.
    pub(super) fn keep_edges(
        &mut self,
        rows: &LeafRows<'c>,
        groups: &[LeafGroup],
        mut assembly: Assembly,
        mut chosen: Block,
    ) -> Result<BlockId, PlanError> {
        let Some(of) = rows.edge else {
            let mut block = assembly.finish(self)?;
            block.columns = chosen.columns;
            return Ok(self.plan.add(block));
        };
        let moment: Name = EDGE_TIME.into();
        let member = Member {
            target: Target::Field(of.time),
            path: Path::default(),
            grain: Some(self.field_grain(of.time).into()),
            date_part: None,
            name: EDGE.to_owned(),
        };
        let value = assembly.member(self, &member)?;
        let names: Vec<Name> = chosen
            .columns
            .iter()
            .map(|column| Name::clone(&column.name))
            .collect();
        chosen.push(&moment, value);
        let mut partition = Vec::new();
        for (place, entity) in of.per.iter().enumerate() {
            let name: Name = format!("edge_of_{place}").into();
            let entity = self.own_entity(rows, entity)?;
            let key = assembly.entity(self, entity, &Path::default())?;
            chosen.push(&name, key);
            partition.push(Scalar::column(0, &name));
        }
        for group in groups {
            if is_time(Some(of.time), &group.member)
                && self.shows_edge_time(rows, of.time, &group.member)
            {
                partition.push(Scalar::column(0, &group.name));
            }
        }
        let mut block = assembly.finish(self)?;
        block.columns = chosen.columns;
        let all = self.plan.add(block);
        let dataset = self.catalog.dataset(rows.simple.dataset);
        let label: Name = dataset.name.as_str().into();
        Ok(self.at_edges(of.edge, all, &label, &names, partition))
    }

    /// Leaves the rows of a block that are at the edge of their part.
    fn at_edges(
        &mut self,
        edge_of: Edge,
        all: BlockId,
        label: &Name,
        names: &[Name],
        partition: Vec<Scalar>,
    ) -> BlockId {
        let (moment, edge): (Name, Name) = (EDGE_TIME.into(), EDGE.into());
        let mut block = Block::reading(Rows::Block(all), label);
        for name in names.iter().chain([&moment]) {
            block.push(name, Scalar::column(0, name));
        }
        let function = match edge_of {
            Edge::First => WindowFunction::Least,
            Edge::Last => WindowFunction::Greatest,
        };
        let window = Scalar::Window(Box::new(Window {
            function,
            argument: Some(Scalar::column(0, &moment)),
            partition,
            order: Vec::new(),
        }));
        block.push(&edge, window);
        let marked = self.plan.add(block);
        let mut block = Block::reading(Rows::Block(marked), label);
        for name in names {
            block.push(name, Scalar::column(0, name));
        }
        block.filters.push(Scalar::binary(
            Scalar::column(0, &moment),
            Operator::Equal,
            Scalar::column(0, &edge),
        ));
        self.plan.add(block)
    }

    /// Whether a group is a period of the time whose edges count.
    fn shows_edge_time(
        &self,
        rows: &LeafRows<'c>,
        time: crate::plan::FieldId,
        member: &Member,
    ) -> bool {
        match member.target {
            Target::MetricTime => rows.simple.time == Some(time),
            Target::Field(_) | Target::Entity(_) => true,
        }
    }
}
