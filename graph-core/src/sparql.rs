//! SPARQL 1.1 and 1.2 queries over a snapshot.
//!
//! The way of a query: [`Query::parse`] measures the text before the parser sees it; [`Snapshot::query`] orders its
//! patterns by how many statements really match, has it optimised and evaluated over the snapshot's own arrays, and
//! charges everything it does to budgets. The default graph is the merged view of all sources; each source is a named
//! graph `urn:isogloss:source:<name>`. `FROM`, `FROM NAMED` and `GRAPH` are honoured; `SERVICE` is refused. Updates are
//! parsed as [`Update`] and applied by [`crate::Store::update`].
//!
//! A query runs on the caller's thread and is not `Send`: give it a thread of a pool for blocking work. The limits of
//! [`ParseLimits`] keep parsing and evaluating within a stack of 2 MiB (a test holds them to it); threads that run
//! queries should have at least that.
//!
//! ```
//! use graph_core::Store;
//! use graph_core::sparql::{ParseLimits, Query, QueryOptions, QueryResults};
//!
//! # fn main() -> graph_core::Result<()> {
//! let snapshot = Store::in_memory().snapshot();
//! let query = Query::parse("ASK { ?s ?p ?o }", None, &ParseLimits::default())?;
//! let results = snapshot.query(&query, &QueryOptions::default())?;
//! assert!(matches!(results, QueryResults::Boolean(false)));
//! # Ok(())
//! # }
//! ```

mod budget;
mod check;
mod dataset;
mod engine;
mod estimate;
mod normal;
pub(crate) mod parts;
mod planner;
mod rewrite;
mod scan;
mod solutions;
mod text;
mod update;
mod variables;

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oxrdf::NamedNode;
use spareval::{QueryEvaluator, QueryResults as Evaluated};
use spargebra::SparqlParser;
use spargebra::algebra::QueryDataset;

pub use scan::ParseLimits;
pub use solutions::{QueryResults, Row, Solutions, Statements};
pub use text::{TextHit, TextSearch};
pub use update::{MayWrite, PEOPLE, Update, UpdateOptions, UpdateReport};

use crate::error::{Error, Result};
use crate::merge::canonicalise;
use crate::names::SourceName;
use crate::snapshot::Snapshot;
use budget::{Guard, Stopped};
use dataset::View;
use engine::{Constructed, Prepared, Running};

/// A parsed query; it can be asked of any number of snapshots, also at the same time.
#[derive(Clone, Debug)]
pub struct Query {
    algebra: spargebra::Query,
    /// Whether text searches are to be replaced by their hits.
    searches: bool,
    /// For the engine, when it can answer the query.
    prepared: Option<Arc<Prepared>>,
}

/// What a query gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultKind {
    /// ASK.
    Boolean,
    /// SELECT.
    Solutions,
    /// CONSTRUCT and DESCRIBE.
    Graph,
}

impl Query {
    /// Parses a query; relative IRIs are resolved against `base`.
    ///
    /// # Errors
    /// [`Error::QueryTooLarge`] before parsing, [`Error::QuerySyntax`] with line and column, [`Error::QueryRefused`]
    /// for SERVICE, updates and string operations without a bound.
    pub fn parse(text: &str, base: Option<&str>, limits: &ParseLimits) -> Result<Self> {
        scan::scan(text, limits)?;
        let mut parser = SparqlParser::new();
        if let Some(base) = base {
            parser = parser
                .with_base_iri(base)
                .map_err(|error| Error::QuerySyntax {
                    message: format!("base IRI: {error}"),
                })?;
        }
        let mut algebra = parser
            .parse_query(text)
            .map_err(|error| Error::QuerySyntax {
                message: error.to_string(),
            })?;
        let searches = check::check(&algebra, limits)?;
        let (spargebra::Query::Select { pattern, .. }
        | spargebra::Query::Construct { pattern, .. }
        | spargebra::Query::Describe { pattern, .. }
        | spargebra::Query::Ask { pattern, .. }) = &mut algebra;
        normal::normalise(pattern);
        let prepared = if searches {
            None
        } else {
            engine::prepare(&algebra).map(Arc::new)
        };
        Ok(Self {
            algebra,
            searches,
            prepared,
        })
    }

    /// Returns the graphs that FROM and FROM NAMED name.
    pub fn from(&self) -> Vec<NamedNode> {
        let Some(dataset) = self.algebra.dataset() else {
            return Vec::new();
        };
        let named = dataset.named.iter().flatten();
        dataset.default.iter().chain(named).cloned().collect()
    }

    /// Tells whether the text of the query names this IRI, by whatever prefix.
    pub fn mentions(&self, iri: &str) -> bool {
        self.algebra.to_string().contains(&format!("<{iri}>"))
    }

    /// Returns what kind of result the query gives, known before it runs.
    pub fn result_kind(&self) -> ResultKind {
        match self.algebra {
            spargebra::Query::Ask { .. } => ResultKind::Boolean,
            spargebra::Query::Select { .. } => ResultKind::Solutions,
            spargebra::Query::Construct { .. } | spargebra::Query::Describe { .. } => {
                ResultKind::Graph
            }
        }
    }
}

/// Stops a running query from another thread.
#[derive(Clone, Debug, Default)]
pub struct CancellationToken(Arc<AtomicBool>);

impl CancellationToken {
    /// Makes a token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks every query that holds the token to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Tells whether the token was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The graphs a query sees, from outside of its text: the `default-graph-uri` and `named-graph-uri` of the protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GraphChoice {
    /// The graphs whose union is the default graph.
    pub default: Vec<NamedNode>,
    /// The named graphs.
    pub named: Vec<NamedNode>,
}

/// Who evaluates a query. Both give the same answers; tests hold them to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Evaluator {
    /// The engine over the snapshot's arrays; `spareval` for what it does not do.
    #[default]
    Engine,
    /// `spareval` for everything.
    Complete,
}

/// How a query is run: its budgets and the graphs it sees.
#[derive(Clone, Debug)]
pub struct QueryOptions {
    /// Wall time until the last row is read.
    pub deadline: Option<Duration>,
    /// Statements read and intermediate rows made.
    pub max_statements: u64,
    /// Rows, or statements of a CONSTRUCT.
    pub max_rows: u64,
    /// Bytes that [`crate::results::write`] writes.
    pub max_result_bytes: u64,
    /// Bytes of one computed value; large values read again and again may sum up to 64 times as much.
    pub max_value_bytes: u64,
    /// Bytes of working memory: hash tables, sort buffers, sets of nodes seen. Where `spareval` evaluates, an upper
    /// bound of them.
    pub max_memory_bytes: u64,
    /// Who evaluates.
    pub evaluator: Evaluator,
    /// Stops the query from outside.
    pub cancel: CancellationToken,
    /// Replaces FROM and FROM NAMED of the query.
    pub graphs: Option<GraphChoice>,
    /// The source that is the default graph where nothing else chooses one, and then no named graph; the merged view
    /// when left out.
    pub default_graph: Option<SourceName>,
    /// What `iso:matches` and `iso:search` search; they are refused without it.
    pub text: Option<Arc<dyn TextSearch>>,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self {
            deadline: Some(Duration::from_secs(10)),
            max_statements: 10_000_000,
            max_rows: 1_000_000,
            max_result_bytes: 256 << 20,
            max_value_bytes: 1 << 20,
            max_memory_bytes: 1 << 30,
            evaluator: Evaluator::default(),
            cancel: CancellationToken::default(),
            graphs: None,
            default_graph: None,
            text: None,
        }
    }
}

impl Snapshot {
    /// The graphs of a query whose default graph is one source: all others are named graphs.
    fn apart(&self, default: &SourceName) -> QueryDataset {
        let named = self.sources().iter().map(|info| &info.name);
        let named = named.filter(|name| *name != default);
        QueryDataset {
            default: vec![default.graph_iri()],
            named: Some(named.map(SourceName::graph_iri).collect()),
        }
    }

    /// Runs a query on this thread. Rows come lazily: budgets can also end the query while they are read.
    ///
    /// # Errors
    /// [`Error::OverBudget`] naming the budget, [`Error::Cancelled`], [`Error::Evaluation`].
    pub fn query(&self, query: &Query, options: &QueryOptions) -> Result<QueryResults<'_>> {
        let guard = Rc::new(Guard::new(options));
        let chosen = options.graphs.as_ref().map(|graphs| QueryDataset {
            default: graphs.default.clone(),
            named: Some(graphs.named.clone()),
        });
        let apart = options.default_graph.as_ref().map(|name| self.apart(name));
        let graphs = chosen
            .as_ref()
            .or_else(|| query.algebra.dataset())
            .or(apart.as_ref());
        let view = View::new(self, Rc::clone(&guard), graphs);
        let mut algebra = Cow::Borrowed(&query.algebra);
        let mut prepared = query.prepared.clone();
        if query.searches {
            let (spargebra::Query::Select { pattern, .. }
            | spargebra::Query::Construct { pattern, .. }
            | spargebra::Query::Describe { pattern, .. }
            | spargebra::Query::Ask { pattern, .. }) = algebra.to_mut();
            text::replace(pattern, options.text.as_deref())?;
            prepared = engine::prepare(&algebra).map(Arc::new);
        }
        if graphs.is_none()
            && let Some(rewritten) = canonicalise(&algebra, self)
        {
            prepared = engine::prepare(&rewritten).map(Arc::new);
            algebra = Cow::Owned(rewritten);
        }
        if let Some(prepared) = &prepared
            && options.evaluator == Evaluator::Engine
        {
            return run(prepared, view, guard);
        }
        self.evaluate(algebra.into_owned(), view, guard)
    }

    /// Has `spareval` evaluate the query.
    fn evaluate<'a>(
        &'a self,
        algebra: spargebra::Query,
        view: View<'a>,
        guard: Rc<Guard>,
    ) -> Result<QueryResults<'a>> {
        let mut planned = planner::plan(algebra, self, &view.graphs())?;
        // The view knows which graphs the query sees: the evaluator would merge them without removing duplicates.
        let (spargebra::Query::Select {
            dataset, pattern, ..
        }
        | spargebra::Query::Construct {
            dataset, pattern, ..
        }
        | spargebra::Query::Describe {
            dataset, pattern, ..
        }
        | spargebra::Query::Ask {
            dataset, pattern, ..
        }) = &mut planned;
        *dataset = None;
        guard.hold_per_visit(planner::bytes_kept(pattern));
        let evaluated = QueryEvaluator::new()
            .prepare(&planned)
            .execute(view)
            .map_err(|error| guard.explain(error))?;
        guard.check()?;
        Ok(match evaluated {
            Evaluated::Boolean(answer) => QueryResults::Boolean(answer),
            Evaluated::Solutions(rows) => QueryResults::Solutions(Solutions::new(rows, guard)),
            Evaluated::Graph(statements) => QueryResults::Graph(Statements::new(statements, guard)),
        })
    }
}

/// Has the engine run the query.
fn run<'a>(prepared: &Prepared, view: View<'a>, guard: Rc<Guard>) -> Result<QueryResults<'a>> {
    let why = |_: Stopped| guard.check().err().unwrap_or(Error::Cancelled);
    let running = Running::start(prepared, view).map_err(why)?;
    Ok(match prepared.kind() {
        ResultKind::Boolean => QueryResults::Boolean(running.has_rows().map_err(why)?),
        ResultKind::Solutions => QueryResults::Solutions(Solutions::of_engine(running, guard)),
        ResultKind::Graph => {
            let statements = Constructed::new(running, prepared);
            QueryResults::Graph(Statements::of_engine(statements, guard))
        }
    })
}
