//! Statements folded into patterns: one a shape, however often it was run.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHasher};

use super::entry::Entry;
use super::format::Format;
use super::sift::{self, Reason};
use super::{KnownTables, UsageOptions, key};
use crate::sql::{Context, Dialect, StatementFacts, analyze};
use crate::{Location, Report};

/// How many shapes are kept.
const SHAPES_MAX: usize = 50_000;

/// How many statements are remembered as read, before they are read again.
const READ_MAX: usize = 200_000;

/// How many users of one shape are counted apart; the others are counted together.
const USERS_MAX: usize = 200;

/// Who ran something: a user in a role of a team, as far as the log says.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Caller {
    pub(super) user: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) teams: Vec<String>,
}

/// How often and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) times: u64,
    pub(super) first: Option<i64>,
    pub(super) last: Option<i64>,
}

impl Count {
    fn add(&mut self, times: u64, first: Option<i64>, last: Option<i64>) {
        self.times = self.times.saturating_add(times);
        self.first = [self.first, first].into_iter().flatten().min();
        self.last = self.last.max(last);
    }

    /// Adds another count.
    pub(super) fn join(&mut self, other: &Self) {
        self.add(other.times, other.first, other.last);
    }
}

/// The uses of a caller: what is certain to be interest, and the hour that is going on.
#[derive(Clone, Debug, Default)]
struct Uses {
    kept: Count,
    hour: Option<i64>,
    in_hour: Count,
}

/// One shape with its uses.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) facts: StatementFacts,
    pub(super) dialect: Dialect,
    pub(super) callers: BTreeMap<Caller, Count>,
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

/// What came of all logs.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    /// The patterns by their identity, which is the same in every run.
    pub(super) by_id: BTreeMap<u64, Pattern>,
    aside: BTreeMap<Reason, u64>,
    statements: u64,
    counted: u64,
    guessed: u64,
    problems: BTreeMap<String, u64>,
}

impl Patterns {
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

/// What one text of SQL came to: for each statement a pattern, or why it is none.
type Outcome = Rc<[Result<u64, Reason>]>;

/// Folds statements as they come.
pub(super) struct Fold<'a> {
    options: &'a UsageOptions,
    dialect: Dialect,
    read: FxHashMap<u64, Outcome>,
    shapes: BTreeMap<u64, (StatementFacts, Dialect)>,
    uses: FxHashMap<u64, BTreeMap<Caller, Uses>>,
    patterns: Patterns,
}

impl<'a> Fold<'a> {
    pub(super) fn new(options: &'a UsageOptions) -> Self {
        Self {
            options,
            dialect: options.dialect.unwrap_or_default(),
            read: FxHashMap::default(),
            shapes: BTreeMap::new(),
            uses: FxHashMap::default(),
            patterns: Patterns::default(),
        }
    }

    /// Says that a log of a form follows.
    pub(super) fn start(&mut self, format: Format) {
        self.dialect = self
            .options
            .dialect
            .or(format.dialect())
            .unwrap_or_default();
    }

    /// Adds a statement.
    pub(super) fn add(&mut self, entry: Entry) {
        let calls = entry.calls.max(1);
        if entry.sql.trim().is_empty() {
            return;
        }
        self.patterns.statements = self.patterns.statements.saturating_add(calls);
        let early = if entry.failed {
            Some(Reason::Failed)
        } else if entry.application.as_deref().is_some_and(sift::is_tool)
            || sift::has_tool_comment(&entry.sql)
            || sift::is_key_check(&entry.sql)
        {
            Some(Reason::Tool)
        } else {
            None
        };
        if let Some(reason) = early {
            self.aside(reason, calls);
            return;
        }
        let outcome = self.outcome(&entry);
        let caller = Caller {
            user: entry.user,
            roles: entry.roles,
            teams: entry.teams,
        };
        for one in outcome.iter() {
            match one {
                Ok(shape) => self.used(*shape, &caller, calls, entry.time),
                Err(reason) => self.aside(*reason, calls),
            }
        }
    }

    fn aside(&mut self, reason: Reason, calls: u64) {
        let count = self.patterns.aside.entry(reason).or_default();
        *count = count.saturating_add(calls);
    }

    fn outcome(&mut self, entry: &Entry) -> Outcome {
        let mut hasher = FxHasher::default();
        key::of(&entry.sql, self.dialect).hash(&mut hasher);
        (&entry.database, &entry.search_path, self.dialect).hash(&mut hasher);
        let key = hasher.finish();
        if let Some(known) = self.read.get(&key) {
            return Rc::clone(known);
        }
        let outcome = self.read_statement(entry);
        if self.read.len() >= READ_MAX {
            self.read.clear();
        }
        self.read.insert(key, Rc::clone(&outcome));
        outcome
    }

    fn read_statement(&mut self, entry: &Entry) -> Outcome {
        let options = self.options;
        let mut context = Context::new(self.dialect, options.known.schema());
        if let Some(database) = entry.database.as_ref().or(options.database.as_ref()) {
            context = context.database(database.clone());
        }
        let path = [&entry.search_path, &options.search_path];
        context = match path.into_iter().find(|path| !path.is_empty()) {
            Some(path) => context.search_path(path.iter().cloned()),
            None if self.dialect == Dialect::Postgres => context.search_path(["public"]),
            None => context,
        };
        let analysis = analyze(&entry.sql, &context);
        for problem in &analysis.problems {
            let kind = match problem {
                crate::sql::Problem::TooLarge { what } => format!("{what}; fingerprinted only"),
                crate::sql::Problem::Template { .. } => "a template left in it".to_owned(),
                crate::sql::Problem::Syntax { .. } => "not SQL of the dialect".to_owned(),
            };
            *self.patterns.problems.entry(kind).or_default() += 1;
        }
        let outcomes = analysis
            .statements
            .into_iter()
            .map(|facts| self.shape(facts));
        outcomes.collect()
    }

    /// Gives the shape of a statement a place, unless it is no interest.
    fn shape(&mut self, mut facts: StatementFacts) -> Result<u64, Reason> {
        if let Some(reason) = sift::reason(&facts) {
            return Err(reason);
        }
        let id = identity(&facts);
        if let Some((known, _)) = self.shapes.get_mut(&id) {
            // Of several ways to write one shape the least is shown, whichever came first.
            if facts.fingerprint.text < known.fingerprint.text {
                known.fingerprint.text = facts.fingerprint.text;
            }
            return Ok(id);
        }
        if self.shapes.len() >= SHAPES_MAX {
            return Err(Reason::TooManyShapes);
        }
        self.patterns.guessed += u64::from(facts.guessed);
        // What a query gives is of no use here, and the largest part of what is known of it.
        facts.outputs = Vec::new();
        facts.columns.retain(|_, roles| roles.is_interest());
        self.shapes.insert(id, (facts, self.dialect));
        Ok(id)
    }

    fn used(&mut self, shape: u64, caller: &Caller, calls: u64, time: Option<i64>) {
        let callers = self.uses.entry(shape).or_default();
        let others = Caller::default();
        let caller = if callers.len() >= USERS_MAX && !callers.contains_key(caller) {
            &others
        } else {
            caller
        };
        if !callers.contains_key(caller) {
            callers.insert(caller.clone(), Uses::default());
        }
        let Some(uses) = callers.get_mut(caller) else {
            return;
        };
        let hour = time.map(|time| time.div_euclid(3600));
        let mut aside = 0;
        if hour != uses.hour {
            aside = uses.close(self.options.hourly_max);
            uses.hour = hour;
        }
        uses.in_hour.add(calls, time, time);
        if aside > 0 {
            self.aside(Reason::LoadTest, aside);
        }
    }

    /// Gives the patterns that have uses.
    pub(super) fn finish(mut self) -> Patterns {
        let uses = std::mem::take(&mut self.uses);
        let shapes = std::mem::take(&mut self.shapes);
        let mut uses: BTreeMap<u64, BTreeMap<Caller, Uses>> = uses.into_iter().collect();
        for (id, (facts, dialect)) in shapes {
            let mut callers = BTreeMap::new();
            for (caller, mut uses) in uses.remove(&id).unwrap_or_default() {
                let aside = uses.close(self.options.hourly_max);
                if aside > 0 {
                    self.aside(Reason::LoadTest, aside);
                }
                if uses.kept.times > 0 {
                    self.patterns.counted = self.patterns.counted.saturating_add(uses.kept.times);
                    callers.insert(caller, uses.kept);
                }
            }
            if !callers.is_empty() {
                let pattern = Pattern {
                    facts,
                    dialect,
                    callers,
                };
                self.patterns.by_id.insert(id, pattern);
            }
        }
        self.patterns
    }
}

impl Uses {
    /// Ends the hour: its uses are kept, or set aside when there are too many; gives how many were set aside.
    fn close(&mut self, hourly_max: u64) -> u64 {
        let ended = std::mem::take(&mut self.in_hour);
        // Without a time there is no hour; what a database counted itself is taken as it is.
        if self.hour.is_some() && ended.times > hourly_max {
            return ended.times;
        }
        self.kept.join(&ended);
        0
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
