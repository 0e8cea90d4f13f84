//! The type `Candidate`: one meaning that a text may have.

use std::sync::Arc;

use async_graphql::SimpleObject;
use isogloss::Snapshot;
use isogloss::search;

use crate::types::entity_ref::EntityRef;
use crate::types::{Column, DataProduct, Dataset, Domain, Metric, Term};

/// One meaning that a text may have, as the data that means it.
#[derive(SimpleObject)]
pub struct Candidate {
    /// The data product that offers it.
    product: Option<DataProduct>,
    /// The domain whose meaning it is.
    domain: Option<Domain>,
    /// The dataset that holds it.
    dataset: Option<Dataset>,
    /// The columns that hold it, the best first.
    columns: Vec<Column>,
    /// The term that defines it.
    term: Option<Term>,
    /// The metric that measures it.
    metric: Option<Metric>,
    /// How well it fits; comparable within one answer only.
    score: f32,
    /// What the score is made of.
    parts: Vec<ScorePart>,
    /// Why it fits, in words, the strongest reason first.
    reasons: Vec<String>,
    /// What its lead rests on: without which part of its score it would stand behind the next.
    rests_on: Vec<String>,
    /// Other datasets that hold the same: namesakes with the same columns, and copies.
    copies: Vec<Dataset>,
}

/// A part of a candidate's score.
#[derive(SimpleObject)]
pub struct ScorePart {
    /// What speaks for the candidate, for instance `name` or `context`.
    name: String,
    /// How much of the score it makes.
    value: f32,
}

impl Candidate {
    pub(crate) fn read(snapshot: &Arc<Snapshot>, candidate: search::Candidate) -> Self {
        let columns = candidate.columns.into_iter().map(Some);
        Self {
            product: named(snapshot, candidate.product),
            domain: named(snapshot, candidate.domain),
            dataset: named(snapshot, candidate.dataset),
            columns: columns
                .filter_map(|column| named(snapshot, column))
                .collect(),
            term: named(snapshot, candidate.term),
            metric: named(snapshot, candidate.metric),
            score: candidate.score,
            parts: candidate
                .parts
                .into_iter()
                .map(|part| ScorePart {
                    name: part.name.to_owned(),
                    value: part.value,
                })
                .collect(),
            reasons: candidate.reasons,
            rests_on: candidate.rests_on,
            copies: candidate
                .copies
                .into_iter()
                .filter_map(|copy| named(snapshot, Some(copy)))
                .collect(),
        }
    }
}

/// Turns an entity that the resolver names into a type of the schema; the index was built from the same snapshot.
pub(crate) fn named<T: From<EntityRef>>(
    snapshot: &Arc<Snapshot>,
    entity: Option<search::EntityRef>,
) -> Option<T> {
    let entity = entity?;
    Some(T::from(EntityRef {
        snapshot: Arc::clone(snapshot),
        id: snapshot.graph().id_of_iri(&entity.iri)?,
        kind: entity.kind,
        iri: entity.iri.into(),
        label: entity.label.into(),
    }))
}
