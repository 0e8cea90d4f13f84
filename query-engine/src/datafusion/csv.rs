//! What the columns of CSV files are: given by their user, or inferred so that no value loses anything.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use regex::Regex;

use crate::error::{Error, Result};

/// Rows that are looked at to infer types. A later value that does not fit fails the query that meets it.
const SAMPLE_ROWS: usize = 20_000;

/// How CSV is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvOptions {
    /// The first line names the columns.
    pub header: bool,
    /// Between fields.
    pub delimiter: u8,
    /// Around fields.
    pub quote: u8,
    /// Before a quote inside a quoted field, where it is not doubled.
    pub escape: Option<u8>,
    /// The text that means NULL; then an empty field is an empty text. Without it an empty field is NULL.
    pub null: Option<String>,
    /// Types of columns; the others are inferred.
    pub types: Vec<(String, DataType)>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            header: true,
            delimiter: b',',
            quote: b'"',
            escape: None,
            null: None,
            types: Vec::new(),
        }
    }
}

/// The columns of files of one layout.
pub(super) fn schema(paths: &[PathBuf], options: &CsvOptions) -> Result<SchemaRef> {
    let names = names(&paths[0], options)?;
    for (given, _) in &options.types {
        if !names.contains(given) {
            return Err(bad(
                &paths[0],
                format!("there is no column `{given}`, of which the type is given"),
            ));
        }
    }
    if let Some(twice) = names
        .iter()
        .enumerate()
        .find_map(|(at, name)| names[..at].contains(name).then_some(name))
    {
        return Err(bad(&paths[0], format!("two columns are called `{twice}`")));
    }
    let mut guesses = vec![Guess::Nothing; names.len()];
    let mut left = SAMPLE_ROWS;
    for path in paths {
        sample(path, &names, options, &mut guesses, &mut left)?;
    }
    let given = |name: &String| {
        options
            .types
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, data_type)| data_type.clone())
    };
    let fields: Vec<Field> = names
        .iter()
        .zip(guesses)
        .map(|(name, guess)| {
            Field::new(name, given(name).unwrap_or_else(|| guess.data_type()), true)
        })
        .collect();
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    same_headers(paths, options, &schema)?;
    Ok(schema)
}

/// Refuses files whose header differs: columns are taken by place.
pub(super) fn same_headers(paths: &[PathBuf], options: &CsvOptions, schema: &Schema) -> Result<()> {
    for path in paths.iter().filter(|_| options.header) {
        let found = names(path, options)?;
        let wanted = schema.fields().iter().map(|field| field.name());
        if !wanted.eq(found.iter()) {
            return Err(bad(
                path,
                format!(
                    "its columns are not those of the table: {}",
                    found.join(", ")
                ),
            ));
        }
    }
    Ok(())
}

/// A reader of columns that are known.
pub(super) fn reader(schema: SchemaRef, options: &CsvOptions) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new(schema)
        .with_header(options.header)
        .with_delimiter(options.delimiter)
        .with_quote(options.quote);
    if let Some(escape) = options.escape {
        builder = builder.with_escape(escape);
    }
    if let Some(null) = &options.null {
        builder = builder.with_null_regex(exactly(null));
    }
    builder
}

/// A regular expression for just this text.
fn exactly(text: &str) -> Regex {
    Regex::new(&format!("^(?:{})$", regex::escape(text)))
        .expect("an escaped text is a regular expression")
}

pub(super) fn open(path: &Path) -> Result<BufReader<File>> {
    File::open(path)
        .map(BufReader::new)
        .map_err(|cause| bad(path, cause))
}

fn names(path: &Path, options: &CsvOptions) -> Result<Vec<String>> {
    let format = Format::default()
        .with_header(options.header)
        .with_delimiter(options.delimiter)
        .with_quote(options.quote);
    let (schema, _) = format
        .infer_schema(open(path)?, Some(1))
        .map_err(|cause| bad(path, cause))?;
    if schema.fields().is_empty() {
        return Err(bad(path, "the file is empty"));
    }
    Ok(schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect())
}

/// Narrows the guesses by the first rows of a file.
fn sample(
    path: &Path,
    names: &[String],
    options: &CsvOptions,
    guesses: &mut [Guess],
    left: &mut usize,
) -> Result<()> {
    if *left == 0 {
        return Ok(());
    }
    let fields: Vec<Field> = names
        .iter()
        .map(|name| Field::new(name, DataType::Utf8, true))
        .collect();
    // Everything as it is written: what is NULL is looked at below.
    let plain = CsvOptions {
        null: None,
        ..options.clone()
    };
    let builder = reader(Arc::new(Schema::new(fields)), &plain).with_bounds(0, *left);
    let reader = builder
        .build_buffered(open(path)?)
        .map_err(|cause| bad(path, cause))?;
    for batch in reader {
        let batch = batch.map_err(|cause| bad(path, cause))?;
        *left = left.saturating_sub(batch.num_rows());
        for (guess, column) in guesses.iter_mut().zip(batch.columns()) {
            let texts = column.as_string::<i32>();
            let texts = (0..texts.len())
                .filter(|row| texts.is_valid(*row))
                .map(|row| texts.value(row));
            for text in texts.filter(|text| !is_null(text, options)) {
                *guess = guess.and(Guess::of(text));
            }
        }
    }
    Ok(())
}

fn is_null(text: &str, options: &CsvOptions) -> bool {
    match &options.null {
        Some(null) => text == null,
        None => text.is_empty(),
    }
}

/// What all values of a column so far can be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guess {
    Nothing,
    Boolean,
    Whole,
    Number,
    Date,
    Timestamp,
    /// With a time zone or offset.
    Instant,
    Text,
}

impl Guess {
    fn of(text: &str) -> Self {
        match text.as_bytes() {
            b"true" | b"false" => Self::Boolean,
            bytes if is_whole(bytes) => Self::Whole,
            bytes if is_number(bytes) => Self::Number,
            bytes => time(bytes).unwrap_or(Self::Text),
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, guess) | (guess, Self::Nothing) => guess,
            (a, b) if a == b => a,
            (Self::Whole, Self::Number) | (Self::Number, Self::Whole) => Self::Number,
            (Self::Date, Self::Timestamp) | (Self::Timestamp, Self::Date) => Self::Timestamp,
            _ => Self::Text,
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Whole => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Nothing | Self::Text => DataType::Utf8,
        }
    }
}

/// A whole number that reads back as it is written: `007` is a key, not seven.
fn is_whole(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let plain =
        matches!(digits, [b'0'] | [b'1'..=b'9', ..]) && digits.iter().all(u8::is_ascii_digit);
    plain && digits.len() <= 18
}

/// A decimal fraction or one with an exponent, again without leading zeros.
fn is_number(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let plain = matches!(digits, [b'0', b'.', ..] | [b'1'..=b'9', ..]);
    let known = digits
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+'));
    // Whole numbers over 18 digits would lose some of them.
    let fraction = digits.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    plain
        && known
        && fraction
        && std::str::from_utf8(digits).is_ok_and(|text| text.parse::<f64>().is_ok())
}

/// `2026-11-23`, or that with a time after `T` or a blank, to microseconds, perhaps with an offset.
fn time(bytes: &[u8]) -> Option<Guess> {
    let text = std::str::from_utf8(bytes).ok()?;
    let date = text.get(..10)?;
    chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let rest = &text[10..];
    if rest.is_empty() {
        return Some(Guess::Date);
    }
    let clock = rest.strip_prefix(['T', ' '])?;
    let (clock, zone) = match clock.find(['Z', '+', '-']) {
        Some(at) => clock.split_at(at),
        None => (clock, ""),
    };
    chrono::NaiveTime::parse_from_str(clock, "%H:%M:%S%.f").ok()?;
    let fraction = clock.split_once('.').map_or(0, |(_, digits)| digits.len());
    match zone {
        _ if fraction > 6 => None,
        "" => Some(Guess::Timestamp),
        "Z" => Some(Guess::Instant),
        _ => chrono::DateTime::parse_from_rfc3339(&format!("{date}T{clock}{zone}"))
            .ok()
            .map(|_| Guess::Instant),
    }
}

pub(super) fn bad(path: &Path, message: impl ToString) -> Error {
    Error::BadFile {
        path: path.display().to_string(),
        message: message.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_never_loses_a_digit() {
        let guess = |text| Guess::of(text);
        assert_eq!(guess("7"), Guess::Whole);
        assert_eq!(guess("-70"), Guess::Whole);
        assert_eq!(guess("007"), Guess::Text);
        assert_eq!(guess("9223372036854775808"), Guess::Text);
        assert_eq!(guess("7.50"), Guess::Number);
        assert_eq!(guess("1e3"), Guess::Number);
        assert_eq!(guess("00.5"), Guess::Text);
        assert_eq!(guess("1.2.3"), Guess::Text);
        assert_eq!(guess("true"), Guess::Boolean);
        assert_eq!(guess("2026-02-30"), Guess::Text);
        assert_eq!(guess("2026-02-28"), Guess::Date);
        assert_eq!(guess("2026-02-28T10:00:00.25"), Guess::Timestamp);
        assert_eq!(guess("2026-02-28 10:00:00Z"), Guess::Instant);
        assert_eq!(guess("2026-02-28 10:00:00.123456789"), Guess::Text);
    }
}
