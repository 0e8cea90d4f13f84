//! Decides between one meaning, several and none.

#[cfg(test)]
mod tests;

use super::asked::Asked;
use super::concepts::Concept;
use super::cover::FEATURES;
use super::expand::{Group, Why};
use super::ranker::{Ranker, Side};
use super::resolution::ScorePart;
use super::score::Scored;

/// Questions of at most this many content words are judged by names too.
const SHORT: usize = 3;
/// How answerable a short question is that the names of one dataset answer wholly, or that names a product.
const NAMED: f32 = 0.75;
/// The same of a question with a typo, which the names answer less strongly already.
const MISTYPED: f32 = 0.9;

/// What the scores say as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Verdict {
    /// How likely the graph holds an answer, 0 to 1.
    pub(crate) answerability: f32,
    /// The distance of the first product to the second, as a share of the first.
    pub(crate) confidence: f32,
    /// How many content words the question has.
    pub(crate) words: usize,
}

impl Verdict {
    /// Lets a name be answered by a term or metric whose labels hold it: `valve` by *Relief valve*.
    pub(crate) fn know_concepts<'c>(&mut self, concepts: impl Iterator<Item = &'c Concept>) {
        let held = concepts.map(Concept::covered).fold(0.0, f32::max);
        self.answerability = self.answerability.max(NAMED * held);
    }
}

/// The evidence that a question can be answered; see [`Ranker::evidence`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Evidence {
    /// How many of the rarest words the best score of a dataset is worth, as a logarithm.
    pub(crate) worth: f32,
    /// The share of the question that whole names of the best product cover.
    pub(crate) whole: f32,
    /// How far the best product is ahead of the second.
    pub(crate) margin: f32,
    /// The nearness in meaning of the best dataset of the best product.
    pub(crate) cosine: f32,
    /// How many telling words the question has, as a logarithm.
    pub(crate) words: f32,
    /// The share of the question that joined datasets of the best product cover.
    pub(crate) joined: f32,
    /// The share that the names of one of its datasets cover.
    pub(crate) table: f32,
    /// The share that any names of the best product cover.
    pub(crate) any: f32,
    /// The share that whole names of its datasets cover.
    pub(crate) named: f32,
    /// The share that whole names of the best product cover, words by how uncommon they are in English.
    pub(crate) uncommon: f32,
    /// How many columns it has beside others, as a logarithm.
    pub(crate) size: f32,
    /// 1 when the question is a sentence, 0 when it is the name of something.
    pub(crate) sentence: f32,
}

impl Evidence {
    /// Returns the evidence by name.
    pub(crate) fn parts(&self) -> Vec<ScorePart> {
        let parts = [
            ("worth", self.worth),
            ("whole", self.whole),
            ("margin", self.margin),
            ("cosine", self.cosine),
            ("words", self.words),
            ("joined", self.joined),
            ("table", self.table),
            ("any", self.any),
            ("named", self.named),
            ("uncommon", self.uncommon),
            ("size", self.size),
            ("sentence", self.sentence),
        ];
        let named = parts.into_iter();
        named
            .map(|(name, value)| ScorePart { name, value })
            .collect()
    }
}

impl Evidence {
    /// Returns how likely the graph holds an answer, 0 to 1.
    ///
    /// Fitted by `examples/fit --judge` on questions asked of the mesh with and without the databases that answer them.
    fn answerable(&self) -> f32 {
        if self.joined <= 0.0 && self.cosine <= 0.3 {
            return 0.0;
        }
        let log_odds = if self.sentence > 0.5 {
            -5.9 + 2.5 * self.worth
                + 2.2 * self.uncommon
                + 1.1 * self.cosine
                + 0.4 * self.words
                + 1.7 * self.joined
        } else {
            -6.8 + 3.7 * self.joined - 0.6 * self.cosine + 1.8 * self.worth + 3.7 * self.named
        };
        1.0 / (1.0 + (-log_odds).exp())
    }
}

impl Ranker {
    /// Collects the evidence that a question can be answered, from the best product.
    pub(crate) fn evidence(&self, groups: &[Group], asked: &Asked, scored: &Scored) -> Evidence {
        let mass: f32 = groups.iter().map(telling).sum();
        let Some(best) = best(&scored.products) else {
            return Evidence::default();
        };
        if mass <= 0.0 {
            return Evidence::default();
        }
        let mut table_best = 0.0f32;
        let mut cosine = 0.0f32;
        let mut own = vec![0.0f32; groups.len()];
        for &table in &self.groups[best].tables {
            cosine = cosine.max(scored.cosines[table as usize]);
            // Only what matched a word can cover any.
            if scored.table_words.of[table as usize] > 0.0 {
                own.fill(0.0);
                meet(&self.tables, table, asked, &mut own);
                for &column in self.columns_of(table) {
                    if scored.column_words.of[column as usize] > 0.0 {
                        meet(&self.columns, column, asked, &mut own);
                    }
                }
                table_best = table_best.max(share(&own, groups));
            }
        }
        let cover = scored.covers.iter().find(|c| c.group as usize == best);
        let [_, _, joined, whole, _, any, named, size, uncommon] =
            cover.map_or([0.0; FEATURES], |c| c.features);
        let (first, second) = two_best(&scored.products);
        let words = groups.iter().filter(|g| telling(g) > 0.0).count();
        Evidence {
            worth: (1.0 + scored.table_top / self.tables.level.idf_max()).ln(),
            whole,
            margin: (first - second) / first.max(f32::EPSILON),
            cosine,
            words: (1.0 + words as f32).ln(),
            joined,
            table: table_best / mass,
            any,
            named,
            uncommon,
            size,
            sentence: f32::from(u8::from(asked.sentence)),
        }
    }

    /// Returns the share of a question that an item's names answer, 0 to 1.
    pub(crate) fn covered(
        side: &Side,
        item: u32,
        asked: &Asked,
        groups: &[Group],
        mass: f32,
    ) -> f32 {
        let mut found = vec![0.0f32; groups.len()];
        meet(side, item, asked, &mut found);
        (share(&found, groups) / mass).min(1.0)
    }

    /// Judges the scores of a question.
    pub(crate) fn verdict(
        &self,
        groups: &[Group],
        asked: &Asked,
        scored: &Scored,
    ) -> (Verdict, Evidence) {
        let evidence = self.evidence(groups, asked, scored);
        let confidence = evidence.margin;
        let words = groups.iter().filter(|group| !group.word.hint).count();
        let likely = evidence.answerable();
        let mistyped = |group: &Group| group.variants.first().is_some_and(|v| v.why == Why::Typo);
        let called = best(&scored.products)
            .is_some_and(|product| asked.calls(&self.products.names, product as u32));
        // A word or two leave little evidence: a product or dataset called so, or nearly so, is answer enough.
        let answerability = match () {
            () if called => likely.max(NAMED),
            () if words > SHORT || asked.sentence => likely,
            () if groups.iter().any(mistyped) => likely.max(MISTYPED * evidence.table),
            () => likely.max(NAMED * evidence.table),
        };
        (
            Verdict {
                answerability,
                confidence,
                words,
            },
            evidence,
        )
    }
}

/// Notes how strongly the names of an item answer each group.
fn meet(side: &Side, item: u32, asked: &Asked, found: &mut [f32]) {
    for name in side.names.of(item) {
        for slot in name.slots() {
            for &(word, own) in slot.words {
                let (strength, group) = asked.of(word);
                if strength > 0.0 {
                    found[group] = found[group].max(own * strength);
                }
            }
        }
    }
}

/// Returns how much a word tells about whether the mesh holds an answer: values and generic words tell little.
pub(crate) fn telling(group: &Group) -> f32 {
    let word = &group.word;
    let factor = match () {
        () if word.hint => 0.0,
        () if word.quoted || word.number => 0.0,
        () if word.capitalised => 0.25,
        () => 1.0,
    };
    factor * group.mass
}

fn share(found: &[f32], groups: &[Group]) -> f32 {
    let own = found
        .iter()
        .zip(groups)
        .filter(|(_, group)| !group.word.hint);
    own.map(|(strength, group)| strength * telling(group)).sum()
}

fn best(scores: &[f32]) -> Option<usize> {
    let order = |a: &(usize, &f32), b: &(usize, &f32)| a.1.total_cmp(b.1).then(b.0.cmp(&a.0));
    scores
        .iter()
        .enumerate()
        .filter(|(_, score)| **score > 0.0)
        .max_by(order)
        .map(|(at, _)| at)
}

fn two_best(scores: &[f32]) -> (f32, f32) {
    scores.iter().fold((0.0, 0.0), |(first, second), &score| {
        if score > first {
            (score, first)
        } else {
            (first, f32::max(second, score))
        }
    })
}
