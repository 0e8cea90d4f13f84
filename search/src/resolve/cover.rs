//! How well each of the best products covers a question: not one lucky hit, but names for most of its words.
//!
//! A small set of joined datasets that covers the words together counts as one answer.

use super::context::Context;
use super::look::{Look, Product, Rows, Weights};
use super::ranker::Ranker;
use super::score::Scored;

/// A question is covered by at most this many joined datasets.
const JOINED_MAX: usize = 3;
/// Only so many of the best datasets of a product are joined.
const JOINED_FROM: usize = 16;
/// A dataset that covers less than this share of the question beside others is left out.
const GAIN_MIN: f32 = 0.02;
/// How many features a cover has.
pub(crate) const FEATURES: usize = 9;
/// What the features of a cover are called.
pub(crate) const NAMES: [&str; FEATURES] = [
    "score", "one", "joined", "whole", "nouns", "any", "named", "size", "uncommon",
];

/// How one product covers a question.
#[derive(Debug, Clone)]
pub(crate) struct Cover {
    pub(crate) group: u32,
    /// The shares of the question that are covered in each way, 0 to 1; see [`NAMES`].
    pub(crate) features: [f32; FEATURES],
    /// The joined datasets that cover it best.
    pub(crate) tables: Vec<u32>,
}

impl Ranker {
    /// Works out how each of the best products covers the question, the best product first.
    pub(crate) fn covers(&self, look: &Look, scored: &Scored) -> Vec<Cover> {
        let products = &look.products;
        let first = products
            .first()
            .map_or(1.0, |p| scored.products[p.group as usize]);
        let cover = |product: &Product| {
            let score = scored.products[product.group as usize] / first.max(f32::EPSILON);
            let (tables, one, joined) = self.join(product, &look.rows, &look.words);
            let (all, whole) = (look.rows.any(product.all), look.rows.whole(product.all));
            Cover {
                group: product.group,
                features: [
                    score,
                    one,
                    joined,
                    look.words.share(whole),
                    look.nouns.share(all),
                    look.words.share(all),
                    look.words.share(look.rows.whole(product.tables_named)),
                    self.groups[product.group as usize].size,
                    look.uncommon.share(whole),
                ],
                tables,
            }
        };
        products.iter().map(cover).collect()
    }

    /// Rewards the best products for what they cover, and the datasets that cover it together.
    pub(crate) fn reward_covers(&self, scored: &mut Scored, look: &Look, context: &Context) {
        let t = &self.tuning;
        let Some(first) = scored.covers.first().map(|cover| cover.group as usize) else {
            return;
        };
        let unit = scored.products[first] / context.product_factor(first).max(f32::EPSILON);
        for (cover, product) in scored.covers.iter().zip(&look.products) {
            let group = cover.group as usize;
            let [_, one, joined, whole, nouns, ..] = cover.features;
            let gain = t.cover_table * one + t.cover_whole * whole + t.cover_nouns * nouns;
            scored.products[group] += unit * gain * context.product_factor(group);
            for &table in &cover.tables {
                scored.table_covers[table as usize] += t.cover_joined * joined;
            }
            // A word belongs to the dataset that is called so, and not to those that only mention it.
            let best = look.rows.whole(product.tables_named);
            for one in &product.tables {
                let owned = look.nouns.owned(look.rows.whole(one.name), best);
                scored.table_covers[one.at as usize] += t.cover_owner * owned;
            }
        }
    }

    /// Joins the datasets of a product that cover the question together: the set, the share of its first, and of all.
    fn join(&self, product: &Product, rows: &Rows, weights: &Weights) -> (Vec<u32>, f32, f32) {
        let share =
            |row: usize| 0.5 * (weights.share(rows.whole(row)) + weights.share(rows.any(row)));
        let mut found: Vec<(f32, u32, usize)> = product
            .tables
            .iter()
            .map(|one| (share(one.row), one.at, one.row))
            .collect();
        found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(JOINED_FROM);
        let Some(&(one, table, row)) = found.first() else {
            return (Vec::new(), 0.0, 0.0);
        };
        let (mut set, mut covered) = (vec![table], one);
        let mut any = rows.any(row).to_vec();
        let mut whole = rows.whole(row).to_vec();
        while set.len() < JOINED_MAX {
            let gain = |row: usize| {
                0.5 * (weights.gain(&any, rows.any(row)) + weights.gain(&whole, rows.whole(row)))
            };
            let open = found.iter().filter(|(_, table, _)| {
                !set.contains(table) && set.iter().any(|&other| self.joins(other, *table))
            });
            let best = open
                .map(|&(_, table, row)| (gain(row), table, row))
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            let Some((more, table, row)) = best.filter(|best| best.0 > GAIN_MIN) else {
                break;
            };
            set.push(table);
            covered += more;
            take_over(&mut any, rows.any(row));
            take_over(&mut whole, rows.whole(row));
        }
        (set, one, covered)
    }

    fn near(&self, table: u32) -> &[u32] {
        let near = self.neighbours.get(table as usize);
        near.map_or(&[], Vec::as_slice)
    }

    /// Tells whether two datasets are joined by a foreign key, or by one dataset between them.
    fn joins(&self, one: u32, other: u32) -> bool {
        self.near(one).contains(&other)
            || self
                .near(one)
                .iter()
                .any(|&link| self.near(other).contains(&link))
    }
}

fn take_over(known: &mut [f32], more: &[f32]) {
    let pairs = known.iter_mut().zip(more);
    pairs.for_each(|(a, b)| *a = a.max(*b));
}
