//! The type `Dataset`.

use crate::Result;
use crate::context;
use crate::types::entity_object::entity_object;
use crate::types::entity_ref::{EntityRef, page_of, page_of_any, views};
use crate::types::{Column, Connection, Contract, DataProduct, Entity, Metric};

entity_object! {
    /// A table, view, file or topic.
    Dataset(EntityRef) {
        /// Name that the platform uses.
        async fn name(&self) -> Option<String> {
            self.0.with(|entity| entity.name())
        }

        /// Name by which two sources are known to speak of one table: `platform://database.schema.table`.
        async fn qualified_name(&self) -> Option<String> {
            self.0.with(|entity| entity.as_dataset().and_then(|it| it.qualified_name()))
        }

        /// How it is kept: `table`, `view`, `source`, `seed` and so on.
        async fn materialization(&self) -> Option<String> {
            self.0.with(|entity| entity.as_dataset().and_then(|it| it.materialization()))
        }

        /// Rows, as its source last counted them; a whole number that may not fit an `Int`.
        async fn row_count(&self) -> Option<f64> {
            self.0.with(|entity| entity.as_dataset().and_then(|it| it.row_count())).map(|rows| rows as f64)
        }

        /// Names of the columns that make a row unique.
        async fn primary_key(&self) -> Vec<String> {
            self.0.with(|entity| entity.as_dataset().map(|it| it.primary_key()).unwrap_or_default())
        }

        /// Times that it was queried, as far as query logs say; a whole number that may not fit an `Int`.
        async fn usage_count(&self) -> f64 {
            self.0.with(|entity| entity.usage_count()) as f64
        }

        /// Its columns, in their order.
        async fn columns(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Column>> {
            let page = context::page(ctx, &["columns", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_dataset().map(|it| it.columns())), page)))
        }

        /// Data products that offer it.
        async fn products(&self) -> Vec<DataProduct> {
            self.0.list(|entity| entity.products().into_iter().map(|it| *it).collect())
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

        /// The same table as other sources know it.
        async fn twins(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Dataset>> {
            let page = context::page(ctx, &["twins", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_dataset().map(|it| it.twins())), page)))
        }

        /// Metrics that are computed from it.
        async fn metrics(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Metric>> {
            let page = context::page(ctx, &["metrics", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_dataset().map(|it| it.metrics())), page)))
        }

        /// Contracts that promise it.
        async fn contracts(&self) -> Vec<Contract> {
            self.0.list(|entity| views(entity.as_dataset().map(|it| it.contracts())))
        }
    }
}
