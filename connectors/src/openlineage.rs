//! OpenLineage: what runs of jobs read and wrote, from events.
//!
//! Events come in any order, late and doubled, and many describe one thing. They are folded into a state
//! (`state::State`) that is the same in whatever order they come; the state is then written as statements. A
//! [`Stream`] does the same event by event, for an endpoint: it remembers the state in the graph itself and gives for
//! each event the statements that go and come.
//!
//! A job's lineage is that of its last complete run (or of a later job event); a run that fails or is aborted changes
//! nothing. `docs/formats/openlineage.md` says what becomes what.

mod datasets;
mod event;
mod facets;
mod jobs;
mod names;
mod quality;
mod remember;
mod state;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

pub use self::event::{EVENT_BYTES_MAX, Event, Fault};
use self::state::{Key, State};
pub use self::stream::{Patch, Stream};
use crate::json::{self, Object};
use crate::{Input, Location, Options, Report, StatementBuilder};

/// Reads documents of events: one event, a list of them, or one a line.
pub fn read(
    inputs: Vec<Input>,
    _options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut state = State::default();
    let mut unknown = Unknown::default();
    for input in inputs {
        let reader = Documents {
            file: &input.name,
            report,
            state: &mut state,
            unknown: &mut unknown,
        };
        reader.read(&input.bytes);
    }
    unknown.report(report);
    write_all(&state, out);
    count(&state, report);
}

/// Writes everything that a state says.
fn write_all(state: &State, out: &mut StatementBuilder) {
    let datasets = state.datasets.keys().cloned().map(Key::Dataset);
    let jobs = state.jobs.keys().cloned().map(Key::Job);
    let runs = state.runs.keys().cloned().map(Key::Run);
    for key in datasets.chain(jobs).chain(runs) {
        write(state, &key, out);
    }
}

/// Writes what a state says of one thing.
fn write(state: &State, key: &Key, out: &mut StatementBuilder) {
    match key {
        Key::Dataset(name) => datasets::write(state, name, out),
        Key::Job(name) => jobs::write_job(state, name, out),
        Key::Run(id) => jobs::write_run(state, id, out),
    }
}

fn count(state: &State, report: &mut Report) {
    report.understood_many("dataset", state.datasets.len() as u64);
    report.understood_many("job", state.jobs.len() as u64);
    report.understood_many("run", state.runs.len() as u64);
}

/// Says whether an object is what a server answers that is asked for its events, and no event itself.
fn is_list_of_events(answer: &Object) -> bool {
    answer.get("events").is_some_and(Value::is_array)
        && !answer.contains_key("job")
        && !answer.contains_key("dataset")
}

/// Reads one document.
struct Documents<'a> {
    file: &'a str,
    report: &'a mut Report,
    state: &'a mut State,
    unknown: &'a mut Unknown,
}

impl Documents<'_> {
    fn read(mut self, bytes: &[u8]) {
        match json::parse(bytes) {
            Ok(Value::Array(events)) => {
                for (place, event) in events.into_iter().enumerate() {
                    let at = Location::file(self.file).key(format!("[{place}]"));
                    self.event(event, &at);
                }
            }
            Ok(Value::Object(mut answer)) if is_list_of_events(&answer) => {
                let events = answer.shift_remove("events");
                let events = events.and_then(|events| match events {
                    Value::Array(events) => Some(events),
                    _ => None,
                });
                for (place, event) in events.into_iter().flatten().enumerate() {
                    let at = Location::file(self.file).key(format!("events[{place}]"));
                    self.event(event, &at);
                }
            }
            Ok(value) => self.event(value, &Location::file(self.file)),
            Err(error) => {
                let (line, column) = json::place_of(&error);
                if has_event_lines(bytes) {
                    self.lines(bytes);
                    return;
                }
                let at = Location::file(self.file).line(line).column(column);
                self.report
                    .error("bad_json", json::plain_message(&error), at);
                self.report.skipped += 1;
            }
        }
    }

    fn lines(&mut self, bytes: &[u8]) {
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            let at = Location::file(self.file).line(number);
            if line.len() > EVENT_BYTES_MAX {
                let message = format!("the event is larger than {EVENT_BYTES_MAX} bytes");
                self.report.error("too_large", message, at);
                self.report.skipped += 1;
                continue;
            }
            match json::parse(line) {
                Ok(value) => self.event(value, &at),
                Err(error) => {
                    let at = at.column(json::place_of(&error).1);
                    self.report
                        .error("bad_json", json::plain_message(&error), at);
                    self.report.skipped += 1;
                }
            }
        }
    }

    fn event(&mut self, value: Value, at: &Location) {
        let value = match unwrapped(value) {
            Ok(value) => value,
            Err(message) => {
                self.report.note("not_an_event", message, at.clone());
                self.report.skipped += 1;
                return;
            }
        };
        let (event, faults) = Event::read(value);
        for fault in faults {
            let key = match &at.key {
                Some(place) if fault.key.is_empty() => place.clone(),
                Some(place) => format!("{place}.{}", fault.key),
                None => fault.key,
            };
            let at = Location {
                key: Some(key),
                ..at.clone()
            };
            if event.is_none() {
                // That it has no time either is no news about what is no event.
                if fault.code != "bad_time" {
                    self.report.error(fault.code, fault.message, at);
                }
            } else if fault.code == "no_time_zone" {
                // Some clients never write one; once is enough.
                self.report
                    .note(fault.code, fault.message, Location::file(self.file));
            } else {
                self.report.warning(fault.code, fault.message, at);
            }
        }
        let Some(event) = event else {
            self.report.skipped += 1;
            return;
        };
        self.report.understood("event");
        self.unknown.notice(&event, at);
        self.state.fold(&event);
    }
}

/// A JSON schema or a facet alone lies beside the events of the standard; neither is an event.
fn unwrapped(value: Value) -> Result<Value, &'static str> {
    let Some(object) = value.as_object() else {
        return Ok(value);
    };
    if object.contains_key("$schema") || object.contains_key("$defs") {
        return Err("this is a JSON schema and no event");
    }
    let is_event = ["eventTime", "eventType", "run", "job", "dataset"]
        .iter()
        .any(|key| object.contains_key(*key));
    if !is_event && !object.is_empty() && object.values().all(is_facet) {
        return Err("these are facets without an event");
    }
    Ok(value)
}

fn is_facet(value: &Value) -> bool {
    value.get("_producer").is_some() || value.get("_schemaURL").is_some()
}

/// Whether one of the first lines is an event by itself, so that the document is one event a line.
fn has_event_lines(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.filter(|line| line.starts_with(b"{")).take(1000);
    lines.any(|line| match json::parse(line) {
        Ok(value) => value.get("job").is_some() || value.get("dataset").is_some(),
        Err(_) => false,
    })
}

/// Facets that are kept but not understood, each to be named once.
#[derive(Default)]
struct Unknown {
    facets: BTreeMap<(&'static str, String), (u64, Location)>,
}

impl Unknown {
    fn notice(&mut self, event: &Event, at: &Location) {
        let mut look = |of: &'static str, facets: &Object| {
            for key in facets.keys().filter(|key| !facets::is_known(of, key)) {
                let known = self.facets.get_mut(&(of, key.clone()));
                match known {
                    Some((count, _)) => *count += 1,
                    None => {
                        self.facets.insert((of, key.clone()), (1, at.clone()));
                    }
                }
            }
        };
        if let Some((_, _, facets)) = &event.run {
            look("run", facets);
        }
        if let Some((_, facets)) = &event.job {
            look("job", facets);
        }
        let datasets = event
            .inputs
            .iter()
            .chain(&event.outputs)
            .chain(&event.dataset);
        for mention in datasets {
            look("dataset", &mention.facets);
            look("dataset", &mention.run_facets);
        }
    }

    fn report(self, report: &mut Report) {
        for ((of, key), (count, first)) in self.facets {
            let message =
                format!("facet `{key}` of a {of} is not known; {count} were kept as they are");
            report.note("unknown_facet", message, first);
        }
    }
}
