//! PostgreSQL's `csvlog`.

use csv::{ByteRecord, ReaderBuilder};

use super::entry::Entry;
use super::moment;
use super::session::{Event, Sessions};
use super::text_log::is_severity;
use crate::{Input, Location, Report};

/// The places of the columns, which only grew in number from version to version.
const TIME: usize = 0;
const USER: usize = 1;
const DATABASE: usize = 2;
const SESSION: usize = 5;
const SEVERITY: usize = 11;
const MESSAGE: usize = 13;
const STATEMENT: usize = 19;
const APPLICATION: usize = 22;

/// The fewest columns that any version writes.
const COLUMNS_MIN: usize = 22;

fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes)
}

/// Says whether a document starts as a csvlog does.
pub(super) fn is_log(head: &[u8]) -> bool {
    let mut record = ByteRecord::new();
    let read = reader(head).read_byte_record(&mut record);
    read.is_ok_and(|more| more) && is_record(&record)
}

fn is_record(record: &ByteRecord) -> bool {
    let severity = record.get(SEVERITY).map(String::from_utf8_lossy);
    record.len() >= COLUMNS_MIN && severity.is_some_and(|severity| is_severity(&severity))
}

/// Reads a csvlog.
pub(super) fn read(input: &Input, report: &mut Report, sink: &mut dyn FnMut(Entry)) {
    let mut sessions = Sessions::default();
    let mut reader = reader(&input.bytes);
    let mut record = ByteRecord::new();
    let mut odd = 0;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let at = Location::file(&input.name).line(reader.position().line());
                report.error(
                    "bad_csv",
                    format!("the rest could not be read: {error}"),
                    at,
                );
                break;
            }
        }
        if !is_record(&record) {
            if odd == 0 {
                let line = record.position().map_or(0, csv::Position::line);
                let at = Location::file(&input.name).line(line);
                report.warning(
                    "bad_record",
                    "this is no record of a csvlog; it and others like it were left out",
                    at,
                );
            }
            odd += 1;
            continue;
        }
        sessions.event(&event(&record), sink);
    }
    report.skipped += odd;
    sessions.finish(sink);
}

fn event(record: &ByteRecord) -> Event {
    let text = |place: usize| -> Option<String> {
        let field = record.get(place)?;
        (!field.is_empty()).then(|| String::from_utf8_lossy(field).into_owned())
    };
    Event {
        session: text(SESSION).unwrap_or_default(),
        user: text(USER),
        database: text(DATABASE),
        application: text(APPLICATION),
        time: text(TIME).as_deref().and_then(moment::read),
        severity: text(SEVERITY).unwrap_or_default(),
        message: text(MESSAGE).unwrap_or_default(),
        statement: text(STATEMENT),
    }
}
