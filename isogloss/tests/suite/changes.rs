//! The feed of changed entities against a naive comparison of versions, and reading by time.

use std::collections::BTreeMap;

use isogloss::graph::rdf::{Literal, NamedNode, Statement};
use isogloss::graph::{Change, Commit, Scope, Timestamp, Version};
use isogloss::model::EntityKind;
use isogloss::{Action, AsOf, ChangeFilter, Cursor, EntityChange, Error, Isogloss};

const IRI: &str = "http://example.com/";

fn node(local: &str) -> NamedNode {
    NamedNode::new(format!("{IRI}{local}")).unwrap()
}

fn title(local: &str, text: &str) -> Statement {
    let title = NamedNode::new("http://purl.org/dc/terms/title").unwrap();
    Statement::new(node(local), title, Literal::from(text))
}

fn a(local: &str, class: &str) -> Statement {
    let rdf_type = NamedNode::new("http://www.w3.org/1999/02/22-rdf-syntax-ns#type").unwrap();
    Statement::new(node(local), rdf_type, NamedNode::new(class).unwrap())
}

fn commit(mesh: &Isogloss, source: &str, time: i64, change: Change) -> Version {
    let commit = Commit {
        source: source.parse().unwrap(),
        kind: "test".to_owned(),
        actor: "tester".to_owned(),
        time: Timestamp(time),
        change,
    };
    mesh.commit(commit).unwrap().version
}

/// Reads the whole feed in pages of this size.
fn read(
    mesh: &Isogloss,
    mut after: Cursor,
    first: usize,
    filter: &ChangeFilter,
) -> Vec<EntityChange> {
    let mut events = Vec::new();
    loop {
        let page = mesh.entity_changes(after, first, filter).unwrap();
        assert!(page.events.len() <= first);
        assert!(page.cursor >= after);
        events.extend(page.events);
        if !page.more {
            assert_eq!(page.cursor, mesh.newest_cursor());
            return events;
        }
        assert!(page.cursor > after, "no progress at {after}");
        after = page.cursor;
    }
}

fn told(events: &[EntityChange]) -> Vec<String> {
    let told = events.iter();
    told.map(|it| {
        let local = it.iri.strip_prefix(IRI).unwrap_or(&it.iri);
        format!(
            "{} {} {} {local}",
            it.version,
            it.source,
            it.action.as_str()
        )
    })
    .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn entities_are_added_changed_and_removed() {
    let mesh = Isogloss::in_memory();
    let dataset = "http://www.w3.org/ns/dcat#Dataset";
    let says = vec![
        a("orders", dataset),
        title("orders", "Orders"),
        title("x", "X"),
    ];
    commit(&mesh, "one", 1, Change::Replace(says));
    commit(
        &mesh,
        "two",
        2,
        Change::Replace(vec![title("orders", "Bestellungen")]),
    );
    let says = vec![
        a("orders", dataset),
        title("orders", "All orders"),
        title("y", "Y"),
    ];
    commit(&mesh, "one", 3, Change::Replace(says));
    commit(&mesh, "one", 4, Change::Remove);
    commit(
        &mesh,
        "two",
        5,
        Change::Patch {
            remove: vec![title("orders", "Bestellungen")],
            add: vec![],
        },
    );
    let events = read(
        &mesh,
        Cursor::after(Version(0)),
        100,
        &ChangeFilter::default(),
    );
    assert_eq!(
        told(&events),
        [
            "1 one added orders",
            "1 one added x",
            "2 two changed orders",
            "3 one changed orders",
            "3 one removed x",
            "3 one added y",
            "4 one changed orders",
            "4 one removed y",
            "5 two removed orders",
        ]
    );
    let renamed = &events[3];
    assert_eq!(renamed.changes.len(), 1);
    assert_eq!(renamed.changes[0].removed[0].text, "Orders");
    assert_eq!(renamed.changes[0].added[0].text, "All orders");
    assert_eq!((renamed.actor.as_str(), renamed.time), ("tester", 3));
    assert_eq!(
        events[6].kind,
        Some(EntityKind::Dataset),
        "its class went with this change"
    );
    assert_eq!(events[8].label, "Bestellungen");

    let only = |filter: ChangeFilter| told(&read(&mesh, Cursor::after(Version(0)), 2, &filter));
    let of_two = ChangeFilter {
        sources: vec!["two".to_owned()],
        ..ChangeFilter::default()
    };
    assert_eq!(
        only(of_two),
        ["2 two changed orders", "5 two removed orders"]
    );
    let of_y = ChangeFilter {
        iris: vec![format!("{IRI}y")],
        ..ChangeFilter::default()
    };
    assert_eq!(only(of_y), ["3 one added y", "4 one removed y"]);
    let of_terms = ChangeFilter {
        kinds: vec![EntityKind::Term],
        ..ChangeFilter::default()
    };
    assert!(only(of_terms).is_empty());
}

/// Statements about each subject of a version, whoever makes them.
fn counts(mesh: &Isogloss, version: Version) -> BTreeMap<String, usize> {
    let snapshot = mesh.as_of(version).unwrap();
    let graph = snapshot.graph();
    let mut counts = BTreeMap::new();
    for claim in graph.matching(None, None, None, Scope::Claims) {
        *counts.entry(graph.text(claim.subject)).or_default() += 1;
    }
    counts
}

#[test]
fn the_feed_agrees_with_the_versions_whatever_the_page() {
    let mesh = Isogloss::in_memory();
    // A small generator without a seed from outside: the same history each time.
    let mut state = 12_345_u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for step in 0..60 {
        let source = ["one", "two", "three"][random(3) as usize];
        let mut some = |at_most: u64| -> Vec<Statement> {
            (0..random(at_most))
                .map(|_| title(&format!("n{}", random(12)), &format!("t{}", random(3))))
                .collect()
        };
        let change = match step % 5 {
            0 | 1 => Change::Replace(some(14)),
            2 | 3 => Change::Patch {
                remove: some(6),
                add: some(6),
            },
            _ => Change::Remove,
        };
        commit(&mesh, source, step, change);
    }
    let newest = mesh.snapshot().version();
    let start = Cursor::after(Version(0));
    let all = read(&mesh, start, 1_000, &ChangeFilter::default());
    for version in 1..=newest.0 {
        let (before, after) = (
            counts(&mesh, Version(version - 1)),
            counts(&mesh, Version(version)),
        );
        for event in all.iter().filter(|event| event.version == version) {
            let expected = match (
                before.contains_key(&event.iri),
                after.contains_key(&event.iri),
            ) {
                (false, _) => Action::Added,
                (true, false) => Action::Removed,
                (true, true) => Action::Changed,
            };
            assert_eq!(event.action, expected, "{event:?}");
        }
        let told: Vec<_> = all
            .iter()
            .filter(|it| it.version == version)
            .map(|it| &it.iri)
            .collect();
        let came = after.keys().filter(|iri| !before.contains_key(*iri));
        let went = before.keys().filter(|iri| !after.contains_key(*iri));
        assert!(
            came.chain(went).all(|iri| told.contains(&iri)),
            "version {version}"
        );
    }
    for first in [1, 2, 7] {
        assert_eq!(read(&mesh, start, first, &ChangeFilter::default()), all);
    }
    // A reader that left after any event finds all the others and no other, also through a fresh handle's cursor text.
    for (at, event) in all.iter().enumerate() {
        let cursor: Cursor = event.cursor.to_string().parse().unwrap();
        assert_eq!(
            read(&mesh, cursor, 50, &ChangeFilter::default()),
            all[at + 1..]
        );
    }
}

#[test]
fn a_reopened_folder_tells_the_same_events() {
    let folder = tempfile::tempdir().unwrap();
    let start = Cursor::after(Version(0));
    let before = {
        let mesh = Isogloss::open(folder.path()).unwrap();
        commit(
            &mesh,
            "one",
            1,
            Change::Replace(vec![title("a", "A"), title("b", "B")]),
        );
        commit(
            &mesh,
            "one",
            2,
            Change::Patch {
                remove: vec![title("a", "A")],
                add: vec![title("c", "C")],
            },
        );
        read(&mesh, start, 10, &ChangeFilter::default())
    };
    let mesh = Isogloss::open(folder.path()).unwrap();
    assert_eq!(read(&mesh, start, 10, &ChangeFilter::default()), before);
    assert_eq!(before.len(), 4);
}

#[test]
fn blank_nodes_belong_to_what_points_to_them() {
    use isogloss::graph::rdf::BlankNode;
    let mesh = Isogloss::in_memory();
    let schema = BlankNode::new("schema").unwrap();
    let word = |local: &str| NamedNode::new(format!("http://www.w3.org/ns/csvw#{local}")).unwrap();
    let says = vec![
        Statement::new(node("orders"), word("tableSchema"), schema.clone()),
        Statement::new(schema, word("primaryKey"), Literal::from("id")),
    ];
    commit(&mesh, "one", 1, Change::Replace(says));
    let events = read(
        &mesh,
        Cursor::after(Version(0)),
        10,
        &ChangeFilter::default(),
    );
    assert_eq!(told(&events), ["1 one added orders"]);
    let predicates: Vec<_> = events[0]
        .changes
        .iter()
        .map(|it| it.predicate.rsplit('#').next().unwrap())
        .collect();
    assert_eq!(predicates, ["primaryKey", "tableSchema"]);
}

#[test]
fn long_values_and_many_are_cut_and_say_so() {
    let mesh = Isogloss::in_memory();
    let mut says: Vec<_> = (0..15).map(|n| title("a", &format!("t{n:02}"))).collect();
    let long = "é".repeat(2_000);
    says.push(title("b", &long));
    commit(&mesh, "one", 1, Change::Replace(says));
    let events = read(
        &mesh,
        Cursor::after(Version(0)),
        10,
        &ChangeFilter::default(),
    );
    assert_eq!(
        (events[0].changes[0].added.len(), events[0].changes[0].more),
        (10, 5)
    );
    let value = &events[1].changes[0].added[0];
    assert!(value.cut && long.starts_with(&value.text) && value.text.len() == 1_000);
}

#[test]
fn a_place_in_the_future_is_refused() {
    let mesh = Isogloss::in_memory();
    let page = mesh.entity_changes(Cursor::after(Version(1)), 10, &ChangeFilter::default());
    assert!(
        matches!(page, Err(Error::UnknownVersion { .. })),
        "{page:?}"
    );
}

#[test]
fn the_graph_is_read_as_it_was_at_a_time() {
    let mesh = Isogloss::in_memory();
    commit(&mesh, "one", 1_000, Change::Replace(vec![title("a", "A")]));
    commit(&mesh, "one", 2_000, Change::Replace(vec![title("a", "B")]));
    let now = Timestamp(3_000);
    let at = |time| {
        mesh.read_as_of(AsOf::Time(Timestamp(time)), now)
            .map(|it| it.version().0)
    };
    assert_eq!(at(999).unwrap(), 0);
    assert_eq!(at(1_000).unwrap(), 1);
    assert_eq!(at(1_999).unwrap(), 1);
    assert_eq!(at(3_000).unwrap(), 2);
    let future = at(3_001).unwrap_err();
    assert_eq!(future.code(), "UNKNOWN_VERSION");
    assert!(future.hint().is_some() && future.is_users_fault());
    let unknown = mesh.read_as_of(AsOf::Version(Version(9)), now).unwrap_err();
    assert_eq!(unknown.code(), "UNKNOWN_VERSION");
}
