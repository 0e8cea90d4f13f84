//! The type `Source`.

use std::sync::Arc;

use async_graphql::{Context, ID};
use isogloss::Snapshot;
use isogloss::graph::{SourceId, SourceInfo};
use isogloss::model::EntityKind;

use crate::cursor::Page;
use crate::error::Result;
use crate::node_id;
use crate::scalars::DateTime;
use crate::types::entity_object::entity_object;
use crate::types::{
    Centrality, Connection, Domain, Owner, Relationship, RelationshipDirection, Statement, Term,
};

/// A source of one snapshot; cheap to clone.
///
/// A source is no term of the graph that others speak of, so its lists of statements and relationships are empty.
#[derive(Clone)]
pub(crate) struct SourceRef {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) kind: EntityKind,
    pub(crate) iri: Arc<str>,
    pub(crate) label: Arc<str>,
    info: SourceInfo,
}

impl SourceRef {
    fn new(snapshot: &Arc<Snapshot>, info: &SourceInfo) -> Self {
        Self {
            snapshot: Arc::clone(snapshot),
            kind: EntityKind::Source,
            iri: info.name.graph_iri().as_str().into(),
            label: info.name.as_str().into(),
            info: info.clone(),
        }
    }

    /// Lists the sources of a snapshot in the order of their names.
    pub(crate) fn all(snapshot: &Arc<Snapshot>) -> Vec<Self> {
        snapshot
            .sources()
            .iter()
            .map(|info| Self::new(snapshot, info))
            .collect()
    }

    /// Finds a source by the IRI of its named graph.
    pub(crate) fn find_iri(snapshot: &Arc<Snapshot>, iri: &str) -> Option<Self> {
        let name = isogloss::graph::SourceName::from_graph_iri(iri)?;
        Self::find(snapshot, name.as_str())
    }

    /// Finds a source by its name.
    pub(crate) fn find(snapshot: &Arc<Snapshot>, name: &str) -> Option<Self> {
        let info = snapshot
            .sources()
            .iter()
            .find(|info| info.name.as_str() == name)?;
        Some(Self::new(snapshot, info))
    }

    /// Finds the source of a claim.
    pub(crate) fn find_id(snapshot: &Arc<Snapshot>, id: SourceId) -> Option<Self> {
        Some(Self::new(snapshot, snapshot.graph().source_info(id)?))
    }
}

/// The methods that the fields of every entity call.
#[expect(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "other entities need what a source does not"
)]
impl SourceRef {
    fn global_id(&self) -> ID {
        node_id::encode(self.kind, &self.iri)
    }

    fn description(&self) -> Option<String> {
        let SourceInfo {
            kind, statements, ..
        } = &self.info;
        Some(format!(
            "read by the connector `{kind}`, {statements} statements"
        ))
    }

    fn domains(&self) -> Vec<Domain> {
        Vec::new()
    }

    fn owners(&self) -> Vec<Owner> {
        Vec::new()
    }

    fn terms(&self) -> Vec<Term> {
        Vec::new()
    }

    #[expect(
        clippy::unused_async,
        reason = "other entities may have to wait for it"
    )]
    async fn centrality(&self, _ctx: &Context<'_>) -> Result<Centrality> {
        Ok(Centrality::from(
            isogloss::model::centrality::Score::default(),
        ))
    }

    fn statements(&self, _predicates: Option<&[String]>, page: Page) -> Connection<Statement> {
        Connection::new(page, 0, Vec::new())
    }

    fn relationships(
        &self,
        _direction: RelationshipDirection,
        _types: Option<&[String]>,
        page: Page,
    ) -> Connection<Relationship> {
        Connection::new(page, 0, Vec::new())
    }

    fn version(&self) -> u64 {
        self.snapshot.version().0
    }
}

entity_object! {
    /// Where statements come from: a dbt project, a contract file, a glossary.
    Source(SourceRef) {
        /// Name that it was ingested by.
        async fn name(&self) -> &str {
            self.0.info.name.as_str()
        }

        /// Kind of connector that read it, for instance `dbt`.
        async fn connector(&self) -> &str {
            &self.0.info.kind
        }

        /// Who ingested it last.
        async fn actor(&self) -> &str {
            &self.0.info.actor
        }

        /// Statements that it makes.
        async fn statement_count(&self) -> u64 {
            self.0.info.statements
        }

        /// When it changed last.
        async fn committed_at(&self) -> DateTime {
            DateTime(self.0.info.committed_at)
        }

        /// Version of the graph in which it changed last.
        async fn committed_version(&self) -> u64 {
            self.0.info.version.0
        }
    }
}
