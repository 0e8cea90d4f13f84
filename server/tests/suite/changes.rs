//! The stream of changes over real sockets: what comes, how it resumes, how it ends.

use std::time::Duration;

use isogloss::connectors::{Input, Kind};
use isogloss::graph::{OpenOptions, Retention, Timestamp};
use isogloss::{Ingest, Isogloss};
use serde_json::Value;
use server::Config;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// A server over a graph that the test goes on writing to.
struct Running {
    mesh: Isogloss,
    address: std::net::SocketAddr,
    stop: Option<oneshot::Sender<()>>,
}

fn start(mesh: Isogloss) -> Running {
    let mut config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        ..Config::default()
    };
    config.timeouts.heartbeat_s = 1;
    config.timeouts.drain_ms = 0;
    let listener = server::bind(&config).expect("some port is free");
    let address = listener.local_addr().expect("bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async {
        stopped.await.ok();
    };
    tokio::spawn(server::serve(mesh.clone(), config, listener, until));
    Running {
        mesh,
        address,
        stop: Some(stop),
    }
}

/// Lets a source say that there are these domains.
fn say(mesh: &Isogloss, source: &str, domains: &[u32]) {
    let lines: Vec<_> = domains
        .iter()
        .map(|n| format!("{{\"kind\":\"domain\",\"id\":\"d{n}\",\"name\":\"Domain {n}\"}}\n"))
        .collect();
    let lines = lines.concat();
    let request = Ingest::new(
        source.parse().expect("a name"),
        Kind::CatalogLines,
        vec![Input::text("lines.jsonl", lines)],
    );
    mesh.ingest(request).expect("the lines are well formed");
}

/// An open stream of events.
struct Events {
    head: String,
    lines: BufReader<TcpStream>,
}

/// One event: its id and its document, if it has one.
type Event = (String, Option<Value>);

async fn open(running: &Running, query: &str, headers: &str) -> Events {
    let mut stream = TcpStream::connect(running.address)
        .await
        .expect("the server accepts");
    let request = format!(
        "GET /changes{query} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\n{headers}\r\n"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the server reads");
    let mut lines = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let read = lines.read_line(&mut head).await.expect("a head");
        assert!(read > 0, "the head ends: {head}");
    }
    Events { head, lines }
}

impl Events {
    /// Reads up to the next event that has an id, or to a comment.
    async fn next(&mut self) -> Option<Event> {
        let (mut id, mut data) = (None, None);
        loop {
            let mut line = String::new();
            let patience = Duration::from_secs(30);
            let read = tokio::time::timeout(patience, self.lines.read_line(&mut line));
            if read.await.expect("something comes").ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if let Some(text) = line.strip_prefix("id: ") {
                id = Some(text.to_owned());
            } else if let Some(text) = line.strip_prefix("data: ") {
                data = Some(serde_json::from_str(text).expect("JSON"));
            } else if line.starts_with(": ") {
                return Some((":".to_owned(), None));
            } else if line.is_empty()
                && let Some(id) = id.take()
            {
                return Some((id, data.take()));
            }
        }
    }

    /// Reads the next event that has a document.
    async fn event(&mut self) -> (String, String) {
        loop {
            let (id, data) = self.next().await.expect("the stream goes on");
            if let Some(data) = data {
                let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
                assert_eq!(text("cursor"), id);
                return (
                    id,
                    format!("{} {} {}", data["version"], text("action"), text("label")),
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reconnects_goes_on_where_it_was() {
    let running = start(Isogloss::in_memory());
    say(&running.mesh, "a", &[0, 1]);
    let mut events = open(&running, "?after=0", "").await;
    assert!(events.head.starts_with("HTTP/1.1 200"), "{}", events.head);
    assert!(events.head.contains("text/event-stream"), "{}", events.head);
    assert!(!events.head.contains("content-encoding"), "{}", events.head);
    let (first, told) = events.event().await;
    assert_eq!(told, "1 added Domain 0");
    drop(events);
    // While it is away, others write; it comes back with the same address and the id of what it saw.
    say(&running.mesh, "a", &[1, 2]);
    let mut events = open(&running, "?after=0", &format!("last-event-id: {first}\r\n")).await;
    for expected in ["1 added Domain 1", "2 removed Domain 0", "2 added Domain 2"] {
        assert_eq!(events.event().await.1, expected);
    }
    // And what comes now.
    say(&running.mesh, "a", &[1, 2, 3]);
    let (last, told) = events.event().await;
    assert_eq!(told, "3 added Domain 3");
    drop(events);
    let mut events = open(&running, "", &format!("last-event-id: {last}\r\n")).await;
    say(&running.mesh, "b", &[4]);
    assert_eq!(events.event().await.1, "4 added Domain 4");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_reconnections_during_writes_lose_and_double_nothing() {
    let running = start(Isogloss::in_memory());
    let writer = running.mesh.clone();
    let writing = tokio::task::spawn_blocking(move || {
        for n in 0..20 {
            say(&writer, "a", &(0..=n).collect::<Vec<_>>());
        }
    });
    let mut seen = Vec::new();
    let mut header = String::new();
    while seen.len() < 20 {
        let mut events = open(&running, "?after=0", &header).await;
        for _ in 0..3.min(20 - seen.len()) {
            let (id, told) = events.event().await;
            header = format!("last-event-id: {id}\r\n");
            seen.push(told);
        }
    }
    writing.await.expect("the writer ends well");
    let expected: Vec<String> = (0..20)
        .map(|n| format!("{} added Domain {n}", n + 1))
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filtered_stream_moves_on_and_a_quiet_one_says_that_it_is_there() {
    let running = start(Isogloss::in_memory());
    let mut events = open(&running, "?source=b&kind=domain", "").await;
    say(&running.mesh, "a", &[0]);
    let (place, data) = loop {
        match events.next().await.expect("the stream goes on") {
            (id, _) if id == ":" => {}
            event => break event,
        }
    };
    assert_eq!(
        (place.as_str(), data),
        ("1", None),
        "the client learns how far it came"
    );
    loop {
        // Nothing to tell for a second.
        if events.next().await.expect("the stream goes on").0 == ":" {
            break;
        }
    }
    say(&running.mesh, "b", &[0]);
    assert_eq!(events.event().await.1, "2 changed Domain 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_place_has_a_status() {
    let options = OpenOptions {
        retention: Retention {
            max_versions: Some(2),
            ..Retention::EVERYTHING
        },
        ..OpenOptions::default()
    };
    let mesh = Isogloss::in_memory_with(options);
    for n in 0..6 {
        say(&mesh, "a", &[n]);
    }
    mesh.store().compact(Timestamp(0)).expect("it forgets");
    let running = start(mesh);
    for (query, status) in [
        ("?after=99", "404"),
        ("?after=yesterday", "400"),
        ("?after=1", "410"),
        ("?after=2031-01-01T00:00:00Z", "404"),
        ("?typo=1", "400"),
        ("?kind=planet", "400"),
    ] {
        let events = open(&running, query, "connection: close\r\n").await;
        assert!(
            events.head.starts_with(&format!("HTTP/1.1 {status}")),
            "{query}: {}",
            events.head
        );
    }
    let gone = open(
        &running,
        "?after=6",
        "last-event-id: 1.0.1\r\nconnection: close\r\n",
    )
    .await;
    assert!(gone.head.starts_with("HTTP/1.1 410"), "{}", gone.head);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_ends_its_streams() {
    let mut running = start(Isogloss::in_memory());
    let mut events = open(&running, "", "").await;
    running
        .stop
        .take()
        .expect("it runs")
        .send(())
        .expect("it runs");
    while events.next().await.is_some() {}
}
