//! ORDER BY, of which LIMIT keeps only the first rows at any time, and DISTINCT.

use std::cmp::Ordering;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::algebra::{Expression, Slot, Slots};
use super::context::Context;
use super::evaluate::ordered;
use super::operator::{BATCH, Held, Operator};
use super::rows::Rows;
use super::value::Content;
use crate::sparql::budget::Stopped;

const KEY_BYTES: usize = 64;
const MEMBER_BYTES: usize = 24;
/// Rows kept beside those that are asked for, before the rest is thrown away.
const SLACK: usize = 1024;
/// So many comparisons are charged like reading a statement.
const COMPARISONS_PER_VISIT: u64 = 32;

pub(super) struct Order<'a> {
    input: Operator<'a>,
    by: Vec<(Arc<Expression>, bool)>,
    /// No more rows than this are asked for.
    limit: Option<usize>,
    sorted: Option<(Sorter<'a>, usize)>,
}

/// Rows with what they are sorted by.
struct Sorter<'a> {
    rows: Rows,
    /// For each row as many as there are parts of the order.
    keys: Vec<Option<Content<'a>>>,
    order: Vec<u32>,
    held: Held,
}

impl<'a> Order<'a> {
    pub(super) fn new(
        input: Operator<'a>,
        by: Vec<(Arc<Expression>, bool)>,
        limit: Option<usize>,
    ) -> Self {
        Self {
            input,
            by,
            limit,
            sorted: None,
        }
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        if self.sorted.is_none() {
            self.sorted = Some((self.sort(cx)?, 0));
        }
        let Some((sorter, at)) = &mut self.sorted else {
            return Ok(());
        };
        let end = sorter.order.len().min(*at + want.max(1));
        while *at < end {
            out.push(sorter.rows.get(sorter.order[*at] as usize));
            *at += 1;
        }
        Ok(())
    }

    fn sort(&mut self, cx: &Context<'a>) -> Result<Sorter<'a>, Stopped> {
        let mut sorter = Sorter {
            rows: Rows::new(cx.width),
            keys: Vec::new(),
            order: Vec::new(),
            held: Held::new(&cx.guard),
        };
        let full = self
            .limit
            .map(|limit| limit.saturating_mul(2).saturating_add(SLACK));
        loop {
            let before = sorter.rows.len();
            self.input.pull(cx, &mut sorter.rows, BATCH)?;
            let added = sorter.rows.len() - before;
            if added == 0 {
                break;
            }
            let row_bytes = sorter.rows.row_bytes() + KEY_BYTES * self.by.len() + 4;
            sorter.held.grow(added * row_bytes)?;
            for at in before..sorter.rows.len() {
                for (expression, _) in &self.by {
                    let value = expression.evaluate(cx, sorter.rows.get(at));
                    let content = value.and_then(|value| cx.content(value));
                    sorter.keys.push(content);
                }
                sorter.order.push(at as u32);
            }
            cx.guard.stopped()?;
            if let (Some(limit), Some(full)) = (self.limit, full)
                && sorter.rows.len() > full
            {
                self.arrange(cx, &mut sorter)?;
                sorter.keep(cx, limit, self.by.len());
                sorter.held.shrink(usize::MAX);
                sorter.held.grow(limit * row_bytes)?;
            }
        }
        self.arrange(cx, &mut sorter)?;
        Ok(sorter)
    }

    /// Sorts by merging: the comparison may stop, and need not be consistent over all kinds of values.
    fn arrange(&self, cx: &Context<'a>, sorter: &mut Sorter<'a>) -> Result<(), Stopped> {
        let keys = &sorter.keys;
        let mut source = std::mem::take(&mut sorter.order);
        let mut target = source.clone();
        let mut compared: u64 = 0;
        let mut run = 1;
        while run < source.len() {
            for start in (0..source.len()).step_by(run * 2) {
                let middle = (start + run).min(source.len());
                let end = (start + run * 2).min(source.len());
                let (mut left, mut right) = (start, middle);
                for place in &mut target[start..end] {
                    let take_left = left < middle
                        && (right >= end || {
                            compared += 1;
                            self.compare(cx, keys, source[left], source[right]).is_le()
                        });
                    let from = if take_left { &mut left } else { &mut right };
                    *place = source[*from];
                    *from += 1;
                }
                if compared >= COMPARISONS_PER_VISIT {
                    cx.guard.charge(compared / COMPARISONS_PER_VISIT)?;
                    compared %= COMPARISONS_PER_VISIT;
                }
            }
            std::mem::swap(&mut source, &mut target);
            run *= 2;
        }
        sorter.order = source;
        Ok(())
    }

    fn compare(&self, cx: &Context<'a>, keys: &[Option<Content<'a>>], a: u32, b: u32) -> Ordering {
        let parts = self.by.len();
        for (at, (_, descending)) in self.by.iter().enumerate() {
            let (a, b) = (
                &keys[a as usize * parts + at],
                &keys[b as usize * parts + at],
            );
            let order = match (a, b) {
                (Some(a), Some(b)) => ordered(cx, a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            };
            let order = if *descending { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

impl Sorter<'_> {
    /// Throws away all but the first rows of the order.
    fn keep(&mut self, cx: &Context<'_>, rows: usize, parts: usize) {
        self.order.truncate(rows);
        let mut kept = Rows::new(cx.width);
        let mut keys = Vec::with_capacity(rows * parts);
        for at in &self.order {
            let at = *at as usize;
            kept.push(self.rows.get(at));
            keys.extend((at * parts..(at + 1) * parts).map(|key| self.keys[key].take()));
        }
        self.rows = kept;
        self.keys = keys;
        self.order = (0..self.order.len() as u32).collect();
    }
}

/// Lets each combination of values through once.
pub(super) struct Distinct<'a> {
    input: Operator<'a>,
    slots: Vec<Slot>,
    pairs: FxHashSet<u64>,
    more: FxHashSet<Box<[u32]>>,
    held: Held,
    rows: Rows,
}

impl<'a> Distinct<'a> {
    pub(super) fn new(cx: &Context<'a>, input: Operator<'a>, slots: Slots) -> Self {
        Self {
            input,
            slots: slots.list(),
            pairs: FxHashSet::default(),
            more: FxHashSet::default(),
            held: Held::new(&cx.guard),
            rows: Rows::new(cx.width),
        }
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        let before = out.len();
        while out.len() == before {
            self.rows.clear();
            self.input.pull(cx, &mut self.rows, want.min(BATCH))?;
            if self.rows.is_empty() {
                return Ok(());
            }
            for row in self.rows.iter() {
                let is_new = match self.slots[..] {
                    [] => self.pairs.insert(0),
                    [a] => self.pairs.insert(u64::from(row[a])),
                    [a, b] => self
                        .pairs
                        .insert(u64::from(row[a]) << 32 | u64::from(row[b])),
                    _ => {
                        let values: Box<[u32]> = self.slots.iter().map(|slot| row[*slot]).collect();
                        self.more.insert(values)
                    }
                };
                if is_new {
                    self.held.grow(MEMBER_BYTES + self.slots.len() * 4)?;
                    out.push(row);
                }
            }
        }
        Ok(())
    }
}
