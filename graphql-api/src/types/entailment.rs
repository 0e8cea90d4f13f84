//! Entailment: which rules are asked, and why a statement holds.

use async_graphql::{Context, Enum, InputObject, SimpleObject};
use isogloss::graph::entail::{self, Regime};
use isogloss::read_statement;

use crate::context::{read, snapshot};
use crate::error::Result;

/// A named set of rules; what follows by them is derived, never a claim of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Entailment {
    /// SKOS: broader and narrower with their closures, related, and the mapping relations.
    Skos,
    /// RDFS: sub-classes, sub-properties, domains and ranges.
    Rdfs,
    /// A part of OWL 2 RL: RDFS, and inverse, symmetric, transitive, functional and equivalent properties, equivalent
    /// classes, `owl:sameAs`.
    OwlRl,
}

impl From<Entailment> for Regime {
    fn from(entailment: Entailment) -> Self {
        match entailment {
            Entailment::Skos => Self::Skos,
            Entailment::Rdfs => Self::Rdfs,
            Entailment::OwlRl => Self::OwlRl,
        }
    }
}

/// A statement in words. Terms are IRIs, names such as `rdf:type`, or written as N-Triples has them.
#[derive(Debug, Clone, InputObject)]
pub struct StatementInput {
    /// What the statement is about.
    subject: String,
    /// The property.
    predicate: String,
    /// What is said.
    object: String,
}

/// Why a statement holds.
#[derive(Debug, SimpleObject)]
pub struct Proof {
    /// The statements of the proof: the first is what was asked, the premises of each come after it.
    steps: Vec<ProofStep>,
}

/// A statement of a proof.
#[derive(Debug, SimpleObject)]
pub struct ProofStep {
    /// The statement, as N-Triples has it.
    statement: String,
    /// The rule that gives it; null for a claim.
    rule: Option<String>,
    /// Names of the sources that claim it; empty for what is derived.
    claimed_by: Vec<String>,
    /// Places in `steps` of what it rests on, counted from 0.
    premises: Vec<u64>,
}

impl From<&entail::Proof> for Proof {
    fn from(proof: &entail::Proof) -> Self {
        let mut steps = Vec::new();
        add(proof, &mut steps);
        Self { steps }
    }
}

/// Adds a proof with all that it rests on, and returns its place.
fn add(proof: &entail::Proof, steps: &mut Vec<ProofStep>) -> usize {
    let place = steps.len();
    steps.push(ProofStep {
        statement: proof.statement.to_string(),
        rule: proof.rule.clone(),
        claimed_by: proof.sources.iter().map(ToString::to_string).collect(),
        premises: Vec::new(),
    });
    let premises = proof.premises.iter();
    let premises = premises.map(|premise| add(premise, steps) as u64).collect();
    if let Some(step) = steps.get_mut(place) {
        step.premises = premises;
    }
    place
}

/// Finds out why a statement holds.
pub(crate) async fn why(
    ctx: &Context<'_>,
    statement: StatementInput,
    entailment: Entailment,
) -> Result<Option<Proof>> {
    let StatementInput {
        subject,
        predicate,
        object,
    } = statement;
    let statement = read_statement(&subject, &predicate, &object)?;
    let snapshot = snapshot(ctx)?;
    read(ctx, move || {
        let proof = snapshot.why(&statement, entailment.into())?;
        Ok(proof.as_ref().map(Proof::from))
    })
    .await
}
