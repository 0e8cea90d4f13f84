//! Sessions of PostgreSQL: a statement and how it ended are records of their own.

use rustc_hash::FxHashMap;

use super::entry::Entry;

/// One record of a log.
#[derive(Clone, Debug, Default)]
pub(super) struct Event {
    /// What the records of one session have in common.
    pub(super) session: String,
    pub(super) user: Option<String>,
    pub(super) database: Option<String>,
    pub(super) application: Option<String>,
    pub(super) time: Option<i64>,
    /// `LOG`, `ERROR`, `STATEMENT`, ...
    pub(super) severity: String,
    pub(super) message: String,
    /// The statement that an error is about, where the record holds it.
    pub(super) statement: Option<String>,
}

/// What is known of a session.
#[derive(Clone, Debug, Default)]
struct Session {
    /// A statement of which it is not known yet how it ended.
    pending: Option<Entry>,
    /// Whether the last error was counted with its statement.
    error_told: bool,
    search_path: Vec<String>,
}

/// How many sessions are followed at a time.
const SESSIONS_MAX: usize = 50_000;

/// The sessions that go on.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    open: FxHashMap<String, Session>,
}

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said<'m> {
    /// A statement starts.
    Statement(&'m str),
    /// A statement ran, and how long.
    Done(&'m str),
    /// The statement before ran, and how long.
    Duration,
    /// Nothing of a statement.
    Other,
}

/// Understands a message.
pub(super) fn said(message: &str) -> Said<'_> {
    let (rest, timed) = match message.strip_prefix("duration: ") {
        Some(rest) => match rest.find(" ms") {
            Some(end) => (rest[end + 3..].trim_start(), true),
            None => return Said::Other,
        },
        None => (message, false),
    };
    if rest.is_empty() && timed {
        return Said::Duration;
    }
    let sql = rest.strip_prefix("statement: ").or_else(|| {
        // `execute fetch from` goes on with what was counted; `parse` and `bind` prepare what `execute` runs.
        let named = rest.strip_prefix("execute ")?;
        let (name, sql) = named.split_once(": ")?;
        (!name.starts_with("fetch from ")).then_some(sql)
    });
    match sql {
        Some(sql) if timed => Said::Done(sql),
        Some(sql) => Said::Statement(sql),
        None => Said::Other,
    }
}

impl Sessions {
    /// Takes a record, and gives the statements whose end it tells.
    pub(super) fn event(&mut self, event: &Event, sink: &mut dyn FnMut(Entry)) {
        if self.open.len() >= SESSIONS_MAX && !self.open.contains_key(&event.session) {
            self.finish(sink);
        }
        let session = self.open.entry(event.session.clone()).or_default();
        match event.severity.as_str() {
            "LOG" => match said(&event.message) {
                Said::Statement(sql) => {
                    session.end(false, sink);
                    session.pending = Some(session.entry(event, sql));
                }
                Said::Done(sql) => {
                    session.end(false, sink);
                    session.pending = Some(session.entry(event, sql));
                    session.end(false, sink);
                }
                Said::Duration => session.end(false, sink),
                Said::Other => {}
            },
            "ERROR" | "FATAL" | "PANIC" => {
                session.error_told = session.pending.is_some();
                session.end(true, sink);
                if let Some(sql) = event.statement.as_deref().filter(|_| !session.error_told) {
                    session.pending = Some(session.entry(event, sql));
                    session.end(true, sink);
                    session.error_told = true;
                }
            }
            "STATEMENT" if !session.error_told => {
                let sql = event.message.clone();
                session.pending = Some(session.entry(event, &sql));
                session.end(true, sink);
            }
            _ => {}
        }
    }

    /// Gives the statements of which no end was told.
    pub(super) fn finish(&mut self, sink: &mut dyn FnMut(Entry)) {
        let mut open: Vec<(String, Session)> = self.open.drain().collect();
        open.sort_by(|one, other| one.0.cmp(&other.0));
        for (_, mut session) in open {
            session.end(false, sink);
        }
    }
}

impl Session {
    fn entry(&self, event: &Event, sql: &str) -> Entry {
        Entry {
            sql: sql.to_owned(),
            user: event.user.clone(),
            application: event.application.clone(),
            database: event.database.clone(),
            search_path: self.search_path.clone(),
            time: event.time,
            calls: 1,
            ..Entry::default()
        }
    }

    fn end(&mut self, failed: bool, sink: &mut dyn FnMut(Entry)) {
        let Some(entry) = self.pending.take() else {
            return;
        };
        if !failed && let Some(path) = search_path(&entry.sql) {
            self.search_path = path;
        }
        sink(Entry { failed, ..entry });
    }
}

/// Reads `SET search_path TO a, "b"`.
fn search_path(sql: &str) -> Option<Vec<String>> {
    let text = sql.trim().trim_end_matches(';');
    // Far longer ones are no settings of a path; only a short text is looked at word by word.
    if text.len() > 2000 || !text.get(..3)?.eq_ignore_ascii_case("set") {
        return None;
    }
    let rest = text[3..].trim_start();
    let mut words = rest.splitn(2, |c: char| c.is_whitespace() || c == '=');
    let mut name = words.next()?;
    let mut rest = words.next()?;
    if ["session", "local"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word))
    {
        let mut words = rest
            .trim_start()
            .splitn(2, |c: char| c.is_whitespace() || c == '=');
        name = words.next()?;
        rest = words.next()?;
    }
    if !name.eq_ignore_ascii_case("search_path") {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '=');
    let list = match rest.get(..3) {
        Some(to) if to.eq_ignore_ascii_case("to ") => &rest[3..],
        _ => rest,
    };
    if list.trim().eq_ignore_ascii_case("default") {
        return Some(Vec::new());
    }
    let schemas = list
        .split(',')
        .map(|schema| schema.trim().trim_matches(['"', '\'']));
    Some(
        schemas
            .filter(|schema| !schema.is_empty() && !schema.starts_with('$'))
            .map(str::to_owned)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_understood() {
        assert_eq!(said("statement: select 1"), Said::Statement("select 1"));
        assert_eq!(said("duration: 0.3 ms"), Said::Duration);
        assert_eq!(
            said("duration: 0.3 ms  statement: select 1"),
            Said::Done("select 1")
        );
        assert_eq!(
            said("duration: 1 ms  execute s1/p: select 1"),
            Said::Done("select 1")
        );
        assert_eq!(
            said("execute <unnamed>: select 1"),
            Said::Statement("select 1")
        );
        for other in [
            "duration: 1 ms  bind a: select 1",
            "execute fetch from c: select 1",
            "duration: 1 ms  plan:\nx",
            "duration: x",
        ] {
            assert_eq!(said(other), Said::Other, "{other}");
        }
    }

    #[test]
    fn a_search_path_is_read() {
        let path = |sql: &str| search_path(sql).map(|path| path.join(" "));
        assert_eq!(
            path("SET search_path TO a, \"B c\", public;").as_deref(),
            Some("a B c public")
        );
        assert_eq!(
            path("set local search_path = '$user', x").as_deref(),
            Some("x")
        );
        assert_eq!(path("set search_path to default").as_deref(), Some(""));
        assert_eq!(path("set statement_timeout = 0"), None);
        assert_eq!(path("select 1"), None);
    }
}
