//! SPARQL over a snapshot, with the text index below it, and writing: updates and whole graphs.

use std::sync::{Arc, OnceLock};

use graph_core::rdf::Statement;
use graph_core::sparql::{
    MayWrite, PEOPLE, ParseLimits, Query, QueryOptions, QueryResults, TextHit, TextSearch, Update,
    UpdateOptions, UpdateReport,
};
use graph_core::{Change, Commit, Receipt, SourceName, Timestamp, Version};
use search::{Index, IndexOptions, SearchRequest};

use crate::{Isogloss, Result, Snapshot};

impl Snapshot {
    /// Parses and runs a SPARQL query over the merged view and the sources' named graphs.
    ///
    /// # Errors
    /// [`crate::Error::Graph`] with the place of a syntax error, or the budget that ran out.
    pub fn sparql(&self, text: &str, options: &QueryOptions) -> Result<QueryResults<'_>> {
        let query = Query::parse(text, None, &ParseLimits::default())?;
        self.query(&query, options)
    }

    /// Runs a parsed query; text searches in it ask the index of this snapshot.
    ///
    /// # Errors
    /// [`crate::Error::Graph`] with the budget that ran out.
    pub fn query(&self, query: &Query, options: &QueryOptions) -> Result<QueryResults<'_>> {
        let mut options = options.clone();
        options.text.get_or_insert_with(|| self.text_search());
        Ok(self.graph().query(query, &options)?)
    }

    /// Returns the index as queries search it, for [`QueryOptions::text`].
    pub fn text_search(&self) -> Arc<dyn TextSearch> {
        Arc::new(Words {
            graph: Arc::clone(self.graph()),
            index: Arc::clone(&self.index),
        })
    }
}

/// The text index as a query sees it; that of an older version is built when it is first searched.
#[derive(Debug)]
struct Words {
    graph: Arc<graph_core::Snapshot>,
    index: Arc<OnceLock<Arc<Index>>>,
}

impl TextSearch for Words {
    fn search(
        &self,
        text: &str,
        limit: usize,
    ) -> std::result::Result<Vec<TextHit>, Box<dyn std::error::Error + Send + Sync>> {
        let index = match self.index.get() {
            Some(index) => index,
            None => {
                let built = Index::build(&self.graph, &IndexOptions::default())?;
                self.index.get_or_init(|| Arc::new(built))
            }
        };
        let request = SearchRequest {
            text: text.to_owned(),
            limit,
            ..SearchRequest::default()
        };
        let hits = index.search(&request).hits.into_iter();
        let hit = |hit: search::Hit| TextHit {
            iri: hit.iri,
            score: f64::from(hit.score),
        };
        Ok(hits.map(hit).collect())
    }
}

/// What becomes of the graph of one source as a whole.
#[derive(Clone, Debug)]
pub enum GraphChange {
    /// It says exactly this from now on.
    Put(Vec<Statement>),
    /// It says this in addition.
    Add(Vec<Statement>),
    /// It does not exist any more.
    Delete,
}

/// A change of one graph, with the rights of an update.
#[derive(Clone, Debug)]
pub struct GraphWrite {
    /// The source whose graph changes.
    pub source: SourceName,
    /// What changes.
    pub change: GraphChange,
    /// Who asks.
    pub actor: String,
    /// When, by the caller's clock.
    pub time: Timestamp,
    /// Which sources may be changed.
    pub may_write: MayWrite,
}

/// What a [`GraphWrite`] did.
#[derive(Clone, Debug)]
pub struct GraphWritten {
    /// Whether the graph existed before.
    pub existed: bool,
    /// What was committed.
    pub receipt: Receipt,
}

impl Isogloss {
    /// Applies a SPARQL Update as one version: all of its operations happen, or none.
    ///
    /// Text searches in it see the graph as it was before the update.
    ///
    /// # Errors
    /// [`crate::Error::Graph`] if a source may not be changed, a graph does not exist, a budget ran out, or the change
    /// could not be made durable; then nothing has changed.
    pub fn update(&self, update: &Update, options: &UpdateOptions) -> Result<UpdateReport> {
        let before = self.snapshot();
        let mut options = options.clone();
        options
            .query
            .text
            .get_or_insert_with(|| before.text_search());
        let receipts = self.commit_with(|snapshot| update.commits(snapshot, &options))?;
        let version = receipts
            .first()
            .map_or_else(|| self.snapshot().version(), |first| first.version);
        Ok(UpdateReport::new(version, receipts))
    }

    /// Changes the graph of one source. `check` sees in which version it changed last, before anything happens.
    ///
    /// # Errors
    /// What `check` gives, and as [`Isogloss::update`].
    pub fn write_graph<E: From<crate::Error>>(
        &self,
        write: GraphWrite,
        check: impl FnOnce(Option<Version>) -> std::result::Result<(), E>,
    ) -> std::result::Result<GraphWritten, E> {
        let (mut existed, mut refused) = (false, None);
        let receipts = self.commit_with(|snapshot| {
            let known = snapshot.source_id(&write.source);
            let known = known.and_then(|id| snapshot.source_info(id));
            existed = known.is_some();
            write.may_write.check(&write.source, snapshot)?;
            if let Err(error) = check(known.map(|info| info.version)) {
                refused = Some(error);
                return Ok(Vec::new());
            }
            let change = match write.change {
                GraphChange::Put(statements) => Change::Replace(statements),
                GraphChange::Add(add) => Change::Patch {
                    remove: Vec::new(),
                    add,
                },
                GraphChange::Delete => Change::Remove,
            };
            Ok(vec![Commit {
                source: write.source.clone(),
                kind: known.map_or(PEOPLE, |info| info.kind.as_str()).to_owned(),
                actor: write.actor,
                time: write.time,
                change,
            }])
        })?;
        if let Some(error) = refused {
            return Err(error);
        }
        let nothing = || Receipt {
            version: self.snapshot().version(),
            source: write.source.clone(),
            added: 0,
            removed: 0,
            statements: 0,
            unchanged: true,
        };
        let receipt = receipts.into_iter().next().unwrap_or_else(nothing);
        Ok(GraphWritten { existed, receipt })
    }
}
