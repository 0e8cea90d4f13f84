//! The few Arrow types that every engine answers with.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};

use crate::error::{Error, Result};

/// Turns batches of one schema into the plain types: text is `Utf8`, no dictionaries, instants are in UTC.
///
/// Widths of numbers stay as the engine gave them.
#[derive(Debug, Clone)]
pub(crate) struct Plain {
    schema: SchemaRef,
    changes: bool,
}

impl Plain {
    pub(crate) fn new(schema: &SchemaRef) -> Self {
        let fields: Vec<Field> = schema
            .fields()
            .iter()
            .map(|field| Field::new(field.name(), plain_type(field.data_type()), true))
            .collect();
        let plain = Arc::new(Schema::new(fields));
        Self {
            changes: plain.as_ref() != schema.as_ref(),
            schema: plain,
        }
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }

    /// The same rows in the plain types.
    pub(crate) fn batch(&self, engine: &str, batch: &RecordBatch) -> Result<RecordBatch> {
        if !self.changes {
            return Ok(batch.clone());
        }
        conform(engine, &self.schema, batch)
    }
}

/// Casts the columns of a batch, by place, to those of a schema. A value that does not fit is an error, never NULL.
pub(crate) fn conform(
    engine: &str,
    schema: &SchemaRef,
    batch: &RecordBatch,
) -> Result<RecordBatch> {
    let unfit = |message: String| Error::TypeMismatch {
        engine: engine.to_owned(),
        message,
    };
    if schema.fields().len() != batch.num_columns() {
        let (wanted, got) = (schema.fields().len(), batch.num_columns());
        return Err(unfit(format!(
            "{got} columns came, {wanted} were announced"
        )));
    }
    let strict = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    let cast = |(field, column): (&Arc<Field>, &ArrayRef)| {
        cast_with_options(column, field.data_type(), &strict)
            .map_err(|cause| unfit(format!("column `{}`: {cause}", field.name())))
    };
    let columns: Result<Vec<ArrayRef>> = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .map(cast)
        .collect();
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(SchemaRef::clone(schema), columns?, &rows)
        .map_err(|cause| unfit(cause.to_string()))
}

fn plain_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
        DataType::Dictionary(_, values) => plain_type(values),
        DataType::Timestamp(TimeUnit::Second | TimeUnit::Millisecond, zone) => {
            DataType::Timestamp(TimeUnit::Microsecond, zone.as_ref().map(|_| "UTC".into()))
        }
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("UTC".into())),
        other => other.clone(),
    }
}
