//! What people decide of identities: which names are one thing, and which are not.

use graph_core::rdf::{NamedNode, Statement};
use graph_core::{Change, Commit, Receipt, SourceName, Timestamp};
use ontologies::owl;
use semantic_model::merge::PEOPLE;

use crate::{Error, Isogloss, Result};

/// The source that holds the decisions. It is of the kind `people`, and no ingest replaces it.
pub const DECISIONS: &str = "identity-decisions";

/// What someone decides of two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityDecision {
    /// They are one thing.
    Same,
    /// They are two things, whatever the rules say.
    Different,
    /// Nothing is decided: what was decided before is taken back.
    Open,
}

impl Isogloss {
    /// Decides that two names are one thing, or two, or takes such a decision back.
    ///
    /// The decision is a statement of the source [`DECISIONS`] and therefore stays when other sources are ingested
    /// again. Deciding the same twice changes nothing.
    ///
    /// # Errors
    /// [`Error::UnknownEntity`] for a name of which nothing is said, [`Error::InvalidTerm`] if both are one name, and
    /// what [`Isogloss::commit`] gives.
    pub fn decide_identity(
        &self,
        one: &str,
        other: &str,
        decision: IdentityDecision,
        actor: &str,
        time: Timestamp,
    ) -> Result<Receipt> {
        let (one, other) = (self.named(one)?, self.named(other)?);
        if one == other {
            return Err(Error::InvalidTerm {
                text: other.into_string(),
            });
        }
        let said = |one: &NamedNode, predicate: &str, other: &NamedNode| {
            Statement::new(
                one.clone(),
                NamedNode::new_unchecked(predicate),
                other.clone(),
            )
        };
        let add: Vec<Statement> = match decision {
            IdentityDecision::Same => vec![said(&one, owl::SAME_AS, &other)],
            IdentityDecision::Different => vec![said(&one, owl::DIFFERENT_FROM, &other)],
            IdentityDecision::Open => Vec::new(),
        };
        let both_ways = [(&one, &other), (&other, &one)].into_iter();
        let remove = both_ways.flat_map(|(one, other)| {
            [owl::SAME_AS, owl::DIFFERENT_FROM].map(|predicate| said(one, predicate, other))
        });
        self.commit(Commit {
            source: SourceName::new(DECISIONS)?,
            kind: PEOPLE.to_owned(),
            actor: actor.to_owned(),
            time,
            change: Change::Patch {
                remove: remove.filter(|it| !add.contains(it)).collect(),
                add,
            },
        })
    }

    /// The name of something of which a source speaks.
    pub(crate) fn named(&self, iri: &str) -> Result<NamedNode> {
        let iri = ontologies::expand(iri).unwrap_or_else(|| iri.to_owned());
        if self.snapshot().model().entity(&iri).is_none() {
            return Err(Error::UnknownEntity { iri });
        }
        NamedNode::new(&iri).map_err(|_| Error::InvalidTerm { text: iri })
    }
}
