//! Fills the postings of each level with the words of its items, and works out their directions.

use super::{Analysed, Builder, Side};
use crate::resolve::analyze::{Name, Slot};
use crate::resolve::level::{Field, Level};
use crate::resolve::names::Names;
use crate::resolve::vectors::{Directions, Mean};
use crate::resolve::vocabulary::WordId;

impl Builder<'_> {
    pub(super) fn product_level(&self) -> Side {
        let t = self.tuning;
        let (name, text) = (t.length_name, t.length_text);
        let fields = [
            field(t.product_name, name),
            field(t.product_tables, text),
            field(t.product_columns, text),
            field(t.product_description, text),
            field(t.product_domain, name),
            field(t.product_terms, text),
        ];
        let words = self.analyzer.vocabulary.len();
        let level = Level::build(
            self.groups.len(),
            words,
            t.saturation,
            &fields,
            |at, sink| {
                let group = &self.groups[at];
                if let Some(product) = group.product.map(|p| &self.products[p]) {
                    product.all_names().for_each(|name| sink.add_name(0, name));
                    sink.add_text(3, &product.text);
                }
                for &table in &group.tables {
                    self.tables[table as usize]
                        .names
                        .iter()
                        .for_each(|name| sink.add_name(1, name));
                    for &column in &self.columns_of_table[table as usize] {
                        self.columns[column as usize]
                            .names
                            .iter()
                            .for_each(|name| sink.add_name(2, name));
                    }
                }
                if let Some(domain) = group.domain.map(|d| &self.domains[d]) {
                    domain.names.iter().for_each(|name| sink.add_name(4, name));
                }
                for &term in &self.terms_of_group[at] {
                    self.terms[term]
                        .all_names()
                        .for_each(|name| sink.add_name(5, name));
                }
            },
        );
        let empty = Analysed::default();
        let items = self
            .groups
            .iter()
            .map(|g| g.product.map_or(&empty, |p| &self.products[p]));
        side(level, items, 0.0)
    }

    pub(super) fn table_level(&self) -> Side {
        let t = self.tuning;
        let (name, text) = (t.length_name, t.length_text);
        let fields = [
            field(t.table_name, name),
            field(t.table_columns, text),
            field(t.table_product, name),
            field(t.table_neighbours, text),
            field(t.table_neighbour_columns, text),
            field(t.table_description, text),
            field(t.table_terms, name),
        ];
        let words = self.analyzer.vocabulary.len();
        let level = Level::build(
            self.tables.len(),
            words,
            t.saturation,
            &fields,
            |at, sink| {
                let table = &self.tables[at];
                table.all_names().for_each(|name| sink.add_name(0, name));
                for &column in &self.columns_of_table[at] {
                    self.columns[column as usize]
                        .names
                        .iter()
                        .for_each(|name| sink.add_name(1, name));
                }
                if let Some(product) = self.groups[self.group_of_table[at] as usize].product {
                    self.products[product]
                        .names
                        .iter()
                        .for_each(|name| sink.add_name(2, name));
                }
                for &other in &self.neighbours[at] {
                    self.tables[other as usize]
                        .names
                        .iter()
                        .for_each(|name| sink.add_name(3, name));
                    for &column in &self.columns_of_table[other as usize] {
                        self.columns[column as usize]
                            .names
                            .iter()
                            .for_each(|name| sink.add_name(4, name));
                    }
                }
                sink.add_text(5, &table.text);
                for &term in &self.terms_of_table[at] {
                    self.terms[term]
                        .all_names()
                        .for_each(|name| sink.add_name(6, name));
                }
            },
        );
        side(level, self.tables.iter(), 0.0)
    }

    pub(super) fn column_level(&self) -> Side {
        let t = self.tuning;
        let (name, text) = (t.length_name, t.length_text);
        let fields = [
            field(t.column_name, name),
            field(t.column_table, name),
            field(t.column_product, name),
            field(t.column_description, text),
            field(t.column_terms, name),
        ];
        let words = self.analyzer.vocabulary.len();
        let level = Level::build(
            self.columns.len(),
            words,
            t.saturation,
            &fields,
            |at, sink| {
                let column = &self.columns[at];
                column.all_names().for_each(|name| sink.add_name(0, name));
                let table = self.documents.columns[at].dataset;
                self.tables[table]
                    .names
                    .iter()
                    .for_each(|name| sink.add_name(1, name));
                if let Some(product) = self.groups[self.group_of_table[table] as usize].product {
                    self.products[product]
                        .names
                        .iter()
                        .for_each(|name| sink.add_name(2, name));
                }
                sink.add_text(3, &column.text);
                for &term in &self.terms_of_column[at] {
                    self.terms[term]
                        .all_names()
                        .for_each(|name| sink.add_name(4, name));
                }
            },
        );
        side(level, self.columns.iter(), 0.0)
    }

    pub(super) fn concept_level(&self, concepts: &[Analysed]) -> Side {
        let t = self.tuning;
        let fields = [
            field(t.concept_name, t.length_name),
            field(t.concept_text, t.length_text),
        ];
        let words = self.analyzer.vocabulary.len();
        let level = Level::build(concepts.len(), words, t.saturation, &fields, |at, sink| {
            concepts[at]
                .all_names()
                .for_each(|name| sink.add_name(0, name));
            sink.add_text(1, &concepts[at].text);
        });
        let names: Vec<Vec<Name>> = concepts
            .iter()
            .map(|c| c.all_names().cloned().collect())
            .collect();
        let names = Names::pack(names.iter().map(Vec::as_slice), &level, t.head_concept);
        let word = |&word: &WordId| Slot {
            words: vec![(word, 1.0)],
            affix: false,
            aside: false,
        };
        let text = |c: &Analysed| -> Vec<Name> { vec![c.text.iter().map(word).collect()] };
        let texts: Vec<Vec<Name>> = concepts.iter().map(text).collect();
        let texts = Names::pack(texts.iter().map(Vec::as_slice), &level, 0.0);
        Side {
            level,
            names,
            texts,
        }
    }

    pub(super) fn vectors(&self, tables: &Level, columns: &Level) -> (Directions, Directions) {
        let vocabulary = &self.analyzer.vocabulary;
        let mean = |item: &Analysed, level: &Level, text: f32| {
            let mut mean = Mean::new();
            for name in &item.names {
                mean.add_name(vocabulary, name, |word| level.idf(word));
            }
            for &word in item.text.iter().take(40) {
                if let Some(head) = vocabulary.head(word) {
                    mean.add(
                        head,
                        text * level.idf(word) / (1.0 + item.text.len() as f32).sqrt(),
                    );
                }
            }
            mean
        };
        let t = self.tuning;
        let own: Vec<Mean> = self
            .columns
            .iter()
            .map(|c| mean(c, columns, t.vector_description))
            .collect();
        let products: Vec<Mean> = self.products.iter().map(|p| mean(p, tables, 0.0)).collect();
        let mut table_vectors = Directions::default();
        let mut column_vectors = Directions::default();
        let mut table_means = Vec::with_capacity(self.tables.len());
        for (at, table) in self.tables.iter().enumerate() {
            let mut sum = mean(table, tables, t.vector_description);
            let name_only = sum.clone();
            let list = &self.columns_of_table[at];
            for &column in list {
                sum.add_mean(
                    &own[column as usize],
                    t.vector_columns / (1.0 + list.len() as f32).sqrt(),
                );
            }
            if let Some(product) = self.groups[self.group_of_table[at] as usize].product {
                sum.add_mean(&products[product], t.vector_product);
            }
            table_vectors.push(&sum);
            table_means.push(name_only);
        }
        for (column, doc) in own.iter().zip(&self.documents.columns) {
            let mut sum = column.clone();
            sum.add_mean(&table_means[doc.dataset], 0.4);
            column_vectors.push(&sum);
        }
        (table_vectors, column_vectors)
    }
}

fn field(weight: f32, length: f32) -> Field {
    Field { weight, length }
}

fn side<'a>(level: Level, items: impl Iterator<Item = &'a Analysed>, head: f32) -> Side {
    let names = Names::pack(items.map(|item| item.names.as_slice()), &level, head);
    Side {
        level,
        names,
        texts: Names::default(),
    }
}
