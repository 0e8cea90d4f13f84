//! GROUP BY and the aggregates.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::algebra::{Aggregate, AggregateKind, Expression, Slot, Slots};
use super::context::{Context, UNBOUND};
use super::evaluate::ordered;
use super::operator::{BATCH, Held, Operator};
use super::rows::{Rows, key};
use super::value::{Content, Number, Value};
use crate::sparql::budget::Stopped;

const GROUP_BYTES: usize = 32;
const STATE_BYTES: usize = 64;
const MEMBER_BYTES: usize = 16;

pub(super) struct Group<'a> {
    input: Operator<'a>,
    keys: Vec<Slot>,
    aggregates: Vec<Aggregate>,
    /// The slots of `COUNT(DISTINCT *)`.
    all: Vec<Slot>,
    result: Option<(Rows, usize)>,
    held: Held,
}

/// What an aggregate knows of one group so far.
enum State<'a> {
    Count(u64),
    /// `None` after a value that is no number.
    Sum(Option<Number>),
    Avg(Option<Number>, i64),
    /// The least or greatest; the second is set after an error.
    Best(Option<(Value<'a>, Content<'a>)>, bool),
    Sample(Option<Value<'a>>),
    Concat(Option<Joined>),
}

#[derive(Default)]
struct Joined {
    text: String,
    /// Whether there was a text before, be it empty.
    has_some: bool,
}

impl State<'_> {
    fn new(kind: &AggregateKind) -> Self {
        match kind {
            AggregateKind::Count => Self::Count(0),
            AggregateKind::Sum => Self::Sum(Some(Number::Integer(0))),
            AggregateKind::Avg => Self::Avg(Some(Number::Integer(0)), 0),
            AggregateKind::Min | AggregateKind::Max => Self::Best(None, false),
            AggregateKind::Sample => Self::Sample(None),
            AggregateKind::Concat(_) => Self::Concat(Some(Joined::default())),
        }
    }
}

/// The groups found so far.
struct Groups<'a> {
    rows: Rows,
    first: FxHashMap<u64, u32>,
    /// For each group the next one with the same key, plus one: keys of many slots are hashed.
    next: Vec<u32>,
    states: Vec<State<'a>>,
    /// For each aggregate with DISTINCT what each group has seen.
    seen: Vec<FxHashSet<(u32, u32)>>,
    seen_rows: FxHashSet<(u32, Box<[u32]>)>,
}

impl<'a> Group<'a> {
    pub(super) fn new(
        cx: &Context<'a>,
        input: Operator<'a>,
        keys: Vec<Slot>,
        aggregates: Vec<Aggregate>,
        all: Slots,
    ) -> Self {
        Self {
            input,
            keys,
            aggregates,
            all: all.list(),
            result: None,
            held: Held::new(&cx.guard),
        }
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        if self.result.is_none() {
            self.result = Some((self.run(cx)?, 0));
        }
        let Some((rows, at)) = &mut self.result else {
            return Ok(());
        };
        let end = rows.len().min(*at + want.max(1));
        while *at < end {
            out.push(rows.get(*at));
            *at += 1;
        }
        Ok(())
    }

    fn run(&mut self, cx: &Context<'a>) -> Result<Rows, Stopped> {
        let mut groups = Groups {
            rows: Rows::new(cx.width),
            first: FxHashMap::default(),
            next: Vec::new(),
            states: Vec::new(),
            seen: self
                .aggregates
                .iter()
                .map(|_| FxHashSet::default())
                .collect(),
            seen_rows: FxHashSet::default(),
        };
        if self.keys.is_empty() {
            self.add_group(&mut groups, &vec![UNBOUND; cx.width])?;
        }
        let mut rows = Rows::new(cx.width);
        loop {
            rows.clear();
            self.input.pull(cx, &mut rows, BATCH)?;
            if rows.is_empty() {
                break;
            }
            for row in rows.iter() {
                let group = self.group_of(&mut groups, row)?;
                self.accumulate(cx, &mut groups, group, row)?;
            }
            cx.guard.stopped()?;
        }
        self.finish(cx, groups)
    }

    fn group_of(&mut self, groups: &mut Groups<'a>, row: &[u32]) -> Result<usize, Stopped> {
        if self.keys.is_empty() {
            return Ok(0);
        }
        let key = key(row, &self.keys);
        let mut candidate = groups.first.get(&key).copied().unwrap_or(0);
        while candidate > 0 {
            let at = candidate as usize - 1;
            let of = groups.rows.get(at);
            if self.keys.iter().all(|&slot| of[slot] == row[slot]) {
                return Ok(at);
            }
            candidate = groups.next[at];
        }
        self.add_group(groups, row)
    }

    fn add_group(&mut self, groups: &mut Groups<'a>, row: &[u32]) -> Result<usize, Stopped> {
        let group = groups.next.len();
        self.held
            .grow(groups.rows.row_bytes() + GROUP_BYTES + STATE_BYTES * self.aggregates.len())?;
        let made = groups.rows.push(row);
        for (slot, place) in made.iter_mut().enumerate() {
            if !self.keys.contains(&slot) {
                *place = UNBOUND;
            }
        }
        let first = groups.first.entry(key(row, &self.keys)).or_insert(0);
        groups.next.push(*first);
        *first = group as u32 + 1;
        let states = self
            .aggregates
            .iter()
            .map(|aggregate| State::new(&aggregate.kind));
        groups.states.extend(states);
        Ok(group)
    }

    fn accumulate(
        &mut self,
        cx: &Context<'a>,
        groups: &mut Groups<'a>,
        group: usize,
        row: &[u32],
    ) -> Result<(), Stopped> {
        for (at, aggregate) in self.aggregates.iter().enumerate() {
            let Some(argument) = &aggregate.argument else {
                let is_new = !aggregate.distinct || {
                    let values: Box<[u32]> = self.all.iter().map(|slot| row[*slot]).collect();
                    self.held.grow(values.len() * 4 + 2 * MEMBER_BYTES)?;
                    groups.seen_rows.insert((group as u32, values))
                };
                if is_new
                    && let State::Count(count) =
                        &mut groups.states[group * self.aggregates.len() + at]
                {
                    *count += 1;
                }
                continue;
            };
            let mut value = value_of(argument, cx, row);
            if aggregate.distinct
                && let Some(known) = &value
            {
                let Some(number) = cx.number(known.clone()) else {
                    continue;
                };
                if !groups.seen[at].insert((group as u32, number)) {
                    continue;
                }
                self.held.grow(MEMBER_BYTES)?;
                value = Some(Value::Id(number));
            }
            let state = &mut groups.states[group * self.aggregates.len() + at];
            if let Some(bytes) = update(cx, state, &aggregate.kind, value) {
                self.held.grow(bytes)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, cx: &Context<'a>, groups: Groups<'a>) -> Result<Rows, Stopped> {
        let Groups {
            mut rows, states, ..
        } = groups;
        let mut states = states.into_iter();
        for at in 0..rows.len() {
            for aggregate in &self.aggregates {
                let value = states.next().and_then(result);
                if let Some(number) = value.and_then(|value| cx.number(value)) {
                    rows.get_mut(at)[aggregate.slot] = number;
                }
            }
        }
        cx.guard.stopped()?;
        Ok(rows)
    }
}

#[inline]
fn value_of<'a>(argument: &Arc<Expression>, cx: &Context<'a>, row: &[u32]) -> Option<Value<'a>> {
    match &**argument {
        Expression::Slot(slot) => (row[*slot] != UNBOUND).then_some(Value::Id(row[*slot])),
        other => other.evaluate(cx, row),
    }
}

/// Takes a value in (`None` is an error); returns the bytes that are held since, if any.
fn update<'a>(
    cx: &Context<'a>,
    state: &mut State<'a>,
    kind: &AggregateKind,
    value: Option<Value<'a>>,
) -> Option<usize> {
    match state {
        State::Count(count) => *count += u64::from(value.is_some()),
        State::Sum(sum) => *sum = plus(cx, *sum, value),
        State::Avg(sum, count) => {
            *sum = plus(cx, *sum, value);
            *count += 1;
        }
        State::Best(best, failed) => {
            let content = value.clone().and_then(|value| cx.content(value));
            let (Some(value), Some(content)) = (value, content) else {
                *failed = true;
                return None;
            };
            let is_better = best.as_ref().is_none_or(|(_, than)| {
                let order = ordered(cx, &content, than);
                if matches!(kind, AggregateKind::Min) {
                    order.is_lt()
                } else {
                    order.is_gt()
                }
            });
            if is_better {
                *best = Some((value, content));
            }
        }
        State::Sample(sample) => {
            if sample.is_none() {
                *sample = value;
            }
        }
        State::Concat(joined) => {
            let AggregateKind::Concat(separator) = kind else {
                return None;
            };
            let content = value.and_then(|value| cx.content(value));
            return join_text(
                cx,
                joined,
                content
                    .as_ref()
                    .and_then(Content::string)
                    .map(|(text, _)| text),
                separator,
            );
        }
    }
    None
}

fn plus<'a>(cx: &Context<'a>, sum: Option<Number>, value: Option<Value<'a>>) -> Option<Number> {
    let content = cx.content(value?)?;
    sum?.add(Number::of(&content)?)
}

fn join_text(
    cx: &Context<'_>,
    joined: &mut Option<Joined>,
    text: Option<&str>,
    separator: &str,
) -> Option<usize> {
    let (Some(so_far), Some(text)) = (joined.as_mut(), text) else {
        *joined = None;
        return None;
    };
    if so_far.has_some {
        so_far.text.push_str(separator);
    }
    so_far.has_some = true;
    so_far.text.push_str(text);
    if cx.guard.computed(so_far.text.len()).is_err() {
        *joined = None;
        return None;
    }
    Some(text.len() + separator.len())
}

fn result(state: State<'_>) -> Option<Value<'_>> {
    match state {
        State::Count(count) => Some(Value::Integer(i64::try_from(count).ok()?)),
        State::Sum(sum) => sum.map(Number::value),
        State::Avg(_, 0) => Some(Value::Integer(0)),
        State::Avg(sum, count) => sum?.divided(count).map(Value::Term),
        State::Best(best, failed) => best.filter(|_| !failed).map(|(value, _)| value),
        State::Sample(sample) => sample,
        State::Concat(joined) => joined.map(|joined| Value::Text(joined.text.into())),
    }
}
