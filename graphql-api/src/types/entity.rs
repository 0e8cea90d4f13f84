//! The interface `Entity`, and which type shows which kind.

use std::sync::Arc;

use async_graphql::{ID, Interface};
use isogloss::Snapshot;
use isogloss::model;

use crate::types::entity_ref::EntityRef;
use crate::types::source::SourceRef;
use crate::types::{
    Centrality, Column, Connection, Contract, DataProduct, Dataset, Domain, EntityKind, Metric,
    Node, Owner, Relationship, RelationshipDirection, Source, Statement, Term,
};

/// Anything that the context graph describes and people speak of.
#[expect(
    clippy::duplicated_attributes,
    reason = "each is an attribute of another field or argument"
)]
#[derive(Clone, Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Opaque global id, for `node(id:)`."),
    field(
        name = "iri",
        ty = "&str",
        desc = "IRI that names the entity, stable across ingests, for `entity(iri:)`."
    ),
    field(name = "kind", ty = "EntityKind", desc = "Kind of entity."),
    field(name = "label", ty = "&str", desc = "Name for people; never empty."),
    field(
        name = "description",
        ty = "Option<String>",
        desc = "What it is, in words."
    ),
    field(
        name = "domains",
        ty = "Vec<Domain>",
        desc = "Business domains that it belongs to, by itself or by its data product."
    ),
    field(
        name = "owners",
        ty = "Vec<Owner>",
        desc = "People and teams that answer for it."
    ),
    field(
        name = "terms",
        ty = "Vec<Term>",
        desc = "Terms of business glossaries that say what it means."
    ),
    field(
        name = "centrality",
        ty = "Centrality",
        desc = "How central it is in lineage and usage."
    ),
    field(
        name = "statements",
        ty = "Connection<Statement>",
        desc = "What each source says of it, one claim after the other, duplicates of several sources included.",
        arg(
            name = "predicate",
            ty = "Option<Vec<String>>",
            desc = "Only these predicates: a whole IRI, or its part after the last `#`, `/` or `:`."
        ),
        arg(
            name = "first",
            ty = "Option<i32>",
            desc = "Items in the page, 20 unless given, 100 at most."
        ),
        arg(
            name = "after",
            ty = "Option<String>",
            desc = "Cursor of the item before the page."
        )
    ),
    field(
        name = "relationships",
        ty = "Connection<Relationship>",
        desc = "Other entities that it speaks of, or that speak of it.",
        arg(
            name = "direction",
            ty = "RelationshipDirection",
            desc = "Which way the statements go.",
            default_with = "RelationshipDirection::Both"
        ),
        arg(
            name = "types",
            ty = "Option<Vec<String>>",
            desc = "Only these predicates: a whole IRI, or its part after the last `#`, `/` or `:`."
        ),
        arg(
            name = "first",
            ty = "Option<i32>",
            desc = "Items in the page, 20 unless given, 100 at most."
        ),
        arg(
            name = "after",
            ty = "Option<String>",
            desc = "Cursor of the item before the page."
        )
    ),
    field(
        name = "version",
        ty = "u64",
        desc = "Version of the graph that this was read from; the same in a whole answer."
    )
)]
pub enum Entity {
    /// A business domain.
    Domain(Domain),
    /// A data product.
    DataProduct(DataProduct),
    /// A dataset.
    Dataset(Dataset),
    /// A column.
    Column(Column),
    /// A term.
    Term(Term),
    /// A metric.
    Metric(Metric),
    /// A contract.
    Contract(Contract),
    /// An owner.
    Owner(Owner),
    /// A source.
    Source(Source),
}

impl Entity {
    /// Finds what the snapshot knows by this IRI, sources included.
    pub(crate) fn find(snapshot: &Arc<Snapshot>, iri: &str) -> Option<Self> {
        if let Some(source) = SourceRef::find_iri(snapshot, iri) {
            return Some(Self::Source(Source(source)));
        }
        EntityRef::find(snapshot, iri).map(Self::from)
    }

    /// Finds what a global id names; `None` too when it is of another kind by now.
    pub(crate) fn find_typed(
        snapshot: &Arc<Snapshot>,
        kind: model::EntityKind,
        iri: &str,
    ) -> Option<Self> {
        Self::find(snapshot, iri).filter(|entity| entity.entity_kind() == kind)
    }

    fn entity_kind(&self) -> model::EntityKind {
        match self {
            Self::Domain(it) => it.0.kind,
            Self::DataProduct(it) => it.0.kind,
            Self::Dataset(it) => it.0.kind,
            Self::Column(it) => it.0.kind,
            Self::Term(it) => it.0.kind,
            Self::Metric(it) => it.0.kind,
            Self::Contract(it) => it.0.kind,
            Self::Owner(it) => it.0.kind,
            Self::Source(it) => it.0.kind,
        }
    }
}

impl From<EntityRef> for Entity {
    fn from(entity: EntityRef) -> Self {
        use isogloss::model::EntityKind as Kind;
        match entity.kind {
            Kind::Domain => Self::Domain(Domain(entity)),
            Kind::DataProduct => Self::DataProduct(DataProduct(entity)),
            Kind::Dataset => Self::Dataset(Dataset(entity)),
            Kind::Column => Self::Column(Column(entity)),
            Kind::Metric => Self::Metric(Metric(entity)),
            Kind::Contract => Self::Contract(Contract(entity)),
            Kind::Owner => Self::Owner(Owner(entity)),
            // Sources are no terms of the graph, so the model never gives one as an entity.
            Kind::Term | Kind::Source => Self::Term(Term(entity)),
        }
    }
}

impl From<Entity> for Node {
    fn from(entity: Entity) -> Self {
        match entity {
            Entity::Domain(it) => Self::Domain(it),
            Entity::DataProduct(it) => Self::DataProduct(it),
            Entity::Dataset(it) => Self::Dataset(it),
            Entity::Column(it) => Self::Column(it),
            Entity::Term(it) => Self::Term(it),
            Entity::Metric(it) => Self::Metric(it),
            Entity::Contract(it) => Self::Contract(it),
            Entity::Owner(it) => Self::Owner(it),
            Entity::Source(it) => Self::Source(it),
        }
    }
}
