//! Entailment: statements that follow from the claims by the rules of a regime, each with its proof.
//!
//! Opt-in and named: [`Regime::Skos`], [`Regime::Rdfs`], [`Regime::OwlRl`]; without a regime nothing is derived. What
//! follows lies in a source of its own on top of the snapshot (`urn:isogloss:entailment:<regime>`), never among the
//! claims: [`Entailment::view`] shows both, exports and the data folder never see it.
//!
//! [`Entailment::of`] derives everything; [`Entailment::next`] starts from what an earlier version derived and does the
//! work that the difference asks for: additions semi-naively, removals by delete and rederive. Both end in the same
//! statements. Over a limit there is an error, never a part of the answer.
//!
//! ```
//! use graph_core::entail::{Entailment, Limits, Regime};
//! use graph_core::rdf::{NamedNode, Statement};
//! use graph_core::{Change, Commit, Store, Timestamp};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let term = |name: &str| NamedNode::new(format!("urn:term:{name}"));
//! let skos = |name: &str| NamedNode::new(format!("http://www.w3.org/2004/02/skos/core#{name}"));
//! let store = Store::in_memory();
//! store.commit(Commit {
//!     source: "glossary".try_into()?,
//!     kind: "rdf".to_owned(),
//!     actor: "ada".to_owned(),
//!     time: Timestamp(0),
//!     change: Change::Replace(vec![
//!         Statement::new(term("revenue")?, skos("broader")?, term("income")?),
//!         Statement::new(term("income")?, skos("broader")?, term("money")?),
//!     ]),
//! })?;
//! let entailed = Entailment::of(store.snapshot(), Regime::Skos, &Limits::default())?;
//! let far = Statement::new(term("revenue")?, skos("broaderTransitive")?, term("money")?);
//! let proof = entailed.why(&far, &Limits::default())?.expect("it follows");
//! assert_eq!(proof.rule.as_deref(), Some("skos-broader-transitive"));
//! assert_eq!(proof.premises.len(), 2);
//! # Ok(())
//! # }
//! ```

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

mod engine;
mod facts;
mod meter;
mod proof;
mod rules;
mod update;

use crate::error::{Error, Result};
use crate::names::SourceName;
use crate::snapshot::Snapshot;
use crate::sparql::CancellationToken;
use engine::{Engine, Guards};
use facts::Facts;
use meter::Meter;
pub use proof::Proof;
use rules::Rules;

/// The place of a word in the list of words; `None` for the number of a term of the graph.
pub(crate) fn word_at(number: u32) -> Option<usize> {
    Rules::word_at(number)
}

/// A named set of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Regime {
    /// SKOS: broader and narrower with their closures, related, and the mapping relations.
    Skos,
    /// RDFS: sub-classes, sub-properties, domains and ranges.
    Rdfs,
    /// A part of OWL 2 RL: RDFS, and inverse, symmetric, transitive, functional and equivalent properties, equivalent
    /// classes, `owl:sameAs`.
    OwlRl,
}

impl Regime {
    /// Every regime.
    pub const ALL: [Self; 3] = [Self::Skos, Self::Rdfs, Self::OwlRl];

    /// Returns the name that callers choose it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skos => "skos",
            Self::Rdfs => "rdfs",
            Self::OwlRl => "owl-rl",
        }
    }

    /// Returns the source under which the view shows what follows.
    ///
    /// # Errors
    /// None: the names are well-formed.
    pub fn source_name(self) -> Result<SourceName> {
        SourceName::new(format!("urn:isogloss:entailment:{}", self.name()))
    }

    /// Reads the choice of a caller; `none` chooses no regime.
    ///
    /// # Errors
    /// [`Error::UnknownRegime`] naming those that are known.
    pub fn choose(name: &str) -> Result<Option<Self>> {
        if name == "none" {
            return Ok(None);
        }
        name.parse().map(Some)
    }
}

impl std::fmt::Display for Regime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Regime {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|regime| regime.name() == name)
            .ok_or_else(|| Error::UnknownRegime {
                name: name.to_owned(),
            })
    }
}

/// What a derivation may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Statements derived.
    pub max_derived: u64,
    /// Statements looked at.
    pub max_visits: u64,
    /// Wall time.
    pub deadline: Option<Duration>,
    /// Stops the derivation from another thread.
    pub cancel: CancellationToken,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_derived: 5_000_000,
            max_visits: 200_000_000,
            deadline: Some(Duration::from_mins(1)),
            cancel: CancellationToken::default(),
        }
    }
}

/// How the statements of an [`Entailment`] were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// True when an earlier version's statements were kept up to date, false when all were derived anew.
    pub incremental: bool,
    /// Statements looked at.
    pub visits: u64,
    /// Claims that came and went since the earlier version.
    pub changed: u64,
    /// Derived statements that lost a premise, and were kept only if they could be derived otherwise.
    pub doubted: u64,
    /// Wall time of the derivation, without that of showing it.
    pub took: Duration,
}

/// What follows from one snapshot by one regime.
pub struct Entailment {
    regime: Regime,
    rules: Arc<Rules>,
    base: Arc<Snapshot>,
    view: Arc<Snapshot>,
    facts: Facts,
    guards: Guards,
    work: Work,
}

impl std::fmt::Debug for Entailment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entailment")
            .field("regime", &self.regime)
            .field("version", &self.base.version())
            .field("derived", &self.len())
            .field("work", &self.work)
            .finish_non_exhaustive()
    }
}

impl Entailment {
    /// Derives everything that follows from a snapshot.
    ///
    /// # Errors
    /// [`Error::EntailmentTooLarge`] naming the limit, [`Error::Cancelled`].
    pub fn of(base: Arc<Snapshot>, regime: Regime, limits: &Limits) -> Result<Self> {
        let started = Instant::now();
        let rules = Arc::new(Rules::of(regime));
        let mut engine = Engine::new(&base, &rules, Meter::new(regime, limits));
        engine.derive_all()?;
        let work = Work {
            incremental: false,
            visits: engine.meter.visits(),
            changed: 0,
            doubted: 0,
            took: started.elapsed(),
        };
        let (facts, guards) = engine.finish();
        Self::shown(regime, rules, base, facts, guards, work)
    }

    /// Derives what follows from another version of the graph, mostly by taking over what is the same.
    ///
    /// # Errors
    /// As [`Entailment::of`].
    pub fn next(&self, base: Arc<Snapshot>, limits: &Limits) -> Result<Self> {
        let started = Instant::now();
        let Some(change) = update::difference(&self.base, &base, &self.rules, &self.facts) else {
            return Self::of(base, self.regime, limits);
        };
        let rules = Arc::clone(&self.rules);
        let meter = Meter::new(self.regime, limits);
        let updated = update::update(self, &base, &rules, &change, meter)?;
        let work = Work {
            incremental: true,
            visits: updated.visits,
            changed: change.len(),
            doubted: updated.doubted,
            took: started.elapsed(),
        };
        Self::shown(
            self.regime,
            rules,
            base,
            updated.facts,
            updated.guards,
            work,
        )
    }

    fn shown(
        regime: Regime,
        rules: Arc<Rules>,
        base: Arc<Snapshot>,
        facts: Facts,
        guards: Guards,
        work: Work,
    ) -> Result<Self> {
        let view = base.with_derived(
            &regime.source_name()?,
            "entailment",
            rules.words(),
            facts.iter(),
        )?;
        Ok(Self {
            regime,
            rules,
            base,
            view: Arc::new(view),
            facts,
            guards,
            work,
        })
    }

    /// Returns the regime.
    pub fn regime(&self) -> Regime {
        self.regime
    }

    /// Returns the claims together with what follows from them.
    pub fn view(&self) -> &Arc<Snapshot> {
        &self.view
    }

    /// Returns the claims alone.
    pub fn base(&self) -> &Arc<Snapshot> {
        &self.base
    }

    /// Returns the number of derived statements; what is claimed anyway does not count.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Tells whether nothing follows that is not claimed anyway.
    pub fn is_empty(&self) -> bool {
        self.facts.len() == 0
    }

    /// Returns how the statements were found.
    pub fn work(&self) -> &Work {
        &self.work
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regimes_are_chosen_by_name() {
        assert_eq!(Regime::choose("none").unwrap(), None);
        assert_eq!(Regime::choose("owl-rl").unwrap(), Some(Regime::OwlRl));
        for regime in Regime::ALL {
            assert_eq!(regime.name().parse::<Regime>().unwrap(), regime);
        }
        assert!(
            matches!(Regime::choose("owl"), Err(Error::UnknownRegime { name }) if name == "owl")
        );
    }
}
