//! The type `Metric`.

use std::sync::Arc;

use async_graphql::Context;

use crate::context::{read, shared};
use crate::error::Result;
use crate::types::entity_object::entity_object;
use crate::types::entity_ref::EntityRef;
use crate::types::{DataProduct, Entity};

entity_object! {
    /// A business metric: a number with a definition.
    Metric(EntityRef) {
        /// Name that programs use.
        async fn name(&self) -> Option<String> {
            self.0.with(|entity| entity.name())
        }

        /// Name by which `query` takes it; null if no semantic layer declares it.
        async fn query_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
            let arrangement = Arc::clone(&shared(ctx)?.arrangement);
            let (snapshot, iri) = (Arc::clone(&self.0.snapshot), Arc::clone(&self.0.iri));
            read(ctx, move || {
                let metric = arrangement.semantics(&snapshot).metric_of(&iri);
                Ok(metric.map(|metric| metric.name))
            })
            .await
        }

        /// How it is computed, as its source writes it.
        async fn expression(&self) -> Option<String> {
            self.0.with(|entity| entity.as_metric().and_then(|it| it.expression()))
        }

        /// How values are put together, for instance `sum`.
        async fn aggregation(&self) -> Option<String> {
            self.0.with(|entity| entity.as_metric().and_then(|it| it.aggregation()))
        }

        /// Data products that offer it.
        async fn products(&self) -> Vec<DataProduct> {
            self.0.list(|entity| entity.products().into_iter().map(|it| *it).collect())
        }

        /// Datasets and columns that it is computed from.
        async fn derived_from(&self) -> Vec<Entity> {
            self.0.list(|entity| entity.upstream())
        }
    }
}
