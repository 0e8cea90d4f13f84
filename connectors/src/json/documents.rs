//! Files of one JSON value, or of many one behind the other.

use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

use super::{Troubles, parse_noting, place_of, plain_message};
use crate::{Input, Report};

/// Reads files of JSON: gives each value in them with the place where its troubles go.
///
/// A file holds one value, or many one behind the other, such as one a line. A file that is broken is an error with its
/// place; of many values the sound ones are given all the same. A file that none of this made anything of, though it is
/// sound, is reported too.
pub(crate) fn documents(
    inputs: Vec<Input>,
    report: &mut Report,
    mut each: impl FnMut(Value, Troubles<'_>),
) {
    for input in inputs {
        let before = said(report);
        file(&input, report, &mut each);
        if said(report) == before {
            let message = "the document holds nothing that this kind is about";
            let at = crate::Location::file(&input.name);
            report.warning("holds_nothing", message, at);
            report.skipped += 1;
        }
    }
}

/// Everything that a report says, counted.
fn said(report: &Report) -> (u64, u64, usize) {
    let diagnostics = report.diagnostics.len() as u64 + report.further.values().sum::<u64>();
    let understood = report.understood.values().sum();
    (diagnostics, understood, report.understood.len())
}

fn file(input: &Input, report: &mut Report, each: &mut impl FnMut(Value, Troubles<'_>)) {
    let mut troubles = Troubles {
        report,
        file: &input.name,
        line: None,
    };
    match parse_noting(&input.bytes) {
        Ok((value, notes)) => {
            notes.report(&mut troubles);
            each(value, troubles);
        }
        Err(_) if starts_with_a_value(&input.bytes) => many(input, troubles.report, each),
        Err(error) => bad_json(&error, 0, &mut troubles),
    }
}

/// Reports a text that is no JSON, so many lines into its file.
pub(super) fn bad_json(error: &serde_json::Error, lines: u64, troubles: &mut Troubles<'_>) {
    let (line, column) = place_of(error);
    let at = troubles.at("").line(lines + line).column(column);
    troubles.report.error("bad_json", plain_message(error), at);
    troubles.report.skipped += 1;
}

/// Whether a whole list or object comes first, behind which there is more.
fn starts_with_a_value(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let is_composed = start.starts_with(b"{") || start.starts_with(b"[");
    let Some((length, None)) = next_value(start) else {
        return false;
    };
    is_composed && !start[length..].trim_ascii().is_empty()
}

/// Gives how many bytes the first value takes, or the error it ends in; `None` at the end of the text.
fn next_value(bytes: &[u8]) -> Option<(usize, Option<serde_json::Error>)> {
    let mut values = Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    let first = values.next()?;
    Some((values.byte_offset(), first.err()))
}

/// Reads values one behind the other; behind one that is broken, from the next line on.
fn many(input: &Input, report: &mut Report, each: &mut impl FnMut(Value, Troubles<'_>)) {
    let mut rest = input.bytes.as_slice();
    let mut lines = 0;
    loop {
        let start = rest.trim_ascii_start();
        lines += newlines(&rest[..rest.len() - start.len()]);
        let Some((length, error)) = next_value(start) else {
            return;
        };
        let mut troubles = Troubles {
            report,
            file: &input.name,
            line: Some(lines + 1),
        };
        let taken = match error {
            None => {
                match parse_noting(&start[..length]) {
                    Ok((value, notes)) => {
                        notes.report(&mut troubles);
                        each(value, troubles);
                    }
                    Err(error) => bad_json(&error, lines, &mut troubles),
                }
                length
            }
            Some(error) => {
                let line = line_of(start, error.line());
                // What only a mended text says may still be said by a whole line.
                match parse_noting(start[..line].trim_ascii()) {
                    Ok((value, notes)) => {
                        notes.report(&mut troubles);
                        each(value, troubles);
                    }
                    Err(_) => bad_json(&error, lines, &mut troubles),
                }
                line
            }
        };
        lines += newlines(&start[..taken]);
        rest = &start[taken..];
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    (bytes.split(|byte| *byte == b'\n').count() - 1) as u64
}

/// Gives how many bytes so many lines take.
fn line_of(bytes: &[u8], lines: usize) -> usize {
    let mut ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let end = ends.nth(lines.max(1) - 1);
    end.map_or(bytes.len(), |(place, _)| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    /// What is given of a text, and what is complained of.
    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let mut report = Report::new(Kind::DataJson);
        let mut values = Vec::new();
        documents(
            vec![Input::text("x.json", text)],
            &mut report,
            |value, troubles| {
                troubles.report.understood("value");
                values.push(value.to_string());
            },
        );
        let said = report.diagnostics.iter().map(ToString::to_string);
        (values, said.collect())
    }

    #[test]
    fn one_value_is_given_and_many_one_behind_the_other() {
        assert_eq!(read("{\"a\": 1}\n").0, ["{\"a\":1}"]);
        let many = "{\"a\": 1}\n\n{\n \"a\": 2\n}\n[3] {\"a\": NaN}\n";
        let (values, said) = read(many);
        assert_eq!(values, ["{\"a\":1}", "{\"a\":2}", "[3]", "{\"a\":null}"]);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("x.json:6"), "{said:?}");
    }

    #[test]
    fn of_many_the_broken_ones_are_reported_with_their_lines() {
        let (values, said) = read("{\"a\": 1}\n{\"a\": ,}\n{\"a\": 3}\nnonsense\n{\"a\": 5}\n{\"a");
        assert_eq!(values, ["{\"a\":1}", "{\"a\":3}", "{\"a\":5}"]);
        let places: Vec<&str> = said.iter().map(|line| &line[..8]).collect();
        assert_eq!(places, ["x.json:2", "x.json:4", "x.json:6"]);
    }

    #[test]
    fn one_broken_value_is_one_error() {
        for text in ["{\n\"a\": ,\n\"b\": 1\n}", "{\"a\": [", "nonsense", "{} x"] {
            let (_, said) = read(text);
            assert_eq!(said.len(), 1, "{text} {said:?}");
            assert!(said[0].contains("x.json:"), "{said:?}");
        }
    }

    #[test]
    fn a_document_that_says_nothing_is_reported() {
        let mut report = Report::new(Kind::DataJson);
        documents(
            vec![Input::text("x.json", "{\"data\": []}")],
            &mut report,
            |_, _| {},
        );
        assert_eq!(report.count("holds_nothing"), 1);
    }
}
