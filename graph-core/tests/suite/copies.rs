//! Backup, restore and verify, also while a store has the folder open and writes.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use graph_core::{Error, OpenOptions, Retention, Store, Timestamp, Version, folder};

use crate::support::*;

fn options() -> OpenOptions {
    OpenOptions {
        inline_bytes_max: 500,
        checkpoint_after_bytes: 20_000,
        retention: Retention {
            max_versions: Some(20),
            max_age_ms: None,
        },
        ..OpenOptions::default()
    }
}

/// Checkpoints only when they are asked for.
fn never() -> OpenOptions {
    OpenOptions {
        checkpoint_after_bytes: u64::MAX,
        ..options()
    }
}

fn open(dir: &Path) -> Store {
    Store::open(dir, options()).unwrap()
}

/// As many statements as the version has, so that half a version would be noticed.
fn fill(store: &Store, rounds: u32) {
    for _ in 0..rounds {
        let version = store.snapshot().version().0 + 1;
        let says = (0..version)
            .map(|i| link(&format!("{version}/{i}"), "p", &format!("{i}")))
            .collect();
        store.commit(replace("s", says)).unwrap();
    }
}

#[test]
fn a_backup_taken_while_commits_and_compactions_run_is_a_whole_version() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let store = open(&data);
    fill(&store, 30);
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                fill(&store, 5);
                store.compact(Timestamp(7)).unwrap();
            }
        });
        for round in 0..8 {
            let name = if round % 2 == 0 {
                format!("copy{round}")
            } else {
                format!("copy{round}.backup")
            };
            let copy = dir.path().join(name);
            let report = folder::backup(&data, &copy).unwrap();
            let restored = dir.path().join(format!("restored{round}"));
            assert_eq!(folder::restore(&copy, &restored).unwrap(), report);
            let checked = folder::verify(&restored).unwrap();
            assert!(checked.damaged.is_empty(), "{:?}", checked.damaged);
            let found = open(&restored);
            assert!(found.recovery().is_clean(), "{:?}", found.recovery());
            assert_eq!(found.snapshot().version(), report.newest);
            assert!(report.newest >= Version(30));
            for version in report.oldest.0..=report.newest.0 {
                assert_eq!(found.as_of(Version(version)).unwrap().len(), version);
            }
            let live = folder::verify(&data).unwrap();
            assert!(live.damaged.is_empty(), "{:?}", live.damaged);
        }
        ended.store(true, Ordering::Relaxed);
    });
}

#[test]
fn nothing_is_overwritten_and_a_damaged_backup_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let store = open(&path("data"));
    fill(&store, 40);
    folder::backup(&path("data"), &path("copy.backup")).unwrap();
    folder::backup(&path("data"), &path("copy")).unwrap();
    for taken in ["copy.backup", "copy"] {
        let error = folder::backup(&path("data"), &path(taken)).unwrap_err();
        assert!(
            matches!(&error, Error::File { path: named, .. } if *named == path(taken)),
            "{error}"
        );
    }
    let error = folder::restore(&path("copy"), &path("data")).unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
    assert!(folder::verify(&path("data")).unwrap().damaged.is_empty());
    let whole = fs::read(path("copy.backup")).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 23) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x40;
        for damaged in [flipped, whole[..at].to_vec()] {
            fs::write(path("damaged.backup"), damaged).unwrap();
            let error = folder::restore(&path("damaged.backup"), &path("new")).unwrap_err();
            assert!(
                matches!(&error, Error::Corrupt { path: named, .. } if *named == path("damaged.backup")),
                "{at}: {error}"
            );
            assert!(!path("new").exists());
        }
    }
    assert!(folder::backup(&path("nothing"), &path("x")).is_err());
}

#[test]
fn every_damage_is_named_by_a_check_and_a_checkpoint_that_lies_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let store = Store::open(&data, never()).unwrap();
    fill(&store, 60);
    store.compact(Timestamp(7)).unwrap();
    fill(&store, 3);
    drop(store);
    let report = folder::verify(&data).unwrap();
    assert!(report.damaged.is_empty(), "{:?}", report.damaged);
    assert_eq!((report.newest.0, report.oldest.0), (63, 41));
    assert_eq!(report.checkpoints, [Version(60)]);
    let segments: Vec<_> = fs::read_dir(data.join("segments"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    let logs: Vec<_> = fs::read_dir(data.join("logs"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    let parts: Vec<_> = fs::read_dir(data.join("checkpoints/000000000060"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    let mut all = 0;
    for file in segments.iter().chain(&logs).chain(&parts) {
        let whole = fs::read(file).unwrap();
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            for damaged in [&flipped[..], &whole[..at]] {
                fs::write(file, damaged).unwrap();
                let found = folder::verify(&data).unwrap().damaged;
                let of_log = logs.contains(file)
                    && found.iter().all(|d| d.path.starts_with(data.join("logs")));
                assert!(
                    found.iter().any(|d| d.path == *file) || of_log && !found.is_empty(),
                    "{} at {at}: {found:?}",
                    file.display()
                );
                all += 1;
            }
        }
        fs::write(file, whole).unwrap();
    }
    assert!(all >= 24, "{all} damages");
    // A checkpoint of another history, whole in itself.
    let other = dir.path().join("other");
    let store = Store::open(&other, never()).unwrap();
    for round in 0..60_u32 {
        store
            .commit(replace("s", vec![link("x", "p", &format!("{round}"))]))
            .unwrap();
    }
    store.compact(Timestamp(7)).unwrap();
    drop(store);
    let checkpoint = "checkpoints/000000000060";
    fs::remove_dir_all(data.join(checkpoint)).unwrap();
    fs::rename(other.join(checkpoint), data.join(checkpoint)).unwrap();
    let found = folder::verify(&data).unwrap().damaged;
    assert!(
        found
            .iter()
            .any(|d| d.path.ends_with(checkpoint) && d.reason.contains("source `s`")),
        "{found:?}"
    );
}
