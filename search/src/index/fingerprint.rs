//! Hashes of what the parts of an index are made of: a part of which the hash is the same need not be made again.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::document::{Documents, Entity};

/// Hashes everything, so that no field can be forgotten.
pub(super) fn all(documents: &Documents) -> u64 {
    let mut hasher = DefaultHasher::new();
    documents.hash(&mut hasher);
    hasher.finish()
}

/// Hashes what completion and look-up read: names in their order, and how much datasets are used.
pub(super) fn names(documents: &Documents) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut list = |len: usize| len.hash(&mut hasher);
    list(documents.domains.len());
    list(documents.products.len());
    list(documents.datasets.len());
    list(documents.columns.len());
    list(documents.terms.len());
    list(documents.metrics.len());
    let mut named = |entity: &Entity| {
        let Entity {
            iri,
            name,
            label,
            description: _,
            identifier,
            synonyms,
            sources: _,
        } = entity;
        (iri, name, label, identifier, synonyms).hash(&mut hasher);
    };
    documents.domains.iter().for_each(|d| named(&d.entity));
    documents.products.iter().for_each(|d| named(&d.entity));
    documents.datasets.iter().for_each(|d| named(&d.entity));
    documents.columns.iter().for_each(|d| named(&d.entity));
    documents.terms.iter().for_each(|d| named(&d.entity));
    documents.metrics.iter().for_each(|d| named(&d.entity));
    documents.others.iter().for_each(|d| named(&d.entity));
    for doc in &documents.datasets {
        doc.usage.hash(&mut hasher);
    }
    for doc in &documents.others {
        doc.kind.hash(&mut hasher);
    }
    hasher.finish()
}
