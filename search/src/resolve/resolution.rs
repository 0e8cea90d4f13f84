//! What the resolver answers.

use semantic_model::EntityKind;
use serde::{Deserialize, Serialize};

use super::understand::Understood;

/// How a resolution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    /// One meaning is clearly ahead.
    Resolved,
    /// The same words mean different things; [`Resolution::question`] tells them apart.
    Ambiguous,
    /// The graph does not seem to hold an answer.
    Unknown,
}

impl Outcome {
    /// Returns the outcome as one upper-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolved => "RESOLVED",
            Self::Ambiguous => "AMBIGUOUS",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// The answer of the resolver: what the words mean, how sure it is, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resolution {
    /// How it ended.
    pub outcome: Outcome,
    /// How likely the graph holds an answer at all, 0 to 1.
    pub answerability: f32,
    /// What the answerability was judged by; filled by [`Index::explain`](crate::Index::explain).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<ScorePart>,
    /// What the order of the best products and terms was judged by; filled by [`Index::explain`](crate::Index::explain).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub considered: Vec<Considered>,
    /// How far the first data product is ahead of the second, 0 to 1.
    pub confidence: f32,
    /// The meanings, best first; empty when nothing matched.
    pub candidates: Vec<Candidate>,
    /// What to ask back when the outcome is [`Outcome::Ambiguous`].
    pub question: Option<ClarifyingQuestion>,
    /// The parts of the context that changed the ranking, in words.
    pub used_context: Vec<String>,
    /// What of the question is no name of data, and how it is read.
    pub understood: Vec<Understood>,
    /// Words of the question that are values of columns, in the order of the question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Valued>,
    /// The content words of the question that the best candidate does not explain.
    pub unmatched_words: Vec<String>,
    /// Data products, best first.
    pub products: Vec<Ranked>,
    /// Datasets, best first.
    pub datasets: Vec<Ranked>,
    /// Columns, best first.
    pub columns: Vec<Ranked>,
    /// Glossary terms, best first.
    pub terms: Vec<Ranked>,
    /// Metrics, best first.
    pub metrics: Vec<Ranked>,
}

/// An entity with what its place was judged by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Considered {
    /// The entity.
    pub iri: String,
    /// Its kind.
    pub kind: EntityKind,
    /// The shares of the question that it covers, by name.
    pub parts: Vec<ScorePart>,
}

/// An entity with its score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranked {
    /// The entity.
    pub iri: String,
    /// Its score; comparable inside one list only.
    pub score: f32,
}

/// An entity named in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityRef {
    /// The entity.
    pub iri: String,
    /// Its kind.
    pub kind: EntityKind,
    /// What to show.
    pub label: String,
}

/// One meaning of the words: where in the mesh it lives and why it is thought to be meant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// The data product that means it.
    pub product: Option<EntityRef>,
    /// The domain it belongs to.
    pub domain: Option<EntityRef>,
    /// The dataset that holds it.
    pub dataset: Option<EntityRef>,
    /// The columns of that dataset that match, best first.
    pub columns: Vec<EntityRef>,
    /// The glossary term that defines it.
    pub term: Option<EntityRef>,
    /// The metric that measures it.
    pub metric: Option<EntityRef>,
    /// How well it matches; comparable inside one answer.
    pub score: f32,
    /// What the score is made of.
    pub parts: Vec<ScorePart>,
    /// Why, in words, the strongest reason first.
    pub reasons: Vec<String>,
    /// What its lead over the next candidate rests on: without which part of its score it would stand behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<String>,
    /// Other datasets that hold the same: namesakes with the same columns, and copies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<EntityRef>,
}

impl Candidate {
    /// Returns the way through the graph that the candidate stands for: term or metric, column, dataset, product, domain.
    pub fn path(&self) -> Vec<&EntityRef> {
        let word = self.term.as_ref().or(self.metric.as_ref());
        let place = [&self.dataset, &self.product, &self.domain];
        let data = self
            .columns
            .first()
            .into_iter()
            .chain(place.into_iter().flatten());
        word.into_iter().chain(data).collect()
    }

    /// Returns what the candidate is about: its dataset, else its metric, term or product.
    pub fn subject(&self) -> Option<&EntityRef> {
        let of_words = self.metric.as_ref().or(self.term.as_ref());
        self.dataset.as_ref().or(of_words).or(self.product.as_ref())
    }
}

/// Words of a question that are a value of columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Valued {
    /// The words, in lower case.
    pub words: Vec<String>,
    /// The columns that hold it.
    pub columns: Vec<ValuedColumn>,
}

/// A column that holds a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValuedColumn {
    /// The column, by its IRI.
    pub iri: String,
    /// Its name.
    pub name: String,
    /// Its dataset, by its IRI.
    pub dataset: String,
    /// The value as its source writes it.
    pub value: String,
}

/// One part of a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScorePart {
    /// `name`, `description`, `columns`, `neighbours`, `synonyms`, `vectors`, `cover`, `product`, `context`, `usage`, `layer`, `lifecycle`,
    /// `certification`, `contract`, `freshness`, `values` or `feedback`.
    pub name: &'static str,
    /// How much it adds; the parts of a candidate add up to its score.
    pub value: f32,
}

/// A question back to the caller.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClarifyingQuestion {
    /// The question.
    pub text: String,
    /// The meanings to choose from, best first; three at most.
    pub options: Vec<ClarifyingOption>,
    /// Further meanings, for whom none of the first is right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<ClarifyingOption>,
}

/// One meaning to choose.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClarifyingOption {
    /// What to show.
    pub label: String,
    /// The entity that this choice stands for.
    pub iri: String,
    /// Its kind.
    pub kind: EntityKind,
    /// Its domain.
    pub domain: Option<EntityRef>,
    /// What tells it apart from the other options.
    pub distinction: String,
}
