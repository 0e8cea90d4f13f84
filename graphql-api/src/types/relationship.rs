//! The type `Relationship`: a statement that leads from one entity to another.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use isogloss::Snapshot;
use isogloss::model::{Entity as EntityView, Relation};

use crate::cursor::Page;
use crate::types::entity_ref::EntityRef;
use crate::types::statement::{is_named, short_name};
use crate::types::{Connection, Entity};

/// Which way the statements of a relationship go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum RelationshipDirection {
    /// From this entity to others.
    Out,
    /// From others to this entity.
    In,
    /// Either way.
    Both,
}

impl RelationshipDirection {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::In => "in",
            Self::Both => "both",
        }
    }
}

/// A statement that leads from one entity to another.
#[derive(Clone, SimpleObject)]
pub struct Relationship {
    /// IRI of the property that relates the two.
    r#type: String,
    /// Short name of the property: its IRI after the last `#`, `/` or `:`.
    name: String,
    /// `OUT` if this entity is the subject, `IN` if the other is.
    direction: RelationshipDirection,
    /// The other entity.
    entity: Entity,
}

/// Makes a page of an entity's relationships, those out of it first.
pub(crate) fn page(
    snapshot: &Arc<Snapshot>,
    entity: EntityView<'_>,
    direction: RelationshipDirection,
    types: Option<&[String]>,
    page: Page,
) -> Connection<Relationship> {
    let graph = snapshot.graph();
    let mut found: Vec<(RelationshipDirection, Relation<'_>)> = Vec::new();
    if direction != RelationshipDirection::In {
        found.extend(
            entity
                .relations_out()
                .into_iter()
                .map(|it| (RelationshipDirection::Out, it)),
        );
    }
    if direction != RelationshipDirection::Out {
        found.extend(
            entity
                .relations_in()
                .into_iter()
                .map(|it| (RelationshipDirection::In, it)),
        );
    }
    found.retain(|(_, relation)| {
        let wanted = types.is_none_or(|types| is_named(&graph.text(relation.predicate), types));
        wanted && relation.entity.kind().is_some()
    });
    let total = found.len();
    let items =
        found
            .iter()
            .skip(page.offset)
            .take(page.size)
            .filter_map(|(direction, relation)| {
                let predicate = graph.text(relation.predicate);
                Some(Relationship {
                    name: short_name(&predicate).to_owned(),
                    r#type: predicate,
                    direction: *direction,
                    entity: EntityRef::of(snapshot, relation.entity)?.into(),
                })
            });
    Connection::new(page, total, items.collect())
}
