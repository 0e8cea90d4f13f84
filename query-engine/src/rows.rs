//! An answer on its way: the schema first, then batches, within the budget.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use futures::stream::{BoxStream, Stream, StreamExt};
use tokio::time::Sleep;

use crate::budget::Meter;
use crate::error::{Error, Result};

/// The rows of a query, as a stream of Arrow batches of one schema.
///
/// Dropping it cancels the work, on a server too. After an error it ends.
pub struct Rows {
    engine: String,
    schema: SchemaRef,
    batches: BoxStream<'static, Result<RecordBatch>>,
    meter: Meter,
    timer: Option<Pin<Box<Sleep>>>,
    done: bool,
}

impl Rows {
    /// Holds `batches` to what is left of the budget in `meter`.
    pub(crate) fn new(
        engine: &str,
        schema: SchemaRef,
        batches: BoxStream<'static, Result<RecordBatch>>,
        meter: Meter,
    ) -> Self {
        let timer = meter
            .deadline()
            .map(|at| Box::pin(tokio::time::sleep_until(at)));
        Self {
            engine: engine.to_owned(),
            schema,
            batches,
            meter,
            timer,
            done: false,
        }
    }

    /// The columns of every batch.
    pub fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }

    /// The name of the engine that answers.
    pub fn engine(&self) -> &str {
        &self.engine
    }

    /// Waits for all rows, as one batch.
    pub async fn collect_all(mut self) -> Result<RecordBatch> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch?);
        }
        concat_batches(&self.schema, &batches).map_err(|cause| Error::TypeMismatch {
            engine: self.engine.clone(),
            message: cause.to_string(),
        })
    }

    fn over(&mut self, exceeded: crate::budget::Exceeded) -> Poll<Option<Result<RecordBatch>>> {
        self.done = true;
        // The work stops now, not when the caller lets go of the stream.
        self.batches = futures::stream::empty().boxed();
        let engine = self.engine.clone();
        Poll::Ready(Some(Err(Error::OverBudget { engine, exceeded })))
    }
}

impl Stream for Rows {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.done {
            return Poll::Ready(None);
        }
        let late = self
            .timer
            .as_mut()
            .is_some_and(|timer| timer.as_mut().poll(context).is_ready());
        if late {
            let exceeded = self.meter.late();
            return self.over(exceeded);
        }
        let Poll::Ready(item) = self.batches.as_mut().poll_next(context) else {
            return Poll::Pending;
        };
        match item {
            Some(Ok(batch)) => match self.meter.count(&batch) {
                Ok(()) => Poll::Ready(Some(Ok(batch))),
                Err(exceeded) => self.over(exceeded),
            },
            other => {
                self.done = true;
                Poll::Ready(other)
            }
        }
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("engine", &self.engine)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}
