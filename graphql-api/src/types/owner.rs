//! The type `Owner`.

use crate::Result;
use crate::context;
use crate::types::entity_object::entity_object;
use crate::types::entity_ref::{EntityRef, page_of_any};
use crate::types::{Connection, Entity};

entity_object! {
    /// A person or team that answers for something.
    Owner(EntityRef) {
        /// Addresses for mail.
        async fn emails(&self) -> Vec<String> {
            self.0.with(|entity| entity.as_owner().map(|it| it.emails()).unwrap_or_default())
        }

        /// Whether it is a person; absent when no source says.
        async fn is_person(&self) -> Option<bool> {
            self.0.with(|entity| entity.as_owner().and_then(|it| it.is_person()))
        }

        /// What it answers for.
        async fn owned(
            &self,
            ctx: &async_graphql::Context<'_>,
            #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
            #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        ) -> Result<Connection<Entity>> {
            let page = context::page(ctx, &["owned", self.0.iri.as_ref()], first, after.as_deref())?;
            Ok(self.0.with(|entity| page_of_any(&self.0.snapshot, entity.as_owner().map(|it| it.owned()).unwrap_or_default(), page)))
        }
    }
}
