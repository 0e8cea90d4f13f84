//! The full text in shards: a commit writes those anew whose entities changed and takes over the others.
//!
//! Scores do not hang on how entities are spread: every shard is scored by the statistics of all.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use semantic_model::EntityKind;
use tantivy::query::{Bm25StatisticsProvider, Query};
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::collect::EveryScore;
use super::schema::{self, Fields};
use super::tokens::Writer;
use crate::document::Documents;
use crate::index::entries::{Entries, EntryId};
use crate::lexicon::Lexicon;

/// A shard holds about so many entities at least, and ...
const SHARD_MIN: usize = if cfg!(test) { 16 } else { 4096 };
/// ... there are about so many shards at most.
const SHARDS_MAX: usize = 64;

/// Which entities belong together: those of one large source, in parts, or of the small ones.
type Key<'d> = (&'d str, u64);

/// Some entities, sealed.
struct Shard {
    searcher: Searcher,
    /// A hash of everything that was written.
    written: u64,
}

/// A shard and the numbers that its entities have at the moment.
struct Placed {
    shard: Arc<Shard>,
    entries: Vec<EntryId>,
}

/// All shards.
pub(super) struct Shards {
    placed: Vec<Placed>,
    by_key: BTreeMap<(String, u64), Arc<Shard>>,
    documents: u64,
}

impl Shards {
    /// Writes all entries, but for the shards that another index has just so.
    pub(super) fn build(
        documents: &Documents,
        entries: &Entries,
        lexicon: &Lexicon,
        before: Option<&Self>,
    ) -> tantivy::Result<Self> {
        let mut terms = Writer::new(lexicon);
        let mut shards = Self {
            placed: Vec::new(),
            by_key: BTreeMap::new(),
            documents: entries.len() as u64,
        };
        for ((source, part), ids) in spread(documents, entries) {
            let key = (source.to_owned(), part);
            let written = fingerprint(&ids, documents, entries);
            let known = before.and_then(|before| before.by_key.get(&key));
            let shard = match known.filter(|shard| shard.written == written) {
                Some(shard) => Arc::clone(shard),
                None => Arc::new(Shard {
                    searcher: schema::write(documents, entries, &ids, &mut terms)?,
                    written,
                }),
            };
            shards.by_key.insert(key, Arc::clone(&shard));
            shards.placed.push(Placed {
                shard,
                entries: ids,
            });
        }
        Ok(shards)
    }

    /// Returns how many entities there are.
    pub(super) fn documents(&self) -> u64 {
        self.documents
    }

    /// Returns how many shards are the very same in another index, and how many there are.
    #[cfg(test)]
    pub(super) fn shared_with(&self, other: &Self) -> (usize, usize) {
        let same = |one: &&Placed| {
            other
                .placed
                .iter()
                .any(|o| Arc::ptr_eq(&o.shard, &one.shard))
        };
        (self.placed.iter().filter(same).count(), self.placed.len())
    }

    /// Scores every entry that holds a term in one of the fields.
    pub(super) fn search(
        &self,
        fields: Fields,
        stem: &str,
        query: &dyn Query,
    ) -> tantivy::Result<Vec<(EntryId, f32)>> {
        let statistics = Statistics::new(self, fields, stem)?;
        let mut found = Vec::new();
        for (placed, holds) in self.placed.iter().zip(&statistics.holds) {
            if !holds {
                continue;
            }
            let searcher = &placed.shard.searcher;
            let hits = searcher.search_with_statistics_provider(query, &EveryScore, &statistics)?;
            let numbered = hits.into_iter().filter_map(|(document, score)| {
                Some((*placed.entries.get(document as usize)?, score))
            });
            found.extend(numbered);
        }
        Ok(found)
    }
}

/// Spreads the entries over shards; a column goes with its dataset.
fn spread<'d>(documents: &'d Documents, entries: &Entries) -> BTreeMap<Key<'d>, Vec<EntryId>> {
    let home = |id: EntryId| {
        let (kind, at) = entries.get(id);
        let entity = match (kind, documents.columns.get(at)) {
            (EntityKind::Column, Some(column)) => {
                documents.datasets.get(column.dataset).map(|d| &d.entity)
            }
            _ => entries.entity(id, documents),
        };
        let source = entity.and_then(|e| e.sources.first()).map_or("", |s| s);
        (source, entity.map_or("", |e| e.iri.as_str()))
    };
    let ids = 0..entries.len() as EntryId;
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for id in ids.clone() {
        *sizes.entry(home(id).0).or_default() += 1;
    }
    // In powers of two, so that a few entities more do not move all others.
    let size = (entries.len() / SHARDS_MAX)
        .next_power_of_two()
        .max(SHARD_MIN);
    let is_large = |source: &str| !source.is_empty() && sizes.get(source) >= Some(&(size / 4));
    let rest: usize = sizes
        .iter()
        .filter(|(source, _)| !is_large(source))
        .map(|(_, n)| n)
        .sum();
    let parts = |count: usize| (count / size).next_power_of_two() as u64;
    let mut spread: BTreeMap<Key<'d>, Vec<EntryId>> = BTreeMap::new();
    for id in ids {
        let (source, iri) = home(id);
        let key = if is_large(source) {
            let count = sizes.get(source).copied().unwrap_or(0);
            (source, hash(iri) % parts(count))
        } else {
            ("", hash(source) % parts(rest))
        };
        spread.entry(key).or_default().push(id);
    }
    spread
}

/// Hashes all that is written of some entries.
fn fingerprint(ids: &[EntryId], documents: &Documents, entries: &Entries) -> u64 {
    let mut hasher = DefaultHasher::new();
    for &id in ids {
        entries.entity(id, documents).hash(&mut hasher);
        match entries.get(id) {
            (EntityKind::Dataset, at) => {
                for &column in entries.columns_of(at) {
                    documents.columns[column as usize]
                        .entity
                        .title()
                        .hash(&mut hasher);
                }
            }
            (EntityKind::Column, at) => {
                let dataset = documents.datasets.get(documents.columns[at].dataset);
                dataset
                    .map(|dataset| dataset.entity.title())
                    .hash(&mut hasher);
            }
            _ => {}
        }
    }
    hasher.finish()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// How often a stem occurs in all shards, counted once for a search.
struct Statistics {
    documents: u64,
    tokens: Vec<(Field, u64)>,
    frequencies: Vec<(Term, u64)>,
    /// For each shard whether it holds the stem at all.
    holds: Vec<bool>,
}

impl Statistics {
    fn new(shards: &Shards, fields: Fields, stem: &str) -> tantivy::Result<Self> {
        let mut statistics = Self {
            documents: shards.documents,
            tokens: Vec::new(),
            frequencies: Vec::new(),
            holds: vec![false; shards.placed.len()],
        };
        for (field, _) in fields.weighted() {
            let term = Term::from_field_text(field, stem);
            let (mut tokens, mut frequency) = (0, 0);
            for (placed, holds) in shards.placed.iter().zip(&mut statistics.holds) {
                let searcher = &placed.shard.searcher;
                let here = Bm25StatisticsProvider::doc_freq(searcher, &term)?;
                *holds |= here > 0;
                frequency += here;
                tokens += searcher.total_num_tokens(field)?;
            }
            statistics.tokens.push((field, tokens));
            statistics.frequencies.push((term, frequency));
        }
        Ok(statistics)
    }
}

impl Bm25StatisticsProvider for Statistics {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let known = self.tokens.iter().find(|(known, _)| *known == field);
        Ok(known.map_or(0, |(_, tokens)| *tokens))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let known = self.frequencies.iter().find(|(known, _)| known == term);
        Ok(known.map_or(0, |(_, frequency)| *frequency))
    }
}
