//! Applying rules forwards: the claims of a snapshot and what was derived, read as one.

use std::borrow::Cow;
use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{ANY, Fact, Facts};
use super::meter::Meter;
use super::rules::{Bindings, OPEN, Rule, Rules};
use crate::error::Result;
use crate::names::TermId;
use crate::snapshot::{Scope, Snapshot};

/// The words of the rules in the numbers of one snapshot.
struct Words {
    in_base: Vec<Option<u32>>,
    from_base: FxHashMap<u32, u32>,
}

impl Words {
    fn new(base: &Snapshot, rules: &Rules) -> Self {
        let find = |iri: &String| base.id_of_iri(iri).map(|id| id.0);
        let in_base: Vec<Option<u32>> = rules.words().iter().map(find).collect();
        let known = in_base.iter().enumerate();
        let from_base = known.filter_map(|(at, id)| Some(((*id)?, Rules::number_of(at))));
        Self {
            from_base: from_base.collect(),
            in_base,
        }
    }

    /// The term of the snapshot; `None` for a word that the snapshot does not know.
    fn to_base(&self, number: u32) -> Option<TermId> {
        match Rules::word_at(number) {
            Some(at) => self.in_base.get(at).copied().flatten().map(TermId),
            None => Some(TermId(number)),
        }
    }
}

/// The nodes that premises about the schema can be about, so that most statements need not be asked about at all.
/// They may hold too much: what was deleted stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Guards {
    sets: FxHashMap<(u32, Option<u32>), [FxHashSet<u32>; 2]>,
}

impl Guards {
    fn note(&mut self, [s, p, o]: Fact) {
        for object in [None, Some(o)] {
            if let Some([subjects, objects]) = self.sets.get_mut(&(p, object)) {
                subjects.insert(s);
                objects.insert(o);
            }
        }
    }

    /// Tells whether there may be such a statement.
    fn allow(&self, [s, p, o]: Fact) -> bool {
        let free = |set: &FxHashSet<u32>, node: u32| node == ANY || set.contains(&node);
        let fits = |object: Option<u32>| {
            let sets = self.sets.get(&(p, object));
            sets.map(|[subjects, objects]| free(subjects, s) && free(objects, o))
        };
        fits(Some(o)).or_else(|| fits(None)).unwrap_or(true)
    }
}

/// Claims, derived statements and rules.
pub(super) struct Engine<'a> {
    pub(super) base: &'a Snapshot,
    words: Words,
    pub(super) rules: &'a Rules,
    /// Borrowed from an earlier version until the first change.
    pub(super) derived: Cow<'a, Facts>,
    guards: Cow<'a, Guards>,
    pub(super) meter: Meter,
    queue: VecDeque<Fact>,
}

impl<'a> Engine<'a> {
    /// An engine that has derived nothing yet.
    pub(super) fn new(base: &'a Snapshot, rules: &'a Rules, meter: Meter) -> Self {
        let derived = Cow::Owned(Facts::new(rules.asks_for_nodes()));
        Self::with(base, rules, derived, Cow::Owned(Guards::default()), meter)
    }

    pub(super) fn with(
        base: &'a Snapshot,
        rules: &'a Rules,
        derived: Cow<'a, Facts>,
        guards: Cow<'a, Guards>,
        meter: Meter,
    ) -> Self {
        Self {
            base,
            words: Words::new(base, rules),
            rules,
            derived,
            guards,
            meter,
            queue: VecDeque::new(),
        }
    }

    /// Goes on with another snapshot, in which terms have the same numbers.
    pub(super) fn rebase(&mut self, base: &'a Snapshot) {
        self.words = Words::new(base, self.rules);
        self.base = base;
    }

    pub(super) fn finish(self) -> (Facts, Guards) {
        (self.derived.into_owned(), self.guards.into_owned())
    }

    /// A statement of the snapshot, with the words of the rules in their own numbers.
    pub(super) fn canonical(&self, [s, p, o]: [TermId; 3]) -> Fact {
        let number = |id: TermId| self.words.from_base.get(&id.0).copied().unwrap_or(id.0);
        [number(s), number(p), number(o)]
    }

    /// The terms of a statement; `None` when it names a word that the snapshot does not know.
    pub(super) fn terms(&self, [s, p, o]: Fact) -> Option<[TermId; 3]> {
        let to_base = |number| self.words.to_base(number);
        Some([to_base(s)?, to_base(p)?, to_base(o)?])
    }

    /// Tells whether a source claims the statement.
    pub(super) fn claims(&self, fact: Fact) -> bool {
        self.terms(fact).is_some_and(|[s, p, o]| {
            let mut found = self.base.matching(Some(s), Some(p), Some(o), Scope::Claims);
            found.next().is_some()
        })
    }

    pub(super) fn holds(&self, fact: Fact) -> bool {
        self.derived.contains(fact) || self.claims(fact)
    }

    /// The statements with these parts; [`ANY`] for a part that is open.
    pub(super) fn matching(&self, [s, p, o]: Fact) -> Result<Vec<Fact>> {
        let mut found = Vec::new();
        let part = |number: u32| match number {
            ANY => Some(None),
            number => self.words.to_base(number).map(Some),
        };
        if let (Some(subject), Some(predicate), Some(object)) = (part(s), part(p), part(o)) {
            let matching = self.base.matching(subject, predicate, object, Scope::Union);
            for statement in matching {
                found.push(self.canonical([
                    statement.subject,
                    statement.predicate,
                    statement.object,
                ]));
                // A predicate that half of the graph has must not go uncharged until it is read.
                if found.len().is_multiple_of(1 << 16) {
                    self.meter.visit(0)?;
                }
            }
        }
        self.derived.collect(s, p, o, &mut found);
        self.meter.visit(found.len())?;
        Ok(found)
    }

    /// Derives everything from the claims alone.
    pub(super) fn derive_all(&mut self) -> Result<()> {
        for &(predicate, object) in &self.rules.guarded {
            self.guards
                .to_mut()
                .sets
                .entry((predicate, object))
                .or_default();
            for fact in self.matching([ANY, predicate, object.unwrap_or(ANY)])? {
                self.guards.to_mut().note(fact);
            }
        }
        // Each rule starts at its rarest premise: no need to look at every claim.
        for rule in &self.rules.list {
            for fact in self.matching(rule.body[0].bound(&OPEN))? {
                let mut found = Vec::new();
                self.apply(rule, 0, fact, &mut found)?;
                self.add(&found)?;
            }
        }
        self.run()
    }

    /// Notes new claims, and derives what follows from them.
    pub(super) fn claimed(&mut self, fact: Fact) {
        self.guards.to_mut().note(fact);
        self.queue.push_back(fact);
    }

    /// Applies the rules to what is queued until nothing new follows.
    pub(super) fn run(&mut self) -> Result<()> {
        while let Some(fact) = self.queue.pop_front() {
            let mut found = Vec::new();
            self.follow(fact, &mut found)?;
            self.add(&found)?;
        }
        Ok(())
    }

    /// Adds conclusions that are new and can be said.
    pub(super) fn add(&mut self, found: &[Fact]) -> Result<()> {
        for &fact in found {
            if self.derived.contains(fact) || !self.can_be_said(fact) || self.claims(fact) {
                continue;
            }
            self.derived.to_mut().insert(fact);
            self.guards.to_mut().note(fact);
            self.queue.push_back(fact);
            self.meter.derived(self.derived.len())?;
        }
        Ok(())
    }

    /// No literal is a subject, only an IRI is a predicate, and that a thing is itself is no news.
    pub(super) fn can_be_said(&self, [s, p, o]: Fact) -> bool {
        let is_iri = |number| match Rules::word_at(number) {
            Some(_) => true,
            None => self.base.is_iri(TermId(number)),
        };
        let can_be_subject = match Rules::word_at(s) {
            Some(_) => true,
            None => {
                !self.base.is_literal(TermId(s)) && (is_iri(s) || self.base.is_blank(TermId(s)))
            }
        };
        is_iri(p) && can_be_subject && !(Some(p) == self.rules.same_as && s == o)
    }

    /// Gives every conclusion of a statement and others that hold.
    pub(super) fn follow(&self, fact: Fact, out: &mut Vec<Fact>) -> Result<()> {
        let named = self
            .rules
            .by_predicate
            .get(&fact[1])
            .map_or(&[][..], Vec::as_slice);
        for &(rule, at) in named.iter().chain(&self.rules.any_predicate) {
            self.apply(&self.rules.list[rule], at, fact, out)?;
        }
        Ok(())
    }

    /// Gives every conclusion of one rule that has the statement as this premise.
    fn apply(&self, rule: &Rule, at: usize, fact: Fact, out: &mut Vec<Fact>) -> Result<()> {
        let mut bindings = OPEN;
        if rule.body[at].bind(fact, &mut bindings) {
            self.join(rule, &rule.after[at], bindings, &mut |bindings| {
                out.push(rule.head.bound(bindings));
                true
            })?;
        }
        Ok(())
    }

    /// Looks up the premises one after the other; `done` says whether to go on. False when it did not.
    pub(super) fn join(
        &self,
        rule: &Rule,
        order: &[usize],
        bindings: Bindings,
        done: &mut dyn FnMut(&Bindings) -> bool,
    ) -> Result<bool> {
        let Some((&next, rest)) = order.split_first() else {
            return Ok(done(&bindings));
        };
        let wanted = rule.body[next].bound(&bindings);
        if !self.guards.allow(wanted) {
            return Ok(true);
        }
        if !wanted.contains(&ANY) {
            self.meter.visit(1)?;
            return if self.holds(wanted) {
                self.join(rule, rest, bindings, done)
            } else {
                Ok(true)
            };
        }
        for fact in self.matching(wanted)? {
            let mut bindings = bindings;
            if rule.body[next].bind(fact, &mut bindings)
                && !self.join(rule, rest, bindings, done)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Tells whether a statement follows in one step from what holds.
    pub(super) fn follows(&self, fact: Fact) -> Result<bool> {
        for rule in &self.rules.list {
            let mut bindings = OPEN;
            if rule.head.bind(fact, &mut bindings)
                && !self.join(rule, &rule.backwards, bindings, &mut |_| false)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
