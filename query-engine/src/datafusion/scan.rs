//! Reads CSV files as a table.
//!
//! The library's own reader knows no token for NULL (it takes an empty field for NULL, always) and names no file in its errors.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::csv::ReaderBuilder;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{ExecutionPlan, SendableRecordBatchStream};

use super::csv::{self, CsvOptions};
use super::files::Files;
use crate::error::Error;

/// CSV files of one layout.
#[derive(Debug)]
pub(super) struct CsvTable {
    pub(super) files: Files,
    pub(super) options: CsvOptions,
}

#[async_trait]
impl TableProvider for CsvTable {
    fn schema(&self) -> SchemaRef {
        self.files.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let paths = self.files.paths(state).await.map_err(external)?;
        let full = self.files.schema();
        let columns = projection
            .cloned()
            .unwrap_or_else(|| (0..full.fields().len()).collect());
        let schema = Arc::new(full.project(&columns)?);
        let share = paths
            .len()
            .div_ceil(state.config().target_partitions().max(1));
        let partitions = paths.chunks(share.max(1)).map(|paths| {
            let part = Part {
                paths: paths.to_vec(),
                options: self.options.clone(),
                full: SchemaRef::clone(&full),
                columns: columns.clone(),
                schema: SchemaRef::clone(&schema),
            };
            Arc::new(part) as Arc<dyn PartitionStream>
        });
        let scan = StreamingTableExec::try_new(
            SchemaRef::clone(&schema),
            partitions.collect(),
            None,
            [],
            false,
            limit,
        )?;
        Ok(Arc::new(scan))
    }
}

/// Files that are read one after the other.
#[derive(Debug, Clone)]
struct Part {
    paths: Vec<PathBuf>,
    options: CsvOptions,
    full: SchemaRef,
    columns: Vec<usize>,
    schema: SchemaRef,
}

impl PartitionStream for Part {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStream::builder(SchemaRef::clone(&self.schema), 2);
        let batches = builder.tx();
        let part = self.clone();
        let rows = context.session_config().batch_size();
        builder.spawn_blocking(move || {
            for path in &part.paths {
                for batch in part.read(path, rows).map_err(external)? {
                    if batches.blocking_send(batch.map_err(external)).is_err() {
                        return Ok(());
                    }
                }
            }
            Ok(())
        });
        builder.build()
    }
}

impl Part {
    fn read<'a>(
        &self,
        path: &'a Path,
        rows: usize,
    ) -> crate::error::Result<impl Iterator<Item = crate::error::Result<RecordBatch>> + use<'a>>
    {
        let builder = csv::reader(SchemaRef::clone(&self.full), &self.options);
        let builder: ReaderBuilder = builder
            .with_batch_size(rows)
            .with_projection(self.columns.clone());
        let reader = builder
            .build_buffered(csv::open(path)?)
            .map_err(|cause| csv::bad(path, cause))?;
        // Columns are nullable in the table, whatever the reader says.
        Ok(reader.map(move |batch| batch.map_err(|cause| csv::bad(path, cause))))
    }
}

fn external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
