//! A dump reads back as it was; a damaged one is refused or says nothing that leads out of its arrays.

use oxrdf::{BlankNode, Literal, NamedNode, Triple};

use super::*;
use crate::commit::{Change, Commit};
use crate::store::{Merging, OpenOptions, Store};

fn statement(seed: u32) -> Triple {
    let node = |local: u32| NamedNode::new_unchecked(format!("http://example.com/{local}"));
    let predicate = node(1_000 + seed % 5);
    match seed % 4 {
        0 => Triple::new(node(seed % 17), predicate, Literal::from(i64::from(seed))),
        1 => Triple::new(
            BlankNode::new_unchecked(format!("b{}", seed % 3)),
            predicate,
            node(seed),
        ),
        2 => Triple::new(
            node(seed % 17),
            predicate,
            Triple::new(node(1), node(2), Literal::new_simple_literal("grün")),
        ),
        _ => Triple::new(
            node(seed),
            predicate,
            Literal::new_language_tagged_literal_unchecked("x", "en"),
        ),
    }
}

/// A store with several layers of terms and statements, tombstones and superseded statements.
fn filled() -> Store {
    let store = Store::in_memory_with(OpenOptions {
        merging: Merging::Manual,
        ..OpenOptions::default()
    });
    let commit = |source: &str, change: Change| {
        let commit = Commit {
            source: source.parse().unwrap(),
            kind: "test".to_owned(),
            actor: "tester".to_owned(),
            time: Timestamp(-5),
            change,
        };
        store.commit(commit).unwrap();
    };
    let replace = |range: std::ops::Range<u32>| Change::Replace(range.map(statement).collect());
    commit("a", replace(0..300));
    commit("b", replace(100..400));
    commit(
        "a",
        Change::Patch {
            remove: (0..9).map(statement).collect(),
            add: (900..903).map(statement).collect(),
        },
    );
    commit("c", replace(0..0));
    commit("b", replace(350..700));
    store
}

fn written(snapshot: &Snapshot) -> Vec<u8> {
    let mut bytes = Vec::new();
    snapshot.write_to(&mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Result<Snapshot, Broken> {
    Snapshot::read_from(&mut &*bytes)
}

fn everything(snapshot: &Snapshot) -> Vec<String> {
    let mut all: Vec<String> = snapshot
        .matching(None, None, None, crate::Scope::Claims)
        .map(|found| format!("{:?} {}", found.source, snapshot.statement(found)))
        .collect();
    all.sort();
    all
}

#[test]
fn what_is_written_reads_back() {
    let store = filled();
    for _ in 0..2 {
        let snapshot = store.snapshot();
        let again = read(&written(&snapshot)).unwrap();
        assert_eq!(again.version(), snapshot.version());
        assert_eq!(again.sources(), snapshot.sources());
        assert_eq!(again.len(), snapshot.len());
        assert_eq!(everything(&again), everything(&snapshot));
        assert_eq!(written(&again), written(&snapshot));
        for found in snapshot.matching(None, None, None, crate::Scope::Claims) {
            let term = snapshot.term(found.object);
            assert_eq!(again.id(&term), snapshot.id(&term));
            let (s, p, o) = (found.subject, found.predicate, found.object);
            assert!(again.has(s, p, o));
            let by = |snapshot: &Snapshot| snapshot.count(None, Some(p), Some(o));
            assert_eq!(by(&again), by(&snapshot));
        }
        store.merge_all();
    }
}

#[test]
fn a_short_dump_is_refused() {
    let whole = written(&filled().snapshot());
    for at in (0..whole.len()).step_by(whole.len() / 400 + 1) {
        assert!(read(&whole[..at]).is_err(), "cut at {at}");
    }
}

/// Checksums find flipped bits; without them a dump is read into something that can be walked, or refused.
#[test]
fn flipped_bytes_lead_nowhere() {
    let whole = written(&filled().snapshot());
    let mut refused = 0;
    for at in (0..whole.len()).step_by(whole.len() / 1_500 + 1) {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = whole.clone();
            damaged[at] ^= flip;
            match read(&damaged) {
                Ok(snapshot) => drop(everything(&snapshot)),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 1_000, "{refused} refused");
}

#[test]
fn a_long_length_is_refused_without_making_room() {
    let mut bytes = (u64::MAX / 2).to_le_bytes().to_vec();
    assert!(matches!(
        get_words(&mut bytes.as_slice()),
        Err(Broken::Bytes(_))
    ));
    bytes[7] = 0;
    bytes[6] = 0;
    assert!(get_bytes(&mut bytes.as_slice()).is_err());
}
