//! The index of one snapshot: full text, completion and the ranker over the same documents.

pub(crate) mod entries;
mod fingerprint;
mod fulltext;
mod request;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use graph_core::{Snapshot, TermId};
use semantic_model::{EntityKind, Model};

pub use request::{Facet, FacetField, FacetValue, Hit, Matched, SearchRequest, SearchResults};

use crate::document::{self, Documents, Known};
use crate::error::{Error, Result};
use crate::lexicon::Lexicon;
use crate::lookup::Lookup;
use crate::resolve::ranker::Ranker;
use crate::resolve::{self, Resolution, ResolveRequest, Tuning};
use crate::suggest::{Completion, Suggestion};
use entries::Entries;
use fulltext::FullText;

/// How to build an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexOptions {
    /// Reads technical names and joins only: no labels, descriptions and synonyms.
    pub physical_only: bool,
}

/// The immutable search index of one snapshot.
///
/// It is built once for each version of the graph and shared between threads; every method takes `&self`
/// and gives the same answer every time.
#[derive(Debug)]
pub struct Index {
    options: IndexOptions,
    documents: Documents,
    entries: Entries,
    /// A hash of all that completion and look-up are made of.
    names: u64,
    /// A hash of all that the ranker is made of.
    everything: u64,
    lookup: Arc<Lookup>,
    ranker: Arc<Ranker>,
    fulltext: FullText,
    completion: Arc<Completion>,
}

impl Index {
    /// Builds the index of a snapshot; linear in its entities and their words.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] when the snapshot holds more entities than the index can number, and
    /// [`Error::FullText`] or [`Error::Completion`] when an index structure could not be sealed.
    pub fn build(snapshot: &Snapshot, options: &IndexOptions) -> Result<Self> {
        let documents = document::collect(&Model::new(snapshot), options.physical_only, None);
        let mut index = Self::assemble(documents, &Tuning::default(), None)?;
        index.options = options.clone();
        Ok(index)
    }

    /// Builds the index of the snapshot that comes after that of another index: the same as [`Index::build`] makes with
    /// the options of the other, with less work.
    ///
    /// `changed` are the subjects of all statements that were added and removed in between, sorted, as
    /// [`graph_core::Prepared::changed_subjects`] gives them; the names and texts of the other entities are not read
    /// again. Every part of the other index that would come out the same is shared with it: the full text by shards
    /// of some thousand entities, each of one source; completion and look-up unless a name or the use of a dataset
    /// changed; the ranker unless anything changed that it reads.
    ///
    /// # Errors
    ///
    /// As [`Index::build`].
    pub fn build_after(
        before: &Self,
        snapshot: &Snapshot,
        changed: Option<&[TermId]>,
    ) -> Result<Self> {
        let known = changed.map(|changed| Known {
            documents: &before.documents,
            entries: &before.entries,
            changed,
        });
        let options = before.options.clone();
        let documents = document::collect(&Model::new(snapshot), options.physical_only, known);
        let mut index = Self::assemble(documents, &before.ranker.tuning, Some(before))?;
        index.options = options;
        Ok(index)
    }

    /// Builds an index of documents collected elsewhere, with chosen weights.
    ///
    /// # Errors
    ///
    /// As [`Index::build`].
    pub fn from_documents(documents: Documents, tuning: &Tuning) -> Result<Self> {
        Self::assemble(documents, tuning, None)
    }

    fn assemble(mut documents: Documents, tuning: &Tuning, before: Option<&Self>) -> Result<Self> {
        documents.repair();
        let lexicon = Lexicon::embedded()?;
        let entries = Entries::of(&documents);
        if u32::try_from(entries.len()).is_err() {
            return Err(Error::TooMany {
                kind: "entity",
                count: entries.len(),
            });
        }
        let (names, everything) = (fingerprint::names(&documents), fingerprint::all(&documents));
        let named_alike = before.filter(|before| before.names == names);
        let alike = before.filter(|before| before.everything == everything);
        let ranker = || match alike {
            Some(before) => Arc::clone(&before.ranker),
            None => Arc::new(Ranker::build(&documents, lexicon, tuning)),
        };
        let fulltext = || {
            let before = before.map(|before| &before.fulltext);
            FullText::build(&documents, &entries, lexicon, before)
        };
        let (ranker, fulltext) = side_by_side(entries.len(), ranker, fulltext);
        let (completion, lookup) = match named_alike {
            Some(before) => (Arc::clone(&before.completion), Arc::clone(&before.lookup)),
            None => (
                Arc::new(Completion::build(&documents, &entries)?),
                Arc::new(Lookup::build(&documents)),
            ),
        };
        Ok(Self {
            options: IndexOptions::default(),
            names,
            everything,
            lookup,
            ranker,
            fulltext: fulltext?,
            completion,
            documents,
            entries,
        })
    }

    /// Finds the entities whose names, labels, descriptions, synonyms or columns hold the words of a text.
    ///
    /// Not every word has to match, but entities that hold more of them come first, and an entity whose whole
    /// name is the text comes before all others.
    pub fn search(&self, request: &SearchRequest) -> SearchResults {
        self.fulltext
            .search(request, &self.documents, &self.entries, &self.completion)
    }

    /// Completes the beginning of a name, best first; tolerates a typo.
    pub fn suggest(&self, prefix: &str, kinds: &[EntityKind], limit: usize) -> Vec<Suggestion> {
        self.completion
            .suggest(prefix, kinds, limit, &self.documents, &self.entries)
    }

    /// Resolves words to what they mean in the mesh; see [`resolve`](mod@crate::resolve).
    pub fn resolve(&self, request: &ResolveRequest) -> Resolution {
        resolve::resolve(&self.ranker, &self.documents, &self.lookup, request, false)
    }

    /// Resolves as [`Index::resolve`], and says what the answer was judged by.
    pub fn explain(&self, request: &ResolveRequest) -> Resolution {
        resolve::resolve(&self.ranker, &self.documents, &self.lookup, request, true)
    }

    /// Returns how many entities are indexed.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether nothing is indexed.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }
}

/// A smaller index than this is built on one thread.
const PARALLEL_MIN: usize = 2_000;

/// Does two things, side by side when they are large.
fn side_by_side<A: Send, B>(
    size: usize,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    if size < PARALLEL_MIN {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
