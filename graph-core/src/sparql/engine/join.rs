//! Operators that put two patterns together.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::algebra::{Expression, Slot, Slots};
use super::context::{Context, UNBOUND};
use super::operator::{BATCH, Held, Input, Operator};
use super::rows::{Rows, bind, compatible, key, merge};
use crate::sparql::budget::Stopped;

/// Memory of one entry of a hash table, about.
const ENTRY_BYTES: usize = 24;

/// OPTIONAL whose right side is evaluated with the rows of the left.
pub(super) struct Optional<'a> {
    left: Operator<'a>,
    right: Operator<'a>,
    tag: Slot,
    /// The rows of the left that are being worked on, and which of them have found something.
    rows: Rows,
    matched: Vec<bool>,
    given: usize,
    working: bool,
}

impl<'a> Optional<'a> {
    pub(super) fn new(left: Operator<'a>, right: Operator<'a>, tag: Slot, width: usize) -> Self {
        Self {
            left,
            right,
            tag,
            rows: Rows::new(width),
            matched: Vec::new(),
            given: 0,
            working: false,
        }
    }

    pub(super) fn feed(&mut self, rows: &mut Rows) {
        self.left.feed(rows);
        self.rows.clear();
        self.matched.clear();
        (self.given, self.working) = (0, false);
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        loop {
            if self.working {
                let before = out.len();
                self.right.pull(cx, out, want)?;
                if out.len() > before {
                    for at in before..out.len() {
                        let row = out.get_mut(at);
                        if let Some(matched) = self.matched.get_mut(row[self.tag] as usize) {
                            *matched = true;
                        }
                        row[self.tag] = UNBOUND;
                    }
                    return Ok(());
                }
                self.working = false;
            }
            let before = out.len();
            while self.given < self.rows.len() && out.len() - before < want {
                if !self.matched[self.given] {
                    out.push(self.rows.get(self.given));
                }
                self.given += 1;
            }
            if out.len() > before {
                return Ok(());
            }
            self.rows.clear();
            self.left.pull(cx, &mut self.rows, want.min(BATCH))?;
            if self.rows.is_empty() {
                return Ok(());
            }
            self.given = 0;
            self.matched.clear();
            self.matched.resize(self.rows.len(), false);
            let mut tagged = Rows::new(cx.width);
            for (at, row) in self.rows.iter().enumerate() {
                tagged.push_with(row, self.tag, at as u32);
            }
            self.right.feed(&mut tagged);
            self.working = true;
        }
    }
}

pub(super) struct Union<'a> {
    input: Operator<'a>,
    branches: Vec<Operator<'a>>,
    rows: Rows,
    /// The branch that works on the rows; past the end when they are done.
    at: usize,
}

impl<'a> Union<'a> {
    pub(super) fn new(input: Operator<'a>, branches: Vec<Operator<'a>>, width: usize) -> Self {
        Self {
            input,
            at: branches.len(),
            branches,
            rows: Rows::new(width),
        }
    }

    pub(super) fn feed(&mut self, rows: &mut Rows) {
        self.input.feed(rows);
        self.at = self.branches.len();
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        loop {
            let before = out.len();
            if let Some(branch) = self.branches.get_mut(self.at) {
                branch.pull(cx, out, want)?;
                if out.len() > before {
                    return Ok(());
                }
                self.at += 1;
            } else {
                self.rows.clear();
                self.input.pull(cx, &mut self.rows, want.min(BATCH))?;
                if self.rows.is_empty() {
                    return Ok(());
                }
                self.at = 0;
            }
            if let Some(branch) = self.branches.get_mut(self.at) {
                let mut copy = Rows::new(cx.width);
                self.rows.iter().for_each(|row| {
                    copy.push(row);
                });
                branch.feed(&mut copy);
            }
        }
    }
}

pub(super) struct ValuesJoin<'a> {
    input: Input<'a>,
    slots: Vec<Slot>,
    rows: Arc<Vec<Vec<Option<usize>>>>,
    at: usize,
}

impl<'a> ValuesJoin<'a> {
    pub(super) fn new(
        input: Operator<'a>,
        slots: Vec<Slot>,
        rows: Arc<Vec<Vec<Option<usize>>>>,
        width: usize,
    ) -> Self {
        Self {
            input: Input::new(input, width),
            slots,
            at: rows.len(),
            rows,
        }
    }

    pub(super) fn feed(&mut self, rows: &mut Rows) {
        self.input.feed(rows);
        self.at = self.rows.len();
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        let end = out.len() + want.max(1);
        while out.len() < end {
            let Some(values) = self.rows.get(self.at) else {
                if !self.input.advance(cx, want)? {
                    break;
                }
                self.at = 0;
                cx.guard.visit()?;
                if self.rows.is_empty() {
                    continue;
                }
                continue;
            };
            self.at += 1;
            cx.guard.visit()?;
            let rows = out.len();
            let row = out.push(self.input.row());
            let fits = self.slots.iter().zip(values).all(|(slot, value)| {
                value.is_none_or(|value| bind(row, *slot, cx.constants[value]))
            });
            if !fits {
                out.truncate(rows);
            }
        }
        Ok(())
    }
}

/// Rows of one side by the values of some slots.
struct Table {
    rows: Rows,
    first: FxHashMap<u64, u32>,
    /// For each row the next one with the same key, plus one.
    next: Vec<u32>,
    held: Held,
}

impl Table {
    /// Reads an operator to its end.
    fn build<'a>(
        cx: &Context<'a>,
        operator: &mut Operator<'a>,
        slots: &[Slot],
    ) -> Result<Self, Stopped> {
        let mut table = Self {
            rows: Rows::new(cx.width),
            first: FxHashMap::default(),
            next: Vec::new(),
            held: Held::new(&cx.guard),
        };
        loop {
            let before = table.rows.len();
            operator.pull(cx, &mut table.rows, BATCH)?;
            let added = table.rows.len() - before;
            if added == 0 {
                return Ok(table);
            }
            cx.guard.charge(added as u64)?;
            table
                .held
                .grow(added * (table.rows.row_bytes() + ENTRY_BYTES))?;
            for at in before..table.rows.len() {
                let place = table
                    .first
                    .entry(key(table.rows.get(at), slots))
                    .or_insert(0);
                table.next.push(*place);
                *place = at as u32 + 1;
            }
        }
    }

    /// The first row with the key, plus one; 0 when there is none.
    fn first(&self, key: u64) -> u32 {
        self.first.get(&key).copied().unwrap_or(0)
    }
}

/// A join with a right side that was evaluated on its own, for the left join with a condition too.
pub(super) struct HashJoin<'a> {
    input: Input<'a>,
    right: Operator<'a>,
    table: Option<Table>,
    /// Slots that both sides always bind.
    keys: Vec<Slot>,
    /// All slots that both sides may bind.
    shared: Vec<Slot>,
    taken: Slots,
    optional: bool,
    condition: Option<Arc<Expression>>,
    candidate: u32,
    matched: bool,
}

pub(super) struct HashJoinOf {
    pub(super) keys: Slots,
    pub(super) shared: Slots,
    pub(super) taken: Slots,
    pub(super) optional: bool,
    pub(super) condition: Option<Arc<Expression>>,
}

impl<'a> HashJoin<'a> {
    pub(super) fn new(
        left: Operator<'a>,
        right: Operator<'a>,
        of: HashJoinOf,
        width: usize,
    ) -> Self {
        Self {
            input: Input::new(left, width),
            right,
            table: None,
            keys: of.keys.list(),
            shared: of.shared.list(),
            taken: of.taken,
            optional: of.optional,
            condition: of.condition,
            candidate: 0,
            matched: true,
        }
    }

    pub(super) fn feed(&mut self, rows: &mut Rows) {
        self.input.feed(rows);
        self.candidate = 0;
        self.matched = true;
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        let table = match &mut self.table {
            Some(table) => table,
            none => none.insert(Table::build(cx, &mut self.right, &self.keys)?),
        };
        let end = out.len() + want.max(1);
        while out.len() < end {
            if self.candidate > 0 {
                let at = self.candidate as usize - 1;
                self.candidate = table.next[at];
                cx.guard.visit()?;
                let (left, right) = (self.input.row(), table.rows.get(at));
                if !compatible(left, right, &self.shared) {
                    continue;
                }
                let rows = out.len();
                merge(out.push(left), right, self.taken);
                let holds =
                    |condition: &Arc<Expression>| condition.truth(cx, out.get(rows)) == Some(true);
                if self.condition.as_ref().is_none_or(holds) {
                    self.matched = true;
                } else {
                    cx.guard.stopped()?;
                    out.truncate(rows);
                }
                continue;
            }
            if self.optional && !self.matched {
                self.matched = true;
                out.push(self.input.row());
                continue;
            }
            if !self.input.advance(cx, want)? {
                return Ok(());
            }
            self.matched = false;
            self.candidate = table.first(key(self.input.row(), &self.keys));
            cx.guard.visit()?;
        }
        Ok(())
    }
}

/// Rows of the left that no row of the right is compatible with and shares a value with.
pub(super) struct Minus<'a> {
    left: Operator<'a>,
    right: Operator<'a>,
    table: Option<Table>,
    keys: Vec<Slot>,
    shared: Vec<Slot>,
    rows: Rows,
}

impl<'a> Minus<'a> {
    pub(super) fn new(
        left: Operator<'a>,
        right: Operator<'a>,
        keys: Slots,
        shared: Slots,
        width: usize,
    ) -> Self {
        Self {
            left,
            right,
            table: None,
            keys: keys.list(),
            shared: shared.list(),
            rows: Rows::new(width),
        }
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        let table = match &mut self.table {
            Some(table) => table,
            none => none.insert(Table::build(cx, &mut self.right, &self.keys)?),
        };
        let before = out.len();
        while out.len() == before {
            self.rows.clear();
            self.left.pull(cx, &mut self.rows, want)?;
            if self.rows.is_empty() {
                return Ok(());
            }
            for row in self.rows.iter() {
                let mut candidate = table.first(key(row, &self.keys));
                let mut removed = false;
                while candidate > 0 && !removed {
                    cx.guard.visit()?;
                    let other = table.rows.get(candidate as usize - 1);
                    removed = compatible(row, other, &self.shared)
                        && self
                            .shared
                            .iter()
                            .any(|&slot| row[slot] != UNBOUND && row[slot] == other[slot]);
                    candidate = table.next[candidate as usize - 1];
                }
                if !removed {
                    out.push(row);
                }
            }
        }
        Ok(())
    }
}
