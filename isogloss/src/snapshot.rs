//! One version of everything, for readers.

use std::sync::{Arc, OnceLock};

use graph_core::sparql::{Query, QueryOptions};
use graph_core::{Prepared, SourceInfo, Version};
use search::{
    Index, IndexOptions, Resolution, ResolveRequest, SearchRequest, SearchResults, Suggestion,
};
use semantic_model::centrality::Centrality;
use semantic_model::{EntityKind, Model, provenance};

use crate::Result;
use crate::entailment::Entailments;
use crate::semantics::{Kept, Semantics};

/// One immutable version of the context graph with the index that was built from it.
///
/// A snapshot never changes: two reads of one snapshot agree, however many commits happen between them.
#[derive(Debug)]
pub struct Snapshot {
    graph: Arc<graph_core::Snapshot>,
    /// Shared with the queries that search it.
    pub(crate) index: Arc<OnceLock<Arc<Index>>>,
    centrality: OnceLock<Centrality>,
    entailments: Entailments,
    /// The graph with the graph of its sources.
    described: OnceLock<Arc<graph_core::Snapshot>>,
    semantics: Kept,
}

impl Snapshot {
    /// Builds the snapshot that readers of the newest version share, index included.
    pub(crate) fn with_index(graph: Arc<graph_core::Snapshot>) -> Result<Self> {
        let index = Index::build(&graph, &IndexOptions::default())?;
        Ok(Self::indexed(graph, index))
    }

    /// Builds the snapshot that a commit makes, with what can be kept of the index of the version before.
    pub(crate) fn prepared(prepared: &Prepared<'_>, before: &Self) -> Result<Self> {
        let graph = Arc::clone(prepared.snapshot());
        let Some(index) = before.index.get() else {
            return Self::with_index(graph);
        };
        let changed = prepared.changed_subjects();
        let index = Index::build_after(index, &graph, changed)?;
        Ok(Self::indexed(graph, index))
    }

    fn indexed(graph: Arc<graph_core::Snapshot>, index: Index) -> Self {
        Self {
            graph,
            index: Arc::new(OnceLock::from(Arc::new(index))),
            centrality: OnceLock::new(),
            entailments: Entailments::default(),
            described: OnceLock::new(),
            semantics: Kept::default(),
        }
    }

    /// Lets this snapshot start its entailments from those of the version before.
    pub(crate) fn following(mut self, before: &Self) -> Self {
        self.entailments = before.entailments.for_next();
        self.semantics = before.semantics.for_next();
        self
    }

    /// The same with more in its graph.
    pub(crate) fn showing(&self, graph: Arc<graph_core::Snapshot>) -> Self {
        // An index that is not built yet would be built from the other graph.
        let index = match self.index.get() {
            Some(_) => Arc::clone(&self.index),
            None => Arc::default(),
        };
        Self {
            graph,
            index,
            centrality: OnceLock::new(),
            entailments: Entailments::default(),
            described: OnceLock::new(),
            semantics: Kept::default(),
        }
    }

    pub(crate) fn entailments(&self) -> &Entailments {
        &self.entailments
    }

    /// Makes a snapshot of an older version; its index is built when it is first asked for.
    pub(crate) fn lazy(graph: Arc<graph_core::Snapshot>) -> Self {
        Self {
            graph,
            index: Arc::default(),
            centrality: OnceLock::new(),
            entailments: Entailments::default(),
            described: OnceLock::new(),
            semantics: Kept::default(),
        }
    }

    /// The same version with the same index over a graph that differs only in the rules of its merged view.
    pub(crate) fn with_graph(&self, graph: Arc<graph_core::Snapshot>) -> Self {
        Self {
            graph,
            index: Arc::clone(&self.index),
            // About the union of all sources, which is the same.
            centrality: self.centrality.clone(),
            described: OnceLock::new(),
            semantics: self.semantics.for_next(),
            entailments: self.entailments.for_next(),
        }
    }

    /// Returns the version of the graph.
    pub fn version(&self) -> Version {
        self.graph.version()
    }

    /// Returns the graph itself.
    pub fn graph(&self) -> &Arc<graph_core::Snapshot> {
        &self.graph
    }

    /// Returns the typed views of the graph.
    pub fn model(&self) -> Model<'_> {
        Model::new(&self.graph)
    }

    /// Lists the sources, in the order in which they first spoke.
    pub fn sources(&self) -> &[SourceInfo] {
        self.graph.sources()
    }

    /// Returns how central each entity is, computed when it is first asked for and then kept.
    pub fn centrality(&self) -> &Centrality {
        self.centrality
            .get_or_init(|| Centrality::compute(&self.model()))
    }

    /// Tells whether the centrality is there already.
    pub fn has_centrality(&self) -> bool {
        self.centrality.get().is_some()
    }

    /// Returns the text index, building it first if this is an older version.
    ///
    /// # Errors
    /// [`crate::Error::Search`] if it cannot be built.
    pub fn index(&self) -> Result<&Index> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let built = Index::build(&self.graph, &IndexOptions::default())?;
        Ok(self.index.get_or_init(|| Arc::new(built)))
    }

    /// Resolves what a text means to data products, or asks.
    ///
    /// # Errors
    /// [`crate::Error::Search`] if the index of an older version cannot be built.
    pub fn resolve(&self, request: &ResolveRequest) -> Result<Resolution> {
        Ok(self.index()?.resolve(request))
    }

    /// Searches entities by their words.
    ///
    /// # Errors
    /// [`crate::Error::Search`] if the index of an older version cannot be built.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        Ok(self.index()?.search(request))
    }

    /// Completes a prefix to names that exist.
    ///
    /// # Errors
    /// [`crate::Error::Search`] if the index of an older version cannot be built.
    pub fn suggest(
        &self,
        prefix: &str,
        kinds: &[EntityKind],
        limit: usize,
    ) -> Result<Vec<Suggestion>> {
        Ok(self.index()?.suggest(prefix, kinds, limit))
    }

    /// Returns the semantic layers that the sources declare, prepared when they are first asked for and then kept.
    ///
    /// Each layer stands alone; an [`Arrangement`](crate::semantics::Arrangement) puts them over engines.
    pub fn semantics(&self) -> &Arc<Semantics> {
        self.semantics.get(&self.graph)
    }

    /// Returns the graph as a query reads it: with [`provenance::SOURCES`] when the query, or the choice of its graphs,
    /// names that graph.
    pub(crate) fn graph_for(
        &self,
        query: &Query,
        options: &QueryOptions,
    ) -> Result<&graph_core::Snapshot> {
        if names_sources(query, options) {
            Ok(self.described()?)
        } else {
            Ok(&self.graph)
        }
    }

    fn described(&self) -> Result<&Arc<graph_core::Snapshot>> {
        if let Some(described) = self.described.get() {
            return Ok(described);
        }
        let described = provenance::with_sources(&self.graph)?;
        Ok(self.described.get_or_init(|| Arc::new(described)))
    }
}

fn names_sources(query: &Query, options: &QueryOptions) -> bool {
    let chosen = options.graphs.iter();
    let mut chosen = chosen.flat_map(|graphs| graphs.default.iter().chain(&graphs.named));
    chosen.any(|graph| graph.as_str() == provenance::SOURCES) || query.mentions(provenance::SOURCES)
}
