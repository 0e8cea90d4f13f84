//! What every entity type of the schema holds: a snapshot and a place in it.

use std::sync::Arc;

use async_graphql::{Context, ID};
use isogloss::Snapshot;
use isogloss::graph::TermId;
use isogloss::model::{Entity as EntityView, EntityKind};

use crate::context::read;
use crate::cursor::Page;
use crate::error::Result;
use crate::node_id;
use crate::types::{
    Centrality, Connection, Domain, Entity, Owner, Relationship, RelationshipDirection, Statement,
    Term,
};
use crate::types::{relationship, statement};

/// An entity of one snapshot; cheap to clone.
///
/// Kind, IRI and label are read when a list is made, with one model for the whole list; everything else is read when
/// it is asked for, from the same snapshot.
#[derive(Clone)]
pub(crate) struct EntityRef {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) id: TermId,
    pub(crate) kind: EntityKind,
    pub(crate) iri: Arc<str>,
    pub(crate) label: Arc<str>,
}

impl EntityRef {
    /// Takes an entity out of a view of `snapshot`; `None` if it is of no kind that the schema shows.
    pub(crate) fn of(snapshot: &Arc<Snapshot>, entity: EntityView<'_>) -> Option<Self> {
        Some(Self {
            snapshot: Arc::clone(snapshot),
            id: entity.id(),
            kind: entity.kind()?,
            iri: entity.iri().into(),
            label: entity.label().into(),
        })
    }

    /// Looks an entity up by its IRI.
    pub(crate) fn find(snapshot: &Arc<Snapshot>, iri: &str) -> Option<Self> {
        let model = snapshot.model();
        let entity = model.entity(iri)?;
        Self::of(snapshot, entity)
    }

    /// Reads something from the entity's view.
    pub(crate) fn with<T>(&self, read: impl FnOnce(EntityView<'_>) -> T) -> T {
        let model = self.snapshot.model();
        read(model.entity_of(self.id))
    }

    /// Reads a whole list of entities; for lists that are short by nature.
    pub(crate) fn list<T: From<Self>>(
        &self,
        read: impl FnOnce(EntityView<'_>) -> Vec<EntityView<'_>>,
    ) -> Vec<T> {
        self.with(|entity| self.take(read(entity)))
    }

    /// Reads one entity.
    pub(crate) fn one<T: From<Self>>(
        &self,
        read: impl FnOnce(EntityView<'_>) -> Option<EntityView<'_>>,
    ) -> Option<T> {
        self.with(|entity| Self::of(&self.snapshot, read(entity)?))
            .map(T::from)
    }

    /// Turns views of this snapshot into types of the schema.
    pub(crate) fn take<T: From<Self>>(&self, entities: Vec<EntityView<'_>>) -> Vec<T> {
        entities
            .into_iter()
            .filter_map(|entity| Self::of(&self.snapshot, entity))
            .map(T::from)
            .collect()
    }

    pub(crate) fn global_id(&self) -> ID {
        node_id::encode(self.kind, &self.iri)
    }

    pub(crate) fn description(&self) -> Option<String> {
        self.with(|entity| entity.description())
    }

    pub(crate) fn domains(&self) -> Vec<Domain> {
        self.list(|entity| entity.domains().into_iter().map(|domain| *domain).collect())
    }

    pub(crate) fn owners(&self) -> Vec<Owner> {
        self.list(|entity| entity.owners().into_iter().map(|owner| *owner).collect())
    }

    pub(crate) fn terms(&self) -> Vec<Term> {
        self.list(|entity| entity.terms().into_iter().map(|term| *term).collect())
    }

    /// Computed once for a snapshot, on a worker; after that it is a look-up.
    pub(crate) async fn centrality(&self, ctx: &Context<'_>) -> Result<Centrality> {
        if !self.snapshot.has_centrality() {
            let snapshot = Arc::clone(&self.snapshot);
            read(ctx, move || {
                snapshot.centrality();
                Ok(())
            })
            .await?;
        }
        let centrality = self.snapshot.centrality();
        Ok(self.with(|entity| centrality.of_entity(entity)).into())
    }

    pub(crate) fn statements(
        &self,
        predicates: Option<&[String]>,
        page: Page,
    ) -> Connection<Statement> {
        self.with(|entity| statement::page(&self.snapshot, entity, predicates, page))
    }

    pub(crate) fn relationships(
        &self,
        direction: RelationshipDirection,
        types: Option<&[String]>,
        page: Page,
    ) -> Connection<Relationship> {
        self.with(|entity| relationship::page(&self.snapshot, entity, direction, types, page))
    }

    pub(crate) fn version(&self) -> u64 {
        self.snapshot.version().0
    }
}

/// Makes one page of a list of entities that have a kind.
pub(crate) fn page_of<T: From<EntityRef>>(
    snapshot: &Arc<Snapshot>,
    entities: Vec<EntityView<'_>>,
    page: Page,
) -> Connection<T> {
    let total = entities.len();
    let items = entities.into_iter().skip(page.offset).take(page.size);
    let items = items
        .filter_map(|entity| EntityRef::of(snapshot, entity))
        .map(T::from)
        .collect();
    Connection::new(page, total, items)
}

/// Makes one page of a list of which some may be of no kind that the schema shows; those do not count.
pub(crate) fn page_of_any(
    snapshot: &Arc<Snapshot>,
    mut entities: Vec<EntityView<'_>>,
    page: Page,
) -> Connection<Entity> {
    entities.retain(|entity| entity.kind().is_some());
    page_of(snapshot, entities, page)
}

/// Turns a list of typed views, if there is one, into plain ones.
pub(crate) fn views<'m, V: std::ops::Deref<Target = EntityView<'m>>>(
    typed: Option<Vec<V>>,
) -> Vec<EntityView<'m>> {
    typed
        .unwrap_or_default()
        .iter()
        .map(|view| **view)
        .collect()
}
