//! Commits in, snapshots out: what a program that embeds the crate relies on.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod changes;
mod damage;
mod merged_view;
mod reasoning;
mod reindex;
mod semantics;
mod usage;

use std::sync::{Arc, Mutex};

use isogloss::connectors::{Input, Kind};
use isogloss::graph::{Timestamp, Version};
use isogloss::search::{ResolveRequest, SearchRequest};
use isogloss::{Error, Ingest, Isogloss, LineageRequest};

fn lines(name: &str, table: &str) -> Ingest {
    let text = format!(
        "{{\"kind\":\"product\",\"id\":\"p\",\"name\":\"Shop\"}}\n\
         {{\"kind\":\"table\",\"id\":\"p/{table}\",\"parent\":\"p\",\"name\":\"{table}\"}}\n"
    );
    Ingest::new(
        name.parse().unwrap(),
        Kind::CatalogLines,
        vec![Input::text("lines.jsonl", text)],
    )
}

fn finds(mesh: &Isogloss, text: &str) -> bool {
    mesh.snapshot()
        .search(&SearchRequest::new(text))
        .unwrap()
        .total
        > 0
}

#[test]
fn a_writer_reads_its_own_write_and_a_held_snapshot_stays() {
    let mesh = Isogloss::in_memory();
    let before = mesh.snapshot();
    let receipt = mesh
        .ingest(lines("shop", "orders"))
        .unwrap()
        .receipt
        .unwrap();
    assert_eq!(mesh.snapshot().version(), receipt.version);
    assert!(finds(&mesh, "orders"));
    assert_eq!(before.version(), Version(0));
    assert_eq!(
        before.search(&SearchRequest::new("orders")).unwrap().total,
        0
    );
}

#[test]
fn several_sources_become_visible_together() {
    let mesh = Isogloss::in_memory();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    mesh.on_change(move |event| {
        told.lock()
            .unwrap()
            .push((event.version, event.source.clone()));
    });
    mesh.ingest_all(vec![lines("one", "orders"), lines("two", "parcels")])
        .unwrap();
    assert_eq!(mesh.snapshot().version(), Version(1));
    assert_eq!(
        *seen.lock().unwrap(),
        [(1, "one".to_owned()), (1, "two".to_owned())]
    );
    assert_eq!(mesh.changes_since(Version(0)).len(), 2);
    assert!(mesh.changes_since(Version(1)).is_empty());
}

#[test]
fn the_same_input_twice_is_no_change_and_tells_nobody() {
    let mesh = Isogloss::in_memory();
    mesh.ingest(lines("shop", "orders")).unwrap();
    mesh.on_change(|event| panic!("nothing changed, and yet: {event:?}"));
    let again = mesh
        .ingest(lines("shop", "orders"))
        .unwrap()
        .receipt
        .unwrap();
    assert!(again.unchanged);
    assert_eq!(mesh.snapshot().version(), Version(1));
}

#[test]
fn a_dry_run_and_a_broken_input_leave_the_graph_alone() {
    let mesh = Isogloss::in_memory();
    mesh.ingest(lines("shop", "orders")).unwrap();
    let dry = mesh
        .ingest(Ingest {
            dry_run: true,
            ..lines("shop", "parcels")
        })
        .unwrap();
    assert!(dry.receipt.is_none() && dry.report.statements > 0);
    let broken = vec![Input::text("broken.jsonl", "{\n")];
    let refused = mesh.ingest(Ingest::new(
        "shop".parse().unwrap(),
        Kind::CatalogLines,
        broken,
    ));
    assert!(matches!(refused, Err(Error::Connector(_))), "{refused:?}");
    assert_eq!(mesh.snapshot().version(), Version(1));
    assert!(finds(&mesh, "orders") && !finds(&mesh, "parcels"));
}

#[test]
fn a_folder_keeps_what_was_committed_and_older_versions_open() {
    let folder = tempfile::tempdir().unwrap();
    {
        let mesh = Isogloss::open(folder.path()).unwrap();
        mesh.ingest(lines("shop", "orders")).unwrap();
        mesh.ingest(lines("shop", "parcels")).unwrap();
        let second = Isogloss::open(folder.path());
        let refused = second.map(|_| ()).unwrap_err();
        assert!(
            refused.to_string().contains("in use") && refused.hint().is_some(),
            "{refused}"
        );
    }
    let mesh = Isogloss::open(folder.path()).unwrap();
    assert!(mesh.is_durable() && finds(&mesh, "parcels") && !finds(&mesh, "orders"));
    let older = mesh.as_of(Version(1)).unwrap();
    assert_eq!(
        older
            .resolve(&ResolveRequest::new("orders"))
            .unwrap()
            .candidates
            .len(),
        1
    );
    let missing = mesh.as_of(Version(9)).unwrap_err();
    assert_eq!(missing.code(), "UNKNOWN_VERSION");
}

#[test]
fn what_does_not_exist_is_named() {
    let mesh = Isogloss::in_memory();
    mesh.ingest(lines("shop", "orders")).unwrap();
    let unknown = mesh
        .remove_source(&"shopp".parse().unwrap(), "me", Timestamp(0))
        .unwrap_err();
    assert_eq!(
        (unknown.code(), unknown.hint()),
        ("UNKNOWN_SOURCE", Some("sources are: shop".to_owned()))
    );
    let snapshot = mesh.snapshot();
    let unknown = snapshot
        .lineage("urn:nothing", &LineageRequest::default())
        .unwrap_err();
    assert_eq!(unknown.code(), "UNKNOWN_ENTITY");
}

#[test]
fn threads_that_commit_together_each_read_their_own_write() {
    let mesh = Isogloss::in_memory();
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    mesh.on_change(move |event| seen.lock().unwrap().push(event.version));
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let mesh = &mesh;
            scope.spawn(move || {
                for round in 0..5 {
                    let (source, table) = (format!("s{thread}"), format!("table{thread}x{round}"));
                    let receipt = mesh
                        .ingest(lines(&source, &table))
                        .unwrap()
                        .receipt
                        .unwrap();
                    assert!(!receipt.unchanged);
                    assert!(mesh.snapshot().version() >= receipt.version);
                    assert!(finds(mesh, &table));
                }
            });
        }
    });
    assert_eq!(mesh.snapshot().version(), Version(40));
    let mut told = told.lock().unwrap().clone();
    told.sort_unstable();
    assert_eq!(told, (1..=40).collect::<Vec<_>>());
}
