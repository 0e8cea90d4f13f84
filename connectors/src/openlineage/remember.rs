//! The state as statements, and back: what a stream of events has to remember lies in the graph with what it says.
//!
//! Each register is one `iso:extra` of its entity, `facet.<name>=<JSON>`, and the times of all are one more. The texts
//! of facets that many runs share are stored once, for the dictionary of the graph has each text once.

use std::collections::BTreeMap;

use graph_core::rdf::{Literal, NamedNode, NamedOrBlankNode, RdfTerm, Statement};
use ontologies::iso;
use serde_json::{Value, json};

use super::event::{Moment, State as RunState};
use super::names::Name;
use super::state::{Job, Register, Registers, Run, State};
use crate::StatementBuilder;

const FACET: &str = "facet.";
const TIMES: &str = "facet times=";
const DATASET: &str = "dataset=";
const JOB: &str = "job=";
const RUN: &str = "run=";
const DESIGN: &str = "design";
const OF_JOB: &str = "of job";
const LINEAGE: &str = "lineage of ";

/// Writes what is remembered of a dataset.
pub(super) fn dataset(
    out: &mut StatementBuilder,
    iri: &NamedNode,
    name: &Name,
    facets: &Registers,
) {
    note(out, iri, format!("{DATASET}{}", json!(name.parts())));
    registers(out, iri, facets);
}

/// Writes what is remembered of a job.
pub(super) fn job(out: &mut StatementBuilder, iri: &NamedNode, name: &Name, job: &Job) {
    note(out, iri, format!("{JOB}{}", json!(name.parts())));
    let mut all = job.facets.clone();
    if let Some(design) = &job.design {
        all.insert(format!(" {DESIGN}"), design.clone());
    }
    registers(out, iri, &all);
}

/// Writes what is remembered of a run.
pub(super) fn run(out: &mut StatementBuilder, iri: &NamedNode, id: &str, run: &Run) {
    let seen: BTreeMap<&str, [i64; 2]> = run
        .seen
        .iter()
        .map(|(state, (first, last))| (state.as_str(), [first.0, last.0]))
        .collect();
    let names = |names: &std::collections::BTreeSet<Name>| -> Vec<Value> {
        names.iter().map(|name| json!(name.parts())).collect()
    };
    let value = json!([id, seen, names(&run.inputs), names(&run.outputs)]);
    note(out, iri, format!("{RUN}{value}"));
    let mut all = run.facets.clone();
    if let Some(job) = &run.job {
        all.insert(format!(" {OF_JOB}"), job.clone());
    }
    for (name, lineage) in &run.lineage {
        let key = format!(" {LINEAGE}{}", json!(name.parts()));
        all.insert(key, lineage.clone());
    }
    registers(out, iri, &all);
}

fn registers(out: &mut StatementBuilder, iri: &NamedNode, registers: &Registers) {
    let mut times: BTreeMap<&str, i64> = BTreeMap::new();
    for (key, register) in registers {
        times.insert(key, register.time.0);
        // A `=` in the name of a facet would end it too early.
        let key = Value::from(key.as_str());
        note(out, iri, format!("{FACET}{key}={}", register.value));
    }
    if !times.is_empty() {
        note(out, iri, format!("{TIMES}{}", json!(times)));
    }
}

/// Adds a text letter by letter.
fn note(out: &mut StatementBuilder, iri: &NamedNode, text: String) {
    out.add(iri.clone(), iso::EXTRA, Literal::new_simple_literal(text));
}

/// Everything remembered of one entity, as it is found.
#[derive(Default)]
struct Memory {
    dataset: Option<Value>,
    job: Option<Value>,
    run: Option<Value>,
    facets: BTreeMap<String, String>,
    times: BTreeMap<String, i64>,
}

/// Reads the state back from the statements of a source; statements that are none of ours say nothing here.
pub(super) fn state(statements: impl Iterator<Item = Statement>) -> State {
    let mut memories: BTreeMap<String, Memory> = BTreeMap::new();
    for statement in statements {
        if statement.predicate.as_str() != iso::EXTRA {
            continue;
        }
        if let (NamedOrBlankNode::NamedNode(subject), RdfTerm::Literal(literal)) =
            (&statement.subject, &statement.object)
        {
            let memory = memories.entry(subject.as_str().to_owned()).or_default();
            memory.take(literal.value());
        }
    }
    let mut state = State::default();
    for memory in memories.into_values() {
        memory.give(&mut state);
    }
    state.index();
    state
}

impl Memory {
    fn take(&mut self, text: &str) {
        let json = |text: &str| serde_json::from_str(text).ok();
        if let Some(rest) = text.strip_prefix(DATASET) {
            self.dataset = json(rest);
        } else if let Some(rest) = text.strip_prefix(JOB) {
            self.job = json(rest);
        } else if let Some(rest) = text.strip_prefix(RUN) {
            self.run = json(rest);
        } else if let Some(rest) = text.strip_prefix(TIMES) {
            self.times = serde_json::from_str(rest).unwrap_or_default();
        } else if let Some(rest) = text.strip_prefix(FACET) {
            let mut key = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            if let Some(Ok(name)) = key.next()
                && let Some(value) = rest
                    .get(key.byte_offset()..)
                    .and_then(|rest| rest.strip_prefix('='))
            {
                self.facets.insert(name, value.to_owned());
            }
        }
    }

    fn give(mut self, state: &mut State) {
        let mut all = Registers::new();
        for (key, value) in std::mem::take(&mut self.facets) {
            let time = self
                .times
                .get(&key)
                .copied()
                .map_or(Moment::UNKNOWN, Moment);
            all.insert(key, Register { time, value });
        }
        let mut private = private_of(&mut all);
        if let Some(name) = self.dataset.as_ref().and_then(name) {
            state.datasets.insert(name, all);
        } else if let Some(name) = self.job.as_ref().and_then(name) {
            let design = private.remove(DESIGN);
            let facets = all;
            state.jobs.insert(name, Job { facets, design });
        } else if let Some(Value::Array(parts)) = self.run
            && let [Value::String(id), seen, inputs, outputs] = parts.as_slice()
        {
            let names = |value: &Value| {
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(name)
                    .collect()
            };
            let mut run = Run {
                facets: all,
                job: private.remove(OF_JOB),
                seen: seen_of(seen),
                inputs: names(inputs),
                outputs: names(outputs),
                ..Run::default()
            };
            for (key, register) in private {
                let parts = key.strip_prefix(LINEAGE);
                let parts = parts.and_then(|text| serde_json::from_str(text).ok());
                if let Some(name) = parts.as_ref().and_then(name) {
                    run.lineage.insert(name, register);
                }
            }
            state.runs.insert(id.clone(), run);
        }
    }
}

/// Takes out what is no facet: its key starts with a blank, which is taken off.
fn private_of(registers: &mut Registers) -> Registers {
    let is_private = |key: &&String| key.starts_with(' ');
    let keys: Vec<String> = registers.keys().filter(is_private).cloned().collect();
    keys.into_iter()
        .filter_map(|key| Some((key[1..].to_owned(), registers.remove(&key)?)))
        .collect()
}

fn name(value: &Value) -> Option<Name> {
    Some(Name::new(value.get(0)?.as_str()?, value.get(1)?.as_str()?))
}

fn seen_of(value: &Value) -> BTreeMap<RunState, (Moment, Moment)> {
    let entries = value.as_object().into_iter().flatten();
    let entries = entries.filter_map(|(state, times)| {
        let at = |place: usize| times.get(place)?.as_i64().map(Moment);
        Some((RunState::of(state)?, (at(0)?, at(1)?)))
    });
    entries.collect()
}
