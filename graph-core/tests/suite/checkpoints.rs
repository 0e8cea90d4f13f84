//! Checkpoints, compaction, and what every kind of damage in every file of a folder comes to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use graph_core::{Change, Error, OpenOptions, Retention, Store, Timestamp, Version, folder};

use crate::support::*;

fn options() -> OpenOptions {
    OpenOptions {
        inline_bytes_max: 2_000,
        checkpoint_after_bytes: u64::MAX,
        retention: Retention {
            max_versions: Some(6),
            max_age_ms: None,
        },
        ..OpenOptions::default()
    }
}

fn open(dir: &Path) -> Result<Store, Error> {
    Store::open(dir, options())
}

fn many(from: u32, count: u32) -> Vec<graph_core::rdf::Statement> {
    (from..from + count)
        .map(|i| {
            link(
                &format!("s{i}"),
                "p",
                &format!("o{}", i.wrapping_mul(2_654_435_761)),
            )
        })
        .collect()
}

/// Ten versions: large and small changes, patches, a source that went.
fn fill(store: &Store) {
    store.commit(replace("large", many(0, 2_000))).unwrap();
    store.commit(replace("gone", many(0, 5))).unwrap();
    for i in 0..3 {
        let change = Change::Patch {
            remove: many(i * 10, 10),
            add: many(5_000 + i * 10, 10),
        };
        store.commit(commit("large", change)).unwrap();
        store.commit(replace("small", many(i, 4))).unwrap();
    }
    store.commit(commit("gone", Change::Remove)).unwrap();
    store.commit(replace("late", many(0, 1_500))).unwrap();
}

type Versions = BTreeMap<u64, BTreeSet<Claim>>;

fn everything(store: &Store) -> Versions {
    let oldest = store.oldest_version().0;
    let newest = store.snapshot().version().0;
    (oldest..=newest)
        .map(|v| (v, claims(&store.as_of(Version(v)).unwrap())))
        .collect()
}

/// Every file below a folder, by its path relative to it.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in fs::read_dir(dir).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, &target).unwrap();
    }
}

#[test]
fn a_restart_from_a_checkpoint_reads_what_a_restart_from_the_log_reads() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    fill(&store);
    let (before, infos) = (everything(&store), store.versions());
    assert_eq!(before.len(), 11);
    store.checkpoint().unwrap();
    store.commit(replace("small", many(50, 2))).unwrap();
    let newest = claims(&store.snapshot());
    drop(store);
    let copied = tempfile::tempdir().unwrap();
    copy(dir.path(), copied.path());
    fs::remove_dir_all(copied.path().join("checkpoints")).unwrap();
    for dir in [dir.path(), copied.path()] {
        let store = open(dir).unwrap();
        assert!(store.recovery().is_clean(), "{:?}", store.recovery());
        assert_eq!(claims(&store.snapshot()), newest);
        assert_eq!(store.versions()[..infos.len()], infos);
        let mut found = everything(&store);
        found.remove(&11);
        assert_eq!(found, before);
        store.commit(replace("gone", many(7, 1))).unwrap();
        assert_eq!(store.snapshot().sources()[1].name.as_str(), "gone");
    }
}

#[test]
fn compaction_forgets_and_frees_and_loses_nothing_that_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    for round in 0..30 {
        store
            .commit(replace("large", many(round * 2_000, 2_000)))
            .unwrap();
        store.commit(replace("small", many(round, 3))).unwrap();
    }
    let held = store.as_of(Version(2)).unwrap();
    let all = everything(&store);
    let report = store.compact(Timestamp(7)).unwrap();
    assert_eq!((report.oldest.0, report.newest.0), (55, 60));
    assert!(report.bytes_after * 3 < report.bytes_before, "{report:?}");
    assert!(report.files_removed > 20, "{report:?}");
    let kept: Versions = all.into_iter().filter(|(v, _)| *v >= 55).collect();
    assert_eq!(everything(&store), kept);
    assert_eq!(held.len(), 2_003, "a held snapshot goes on");
    // Again: nothing to do, and nothing breaks.
    let again = store.compact(Timestamp(7)).unwrap();
    assert_eq!((again.oldest.0, again.versions_forgotten), (55, 0));
    store.commit(replace("small", many(99, 3))).unwrap();
    let infos = store.versions();
    drop(store);
    for without_checkpoint in [false, true] {
        if without_checkpoint {
            fs::remove_dir_all(dir.path().join("checkpoints")).unwrap();
        }
        let store = open(dir.path()).unwrap();
        assert!(store.recovery().is_clean(), "{:?}", store.recovery());
        let mut found = everything(&store);
        assert_eq!(found.remove(&61).map(|claims| claims.len()), Some(2_003));
        assert_eq!(found, kept);
        assert_eq!(store.versions(), infos);
        let error = store.as_of(Version(54)).unwrap_err();
        assert!(matches!(
            error,
            Error::VersionNotKept {
                oldest: Version(55),
                ..
            }
        ));
    }
}

#[test]
fn a_compaction_cut_short_at_any_step_leaves_a_whole_folder() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    fill(&store);
    store.checkpoint().unwrap();
    store.commit(replace("small", many(50, 2))).unwrap();
    drop(store);
    let before = tempfile::tempdir().unwrap();
    copy(dir.path(), before.path());
    let store = open(dir.path()).unwrap();
    store.compact(Timestamp(7)).unwrap();
    let kept = everything(&store);
    drop(store);
    let folded: Vec<_> = files(&dir.path().join("logs"));
    let new_log = |dir: &Path| {
        for file in &folded {
            fs::copy(file, dir.join("logs").join(file.file_name().unwrap())).unwrap();
        }
    };
    let steps: [&dyn Fn(&Path); 4] = [
        // A draft of the new log lies about.
        &|dir| fs::write(dir.join("logs/000000000006-000000000011.log.new"), b"half").unwrap(),
        // The new log is there, the old ones and the old checkpoint too.
        &new_log,
        // As before, with half of the new checkpoint.
        &|dir| {
            new_log(dir);
            fs::create_dir_all(dir.join("checkpoints/000000000011.new")).unwrap();
            fs::write(dir.join("checkpoints/000000000011.new/head"), b"half").unwrap();
        },
        // Everything new is there, nothing old is gone.
        &|other| {
            new_log(other);
            copy(&dir.path().join("checkpoints"), &other.join("checkpoints"));
        },
    ];
    for (number, step) in steps.iter().enumerate() {
        let other = tempfile::tempdir().unwrap();
        copy(before.path(), other.path());
        step(other.path());
        for again in 0..2 {
            let store = open(other.path()).unwrap();
            let found = everything(&store);
            for (version, claims) in &kept {
                assert_eq!(
                    found.get(version),
                    Some(claims),
                    "step {number}, {version}, {again}"
                );
            }
            if again == 1 {
                assert!(
                    store.recovery().is_clean(),
                    "{number} {:?}",
                    store.recovery()
                );
                store.compact(Timestamp(7)).unwrap();
                assert_eq!(everything(&store), kept);
            }
        }
    }
}

/// A folder with a file of every kind.
fn one_of_each(dir: &Path) -> Versions {
    let store = open(dir).unwrap();
    fill(&store);
    store.compact(Timestamp(7)).unwrap();
    store.commit(replace("large", many(0, 1_700))).unwrap();
    store.checkpoint().unwrap();
    store.commit(replace("small", many(60, 3))).unwrap();
    store.commit(replace("late", many(60, 1_200))).unwrap();
    everything(&store)
}

/// What a damaged folder may come to: it is refused by the name of the file, or it opens, says so, and answers each
/// version rightly or with an error.
fn check_damaged(dir: &Path, file: &Path, whole: &Versions, what: &str) {
    let name = file.file_name().unwrap();
    let store = match open(dir) {
        Ok(store) => store,
        Err(
            Error::Corrupt { path, .. }
            | Error::File { path, .. }
            | Error::UnknownFormat { path, .. },
        ) => {
            let named = path.file_name() == Some(name) || path.starts_with(file.parent().unwrap());
            assert!(
                named,
                "{what}: {} named for {}",
                path.display(),
                file.display()
            );
            return;
        }
        Err(other) => panic!("{what}: {other}"),
    };
    let newest = store.snapshot().version().0;
    let mut noticed = !store.recovery().is_clean();
    for version in store.oldest_version().0..=newest {
        match store.as_of(Version(version)) {
            Ok(found) => assert_eq!(
                &claims(&found),
                &whole[&version],
                "{what}, version {version}"
            ),
            Err(Error::Corrupt { path, .. } | Error::File { path, .. }) => {
                assert_eq!(path.file_name(), Some(name), "{what}");
                noticed = true;
            }
            Err(other) => panic!("{what}: {other}"),
        }
    }
    drop(store);
    if newest < *whole.keys().next_back().unwrap() {
        assert!(noticed, "{what}: versions are gone and nothing is said");
    }
    // What reading alone does not meet, a check finds.
    let found = folder::verify(dir).unwrap().damaged;
    noticed |= found
        .iter()
        .any(|damage| damage.path.file_name() == Some(name));
    let harmless = ["lock", "hold"].iter().any(|free| name == *free);
    assert!(noticed || harmless, "{what}: not noticed");
}

#[test]
fn a_flipped_byte_or_a_cut_in_any_file_is_named_and_never_served() {
    let dir = tempfile::tempdir().unwrap();
    let whole = one_of_each(dir.path());
    let all = files(dir.path());
    let kinds = ["format", "tip", "logs", "segments", "checkpoints"];
    for kind in kinds {
        assert!(
            all.iter()
                .any(|f| f.strip_prefix(dir.path()).unwrap().starts_with(kind)),
            "{kind}"
        );
    }
    let mut cases = 0;
    for file in all {
        let bytes = fs::read(&file).unwrap();
        let relative = file.strip_prefix(dir.path()).unwrap();
        for part in [0, 1, 13, 22, 40, 60, 77, 99, 100] {
            let at = (bytes.len() * part / 100).min(bytes.len().saturating_sub(1));
            let damages: [&dyn Fn() -> Vec<u8>; 2] = [
                &|| {
                    let mut flipped = bytes.clone();
                    flipped
                        .iter_mut()
                        .skip(at)
                        .take(1)
                        .for_each(|byte| *byte ^= 0x20);
                    flipped
                },
                &|| bytes.iter().take(at).copied().collect(),
            ];
            for (damaged, what) in damages.iter().map(|damage| damage()).zip(["flip", "cut"]) {
                // A format without its line end is the same format.
                if damaged == bytes || damaged.trim_ascii_end() == bytes.trim_ascii_end() {
                    continue;
                }
                let other = tempfile::tempdir().unwrap();
                copy(dir.path(), other.path());
                let target = other.path().join(relative);
                fs::write(&target, &damaged).unwrap();
                let what = format!("{what} of `{}` at {at}", relative.display());
                check_damaged(other.path(), &target, &whole, &what);
                cases += 1;
            }
        }
    }
    assert!(cases > 100, "only {cases} cases");
}

#[test]
fn a_damaged_checkpoint_is_set_aside_and_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let whole = one_of_each(dir.path());
    let part = files(&dir.path().join("checkpoints")).pop().unwrap();
    let mut bytes = fs::read(&part).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    fs::write(&part, bytes).unwrap();
    let store = open(dir.path()).unwrap();
    let [damaged] = store.recovery().damaged.as_slice() else {
        panic!("{:?}", store.recovery())
    };
    assert_eq!(damaged.path, part);
    assert!(damaged.offset <= at as u64);
    assert_eq!(everything(&store), whole);
    store.checkpoint().unwrap();
    drop(store);
    let store = open(dir.path()).unwrap();
    assert!(store.recovery().is_clean());
    assert_eq!(everything(&store), whole);
}

#[test]
fn a_damaged_checkpoint_without_its_log_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(one_of_each(dir.path()));
    let logs = files(&dir.path().join("logs"));
    for file in &logs[..logs.len() - 1] {
        fs::remove_file(file).unwrap();
    }
    let store = open(dir.path()).unwrap();
    assert!(store.recovery().damaged.iter().any(|d| d.path == logs[0]));
    drop(store);
    let head = files(&dir.path().join("checkpoints")).remove(0);
    fs::write(&head, b"nothing").unwrap();
    let error = open(dir.path()).unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }), "{error}");
}

#[test]
fn checkpoints_come_by_themselves_and_stay_few() {
    let dir = tempfile::tempdir().unwrap();
    let often = OpenOptions {
        checkpoint_after_bytes: 20_000,
        ..options()
    };
    let store = Store::open(dir.path(), often).unwrap();
    for round in 0..120 {
        store
            .commit(replace("large", many(round * 2_000, 2_000)))
            .unwrap();
    }
    let newest = claims(&store.snapshot());
    assert_eq!(store.checkpoint_failure(), None);
    drop(store);
    let checkpoints = fs::read_dir(dir.path().join("checkpoints"))
        .unwrap()
        .count();
    assert_eq!(checkpoints, 1);
    let store = Store::open(dir.path(), often).unwrap();
    assert!(store.recovery().is_clean());
    assert_eq!(claims(&store.snapshot()), newest);
    assert!(
        store.oldest_version() > Version(0),
        "history was let go on the way"
    );
}

#[test]
fn a_folder_of_format_1_is_brought_up_to_date_wherever_that_was_cut_short() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/format-1");
    let steps: [&dyn Fn(&Path); 3] = [
        &|_| {},
        &|dir| fs::write(dir.join("format"), "isogloss data 2\n").unwrap(),
        &|dir| {
            fs::write(dir.join("format"), "isogloss data 2\n").unwrap();
            fs::create_dir(dir.join("logs")).unwrap();
            fs::rename(dir.join("log"), dir.join("logs/000000000001.log")).unwrap();
        },
    ];
    for step in steps {
        let dir = tempfile::tempdir().unwrap();
        copy(&fixture, dir.path());
        step(dir.path());
        for _ in 0..2 {
            let store = Store::open(dir.path(), OpenOptions::default()).unwrap();
            assert!(store.recovery().is_clean(), "{:?}", store.recovery());
            let statements: Vec<u64> = everything(&store)
                .values()
                .map(|c| c.len() as u64)
                .collect();
            assert_eq!(statements, [0, 3, 903, 903, 906, 903]);
            let small = claims(&store.snapshot());
            assert!(
                small
                    .iter()
                    .any(|(s, text)| s == "small" && text.contains("All orders"))
            );
        }
        let format = fs::read_to_string(dir.path().join("format")).unwrap();
        assert_eq!(format, "isogloss data 2\n");
        let store = Store::open(dir.path(), OpenOptions::default()).unwrap();
        store.commit(replace("new", many(0, 3))).unwrap();
        store.compact(Timestamp(0)).unwrap();
        assert_eq!(everything(&store).len(), 7);
    }
}

#[test]
fn a_folder_whose_log_is_gone_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    fs::remove_file(dir.path().join("logs/000000000001.log")).unwrap();
    let error = open(dir.path()).unwrap_err();
    assert!(
        matches!(&error, Error::Corrupt { path, .. } if path.ends_with("000000000001.log")),
        "{error}"
    );
}
