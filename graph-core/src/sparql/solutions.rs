//! Results, read row by row under the query's budgets.

use std::fmt;
use std::rc::Rc;

use oxrdf::{Term, Triple, Variable};
use spareval::{QuerySolutionIter, QueryTripleIter};

use super::ResultKind;
use super::budget::{Guard, Stopped};
use super::engine::{Constructed, Running};
use crate::error::{Budget, Error, Result};

/// One solution: a term for each variable that is bound, in the order of [`Solutions::variables`].
pub type Row = Vec<Option<Term>>;

/// What a query gives back.
#[derive(Debug)]
pub enum QueryResults<'a> {
    /// The answer of ASK.
    Boolean(bool),
    /// The rows of SELECT.
    Solutions(Solutions<'a>),
    /// The statements of CONSTRUCT or DESCRIBE.
    Graph(Statements<'a>),
}

impl QueryResults<'_> {
    /// Returns which kind of result this is.
    pub fn kind(&self) -> ResultKind {
        match self {
            Self::Boolean(_) => ResultKind::Boolean,
            Self::Solutions(_) => ResultKind::Solutions,
            Self::Graph(_) => ResultKind::Graph,
        }
    }
}

/// Counts what comes out and ends with a typed error when the query was stopped.
struct Meter {
    guard: Rc<Guard>,
    rows: u64,
    ended: bool,
}

impl Meter {
    fn pass<T>(
        &mut self,
        next: Option<Result<T, spareval::QueryEvaluationError>>,
    ) -> Option<Result<T>> {
        let result = match next {
            None => match self.guard.check() {
                Ok(()) => {
                    self.ended = true;
                    return None;
                }
                Err(error) => Err(error),
            },
            Some(Err(error)) => Err(self.guard.explain(error)),
            Some(Ok(row)) => self.row().map(|()| row),
        };
        self.ended = result.is_err();
        Some(result)
    }

    /// The same for the engine, which looks at the clock itself.
    fn pass_own<T>(&mut self, next: Option<Result<T, Stopped>>) -> Option<Result<T>> {
        let result = match next {
            Some(Ok(row)) => {
                self.rows += 1;
                if self.rows <= self.guard.max_rows {
                    if self.rows.is_multiple_of(ROWS_PER_LOOK) && self.guard.look().is_err() {
                        self.guard.check().map(|()| row)
                    } else {
                        return Some(Ok(row));
                    }
                } else {
                    Err(self.guard.over(Budget::Rows(self.guard.max_rows)))
                }
            }
            None => match self.guard.check() {
                Ok(()) => {
                    self.ended = true;
                    return None;
                }
                Err(error) => Err(error),
            },
            Some(Err(Stopped)) => match self.guard.check() {
                Err(error) => Err(error),
                Ok(()) => Err(Error::Cancelled),
            },
        };
        self.ended = result.is_err();
        Some(result)
    }

    fn row(&mut self) -> Result<()> {
        self.rows += 1;
        if self.rows > self.guard.max_rows {
            return Err(self.guard.over(Budget::Rows(self.guard.max_rows)));
        }
        if self.guard.look().is_err() {
            self.guard.check()?;
        }
        Ok(())
    }
}

/// The clock is looked at once in so many rows, so that a slow reader's query ends too.
const ROWS_PER_LOOK: u64 = 16;

enum RowsOf<'a> {
    Engine(Box<Running<'a>>),
    Evaluator(Box<QuerySolutionIter<'a>>),
    /// After an error, when everything was given back.
    Ended(Vec<Variable>),
}

/// Iterator over the rows of a SELECT. After an error it ends.
pub struct Solutions<'a> {
    rows: RowsOf<'a>,
    meter: Meter,
}

impl fmt::Debug for Solutions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Solutions")
            .field("variables", &self.variables())
            .finish_non_exhaustive()
    }
}

impl<'a> Solutions<'a> {
    pub(super) fn new(rows: QuerySolutionIter<'a>, guard: Rc<Guard>) -> Self {
        Self::of(RowsOf::Evaluator(Box::new(rows)), guard)
    }

    pub(super) fn of_engine(rows: Running<'a>, guard: Rc<Guard>) -> Self {
        Self::of(RowsOf::Engine(Box::new(rows)), guard)
    }

    fn of(rows: RowsOf<'a>, guard: Rc<Guard>) -> Self {
        Self {
            rows,
            meter: Meter {
                guard,
                rows: 0,
                ended: false,
            },
        }
    }

    /// Returns the variables, in the order of the values of a row.
    pub fn variables(&self) -> &[Variable] {
        match &self.rows {
            RowsOf::Engine(rows) => rows.variables(),
            RowsOf::Evaluator(rows) => rows.variables(),
            RowsOf::Ended(variables) => variables,
        }
    }

    /// Returns the bytes of working memory that the query holds now, as far as its evaluator tells.
    pub fn memory_held(&self) -> u64 {
        self.meter.guard.held()
    }

    /// Returns the bytes of working memory that the query has held at most.
    pub fn memory_most(&self) -> u64 {
        self.meter.guard.held_most()
    }

    /// Returns the number of statements read and intermediate rows made so far.
    pub fn visited(&self) -> u64 {
        self.meter.guard.visited()
    }

    pub(crate) fn max_result_bytes(&self) -> u64 {
        self.meter.guard.max_result_bytes
    }
}

impl Iterator for Solutions<'_> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        if self.meter.ended {
            return None;
        }
        let row = match &mut self.rows {
            RowsOf::Engine(rows) => {
                let next = rows.next_row();
                self.meter.pass_own(next)
            }
            RowsOf::Evaluator(rows) => {
                let next = rows.next();
                let row = self.meter.pass(next);
                row.map(|row| row.map(|solution| solution.values().to_vec()))
            }
            RowsOf::Ended(_) => None,
        };
        if self.meter.ended {
            let complete = matches!(self.rows, RowsOf::Evaluator(_));
            self.rows = RowsOf::Ended(self.variables().to_vec());
            if complete {
                // What was charged for each row is gone with the evaluator.
                self.meter.guard.shrink(u64::MAX);
            }
        }
        row
    }
}

enum StatementsOf<'a> {
    Engine(Box<Constructed<'a>>),
    Evaluator(Box<QueryTripleIter<'a>>),
    Ended,
}

/// Iterator over the statements of a CONSTRUCT or DESCRIBE. After an error it ends.
pub struct Statements<'a> {
    statements: StatementsOf<'a>,
    meter: Meter,
}

impl fmt::Debug for Statements<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statements").finish_non_exhaustive()
    }
}

impl<'a> Statements<'a> {
    pub(super) fn new(statements: QueryTripleIter<'a>, guard: Rc<Guard>) -> Self {
        Self::of(StatementsOf::Evaluator(Box::new(statements)), guard)
    }

    pub(super) fn of_engine(statements: Constructed<'a>, guard: Rc<Guard>) -> Self {
        Self::of(StatementsOf::Engine(Box::new(statements)), guard)
    }

    fn of(statements: StatementsOf<'a>, guard: Rc<Guard>) -> Self {
        Self {
            statements,
            meter: Meter {
                guard,
                rows: 0,
                ended: false,
            },
        }
    }

    /// Returns the number of statements read and intermediate rows made so far.
    pub fn visited(&self) -> u64 {
        self.meter.guard.visited()
    }

    pub(crate) fn max_result_bytes(&self) -> u64 {
        self.meter.guard.max_result_bytes
    }
}

impl Iterator for Statements<'_> {
    type Item = Result<Triple, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.meter.ended {
            return None;
        }
        let statement = match &mut self.statements {
            StatementsOf::Engine(statements) => {
                let next = statements.next_statement();
                self.meter.pass_own(next)
            }
            StatementsOf::Evaluator(statements) => {
                let next = statements.next();
                self.meter.pass(next)
            }
            StatementsOf::Ended => None,
        };
        if self.meter.ended {
            self.statements = StatementsOf::Ended;
        }
        statement
    }
}
