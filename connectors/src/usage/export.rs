//! Histories as tables and objects: CSV with a header, JSON, JSON lines.

use std::fmt;

use csv::{ReaderBuilder, StringRecord};
use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::record::{has_statement, take};
use super::sink::Sink;
use super::touched;
use crate::{Input, Location, Report, json};

/// Gives the names of the columns of a table with a header.
pub(super) fn header(head: &[u8]) -> Option<Vec<String>> {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter(head))
        .from_reader(head);
    let header = reader.byte_headers().ok()?;
    let names: Vec<String> = header
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim().to_owned())
        .collect();
    (names.len() > 1).then_some(names)
}

/// Gives what stands between the columns of the first line.
fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let signs = [(b'|', '|'), (b'\t', '\t'), (b';', ';'), (b',', ',')];
    let most = signs
        .into_iter()
        .max_by_key(|(_, sign)| line.matches(*sign).count());
    most.map_or(b',', |(byte, _)| byte)
}

/// Reads a table with a header.
pub(super) fn read_csv(input: &Input, report: &mut Report, sink: &mut Sink<'_, '_>) {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter(&input.bytes))
        .from_reader(input.bytes.as_slice());
    let Some(names) = header(&input.bytes) else {
        return;
    };
    let mut record = csv::ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let at = Location::file(&input.name).line(reader.position().line());
                report.error(
                    "bad_csv",
                    format!("the rest could not be read: {error}"),
                    at,
                );
                return;
            }
        }
        let record = StringRecord::from_byte_record_lossy(record.clone());
        let pairs = names
            .iter()
            .zip(&record)
            // `\N` is how tables without a header for it write what is missing.
            .filter(|(_, value)| !value.is_empty() && *value != "\\N");
        let object: Map<String, Value> = pairs
            .map(|(name, value)| (name.clone(), Value::String(value.to_owned())))
            .collect();
        let line = record.position().map_or(0, csv::Position::line);
        take(&Value::Object(object), input, line, report, sink);
    }
}

/// Reads one object a line.
pub(super) fn read_lines(input: &Input, report: &mut Report, sink: &mut Sink<'_, '_>) {
    let lines = input.bytes.split(|byte| *byte == b'\n');
    for (line, bytes) in (1..).zip(lines) {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match json::parse(bytes) {
            Ok(object) => take(&object, input, line, report, sink),
            Err(error) => {
                let at = Location::file(&input.name)
                    .line(line)
                    .column(error.column() as u64);
                // One statement less is no loss of what a log says as a whole.
                report.warning("bad_json", json::plain_message(&error), at);
                report.skipped += 1;
            }
        }
    }
}

/// Reads a list of objects, one at a time, or an object that holds one.
pub(super) fn read_json(input: &Input, report: &mut Report, sink: &mut Sink<'_, '_>) {
    let start = input.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let mut deserializer = serde_json::Deserializer::from_slice(&input.bytes);
    let result = if start == Some(&b'[') {
        let mut place = 0;
        let mut each = |object: Value| {
            place += 1;
            take(&object, input, place, report, sink);
        };
        Each(&mut each).deserialize(&mut deserializer)
    } else {
        // Several objects one behind the other, or one that holds a list.
        let mut read = Ok(());
        for object in serde_json::Deserializer::from_slice(&input.bytes).into_iter::<Value>() {
            match object {
                Ok(object) => take_all(&object, input, report, sink),
                Err(error) => read = Err(error),
            }
            if read.is_err() {
                break;
            }
        }
        read
    };
    if let Err(error) = result {
        let (line, column) = json::place_of(&error);
        let at = Location::file(&input.name).line(line).column(column);
        report.error("bad_json", json::plain_message(&error), at);
        report.skipped += 1;
    }
}

fn take_all(object: &Value, input: &Input, report: &mut Report, sink: &mut Sink<'_, '_>) {
    if has_statement(object) || touched::has_objects(object) {
        return take(object, input, 1, report, sink);
    }
    let lists = object
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .filter_map(Value::as_array);
    for list in lists {
        for (place, item) in (1..).zip(list) {
            if item.is_object() {
                take(item, input, place, report, sink);
            }
        }
    }
}

/// Gives the items of a list, one at a time.
struct Each<'a>(&'a mut dyn FnMut(Value));

impl<'de> DeserializeSeed<'de> for Each<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Each<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of statements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Value>()? {
            (self.0)(item);
        }
        Ok(())
    }
}
