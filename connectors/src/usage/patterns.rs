//! Shapes resolved to the tables that are known: patterns of use.

use std::collections::{BTreeMap, BTreeSet};

use super::KnownTables;
use super::fold::{Caller, Count, Shape, Shapes};
use super::sift::{self, Reason};
use crate::sql::{Dialect, StatementFacts, analyze};
use crate::{Location, Report};

/// What a shape means on certain tables, with its uses.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) facts: StatementFacts,
    pub(super) dialect: Dialect,
    pub(super) callers: BTreeMap<Caller, Count>,
    /// The places of the shapes that it is made of.
    pub(super) shapes: Vec<usize>,
}

impl Pattern {
    /// Gives the uses of all callers together.
    pub(super) fn total(&self) -> Count {
        let mut total = Count::default();
        for count in self.callers.values() {
            total.join(count);
        }
        total
    }
}

/// What came of all shapes.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    /// The patterns by their identity, which is the same in every run.
    pub(super) by_id: BTreeMap<u64, Pattern>,
    /// The places of the shapes that are no interest as long as the known tables are these.
    pub(super) idle: Vec<usize>,
    aside: BTreeMap<Reason, u64>,
    statements: u64,
    counted: u64,
    guessed: u64,
    problems: BTreeMap<String, u64>,
}

impl Shapes {
    /// Finds out which tables and columns the shapes mean.
    pub(super) fn resolve(&self, known: &KnownTables) -> Patterns {
        let mut patterns = Patterns {
            aside: self.aside.clone(),
            statements: self.statements,
            problems: self.problems.clone(),
            ..Patterns::default()
        };
        for (at, shape) in self.list.iter().enumerate() {
            patterns.add(at, shape, known);
        }
        patterns
    }
}

impl Patterns {
    fn add(&mut self, at: usize, shape: &Shape, known: &KnownTables) {
        let context = shape.place.context(shape.dialect, known.schema());
        let mut analysis = analyze(&shape.skeleton, &context);
        let facts = analysis.statements.pop().unwrap_or_default();
        let mut total = Count::default();
        shape.callers.values().for_each(|count| total.join(count));
        if let Some(reason) = sift::reason(&facts) {
            let count = self.aside.entry(reason).or_default();
            *count = count.saturating_add(total.times);
            self.idle.push(at);
            return;
        }
        self.counted = self.counted.saturating_add(total.times);
        let id = identity(&facts);
        let pattern = self.by_id.entry(id).or_insert_with(|| Pattern {
            facts: StatementFacts::default(),
            dialect: shape.dialect,
            callers: BTreeMap::new(),
            shapes: Vec::new(),
        });
        if pattern.shapes.is_empty() {
            self.guessed += u64::from(facts.guessed);
            pattern.facts = facts;
            // What a query gives is of no use here, and the largest part of what is known of it.
            pattern.facts.outputs = Vec::new();
            pattern.facts.columns.retain(|_, roles| roles.is_interest());
        } else if facts.fingerprint.text < pattern.facts.fingerprint.text {
            pattern.facts.fingerprint.text = facts.fingerprint.text;
        }
        pattern.shapes.push(at);
        for (caller, count) in &shape.callers {
            pattern
                .callers
                .entry(caller.clone())
                .or_default()
                .join(count);
        }
    }

    /// Leaves out the tables that are not known, patterns that use no other, and how much was set aside.
    pub(super) fn keep_known(&mut self, known: &KnownTables) {
        (self.statements, self.counted) = (0, 0);
        for pattern in self.by_id.values_mut() {
            let facts = &mut pattern.facts;
            facts.reads.retain(|table| known.get(table).is_some());
            facts
                .columns
                .retain(|column, _| known.get(&column.table).is_some());
            facts.joins.retain(|key| {
                let mut sides = [&key.left, &key.right].into_iter();
                sides.all(|side| known.get(&side.table).is_some())
            });
        }
        self.by_id
            .retain(|_, pattern| !pattern.facts.reads.is_empty());
    }
}

/// Gives what makes a pattern the same in every run: its shape and the tables it means.
fn identity(facts: &StatementFacts) -> u64 {
    let tables: BTreeSet<String> = facts
        .reads
        .iter()
        .chain(&facts.writes)
        .map(|table| table.to_string().to_lowercase())
        .collect();
    let text: String = tables.into_iter().collect::<Vec<_>>().join("\n");
    text.bytes().fold(facts.fingerprint.id, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Patterns {
    /// Says how much was read, counted and set aside, and why.
    pub(super) fn report(&self, report: &mut Report) {
        report.understood_many("statement", self.statements);
        report.understood_many("use", self.counted);
        report.understood_many("pattern", self.by_id.len() as u64);
        let at = Location::default;
        for (reason, count) in &self.aside {
            report.note(
                reason.code(),
                format!("{count} statements were set aside: {reason}"),
                at(),
            );
            report.understood_many("set_aside", *count);
        }
        for (problem, count) in &self.problems {
            let message = format!("{count} distinct statements were not understood: {problem}");
            report.warning("sql_not_understood", message, at());
        }
        if self.guessed > 0 {
            let message = format!(
                "the tables of {} shapes were guessed, without columns",
                self.guessed
            );
            report.note("tables_guessed", message, at());
        }
    }

    /// Gives how many statements there were in all, and how many were set aside and why.
    pub(super) fn aside(&self) -> (u64, &BTreeMap<Reason, u64>) {
        (self.statements, &self.aside)
    }

    /// Says how many statements were set aside for a reason.
    #[cfg(test)]
    pub(super) fn set_aside(&self, reason: Reason) -> u64 {
        self.aside.get(&reason).copied().unwrap_or(0)
    }
}
