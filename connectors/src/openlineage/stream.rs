//! Events one by one: for each the statements that go and that come.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::SourceName;
use graph_core::rdf::Statement;
use rustc_hash::{FxHashMap, FxHashSet};

use super::event::Event;
use super::names::Name;
use super::remember;
use super::state::{Key, State};
use super::write;
use crate::StatementBuilder;

/// What an event changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// Statements that are no longer so.
    pub remove: Vec<Statement>,
    /// Statements that are new.
    pub add: Vec<Statement>,
}

/// What goes and comes, as far as it is known.
#[derive(Default)]
struct Draft {
    remove: FxHashSet<Statement>,
    add: FxHashSet<Statement>,
}

/// The state of one source, kept up to date by events.
///
/// It is the same as if all events had been read from files; a stream that is made from the statements of a source goes on
/// where the one before it ended.
#[derive(Debug)]
pub struct Stream {
    source: SourceName,
    state: State,
    /// How many things make each statement: an owner, for instance, is one of many.
    claims: FxHashMap<Statement, u32>,
    /// How many runs of each job are kept.
    runs_kept: usize,
}

impl Stream {
    /// Makes a stream that goes on from the statements of its source; none for a new one.
    ///
    /// Takes time linear in the number of statements.
    pub fn new(source: &SourceName, statements: impl Iterator<Item = Statement>) -> Self {
        let mut stream = Self {
            source: source.clone(),
            state: remember::state(statements),
            claims: FxHashMap::default(),
            runs_kept: usize::MAX,
        };
        let datasets = stream.state.datasets.keys().cloned().map(Key::Dataset);
        let jobs = stream.state.jobs.keys().cloned().map(Key::Job);
        let runs = stream.state.runs.keys().cloned().map(Key::Run);
        let keys: Vec<Key> = datasets.chain(jobs).chain(runs).collect();
        for key in keys {
            for statement in written(&stream.source, &stream.state, &key) {
                *stream.claims.entry(statement).or_default() += 1;
            }
        }
        stream
    }

    /// Forgets the runs of a job that are older than the last so many, at the next event of the job. The run that shows what
    /// the job reads and writes stays however old it is, and so does what the forgotten ones told of datasets.
    #[must_use]
    pub fn keeping(mut self, runs: usize) -> Self {
        self.runs_kept = runs;
        self
    }

    /// Takes events in, and gives what changes; takes time linear in what they touch.
    pub fn fold<'e>(&mut self, events: impl IntoIterator<Item = &'e Event>) -> Patch {
        let mut before: BTreeMap<Key, Vec<Statement>> = BTreeMap::new();
        let mut jobs: BTreeSet<Name> = BTreeSet::new();
        for event in events {
            jobs.extend(event.job.iter().map(|(name, _)| name.clone()));
            for key in self.state.reach(event) {
                before
                    .entry(key)
                    .or_insert_with_key(|key| written(&self.source, &self.state, key));
            }
            self.state.fold(event);
        }
        for job in jobs {
            for id in self.state.surplus(&job, self.runs_kept) {
                before
                    .entry(Key::Run(id.clone()))
                    .or_insert_with_key(|key| written(&self.source, &self.state, key));
                self.state.forget(&id, &job);
            }
        }
        let mut patch = Draft::default();
        for (key, old) in before {
            let new = written(&self.source, &self.state, &key);
            let is_old: FxHashSet<&Statement> = old.iter().collect();
            let is_new: FxHashSet<&Statement> = new.iter().collect();
            for statement in old.iter().filter(|statement| !is_new.contains(statement)) {
                self.release(statement, &mut patch);
            }
            for statement in new.iter().filter(|statement| !is_old.contains(statement)) {
                self.claim(statement, &mut patch);
            }
        }
        Patch {
            remove: sorted(patch.remove),
            add: sorted(patch.add),
        }
    }

    fn claim(&mut self, statement: &Statement, patch: &mut Draft) {
        let claims = self.claims.entry(statement.clone()).or_default();
        *claims += 1;
        if *claims == 1 && !patch.remove.remove(statement) {
            patch.add.insert(statement.clone());
        }
    }

    fn release(&mut self, statement: &Statement, patch: &mut Draft) {
        let Some(claims) = self.claims.get_mut(statement) else {
            return;
        };
        *claims -= 1;
        if *claims == 0 {
            self.claims.remove(statement);
            if !patch.add.remove(statement) {
                patch.remove.insert(statement.clone());
            }
        }
    }
}

/// Gives what a state says of one thing.
fn written(source: &SourceName, state: &State, key: &Key) -> Vec<Statement> {
    let mut out = StatementBuilder::new(source);
    write(state, key, &mut out);
    out.finish()
}

fn sorted(statements: FxHashSet<Statement>) -> Vec<Statement> {
    let mut statements: Vec<Statement> = statements.into_iter().collect();
    statements.sort_by_cached_key(ToString::to_string);
    statements
}
