//! Rows as JSON.

use std::io::{self, Write};

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Int64Type, UInt64Type};
use arrow::record_batch::RecordBatch;
use serde_json::{Map, Number, Value};

use super::{Texts, texts};

/// Writes rows as objects; `before` counts those already written.
pub(super) fn rows<W: Write>(out: &mut W, batch: &RecordBatch, before: &mut u64) -> io::Result<()> {
    let columns = texts(batch)?;
    let schema = batch.schema();
    for row in 0..batch.num_rows() {
        let cells = schema.fields().iter().zip(&columns);
        let object: Map<String, Value> = cells
            .map(|(field, column)| (field.name().clone(), cell(column, row)))
            .collect();
        out.write_all(if *before == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &Value::Object(object))?;
        *before += 1;
    }
    Ok(())
}

/// A cell of an answer as JSON: numbers where JSON can hold them, ISO 8601 for times, text for the rest.
pub fn value(array: &ArrayRef, row: usize) -> io::Result<Value> {
    static OPTIONS: arrow::util::display::FormatOptions<'static> =
        arrow::util::display::FormatOptions::new();
    let formatter =
        arrow::util::display::ArrayFormatter::try_new(array, &OPTIONS).map_err(super::other)?;
    Ok(cell(&Texts { array, formatter }, row))
}

fn cell(column: &Texts<'_>, row: usize) -> Value {
    let array = column.array;
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        // JSON has no infinity and no NaN: they stay words.
        DataType::Float64 => Number::from_f64(array.as_primitive::<Float64Type>().value(row))
            .map_or_else(|| text(column, row), Value::Number),
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::Float32
        | DataType::Decimal128(..) => number(column, row),
        _ => text(column, row),
    }
}

fn text(column: &Texts<'_>, row: usize) -> Value {
    Value::String(column.cell(row).unwrap_or_default())
}

/// A number from its digits; one that a reader of JSON would round stays text.
fn number(column: &Texts<'_>, row: usize) -> Value {
    let digits = column.cell(row).unwrap_or_default();
    if let Ok(whole) = digits.parse::<i64>() {
        return whole.into();
    }
    let number = digits.parse::<f64>().ok().and_then(Number::from_f64);
    match number {
        Some(number) if digits.len() <= 17 => Value::Number(number),
        _ => Value::String(digits),
    }
}
