//! SPARQL 1.1 Update: the operations of one request become one commit of each source that they change, in one version.
//!
//! Without `GRAPH`, an update writes to one source ([`UpdateOptions::default_source`]); `GRAPH` names any other by the
//! IRI of its graph. `WHERE` reads like a query does, and what earlier operations of the request did. Either the whole
//! request happens or nothing.
//!
//! ```
//! use graph_core::Store;
//! use graph_core::sparql::{ParseLimits, Update, UpdateOptions};
//!
//! # fn main() -> graph_core::Result<()> {
//! let store = Store::in_memory();
//! let text = "PREFIX : <http://example.com/>
//!     INSERT DATA { :orders :owner :ada } ;
//!     INSERT { ?who :owns ?what } WHERE { ?what :owner ?who }";
//! let update = Update::parse(text, None, &ParseLimits::default())?;
//! let report = store.update(&update, &UpdateOptions::default())?;
//! assert_eq!((report.version.0, report.added), (1, 2));
//! # Ok(())
//! # }
//! ```

mod draft;
mod run;
mod steps;
mod template;

use oxrdf::NamedNode;
use spargebra::SparqlParser;

use super::scan::{self, ParseLimits};
use super::{QueryOptions, check, normal};
use crate::commit::{Commit, Receipt, SourceInfo};
use crate::error::{Error, Result};
use crate::names::{SourceName, Timestamp, Version};
use crate::snapshot::Snapshot;
use crate::store::{Prepared, Store};
use steps::Step;

/// The kind of the sources that updates make.
pub const PEOPLE: &str = "people";

/// Graphs of this namespace are made by the store; only those of sources, which are no IRI as a name, are not.
const RESERVED: &str = "urn:isogloss:";

/// A parsed update; it can be applied any number of times.
#[derive(Clone, Debug)]
pub struct Update {
    steps: Vec<Step>,
    base: Option<NamedNode>,
}

/// Which sources an update may change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MayWrite {
    /// Those that people made, and new ones.
    #[default]
    People,
    /// These, whoever made them.
    Listed(Vec<SourceName>),
    /// All, also those that the next ingest of their connector writes anew.
    All,
}

impl MayWrite {
    /// Checks that a source may be changed.
    ///
    /// # Errors
    /// [`Error::UpdateRefused`] with the reason.
    pub fn check(&self, name: &SourceName, snapshot: &Snapshot) -> Result<()> {
        let known = snapshot.source_id(name);
        let known = known.and_then(|id| snapshot.source_info(id));
        match self.refusal(name, known) {
            None => Ok(()),
            Some(reason) => {
                let name = name.clone();
                Err(Error::UpdateRefused { name, reason })
            }
        }
    }

    /// Says why a source may not be changed, with what is known of it when it exists.
    fn refusal(&self, name: &SourceName, known: Option<&SourceInfo>) -> Option<String> {
        if name.is_iri() && name.as_str().starts_with(RESERVED) {
            return Some("its IRI is reserved for graphs that the store makes".to_owned());
        }
        match (self, known) {
            (Self::People, Some(info)) if !matches!(info.kind.as_str(), PEOPLE | "sparql") => {
                Some(format!(
                    "it is of the kind `{}`, and its next ingest would undo the change",
                    info.kind
                ))
            }
            (Self::Listed(listed), _) if !listed.contains(name) => {
                Some("it is not among those that are listed for updates".to_owned())
            }
            _ => None,
        }
    }
}

/// How an update is applied.
#[derive(Clone, Debug)]
pub struct UpdateOptions {
    /// Who asks.
    pub actor: String,
    /// When, by the caller's clock.
    pub time: Timestamp,
    /// The source that is written to without GRAPH.
    pub default_source: SourceName,
    /// Which sources may be changed.
    pub may_write: MayWrite,
    /// Statements that the request may add and remove.
    pub max_written: u64,
    /// Budgets of the WHERE of each operation, and what it reads: `graphs` are those of USING.
    pub query: QueryOptions,
}

impl Default for UpdateOptions {
    fn default() -> Self {
        Self {
            actor: "anonymous".to_owned(),
            time: Timestamp(0),
            default_source: SourceName::people(),
            may_write: MayWrite::People,
            max_written: 1_000_000,
            query: QueryOptions::default(),
        }
    }
}

/// What an update did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateReport {
    /// The version in which the change can be read; the current one when nothing changed.
    pub version: Version,
    /// Number of statements that a source says now and did not before.
    pub added: u64,
    /// Number of statements that a source said before and does not now.
    pub removed: u64,
    /// What happened to each source, in the order in which the request first touched them.
    pub receipts: Vec<Receipt>,
}

impl UpdateReport {
    /// Sums up the receipts of one version; `version` is the current one, for when there are none.
    pub fn new(version: Version, receipts: Vec<Receipt>) -> Self {
        Self {
            version: receipts.first().map_or(version, |first| first.version),
            added: receipts.iter().map(|receipt| receipt.added).sum(),
            removed: receipts.iter().map(|receipt| receipt.removed).sum(),
            receipts,
        }
    }
}

impl Update {
    /// Parses an update; relative IRIs are resolved against `base`.
    ///
    /// # Errors
    /// [`Error::QueryTooLarge`] before parsing, [`Error::QuerySyntax`] with line and column, [`Error::QueryRefused`]
    /// for SERVICE, LOAD without SILENT and string operations without a bound.
    pub fn parse(text: &str, base: Option<&str>, limits: &ParseLimits) -> Result<Self> {
        let operations = scan::scan_update(text, limits)?;
        let mut parser = SparqlParser::new();
        if let Some(base) = base {
            parser = parser
                .with_base_iri(base)
                .map_err(|error| Error::QuerySyntax {
                    message: format!("base IRI: {error}"),
                })?;
        }
        let parsed = parser
            .parse_update(text)
            .map_err(|error| Error::QuerySyntax {
                message: error.to_string(),
            })?;
        let base = parsed.base_iri.as_ref();
        let base = base.map(|base| NamedNode::new_unchecked(base.as_str()));
        let mut steps = steps::steps(&parsed.operations, &operations);
        for step in &mut steps {
            if let Step::Modify { pattern, .. } = step {
                check::check_pattern(pattern, limits)?;
                normal::normalise(pattern);
            }
            if matches!(step, Step::Load { silent: false }) {
                return Err(Error::QueryRefused {
                    feature: "LOAD",
                    reason: "updates fetch nothing",
                });
            }
        }
        Ok(Self { steps, base })
    }

    /// Tells whether an operation chooses its graphs by USING or WITH, which the protocol's `using-graph-uri` must not
    /// meet.
    pub fn chooses_graphs(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, Step::Modify { using: Some(_), .. }))
    }

    /// Works out the commits that the update is on a snapshot, one for each source that it changes.
    ///
    /// # Errors
    /// [`Error::UpdateRefused`], [`Error::UnknownGraph`] and [`Error::GraphExists`] without SILENT,
    /// [`Error::OverBudget`], and what a query gives.
    pub fn commits(&self, snapshot: &Snapshot, options: &UpdateOptions) -> Result<Vec<Commit>> {
        if options.query.graphs.is_some() && self.chooses_graphs() {
            return Err(Error::QueryRefused {
                feature: "USING or WITH",
                reason: "the request chooses the graphs already",
            });
        }
        run::run(self, snapshot, options)
    }
}

impl Store {
    /// Applies an update as one version.
    ///
    /// # Errors
    /// As [`Update::commits`] and [`Store::commit`]; the graph is then as before.
    pub fn update(&self, update: &Update, options: &UpdateOptions) -> Result<UpdateReport> {
        let prepared = self.prepare_update(update, options)?;
        let version = prepared.snapshot().version();
        Ok(UpdateReport::new(version, prepared.publish()?))
    }

    /// Prepares an update as one version, to look at before it is published.
    ///
    /// # Errors
    /// As [`Update::commits`] and [`Store::prepare`].
    pub fn prepare_update(&self, update: &Update, options: &UpdateOptions) -> Result<Prepared<'_>> {
        self.prepare_with(|snapshot| update.commits(snapshot, options))
    }
}
