//! Commits of many threads: each a version of its own, with one sync for those that wait together.

use std::fs;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use graph_core::rdf::Literal;
use graph_core::{Error, OpenOptions, Store, Version};

use crate::support::*;

const THREADS: u32 = 16;

#[test]
fn commits_that_wait_together_are_versions_of_their_own_in_one_record() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), OpenOptions::default()).unwrap();
    let held = store.prepare(vec![]).unwrap();
    let start = Barrier::new(THREADS as usize + 1);
    thread::scope(|scope| {
        let committed: Vec<_> = (0..THREADS)
            .map(|i| {
                let (store, start) = (&store, &start);
                scope.spawn(move || {
                    start.wait();
                    let says = vec![link(&format!("s{i}"), "p", "o")];
                    store.commit(replace(&format!("t{i}"), says)).unwrap()
                })
            })
            .collect();
        start.wait();
        thread::sleep(Duration::from_millis(300));
        drop(held);
        let mut versions: Vec<u64> = committed
            .into_iter()
            .map(|thread| thread.join().unwrap().version.0)
            .collect();
        versions.sort_unstable();
        assert_eq!(versions, (1..=u64::from(THREADS)).collect::<Vec<_>>());
    });
    let log = fs::read(dir.path().join("logs/000000000001.log")).unwrap();
    let records = log.windows(4).filter(|bytes| bytes == b"isog").count();
    assert!(
        records < THREADS as usize / 2,
        "{records} records for {THREADS} commits"
    );
    let newest = claims(&store.snapshot());
    assert_eq!(newest.len(), THREADS as usize);
    drop(store);
    let store = Store::open(dir.path(), OpenOptions::default()).unwrap();
    assert_eq!(claims(&store.snapshot()), newest);
    for version in 0..=u64::from(THREADS) {
        assert_eq!(store.as_of(Version(version)).unwrap().len(), version);
    }
}

#[test]
fn a_request_that_fails_leaves_those_beside_it_alone() {
    let store = Store::in_memory();
    let endless = Literal::from("x".repeat((64 << 20) + 1));
    let requests = vec![
        vec![replace("a", vec![link("x", "p", "y")])],
        vec![
            replace("b", vec![link("x", "p", "y")]),
            replace("c", vec![fact("x", "p", endless)]),
        ],
        vec![],
        vec![replace("a", vec![link("x", "p", "y")])],
        vec![replace("d", vec![link("x", "p", "z")])],
    ];
    let prepared = store.prepare_each(requests).unwrap();
    assert_eq!(prepared.snapshot().len(), 2);
    let answers = prepared.publish_each().unwrap();
    assert_eq!(answers[0].as_ref().unwrap()[0].version, Version(1));
    assert!(matches!(answers[1], Err(Error::TermTooLong { .. })));
    assert!(answers[2].as_ref().unwrap().is_empty());
    let again = &answers[3].as_ref().unwrap()[0];
    assert!(again.unchanged && again.version == Version(1));
    assert_eq!(answers[4].as_ref().unwrap()[0].version, Version(2));
    assert_eq!(store.snapshot().sources().len(), 2);
    assert_eq!(store.as_of(Version(1)).unwrap().len(), 1);
}

/// Figures: `cargo test -p graph-core --test suite groups::commits_a_second -- --ignored --nocapture`.
#[test]
#[ignore = "prints how many commits a second one and sixteen writers make"]
fn commits_a_second() {
    for writers in [1, THREADS] {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), OpenOptions::default()).unwrap();
        let each = 1_600 / writers;
        let started = std::time::Instant::now();
        thread::scope(|scope| {
            for writer in 0..writers {
                let store = &store;
                scope.spawn(move || {
                    for round in 0..each {
                        let says = vec![link(&format!("s{round}"), "p", "o")];
                        store.commit(replace(&format!("w{writer}"), says)).unwrap();
                    }
                });
            }
        });
        let seconds = started.elapsed().as_secs_f64();
        let commits = u64::from(each * writers);
        println!(
            "{writers} writers: {:.0} commits/s",
            commits as f64 / seconds
        );
        assert_eq!(store.snapshot().version(), Version(commits));
    }
}
