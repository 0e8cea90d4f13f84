//! Updates: one request is one version of the graph.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use isogloss::graph::sparql::{CancellationToken, GraphChoice, Update, UpdateOptions};
use serde_json::json;

use super::{graphs, limits, of_isogloss, options, problem};
use crate::observe::GRAPH_VERSION;
use crate::params::Params;
use crate::problem::{Answer, Problem};
use crate::rest::ACTOR;
use crate::state::{App, now};
use crate::stream::{self, CancelOnDrop};

/// Says that nothing may be written by SPARQL, and how it could be.
pub(crate) fn off() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "UPDATE_OFF",
        "this server takes no SPARQL updates and no writes to its graph store",
    )
    .hint("set `update` in the `[server.sparql]` table of isogloss.toml, or send documents to /ingest")
}

/// Parses and applies an update, and says what it did.
pub(super) async fn run(app: &App, mut params: Params, text: String, base: String) -> Answer {
    let graphs = GraphChoice {
        default: graphs(&mut params, "using-graph-uri")?,
        named: graphs(&mut params, "using-named-graph-uri")?,
    };
    if params.has("query") {
        return Err(Problem::bad_request(
            "the request has both a query and an update",
        ));
    }
    params.finish()?;
    let may_write = app.config.may_write().ok_or_else(off)?;
    let permit = app.heavy().await?;
    let cancel = CancellationToken::new();
    let graphs = (graphs != GraphChoice::default()).then_some(graphs);
    let options = UpdateOptions {
        actor: ACTOR.to_owned(),
        time: now(),
        may_write,
        query: options(app, graphs, cancel.clone()),
        ..UpdateOptions::default()
    };
    let guard = CancelOnDrop::new(move || cancel.cancel());
    let (isogloss, limits) = (app.isogloss.clone(), limits(app));
    let report = stream::deep(permit, guard, move || {
        let update = Update::parse(&text, Some(&base), &limits).map_err(problem)?;
        isogloss
            .update(&update, &options)
            .map_err(|error| of_isogloss(&error))
    })
    .await?;
    let sources: Vec<_> = report
        .receipts
        .iter()
        .filter(|receipt| !receipt.unchanged)
        .map(|receipt| {
            json!({
                "source": receipt.source.as_str(),
                "added": receipt.added,
                "removed": receipt.removed,
                "statements": receipt.statements,
            })
        })
        .collect();
    let version = report.version.0;
    let document = json!({
        "version": version,
        "added": report.added,
        "removed": report.removed,
        "sources": sources,
    });
    let headers = [(GRAPH_VERSION, HeaderValue::from(version))];
    Ok((headers, Json(document)).into_response())
}
