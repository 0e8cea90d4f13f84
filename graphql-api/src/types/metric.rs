//! The type `Metric`.

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
