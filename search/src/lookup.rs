//! Finds the entity that a caller names by IRI, identifier or name.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::document::{Documents, Entity};
use crate::text::fold::fold_phrase;

/// An entity by its position in a list of [`Documents`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Domain(u32),
    Product(u32),
    Dataset(u32),
    Column(u32),
}

/// A table of the hashes of all keys.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    entries: Vec<(u64, Target)>,
}

impl Lookup {
    /// Collects the keys of domains, products and datasets, and the IRIs of columns.
    pub(crate) fn build(documents: &Documents) -> Self {
        let mut lookup = Self::default();
        for (at, doc) in (0u32..).zip(&documents.domains) {
            lookup.add(&doc.entity, Target::Domain(at));
        }
        for (at, doc) in (0u32..).zip(&documents.products) {
            lookup.add(&doc.entity, Target::Product(at));
        }
        for (at, doc) in (0u32..).zip(&documents.datasets) {
            lookup.add(&doc.entity, Target::Dataset(at));
        }
        for (at, doc) in (0u32..).zip(&documents.columns) {
            lookup.add_key(&doc.entity.iri, Target::Column(at));
            if let Some(id) = &doc.entity.identifier {
                lookup.add_key(id, Target::Column(at));
            }
        }
        lookup.entries.sort_unstable();
        lookup.entries.dedup();
        lookup
    }

    fn add(&mut self, entity: &Entity, target: Target) {
        self.add_key(&entity.iri, target);
        for key in entity
            .identifier
            .iter()
            .chain([&entity.name])
            .chain(&entity.label)
        {
            self.add_key(key, target);
            self.entries.push((hash(&fold_phrase(key)), target));
        }
    }

    fn add_key(&mut self, key: &str, target: Target) {
        self.entries.push((hash(&key.to_lowercase()), target));
    }

    /// Returns the entities that a text names: those of the exact key, else those of the folded name.
    pub(crate) fn find(&self, text: &str) -> Vec<Target> {
        let exact = self.of_hash(hash(&text.trim().to_lowercase()));
        if exact.is_empty() {
            self.of_hash(hash(&fold_phrase(text)))
        } else {
            exact
        }
    }

    fn of_hash(&self, wanted: u64) -> Vec<Target> {
        let start = self.entries.partition_point(|entry| entry.0 < wanted);
        self.entries[start..]
            .iter()
            .take_while(|entry| entry.0 == wanted)
            .map(|entry| entry.1)
            .collect()
    }
}

fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
