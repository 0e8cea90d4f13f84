//! The server as a process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::process::Place;

/// A running `isogloss serve` on a port of its own; dropped, it is told to stop and waited for.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start(place: &Place) -> Self {
        let port = free_port();
        let listen = format!("127.0.0.1:{port}");
        let mut command = place.command(&["serve", "--listen", &listen]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while said.read_line(&mut line).unwrap() > 0 && !line.contains("serving") {}
        assert!(line.contains("serving"), "the server did not start: {line}");
        // Keep the pipe drained, so that the server never waits for its log to be read.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let server = Self { child, port };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn get(&self, path: &str) -> String {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        ))
    }

    pub(crate) fn post(&self, path: &str, content_type: &str, body: &str) -> String {
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: {content_type}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        // A refusal may come, and the connection close, before the whole body is sent.
        drop(stream.write_all(request.as_bytes()));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn stop(&mut self) -> Option<i32> {
        if let Ok(Some(status)) = self.child.try_wait() {
            return status.code();
        }
        let pid = self.child.id().to_string();
        drop(
            std::process::Command::new("kill")
                .args(["-TERM", &pid])
                .status(),
        );
        self.child.wait().ok().and_then(|status| status.code())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[test]
fn a_data_folder_is_served_and_stops_when_told() {
    let place = Place::with_catalog();
    let mut server = Server::start(&place);
    let answer = server.get("/resolve?text=customers");
    assert!(
        answer.to_lowercase().contains("isogloss-graph-version: 1"),
        "{answer}"
    );
    assert!(answer.to_uppercase().contains("AMBIGUOUS"), "{answer}");
    let answer = server.post(
        "/graphql",
        "application/json",
        r#"{"query":"{ serverInfo { graphVersion } }"}"#,
    );
    assert!(answer.contains("\"graphVersion\":1"), "{answer}");
    let answer = server.post("/graphql", "application/json", r#"{"query":"{ nothing }"}"#);
    assert!(answer.contains("errors"), "{answer}");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_fifty_megabyte_query_is_refused_and_the_server_lives() {
    let place = Place::with_catalog();
    let server = Server::start(&place);
    let body = "x".repeat(50 << 20);
    let answer = server.post("/sparql", "application/sparql-query", &body);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 413"),
        "{}",
        &answer[..answer.len().min(300)]
    );
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
}

#[test]
fn documents_are_sent_to_a_running_server() {
    let place = Place::with_catalog();
    let server = Server::start(&place);
    place.write(
        "more.ttl",
        "<urn:a> <http://www.w3.org/2000/01/rdf-schema#label> \"A thing\" .\n",
    );
    let url = format!("http://127.0.0.1:{}", server.port());
    place
        .run(&[
            "ingest", "rdf", "more.ttl", "--source", "more", "--server", &url,
        ])
        .succeeds();
    assert!(server.get("/sources").contains("more"));
}

#[test]
fn a_taken_port_is_told_with_a_hint() {
    let place = Place::with_catalog();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let ran = place.run(&["serve", "--listen", &address.to_string()]);
    ran.fails(6, &[&address.port().to_string(), "in use", "hint"]);
}

#[test]
fn an_unreachable_server_is_told() {
    let place = Place::new();
    place.write("a.ttl", "<urn:a> <urn:b> <urn:c> .\n");
    let url = format!("http://127.0.0.1:{}", free_port());
    place
        .run(&["ingest", "rdf", "a.ttl", "--source", "s", "--server", &url])
        .fails(6, &[&url]);
}
