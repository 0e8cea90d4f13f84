//! Answers as text or bytes: a table for people, CSV, JSON, or Arrow's own stream.

use std::io::{self, Write};
use std::str::FromStr;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};

mod json;
mod table;

pub use json::value;

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns, for people.
    #[default]
    Table,
    /// Comma-separated, with a header; NULL is an empty field and an empty text is `""`.
    Csv,
    /// An array of objects, one a row.
    Json,
    /// Arrow's IPC stream, for programs.
    Arrow,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "table" => Ok(Self::Table),
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "arrow" => Ok(Self::Arrow),
            _ => Err(format!(
                "no format is called `{name}`: table, csv, json or arrow"
            )),
        }
    }
}

/// Writes the batches of one answer. [`Printer::finish`] ends it; without that the output is cut off.
pub struct Printer<W: Write> {
    schema: SchemaRef,
    state: State<W>,
}

enum State<W: Write> {
    /// Held back, because the widths of all rows make the columns.
    Table(W, Vec<RecordBatch>),
    Csv(W),
    Json(W, u64),
    Arrow(Box<StreamWriter<W>>),
}

impl<W: Write> Printer<W> {
    /// Starts an answer.
    pub fn new(mut out: W, format: Format, schema: SchemaRef) -> io::Result<Self> {
        let state = match format {
            Format::Table => State::Table(out, Vec::new()),
            Format::Csv => {
                let names = schema.fields().iter().map(|field| quoted(field.name()));
                writeln!(out, "{}", names.collect::<Vec<_>>().join(","))?;
                State::Csv(out)
            }
            Format::Json => {
                out.write_all(b"[")?;
                State::Json(out, 0)
            }
            Format::Arrow => State::Arrow(Box::new(
                StreamWriter::try_new(out, &schema).map_err(other)?,
            )),
        };
        Ok(Self { schema, state })
    }

    /// Writes rows.
    pub fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        match &mut self.state {
            State::Table(_, batches) => batches.push(batch.clone()),
            State::Csv(out) => csv(out, batch)?,
            State::Json(out, rows) => json::rows(out, batch, rows)?,
            State::Arrow(out) => out.write(batch).map_err(other)?,
        }
        Ok(())
    }

    /// Writes what is left.
    pub fn finish(self) -> io::Result<()> {
        match self.state {
            State::Table(mut out, batches) => table::write(&mut out, &self.schema, &batches),
            State::Csv(mut out) => out.flush(),
            State::Json(mut out, rows) => {
                out.write_all(if rows == 0 { b"]\n" } else { b"\n]\n" })?;
                out.flush()
            }
            State::Arrow(mut out) => out.finish().map_err(other),
        }
    }
}

fn csv<W: Write>(out: &mut W, batch: &RecordBatch) -> io::Result<()> {
    let columns = texts(batch)?;
    for row in 0..batch.num_rows() {
        let cells = columns.iter().map(|column| match column.cell(row) {
            None => String::new(),
            Some(text) if text.is_empty() => "\"\"".to_owned(),
            Some(text) => quoted(&text),
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join(","))?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

/// A column whose cells can be had as text.
struct Texts<'a> {
    array: &'a ArrayRef,
    formatter: ArrayFormatter<'a>,
}

impl Texts<'_> {
    /// The text of a cell, `None` for NULL. Decimals lose the zeros at their end, midnights their clock.
    fn cell(&self, row: usize) -> Option<String> {
        if self.array.is_null(row) {
            return None;
        }
        let text = self.formatter.value(row).to_string();
        Some(match self.array.data_type() {
            DataType::Decimal128(..) | DataType::Decimal256(..) => short(&text),
            _ => text,
        })
    }
}

fn texts<'a>(batch: &'a RecordBatch) -> io::Result<Vec<Texts<'a>>> {
    static OPTIONS: FormatOptions<'static> = FormatOptions::new();
    let column = |array: &'a ArrayRef| {
        let formatter = ArrayFormatter::try_new(array, &OPTIONS).map_err(other)?;
        Ok(Texts { array, formatter })
    };
    batch.columns().iter().map(column).collect()
}

/// `12.500` as `12.5`, `12.000` as `12`.
fn short(decimal: &str) -> String {
    if !decimal.contains('.') {
        return decimal.to_owned();
    }
    decimal
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

fn other(cause: ArrowError) -> io::Error {
    match cause {
        ArrowError::IoError(_, cause) => cause,
        cause => io::Error::other(cause),
    }
}

#[cfg(test)]
mod tests;
