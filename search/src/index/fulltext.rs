//! Full text over all entities, in a tantivy index in memory.

mod collect;
mod schema;
mod shards;
mod tokens;

use rustc_hash::FxHashMap;
use semantic_model::EntityKind;
use tantivy::Term;
use tantivy::query::{BoostQuery, DisjunctionMaxQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::entries::{Entries, EntryId};
use super::request::{Facet, FacetField, FacetValue, Hit, Matched, SearchRequest, SearchResults};
use crate::document::{Documents, Entity};
use crate::error::{Error, Result};
use crate::lexicon::Lexicon;
use crate::suggest::Completion;
use crate::text::fold::fold_phrase;
use crate::text::{split, stop};
use schema::Fields;
use shards::Shards;

/// The longest text that is searched for, in bytes.
const TEXT_BYTES_MAX: usize = 1024;
/// More words than this are left out.
const WORDS_MAX: usize = 24;
/// The longest page of hits.
const LIMIT_MAX: usize = 1000;
/// A shown field is cut after this many characters.
const VALUE_CHARS_MAX: usize = 200;
/// What a match of a corrected word counts against a match of the word itself.
const CORRECTED: f32 = 0.5;

/// The sealed full-text index.
pub(crate) struct FullText {
    shards: Shards,
    fields: Fields,
}

impl std::fmt::Debug for FullText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FullText")
            .field("documents", &self.shards.documents())
            .finish_non_exhaustive()
    }
}

/// One word searched for.
struct Word {
    stem: String,
    weight: f32,
}

impl FullText {
    /// Indexes all entries; what an earlier index has just so is taken over from it.
    pub(crate) fn build(
        documents: &Documents,
        entries: &Entries,
        lexicon: &Lexicon,
        before: Option<&Self>,
    ) -> Result<Self> {
        let before = before.map(|before| &before.shards);
        Ok(Self {
            shards: Shards::build(documents, entries, lexicon, before).map_err(Error::FullText)?,
            fields: Fields::new(),
        })
    }

    /// Returns how many shards are the very same in another index, and how many there are.
    #[cfg(test)]
    pub(crate) fn shared_with(&self, other: &Self) -> (usize, usize) {
        self.shards.shared_with(&other.shards)
    }

    /// Answers a search.
    pub(crate) fn search(
        &self,
        request: &SearchRequest,
        documents: &Documents,
        entries: &Entries,
        completion: &Completion,
    ) -> SearchResults {
        let text = crate::text::cap(&request.text, TEXT_BYTES_MAX);
        let (words, corrected) = read_words(text, completion);
        let filter = Filter::new(request, documents);
        let mut hits = if words.is_empty() && text.trim().is_empty() {
            (0..entries.len() as EntryId).map(|id| (id, 1.0)).collect()
        } else {
            self.score(&words, text, documents, entries)
        };
        hits.retain(|&(id, _)| filter.keeps(id, documents, entries));
        let facets = request
            .facets
            .iter()
            .map(|&field| facet(field, &hits, documents, entries))
            .collect();
        let total = hits.len();
        let limit = request.limit.min(LIMIT_MAX);
        best_first(&mut hits, request.offset.saturating_add(limit), |id| {
            entries.entity(id, documents).map_or("", |e| e.iri.as_str())
        });
        let page = hits.into_iter().skip(request.offset).take(limit);
        let stems: Vec<&str> = words.iter().map(|word| word.stem.as_str()).collect();
        SearchResults {
            hits: page
                .filter_map(|(id, score)| hit(id, score, &stems, documents, entries))
                .collect(),
            total,
            facets,
            did_you_mean: corrected,
        }
    }

    /// Scores every entry that holds a word: the sum over words, more for holding all, most for being called so.
    fn score(
        &self,
        words: &[Word],
        text: &str,
        documents: &Documents,
        entries: &Entries,
    ) -> Vec<(EntryId, f32)> {
        let mut sums: FxHashMap<EntryId, (f32, u32)> = FxHashMap::default();
        for word in words {
            for (id, score) in self.holders(word) {
                let sum = sums.entry(id).or_default();
                sum.0 += score;
                sum.1 += 1;
            }
        }
        let wanted = fold_phrase(text);
        let mut hits: Vec<(EntryId, f32)> = sums
            .into_iter()
            .map(|(id, (sum, count))| {
                let share = count as f32 / words.len() as f32;
                let (kind, _) = entries.get(id);
                (id, sum * (0.4 + 0.6 * share * share) * kind_factor(kind))
            })
            .collect();
        let best = hits.iter().map(|hit| hit.1).fold(0.0, f32::max);
        for (id, score) in &mut hits {
            let names = entries
                .entity(*id, documents)
                .map(|e| [Some(&e.name), e.label.as_ref()]);
            let exact = names
                .into_iter()
                .flatten()
                .flatten()
                .any(|name| fold_phrase(name) == wanted);
            if exact {
                *score += best;
            }
        }
        hits
    }

    /// Returns the entries that hold a word in any field.
    fn holders(&self, word: &Word) -> Vec<(EntryId, f32)> {
        let clauses = self.fields.weighted().map(|(field, weight)| {
            let term = Term::from_field_text(field, &word.stem);
            let query: Box<dyn Query> =
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
            let boosted: Box<dyn Query> = Box::new(BoostQuery::new(query, weight * word.weight));
            boosted
        });
        let query = DisjunctionMaxQuery::with_tie_breaker(clauses.collect(), 0.1);
        // The index lies in memory and its schema is ours: reading it cannot fail, and no hit is the safe answer.
        self.shards
            .search(self.fields, &word.stem, &query)
            .unwrap_or_default()
    }
}

/// Puts the best hits first; of equal ones in the order of their IRIs. Of the others nobody sees the order.
fn best_first<'d>(hits: &mut Vec<(EntryId, f32)>, count: usize, iri: impl Fn(EntryId) -> &'d str) {
    let order = |a: &(EntryId, f32), b: &(EntryId, f32)| {
        b.1.total_cmp(&a.1).then_with(|| iri(a.0).cmp(iri(b.0)))
    };
    if count < hits.len() {
        hits.select_nth_unstable_by(count, order);
        hits.truncate(count);
    }
    hits.sort_unstable_by(order);
}

fn kind_factor(kind: EntityKind) -> f32 {
    match kind {
        EntityKind::DataProduct | EntityKind::Domain => 1.15,
        EntityKind::Dataset | EntityKind::Term | EntityKind::Metric => 1.1,
        EntityKind::Column | EntityKind::Contract | EntityKind::Owner | EntityKind::Source => 1.0,
    }
}

/// Reads the words of a text, with the correction of those that no entity holds.
fn read_words(text: &str, completion: &Completion) -> (Vec<Word>, Option<String>) {
    let all = split::words(text);
    let telling: Vec<&String> = all.iter().filter(|word| !stop::is_function(word)).collect();
    let kept = if telling.is_empty() {
        all.iter().collect()
    } else {
        telling
    };
    let mut words: Vec<Word> = Vec::new();
    let mut corrected = Vec::new();
    let mut changed = false;
    for word in kept.into_iter().take(WORDS_MAX) {
        let better = completion.correct(word);
        changed |= better.is_some();
        let (written, weight) = better
            .as_ref()
            .map_or((word.as_str(), 1.0), |b| (b.as_str(), CORRECTED));
        corrected.push(written.to_owned());
        let stem = crate::text::stem::stem(written).into_owned();
        if !words.iter().any(|known| known.stem == stem) {
            words.push(Word { stem, weight });
        }
    }
    (words, changed.then(|| corrected.join(" ")))
}

/// Which entries a request wants.
struct Filter<'r> {
    request: &'r SearchRequest,
    domains: Option<Vec<usize>>,
}

impl<'r> Filter<'r> {
    fn new(request: &'r SearchRequest, documents: &Documents) -> Self {
        let named = |entity: &Entity| {
            request.domains.iter().any(|wanted| {
                entity.iri == *wanted || fold_phrase(entity.title()) == fold_phrase(wanted)
            })
        };
        let found = documents
            .domains
            .iter()
            .enumerate()
            .filter(|(_, doc)| named(&doc.entity))
            .map(|(at, _)| at);
        Self {
            request,
            domains: (!request.domains.is_empty()).then(|| found.collect()),
        }
    }

    fn keeps(&self, id: EntryId, documents: &Documents, entries: &Entries) -> bool {
        let (kind, _) = entries.get(id);
        let of_kind = self.request.kinds.is_empty() || self.request.kinds.contains(&kind);
        of_kind
            && self.domains.as_ref().is_none_or(|wanted| {
                entries
                    .domain(id, documents)
                    .is_some_and(|domain| wanted.contains(&domain))
            })
            && (self.request.sources.is_empty() || {
                let sources = entries
                    .entity(id, documents)
                    .map_or(&[][..], |e| &e.sources);
                sources.iter().any(|source| {
                    self.request
                        .sources
                        .iter()
                        .any(|wanted| **wanted == **source)
                })
            })
    }
}

fn facet(
    field: FacetField,
    hits: &[(EntryId, f32)],
    documents: &Documents,
    entries: &Entries,
) -> Facet {
    let mut counts: FxHashMap<(String, String), usize> = FxHashMap::default();
    for &(id, _) in hits {
        match field {
            FacetField::Kind => {
                let (kind, _) = entries.get(id);
                *counts
                    .entry((kind.as_str().to_owned(), kind.label().to_owned()))
                    .or_default() += 1;
            }
            FacetField::Domain => {
                if let Some(doc) = entries
                    .domain(id, documents)
                    .and_then(|at| documents.domains.get(at))
                {
                    *counts
                        .entry((doc.entity.iri.clone(), doc.entity.title().to_owned()))
                        .or_default() += 1;
                }
            }
            FacetField::Source => {
                for source in entries
                    .entity(id, documents)
                    .map_or(&[][..], |e| &e.sources)
                {
                    *counts
                        .entry((source.as_ref().to_owned(), source.as_ref().to_owned()))
                        .or_default() += 1;
                }
            }
        }
    }
    let mut values: Vec<FacetValue> = counts
        .into_iter()
        .map(|((value, label), count)| FacetValue {
            value,
            label,
            count,
        })
        .collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    Facet { field, values }
}

fn hit(
    id: EntryId,
    score: f32,
    stems: &[&str],
    documents: &Documents,
    entries: &Entries,
) -> Option<Hit> {
    let entity = entries.entity(id, documents)?;
    let (kind, at) = entries.get(id);
    let domain = entries
        .domain(id, documents)
        .filter(|_| kind != EntityKind::Domain);
    Some(Hit {
        iri: entity.iri.clone(),
        kind,
        label: entity.title().to_owned(),
        description: entity.description.clone(),
        domain: domain
            .and_then(|at| documents.domains.get(at))
            .map(|doc| doc.entity.iri.clone()),
        score,
        matched: matched(entity, (kind, at), stems, documents, entries),
    })
}

/// Finds the fields that hold a word of the search.
fn matched(
    entity: &Entity,
    (kind, at): (EntityKind, usize),
    stems: &[&str],
    documents: &Documents,
    entries: &Entries,
) -> Vec<Matched> {
    let holds = |text: &str| {
        tokens::of_text(text)
            .iter()
            .any(|token| stems.contains(&token.as_str()))
    };
    let holds_name = |text: &str| {
        tokens::of_name(text)
            .iter()
            .any(|token| stems.contains(&token.as_str()))
    };
    let mut out = Vec::new();
    let mut take = |field: &'static str, value: &str| {
        let value = value.chars().take(VALUE_CHARS_MAX).collect();
        out.push(Matched { field, value });
    };
    if holds_name(&entity.name) {
        take("name", &entity.name);
    }
    if let Some(label) = entity.label.as_ref().filter(|label| holds_name(label)) {
        take("label", label);
    }
    entity
        .synonyms
        .iter()
        .filter(|s| holds_name(s))
        .take(3)
        .for_each(|synonym| take("synonym", synonym));
    if kind == EntityKind::Dataset {
        let columns = entries.columns_of(at).iter();
        columns
            .filter_map(|&column| documents.columns.get(column as usize))
            .filter(|c| holds_name(c.entity.title()))
            .take(5)
            .for_each(|c| take("column", c.entity.title()));
    }
    if kind == EntityKind::Column {
        let dataset = documents
            .columns
            .get(at)
            .and_then(|column| documents.datasets.get(column.dataset));
        dataset
            .filter(|d| holds_name(d.entity.title()))
            .into_iter()
            .for_each(|d| take("dataset", d.entity.title()));
    }
    if let Some(description) = entity.description.as_ref().filter(|text| holds(text)) {
        take("description", description);
    }
    out
}
