//! From words to data products: the ranker and its outcome.
//!
//! A request goes through named stages: `query` reads its content words, `expand` finds the words of the
//! catalog that answer each, `score` scores products, datasets and columns and lets them support each
//! other, `concepts` ranks terms and metrics, `outcome` judges, `candidates` puts meanings together and
//! `explain` says why. Nothing is random and ties go by position, which is the order of IRIs.

mod added;
mod analyze;
mod asked;
mod candidates;
mod concepts;
mod context;
mod cover;
mod expand;
mod explain;
mod feedback;
mod level;
mod literals;
mod look;
mod loose;
mod names;
mod outcome;
mod query;
mod question;
pub(crate) mod ranker;
mod reach;
mod request;
mod resolution;
mod rests;
mod score;
mod sheet;
mod standing;
#[cfg(test)]
mod tests;
mod tuning;
mod understand;
mod vectors;
mod vocabulary;
mod words;

use semantic_model::EntityKind;

pub use feedback::content_words;
pub use request::{ResolveRequest, TEXT_BYTES_MAX};
pub use resolution::{
    Candidate, ClarifyingOption, ClarifyingQuestion, Considered, EntityRef, Outcome, Ranked,
    Resolution, ScorePart, Valued, ValuedColumn,
};
pub use tuning::Tuning;
pub use understand::{Part, Understood};

use crate::document::{Documents, Entity};
use crate::lookup::Lookup;
use asked::Asked;
use candidates::{Placed, Ranking};
use concepts::{Concept, Matched};
use expand::Group;
use explain::Explainer;
use outcome::{Evidence, Verdict};
use ranker::Ranker;
use words::top;

/// The longest list that is given, whatever the request asks.
const LIMIT_MAX: usize = 500;
/// What more terms than this were judged by is not said.
const LIMIT_CONSIDERED: usize = 30;
/// More candidates than this are not put together: each is explained.
const CANDIDATES_MAX: usize = 20;
/// More words of question and hint than this are left out.
const GROUPS_MAX: usize = 96;
/// A term that the question names word for word is another meaning unless the context speaks against it.
const CALLED_TIE: f32 = 0.5;
/// A sentence asks for a term alone when the term's label holds at least this share of it.
const SAID_WHOLE: f32 = 0.8;
/// A term counts as another meaning when it covers the question nearly as well as the first.
const TERM_TIE: f32 = 0.9;

/// Resolves a request over the ranker's tables and the documents they were built from.
pub(crate) fn resolve(
    ranker: &Ranker,
    documents: &Documents,
    lookup: &Lookup,
    request: &ResolveRequest,
    explain: bool,
) -> Resolution {
    let text = crate::text::cap(&request.text, TEXT_BYTES_MAX);
    let mut words = query::read(text);
    for extra in [&request.hint, &request.purpose, &request.role]
        .into_iter()
        .flatten()
    {
        let more = query::read_hint(crate::text::cap(extra, TEXT_BYTES_MAX), &words);
        words.extend(more);
    }
    words.truncate(GROUPS_MAX);
    let sentence = query::is_sentence(text);
    let groups = ranker.expand(&words, sentence);
    let context = ranker.context(request, documents, lookup);
    let asked = Asked::new(ranker.vocabulary.len(), &groups, sentence);
    let mut scored = ranker.score(&groups, &asked, &context);
    let (mut verdict, evidence) = ranker.verdict(&groups, &asked, &scored);
    let added = ranker.add(text, &groups, documents, lookup, &mut scored);
    added.convince(&mut verdict);
    let group_of = |table: usize| ranker.group_of(table as u32);
    let matched = Matched {
        side: &ranker.terms,
        words: &scored.term_words,
    };
    let mut terms = ranker.concepts(matched, &groups, &asked, &scored, &context, |at| {
        documents.term_home(at, group_of)
    });
    let matched = Matched {
        side: &ranker.metrics,
        words: &ranker.concept_words(&ranker.metrics, &groups),
    };
    let mut metrics = ranker.concepts(matched, &groups, &asked, &scored, &context, |at| {
        documents.metric_home(at, group_of)
    });
    added.weigh(EntityKind::Term, &mut terms);
    added.weigh(EntityKind::Metric, &mut metrics);
    if !sentence {
        verdict.know_concepts(terms.iter().chain(&metrics));
    }
    let explainer = Explainer {
        added: &added,
        ranker,
        documents,
        groups: &groups,
        scored: &scored,
        context: &context,
    };
    let answer = Answer {
        explainer,
        asked: &asked,
        verdict,
        evidence,
        terms: &terms,
        metrics: &metrics,
    };
    let mut resolution = answer.resolution(request, text);
    if explain {
        resolution.evidence = answer.evidence.parts();
        resolution.considered = answer.considered();
    }
    resolution
}

/// Everything known before the answer is written down.
struct Answer<'a> {
    explainer: Explainer<'a>,
    asked: &'a Asked,
    verdict: Verdict,
    evidence: Evidence,
    terms: &'a [Concept],
    metrics: &'a [Concept],
}

impl Answer<'_> {
    fn resolution(&self, request: &ResolveRequest, text: &str) -> Resolution {
        let Explainer { groups, scored, .. } = self.explainer;
        let limit = request.limit.clamp(1, LIMIT_MAX);
        let wants = |kind: EntityKind| request.kinds.is_empty() || request.kinds.contains(&kind);
        let answers = self.evidence != Evidence::default()
            || !self.terms.is_empty()
            || !self.metrics.is_empty()
            || !self.explainer.added.is_empty();
        let (mut tables, mut columns) = (Vec::new(), Vec::new());
        if answers {
            tables = best(scored.reached.clone(), limit.max(30), &scored.tables);
            columns = best(
                scored.columns.touched.clone(),
                limit.max(60),
                &scored.columns.of,
            );
        }
        let own = groups.iter().filter(|group| !group.word.hint);
        let ranking = Ranking {
            explainer: self.explainer,
            asked: self.asked,
            tables: &tables,
            columns: &columns,
            terms: self.terms,
            metrics: self.metrics,
            mass: own.map(|group| group.mass).sum::<f32>().max(f32::EPSILON),
        };
        // Judged over all of them, so that the outcome does not hang on how many the caller wants to see.
        let mut placed = ranking.candidates(wants, CANDIDATES_MAX);
        let (outcome, question) = self.outcome(text, &placed);
        let unmatched_words = self.unmatched(&placed);
        placed.truncate(limit);
        let mut candidates: Vec<Candidate> = placed.into_iter().map(|p| p.candidate).collect();
        rests::note(&mut candidates);
        let mut resolution = Resolution {
            outcome,
            answerability: self.verdict.answerability,
            evidence: Vec::new(),
            considered: Vec::new(),
            confidence: self.verdict.confidence,
            question,
            used_context: self.explainer.context.used.clone(),
            understood: self.understood(text),
            values: self.values(),
            unmatched_words,
            candidates,
            products: Vec::new(),
            datasets: Vec::new(),
            columns: Vec::new(),
            terms: Vec::new(),
            metrics: Vec::new(),
        };
        if answers {
            self.rank(&mut resolution, wants, limit, &tables, &columns);
        }
        resolution
    }

    /// Says what the order of the best products and terms was judged by.
    fn considered(&self) -> Vec<Considered> {
        let Explainer {
            ranker,
            documents,
            scored,
            ..
        } = self.explainer;
        let named = |names: &[&'static str], values: &[f32]| {
            let parts = names.iter().zip(values);
            let parts = parts.map(|(&name, &value)| ScorePart { name, value });
            parts.collect::<Vec<_>>()
        };
        let products = scored.covers.iter().filter_map(|cover| {
            let product = ranker.groups[cover.group as usize].product?;
            Some(Considered {
                iri: documents.products[product].entity.iri.clone(),
                kind: EntityKind::DataProduct,
                parts: named(&cover::NAMES, &cover.features),
            })
        });
        let terms = self.terms.iter().take(LIMIT_CONSIDERED);
        let terms = terms.map(|term| Considered {
            iri: documents.terms[term.at as usize].entity.iri.clone(),
            kind: EntityKind::Term,
            parts: named(&concepts::NAMES, &term.features),
        });
        products.chain(terms).collect()
    }

    /// Writes the rankings of the wanted kinds.
    fn rank(
        &self,
        resolution: &mut Resolution,
        wants: impl Fn(EntityKind) -> bool,
        limit: usize,
        tables: &[u32],
        columns: &[u32],
    ) {
        let Explainer {
            ranker,
            documents,
            scored,
            ..
        } = self.explainer;
        if wants(EntityKind::DataProduct) {
            let product = |group: u32| {
                ranker.groups[group as usize]
                    .product
                    .map(|p| &documents.products[p].entity)
            };
            let real = (0..ranker.groups.len() as u32).filter(|&group| product(group).is_some());
            let groups = best(real.collect(), limit, &scored.products);
            resolution.products = ranked(&groups, limit, &scored.products, product);
        }
        if wants(EntityKind::Dataset) {
            let dataset = |table: u32| documents.datasets.get(table as usize).map(|d| &d.entity);
            resolution.datasets = ranked(tables, limit, &scored.tables, dataset);
        }
        if wants(EntityKind::Column) {
            let column = |column: u32| documents.columns.get(column as usize).map(|d| &d.entity);
            resolution.columns = ranked(columns, limit, &scored.columns.of, column);
        }
        if wants(EntityKind::Term) {
            resolution.terms = ranked_concepts(self.terms, limit, |at| &documents.terms[at].entity);
        }
        if wants(EntityKind::Metric) {
            resolution.metrics =
                ranked_concepts(self.metrics, limit, |at| &documents.metrics[at].entity);
        }
    }

    /// Says what of the question is no name of data.
    fn understood(&self, text: &str) -> Vec<Understood> {
        let Explainer {
            documents, added, ..
        } = self.explainer;
        understand::understand(text, &added.spotted, |column| {
            let doc = &documents.columns[column as usize];
            let table = documents.datasets.get(doc.dataset);
            let table = table.map_or("", |table| table.entity.title());
            format!("{} of {table}", doc.entity.title())
        })
    }

    /// Says which words of the question are values, and of what.
    fn values(&self) -> Vec<Valued> {
        let Explainer {
            documents, added, ..
        } = self.explainer;
        let spotted = added.spotted.iter();
        spotted.map(|spotted| spotted.valued(documents)).collect()
    }

    fn outcome(&self, text: &str, placed: &[Placed]) -> (Outcome, Option<ClarifyingQuestion>) {
        let Explainer {
            ranker, documents, ..
        } = self.explainer;
        let t = &ranker.tuning;
        let sentence = query::is_sentence(text);
        // In a name a label is what is asked for; in a sentence it may be any word of many.
        let sure = |c: &Concept| c.share > 0.99 && (!sentence || c.covered() > SAID_WHOLE);
        let sure_term = self.terms.iter().chain(self.metrics).any(sure);
        // A name leaves less evidence than a sentence, so less is asked of it.
        let floor = if sentence {
            t.unknown_below
        } else {
            t.unknown_name_below
        };
        if placed.is_empty() || (self.verdict.answerability < floor && !sure_term) {
            return (Outcome::Unknown, None);
        }
        if self.verdict.words as f32 > t.ambiguous_words {
            return (Outcome::Resolved, None);
        }
        let tied = self.tied(placed, sentence);
        match question::ask(text, &tied, ranker, documents) {
            Some(question) => (Outcome::Ambiguous, Some(question)),
            None => (Outcome::Resolved, None),
        }
    }

    /// Returns the first candidate of every meaning that is about as good as the best.
    fn tied<'p>(&self, placed: &'p [Placed], sentence: bool) -> Vec<&'p Placed> {
        let Explainer {
            ranker,
            scored,
            documents,
            ..
        } = self.explainer;
        // A sentence says more than its words: only a closer tie leaves it open.
        let t = &ranker.tuning;
        let margin = if sentence {
            1.0 - t.ambiguous_sentence
        } else {
            1.0 - t.ambiguous_margin
        };
        let best_product = scored.products.iter().copied().fold(0.0, f32::max);
        let best_concept = placed
            .iter()
            .filter(|p| p.table.is_none())
            .map(|p| p.candidate.score)
            .fold(0.0, f32::max);
        let first = placed.first().map_or(0.0, |p| p.candidate.score);
        let labelled = placed.first().is_some_and(|p| p.called);
        let mut tied: Vec<&Placed> = Vec::new();
        // What the caller said of themselves answers what they would be asked.
        let known = self.explainer.context;
        let place = |p: &Placed| known.place_factor(p.group, documents.domain_of(&p.candidate));
        let here = placed.first().map_or(1.0, place);
        for one in placed.iter().filter(|one| place(one) >= here) {
            let close = match one.group {
                // The question is its very label: a meaning of its own, however rich its data.
                _ if one.called => one.candidate.score >= CALLED_TIE * first,
                // Beside such a label only what bears the very name can be another meaning.
                _ if labelled && !one.named => false,
                // What belongs to no product is judged as what it is.
                Some(group) if ranker.groups[group as usize].product.is_none() => {
                    one.candidate.score >= margin * first
                }
                Some(group) if one.table.is_some() => {
                    scored.products[group as usize] >= margin * best_product
                }
                _ => one.candidate.score >= TERM_TIE * best_concept.max(first),
            };
            let family = |placed: &Placed| {
                placed
                    .table
                    .map(|t| self.explainer.documents.meaning_of(t as usize))
            };
            let met = tied.iter().any(|other| {
                let same_place = other.group == one.group
                    && (one.group.is_some() || other.candidate.domain == one.candidate.domain);
                // Copies and versions of one table are one meaning.
                same_place || (family(one).is_some() && family(one) == family(other))
            });
            if close && !met {
                tied.push(one);
            }
        }
        tied
    }

    /// Returns the content words that the best candidate and its product do not explain.
    fn unmatched(&self, placed: &[Placed]) -> Vec<String> {
        let Explainer { ranker, groups, .. } = self.explainer;
        if placed.first().is_some_and(|first| first.called) {
            return Vec::new();
        }
        let own = groups.iter().filter(|group| !group.word.hint);
        let Some(table) = placed.first().and_then(|p| p.table) else {
            let unknown = own.filter(|group| group.variants.is_empty() || placed.is_empty());
            return unknown.map(|group| group.word.text.clone()).collect();
        };
        let product = ranker.group_of(table);
        let held = |group: &Group| {
            group.variants.iter().any(|v| {
                ranker.tables.level.holds(table, v.word)
                    || ranker.products.level.holds(product, v.word)
            })
        };
        let added = self.explainer.added;
        own.filter(|group| !held(group) && !added.is_value(&group.word.text))
            .map(|group| group.word.text.clone())
            .collect()
    }
}

fn best(mut items: Vec<u32>, count: usize, scores: &[f32]) -> Vec<u32> {
    items.retain(|&item| scores[item as usize] > 0.0);
    top(&mut items, count, scores);
    items
}

fn ranked<'e>(
    items: &[u32],
    limit: usize,
    scores: &[f32],
    entity: impl Fn(u32) -> Option<&'e Entity>,
) -> Vec<Ranked> {
    let named = items
        .iter()
        .take(limit)
        .filter_map(|&item| entity(item).map(|e| (e, scores[item as usize])));
    named
        .map(|(entity, score)| Ranked {
            iri: entity.iri.clone(),
            score,
        })
        .collect()
}

fn ranked_concepts<'e>(
    concepts: &[Concept],
    limit: usize,
    entity: impl Fn(usize) -> &'e Entity,
) -> Vec<Ranked> {
    let named = concepts.iter().take(limit);
    named
        .map(|c| Ranked {
            iri: entity(c.at as usize).iri.clone(),
            score: c.score,
        })
        .collect()
}
