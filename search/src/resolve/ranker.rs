//! What the ranker knows of a catalog, built once.

mod affixes;
mod initials;
mod levels;
#[cfg(test)]
mod tests;

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::analyze::{Analyzer, Name};
use super::feedback::Remembered;
use super::level::Level;
use super::literals::Values;
use super::names::Names;
use super::sheet::Pools;
use super::standing;
use super::tuning::Tuning;
use super::vectors::Directions;
use super::vocabulary::{Vocabulary, WordId};
use crate::document::{Documents, Entity};
use crate::lexicon::Lexicon;

/// More foreign-key neighbours of a dataset than this are left out: a hub is near to everything.
const NEIGHBOURS_MAX: usize = 16;

/// The ranker's immutable tables.
#[derive(Debug)]
pub(crate) struct Ranker {
    pub(crate) lexicon: &'static Lexicon,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) products: Side,
    pub(crate) tables: Side,
    pub(crate) columns: Side,
    pub(crate) terms: Side,
    pub(crate) metrics: Side,
    /// The product that each term belongs to.
    pub(crate) product_of_term: Vec<Option<u32>>,
    /// The words in the names of products.
    pub(crate) titles: FxHashSet<WordId>,
    pub(crate) groups: Vec<Group>,
    pub(crate) group_of_table: Vec<u32>,
    pub(crate) columns_of_table: Vec<Vec<u32>>,
    pub(crate) table_of_column: Vec<u32>,
    /// Whether a column names what its dataset lists.
    pub(crate) naming: Vec<bool>,
    pub(crate) neighbours: Vec<Vec<u32>>,
    pub(crate) table_vectors: Directions,
    pub(crate) column_vectors: Directions,
    pub(crate) usage: Vec<f32>,
    /// What the standing of each dataset adds to its score, as a share of it.
    pub(crate) standing: Vec<f32>,
    /// Which columns hold which values.
    pub(crate) values: Values,
    /// What people said of earlier answers.
    pub(crate) remembered: Remembered,
    pub(crate) tuning: Tuning,
    pub(crate) pools: Pools,
}

/// Postings and names of one level.
#[derive(Debug, Default)]
pub(crate) struct Side {
    pub(crate) level: Level,
    pub(crate) names: Names,
    /// Definitions, each as one long name; of terms and metrics only.
    pub(crate) texts: Names,
}

/// A data product, or the datasets of one domain or source that belong to none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    pub(crate) product: Option<usize>,
    pub(crate) domain: Option<usize>,
    pub(crate) tables: Vec<u32>,
    /// How many columns a product has beside the others, as a logarithm; 0 for what is no product.
    pub(crate) size: f32,
    /// How many datasets it has beside the others, likewise.
    pub(crate) breadth: f32,
    /// What the standing of the product adds to its score, as a share of it.
    pub(crate) standing: f32,
}

/// The analysed words of one entity.
#[derive(Default)]
struct Analysed {
    names: Vec<Name>,
    synonyms: Vec<Name>,
    text: Vec<WordId>,
}

struct Builder<'d> {
    documents: &'d Documents,
    analyzer: Analyzer<'static>,
    tuning: &'d Tuning,
    products: Vec<Analysed>,
    domains: Vec<Analysed>,
    tables: Vec<Analysed>,
    columns: Vec<Analysed>,
    terms: Vec<Analysed>,
    metrics: Vec<Analysed>,
    groups: Vec<Group>,
    group_of_table: Vec<u32>,
    columns_of_table: Vec<Vec<u32>>,
    neighbours: Vec<Vec<u32>>,
    terms_of_table: Vec<Vec<usize>>,
    terms_of_column: Vec<Vec<usize>>,
    terms_of_group: Vec<Vec<usize>>,
}

impl Ranker {
    /// Builds the tables of a catalog.
    pub(crate) fn build(documents: &Documents, lexicon: &'static Lexicon, tuning: &Tuning) -> Self {
        let mut analyzer = Analyzer::new(lexicon);
        let mut read = |entity: &Entity| Analysed::read(entity, &mut analyzer);
        let products = documents.products.iter().map(|d| read(&d.entity)).collect();
        let domains = documents.domains.iter().map(|d| read(&d.entity)).collect();
        let mut tables: Vec<Analysed> =
            documents.datasets.iter().map(|d| read(&d.entity)).collect();
        let columns = documents.columns.iter().map(|d| read(&d.entity)).collect();
        let mut terms: Vec<Analysed> = documents.terms.iter().map(|d| read(&d.entity)).collect();
        let mut metrics: Vec<Analysed> =
            documents.metrics.iter().map(|d| read(&d.entity)).collect();
        for (term, doc) in terms.iter_mut().zip(&documents.terms) {
            term.text
                .extend(doc.expression.iter().flat_map(|text| analyzer.text(text)));
        }
        for (metric, doc) in metrics.iter_mut().zip(&documents.metrics) {
            metric
                .text
                .extend(doc.expression.iter().flat_map(|text| analyzer.text(text)));
        }
        let (mut groups, group_of_table) = group(documents);
        let mut columns_of_table = vec![Vec::new(); documents.datasets.len()];
        for (column, doc) in (0u32..).zip(&documents.columns) {
            if let Some(list) = columns_of_table.get_mut(doc.dataset) {
                list.push(column);
            }
        }
        affixes::learn(
            &mut tables,
            groups.iter().map(|group| group.tables.as_slice()),
        );
        measure(&mut groups, &columns_of_table);
        for group in &mut groups {
            let product = group.product.and_then(|at| documents.products.get(at));
            group.standing = product.map_or(0.0, |doc| standing::prior(&doc.standing, tuning));
        }
        let mut builder = Builder {
            documents,
            analyzer,
            tuning,
            products,
            domains,
            tables,
            columns,
            terms,
            metrics,
            terms_of_table: vec![Vec::new(); documents.datasets.len()],
            terms_of_column: vec![Vec::new(); documents.columns.len()],
            terms_of_group: vec![Vec::new(); groups.len()],
            groups,
            group_of_table,
            columns_of_table,
            neighbours: neighbours(documents),
        };
        builder.link_terms();
        builder.read_initials();
        builder.analyzer.vocabulary.seal(lexicon);
        builder.finish(lexicon)
    }
}

impl Analysed {
    fn read(entity: &Entity, analyzer: &mut Analyzer<'_>) -> Self {
        let mut names: Vec<Name> = Vec::with_capacity(2);
        for text in [Some(&entity.name), entity.label.as_ref()]
            .into_iter()
            .flatten()
        {
            let name = analyzer.name(text);
            if !name.is_empty() {
                names.push(name);
            }
        }
        let synonyms = entity
            .synonyms
            .iter()
            .map(|text| analyzer.name(text))
            .collect();
        let text = entity
            .description
            .as_ref()
            .map_or_else(Vec::new, |text| analyzer.text(text));
        Self {
            names,
            synonyms,
            text,
        }
    }

    fn all_names(&self) -> impl Iterator<Item = &Name> {
        self.names.iter().chain(&self.synonyms)
    }
}

/// Puts every dataset into its product, or into the rest of its domain or source.
fn group(documents: &Documents) -> (Vec<Group>, Vec<u32>) {
    let real = documents.products.iter().enumerate();
    let mut groups: Vec<Group> = real
        .map(|(at, doc)| Group {
            product: Some(at),
            domain: doc.domain,
            ..Group::default()
        })
        .collect();
    let mut rest: FxHashMap<(Option<usize>, &str), usize> = FxHashMap::default();
    let mut group_of_table = Vec::with_capacity(documents.datasets.len());
    for (table, doc) in (0u32..).zip(&documents.datasets) {
        let at = doc
            .products
            .first()
            .copied()
            .filter(|&p| p < documents.products.len())
            .unwrap_or_else(|| {
                let source = if doc.domain.is_some() {
                    ""
                } else {
                    doc.entity.sources.first().map_or("", |s| s)
                };
                *rest.entry((doc.domain, source)).or_insert_with(|| {
                    groups.push(Group {
                        domain: doc.domain,
                        ..Group::default()
                    });
                    groups.len() - 1
                })
            });
        groups[at].tables.push(table);
        if groups[at].domain.is_none() {
            groups[at].domain = doc.domain;
        }
        group_of_table.push(at as u32);
    }
    (groups, group_of_table)
}

/// Notes how large each product is beside the others: a large one holds many words by chance.
fn measure(groups: &mut [Group], columns_of_table: &[Vec<u32>]) {
    let size = |group: &Group| {
        let columns = group
            .tables
            .iter()
            .map(|&table| columns_of_table[table as usize].len());
        (1.0 + columns.sum::<usize>() as f32).ln()
    };
    let breadth = |group: &Group| (1.0 + group.tables.len() as f32).ln();
    let (mut count, mut sizes, mut breadths) = (0.0f32, 0.0f32, 0.0f32);
    for group in groups.iter().filter(|group| group.product.is_some()) {
        count += 1.0;
        sizes += size(group);
        breadths += breadth(group);
    }
    let count = count.max(1.0);
    for group in groups.iter_mut().filter(|group| group.product.is_some()) {
        group.size = size(group) - sizes / count;
        group.breadth = breadth(group) - breadths / count;
    }
}

/// Tells whether a column names what its dataset lists.
fn names_things(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with("name") || name.ends_with("title")
}

/// Lists for every dataset those that foreign keys join it with.
fn neighbours(documents: &Documents) -> Vec<Vec<u32>> {
    let mut lists = vec![Vec::new(); documents.datasets.len()];
    for column in &documents.columns {
        for target in column
            .references
            .iter()
            .filter_map(|&at| documents.columns.get(at))
        {
            let (from, to) = (column.dataset, target.dataset);
            if from != to && from < lists.len() && to < lists.len() {
                lists[from].push(to as u32);
                lists[to].push(from as u32);
            }
        }
    }
    for list in &mut lists {
        list.sort_unstable();
        list.dedup();
        list.truncate(NEIGHBOURS_MAX);
    }
    lists
}

impl Builder<'_> {
    fn link_terms(&mut self) {
        for (at, term) in self.documents.terms.iter().enumerate() {
            for &table in &term.datasets {
                self.terms_of_table[table].push(at);
            }
            for &column in &term.columns {
                self.terms_of_column[column].push(at);
            }
            if let Some(product) = term.product {
                self.terms_of_group[product].push(at);
            }
        }
    }

    fn finish(self, lexicon: &'static Lexicon) -> Ranker {
        let tables = self.table_level();
        let columns = self.column_level();
        let products = self.product_level();
        let terms = self.concept_level(&self.terms);
        let metrics = self.concept_level(&self.metrics);
        let names = self.products.iter().flat_map(|product| &product.names);
        let titles = names.flatten().flat_map(|slot| &slot.words);
        let titles = titles.map(|&(word, _)| word).collect();
        let (table_vectors, column_vectors) = self.vectors(&tables.level, &columns.level);
        let most = self
            .documents
            .datasets
            .iter()
            .map(|d| d.usage)
            .max()
            .unwrap_or(0);
        let prior = |doc: &crate::document::DatasetDoc| standing::prior(&doc.standing, self.tuning);
        let standing = self.documents.datasets.iter().map(prior).collect();
        let scale = (most as f32 + 1.0).ln().max(f32::EPSILON);
        let usage = self
            .documents
            .datasets
            .iter()
            .map(|d| (d.usage as f32 + 1.0).ln() / scale)
            .collect();
        Ranker {
            lexicon,
            vocabulary: self.analyzer.vocabulary,
            products,
            tables,
            columns,
            terms,
            metrics,
            product_of_term: self
                .documents
                .terms
                .iter()
                .map(|term| term.product.map(|product| product as u32))
                .collect(),
            titles,
            groups: self.groups,
            group_of_table: self.group_of_table,
            columns_of_table: self.columns_of_table,
            table_of_column: self
                .documents
                .columns
                .iter()
                .map(|d| d.dataset as u32)
                .collect(),
            naming: self
                .documents
                .columns
                .iter()
                .map(|d| names_things(&d.entity.name))
                .collect(),
            neighbours: self.neighbours,
            table_vectors,
            column_vectors,
            usage,
            standing,
            values: Values::build(self.documents),
            remembered: Remembered::build(self.documents),
            tuning: self.tuning.clone(),
            pools: Pools::default(),
        }
    }
}

impl Ranker {
    /// Returns the columns of a dataset.
    pub(crate) fn columns_of(&self, table: u32) -> &[u32] {
        self.columns_of_table
            .get(table as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// Returns the group of a dataset.
    pub(crate) fn group_of(&self, table: u32) -> u32 {
        self.group_of_table
            .get(table as usize)
            .copied()
            .unwrap_or(0)
    }

    /// Returns the positions of all datasets.
    pub(crate) fn table_range(&self) -> Range<u32> {
        0..self.tables.level.len() as u32
    }
}
