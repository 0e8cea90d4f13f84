//! The type `Domain`.

use crate::Result;
use crate::context;
use crate::types::entity_object::entity_object;
use crate::types::entity_ref::{EntityRef, page_of, views};
use crate::types::{Connection, Contract, DataProduct, Dataset, Metric, Term};

entity_object! {
    /// A business domain: a part of the company that has its own data products and its own words.
    Domain(EntityRef) {
        /// The domain that it is a part of.
        async fn parent(&self) -> Option<Self> {
            self.0.one(|entity| entity.as_domain().and_then(|it| it.parent()).map(|it| *it))
        }

        /// The domains that are its parts.
        async fn children(&self) -> Vec<Self> {
            self.0.list(|entity| views(entity.as_domain().map(|it| it.children())))
        }

        /// Data products that the domain offers.
        async fn data_products(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<DataProduct>> {
            let page = context::page(ctx, &["data_products", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_domain().map(|it| it.data_products())), page)))
        }

        /// Datasets of the domain, by themselves or by its data products.
        async fn datasets(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Dataset>> {
            let page = context::page(ctx, &["datasets", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_domain().map(|it| it.datasets())), page)))
        }

        /// Terms that the domain defines.
        async fn glossary(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Term>> {
            let page = context::page(ctx, &["glossary", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_domain().map(|it| it.glossary())), page)))
        }

        /// Metrics that the domain defines.
        async fn metrics(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Metric>> {
            let page = context::page(ctx, &["metrics", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_domain().map(|it| it.metrics())), page)))
        }

        /// Contracts that the domain has made.
        async fn contracts(&self) -> Vec<Contract> {
            self.0.list(|entity| views(entity.as_domain().map(|it| it.contracts())))
        }
    }
}
