//! Statements folded into shapes: one a shape, however often it was run, whatever tables are known.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHasher};

use super::entry::Entry;
use super::format::Format;
use super::lineage::Lineage;
use super::sift::{self, Reason};
use super::{UsageOptions, key};
use crate::sql::{Context, Dialect, Problem, Schema, StatementFacts, analyze};

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

/// A shape of statement as it was read, before it is known which tables it means, with its uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// The statement with literals that say nothing.
    pub(super) skeleton: String,
    pub(super) dialect: Dialect,
    /// Where tables are looked for that the statement does not say more of.
    pub(super) place: Place,
    pub(super) callers: BTreeMap<Caller, Count>,
}

/// Where tables are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) database: Option<String>,
    pub(super) search_path: Vec<String>,
}

/// What came of all logs, the same whatever tables are known.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    pub(super) list: Vec<Shape>,
    pub(super) aside: BTreeMap<Reason, u64>,
    pub(super) statements: u64,
    pub(super) problems: BTreeMap<String, u64>,
    pub(super) lineage: Lineage,
}

/// What one text of SQL came to: for each statement the place of its shape, or why it has none.
type Outcome = Rc<[Result<usize, Reason>]>;

/// What makes a shape the same in every run.
type Key = (u64, Dialect, Place);

/// Folds statements as they come.
pub(super) struct Fold<'a> {
    options: &'a UsageOptions,
    dialect: Dialect,
    read: FxHashMap<u64, Outcome>,
    places: BTreeMap<Key, usize>,
    skeletons: Vec<String>,
    uses: Vec<BTreeMap<Caller, Uses>>,
    found: Shapes,
}

impl<'a> Fold<'a> {
    pub(super) fn new(options: &'a UsageOptions) -> Self {
        Self {
            options,
            dialect: options.dialect.unwrap_or_default(),
            read: FxHashMap::default(),
            places: BTreeMap::new(),
            skeletons: Vec::new(),
            uses: Vec::new(),
            found: Shapes::default(),
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

    /// Gives the dialect of the log that is being read.
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Gives what was made of what, to add to it.
    pub(super) fn lineage(&mut self) -> &mut Lineage {
        &mut self.found.lineage
    }

    /// Adds a statement.
    pub(super) fn add(&mut self, entry: Entry) {
        let calls = entry.calls.max(1);
        if entry.sql.trim().is_empty() {
            return;
        }
        self.found.statements = self.found.statements.saturating_add(calls);
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

    /// Counts statements of which nothing else is known than that they are no interest.
    pub(super) fn ignore(&mut self, reason: Reason, calls: u64) {
        self.found.statements = self.found.statements.saturating_add(calls);
        self.aside(reason, calls);
    }

    fn aside(&mut self, reason: Reason, calls: u64) {
        self.found.set_aside(reason, calls);
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
        let path = [&entry.search_path, &options.search_path];
        let search_path = match path.into_iter().find(|path| !path.is_empty()) {
            Some(path) => path.clone(),
            None if self.dialect == Dialect::Postgres => vec!["public".to_owned()],
            None => Vec::new(),
        };
        let database = entry.database.as_ref().or(options.database.as_ref());
        let place = Place {
            database: database.cloned(),
            search_path,
        };
        // Which tables are known must not matter here, for that may change.
        let nothing = Schema::default();
        let analysis = analyze(
            &entry.sql,
            &place.context(self.dialect, &nothing).skeletons(),
        );
        for problem in &analysis.problems {
            let kind = match problem {
                Problem::TooLarge { what } => format!("{what}; fingerprinted only"),
                Problem::Template { .. } => "a template left in it".to_owned(),
                Problem::Syntax { .. } => "not SQL of the dialect".to_owned(),
            };
            *self.found.problems.entry(kind).or_default() += 1;
        }
        let outcomes = analysis.statements.into_iter();
        let outcomes = outcomes.map(|facts| self.shape(facts, &place));
        outcomes.collect()
    }

    /// Gives the shape of a statement a place, unless it is no interest.
    fn shape(&mut self, facts: StatementFacts, place: &Place) -> Result<usize, Reason> {
        if let Some(reason) = sift::reason_whatever_is_known(&facts) {
            return Err(reason);
        }
        let key = (facts.fingerprint.id, self.dialect, place.clone());
        if let Some(at) = self.places.get(&key) {
            // Of several ways to write one shape the least is kept, whichever came first.
            if facts.skeleton < self.skeletons[*at] {
                self.skeletons[*at] = facts.skeleton;
            }
            return Ok(*at);
        }
        if self.places.len() >= SHAPES_MAX {
            return Err(Reason::TooManyShapes);
        }
        self.places.insert(key, self.skeletons.len());
        self.skeletons.push(facts.skeleton);
        self.uses.push(BTreeMap::new());
        Ok(self.skeletons.len() - 1)
    }

    fn used(&mut self, shape: usize, caller: &Caller, calls: u64, time: Option<i64>) {
        let callers = &mut self.uses[shape];
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

    /// Gives the shapes that have uses.
    pub(super) fn finish(mut self) -> Shapes {
        let mut uses = std::mem::take(&mut self.uses);
        for ((_, dialect, place), at) in std::mem::take(&mut self.places) {
            let mut callers = BTreeMap::new();
            for (caller, mut uses) in std::mem::take(&mut uses[at]) {
                let aside = uses.close(self.options.hourly_max);
                if aside > 0 {
                    self.aside(Reason::LoadTest, aside);
                }
                if uses.kept.times > 0 {
                    callers.insert(caller, uses.kept);
                }
            }
            if !callers.is_empty() {
                self.found.list.push(Shape {
                    skeleton: std::mem::take(&mut self.skeletons[at]),
                    dialect,
                    place,
                    callers,
                });
            }
        }
        self.found.sort();
        self.found
    }
}

impl Shapes {
    /// Brings the shapes into the order in which they are resolved, whatever order they were read in.
    pub(super) fn sort(&mut self) {
        let key = |shape: &Shape| (shape.dialect.as_str(), shape.place.clone());
        let shapes = &mut self.list;
        shapes.sort_by(|a, b| (&a.skeleton, key(a)).cmp(&(&b.skeleton, key(b))));
    }

    pub(super) fn set_aside(&mut self, reason: Reason, calls: u64) {
        let count = self.aside.entry(reason).or_default();
        *count = count.saturating_add(calls);
    }
}

impl Place {
    /// Gives the context that a statement is read in.
    pub(super) fn context<'a>(&self, dialect: Dialect, schema: &'a Schema) -> Context<'a> {
        let context = Context::new(dialect, schema).search_path(self.search_path.iter().cloned());
        match &self.database {
            Some(database) => context.database(database.clone()),
            None => context,
        }
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
