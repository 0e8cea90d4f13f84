//! The reads that check the graph and explain what follows from it.

use async_graphql::{Context, Object};

use crate::error::Result;
use crate::types::{Entailment, Proof, StatementInput, ValidationReport, entailment, validation};

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
