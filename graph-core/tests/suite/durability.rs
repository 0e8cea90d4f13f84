//! What the data folder survives, and what it refuses.

use std::fs;
use std::path::Path;

use graph_core::rdf::Statement;
use graph_core::{Error, OpenOptions, Store, Version};

use crate::support::*;

fn open(dir: &Path) -> Result<Store, Error> {
    let options = OpenOptions {
        inline_bytes_max: 2_000,
        ..OpenOptions::default()
    };
    Store::open(dir, options)
}

fn many(count: u32) -> Vec<Statement> {
    (0..count)
        .map(|i| {
            link(
                &format!("s{i}"),
                "p",
                &format!("o{}", i.wrapping_mul(2_654_435_761)),
            )
        })
        .collect()
}

/// Two small versions and one large one, which has a segment file.
fn filled(dir: &Path) -> Store {
    let store = open(dir).unwrap();
    store.commit(replace("small", many(3))).unwrap();
    store.commit(replace("large", many(2_000))).unwrap();
    store.commit(replace("small", many(4))).unwrap();
    store
}

#[test]
fn a_second_process_is_refused_and_a_stale_lock_file_is_not() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("lock"), "").unwrap();
    let store = open(dir.path()).unwrap();
    assert!(matches!(open(dir.path()), Err(Error::DataFolderInUse { path }) if path == dir.path()));
    drop(store);
    open(dir.path()).unwrap();
}

#[test]
fn every_tear_of_the_log_loses_only_the_torn_record_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let log = dir.path().join("logs/000000000001.log");
    let whole = fs::read(&log).unwrap();
    for cut in [1, 7, 33] {
        fs::write(&log, &whole[..whole.len() - cut]).unwrap();
        let store = open(dir.path()).unwrap();
        assert_eq!(store.snapshot().version(), Version(2), "cut by {cut}");
        assert_eq!(store.snapshot().len(), 2_003);
        let report = store.recovery().clone();
        assert!(report.torn_bytes > 0);
        let kept = fs::read(report.kept_in.unwrap()).unwrap();
        assert_eq!(kept, whole[report.torn_at as usize..whole.len() - cut]);
        store.commit(replace("small", many(5))).unwrap();
        drop(store);
        let store = open(dir.path()).unwrap();
        assert!(store.recovery().is_clean());
        assert_eq!(store.snapshot().version(), Version(3));
        assert_eq!(store.snapshot().len(), 2_005);
    }
    for junk in [
        vec![0_u8; 512],
        (0..300_u32).map(|i| ((i * 7919) >> 3) as u8).collect(),
    ] {
        fs::write(&log, [whole.clone(), junk].concat()).unwrap();
        let store = open(dir.path()).unwrap();
        assert_eq!(store.snapshot().version(), Version(3));
        assert!(!store.recovery().is_clean());
    }
}

#[test]
fn a_flipped_bit_is_refused_with_file_and_offset() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let segments: Vec<_> = fs::read_dir(dir.path().join("segments"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(segments.len(), 1);
    let log = dir.path().join("logs/000000000001.log");
    for (path, length) in [
        (&segments[0], fs::metadata(&segments[0]).unwrap().len()),
        (&log, 100),
    ] {
        let whole = fs::read(path).unwrap();
        for at in (0..length).step_by(length as usize / 8) {
            let mut flipped = whole.clone();
            flipped[at as usize] ^= 0x10;
            fs::write(path, &flipped).unwrap();
            let error = open(dir.path()).unwrap_err();
            assert!(
                matches!(&error, Error::Corrupt { path: named, .. } if named == path),
                "{error}"
            );
        }
        fs::write(path, &whole).unwrap();
    }
    open(dir.path()).unwrap();
}

#[test]
fn a_missing_or_foreign_segment_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let other = tempfile::tempdir().unwrap();
    let store = open(other.path()).unwrap();
    store.commit(replace("small", many(1))).unwrap();
    store.commit(replace("large", many(1_999))).unwrap();
    drop(store);
    let name = "segments/000000000002-000.segment";
    fs::copy(other.path().join(name), dir.path().join(name)).unwrap();
    assert!(matches!(open(dir.path()), Err(Error::Corrupt { path, .. }) if path.ends_with(name)));
    fs::remove_file(dir.path().join(name)).unwrap();
    assert!(matches!(open(dir.path()), Err(Error::File { path, .. }) if path.ends_with(name)));
}

#[test]
fn another_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    fs::write(dir.path().join("format"), "isogloss data 99\n").unwrap();
    assert!(
        matches!(open(dir.path()), Err(Error::UnknownFormat { found, .. }) if found == "isogloss data 99")
    );
    fs::remove_file(dir.path().join("format")).unwrap();
    assert!(matches!(open(dir.path()), Err(Error::UnknownFormat { .. })));
}

#[test]
fn a_crash_between_segment_file_and_log_leaves_the_old_version() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    let before = claims(&store.snapshot());
    drop(store);
    let stray = dir.path().join("segments/000000000004-000.segment");
    fs::write(&stray, b"half a fi").unwrap();
    let store = open(dir.path()).unwrap();
    assert_eq!(claims(&store.snapshot()), before);
    assert_eq!(store.recovery().stray_files, std::slice::from_ref(&stray));
    assert!(!stray.exists());
    store.commit(replace("large", many(3_000))).unwrap();
    drop(store);
    assert_eq!(open(dir.path()).unwrap().snapshot().len(), 3_004);
}

#[test]
fn a_refused_write_names_the_path_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    let before = claims(&store.snapshot());
    // A folder in the way of the next segment file: works whoever runs the test, root too.
    let in_the_way = dir.path().join("segments/000000000004-000.segment");
    fs::create_dir(&in_the_way).unwrap();
    let error = store.commit(replace("large", many(2_500))).unwrap_err();
    assert!(
        matches!(&error, Error::File { action: "write", path, .. } if *path == in_the_way),
        "{error}"
    );
    assert_eq!(claims(&store.snapshot()), before);
    assert_eq!(store.snapshot().version(), Version(3));
    assert_eq!(store.versions().len(), 3);
    fs::remove_dir(&in_the_way).unwrap();
    store.commit(replace("large", many(2_500))).unwrap();
    drop(store);
    assert_eq!(open(dir.path()).unwrap().snapshot().len(), 2_504);
}

#[test]
fn a_path_that_cannot_be_a_folder_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(open(&file), Err(Error::File { path, .. }) if path == file));
}
