//! The type `Term`.

use crate::Result;
use crate::context;
use crate::types::entity_object::entity_object;
use crate::types::entity_ref::{EntityRef, page_of, page_of_any, views};
use crate::types::{Connection, Entity};

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
