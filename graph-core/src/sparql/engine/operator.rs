//! Operators pull batches of rows from each other, as many as are asked for.
//!
//! At the bottom of each chain stands a [`Seed`]: the rows with which the chain is evaluated, so that the inner side of
//! OPTIONAL, UNION and EXISTS sees the values of the outer rows and looks up only what belongs to them.

use std::rc::Rc;
use std::sync::Arc;

use super::algebra::{Expression, Slot};
use super::context::{Context, UNBOUND};
use super::group::Group;
use super::join::{HashJoin, Minus, Optional, Union, ValuesJoin};
use super::order::{Distinct, Order};
use super::path::PathJoin;
use super::rows::Rows;
use super::scan::ScanJoin;
use crate::sparql::budget::{Guard, Stopped};

/// Rows asked for at once, at most.
pub(super) const BATCH: usize = 1024;
/// Rows asked for when it is not known how many of them are of use.
const FIRST_BATCH: usize = 64;

pub(super) enum Operator<'a> {
    Seed(Seed),
    Scan(Box<ScanJoin<'a>>),
    Path(Box<PathJoin<'a>>),
    Filter(Box<Filter<'a>>),
    Extend(Box<Extend<'a>>),
    Optional(Box<Optional<'a>>),
    Union(Box<Union<'a>>),
    Values(Box<ValuesJoin<'a>>),
    Hash(Box<HashJoin<'a>>),
    Minus(Box<Minus<'a>>),
    Distinct(Box<Distinct<'a>>),
    Order(Box<Order<'a>>),
    Slice(Box<Slice<'a>>),
    Group(Box<Group<'a>>),
    Graphs(Box<Graphs<'a>>),
}

impl<'a> Operator<'a> {
    /// Appends about `want` rows, at least one as long as there are any.
    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        match self {
            Self::Seed(seed) => {
                seed.pull(out, want);
                Ok(())
            }
            Self::Scan(scan) => scan.pull(cx, out, want),
            Self::Path(path) => path.pull(cx, out, want),
            Self::Filter(filter) => filter.pull(cx, out, want),
            Self::Extend(extend) => extend.pull(cx, out, want),
            Self::Optional(optional) => optional.pull(cx, out, want),
            Self::Union(union) => union.pull(cx, out, want),
            Self::Values(values) => values.pull(cx, out, want),
            Self::Hash(join) => join.pull(cx, out, want),
            Self::Minus(minus) => minus.pull(cx, out, want),
            Self::Distinct(distinct) => distinct.pull(cx, out, want),
            Self::Order(order) => order.pull(cx, out, want),
            Self::Slice(slice) => slice.pull(cx, out, want),
            Self::Group(group) => group.pull(cx, out, want),
            Self::Graphs(graphs) => graphs.pull(cx, out, want),
        }
    }

    /// Starts anew with these rows at the bottom; `rows` gets the ones from before.
    pub(super) fn feed(&mut self, rows: &mut Rows) {
        match self {
            Self::Seed(seed) => seed.feed(rows),
            Self::Scan(scan) => scan.feed(rows),
            Self::Path(path) => path.feed(rows),
            Self::Filter(filter) => filter.input.feed(rows),
            Self::Extend(extend) => extend.input.feed(rows),
            Self::Optional(optional) => optional.feed(rows),
            Self::Union(union) => union.feed(rows),
            Self::Values(values) => values.feed(rows),
            Self::Hash(join) => join.feed(rows),
            Self::Graphs(graphs) => graphs.feed(rows),
            // These are evaluated apart from what stands around them and only once.
            Self::Minus(_)
            | Self::Distinct(_)
            | Self::Order(_)
            | Self::Slice(_)
            | Self::Group(_) => {}
        }
    }

    /// Tells whether there is a row when this one is at the bottom.
    pub(super) fn has_rows(&mut self, cx: &Context<'a>, row: &[u32]) -> Result<bool, Stopped> {
        let mut rows = Rows::new(cx.width);
        rows.push(row);
        self.feed(&mut rows);
        rows.clear();
        self.pull(cx, &mut rows, 1)?;
        Ok(!rows.is_empty())
    }
}

/// The rows that a chain starts with.
pub(super) struct Seed {
    rows: Rows,
    at: usize,
}

impl Seed {
    /// One row without values.
    pub(super) fn unit(width: usize) -> Self {
        Self {
            rows: Rows::unit(width),
            at: 0,
        }
    }

    pub(super) fn empty(width: usize) -> Self {
        Self {
            rows: Rows::new(width),
            at: 0,
        }
    }

    fn feed(&mut self, rows: &mut Rows) {
        std::mem::swap(&mut self.rows, rows);
        self.at = 0;
    }

    fn pull(&mut self, out: &mut Rows, want: usize) {
        let end = self.rows.len().min(self.at + want.max(1));
        for at in self.at..end {
            out.push(self.rows.get(at));
        }
        self.at = end;
    }
}

/// A batch of input rows that an operator goes through.
pub(super) struct Input<'a> {
    operator: Operator<'a>,
    rows: Rows,
    at: usize,
    started: bool,
}

impl<'a> Input<'a> {
    pub(super) fn new(operator: Operator<'a>, width: usize) -> Self {
        Self {
            operator,
            rows: Rows::new(width),
            at: 0,
            started: false,
        }
    }

    pub(super) fn feed(&mut self, rows: &mut Rows) {
        self.operator.feed(rows);
        self.rows.clear();
        self.at = 0;
        self.started = false;
    }

    /// Goes to the next row; false at the end.
    pub(super) fn advance(&mut self, cx: &Context<'a>, want: usize) -> Result<bool, Stopped> {
        if self.started {
            self.at += 1;
        }
        self.started = true;
        if self.at < self.rows.len() {
            return Ok(true);
        }
        self.rows.clear();
        self.at = 0;
        self.operator
            .pull(cx, &mut self.rows, want.clamp(1, BATCH))?;
        self.started = !self.rows.is_empty();
        Ok(self.started)
    }

    pub(super) fn row(&self) -> &[u32] {
        self.rows.get(self.at)
    }
}

pub(super) struct Filter<'a> {
    pub(super) input: Operator<'a>,
    pub(super) expression: Arc<Expression>,
    rows: Rows,
    batch: usize,
}

impl<'a> Filter<'a> {
    pub(super) fn new(input: Operator<'a>, expression: Arc<Expression>, width: usize) -> Self {
        Self {
            input,
            expression,
            rows: Rows::new(width),
            batch: FIRST_BATCH,
        }
    }

    fn pull(&mut self, cx: &Context<'a>, out: &mut Rows, want: usize) -> Result<(), Stopped> {
        let before = out.len();
        while out.len() == before {
            self.rows.clear();
            self.input
                .pull(cx, &mut self.rows, self.batch.min(want).max(1))?;
            if self.rows.is_empty() {
                return Ok(());
            }
            for row in self.rows.iter() {
                match self.expression.truth(cx, row) {
                    Some(true) => {
                        out.push(row);
                    }
                    Some(false) => {}
                    // An error of the expression, or the end of a budget.
                    None => cx.guard.stopped()?,
                }
            }
            cx.guard.stopped()?;
            self.batch = (self.batch * 2).min(BATCH);
        }
        Ok(())
    }
}

pub(super) struct Extend<'a> {
    pub(super) input: Operator<'a>,
    pub(super) slot: Slot,
    pub(super) expression: Arc<Expression>,
}

impl<'a> Extend<'a> {
    fn pull(&mut self, cx: &Context<'a>, out: &mut Rows, want: usize) -> Result<(), Stopped> {
        let before = out.len();
        self.input.pull(cx, out, want)?;
        for at in before..out.len() {
            let value = self.expression.evaluate(cx, out.get(at));
            if let Some(number) = value.and_then(|value| cx.number(value)) {
                out.get_mut(at)[self.slot] = number;
            }
        }
        cx.guard.stopped()
    }
}

pub(super) struct Slice<'a> {
    pub(super) input: Operator<'a>,
    pub(super) skip: usize,
    pub(super) left: usize,
}

impl<'a> Slice<'a> {
    fn pull(&mut self, cx: &Context<'a>, out: &mut Rows, want: usize) -> Result<(), Stopped> {
        let before = out.len();
        while self.skip > 0 && self.left > 0 {
            let mut skipped = Rows::new(cx.width);
            self.input.pull(cx, &mut skipped, self.skip.min(BATCH))?;
            if skipped.is_empty() {
                self.left = 0;
            }
            for row in skipped.iter().skip(self.skip) {
                out.push(row);
            }
            self.skip -= skipped.len().min(self.skip);
        }
        if out.len() == before && self.left > 0 {
            self.input.pull(cx, out, want.min(self.left))?;
        }
        out.truncate(before.saturating_add(self.left).min(out.len()));
        self.left -= out.len() - before;
        Ok(())
    }
}

/// The names of the named graphs, for each row in which the slot is free; else whether there is that graph.
pub(super) struct Graphs<'a> {
    input: Input<'a>,
    slot: Slot,
    names: Vec<u32>,
    at: usize,
}

impl<'a> Graphs<'a> {
    pub(super) fn new(input: Operator<'a>, slot: Slot, names: Vec<u32>, width: usize) -> Self {
        Self {
            input: Input::new(input, width),
            slot,
            at: names.len(),
            names,
        }
    }

    fn feed(&mut self, rows: &mut Rows) {
        self.input.feed(rows);
        self.at = self.names.len();
    }

    fn pull(&mut self, cx: &Context<'a>, out: &mut Rows, want: usize) -> Result<(), Stopped> {
        let end = out.len() + want;
        while out.len() < end {
            if self.at >= self.names.len() {
                if !self.input.advance(cx, want)? {
                    break;
                }
                self.at = 0;
                continue;
            }
            let (row, name) = (self.input.row(), self.names[self.at]);
            self.at += 1;
            if row[self.slot] == UNBOUND || row[self.slot] == name {
                cx.guard.visit()?;
                out.push_with(row, self.slot, name);
            }
        }
        Ok(())
    }
}

/// Memory that is charged while it is held, and given back when it is dropped.
pub(super) struct Held {
    guard: Rc<Guard>,
    bytes: u64,
}

impl Held {
    pub(super) fn new(guard: &Rc<Guard>) -> Self {
        Self {
            guard: Rc::clone(guard),
            bytes: 0,
        }
    }

    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Stopped> {
        self.bytes += bytes as u64;
        self.guard.grow(bytes as u64)
    }

    pub(super) fn shrink(&mut self, bytes: usize) {
        let bytes = (bytes as u64).min(self.bytes);
        self.bytes -= bytes;
        self.guard.shrink(bytes);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.guard.shrink(self.bytes);
    }
}
