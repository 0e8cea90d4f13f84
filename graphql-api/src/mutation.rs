//! The root of all writes.

use async_graphql::{Context, Object};
use isogloss::connectors::{self, Input, Kind};
use isogloss::graph::SourceName;
use isogloss::{Check, Ingest, Ingested, ShapeSet};

use crate::context::{Shared, caller, operation, shared, write};
use crate::error::{Error, Measured, Result};
use crate::limits::{Limits, most};
use crate::types::source::SourceRef;
use crate::types::validation::FINDINGS_DEFAULT;
use crate::types::{
    DecideIdentityInput, DecideIdentityPayload, DocumentInput, GiveFeedbackInput,
    GiveFeedbackPayload, IngestInput, IngestPayload, IngestReport, RemoveSourceInput,
    RemoveSourcePayload, Source, UserError, ValidationMode, ValidationReport, feedback, identity,
};

/// Everything that can be changed; a change is on disk before its answer is given.
pub struct Mutation;

/// Everything that can be changed; a change is on disk before its answer is given.
#[Object]
impl Mutation {
    /// Reads documents and replaces what their source said, all or nothing; ingesting the same twice changes nothing.
    async fn ingest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The source and its documents.")] input: IngestInput,
    ) -> Result<IngestPayload> {
        let shared = shared(ctx)?;
        let (source, dry_run) = (input.source.clone(), input.dry_run);
        let mut payload = IngestPayload {
            dry_run,
            client_mutation_id: input.client_mutation_id.clone(),
            ..IngestPayload::default()
        };
        match ingest(ctx, shared, input).await {
            Ok(ingested) => {
                if let Some(receipt) = ingested.receipt {
                    operation(ctx)?.made(receipt.version.0);
                    (payload.added, payload.removed) = (receipt.added, receipt.removed);
                    payload.unchanged = receipt.unchanged;
                }
                if let Some(preview) = ingested.preview {
                    let count = |them: &[_]| them.len() as u64;
                    (payload.added, payload.removed) =
                        (count(&preview.added), count(&preview.removed));
                    payload.unchanged = preview.is_empty();
                }
                payload.report = Some(ingested.report.into());
                let found = ingested.validation.as_ref();
                payload.validation = found.map(|r| ValidationReport::new(r, FINDINGS_DEFAULT));
            }
            Err(Refused {
                error,
                path,
                report,
                validation,
            }) => {
                payload.report = report;
                payload.validation = validation;
                payload
                    .user_errors
                    .push(UserError::from_error(error, path)?);
            }
        }
        let after = shared.isogloss.snapshot();
        payload.version = after.version().0;
        payload.source = SourceRef::find(&after, &source).map(Source);
        Ok(payload)
    }

    /// Decides that two names are one thing, or two, or takes such a decision back; it outlives every ingest.
    async fn decide_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The names, and what is decided of them.")] input: DecideIdentityInput,
    ) -> Result<DecideIdentityPayload> {
        identity::decide(ctx, input).await
    }

    /// Counts that an asset is, or is not, what words mean; kept as statements of the source `feedback`.
    async fn give_feedback(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words, the asset, and what is said of it.")] input: GiveFeedbackInput,
    ) -> Result<GiveFeedbackPayload> {
        feedback::give(ctx, input).await
    }

    /// Makes a source say nothing any more; what other sources say stays.
    async fn remove_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The source to remove.")] input: RemoveSourceInput,
    ) -> Result<RemoveSourcePayload> {
        let shared = shared(ctx)?;
        let mut payload = RemoveSourcePayload {
            client_mutation_id: input.client_mutation_id,
            ..RemoveSourcePayload::default()
        };
        let removed = match source_name(&input.source) {
            Ok(name) => {
                let (isogloss, actor, now) = (
                    shared.isogloss.clone(),
                    caller(ctx).name,
                    shared.clock.now(),
                );
                write(ctx, move || Ok(isogloss.remove_source(&name, &actor, now)?)).await
            }
            Err(error) => Err(error),
        };
        match removed {
            Ok(receipt) => {
                operation(ctx)?.made(receipt.version.0);
                payload.removed = receipt.removed;
            }
            Err(error) => payload
                .user_errors
                .push(UserError::from_error(error, &["input", "source"])?),
        }
        payload.version = shared.isogloss.snapshot().version().0;
        Ok(payload)
    }
}

/// Why nothing was ingested, and where in the input the fault is.
struct Refused {
    error: Error,
    path: &'static [&'static str],
    report: Option<IngestReport>,
    validation: Option<ValidationReport>,
}

fn refused(path: &'static [&'static str]) -> impl Fn(Error) -> Refused {
    move |error| Refused {
        error,
        path,
        report: None,
        validation: None,
    }
}

async fn ingest(
    ctx: &Context<'_>,
    shared: &Shared,
    input: IngestInput,
) -> Result<Ingested, Refused> {
    const DOCUMENTS: &[&str] = &["input", "documents"];
    let source = source_name(&input.source).map_err(refused(&["input", "source"]))?;
    let kind = connector(&input.kind).map_err(refused(&["input", "kind"]))?;
    let (isogloss, limits) = (shared.isogloss.clone(), shared.limits);
    let (actor, time) = (caller(ctx).name, shared.clock.now());
    let (documents, dry_run, partial) = (input.documents, input.dry_run, input.partial);
    let check = check(input.validate).map_err(refused(&["input", "validate"]))?;
    let ingested = write(ctx, move || {
        let inputs = decode(documents, &limits)?;
        Ok(isogloss.ingest(Ingest {
            actor,
            time,
            dry_run,
            partial,
            check,
            ..Ingest::new(source, kind, inputs)
        })?)
    });
    ingested.await.map_err(|error| match error {
        Error::Graph(
            isogloss::Error::Connector(connectors::Error::NothingRead { ref report, .. })
            | isogloss::Error::Damaged { ref report, .. },
        ) => Refused {
            report: Some(report.as_ref().clone().into()),
            error,
            path: DOCUMENTS,
            validation: None,
        },
        Error::Graph(isogloss::Error::NotValid {
            source_name,
            report,
        }) => Refused {
            validation: Some(ValidationReport::new(&report, FINDINGS_DEFAULT)),
            error: Error::Graph(isogloss::Error::NotValid {
                source_name,
                report,
            }),
            path: DOCUMENTS,
            report: None,
        },
        error => refused(DOCUMENTS)(error),
    })
}

/// Makes the check that the caller asks for.
fn check(mode: Option<ValidationMode>) -> Result<Option<Check>> {
    let Some(mode) = mode else { return Ok(None) };
    Ok(Some(Check {
        shapes: ShapeSet::own()?,
        strict: mode == ValidationMode::Strict,
    }))
}

/// Decodes the documents one after the other, so that together they stay within the budget.
fn decode(documents: Vec<DocumentInput>, limits: &Limits) -> Result<Vec<Input>> {
    most(
        Measured::Documents,
        documents.len() as u64,
        limits.documents,
    )?;
    let mut budget = limits.document_bytes;
    let mut inputs = Vec::with_capacity(documents.len());
    for document in documents {
        let input = document.decode(budget, limits)?;
        budget = budget.saturating_sub(input.bytes.len() as u64);
        inputs.push(input);
    }
    Ok(inputs)
}

fn source_name(name: &str) -> Result<SourceName> {
    SourceName::try_from(name).map_err(|_| Error::InvalidSourceName {
        name: name.to_owned(),
    })
}

fn connector(kind: &str) -> Result<Kind> {
    kind.parse().map_err(|_| Error::UnknownConnector {
        kind: kind.to_owned(),
        known: Kind::ALL.iter().map(ToString::to_string).collect(),
    })
}
