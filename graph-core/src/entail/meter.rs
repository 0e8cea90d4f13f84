//! Charges a derivation to its limits.

use std::cell::Cell;
use std::time::Instant;

use super::{Limits, Regime};
use crate::error::{Error, Result};

pub(super) struct Meter {
    regime: Regime,
    limits: Limits,
    visits: Cell<u64>,
    end: Option<Instant>,
}

impl Meter {
    pub(super) fn new(regime: Regime, limits: &Limits) -> Self {
        let end = limits
            .deadline
            .and_then(|limit| Instant::now().checked_add(limit));
        Self {
            regime,
            limits: limits.clone(),
            visits: Cell::new(0),
            end,
        }
    }

    pub(super) fn visits(&self) -> u64 {
        self.visits.get()
    }

    fn over(&self, what: &'static str, limit: u64) -> Error {
        Error::EntailmentTooLarge {
            regime: self.regime.name(),
            what,
            limit,
        }
    }

    /// Charges statements that were looked at; looks at the clock now and then.
    pub(super) fn visit(&self, count: usize) -> Result<()> {
        let before = self.visits.get();
        let visits = before.saturating_add(count as u64 + 1);
        self.visits.set(visits);
        if visits > self.limits.max_visits {
            return Err(self.over("statements looked at", self.limits.max_visits));
        }
        if before >> 12 == visits >> 12 {
            return Ok(());
        }
        if self.limits.cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        match (self.end, self.limits.deadline) {
            (Some(end), Some(limit)) if Instant::now() >= end => {
                Err(self.over("milliseconds", limit.as_millis() as u64))
            }
            _ => Ok(()),
        }
    }

    /// Holds the number of derived statements to its limit.
    pub(super) fn derived(&self, count: usize) -> Result<()> {
        if count as u64 > self.limits.max_derived {
            return Err(self.over("derived statements", self.limits.max_derived));
        }
        Ok(())
    }
}
