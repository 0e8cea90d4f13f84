//! The store against a naive model: a set of claims for each version.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::rdf::Statement;
use graph_core::{
    Change, Merging, OpenOptions, Scope, Snapshot, Store, TermId, Timestamp, Version,
};
use proptest::prelude::*;

use crate::support::*;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Replace(u8, Vec<u32>),
    Patch(u8, Vec<u32>, Vec<u32>),
    Remove(u8),
}

fn statements(seeds: &[u32]) -> Vec<Statement> {
    seeds.iter().map(|&seed| small_statement(seed)).collect()
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let seeds = || prop::collection::vec(0_u32..336, 0..30);
    let step = prop_oneof![
        4 => (0_u8..14, seeds()).prop_map(|(s, seeds)| Step::Replace(s, seeds)),
        3 => (0_u8..14, seeds(), seeds()).prop_map(|(s, a, b)| Step::Patch(s, a, b)),
        1 => (0_u8..14).prop_map(Step::Remove),
    ];
    prop::collection::vec(step, 1..30)
}

pub(crate) type Model = BTreeMap<String, BTreeSet<String>>;

pub(crate) fn apply(model: &mut Model, step: &Step) -> Change {
    let text = |seeds: &[u32]| {
        statements(seeds)
            .iter()
            .map(ToString::to_string)
            .collect::<BTreeSet<_>>()
    };
    match step {
        Step::Replace(s, seeds) => {
            model.insert(format!("s{s}"), text(seeds));
            Change::Replace(statements(seeds))
        }
        Step::Patch(s, remove, add) => {
            let known = model.entry(format!("s{s}")).or_default();
            known.retain(|statement| !text(remove).contains(statement));
            known.extend(text(add));
            Change::Patch {
                remove: statements(remove),
                add: statements(add),
            }
        }
        Step::Remove(s) => {
            model.remove(&format!("s{s}"));
            Change::Remove
        }
    }
}

pub(crate) fn flat(model: &Model) -> BTreeSet<Claim> {
    model
        .iter()
        .flat_map(|(source, says)| says.iter().map(|s| (source.clone(), s.clone())))
        .collect()
}

/// Every pattern made of the parts of every statement finds what filtering everything finds, in all eight shapes.
pub(crate) fn check_patterns(snapshot: &Snapshot) {
    let claims: Vec<_> = snapshot.matching(None, None, None, Scope::Claims).collect();
    for probe in claims.iter().take(40) {
        for shape in 0..8 {
            let part = |bit: u8, id: TermId| (shape & bit != 0).then_some(id);
            let (s, p, o) = (
                part(1, probe.subject),
                part(2, probe.predicate),
                part(4, probe.object),
            );
            let fits = |found: &&graph_core::IdStatement| {
                s.is_none_or(|s| s == found.subject)
                    && p.is_none_or(|p| p == found.predicate)
                    && o.is_none_or(|o| o == found.object)
            };
            let mut expected: Vec<_> = claims.iter().filter(fits).copied().collect();
            let mut found: Vec<_> = snapshot.matching(s, p, o, Scope::Claims).collect();
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "claims of shape {shape}");

            let one = probe.source;
            let mut of_source: Vec<_> = snapshot.matching(s, p, o, Scope::Source(one)).collect();
            of_source.sort();
            let expected_of_source: Vec<_> = expected
                .iter()
                .filter(|found| found.source == one)
                .copied()
                .collect();
            assert_eq!(of_source, expected_of_source, "source of shape {shape}");

            let triples = |found: &[graph_core::IdStatement]| {
                found
                    .iter()
                    .map(|f| (f.subject, f.predicate, f.object))
                    .collect::<Vec<_>>()
            };
            let mut expected = triples(&expected);
            expected.dedup();
            let mut merged = triples(&snapshot.matching(s, p, o, Scope::Union).collect::<Vec<_>>());
            merged.sort();
            assert_eq!(merged, expected, "merged of shape {shape}");
            assert_eq!(snapshot.count(s, p, o), expected.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_version_says_what_the_model_says(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let options = OpenOptions { inline_bytes_max: 150, checkpoint_after_bytes: 1_500, ..OpenOptions::default() };
        let mut disk = Store::open(dir.path(), options).unwrap();
        let mut times = vec![i64::MIN];
        let memory = Store::in_memory();
        let mut model = Model::new();
        let mut versions = vec![BTreeSet::new()];
        for (number, step) in steps.iter().enumerate() {
            let time = i64::try_from(number).unwrap() * 7919 % 50;
            let commit = |name: &str, change| graph_core::Commit { time: Timestamp(time), ..commit(name, change) };
            let before = model.clone();
            let change = apply(&mut model, step);
            let name = match step { Step::Replace(s, _) | Step::Patch(s, ..) | Step::Remove(s) => format!("s{s}") };
            let receipt = memory.commit(commit(&name, change.clone())).unwrap();
            prop_assert_eq!(&receipt, &disk.commit(commit(&name, change)).unwrap());
            prop_assert_eq!(receipt.unchanged, before == model, "unchanged is true only then");
            let (old, new) = (before.get(&name).cloned().unwrap_or_default(), model.get(&name).cloned().unwrap_or_default());
            prop_assert_eq!(receipt.added as usize, new.difference(&old).count());
            prop_assert_eq!(receipt.removed as usize, old.difference(&new).count());
            prop_assert_eq!(receipt.statements as usize, new.len());
            if !receipt.unchanged {
                versions.push(flat(&model));
                times.push(time);
            }
            prop_assert_eq!(receipt.version, Version(versions.len() as u64 - 1));
            if number % 7 == 3 {
                disk.compact(Timestamp(time)).unwrap();
            }
            if number % 11 == 5 {
                drop(disk);
                disk = Store::open(dir.path(), options).unwrap();
                prop_assert!(disk.recovery().is_clean());
            }
        }
        let live = memory.snapshot();
        prop_assert_eq!(claims(&live), flat(&model));
        check_patterns(&live);
        let merged_live = merged(&live);
        drop(disk);
        let disk = Store::open(dir.path(), OpenOptions::default()).unwrap();
        prop_assert!(disk.recovery().is_clean());
        prop_assert_eq!(claims(&disk.snapshot()), flat(&model));
        prop_assert_eq!(merged(&disk.snapshot()), merged_live);
        let reopened = disk.snapshot();
        prop_assert_eq!(reopened.sources(), live.sources());
        prop_assert_eq!(disk.versions(), memory.versions());
        for time in 0..50 {
            let latest = times.iter().rposition(|&made| made <= time).unwrap();
            prop_assert_eq!(disk.version_at(Timestamp(time)), Some(Version(latest as u64)));
            prop_assert_eq!(&claims(&disk.as_of_time(Timestamp(time)).unwrap()), &versions[latest]);
        }
        for (version, expected) in versions.iter().enumerate() {
            for store in [&disk, &memory] {
                let older = store.as_of(Version(version as u64)).unwrap();
                prop_assert_eq!(older.version(), Version(version as u64));
                prop_assert_eq!(&claims(&older), expected);
            }
        }
    }
}

/// Options that differ from the default in when layers are merged.
fn merged_when(merging: Merging) -> OpenOptions {
    OpenOptions {
        merging,
        ..OpenOptions::default()
    }
}

#[test]
fn layers_stay_few_and_unused_terms_go_away() {
    let store = Store::in_memory_with(merged_when(Merging::Inline));
    let many = |round: u32, count: u32| -> Vec<Statement> {
        (0..count)
            .map(|i| link(&format!("r{round}/s{i}"), "p", &format!("r{round}/o{i}")))
            .collect()
    };
    store.commit(replace("base", many(0, 5_000))).unwrap();
    for round in 1..60 {
        store
            .commit(replace(&format!("small{}", round % 20), many(round, 20)))
            .unwrap();
        let layers = store.snapshot().layer_count();
        assert!(layers <= 9, "{layers} layers in round {round}");
    }
    let before = store.snapshot().heap_bytes();
    for round in 100..140 {
        store.commit(replace("churn", many(round, 5_000))).unwrap();
    }
    let after = store.snapshot();
    assert_eq!(after.len(), 5_000 + 20 * 20 + 5_000);
    assert!(
        after.heap_bytes() < before * 20,
        "{} bytes, {before} before",
        after.heap_bytes()
    );
    assert!(
        after.term_bound() < 250_000,
        "{} terms for 20 thousand in use",
        after.term_bound()
    );
    check_patterns(&after);
}

#[test]
fn a_dropped_candidate_has_not_happened() {
    let store = Store::in_memory();
    store
        .commit(replace("a", vec![link("x", "p", "y")]))
        .unwrap();
    let before = claims(&store.snapshot());
    let prepared = store
        .prepare(vec![
            replace("a", vec![]),
            replace("b", vec![link("x", "p", "z")]),
        ])
        .unwrap();
    assert_eq!(prepared.snapshot().len(), 1);
    assert_eq!(prepared.snapshot().version(), Version(2));
    drop(prepared);
    assert_eq!(claims(&store.snapshot()), before);
    assert_eq!(store.snapshot().version(), Version(1));
    assert_eq!(store.versions().len(), 1);
}

#[test]
fn commits_prepared_together_are_one_version() {
    let store = Store::in_memory();
    let commits = vec![
        replace("a", vec![link("x", "p", "y")]),
        replace("b", vec![link("x", "p", "y")]),
        commit(
            "a",
            Change::Patch {
                remove: vec![],
                add: vec![link("x", "p", "z")],
            },
        ),
    ];
    let receipts = store.prepare(commits).unwrap().publish().unwrap();
    assert!(receipts.iter().all(|receipt| receipt.version == Version(1)));
    assert_eq!(store.snapshot().len(), 3);
    assert_eq!(merged(&store.snapshot()).len(), 2);
    assert_eq!(
        claims(&store.as_of(Version(1)).unwrap()),
        claims(&store.snapshot())
    );
    let receipts = store
        .prepare(vec![replace("b", vec![link("x", "p", "y")])])
        .unwrap()
        .publish()
        .unwrap();
    assert!(receipts[0].unchanged);
    assert_eq!(store.snapshot().version(), Version(1));
}

#[test]
fn blank_nodes_belong_to_their_source() {
    use graph_core::rdf::{BlankNode, RdfTerm};
    let store = Store::in_memory();
    let says = || {
        vec![Statement::new(
            BlankNode::new("b0").unwrap(),
            node("p"),
            node("o"),
        )]
    };
    store.commit(replace("a", says())).unwrap();
    store.commit(replace("b", says())).unwrap();
    let snapshot = store.snapshot();
    assert_eq!(
        merged(&snapshot).len(),
        2,
        "the same label in two sources is two nodes"
    );
    assert!(store.commit(replace("a", says())).unwrap().unchanged);
    for found in snapshot.matching(None, None, None, Scope::Union) {
        let term = snapshot.term(found.subject);
        assert!(matches!(term, RdfTerm::BlankNode(_)));
        assert_eq!(
            snapshot.id(&term),
            Some(found.subject),
            "a reader's label leads back"
        );
    }
    // What a reader saw of its own source may be handed back.
    let a = snapshot.source_id(&source("a")).unwrap();
    let seen: Vec<_> = snapshot
        .matching(None, None, None, Scope::Source(a))
        .map(|f| snapshot.statement(f))
        .collect();
    assert!(store.commit(replace("a", seen)).unwrap().unchanged);
}
