//! The type `DataProduct`.

use crate::Result;
use crate::context;
use crate::types::entity_object::entity_object;
use crate::types::entity_ref::{EntityRef, page_of, views};
use crate::types::{Connection, Contract, Dataset, Metric, Term};

entity_object! {
    /// A data product: datasets that a team offers to others, with a purpose, an owner and often a contract.
    DataProduct(EntityRef) {
        /// Name that programs use.
        async fn name(&self) -> Option<String> {
            self.0.with(|entity| entity.name())
        }

        /// Where it stands in its life, as its sources say.
        async fn status(&self) -> Option<String> {
            self.0.with(|entity| entity.as_product().and_then(|it| it.lifecycle_status()).or_else(|| entity.status()))
        }

        /// What it is for.
        async fn purpose(&self) -> Option<String> {
            self.0.with(|entity| entity.as_product().and_then(|it| it.purpose()))
        }

        /// Datasets that it offers.
        async fn datasets(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Dataset>> {
            let page = context::page(ctx, &["datasets", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_product().map(|it| it.datasets())), page)))
        }

        /// Datasets that it is made from.
        async fn input_datasets(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Dataset>> {
            let page = context::page(ctx, &["input_datasets", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_product().map(|it| it.input_datasets())), page)))
        }

        /// Metrics that it offers.
        async fn metrics(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Metric>> {
            let page = context::page(ctx, &["metrics", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_product().map(|it| it.metrics())), page)))
        }

        /// Terms that it defines for itself.
        async fn glossary(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Term>> {
            let page = context::page(ctx, &["glossary", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_product().map(|it| it.glossary())), page)))
        }

        /// Contracts that promise it.
        async fn contracts(&self) -> Vec<Contract> {
            self.0.list(|entity| views(entity.as_product().map(|it| it.contracts())))
        }
    }
}
