//! Whatever the order, however often: the same graph.

use std::collections::BTreeSet;

use graph_core::rdf::Statement;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::event::Event;
use super::super::state::State;
use super::super::stream::Stream;
use crate::StatementBuilder;
use crate::shared::options;

fn any_event() -> impl Strategy<Value = Value> {
    let state = prop::sample::select(vec![
        "START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER",
    ]);
    let kind = 0..8_u8;
    let sets = (0..8_u8, 0..8_u8, 0..3_u8);
    (state, kind, 0..4_u32, 0..3_u8, 0..2_u8, sets).prop_map(|(state, kind, minute, run, job, (inputs, outputs, facet))| {
        let names = |bits: u8| -> Vec<Value> {
            let names = (0..3).filter(|bit| bits & (1 << bit) != 0);
            names.map(|bit| mention(bit, facet)).collect()
        };
        let time = format!("2026-01-01T00:{minute:02}:00Z");
        let job = json!({"namespace": "n", "name": format!("j{job}"), "facets": {"documentation": {"description": format!("d{facet}")}}});
        match kind {
            0 => json!({"eventTime": time, "job": job, "inputs": names(inputs), "outputs": names(outputs)}),
            1 => json!({"eventTime": time, "dataset": mention(inputs % 3, facet)}),
            _ => json!({"eventType": state, "eventTime": time, "run": {"runId": format!("r{run}"), "facets": {"x": {"v": facet}}},
                        "job": job, "inputs": names(inputs), "outputs": names(outputs)}),
        }
    })
}

fn mention(number: u8, facet: u8) -> Value {
    json!({"namespace": "postgres://h", "name": format!("d.s.t{number}"), "facets": {
        "schema": {"fields": [{"name": format!("c{facet}")}]},
        "ownership": {"owners": [{"name": format!("team:o{facet}")}]},
        "columnLineage": {"fields": {"c0": {"inputFields": [{"namespace": "postgres://h", "name": "d.s.t0", "field": format!("c{facet}")}]}}}
    }})
}

fn events(values: &[Value]) -> Vec<Event> {
    values
        .iter()
        .filter_map(|value| Event::read(value.clone()).0)
        .collect()
}

fn written(events: &[Event]) -> BTreeSet<String> {
    let mut state = State::default();
    for event in events {
        state.fold(event);
    }
    let mut out = StatementBuilder::new(&options().source);
    super::super::write_all(&state, &mut out);
    out.finish().iter().map(ToString::to_string).collect()
}

/// What a graph holds after the patches of a stream, restarted from the graph now and then.
fn streamed(events: &[Event], restart_every: usize) -> BTreeSet<String> {
    let source = options().source;
    let mut graph: Vec<Statement> = Vec::new();
    let mut stream = Stream::new(&source, std::iter::empty());
    for (place, chunk) in events.chunks(2).enumerate() {
        if place % restart_every == 0 {
            stream = Stream::new(&source, graph.iter().cloned());
        }
        let patch = stream.fold(chunk);
        for gone in &patch.remove {
            let at = graph.iter().position(|statement| statement == gone);
            graph.swap_remove(at.expect("only what is there can go"));
        }
        for new in patch.add {
            assert!(!graph.contains(&new), "{new} is there already");
            graph.push(new);
        }
    }
    graph.iter().map(ToString::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn order_and_repetition_do_not_matter(
        values in prop::collection::vec(any_event(), 1..14),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
        shuffled in Just(()).prop_perturb(|(), mut random| random.random::<u64>()),
    ) {
        let events = events(&values);
        let expected = written(&events);
        let mut other = events.clone();
        // Every event once in another order, and some again in between.
        let mut seed = shuffled;
        for at in (1..other.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            other.swap(at, (seed >> 33) as usize % (at + 1));
        }
        for index in order {
            let again = index.get(&events).clone();
            other.insert(index.index(other.len()), again);
        }
        prop_assert_eq!(&written(&other), &expected);
        prop_assert_eq!(&streamed(&other, 1000), &expected);
        prop_assert_eq!(&streamed(&other, 2), &expected);
    }
}

#[test]
fn a_stream_keeps_the_last_runs_and_what_the_job_does() {
    let source = options().source;
    let run = |number: u32, state: &str| {
        json!({"eventType": state, "eventTime": format!("2026-01-01T00:{:02}:{:02}Z", number / 60, number % 60),
            "run": {"runId": format!("r{number}")}, "job": {"namespace": "n", "name": "j"},
            "inputs": [mention(u8::from(number % 2 == 1), 0)], "outputs": [mention(2, 0)]})
    };
    let mut values = vec![run(0, "COMPLETE")];
    values
        .extend((1..200).map(|number| run(number, if number % 7 == 0 { "START" } else { "FAIL" })));
    let mut stream = Stream::new(&source, std::iter::empty()).keeping(5);
    let mut graph: BTreeSet<String> = BTreeSet::new();
    let mut most = 0;
    for event in events(&values) {
        let patch = stream.fold([&event]);
        for gone in &patch.remove {
            assert!(graph.remove(&gone.to_string()), "{gone} was not there");
        }
        graph.extend(patch.add.iter().map(ToString::to_string));
        most = most.max(graph.len());
    }
    let has = |text: &str| graph.iter().any(|line| line.contains(text));
    assert!(has("/r199>") && has("/r196>") && !has("/r195>") && !has("/r100>"));
    assert!(
        has("/r0>"),
        "the only run that completed shows what the job does"
    );
    assert!(has("wasDerivedFrom"));
    // A copy of an old event brings nothing back.
    let again = stream.fold(events(&values[100..101]).iter());
    assert_eq!((again.add.len(), again.remove.len()), (0, 0));
    assert!(most < 400, "{most} statements");
}
