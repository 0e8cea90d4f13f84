//! Merging layers changes nothing that can be read: random commits with merges between them, against a naive model.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use graph_core::{Change, Merging, OpenOptions, Scope, Snapshot, Store, Version};
use proptest::prelude::*;

use crate::model::{Model, Step, apply, check_patterns, flat, steps};
use crate::support::*;

fn store(merging: Merging) -> Store {
    Store::in_memory_with(OpenOptions {
        merging,
        ..OpenOptions::default()
    })
}

fn name_of(step: &Step) -> String {
    match step {
        Step::Replace(s, _) | Step::Patch(s, ..) | Step::Remove(s) => format!("s{s}"),
    }
}

/// Counts, estimates by counting, and membership agree with reading everything.
fn check_counts(snapshot: &Snapshot) {
    let all: Vec<_> = snapshot.matching(None, None, None, Scope::Claims).collect();
    assert_eq!(all.len() as u64, snapshot.len());
    let union: BTreeSet<_> = all
        .iter()
        .map(|found| (found.subject, found.predicate, found.object))
        .collect();
    assert_eq!(snapshot.count(None, None, None), union.len());
    for &(subject, predicate, object) in union.iter().take(50) {
        assert!(snapshot.has(subject, predicate, object));
        let of_subject = union.range((subject, predicate, object)..);
        let of_subject = of_subject.take_while(|found| found.0 == subject).count();
        assert!(snapshot.count(Some(subject), None, None) >= of_subject);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// One store merges in the background, one at the end of each commit, one at random moments; all say the same, and
    /// every snapshot ever taken keeps saying what it said.
    #[test]
    fn merges_change_nothing_that_can_be_read(steps in steps(), merges in prop::collection::vec(0_u8..4, 30)) {
        let stores = [Merging::Background, Merging::Inline, Merging::Manual].map(store);
        let mut model = Model::new();
        let mut versions = vec![BTreeSet::new()];
        let mut held: Vec<(Arc<Snapshot>, usize)> = Vec::new();
        for (step, merge) in steps.iter().zip(&merges) {
            let before = model.clone();
            let change = apply(&mut model, step);
            let mut receipts = stores.iter().map(|store| store.commit(commit(&name_of(step), change.clone())).unwrap());
            let receipt = receipts.next().unwrap();
            for other in receipts {
                prop_assert_eq!(&receipt, &other);
            }
            prop_assert_eq!(receipt.unchanged, before == model);
            if !receipt.unchanged {
                versions.push(flat(&model));
            }
            match merge {
                0 => drop(stores[2].merge_step()),
                1 => stores[2].merge_all(),
                _ => (),
            }
            for store in &stores {
                prop_assert_eq!(store.snapshot().version(), receipt.version);
                held.push((store.snapshot(), versions.len() - 1));
            }
        }
        for (snapshot, version) in &held {
            prop_assert_eq!(&claims(snapshot), &versions[*version]);
        }
        for store in &stores {
            check_patterns(&store.snapshot());
            check_counts(&store.snapshot());
            for (version, expected) in versions.iter().enumerate() {
                let older = store.as_of(Version(version as u64)).unwrap();
                prop_assert_eq!(&claims(&older), expected);
                check_counts(&older);
            }
            store.merge_all();
            prop_assert!(store.snapshot().layer_count() <= 1);
            prop_assert_eq!(&claims(&store.snapshot()), versions.last().unwrap());
            check_patterns(&store.snapshot());
        }
    }
}

#[test]
fn a_patch_adds_a_layer_of_its_own_size() {
    let store = store(Merging::Manual);
    let many: Vec<_> = (0..20_000)
        .map(|i| link(&format!("s{i}"), "p", &format!("o{}", i % 7)))
        .collect();
    store.commit(replace("big", many)).unwrap();
    let before = store.snapshot();
    let patch = |remove: &[&str], add: &[&str]| {
        let statements = |objects: &[&str]| objects.iter().map(|o| link("s1", "p", o)).collect();
        let change = Change::Patch {
            remove: statements(remove),
            add: statements(add),
        };
        store.commit(commit("big", change)).unwrap()
    };
    let receipt = patch(&["o1", "nowhere"], &["new", "o9"]);
    assert_eq!(
        (receipt.added, receipt.removed, receipt.statements),
        (2, 1, 20_001)
    );
    let after = store.snapshot();
    assert_eq!(after.layer_count(), 2);
    let (old, new) = (before.heap_bytes(), after.heap_bytes());
    assert!(
        new < old + 8_192,
        "{old} bytes became {new} for three statements"
    );
    assert!(patch(&["o1"], &["new"]).unchanged);
    // What was taken back can come again, and go again.
    assert_eq!(patch(&["new"], &["o1"]).statements, 20_001);
    assert_eq!(patch(&["o1"], &[]).removed, 1);
    assert_eq!(store.snapshot().len(), 20_000);
    let says = claims(&store.snapshot());
    store.merge_all();
    assert_eq!(claims(&store.snapshot()), says);
    assert_eq!(store.snapshot().layer_count(), 1);
}

#[test]
fn many_commits_without_merges_stay_within_the_cap() {
    let store = store(Merging::Manual);
    for round in 0..120 {
        let name = format!("s{}", round % 60);
        store
            .commit(replace(&name, vec![link(&format!("x{round}"), "p", "y")]))
            .unwrap();
        assert!(store.snapshot().layer_count() <= 25);
    }
    assert_eq!(store.snapshot().len(), 60);
    check_patterns(&store.snapshot());
}

#[test]
fn who_keeps_a_snapshot_is_told_of_the_merged_one() {
    let store = store(Merging::Manual);
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    store.on_merged(move |snapshot| {
        assert_eq!(snapshot.version(), Version(2));
        count.fetch_add(1, Ordering::Relaxed);
    });
    store
        .commit(replace("a", vec![link("x", "p", "y")]))
        .unwrap();
    store
        .commit(replace("b", vec![link("x", "p", "z")]))
        .unwrap();
    assert_eq!(told.load(Ordering::Relaxed), 0);
    store.merge_all();
    assert_eq!(told.load(Ordering::Relaxed), 1);
    assert_eq!(store.snapshot().len(), 2);
}

/// Writers, a reader and the thread that merges at the same time: every snapshot is whole.
#[test]
fn readers_see_whole_versions_while_layers_are_merged() {
    let store = store(Merging::Background);
    let statements = |round: u32| {
        (0..400)
            .map(|i| link(&format!("s{i}"), "p", &format!("r{round}")))
            .collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 0..150 {
                let name = format!("source{}", round % 12);
                store.commit(replace(&name, statements(round))).unwrap();
            }
        });
        while !writer.is_finished() {
            let snapshot = store.snapshot();
            let sources = snapshot.sources().len();
            let found = snapshot.matching(None, None, None, Scope::Claims).count();
            assert_eq!(found, sources * 400);
            assert_eq!(found as u64, snapshot.len());
        }
    });
    store.merge_all();
    let snapshot = store.snapshot();
    assert_eq!((snapshot.layer_count(), snapshot.len()), (1, 12 * 400));
    check_patterns(&snapshot);
}
