//! Relay's connections: a page of a list, its edges, and how to go on.

use async_graphql::connection::PageInfo;
use async_graphql::{Object, OutputType, SimpleObject};

use crate::cursor::Page;
use crate::types::{
    Column, Contract, DataProduct, Dataset, Domain, Entity, Metric, Owner, QueryableMetric,
    Relationship, Statement, Term,
};

/// A page of a list in a stable order, and what is needed to ask for the next.
pub struct Connection<T> {
    page: Page,
    total: usize,
    items: Vec<T>,
}

impl<T> Connection<T> {
    /// Makes a page from the items that follow `page.offset`, of `total` in the list.
    pub(crate) fn new(page: Page, total: usize, items: Vec<T>) -> Self {
        Self { page, total, items }
    }
}

/// Tells where a page of `count` items stands in a list of `total`.
pub(crate) fn page_info(page: Page, count: usize, total: usize) -> PageInfo {
    let last = count.checked_sub(1).map(|last| page.offset + last);
    PageInfo {
        has_previous_page: page.offset > 0 && total > 0,
        has_next_page: page.offset + count < total,
        start_cursor: last.map(|_| page.cursor(page.offset)),
        end_cursor: last.map(|last| page.cursor(last)),
    }
}

/// A page of a list in a stable order, and what is needed to ask for the next.
#[Object(
    concrete(name = "ColumnConnection", params(Column)),
    concrete(name = "ContractConnection", params(Contract)),
    concrete(name = "DataProductConnection", params(DataProduct)),
    concrete(name = "DatasetConnection", params(Dataset)),
    concrete(name = "DomainConnection", params(Domain)),
    concrete(name = "EntityConnection", params(Entity)),
    concrete(name = "MetricConnection", params(Metric)),
    concrete(name = "OwnerConnection", params(Owner)),
    concrete(name = "QueryableMetricConnection", params(QueryableMetric)),
    concrete(name = "RelationshipConnection", params(Relationship)),
    concrete(name = "StatementConnection", params(Statement)),
    concrete(name = "TermConnection", params(Term))
)]
impl<T> Connection<T>
where
    T: OutputType + Clone,
    Edge<T>: OutputType,
{
    /// The items of the page with their cursors.
    async fn edges(&self) -> Vec<Edge<T>> {
        let cursors = (self.page.offset..).map(|index| self.page.cursor(index));
        self.items
            .iter()
            .zip(cursors)
            .map(|(node, cursor)| Edge {
                cursor,
                node: node.clone(),
            })
            .collect()
    }

    /// The items of the page, for those who need no cursor for each.
    async fn nodes(&self) -> &[T] {
        &self.items
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        page_info(self.page, self.items.len(), self.total)
    }

    /// Items in the whole list.
    async fn total_count(&self) -> u64 {
        self.total as u64
    }
}

/// An item of a page with its cursor.
#[derive(SimpleObject)]
#[graphql(
    concrete(name = "ColumnEdge", params(Column)),
    concrete(name = "ContractEdge", params(Contract)),
    concrete(name = "DataProductEdge", params(DataProduct)),
    concrete(name = "DatasetEdge", params(Dataset)),
    concrete(name = "DomainEdge", params(Domain)),
    concrete(name = "EntityEdge", params(Entity)),
    concrete(name = "MetricEdge", params(Metric)),
    concrete(name = "OwnerEdge", params(Owner)),
    concrete(name = "QueryableMetricEdge", params(QueryableMetric)),
    concrete(name = "RelationshipEdge", params(Relationship)),
    concrete(name = "StatementEdge", params(Statement)),
    concrete(name = "TermEdge", params(Term))
)]
pub struct Edge<T: OutputType> {
    /// Place of the item, for `after`.
    cursor: String,
    /// The item.
    node: T,
}
