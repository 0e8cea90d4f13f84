//! The index of one snapshot: full text, completion and the ranker over the same documents.

pub(crate) mod entries;
mod fulltext;
mod request;
#[cfg(test)]
mod tests;

use graph_core::Snapshot;
use semantic_model::{EntityKind, Model};

pub use request::{Facet, FacetField, FacetValue, Hit, Matched, SearchRequest, SearchResults};

use crate::document::{self, Documents};
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
    documents: Documents,
    entries: Entries,
    lookup: Lookup,
    ranker: Ranker,
    fulltext: FullText,
    completion: Completion,
}

impl Index {
    /// Builds the index of a snapshot; linear in its entities and their words.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] when the snapshot holds more entities than the index can number, and
    /// [`Error::FullText`] or [`Error::Completion`] when an index structure could not be sealed.
    pub fn build(snapshot: &Snapshot, options: &IndexOptions) -> Result<Self> {
        let documents = document::collect(&Model::new(snapshot), options.physical_only);
        Self::from_documents(documents, &Tuning::default())
    }

    /// Builds an index of documents collected elsewhere, with chosen weights.
    ///
    /// # Errors
    ///
    /// As [`Index::build`].
    pub fn from_documents(mut documents: Documents, tuning: &Tuning) -> Result<Self> {
        documents.repair();
        let lexicon = Lexicon::embedded()?;
        let entries = Entries::of(&documents);
        if u32::try_from(entries.len()).is_err() {
            return Err(Error::TooMany {
                kind: "entity",
                count: entries.len(),
            });
        }
        let fulltext = FullText::build(&documents, &entries, lexicon)?;
        let completion = Completion::build(&documents, &entries)?;
        let ranker = Ranker::build(&documents, lexicon, tuning);
        let lookup = Lookup::build(&documents);
        Ok(Self {
            documents,
            entries,
            lookup,
            ranker,
            fulltext,
            completion,
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
