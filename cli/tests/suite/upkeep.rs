//! Backup, restore, verify and compact, and what they say.

use std::fs;

use crate::process::{CATALOG, Place};

/// A place with three versions.
fn three_versions() -> Place {
    let place = Place::with_catalog();
    for name in ["one", "two"] {
        let more =
            format!("{CATALOG}{{\"kind\":\"domain\",\"id\":\"{name}\",\"name\":\"{name}\"}}\n");
        place.write("more.jsonl", more);
        place
            .run(&[
                "ingest",
                "catalog-lines",
                "more.jsonl",
                "--source",
                "catalog",
            ])
            .succeeds();
    }
    place
}

#[test]
fn a_backup_is_restored_to_the_same_graph_and_history() {
    let place = three_versions();
    let before = place.run(&["export"]).succeeds().out;
    let older = place.run(&["export", "--as-of", "2"]).succeeds().out;
    assert!(older != before);
    for (copy, data) in [("copy", "restored"), ("copy.backup", "unpacked")] {
        let told = place.run(&["backup", copy]).succeeds().out;
        assert!(told.contains("version 3, history from version 0"), "{told}");
        place.run(&["restore", copy, "--data", data]).succeeds();
        assert_eq!(
            place.run(&["export", "--data", data]).succeeds().out,
            before
        );
        let found = place
            .run(&["export", "--as-of", "2", "--data", data])
            .succeeds();
        assert_eq!(found.out, older);
        place.run(&["verify", "--data", data]).succeeds();
        place.run(&["backup", copy]).fails(5, &[copy]);
        place
            .run(&["restore", copy, "--data", data])
            .fails(5, &[data]);
    }
    place
        .run(&["restore", "nothing", "--data", "new"])
        .fails(5, &["nothing"]);
    assert!(!place.path().join("new").exists());
}

#[test]
fn a_running_server_is_backed_up_and_verified() {
    let place = three_versions();
    let server = crate::serving::Server::start(&place);
    place.run(&["backup", "copy"]).succeeds();
    let told = place.run(&["verify"]).succeeds().out;
    assert!(told.contains("everything is in order"), "{told}");
    place.run(&["compact"]).fails(5, &["in use"]);
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    drop(server);
    let before = place.run(&["export"]).succeeds().out;
    assert_eq!(
        place.run(&["export", "--data", "copy"]).succeeds().out,
        before
    );
}

#[test]
fn verify_names_file_and_byte_of_each_damage() {
    let place = three_versions();
    let told = place.run(&["verify", "--json"]).succeeds().out;
    let report: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&report["newestVersion"], &report["damaged"]),
        (&3.into(), &serde_json::json!([]))
    );
    let log = place.path().join("isogloss-data/logs/000000000001.log");
    let mut bytes = fs::read(&log).unwrap();
    bytes[40] ^= 1;
    fs::write(&log, bytes).unwrap();
    let ran = place.run(&["verify"]).fails(5, &["damaged in"]);
    assert!(
        ran.out.contains("000000000001.log` is damaged at byte 0"),
        "{}",
        ran.out
    );
    place.run(&["export"]).fails(5, &["000000000001.log"]);
    place
        .run(&["backup", "copy"])
        .fails(5, &["000000000001.log"]);
    assert!(!place.path().join("copy").exists());
    place
        .run(&["verify", "--data", "nowhere"])
        .fails(5, &["nowhere"]);
}

#[test]
fn compact_forgets_what_it_is_told_to() {
    let place = three_versions();
    let told = place.run(&["compact"]).succeeds().out;
    assert!(
        told.starts_with("0 versions forgotten, 0 to 3 kept"),
        "{told}"
    );
    let before = place.run(&["export"]).succeeds().out;
    place.run(&["export", "--as-of", "1"]).succeeds();
    place.write("isogloss.toml", "[history]\nkeep_versions = 2\n");
    let told = place
        .run(&["compact", "--config", "isogloss.toml", "--json"])
        .succeeds()
        .out;
    let report: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&report["oldestVersion"], &report["versionsForgotten"]),
        (&2.into(), &2.into())
    );
    place
        .run(&["export", "--as-of", "1"])
        .fails(4, &["no longer kept", "oldest version that is kept is 2"]);
    place.run(&["compact", "--keep-versions", "1"]).succeeds();
    place
        .run(&["export", "--as-of", "2"])
        .fails(4, &["oldest version that is kept is 3"]);
    assert_eq!(place.run(&["export"]).succeeds().out, before);
    place.run(&["verify"]).succeeds();
    place
        .run(&["compact", "--keep-versions", "1", "--keep-everything"])
        .fails(2, &[]);
    place
        .run(&["compact", "--keep-versions", "0"])
        .fails(2, &[]);
}
