//! The table of a glossary: its encoding, its delimiter, where its header is, and what its columns mean.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use super::words::WORDS;
use crate::{Diagnostic, Input, Location, Report, Severity};

/// How many lines may stand before the header.
const LINES_BEFORE_MAX: usize = 20;
/// How many columns a table may have.
const COLUMNS_MAX: usize = 1000;

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    Id,
    Name,
    Label,
    Definition,
    Synonyms,
    Abbreviations,
    Parent,
    Related,
    Owner,
    Domain,
    Status,
    Tags,
    Classification,
    Expression,
    Note,
    Example,
    Link,
}

/// A table of terms.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
}

/// A row that names a term.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) name: String,
    /// The cells that say something, by what their columns mean.
    pub(super) cells: Vec<(Heading, String)>,
    /// The other cells that say something, by their headings.
    pub(super) extras: Vec<(String, String)>,
}

impl Row {
    /// Gives the cell of a heading.
    pub(super) fn one(&self, heading: Heading) -> Option<&str> {
        let found = self.cells.iter().find(|(known, _)| *known == heading)?;
        Some(&found.1)
    }
}

/// Says whether the start of a document is that of a glossary: a header with a term and something said of it.
pub(crate) fn is_glossary(head: &[u8]) -> bool {
    let (text, _) = decoded(head);
    let Some((header, _)) = find_header(&text) else {
        return false;
    };
    let has = |wanted| {
        header
            .columns
            .iter()
            .any(|column| matches!(column, Column::Means(heading) if *heading == wanted))
    };
    has(Heading::Definition) || has(Heading::Synonyms)
}

impl Table {
    /// Reads a table; what keeps it from being one is reported.
    pub(super) fn open(input: &Input, report: &mut Report) -> Option<Self> {
        let (text, is_legacy) = decoded(&input.bytes);
        if is_legacy {
            let message = "this is not UTF-8 and was read as Windows-1252, as Excel writes it";
            report.note("legacy_encoding", message, Location::file(&input.name));
        }
        let Some((header, rows)) = find_header(&text) else {
            let message = "no line names the columns of a glossary";
            let at = Location::file(&input.name);
            let error = Diagnostic::new(Severity::Error, "no_header", message, at);
            report.push(error.hint("the header needs a column `term` or `name`, and one more such as `definition`, `synonyms`, `parent`, `domain` or `owner`"));
            report.skipped += 1;
            return None;
        };
        for name in &header.unknown {
            let message = format!("column `{name}` has no meaning here and is kept as it is");
            report.note(
                "unknown_column",
                message,
                Location::file(&input.name).line(header.line).key(name),
            );
        }
        let rows = rows
            .into_iter()
            .filter_map(|(line, record)| header.row(line, &record, input, report));
        Some(Self {
            rows: rows.collect(),
        })
    }
}

/// A column of the table.
#[derive(Clone, Debug)]
enum Column {
    Means(Heading),
    Extra(String),
    /// It has no heading.
    Nameless(usize),
}

struct Header {
    line: u64,
    columns: Vec<Column>,
    unknown: Vec<String>,
}

type Records = Vec<(u64, StringRecord)>;

/// Finds the header and gives what stands below it.
fn find_header(text: &str) -> Option<(Header, Records)> {
    let (text, told) = told_delimiter(text);
    let delimiters = told.map_or_else(|| vec![b',', b';', b'\t', b'|'], |one| vec![one]);
    let found = delimiters
        .into_iter()
        .filter_map(|delimiter| header_with(text, delimiter));
    // Where two delimiters give a header, the one that gives more columns their meaning is right.
    found.max_by_key(|(header, _)| {
        header
            .columns
            .iter()
            .filter(|column| matches!(column, Column::Means(_)))
            .count()
    })
}

/// Excel's first line `sep=;`, which is blanked so that lines keep their numbers.
fn told_delimiter(text: &str) -> (&str, Option<u8>) {
    let line = text.lines().next().unwrap_or_default();
    let told = line.trim().strip_prefix("sep=").map(str::as_bytes);
    match told {
        Some([one]) => (&text[line.len()..], Some(*one)),
        _ => (text, None),
    }
}

fn header_with(text: &str, delimiter: u8) -> Option<(Header, Records)> {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let mut header = None;
    for _ in 0..LINES_BEFORE_MAX {
        let record = records.next()?.ok()?;
        header = Header::of(&record, line_of(text, &record));
        if header.is_some() {
            break;
        }
    }
    let header = header?;
    // The text is UTF-8 and rows may be of any length, so no record is an error.
    let rows = records
        .filter_map(Result::ok)
        .map(|record| (line_of(text, &record), record));
    Some((header, rows.collect()))
}

/// The line that a record starts in: the reader gives the place before the empty lines above it.
fn line_of(text: &str, record: &StringRecord) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let breaks = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    position.line() + breaks.filter(|byte| **byte == b'\n').count() as u64
}

impl Header {
    /// Takes a record as the header when it names terms and says something else of them.
    fn of(record: &StringRecord, line: u64) -> Option<Self> {
        if record.len() > COLUMNS_MAX {
            return None;
        }
        let plain: Vec<String> = record.iter().map(plain).collect();
        let mut columns: Vec<Option<Column>> = vec![None; plain.len()];
        for (heading, words) in WORDS {
            // A display name is a name where there is no better one.
            let found = words.iter().find_map(|word| {
                let at = plain.iter().position(|heading| heading == word)?;
                columns.get(at)?.is_none().then_some(at)
            });
            if let Some(column) = found.and_then(|at| columns.get_mut(at)) {
                *column = Some(Column::Means(heading));
            }
        }
        acronyms_are_names(&mut columns);
        let means = |wanted| means(&columns, wanted);
        let known = columns.iter().flatten().count();
        if !(means(Heading::Name) || means(Heading::Label)) || known < 2 {
            return None;
        }
        let mut unknown = Vec::new();
        let columns = columns.into_iter().zip(record).enumerate();
        let columns = columns
            .map(|(at, (column, heading))| {
                column.unwrap_or_else(|| {
                    let heading = heading.trim();
                    if heading.is_empty() {
                        return Column::Nameless(at + 1);
                    }
                    unknown.push(heading.to_owned());
                    Column::Extra(heading.to_owned())
                })
            })
            .collect();
        Some(Self {
            line,
            columns,
            unknown,
        })
    }

    fn row(
        &self,
        line: u64,
        record: &StringRecord,
        input: &Input,
        report: &mut Report,
    ) -> Option<Row> {
        let mut row = Row {
            line,
            name: String::new(),
            cells: Vec::new(),
            extras: Vec::new(),
        };
        for (at, cell) in record.iter().enumerate() {
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            match self.columns.get(at) {
                Some(Column::Means(Heading::Name)) => cell.clone_into(&mut row.name),
                Some(Column::Means(heading)) => row.cells.push((*heading, cell.to_owned())),
                Some(Column::Extra(heading)) => row.extras.push((heading.clone(), cell.to_owned())),
                Some(Column::Nameless(number)) => {
                    row.extras
                        .push((format!("column{number}"), cell.to_owned()));
                }
                None => {
                    row.extras
                        .push((format!("column{}", at + 1), cell.to_owned()));
                    let message = "the row has more cells than the header has columns; the further ones are kept as they are";
                    report.warning("long_row", message, Location::file(&input.name).line(line));
                }
            }
        }
        if row.cells.is_empty() && row.extras.is_empty() && row.name.is_empty() {
            return None;
        }
        if row.name.is_empty() {
            let Some(label) = row.one(Heading::Label).map(str::to_owned) else {
                let message = "the row names no term and is left out";
                let at = Location::file(&input.name).line(line);
                report.warning("missing_name", message, at);
                report.skipped += 1;
                return None;
            };
            row.name = label;
        }
        Some(row)
    }
}

fn means(columns: &[Option<Column>], wanted: Heading) -> bool {
    columns
        .iter()
        .any(|column| matches!(column, Some(Column::Means(heading)) if *heading == wanted))
}

/// In a list of abbreviations with what they mean, these are the names of the terms.
fn acronyms_are_names(columns: &mut [Option<Column>]) {
    let is_named = means(columns, Heading::Name) || means(columns, Heading::Label);
    if is_named || !means(columns, Heading::Definition) {
        return;
    }
    for column in columns {
        if matches!(column, Some(Column::Means(Heading::Abbreviations))) {
            *column = Some(Column::Means(Heading::Name));
        }
    }
}

/// A heading without what differs from writer to writer: signs, case, accents.
fn plain(heading: &str) -> String {
    heading
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .map(without_accent)
        .collect()
}

fn without_accent(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

/// Gives the text of a document; what is not UTF-8 is read as Windows-1252, and that is said.
fn decoded(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.trim_start_matches('\u{feff}').into(), false),
        // The start of a document may end within a character.
        Err(error) if error.error_len().is_none() => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            (String::from_utf8_lossy(whole), false)
        }
        Err(_) => (
            bytes
                .iter()
                .map(|byte| windows_1252(*byte))
                .collect::<String>()
                .into(),
            true,
        ),
    }
}

/// The characters of Windows-1252 that are not those of Latin 1, from 0x80 on.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    let special = byte
        .checked_sub(0x80)
        .and_then(|at| WINDOWS.get(usize::from(at)));
    special.copied().unwrap_or(char::from(byte))
}
