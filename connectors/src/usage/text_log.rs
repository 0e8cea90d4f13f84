//! PostgreSQL's log as text, whatever its `log_line_prefix`.

use super::entry::Entry;
use super::moment;
use super::session::{Event, Sessions};
use crate::{Input, Report};

/// The words by which records start, behind the prefix.
const SEVERITIES: [&str; 17] = [
    "LOG",
    "ERROR",
    "STATEMENT",
    "DETAIL",
    "HINT",
    "CONTEXT",
    "QUERY",
    "LOCATION",
    "WARNING",
    "NOTICE",
    "INFO",
    "FATAL",
    "PANIC",
    "DEBUG",
    "DEBUG1",
    "DEBUG2",
    "DEBUG3",
];

/// How long a prefix may be, in bytes.
const PREFIX_MAX: usize = 400;

/// How long a record may be, in bytes; what is longer is cut.
const RECORD_MAX: usize = 8 << 20;

/// Says whether a word is one by which records start.
pub(super) fn is_severity(word: &str) -> bool {
    SEVERITIES.contains(&word)
}

/// A line that starts a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start<'l> {
    pub(super) prefix: &'l str,
    pub(super) severity: &'l str,
    pub(super) message: &'l str,
}

/// Takes a line apart that starts a record.
pub(super) fn start(line: &str) -> Option<Start<'_>> {
    if line.starts_with('\t') {
        return None;
    }
    let mut from = 0;
    while let Some(found) = line.get(from..)?.find(":  ") {
        let colon = from + found;
        if colon > PREFIX_MAX {
            return None;
        }
        let word = line[..colon]
            .rfind(|c: char| !c.is_ascii_alphanumeric())
            .map_or(0, |at| {
                at + line[at..].chars().next().map_or(1, char::len_utf8)
            });
        let severity = &line[word..colon];
        if is_severity(severity) {
            let prefix = &line[..word];
            // A line of SQL may hold such a word too; a prefix starts with a time, a number or a bracket.
            let plausible = prefix.is_empty() || time_in(prefix).is_some() || prefix.contains('[');
            return plausible.then(|| Start {
                prefix,
                severity,
                message: &line[colon + 3..],
            });
        }
        from = colon + 3;
    }
    None
}

/// Says whether a line is one of a log that tells of statements.
pub(super) fn is_log(line: &str) -> bool {
    start(line).is_some()
}

/// Reads a log.
pub(super) fn read(input: &Input, report: &mut Report, sink: &mut dyn FnMut(Entry)) {
    let text = String::from_utf8_lossy(&input.bytes);
    let mut records = Records::default();
    for line in text.lines() {
        records.line(line, sink);
    }
    records.finish(sink);
    report.skipped += records.strays;
}

/// Lines put together to records.
#[derive(Default)]
pub(super) struct Records {
    sessions: Sessions,
    current: Option<Event>,
    /// Lines that belong to no record.
    pub(super) strays: u64,
}

impl Records {
    /// Takes a line.
    pub(super) fn line(&mut self, line: &str, sink: &mut dyn FnMut(Entry)) {
        match start(line) {
            Some(start) => {
                self.flush(sink);
                self.current = Some(event(&start));
            }
            None => match &mut self.current {
                Some(event) if event.message.len() + line.len() < RECORD_MAX => {
                    event.message.push('\n');
                    event
                        .message
                        .push_str(line.strip_prefix('\t').unwrap_or(line));
                }
                Some(_) => {}
                None => self.strays += u64::from(!line.trim().is_empty()),
            },
        }
    }

    fn flush(&mut self, sink: &mut dyn FnMut(Entry)) {
        if let Some(event) = self.current.take() {
            self.sessions.event(&event, sink);
        }
    }

    /// Ends the log.
    pub(super) fn finish(&mut self, sink: &mut dyn FnMut(Entry)) {
        self.flush(sink);
        self.sessions.finish(sink);
    }
}

fn event(start: &Start<'_>) -> Event {
    let (user, database) = user_and_database(start.prefix);
    Event {
        session: session_in(start.prefix),
        user,
        database,
        application: value_in(
            start.prefix,
            &["app", "appli", "application", "application_name", "appname"],
        ),
        time: time_in(start.prefix),
        severity: start.severity.to_owned(),
        message: start.message.to_owned(),
        statement: None,
    }
}

/// Finds `2026-11-22 16:02:56.619 UTC` or a number of seconds in a prefix.
fn time_in(prefix: &str) -> Option<i64> {
    let bytes = prefix.as_bytes();
    let is_date = |at: &usize| {
        let date = &bytes[*at..(*at + 19).min(bytes.len())];
        date.len() == 19
            && date[4] == b'-'
            && date[7] == b'-'
            && date[13] == b':'
            && date[16] == b':'
            && date[0].is_ascii_digit()
    };
    if let Some(at) = (0..bytes.len().saturating_sub(18)).find(is_date) {
        let rest = prefix.get(at..)?;
        let second = rest.get(19..)?;
        let fraction = second
            .find(|c: char| c != '.' && !c.is_ascii_digit())
            .unwrap_or(second.len());
        let zone = second.get(fraction..)?.strip_prefix(' ').map(|zone| {
            let end = zone
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '-')
                .unwrap_or(zone.len());
            &zone[..end]
        });
        // Only an offset in figures says more than the name of a zone.
        let offset = zone.filter(|zone| zone.starts_with(['+', '-']));
        let moment = rest.get(..19 + fraction)?;
        return match offset {
            Some(offset) => {
                moment::read(&format!("{moment} {offset}")).or_else(|| moment::read(moment))
            }
            None => moment::read(moment),
        };
    }
    let number = prefix
        .split(|c: char| c.is_whitespace() || c == '[')
        .find(|word| word.len() > 9)?;
    let digits = number.trim_matches(|c: char| !c.is_ascii_digit());
    (digits.len() >= 10).then(|| moment::read(digits)).flatten()
}

/// Finds the number of the process: the first brackets with figures in them, else a session's own name.
fn session_in(prefix: &str) -> String {
    for inside in prefix.split('[').skip(1) {
        let digits = inside.split([']', '-']).next().unwrap_or_default();
        if !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) {
            return digits.to_owned();
        }
    }
    value_in(prefix, &["session", "pid", "c", "p"]).unwrap_or_default()
}

/// Finds `user=ann`, however it is set apart.
fn value_in(prefix: &str, keys: &[&str]) -> Option<String> {
    let words = prefix
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']' | '(' | ')' | '|'));
    let pairs = words.filter_map(|word| word.split_once('='));
    let mut found =
        pairs.filter(|(key, _)| keys.iter().any(|known| key.eq_ignore_ascii_case(known)));
    let (_, value) = found.next()?;
    let value = value.trim_matches(['"', '\'', ':']);
    (!value.is_empty()).then(|| value.to_owned())
}

fn user_and_database(prefix: &str) -> (Option<String>, Option<String>) {
    let user = value_in(prefix, &["user", "usr", "u", "username"]);
    let database = value_in(prefix, &["db", "database", "d", "dbname"]);
    if user.is_some() || database.is_some() {
        return (user, database);
    }
    // `ann@shop`, as in the prefixes of Debian and RDS.
    let words =
        prefix.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '[' | ']' | '(' | ')'));
    let mut words = words;
    let pair = words.find_map(|word| word.split_once('@'));
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    pair.map_or((None, None), |(user, database)| {
        (part(user), part(database))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: [Option<&str>; 4]) {
        let start = start(line).unwrap_or_else(|| panic!("{line}"));
        let event = event(&start);
        let session = Some(event.session.as_str()).filter(|session| !session.is_empty());
        let found = [
            event.user.as_deref(),
            event.database.as_deref(),
            event.application.as_deref(),
            session,
        ];
        assert_eq!(found, expected, "{line}");
        assert_eq!(event.message, "duration: 1 ms");
    }

    #[test]
    fn prefixes_of_many_kinds_are_read() {
        for (line, expected) in [
            (
                "2021-12-03 07:14:48.591 UTC [4913] user=ann,db=shop LOG:  duration: 1 ms",
                [Some("ann"), Some("shop"), None, Some("4913")],
            ),
            (
                "2023-03-07 09:06:08 CET [13]: [247-1] [0] usr=ann,db=shop,appli=web LOG:  duration: 1 ms",
                [Some("ann"), Some("shop"), Some("web"), Some("13")],
            ),
            (
                "2025-01-21 18:38:06.453 CET [7] ann@shop LOG:  duration: 1 ms",
                [Some("ann"), Some("shop"), None, Some("7")],
            ),
            (
                "2020-03-11 20:40:44 CET:[local]:ann@shop:[12]:LOG:  duration: 1 ms",
                [Some("ann"), Some("shop"), None, Some("12")],
            ),
            (
                "2020-03-11 20:40:44 CET::@:[12]:LOG:  duration: 1 ms",
                [None, None, None, Some("12")],
            ),
            (
                "1583955644.123 [12] LOG:  duration: 1 ms",
                [None, None, None, Some("12")],
            ),
            ("LOG:  duration: 1 ms", [None, None, None, None]),
        ] {
            check(line, expected);
        }
        for line in [
            "\tLOG:  x",
            "select 'LOG:  x'",
            "where a = 'ERROR:  b'",
            "",
            "no record",
        ] {
            assert_eq!(start(line), None, "{line}");
        }
        assert_eq!(
            time_in("2020-03-11 20:40:44.5 +0100 ["),
            Some(1_583_955_644)
        );
    }
}
