//! The relational plan: what rows to read, join, filter, aggregate and order, with no word of any dialect.
//!
//! A [`Plan`] is a list of [`Block`]s, each of which reads tables or earlier blocks and is what one `SELECT` can say.
//! The planner builds the simplest blocks (one reads, one joins, one filters, one aggregates); [`super::simplify`]
//! folds them into fewer, and [`super::render`] prints them, a block that several read as a common table expression.
//! Blocks only read blocks before them, so a plan has no cycles by construction.

use std::sync::Arc;

use super::scalar::Scalar;

/// A name of a column in a plan.
pub type Name = Arc<str>;

/// A block of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(u32);

impl BlockId {
    /// Returns its place in the plan.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A relational plan; its last block has the rows of the answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    blocks: Vec<Block>,
}

/// What one `SELECT` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Block {
    /// What it reads: the first source, and those joined to it in order.
    pub sources: Vec<Source>,
    /// Conditions on the joined rows, all of which must hold.
    pub filters: Vec<Scalar>,
    /// The columns of its rows.
    pub columns: Vec<Column>,
    /// What the rows are grouped by, if they are; empty groups make one row.
    pub groups: Option<Vec<Scalar>>,
    /// Whether equal rows are one.
    pub distinct: bool,
    /// The order of the rows, by the places of columns.
    pub order: Vec<SortKey>,
    /// How many rows at most.
    pub limit: Option<u64>,
}

/// A column of the rows of a block.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name, unique in its block.
    pub name: Name,
    /// What it holds.
    pub value: Scalar,
}

/// One key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// The place of the column in the block.
    pub column: usize,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Whether NULL stands first.
    pub nulls_first: bool,
}

/// Something that a block reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Whose rows.
    pub rows: Rows,
    /// A name for people to know it by; the printed alias is made of it.
    pub label: Name,
    /// How it joins the sources before it; unused on the first.
    pub join: JoinKind,
    /// The conditions of the join, all of which must hold.
    pub on: Vec<Scalar>,
}

/// Whose rows a source has.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// A table or view, by the parts of its name.
    Table(Arc<[String]>),
    /// A query that the layer declares, parsed.
    Query(Arc<sqlparser::ast::Query>),
    /// An earlier block.
    Block(BlockId),
}

/// How a source joins those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// Rows that meet.
    Inner,
    /// Rows that meet, and those of the sources before it that meet none.
    Left,
    /// Rows that meet, and those of either side that meet none.
    Full,
    /// Every pair of rows.
    Cross,
}

impl Plan {
    /// Adds a block.
    pub fn add(&mut self, block: Block) -> BlockId {
        debug_assert!(block.reads().all(|read| read.index() < self.blocks.len()));
        let id = BlockId(u32::try_from(self.blocks.len()).unwrap_or(u32::MAX));
        self.blocks.push(block);
        id
    }

    /// Returns the block with the rows of the answer, if there is any.
    pub fn root(&self) -> Option<BlockId> {
        let last = self.blocks.len().checked_sub(1)?;
        u32::try_from(last).ok().map(BlockId)
    }

    /// Returns the blocks, those that are read before those that read them.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Returns a block.
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }

    /// Counts for every block how often a block that the answer needs reads it.
    pub fn readers(&self) -> Vec<u32> {
        let mut counts = vec![0_u32; self.blocks.len()];
        if let Some(last) = counts.last_mut() {
            *last = 1;
        }
        for (place, block) in self.blocks.iter().enumerate().rev() {
            if counts[place] == 0 {
                continue;
            }
            for read in block.reads() {
                counts[read.index()] += 1;
            }
        }
        counts
    }
}

impl Block {
    /// Gives a block that reads one source and has no columns yet.
    pub fn reading(rows: Rows, label: &Name) -> Self {
        Self {
            sources: vec![Source::first(rows, label)],
            ..Self::default()
        }
    }

    /// Adds a column.
    pub fn push(&mut self, name: &Name, value: Scalar) {
        self.columns.push(Column {
            name: Arc::clone(name),
            value,
        });
    }

    /// Adds a source, joined to those before it, and returns its place.
    pub fn join(&mut self, join: JoinKind, rows: Rows, label: &Name, on: Vec<Scalar>) -> usize {
        self.sources.push(Source {
            rows,
            label: Arc::clone(label),
            join,
            on,
        });
        self.sources.len() - 1
    }

    /// Replaces the columns in all of its expressions.
    pub fn map_scalars(&mut self, replace: &mut dyn FnMut(Scalar) -> Scalar) {
        let mut apply = |scalar: &mut Scalar| {
            let value = std::mem::replace(scalar, Scalar::Boolean(true));
            *scalar = value.map_columns(replace);
        };
        self.filters.iter_mut().for_each(&mut apply);
        self.groups.iter_mut().flatten().for_each(&mut apply);
        for column in &mut self.columns {
            apply(&mut column.value);
        }
        for source in &mut self.sources {
            source.on.iter_mut().for_each(&mut apply);
        }
    }

    /// Returns the blocks that it reads, as often as it reads them, those of sub-queries too.
    pub fn reads(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.sources.iter().filter_map(|source| match source.rows {
            Rows::Block(id) => Some(id),
            Rows::Table(_) | Rows::Query(_) => None,
        })
    }

    /// Returns the column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| &*column.name == name)
    }
}

impl Source {
    /// Gives the first source of a block.
    pub fn first(rows: Rows, label: &Name) -> Self {
        Self {
            rows,
            label: Arc::clone(label),
            join: JoinKind::Cross,
            on: Vec::new(),
        }
    }
}
