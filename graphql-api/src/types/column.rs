//! The type `Column`.

use crate::Result;
use crate::context;
use crate::types::entity_object::entity_object;
use crate::types::entity_ref::{EntityRef, page_of_any, views};
use crate::types::{Connection, Dataset, Entity};

entity_object! {
    /// A column of a dataset.
    Column(EntityRef) {
        /// Name that the platform uses.
        async fn name(&self) -> Option<String> {
            self.0.with(|entity| entity.name())
        }

        /// Type of its values, as the source writes it.
        async fn datatype(&self) -> Option<String> {
            self.0.with(|entity| entity.as_column().and_then(|it| it.datatype()))
        }

        /// Whether every row has a value; absent when no source says.
        async fn required(&self) -> Option<bool> {
            self.0.with(|entity| entity.as_column().and_then(|it| it.required()))
        }

        /// Place among the columns, as the source counts.
        async fn position(&self) -> Option<u64> {
            self.0.with(|entity| entity.as_column().and_then(|it| it.position()))
        }

        /// Whether it is part of the primary key.
        async fn is_primary_key(&self) -> bool {
            self.0.with(|entity| entity.as_column().is_some_and(|it| it.is_primary_key()))
        }

        /// How sensitive it is, as its sources say, for instance `pii`.
        async fn classifications(&self) -> Vec<String> {
            self.0.with(|entity| entity.classifications())
        }

        /// The dataset that it is a column of.
        async fn dataset(&self) -> Option<Dataset> {
            self.0.one(|entity| entity.as_column().and_then(|it| it.dataset()).map(|it| *it))
        }

        /// Columns whose values its values name.
        async fn references(&self) -> Vec<Self> {
            self.0.list(|entity| views(entity.as_column().map(|it| it.references())))
        }

        /// What it is made from, one step back.
        async fn upstream(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Entity>> {
            let page = context::page(ctx, &["upstream", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of_any(&self.0.snapshot, entity.upstream(), page)))
        }

        /// What is made from it, one step on.
        async fn downstream(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Entity>> {
            let page = context::page(ctx, &["downstream", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of_any(&self.0.snapshot, entity.downstream(), page)))
        }
    }
}
