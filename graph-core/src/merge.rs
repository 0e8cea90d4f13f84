//! The merged view: of what the sources claim, the winners, with the names that mean one thing joined.
//!
//! [`MergeRules`] say whose values of a property win and which names mean one thing. The view is kept as its
//! difference from the union: statements to hide and statements to add, in [`rows::RowSet`]s that are empty where no
//! source contradicts another. It is made when it is first asked for; from then on each commit changes only what it
//! touches ([`state::MergeState::next`]). What it says is a function of the claims and the rules alone: made anew it is
//! the same, which a test holds it to.

mod constants;
mod groups;
mod links;
mod rows;
mod rules;
mod state;
mod sure;
mod verdicts;
mod view;

use std::sync::{Arc, OnceLock};

pub use rules::{ChildRule, IdentityRules, MergeRules, PropertyRule};
pub use sure::{SureRule, Thousandths};
pub use verdicts::{Outcome, Verdict};

pub(crate) use constants::canonicalise;
pub(crate) use rows::Found;
pub(crate) use state::MergeState;

use crate::error::Result;
use crate::names::TermId;
use crate::segment::{Pattern, Row};
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Assembler;

/// The rules of a snapshot and, once asked for, the merged view that they make.
#[derive(Clone, Default)]
pub(crate) struct Merge {
    rules: Arc<MergeRules>,
    /// Changes with the numbers of the terms.
    numbering: Arc<()>,
    claimed: Arc<OnceLock<MergeState>>,
    /// The same with the overlays.
    shown: Arc<OnceLock<MergeState>>,
}

impl Merge {
    fn with_rules(rules: Arc<MergeRules>) -> Self {
        Self {
            rules,
            ..Self::default()
        }
    }

    /// Forgets the view: the terms have other numbers now.
    pub(crate) fn renumbered(&mut self) {
        *self = Self::with_rules(Arc::clone(&self.rules));
    }

    /// Forgets the view: there are other claims now. [`Snapshot::follow_merge`] may bring it back.
    pub(crate) fn changed(&mut self) {
        self.claimed = Arc::default();
        self.shown = Arc::default();
    }

    /// Forgets the view of the overlays: another one came.
    pub(crate) fn overlaid(&mut self) {
        self.shown = Arc::default();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        let states = [self.claimed.get(), self.shown.get()];
        states
            .into_iter()
            .flatten()
            .map(MergeState::heap_bytes)
            .sum()
    }
}

/// How far the merged view is from the union.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeStats {
    /// Things with more than one name.
    pub groups: usize,
    /// Their names.
    pub names: usize,
    /// Statements of the union that the merged view leaves out.
    pub hidden: usize,
    /// Statements of the merged view that no source claims in that form.
    pub added: usize,
    /// Memory that the difference takes.
    pub heap_bytes: usize,
}

impl Snapshot {
    /// Returns the rules of the merged view.
    pub fn merge_rules(&self) -> &MergeRules {
        &self.merge.rules
    }

    /// Returns the same graph with other rules for the merged view.
    ///
    /// # Errors
    /// [`crate::Error::InvalidMergeRule`] for a property that is no IRI.
    pub fn with_merge_rules(&self, rules: impl Into<Arc<MergeRules>>) -> Result<Self> {
        let rules = rules.into();
        rules.check()?;
        if rules == self.merge.rules {
            return Ok(self.clone());
        }
        let mut assembler = Assembler::on(self);
        if rules.identities.joins() {
            // The view says it of every name that it joins, even if no source does.
            assembler.property(rules::SAME_AS)?;
        }
        let mut next = assembler.finish(self);
        next.merge = Merge::with_rules(rules);
        Ok(next)
    }

    /// The difference between the merged view and the union; `None` without rules.
    pub(crate) fn merge_state(&self) -> Option<&MergeState> {
        let Merge {
            rules,
            claimed,
            shown,
            ..
        } = &self.merge;
        if rules.is_empty() {
            return None;
        }
        let claimed = claimed.get_or_init(|| MergeState::build(self, rules));
        if !self.has_overlays() {
            return Some(claimed);
        }
        Some(shown.get_or_init(|| claimed.with_derived(self, rules, self.derived())))
    }

    /// Follows a change: `before` is the snapshot from which this one was made, `touched` are the rows that were added
    /// or removed on the way.
    pub(crate) fn follow_merge(&mut self, before: &Self, touched: &[Row]) {
        let kinds_stay = before.sources().iter().all(|old| {
            let new = self.source_info(old.id);
            new.is_none_or(|new| new.kind == old.kind)
        });
        let same_numbers = Arc::ptr_eq(&before.merge.numbering, &self.merge.numbering);
        let state = before
            .merge
            .claimed
            .get()
            .filter(|_| kinds_stay && same_numbers);
        let next = state.and_then(|state| state.next(self, &before.merge.rules, touched));
        self.merge.changed();
        if let Some(next) = next {
            self.merge.claimed = Arc::new(OnceLock::from(next));
        }
    }

    /// The merged view without what overlays say.
    pub(crate) fn merged_claims(&self) -> impl Iterator<Item = Row> + use<'_> {
        // The view of the claims alone is made on the way to the one with overlays.
        let state = self.merge_state().and_then(|_| self.merge.claimed.get());
        let rows = self.rows(Pattern::default(), self.claims(), true);
        let extra = state.map(|state| state.extra(Pattern::default()));
        rows.filter(move |&row| state.is_none_or(|state| !state.hides(row)))
            .chain(extra.into_iter().flatten())
    }

    /// The difference as far as it matters for a pattern.
    pub(crate) fn merge_corrections(&self, pattern: Pattern) -> Option<(&MergeState, Found<'_>)> {
        if self.merge_is_trivial(pattern) {
            return None;
        }
        let state = self.merge_state()?;
        Some((state, state.extra(pattern)))
    }

    pub(crate) fn has_merge_rules(&self) -> bool {
        !self.merge.rules.is_empty()
    }

    /// Tells whether the merged view is the union for everything that matches the pattern.
    pub(crate) fn merge_is_trivial(&self, pattern: Pattern) -> bool {
        match self.merge_state() {
            Some(state) => state.is_trivial(pattern),
            None => self.is_all_united(),
        }
    }

    /// Returns the name that stands for this one in the merged view; the name itself when it means nothing else.
    pub fn canonical(&self, id: TermId) -> TermId {
        self.merge_state()
            .map_or(id, |state| TermId(state.groups().canonical(id.0)))
    }

    /// Returns all names that mean the same as this one, the one that stands for them first.
    pub fn names_of(&self, id: TermId) -> Vec<TermId> {
        let canonical = self.canonical(id);
        let others = self
            .merge_state()
            .map_or(&[][..], |state| state.groups().others(canonical.0));
        let mut others: Vec<TermId> = others.iter().map(|&other| TermId(other)).collect();
        others.sort_by_cached_key(|&other| self.text(other));
        std::iter::once(canonical).chain(others).collect()
    }

    /// Returns how far the merged view is from the union.
    pub fn merge_stats(&self) -> MergeStats {
        let Some(state) = self.merge_state() else {
            return MergeStats::default();
        };
        let (groups, names) = state.groups().size();
        MergeStats {
            groups,
            names,
            hidden: state.hidden.len(),
            added: state.extra.len(),
            heap_bytes: state.heap_bytes(),
        }
    }
}
