//! What a query may spend, and what it has spent.

use std::cell::Cell;
use std::fmt;
use std::time::{Duration, Instant};

use spareval::QueryEvaluationError;

use super::{CancellationToken, QueryOptions};
use crate::error::{Budget, Error, Result};

/// The clock and the token are looked at once in so many visits.
const VISITS_PER_LOOK: u64 = 64;
/// Values longer than this are charged each time they are read.
const LARGE_VALUE: usize = 4096;
/// Large values read may sum up to this many times the size of the largest allowed.
const LARGE_VALUES: u64 = 64;
/// So many values read by expressions are charged like one statement.
const VALUES_PER_VISIT: u64 = 4;

#[derive(Clone, Copy)]
enum Stop {
    Over(Budget),
    Cancelled,
}

/// Tells the evaluator to end; the reason is in the [`Guard`].
#[derive(Debug)]
pub(super) struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the query was stopped")
    }
}

impl std::error::Error for Stopped {}

/// Shared by everything that works for one query; once stopped it stays stopped.
pub(super) struct Guard {
    visited: Cell<u64>,
    large_bytes: Cell<u64>,
    values: Cell<u64>,
    held: Cell<u64>,
    held_most: Cell<u64>,
    /// What each statement or row is charged in memory, for an evaluator that does not tell what it holds.
    held_per_visit: Cell<u64>,
    stop: Cell<Option<Stop>>,
    end: Option<(Instant, Duration)>,
    cancel: CancellationToken,
    max_statements: u64,
    max_value_bytes: u64,
    max_memory_bytes: u64,
    pub(super) max_rows: u64,
    pub(super) max_result_bytes: u64,
}

impl Guard {
    pub(super) fn new(options: &QueryOptions) -> Self {
        Self {
            visited: Cell::new(0),
            large_bytes: Cell::new(0),
            values: Cell::new(0),
            held: Cell::new(0),
            held_most: Cell::new(0),
            held_per_visit: Cell::new(0),
            stop: Cell::new(None),
            end: options
                .deadline
                .and_then(|limit| Some((Instant::now().checked_add(limit)?, limit))),
            cancel: options.cancel.clone(),
            max_statements: options.max_statements,
            max_value_bytes: options.max_value_bytes,
            max_memory_bytes: options.max_memory_bytes,
            max_rows: options.max_rows,
            max_result_bytes: options.max_result_bytes,
        }
    }

    pub(super) fn visited(&self) -> u64 {
        self.visited.get()
    }

    /// Bytes of working memory held now.
    pub(super) fn held(&self) -> u64 {
        self.held.get()
    }

    /// Bytes of working memory held at most.
    pub(super) fn held_most(&self) -> u64 {
        self.held_most.get()
    }

    /// From now on charges memory for each statement read and each row made, and never gives it back.
    pub(super) fn hold_per_visit(&self, bytes: u64) {
        self.held_per_visit.set(bytes);
    }

    /// Charges working memory.
    pub(super) fn grow(&self, bytes: u64) -> Result<(), Stopped> {
        let held = self.held.get().saturating_add(bytes);
        self.held.set(held);
        if held > self.held_most.get() {
            self.held_most.set(held);
            if held > self.max_memory_bytes {
                return Err(self.stop(Stop::Over(Budget::MemoryBytes(self.max_memory_bytes))));
            }
        }
        Ok(())
    }

    /// Gives working memory back.
    pub(super) fn shrink(&self, bytes: u64) {
        self.held.set(self.held.get().saturating_sub(bytes));
    }

    /// Fails when the query was stopped, also by an expression, whose errors are otherwise no errors of the query.
    pub(super) fn stopped(&self) -> Result<(), Stopped> {
        match self.stop.get() {
            None => Ok(()),
            Some(_) => Err(Stopped),
        }
    }

    fn stop(&self, reason: Stop) -> Stopped {
        if self.stop.get().is_none() {
            self.stop.set(Some(reason));
        }
        Stopped
    }

    pub(super) fn over(&self, budget: Budget) -> Error {
        self.stop(Stop::Over(budget));
        Error::OverBudget { budget }
    }

    /// Charges one statement read or one intermediate row.
    #[inline]
    pub(super) fn visit(&self) -> Result<(), Stopped> {
        self.charge(1)
    }

    /// Charges many at once.
    #[inline]
    pub(super) fn charge(&self, weight: u64) -> Result<(), Stopped> {
        let before = self.visited.get();
        let visited = before.saturating_add(weight);
        self.visited.set(visited);
        if visited > self.max_statements {
            return Err(self.stop(Stop::Over(Budget::Statements(self.max_statements))));
        }
        if self.stop.get().is_some() {
            return Err(Stopped);
        }
        if self.held_per_visit.get() > 0 {
            self.grow(weight.saturating_mul(self.held_per_visit.get()))?;
        }
        if before == 0 || before / VISITS_PER_LOOK != visited / VISITS_PER_LOOK {
            self.look()
        } else {
            Ok(())
        }
    }

    /// Looks at the clock and the token.
    pub(super) fn look(&self) -> Result<(), Stopped> {
        if self.cancel.is_cancelled() {
            return Err(self.stop(Stop::Cancelled));
        }
        match self.end {
            Some((end, limit)) if Instant::now() >= end => {
                Err(self.stop(Stop::Over(Budget::Deadline(limit))))
            }
            _ => Ok(()),
        }
    }

    /// Charges a value that the query computed.
    pub(super) fn computed(&self, bytes: usize) -> Result<(), Stopped> {
        if bytes as u64 > self.max_value_bytes {
            return Err(self.stop(Stop::Over(Budget::ValueBytes(self.max_value_bytes))));
        }
        Ok(())
    }

    /// Charges a value that an expression reads: there are joins that only a filter behind them looks at.
    pub(super) fn read(&self, bytes: usize) -> Result<(), Stopped> {
        let values = self.values.get() + 1;
        self.values.set(values);
        if values.is_multiple_of(VALUES_PER_VISIT) {
            self.visit()?;
        }
        if bytes > LARGE_VALUE {
            let sum = self.large_bytes.get() + bytes as u64;
            self.large_bytes.set(sum);
            let limit = self.max_value_bytes.saturating_mul(LARGE_VALUES);
            if sum > limit {
                return Err(self.stop(Stop::Over(Budget::ValueBytes(limit))));
            }
        }
        Ok(())
    }

    /// Fails when the query was stopped: errors inside expressions only look like unbound variables.
    pub(super) fn check(&self) -> Result<()> {
        match self.stop.get() {
            None => Ok(()),
            Some(Stop::Cancelled) => Err(Error::Cancelled),
            Some(Stop::Over(budget)) => Err(Error::OverBudget { budget }),
        }
    }

    /// The reason behind an error of the evaluator.
    pub(super) fn explain(&self, error: QueryEvaluationError) -> Error {
        match self.check() {
            Err(reason) => reason,
            Ok(()) => match error {
                QueryEvaluationError::Cancelled => Error::Cancelled,
                other => Error::Evaluation(Box::new(other)),
            },
        }
    }
}
