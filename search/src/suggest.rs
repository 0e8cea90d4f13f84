//! Completion of names and correction of words, over finite automata.

use fst::automaton::{Automaton, Levenshtein, Str};
use fst::{IntoStreamer, Map, MapBuilder, Streamer};
use rustc_hash::FxHashMap;
use semantic_model::EntityKind;
use serde::Serialize;

use crate::document::Documents;
use crate::error::{Error, Result};
use crate::index::entries::{Entries, EntryId};
use crate::text::split;

/// A typed prefix is cut after this many characters.
const PREFIX_CHARS_MAX: usize = 64;
/// Typos are looked for in prefixes up to this long: the automaton grows with them.
const FUZZY_CHARS_MAX: usize = 24;
/// A name is entered under at most this many of its last words.
const STARTS_MAX: usize = 6;
/// So many names that begin alike are weighed.
const KEYS_MAX: usize = 4_000;

/// A completed name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// The name or label.
    pub text: String,
    /// The kind of what it names.
    pub kind: EntityKind,
    /// The entity that it names; of several with one name the most used.
    pub iri: String,
    /// How likely it is wanted; comparable inside one answer.
    pub weight: f32,
}

/// A name with the entity that stands for it.
#[derive(Debug, Clone)]
struct Named {
    entry: EntryId,
    kind: EntityKind,
    weight: f32,
}

/// Names by their beginnings, and words by their spelling.
pub(crate) struct Completion {
    /// Folded name, from any of its words on, to a range of `postings`.
    keys: Map<Vec<u8>>,
    starts: Vec<u32>,
    /// Position in `named`, and whether the key is the whole name.
    postings: Vec<(u32, bool)>,
    named: Vec<Named>,
    /// Folded word to the number of names that hold it.
    words: Map<Vec<u8>>,
}

impl std::fmt::Debug for Completion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Completion")
            .field("names", &self.named.len())
            .field("words", &self.words.len())
            .finish_non_exhaustive()
    }
}

impl Completion {
    /// Enters all names and labels.
    pub(crate) fn build(documents: &Documents, entries: &Entries) -> Result<Self> {
        let mut known: FxHashMap<(String, EntityKind), u32> = FxHashMap::default();
        let mut named: Vec<Named> = Vec::new();
        let mut keys: Vec<(String, u32, bool)> = Vec::new();
        let mut words: FxHashMap<String, u64> = FxHashMap::default();
        for id in 0..entries.len() as EntryId {
            let Some(entity) = entries.entity(id, documents) else {
                continue;
            };
            let (kind, at) = entries.get(id);
            let weight = kind_weight(kind) + usage_weight(documents, kind, at);
            for text in [entity.title(), &entity.name]
                .into_iter()
                .chain(entity.synonyms.iter().map(String::as_str))
            {
                let parts = split::words(text);
                for part in &parts {
                    *words.entry(part.clone()).or_default() += 1;
                }
                let folded = parts.join(" ");
                if folded.is_empty() {
                    continue;
                }
                if let Some(&at) = known.get(&(folded.clone(), kind)) {
                    let named = &mut named[at as usize];
                    named.weight = named.weight.max(weight) + 0.01;
                    continue;
                }
                let at = named.len() as u32;
                named.push(Named {
                    entry: id,
                    kind,
                    weight,
                });
                keys.extend(beginnings(&folded).map(|(key, whole)| (key.to_owned(), at, whole)));
                known.insert((folded, kind), at);
            }
        }
        Self::seal(keys, named, words).map_err(Error::Completion)
    }

    fn seal(
        mut keys: Vec<(String, u32, bool)>,
        named: Vec<Named>,
        words: FxHashMap<String, u64>,
    ) -> fst::Result<Self> {
        keys.sort_unstable();
        let mut builder = MapBuilder::memory();
        let mut starts = Vec::new();
        let mut postings = Vec::with_capacity(keys.len());
        for run in keys.chunk_by(|a, b| a.0 == b.0) {
            builder.insert(&run[0].0, starts.len() as u64)?;
            starts.push(postings.len() as u32);
            postings.extend(run.iter().map(|key| (key.1, key.2)));
        }
        starts.push(postings.len() as u32);
        let mut sorted: Vec<(String, u64)> = words.into_iter().collect();
        sorted.sort_unstable();
        Ok(Self {
            keys: builder.into_map(),
            starts,
            postings,
            named,
            words: Map::from_iter(sorted)?,
        })
    }

    /// Completes a prefix.
    pub(crate) fn suggest(
        &self,
        prefix: &str,
        kinds: &[EntityKind],
        limit: usize,
        documents: &Documents,
        entries: &Entries,
    ) -> Vec<Suggestion> {
        let cut: String = prefix.chars().take(PREFIX_CHARS_MAX).collect();
        let typed = split::words(&cut).join(" ");
        if typed.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut best: FxHashMap<u32, f32> = FxHashMap::default();
        self.gather(
            &Str::new(&typed).starts_with(),
            &typed,
            1.0,
            kinds,
            &mut best,
        );
        if best.len() < limit {
            for distance in 1..=typos(&typed) {
                // A prefix whose automaton would be too large is completed as typed.
                if let Ok(near) = Levenshtein::new(&typed, distance) {
                    self.gather(
                        &near.starts_with(),
                        &typed,
                        0.3 / distance as f32,
                        kinds,
                        &mut best,
                    );
                }
            }
        }
        let mut found: Vec<(u32, f32)> = best.into_iter().collect();
        found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut out: Vec<Suggestion> = Vec::new();
        for (at, weight) in found {
            let named = &self.named[at as usize];
            let Some(entity) = entries.entity(named.entry, documents) else {
                continue;
            };
            let known = out
                .iter()
                .any(|s| s.kind == named.kind && s.iri == entity.iri);
            if !known {
                out.push(Suggestion {
                    text: entity.title().to_owned(),
                    kind: named.kind,
                    iri: entity.iri.clone(),
                    weight,
                });
            }
            if out.len() == limit {
                break;
            }
        }
        out
    }

    fn gather(
        &self,
        automaton: &impl Automaton,
        typed: &str,
        factor: f32,
        kinds: &[EntityKind],
        best: &mut FxHashMap<u32, f32>,
    ) {
        let mut stream = self.keys.search(automaton).into_stream();
        let mut seen = 0;
        while let Some((key, run)) = stream.next() {
            seen += 1;
            if seen > KEYS_MAX {
                break;
            }
            let exact = if key == typed.as_bytes() { 2.0 } else { 1.0 };
            let at = run as usize;
            let range = self.starts[at] as usize..self.starts[at + 1] as usize;
            for &(named, whole) in &self.postings[range] {
                let target = &self.named[named as usize];
                if kinds.is_empty() || kinds.contains(&target.kind) {
                    let weight = target.weight * factor * exact * if whole { 1.0 } else { 0.6 };
                    let entry = best.entry(named).or_default();
                    *entry = entry.max(weight);
                }
            }
        }
    }

    /// Returns the nearest known word to one that no name holds; `None` when it is known or nothing is near.
    pub(crate) fn correct(&self, word: &str) -> Option<String> {
        let letters = word.chars().count();
        if !(4..=FUZZY_CHARS_MAX).contains(&letters) || self.knows(word) {
            return None;
        }
        let near = Levenshtein::new(word, typos(word)).ok()?;
        let mut stream = self.words.search(&near).into_stream();
        let mut best: Option<(usize, u64, String)> = None;
        while let Some((key, count)) = stream.next() {
            let Ok(found) = std::str::from_utf8(key) else {
                continue;
            };
            let distance = strsim::osa_distance(word, found);
            let better = best
                .as_ref()
                .is_none_or(|(d, c, _)| distance < *d || (distance == *d && count > *c));
            if better {
                best = Some((distance, count, found.to_owned()));
            }
        }
        best.map(|(_, _, found)| found)
    }

    /// Tells whether a name or a related form of the word is known.
    fn knows(&self, word: &str) -> bool {
        let stem = crate::text::stem::stem(word);
        let same_stem = Str::new(&stem).starts_with();
        let mut stream = self.words.search(&same_stem).into_stream();
        while let Some((key, _)) = stream.next() {
            let found = std::str::from_utf8(key).unwrap_or("");
            if found == word || crate::text::stem::stem(found) == stem {
                return true;
            }
        }
        false
    }
}

/// Returns how many typos a text of this length may hold.
fn typos(text: &str) -> u32 {
    match text.chars().count() {
        0..4 => 0,
        4..8 => 1,
        8..=FUZZY_CHARS_MAX => 2,
        _ => 0,
    }
}

/// Iterates over a folded name from each of its words on.
fn beginnings(folded: &str) -> impl Iterator<Item = (&str, bool)> {
    let inner = folded
        .match_indices(' ')
        .map(|(at, _)| (&folded[at + 1..], false));
    std::iter::once((folded, true))
        .chain(inner)
        .take(STARTS_MAX)
}

fn kind_weight(kind: EntityKind) -> f32 {
    match kind {
        EntityKind::Domain => 3.0,
        EntityKind::DataProduct => 2.8,
        EntityKind::Term | EntityKind::Metric => 2.6,
        EntityKind::Dataset => 2.4,
        EntityKind::Contract | EntityKind::Owner | EntityKind::Source => 1.6,
        EntityKind::Column => 1.2,
    }
}

fn usage_weight(documents: &Documents, kind: EntityKind, at: usize) -> f32 {
    let used = match kind {
        EntityKind::Dataset => documents.datasets.get(at).map_or(0, |d| d.usage),
        _ => 0,
    };
    (used as f32 + 1.0).ln() * 0.05
}
