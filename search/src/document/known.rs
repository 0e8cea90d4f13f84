//! What an earlier index knows of the entities, for those of which nothing changed since.

use graph_core::TermId;
use semantic_model::Entity as View;

use super::{Documents, Entity};
use crate::index::entries::Entries;

/// A column is looked for among so many behind the one that was found last.
const COLUMNS_AHEAD: usize = 16;

/// The documents of an earlier snapshot, and the subjects of all that was said and taken back since.
#[derive(Clone, Copy)]
pub(crate) struct Known<'k> {
    pub(crate) documents: &'k Documents,
    pub(crate) entries: &'k Entries,
    /// Sorted.
    pub(crate) changed: &'k [TermId],
}

/// A list of [`Documents`].
#[derive(Clone, Copy)]
pub(super) enum List {
    Domains,
    Products,
    Datasets,
    /// Those of the dataset that was asked for last.
    Columns,
    Terms,
}

/// Walks along the known lists, which are in the same order as what is read: by IRI, and columns by their datasets.
pub(super) struct Walk<'k> {
    known: Known<'k>,
    /// The next place of each list.
    next: [usize; 5],
    /// The columns of the dataset that was asked for last.
    columns: &'k [u32],
}

impl<'k> Walk<'k> {
    pub(super) fn new(known: Known<'k>) -> Self {
        Self {
            known,
            next: [0; 5],
            columns: &[],
        }
    }

    /// Finds what is known of an entity; `None` when it is new, was changed, or is not where it is looked for.
    pub(super) fn find(&mut self, list: List, view: &View<'_>) -> Option<&'k Entity> {
        let iri = view.iri();
        let documents = self.known.documents;
        let found = match list {
            List::Domains => self.seek(list, &iri, &documents.domains, |d| &d.entity),
            List::Products => self.seek(list, &iri, &documents.products, |d| &d.entity),
            List::Datasets => {
                let found = self.seek(list, &iri, &documents.datasets, |d| &d.entity);
                let entries = self.known.entries;
                self.columns = found.map_or(&[], |(at, _)| entries.columns_of(at));
                found
            }
            List::Columns => self.seek_column(&iri),
            List::Terms => self.seek(list, &iri, &documents.terms, |d| &d.entity),
        };
        let is_changed = self.known.changed.binary_search(&view.id()).is_ok();
        found.map(|(_, entity)| entity).filter(|_| !is_changed)
    }

    fn seek<D>(
        &mut self,
        list: List,
        iri: &str,
        documents: &'k [D],
        entity: impl Fn(&'k D) -> &'k Entity,
    ) -> Option<(usize, &'k Entity)> {
        let next = &mut self.next[list as usize];
        let is_next = documents
            .get(*next)
            .is_some_and(|doc| entity(doc).iri == iri);
        let at = if is_next {
            *next
        } else {
            let order = |doc: &'k D| entity(doc).iri.as_str().cmp(iri);
            documents.binary_search_by(order).ok()?
        };
        *next = at + 1;
        documents.get(at).map(|doc| (at, entity(doc)))
    }

    fn seek_column(&mut self, iri: &str) -> Option<(usize, &'k Entity)> {
        let mut ahead = self.columns.iter().take(COLUMNS_AHEAD);
        let documents = &self.known.documents.columns;
        let is_it = |at: &u32| {
            let column = documents.get(*at as usize);
            column.is_some_and(|column| column.entity.iri == iri)
        };
        let passed = ahead.position(is_it)?;
        let at = *self.columns.get(passed)? as usize;
        self.columns = self.columns.get(passed + 1..).unwrap_or(&[]);
        documents.get(at).map(|column| (at, &column.entity))
    }
}
