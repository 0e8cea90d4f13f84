//! Which datasets a question reaches: all of a mesh that is not large; of a large one those that the words lead to.

use super::look::Look;
use super::ranker::Ranker;
use super::score::Scored;
use super::sheet::Sheet;
use super::words::{Scores, keep_best};

/// A mesh of more datasets than this is large.
const LARGE: usize = 20_000;
/// Of a large mesh so many datasets are reached that words tell most about.
const TABLES_REACHED: usize = 4_096;
/// So many of the products that the words speak for are reached with all their datasets.
const PRODUCTS_REACHED: usize = 64;
/// So many datasets of one product are reached through it.
const DATASETS_REACHED: usize = 256;

impl Ranker {
    /// Tells whether a question cannot look at every dataset.
    pub(super) fn is_large(&self) -> bool {
        self.tables.level.len() > LARGE
    }

    /// Notes the datasets that words lead to: through their own names and texts, their columns, their product.
    pub(super) fn reach(&self, scored: &mut Scored) {
        let mut best_column = self.pools.floats.sheet(self.tables.level.len());
        self.best_columns(&mut best_column, &scored.column_words);
        scored.reached = if self.is_large() {
            self.most_told(scored, &best_column)
        } else {
            self.table_range().collect()
        };
        scored.best_column = best_column;
        settle(scored);
    }

    /// Raises what the best column gives to each dataset.
    pub(super) fn best_columns(&self, best: &mut Sheet<f32>, words: &Scores) {
        for &column in &words.touched {
            let best = &mut best[self.table_of_column[column as usize] as usize];
            *best = best.max(words.of[column as usize]);
        }
    }

    /// Returns the datasets that the words tell most about.
    fn most_told(&self, scored: &Scored, best_column: &[f32]) -> Vec<u32> {
        let t = &self.tuning;
        let mut told = self.pools.floats.sheet(self.tables.level.len());
        let columns = scored.column_words.touched.iter();
        let of_columns = columns.map(|&column| self.table_of_column[column as usize]);
        let mut reached = Vec::new();
        for table in of_columns.chain(scored.table_words.touched.iter().copied()) {
            let at = table as usize;
            if told[at] == 0.0 {
                told[at] = scored.table_words.of[at]
                    + t.table_from_product * self.product_words(scored, table)
                    + t.table_from_column * best_column[at];
                reached.push(table);
            }
        }
        keep_best(&mut reached, TABLES_REACHED, &told);
        let mut products = scored.product_words.touched.clone();
        keep_best(&mut products, PRODUCTS_REACHED, &scored.product_words.of);
        reached.extend(products.iter().flat_map(|&product| self.some_of(product)));
        reached
    }

    /// Adds the datasets that foreign keys join with some.
    pub(super) fn reach_neighbours(&self, scored: &mut Scored, tables: &[u32]) {
        if self.is_large() {
            let near = tables.iter().map(|&table| &self.neighbours[table as usize]);
            scored.reached.extend(near.flatten());
            settle(scored);
        }
    }

    /// Adds the datasets of the best products.
    pub(super) fn reach_products(&self, scored: &mut Scored, look: &Look) {
        if self.is_large() {
            let of = look.products.iter();
            scored
                .reached
                .extend(of.flat_map(|product| self.some_of(product.group)));
            settle(scored);
        }
    }

    fn some_of(&self, group: u32) -> impl Iterator<Item = u32> {
        let tables = self.groups[group as usize].tables.iter();
        tables.copied().take(DATASETS_REACHED)
    }
}

fn settle(scored: &mut Scored) {
    scored.reached.sort_unstable();
    scored.reached.dedup();
}
