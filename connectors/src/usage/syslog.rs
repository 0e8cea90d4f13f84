//! PostgreSQL's log as syslog carries it: long records in several lines, characters escaped.

use super::entry::Entry;
use super::text_log::Records;
use crate::{Input, Report};

/// The length up to which PostgreSQL fills a line before it starts another, less what a break at a blank may leave.
const NEARLY_FULL: usize = 800;

/// A line of syslog.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line<'l> {
    process: &'l str,
    /// The number of the record and of the line in it, where PostgreSQL writes them.
    number: Option<(u64, u64)>,
    text: &'l str,
}

/// Says whether a line is one of syslog that PostgreSQL wrote.
pub(super) fn is_log(line: &str) -> bool {
    parse(line).is_some()
}

/// Takes `Nov 22 16:02:56 host postgres[7649]: [5-1] text` apart, and `<134>1 time host postgres 7649 - - [5-1] text`.
fn parse(line: &str) -> Option<Line<'_>> {
    let start = line.find("postgres")?;
    // The name of the program stands near the start, behind time and host.
    if start > 200 || !line[..start].contains(' ') {
        return None;
    }
    let rest = &line[start..];
    let end = rest.find(|c: char| c == '[' || c.is_whitespace())?;
    let rest = &rest[end..];
    let (process, text) = if let Some(inside) = rest.strip_prefix('[') {
        let (process, text) = inside.split_once("]:")?;
        (process, text)
    } else {
        let (process, text) = rest.trim_start().split_once(' ')?;
        let text = text
            .strip_prefix("- - ")
            .or_else(|| text.strip_prefix("- "))?;
        (process, text)
    };
    if process.is_empty() || !process.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let text = text.strip_prefix(' ').unwrap_or(text);
    let number = text
        .strip_prefix('[')
        .and_then(|inside| inside.split_once("] "))
        .and_then(|(number, text)| {
            let (record, line) = number.split_once('-')?;
            Some(((record.parse().ok()?, line.parse().ok()?), text))
        });
    Some(match number {
        Some((number, text)) => Line {
            process,
            number: Some(number),
            text,
        },
        None => Line {
            process,
            number: None,
            text,
        },
    })
}

/// A record whose lines are still coming.
struct Open {
    process: String,
    record: u64,
    text: String,
    /// The length of the last line.
    last: usize,
}

/// Reads a log.
pub(super) fn read(input: &Input, report: &mut Report, sink: &mut dyn FnMut(Entry)) {
    let text = String::from_utf8_lossy(&input.bytes);
    let mut records = Records::default();
    let mut open: Option<Open> = None;
    let mut others = 0_u64;
    for raw in text.lines() {
        let Some(line) = parse(raw) else {
            others += u64::from(!raw.trim().is_empty());
            continue;
        };
        let part = unescaped(line.text);
        match (&mut open, line.number) {
            (Some(record), Some((number, place)))
                if place > 1 && record.record == number && record.process == line.process =>
            {
                record.add(&part);
                continue;
            }
            _ => {}
        }
        if let Some(record) = open.take() {
            record.give(&mut records, sink);
        }
        open = Some(Open {
            process: line.process.to_owned(),
            record: line.number.map_or(0, |(record, _)| record),
            last: part.len(),
            text: part,
        });
    }
    if let Some(record) = open.take() {
        record.give(&mut records, sink);
    }
    records.finish(sink);
    report.skipped += records.strays + others;
}

impl Open {
    /// Adds a line: a full one was broken at a blank, which starts the next, or within a word; another ended there.
    fn add(&mut self, part: &str) {
        let was_full = self.last >= NEARLY_FULL;
        if !was_full && !part.starts_with('\n') {
            self.text.push('\n');
        }
        self.last = part.len();
        self.text.push_str(part);
    }

    fn give(self, records: &mut Records, sink: &mut dyn FnMut(Entry)) {
        let Self { process, text, .. } = self;
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        // The process stands in syslog's own prefix, and need not be in PostgreSQL's.
        let mark = format!("[{process}]");
        let first = if first.contains(&mark) {
            first.to_owned()
        } else {
            format!("{mark} {first}")
        };
        records.line(&first, sink);
        for line in lines {
            // What follows is part of the record, whatever it looks like.
            records.line(&format!("\t{line}"), sink);
        }
    }
}

/// Turns `#011` back into the character that syslog wrote so.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('#') {
        out.push_str(&rest[..at]);
        let code = rest
            .get(at + 1..at + 4)
            .filter(|code| code.bytes().all(|byte| (b'0'..=b'7').contains(&byte)));
        if let Some(code) = code
            .and_then(|code| u8::from_str_radix(code, 8).ok())
            .filter(|code| *code < 32 && *code > 0)
        {
            out.push(char::from(code));
            rest = &rest[at + 4..];
        } else {
            out.push('#');
            rest = &rest[at + 1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut report = Report::default();
        read(&Input::text("x", text), &mut report, &mut |entry| {
            found.push(entry.sql);
        });
        found
    }

    #[test]
    fn lines_of_one_record_come_together() {
        let text = "\
Nov 22 16:02:56 db1 postgres[77]: [5-1] user=ann,db=shop LOG:  statement: select a,
Nov 22 16:02:56 db1 cron[1]: something else
Nov 22 16:02:56 db1 postgres[77]: [5-2] #011b # c
Nov 22 16:02:56 db1 postgres[77]: [5-3] from t
Nov 22 16:02:57 db1 postgres[77]: [6-1] user=ann,db=shop LOG:  duration: 3 ms
<134>1 2026-11-22T16:02:58Z db1 postgres 78 - - [1-1] LOG:  duration: 1 ms  statement: select 2";
        assert_eq!(statements(text), ["select a,\n\tb # c\nfrom t", "select 2"]);
    }

    #[test]
    fn a_line_that_was_full_goes_on_without_a_break() {
        let long = format!("select '{}", "x".repeat(900));
        let text = format!(
            "Nov 22 16:02:56 h postgres[7]: [5-1] LOG:  statement: {long}\nNov 22 16:02:56 h postgres[7]: [5-2] yz' from t"
        );
        assert_eq!(statements(&text), [format!("{long}yz' from t")]);
    }
}
