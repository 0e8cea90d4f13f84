//! What of a question stands in the names of the best products, word by word.
//!
//! For the best products only, every word of the question is looked for among the names of the product, its
//! datasets and its columns. The stages that order products, datasets and columns at the end read from here.

use rustc_hash::FxHashMap;

use super::asked::{Asked, Covered};
use super::expand::Group;
use super::names::Names;
use super::outcome::telling;
use super::ranker::Ranker;
use super::score::Scored;
use super::words::top;

/// So many of the best products are looked at closely.
const PRODUCTS_MAX: usize = 16;
/// What the most common word weighs beside one that is in no list of words.
const COMMON: f32 = 0.1;
/// What owns a word names it at least this much as strongly as the best beside it.
const OWNED: f32 = 0.98;

/// The strongest names found for each word of the question, a row an item or set of items.
#[derive(Debug, Default)]
pub(super) struct Rows {
    words: usize,
    /// In any name.
    any: Vec<f32>,
    /// In a name, times the share of the name that is asked for.
    whole: Vec<f32>,
}

impl Rows {
    pub(super) fn new(words: usize) -> Self {
        Self {
            words,
            any: Vec::new(),
            whole: Vec::new(),
        }
    }

    /// Adds an empty row.
    pub(super) fn add(&mut self) -> usize {
        let row = self.any.len() / self.words.max(1);
        self.any.resize(self.any.len() + self.words, 0.0);
        self.whole.resize(self.whole.len() + self.words, 0.0);
        row
    }

    pub(super) fn any(&self, row: usize) -> &[f32] {
        &self.any[row * self.words..(row + 1) * self.words]
    }

    pub(super) fn whole(&self, row: usize) -> &[f32] {
        &self.whole[row * self.words..(row + 1) * self.words]
    }

    /// Notes the words of an item's names.
    pub(super) fn meet(
        &mut self,
        row: usize,
        (names, item): (&Names, u32),
        (asked, covered): (&Asked, &Covered),
    ) {
        let start = row * self.words;
        for name in names.of(item) {
            let share = covered.share(name);
            if share <= 0.0 {
                continue;
            }
            let square = share * share;
            for slot in name.slots() {
                for &(word, own) in slot.words {
                    let (strength, group) = asked.of(word);
                    if strength > 0.0 {
                        let strength = own * strength;
                        let at = start + group;
                        self.any[at] = self.any[at].max(strength);
                        self.whole[at] = self.whole[at].max(strength * square);
                    }
                }
            }
        }
    }

    /// Takes over what another row found.
    pub(super) fn merge(&mut self, into: usize, from: usize) {
        let (into, from) = (into * self.words, from * self.words);
        for at in 0..self.words {
            self.any[into + at] = self.any[into + at].max(self.any[from + at]);
            self.whole[into + at] = self.whole[into + at].max(self.whole[from + at]);
        }
    }
}

/// A dataset of a product, with rows of its name and of everything in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub(super) at: u32,
    pub(super) name: usize,
    pub(super) row: usize,
}

/// What is known of one of the best products, as rows.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) group: u32,
    /// Its own name, and everything in it.
    pub(super) all: usize,
    /// The names of its datasets.
    pub(super) tables_named: usize,
    /// The names of its datasets and columns.
    pub(super) inside: usize,
    pub(super) tables: Vec<Table>,
    /// Columns that hold a word of the question.
    pub(super) columns: Vec<(u32, usize)>,
}

/// How much each word of a question weighs in a share.
#[derive(Debug, Default)]
pub(super) struct Weights {
    words: Vec<f32>,
    sum: f32,
}

impl Weights {
    pub(super) fn new(groups: &[Group], of: impl Fn(&Group) -> f32) -> Self {
        let words: Vec<f32> = groups.iter().map(of).collect();
        let sum = words.iter().sum::<f32>().max(f32::EPSILON);
        Self { words, sum }
    }

    /// Returns by how much a second row covers more than the first alone.
    pub(super) fn gain(&self, known: &[f32], more: &[f32]) -> f32 {
        let pairs = known.iter().zip(more).zip(&self.words);
        let sum: f32 = pairs.map(|((a, b), w)| (b - a).max(0.0) * w).sum();
        sum / self.sum
    }

    /// Returns the weighted share of the words that a row covers.
    pub(super) fn share(&self, found: &[f32]) -> f32 {
        let sum: f32 = found.iter().zip(&self.words).map(|(f, w)| f * w).sum();
        sum / self.sum
    }

    /// Returns the weighted share of the words that a row names as strongly as the best row does.
    pub(super) fn owned(&self, found: &[f32], best: &[f32]) -> f32 {
        let pairs = found.iter().zip(best).zip(&self.words);
        let owned = pairs.filter(|((f, b), _)| **b > 0.0 && **f > OWNED * **b);
        owned.map(|((_, b), w)| b * w).sum::<f32>() / self.sum
    }
}

/// What was found in the best products, the best product first.
#[derive(Debug, Default)]
pub(crate) struct Look {
    pub(super) rows: Rows,
    pub(super) products: Vec<Product>,
    /// Words that name what is asked for.
    pub(super) nouns: Weights,
    /// All words, generic ones for what they are worth on columns.
    pub(super) words: Weights,
    /// Words of data by how uncommon they are in English, whatever the catalog makes of them.
    pub(super) uncommon: Weights,
}

impl Ranker {
    /// Looks for the words of a question in the names of the best products.
    pub(crate) fn look(&self, groups: &[Group], asked: &Asked, scored: &Scored) -> Look {
        let mut best: Vec<u32> = (0..self.groups.len() as u32)
            .filter(|&group| scored.products[group as usize] > 0.0)
            .collect();
        top(&mut best, PRODUCTS_MAX, &scored.products);
        let mut look = Look {
            rows: Rows::new(groups.len()),
            products: Vec::with_capacity(best.len()),
            nouns: Weights::new(
                groups,
                |group| {
                    if group.word.noun { telling(group) } else { 0.0 }
                },
            ),
            words: Weights::new(groups, |group| {
                telling(group) * group.column_weight / group.weight.max(f32::EPSILON)
            }),
            uncommon: Weights::new(groups, |group| self.uncommon(group)),
        };
        let mut place = vec![u8::MAX; self.groups.len()];
        for (at, &group) in (0u8..).zip(&best) {
            place[group as usize] = at;
            let (all, tables_named, inside) = (look.rows.add(), look.rows.add(), look.rows.add());
            let names = (&self.products.names, group);
            look.rows.meet(all, names, (asked, &scored.product_names));
            look.products.push(Product {
                group,
                all,
                tables_named,
                inside,
                tables: Vec::new(),
                columns: Vec::new(),
            });
        }
        self.look_inside(&mut look, &place, asked, scored);
        look
    }

    /// Returns how uncommon a word is, 0 to 1; values and generic words are nothing.
    fn uncommon(&self, group: &Group) -> f32 {
        let word = &group.word;
        if word.hint || word.quoted || word.number || word.generic || word.capitalised {
            return 0.0;
        }
        let all = self.lexicon.len() as f32;
        let rank = self
            .lexicon
            .rank(&word.text)
            .map_or(all, |rank| rank as f32);
        ((1.0 + rank).ln() / (1.0 + all).ln()).clamp(COMMON, 1.0)
    }

    fn look_inside(&self, look: &mut Look, place: &[u8], asked: &Asked, scored: &Scored) {
        let Look { rows, products, .. } = look;
        let mut row_of: FxHashMap<u32, usize> = FxHashMap::default();
        let product_at = |table: u32| usize::from(place[self.group_of(table) as usize]);
        // Most of what a word touches holds it in a description, not in a name.
        let covered = (asked, &scored.table_names);
        for &table in &scored.table_words.touched {
            let names = (&self.tables.names, table);
            if let Some(product) = products.get_mut(product_at(table))
                && covered.1.best_share(names.0, table) > 0.0
            {
                let (name, row) = (rows.add(), rows.add());
                rows.meet(name, names, covered);
                rows.merge(row, name);
                rows.merge(product.tables_named, name);
                row_of.insert(table, row);
                product.tables.push(Table {
                    at: table,
                    name,
                    row,
                });
            }
        }
        let covered = (asked, &scored.column_names);
        for &column in &scored.column_words.touched {
            let table = self.table_of_column[column as usize];
            let names = (&self.columns.names, column);
            if let Some(product) = products.get_mut(product_at(table))
                && covered.1.best_share(names.0, column) > 0.0
            {
                let of_table = *row_of.entry(table).or_insert_with(|| {
                    let (name, row) = (rows.add(), rows.add());
                    product.tables.push(Table {
                        at: table,
                        name,
                        row,
                    });
                    row
                });
                let row = rows.add();
                rows.meet(row, names, covered);
                rows.merge(of_table, row);
                rows.merge(product.inside, row);
                product.columns.push((column, row));
            }
        }
        for product in products {
            rows.merge(product.inside, product.tables_named);
            rows.merge(product.all, product.inside);
        }
    }
}
