//! The router and the server, asked as a client asks them.

mod changes;
mod events;
mod feedback;
mod graph_store;
mod graphql;
mod guard;
mod page;
mod rest;
mod serving;
mod sparql;
mod w3c;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use isogloss::connectors::{Input, Kind};
use isogloss::{Ingest, Isogloss};
use serde_json::Value;
use server::Config;
use tower::ServiceExt;

/// A mesh in which one word means two things.
const MESH: &str = r#"
@prefix iso: <https://isogloss.dev/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .

<urn:isogloss:domain:mesh/sales> a iso:Domain, skos:Concept ; skos:prefLabel "Sales" .
<urn:isogloss:domain:mesh/support> a iso:Domain, skos:Concept ; skos:prefLabel "Support" .
<urn:isogloss:term:words/customer-sales> a iso:Term, skos:Concept ; skos:prefLabel "customer" ;
  skos:definition "Somebody who bought something." ; iso:inDomain <urn:isogloss:domain:mesh/sales> .
<urn:isogloss:term:words/customer-support> a iso:Term, skos:Concept ; skos:prefLabel "customer" ;
  skos:definition "Somebody who opened a ticket." ; iso:inDomain <urn:isogloss:domain:mesh/support> .
<urn:isogloss:dataset:words/shop.orders> a dcat:Dataset ; iso:name "orders" ; dcterms:title "Orders <script>" ;
  iso:inDomain <urn:isogloss:domain:mesh/sales> ; prov:wasDerivedFrom <urn:isogloss:dataset:words/shop.raw_orders> .
<urn:isogloss:dataset:words/shop.raw_orders> a dcat:Dataset ; iso:name "raw_orders" .
"#;

/// A graph with the mesh in it.
fn mesh() -> Isogloss {
    let isogloss = Isogloss::in_memory();
    let source = "words".parse().expect("a plain name");
    let request = Ingest::new(source, Kind::Rdf, vec![Input::text("words.ttl", MESH)]);
    isogloss.ingest(request).expect("the mesh is valid Turtle");
    isogloss
}

/// A router over the mesh.
fn app() -> Router {
    server::router(mesh(), &Config::default())
}

/// An answer with its body read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| {
            value.to_str().expect("headers of ours are text")
        })
    }

    /// The media type without its parameters.
    fn media_type(&self) -> &str {
        self.header("content-type")
            .split(';')
            .next()
            .unwrap_or_default()
    }

    /// Asserts a problem document with this status and code.
    fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.media_type(), "application/problem+json");
        let document = self.json();
        assert_eq!(document["code"], code, "{document}");
        assert_eq!(document["status"], status);
        assert!(
            document["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
    }
}

/// Sends one request to a router.
async fn send(
    router: &Router,
    method: Method,
    uri: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(uri);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:4400");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(body.into())
        .expect("the request is well formed");
    let response = router
        .clone()
        .oneshot(request)
        .await
        .expect("the router never fails");
    let (parts, body) = response.into_parts();
    let body = body
        .collect()
        .await
        .expect("the body is complete")
        .to_bytes()
        .to_vec();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

/// Sends a GET request.
async fn get(router: &Router, uri: &str, headers: &[(&str, &str)]) -> Answer {
    send(router, Method::GET, uri, headers, Body::empty()).await
}

/// Encodes a text for a URL.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
