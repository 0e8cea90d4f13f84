//! The merged view of one snapshot as its difference from the union, and how a commit changes it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::groups::{Groups, solve};
use super::links::{Links, touched_names};
use super::rows::{Found, RowSet};
use super::rules::{Compiled, MergeRules};
use super::view::{Corrections, correct};
use crate::segment::{Pattern, Row};
use crate::snapshot::{Snapshot, Visible};

/// A commit that touches more rows than this and a quarter of the graph has the view made anew when next asked.
const TOUCHED_MAX: usize = 1 << 18;

/// What the merged view hides, adds and joins.
#[derive(Clone, Default)]
pub(crate) struct MergeState {
    pub(super) groups: Groups,
    pub(super) hidden: RowSet,
    pub(super) extra: RowSet,
}

impl MergeState {
    /// Makes the view from all claims.
    pub(super) fn build(snapshot: &Snapshot, rules: &MergeRules) -> Self {
        let compiled = Compiled::new(snapshot, rules);
        let mut groups = Groups::default();
        for (canonical, others) in solve(&compiled, Links::all(&compiled)) {
            groups.insert(canonical, others);
        }
        let mut things: Vec<u32> = groups.canonicals().collect();
        for alias in groups.aliases() {
            things.extend(subjects_of(&compiled, alias).map(|subject| groups.canonical(subject)));
        }
        // Of what says that names are one thing only what the groups say stays, also where nothing was joined.
        let same_as = Pattern {
            predicate: compiled.same_as,
            ..Pattern::default()
        };
        if compiled.same_as.is_some() && rules.identities.same_as {
            things.extend(
                compiled
                    .claims(same_as)
                    .map(|row| groups.canonical(row.subject)),
            );
        }
        contested(&compiled, &groups, &mut things);
        things.sort_unstable();
        things.dedup();
        let mut corrections = Corrections::default();
        for thing in things {
            correct(&compiled, &groups, thing, &mut corrections);
        }
        Self {
            groups,
            hidden: RowSet::new(corrections.hidden),
            extra: RowSet::new(corrections.extra),
        }
    }

    /// Makes the view of the next snapshot from this one and the rows that changed in between.
    ///
    /// `None` when so much changed that it is better made anew.
    pub(super) fn next(
        &self,
        snapshot: &Snapshot,
        rules: &MergeRules,
        touched: &[Row],
    ) -> Option<Self> {
        if touched.len() > TOUCHED_MAX.max(snapshot.len() as usize / 4) {
            return None;
        }
        let compiled = Compiled::new(snapshot, rules);
        let names = touched_names(&compiled, &self.groups, touched)?;
        let (groups, regrouped) = self.regroup(&compiled, &names);

        let mut things: FxHashSet<u32> = FxHashSet::default();
        let mut renamed: Vec<u32> = Vec::new();
        for &name in &regrouped {
            things.insert(groups.canonical(name));
            if groups.canonical(name) != self.groups.canonical(name) {
                renamed.push(name);
            }
        }
        for name in renamed {
            let pointing = subjects_of(&compiled, name);
            things.extend(pointing.map(|subject| groups.canonical(subject)));
        }
        things.extend(touched.iter().map(|row| groups.canonical(row.subject)));

        let mut things: Vec<u32> = things.into_iter().collect();
        things.sort_unstable();
        let mut before = Corrections::default();
        let mut after = Corrections::default();
        let mut seen: FxHashSet<u32> = FxHashSet::default();
        for thing in things {
            for name in groups.mates(thing).filter(|&name| seen.insert(name)) {
                before.hidden.extend(self.hidden.of_subject(name));
                before.extra.extend(self.extra.of_subject(name));
            }
            correct(&compiled, &groups, thing, &mut after);
        }
        Some(Self {
            groups,
            hidden: replaced(&self.hidden, before.hidden, after.hidden),
            extra: replaced(&self.extra, before.extra, after.extra),
        })
    }

    /// Groups some names anew; returns also those that are in another group than before.
    fn regroup(&self, compiled: &Compiled<'_>, names: &[u32]) -> (Groups, Vec<u32>) {
        let mut groups = self.groups.clone();
        if names.is_empty() {
            return (groups, Vec::new());
        }
        let mut before: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for &name in names {
            if self.groups.is_grouped(name) {
                before
                    .entry(self.groups.canonical(name))
                    .or_default()
                    .push(name);
            }
        }
        let mut regrouped: Vec<u32> = Vec::new();
        let mut same: FxHashSet<u32> = FxHashSet::default();
        let mut made = Vec::new();
        for (canonical, mut others) in solve(compiled, Links::among(compiled, names)) {
            others.sort_unstable();
            if self.groups.others(canonical) == others {
                same.insert(canonical);
                continue;
            }
            regrouped.push(canonical);
            regrouped.extend(&others);
            made.push((canonical, others));
        }
        let mut ended: Vec<u32> = before
            .keys()
            .copied()
            .filter(|old| !same.contains(old))
            .collect();
        ended.sort_unstable();
        for old in ended {
            regrouped.extend(self.groups.mates(old));
            groups.remove(old);
        }
        for (canonical, others) in made {
            groups.insert(canonical, others);
        }
        regrouped.sort_unstable();
        regrouped.dedup();
        (groups, regrouped)
    }

    /// The view of a snapshot with overlays: what they say moves to the names that stand for its ends.
    pub(super) fn with_derived(
        &self,
        snapshot: &Snapshot,
        rules: &MergeRules,
        derived: Visible,
    ) -> Self {
        if self.groups.is_empty() && self.extra.is_empty() {
            return self.clone();
        }
        let compiled = Compiled::new(snapshot, rules);
        let mut corrections = Corrections::default();
        let mut said = Vec::new();
        for row in snapshot.rows(Pattern::default(), derived, true) {
            let (s, o) = (
                self.groups.canonical(row.subject),
                self.groups.canonical(row.object),
            );
            let is_identity = compiled.is_same_as(row.predicate, row.object)
                && self.groups.is_grouped(row.subject);
            let stays = (s, o) == (row.subject, row.object);
            if stays || is_identity && s == row.subject && s == o {
                let here = Pattern {
                    subject: Some(row.subject),
                    predicate: Some(row.predicate),
                    object: Some(row.object),
                };
                said.extend(self.extra.find(here));
                continue;
            }
            if !self.hidden.says(row.subject, row.predicate, row.object) {
                corrections.hidden.push(Row { source: 0, ..row });
            }
            let moved = Row {
                subject: s,
                object: o,
                ..row
            };
            let there = Pattern {
                subject: Some(s),
                predicate: Some(row.predicate),
                object: Some(o),
            };
            let known = s == o
                || self.extra.find(there).next().is_some()
                || snapshot.rows(there, Visible::All, true).next().is_some();
            if !known {
                corrections.extra.push(moved);
            }
        }
        for rows in [&mut said, &mut corrections.hidden, &mut corrections.extra] {
            rows.sort_unstable();
            rows.dedup_by_key(|row| (row.subject, row.predicate, row.object));
        }
        Self {
            groups: self.groups.clone(),
            hidden: self.hidden.changed(&[], corrections.hidden),
            extra: self.extra.changed(&said, corrections.extra),
        }
    }

    pub(crate) fn groups(&self) -> &Groups {
        &self.groups
    }

    fn is_plain(&self) -> bool {
        self.hidden.len() + self.extra.len() == 0
    }

    /// Tells whether the merged view is the union for everything that matches.
    pub(crate) fn is_trivial(&self, pattern: Pattern) -> bool {
        self.is_plain() || self.hidden.estimate(pattern) == 0 && self.extra.estimate(pattern) == 0
    }

    #[inline]
    pub(crate) fn hides(&self, row: Row) -> bool {
        self.hidden.says(row.subject, row.predicate, row.object)
    }

    pub(crate) fn extra(&self, pattern: Pattern) -> Found<'_> {
        self.extra.find(pattern)
    }

    /// An upper bound of the number of added statements that match.
    pub(crate) fn estimate(&self, pattern: Pattern) -> usize {
        self.extra.estimate(pattern)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.groups.heap_bytes() + self.hidden.heap_bytes() + self.extra.heap_bytes()
    }
}

/// The set with the rows of some subjects replaced.
fn replaced(set: &RowSet, mut before: Vec<Row>, mut after: Vec<Row>) -> RowSet {
    before.sort_unstable();
    after.sort_unstable();
    let removed: Vec<Row> = before
        .iter()
        .filter(|row| after.binary_search(row).is_err())
        .copied()
        .collect();
    after.retain(|row| before.binary_search(row).is_err());
    set.changed(&removed, after)
}

fn subjects_of(compiled: &Compiled<'_>, object: u32) -> impl Iterator<Item = u32> {
    let pattern = Pattern {
        object: Some(object),
        ..Pattern::default()
    };
    compiled.claims(pattern).map(|row| row.subject)
}

/// The things of which several sources say a property that has a rule, or one source too much.
fn contested(compiled: &Compiled<'_>, groups: &Groups, things: &mut Vec<u32>) {
    for (predicate, single) in compiled.ruled() {
        let pattern = Pattern {
            predicate: Some(predicate),
            ..Pattern::default()
        };
        let mut pairs: Vec<(u32, u16)> = (compiled.claims(pattern))
            .map(|row| (groups.canonical(row.subject), row.source))
            .collect();
        if !single && pairs.windows(2).all(|pair| pair[0].1 == pair[1].1) {
            continue;
        }
        pairs.sort_unstable();
        if !single {
            pairs.dedup();
        }
        let more = pairs
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|of_one| of_one.len() > 1);
        things.extend(more.map(|of_one| of_one[0].0));
    }
}
