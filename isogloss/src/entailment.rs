//! What follows from the graph: derived when it is first asked for, and kept up to date from version to version.

use std::sync::Arc;

use graph_core::entail::{Entailment, Limits, Proof, Regime};
use graph_core::rdf::{NamedNode, RdfTerm, Statement};
use parking_lot::Mutex;

use crate::{Error, Result, Snapshot};

/// What was derived for a version so many before is not worth keeping up to date, nor its graph worth holding on to.
const VERSIONS_BEHIND_MAX: u64 = 64;

/// The entailments of one snapshot.
#[derive(Debug, Default)]
pub(crate) struct Entailments {
    slots: [Mutex<Slot>; Regime::ALL.len()],
}

/// One regime: what was derived, or what an earlier version had.
#[derive(Clone, Debug, Default)]
struct Slot {
    own: Option<Arc<Entailment>>,
    earlier: Option<Arc<Entailment>>,
}

impl Entailments {
    fn slot(&self, regime: Regime) -> &Mutex<Slot> {
        // There is a slot for each regime, in the order of their declaration.
        &self.slots[regime as usize]
    }

    /// The entailments of the next version, which start from these.
    pub(crate) fn for_next(&self) -> Self {
        let next = Self::default();
        for (mine, its) in self.slots.iter().zip(&next.slots) {
            let mine = mine.lock();
            its.lock().earlier = mine.own.clone().or_else(|| mine.earlier.clone());
        }
        next
    }
}

/// Reads a statement as a person writes it: terms are IRIs, names such as `rdf:type`, or as N-Triples has them.
///
/// # Errors
/// [`Error::InvalidTerm`] naming the term that is none, or that cannot stand in its place.
pub fn read_statement(subject: &str, predicate: &str, object: &str) -> Result<Statement> {
    let invalid = |text: &str| Error::InvalidTerm {
        text: text.to_owned(),
    };
    let subject = match read_term(subject)? {
        RdfTerm::NamedNode(node) => node.into(),
        RdfTerm::BlankNode(node) => graph_core::rdf::NamedOrBlankNode::from(node),
        _ => return Err(invalid(subject)),
    };
    let RdfTerm::NamedNode(property) = read_term(predicate)? else {
        return Err(invalid(predicate));
    };
    Ok(Statement::new(subject, property, read_term(object)?))
}

fn read_term(text: &str) -> Result<RdfTerm> {
    let invalid = || Error::InvalidTerm {
        text: text.to_owned(),
    };
    if text.starts_with(['<', '"']) || text.starts_with("_:") {
        return text.parse().map_err(|_| invalid());
    }
    let iri = ontologies::expand(text).unwrap_or_else(|| text.to_owned());
    Ok(NamedNode::new(iri).map_err(|_| invalid())?.into())
}

impl Snapshot {
    /// Returns what follows from this version by a regime.
    ///
    /// The first to ask waits until it is derived: from an earlier version's where that was in use, else anew. Others
    /// who ask meanwhile wait for the same.
    ///
    /// # Errors
    /// [`crate::Error::Graph`] with [`graph_core::Error::EntailmentTooLarge`] when it is over a limit.
    pub fn entailment(&self, regime: Regime) -> Result<Arc<Entailment>> {
        self.entailment_within(regime, &Limits::default())
    }

    /// Returns what follows from this version by a regime, derived within limits unless it has been before.
    ///
    /// # Errors
    /// As [`Snapshot::entailment`].
    pub fn entailment_within(&self, regime: Regime, limits: &Limits) -> Result<Arc<Entailment>> {
        let mut slot = self.entailments().slot(regime).lock();
        if let Some(own) = &slot.own {
            return Ok(Arc::clone(own));
        }
        let version = self.version().0;
        let is_near = |earlier: &&Arc<Entailment>| {
            version.abs_diff(earlier.base().version().0) <= VERSIONS_BEHIND_MAX
        };
        let graph = Arc::clone(self.graph());
        let derived = match slot.earlier.as_ref().filter(is_near) {
            Some(earlier) => earlier.next(graph, limits)?,
            None => Entailment::of(graph, regime, limits)?,
        };
        let derived = Arc::new(derived);
        *slot = Slot {
            own: Some(Arc::clone(&derived)),
            earlier: None,
        };
        Ok(derived)
    }

    /// Returns the graph with what follows from it by a regime, or the graph alone without one.
    ///
    /// What follows is a source of its own, `urn:isogloss:entailment:<regime>`: `GRAPH` shows it there only.
    ///
    /// # Errors
    /// As [`Snapshot::entailment`].
    pub fn with_entailment(&self, regime: Option<Regime>) -> Result<Arc<graph_core::Snapshot>> {
        match regime {
            None => Ok(Arc::clone(self.graph())),
            Some(regime) => Ok(Arc::clone(self.entailment(regime)?.view())),
        }
    }

    /// Returns why a statement holds by a regime; `None` when it neither is claimed nor follows.
    ///
    /// # Errors
    /// As [`Snapshot::entailment`].
    pub fn why(&self, statement: &Statement, regime: Regime) -> Result<Option<Proof>> {
        Ok(self
            .entailment(regime)?
            .why(statement, &Limits::default())?)
    }
}
