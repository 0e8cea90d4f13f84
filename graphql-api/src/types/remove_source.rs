//! What the mutation `removeSource` takes and gives.

use async_graphql::{InputObject, SimpleObject};

use crate::types::UserError;

/// The source to remove.
#[derive(Debug, Clone, InputObject)]
pub struct RemoveSourceInput {
    /// Name of the source.
    pub(crate) source: String,
    /// Given back as it is, to match answers with requests.
    pub(crate) client_mutation_id: Option<String>,
}

/// What came of removing a source.
#[derive(Debug, Default, SimpleObject)]
pub struct RemoveSourcePayload {
    /// Statements that the source no longer makes.
    pub(crate) removed: u64,
    /// Version of the graph afterwards.
    pub(crate) version: u64,
    /// Why nothing was removed; empty if all went well.
    pub(crate) user_errors: Vec<UserError>,
    /// What the caller gave to match answers with requests.
    pub(crate) client_mutation_id: Option<String>,
}
