//! What people say of meanings that were offered to them.

use async_graphql::{Context, Enum, InputObject, SimpleObject};

use crate::context::{caller, operation, shared, write};
use crate::error::Result;
use crate::types::UserError;

/// What is said of an asset as the meaning of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum FeedbackVerdict {
    /// It is what was meant.
    Accept,
    /// It is not what was meant.
    Reject,
}

/// The words, the asset, and what is said of it.
#[derive(Debug, Clone, InputObject)]
pub struct GiveFeedbackInput {
    /// The words that were asked.
    text: String,
    /// The data product, dataset, column, term or metric, by its IRI.
    iri: String,
    /// What is said of it.
    verdict: FeedbackVerdict,
    /// Given back as it is, to match answers with requests.
    client_mutation_id: Option<String>,
}

/// What came of feedback.
#[derive(Debug, Default, SimpleObject)]
pub struct GiveFeedbackPayload {
    /// Version of the graph afterwards.
    version: u64,
    /// Why nothing was counted; empty if all went well.
    user_errors: Vec<UserError>,
    /// What the caller gave to match answers with requests.
    client_mutation_id: Option<String>,
}

/// Counts what is said of an asset.
pub(crate) async fn give(
    ctx: &Context<'_>,
    input: GiveFeedbackInput,
) -> Result<GiveFeedbackPayload> {
    let shared = shared(ctx)?;
    let (isogloss, actor, now) = (
        shared.isogloss.clone(),
        caller(ctx).name,
        shared.clock.now(),
    );
    let mut payload = GiveFeedbackPayload {
        client_mutation_id: input.client_mutation_id.clone(),
        ..GiveFeedbackPayload::default()
    };
    let counted = write(ctx, move || {
        let verdict = match input.verdict {
            FeedbackVerdict::Accept => isogloss::Verdict::Accept,
            FeedbackVerdict::Reject => isogloss::Verdict::Reject,
        };
        Ok(isogloss.feedback(&input.text, &input.iri, verdict, &actor, now)?)
    });
    match counted.await {
        Ok(receipt) => operation(ctx)?.made(receipt.version.0),
        Err(error) => payload
            .user_errors
            .push(UserError::from_error(error, &["input"])?),
    }
    payload.version = shared.isogloss.snapshot().version().0;
    Ok(payload)
}
