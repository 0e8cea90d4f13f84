//! Puts datasets, columns, terms and metrics together into meanings.

use rustc_hash::{FxHashMap, FxHashSet};
use semantic_model::EntityKind;

use super::asked::Asked;
use super::concepts::{Concept, Home};
use super::explain::Explainer;
use super::ranker::{Ranker, Side};
use super::resolution::{Candidate, EntityRef, ScorePart};
use crate::document::{Documents, Entity};

/// At most this many datasets of one product become candidates.
const DATASETS_PER_PRODUCT: usize = 3;
/// At most this many columns are named with a dataset.
const COLUMNS_MAX: usize = 5;
/// A term or metric whose label the question covers less than this is no meaning of it.
const SHARE_MIN: f32 = 0.3;
/// What is called less than this is named with no dataset.
const SHARE_HOSTED: f32 = 0.6;
/// At most this many terms and this many metrics are considered.
const CONCEPTS_MAX: usize = 12;
/// What a fully matching term or metric scores, where a fully matching dataset scores a little more.
const CONCEPT_SCALE: f32 = 1.3;

/// A candidate with its place in the ranker's tables.
pub(crate) struct Placed {
    pub(crate) candidate: Candidate,
    pub(crate) group: Option<u32>,
    pub(crate) table: Option<u32>,
    /// Whether the question is a label of its term or metric, word for word.
    pub(crate) called: bool,
    /// Whether the question is the name of its dataset, word for word.
    pub(crate) named: bool,
}

/// What the ranking of one request gave.
pub(crate) struct Ranking<'a> {
    pub(crate) explainer: Explainer<'a>,
    pub(crate) asked: &'a Asked,
    pub(crate) tables: &'a [u32],
    pub(crate) columns: &'a [u32],
    pub(crate) terms: &'a [Concept],
    pub(crate) metrics: &'a [Concept],
    pub(crate) mass: f32,
}

/// Names an entity.
pub(crate) fn entity_ref(entity: &Entity, kind: EntityKind) -> EntityRef {
    EntityRef {
        iri: entity.iri.clone(),
        kind,
        label: entity.title().to_owned(),
    }
}

impl Documents {
    /// Returns where a term belongs.
    pub(crate) fn term_home(&self, at: usize, group_of: impl Fn(usize) -> u32) -> Home {
        let doc = &self.terms[at];
        self.home(
            doc.product,
            doc.domain,
            &doc.datasets,
            &doc.columns,
            group_of,
        )
    }

    /// Returns the position of a candidate's domain.
    pub(crate) fn domain_of(&self, candidate: &Candidate) -> Option<usize> {
        let domain = candidate.domain.as_ref()?;
        self.domains
            .iter()
            .position(|doc| doc.entity.iri == domain.iri)
    }

    /// Returns where a metric belongs.
    pub(crate) fn metric_home(&self, at: usize, group_of: impl Fn(usize) -> u32) -> Home {
        let doc = &self.metrics[at];
        self.home(
            doc.product,
            doc.domain,
            &doc.datasets,
            &doc.columns,
            group_of,
        )
    }

    fn home(
        &self,
        product: Option<usize>,
        domain: Option<usize>,
        datasets: &[usize],
        columns: &[usize],
        group_of: impl Fn(usize) -> u32,
    ) -> Home {
        let of_columns = columns.iter().map(|&column| self.columns[column].dataset);
        let mut groups: Vec<u32> = datasets
            .iter()
            .copied()
            .chain(of_columns)
            .map(group_of)
            .collect();
        groups.extend(product.map(|p| p as u32));
        groups.sort_unstable();
        groups.dedup();
        Home { groups, domain }
    }
}

impl Ranking<'_> {
    /// Makes the candidates, best first.
    pub(crate) fn candidates(
        &self,
        wants: impl Fn(EntityKind) -> bool,
        limit: usize,
    ) -> Vec<Placed> {
        let mut placed = Vec::new();
        if [
            EntityKind::Dataset,
            EntityKind::DataProduct,
            EntityKind::Column,
        ]
        .into_iter()
        .any(&wants)
        {
            self.add_tables(&mut placed, limit);
        }
        if wants(EntityKind::Term) {
            self.add_concepts(&mut placed, self.terms, EntityKind::Term);
        }
        if wants(EntityKind::Metric) {
            self.add_concepts(&mut placed, self.metrics, EntityKind::Metric);
        }
        let iri = |p: &Placed| p.candidate.subject().map_or("", |s| &s.iri).to_owned();
        placed.sort_by(|a, b| {
            b.candidate
                .score
                .total_cmp(&a.candidate.score)
                .then_with(|| iri(a).cmp(&iri(b)))
        });
        placed.truncate(limit);
        placed
    }

    fn add_tables(&self, placed: &mut Vec<Placed>, limit: usize) {
        let ranker = self.explainer.ranker;
        let mut of_product: FxHashMap<u32, usize> = FxHashMap::default();
        let mut tables_seen: FxHashSet<usize> = FxHashSet::default();
        for &table in self.tables {
            if placed.len() >= limit {
                break;
            }
            let documents = self.explainer.documents;
            if !tables_seen.insert(documents.stands_for(table as usize)) {
                continue;
            }
            let group = ranker.group_of(table);
            // A copy is named with the first of its family.
            let family = documents.family_of(table as usize);
            let kin = placed.iter_mut().find(|p| {
                p.table
                    .is_some_and(|t| documents.family_of(t as usize) == family)
            });
            if let Some(kin) = kin {
                kin.candidate.copies.push(self.dataset(table));
                continue;
            }
            let seen = of_product.entry(group).or_default();
            *seen += 1;
            // What belongs to no product stands for itself.
            if *seen > DATASETS_PER_PRODUCT && ranker.groups[group as usize].product.is_some() {
                continue;
            }
            let explanation = self.explainer.table(table);
            if explanation.reasons.is_empty() {
                continue;
            }
            let candidate = Candidate {
                dataset: Some(self.dataset(table)),
                columns: self.columns_of(table),
                score: self.explainer.scored.tables[table as usize],
                parts: explanation.parts,
                reasons: explanation.reasons,
                ..self.of_group(group)
            };
            placed.push(Placed {
                candidate,
                group: Some(group),
                table: Some(table),
                called: false,
                named: self.asked.calls(&ranker.tables.names, table),
            });
        }
    }

    fn dataset(&self, table: u32) -> EntityRef {
        entity_ref(
            &self.explainer.documents.datasets[table as usize].entity,
            EntityKind::Dataset,
        )
    }

    /// Names the columns of a dataset among the best columns that carry a word of the question.
    fn columns_of(&self, table: u32) -> Vec<EntityRef> {
        let Explainer {
            ranker, documents, ..
        } = self.explainer;
        let named = |column: u32| {
            let mut slots = ranker
                .columns
                .names
                .of(column)
                .flat_map(super::names::NameRef::slots);
            slots.any(|slot| {
                slot.words
                    .iter()
                    .any(|&(word, _)| self.asked.of(word).0 > 0.3)
            })
        };
        let own = self
            .columns
            .iter()
            .filter(|&&column| ranker.table_of_column[column as usize] == table);
        let own = own.filter(|&&column| named(column)).take(COLUMNS_MAX);
        own.map(|&column| {
            entity_ref(
                &documents.columns[column as usize].entity,
                EntityKind::Column,
            )
        })
        .collect()
    }

    /// Starts a candidate of a product.
    fn of_group(&self, group: u32) -> Candidate {
        let Explainer {
            ranker, documents, ..
        } = self.explainer;
        let group = &ranker.groups[group as usize];
        let product = group
            .product
            .map(|p| entity_ref(&documents.products[p].entity, EntityKind::DataProduct));
        Candidate {
            product,
            domain: self.domain(group.domain),
            ..empty()
        }
    }

    fn domain(&self, at: Option<usize>) -> Option<EntityRef> {
        at.map(|d| {
            entity_ref(
                &self.explainer.documents.domains[d].entity,
                EntityKind::Domain,
            )
        })
    }

    fn add_concepts(&self, placed: &mut Vec<Placed>, concepts: &[Concept], kind: EntityKind) {
        // Where the question is the very label of something, what is only near it comes after, on its own.
        let any_called = self.terms.iter().chain(self.metrics).any(|c| c.called);
        for concept in concepts
            .iter()
            .filter(|c| c.called || c.share >= SHARE_MIN)
            .take(CONCEPTS_MAX)
        {
            let candidate = self.of_concept(concept, kind);
            let home = self.home(concept, kind);
            let documents = self.explainer.documents;
            let carriers: Vec<usize> = self
                .carriers(concept, kind)
                .into_iter()
                .map(|t| documents.stands_for(t))
                .collect();
            let carried = |p: &Placed| {
                p.table
                    .is_some_and(|t| carriers.contains(&documents.stands_for(t as usize)))
            };
            let same_group = |p: &Placed| p.group.is_some_and(|g| home.groups.contains(&g));
            let same_domain = |p: &Placed| {
                home.groups.is_empty()
                    && candidate.domain.is_some()
                    && p.candidate.domain == candidate.domain
            };
            let free = |p: &Placed| {
                if kind == EntityKind::Term {
                    p.candidate.term.is_none()
                } else {
                    p.candidate.metric.is_none()
                }
            };
            let hosts = [
                placed.iter().position(|p| free(p) && carried(p)),
                placed
                    .iter()
                    .position(|p| free(p) && p.table.is_some() && same_group(p)),
                placed
                    .iter()
                    .position(|p| free(p) && p.table.is_some() && same_domain(p)),
            ];
            // What is not named well enough speaks for no dataset.
            let near = concept.called || (concept.share >= SHARE_HOSTED && !any_called);
            match hosts.into_iter().flatten().next().filter(|_| near) {
                Some(at) => {
                    placed[at].called |= concept.called;
                    attach(&mut placed[at].candidate, candidate);
                }
                None => placed.push(Placed {
                    candidate,
                    group: home.groups.first().copied(),
                    table: None,
                    called: concept.called,
                    named: false,
                }),
            }
        }
    }

    fn home(&self, concept: &Concept, kind: EntityKind) -> Home {
        let Explainer {
            ranker, documents, ..
        } = self.explainer;
        let group_of = |table: usize| ranker.group_of(table as u32);
        match kind {
            EntityKind::Term => documents.term_home(concept.at as usize, group_of),
            _ => documents.metric_home(concept.at as usize, group_of),
        }
    }

    fn carriers(&self, concept: &Concept, kind: EntityKind) -> Vec<usize> {
        let documents = self.explainer.documents;
        let (datasets, columns) = match kind {
            EntityKind::Term => (
                &documents.terms[concept.at as usize].datasets,
                &documents.terms[concept.at as usize].columns,
            ),
            _ => (
                &documents.metrics[concept.at as usize].datasets,
                &documents.metrics[concept.at as usize].columns,
            ),
        };
        datasets
            .iter()
            .copied()
            .chain(columns.iter().map(|&c| documents.columns[c].dataset))
            .collect()
    }

    /// Returns the names and the columns of a term or metric, and the side that ranks it.
    fn described(&self, concept: &Concept, kind: EntityKind) -> (&Side, &Entity, &[usize]) {
        let Explainer {
            ranker, documents, ..
        } = self.explainer;
        let at = concept.at as usize;
        if kind == EntityKind::Term {
            let doc = &documents.terms[at];
            (&ranker.terms, &doc.entity, &doc.columns)
        } else {
            let doc = &documents.metrics[at];
            (&ranker.metrics, &doc.entity, &doc.columns)
        }
    }

    /// Makes a candidate of a term or metric alone.
    fn of_concept(&self, concept: &Concept, kind: EntityKind) -> Candidate {
        let Explainer {
            ranker,
            documents,
            scored,
            context,
            groups,
            ..
        } = self.explainer;
        let (side, entity, columns) = self.described(concept, kind);
        let home = self.home(concept, kind);
        let covered = Ranker::covered(side, concept.at, self.asked, groups, self.mass);
        let product = if home.groups.is_empty() {
            // What belongs to no product counts as belonging to a fair one.
            let best = scored.products.iter().enumerate();
            let best = best.map(|(at, score)| score / context.product_factor(at));
            let fair = super::concepts::HOMELESS * best.fold(0.0, f32::max);
            fair * concept.share * context.place_factor(None, home.domain)
        } else {
            let of = |&group: &u32| scored.products[group as usize];
            home.groups.iter().map(of).fold(0.0, f32::max)
        };
        let factor = home
            .groups
            .iter()
            .map(|&g| context.product_factor(g as usize))
            .fold(context.place_factor(None, home.domain), f32::max);
        let name = CONCEPT_SCALE * concept.share * covered;
        let product = ranker.tuning.table_back_product * product;
        let parts = [
            ("name", name),
            ("product", product),
            ("context", name * (factor - 1.0)),
            ("feedback", concept.feedback),
        ];
        let telling = parts.into_iter().filter(|part| part.1.abs() > 1e-6);
        let table = self
            .carriers(concept, kind)
            .first()
            .map(|&table| self.dataset(table as u32));
        let base = home
            .groups
            .first()
            .map_or_else(empty, |&group| self.of_group(group));
        let own = entity_ref(entity, kind);
        let how = if concept.share > 0.99 {
            "is"
        } else {
            "is like"
        };
        let named =
            |&column: &usize| entity_ref(&documents.columns[column].entity, EntityKind::Column);
        Candidate {
            domain: self.domain(home.domain).or(base.domain),
            product: base.product,
            dataset: table,
            columns: columns.iter().take(COLUMNS_MAX).map(named).collect(),
            score: parts.iter().map(|part| part.1).sum(),
            parts: telling
                .map(|(name, value)| ScorePart { name, value })
                .collect(),
            reasons: vec![format!(
                "the question {how} the label of {} {}",
                kind.label(),
                own.label
            )],
            term: (kind == EntityKind::Term).then(|| own.clone()),
            metric: (kind == EntityKind::Metric).then_some(own),
            copies: Vec::new(),
            rests_on: Vec::new(),
        }
    }
}

fn empty() -> Candidate {
    Candidate {
        product: None,
        domain: None,
        dataset: None,
        columns: Vec::new(),
        term: None,
        metric: None,
        score: 0.0,
        parts: Vec::new(),
        reasons: Vec::new(),
        copies: Vec::new(),
        rests_on: Vec::new(),
    }
}

/// Lets the dataset that a term or metric belongs to speak for both.
fn attach(host: &mut Candidate, guest: Candidate) {
    if guest.score > host.score {
        host.score = guest.score;
        host.parts = guest.parts;
    }
    host.term = host.term.take().or(guest.term);
    host.metric = host.metric.take().or(guest.metric);
    host.domain = host.domain.take().or(guest.domain);
    for column in guest.columns {
        if !host.columns.contains(&column) && host.columns.len() < COLUMNS_MAX {
            host.columns.push(column);
        }
    }
    host.reasons.splice(0..0, guest.reasons);
}
