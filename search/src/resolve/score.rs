//! Scores products, datasets and columns, and lets them support each other.
//!
//! Of a large mesh only what the words reach is scored; see [`super::reach`].

use super::asked::{Asked, Covered};
use super::context::Context;
use super::cover::Cover;
use super::expand::Group;
use super::look::Look;
use super::ranker::Ranker;
use super::sheet::Sheet;
use super::vectors::{Direction, Mean};
use super::words::{Scores, top};

/// So many columns, datasets and products are looked at beyond their single words, those that the words speak for most.
const TOUCHED_MAX: usize = 2_048;
/// Only the best datasets spread their score over foreign keys.
const SPREAD_FROM: usize = 60;
/// Columns outside these best datasets need a word of their own to be ranked.
const COLUMNS_FROM: usize = 60;

/// The nearness in meaning is worked out for so many of the best columns.
const COLUMNS_NEAR: usize = 500;

/// What the datasets of one group give to it.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    first: f32,
    second: f32,
    cosine: f32,
}

impl Found {
    fn meet(&mut self, score: f32, cosine: f32) {
        if score > self.first {
            (self.first, self.second) = (score, self.first);
        } else {
            self.second = self.second.max(score);
        }
        self.cosine = self.cosine.max(cosine);
    }
}

/// Every score that a question gives rise to.
#[derive(Debug, Default)]
pub(crate) struct Scored {
    /// What the words alone give to each product, dataset and column.
    pub(crate) product_words: Scores,
    pub(crate) table_words: Scores,
    pub(crate) column_words: Scores,
    pub(crate) term_words: Scores,
    /// How much of the names of products, datasets and columns is asked for.
    pub(crate) product_names: Covered,
    pub(crate) table_names: Covered,
    pub(crate) column_names: Covered,
    /// The datasets that the question reaches, ascending: of a mesh that is not large, all.
    pub(crate) reached: Vec<u32>,
    /// The part of `table_words` for covering a name.
    pub(crate) table_named: Sheet<f32>,
    /// The best column of each dataset.
    pub(crate) best_column: Sheet<f32>,
    /// What foreign-key neighbours give to each dataset.
    pub(crate) spread: Sheet<f32>,
    /// The nearness in meaning of each dataset.
    pub(crate) cosines: Sheet<f32>,
    /// The largest score of a dataset before vectors; others are divided by it.
    pub(crate) table_top: f32,
    /// Of what belongs to no product, the share of the best dataset of its place.
    pub(crate) own_shares: Sheet<f32>,
    /// Final scores.
    pub(crate) products: Vec<f32>,
    pub(crate) tables: Sheet<f32>,
    pub(crate) columns: Scores,
    /// How the best products cover the question.
    pub(crate) covers: Vec<Cover>,
    /// What each dataset gains by its part in covering the question.
    pub(crate) table_covers: Sheet<f32>,
    /// What the question as a whole means.
    pub(crate) direction: Option<Direction>,
}

impl Ranker {
    /// Scores everything for the groups of a question.
    pub(crate) fn score(&self, groups: &[Group], asked: &Asked, context: &Context) -> Scored {
        let mut scored = self.score_words(groups);
        self.reach(&mut scored);
        self.reward_all_names(&mut scored, groups, asked);
        scored.direction = self.direction(groups);
        // A single word asks for one dataset; joins are asked for by several.
        let words = groups.iter().filter(|g| !g.word.hint).count() as f32;
        let joins = ((words - 1.0) / 3.0).clamp(0.0, 1.0);
        self.score_tables(&mut scored, joins);
        self.score_products(&mut scored, context);
        let look = self.look(groups, asked, &scored);
        self.reach_products(&mut scored, &look);
        scored.covers = self.covers(&look, &scored);
        scored.table_covers = self.pools.floats.sheet(self.tables.level.len());
        self.reward_covers(&mut scored, &look, context);
        self.reward_terms(&mut scored, groups, asked, context);
        self.finish_tables(&mut scored, context);
        self.score_columns(&mut scored);
        self.finish_columns(&mut scored, &look, asked);
        scored
    }

    fn score_words(&self, groups: &[Group]) -> Scored {
        let pools = &self.pools;
        Scored {
            product_words: self.products.score(groups, pools, |g| g.weight),
            table_words: self.tables.score(groups, pools, |g| g.weight),
            column_words: self.columns.score(groups, pools, |g| g.column_weight),
            term_words: self.concept_words(&self.terms, groups),
            ..Scored::default()
        }
    }

    /// Rewards what is called as the question asks, of the best on each level.
    fn reward_all_names(&self, scored: &mut Scored, groups: &[Group], asked: &Asked) {
        let (t, pools) = (&self.tuning, &self.pools);
        let mass: f32 = groups.iter().map(|g| g.mass).sum();
        let reward = |exact: f32, whole: f32| {
            move |share: f32, hit: f32| {
                let covered = (hit / mass.max(f32::EPSILON)).min(1.0);
                exact * share * share * hit + whole * share * covered * hit
            }
        };
        let Scored {
            product_words,
            table_words,
            column_words,
            ..
        } = scored;
        for words in [&mut *product_words, &mut *table_words, &mut *column_words] {
            words.keep(TOUCHED_MAX);
        }
        scored.product_names = asked.covered(&self.products.names, pools, &product_words.touched);
        scored.table_names = asked.covered(&self.tables.names, pools, &table_words.touched);
        scored.column_names = asked.covered(&self.columns.names, pools, &column_words.touched);
        scored.table_named = pools.floats.sheet(self.tables.level.len());
        self.products.reward_names(
            product_words,
            (asked, &scored.product_names),
            reward(t.exact_product, 0.0),
            |_, _| (),
        );
        let named = &mut scored.table_named;
        self.tables.reward_names(
            table_words,
            (asked, &scored.table_names),
            reward(t.exact_table, t.whole_name),
            |table, reward| named[table as usize] = reward,
        );
        self.columns.reward_names(
            column_words,
            (asked, &scored.column_names),
            reward(t.exact_column, t.whole_name),
            |_, _| (),
        );
    }

    /// Returns the direction of the question's meaning.
    fn direction(&self, groups: &[Group]) -> Option<Direction> {
        let mut mean = Mean::new();
        for group in groups {
            if let Some(head) = group.head.filter(|_| !group.word.quoted) {
                let level = &self.tables.level;
                let rarity = group
                    .variants
                    .first()
                    .map_or(level.idf_max() * 0.7, |v| level.idf(v.word));
                mean.add(head, group.weight * (0.3 + rarity));
            }
        }
        mean.direction()
    }

    fn score_tables(&self, scored: &mut Scored, joins: f32) {
        let (t, floats) = (&self.tuning, &self.pools.floats);
        let sheet = || floats.sheet(self.tables.level.len());
        let (mut tables, mut spread) = (sheet(), sheet());
        let mut best_column = std::mem::take(&mut scored.best_column);
        self.best_columns(&mut best_column, &scored.column_words);
        tables.note(&scored.reached);
        for &table in &scored.reached {
            let at = table as usize;
            tables.noted()[at] = scored.table_words.of[at]
                + t.table_from_product * self.product_words(scored, table)
                + t.table_from_column * best_column[at];
        }
        let reached = scored.reached.iter().copied();
        let mut order: Vec<u32> = reached.filter(|&at| tables[at as usize] > 0.0).collect();
        top(&mut order, SPREAD_FROM, &tables);
        for &table in &order {
            let gain = joins * t.table_spread * tables[table as usize];
            for &other in &self.neighbours[table as usize] {
                spread[other as usize] = spread[other as usize].max(gain);
            }
        }
        self.reach_neighbours(scored, &order);
        tables.note(&scored.reached);
        let mut most = 0.0f32;
        for &table in &scored.reached {
            let at = table as usize;
            tables.noted()[at] += spread[at];
            most = most.max(tables[at]);
        }
        scored.table_top = most;
        scored.cosines = self.table_cosines(scored, &tables);
        let top = most.max(f32::EPSILON);
        for &table in &scored.reached {
            let at = table as usize;
            tables.noted()[at] = tables[at] / top + t.table_vector * scored.cosines[at];
        }
        (scored.best_column, scored.spread, scored.tables) = (best_column, spread, tables);
    }

    /// Returns the nearness in meaning of each dataset.
    fn table_cosines(&self, scored: &Scored, words: &[f32]) -> Sheet<f32> {
        let mut cosines = self.pools.floats.sheet(words.len());
        if let Some(direction) = &scored.direction {
            let all = !self.is_large();
            cosines.note(&scored.reached);
            for &table in &scored.reached {
                let at = table as usize;
                if all || words[at] > 0.0 {
                    cosines.noted()[at] = self.table_vectors.cosine(at, direction).max(0.0);
                }
            }
        }
        cosines
    }

    fn score_products(&self, scored: &mut Scored, context: &Context) {
        let t = &self.tuning;
        let top = scored.table_top.max(f32::EPSILON);
        let lexical = |table: u32| {
            scored.tables[table as usize] * top
                - t.table_vector * scored.cosines[table as usize] * top
        };
        let mut own_shares = self.pools.floats.sheet(scored.tables.len());
        let mut found = vec![Found::default(); self.groups.len()];
        for &table in &scored.reached {
            let (at, group) = (table as usize, self.group_of(table) as usize);
            let mut score = lexical(table);
            if self.groups[group].product.is_none() {
                score += scored.table_words.of[at];
                own_shares[at] = score;
            }
            found[group].meet(score, scored.cosines[at]);
        }
        for &table in &scored.reached {
            let group = self.group_of(table) as usize;
            if self.groups[group].product.is_none() {
                own_shares[table as usize] /= found[group].first.max(f32::EPSILON);
            }
        }
        scored.own_shares = own_shares;
        let own = |at: usize| {
            let real = self.groups[at].product.is_some();
            if real {
                scored.product_words.of[at]
            } else {
                0.0
            }
        };
        let words: Vec<f32> = (found.iter().enumerate())
            .map(|(at, found)| own(at) + found.first + t.product_second_table * found.second)
            .collect();
        let most = words.iter().copied().fold(0.0, f32::max).max(f32::EPSILON);
        let scores = words.iter().zip(&found).enumerate();
        scored.products = scores
            .map(|(at, (words, found))| {
                let size = (-t.product_size * self.groups[at].size).exp();
                let size = size * (1.0 + self.groups[at].standing);
                (words / most + t.product_vector * found.cosine) * size * context.product_factor(at)
            })
            .collect();
    }

    fn finish_tables(&self, scored: &mut Scored, context: &Context) {
        let t = &self.tuning;
        scored.tables.note(&scored.reached);
        for at in 0..scored.reached.len() {
            let table = scored.reached[at];
            let product = self.product_score(scored, table);
            let at = table as usize;
            let usage = 1.0 + t.usage * self.usage[at];
            let usage = usage * self.breadth_factor(table) * (1.0 + self.standing[at]);
            scored.tables.noted()[at] =
                (scored.tables[at] + scored.table_covers[at]) * usage * context.table_factor(at)
                    + t.table_back_product * product;
        }
    }

    /// Returns what a dataset counts by how many its product has: among many, one fits by chance.
    pub(crate) fn breadth_factor(&self, table: u32) -> f32 {
        let group = &self.groups[self.group_of(table) as usize];
        (-self.tuning.table_size * group.breadth).exp()
    }

    fn score_columns(&self, scored: &mut Scored) {
        let t = &self.tuning;
        let mut order = scored.reached.clone();
        top(&mut order, COLUMNS_FROM, &scored.tables);
        let mut wanted = self.pools.marks.sheet(self.columns.level.len());
        let mut touched = scored.column_words.touched.clone();
        wanted.note(&touched);
        for &column in &touched {
            wanted.noted()[column as usize] = 1;
        }
        for &table in &order {
            for &column in self.columns_of(table) {
                if wanted[column as usize] == 0 {
                    wanted[column as usize] = 1;
                    touched.push(column);
                }
            }
        }
        let mut of = self.pools.floats.sheet(self.columns.level.len());
        let table_of = &self.table_of_column;
        let lexical = |column: u32| {
            let table = table_of[column as usize] as usize;
            scored.column_words.of[column as usize]
                + t.column_from_table * scored.table_words.of[table]
        };
        let most = touched
            .iter()
            .map(|&c| lexical(c))
            .fold(0.0, f32::max)
            .max(f32::EPSILON);
        of.note(&touched);
        for &column in &touched {
            let table = table_of[column as usize] as usize;
            of.noted()[column as usize] =
                lexical(column) / most + t.column_table_final * scored.tables[table];
        }
        top(&mut touched, COLUMNS_NEAR, &of);
        if let Some(direction) = &scored.direction {
            for &column in &touched {
                of[column as usize] += t.column_vector
                    * self
                        .column_vectors
                        .cosine(column as usize, direction)
                        .max(0.0);
            }
        }
        scored.columns = Scores { of, touched };
    }

    /// Rewards the columns that the words of a question belong to, and those that name what it asks for.
    fn finish_columns(&self, scored: &mut Scored, look: &Look, asked: &Asked) {
        let t = &self.tuning;
        let Scores { of, touched } = &mut scored.columns;
        if !asked.sentence {
            for &column in touched.iter() {
                let share = scored.column_names.best_share(&self.columns.names, column);
                of[column as usize] += t.column_share * share;
            }
        }
        for product in &look.products {
            let best = look.rows.whole(product.inside);
            for &(column, row) in &product.columns {
                if asked.sentence && of[column as usize] > 0.0 {
                    let owned = look.words.owned(look.rows.whole(row), best);
                    of[column as usize] += t.column_owner * owned;
                }
            }
        }
        if asked.sentence {
            for &column in touched.iter() {
                let at = column as usize;
                // Of a sentence the columns lie together, in the best product.
                let product = scored.products[self.group_of(self.table_of_column[at]) as usize];
                of[at] += t.column_back_product * product;
                if self.naming[at] {
                    of[at] += t.column_naming;
                }
            }
        }
        touched.sort_unstable_by(|a, b| of[*b as usize].total_cmp(&of[*a as usize]).then(a.cmp(b)));
    }
}
