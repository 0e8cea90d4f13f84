//! The server on a real socket: what the router alone cannot show.

use std::time::Duration;

use server::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server on a free port, and the way to stop it.
struct Running {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<server::Result<()>>,
}

fn start(config: Config) -> Running {
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        ..config
    };
    let listener = server::bind(&config).expect("some port is free");
    let address = listener.local_addr().expect("bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async {
        stopped.await.ok();
    };
    let served = tokio::spawn(server::serve(crate::mesh(), config, listener, until));
    Running {
        address,
        stop,
        served,
    }
}

async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address)
        .await
        .expect("the server accepts")
}

async fn read_all(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    stream
        .read_to_end(&mut text)
        .await
        .expect("the server closes in order");
    String::from_utf8_lossy(&text).into_owned()
}

async fn ask(running: &Running, path: &str) -> String {
    let mut stream = connect(running).await;
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the server reads");
    read_all(stream).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_is_not_ready_and_ends_what_runs() {
    let mut config = Config::default();
    config.timeouts.drain_ms = 300;
    let running = start(config);
    assert!(ask(&running, "/readyz").await.starts_with("HTTP/1.1 200"));
    // A request of which half is sent when the stop comes.
    let mut half = connect(&running).await;
    half.write_all(b"POST /sparql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/sparql-query\r\ncontent-length: 16\r\n\r\nASK { ")
        .await
        .expect("the server reads");
    let Running {
        address,
        stop,
        served,
    } = running;
    stop.send(()).expect("the server runs");
    let mut not_ready = false;
    for _ in 0..100 {
        let Ok(mut probe) = TcpStream::connect(address).await else {
            break;
        };
        let request = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        if probe.write_all(request).await.is_err() {
            break;
        }
        let mut text = String::new();
        if probe.read_to_string(&mut text).await.is_ok() && text.starts_with("HTTP/1.1 503") {
            not_ready = true;
            break;
        }
    }
    assert!(not_ready, "/readyz says so before accepting ends");
    half.write_all(b"?s ?p ?o }")
        .await
        .expect("the connection is kept");
    let answer = read_all(half).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"boolean\":true"), "{answer}");
    served.await.expect("no panic").expect("a clean end");
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_header_is_cut() {
    let mut config = Config::default();
    config.timeouts.header_s = 1;
    let running = start(config);
    let mut slow = connect(&running).await;
    slow.write_all(b"GET / HTTP/1.1\r\nhost: loc")
        .await
        .expect("the server reads");
    let mut text = Vec::new();
    // Ends at all: either with a 408 or by closing.
    slow.read_to_end(&mut text).await.ok();
    running.stop.send(()).expect("the server runs");
    running
        .served
        .await
        .expect("no panic")
        .expect("a clean end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_408() {
    let mut config = Config::default();
    config.timeouts.request_s = 1;
    let running = start(config);
    let mut slow = connect(&running).await;
    slow.write_all(b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")
        .await
        .expect("the server reads");
    let mut text = [0; 12];
    slow.read_exact(&mut text).await.expect("an answer");
    assert_eq!(&text, b"HTTP/1.1 408");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_or_too_long_headers_are_431() {
    let running = start(Config::default());
    let many = "x-same: a\r\n".repeat(200);
    let long = format!("x: {}\r\n", "a".repeat(300_000));
    for headers in [many, long] {
        let mut stream = connect(&running).await;
        let request = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.ok();
        let mut text = [0; 12];
        stream.read_exact(&mut text).await.expect("an answer");
        assert_eq!(&text, b"HTTP/1.1 431");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_of_another_origin_is_refused_and_an_own_one_is_accepted() {
    let running = start(Config::default());
    for (origin, expected) in [
        ("https://evil.example", "HTTP/1.1 403"),
        ("http://localhost", "HTTP/1.1 101"),
    ] {
        let mut stream = connect(&running).await;
        let request = format!(
            "GET /graphql/ws HTTP/1.1\r\nhost: localhost\r\norigin: {origin}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        );
        stream
            .write_all(request.as_bytes())
            .await
            .expect("the server reads");
        let mut text = [0; 12];
        stream.read_exact(&mut text).await.expect("an answer");
        assert_eq!(String::from_utf8_lossy(&text), expected);
    }
    running.stop.send(()).expect("the server runs");
    let served = tokio::time::timeout(Duration::from_secs(20), running.served).await;
    served
        .expect("an open socket does not hold the server")
        .expect("no panic")
        .expect("a clean end");
}
