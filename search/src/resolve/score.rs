//! Scores products, datasets and columns, and lets them support each other.

use rustc_hash::FxHashMap;

use super::asked::{Asked, Covered};
use super::context::Context;
use super::cover::Cover;
use super::expand::Group;
use super::look::Look;
use super::ranker::{Ranker, Side};
use super::vectors::{Direction, Mean};

/// Only the best datasets spread their score over foreign keys.
const SPREAD_FROM: usize = 60;
/// Columns outside these best datasets need a word of their own to be ranked.
const COLUMNS_FROM: usize = 60;

/// The nearness in meaning is worked out for so many of the best columns.
const COLUMNS_NEAR: usize = 500;

/// What being called exactly as the question adds, in units of the rarest word.
const CALLED: f32 = 0.8;

/// The scores of one level: a number for every item and the list of those that matched a word.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    pub(crate) of: Vec<f32>,
    pub(crate) touched: Vec<u32>,
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
    /// The part of `table_words` for covering a name.
    pub(crate) table_named: Vec<f32>,
    /// The best column of each dataset.
    pub(crate) best_column: Vec<f32>,
    /// What foreign-key neighbours give to each dataset.
    pub(crate) spread: Vec<f32>,
    /// The nearness in meaning of each dataset.
    pub(crate) cosines: Vec<f32>,
    /// The largest score of a dataset before vectors; others are divided by it.
    pub(crate) table_top: f32,
    /// Of what belongs to no product, the share of the best dataset of its place.
    pub(crate) own_shares: FxHashMap<u32, f32>,
    /// Final scores.
    pub(crate) products: Vec<f32>,
    pub(crate) tables: Vec<f32>,
    pub(crate) columns: Scores,
    /// How the best products cover the question.
    pub(crate) covers: Vec<Cover>,
    /// What each dataset gains by its part in covering the question.
    pub(crate) table_covers: Vec<f32>,
    /// What the question as a whole means.
    pub(crate) direction: Option<Direction>,
}

impl Side {
    /// Sums over the groups of a question the best variant that each item holds.
    pub(crate) fn score(&self, groups: &[Group], weight: impl Fn(&Group) -> f32) -> Scores {
        let len = self.level.len();
        let mut scores = Scores {
            of: vec![0.0; len],
            touched: Vec::new(),
        };
        let mut stamp = vec![0u8; len];
        let mut best = vec![0.0f32; len];
        for (group, mark) in groups.iter().zip(1u8..) {
            let factor = weight(group);
            for variant in &group.variants {
                let (items, weights) = self.level.postings(variant.word);
                let strength = factor * variant.strength;
                for (&item, &posting) in items.iter().zip(weights) {
                    let at = item as usize;
                    let gain = strength * posting;
                    if stamp[at] != mark {
                        if stamp[at] == 0 {
                            scores.touched.push(item);
                        }
                        stamp[at] = mark;
                        best[at] = gain;
                        scores.of[at] += gain;
                    } else if gain > best[at] {
                        scores.of[at] += gain - best[at];
                        best[at] = gain;
                    }
                }
            }
        }
        scores
    }

    /// Rewards the items whose names the question covers; tells of each reward.
    fn reward_names(
        &self,
        scores: &mut Scores,
        (asked, covered): (&Asked, &Covered),
        reward: impl Fn(f32, f32) -> f32,
        mut told: impl FnMut(u32, f32),
    ) {
        for &item in &scores.touched {
            let (share, hit) = covered.best(&self.names, item);
            if share > 0.0 {
                let mut reward = reward(share, hit);
                if asked.short() && asked.calls(&self.names, item) {
                    reward += CALLED * self.level.idf_max();
                }
                scores.of[item as usize] += reward;
                told(item, reward);
            }
        }
    }
}

impl Ranker {
    /// Scores everything for the groups of a question.
    pub(crate) fn score(&self, groups: &[Group], asked: &Asked, context: &Context) -> Scored {
        let t = &self.tuning;
        let mass: f32 = groups.iter().map(|g| g.mass).sum();
        let mut product_words = self.products.score(groups, |g| g.weight);
        let mut table_words = self.tables.score(groups, |g| g.weight);
        let mut column_words = self.columns.score(groups, |g| g.column_weight);
        let product_names = asked.covered(&self.products.names);
        let table_names = asked.covered(&self.tables.names);
        let column_names = asked.covered(&self.columns.names);
        let mut table_named = vec![0.0; self.tables.level.len()];
        let reward = |exact: f32, whole: f32| {
            move |share: f32, hit: f32| {
                let covered = (hit / mass.max(f32::EPSILON)).min(1.0);
                exact * share * share * hit + whole * share * covered * hit
            }
        };
        self.products.reward_names(
            &mut product_words,
            (asked, &product_names),
            reward(t.exact_product, 0.0),
            |_, _| (),
        );
        self.tables.reward_names(
            &mut table_words,
            (asked, &table_names),
            reward(t.exact_table, t.whole_name),
            |table, reward| table_named[table as usize] = reward,
        );
        self.columns.reward_names(
            &mut column_words,
            (asked, &column_names),
            reward(t.exact_column, t.whole_name),
            |_, _| (),
        );
        let mut scored = Scored {
            product_words,
            table_words,
            column_words,
            term_words: Self::concept_words(&self.terms, groups),
            product_names,
            table_names,
            column_names,
            table_named,
            ..Scored::default()
        };
        scored.direction = self.direction(groups);
        // A single word asks for one dataset; joins are asked for by several.
        let words = groups.iter().filter(|g| !g.word.hint).count() as f32;
        let joins = ((words - 1.0) / 3.0).clamp(0.0, 1.0);
        self.score_tables(&mut scored, joins);
        self.score_products(&mut scored, context);
        let look = self.look(groups, asked, &scored);
        scored.covers = self.covers(&look, &scored);
        scored.table_covers = vec![0.0; scored.tables.len()];
        self.reward_covers(&mut scored, &look, context);
        self.reward_terms(&mut scored, groups, asked, context);
        self.finish_tables(&mut scored, context);
        self.score_columns(&mut scored);
        self.finish_columns(&mut scored, &look, asked);
        scored
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
        let t = &self.tuning;
        let mut best_column = vec![0.0f32; self.tables.level.len()];
        // Every column that scores was touched by a word; in a large mesh most were not.
        for &column in &scored.column_words.touched {
            let best = &mut best_column[self.table_of_column[column as usize] as usize];
            *best = best.max(scored.column_words.of[column as usize]);
        }
        let mut tables: Vec<f32> = self
            .table_range()
            .map(|table| {
                let at = table as usize;
                let product = self.product_words(scored, table);
                scored.table_words.of[at]
                    + t.table_from_product * product
                    + t.table_from_column * best_column[at]
            })
            .collect();
        let mut order: Vec<u32> = self
            .table_range()
            .filter(|&table| tables[table as usize] > 0.0)
            .collect();
        top(&mut order, SPREAD_FROM, &tables);
        let mut spread = vec![0.0f32; tables.len()];
        for &table in &order {
            let gain = joins * t.table_spread * tables[table as usize];
            for &other in &self.neighbours[table as usize] {
                spread[other as usize] = spread[other as usize].max(gain);
            }
        }
        for (table, gain) in tables.iter_mut().zip(&spread) {
            *table += gain;
        }
        scored.table_top = tables.iter().copied().fold(0.0, f32::max);
        scored.cosines = match &scored.direction {
            Some(direction) => (0..tables.len())
                .map(|at| self.table_vectors.cosine(at, direction).max(0.0))
                .collect(),
            None => vec![0.0; tables.len()],
        };
        let top = scored.table_top.max(f32::EPSILON);
        for (table, cosine) in tables.iter_mut().zip(&scored.cosines) {
            *table = *table / top + t.table_vector * cosine;
        }
        (scored.best_column, scored.spread, scored.tables) = (best_column, spread, tables);
    }

    fn score_products(&self, scored: &mut Scored, context: &Context) {
        let t = &self.tuning;
        let top = scored.table_top.max(f32::EPSILON);
        let lexical = |table: u32| {
            scored.tables[table as usize] * top
                - t.table_vector * scored.cosines[table as usize] * top
        };
        let mut words: Vec<f32> = Vec::with_capacity(self.groups.len());
        let mut cosines: Vec<f32> = Vec::with_capacity(self.groups.len());
        let mut own_shares: FxHashMap<u32, f32> = FxHashMap::default();
        for (at, group) in self.groups.iter().enumerate() {
            let loose = group.product.is_none();
            let (mut first, mut second) = (0.0f32, 0.0f32);
            for &table in &group.tables {
                let mut score = lexical(table);
                if loose {
                    score += scored.table_words.of[table as usize];
                    own_shares.insert(table, score);
                }
                if score > first {
                    (first, second) = (score, first);
                } else {
                    second = second.max(score);
                }
            }
            let own = if loose {
                for table in &group.tables {
                    if let Some(share) = own_shares.get_mut(table) {
                        *share /= first.max(f32::EPSILON);
                    }
                }
                0.0
            } else {
                scored.product_words.of[at]
            };
            words.push(own + first + t.product_second_table * second);
            cosines.push(
                group
                    .tables
                    .iter()
                    .map(|&table| scored.cosines[table as usize])
                    .fold(0.0, f32::max),
            );
        }
        scored.own_shares = own_shares;
        let most = words.iter().copied().fold(0.0, f32::max).max(f32::EPSILON);
        let scores = words.iter().zip(&cosines).enumerate();
        scored.products = scores
            .map(|(at, (words, cosine))| {
                let size = (-t.product_size * self.groups[at].size).exp();
                let size = size * (1.0 + self.groups[at].standing);
                (words / most + t.product_vector * cosine) * size * context.product_factor(at)
            })
            .collect();
    }

    fn finish_tables(&self, scored: &mut Scored, context: &Context) {
        let t = &self.tuning;
        for table in self.table_range() {
            let at = table as usize;
            let product = self.product_score(scored, table);
            let usage = 1.0 + t.usage * self.usage[at];
            let usage = usage * self.breadth_factor(table) * (1.0 + self.standing[at]);
            scored.tables[at] =
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
        let mut order: Vec<u32> = self.table_range().collect();
        top(&mut order, COLUMNS_FROM, &scored.tables);
        let mut wanted = vec![false; self.columns.level.len()];
        let mut touched = scored.column_words.touched.clone();
        for &column in &touched {
            wanted[column as usize] = true;
        }
        for &table in &order {
            for &column in self.columns_of(table) {
                if !wanted[column as usize] {
                    wanted[column as usize] = true;
                    touched.push(column);
                }
            }
        }
        let mut of = vec![0.0f32; self.columns.level.len()];
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
        for &column in &touched {
            let table = table_of[column as usize] as usize;
            of[column as usize] =
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

/// Keeps the `count` best of a list in order of score; equal scores keep the order of items.
pub(crate) fn top(items: &mut Vec<u32>, count: usize, scores: &[f32]) {
    let order = |a: &u32, b: &u32| {
        scores[*b as usize]
            .total_cmp(&scores[*a as usize])
            .then(a.cmp(b))
    };
    if items.len() > count && count > 0 {
        items.select_nth_unstable_by(count - 1, order);
        items.truncate(count);
    }
    items.sort_unstable_by(order);
    items.truncate(count);
}
