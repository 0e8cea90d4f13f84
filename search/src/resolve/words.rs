//! What the words of a question give to each item of a level.

use super::asked::{Asked, Covered};
use super::expand::Group;
use super::ranker::Side;
use super::sheet::{Pools, Sheet};
use super::vocabulary::WordId;

/// What being called exactly as the question adds, in units of the rarest word.
const CALLED: f32 = 0.8;
/// Weak words bring in no more items once there are so many.
const ROOM: usize = 32_768;
/// A word is weak when it gives less than this share of what the strongest gives.
const WEAK: f32 = 0.5;

/// The scores of one level: a number for every item and the list of those that matched a word.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    pub(crate) of: Sheet<f32>,
    pub(crate) touched: Vec<u32>,
}

impl Scores {
    /// Keeps the `most` best items.
    pub(super) fn keep(&mut self, most: usize) {
        if self.touched.len() > most {
            keep_best(&mut self.touched, most, &self.of);
            self.touched.sort_unstable();
        }
    }
}

impl Side {
    /// Sums over the groups of a question the best variant that each item holds.
    ///
    /// The strongest words come first. When they have found many items, weaker ones are read only for those (the *continue*
    /// strategy of Moffat and Zobel, TOIS 1996): what holds weak words alone is never among the best.
    pub(crate) fn score(
        &self,
        groups: &[Group],
        pools: &Pools,
        weight: impl Fn(&Group) -> f32,
    ) -> Scores {
        let len = self.level.len();
        let mut sums = pools.floats.sheet(len);
        let (mut stamps, mut bests) = (pools.marks.sheet(len), pools.floats.sheet(len));
        let (of, stamp, best) = (sums.noted(), stamps.noted(), bests.noted());
        let mut touched = Vec::new();
        let gives = |word: WordId, strength: f32| strength * self.level.idf(word);
        let strongest = |group: &Group| {
            let variants = group.variants.iter();
            let gives = variants.map(|v| gives(v.word, v.strength));
            weight(group) * gives.fold(0.0, f32::max)
        };
        let mut order: Vec<(f32, &Group)> = groups.iter().map(|g| (strongest(g), g)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let weak = order.first().map_or(0.0, |first| WEAK * first.0);
        for ((_, group), mark) in order.iter().zip(1u8..) {
            let factor = weight(group);
            for variant in &group.variants {
                let strength = factor * variant.strength;
                let strong = gives(variant.word, strength) >= weak;
                let open = strong || touched.len() < ROOM;
                let (items, weights) = if strong || !open {
                    self.level.checked(variant.word)
                } else {
                    self.level.telling(variant.word)
                };
                for (&item, &posting) in items.iter().zip(weights) {
                    let at = item as usize;
                    let gain = strength * posting;
                    if stamp[at] != mark {
                        if stamp[at] == 0 {
                            if !open {
                                continue;
                            }
                            touched.push(item);
                        }
                        stamp[at] = mark;
                        best[at] = gain;
                        of[at] += gain;
                    } else if gain > best[at] {
                        of[at] += gain - best[at];
                        best[at] = gain;
                    }
                }
            }
        }
        sums.note(&touched);
        stamps.note(&touched);
        bests.note(&touched);
        Scores { of: sums, touched }
    }

    /// Rewards the items whose names the question covers; tells of each reward.
    pub(super) fn reward_names(
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

/// Keeps the `count` best of a list in order of score; equal scores keep the order of items.
pub(crate) fn top(items: &mut Vec<u32>, count: usize, scores: &[f32]) {
    keep_best(items, count, scores);
    items.sort_unstable_by(|a, b| {
        scores[*b as usize]
            .total_cmp(&scores[*a as usize])
            .then(a.cmp(b))
    });
}

/// Keeps the `count` best of a list, in any order.
pub(super) fn keep_best(items: &mut Vec<u32>, count: usize, scores: &[f32]) {
    if items.len() <= count {
        return;
    }
    // Scores lie far apart in memory: each is read once, not at every comparison.
    let mut scored: Vec<(f32, u32)> = items
        .iter()
        .map(|&item| (scores[item as usize], item))
        .collect();
    if count > 0 {
        scored.select_nth_unstable_by(count - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    }
    items.clear();
    items.extend(scored.iter().take(count).map(|&(_, item)| item));
}
