//! Writing results.

use std::io::{self, Write};

use oxrdf::{GraphName, Triple};
use oxrdfio::RdfSerializer;
use sparesults::QueryResultsSerializer;

use super::format::{Format, GraphFormat, ResultsFormat};
use crate::error::{Budget, Error, Result};
use crate::sparql::{QueryResults, Solutions, Statements};

/// Writes results to the end, row by row as they are found, and returns the number of bytes.
///
/// # Errors
/// [`Error::WrongFormat`] when the format cannot carry the results, the errors of the query itself, and
/// [`Error::OverBudget`] when the output grows too long: what was written until then is not a whole document.
pub fn write(results: QueryResults<'_>, format: impl Into<Format>, out: impl Write) -> Result<u64> {
    let format = format.into();
    match (results, format) {
        (QueryResults::Boolean(answer), Format::Results(format)) => {
            let mut out = Capped::new(out, u64::MAX);
            let serializer = QueryResultsSerializer::from_format(format.inner());
            serializer
                .serialize_boolean_to_writer(&mut out, answer)
                .map_err(Error::Output)?;
            Ok(out.written)
        }
        (QueryResults::Solutions(rows), Format::Results(format)) => write_rows(rows, format, out),
        (QueryResults::Graph(statements), Format::Graph(format)) => {
            write_statements(statements, format, out)
        }
        (QueryResults::Graph(_), Format::Results(_)) => Err(Error::WrongFormat {
            format: format.name(),
            content: "statements",
        }),
        (QueryResults::Boolean(_), Format::Graph(_)) => Err(Error::WrongFormat {
            format: format.name(),
            content: "a truth value",
        }),
        (QueryResults::Solutions(_), Format::Graph(_)) => Err(Error::WrongFormat {
            format: format.name(),
            content: "rows",
        }),
    }
}

fn write_rows(rows: Solutions<'_>, format: ResultsFormat, out: impl Write) -> Result<u64> {
    let mut out = Capped::new(out, rows.max_result_bytes());
    let variables = rows.variables().to_vec();
    let mut serializer = QueryResultsSerializer::from_format(format.inner())
        .serialize_solutions_to_writer(&mut out, variables.clone())
        .map_err(failure)?;
    for row in rows {
        let row = row?;
        let bound = variables
            .iter()
            .zip(&row)
            .filter_map(|(variable, term)| Some((variable, term.as_ref()?)));
        serializer.serialize(bound).map_err(failure)?;
    }
    serializer.finish().map_err(failure)?;
    Ok(out.written)
}

fn write_statements(
    statements: Statements<'_>,
    format: GraphFormat,
    out: impl Write,
) -> Result<u64> {
    let mut out = Capped::new(out, statements.max_result_bytes());
    let mut serializer = RdfSerializer::from_format(format.inner()).for_writer(&mut out);
    for statement in statements {
        serializer
            .serialize_quad(&statement?.in_graph(GraphName::DefaultGraph))
            .map_err(failure)?;
    }
    serializer.finish().map_err(failure)?;
    Ok(out.written)
}

/// Writes statements that no query found, and returns the number of bytes.
///
/// # Errors
/// [`Error::Output`] from `out`.
pub fn write_graph(
    statements: impl IntoIterator<Item = Triple>,
    format: GraphFormat,
    out: impl Write,
) -> Result<u64> {
    let mut out = Capped::new(out, u64::MAX);
    let mut serializer = RdfSerializer::from_format(format.inner()).for_writer(&mut out);
    for statement in statements {
        serializer
            .serialize_triple(&statement)
            .map_err(Error::Output)?;
    }
    serializer.finish().map_err(Error::Output)?;
    Ok(out.written)
}

/// Counts bytes and refuses more than a limit.
struct Capped<W> {
    inner: W,
    written: u64,
    limit: u64,
}

impl<W: Write> Capped<W> {
    fn new(inner: W, limit: u64) -> Self {
        Self {
            inner,
            written: 0,
            limit,
        }
    }
}

/// Travels through the serialiser inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("the output is longer than {limit} bytes")]
struct TooLong {
    limit: u64,
}

fn failure(error: io::Error) -> Error {
    match error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<TooLong>())
    {
        Some(TooLong { limit }) => Error::OverBudget {
            budget: Budget::ResultBytes(*limit),
        },
        None => Error::Output(error),
    }
}

impl<W: Write> Write for Capped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written + bytes.len() as u64 > self.limit {
            return Err(io::Error::other(TooLong { limit: self.limit }));
        }
        let written = self.inner.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
