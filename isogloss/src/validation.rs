//! Whether the graph keeps shapes: of a source before it is committed, and on demand.

use std::sync::{Arc, OnceLock};

use connectors::{Input, Kind, Options as ReadOptions, Severity};
use graph_core::sparql::CancellationToken;
use graph_core::{Scope, SourceName, TermId};
use rustc_hash::FxHashSet;
use shacl::{Limits, Options, Report, Shapes};

use crate::{Error, Result, Snapshot};

/// Shapes ready to be checked, cheap to clone.
#[derive(Clone, Debug)]
pub struct ShapeSet(Arc<Shapes>);

impl ShapeSet {
    /// Returns the shapes that come with Isogloss: what must hold for its views to work.
    ///
    /// # Errors
    /// None that can happen with the shapes that are built in.
    pub fn own() -> Result<Self> {
        static OWN: OnceLock<ShapeSet> = OnceLock::new();
        if let Some(own) = OWN.get() {
            return Ok(own.clone());
        }
        let own = Self::only(vec![own_document()])?;
        Ok(OWN.get_or_init(|| own).clone())
    }

    /// Reads shapes from RDF documents, in addition to those of [`ShapeSet::own`].
    ///
    /// # Errors
    /// [`Error::Shapes`] when a document cannot be read or a shape is malformed.
    pub fn with(mut documents: Vec<Input>) -> Result<Self> {
        documents.insert(0, own_document());
        Self::only(documents)
    }

    /// Reads shapes from RDF documents, and leaves those of Isogloss out.
    ///
    /// # Errors
    /// As [`ShapeSet::with`].
    pub fn only(documents: Vec<Input>) -> Result<Self> {
        let source = SourceName::new("shapes")?;
        let read = connectors::read(Kind::Rdf, documents, &ReadOptions::new(source))?;
        let mut diagnostics = read.report.diagnostics.iter();
        // Half of the shapes would let pass what the other half forbids.
        if let Some(first) = diagnostics.find(|found| found.severity == Severity::Error) {
            return Err(Error::ShapesNotRead {
                message: first.to_string(),
            });
        }
        Ok(Self(Arc::new(Shapes::from_statements(&read.statements)?)))
    }

    /// Returns the shapes themselves.
    pub fn shapes(&self) -> &Shapes {
        &self.0
    }
}

fn own_document() -> Input {
    Input::text("isogloss-shapes.ttl", ontologies::SHAPES_TTL)
}

/// How an ingest is validated before it is committed.
#[derive(Clone, Debug)]
pub struct Check {
    /// The shapes that must be kept.
    pub shapes: ShapeSet,
    /// Refuses the commit when there is a violation; without it the report is all that comes of one.
    pub strict: bool,
}

/// A validation on demand.
#[derive(Clone, Debug)]
pub struct Validation {
    /// The shapes that must be kept.
    pub shapes: ShapeSet,
    /// Checks only what this source speaks of; everything without it.
    pub source: Option<SourceName>,
    /// What it may cost.
    pub limits: Limits,
    /// Stops it from another thread.
    pub cancel: CancellationToken,
}

impl Validation {
    /// Makes a validation of everything, with the default limits.
    pub fn new(shapes: ShapeSet) -> Self {
        Self {
            shapes,
            source: None,
            limits: Limits::default(),
            cancel: CancellationToken::default(),
        }
    }
}

impl Snapshot {
    /// Checks the graph, or what one source speaks of, against shapes. The values are those of all sources.
    ///
    /// # Errors
    /// [`Error::UnknownSource`], or [`Error::Shapes`] with the budget that ran out.
    pub fn validate(&self, validation: &Validation) -> Result<Report> {
        let graph = self.graph();
        let mut options = Options::new(Scope::Union);
        options.limits = validation.limits;
        options.cancel = validation.cancel.clone();
        if let Some(name) = &validation.source {
            if graph.source_id(name).is_none() {
                return Err(Error::unknown_source(name, graph.sources()));
            }
            options.focus = Some(spoken_of(graph, name, &FxHashSet::default()));
        }
        Ok(validation.shapes.shapes().validate(graph, &options)?)
    }
}

/// The nodes that a source speaks of, in the order of their numbers, with those that it spoke of before.
fn spoken_of(
    graph: &graph_core::Snapshot,
    name: &SourceName,
    before: &FxHashSet<TermId>,
) -> Vec<TermId> {
    let mut nodes = nodes_of(graph, name);
    nodes.extend(before);
    let mut nodes: Vec<TermId> = nodes.into_iter().collect();
    nodes.sort_unstable();
    nodes
}

fn nodes_of(graph: &graph_core::Snapshot, name: &SourceName) -> FxHashSet<TermId> {
    let Some(source) = graph.source_id(name) else {
        return FxHashSet::default();
    };
    graph
        .matching(None, None, None, Scope::Source(source))
        .flat_map(|statement| [statement.subject, statement.object])
        .collect()
}

/// Checks what a source speaks of in the graph that a commit would make, and what it spoke of before it.
pub(crate) fn check_candidate(
    check: &Check,
    source: &SourceName,
    before: &graph_core::Snapshot,
    after: &graph_core::Snapshot,
) -> Result<Report> {
    // Numbers of terms mean nothing in another snapshot.
    let gone: FxHashSet<TermId> = nodes_of(before, source)
        .into_iter()
        .filter_map(|node| after.id(&before.term(node)))
        .collect();
    let mut options = Options::new(Scope::Union);
    options.focus = Some(spoken_of(after, source, &gone));
    let shapes = check.shapes.shapes();
    if check.strict
        && let [first, ..] = shapes.not_checked()
    {
        return Err(Error::ShapesNotRead {
            message: format!("{} of `{}`: {}", first.what, first.shape, first.reason),
        });
    }
    let report = shapes.validate(after, &options)?;
    if check.strict && report.violations() > 0 {
        return Err(Error::NotValid {
            source_name: source.as_str().to_owned(),
            report: Box::new(report),
        });
    }
    Ok(report)
}
