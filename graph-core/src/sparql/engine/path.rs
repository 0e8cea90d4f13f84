//! Property paths: walks over the arrays with a set of the nodes that were seen.

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use rustc_hash::FxHashSet;

use super::algebra::{PathPattern, Steps};
use super::context::{Context, GraphOf};
use super::operator::{Held, Input, Operator};
use super::rows::{Rows, bind};
use crate::dictionary::TERM_LIMIT;
use crate::segment::Pattern;
use crate::snapshot::{Found, Layers, Matches, Visible};
use crate::sparql::budget::Stopped;

/// Sets with more members than this are kept as bits, one for each term of the graph.
const HASHED_MAX: usize = 256;
/// Memory of one member of a hashed set, about.
const MEMBER_BYTES: usize = 8;

pub(super) struct PathJoin<'a> {
    input: Input<'a>,
    pattern: PathPattern,
    /// Pairs of the current row that are still to be given.
    found: Vec<(u32, u32)>,
    /// Nodes to start from when both ends are free.
    starts: Vec<u32>,
    held: Held,
}

impl<'a> PathJoin<'a> {
    pub(super) fn new(cx: &Context<'a>, input: Operator<'a>, pattern: PathPattern) -> Self {
        Self {
            input: Input::new(input, cx.width),
            pattern,
            found: Vec::new(),
            starts: Vec::new(),
            held: Held::new(&cx.guard),
        }
    }

    pub(super) fn feed(&mut self, rows: &mut Rows) {
        self.input.feed(rows);
        self.found.clear();
        self.starts.clear();
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        let end = out.len() + want.max(1);
        while out.len() < end {
            if let Some((subject, object)) = self.found.pop() {
                let rows = out.len();
                let row = out.push(self.input.row());
                let ends = [
                    (self.pattern.subject, subject),
                    (self.pattern.object, object),
                ];
                let fits = ends.into_iter().all(|(part, value)| match part {
                    super::algebra::Part::Slot(slot) => bind(row, slot, value),
                    super::algebra::Part::Constant(_) => true,
                });
                if !fits {
                    out.truncate(rows);
                }
                continue;
            }
            self.held.shrink(usize::MAX);
            if let Some(start) = self.starts.pop() {
                self.walk_from(cx, start)?;
                continue;
            }
            if !self.input.advance(cx, want)? {
                return Ok(());
            }
            self.open(cx)?;
        }
        Ok(())
    }

    fn walker<'c>(&self, cx: &'c Context<'a>) -> Option<Walker<'c, 'a>> {
        let graph = cx.visible(self.pattern.graph, self.input.row());
        let (visible, merged) = match graph {
            GraphOf::Default => (cx.view.default_visible(), true),
            GraphOf::One(source) => (Visible::One(source), false),
            GraphOf::Any | GraphOf::Nothing => return None,
        };
        let slices = merged && cx.view.shows_merged_view();
        Some(Walker {
            cx,
            visible,
            merged,
            layers: slices.then(|| Layers::of(cx.snapshot)),
        })
    }

    fn open(&mut self, cx: &Context<'a>) -> Result<(), Stopped> {
        let row = self.input.row();
        let subject = cx.value_of(self.pattern.subject, row);
        let object = cx.value_of(self.pattern.object, row);
        cx.guard.visit()?;
        let Some(walker) = self.walker(cx) else {
            return Ok(());
        };
        let steps = Arc::clone(&self.pattern.steps);
        let known = subject.or(object);
        if self.is_open() && known.is_some_and(|node| !walker.mentions(node)) {
            // A variable at an end stands for the nodes of the graph, also when it has a value already.
            return Ok(());
        }
        match (subject, object) {
            (Some(subject), Some(object)) => {
                if walker.leads(&steps, subject, object)? {
                    self.found.push((subject, object));
                }
            }
            (Some(subject), None) => {
                let ends = walker.ends(&steps, subject, true)?;
                self.held.grow(ends.len() * 8)?;
                self.found = ends.into_iter().map(|end| (subject, end)).collect();
            }
            (None, Some(object)) => {
                let ends = walker.ends(&steps, object, false)?;
                self.held.grow(ends.len() * 8)?;
                self.found = ends.into_iter().map(|end| (end, object)).collect();
            }
            (None, None) => {
                let starts = walker.nodes()?;
                self.starts = starts;
            }
        }
        Ok(())
    }

    /// Tells whether both ends are variables: then a path of length zero is only at nodes of the graph.
    fn is_open(&self) -> bool {
        let ends = [self.pattern.subject, self.pattern.object];
        ends.iter()
            .all(|part| matches!(part, super::algebra::Part::Slot(_)))
    }

    fn walk_from(&mut self, cx: &Context<'a>, start: u32) -> Result<(), Stopped> {
        let Some(walker) = self.walker(cx) else {
            return Ok(());
        };
        let ends = walker.ends(&self.pattern.steps, start, true)?;
        self.held.grow(ends.len() * 8)?;
        self.found = ends.into_iter().map(|end| (start, end)).collect();
        Ok(())
    }
}

/// A set of nodes.
struct Seen {
    hashed: FxHashSet<u32>,
    bits: Option<FixedBitSet>,
    held: Held,
}

impl Seen {
    fn new(cx: &Context<'_>) -> Self {
        Self {
            hashed: FxHashSet::default(),
            bits: None,
            held: Held::new(&cx.guard),
        }
    }

    fn insert(&mut self, cx: &Context<'_>, node: u32) -> Result<bool, Stopped> {
        if let Some(bits) = &mut self.bits
            && node < TERM_LIMIT
        {
            return Ok(!bits.put(node as usize));
        }
        let is_new = self.hashed.insert(node);
        if is_new {
            self.held.grow(MEMBER_BYTES)?;
            if self.bits.is_none() && self.hashed.len() > HASHED_MAX {
                let terms = cx.snapshot.term_bound();
                self.held.grow(terms / 8)?;
                let mut bits = FixedBitSet::with_capacity(terms);
                bits.extend(
                    self.hashed
                        .iter()
                        .filter(|id| **id < TERM_LIMIT)
                        .map(|id| *id as usize),
                );
                self.bits = Some(bits);
            }
        }
        Ok(is_new)
    }
}

struct Walker<'c, 'a> {
    cx: &'c Context<'a>,
    visible: Visible,
    merged: bool,
    /// Where slices will do.
    layers: Option<Layers<'a>>,
}

impl<'a> Walker<'_, 'a> {
    fn matches(&self, s: Option<u32>, p: Option<u32>, o: Option<u32>) -> Matches<'a> {
        let snapshot = self.cx.snapshot;
        snapshot.matches(s, p, o, self.visible.clone(), self.merged)
    }

    /// Appends the nodes that one walk through the steps leads to, some perhaps twice.
    fn step(
        &self,
        steps: &Steps,
        node: u32,
        forward: bool,
        out: &mut Vec<u32>,
    ) -> Result<(), Stopped> {
        match steps {
            Steps::One(predicate) => {
                self.step_one(self.cx.constants[*predicate], node, forward, out)
            }
            Steps::Not(listed) => self.step_not(listed, node, forward, out),
            Steps::Reverse(steps) => self.step(steps, node, !forward, out),
            Steps::Sequence(first, second) => {
                let (first, second) = if forward {
                    (first, second)
                } else {
                    (second, first)
                };
                let mut middle = Vec::new();
                self.step(first, node, forward, &mut middle)?;
                middle.sort_unstable();
                middle.dedup();
                for node in middle {
                    self.step(second, node, forward, out)?;
                }
                Ok(())
            }
            Steps::Alternative(one, other) => {
                self.step(one, node, forward, out)?;
                self.step(other, node, forward, out)
            }
            Steps::ZeroOrOne(steps) => {
                out.push(node);
                self.step(steps, node, forward, out)
            }
            Steps::ZeroOrMore(inner) => {
                out.extend(self.closure(inner, node, forward, true, None)?.0);
                Ok(())
            }
            Steps::OneOrMore(inner) => {
                out.extend(self.closure(inner, node, forward, false, None)?.0);
                Ok(())
            }
        }
    }

    fn step_one(
        &self,
        predicate: u32,
        node: u32,
        forward: bool,
        out: &mut Vec<u32>,
    ) -> Result<(), Stopped> {
        if node >= TERM_LIMIT || predicate >= TERM_LIMIT {
            return Ok(());
        }
        let before = out.len();
        let known = self.cx.snapshot.predicate_number(predicate);
        let (Some(layers), Some(number)) = (self.layers, known) else {
            return self.step_matches(predicate, node, forward, out);
        };
        let looked_for = Pattern {
            subject: forward.then_some(node),
            predicate: known,
            object: (!forward).then_some(node),
        };
        if !self.cx.snapshot.merge_is_trivial(looked_for) {
            return self.step_matches(predicate, node, forward, out);
        }
        if forward {
            match layers.objects_of(node, number) {
                Found::Nothing => {}
                Found::One(objects) => out.extend_from_slice(objects),
                Found::Several => return self.step_matches(predicate, node, forward, out),
            }
        } else {
            match layers.subjects_of(number, node) {
                Found::Nothing => {}
                Found::One(subjects) => out.extend_from_slice(subjects),
                Found::Several => return self.step_matches(predicate, node, forward, out),
            }
        }
        self.cx.guard.charge((out.len() - before) as u64)
    }

    fn step_matches(
        &self,
        predicate: u32,
        node: u32,
        forward: bool,
        out: &mut Vec<u32>,
    ) -> Result<(), Stopped> {
        let (subject, object) = if forward {
            (Some(node), None)
        } else {
            (None, Some(node))
        };
        for found in self.matches(subject, Some(predicate), object) {
            self.cx.guard.visit()?;
            out.push(if forward {
                found.object.0
            } else {
                found.subject.0
            });
        }
        Ok(())
    }

    fn step_not(
        &self,
        listed: &[usize],
        node: u32,
        forward: bool,
        out: &mut Vec<u32>,
    ) -> Result<(), Stopped> {
        if node >= TERM_LIMIT {
            return Ok(());
        }
        let (subject, object) = if forward {
            (Some(node), None)
        } else {
            (None, Some(node))
        };
        for found in self.matches(subject, None, object) {
            self.cx.guard.visit()?;
            if !listed
                .iter()
                .any(|at| self.cx.constants[*at] == found.predicate.0)
            {
                out.push(if forward {
                    found.object.0
                } else {
                    found.subject.0
                });
            }
        }
        Ok(())
    }

    /// The nodes that any number of walks lead to, each once, until `until` is among them; and whether it was.
    fn closure(
        &self,
        steps: &Steps,
        start: u32,
        forward: bool,
        with_start: bool,
        until: Option<u32>,
    ) -> Result<(Vec<u32>, bool), Stopped> {
        let mut seen = Seen::new(self.cx);
        let mut held = Held::new(&self.cx.guard);
        let mut reached = Vec::new();
        let mut next = Vec::new();
        if with_start {
            seen.insert(self.cx, start)?;
            reached.push(start);
            if until == Some(start) {
                return Ok((reached, true));
            }
        }
        self.step(steps, start, forward, &mut next)?;
        let mut at = usize::from(with_start);
        loop {
            for node in next.drain(..) {
                if seen.insert(self.cx, node)? {
                    held.grow(4)?;
                    reached.push(node);
                    if until == Some(node) {
                        return Ok((reached, true));
                    }
                }
            }
            let Some(&node) = reached.get(at) else {
                return Ok((reached, false));
            };
            at += 1;
            self.cx.guard.visit()?;
            self.step(steps, node, forward, &mut next)?;
        }
    }

    /// The other ends of the path from one node, each once.
    fn ends(&self, steps: &Steps, node: u32, forward: bool) -> Result<Vec<u32>, Stopped> {
        match steps {
            Steps::ZeroOrMore(steps) => Ok(self.closure(steps, node, forward, true, None)?.0),
            Steps::OneOrMore(steps) => Ok(self.closure(steps, node, forward, false, None)?.0),
            steps => {
                let mut out = Vec::new();
                self.step(steps, node, forward, &mut out)?;
                out.sort_unstable();
                out.dedup();
                Ok(out)
            }
        }
    }

    fn leads(&self, steps: &Steps, subject: u32, object: u32) -> Result<bool, Stopped> {
        match steps {
            Steps::ZeroOrMore(steps) => {
                Ok(self.closure(steps, subject, true, true, Some(object))?.1)
            }
            Steps::OneOrMore(steps) => {
                Ok(self.closure(steps, subject, true, false, Some(object))?.1)
            }
            steps => Ok(self.ends(steps, subject, true)?.contains(&object)),
        }
    }

    fn mentions(&self, node: u32) -> bool {
        node < TERM_LIMIT
            && (self.matches(Some(node), None, None).next().is_some()
                || self.matches(None, None, Some(node)).next().is_some())
    }

    /// Every node of the graph.
    fn nodes(&self) -> Result<Vec<u32>, Stopped> {
        let terms = self.cx.snapshot.term_bound();
        let mut held = Held::new(&self.cx.guard);
        held.grow(terms / 8)?;
        let mut bits = FixedBitSet::with_capacity(terms);
        for found in self.matches(None, None, None) {
            self.cx.guard.visit()?;
            bits.insert(found.subject.0 as usize);
            bits.insert(found.object.0 as usize);
        }
        held.grow(bits.count_ones(..) * 4)?;
        Ok(bits.ones().map(|node| node as u32).collect())
    }
}
