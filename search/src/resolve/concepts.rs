//! Ranks glossary terms and metrics: their own words, and the products that the question is about.

use super::context::Context;
use super::expand::Group;
use super::look::{Rows, Weights};
use super::ranker::{Ranker, Side};
use super::score::{Asked, Scored};

/// What belongs to no product counts as belonging to one that scores this share of the best.
const HOMELESS: f32 = 0.7;

/// A term or metric with its score.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Concept {
    pub(crate) at: u32,
    pub(crate) score: f32,
    /// The share of its best label that the question covers.
    pub(crate) share: f32,
    /// Whether the question is one of its labels, word for word.
    pub(crate) called: bool,
    /// What feedback adds to its score.
    pub(crate) feedback: f32,
    /// What its score was judged by; see [`NAMES`].
    pub(crate) features: [f32; FEATURES],
}

/// How many features a term or metric has.
pub(crate) const FEATURES: usize = 6;
/// What the features are called.
pub(crate) const NAMES: [&str; FEATURES] = ["product", "share", "covered", "words", "text", "best"];

/// Where a term or metric belongs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Home {
    pub(crate) groups: Vec<u32>,
    pub(crate) domain: Option<usize>,
}

impl Ranker {
    /// Scores the terms or metrics that share a word with the question, best first.
    pub(crate) fn concepts(
        &self,
        side: &Side,
        groups: &[Group],
        asked: &Asked,
        scored: &Scored,
        context: &Context,
        home: impl Fn(usize) -> Home,
    ) -> Vec<Concept> {
        let words = side.score(groups, |group| group.weight.max(0.5 * group.column_weight));
        let best = scored
            .products
            .iter()
            .copied()
            .fold(0.0, f32::max)
            .max(f32::EPSILON);
        let most = words.touched.iter().map(|&i| words.of[i as usize]);
        let most = most.fold(0.0, f32::max).max(f32::EPSILON);
        let mass = Weights::new(groups, |group| {
            super::outcome::telling(group) * group.column_weight / group.weight.max(f32::EPSILON)
        });
        let mut found: Vec<Concept> = Vec::with_capacity(words.touched.len());
        for &item in &words.touched {
            let covers = side.names.of(item).map(|name| asked.cover(name));
            let share = covers.map(|cover| cover.0).fold(0.0, f32::max);
            let home = home(item as usize);
            let product = home
                .groups
                .iter()
                .map(|&g| scored.products[g as usize])
                .fold(0.0, f32::max)
                / best;
            // What belongs to no product is judged by its words alone.
            let product = if home.groups.is_empty() {
                HOMELESS
            } else {
                product
            };
            let lift = home
                .groups
                .iter()
                .map(|&g| context.product_factor(g as usize))
                .fold(1.0, f32::max);
            let lift = if home.groups.is_empty() {
                context.place_factor(None, home.domain)
            } else {
                lift
            };
            let mut met = Rows::new(groups.len());
            let row = met.add();
            met.meet(row, &side.names, item, asked);
            let words = words.of[item as usize] / most;
            let covered = mass.share(met.any(row));
            // A definition that the question spells out is as good as the label.
            let texts = side.texts.of(item).map(|text| asked.cover(text).0);
            let text = texts.fold(0.0, f32::max);
            let t = &self.tuning;
            let best = share.max(t.concept_defined * text);
            let score = lift * (t.concept_product * product + best + t.concept_covered * covered);
            found.push(Concept {
                at: item,
                score,
                share,
                called: asked.calls(&side.names, item),
                feedback: 0.0,
                features: [product, share, covered, words, text, best],
            });
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
        found
    }
}
