//! What is forgotten, what is kept, and which version a time means.

use graph_core::{Change, Error, OpenOptions, Retention, Store, Timestamp, Version};

use crate::support::*;

fn at(time: i64, name: &str, round: u32) -> graph_core::Commit {
    graph_core::Commit {
        time: Timestamp(time),
        ..replace(name, vec![link(&format!("r{round}"), "p", "o")])
    }
}

fn keeping(max_versions: Option<u64>, max_age_ms: Option<i64>) -> OpenOptions {
    let retention = Retention {
        max_versions,
        max_age_ms,
    };
    OpenOptions {
        retention,
        ..OpenOptions::default()
    }
}

#[test]
fn a_time_means_the_latest_version_that_is_not_younger_even_when_clocks_jump() {
    let store = Store::in_memory();
    for (round, time) in [100, 50, 200, 150, 300].into_iter().enumerate() {
        store.commit(at(time, "s", round as u32)).unwrap();
    }
    let version_at = |time| store.version_at(Timestamp(time)).map(|v| v.0);
    assert_eq!(version_at(i64::MIN), Some(0), "before the first commit");
    assert_eq!(version_at(49), Some(0));
    assert_eq!(version_at(50), Some(2));
    assert_eq!(
        version_at(120),
        Some(2),
        "version 1 was overtaken by version 2"
    );
    assert_eq!(version_at(150), Some(4));
    assert_eq!(version_at(250), Some(4));
    assert_eq!(version_at(i64::MAX), Some(5));
    let older = store.as_of_time(Timestamp(120)).unwrap();
    assert_eq!(claims(&older), claims(&store.as_of(Version(2)).unwrap()));
}

#[test]
fn forgotten_versions_are_refused_and_kept_ones_are_unchanged() {
    let store = Store::in_memory_with(keeping(Some(3), None));
    for round in 0..10 {
        let name = if round == 0 { "early" } else { "late" };
        store.commit(at(i64::from(round), name, round)).unwrap();
    }
    let kept: Vec<_> = (8..=10)
        .map(|v| claims(&store.as_of(Version(v)).unwrap()))
        .collect();
    let report = store.compact(Timestamp(10)).unwrap();
    assert_eq!((report.oldest, report.versions_forgotten), (Version(8), 8));
    for version in 0..8 {
        let error = store.as_of(Version(version)).unwrap_err();
        assert!(
            matches!(
                error,
                Error::VersionNotKept {
                    oldest: Version(8),
                    ..
                }
            ),
            "{error}"
        );
    }
    for (version, expected) in (8..=10).zip(&kept) {
        let found = claims(&store.as_of(Version(version)).unwrap());
        assert_eq!(&found, expected);
        assert!(found.iter().any(|(source, _)| source == "early"));
    }
    assert_eq!(store.versions().first().unwrap().version, Version(8));
    let error = store.as_of_time(Timestamp(3)).unwrap_err();
    assert!(matches!(error, Error::TimeNotKept { .. }), "{error}");
    assert_eq!(store.version_at(Timestamp(8)), Some(Version(9)));
    store.commit(replace("late", vec![])).unwrap();
    assert_eq!(store.as_of(Version(10)).unwrap().len(), 2);
}

#[test]
fn a_version_goes_only_when_every_limit_lets_it_go() {
    let oldest = |versions, age| {
        let store = Store::in_memory_with(keeping(versions, age));
        for round in 1..=20_u32 {
            let commit = at(i64::from(round) * 100, "s", round);
            store.commit(commit).unwrap();
        }
        store.compact(Timestamp(2_000)).unwrap().oldest.0
    };
    assert_eq!(oldest(None, None), 0);
    assert_eq!(oldest(Some(5), None), 16);
    assert_eq!(
        oldest(None, Some(1_000)),
        10,
        "version 10 was the current one then"
    );
    assert_eq!(oldest(None, Some(950)), 10, "and still was 50 ms later");
    assert_eq!(oldest(Some(5), Some(1_000)), 10);
    assert_eq!(oldest(Some(15), Some(1_000)), 6);
    assert_eq!(oldest(Some(0), None), 20, "the newest is always there");
}

#[test]
fn patches_and_removed_sources_survive_forgetting() {
    let store = Store::in_memory_with(keeping(Some(2), None));
    let base = (0..50).map(|i| link(&format!("s{i}"), "p", "o")).collect();
    store
        .commit(replace("gone", vec![link("a", "p", "b")]))
        .unwrap();
    store.commit(replace("patched", base)).unwrap();
    store.commit(commit("gone", Change::Remove)).unwrap();
    for i in 0..8 {
        let change = Change::Patch {
            remove: vec![link(&format!("s{i}"), "p", "o")],
            add: vec![link("new", "p", &format!("n{i}"))],
        };
        store.commit(commit("patched", change)).unwrap();
    }
    let before = claims(&store.as_of(Version(10)).unwrap());
    store.compact(Timestamp(7)).unwrap();
    assert_eq!(claims(&store.as_of(Version(10)).unwrap()), before);
    assert_eq!(before.len(), 50);
    store
        .commit(replace("gone", vec![link("c", "p", "d")]))
        .unwrap();
    assert_eq!(store.snapshot().sources()[0].name.as_str(), "gone");
}
