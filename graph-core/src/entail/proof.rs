//! Why a statement holds: the rules and claims behind it.

use std::borrow::Cow;
use std::rc::Rc;

use oxrdf::Triple;
use rustc_hash::FxHashMap;

use super::engine::Engine;
use super::facts::Fact;
use super::meter::Meter;
use super::rules::{OPEN, Rules};
use super::{Entailment, Limits};
use crate::error::{Error, Result};
use crate::names::SourceName;
use crate::snapshot::Scope;

/// Proofs of more steps on top of each other are not looked for.
const HEIGHT_MAX: usize = 64;

/// A statement with what it rests on, down to claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The statement.
    pub statement: Triple,
    /// The rule that gives it; none for a claim.
    pub rule: Option<String>,
    /// The sources that claim it; none for what is only derived.
    pub sources: Vec<SourceName>,
    /// The proofs of the rule's premises.
    pub premises: Vec<Self>,
}

impl Proof {
    /// Returns the number of rule applications.
    pub fn steps(&self) -> usize {
        usize::from(self.rule.is_some()) + self.premises.iter().map(Self::steps).sum::<usize>()
    }
}

/// Writes the statement, the rule or the sources behind it, and below it its premises, further in.
impl std::fmt::Display for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rows = vec![(self, 0)];
        while let Some((proof, depth)) = rows.pop() {
            write!(f, "{:1$}{2}", "", depth * 2, proof.statement)?;
            if let Some(rule) = &proof.rule {
                writeln!(f, "  by {rule}")?;
            } else {
                let sources: Vec<&str> = proof.sources.iter().map(SourceName::as_str).collect();
                writeln!(f, "  says {}", sources.join(", "))?;
            }
            rows.extend(
                proof
                    .premises
                    .iter()
                    .rev()
                    .map(|premise| (premise, depth + 1)),
            );
        }
        Ok(())
    }
}

impl Entailment {
    /// Finds out why a statement holds: the proof of the least height, which goes round no circle. `None` when it
    /// neither is claimed nor follows.
    ///
    /// Blank nodes are known by the labels of [`crate::Snapshot::term`].
    ///
    /// # Errors
    /// [`Error::EntailmentTooLarge`] when the search goes over a limit, [`Error::Cancelled`].
    pub fn why(&self, statement: &Triple, limits: &Limits) -> Result<Option<Proof>> {
        let Some(fact) = self.fact(statement) else {
            return Ok(None);
        };
        let meter = Meter::new(self.regime, limits);
        let (facts, guards) = (Cow::Borrowed(&self.facts), Cow::Borrowed(&self.guards));
        let engine = Engine::with(&self.base, &self.rules, facts, guards, meter);
        if !engine.holds(fact) {
            return Ok(None);
        }
        let mut search = Search {
            engine,
            found: FxHashMap::default(),
            failed: FxHashMap::default(),
        };
        match search.least(fact, HEIGHT_MAX)? {
            Some(proof) => Ok(Some(self.told(&search.engine, &proof)?)),
            None => Err(Error::EntailmentTooLarge {
                regime: self.regime.name(),
                what: "steps of a proof on top of each other",
                limit: HEIGHT_MAX as u64,
            }),
        }
    }

    /// The numbers of a statement, when all of its terms are known.
    fn fact(&self, statement: &Triple) -> Option<Fact> {
        let number = |term: &oxrdf::Term| {
            let word = match term {
                oxrdf::Term::NamedNode(node) => {
                    let words = self.rules.words();
                    words.iter().position(|word| word == node.as_str())
                }
                _ => None,
            };
            match word {
                Some(at) => Some(Rules::number_of(at)),
                None => self.base.id(term).map(|id| id.0),
            }
        };
        Some([
            number(&statement.subject.clone().into())?,
            number(&statement.predicate.clone().into())?,
            number(&statement.object)?,
        ])
    }

    fn told(&self, engine: &Engine<'_>, proof: &Found) -> Result<Proof> {
        engine.meter.visit(1)?;
        let ids = engine.terms(proof.fact);
        let mut sources = Vec::new();
        if let (Some([s, p, o]), None) = (ids, proof.rule) {
            for claim in self.base.matching(Some(s), Some(p), Some(o), Scope::Claims) {
                let info = self.base.source_info(claim.source);
                sources.extend(info.map(|info| info.name.clone()));
            }
            sources.sort_unstable();
            sources.dedup();
        }
        let premises = proof.premises.iter();
        let premises = premises.map(|premise| self.told(engine, premise));
        Ok(Proof {
            statement: self.statement(proof.fact),
            rule: proof.rule.map(str::to_owned),
            sources,
            premises: premises.collect::<Result<_>>()?,
        })
    }

    fn statement(&self, [s, p, o]: Fact) -> Triple {
        let term =
            |number: u32| match Rules::word_at(number).and_then(|at| self.rules.words().get(at)) {
                Some(iri) => oxrdf::NamedNode::new_unchecked(iri).into(),
                None => self.base.term(crate::TermId(number)),
            };
        let named = |number: u32| match term(number) {
            oxrdf::Term::NamedNode(node) => node,
            other => oxrdf::NamedNode::new_unchecked(other.to_string()),
        };
        let subject = match term(s) {
            oxrdf::Term::BlankNode(node) => node.into(),
            _ => oxrdf::NamedOrBlankNode::from(named(s)),
        };
        Triple::new(subject, named(p), term(o))
    }
}

/// A proof in numbers.
struct Found {
    fact: Fact,
    height: usize,
    rule: Option<&'static str>,
    premises: Vec<Rc<Self>>,
}

struct Search<'a> {
    engine: Engine<'a>,
    /// Proofs of the least height.
    found: FxHashMap<Fact, Rc<Found>>,
    /// The greatest height up to which there is no proof.
    failed: FxHashMap<Fact, usize>,
}

impl Search<'_> {
    /// Looks for the proof of the least height, up to a height.
    ///
    /// Its premises have proofs of the least height too. A circle would have a lower proof of the same within it.
    fn least(&mut self, fact: Fact, height_max: usize) -> Result<Option<Rc<Found>>> {
        if let Some(found) = self.found.get(&fact) {
            return Ok((found.height <= height_max).then(|| Rc::clone(found)));
        }
        let from = self.failed.get(&fact).map_or(0, |height| height + 1);
        for height in from..=height_max {
            if let Some((rule, premises)) = self.at_height(fact, height)? {
                let found = Rc::new(Found {
                    fact,
                    height,
                    rule,
                    premises,
                });
                self.found.insert(fact, Rc::clone(&found));
                return Ok(Some(found));
            }
            self.failed.insert(fact, height);
        }
        Ok(None)
    }

    /// Looks for a proof of this height, where there is none lower.
    fn at_height(&mut self, fact: Fact, height: usize) -> Result<Option<Step>> {
        let Some(below) = height.checked_sub(1) else {
            return Ok(self.engine.claims(fact).then(Step::default));
        };
        let rules = self.engine.rules;
        for rule in &rules.list {
            let mut bindings = OPEN;
            if !rule.head.bind(fact, &mut bindings) {
                continue;
            }
            let mut ways: Vec<Vec<Fact>> = Vec::new();
            self.engine
                .join(rule, &rule.backwards, bindings, &mut |bindings| {
                    ways.push(rule.body.iter().map(|atom| atom.bound(bindings)).collect());
                    true
                })?;
            for way in ways {
                let mut premises = Vec::with_capacity(way.len());
                for premise in way {
                    match self.least(premise, below)? {
                        Some(proof) => premises.push(proof),
                        None => break,
                    }
                }
                if premises.len() == rule.body.len() {
                    return Ok(Some((Some(rule.name), premises)));
                }
            }
        }
        Ok(None)
    }
}

/// A rule and the proofs of its premises; no rule for a claim.
type Step = (Option<&'static str>, Vec<Rc<Found>>);
