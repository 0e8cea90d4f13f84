//! What stands for engines in a build without running SQL.

use semantic_model::plan::Dialect;

use super::{Answer, PlannedQuery, QueryError};

/// The engines of a mesh; none in this build.
#[derive(Debug, Default)]
pub struct Engines;

impl Engines {
    /// Lists the names of the engines.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// Returns the dialect of an engine.
    pub fn dialect(&self, _name: &str) -> Option<Dialect> {
        None
    }

    /// Runs a query and gives some of its rows.
    ///
    /// # Errors
    /// [`QueryError::NotBuilt`].
    #[expect(clippy::unused_async, reason = "the same as where there are engines")]
    pub async fn page(
        &self,
        _planned: &PlannedQuery,
        _offset: u64,
        _size: u64,
        _limit: std::time::Duration,
    ) -> Result<Answer, QueryError> {
        Err(QueryError::NotBuilt)
    }
}
