//! Probes and metrics.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::state::App;

/// Answers 200 as long as the process answers at all.
pub(crate) async fn alive() -> Response {
    (
        [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
        Json(json!({ "status": "ok" })),
    )
        .into_response()
}

/// Answers 200 while requests are welcome, and 503 from the moment that a shutdown began.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let (status, word) = if app.is_ready() {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    };
    let document = Json(json!({ "status": word, "version": app.facts().version }));
    (
        status,
        [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
        document,
    )
        .into_response()
}

/// Answers with the metrics as Prometheus text.
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    let text = app.metrics.render(app.facts());
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response()
}
