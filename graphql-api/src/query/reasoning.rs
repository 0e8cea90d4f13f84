//! The reads that check the graph and explain what follows from it.

use async_graphql::{Context, Object};

use crate::error::Result;
use crate::types::{
    Entailment, Identity, IdentityCandidates, Proof, StatementInput, ValidationReport, entailment,
    identity, validation,
};

/// Reads whether the graph keeps the shapes, and why statements hold.
#[derive(Default)]
pub(crate) struct Reasoning;

#[Object]
impl Reasoning {
    /// Checks the graph against the SHACL shapes that come with Isogloss.
    async fn validate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what this source speaks of, by name.")] source: Option<String>,
        #[graphql(desc = "Findings to list, 100 unless given; all are counted.")] first: Option<
            u64,
        >,
    ) -> Result<ValidationReport> {
        validation::validate(ctx, source, first).await
    }

    /// Lists the names of a thing and what joins them, or says why two names are one; null for an unknown name.
    async fn identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A name of the thing.")] iri: String,
        #[graphql(desc = "Another name, to ask why both are one.")] other: Option<String>,
    ) -> Result<Option<Identity>> {
        identity::identity(ctx, iri, other).await
    }

    /// Lists tables that might be one, and are not joined.
    async fn identity_candidates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The least confidence, 0.5 unless given.")] at_least: Option<f64>,
        #[graphql(desc = "Pairs to list, 50 unless given; all are counted.")] first: Option<u64>,
    ) -> Result<IdentityCandidates> {
        identity::candidates(ctx, at_least, first).await
    }

    /// Says why a statement holds, down to the claims; null if it neither is claimed nor follows.
    async fn why(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement.")] statement: StatementInput,
        #[graphql(desc = "The rules that may be used.")] entailment: Entailment,
    ) -> Result<Option<Proof>> {
        entailment::why(ctx, statement, entailment).await
    }
}
