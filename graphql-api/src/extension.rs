//! What every operation goes through: limits before it runs, one snapshot while it runs, codes on its errors.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextPrepareRequest,
    NextRequest, NextSubscribe, NextValidation,
};
use async_graphql::futures_util::stream::{BoxStream, StreamExt};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{
    Data, Request, Response, ServerError, ServerResult, ValidationResult, Variables, async_trait,
};
use isogloss::{Isogloss, Snapshot};

use crate::error::{self, Code};
use crate::limits::{self, Cost, Limits};

/// Makes the extension of one request.
pub(crate) struct Border {
    pub(crate) isogloss: Isogloss,
    pub(crate) limits: Limits,
}

impl ExtensionFactory for Border {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(BorderOfRequest {
            isogloss: self.isogloss.clone(),
            limits: self.limits,
            operation_name: Mutex::default(),
            cost: Mutex::default(),
        })
    }
}

/// The one snapshot that every field of an operation reads.
pub(crate) struct Operation {
    pub(crate) snapshot: Arc<Snapshot>,
    /// The newest version that the operation read or made.
    version: AtomicU64,
}

impl Operation {
    /// Notes that the operation made this version, which the answer then carries.
    pub(crate) fn made(&self, version: u64) {
        self.version.fetch_max(version, Ordering::Relaxed);
    }
}

struct BorderOfRequest {
    isogloss: Isogloss,
    limits: Limits,
    operation_name: Mutex<Option<String>>,
    cost: Mutex<Option<Cost>>,
}

#[async_trait::async_trait]
impl Extension for BorderOfRequest {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        finish(next.run(ctx).await)
    }

    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        next.run(ctx, stream).map(finish).boxed()
    }

    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        {
            let mut name = self
                .operation_name
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            name.clone_from(&request.operation_name);
        }
        next.run(ctx, request).await
    }

    /// Parses in place of async-graphql, whose own check of depth walks a fragment as often as it is spread.
    async fn parse_query(
        &self,
        _ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        _next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let name = self
            .operation_name
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let (document, cost) = limits::parse(query, variables, name.as_deref(), &self.limits)
            .map_err(error::into_server_error)?;
        *self.cost.lock().unwrap_or_else(PoisonError::into_inner) = Some(cost);
        Ok(document)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        next.run(ctx).await.map_err(|mut errors| {
            for error in &mut errors {
                error::finish(error, Code::GraphqlValidationFailed);
            }
            errors
        })
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let snapshot = self.isogloss.snapshot();
        let version = AtomicU64::new(snapshot.version().0);
        let operation = Arc::new(Operation { snapshot, version });
        let mut data = Data::default();
        data.insert(Arc::clone(&operation));
        let response = next.run_with_data(ctx, operation_name, data).await;
        let cost = *self.cost.lock().unwrap_or_else(PoisonError::into_inner);
        let response =
            response.extension("version", operation.version.load(Ordering::Relaxed).into());
        match cost {
            Some(cost) => response.extension("cost", cost.cost.into()),
            None => response,
        }
    }
}

/// Gives every error its code.
fn finish(mut response: Response) -> Response {
    response
        .errors
        .iter_mut()
        .for_each(|error| error::finish(error, Code::BadUserInput));
    response
}
