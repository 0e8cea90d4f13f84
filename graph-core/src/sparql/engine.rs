//! The engine: runs the planned algebra over the numbers of the snapshot's arrays and makes terms only of the rows that
//! leave.
//!
//! [`prepare`] numbers the variables when a query is parsed; [`Running`] plans and runs it on a snapshot. What a query
//! may use beyond that (see [`prepare`]) is answered by `spareval`, which is also what the tests compare with.

mod algebra;
mod context;
mod evaluate;
mod group;
mod join;
mod lower;
mod lower_expression;
mod lower_graph;
mod lower_group;
mod lower_path;
mod operator;
mod order;
mod path;
mod plan;
mod rows;
mod scan;
mod size;
mod value;

use std::rc::Rc;
use std::sync::Arc;

use oxrdf::{NamedNode, NamedOrBlankNode, Term, Triple, Variable};
use rustc_hash::FxHashSet;

pub(crate) use algebra::Prepared;
pub(crate) use lower::prepare;

use super::ResultKind;
use super::budget::Stopped;
use super::dataset::View;
use super::solutions::Row;
use algebra::{Form, Slot, TemplatePart};
use context::{Context, UNBOUND};
use operator::{BATCH, Held, Operator};
use rows::Rows;

/// Rows asked for at first: whoever reads only some should not wait for more.
const FIRST_ROWS: usize = 32;

/// A query on its way through a snapshot.
pub(super) struct Running<'a> {
    cx: Rc<Context<'a>>,
    /// Gone when there are no more rows, with all that it held.
    operator: Option<Operator<'a>>,
    rows: Rows,
    at: usize,
    batch: usize,
    variables: Arc<[Variable]>,
    outputs: Arc<[Slot]>,
}

impl<'a> Running<'a> {
    pub(super) fn start(prepared: &Prepared, view: View<'a>) -> Result<Self, Stopped> {
        let width = prepared.width;
        let cx = Context::new(view, &prepared.constants, width, prepared.exists)?;
        let cx = Rc::new(cx);
        cx.guard.look()?;
        let operator = plan::plan(&cx, prepared);
        Ok(Self {
            cx,
            operator: Some(operator),
            rows: Rows::new(width),
            at: 0,
            batch: FIRST_ROWS,
            variables: Arc::clone(&prepared.variables),
            outputs: Arc::clone(&prepared.outputs),
        })
    }

    pub(super) fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Goes to the next row of numbers.
    fn advance(&mut self) -> Result<bool, Stopped> {
        self.at += 1;
        if self.at < self.rows.len() {
            return Ok(true);
        }
        self.rows.clear();
        self.at = 0;
        let Some(operator) = &mut self.operator else {
            return Ok(false);
        };
        let pulled = operator.pull(&self.cx, &mut self.rows, self.batch);
        self.batch = (self.batch * 2).min(BATCH);
        if pulled.is_err() || self.rows.is_empty() {
            self.end();
        }
        pulled.map(|()| !self.rows.is_empty())
    }

    /// Gives everything back.
    fn end(&mut self) {
        self.operator = None;
        self.cx.exists.borrow_mut().clear();
    }

    pub(super) fn has_rows(mut self) -> Result<bool, Stopped> {
        self.batch = 1;
        self.advance()
    }

    pub(super) fn next_row(&mut self) -> Option<Result<Row, Stopped>> {
        match self.advance() {
            Err(stopped) => Some(Err(stopped)),
            Ok(false) => None,
            Ok(true) => {
                let numbers = self.rows.get(self.at);
                let term = |slot: &Slot| match numbers[*slot] {
                    UNBOUND => None,
                    id => Some(self.cx.view.term(id)),
                };
                Some(Ok(self.outputs.iter().map(term).collect()))
            }
        }
    }
}

/// The statements of a CONSTRUCT, each once.
pub(super) struct Constructed<'a> {
    running: Running<'a>,
    template: Vec<[TemplatePart; 3]>,
    ready: Vec<Triple>,
    given: FxHashSet<Triple>,
    held: Held,
}

impl<'a> Constructed<'a> {
    pub(super) fn new(running: Running<'a>, prepared: &Prepared) -> Self {
        Self {
            held: Held::new(&running.cx.guard),
            running,
            template: match &prepared.form {
                Form::Construct(template) => template.clone(),
                Form::Select | Form::Ask => Vec::new(),
            },
            ready: Vec::new(),
            given: FxHashSet::default(),
        }
    }

    pub(super) fn next_statement(&mut self) -> Option<Result<Triple, Stopped>> {
        loop {
            if let Some(triple) = self.ready.pop() {
                return Some(Ok(triple));
            }
            match self.running.advance() {
                Err(stopped) => return Some(Err(stopped)),
                Ok(false) => return None,
                Ok(true) => {}
            }
            for parts in &self.template {
                let Some(triple) = self.triple(parts) else {
                    continue;
                };
                if !self.given.contains(&triple) {
                    if let Err(stopped) = self.held.grow(STATEMENT_BYTES) {
                        self.running.end();
                        return Some(Err(stopped));
                    }
                    self.given.insert(triple.clone());
                    self.ready.push(triple);
                }
            }
        }
    }

    /// The statement of a template for the current row, unless something is missing or out of place.
    fn triple(&self, [subject, predicate, object]: &[TemplatePart; 3]) -> Option<Triple> {
        let row = self.running.rows.get(self.running.at);
        let term = |part: &TemplatePart| match part {
            TemplatePart::Constant(term) => Some(term.clone()),
            TemplatePart::Slot(slot) => {
                (row[*slot] != UNBOUND).then(|| self.running.cx.view.term(row[*slot]))
            }
        };
        let subject: NamedOrBlankNode = match term(subject)? {
            Term::NamedNode(node) => node.into(),
            Term::BlankNode(node) => node.into(),
            _ => return None,
        };
        let predicate: NamedNode = match term(predicate)? {
            Term::NamedNode(node) => node,
            _ => return None,
        };
        Some(Triple::new(subject, predicate, term(object)?))
    }
}

/// What one statement of a CONSTRUCT takes while it is remembered, about.
const STATEMENT_BYTES: usize = 256;

impl Prepared {
    pub(super) fn kind(&self) -> ResultKind {
        match self.form {
            Form::Select => ResultKind::Solutions,
            Form::Ask => ResultKind::Boolean,
            Form::Construct(_) => ResultKind::Graph,
        }
    }
}
