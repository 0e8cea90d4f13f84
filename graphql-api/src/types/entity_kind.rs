//! The enum `EntityKind`.

use async_graphql::Enum;
use isogloss::model;

/// Kind of entity, in the field's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::EntityKind")]
pub enum EntityKind {
    /// A business domain.
    Domain,
    /// A data product: data that a team offers to others under a promise.
    DataProduct,
    /// A table, view, file or topic.
    Dataset,
    /// A column of a dataset.
    Column,
    /// A term of a business glossary, or a class of an ontology.
    Term,
    /// A business metric.
    Metric,
    /// A data contract.
    Contract,
    /// A person or team that answers for something.
    Owner,
    /// Where statements come from: a dbt project, a contract file, a glossary.
    Source,
}

/// Turns an optional list of the schema's kinds into the model's.
pub(crate) fn kinds_of_model(kinds: Option<Vec<EntityKind>>) -> Vec<model::EntityKind> {
    kinds
        .unwrap_or_default()
        .into_iter()
        .map(model::EntityKind::from)
        .collect()
}
