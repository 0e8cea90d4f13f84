//! One event, taken apart and checked.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::names::Name;
use crate::json::{Object, type_name};

/// How large one event may be, in bytes; the largest of real clients are some hundred kilobytes.
pub const EVENT_BYTES_MAX: usize = 10 << 20;

/// What is wrong with an event, or with a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A stable machine-readable name, in snake case.
    pub code: &'static str,
    /// What is the matter, in lower case and without a full stop.
    pub message: String,
    /// The path of the key.
    pub key: String,
    /// Whether the standard demands what is missing, so that an endpoint must refuse the event.
    pub fatal: bool,
}

impl Fault {
    fn new(code: &'static str, key: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            key: key.to_owned(),
            fatal: false,
        }
    }

    fn fatal(self) -> Self {
        Self {
            fatal: true,
            ..self
        }
    }
}

/// A moment, in nanoseconds since 1970; the least one where an event does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Moment(pub(super) i64);

impl Moment {
    /// Before every moment that an event can say.
    pub(super) const UNKNOWN: Self = Self(i64::MIN);

    /// Reads a time of RFC 3339 with up to nine digits of a second; one without a zone is taken as UTC.
    pub(super) fn parse(text: &str) -> Option<(Self, bool)> {
        let text = text.trim();
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Some((Self(time.timestamp_nanos_opt()?), true));
        }
        let plain = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .into_iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
        Some((Self(plain.and_utc().timestamp_nanos_opt()?), false))
    }

    /// Writes it as an `xsd:dateTime`; `None` for one that nobody has said.
    pub(super) fn text(self) -> Option<String> {
        (self != Self::UNKNOWN).then(|| {
            DateTime::<Utc>::from_timestamp_nanos(self.0)
                .to_rfc3339_opts(SecondsFormat::AutoSi, true)
        })
    }
}

/// What a run event says of its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum State {
    Other,
    Start,
    Running,
    Abort,
    Fail,
    Complete,
}

impl State {
    pub(super) const ALL: [Self; 6] = [
        Self::Other,
        Self::Start,
        Self::Running,
        Self::Abort,
        Self::Fail,
        Self::Complete,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Start => "start",
            Self::Running => "running",
            Self::Abort => "abort",
            Self::Fail => "fail",
            Self::Complete => "complete",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Says whether the run has ended.
    pub(super) fn is_end(self) -> bool {
        matches!(self, Self::Abort | Self::Fail | Self::Complete)
    }

    /// Says whether what the run was to write is not there.
    pub(super) fn is_failure(self) -> bool {
        matches!(self, Self::Abort | Self::Fail)
    }
}

/// A dataset as an event mentions it.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) name: Name,
    pub(super) facets: Object,
    /// `inputFacets` or `outputFacets`: what is so for this run alone.
    pub(super) run_facets: Object,
}

/// An event of any of the three kinds.
#[derive(Clone, Debug)]
pub struct Event {
    pub(super) time: Moment,
    pub(super) producer: Option<String>,
    /// The type of the event; a job event or a dataset event has none.
    pub(super) state: Option<State>,
    pub(super) run: Option<(String, State, Object)>,
    pub(super) job: Option<(Name, Object)>,
    pub(super) inputs: Vec<Mention>,
    pub(super) outputs: Vec<Mention>,
    /// The dataset of a dataset event.
    pub(super) dataset: Option<Mention>,
}

impl Event {
    /// Takes an event apart; `None` when it is about nothing, with the reason among the faults.
    pub fn read(value: Value) -> (Option<Self>, Vec<Fault>) {
        let mut reader = Reader { faults: Vec::new() };
        let event = reader.event(value);
        (event, reader.faults)
    }

    /// Gives the namespace that the event is about: its job's, else its dataset's.
    pub fn namespace(&self) -> &str {
        let job = self.job.as_ref().map(|(name, _)| name);
        let dataset = self.dataset.as_ref().map(|dataset| &dataset.name);
        job.or(dataset).map_or("", |name| &name.namespace)
    }
}

struct Reader {
    faults: Vec<Fault>,
}

impl Reader {
    fn event(&mut self, value: Value) -> Option<Event> {
        let Value::Object(mut object) = value else {
            let message = format!("an event is an object, not {}", type_name(&value));
            self.faults
                .push(Fault::new("not_an_event", "", message).fatal());
            return None;
        };
        let time = self.time(object.get("eventTime"));
        let state = object.get("eventType").and_then(Value::as_str);
        let state = state.map(|name| {
            State::of(name).unwrap_or_else(|| {
                let message = format!("event type `{name}` is not known");
                self.faults
                    .push(Fault::new("unknown_event_type", "eventType", message));
                State::Other
            })
        });
        let producer = object
            .get("producer")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let dataset = object.shift_remove("dataset");
        let dataset = dataset.and_then(|value| self.mention(value, "dataset", ""));
        let job = object.shift_remove("job");
        let job = job.and_then(|value| self.mention(value, "job", ""));
        let job = job.map(|job| (job.name, job.facets));
        let inputs = self.mentions(&mut object, "inputs", "inputFacets");
        let outputs = self.mentions(&mut object, "outputs", "outputFacets");
        let run = self.run(&mut object, state);
        if job.is_none() && dataset.is_none() {
            let message = "the event has neither a job nor a dataset";
            self.faults
                .push(Fault::new("not_an_event", "job", message).fatal());
            return None;
        }
        Some(Event {
            time,
            producer,
            state,
            run,
            job,
            inputs,
            outputs,
            dataset,
        })
    }

    fn time(&mut self, value: Option<&Value>) -> Moment {
        let text = value.and_then(Value::as_str);
        match text.and_then(Moment::parse) {
            Some((moment, true)) => moment,
            Some((moment, false)) => {
                let message = "the time has no zone and was taken as UTC";
                self.faults
                    .push(Fault::new("no_time_zone", "eventTime", message));
                moment
            }
            None => {
                let message = match text {
                    Some(_) => "the time is not one of RFC 3339, so the event counts as the oldest",
                    None => "the event has no time and counts as the oldest",
                };
                self.faults
                    .push(Fault::new("bad_time", "eventTime", message).fatal());
                Moment::UNKNOWN
            }
        }
    }

    fn run(
        &mut self,
        object: &mut Object,
        state: Option<State>,
    ) -> Option<(String, State, Object)> {
        let run = match object.shift_remove("run") {
            Some(Value::Object(run)) => run,
            Some(other) => {
                let message = format!("expected an object, found {}", type_name(&other));
                self.faults
                    .push(Fault::new("wrong_type", "run", message).fatal());
                return None;
            }
            // A job event or a dataset event has none.
            None if state.is_none() => return None,
            None => {
                let message = "the event has a type and no run";
                self.faults
                    .push(Fault::new("missing_run", "run", message).fatal());
                return None;
            }
        };
        let facets = self.facets(run.get("facets").cloned(), "run.facets");
        let id = run.get("runId").and_then(Value::as_str).map(str::trim);
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            let message = "the run has no id, so that only what the job does was read";
            self.faults
                .push(Fault::new("missing_run", "run.runId", message).fatal());
            return None;
        };
        Some((id.to_lowercase(), state.unwrap_or(State::Other), facets))
    }

    fn mentions(&mut self, object: &mut Object, key: &str, own: &str) -> Vec<Mention> {
        let items = match object.shift_remove(key) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => {
                let message = format!("expected a list, found {}", type_name(&other));
                self.faults
                    .push(Fault::new("wrong_type", key, message).fatal());
                return Vec::new();
            }
        };
        (0..)
            .zip(items)
            .filter_map(|(place, item): (usize, Value)| {
                self.mention(item, &format!("{key}[{place}]"), own)
            })
            .collect()
    }

    fn mention(&mut self, value: Value, path: &str, own: &str) -> Option<Mention> {
        let Value::Object(mut object) = value else {
            let message = format!("expected an object, found {}", type_name(&value));
            self.faults
                .push(Fault::new("wrong_type", path, message).fatal());
            return None;
        };
        let said = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = Name::new(said("namespace"), said("name"));
        if name.name.is_empty() || name.namespace.is_empty() {
            let message = "it has no namespace or no name";
            self.faults
                .push(Fault::new("missing_name", path, message).fatal());
            return None;
        }
        let facets = self.facets(object.shift_remove("facets"), &format!("{path}.facets"));
        let run_facets = self.facets(object.shift_remove(own), &format!("{path}.{own}"));
        Some(Mention {
            name,
            facets,
            run_facets,
        })
    }

    fn facets(&mut self, value: Option<Value>, path: &str) -> Object {
        let found = match value {
            None | Some(Value::Null) => return Object::new(),
            Some(Value::Object(found)) => found,
            Some(other) => {
                let message = format!("expected an object, found {}", type_name(&other));
                self.faults.push(Fault::new("wrong_type", path, message));
                return Object::new();
            }
        };
        let mut facets = Object::new();
        for (key, facet) in found {
            match facet {
                Value::Object(_) => {
                    facets.insert(key, facet);
                }
                Value::Null => {}
                other => {
                    let message = format!("a facet is an object, not {}", type_name(&other));
                    let path = format!("{path}.{key}");
                    self.faults.push(Fault::new("wrong_type", &path, message));
                }
            }
        }
        facets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_to_the_nanosecond() {
        let text =
            |text: &str| Moment::parse(text).map(|(moment, zoned)| (moment.text().unwrap(), zoned));
        let some = |text: &str, zoned| Some((text.to_owned(), zoned));
        assert_eq!(
            text("2026-11-22T16:07:08.123456789Z"),
            some("2026-11-22T16:07:08.123456789Z", true)
        );
        assert_eq!(
            text("2020-12-28T19:52:00.001+10:00"),
            some("2020-12-28T09:52:00.001Z", true)
        );
        assert_eq!(
            text("2021-11-03T10:53:52.427343"),
            some("2021-11-03T10:53:52.427343Z", false)
        );
        assert_eq!(text("{{RUN_START_TIME}}"), None);
        assert_eq!(text("9999-01-01T00:00:00Z"), None);
    }
}
