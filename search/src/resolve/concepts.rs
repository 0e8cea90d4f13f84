//! Ranks glossary terms and metrics: their own words, and the products that the question is about.

use super::asked::Asked;
use super::context::Context;
use super::expand::Group;
use super::look::{Rows, Weights};
use super::ranker::{Ranker, Side};
use super::score::Scored;
use super::words::Scores;

/// What belongs to no product counts as belonging to one that scores this share of the best.
pub(crate) const HOMELESS: f32 = 0.7;

/// A term is named by a question that holds at least this share of its label.
const NAMED: f32 = 0.5;

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

impl Concept {
    /// The share of the question that its labels hold.
    pub(crate) fn covered(&self) -> f32 {
        self.features[2]
    }
}

/// Terms or metrics, with what their words alone give them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matched<'a> {
    pub(crate) side: &'a Side,
    pub(crate) words: &'a Scores,
}

/// So many terms and metrics are looked at beyond their single words; their definitions are read too.
const CONCEPTS_MAX: usize = 1_024;
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
    /// Scores the terms or metrics by their words alone.
    pub(crate) fn concept_words(&self, side: &Side, groups: &[Group]) -> Scores {
        let weight = |group: &Group| group.weight.max(0.5 * group.column_weight);
        let mut words = side.score(groups, &self.pools, weight);
        words.keep(CONCEPTS_MAX);
        words
    }

    /// Rewards the products whose glossary has a term that the question names.
    pub(crate) fn reward_terms(
        &self,
        scored: &mut Scored,
        groups: &[Group],
        asked: &Asked,
        context: &Context,
    ) {
        let weight = self.tuning.product_called_term;
        let first = scored.covers.first().map(|cover| cover.group as usize);
        // Asked for by its name alone a term is an answer itself.
        let Some(first) = first
            .filter(|_| weight > 0.0 && asked.sentence && !scored.term_words.touched.is_empty())
        else {
            return;
        };
        let unit =
            weight * scored.products[first] / context.product_factor(first).max(f32::EPSILON);
        let mass = Self::concept_mass(groups);
        let mut gains = vec![0.0f32; self.groups.len()];
        let names = asked.covered(&self.terms.names, &self.pools, &scored.term_words.touched);
        for &item in &scored.term_words.touched {
            let Some(group) = self.product_of_term.get(item as usize).copied().flatten() else {
                continue;
            };
            let share = names.best_share(&self.terms.names, item);
            if share < NAMED {
                continue;
            }
            let mut met = Rows::new(groups.len());
            let row = met.add();
            met.meet(row, (&self.terms.names, item), (asked, &names));
            let gain = share * share * share * mass.share(met.any(row));
            let best = &mut gains[group as usize];
            *best = best.max(gain);
        }
        let gained = gains
            .into_iter()
            .enumerate()
            .filter(|(_, gain)| *gain > 0.0);
        for (group, gain) in gained {
            scored.products[group] += unit * gain * context.product_factor(group);
        }
    }

    fn concept_mass(groups: &[Group]) -> Weights {
        Weights::new(groups, |group| {
            super::outcome::telling(group) * group.column_weight / group.weight.max(f32::EPSILON)
        })
    }

    /// Scores the terms or metrics that share a word with the question, best first.
    pub(crate) fn concepts(
        &self,
        matched: Matched<'_>,
        groups: &[Group],
        asked: &Asked,
        scored: &Scored,
        context: &Context,
        home: impl Fn(usize) -> Home,
    ) -> Vec<Concept> {
        let Matched { side, words } = matched;
        let best = scored
            .products
            .iter()
            .copied()
            .fold(0.0, f32::max)
            .max(f32::EPSILON);
        let most = words.touched.iter().map(|&i| words.of[i as usize]);
        let most = most.fold(0.0, f32::max).max(f32::EPSILON);
        let mass = Self::concept_mass(groups);
        let mut found: Vec<Concept> = Vec::with_capacity(words.touched.len());
        let names = asked.covered(&side.names, &self.pools, &words.touched);
        for &item in &words.touched {
            let share = names.best_share(&side.names, item);
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
            met.meet(row, (&side.names, item), (asked, &names));
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
