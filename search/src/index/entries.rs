//! All entities in one numbered list.

use semantic_model::EntityKind;

use crate::document::{Documents, Entity};

/// The number of an entity among all kinds.
pub(crate) type EntryId = u32;

/// All entities of the documents as one list: kind by kind, in the order of the documents.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    list: Vec<(EntityKind, u32)>,
    /// Where the columns of each dataset start among `columns`.
    starts: Vec<u32>,
    columns: Vec<u32>,
}

impl Entries {
    /// Numbers the entities.
    pub(crate) fn of(documents: &Documents) -> Self {
        let mut list = Vec::new();
        let counts = [
            (EntityKind::Domain, documents.domains.len()),
            (EntityKind::DataProduct, documents.products.len()),
            (EntityKind::Dataset, documents.datasets.len()),
            (EntityKind::Column, documents.columns.len()),
            (EntityKind::Term, documents.terms.len()),
            (EntityKind::Metric, documents.metrics.len()),
        ];
        for (kind, count) in counts {
            list.extend((0..count as u32).map(|at| (kind, at)));
        }
        list.extend(
            (0u32..)
                .zip(&documents.others)
                .map(|(at, doc)| (doc.kind, at)),
        );
        let (starts, columns) = columns_by_dataset(documents);
        Self {
            list,
            starts,
            columns,
        }
    }

    /// Returns the columns of a dataset, in their order.
    pub(crate) fn columns_of(&self, dataset: usize) -> &[u32] {
        let at = |i: usize| self.starts.get(i).map_or(0, |&start| start as usize);
        self.columns
            .get(at(dataset)..at(dataset + 1))
            .unwrap_or(&[])
    }

    /// Returns how many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns the kind of an entry and its position among the documents of that kind.
    pub(crate) fn get(&self, id: EntryId) -> (EntityKind, usize) {
        self.list
            .get(id as usize)
            .map_or((EntityKind::Source, usize::MAX), |&(kind, at)| {
                (kind, at as usize)
            })
    }

    /// Returns the names of an entry.
    pub(crate) fn entity<'d>(&self, id: EntryId, documents: &'d Documents) -> Option<&'d Entity> {
        let (kind, at) = self.get(id);
        match kind {
            EntityKind::Domain => documents.domains.get(at).map(|d| &d.entity),
            EntityKind::DataProduct => documents.products.get(at).map(|d| &d.entity),
            EntityKind::Dataset => documents.datasets.get(at).map(|d| &d.entity),
            EntityKind::Column => documents.columns.get(at).map(|d| &d.entity),
            EntityKind::Term => documents.terms.get(at).map(|d| &d.entity),
            EntityKind::Metric => documents.metrics.get(at).map(|d| &d.entity),
            EntityKind::Contract | EntityKind::Owner | EntityKind::Source => {
                documents.others.get(at).map(|d| &d.entity)
            }
        }
    }

    /// Returns the domain of an entry, its own or that of its dataset or product.
    pub(crate) fn domain(&self, id: EntryId, documents: &Documents) -> Option<usize> {
        let (kind, at) = self.get(id);
        let of_product = |product: Option<usize>| documents.products.get(product?)?.domain;
        match kind {
            EntityKind::Domain => Some(at),
            EntityKind::DataProduct => of_product(Some(at)),
            EntityKind::Dataset => dataset_domain(documents, at),
            EntityKind::Column => dataset_domain(documents, documents.columns.get(at)?.dataset),
            EntityKind::Term => documents
                .terms
                .get(at)
                .and_then(|d| d.domain.or_else(|| of_product(d.product))),
            EntityKind::Metric => documents
                .metrics
                .get(at)
                .and_then(|d| d.domain.or_else(|| of_product(d.product))),
            EntityKind::Contract | EntityKind::Owner | EntityKind::Source => {
                documents.others.get(at)?.domain
            }
        }
    }
}

/// Sorts the columns by their datasets: where those of each start, and all of them.
fn columns_by_dataset(documents: &Documents) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; documents.datasets.len() + 1];
    for column in &documents.columns {
        starts[column.dataset + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut columns = vec![0; documents.columns.len()];
    for (at, column) in (0u32..).zip(&documents.columns) {
        let place = &mut next[column.dataset];
        columns[*place as usize] = at;
        *place += 1;
    }
    (starts, columns)
}

fn dataset_domain(documents: &Documents, at: usize) -> Option<usize> {
    let dataset = documents.datasets.get(at)?;
    dataset
        .domain
        .or_else(|| documents.products.get(*dataset.products.first()?)?.domain)
}
