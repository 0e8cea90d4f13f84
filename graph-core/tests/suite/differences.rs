//! What each version changed, told from the history, against what two snapshots say.

use std::collections::BTreeSet;

use graph_core::{Change, OpenOptions, Store, Version};
use proptest::prelude::*;

use crate::support::*;

/// Checks the difference of every version against the snapshots on either side of it.
fn check(store: &Store) {
    let latest = store.snapshot().version();
    for version in 1..=latest.0 {
        let before = claims(&store.as_of(Version(version - 1)).unwrap());
        let after = claims(&store.as_of(Version(version)).unwrap());
        let (mut added, mut removed) = (BTreeSet::new(), BTreeSet::new());
        for difference in store.difference(Version(version)).unwrap() {
            let info = difference.info().clone();
            assert_eq!(info.version, Version(version));
            assert_eq!(difference.added().count() as u64, info.added);
            assert_eq!(difference.removed().count() as u64, info.removed);
            let name = info.source.to_string();
            let by_subject: Vec<_> = (0..difference.len())
                .map(|at| difference.subject(at).unwrap())
                .collect();
            assert!(
                by_subject
                    .windows(2)
                    .all(|pair| pair[0].subject < pair[1].subject)
            );
            assert!(difference.subject(difference.len()).is_none());
            for (at, subject) in by_subject.into_iter().enumerate() {
                let counts = (subject.removed.len(), subject.added.len());
                assert_eq!(difference.counts(at), counts);
                assert_eq!(difference.subject_text(at), Some(subject.subject));
                let named = |it: graph_core::rdf::Statement| (name.clone(), it.to_string());
                added.extend(subject.added.into_iter().map(named));
                removed.extend(subject.removed.into_iter().map(named));
            }
        }
        assert_eq!(
            added,
            after.difference(&before).cloned().collect(),
            "added in {version}"
        );
        assert_eq!(
            removed,
            before.difference(&after).cloned().collect(),
            "removed in {version}"
        );
    }
    assert!(store.difference(Version(latest.0 + 1)).is_err());
    assert!(store.difference(Version(0)).unwrap().is_empty());
    assert_eq!(
        store.versions_after(Version(0), usize::MAX),
        store.versions()
    );
    assert!(store.versions_after(latest, 9).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_difference_is_what_lies_between_two_versions(
        steps in prop::collection::vec((0_u8..3, 0_u8..4, prop::collection::vec((0_u32..30, 0_u32..5), 0..30)), 1..14),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let memory = Store::in_memory();
        let disk = Store::open(folder.path(), OpenOptions { inline_bytes_max: 64, ..OpenOptions::default() }).unwrap();
        for (name, what, edges) in &steps {
            let says = || edges.iter().map(|(a, b)| link(&format!("n{a}"), "to", &format!("n{b}"))).collect::<Vec<_>>();
            let many = || (0..100).map(|n| link(&format!("many{n}"), "to", "n0")).chain(says()).collect::<Vec<_>>();
            let half = edges.len() / 2;
            let change = || match what {
                0 => Change::Replace(says()),
                1 => Change::Replace(many()),
                2 => Change::Patch { remove: says()[..half].to_vec(), add: says()[half..].to_vec() },
                _ => Change::Remove,
            };
            let name = format!("s{name}");
            memory.commit(commit(&name, change())).unwrap();
            disk.commit(commit(&name, change())).unwrap();
        }
        check(&memory);
        check(&disk);
    }
}
