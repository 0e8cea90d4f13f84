//! The type `Term`.

use async_graphql::SimpleObject;

use crate::Result;
use crate::context;
use crate::types::entity_object::entity_object;
use crate::types::entity_ref::{EntityRef, page_of, page_of_any, views};
use crate::types::{Connection, Entity};

/// Relations that are listed of one term.
const RELATIONS_MAX: usize = 100;

/// A relation of a term to another that carries a name.
#[derive(SimpleObject)]
pub struct TermRelation {
    /// Name of the property, such as `is held by`.
    property: String,
    /// IRI of the property.
    property_iri: String,
    /// Whether the property leads from the other term to this one.
    is_inverse: bool,
    /// The other term.
    target: Entity,
}

impl TermRelation {
    /// Reads the relations of a term; those to what the schema does not show are left out.
    fn of(term: &EntityRef, entity: isogloss::model::Entity<'_>) -> Vec<Self> {
        let relations = entity.as_term().map(|it| it.relations(RELATIONS_MAX));
        let relation = |it: isogloss::model::TermRelation<'_>| {
            Some(Self {
                property: it.property.label(),
                property_iri: it.property.iri(),
                is_inverse: it.is_inverse,
                target: EntityRef::of(&term.snapshot, it.target)?.into(),
            })
        };
        relations
            .unwrap_or_default()
            .into_iter()
            .filter_map(relation)
            .collect()
    }
}

entity_object! {
    /// A term of a business glossary or class of an ontology: a word with one meaning.
    Term(EntityRef) {
        /// What the word means here.
        async fn definition(&self) -> Option<String> {
            self.0.with(|entity| entity.as_term().and_then(|it| it.definition()))
        }

        /// Other words for the same.
        async fn alt_labels(&self) -> Vec<String> {
            self.0.with(|entity| entity.alt_labels())
        }

        /// How it is computed, in SQL, if it is.
        async fn expression(&self) -> Option<String> {
            self.0.with(|entity| entity.as_term().and_then(|it| it.expression()))
        }

        /// Terms with a wider meaning.
        async fn broader(&self) -> Vec<Self> {
            self.0.list(|entity| views(entity.as_term().map(|it| it.broader())))
        }

        /// Terms with a narrower meaning.
        async fn narrower(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Term>> {
            let page = context::page(ctx, &["narrower", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_term().map(|it| it.narrower())), page)))
        }

        /// Terms that have to do with it.
        async fn related(&self) -> Vec<Self> {
            self.0.list(|entity| views(entity.as_term().map(|it| it.related())))
        }

        /// Relations to other terms that an ontology names, by domains and ranges, restrictions or properties; the first hundred.
        async fn relations(&self) -> Vec<TermRelation> {
            self.0.with(|entity| TermRelation::of(&self.0, entity))
        }

        /// Terms of other glossaries that mean the same.
        async fn exact_matches(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Entity>> {
            let page = context::page(ctx, &["exact_matches", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of_any(&self.0.snapshot, entity.as_term().map(|it| it.exact_matches()).unwrap_or_default(), page)))
        }

        /// Terms of other glossaries that mean nearly the same.
        async fn close_matches(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Entity>> {
            let page = context::page(ctx, &["close_matches", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of_any(&self.0.snapshot, entity.as_term().map(|it| it.close_matches()).unwrap_or_default(), page)))
        }

        /// Data that carries the meaning: datasets, columns, products, metrics.
        async fn carriers(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Entity>> {
            let page = context::page(ctx, &["carriers", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of_any(&self.0.snapshot, entity.as_term().map(|it| it.carriers()).unwrap_or_default(), page)))
        }

        /// Data that the term itself names as what it speaks of.
        async fn about(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Entity>> {
            let page = context::page(ctx, &["about", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of_any(&self.0.snapshot, entity.as_term().map(|it| it.about()).unwrap_or_default(), page)))
        }
    }
}
