//! What the index knows of an entity: plain records, collected once per snapshot.
//!
//! The rest of the crate reads these records and never the graph, so that ranking can be tested on records
//! written by hand. Records name each other by position in the lists of [`Documents`].

mod collect;
mod known;
mod standing;
mod values;
mod versions;

pub(crate) use collect::collect;
pub(crate) use known::Known;
pub use standing::{Lifecycle, Standing};

use std::sync::Arc;

use semantic_model::EntityKind;

/// Everything of a graph that can be searched for or resolved to.
#[derive(Debug, Clone, Default, Hash)]
pub struct Documents {
    /// Business domains.
    pub domains: Vec<DomainDoc>,
    /// Data products.
    pub products: Vec<ProductDoc>,
    /// Datasets.
    pub datasets: Vec<DatasetDoc>,
    /// Columns.
    pub columns: Vec<ColumnDoc>,
    /// Glossary terms.
    pub terms: Vec<TermDoc>,
    /// Metrics.
    pub metrics: Vec<MetricDoc>,
    /// Entities that are searched but not resolved to: contracts, owners, sources.
    pub others: Vec<OtherDoc>,
    /// What people said of meanings that were offered to them.
    pub feedback: Vec<FeedbackDoc>,
}

/// What was said of one asset as the meaning of some words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct FeedbackDoc {
    /// The words.
    pub asked: String,
    /// The IRI of the asset.
    pub about: String,
    /// How often it was taken as their meaning.
    pub accepted: u64,
    /// How often it was said not to be.
    pub rejected: u64,
}

/// What every entity has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Entity {
    /// The entity's IRI.
    pub iri: String,
    /// The technical name, as its source writes it; empty when there is only a label.
    pub name: String,
    /// The label for people, when it says more than the name.
    pub label: Option<String>,
    /// The description or definition.
    pub description: Option<String>,
    /// The identifier in its source.
    pub identifier: Option<String>,
    /// Keywords, alternative labels and other words for it.
    pub synonyms: Vec<String>,
    /// The names of the sources that speak of it.
    pub sources: Vec<Arc<str>>,
}

impl Entity {
    /// Returns what to show for the entity: its label, else its name, else its IRI.
    pub fn title(&self) -> &str {
        match &self.label {
            Some(label) if !label.is_empty() => label,
            _ if !self.name.is_empty() => &self.name,
            _ => &self.iri,
        }
    }
}

/// A business domain.
#[derive(Debug, Clone, Default, Hash)]
pub struct DomainDoc {
    /// Its names.
    pub entity: Entity,
    /// The domains that it is part of.
    pub parents: Vec<usize>,
}

/// A data product.
#[derive(Debug, Clone, Default, Hash)]
pub struct ProductDoc {
    /// Its names.
    pub entity: Entity,
    /// Its domain.
    pub domain: Option<usize>,
    /// The IRIs of its owners.
    pub owners: Vec<String>,
    /// What speaks for or against it beside its words.
    pub standing: Standing,
}

/// A dataset.
#[derive(Debug, Clone, Default, Hash)]
pub struct DatasetDoc {
    /// Its names.
    pub entity: Entity,
    /// The data products that offer it, the main one first.
    pub products: Vec<usize>,
    /// Its domain, when it names one itself.
    pub domain: Option<usize>,
    /// The IRIs of its owners.
    pub owners: Vec<String>,
    /// How often it was queried.
    pub usage: u64,
    /// The first dataset that is the same physical table, when another source speaks of it too.
    pub twin: Option<usize>,
    /// What speaks for or against it beside its words.
    pub standing: Standing,
    /// The first dataset that holds the same: its namesake with the same columns, or what it was copied from.
    pub family: Option<usize>,
}

/// A column.
#[derive(Debug, Clone, Default, Hash)]
pub struct ColumnDoc {
    /// Its names.
    pub entity: Entity,
    /// Its dataset.
    pub dataset: usize,
    /// The columns that it refers to as a foreign key.
    pub references: Vec<usize>,
    /// Values that it may hold or was seen to hold; none of personal data.
    pub values: Vec<String>,
}

/// A glossary term.
#[derive(Debug, Clone, Default, Hash)]
pub struct TermDoc {
    /// Its names: the preferred label is the label, the other labels are synonyms, the definition is the description.
    pub entity: Entity,
    /// Its formula or filter.
    pub expression: Option<String>,
    /// Its domain.
    pub domain: Option<usize>,
    /// Its data product.
    pub product: Option<usize>,
    /// The datasets that carry it.
    pub datasets: Vec<usize>,
    /// The columns that carry it.
    pub columns: Vec<usize>,
}

/// A metric.
#[derive(Debug, Clone, Default, Hash)]
pub struct MetricDoc {
    /// Its names.
    pub entity: Entity,
    /// Its formula.
    pub expression: Option<String>,
    /// Its domain.
    pub domain: Option<usize>,
    /// Its data product.
    pub product: Option<usize>,
    /// The datasets that it is computed from.
    pub datasets: Vec<usize>,
    /// The columns that it is computed from.
    pub columns: Vec<usize>,
}

/// An entity that is searched but not resolved to.
#[derive(Debug, Clone, Hash)]
pub struct OtherDoc {
    /// Its names.
    pub entity: Entity,
    /// Its kind.
    pub kind: EntityKind,
    /// Its domain.
    pub domain: Option<usize>,
}

impl Documents {
    /// Returns the dataset that stands for a physical table, whichever source speaks of it.
    pub(crate) fn stands_for(&self, dataset: usize) -> usize {
        self.datasets
            .get(dataset)
            .and_then(|doc| doc.twin)
            .unwrap_or(dataset)
    }

    /// Returns a domain and all that are part of it; a cycle among them is walked once.
    pub(crate) fn domain_with_parts(&self, domain: usize) -> Vec<usize> {
        let mut found = vec![domain];
        let mut next = 0;
        while let Some(&whole) = found.get(next) {
            next += 1;
            for (part, doc) in self.domains.iter().enumerate() {
                if doc.parents.contains(&whole) && !found.contains(&part) {
                    found.push(part);
                }
            }
        }
        found
    }

    /// Drops the positions that point outside the lists, so that no reader has to check them again.
    pub(crate) fn repair(&mut self) {
        let (domains, products) = (self.domains.len(), self.products.len());
        let datasets = self.datasets.len();
        if datasets == 0 {
            self.columns.clear();
        }
        let columns = self.columns.len();
        let within = |at: &mut Option<usize>, len: usize| *at = at.filter(|&at| at < len);
        for doc in &mut self.domains {
            doc.parents.retain(|&at| at < domains);
        }
        self.products
            .iter_mut()
            .for_each(|doc| within(&mut doc.domain, domains));
        for doc in &mut self.datasets {
            within(&mut doc.domain, domains);
            within(&mut doc.twin, datasets);
            within(&mut doc.family, datasets);
            within(&mut doc.standing.successor, datasets);
            within(&mut doc.standing.version_of, datasets);
            doc.products.retain(|&at| at < products);
        }
        for doc in &mut self.columns {
            doc.dataset = doc.dataset.min(datasets.saturating_sub(1));
            doc.references.retain(|&at| at < columns);
        }
        let concept = |domain: &mut Option<usize>,
                       product: &mut Option<usize>,
                       tables: &mut Vec<usize>,
                       own: &mut Vec<usize>| {
            within(domain, domains);
            within(product, products);
            tables.retain(|&at| at < datasets);
            own.retain(|&at| at < columns);
        };
        for doc in &mut self.terms {
            concept(
                &mut doc.domain,
                &mut doc.product,
                &mut doc.datasets,
                &mut doc.columns,
            );
        }
        for doc in &mut self.metrics {
            concept(
                &mut doc.domain,
                &mut doc.product,
                &mut doc.datasets,
                &mut doc.columns,
            );
        }
        self.others
            .iter_mut()
            .for_each(|doc| within(&mut doc.domain, domains));
    }
}
