//! Rows as aligned columns: text to the left, numbers to the right.

use std::io::{self, Write};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::texts;

const BETWEEN: &str = "  ";

pub(super) fn write<W: Write>(
    out: &mut W,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> io::Result<()> {
    let mut lines: Vec<Vec<String>> = vec![
        schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect(),
    ];
    for batch in batches {
        let columns = texts(batch)?;
        for row in 0..batch.num_rows() {
            lines.push(
                columns
                    .iter()
                    .map(|column| column.cell(row).map_or_else(|| "-".to_owned(), one_line))
                    .collect(),
            );
        }
    }
    let widths: Vec<usize> = (0..schema.fields().len())
        .map(|at| lines.iter().map(|line| width(&line[at])).max().unwrap_or(0))
        .collect();
    let numeric: Vec<bool> = schema
        .fields()
        .iter()
        .map(|field| field.data_type().is_numeric())
        .collect();
    for line in &lines {
        let cells = line
            .iter()
            .zip(&widths)
            .zip(&numeric)
            .map(|((cell, wide), numeric)| {
                let blanks = " ".repeat(wide - width(cell));
                if *numeric {
                    blanks + cell
                } else {
                    format!("{cell}{blanks}")
                }
            });
        writeln!(
            out,
            "{}",
            cells.collect::<Vec<_>>().join(BETWEEN).trim_end()
        )?;
    }
    out.flush()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn one_line(text: String) -> String {
    if text.contains(['\n', '\r', '\t', '\u{1b}']) {
        return text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
    }
    text
}
