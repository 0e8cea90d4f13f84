//! What all events together say: a state that is the same in whatever order they come, and however often.
//!
//! Every part of it only ever grows towards one value: a *register* keeps what was said last (by the time of the
//! event; of two at the same time the greater text), sets keep everything, and of each kind of event the first and
//! the last time are kept. So events may be late, doubled or out of order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::event::{Event, Mention, Moment, State as RunState};
use super::names::Name;
use crate::json::Object;

/// What was said last, as canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Register {
    pub(super) time: Moment,
    pub(super) value: String,
}

/// Registers by the names of facets.
pub(super) type Registers = BTreeMap<String, Register>;

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) facets: Registers,
    /// The job: its name as a list of two.
    pub(super) job: Option<Register>,
    /// For each type of event the first and the last time it was seen.
    pub(super) seen: BTreeMap<RunState, (Moment, Moment)>,
    pub(super) inputs: BTreeSet<Name>,
    pub(super) outputs: BTreeSet<Name>,
    /// The facets of outputs that are lineage, by dataset.
    pub(super) lineage: BTreeMap<Name, Register>,
}

impl Run {
    /// How it ended, else what was heard of it last.
    pub(super) fn status(&self) -> Option<RunState> {
        let of = |ended: bool| {
            let states = self
                .seen
                .iter()
                .filter(move |(state, _)| state.is_end() == ended);
            states
                .max_by_key(|(state, (_, last))| (*last, **state))
                .map(|(state, _)| *state)
        };
        of(true).or_else(|| of(false))
    }

    /// When it started, as far as is known.
    pub(super) fn started(&self) -> Option<Moment> {
        let of_start = self.seen.get(&RunState::Start).map(|(first, _)| *first);
        of_start.or_else(|| self.seen.values().map(|(first, _)| *first).min())
    }

    /// When it ended.
    pub(super) fn ended(&self) -> Option<Moment> {
        let status = self.status().filter(|status| status.is_end())?;
        self.seen.get(&status).map(|(_, last)| *last)
    }

    fn last(&self) -> Moment {
        let last = self.seen.values().map(|(_, last)| *last).max();
        last.unwrap_or(Moment::UNKNOWN)
    }

    pub(super) fn job_name(&self) -> Option<Name> {
        let value = serde_json::from_str(&self.job.as_ref()?.value).ok()?;
        let [namespace, name]: [String; 2] = serde_json::from_value(value).ok()?;
        Some(Name::new(namespace, name))
    }
}

/// A job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) facets: Registers,
    /// What job events said of its inputs and outputs.
    pub(super) design: Option<Register>,
}

/// What a job reads and writes now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flow {
    pub(super) inputs: BTreeSet<Name>,
    pub(super) outputs: BTreeSet<Name>,
    /// The lineage facets of the outputs, by dataset.
    pub(super) lineage: BTreeMap<Name, String>,
    /// The run that showed it; none for a job event.
    pub(super) run: Option<String>,
}

/// What something is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Dataset(Name),
    Job(Name),
    Run(String),
}

/// Everything that is known of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) datasets: BTreeMap<Name, Registers>,
    pub(super) jobs: BTreeMap<Name, Job>,
    pub(super) runs: BTreeMap<String, Run>,
    /// The runs of each job; follows from `runs`.
    pub(super) runs_of: BTreeMap<Name, BTreeSet<String>>,
    /// The jobs that ever wrote a dataset; follows from `runs` and `jobs`.
    pub(super) writers_of: BTreeMap<Name, BTreeSet<Name>>,
}

impl State {
    /// Takes an event in.
    pub(super) fn fold(&mut self, event: &Event) {
        let failed = event.state.is_some_and(RunState::is_failure);
        if let Some(dataset) = &event.dataset {
            self.mention(dataset, event.time, true, true);
        }
        for input in &event.inputs {
            self.mention(input, event.time, true, true);
        }
        for output in &event.outputs {
            // What a run would have written, had it not failed, says nothing of the table that is there.
            self.mention(output, event.time, !failed, false);
        }
        let Some((name, facets)) = &event.job else {
            return;
        };
        let job = self.jobs.entry(name.clone()).or_default();
        put_all(&mut job.facets, facets, event.time);
        if let Some(lineage) = facets.get("lineage") {
            put(&mut job.facets, "lineage", lineage, event.time);
        }
        if let Some(producer) = &event.producer {
            let producer = Value::String(producer.clone());
            put(&mut job.facets, "producer", &producer, event.time);
        }
        match &event.run {
            Some((id, state, facets)) => self.run(id, *state, facets, name, event),
            None if failed => {}
            None => self.design(name, event),
        }
    }

    /// Gives everything that an event may change: what it mentions, and what the jobs it is about ever wrote.
    pub(super) fn reach(&self, event: &Event) -> BTreeSet<Key> {
        let mentions = event
            .inputs
            .iter()
            .chain(&event.outputs)
            .chain(&event.dataset);
        let mut reach: BTreeSet<Key> = mentions
            .map(|mention| Key::Dataset(mention.name.clone()))
            .collect();
        let mut jobs: BTreeSet<Name> = event.job.iter().map(|(name, _)| name.clone()).collect();
        if let Some((id, _, _)) = &event.run {
            reach.insert(Key::Run(id.clone()));
            let run = self.runs.get(id);
            jobs.extend(run.and_then(Run::job_name));
            let outputs = run.into_iter().flat_map(|run| &run.outputs);
            reach.extend(outputs.cloned().map(Key::Dataset));
        }
        for job in jobs {
            let ids = self.runs_of.get(&job).into_iter().flatten();
            let outputs = ids
                .filter_map(|id| self.runs.get(id))
                .flat_map(|run| &run.outputs);
            reach.extend(outputs.cloned().map(Key::Dataset));
            let design = self.jobs.get(&job).and_then(|job| job.design.as_ref());
            let outputs = design.map(flow_of_design).unwrap_or_default().outputs;
            reach.extend(outputs.into_iter().map(Key::Dataset));
            reach.insert(Key::Job(job));
        }
        reach
    }

    fn mention(&mut self, mention: &Mention, time: Moment, counts: bool, is_static: bool) {
        let registers = self.datasets.entry(mention.name.clone()).or_default();
        if !counts {
            return;
        }
        put_all(registers, &mention.facets, time);
        put_all(registers, &mention.run_facets, time);
        for key in LINEAGE_FACETS.into_iter().filter(|_| is_static) {
            if let Some(facet) = mention.facets.get(key) {
                put(registers, key, facet, time);
            }
        }
    }

    fn run(&mut self, id: &str, state: RunState, facets: &Object, job: &Name, event: &Event) {
        let run = self.runs.entry(id.to_owned()).or_default();
        put_all(&mut run.facets, facets, event.time);
        let value = serde_json::json!([job.namespace, job.name]);
        set(&mut run.job, register(&value, event.time));
        let seen = run.seen.entry(state).or_insert((event.time, event.time));
        *seen = (seen.0.min(event.time), seen.1.max(event.time));
        run.inputs
            .extend(event.inputs.iter().map(|input| input.name.clone()));
        for output in &event.outputs {
            run.outputs.insert(output.name.clone());
            if let Some(lineage) = lineage_of(output) {
                let next = register(&lineage, event.time);
                let slot = run.lineage.entry(output.name.clone());
                slot.and_modify(|known| {
                    if *known < next {
                        known.clone_from(&next);
                    }
                })
                .or_insert(next);
            }
        }
        // Not the job of this event: should events disagree, it is the one that was said last.
        if let Some(job) = run.job_name() {
            for output in &run.outputs {
                let writers = self.writers_of.entry(output.clone()).or_default();
                writers.insert(job.clone());
            }
            let runs = self.runs_of.entry(job).or_default();
            runs.insert(id.to_owned());
        }
    }

    fn design(&mut self, name: &Name, event: &Event) {
        let pair =
            |mention: &Mention| serde_json::json!([mention.name.namespace, mention.name.name]);
        let output = |mention: &Mention| {
            serde_json::json!([
                mention.name.namespace,
                mention.name.name,
                lineage_of(mention)
            ])
        };
        // Of two at the same time, the one that was further counts; the first key is compared first.
        let rank = event.state.map_or(9, |state| state as u8);
        let value = serde_json::json!({
            "0": rank,
            "inputs": event.inputs.iter().map(pair).collect::<Vec<_>>(),
            "outputs": event.outputs.iter().map(output).collect::<Vec<_>>(),
        });
        if let Some(job) = self.jobs.get_mut(name) {
            set(&mut job.design, register(&value, event.time));
        }
        for output in &event.outputs {
            let writers = self.writers_of.entry(output.name.clone()).or_default();
            writers.insert(name.clone());
        }
    }

    /// Gives what a job reads and writes now: as its last complete run did, or a later job event says.
    ///
    /// As long as no run has completed, it is what the last one that is under way does. A run that failed or was
    /// aborted says nothing, so that what was before stays.
    pub(super) fn flow(&self, job: &Name) -> Flow {
        let ids = self.runs_of.get(job).into_iter().flatten();
        let runs = ids.filter_map(|id| Some((id, self.runs.get(id)?)));
        let runs = runs.filter(|(_, run)| run.job_name().as_ref() == Some(job));
        let (mut complete, mut open) = (None, None);
        for (id, run) in runs {
            match run.status() {
                Some(RunState::Complete) => {
                    let rank = (run.ended().unwrap_or(Moment::UNKNOWN), id);
                    complete = complete.max(Some(rank));
                }
                Some(state) if !state.is_end() => open = open.max(Some((run.last(), id))),
                _ => {}
            }
        }
        let design = self.jobs.get(job).and_then(|job| job.design.as_ref());
        let shown = complete.or(if design.is_some() { None } else { open });
        match (shown, design) {
            (Some((time, _)), Some(design)) if design.time > time => flow_of_design(design),
            (None, Some(design)) => flow_of_design(design),
            (Some((_, id)), _) => self.flow_of_run(id),
            (None, None) => Flow::default(),
        }
    }

    fn flow_of_run(&self, id: &str) -> Flow {
        let Some(run) = self.runs.get(id) else {
            return Flow::default();
        };
        let lineage = run.lineage.iter();
        Flow {
            inputs: run.inputs.clone(),
            outputs: run.outputs.clone(),
            lineage: lineage
                .map(|(name, register)| (name.clone(), register.value.clone()))
                .collect(),
            run: Some(id.to_owned()),
        }
    }

    /// Gives the runs of a job beyond so many: those that were heard of last stay, and the one that shows what the job does.
    pub(super) fn surplus(&self, job: &Name, kept: usize) -> Vec<String> {
        let Some(ids) = self.runs_of.get(job).filter(|ids| ids.len() > kept) else {
            return Vec::new();
        };
        let shown = self.flow(job).run;
        let runs = ids.iter().filter_map(|id| Some((self.runs.get(id)?, id)));
        let mut ranked: Vec<(bool, Moment, &String)> = runs
            .map(|(run, id)| (shown.as_ref() == Some(id), run.last(), id))
            .collect();
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        let rest = ranked.into_iter().skip(kept.max(1));
        rest.map(|(_, _, id)| id.clone()).collect()
    }

    /// Forgets a run of a job. What it told of datasets and of the job stays.
    pub(super) fn forget(&mut self, id: &str, job: &Name) {
        self.runs.remove(id);
        if let Some(ids) = self.runs_of.get_mut(job) {
            ids.remove(id);
        }
    }

    /// Makes the parts that follow from others; for a state that was remembered.
    pub(super) fn index(&mut self) {
        for (id, run) in &self.runs {
            if let Some(job) = run.job_name() {
                for output in &run.outputs {
                    let writers = self.writers_of.entry(output.clone()).or_default();
                    writers.insert(job.clone());
                }
                self.runs_of.entry(job).or_default().insert(id.clone());
            }
        }
        for (name, job) in &self.jobs {
            let design = job.design.as_ref().map(flow_of_design);
            for output in design.into_iter().flat_map(|flow| flow.outputs) {
                self.writers_of
                    .entry(output)
                    .or_default()
                    .insert(name.clone());
            }
        }
    }
}

/// The facets of a dataset that say what it is made from.
pub(super) const LINEAGE_FACETS: [&str; 2] = ["columnLineage", "lineage"];

fn lineage_of(mention: &Mention) -> Option<Value> {
    let mut found = Object::new();
    for key in LINEAGE_FACETS {
        if let Some(facet) = mention.facets.get(key) {
            found.insert(key.to_owned(), facet.clone());
        }
    }
    (!found.is_empty()).then_some(Value::Object(found))
}

fn flow_of_design(design: &Register) -> Flow {
    let Ok(value) = serde_json::from_str::<Value>(&design.value) else {
        return Flow::default();
    };
    let name = |item: &Value| Some(Name::new(item.get(0)?.as_str()?, item.get(1)?.as_str()?));
    let items = |key: &str| value[key].as_array().map_or(&[][..], Vec::as_slice);
    let lineage = items("outputs").iter().filter_map(|item| {
        let facets = item.get(2).filter(|facets| !facets.is_null())?;
        Some((name(item)?, facets.to_string()))
    });
    Flow {
        inputs: items("inputs").iter().filter_map(name).collect(),
        outputs: items("outputs").iter().filter_map(name).collect(),
        lineage: lineage.collect(),
        run: None,
    }
}

fn put_all(registers: &mut Registers, facets: &Object, time: Moment) {
    for (key, facet) in facets {
        if !LINEAGE_FACETS.contains(&key.as_str()) {
            put(registers, key, facet, time);
        }
    }
}

fn put(registers: &mut Registers, key: &str, value: &Value, time: Moment) {
    let next = register(&forgetful(key, value), time);
    match registers.get_mut(key) {
        Some(known) if *known >= next => {}
        Some(known) => *known = next,
        None => {
            registers.insert(key.to_owned(), next);
        }
    }
}

fn set(slot: &mut Option<Register>, next: Register) {
    if slot.as_ref().is_none_or(|known| *known < next) {
        *slot = Some(next);
    }
}

fn register(value: &Value, time: Moment) -> Register {
    Register {
        time,
        value: canonical(value).to_string(),
    }
}

/// Leaves out what must not be kept: secrets of the environment, literals of queries, the stack of an error.
fn forgetful(key: &str, value: &Value) -> Value {
    let mut value = value.clone();
    match key {
        "environmentVariables" => {
            let variables = value
                .get_mut("environmentVariables")
                .and_then(Value::as_array_mut);
            for variable in variables
                .into_iter()
                .flatten()
                .filter_map(Value::as_object_mut)
            {
                variable.shift_remove("value");
            }
        }
        "sql" => {
            if let Some(query) = value.get_mut("query") {
                let shape = query.as_str().map(crate::postgres::without_literals);
                *query = shape.into();
            }
        }
        "errorMessage" => {
            if let Some(error) = value.as_object_mut() {
                error.shift_remove("stackTrace");
            }
        }
        _ => {}
    }
    value
}

/// Brings keys into order and leaves out where a facet's schema is, which is no news about the data.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "_producer" | "_schemaURL"));
            let sorted: BTreeMap<&String, Value> =
                kept.map(|(key, value)| (key, canonical(value))).collect();
            sorted
                .into_iter()
                .map(|(key, value)| (key.clone(), value))
                .collect::<Object>()
                .into()
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}
