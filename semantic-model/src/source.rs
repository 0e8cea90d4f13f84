//! The view of a source: where statements come from.

use graph_core::{SourceId, SourceInfo, Timestamp, Version};

/// A source of the graph: a dbt project, a database, a contract, a glossary, a query log, a person.
#[derive(Debug, Clone, Copy)]
pub struct Source<'m> {
    info: &'m SourceInfo,
}

impl<'m> Source<'m> {
    pub(crate) fn new(info: &'m SourceInfo) -> Self {
        Self { info }
    }

    /// Returns all that the snapshot knows of the source.
    pub fn info(self) -> &'m SourceInfo {
        self.info
    }

    /// Returns the number of the source in the snapshot.
    pub fn id(self) -> SourceId {
        self.info.id
    }

    /// Returns the IRI of the named graph that holds what the source claims.
    pub fn iri(self) -> String {
        self.info.name.graph_iri().into_string()
    }

    /// Returns the name.
    pub fn name(self) -> &'m str {
        self.info.name.as_str()
    }

    /// Returns the kind of connector that read the source.
    pub fn kind(self) -> &'m str {
        &self.info.kind
    }

    /// Returns who committed it last.
    pub fn actor(self) -> &'m str {
        &self.info.actor
    }

    /// Returns the number of statements the source makes.
    pub fn statements(self) -> u64 {
        self.info.statements
    }

    /// Returns when the source was committed last, by its writer's clock.
    pub fn committed_at(self) -> Timestamp {
        self.info.committed_at
    }

    /// Returns the version of the graph that its last commit made.
    pub fn version(self) -> Version {
        self.info.version
    }
}
