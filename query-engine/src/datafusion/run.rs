//! Runs one statement: planned, checked to only read, and carried out by a task of its own.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::SessionState;
use datafusion::execution::context::SQLOptions;
use datafusion::physical_plan::{ExecutionPlan, SendableRecordBatchStream, execute_stream};
use futures::{Stream, StreamExt, stream};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::stop::Stop;
use super::types;

/// Batches that wait for the reader. A slow reader holds up the work, not the memory.
const WAITING: usize = 2;

/// A statement that runs. Dropping it stops the work.
pub(super) struct Running {
    pub(super) schema: SchemaRef,
    batches: Receiver<Result<RecordBatch>>,
    task: SpawnedTask<()>,
    _stop: Stop,
}

impl Running {
    /// Plans a statement that only reads, and starts it.
    pub(super) async fn start(sql: &str, session: SessionState, stop: Stop) -> Result<Self> {
        let plan = plan(sql, &session).await?;
        Self::carry_out(plan, session, stop)
    }

    fn carry_out(plan: Arc<dyn ExecutionPlan>, session: SessionState, stop: Stop) -> Result<Self> {
        let plan = stop.listen(plan)?;
        let stream = execute_stream(plan, session.task_ctx())?;
        let schema = stream.schema();
        let (sender, batches) = channel(WAITING);
        // A task of its own can be given up while the library is busy inside one poll.
        let task = SpawnedTask::spawn(forward(stream, sender));
        Ok(Self {
            schema,
            batches,
            task,
            _stop: stop,
        })
    }

    pub(super) fn batches(self) -> impl Stream<Item = Result<RecordBatch>> + Send {
        stream::unfold(Some(self), |running| async {
            let mut running = running?;
            match running.batches.recv().await {
                Some(batch) => Some((batch, Some(running))),
                None => ended(running.task).await.map(|error| (Err(error), None)),
            }
        })
    }
}

async fn plan(sql: &str, session: &SessionState) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = session.create_logical_plan(sql).await?;
    types::check(&plan)?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)?;
    session.create_physical_plan(&plan).await
}

async fn forward(mut stream: SendableRecordBatchStream, sender: Sender<Result<RecordBatch>>) {
    while let Some(batch) = stream.next().await {
        if sender.send(batch).await.is_err() {
            return;
        }
    }
}

/// A task that broke off must not look like the end of the rows.
async fn ended(task: SpawnedTask<()>) -> Option<DataFusionError> {
    let cause = task.join().await.err()?;
    Some(DataFusionError::Execution(format!(
        "the work broke off: {cause}"
    )))
}
