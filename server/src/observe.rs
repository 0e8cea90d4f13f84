//! What surrounds every request: its id, the catch of a panic, counting, one log line, the headers of every answer.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tracing::Instrument;

use crate::problem::Problem;
use crate::state::App;

/// The header that carries a request's id, in and out.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The header that carries the version of the graph that the answer was read from.
pub(crate) const GRAPH_VERSION: HeaderName = HeaderName::from_static("isogloss-graph-version");

/// Headers of every answer. Scripts, styles and connections come from here alone; nobody frames the page.
const SECURITY: [(HeaderName, HeaderValue); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
        ),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Surrounds one request.
pub(crate) async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = given_id(request.headers()).unwrap_or_else(|| app.request_id());
    let id_value = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("invalid"));
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let method = method_name(request.method());
    request.headers_mut().insert(REQUEST_ID, id_value.clone());
    // Before the handler, so that the header never promises more than the answer read.
    let version = app.isogloss.snapshot().version().0;
    let span = tracing::info_span!("request", id, method, route);

    app.metrics.in_flight.fetch_add(1, Ordering::Relaxed);
    let outcome = AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .instrument(span.clone())
        .await;
    app.metrics.in_flight.fetch_sub(1, Ordering::Relaxed);

    let mut response = outcome.unwrap_or_else(|_| {
        app.metrics.panics.fetch_add(1, Ordering::Relaxed);
        tracing::error!(parent: &span, "a request panicked");
        Problem::internal()
            .with("request_id", id.clone())
            .into_response()
    });
    let status = response.status().as_u16();
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id_value);
    headers
        .entry(GRAPH_VERSION)
        .or_insert(HeaderValue::from(version));
    for (name, value) in &SECURITY {
        headers.insert(name.clone(), value.clone());
    }
    let took = started.elapsed();
    app.metrics.request(&route, method, status, took);
    // Neither the URL's query nor the body: they hold what people ask.
    tracing::info!(parent: &span, status, took_us = took.as_micros() as u64, "answered");
    response
}

/// Takes the id that the caller gave, if it is one that can safely be logged.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&id.len()).then_some(())?;
    id.bytes().all(is_plain).then(|| id.to_owned())
}

/// Names the method; strangers' inventions share one name so that they cannot fill the metrics.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::PUT => "PUT",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
