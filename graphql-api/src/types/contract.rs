//! The type `Contract`.

use crate::Result;
use crate::context;
use crate::types::entity_object::entity_object;
use crate::types::entity_ref::{EntityRef, page_of, views};
use crate::types::{Connection, DataProduct, Dataset};

entity_object! {
    /// A data contract: what a team promises about its data.
    Contract(EntityRef) {
        /// Version of the contract itself.
        async fn contract_version(&self) -> Option<String> {
            self.0.with(|entity| entity.as_contract().and_then(|it| it.version()))
        }

        /// Where it stands in its life, for instance `active`.
        async fn status(&self) -> Option<String> {
            self.0.with(|entity| entity.status())
        }

        /// Data products that it promises.
        async fn products(&self) -> Vec<DataProduct> {
            self.0.list(|entity| entity.products().into_iter().map(|it| *it).collect())
        }

        /// Datasets that it promises.
        async fn datasets(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Dataset>> {
            let page = context::page(ctx, &["datasets", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of(&self.0.snapshot, views(entity.as_contract().map(|it| it.datasets())), page)))
        }
    }
}
