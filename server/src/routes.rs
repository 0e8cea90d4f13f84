//! Which address is answered by which function.

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post};
use tower_http::compression::CompressionLayer;

use crate::config::Config;
use crate::mesh::Mesh;
use crate::problem::Problem;
use crate::state::{App, Shared};
use crate::{changes, graph_store, graphql, guard, health, observe, openapi, page, rest, sparql};

/// One address with the methods it answers.
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) methods: &'static [Method],
    answer: MethodRouter<App>,
}

/// Every route of the server. `/openapi.json` describes each, which a test holds.
pub(crate) fn routes() -> Vec<Route> {
    let route = |path, methods, answer| Route {
        path,
        methods,
        answer,
    };
    vec![
        route("/", GET, get(page::index)),
        route("/page/{file}", GET, get(page::asset)),
        route("/examples", GET, get(page::examples)),
        route(
            "/graphql",
            &[Method::GET, Method::POST],
            get(graphql::query).post(graphql::post),
        ),
        route("/graphql/ws", GET, get(graphql::socket)),
        route(
            "/sparql",
            &[Method::GET, Method::POST],
            get(sparql::get).post(sparql::post),
        ),
        route("/store", GRAPH_STORE, graph_store::routes()),
        route("/store/{*graph}", GRAPH_STORE, graph_store::routes()),
        route("/resolve", GET, get(rest::resolve)),
        route(
            "/feedback",
            &[Method::GET, Method::POST, Method::DELETE],
            get(rest::list).post(rest::give).delete(rest::forget),
        ),
        route("/search", GET, get(rest::search)),
        route("/ingest", &[Method::POST], post(rest::ingest)),
        route("/api/v1/lineage", &[Method::POST], post(rest::event)),
        route("/api/v1/lineage/batch", &[Method::POST], post(rest::batch)),
        route("/sources", GET, get(rest::sources)),
        route(
            "/sources/{name}",
            &[Method::DELETE],
            delete(rest::remove_source),
        ),
        route("/changes", GET, get(changes::changes)),
        route("/export", GET, get(rest::export)),
        route("/openapi.json", GET, get(openapi::document)),
        route("/healthz", GET, get(health::alive)),
        route("/livez", GET, get(health::alive)),
        route("/readyz", GET, get(health::ready)),
        route("/metrics", GET, get(health::metrics)),
    ]
}

const GET: &[Method] = &[Method::GET];

const GRAPH_STORE: &[Method] = &[
    Method::GET,
    Method::HEAD,
    Method::PUT,
    Method::POST,
    Method::DELETE,
];

/// Makes the router over a graph, for a server of one's own or for tests; [`crate::serve`] does the rest.
pub fn router(mesh: impl Into<Mesh>, config: &Config) -> Router {
    router_of(Shared::new(mesh.into(), config))
}

/// Makes the router over a shared state.
pub(crate) fn router_of(app: App) -> Router {
    let mut router = Router::new();
    for Route {
        path,
        methods,
        answer,
    } in routes()
    {
        let allowed = allow(methods);
        router = router.route(
            path,
            answer.fallback(move || async move { not_allowed(&allowed) }),
        );
    }
    // From the inside out: a request meets the last of these first.
    router
        .fallback(not_found)
        .layer(from_fn_with_state(Arc::clone(&app), guard::deadline))
        .layer(from_fn_with_state(Arc::clone(&app), guard::guard))
        .layer(from_fn_with_state(Arc::clone(&app), observe::observe))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// Names the methods for the `Allow` header.
fn allow(methods: &[Method]) -> String {
    methods
        .iter()
        .map(Method::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Refuses a method, and says which are answered.
fn not_allowed(allowed: &str) -> Response {
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        format!("this address answers {allowed} only"),
    );
    match axum::http::HeaderValue::from_str(allowed) {
        Ok(value) => problem.header(axum::http::header::ALLOW, value),
        Err(_) => problem,
    }
    .into_response()
}

/// Says that there is nothing at this address.
async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "NOT_FOUND",
        "nothing answers at this address",
    )
    .hint("the page is at /, the description of the routes at /openapi.json")
}
