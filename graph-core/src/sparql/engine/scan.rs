//! Triple patterns: for each row of the input, the statements that match with the row's values put in.

use super::algebra::{Part, Slot, Triple};
use super::context::{Context, GraphOf};
use super::operator::{Input, Operator};
use super::rows::{Rows, bind};
use crate::dictionary::TERM_LIMIT;
use crate::segment::{Around, Pairs, Pattern};
use crate::snapshot::{Found, Layers, Matches, Visible};
use crate::sparql::budget::Stopped;

/// Statements read are charged to the budget by so many.
const CHARGE: u64 = 1024;

/// Statements of the current row that are still to be read.
enum Cursor<'a> {
    Nothing,
    /// The statement is there; nothing is free.
    Once,
    Column {
        values: &'a [u32],
        slot: Slot,
    },
    Pairs {
        pairs: Pairs<'a>,
        /// What is left of the current run.
        object: u32,
        subjects: &'a [u32],
        slots: (Slot, Slot),
    },
    Around {
        around: Around<'a>,
        at: usize,
        slots: (Slot, Slot),
    },
    Any {
        matches: Box<Matches<'a>>,
        subject: Option<Slot>,
        predicate: Option<Slot>,
        object: Option<Slot>,
        graph: Option<Slot>,
    },
}

pub(super) struct ScanJoin<'a> {
    input: Input<'a>,
    pattern: Triple,
    /// OPTIONAL: a row without a match stays as it is.
    optional: bool,
    /// The predicate when it is a constant; `Err` when the graph does not know it.
    predicate: Option<Result<u16, ()>>,
    cursor: Cursor<'a>,
    /// What came last, since claims of one statement are neighbours.
    last: Option<(u32, u32)>,
    matched: bool,
}

impl<'a> ScanJoin<'a> {
    pub(super) fn new(
        cx: &Context<'a>,
        input: Operator<'a>,
        pattern: Triple,
        optional: bool,
    ) -> Self {
        let predicate = match pattern.predicate {
            Part::Constant(at) => {
                let known = cx.snapshot.predicate_number(cx.constants[at]);
                Some(known.ok_or(()))
            }
            Part::Slot(_) => None,
        };
        Self {
            input: Input::new(input, cx.width),
            pattern,
            optional,
            predicate,
            cursor: Cursor::Nothing,
            last: None,
            matched: true,
        }
    }

    pub(super) fn feed(&mut self, rows: &mut Rows) {
        self.input.feed(rows);
        self.cursor = Cursor::Nothing;
        self.matched = true;
    }

    pub(super) fn pull(
        &mut self,
        cx: &Context<'a>,
        out: &mut Rows,
        want: usize,
    ) -> Result<(), Stopped> {
        let end = out.len() + want.max(1);
        while out.len() < end {
            if self.emit(cx, out, end)? {
                continue;
            }
            if self.optional && !self.matched {
                self.matched = true;
                out.push(self.input.row());
                continue;
            }
            self.cursor = Cursor::Nothing;
            if !self.input.advance(cx, want)? {
                return Ok(());
            }
            self.matched = false;
            self.last = None;
            self.cursor = self.open(cx);
            if matches!(self.cursor, Cursor::Nothing) {
                // Also looking for nothing costs.
                cx.guard.visit()?;
            }
        }
        Ok(())
    }

    fn open(&self, cx: &Context<'a>) -> Cursor<'a> {
        let (row, pattern) = (self.input.row(), &self.pattern);
        let subject = cx.value_of(pattern.subject, row);
        let object = cx.value_of(pattern.object, row);
        if subject.is_some_and(|id| id >= TERM_LIMIT) || object.is_some_and(|id| id >= TERM_LIMIT) {
            return Cursor::Nothing;
        }
        let graph = cx.visible(pattern.graph, row);
        if graph == GraphOf::Nothing || self.predicate == Some(Err(())) {
            return Cursor::Nothing;
        }
        if graph == GraphOf::Default
            && cx.view.shows_merged_view()
            && let Some(cursor) = self.open_slices(cx, subject, object)
        {
            return cursor;
        }
        self.open_any(cx, subject, object, graph)
    }

    /// A cursor over slices of the arrays, where that is possible.
    fn open_slices(
        &self,
        cx: &Context<'a>,
        subject: Option<u32>,
        object: Option<u32>,
    ) -> Option<Cursor<'a>> {
        let looked_for = Pattern {
            subject,
            predicate: self.predicate.and_then(Result::ok),
            object,
        };
        if !cx.snapshot.merge_is_trivial(looked_for) {
            return None;
        }
        let layers = Layers::of(cx.snapshot);
        let (s, o) = (free(self.pattern.subject), free(self.pattern.object));
        let found = match (subject, self.predicate, object) {
            (Some(subject), Some(Ok(predicate)), None) => {
                match layers.objects_of(subject, predicate) {
                    Found::One(values) => Cursor::Column { values, slot: o? },
                    Found::Nothing => Cursor::Nothing,
                    Found::Several => return None,
                }
            }
            (None, Some(Ok(predicate)), Some(object)) => {
                match layers.subjects_of(predicate, object) {
                    Found::One(values) => Cursor::Column { values, slot: s? },
                    Found::Nothing => Cursor::Nothing,
                    Found::Several => return None,
                }
            }
            (Some(subject), Some(Ok(predicate)), Some(object)) => {
                match layers.objects_of(subject, predicate) {
                    Found::One(objects) if objects.binary_search(&object).is_ok() => Cursor::Once,
                    Found::One(_) | Found::Nothing => Cursor::Nothing,
                    Found::Several => return None,
                }
            }
            (None, Some(Ok(predicate)), None) if s != o => match layers.pairs_of(predicate) {
                Found::One(pairs) => Cursor::Pairs {
                    pairs,
                    object: 0,
                    subjects: &[],
                    slots: (o?, s?),
                },
                Found::Nothing => Cursor::Nothing,
                Found::Several => return None,
            },
            (Some(subject), None, None) => {
                let slots = (free(self.pattern.predicate)?, o?);
                if slots.0 == slots.1 || self.input.row()[slots.0] != super::context::UNBOUND {
                    return None;
                }
                match layers.around(subject) {
                    Found::One(around) => Cursor::Around {
                        around,
                        at: 0,
                        slots,
                    },
                    Found::Nothing => Cursor::Nothing,
                    Found::Several => return None,
                }
            }
            _ => return None,
        };
        Some(found)
    }

    fn open_any(
        &self,
        cx: &Context<'a>,
        subject: Option<u32>,
        object: Option<u32>,
        graph: GraphOf,
    ) -> Cursor<'a> {
        let predicate = cx.value_of(self.pattern.predicate, self.input.row());
        let default = graph == GraphOf::Default;
        let visible = match graph {
            GraphOf::Default => cx.view.default_visible(),
            GraphOf::One(source) => Visible::One(source),
            GraphOf::Any => cx.view.named_visible(),
            GraphOf::Nothing => return Cursor::Nothing,
        };
        let matches = cx
            .snapshot
            .matches(subject, predicate, object, visible, default);
        let open = |part, value: Option<u32>| free(part).filter(|_| value.is_none());
        Cursor::Any {
            matches: Box::new(matches),
            subject: open(self.pattern.subject, subject),
            predicate: open(self.pattern.predicate, predicate),
            object: open(self.pattern.object, object),
            graph: self
                .pattern
                .graph
                .and_then(free)
                .filter(|_| graph == GraphOf::Any),
        }
    }

    /// Appends rows up to `end`; false when the cursor has none left.
    fn emit(&mut self, cx: &Context<'a>, out: &mut Rows, end: usize) -> Result<bool, Stopped> {
        let before = out.len();
        let want = end - before;
        let mut read = 0;
        match &mut self.cursor {
            Cursor::Nothing => return Ok(false),
            Cursor::Once => {
                read = 1;
                out.push(self.input.row());
                self.cursor = Cursor::Nothing;
            }
            Cursor::Column { values, slot } => {
                let row = self.input.row();
                let (now, later) = values.split_at(values.len().min(want));
                read = now.len();
                *values = later;
                for &value in now {
                    if self.last != Some((value, 0)) {
                        self.last = Some((value, 0));
                        out.push_with(row, *slot, value);
                    }
                }
            }
            Cursor::Pairs {
                pairs,
                object,
                subjects,
                slots,
            } => {
                let row = self.input.row();
                while read < want {
                    if subjects.is_empty() {
                        let Some(run) = pairs.next_run() else {
                            break;
                        };
                        (*object, *subjects) = run;
                    }
                    let (now, later) = subjects.split_at(subjects.len().min(want - read));
                    *subjects = later;
                    read += now.len();
                    for &subject in now {
                        if self.last != Some((*object, subject)) {
                            self.last = Some((*object, subject));
                            let made = out.push(row);
                            (made[slots.0], made[slots.1]) = (*object, subject);
                        }
                    }
                }
            }
            Cursor::Around { around, at, slots } => {
                let row = self.input.row();
                let terms = cx.snapshot.predicate_table();
                read = (around.len() - *at).min(want);
                for place in *at..*at + read {
                    let (predicate, object) = around.get(place);
                    let pair = (u32::from(predicate), object);
                    if self.last != Some(pair) {
                        self.last = Some(pair);
                        let made = out.push(row);
                        (made[slots.0], made[slots.1]) = (terms.term(predicate), object);
                    }
                }
                *at += read;
            }
            Cursor::Any { .. } => return self.emit_any(cx, out, end),
        }
        cx.guard.charge(read as u64)?;
        self.matched |= out.len() > before;
        Ok(read > 0)
    }

    fn emit_any(&mut self, cx: &Context<'a>, out: &mut Rows, end: usize) -> Result<bool, Stopped> {
        let before = out.len();
        let Cursor::Any {
            matches,
            subject,
            predicate,
            object,
            graph,
        } = &mut self.cursor
        else {
            return Ok(false);
        };
        let mut read = 0;
        while out.len() < end {
            let Some(found) = matches.next_row() else {
                self.cursor = Cursor::Nothing;
                break;
            };
            read += 1;
            if read % CHARGE == 0 {
                cx.guard.charge(CHARGE)?;
            }
            let rows = out.len();
            let row = out.push(self.input.row());
            let fits = subject.is_none_or(|slot| bind(row, slot, found.subject))
                && predicate.is_none_or(|slot| {
                    bind(
                        row,
                        slot,
                        cx.snapshot.predicate_table().term(found.predicate),
                    )
                })
                && object.is_none_or(|slot| bind(row, slot, found.object))
                && graph.is_none_or(|slot| bind(row, slot, cx.snapshot.graph_term(found.source)));
            if !fits {
                out.truncate(rows);
            }
        }
        cx.guard.charge(read % CHARGE)?;
        self.matched |= out.len() > before;
        Ok(out.len() > before)
    }
}

fn free(part: Part) -> Option<Slot> {
    match part {
        Part::Slot(slot) => Some(slot),
        Part::Constant(_) => None,
    }
}
