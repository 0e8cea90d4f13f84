//! A disk that is full, and one that cannot be written: in a mount namespace of their own, where the system allows it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use graph_core::{Error, OpenOptions, Store, Timestamp, Version, folder};

use crate::support::*;

const FOLDER: &str = "ISOGLOSS_DISK_FOLDER";

fn place() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Runs one of the tests below in a child whose folder is mounted by a script; `false` when nothing can be mounted.
#[expect(clippy::print_stdout, reason = "a person reads what came of it")]
fn in_mount(dir: &Path, mount: &str, test: &str) -> bool {
    let exe = std::env::current_exe().unwrap();
    let script = format!(
        "{mount} || exit 77; exec '{}' --exact {test} --ignored --nocapture",
        exe.display()
    );
    let ran = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .env("DIR", dir)
        .env(FOLDER, dir)
        .output();
    let Ok(ran) = ran else { return false };
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr)
    );
    if ran.status.code() == Some(77) || text.contains("unshare failed") {
        println!("skipped: no file system can be mounted here");
        return false;
    }
    assert!(ran.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
    true
}

#[test]
fn a_full_disk_refuses_commits_and_takes_them_again_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    in_mount(
        dir.path(),
        r#"mount -t tmpfs -o size=1500k tmpfs "$DIR""#,
        "disk::on_a_small_disk",
    );
}

#[test]
fn a_read_only_folder_is_refused_by_name_and_can_be_verified() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), OpenOptions::default()).unwrap();
    store
        .commit(replace("a", vec![link("x", "p", "y")]))
        .unwrap();
    drop(store);
    in_mount(
        dir.path(),
        r#"mount --bind "$DIR" "$DIR" && mount -o remount,ro,bind "$DIR""#,
        "disk::on_a_read_only_disk",
    );
}

#[test]
#[ignore = "runs in a mount namespace, which the test above makes"]
fn on_a_small_disk() {
    let Some(place) = place() else { return };
    let data = place.join("data");
    let options = OpenOptions {
        checkpoint_after_bytes: u64::MAX,
        ..OpenOptions::default()
    };
    for statements in [300_u32, 9_000] {
        let filler = place.join("filler");
        let store = Store::open(&data, options).unwrap();
        let first = store.snapshot().version().0;
        let mut done = first;
        let big = |round: u64| {
            (0..statements)
                .map(|i| {
                    let object = (u64::from(i) + round * 7919).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                    link(&format!("{round}/s{i}"), "p", &format!("{object}"))
                })
                .collect::<Vec<_>>()
        };
        fs::write(&filler, vec![7_u8; 400 << 10]).unwrap();
        let refused = loop {
            match store.commit(replace("s", big(done))) {
                Ok(_) => done += 1,
                Err(error) => break error,
            }
        };
        let full = |error: &Error| matches!(error, Error::File { source, .. } if source.kind() == std::io::ErrorKind::StorageFull);
        assert!(full(&refused), "{refused}");
        let before = claims(&store.snapshot());
        assert!(
            store.compact(Timestamp(7)).is_err() || statements == 300,
            "no room for a checkpoint"
        );
        assert!(full(&store.commit(replace("s", big(done))).unwrap_err()) || statements == 300);
        assert_eq!(claims(&store.snapshot()), before, "readers go on");
        fs::remove_file(&filler).unwrap();
        store
            .commit(replace("t", vec![link("room", "p", "again")]))
            .unwrap();
        drop(store);
        let store = Store::open(&data, options).unwrap();
        assert_eq!(
            store.snapshot().version(),
            Version(done + 1).max(store.snapshot().version())
        );
        assert!(claims(&store.snapshot()).is_superset(&before));
        assert!(store.recovery().damaged.is_empty());
        drop(store);
        assert!(folder::verify(&data).unwrap().damaged.is_empty());
        fs::remove_dir_all(&data).unwrap();
    }
}

#[test]
#[ignore = "runs in a mount namespace, which the test above makes"]
fn on_a_read_only_disk() {
    let Some(place) = place() else { return };
    let error = Store::open(&place, OpenOptions::default()).unwrap_err();
    assert!(
        matches!(&error, Error::File { path, .. } if path.starts_with(&place)),
        "{error}"
    );
    let report = folder::verify(&place).unwrap();
    assert_eq!((report.newest, report.damaged.len()), (Version(1), 0));
}
