//! Checking the nodes of a snapshot against shapes.

use std::time::{Duration, Instant};

use graph_core::rdf::RdfTerm;
use graph_core::sparql::CancellationToken;
use graph_core::{Scope, Snapshot, TermId};
use rustc_hash::{FxHashMap, FxHashSet};

mod constraints;
mod data;
mod focus;

use crate::error::{Budget, Error, Result};
use crate::parse::Shapes;
use crate::report::{Collector, Finding, Report};
use crate::shape::{Component, Constraint, Shape, ShapeId};
use crate::validate::data::Data;

/// So many conformance verdicts are remembered.
const MEMORY_MAX: usize = 1 << 20;

/// The limits of a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Findings kept in the report; further ones are counted and not kept.
    pub max_findings: usize,
    /// Nodes and statements looked at.
    pub max_visits: u64,
    /// Shapes nested in shapes while one focus node is checked: what recursive shapes run into.
    pub max_depth: usize,
    /// Wall time.
    pub deadline: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_findings: 10_000,
            max_visits: 1_000_000_000,
            max_depth: 128,
            deadline: Some(Duration::from_mins(2)),
        }
    }
}

/// How a validation is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whose statements are the data.
    pub scope: Scope,
    /// Only these focus nodes are checked, against shapes that target them; `None` checks every target.
    pub focus: Option<Vec<TermId>>,
    /// Its limits.
    pub limits: Limits,
    /// Stops the validation from another thread.
    pub cancel: CancellationToken,
}

impl Options {
    /// Makes options that check every target in this view of the data.
    pub fn new(scope: Scope) -> Self {
        Self {
            scope,
            focus: None,
            limits: Limits::default(),
            cancel: CancellationToken::default(),
        }
    }
}

impl Shapes {
    /// Checks the snapshot against the shapes.
    ///
    /// # Errors
    /// [`Error::OverBudget`] naming the budget, [`Error::Cancelled`]; there is never a partial report.
    pub fn validate(&self, snapshot: &Snapshot, options: &Options) -> Result<Report> {
        let mut run = Run::new(self, snapshot, options);
        run.all()?;
        Ok(run.report())
    }
}

/// A node of the data, or a term that only the shapes name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Node {
    Known(TermId),
    Foreign(u32),
}

/// What becomes of a constraint that is not kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sink {
    /// It goes into the report.
    Report,
    /// It only makes the verdict.
    Verdict,
}

/// Charges what a validation does to its budgets.
pub(crate) struct Meter {
    visits: u64,
    limits: Limits,
    end: Option<Instant>,
    cancel: CancellationToken,
}

impl Meter {
    fn new(options: &Options) -> Self {
        let deadline = options.limits.deadline;
        Self {
            visits: 0,
            limits: options.limits,
            end: deadline.and_then(|limit| Instant::now().checked_add(limit)),
            cancel: options.cancel.clone(),
        }
    }

    #[inline]
    pub(crate) fn visit(&mut self) -> Result<()> {
        self.visits += 1;
        if self.visits > self.limits.max_visits {
            let budget = Budget::Visits(self.limits.max_visits);
            return Err(Error::OverBudget { budget });
        }
        if self.visits & 0xfff == 1 {
            self.look()?;
        }
        Ok(())
    }

    fn look(&self) -> Result<()> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        match (self.end, self.limits.deadline) {
            (Some(end), Some(limit)) if Instant::now() >= end => Err(Error::OverBudget {
                budget: Budget::Deadline(limit),
            }),
            _ => Ok(()),
        }
    }
}

/// One validation under way.
struct Run<'a> {
    shapes: &'a Shapes,
    data: Data<'a>,
    options: &'a Options,
    /// Verdicts of (shape, node) that hold whatever is being checked.
    verdicts: FxHashMap<(ShapeId, Node), bool>,
    /// What is being checked now, with its depth: recursive shapes come back to it.
    open: FxHashMap<(ShapeId, Node), usize>,
    /// The least depth of an open check that a verdict was taken from on trust.
    trusted: usize,
    focus_nodes: u64,
    out: Collector,
}

impl<'a> Run<'a> {
    fn new(shapes: &'a Shapes, snapshot: &'a Snapshot, options: &'a Options) -> Self {
        Self {
            shapes,
            data: Data::new(shapes, snapshot, options.scope, Meter::new(options)),
            options,
            verdicts: FxHashMap::default(),
            open: FxHashMap::default(),
            trusted: usize::MAX,
            focus_nodes: 0,
            out: Collector::new(options.limits.max_findings),
        }
    }

    fn all(&mut self) -> Result<()> {
        let mut checked = FxHashSet::default();
        for id in (0..self.shapes.table.len() as u32).map(ShapeId) {
            let shape = self.shape(id);
            if shape.deactivated || shape.targets.is_empty() {
                continue;
            }
            for node in self.focus_nodes(shape)? {
                checked.insert(node);
                self.check(id, node, Sink::Report)?;
            }
        }
        self.focus_nodes = checked.len() as u64;
        Ok(())
    }

    fn report(self) -> Report {
        let not_checked = self.shapes.not_checked().to_vec();
        self.out
            .finish(self.focus_nodes, self.data.meter.visits, not_checked)
    }

    fn shape(&self, id: ShapeId) -> &'a Shape {
        // Shapes are numbered by their place in this table.
        &self.shapes.table[id.0 as usize]
    }

    /// Tells whether a node keeps a shape.
    ///
    /// A recursive shape that comes back to a node it is just checking trusts that the node will do: the greatest
    /// fixpoint. What rests on such trust is not remembered.
    fn conforms(&mut self, id: ShapeId, node: Node) -> Result<bool> {
        if let Some(verdict) = self.verdicts.get(&(id, node)) {
            return Ok(*verdict);
        }
        let depth = self.open.len();
        let before = std::mem::replace(&mut self.trusted, usize::MAX);
        let verdict = self.check(id, node, Sink::Verdict)?;
        let on_its_own = self.trusted >= depth;
        self.trusted = if on_its_own {
            before
        } else {
            before.min(self.trusted)
        };
        if on_its_own && self.verdicts.len() < MEMORY_MAX {
            self.verdicts.insert((id, node), verdict);
        }
        Ok(verdict)
    }

    /// Checks one node against one shape; false when it does not keep it.
    fn check(&mut self, id: ShapeId, focus: Node, sink: Sink) -> Result<bool> {
        let shape = self.shape(id);
        if shape.deactivated {
            return Ok(true);
        }
        if let Some(depth) = self.open.get(&(id, focus)) {
            self.trusted = self.trusted.min(*depth);
            return Ok(true);
        }
        let depth = self.open.len();
        if depth >= self.options.limits.max_depth {
            let budget = Budget::Depth(self.options.limits.max_depth);
            return Err(Error::OverBudget { budget });
        }
        self.open.insert((id, focus), depth);
        let verdict = self.check_open(shape, focus, sink);
        self.open.remove(&(id, focus));
        verdict
    }

    fn check_open(&mut self, shape: &'a Shape, focus: Node, sink: Sink) -> Result<bool> {
        let values = match &shape.path {
            Some(path) => self.data.follow(path, focus)?,
            None => vec![focus],
        };
        let mut kept = true;
        for constraint in &shape.constraints {
            let here = Place {
                shape,
                focus,
                values: &values,
                sink,
            };
            kept &= self.constraint(here, constraint)?;
            if !kept && sink == Sink::Verdict {
                break;
            }
        }
        Ok(kept)
    }

    /// Notes that a constraint is not kept.
    fn broken(&mut self, at: Place<'_>, broken: Broken<'_>) -> bool {
        if at.sink == Sink::Verdict {
            return false;
        }
        let shape = at.shape;
        if !self.out.wants(&shape.severity) {
            return false;
        }
        let path = match broken.predicate {
            Some(RdfTerm::NamedNode(predicate)) => Some(crate::Path::Predicate(predicate)),
            _ => shape.path.clone(),
        };
        self.out.push(Finding {
            focus: self.data.term(at.focus),
            path,
            value: broken.value.map(|value| self.data.term(value)),
            shape: shape.node.clone(),
            component: broken.component,
            severity: shape.severity.clone(),
            messages: shape.messages.clone(),
            reason: (broken.reason)(&self.data),
        });
        false
    }
}

/// Where a constraint is checked.
#[derive(Clone, Copy)]
struct Place<'a> {
    shape: &'a Shape,
    focus: Node,
    values: &'a [Node],
    sink: Sink,
}

/// What is wrong there.
struct Broken<'a> {
    component: Component,
    value: Option<Node>,
    predicate: Option<RdfTerm>,
    /// Says it in words, when someone will read them.
    reason: &'a dyn Fn(&Data<'_>) -> String,
}

impl<'a> Broken<'a> {
    fn at(
        constraint: &Constraint,
        value: Option<Node>,
        reason: &'a dyn Fn(&Data<'_>) -> String,
    ) -> Self {
        Self {
            component: constraint.component(),
            value,
            predicate: None,
            reason,
        }
    }
}
