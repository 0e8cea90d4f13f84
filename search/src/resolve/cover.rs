//! How well each of the best products covers a question: not one lucky hit, but names for most of its words.
//!
//! For the best products only, every word of the question is looked for among the names of the product, its
//! datasets and its columns. A small set of joined datasets that covers the words together counts as one answer.

use rustc_hash::FxHashMap;

use super::context::Context;
use super::expand::Group;
use super::names::Names;
use super::ranker::Ranker;
use super::score::{Asked, Scored, top};

/// So many of the best products are looked at closely.
pub(crate) const PRODUCTS_MAX: usize = 16;
/// A question is covered by at most this many joined datasets.
const JOINED_MAX: usize = 3;
/// Only so many of the best datasets of a product are joined.
const JOINED_FROM: usize = 16;
/// A dataset that covers less than this share of the question beside others is left out.
const GAIN_MIN: f32 = 0.02;
/// How many features a cover has.
pub(crate) const FEATURES: usize = 5;
/// What the features of a cover are called.
pub(crate) const NAMES: [&str; FEATURES] = ["score", "one", "joined", "whole", "nouns"];

/// How one product covers a question.
#[derive(Debug, Clone)]
pub(crate) struct Cover {
    pub(crate) group: u32,
    /// The shares of the question that are covered in each way, 0 to 1; see [`NAMES`].
    pub(crate) features: [f32; FEATURES],
    /// The joined datasets that cover it best.
    pub(crate) tables: Vec<u32>,
}

/// The strongest names found for each word of the question, a row an item or set of items.
#[derive(Debug)]
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
    pub(super) fn meet(&mut self, row: usize, names: &Names, item: u32, asked: &Asked) {
        let start = row * self.words;
        for name in names.of(item) {
            let (share, _) = asked.cover(name);
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
    fn merge(&mut self, into: usize, from: usize) {
        let (into, from) = (into * self.words, from * self.words);
        for at in 0..self.words {
            self.any[into + at] = self.any[into + at].max(self.any[from + at]);
            self.whole[into + at] = self.whole[into + at].max(self.whole[from + at]);
        }
    }
}

/// What is known of one of the best products: rows of its name, its datasets, their names and their columns.
struct Draft {
    group: u32,
    all: usize,
    entity: usize,
    columns: usize,
    tables: Vec<(u32, usize)>,
}

/// How much each word of a question weighs in a cover.
pub(super) struct Weights {
    words: Vec<f32>,
    sum: f32,
}

/// The weights that shares are worked out with.
struct AllWeights {
    /// Words that name what is asked for.
    nouns: Weights,
    /// All words, generic ones for what they are worth on columns.
    columns: Weights,
}

impl Weights {
    pub(super) fn new(groups: &[Group], of: impl Fn(&Group) -> f32) -> Self {
        let words: Vec<f32> = groups.iter().map(of).collect();
        let sum = words.iter().sum::<f32>().max(f32::EPSILON);
        Self { words, sum }
    }

    /// Returns by how much a second row covers more than the first alone.
    fn gain(&self, known: &[f32], more: &[f32]) -> f32 {
        let pairs = known.iter().zip(more).zip(&self.words);
        let sum: f32 = pairs.map(|((a, b), w)| (b - a).max(0.0) * w).sum();
        sum / self.sum
    }

    /// Returns the weighted share of the words that a row covers.
    pub(super) fn share(&self, found: &[f32]) -> f32 {
        let sum: f32 = found.iter().zip(&self.words).map(|(f, w)| f * w).sum();
        sum / self.sum
    }
}

impl Ranker {
    /// Works out how each of the best products covers the question, the best product first.
    pub(crate) fn covers(&self, groups: &[Group], asked: &Asked, scored: &Scored) -> Vec<Cover> {
        let mut best: Vec<u32> = (0..self.groups.len() as u32)
            .filter(|&group| scored.products[group as usize] > 0.0)
            .collect();
        top(&mut best, PRODUCTS_MAX, &scored.products);
        let mut rows = Rows::new(groups.len());
        let drafts = self.drafts(&best, &mut rows, asked, scored);
        let telling = super::outcome::telling;
        let weights = AllWeights {
            nouns: Weights::new(
                groups,
                |group| {
                    if group.word.noun { telling(group) } else { 0.0 }
                },
            ),
            columns: Weights::new(groups, |group| {
                telling(group) * group.column_weight / group.weight.max(f32::EPSILON)
            }),
        };
        let first = best.first().map_or(1.0, |&g| scored.products[g as usize]);
        let covers = drafts.into_iter().map(|draft| {
            let score = scored.products[draft.group as usize] / first.max(f32::EPSILON);
            self.cover(&draft, score, &mut rows, &weights)
        });
        covers.collect()
    }

    /// Rewards the best products for what they cover, and the datasets that cover it together.
    pub(crate) fn reward_covers(&self, scored: &mut Scored, context: &Context) {
        let t = &self.tuning;
        let Some(first) = scored.covers.first().map(|cover| cover.group as usize) else {
            return;
        };
        let unit = scored.products[first] / context.product_factor(first).max(f32::EPSILON);
        for cover in &scored.covers {
            let group = cover.group as usize;
            let gain = t.cover_table * cover.features[1] + t.cover_nouns * cover.features[4];
            scored.products[group] += unit * gain * context.product_factor(group);
            for &table in &cover.tables {
                scored.tables[table as usize] += t.cover_joined * cover.features[2];
            }
        }
    }

    fn drafts(&self, best: &[u32], rows: &mut Rows, asked: &Asked, scored: &Scored) -> Vec<Draft> {
        let mut place = vec![u8::MAX; self.groups.len()];
        let mut drafts: Vec<Draft> = Vec::with_capacity(best.len());
        for (at, &group) in (0u8..).zip(best) {
            place[group as usize] = at;
            let (all, entity, columns) = (rows.add(), rows.add(), rows.add());
            rows.meet(all, &self.products.names, group, asked);
            drafts.push(Draft {
                group,
                all,
                entity,
                columns,
                tables: Vec::new(),
            });
        }
        let mut row_of: FxHashMap<u32, usize> = FxHashMap::default();
        for &table in &scored.table_words.touched {
            let at = usize::from(place[self.group_of(table) as usize]);
            if let Some(draft) = drafts.get_mut(at) {
                let row = rows.add();
                rows.meet(row, &self.tables.names, table, asked);
                rows.merge(draft.entity, row);
                row_of.insert(table, row);
                draft.tables.push((table, row));
            }
        }
        for &column in &scored.column_words.touched {
            let table = self.table_of_column[column as usize];
            let at = usize::from(place[self.group_of(table) as usize]);
            if let Some(draft) = drafts.get_mut(at) {
                let row = *row_of.entry(table).or_insert_with(|| {
                    let row = rows.add();
                    draft.tables.push((table, row));
                    row
                });
                rows.meet(row, &self.columns.names, column, asked);
                rows.meet(draft.columns, &self.columns.names, column, asked);
            }
        }
        drafts
    }

    fn cover(&self, draft: &Draft, score: f32, rows: &mut Rows, weights: &AllWeights) -> Cover {
        rows.merge(draft.all, draft.entity);
        rows.merge(draft.all, draft.columns);
        let (tables, one, joined) = self.join(draft, rows, &weights.columns);
        Cover {
            group: draft.group,
            features: [
                score,
                one,
                joined,
                weights.columns.share(rows.whole(draft.all)),
                weights.nouns.share(rows.any(draft.all)),
            ],
            tables,
        }
    }

    /// Joins the datasets of a product that cover the question together: the set, the share of its first, and of all.
    fn join(&self, draft: &Draft, rows: &Rows, weights: &Weights) -> (Vec<u32>, f32, f32) {
        let share =
            |row: usize| 0.5 * (weights.share(rows.whole(row)) + weights.share(rows.any(row)));
        let mut found: Vec<(f32, u32, usize)> = draft
            .tables
            .iter()
            .map(|&(table, row)| (share(row), table, row))
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

    /// Tells whether two datasets are joined by a foreign key, or by one dataset between them.
    fn joins(&self, one: u32, other: u32) -> bool {
        let near = |table: u32| {
            self.neighbours
                .get(table as usize)
                .map_or(&[][..], Vec::as_slice)
        };
        near(one).contains(&other) || near(one).iter().any(|&link| near(other).contains(&link))
    }
}

fn take_over(known: &mut [f32], more: &[f32]) {
    let pairs = known.iter_mut().zip(more);
    pairs.for_each(|(a, b)| *a = a.max(*b));
}
