//! Relay's interface `Node`.

use async_graphql::{ID, Interface};

use crate::types::{Column, Contract, DataProduct, Dataset, Domain, Metric, Owner, Source, Term};

/// Anything that can be fetched again by its id.
#[derive(Clone, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque global id, for `node(id:)`."))]
pub enum Node {
    /// A business domain.
    Domain(Domain),
    /// A data product.
    DataProduct(DataProduct),
    /// A dataset.
    Dataset(Dataset),
    /// A column.
    Column(Column),
    /// A term.
    Term(Term),
    /// A metric.
    Metric(Metric),
    /// A contract.
    Contract(Contract),
    /// An owner.
    Owner(Owner),
    /// A source.
    Source(Source),
}
