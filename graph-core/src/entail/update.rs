//! Keeping derived statements up to date: what changed, what loses its reason, what follows anew.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::Entailment;
use super::engine::{Engine, Guards};
use super::facts::{Fact, Facts};
use super::meter::Meter;
use super::rules::Rules;
use crate::error::Result;
use crate::names::TermId;
use crate::snapshot::{Scope, Snapshot};

/// Changes of more than one claim in so many are derived anew.
const LARGE_CHANGE: u64 = 4;
/// Changes of up to so many claims never are.
const SMALL_CHANGE: u64 = 10_000;

/// The claims of which no source said the same before or says it after.
pub(super) struct Change {
    removed: Vec<[TermId; 3]>,
    added: Vec<[TermId; 3]>,
}

impl Change {
    pub(super) fn len(&self) -> u64 {
        (self.removed.len() + self.added.len()) as u64
    }
}

/// What an update comes to.
pub(super) struct Updated {
    pub(super) facts: Facts,
    pub(super) guards: Guards,
    pub(super) visits: u64,
    pub(super) doubted: u64,
}

/// What the claims of two snapshots differ in; `None` when it is no use to know: terms have other numbers, or
/// too much is different.
pub(super) fn difference(
    old: &Snapshot,
    new: &Snapshot,
    rules: &Rules,
    facts: &Facts,
) -> Option<Change> {
    let mut only_old = Vec::new();
    let mut only_new = Vec::new();
    let changed = old.sources().iter().filter(|info| !info.derived);
    for info in changed {
        let now = new.source_info(info.id);
        if now.is_some_and(|now| now.version == info.version && now.name == info.name) {
            continue;
        }
        only_old.push(info.id);
        only_new.extend(now.map(|now| now.id));
    }
    let fresh = new.sources().iter().filter(|info| !info.derived);
    for info in fresh.filter(|info| old.source_info(info.id).is_none()) {
        only_new.push(info.id);
    }
    let said = |snapshot: &Snapshot, sources: &[crate::SourceId]| {
        let mut said: Vec<[TermId; 3]> = sources
            .iter()
            .flat_map(|source| snapshot.matching(None, None, None, Scope::Source(*source)))
            .map(|found| [found.subject, found.predicate, found.object])
            .collect();
        said.sort_unstable();
        said.dedup();
        said
    };
    let (before, after) = (said(old, &only_old), said(new, &only_new));
    if !same_numbers(old, new, rules, facts, &before) {
        return None;
    }
    let has = |snapshot: &Snapshot, [s, p, o]: [TermId; 3]| {
        let bound = snapshot.term_bound();
        [s, p, o].iter().all(|id| id.index() < bound)
            && snapshot
                .matching(Some(s), Some(p), Some(o), Scope::Claims)
                .next()
                .is_some()
    };
    let missing = |from: &[[TermId; 3]], other: &[[TermId; 3]], snapshot: &Snapshot| {
        let gone = from
            .iter()
            .filter(|said| other.binary_search(said).is_err() && !has(snapshot, **said));
        gone.copied().collect()
    };
    let change = Change {
        removed: missing(&before, &after, new),
        added: missing(&after, &before, old),
    };
    let is_small = change.len() <= SMALL_CHANGE.max(new.len() / LARGE_CHANGE);
    is_small.then_some(change)
}

/// Tells whether the terms that matter have the same numbers in both snapshots.
fn same_numbers(
    old: &Snapshot,
    new: &Snapshot,
    rules: &Rules,
    facts: &Facts,
    claims: &[[TermId; 3]],
) -> bool {
    if old.numbers_terms_like(new) {
        return true;
    }
    let mut seen = FxHashSet::default();
    let derived = facts.iter().flatten();
    let claimed = claims.iter().flatten().map(|id| id.0);
    derived
        .filter(|number| Rules::word_at(*number).is_none_or(|at| at >= rules.words().len()))
        .chain(claimed)
        .filter(|number| seen.insert(*number))
        .map(TermId)
        .all(|id| id.index() < new.term_bound() && old.term(id) == new.term(id))
}

/// Delete and rederive, then derive what the additions bring.
pub(super) fn update(
    before: &Entailment,
    base: &Snapshot,
    rules: &Rules,
    change: &Change,
    meter: Meter,
) -> Result<Updated> {
    let (facts, guards) = (Cow::Borrowed(&before.facts), Cow::Borrowed(&before.guards));
    let mut engine = Engine::with(&before.base, rules, facts, guards, meter);
    let removed: Vec<Fact> = change
        .removed
        .iter()
        .map(|ids| engine.canonical(*ids))
        .collect();
    let doubted = doubt(&engine, &removed)?;
    engine.rebase(base);
    for fact in &doubted {
        engine.derived.to_mut().remove(*fact);
    }
    let added: Vec<Fact> = change
        .added
        .iter()
        .map(|ids| engine.canonical(*ids))
        .collect();
    for fact in &added {
        // What is claimed is no longer derived.
        engine.derived.to_mut().remove(*fact);
        engine.claimed(*fact);
    }
    // What lost one reason may have another; what follows from it is found by going on from there.
    let mut kept = Vec::new();
    for fact in doubted.iter().chain(&removed) {
        if engine.can_be_said(*fact) && !engine.claims(*fact) && engine.follows(*fact)? {
            kept.push(*fact);
        }
    }
    engine.add(&kept)?;
    engine.run()?;
    let visits = engine.meter.visits();
    let (facts, guards) = engine.finish();
    Ok(Updated {
        facts,
        guards,
        visits,
        doubted: doubted.len() as u64,
    })
}

/// The derived statements that rest on what was removed, however far.
fn doubt(engine: &Engine<'_>, removed: &[Fact]) -> Result<Vec<Fact>> {
    let mut doubted = Vec::new();
    let mut seen: FxHashSet<Fact> = FxHashSet::default();
    let mut queue: Vec<Fact> = removed.to_vec();
    while let Some(fact) = queue.pop() {
        let mut found = Vec::new();
        engine.follow(fact, &mut found)?;
        for conclusion in found {
            if engine.derived.contains(conclusion) && seen.insert(conclusion) {
                doubted.push(conclusion);
                queue.push(conclusion);
            }
        }
    }
    Ok(doubted)
}
