//! What values and feedback add to the scores of words: each a part of its own, with its reason.

use semantic_model::EntityKind;
use std::collections::BTreeMap;

use super::concepts::Concept;
use super::expand::Group;
use super::feedback::Recalled;
use super::literals::{self, Spotted};
use super::outcome::{Verdict, telling};
use super::ranker::Ranker;
use super::resolution::ScorePart;
use super::score::Scored;
use crate::document::Documents;
use crate::lookup::{Lookup, Target};

/// How answerable a question is that is all values, or that somebody said the answer of.
const ANSWERED: f32 = 0.75;
/// What a product gains of what its dataset does.
const TO_PRODUCT: f32 = 0.6;

/// What is added to one dataset.
#[derive(Debug, Default)]
struct Gain {
    values: f32,
    feedback: f32,
    reasons: Vec<String>,
}

/// What values and feedback add to the answer of one question.
#[derive(Debug, Default)]
pub(crate) struct Added {
    tables: BTreeMap<u32, Gain>,
    /// The values that were spotted.
    pub(crate) spotted: Vec<Spotted>,
    /// Terms and metrics that something was said of.
    concepts: Vec<(EntityKind, u32, f32)>,
    /// How sure it makes an answer, 0 to 1.
    answered: f32,
}

impl Ranker {
    /// Finds the values of a question and what was said of it, and adds them to the scores.
    pub(crate) fn add(
        &self,
        text: &str,
        groups: &[Group],
        documents: &Documents,
        lookup: &Lookup,
        scored: &mut Scored,
    ) -> Added {
        let mut added = Added::default();
        let name = |column: u32| documents.columns[column as usize].entity.name.as_str();
        added.spotted = self
            .values
            .spot(text, |column, word| literals::holds(name(column), word));
        let recalled = self.remembered.recall(text, documents);
        if added.spotted.is_empty() && recalled.is_empty() {
            return added;
        }
        let mut columns: BTreeMap<u32, f32> = BTreeMap::default();
        let mut products: BTreeMap<u32, f32> = BTreeMap::default();
        self.add_values(&mut added, &mut columns, documents);
        for one in &recalled {
            self.add_feedback(
                one,
                &mut added,
                &mut columns,
                &mut products,
                documents,
                lookup,
            );
        }
        added.judge(groups, &recalled);
        self.apply(&added, &columns, &products, scored);
        added
    }

    fn add_values(
        &self,
        added: &mut Added,
        columns: &mut BTreeMap<u32, f32>,
        documents: &Documents,
    ) {
        for spotted in &added.spotted {
            let mut best: BTreeMap<u32, (f32, u32)> = BTreeMap::default();
            for &(column, sure) in &spotted.columns {
                let gain = columns.entry(column).or_default();
                *gain += self.tuning.value_column * sure;
                let table = best
                    .entry(self.table_of_column[column as usize])
                    .or_insert((0.0, column));
                if sure > table.0 {
                    *table = (sure, column);
                }
            }
            for (table, (sure, column)) in best {
                let gain = added.tables.entry(table).or_default();
                gain.values += self.tuning.value * sure;
                let title = documents.columns[column as usize].entity.title();
                gain.reasons
                    .push(format!("`{}` is a value of {title}", spotted.value));
            }
        }
    }

    fn add_feedback(
        &self,
        one: &Recalled,
        added: &mut Added,
        columns: &mut BTreeMap<u32, f32>,
        products: &mut BTreeMap<u32, f32>,
        documents: &Documents,
        lookup: &Lookup,
    ) {
        let doc = &documents.feedback[one.at];
        let weight = self.tuning.feedback * one.balance;
        let reason = format!(
            "taken as the meaning of `{}` {} times, refused {} times",
            doc.asked, doc.accepted, doc.rejected
        );
        let mut give = |table: u32, weight: f32| {
            let gain = added.tables.entry(table).or_default();
            gain.feedback += weight;
            gain.reasons.push(reason.clone());
        };
        for target in lookup.find(&doc.about) {
            match target {
                Target::Dataset(at) => give(at, weight),
                Target::Column(at) => {
                    *columns.entry(at).or_default() += weight;
                    give(self.table_of_column[at as usize], weight);
                }
                Target::Product(at) => {
                    *products.entry(at).or_default() += weight;
                    let group = &self.groups[at as usize];
                    group.tables.iter().for_each(|&table| give(table, weight));
                }
                Target::Domain(_) => {}
            }
        }
        let terms = documents
            .terms
            .iter()
            .position(|d| d.entity.iri == doc.about);
        let metrics = documents
            .metrics
            .iter()
            .position(|d| d.entity.iri == doc.about);
        added
            .concepts
            .extend(terms.map(|at| (EntityKind::Term, at as u32, weight)));
        added
            .concepts
            .extend(metrics.map(|at| (EntityKind::Metric, at as u32, weight)));
    }

    fn apply(
        &self,
        added: &Added,
        columns: &BTreeMap<u32, f32>,
        products: &BTreeMap<u32, f32>,
        scored: &mut Scored,
    ) {
        let mut groups: BTreeMap<u32, f32> = products.clone();
        let mut tables: Vec<(&u32, &Gain)> = added.tables.iter().collect();
        tables.sort_unstable_by_key(|entry| entry.0);
        for (&table, gain) in tables {
            let sum = gain.values + gain.feedback;
            scored.tables[table as usize] += sum;
            let group = groups.entry(self.group_of(table)).or_default();
            // The strongest word decides, for or against.
            if (TO_PRODUCT * sum).abs() > group.abs() {
                *group = TO_PRODUCT * sum;
            }
        }
        for (group, gain) in groups {
            let score = &mut scored.products[group as usize];
            *score = (*score + gain).max(0.0);
        }
        let known: rustc_hash::FxHashSet<u32> = scored.columns.touched.iter().copied().collect();
        for (&column, &gain) in columns {
            let score = &mut scored.columns.of[column as usize];
            *score = (*score + gain).max(0.0);
            if !known.contains(&column) {
                scored.columns.touched.push(column);
            }
        }
        let super::words::Scores { of, touched } = &mut scored.columns;
        touched.sort_unstable_by(|a, b| of[*b as usize].total_cmp(&of[*a as usize]).then(a.cmp(b)));
    }
}

impl Added {
    /// Tells whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.concepts.is_empty()
    }

    /// Works out how sure an answer the found values and feedback make.
    fn judge(&mut self, groups: &[Group], recalled: &[Recalled]) {
        let own = || groups.iter().filter(|group| !group.word.hint);
        let mass: f32 = own().map(telling).sum();
        let left: f32 = own()
            .filter(|group| !self.is_value(&group.word.text))
            .map(telling)
            .sum();
        let covered = if self.spotted.is_empty() {
            0.0
        } else {
            1.0 - left / mass.max(f32::EPSILON)
        };
        let told = recalled
            .iter()
            .map(|one| 2.0 * one.balance)
            .fold(0.0, f32::max);
        self.answered = ANSWERED * covered.max(told.min(1.0)).clamp(0.0, 1.0);
    }

    /// Lets a verdict know what was found.
    pub(crate) fn convince(&self, verdict: &mut Verdict) {
        verdict.answerability = verdict.answerability.max(self.answered);
    }

    /// Tells whether a word is part of a value.
    pub(crate) fn is_value(&self, word: &str) -> bool {
        self.spotted
            .iter()
            .any(|spotted| spotted.words.iter().any(|own| own == word))
    }

    /// Adds what was said of terms or metrics to their scores.
    pub(crate) fn weigh(&self, kind: EntityKind, concepts: &mut [Concept]) {
        let mut changed = false;
        for &(_, at, weight) in self.concepts.iter().filter(|c| c.0 == kind) {
            if let Some(concept) = concepts.iter_mut().find(|concept| concept.at == at) {
                concept.score = (concept.score + weight).max(0.0);
                concept.feedback = weight;
                changed = true;
            }
        }
        if changed {
            concepts.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
        }
    }

    /// Returns the parts of a dataset's score that were added.
    pub(crate) fn parts(&self, table: u32) -> Vec<ScorePart> {
        let Some(gain) = self.tables.get(&table) else {
            return Vec::new();
        };
        let parts = [("values", gain.values), ("feedback", gain.feedback)];
        let told = parts.into_iter().filter(|part| part.1 != 0.0);
        told.map(|(name, value)| ScorePart { name, value })
            .collect()
    }

    /// Returns the reasons for what was added to a dataset.
    pub(crate) fn reasons(&self, table: u32) -> &[String] {
        self.tables
            .get(&table)
            .map_or(&[], |gain| gain.reasons.as_slice())
    }
}
