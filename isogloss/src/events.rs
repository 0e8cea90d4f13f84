//! Events of OpenLineage, patched into the graph as they come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use connectors::openlineage::{Event, Stream};
use graph_core::{Change, Commit, SourceName, Timestamp, Version};
use parking_lot::Mutex;

use crate::{Isogloss, Result};

/// The kind of the commits made here, the same as of events that are read from files.
const KIND: &str = "openlineage";

/// The streams of events that are kept up to date, and the events that wait for them.
pub(crate) struct Events {
    /// Each source's stream, with the version in which the source stood when it was last looked at.
    streams: Mutex<BTreeMap<SourceName, (Version, Stream)>>,
    waiting: Mutex<Waiting>,
    /// How many runs of each job are kept.
    runs_kept: AtomicUsize,
}

/// How many runs of each job a stream keeps unless it is told otherwise.
pub const RUNS_KEPT: usize = 100;

impl Default for Events {
    fn default() -> Self {
        Self {
            streams: Mutex::default(),
            waiting: Mutex::default(),
            runs_kept: AtomicUsize::new(RUNS_KEPT),
        }
    }
}

/// What came while somebody else was committing; whoever is next commits all of it.
#[derive(Default)]
struct Waiting {
    next: u64,
    events: Vec<(SourceName, Vec<Event>)>,
    /// Every ticket below has been committed, or is among the failed.
    done: u64,
    failed: BTreeSet<u64>,
}

impl Isogloss {
    /// Sets how many runs of each job are kept of the events that come from now on; [`RUNS_KEPT`] without it.
    ///
    /// Older runs go at the next event of their job. The run that shows what the job reads and writes stays, and so does
    /// everything that was said of datasets and jobs.
    pub fn keep_runs(&self, per_job: usize) {
        let events = self.events();
        let mut streams = events.streams.lock();
        events.runs_kept.store(per_job, Ordering::Relaxed);
        streams.clear();
    }

    /// Takes events into the sources that their namespaces belong to; see [`event_source`].
    ///
    /// Each source is patched, not replaced: the graph is the same as if all events ever sent had been read from files,
    /// in whatever order they came and however often. What came while another call was committing is committed
    /// together. Gives the version in which they can be seen.
    ///
    /// # Errors
    /// [`crate::Error::Graph`] if the change could not be made durable; then the events may be sent again.
    pub fn take_events(&self, events: Vec<Event>, actor: &str, time: Timestamp) -> Result<Version> {
        let mut by_source: BTreeMap<SourceName, Vec<Event>> = BTreeMap::new();
        for event in events {
            let source = event_source(event.namespace());
            by_source.entry(source).or_default().push(event);
        }
        let shared = self.events();
        let ticket = {
            let mut waiting = shared.waiting.lock();
            waiting.events.extend(by_source);
            waiting.next += 1;
            waiting.next - 1
        };
        let mut streams = shared.streams.lock();
        let (group, until) = {
            let mut waiting = shared.waiting.lock();
            if ticket < waiting.done {
                return if waiting.failed.remove(&ticket) {
                    let reason = "the events that these were committed with could not be written";
                    Err(graph_core::Error::History { reason }.into())
                } else {
                    Ok(self.snapshot().version())
                };
            }
            (std::mem::take(&mut waiting.events), waiting.next)
        };
        let committed = self.patch(&mut streams, group, actor, time);
        let mut waiting = shared.waiting.lock();
        if committed.is_err() {
            // What the streams remember is not what the graph holds.
            streams.clear();
            let others = waiting.done..until;
            waiting
                .failed
                .extend(others.filter(|other| *other != ticket));
        }
        waiting.done = until;
        committed?;
        Ok(self.snapshot().version())
    }

    fn patch(
        &self,
        streams: &mut BTreeMap<SourceName, (Version, Stream)>,
        group: Vec<(SourceName, Vec<Event>)>,
        actor: &str,
        time: Timestamp,
    ) -> Result<()> {
        let mut by_source: BTreeMap<SourceName, Vec<Event>> = BTreeMap::new();
        for (source, events) in group {
            by_source.entry(source).or_default().extend(events);
        }
        let sources: Vec<SourceName> = by_source.keys().cloned().collect();
        let kept = self.events().runs_kept.load(Ordering::Relaxed);
        self.commit_with(|snapshot| {
            let mut commits = Vec::new();
            for (source, events) in by_source {
                let stream = current(streams, &source, snapshot, kept);
                let patch = stream.fold(&events);
                commits.push(Commit {
                    source,
                    kind: KIND.to_owned(),
                    actor: actor.to_owned(),
                    time,
                    change: Change::Patch {
                        remove: patch.remove,
                        add: patch.add,
                    },
                });
            }
            Ok(commits)
        })?;
        let snapshot = self.snapshot();
        for source in sources {
            let version = version_of(&source, snapshot.graph());
            if let Some((known, _)) = streams.get_mut(&source) {
                *known = version;
            }
        }
        Ok(())
    }
}

/// Gives the stream of a source as the graph is, read anew where somebody else has changed the source.
fn current<'s>(
    streams: &'s mut BTreeMap<SourceName, (Version, Stream)>,
    source: &SourceName,
    snapshot: &graph_core::Snapshot,
    runs_kept: usize,
) -> &'s mut Stream {
    let version = version_of(source, snapshot);
    if streams
        .get(source)
        .is_none_or(|(known, _)| *known != version)
    {
        let info = snapshot.sources().iter().find(|info| info.name == *source);
        let statements = info
            .into_iter()
            .flat_map(|info| snapshot.statements_of(info.id));
        let stream = Stream::new(source, statements).keeping(runs_kept);
        streams.insert(source.clone(), (version, stream));
    }
    let entry = streams.get_mut(source);
    &mut entry.expect("it was put there when it was missing").1
}

fn version_of(source: &SourceName, snapshot: &graph_core::Snapshot) -> Version {
    let info = snapshot.sources().iter().find(|info| info.name == *source);
    info.map_or(Version(0), |info| info.version)
}

/// Gives the source that events of a namespace belong to: `openlineage-` and the namespace in plain letters.
///
/// ```
/// assert_eq!(isogloss::event_source("Food Delivery").as_str(), "openlineage-food-delivery");
/// ```
pub fn event_source(namespace: &str) -> SourceName {
    let mut name = String::from("openlineage");
    let mut gap = true;
    for character in namespace.to_lowercase().chars().take(100) {
        if character.is_ascii_alphanumeric() {
            if gap {
                name.push('-');
            }
            name.push(character);
            gap = false;
        } else {
            gap = true;
        }
    }
    name.parse()
        .expect("letters, digits and dashes are the name of a source")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(state: &str, minute: u32, input: &str) -> Event {
        let value = json!({
            "eventType": state, "eventTime": format!("2026-01-01T00:{minute:02}:00Z"),
            "run": {"runId": format!("r{minute}")}, "job": {"namespace": "Jobs", "name": "load"},
            "inputs": [{"namespace": "postgres://db", "name": format!("shop.public.{input}")}],
            "outputs": [{"namespace": "postgres://db", "name": "shop.public.orders"}],
        });
        Event::read(value).0.expect("a whole event")
    }

    fn derived(mesh: &Isogloss) -> Vec<String> {
        let snapshot = mesh.snapshot();
        let graph = snapshot.graph();
        let edges = graph
            .sources()
            .iter()
            .flat_map(|source| graph.statements_of(source.id))
            .filter(|found| found.predicate.as_str().ends_with("wasDerivedFrom"));
        let mut edges: Vec<String> = edges.map(|found| found.object.to_string()).collect();
        edges.sort();
        edges
    }

    #[test]
    fn a_stream_is_patched_in_and_survives_a_foreign_change() {
        let mesh = Isogloss::in_memory();
        let take = |event: Event| mesh.take_events(vec![event], "test", Timestamp(1)).unwrap();
        let first = take(event("COMPLETE", 1, "raw"));
        assert_eq!(
            take(event("COMPLETE", 1, "raw")),
            first,
            "a repeated event changes nothing"
        );
        assert!(derived(&mesh)[0].contains("shop.public.raw"));
        take(event("FAIL", 2, "other"));
        assert!(derived(&mesh)[0].contains("shop.public.raw"));
        take(event("COMPLETE", 3, "other"));
        assert_eq!(derived(&mesh).len(), 1);
        assert!(derived(&mesh)[0].contains("shop.public.other"));
        // Somebody removes the source: the stream must not believe that its statements are still there.
        mesh.remove_source(&event_source("Jobs"), "test", Timestamp(2))
            .unwrap();
        take(event("COMPLETE", 4, "raw"));
        assert_eq!(derived(&mesh).len(), 1);
    }

    #[test]
    fn events_from_many_threads_are_all_there() {
        let mesh = Isogloss::in_memory();
        std::thread::scope(|scope| {
            for minute in 0..20 {
                let mesh = mesh.clone();
                scope.spawn(move || {
                    let event = event("COMPLETE", minute, "raw");
                    mesh.take_events(vec![event], "test", Timestamp(1)).unwrap();
                });
            }
        });
        let snapshot = mesh.snapshot();
        let graph = snapshot.graph();
        let source = graph
            .sources()
            .iter()
            .find(|info| info.name == event_source("Jobs"))
            .unwrap();
        let runs = graph
            .statements_of(source.id)
            .filter(|found| found.predicate.as_str().ends_with("endedAtTime"));
        assert_eq!(runs.count(), 20);
    }
}
