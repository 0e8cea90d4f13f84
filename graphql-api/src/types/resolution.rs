//! The type `Resolution`: what a text means, or what to ask back.

use std::sync::Arc;

use async_graphql::{Enum, InputObject, SimpleObject};
use isogloss::search::{self, ResolveRequest};
use isogloss::{Snapshot, model};

use crate::types::candidate::named;
use crate::types::entity_ref::EntityRef;
use crate::types::{Candidate, Column, Domain, Entity, EntityKind, kinds_of_model};

/// A text to resolve, and what is known of who asks.
#[derive(Debug, Clone, InputObject)]
pub struct ResolveInput {
    /// The words, for instance `customer` or `revenue by region`.
    text: String,
    /// The domain that the caller works in, by IRI or label.
    domain: Option<String>,
    /// The data product that the caller works with, by IRI or label.
    product: Option<String>,
    /// What the caller looked at lately, by IRI or label, the newest first.
    recent: Option<Vec<String>>,
    /// What the answer is for, in words.
    purpose: Option<String>,
    /// Who asks, for instance a person or an agent.
    caller: Option<String>,
    /// The team of who asks, by IRI or name; what it owns is preferred a little.
    team: Option<String>,
    /// What the caller does, for instance `marketing analyst`.
    role: Option<String>,
    /// Kinds of entities that can be the answer; all of them unless given.
    kinds: Option<Vec<EntityKind>>,
    /// What else the caller knows, in words.
    hint: Option<String>,
}

impl ResolveInput {
    /// Counts the bytes of all texts.
    pub(crate) fn bytes(&self) -> u64 {
        let single = [
            &self.domain,
            &self.product,
            &self.purpose,
            &self.caller,
            &self.team,
            &self.role,
            &self.hint,
        ];
        let single: usize = single.into_iter().flatten().map(String::len).sum();
        let recent: usize = self.recent.iter().flatten().map(String::len).sum();
        (self.text.len() + single + recent) as u64
    }

    /// Makes the request for at most `limit` candidates.
    pub(crate) fn request(self, limit: usize) -> ResolveRequest {
        ResolveRequest {
            text: self.text,
            domain: self.domain,
            product: self.product,
            recent: self.recent.unwrap_or_default(),
            purpose: self.purpose,
            caller: self.caller,
            team: self.team,
            role: self.role,
            kinds: kinds_of_model(self.kinds),
            limit,
            hint: self.hint,
        }
    }
}

/// How a resolution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "search::Outcome")]
pub enum Outcome {
    /// One meaning is clearly ahead.
    Resolved,
    /// Several meanings are likely; `question` tells them apart.
    Ambiguous,
    /// Nothing that the graph knows fits well enough.
    Unknown,
}

/// What a text means here: candidates with reasons, or a question back.
#[derive(SimpleObject)]
pub struct Resolution {
    /// How the resolution ended.
    outcome: Outcome,
    /// The meanings, the likeliest first.
    candidates: Vec<Candidate>,
    /// What to ask the caller when several meanings are likely.
    question: Option<ClarifyingQuestion>,
    /// How likely it is that the graph has an answer at all, from 0 to 1.
    answerability: f32,
    /// How far the first data product is ahead of the second, from 0 to 1.
    confidence: f32,
    /// What of the context changed the order, in words.
    used_context: Vec<String>,
    /// What of the text is no name of data, and how it was read.
    set_aside: Vec<SetAside>,
    /// Words of the text that are values of columns, in the order of the text.
    values: Vec<Valued>,
    /// Words of the text that the best candidate does not explain.
    unmatched_words: Vec<String>,
    /// Version of the graph that was asked.
    version: u64,
}

/// A question that tells likely meanings apart.
#[derive(SimpleObject)]
pub struct ClarifyingQuestion {
    /// The question, for people.
    text: String,
    /// The meanings to choose from, three at most.
    options: Vec<ClarifyingOption>,
    /// Further meanings, for whom none of the first is right.
    more: Vec<ClarifyingOption>,
}

/// A part of a text that is no name of data: a value, a number, a date, how to count.
#[derive(SimpleObject)]
pub struct SetAside {
    /// `literal`, `number`, `date`, `aggregation`, `grain`, `comparison` or `negation`.
    part: String,
    /// The words, as they stand in the text.
    text: String,
    /// How they were read, for instance `count`, `month` or the columns that hold a value.
    meaning: String,
}

/// Words of a text that are a value of columns.
#[derive(SimpleObject)]
pub struct Valued {
    /// The words, in lower case.
    words: Vec<String>,
    /// The columns that hold it.
    columns: Vec<ValuedColumn>,
}

/// A column that holds a value.
#[derive(SimpleObject)]
pub struct ValuedColumn {
    /// The column.
    column: Column,
    /// The value as its source writes it.
    value: String,
}

/// A meaning to choose.
#[derive(SimpleObject)]
pub struct ClarifyingOption {
    /// The meaning for people.
    label: String,
    /// The entity that the choice stands for.
    entity: Option<Entity>,
    /// The domain whose meaning it is.
    domain: Option<Domain>,
    /// What tells it apart from the other options.
    distinction: String,
}

impl Resolution {
    /// Takes what the resolver answered on `snapshot`.
    pub(crate) fn read(snapshot: &Arc<Snapshot>, resolution: search::Resolution) -> Self {
        let candidates = resolution.candidates.into_iter();
        Self {
            outcome: resolution.outcome.into(),
            candidates: candidates
                .map(|candidate| Candidate::read(snapshot, candidate))
                .collect(),
            question: resolution.question.map(|question| {
                let choices = |options: Vec<search::ClarifyingOption>| {
                    let options = options.into_iter();
                    options.map(|option| choice(snapshot, option)).collect()
                };
                ClarifyingQuestion {
                    text: question.text,
                    options: choices(question.options),
                    more: choices(question.more),
                }
            }),
            answerability: resolution.answerability,
            confidence: resolution.confidence,
            used_context: resolution.used_context,
            set_aside: resolution
                .understood
                .into_iter()
                .map(|one| SetAside {
                    part: one.part.as_str().to_owned(),
                    text: one.text,
                    meaning: one.meaning,
                })
                .collect(),
            values: resolution
                .values
                .into_iter()
                .map(|valued| Valued::read(snapshot, valued))
                .collect(),
            unmatched_words: resolution.unmatched_words,
            version: snapshot.version().0,
        }
    }
}

impl Valued {
    fn read(snapshot: &Arc<Snapshot>, valued: search::Valued) -> Self {
        let column = |one: search::ValuedColumn| {
            let column = search::EntityRef {
                iri: one.iri,
                kind: model::EntityKind::Column,
                label: one.name,
            };
            let column = named(snapshot, Some(column))?;
            Some(ValuedColumn {
                column,
                value: one.value,
            })
        };
        Self {
            words: valued.words,
            columns: valued.columns.into_iter().filter_map(column).collect(),
        }
    }
}

fn choice(snapshot: &Arc<Snapshot>, option: search::ClarifyingOption) -> ClarifyingOption {
    ClarifyingOption {
        label: option.label,
        entity: EntityRef::find(snapshot, &option.iri).map(Entity::from),
        domain: named(snapshot, option.domain),
        distinction: option.distinction,
    }
}
